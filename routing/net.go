package routing

import (
	"math"
	"slices"
	"sort"
)

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

const noHistory = -1

// history is what somebody came over that still matters: a row of halves that a
// turn rule begins with. All of them are the states of an automaton after Aho
// and Corasick (1975), so that a rule over several edges costs copies along
// those edges alone.
type history struct {
	last   int32 // half
	before int   // the row without the last
	less   int   // the longest row without the first that is a history
	no     []int32
	only   []int32
}

type histories struct {
	all    []history
	next   map[historyStep]int
	costly map[int32]bool // halves that end at a junction where turns cost
	order  []int          // by copy: the state
	place  []int32        // by state: the copy
}

type historyStep struct {
	from int // a state, or noHistory
	half int32
}

// after is the state after half an edge.
func (h *histories) after(state int, half int32) int {
	for {
		if next, ok := h.next[historyStep{state, half}]; ok {
			return next
		}
		if state == noHistory {
			return noHistory
		}
		state = h.all[state].less
	}
}

func (h *histories) forbids(state int, half int32) bool {
	for ; state != noHistory; state = h.all[state].less {
		s := &h.all[state]
		if slices.Contains(s.no, half) || len(s.only) > 0 && !slices.Contains(s.only, half) {
			return true
		}
	}
	return false
}

func (h *histories) add(state int, half int32) int {
	key := historyStep{state, half}
	next, ok := h.next[key]
	if !ok {
		next = len(h.all)
		h.all = append(h.all, history{last: half, before: state})
		h.next[key] = next
	}
	return next
}

// histories finds what the profile must remember.
func (e *Engine) histories() *histories {
	h := &histories{next: map[historyStep]int{}, costly: map[int32]bool{}}
	if e.profile.TurnRules {
		for _, t := range e.g.turns {
			if !e.obeys(t) {
				continue
			}
			state := noHistory
			for _, half := range t.halves[:len(t.halves)-1] {
				state = h.add(state, half)
			}
			last := t.halves[len(t.halves)-1]
			if t.only {
				h.all[state].only = append(h.all[state].only, last)
			} else {
				h.all[state].no = append(h.all[state].no, last)
			}
		}
	}
	if e.profile.turnsCost() {
		busy := e.busyNodes()
		for edge := range e.forward {
			for half := int32(edge) << 1; half <= int32(edge)<<1|1; half++ {
				if e.weight(half) != shut && busy[e.g.halfEnd(half)] {
					h.add(noHistory, half)
					h.costly[half] = true
				}
			}
		}
	}
	e.linkHistories(h)
	return h
}

// linkHistories fills less, from short rows to long ones, and the order.
func (e *Engine) linkHistories(h *histories) {
	depth := make([]int, len(h.all))
	byDepth := make([]int, len(h.all))
	for i := range h.all { // a row comes behind the row that it goes on from
		byDepth[i] = i
		if before := h.all[i].before; before != noHistory {
			depth[i] = depth[before] + 1
		}
	}
	slices.SortStableFunc(byDepth, func(a, b int) int { return depth[a] - depth[b] })
	for _, i := range byDepth {
		s := &h.all[i]
		s.less = noHistory
		if s.before != noHistory {
			s.less = h.after(h.all[s.before].less, s.last)
		}
	}
	h.order = make([]int, len(h.all))
	for i := range h.order {
		h.order[i] = i
	}
	slices.SortStableFunc(h.order, func(a, b int) int {
		return int(e.g.halfEnd(h.all[a].last)) - int(e.g.halfEnd(h.all[b].last))
	})
	h.place = make([]int32, len(h.all))
	for at, state := range h.order {
		h.place[state] = int32(at)
	}
}

// obeys tells whether a rule says anything to the profile: it must ride or drive
// over all of it. Where what alone is allowed is shut, the rule is no use and
// passed over, as routers do.
func (e *Engine) obeys(t turn) bool {
	for _, half := range t.halves {
		bound := e.profile.drives() && t.drive || e.rides(half) && t.ride
		if !bound || e.weight(half) == shut {
			return false
		}
	}
	return true
}

// rides tells whether half an edge is ridden, not pushed along.
func (e *Engine) rides(half int32) bool {
	a := &e.g.kinds[e.g.kind[half>>1]]
	way := Forward
	if half&1 == 1 {
		way = Backward
	}
	return e.profile.RideMetresPerSecond > 0 && a.Ride&way != 0 && !a.Steps
}

// busyNodes are the junctions of three streets and more where one of a busy
// class meets.
func (e *Engine) busyNodes() []bool {
	class := make([]bool, len(e.g.kinds))
	for i := range class {
		class[i] = slices.Contains(e.profile.BusyClasses, e.g.kinds[i].Class)
	}
	out := make([]bool, e.g.nodes)
	for n := range out {
		usable, busy := 0, false
		for _, half := range e.g.arcs[e.g.firstArc[n]:e.g.firstArc[n+1]] {
			if e.weight(half) != shut || e.weight(half^1) != shut {
				usable++
			}
			busy = busy || class[e.g.kind[half>>1]]
		}
		out[n] = busy && usable >= 3
	}
	return out
}

// turnMillis is what it costs to go from one half of an edge into another, by
// the angle between them: 45° to either side is straight on.
func (e *Engine) turnMillis(in, out int32) uint32 {
	seconds := 0.0
	switch angle := e.g.turnAngle(in, out); {
	case in == out^1, angle > 170, angle < -170:
		seconds = e.profile.UTurnSeconds
	case angle > 45:
		seconds = e.profile.LeftTurnSeconds
	case angle < -45:
		seconds = e.profile.RightTurnSeconds
	}
	return uint32(math.Round(seconds * 1000))
}

// turnAngle is in degrees, positive to the left.
func (g *Graph) turnAngle(in, out int32) float64 {
	d := g.bearing(out) - (g.bearing(in^1) + 180)
	return math.Mod(math.Mod(d, 360)+540, 360) - 180
}

// bearing is the direction, counter-clockwise from east in degrees, in which
// half an edge leaves its node.
func (g *Graph) bearing(half int32) float64 {
	k, step := 0, 1
	if half&1 == 1 {
		k, step = g.linePoints(half>>1)-1, -1
	}
	a := g.linePoint(half>>1, k)
	b := a
	for b == a && k+step >= 0 && k+step < g.linePoints(half>>1) {
		k += step
		b = g.linePoint(half>>1, k)
	}
	p, q := a.point(), b.point()
	s := scaleAt(p[1])
	return math.Atan2((q[1]-p[1])*s.y, (q[0]-p[0])*s.x) * 180 / math.Pi
}
