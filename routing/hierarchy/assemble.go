package hierarchy

import (
	"cmp"
	"slices"
)

// assemble lays the contracted graph out as an index.
func assemble(g Graph, c *contraction) *Index {
	n := g.Nodes()
	x := &Index{
		nodes: n, arcs: g.Arcs(), symmetric: c.symmetric, lengths: g.Length != nil,
		rank: make([]uint32, n), node: make([]uint32, n),
	}
	number(c, x.rank, x.node)
	place := make([]uint32, len(c.records))
	x.up = c.layout(x, c.out, place)
	if !c.symmetric {
		x.down = c.layout(x, c.in, place)
		c.fill(x, &x.down, c.in, place)
	}
	c.fill(x, &x.up, c.out, place)
	if c.symmetric {
		x.down = x.up
	}
	x.measure(g)
	return x
}

// number gives every node a number greater than those of all the nodes above
// it, so that nodes that are near one another in the graph are near one another
// in memory: the end of a walk in depth upward from each node in turn.
func number(c *contraction, rank, node []uint32) {
	for v := range rank {
		rank[v] = alive
	}
	next := uint32(0)
	type stage struct{ node, link uint32 }
	var stack []stage
	seen := make([]bool, len(rank))
	for start := range rank {
		if seen[start] {
			continue
		}
		seen[start] = true
		stack = append(stack[:0], stage{uint32(start), 0})
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			v, i := top.node, int(top.link)
			top.link++
			var above uint32
			switch out := c.out[v]; {
			case i < len(out):
				above = out[i].node
			case !c.symmetric && i < len(out)+len(c.in[v]):
				above = c.in[v][i-len(out)].node
			default:
				rank[v], node[next] = next, v
				next++
				stack = stack[:len(stack)-1]
				continue
			}
			if !seen[above] {
				seen[above] = true
				stack = append(stack, stage{above, 0})
			}
		}
	}
}

// layout lays out the arcs of all nodes one way, each node's sorted by head, and
// notes the place of every record that they are made of. The children are left
// for fill.
func (c *contraction) layout(x *Index, links [][]link, place []uint32) half {
	m := 0
	for _, l := range links {
		m += len(l)
	}
	h := half{first: make([]uint32, x.nodes+1), arcs: make([]uint32, 0, 2*m), child: make([]uint32, 2*m)}
	if x.lengths {
		h.length = make([]uint32, 0, m)
	}
	var sorted []link
	for i, v := range x.node {
		sorted = append(sorted[:0], links[v]...)
		slices.SortFunc(sorted, func(a, b link) int { return cmp.Compare(x.rank[a.node], x.rank[b.node]) })
		for _, l := range sorted {
			place[l.record] = uint32(len(h.arcs) / 2)
			h.arcs = append(h.arcs, x.rank[l.node], l.weight)
			if x.lengths {
				h.length = append(h.length, c.records[l.record].length)
			}
		}
		h.first[i+1] = uint32(len(h.arcs) / 2)
	}
	return h
}

// fill writes what each arc of the half is made of: the places of its children,
// or the arcs of the graph there and, in a symmetric graph, back. Symmetric
// records know the end that they start from; seen from the other, their
// children change places.
func (c *contraction) fill(x *Index, h *half, links [][]link, place []uint32) {
	for v := range links {
		for _, l := range links[v] {
			r := c.records[l.record]
			a, b := r.a, r.b
			if c.symmetric && r.tail != uint32(v) {
				a, b = b, a
			}
			if r.shortcut {
				a, b = place[a]|shortcutBit, place[b]
			}
			i := place[l.record]
			h.child[2*i], h.child[2*i+1] = a, b
		}
	}
}
