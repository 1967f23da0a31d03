package directions

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo"
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
		from, first.OffStreet = *o.From, geo.Distance(*o.From, first.Line[0])
	}
	if o.To != nil {
		to, last.OffStreet = *o.To, geo.Distance(*o.To, last.Line[0])
	}
	if first.OffStreet > besideMetres {
		first.Manoeuvre.Modifier = side(turnAngle(float64(first.Manoeuvre.BearingAfter), geo.Bearing(first.Line[0], from)))
	}
	if last.OffStreet > besideMetres {
		last.Manoeuvre.Modifier = side(turnAngle(float64(last.Manoeuvre.BearingBefore), geo.Bearing(last.Line[0], to)))
	}
	w.addOff(steps)
}

// addOff lengthens the first and the last stretch by the path's own walks off
// the street, and settles the rest.
func (w *walk) addOff(steps []Step) {
	first, stretch, last := &steps[0], &steps[len(steps)-2], &steps[len(steps)-1]
	if w.path.OffStart+w.path.OffEnd > 0 && len(w.path.Line) > 0 {
		first.Millis += w.walkMillis(w.path.OffStart)
		first.Metres += w.path.OffStart
		first.OffMetres += toldOff(w.path.OffStart)
		stretch.Millis += w.walkMillis(w.path.OffEnd)
		stretch.Metres += w.path.OffEnd
		stretch.OffMetres += toldOff(w.path.OffEnd)
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
	w.settle(steps)
}

// toldOff is what a walk off the street has that is told by itself.
func toldOff(metres float64) float64 {
	if metres < tellOff {
		return 0
	}
	return metres
}

func (w *walk) walkMillis(metres float64) uint32 {
	return uint32(math.Round(min(metres/w.profile.MetresPerSecond*1000, unreached)))
}

// settle gives what the path takes beyond its pieces, or a millisecond of
// rounding that it lacks, to the longest stretches.
func (w *walk) settle(steps []Step) {
	rest := int64(w.path.Millis)
	byTime := make([]int, len(steps)-1)
	for i := range byTime {
		byTime[i] = i
		rest -= int64(steps[i].Millis)
	}
	slices.SortStableFunc(byTime, func(i, j int) int { return cmp.Compare(steps[j].Millis, steps[i].Millis) })
	for _, i := range byTime {
		change := max(rest, -int64(steps[i].Millis))
		steps[i].Millis = uint32(int64(steps[i].Millis) + change)
		rest -= change
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
