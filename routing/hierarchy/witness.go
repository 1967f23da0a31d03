package hierarchy

// limits bounds a search for witnesses.
type limits struct {
	settled int
	hops    uint32
}

// found is a shortcut that contracting a node calls for.
type found struct {
	from, to link // as seen from the node: from leads in, to leads out
	weight   uint32
}

// witness looks for ways round a node: its room for one goroutine.
type witness struct {
	c       *contraction
	marks   []mark
	touched []uint32
	heap    heap
	found   []found
}

// mark is what a search knows of a node.
type mark struct {
	cost uint32
	via  uint32 // of a target: the cost by way of the node; Unreached for others
	hops uint32
}

func newWitness(c *contraction) *witness {
	w := &witness{c: c, marks: make([]mark, len(c.out))}
	for i := range w.marks {
		w.marks[i] = mark{cost: Unreached, via: Unreached}
	}
	return w
}

// shortcuts appends to w.found what contracting v calls for. Nodes that are
// contracted before it in the same round count as gone already: then the round
// is as good as one node after the other.
func (w *witness) shortcuts(v uint32, l limits) {
	c := w.c
	in, out := c.in[v], c.out[v]
	for i, from := range in {
		targets := out
		if c.symmetric {
			targets = out[i+1:] // the way back is the same link
		}
		bound, open := uint32(0), 0
		for _, to := range targets {
			if to.node == from.node {
				continue
			}
			via := addReached(from.weight, to.weight)
			w.marks[to.node].via = via
			bound = max(bound, via)
			open++
		}
		if open > 0 {
			w.search(v, from.node, bound, open, l)
		}
		for _, to := range targets {
			if to.node == from.node {
				continue
			}
			m := &w.marks[to.node]
			via := m.via
			m.via = Unreached
			if m.cost > via {
				w.found = append(w.found, found{from: from, to: to, weight: via})
			}
		}
		for _, t := range w.touched {
			w.marks[t].cost = Unreached
		}
		w.touched = w.touched[:0]
	}
}

// search settles nodes from source, without v, until every target has a way
// that is no dearer than by v, or the limits are met.
func (w *witness) search(v, source, bound uint32, open int, l limits) {
	c := w.c
	w.heap.reset()
	w.marks[source].cost, w.marks[source].hops = 0, 0
	w.touched = append(w.touched, source)
	w.heap.push(0, source)
	order := c.order[v]
	for settled := 0; settled < l.settled; {
		cost, u, ok := w.heap.pop()
		if !ok || cost > bound {
			return
		}
		if cost > w.marks[u].cost {
			continue
		}
		settled++
		hops := w.marks[u].hops + 1
		if hops > l.hops {
			continue
		}
		for _, e := range c.out[u] {
			next := addReached(cost, e.weight)
			if next > bound {
				continue
			}
			m := &w.marks[e.node]
			if next >= m.cost || e.node == v || order != alive && c.order[e.node] < order {
				continue
			}
			if m.cost == Unreached {
				w.touched = append(w.touched, e.node)
			}
			was := m.cost
			m.cost, m.hops = next, hops
			if m.via != Unreached && next <= m.via && was > m.via {
				if open--; open == 0 {
					return
				}
			}
			w.heap.push(next, e.node)
		}
	}
}
