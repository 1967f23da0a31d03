package hierarchy

// Query is the room for questions from point to point: one goroutine's.
type Query struct {
	x        *Index
	open     frontier
	touched  []uint32
	from, to side
	stack    []step
	chain    []step
}

// side is the search from one end.
type side struct {
	cost   []uint32
	parent []uint32 // the node before, or itself at a seed
	arc    []uint32 // the arc to it from there
}

// step is an arc of the hierarchy yet to be unpacked; down is one of the half
// that leads down.
type step struct {
	arc  uint32
	down bool
}

// NewQuery makes room for questions to the index.
func NewQuery(x *Index) *Query {
	q := &Query{x: x, open: newFrontier(x.nodes)}
	for _, s := range []*side{&q.from, &q.to} {
		s.cost, s.parent, s.arc = make([]uint32, x.nodes), make([]uint32, x.nodes), make([]uint32, x.nodes)
		for i := range s.cost {
			s.cost[i] = Unreached
		}
	}
	return q
}

// Cost returns the least cost of a way from one of the seeds to one of the
// others, their own costs included; Unreached when there is none.
func (q *Query) Cost(from, to []Seed) uint32 {
	cost, _ := q.search(from, to)
	q.reset()
	return cost
}

// Path finds the cheapest way from one of the seeds to one of the others. It
// appends the arcs of the graph along it to arcs, and returns its cost and
// length, those of the seeds included, and which seeds it runs between. Where
// there is no way the cost and the length are Unreached and the seeds are -1.
func (q *Query) Path(from, to []Seed, arcs []uint32) (cost, length uint32, fromSeed, toSeed int, out []uint32) {
	cost, meet := q.search(from, to)
	if cost == Unreached {
		q.reset()
		return Unreached, Unreached, -1, -1, arcs
	}
	x := q.x
	q.chain = q.chain[:0]
	v := meet
	for q.from.parent[v] != v {
		q.chain = append(q.chain, step{arc: q.from.arc[v]})
		if x.lengths {
			length = addReached(length, x.up.length[q.from.arc[v]])
		}
		v = q.from.parent[v]
	}
	fromSeed = q.seed(from, v, q.from.cost[v])
	for i := len(q.chain) - 1; i >= 0; i-- {
		arcs = q.unpack(q.chain[i], arcs)
	}
	for v = meet; q.to.parent[v] != v; v = q.to.parent[v] {
		if x.lengths {
			length = addReached(length, x.down.length[q.to.arc[v]])
		}
		arcs = q.unpack(step{arc: q.to.arc[v], down: true}, arcs)
	}
	toSeed = q.seed(to, v, q.to.cost[v])
	if fromSeed >= 0 && toSeed >= 0 {
		length = addReached(addReached(length, from[fromSeed].Length), to[toSeed].Length)
	}
	q.reset()
	return cost, length, fromSeed, toSeed, arcs
}

// seed returns which seed a chain of parents ended at.
func (q *Query) seed(seeds []Seed, v, cost uint32) int {
	for i, s := range seeds {
		if s.Cost == cost && s.Node == q.x.node[v] {
			return i
		}
	}
	return -1
}

// unpack appends the graph's arcs that an arc of the hierarchy stands for.
func (q *Query) unpack(s step, arcs []uint32) []uint32 {
	x := q.x
	q.stack = append(q.stack[:0], s)
	for len(q.stack) > 0 {
		s = q.stack[len(q.stack)-1]
		q.stack = q.stack[:len(q.stack)-1]
		h := &x.up
		if s.down {
			h = &x.down
		}
		a, b := h.child[2*s.arc], h.child[2*s.arc+1]
		shortcut := a&shortcutBit != 0
		a &^= shortcutBit
		if x.symmetric && s.down {
			a, b = b, a
		}
		if shortcut {
			q.stack = append(q.stack, step{arc: b}, step{arc: a, down: true})
		} else {
			arcs = append(arcs, a)
		}
	}
	return arcs
}

// start puts the seeds of one end in.
func (q *Query) start(s *side, seeds []Seed) {
	for _, seed := range seeds {
		if !seed.in(q.x) {
			continue
		}
		v := q.x.rank[seed.Node]
		if seed.Cost < s.cost[v] {
			s.cost[v], s.parent[v] = seed.Cost, v
			q.open.add(v)
			q.touched = append(q.touched, v)
		}
	}
}

// search walks upward from both ends at once and returns the least cost and the
// node where the two meet.
func (q *Query) search(from, to []Seed) (best, meet uint32) {
	x := q.x
	q.start(&q.from, from)
	q.start(&q.to, to)
	best = Unreached
	for {
		v, ok := q.open.take()
		if !ok {
			return best, meet
		}
		f, t := q.from.cost[v], q.to.cost[v]
		if f != Unreached && t != Unreached {
			if sum := addReached(f, t); sum < best {
				best, meet = sum, v
			}
		}
		if f < best {
			q.climb(&q.from, &x.up, &x.down, v, f)
		}
		if t < best {
			q.climb(&q.to, &x.down, &x.up, v, t)
		}
	}
}

// climb relaxes the arcs of one node, unless a node above it shows that the
// cheapest way to it does not come from below.
func (q *Query) climb(s *side, h, back *half, v, cost uint32) {
	if stalled(back, s.cost, v, cost) {
		return
	}
	i := h.first[v]
	arcs := h.arcs[2*i : 2*h.first[v+1]]
	for len(arcs) >= 2 {
		head := arcs[0]
		if next := addReached(cost, arcs[1]); next < s.cost[head] {
			if s.cost[head] == Unreached {
				q.touched = append(q.touched, head)
				q.open.add(head)
			}
			s.cost[head], s.parent[head], s.arc[head] = next, v, i
		}
		arcs = arcs[2:]
		i++
	}
}

// stalled tells whether a node above v, by an arc back to it, is a cheaper way
// to v than the one found: then no cheapest way goes upward over v ("stall on
// demand").
func stalled(back *half, costs []uint32, v, cost uint32) bool {
	arcs := back.arcs[2*back.first[v] : 2*back.first[v+1]]
	for len(arcs) >= 2 {
		if uint64(costs[arcs[0]])+uint64(arcs[1]) < uint64(cost) {
			return true
		}
		arcs = arcs[2:]
	}
	return false
}

// reset forgets the last question.
func (q *Query) reset() {
	for _, v := range q.touched {
		q.from.cost[v], q.to.cost[v] = Unreached, Unreached
	}
	q.touched = q.touched[:0]
}
