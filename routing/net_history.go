package routing

import "slices"

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
