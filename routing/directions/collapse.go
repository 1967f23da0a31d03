package directions

import (
	"math"
)

// jogMetres is how long a stretch between two turns may be to be one with them.
const jogMetres = 18

// hopMetres is under how long a stretch before a turn is not told by itself,
// whatever the turn.
const hopMetres = 5

// stepMetres is under how long stairs are but a step or two, which are not told
// where a turn follows.
const stepMetres = 2

// gapMetres is how long a stretch without a name, straight ahead, may be to go
// without saying.
const gapMetres = 60

// collapse takes out what nobody would say: the two turns of a short jog after
// which one goes on as before, the first of two turns that make one, and a gap
// between names.
func (w *walk) collapse(drafts []draft) []Step {
	var kept []draft
	for i := 0; i < len(drafts); i++ {
		d := drafts[i]
		if n := w.hops(drafts, i); n > 0 {
			i += n
			after := drafts[i].piece
			if d.kind == Depart {
				d.lead = after
				kept = append(kept, d)
				continue
			}
			from, to := &w.pieces[d.piece-1], &w.pieces[after]
			net := turnAngle(from.out, to.in)
			alike := from.mode == to.mode && from.attr.Steps == to.attr.Steps
			switch {
			case !alike && math.Abs(net) < 20:
				kept = append(kept, draft{piece: d.piece, kind: Notification, angle: net, lead: after})
			case !alike || math.Abs(net) >= 30 || !sameStreet(from, to):
				kept = append(kept, draft{piece: d.piece, kind: merged(net, from, to), angle: net, lead: after})
			}
			continue
		}
		if i > 0 && w.gap(drafts, i) {
			if next := drafts[i+1]; next.kind == NewName && math.Abs(next.angle) < 20 &&
				w.pieces[d.piece-1].attr.Name == w.pieces[next.piece].attr.Name {
				i++ // the same street again
			}
			continue
		}
		if i > 0 && i+1 < len(drafts) && plain(d.kind) && plain(drafts[i+1].kind) {
			next := drafts[i+1]
			before, between, after := &w.pieces[d.piece-1], &w.pieces[d.piece], &w.pieces[next.piece]
			short := w.metres(d.piece, next.piece) <= jogMetres
			quiet := between.mode == after.mode && between.attr.Steps == after.attr.Steps && before.mode == between.mode && before.attr.Steps == between.attr.Steps
			if short && quiet {
				net := turnAngle(before.out, after.in)
				back := d.angle*next.angle < 0
				switch {
				case back && math.Abs(net) < 30 && sameStreet(before, after):
					i++
					continue
				case back && math.Abs(net) < 30, !back && math.Abs(d.angle+next.angle) < 150:
					kept = append(kept, draft{piece: d.piece, kind: merged(net, before, after), angle: net})
					i++
					continue
				}
			}
		}
		kept = append(kept, d)
	}
	return w.finish(kept)
}

// hops is how many of the turns after draft i come within a few metres of it, so
// that they are one with it.
func (w *walk) hops(drafts []draft, i int) int {
	d := drafts[i]
	if d.kind != Depart && d.kind != Notification && !plain(d.kind) {
		return 0
	}
	n := 0
	for j := i + 1; j < len(drafts) && (plain(drafts[j].kind) || drafts[j].kind == Notification); j++ {
		between, after := &w.pieces[drafts[j].piece-1], &w.pieces[drafts[j].piece]
		most := float64(hopMetres)
		if between.attr.Steps != after.attr.Steps {
			most = stepMetres
		}
		if between.mode != after.mode || w.metres(d.piece, drafts[j].piece) >= most {
			break
		}
		n++
	}
	return n
}

// merged is what two manoeuvres are that make one.
func merged(net float64, before, after *piece) Type {
	switch {
	case math.Abs(net) >= 30 && after.attr.Name != "" && after.attr.Name == before.attr.Name:
		return Continue
	case math.Abs(net) >= 30, math.Abs(net) >= 20 && after.attr.Name == "" && !sameStreet(before, after):
		return Turn
	case after.attr.Name == "" || after.attr.Name == before.attr.Name:
		return Continue
	}
	return NewName
}

// gap tells whether a draft is but a short stretch without a name, straight
// ahead of a street with one, and passed like it.
func (w *walk) gap(drafts []draft, i int) bool {
	d := drafts[i]
	if d.kind != Continue || i+1 >= len(drafts) || !plain(drafts[i+1].kind) {
		return false
	}
	before, between := &w.pieces[d.piece-1], &w.pieces[d.piece]
	return math.Abs(d.angle) < 20 && before.attr.Name != "" && between.attr.Name == "" &&
		before.mode == between.mode && before.attr.Steps == between.attr.Steps &&
		w.metres(d.piece, drafts[i+1].piece) <= gapMetres
}

