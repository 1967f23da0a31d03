package hierarchy

import (
	"cmp"
	"slices"
)

// link is an arc of the graph that is being contracted, seen from one end.
type link struct {
	node   uint32 // the other end
	weight uint32
	record uint32 // what it is made of
	hops   uint32 // how many arcs of the graph it stands for
}

// record is what a link is made of: an arc of the graph (and, in a symmetric
// one, the like arc back), or two records that meet in the middle.
type record struct {
	tail     uint32
	a, b     uint32
	length   uint32
	shortcut bool
}

// reduced is a graph without loops, shut arcs and all but the best of parallel
// arcs: cheapest, then shortest, then first.
type reduced struct {
	symmetric bool
	records   []record
	out, in   [][]link // in is out where symmetric
}

// reduce leaves of the graph what a shortest path can need.
func reduce(g Graph) reduced {
	n := g.Nodes()
	length := func(a uint32) uint32 {
		if g.Length == nil {
			return 0
		}
		return g.Length[a]
	}
	arcs := make([]uint32, 0, g.Arcs())
	first := make([]uint32, n+1)
	for v := range n {
		start := len(arcs)
		for a := g.First[v]; a < g.First[v+1]; a++ {
			if int(g.Head[a]) != v && g.Weight[a] != Unreached {
				arcs = append(arcs, a)
			}
		}
		slices.SortFunc(arcs[start:], func(a, b uint32) int {
			return cmp.Or(cmp.Compare(g.Head[a], g.Head[b]), cmp.Compare(g.Weight[a], g.Weight[b]), cmp.Compare(length(a), length(b)), cmp.Compare(a, b))
		})
		kept := slices.CompactFunc(arcs[start:], func(a, b uint32) bool { return g.Head[a] == g.Head[b] })
		arcs = arcs[:start+len(kept)]
		first[v+1] = uint32(len(arcs))
	}
	back := func(v, head uint32) (uint32, bool) { // the arc from head to v
		of := arcs[first[head]:first[head+1]]
		i, ok := slices.BinarySearchFunc(of, v, func(a, v uint32) int { return cmp.Compare(g.Head[a], v) })
		if !ok {
			return 0, false
		}
		return of[i], true
	}
	symmetric := true
	for v := range uint32(n) {
		for _, a := range arcs[first[v]:first[v+1]] {
			b, ok := back(v, g.Head[a])
			if !ok || g.Weight[a] != g.Weight[b] || length(a) != length(b) {
				symmetric = false
			}
		}
	}
	r := reduced{symmetric: symmetric, out: make([][]link, n), records: make([]record, 0, len(arcs))}
	room := newArena()
	for v := range r.out {
		r.out[v] = room.take(int(first[v+1] - first[v]))
	}
	r.in = r.out
	if !symmetric {
		r.in = make([][]link, n)
		incoming := make([]int, n)
		for _, a := range arcs {
			incoming[g.Head[a]]++
		}
		for v := range r.in {
			r.in[v] = room.take(incoming[v])
		}
	}
	for v := range uint32(n) {
		for _, a := range arcs[first[v]:first[v+1]] {
			head := g.Head[a]
			rec := record{tail: v, a: a, b: a, length: length(a)}
			if symmetric {
				if head < v {
					continue
				}
				rec.b, _ = back(v, head)
			}
			id := uint32(len(r.records))
			r.records = append(r.records, rec)
			r.out[v] = append(r.out[v], link{node: head, weight: g.Weight[a], record: id, hops: 1})
			r.in[head] = append(r.in[head], link{node: v, weight: g.Weight[a], record: id, hops: 1})
		}
	}
	return r
}

// arena hands out small slices of links from large ones.
type arena struct{ free []link }

func newArena() *arena { return &arena{} }

// take returns an empty slice that has room for n links.
func (a *arena) take(n int) []link {
	if n > len(a.free) {
		a.free = make([]link, max(n, 1<<14))
	}
	s := a.free[:0:n]
	a.free = a.free[n:]
	return s
}

// push appends to a slice that the arena handed out.
func (a *arena) push(s []link, l link) []link {
	if len(s) == cap(s) {
		s = append(a.take(max(4, 2*cap(s))), s...)
	}
	return append(s, l)
}
