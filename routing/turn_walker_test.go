package routing_test

import (
	"math"
	"slices"

	"github.com/paulmach/orb/geo"

	"sanse/routing"
)

// walker goes over a town one edge after another and remembers the last four:
// the slow truth about turns.
type walker struct {
	g     *routing.Graph
	e     *routing.Engine
	p     routing.Profile
	edges []routing.Edge
	rules []routing.TurnRule
}

func (w walker) millis(h half) uint32 {
	forward, backward := w.e.EdgeMillis(h.edge)
	if h.against {
		return backward
	}
	return forward
}

func (w walker) start(h half) int32 {
	if h.against {
		return w.edges[h.edge].Head
	}
	return w.edges[h.edge].Tail
}

func (w walker) end(h half) int32 { return w.start(half{h.edge, !h.against}) }

func (w walker) uses(h half) bool {
	if w.millis(h) == routing.Unreached {
		return false
	}
	return w.p.DriveKmPerHour != nil || w.rides(h)
}

func (w walker) rides(h half) bool {
	e := w.edges[h.edge]
	way := routing.Forward
	if h.against {
		way = routing.Backward
	}
	return w.p.RideMetresPerSecond > 0 && e.Ride&way != 0 && !e.Steps
}

// may tells whether somebody who came over past (the last one last) may go into
// next.
func (w walker) may(past []half, next half) bool {
	if !w.p.TurnRules {
		return true
	}
	only, allowed := false, false
	lengths := map[int][2]bool{}
	for _, r := range w.rules {
		row := append([]int32{r.From}, r.ViaEdges...)
		if len(past) < len(row) {
			continue
		}
		came := past[len(past)-len(row):]
		fits := w.end(came[0]) == r.Via
		for i, h := range came {
			fits = fits && h.edge == row[i] && w.uses(h)
		}
		obeys := w.p.DriveKmPerHour != nil && r.Drive
		if w.p.RideMetresPerSecond > 0 {
			obeys = r.Ride
		}
		if !fits || !obeys {
			continue
		}
		// Each direction of the last edge that leaves the node is a rule.
		for _, to := range []half{{r.To, false}, {r.To, true}} {
			if w.start(to) != w.end(past[len(past)-1]) || !w.uses(to) {
				continue
			}
			if !r.Only {
				if to == next {
					return false
				}
				continue
			}
			l := lengths[len(row)]
			l[0] = true
			l[1] = l[1] || to == next
			lengths[len(row)] = l
		}
	}
	for _, l := range lengths {
		only, allowed = l[0], l[1]
		if only && !allowed {
			return false
		}
	}
	return true
}

func (w walker) turn(in, out half) uint32 {
	if len(w.p.BusyClasses) == 0 {
		return 0
	}
	node, usable, busy := w.end(in), 0, false
	for _, e := range w.edges {
		for _, h := range []half{{e.ID, false}, {e.ID, true}} {
			if w.start(h) != node {
				continue
			}
			if w.millis(h) != routing.Unreached || w.millis(half{h.edge, !h.against}) != routing.Unreached {
				usable++
			}
			busy = busy || slices.Contains(w.p.BusyClasses, e.Class)
		}
	}
	if !busy || usable < 3 {
		return 0
	}
	if in.edge == out.edge && in.against != out.against {
		return uint32(w.p.UTurnSeconds * 1000)
	}
	bearing := func(h half) float64 {
		line := w.edges[h.edge].Line
		if h.against {
			return geo.Bearing(line[len(line)-1], line[len(line)-2])
		}
		return geo.Bearing(line[0], line[1])
	}
	right := math.Mod(bearing(out)-(bearing(half{in.edge, !in.against})+180)+1080, 360)
	switch { // clockwise
	case right > 45 && right <= 170:
		return uint32(w.p.RightTurnSeconds * 1000)
	case right > 170 && right < 190:
		return uint32(w.p.UTurnSeconds * 1000)
	case right >= 190 && right < 315:
		return uint32(w.p.LeftTurnSeconds * 1000)
	}
	return 0
}

// cost is the least time between two places on streets.
func (w walker) cost(from, to routing.Snap) uint32 {
	if !from.OK || !to.OK {
		return routing.Unreached
	}
	usable := func(s routing.Snap) bool {
		return w.millis(half{s.Edge, false}) != routing.Unreached || w.millis(half{s.Edge, true}) != routing.Unreached
	}
	if !usable(from) || !usable(to) {
		return routing.Unreached
	}
	part := func(h half, s routing.Snap) (before, behind uint32) {
		m := w.millis(h)
		b := uint32(math.Round(s.Fraction * float64(m)))
		if h.against {
			return m - b, b
		}
		return b, m - b
	}
	best := uint32(routing.Unreached)
	times := map[string]uint32{}
	pasts := map[string][]half{}
	nodes := map[string]int32{}
	var open []string
	memory := min(len(w.p.BusyClasses), 1)
	for _, r := range w.rules {
		memory = max(memory, 1+len(r.ViaEdges))
	}
	key := func(past []half, node int32) string {
		out := []byte{byte(node)}
		for _, h := range past {
			out = append(out, byte(h.edge), 0)
			if h.against {
				out[len(out)-1] = 1
			}
		}
		return string(out)
	}
	reach := func(past []half, node int32, millis uint32) {
		past = past[max(0, len(past)-memory):]
		k := key(past, node)
		if old, ok := times[k]; ok && old <= millis {
			return
		}
		times[k], pasts[k], nodes[k] = millis, slices.Clone(past), node
		open = append(open, k)
	}
	for _, h := range []half{{from.Edge, false}, {from.Edge, true}} {
		if w.millis(h) == routing.Unreached {
			continue
		}
		before, behind := part(h, from)
		if from.Edge == to.Edge {
			if b, _ := part(h, to); b >= before {
				best = min(best, b-before)
			}
		}
		if behind > 0 {
			reach([]half{h}, w.end(h), behind)
		} else {
			reach(nil, w.end(h), 0)
		}
		if before == 0 {
			reach(nil, w.start(h), 0)
		}
	}
	for len(open) > 0 {
		k := open[0]
		open = open[1:]
		past, node, millis := pasts[k], nodes[k], times[k]
		// At the very end of an edge one is at its node.
		for _, h := range []half{{to.Edge, false}, {to.Edge, true}} {
			if w.millis(h) == routing.Unreached {
				continue
			}
			before, behind := part(h, to)
			if before == 0 && w.start(h) == node || behind == 0 && w.end(h) == node {
				best = min(best, millis)
			}
		}
		for _, e := range w.edges {
			for _, h := range []half{{e.ID, false}, {e.ID, true}} {
				if w.start(h) != node || w.millis(h) == routing.Unreached || len(past) > 0 && !w.may(past, h) {
					continue
				}
				turn := uint32(0)
				if len(past) > 0 {
					turn = w.turn(past[len(past)-1], h)
				}
				if h.edge == to.Edge {
					before, _ := part(h, to)
					best = min(best, millis+turn+before)
				}
				reach(append(slices.Clone(past), h), w.end(h), millis+turn+w.millis(h))
			}
		}
	}
	return best
}