// plain tells whether a manoeuvre is a mere change of direction or name.
func plain(t Type) bool {
	switch t {
	case Turn, Continue, NewName, EndOfRoad, Fork:
		return true
	}
	return false
}

func (w *walk) metres(first, past int) float64 {
	sum := 0.0
	for _, p := range w.pieces[first:past] {
		sum += p.metres
	}
	return sum
}

// finish makes steps of drafts.
func (w *walk) finish(drafts []draft) []Step {
	steps := make([]Step, 0, len(drafts)+1)
	for i, d := range drafts {
		past := len(w.pieces)
		if i+1 < len(drafts) {
			past = drafts[i+1].piece
		}
		steps = append(steps, w.step(d, past))
	}
	for i := 1; i < len(steps); i++ {
		a, b := &steps[i-1], &steps[i]
		b.Alike = a.Name == b.Name && a.Stairs == NoStairs && b.Stairs == NoStairs && (b.Name != "" || kindOf(a.Class) == kindOf(b.Class))
	}
	last := &w.pieces[len(w.pieces)-1]
	end := last.line[len(last.line)-1]
	return append(steps, Step{
		Manoeuvre: Manoeuvre{Type: Arrive, Location: end, BearingBefore: whole(last.out)},
		Name:      last.attr.Name, Class: last.attr.Class, Mode: last.mode, Line: orbLine{end, end},
		Intersections: []Intersection{{Location: end, Bearings: []int{whole(wrap(last.out + 180))}, Entry: []bool{true}, In: 0, Out: -1}},
		First:         len(w.path.Steps), Past: len(w.path.Steps),
	})
}

func (w *walk) step(d draft, past int) Step {
	lead := w.leader(max(d.piece, d.lead), past)
	first := &w.pieces[d.piece]
	bearing := whole(w.heading(d))
	s := Step{
		Name: lead.attr.Name, Class: lead.attr.Class, Mode: lead.mode, Stairs: stairsOf(lead),
		First: first.first, Past: w.pieces[past-1].past,
		Manoeuvre: Manoeuvre{Type: d.kind, Location: first.line[0], BearingAfter: bearing, Exit: d.exit},
	}
	if d.kind == Depart {
		s.Intersections = append(s.Intersections, Intersection{
			Location: first.line[0], Bearings: []int{bearing}, Entry: []bool{true}, In: -1, Out: 0,
		})
	} else {
		s.Manoeuvre.BearingBefore = whole(w.pieces[d.piece-1].out)
		s.Manoeuvre.Modifier = modifierOf(d.angle)
		if d.kind == Fork {
			s.Manoeuvre.Modifier = sideOf(d.angle)
		}
		s.Intersections = append(s.Intersections, w.meets[d.piece-1].intersection())
	}
	for i := d.piece; i < past; i++ {
		p := &w.pieces[i]
		s.Metres += p.metres
		s.Millis += p.millis
		s.Line = join(s.Line, p.line)
		if i > d.piece && len(w.meets[i-1].arms) > 2 {
			s.Intersections = append(s.Intersections, w.meets[i-1].intersection())
		}
	}
	if len(s.Line) == 1 {
		s.Line = append(s.Line, s.Line[0])
	}
	return s
}

// heading is where a step leads: where its first piece does, unless that is but a
// hop before a turn.
func (w *walk) heading(d draft) float64 {
	if d.kind == Depart && d.lead > d.piece {
		return w.pieces[d.lead].in
	}
	return w.pieces[d.piece].in
}

// leader is the piece that gives a step its name: the first unless it is but a
// jog before a longer one.
func (w *walk) leader(first, past int) *piece {
	at := first
	for at+1 < past && w.pieces[at].metres <= jogMetres && w.pieces[first].mode == w.pieces[at+1].mode &&
		w.pieces[first].attr.Steps == w.pieces[at+1].attr.Steps {
		at++
	}
	if w.pieces[at].metres > jogMetres {
		return &w.pieces[at]
	}
	return &w.pieces[first]
}

// sideOf is the modifier of a fork, which has a side however narrow it is.
func sideOf(angle float64) Modifier {
	if angle < 0 {
		return SlightLeft
	}
	return SlightRight
}

func stairsOf(p *piece) Stairs {
	incline := p.attr.Incline
	switch {
	case !p.attr.Steps:
		return NoStairs
	case incline == 0:
		return StairsEither
	case (incline > 0) != p.against:
		return StairsUp
	}
	return StairsDown
}

// join puts a line behind another, the point they share once.
func join(line, next orbLine) orbLine {
	for _, p := range next {
		if n := len(line); n == 0 || line[n-1] != p {
			line = append(line, p)
		}
	}
	return line
}
