package routing

// halfEdge is an edge of the builder seen from one of its ends.
type halfEdge struct {
	edge     int32
	reversed bool // used from its to-node to its from-node
}

func (b *Builder) start(h halfEdge) int32 {
	if h.reversed {
		return b.edges[h.edge].to
	}
	return b.edges[h.edge].from
}

func (b *Builder) end(h halfEdge) int32 { return b.start(halfEdge{h.edge, !h.reversed}) }

// seen is the street as somebody sees it who goes that way.
func (b *Builder) seen(h halfEdge) EdgeAttr {
	a := b.edges[h.edge].attr
	if h.reversed {
		a = a.turned()
	}
	return a
}

// chains finds the runs of edges that become one.
type chains struct {
	b       *Builder
	through []bool        // by node: disappears
	ends    [][2]halfEdge // by node: the first two half-edges that leave it
}

func (b *Builder) newChains() *chains {
	c := &chains{b: b, through: make([]bool, len(b.nodes)), ends: make([][2]halfEdge, len(b.nodes))}
	degree := make([]int32, len(b.nodes))
	for e := range b.edges {
		for _, h := range [2]halfEdge{{int32(e), false}, {int32(e), true}} {
			n := b.start(h)
			if degree[n] < 2 {
				c.ends[n][degree[n]] = h
			}
			degree[n]++
		}
	}
	for n := range b.nodes {
		if degree[n] == 2 && c.ends[n][0].edge != c.ends[n][1].edge {
			in, out := c.ends[n][0], c.ends[n][1]
			in.reversed = !in.reversed
			c.through[n] = b.sameStreet(in, out)
		}
	}
	b.keepTurns(func(node int32) { c.through[node] = false })
	return c
}

// sameStreet tells whether two edges, used one after the other, are alike, and
// what is counted on them still fits one edge.
func (b *Builder) sameStreet(in, out halfEdge) bool {
	a, z := b.seen(in), b.seen(out)
	a.Way, a.Signals, a.Crossings, a.Gates, a.Lifts = z.Way, z.Signals, z.Crossings, z.Gates, z.Lifts
	return a == z
}

// order lists the half-edges with which the graph's edges begin.
func (c *chains) order() []halfEdge {
	done := make([]bool, len(c.b.edges))
	mark := func(h halfEdge, _ int32) { done[h.edge] = true }
	var out []halfEdge
	for e := range c.b.edges {
		for _, h := range [2]halfEdge{{int32(e), false}, {int32(e), true}} {
			if !done[e] && !c.through[c.b.start(h)] {
				c.run(h, mark)
				out = append(out, h)
			}
		}
	}
	for e := range c.b.edges { // rings with no junction: any node is as good
		if !done[e] {
			c.through[c.b.edges[e].from] = false
			h := halfEdge{int32(e), false}
			c.run(h, mark)
			out = append(out, h)
		}
	}
	return out
}

// run goes from a half-edge to the next node that stays, calls visit (unless it
// is nil) with each half-edge and the node it leads to, and returns both end
// nodes.
func (c *chains) run(h halfEdge, visit func(h halfEdge, to int32)) (from, to int32) {
	from = c.b.start(h)
	for {
		to = c.b.end(h)
		if visit != nil {
			visit(h, to)
		}
		if !c.through[to] {
			return from, to
		}
		next := c.ends[to][0]
		if next.edge == h.edge {
			next = c.ends[to][1]
		}
		h = next
	}
}

// alongside is what the edge that begins with h is, with all halves added up.
func (c *chains) alongside(h halfEdge) EdgeAttr {
	sum := c.b.seen(h)
	sum.Signals, sum.Crossings, sum.Gates, sum.Lifts = 0, 0, 0, 0
	c.run(h, func(h halfEdge, _ int32) {
		a := c.b.edges[h.edge].attr
		sum.Signals = addHalves(sum.Signals, a.Signals)
		sum.Crossings = addHalves(sum.Crossings, a.Crossings)
		sum.Gates = addHalves(sum.Gates, a.Gates)
		sum.Lifts = addHalves(sum.Lifts, a.Lifts)
	})
	return sum
}

// addHalves stops at 255, which no street comes near.
func addHalves(a, b uint8) uint8 { return uint8(min(int(a)+int(b), 255)) }
