package routing

import "sort"

// net is the network that a profile searches: nodes with the arcs that leave
// them. The first of its nodes are the graph's. Where a turn rule or the cost of
// a turn asks how somebody came to a node, the network has copies of the node,
// one for each history that matters; they come behind, those of one node side by
// side. An arc into a node with histories leads to the copy for its own.
type net struct {
	first []uint32 // nodes+1
	arcs  []arc
	edge  []int32 // by arc: edge<<1, +1 against its line
	// copies of the graph's node n are nodes+firstCopy[n] up to, not including,
	// nodes+firstCopy[n+1]; nil where there are none at all.
	firstCopy []uint32
	of        []int32 // by copy: the graph's node
}

// arc leads to a node in so many milliseconds, those of the turn included.
type arc struct {
	head   int32
	weight uint32
}

// base is the graph's node that a node of the network is, or is a copy of.
func (e *Engine) base(node int32) int32 {
	if int(node) < e.g.nodes {
		return node
	}
	return e.net.of[int(node)-e.g.nodes]
}

// copies are the nodes of the network, from and up to, that are copies of one
// of the graph.
func (e *Engine) copies(node int32) (from, to int32) {
	if e.net.firstCopy == nil {
		return 0, 0
	}
	return int32(e.g.nodes) + int32(e.net.firstCopy[node]), int32(e.g.nodes) + int32(e.net.firstCopy[node+1])
}

// arcOf finds the arc over half an edge that leaves a node of the network, -1
// for none.
func (e *Engine) arcOf(node, half int32) int32 {
	for i := e.net.first[node]; i < e.net.first[node+1]; i++ {
		if e.net.edge[i] == half {
			return int32(i)
		}
	}
	return -1
}

// arcTail is the node that an arc leaves.
func (e *Engine) arcTail(i int32) int32 {
	if e.net.firstCopy == nil {
		return e.g.halfStart(e.net.edge[i])
	}
	return int32(sort.Search(e.nodes(), func(n int) bool { return e.net.first[n+1] > uint32(i) }))
}

// nodes is how many nodes the network has.
func (e *Engine) nodes() int { return len(e.net.first) - 1 }

// weight is what half an edge costs; shut where it cannot be used.
func (e *Engine) weight(half int32) uint32 {
	if half&1 == 1 {
		return e.backward[half>>1]
	}
	return e.forward[half>>1]
}

// connect makes the network.
func (e *Engine) connect() {
	n, h := &e.net, e.histories()
	arcs := 0
	for i := range e.forward {
		arcs += int(flag(e.forward[i] != shut)) + int(flag(e.backward[i] != shut))
	}
	n.arcs, n.edge = make([]arc, 0, arcs), make([]int32, 0, arcs)
	n.first = make([]uint32, 1, e.g.nodes+len(h.all)+1)
	for node := range e.g.nodes {
		for _, half := range e.g.arcs[e.g.firstArc[node]:e.g.firstArc[node+1]] {
			if weight := e.weight(half); weight != shut {
				n.arcs = append(n.arcs, arc{e.headAfter(h, noHistory, half), weight})
				n.edge = append(n.edge, half)
			}
		}
		n.first = append(n.first, uint32(len(n.arcs)))
	}
	if len(h.all) == 0 {
		return
	}
	n.firstCopy = make([]uint32, e.g.nodes+1)
	n.of = make([]int32, len(h.all))
	for i, state := range h.order {
		last := h.all[state].last
		node := e.g.halfEnd(last)
		n.of[i] = node
		n.firstCopy[node+1]++
		for _, half := range e.g.arcs[e.g.firstArc[node]:e.g.firstArc[node+1]] {
			weight := e.weight(half)
			if weight == shut || h.forbids(state, half) {
				continue
			}
			if h.costly[last] {
				weight = uint32(min(uint64(weight)+uint64(e.turnMillis(last, half)), shut-1))
			}
			n.arcs = append(n.arcs, arc{e.headAfter(h, state, half), weight})
			n.edge = append(n.edge, half)
		}
		n.first = append(n.first, uint32(len(n.arcs)))
	}
	for i := range e.g.nodes {
		n.firstCopy[i+1] += n.firstCopy[i]
	}
}

// headAfter is the node of the network to which half an edge leads somebody with
// that history.
func (e *Engine) headAfter(h *histories, state int, half int32) int32 {
	if len(h.all) > 0 {
		if next := h.after(state, half); next != noHistory {
			return int32(e.g.nodes) + h.place[next]
		}
	}
	return e.g.halfEnd(half)
}
