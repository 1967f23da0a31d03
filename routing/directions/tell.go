package directions

import (
	"math"
)

// draft is a step in the making: a manoeuvre at the beginning of a piece.
type draft struct {
	piece int // the first of its pieces
	kind  Type
	angle float64 // of the turn
	exit  int
	lead  int // the piece from which on the step's name and direction are taken, if past the first
}

// tell decides where something must be said.
func (w *walk) tell() []draft {
	steps := []draft{{piece: 0, kind: Depart}}
	for i := 1; i < len(w.pieces); i++ {
		if w.pieces[i].attr.Roundabout && w.mindsRoundabouts(i) {
			i = w.tellRoundabout(&steps, i)
			continue
		}
		if w.pieces[i].attr.Roundabout {
			if !w.pieces[i-1].attr.Roundabout {
				i = w.walkRoundabout(&steps, i)
			}
			continue
		}
		if kind, ok := w.decide(i); ok {
			steps = append(steps, draft{piece: i, kind: kind, angle: w.meets[i-1].angle})
		}
	}
	return steps
}

// mindsRoundabouts tells whether the traveller drives or rides, and takes a ring
// by its ways out. A walker goes round it, either way.
func (w *walk) mindsRoundabouts(i int) bool {
	m := w.pieces[i].mode
	return m == Driving || m == Cycling
}

// tellRoundabout tells a way through a ring that is entered at piece i, counting
// the ways out that are passed, and returns the last piece that it told of.
func (w *walk) tellRoundabout(steps *[]draft, i int) int {
	enter := draft{piece: i, kind: Roundabout, angle: w.meets[i-1].angle}
	exits := 0
	for i+1 < len(w.pieces) && w.pieces[i+1].attr.Roundabout {
		i++
		w.meets[i-1].others(func(_ float64, r *arm) {
			if !w.roundabout(r) {
				exits++
			}
		})
	}
	at := len(*steps)
	*steps = append(*steps, enter)
	if i+1 < len(w.pieces) {
		i++
		(*steps)[at].exit = exits + 1
		*steps = append(*steps, draft{piece: i, kind: ExitRoundabout, angle: w.meets[i-1].angle, exit: exits + 1})
	}
	return i
}

// walkRoundabout tells a way on foot round a ring that is entered at piece i, and
// into the street after it, as one, and returns the last piece that it told of.
func (w *walk) walkRoundabout(steps *[]draft, i int) int {
	round := draft{piece: i, kind: Roundabout, angle: w.meets[i-1].angle}
	first := &w.pieces[i]
	alike := func(p *piece) bool { return p.mode == first.mode && p.attr.Steps == first.attr.Steps }
	exits := 1
	for i+1 < len(w.pieces) && w.pieces[i+1].attr.Roundabout && alike(&w.pieces[i+1]) {
		i++
		w.meets[i-1].others(func(_ float64, r *arm) {
			if !w.roundabout(r) {
				exits++
			}
		})
	}
	switch {
	case i+1 == len(w.pieces):
		*steps = append(*steps, round)
	case alike(&w.pieces[i+1]):
		i++
		round.exit, round.lead = exits, i
		*steps = append(*steps, round)
	default: // stairs, say
		i++
		*steps = append(*steps, round, draft{piece: i, kind: ExitRoundabout, angle: w.meets[i-1].angle, exit: exits})
	}
	return i
}

func (w *walk) roundabout(r *arm) bool { return w.guide.g.Edge(r.id >> 1).Roundabout }

// decide tells whether anything must be said between pieces i-1 and i.
func (w *walk) decide(i int) (Type, bool) {
	a, b, m := &w.pieces[i-1], &w.pieces[i], &w.meets[i-1]
	turn := math.Abs(m.angle)
	choices, rival := m.choices(), m.straightest()
	same := sameStreet(a, b)
	changed := a.mode != b.mode || a.attr.Steps != b.attr.Steps
	switch {
	case turn >= 175:
		return Turn, true
	case choices == 0 && changed:
		return Notification, true
	case choices == 0 && !same && turn >= 40:
		return Turn, b.attr.Name != ""
	case choices == 0 && !same:
		return NewName, b.attr.Name != ""
	case choices == 0:
		return "", false
	case turn >= 40 && same && rival > turn+30 && turn < 60 && !changed:
		// The street itself bends, and nothing else could be meant.
		return "", false
	case turn >= 40 && same && a.attr.Name != "":
		return Continue, true
	case w.endOfRoad(m):
		return EndOfRoad, true
	case w.fork(a, m):
		return Fork, true
	case turn >= 40:
		return Turn, true
	case turn >= 20 && rival < turn && same && a.attr.Name != "":
		return Continue, true
	case turn >= 20 && rival < turn:
		return Turn, true
	case changed:
		return Notification, true
	case !same && b.attr.Name != "":
		return NewName, true
	case !same && a.attr.Name != "" && turn >= 20:
		return Turn, true
	case !same && a.attr.Name != "":
		// The name ends; straight on there is only a path.
		return Continue, true
	}
	return "", false
}

// endOfRoad tells whether the way ahead ends at a street to both sides.
func (w *walk) endOfRoad(m *meeting) bool {
	if len(m.arms) != 3 || math.Abs(m.angle) < 50 || math.Abs(m.angle) > 130 {
		return false
	}
	across := false
	m.others(func(angle float64, _ *arm) {
		across = across || angle*m.angle < 0 && math.Abs(angle) > 50 && math.Abs(angle) < 130
	})
	return across
}

// fork tells whether the way parts into two alike, one to each side of straight
// on.
func (w *walk) fork(from *piece, m *meeting) bool {
	if len(m.arms) != 3 || m.out < 0 || math.Abs(m.angle) > 45 {
		return false
	}
	parts := false
	m.others(func(angle float64, r *arm) {
		apart := math.Abs(turnAngle(m.after, r.bearing))
		if math.Abs(angle) > 45 || apart < 15 {
			return
		}
		// The street that one is on goes on: no fork.
		out := &m.arms[m.out]
		if from.attr.Name != "" && (out.name == from.attr.Name) != (r.name == from.attr.Name) {
			return
		}
		if out.class != r.class {
			return
		}
		// Nearly straight against clearly aside is a side street.
		parts = math.Abs(math.Abs(angle)-math.Abs(m.angle)) < 20
	})
	return parts
}

// sameStreet tells whether two pieces are one street to somebody on it.
func sameStreet(a, b *piece) bool {
	if a.attr.Name != "" || b.attr.Name != "" {
		return a.attr.Name == b.attr.Name
	}
	return kindOf(a.attr.Class) == kindOf(b.attr.Class)
}
