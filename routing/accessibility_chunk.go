package routing

// chunkNodes is how many junctions are answered together.
const chunkNodes = 128

// chunk answers some junctions near one another, and the edges that they are
// the tail of. It is the room of one goroutine.
type chunk struct {
	w   *weighed
	out []float64

	local []int32 // by node of the graph: its number here + 1, 0 for none
	nodes []int32 // by number here: the node of the graph
	reach []localNode
	arcs  []arc
	first []uint32 // len(nodes)+1, into arcs

	roots   []int32 // by number here, of the junctions to search from
	rootOf  []int32 // by number here: its root + 1, 0 for none
	balls   []uint32
	touched [][]int32

	buckets   []int32 // by bucket: an item + 1, 0 for none
	items     []bucketItem
	queue     minHeap
	rim       []int32
	union     []int32
	fractions []float64
}

// localNode is what the sums look at most.
type localNode struct {
	total float64
	deep  uint32
}

type bucketItem struct {
	node, next int32
	millis     uint32
}

// bucketCount is into how many buckets the time up to the limit is cut.
const bucketCount = 256

func newChunk(w *weighed, out []float64) *chunk {
	return &chunk{w: w, out: out, local: make([]int32, w.e.g.nodes), buckets: make([]int32, bucketCount+1)}
}

// answer writes the sums of the nodes and of all inner vertices of the edges
// whose tail is one of them.
func (c *chunk) answer(nodes []int32) {
	c.gather(nodes)
	m := len(c.nodes)
	if c.balls = c.balls[:0]; cap(c.balls) < len(c.roots)*m {
		c.balls = make([]uint32, 0, len(c.roots)*m*5/4)
	}
	c.balls = c.balls[:len(c.roots)*m]
	for len(c.touched) < len(c.roots) {
		c.touched = append(c.touched, nil)
	}
	for r := range c.roots {
		c.search(r)
	}
	g := c.w.e.g
	for _, n := range nodes {
		r := c.rootOf[c.local[n]-1] - 1
		ball := c.ball(r)
		if twin := c.w.e.twin(n); twin < 0 {
			c.out[n] = c.sum(c.touched[r], ball, ball, 0, away)
		} else {
			t := c.rootOf[c.local[twin]-1] - 1
			c.out[n] = c.sum(c.unite(r, t), ball, c.ball(t), 0, 0)
		}
		for _, half := range g.arcs[g.firstArc[n]:g.firstArc[n+1]] {
			if edge := half >> 1; half&1 == 0 && g.lineFirst[edge] < g.lineFirst[edge+1] {
				c.edge(edge)
			}
		}
	}
	for _, n := range c.nodes {
		c.local[n] = 0
	}
}

func (c *chunk) ball(root int32) []uint32 {
	return c.balls[int(root)*len(c.nodes) : int(root+1)*len(c.nodes)]
}

// gather numbers the nodes that can be reached from the roots: the nodes, and
// the heads of their edges.
func (c *chunk) gather(nodes []int32) {
	e, g := c.w.e, c.w.e.g
	c.nodes, c.roots = c.nodes[:0], c.roots[:0]
	number := func(n int32) int32 {
		if c.local[n] == 0 {
			c.nodes = append(c.nodes, n)
			c.local[n] = int32(len(c.nodes))
		}
		return c.local[n] - 1
	}
	for _, n := range nodes {
		number(n)
	}
	for _, n := range nodes {
		if twin := e.twin(n); twin >= 0 {
			number(twin)
		}
		for _, half := range g.arcs[g.firstArc[n]:g.firstArc[n+1]] {
			if edge := half >> 1; half&1 == 0 && g.lineFirst[edge] < g.lineFirst[edge+1] {
				number(g.head[edge])
			}
		}
	}
	for i := range c.nodes {
		c.roots = append(c.roots, int32(i))
	}
	// Everything within the limit of any root, by a search from all of them.
	c.rootOf = c.rootOf[:0]
	millis := c.balls[:0]
	c.queue = c.queue[:0]
	for i := range c.roots {
		c.rootOf = append(c.rootOf, int32(i)+1)
		millis = append(millis, 0)
		c.queue.push(uint64(i))
	}
	for len(c.queue) > 0 {
		top := c.queue.pop()
		i, at := int32(uint32(top)), uint32(top>>32)
		if at != millis[i] {
			continue
		}
		n := c.nodes[i]
		for _, a := range e.net.arcs[e.net.first[n]:e.net.first[n+1]] {
			then := uint64(at) + uint64(a.weight)
			if then > uint64(c.w.limit) {
				continue
			}
			h := number(a.head)
			if int(h) == len(millis) {
				millis, c.rootOf = append(millis, away), append(c.rootOf, 0)
			}
			if uint32(then) < millis[h] {
				millis[h] = uint32(then)
				c.queue.push(then<<32 | uint64(uint32(h)))
			}
		}
	}
	c.balls = millis
	c.first, c.arcs, c.reach = append(c.first[:0], 0), c.arcs[:0], c.reach[:0]
	for _, n := range c.nodes {
		for _, a := range e.net.arcs[e.net.first[n]:e.net.first[n+1]] {
			if l := c.local[a.head]; l > 0 && a.weight <= c.w.limit {
				c.arcs = append(c.arcs, arc{l - 1, a.weight})
			}
		}
		c.first = append(c.first, uint32(len(c.arcs)))
		c.reach = append(c.reach, localNode{c.w.total[n], c.w.deep[n]})
	}
}

