package ogc

import (
	"errors"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// boxOf makes a box of west, south, east, north, or of six numbers with heights
// after each pair. A box whose west is east of its east is across the 180th
// meridian: two boxes.
func boxOf(v []float64) (orb.Geometry, error) {
	if len(v) == 6 {
		v = []float64{v[0], v[1], v[3], v[4]}
	}
	if len(v) != 4 {
		return nil, errors.New("a box has 4 numbers, or 6")
	}
	west, south, east, north := v[0], v[1], v[2], v[3]
	if !(math.Abs(west) <= 180 && math.Abs(east) <= 180 && math.Abs(south) <= 90 && math.Abs(north) <= 90) {
		return nil, errors.New("a box is west, south, east, north in degrees")
	}
	if south > north {
		return nil, errors.New("the south of the box is north of its north")
	}
	if west > east {
		return orb.Collection{
			orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{180, north}},
			orb.Bound{Min: orb.Point{-180, south}, Max: orb.Point{east, north}},
		}, nil
	}
	return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}, nil
}

// Box is a box that items may meet.
type Box struct{ shape *shape }

// NewBox makes a box of 4 or 6 numbers, as in the parameter bbox: west, south,
// east, north in degrees, heights left out of account.
func NewBox(v []float64) (Box, error) {
	g, err := boxOf(v)
	if err != nil {
		return Box{}, err
	}
	return Box{newShape(g)}, nil
}

// Meets tells whether a geometry shares a point with the box, its border
// included.
func (b Box) Meets(g orb.Geometry) bool {
	return g != nil && b.shape.bound.Intersects(g.Bound()) && b.shape.meets(newShape(g))
}

// shape is a geometry taken apart: points, lines and polygons.
type shape struct {
	points   []orb.Point
	lines    []orb.LineString
	polygons []orb.Polygon
	bound    orb.Bound
}

func newShape(g orb.Geometry) *shape {
	s := &shape{bound: g.Bound()}
	s.add(g)
	return s
}

func (s *shape) add(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		s.points = append(s.points, g)
	case orb.MultiPoint:
		s.points = append(s.points, g...)
	case orb.LineString:
		s.lines = append(s.lines, g)
	case orb.MultiLineString:
		s.lines = append(s.lines, g...)
	case orb.Ring:
		s.polygons = append(s.polygons, orb.Polygon{g})
	case orb.Polygon:
		s.polygons = append(s.polygons, g)
	case orb.MultiPolygon:
		s.polygons = append(s.polygons, g...)
	case orb.Bound:
		s.polygons = append(s.polygons, g.ToPolygon())
	case orb.Collection:
		for _, part := range g {
			s.add(part)
		}
	}
}

// meets tells whether two shapes share a point.
func (s *shape) meets(o *shape) bool {
	if !s.bound.Intersects(o.bound) {
		return false
	}
	return s.holdsPointOf(o) || o.holdsPointOf(s) || s.crosses(o)
}

// holdsPointOf tells whether a vertex of the other lies on the shape; of its
// lines, crosses sees to it.
func (s *shape) holdsPointOf(o *shape) bool {
	holds := func(p orb.Point) bool {
		if !s.bound.Contains(p) {
			return false
		}
		for _, q := range s.points {
			if p == q {
				return true
			}
		}
		for _, poly := range s.polygons {
			if planar.PolygonContains(poly, p) {
				return true
			}
		}
		return false
	}
	for _, p := range o.points {
		if holds(p) || s.onLine(p) {
			return true
		}
	}
	// Of what is in one piece one vertex is enough: all of it is inside, or it
	// crosses.
	for _, l := range o.lines {
		if len(l) > 0 && holds(l[0]) {
			return true
		}
	}
	for _, poly := range o.polygons {
		if len(poly) > 0 && len(poly[0]) > 0 && holds(poly[0][0]) {
			return true
		}
	}
	return false
}

// onLine tells whether a point lies on a line of the shape, or on a border.
func (s *shape) onLine(p orb.Point) bool {
	on := false
	s.stretches(func(a, b orb.Point) bool {
		on = turn(a, b, p) == 0 && between2(a, b, p)
		return !on
	})
	return on
}

// crosses tells whether a line or border of the one meets one of the other.
func (s *shape) crosses(o *shape) bool {
	met := false
	s.stretches(func(a, b orb.Point) bool {
		box := orb.MultiPoint{a, b}.Bound()
		if !box.Intersects(o.bound) {
			return true
		}
		o.stretches(func(c, d orb.Point) bool {
			met = touch(a, b, c, d)
			return !met
		})
		return !met
	})
	return met
}

// stretches calls f with each stretch of lines and borders until it says no.
func (s *shape) stretches(f func(a, b orb.Point) bool) {
	walk := func(l []orb.Point) bool {
		for i := 1; i < len(l); i++ {
			if !f(l[i-1], l[i]) {
				return false
			}
		}
		return true
	}
	for _, l := range s.lines {
		if !walk(l) {
			return
		}
	}
	for _, poly := range s.polygons {
		for _, r := range poly {
			if !walk(r) {
				return
			}
		}
	}
}

// touch tells whether the stretches ab and cd share a point.
func touch(a, b, c, d orb.Point) bool {
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) || max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	t1, t2, t3, t4 := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	return t1*t2 <= 0 && t3*t4 <= 0
}

// turn is 1 if c lies left of the way from a to b, -1 right, 0 on it.
func turn(a, b, c orb.Point) int {
	v := (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	default:
		return 0
	}
}

// between2 tells whether p, on the line through a and b, lies between them.
func between2(a, b, p orb.Point) bool {
	return p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) && p[1] >= min(a[1], b[1]) && p[1] <= max(a[1], b[1])
}
