package hierarchy

// Sweep is the room for questions from some places to all nodes: one
// goroutine's.
type Sweep struct {
	x     *Index
	open  frontier
	cost  []uint32
	label []uint32
	best  []uint64 // by node, k each
}

// NewSweep makes room for questions to the index.
func NewSweep(x *Index) *Sweep {
	return &Sweep{x: x, open: newFrontier(x.nodes), cost: make([]uint32, x.nodes), label: make([]uint32, x.nodes)}
}

// Run writes into cost, by node of the graph, the least cost of a way from one
// of the seeds, and into label, unless it is nil, which seed that is: the first
// of those alike. Where there is no way both are Unreached. It goes up from the
// seeds and then once down over all arcs (Delling, Goldberg, Nowatzyk, Werneck
// 2011). Both slices need an entry a node, or the rest is left out.
func (s *Sweep) Run(sources []Seed, cost, label []uint32) {
	x := s.x
	for i := range s.cost {
		s.cost[i], s.label[i] = Unreached, Unreached
	}
	for i, seed := range sources {
		if !seed.in(x) {
			continue
		}
		if v := x.rank[seed.Node]; seed.Cost < s.cost[v] {
			s.cost[v], s.label[v] = seed.Cost, uint32(i)
			s.open.add(v)
		}
	}
	for {
		v, ok := s.open.take()
		if !ok {
			break
		}
		c, l := s.cost[v], s.label[v]
		arcs := x.up.arcs[2*x.up.first[v] : 2*x.up.first[v+1]]
		for len(arcs) >= 2 {
			head := arcs[0]
			next := addReached(c, arcs[1])
			if next < s.cost[head] || next == s.cost[head] && l < s.label[head] {
				s.cost[head], s.label[head] = next, l
				s.open.add(head)
			}
			arcs = arcs[2:]
		}
	}
	for v := range x.nodes {
		c, l := s.cost[v], s.label[v]
		arcs := x.down.arcs[2*x.down.first[v] : 2*x.down.first[v+1]]
		for len(arcs) >= 2 {
			head := arcs[0]
			if from := s.cost[head]; from < c || from == c && s.label[head] < l {
				if next := addReached(from, arcs[1]); next < c || next == c && s.label[head] < l {
					c, l = next, s.label[head]
				}
			}
			arcs = arcs[2:]
		}
		s.cost[v], s.label[v] = c, l
	}
	for v, r := range x.rank[:min(len(x.rank), len(cost))] {
		cost[v] = s.cost[r]
	}
	if label != nil {
		for v, r := range x.rank[:min(len(x.rank), len(label))] {
			label[v] = s.label[r]
		}
	}
}
