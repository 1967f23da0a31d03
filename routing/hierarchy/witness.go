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
	cost    []uint32
	hops    []uint32
	via     []uint32 // by target: the cost by way of the node; Unreached for others
	touched []uint32
	heap    heap
	found   []found
}

func newWitness(c *contraction) *witness {
	n := len(c.out)
	w := &witness{c: c, cost: make([]uint32, n), hops: make([]uint32, n), via: make([]uint32, n)}
	for i := range w.cost {
		w.cost[i], w.via[i] = Unreached, Unreached
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
			w.via[to.node] = via
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
			via := w.via[to.node]
			w.via[to.node] = Unreached
			if w.cost[to.node] > via {
				w.found = append(w.found, found{from: from, to: to, weight: via})
			}
		}
		for _, t := range w.touched {
			w.cost[t] = Unreached
		}
		w.touched = w.touched[:0]
	}
}

// search settles nodes from source, without v, until every target has a way
// that is no dearer than by v, or the limits are met.
func (w *witness) search(v, source, bound uint32, open int, l limits) {
	c := w.c
	w.heap.reset()
	w.cost[source], w.hops[source] = 0, 0
	w.touched = append(w.touched, source)
	w.heap.push(0, source)
	order := c.order[v]
	for settled := 0; settled < l.settled; {
		cost, u, ok := w.heap.pop()
		if !ok || cost > bound {
			return
		}
		if cost > w.cost[u] {
			continue
		}
		settled++
		hops := w.hops[u] + 1
		if hops > l.hops {
			continue
		}
		for _, e := range c.out[u] {
			next := addReached(cost, e.weight)
			if next > bound || next >= w.cost[e.node] || e.node == v || c.order[e.node] < order {
				continue
			}
			if w.cost[e.node] == Unreached {
				w.touched = append(w.touched, e.node)
			}
			if via := w.via[e.node]; via != Unreached && next <= via && w.cost[e.node] > via {
				if open--; open == 0 {
					w.cost[e.node] = next
					return
				}
			}
			w.cost[e.node], w.hops[e.node] = next, hops
			w.heap.push(next, e.node)
		}
	}
}
