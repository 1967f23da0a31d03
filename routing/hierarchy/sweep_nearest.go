package hierarchy

import "math"

// Nearest writes into cost, k entries a node of the graph, the least costs of
// ways from the seeds of k different groups, rising, and into label which groups
// those are; of groups alike the smaller number comes first, and entries that
// are left over are Unreached. Seed i belongs to group[i], or to a group of its
// own, i, where group is nil or ends before it. A facility on an edge is two
// seeds of one group. Both slices need k entries a node, or the rest is left
// out.
//
// It sweeps as [Sweep.Run] does, with the k best of each node instead of one:
// what is not among the k best of a node is not among those of the next on any
// way over it.
func (s *Sweep) Nearest(sources []Seed, group []uint32, k int, cost, label []uint32) {
	x := s.x
	if k <= 0 {
		return
	}
	s.best = grow(s.best, k*x.nodes)
	for i := range s.best {
		s.best[i] = math.MaxUint64
	}
	for i, seed := range sources {
		if !seed.in(x) {
			continue
		}
		of := uint32(i)
		if i < len(group) {
			of = group[i]
		}
		v := x.rank[seed.Node]
		insert(s.of(v, k), seed.Cost, of)
		s.open.add(v)
	}
	for {
		v, ok := s.open.take()
		if !ok {
			break
		}
		from := s.of(v, k)
		arcs := x.up.arcs[2*x.up.first[v] : 2*x.up.first[v+1]]
		for len(arcs) >= 2 {
			merge(s.of(arcs[0], k), from, arcs[1])
			s.open.add(arcs[0])
			arcs = arcs[2:]
		}
	}
	for v := range uint32(x.nodes) {
		to := s.of(v, k)
		arcs := x.down.arcs[2*x.down.first[v] : 2*x.down.first[v+1]]
		for len(arcs) >= 2 {
			merge(to, s.of(arcs[0], k), arcs[1])
			arcs = arcs[2:]
		}
	}
	for v, r := range x.rank[:min(len(x.rank), len(cost)/k, len(label)/k)] {
		for i, b := range s.of(r, k) {
			cost[v*k+i], label[v*k+i] = uint32(b>>32), uint32(b)
		}
	}
}

// of returns the best of a node: cost in the upper half, group in the lower,
// rising; all ones where there is none.
func (s *Sweep) of(v uint32, k int) []uint64 { return s.best[int(v)*k : (int(v)+1)*k] }

// merge puts what is best at one end of an arc, and the arc's weight more, among
// what is best at the other.
func merge(to, from []uint64, weight uint32) {
	last := to[len(to)-1]
	for _, b := range from {
		if b == math.MaxUint64 {
			return
		}
		cost := addReached(uint32(b>>32), weight)
		if uint64(cost)<<32 > last {
			return
		}
		insert(to, cost, uint32(b))
	}
}

// insert puts a group among the best, once, at its least cost.
func insert(best []uint64, cost, group uint32) {
	item := uint64(cost)<<32 | uint64(group)
	i := 0
	for ; i < len(best) && best[i] <= item; i++ {
		if uint32(best[i]) == group && best[i] != math.MaxUint64 {
			return
		}
	}
	for ; i < len(best); i++ {
		was := best[i]
		best[i] = item
		if was == math.MaxUint64 || uint32(was) == group {
			return
		}
		item = was
	}
}
