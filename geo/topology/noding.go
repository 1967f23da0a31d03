package topology

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// seg is a segment without direction: a before b.
type seg struct{ a, b pt }

func newSeg(a, b pt) seg {
	if a.compare(b) > 0 {
		return seg{b, a}
	}
	return seg{a, b}
}

func (s seg) box() box { return box{s.a, s.a}.with(s.b) }

func (s seg) compare(t seg) int { return cmp.Or(s.a.compare(t.a), s.b.compare(t.b)) }

// run is a segment in the line of somebody: w is 1 where the line goes from a
// to b, -1 where it goes from b to a.
type run struct {
	seg
	who int32
	w   int32
}

// newRun is the run of who from a to b.
func newRun(a, b pt, who int32) run {
	s := newSeg(a, b)
	if s.a == a {
		return run{s, who, 1}
	}
	return run{s, who, -1}
}

var errUnquiet = errors.New("lines lie so near to each other that cutting them at their crossings makes ever new crossings")

// node cuts runs until their segments meet in common end points only: where
// two cross, both get a vertex at the point of the lattice nearest to the
// crossing; where a vertex of one lies on another, that one gets the vertex.
// Lines that need no cut stay as they are. A cut moves a line by less than
// half a step of the lattice, after which it may cross a line that it did not
// cross before; so this is done until nothing is left to do. The result is
// sorted by segment, then by who.
func node(runs []run) ([]run, error) {
	const rounds = 32 // two or three are enough unless somebody tries hard
	for range rounds {
		slices.SortFunc(runs, func(r, s run) int {
			return cmp.Or(r.seg.compare(s.seg), cmp.Compare(r.who, s.who), cmp.Compare(r.w, s.w))
		})
		segs := segments(runs)
		cuts := crossings(segs)
		if len(cuts) == 0 {
			return runs, nil
		}
		runs = split(runs, segs, cuts)
	}
	return nil, errUnquiet
}

// segments lists the segments of sorted runs, each once.
func segments(runs []run) []seg {
	segs := make([]seg, 0, len(runs))
	for i := range runs {
		if i == 0 || runs[i].seg != runs[i-1].seg {
			segs = append(segs, runs[i].seg)
		}
	}
	return segs
}

// cut is a vertex that a segment needs.
type cut struct {
	of int32
	at pt
}

// crossings returns where segments, sorted, must be cut, by segment.
func crossings(segs []seg) []cut {
	var cuts []cut
	for i, s := range segs {
		lo, hi := min(s.a.y, s.b.y), max(s.a.y, s.b.y)
		// Sorted by their western ends: beyond the eastern end of s nothing meets it.
		for j := i + 1; j < len(segs) && segs[j].a.x <= s.b.x; j++ {
			t := segs[j]
			if max(t.a.y, t.b.y) < lo || min(t.a.y, t.b.y) > hi {
				continue
			}
			cuts = cross2(cuts, s, t, int32(i), int32(j))
		}
	}
	slices.SortFunc(cuts, func(c, d cut) int { return cmp.Compare(c.of, d.of) })
	return cuts
}

// cross2 appends what two segments whose boxes meet need.
func cross2(cuts []cut, s, t seg, i, j int32) []cut {
	sa, sb := side(t.a, t.b, s.a), side(t.a, t.b, s.b)
	if sa*sb > 0 {
		return cuts
	}
	ta, tb := side(s.a, s.b, t.a), side(s.a, s.b, t.b)
	if sa*sb < 0 && ta*tb < 0 {
		p := crossing(s, t)
		if p != s.a && p != s.b {
			cuts = append(cuts, cut{i, p})
		}
		if p != t.a && p != t.b {
			cuts = append(cuts, cut{j, p})
		}
		return cuts
	}
	if sa == 0 && within(t, s.a) {
		cuts = append(cuts, cut{j, s.a})
	}
	if sb == 0 && within(t, s.b) {
		cuts = append(cuts, cut{j, s.b})
	}
	if ta == 0 && within(s, t.a) {
		cuts = append(cuts, cut{i, t.a})
	}
	if tb == 0 && within(s, t.b) {
		cuts = append(cuts, cut{i, t.b})
	}
	return cuts
}

// within tells whether a point of the line through s lies between its ends.
func within(s seg, p pt) bool {
	return p != s.a && p != s.b && s.a.compare(p) < 0 && p.compare(s.b) < 0
}

// crossing returns the point of the lattice nearest to where two segments that
// cross do so.
func crossing(s, t seg) pt {
	d, e, f := s.b.minus(s.a), t.b.minus(t.a), t.a.minus(s.a)
	num := product(f.x, e.y).minus(product(f.y, e.x)).float()
	den := product(d.x, e.y).minus(product(d.y, e.x)).float()
	along := num / den
	// The conversions keep processors from fusing the product into a sum.
	return pt{
		s.a.x + int64(math.Round(float64(along*float64(d.x)))),
		s.a.y + int64(math.Round(float64(along*float64(d.y)))),
	}
}

func (w wide) float() float64 {
	if w.hi < 0 { // or the high and the low half would cancel
		return -wide{}.minus(w).float()
	}
	return math.FMA(float64(w.hi), 0x1p64, float64(w.lo))
}

// split cuts sorted runs of segments at the cuts, which are sorted by segment.
func split(runs []run, segs []seg, cuts []cut) []run {
	out := make([]run, 0, len(runs)+2*len(cuts))
	k := 0
	for i, s := range segs {
		from := len(cuts)
		var points []pt
		for len(cuts) > 0 && cuts[0].of == int32(i) {
			points = append(points, cuts[0].at)
			cuts = cuts[1:]
		}
		if from != len(cuts) {
			points = along(s, points)
		}
		for ; k < len(runs) && runs[k].seg == s; k++ {
			if points == nil {
				out = append(out, runs[k])
				continue
			}
			for n := 1; n < len(points); n++ {
				r := newRun(points[n-1], points[n], runs[k].who)
				r.w *= runs[k].w
				out = append(out, r)
			}
		}
	}
	return out
}

// along puts the ends of a segment and points on it in order, each once.
func along(s seg, points []pt) []pt {
	d := s.b.minus(s.a)
	slices.SortFunc(points, func(p, q pt) int {
		// A crossing lies up to half a step beside the line: order by the longer extent.
		if d.x >= max(d.y, -d.y) {
			return cmp.Or(cmp.Compare(p.x, q.x), cmp.Compare(p.y, q.y))
		}
		return cmp.Or(cmp.Compare(p.y, q.y)*cmp.Compare(d.y, 0), cmp.Compare(p.x, q.x))
	})
	return append(append([]pt{s.a}, slices.Compact(points)...), s.b)
}
