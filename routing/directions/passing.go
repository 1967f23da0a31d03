package directions

import (
	"math"

	"github.com/paulmach/orb"

	"sanse/routing"
)

type orbLine = orb.LineString

// count gives every signal, crossing, gate and lift on the way to one step.
// Streets hold them in halves: what stands at a junction is half on the one
// piece and half on the next, so that the sum along the way is rounded, never
// the share of a step.
func (w *walk) count(steps []Step) {
	for _, what := range []struct {
		halves func(*routing.EdgeAttr) uint8
		add    func(*Step, int)
	}{
		{func(a *routing.EdgeAttr) uint8 { return a.Signals }, func(s *Step, n int) { s.Signals = n }},
		{func(a *routing.EdgeAttr) uint8 { return a.Crossings }, func(s *Step, n int) { s.Crossings = n }},
		{func(a *routing.EdgeAttr) uint8 { return a.Gates }, func(s *Step, n int) { s.Gates = n }},
		{func(a *routing.EdgeAttr) uint8 { return a.Lifts }, func(s *Step, n int) { s.Lifts = n }},
	} {
		sum, told, at := 0.0, 0, 0
		for i := range steps {
			for ; at < len(w.pieces) && w.pieces[at].past <= steps[i].Past; at++ {
				sum += float64(what.halves(&w.pieces[at].attr)) * w.share(&w.pieces[at])
			}
			now := int(math.Floor(sum/2 + 0.5))
			what.add(&steps[i], now-told)
			told = now
		}
	}
}

// share is how much of an edge a piece is: where on the edge its crossings are,
// nobody knows.
func (w *walk) share(p *piece) float64 {
	if p.past-p.first != 1 {
		return 1
	}
	s := w.path.Steps[p.first]
	return math.Abs(s.To - s.From)
}

// besideMetres is how far off its street a place is to be on a side of it.
const besideMetres = 3

// addEnds says on which side the places lie, and adds the walks between them and
// their streets when asked to.
func (w *walk) addEnds(steps []Step, o Options) {
	first, last := &steps[0], &steps[len(steps)-1]
	first.OffStreet, last.OffStreet = w.path.OffStart, w.path.OffEnd
	var from, to orb.Point
	if n := len(w.path.Line); n > 0 {
		from, to = w.path.Line[0], w.path.Line[n-1]
	}
	if o.From != nil {
		from, first.OffStreet = *o.From, planeMetres(*o.From, first.Line[0])
	}
	if o.To != nil {
		to, last.OffStreet = *o.To, planeMetres(*o.To, last.Line[0])
	}
	if first.OffStreet > besideMetres {
		first.Manoeuvre.Modifier = side(turnAngle(float64(first.Manoeuvre.BearingAfter), bearingFrom(first.Line[0], from)))
	}
	if last.OffStreet > besideMetres {
		last.Manoeuvre.Modifier = side(turnAngle(float64(last.Manoeuvre.BearingBefore), bearingFrom(last.Line[0], to)))
	}
	w.addOff(steps)
}

// addOff lengthens the first and the last stretch by the path's own walks off
// the street. What the path takes beyond its pieces is theirs, by length.
func (w *walk) addOff(steps []Step) {
	both := w.path.OffStart + w.path.OffEnd
	if !(both > 0) || len(w.path.Line) == 0 {
		return
	}
	var onStreet uint32
	for _, s := range steps {
		onStreet += s.Millis
	}
	first, stretch, last := &steps[0], &steps[len(steps)-2], &steps[len(steps)-1]
	off := w.path.Millis - min(onStreet, w.path.Millis)
	atStart := uint32(math.Round(float64(off) * w.path.OffStart / both))
	first.Millis += atStart
	first.Metres += w.path.OffStart
	stretch.Millis += off - atStart
	stretch.Metres += w.path.OffEnd
	from, to := w.path.Line[0], w.path.Line[len(w.path.Line)-1]
	if first.Line[0] != from {
		first.Line = join(orbLine{from}, first.Line)
		first.Manoeuvre.Location, first.Intersections[0].Location = from, from
	}
	if stretch.Line[len(stretch.Line)-1] != to {
		stretch.Line = append(stretch.Line, to)
		last.Manoeuvre.Location, last.Line, last.Intersections[0].Location = to, orbLine{to, to}, to
	}
}

// side is where something lies, seen along the street.
func side(angle float64) Modifier {
	switch {
	case math.Abs(angle) < 30:
		return Straight
	case angle < 0:
		return Left
	}
	return Right
}