// search fills the ball of a root: the milliseconds to every node here, away
// beyond the limit. Nodes wait in buckets; one that is reached sooner while its
// bucket is emptied is looked at again.
func (c *chunk) search(root int) {
	dist := c.ball(int32(root))
	for i := range dist {
		dist[i] = away
	}
	touched, limit := c.touched[root][:0], c.w.limit
	width := limit/bucketCount + 1
	c.items = c.items[:0]
	clear(c.buckets)
	start := c.roots[root]
	dist[start] = 0
	touched = append(touched, start)
	c.items = append(c.items, bucketItem{node: start})
	c.buckets[0] = 1
	for b := range c.buckets {
		for c.buckets[b] != 0 {
			item := c.items[c.buckets[b]-1]
			c.buckets[b] = item.next
			if dist[item.node] != item.millis {
				continue
			}
			for _, a := range c.arcs[c.first[item.node]:c.first[item.node+1]] {
				then := item.millis + a.weight
				if then > limit || then >= dist[a.head] {
					continue
				}
				if dist[a.head] == away {
					touched = append(touched, a.head)
				}
				dist[a.head] = then
				into := then / width
				c.items = append(c.items, bucketItem{a.head, c.buckets[into], then})
				c.buckets[into] = int32(len(c.items))
			}
		}
	}
	c.touched[root] = touched
}

// sum is the sum from a place that is toTail from the root of one ball and
// toHead from the root of another, over nodes that hold all nodes of both.
func (c *chunk) sum(nodes []int32, fromTail, fromHead []uint32, toTail, toHead uint32) float64 {
	total, limit := 0.0, c.w.limit
	c.rim = c.rim[:0]
	reach := c.reach
	for _, n := range nodes {
		d := min(fromTail[n]+toTail, fromHead[n]+toHead)
		if r := &reach[n]; d < r.deep {
			total += r.total
		} else if d <= limit {
			c.rim = append(c.rim, n)
		}
	}
	for _, n := range c.rim {
		total += c.rimSum(n, fromTail, fromHead, toTail, toHead)
	}
	return total
}

// rimSum is what a node adds from which not all of its values are near enough.
func (c *chunk) rimSum(n int32, fromTail, fromHead []uint32, toTail, toHead uint32) float64 {
	w, g, node := c.w, c.w.e.g, c.nodes[n]
	d := min(fromTail[n]+toTail, fromHead[n]+toHead)
	total := w.here[node]
	for _, v := range w.away[w.awayFirst[node]:w.awayFirst[node+1]] {
		if d+v.millis <= w.limit {
			total += v.value
		}
	}
	for _, half := range g.arcs[g.firstArc[node]:g.firstArc[node+1]] {
		edge := half >> 1
		if w.edgeFirst[edge] == w.edgeFirst[edge+1] {
			continue
		}
		atTail, other := half&1 == 0, g.head[edge]
		if !atTail {
			other = g.tail[edge]
		}
		there := uint32(away)
		if l := c.local[other]; l > 0 {
			there = min(fromTail[l-1]+toTail, fromHead[l-1]+toHead)
		}
		switch {
		case there < w.deep[other]:
			// The other end counts for all that can be reached from there: half of
			// an edge that can be used from both ends, or all of one that leads
			// from it only. What leads from here only is left.
			switch {
			case w.from[edge] == fromBoth:
				total += w.sum[edge] / 2
			case atTail == (w.from[edge] == fromTailOnly):
				total += w.part(edge, d, away, atTail)
			}
		case there > w.limit, atTail: // of two ends in the rim the tail counts
			total += w.part(edge, d, there, atTail)
		}
	}
	return total
}

// part is what can be reached within the limit of an edge from one end in d and
// from the other in there milliseconds.
func (w *weighed) part(edge int32, d, there uint32, atTail bool) float64 {
	tail, head := d, there
	if !atTail {
		tail, head = there, d
	}
	total := 0.0
	for _, v := range w.values(edge) {
		if v.fromTail+tail <= w.limit || v.fromHead+head <= w.limit {
			total += v.value
		}
	}
	return total
}

// unite lists what lies in one ball or another.
func (c *chunk) unite(a, b int32) []int32 {
	first := c.ball(a)
	c.union = append(c.union[:0], c.touched[a]...)
	for _, n := range c.touched[b] {
		if first[n] == away {
			c.union = append(c.union, n)
		}
	}
	return c.union
}

// edge writes the sums of an edge's inner vertices.
func (c *chunk) edge(edge int32) {
	w, e, g := c.w, c.w.e, c.w.e.g
	tail, head := c.local[g.tail[edge]]-1, c.local[g.head[edge]]-1
	a, b := c.rootOf[tail]-1, c.rootOf[head]-1
	fromTail, fromHead := c.ball(a), c.ball(b)
	union := c.unite(a, b)
	c.fractions = g.innerFractions(c.fractions[:0], edge)
	for i, f := range c.fractions {
		toTail, toHead := e.leaveInner(edge, f)
		if toTail == away && toHead == away {
			continue
		}
		total := c.sum(union, fromTail, fromHead, toTail, toHead)
		if values := w.values(edge); len(values) > 0 {
			atTail := min(fromTail[tail]+toTail, fromHead[tail]+toHead)
			atHead := min(fromTail[head]+toTail, fromHead[head]+toHead)
			here := place{ok: true, edge: edge, fraction: f}
			for _, v := range values {
				if v.fromTail+atTail <= w.limit || v.fromHead+atHead <= w.limit {
					continue
				}
				there := place{ok: true, edge: edge, fraction: v.fraction, off: uint64(v.off), asked: nobodyAsks}
				if e.direct(here, there) <= uint64(w.limit) {
					total += v.value
				}
			}
		}
		c.out[g.nodes+int(g.lineFirst[edge])+i] = total
	}
}
