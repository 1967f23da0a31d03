package topology

import (
	"fmt"

	"github.com/paulmach/orb"
)

// Reason is why an edit was refused.
type Reason string

// The reasons.
const (
	NoFace      Reason = "no-face"      // there is no face of that code
	NoArc       Reason = "no-arc"       // there is no arc, or no vertex, of that number
	CodeTaken   Reason = "code-taken"   // another face has the code, or it is empty
	NoPlace     Reason = "no-place"     // coordinates that are no degrees, lines and rings of too few points
	FixedBorder Reason = "fixed-border" // a border of a parent
	Crosses     Reason = "crosses"      // the border would touch or cross another, or itself
	SweepsOver  Reason = "sweeps-over"  // the border would pass over other borders, or turn a face inside out
	NoCut       Reason = "no-cut"       // the line or outline changes nothing
	Parts       Reason = "parts"        // a face would be in more parts
	Apart       Reason = "apart"        // the faces do not touch, or are in two parents
	WholeFace   Reason = "whole-face"   // nothing of a face would be left
	TooTight    Reason = "too-tight"    // borders a tenth of a millimetre apart
	Stale       Reason = "stale"        // the change is of another topology
)

// EditError says why an edit was refused; nothing has changed then.
type EditError struct {
	Reason  Reason
	At      orb.Point // where, lon-lat; the zero point if it is nowhere
	Message string    // one sentence in English
}

// Error returns the message.
func (e *EditError) Error() string { return e.Message }

func refuse(why Reason, where *pt, format string, args ...any) *EditError {
	e := &EditError{Reason: why, Message: fmt.Sprintf(format, args...)}
	if where != nil {
		e.At = where.lonLat()
	}
	return e
}

// lattice returns points of a line on the lattice, those that repeat left out.
func lattice(line orb.LineString) ([]pt, error) {
	pts := make([]pt, 0, len(line))
	for i, p := range line {
		if !(p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90) {
			return nil, refuse(NoPlace, nil, "point %d, (%g, %g), is not in degrees", i+1, p[0], p[1])
		}
		if q := at(p); len(pts) == 0 || pts[len(pts)-1] != q {
			pts = append(pts, q)
		}
	}
	return pts, nil
}

// clash tells whether two segments share a point other than a common end.
func clash(a, b, c, d pt) bool {
	if max(a.x, b.x) < min(c.x, d.x) || max(c.x, d.x) < min(a.x, b.x) ||
		max(a.y, b.y) < min(c.y, d.y) || max(c.y, d.y) < min(a.y, b.y) {
		return false
	}
	ca, cb := side(c, d, a), side(c, d, b)
	ac, ad := side(a, b, c), side(a, b, d)
	if ca*cb < 0 && ac*ad < 0 {
		return true
	}
	s, t := newSeg(a, b), newSeg(c, d)
	return s == t || ca == 0 && within(t, a) || cb == 0 && within(t, b) || ac == 0 && within(s, c) || ad == 0 && within(s, d)
}

// foreign is a stretch of border that an edit leaves as it is.
type foreign struct {
	pts         []pt
	left, right int32 // the faces on its sides
}

// around lists the arcs that come near a box, but for those of skip.
func (t *Topology) around(b box, skip func(slot int32) bool) []foreign {
	var out []foreign
	for slot, a := range t.arcs {
		if a != nil && a.box.meets(b) && !skip(int32(slot)) {
			out = append(out, foreign{a.pts, a.left, a.right})
		}
	}
	return out
}

// border is how a border is called in what is said about it.
func (t *Topology) border(left, right int32) string {
	name := func(slot int32) string {
		if slot == none {
			return "the outside"
		}
		return t.faces[slot].code
	}
	return fmt.Sprintf("the border of %s and %s", name(left), name(right))
}
