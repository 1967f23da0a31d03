package geo

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/twpayne/go-geos"
)

// All of GEOS that Sanse uses goes through this file. What bites in go-geos
// v0.20.2, and what is done here about it:
//
//   - A GEOS error is a panic in some methods and a nil result in others: both
//     become errors.
//   - A Context hands GEOS a pointer to Go memory that nothing keeps alive, so
//     that after a garbage collection a GEOS error may arrive as "misuse of an
//     invalid Handle", its text lost. So shapes are validated before an
//     overlay, and what is wrong is said by IsValidReason, which is no GEOS
//     error.
//   - A Context is never freed. So contexts are kept and used again: one a
//     goroutine at a time, as many as ever ran at once. What is kept holds no
//     answer; it is a free list, not state.
var freeContexts struct {
	sync.Mutex
	list []*geos.Context
}

// withGEOS runs f with a context of its own and turns a panic into an error.
// A context that saw a panic is not used again.
func withGEOS[T any](verb string, f func(c *geos.Context) (T, error)) (out T, err error) {
	freeContexts.Lock()
	var c *geos.Context
	if n := len(freeContexts.list); n > 0 {
		c = freeContexts.list[n-1]
		freeContexts.list = freeContexts.list[:n-1]
	}
	freeContexts.Unlock()
	if c == nil {
		c = geos.NewContext()
	}
	defer func() {
		if r := recover(); r != nil {
			var zero T
			out, err = zero, fmt.Errorf("%s: %w", verb, geosError(r))
			return
		}
		freeContexts.Lock()
		freeContexts.list = append(freeContexts.list, c)
		freeContexts.Unlock()
		if err != nil {
			err = fmt.Errorf("%s: %w", verb, err)
		}
	}()
	return f(c)
}

func geosError(r any) error {
	var e geos.Error
	if err, ok := r.(error); ok && errors.As(err, &e) {
		return e
	}
	return fmt.Errorf("GEOS failed: %v", r)
}

func toGEOS(c *geos.Context, g orb.Geometry) (*geos.Geom, error) {
	b, err := wkb.Marshal(g)
	if err != nil {
		return nil, fmt.Errorf("encode geometry: %w", err)
	}
	return c.NewGeomFromWKB(b)
}

// validToGEOS refuses a shape that is not valid, with the reason.
func validToGEOS(c *geos.Context, mp orb.MultiPolygon) (*geos.Geom, error) {
	if len(mp) > 0 {
		if err := checkRings(mp); err != nil {
			return nil, err
		}
	}
	g, err := toGEOS(c, mp)
	if err != nil {
		return nil, err
	}
	if !g.IsValid() {
		return nil, fmt.Errorf("invalid shape: %s", g.IsValidReason())
	}
	return g, nil
}

// fromGEOS returns the polygons of g; points and lines that an overlay may
// leave are dropped.
func fromGEOS(g *geos.Geom) (orb.MultiPolygon, error) {
	if g == nil {
		return nil, errors.New("GEOS gave no result")
	}
	geom, err := wkb.Unmarshal(g.ToWKB())
	if err != nil {
		return nil, fmt.Errorf("decode geometry: %w", err)
	}
	return polygonsOf(nil, geom), nil
}

func polygonsOf(mp orb.MultiPolygon, g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		if len(g) > 0 {
			mp = append(mp, orient(g))
		}
	case orb.MultiPolygon:
		for _, p := range g {
			mp = polygonsOf(mp, p)
		}
	case orb.Collection:
		for _, p := range g {
			mp = polygonsOf(mp, p)
		}
	}
	return mp
}

// orient turns outer rings counter-clockwise and holes clockwise (RFC 7946).
func orient(p orb.Polygon) orb.Polygon {
	for i, r := range p {
		if (r.Orientation() == orb.CCW) != (i == 0) {
			r.Reverse()
		}
	}
	return p
}

// overlay runs a binary operation. Neither argument is changed; the result
// has closed rings, outer ones counter-clockwise, and is empty rather than nil
// geometry where nothing is left.
func overlay(verb string, a, b orb.MultiPolygon, op func(a, b *geos.Geom) *geos.Geom) (orb.MultiPolygon, error) {
	return withGEOS(verb, func(c *geos.Context) (orb.MultiPolygon, error) {
		ga, err := validToGEOS(c, a)
		if err != nil {
			return nil, fmt.Errorf("first shape: %w", err)
		}
		gb, err := validToGEOS(c, b)
		if err != nil {
			return nil, fmt.Errorf("second shape: %w", err)
		}
		return fromGEOS(op(ga, gb))
	})
}

// Union returns what lies in any of the shapes, which need not be valid
// together (they may overlap) but each by itself. No shapes give an empty
// result.
func Union(shapes ...orb.MultiPolygon) (orb.MultiPolygon, error) {
	return withGEOS("unite shapes", func(c *geos.Context) (orb.MultiPolygon, error) {
		all := make([]*geos.Geom, 0, len(shapes))
		for i, s := range shapes {
			for _, poly := range s {
				g, err := validToGEOS(c, orb.MultiPolygon{poly})
				if err != nil {
					return nil, fmt.Errorf("shape %d: %w", i+1, err)
				}
				all = append(all, g)
			}
		}
		if len(all) == 0 {
			return nil, nil
		}
		return fromGEOS(c.NewCollection(geos.TypeIDGeometryCollection, all).UnaryUnion())
	})
}

// Intersection returns what lies in both shapes.
func Intersection(a, b orb.MultiPolygon) (orb.MultiPolygon, error) {
	return overlay("intersect shapes", a, b, (*geos.Geom).Intersection)
}

// Difference returns what lies in a and not in b.
func Difference(a, b orb.MultiPolygon) (orb.MultiPolygon, error) {
	return overlay("subtract shapes", a, b, (*geos.Geom).Difference)
}

// CheckValid returns an error that says what is wrong with mp and where: no
// polygon, a coordinate that is not a number or not in degrees, an unclosed
// ring, a ring that crosses itself or another (OGC Simple Features).
func CheckValid(mp orb.MultiPolygon) error {
	if err := checkRings(mp); err != nil {
		return err
	}
	_, err := withGEOS("validate shape", func(c *geos.Context) (*geos.Geom, error) {
		return validToGEOS(c, mp)
	})
	return err
}

// MakeValid returns a valid shape that covers what mp covers: crossings become
// vertices, what is left of collapsed rings is dropped. Unclosed rings and
// coordinates that are not numbers are refused, not guessed at.
func MakeValid(mp orb.MultiPolygon) (orb.MultiPolygon, error) {
	if len(mp) == 0 {
		return nil, nil
	}
	if err := checkRings(mp); err != nil {
		return nil, fmt.Errorf("mend shape: %w", err)
	}
	return withGEOS("mend shape", func(c *geos.Context) (orb.MultiPolygon, error) {
		g, err := toGEOS(c, mp)
		if err != nil {
			return nil, err
		}
		return fromGEOS(g.MakeValidWithParams(geos.MakeValidStructure, geos.MakeValidDiscardCollapsed))
	})
}

// Simplify drops vertices that lie within that many metres of the simplified
// line, keeping the topology of the one shape (no ring crosses or vanishes).
// Neighbours simplified one by one no longer meet: use it for drawing.
func Simplify(mp orb.MultiPolygon, metres float64) (orb.MultiPolygon, error) {
	if !(metres >= 0) || math.IsInf(metres, 1) {
		return nil, fmt.Errorf("simplify shape: tolerance %g m is not a length", metres)
	}
	return inMetres("simplify shape", mp, mp.Bound(), func(_ *geos.Context, g *geos.Geom) *geos.Geom {
		return g.TopologyPreserveSimplify(metres)
	})
}

// Buffer returns all within that many metres of mp, or with a negative
// distance what lies deeper than that inside it. Corners are round, eight
// segments a quarter. Metres hold at the latitude of the middle of mp: over
// 30 km north to south at 31°N they are off by 0.2 % at most.
func Buffer(mp orb.MultiPolygon, metres float64) (orb.MultiPolygon, error) {
	if math.IsNaN(metres) || math.IsInf(metres, 0) {
		return nil, fmt.Errorf("buffer shape: %g m is not a length", metres)
	}
	return inMetres("buffer shape", mp, mp.Bound(), func(_ *geos.Context, g *geos.Geom) *geos.Geom {
		return g.Buffer(metres, 8)
	})
}

// BufferLines returns all within that many metres of the lines, metres as for
// Buffer; a line of one point or none is skipped. Corners have four segments a
// quarter: it is made for thousands of street edges at once.
func BufferLines(lines orb.MultiLineString, metres float64) (orb.MultiPolygon, error) {
	if !(metres > 0) || math.IsInf(metres, 1) {
		return nil, fmt.Errorf("buffer lines: %g m is not a width", metres)
	}
	keep := make(orb.MultiLineString, 0, len(lines))
	for i, l := range lines {
		for k, p := range l {
			if err := checkLonLat(p); err != nil {
				return nil, fmt.Errorf("buffer lines: line %d, point %d: %w", i+1, k+1, err)
			}
		}
		if len(l) > 1 {
			keep = append(keep, l)
		}
	}
	if len(keep) == 0 {
		return nil, nil
	}
	// One by one and then united: buffering all at once compares every curve
	// with every other, and for a town's streets does not end.
	return inMetres("buffer lines", keep, keep.Bound(), func(c *geos.Context, g *geos.Geom) *geos.Geom {
		around := make([]*geos.Geom, g.NumGeometries())
		for i := range around {
			around[i] = g.Geometry(i).Buffer(metres, 4)
		}
		return c.NewCollection(geos.TypeIDGeometryCollection, around).UnaryUnion()
	})
}

// inMetres runs op on g scaled to metres around the middle of its bound.
func inMetres(verb string, g orb.Geometry, b orb.Bound, op func(*geos.Context, *geos.Geom) *geos.Geom) (orb.MultiPolygon, error) {
	if mp, ok := g.(orb.MultiPolygon); ok {
		if len(mp) == 0 {
			return nil, nil
		}
		if err := checkRings(mp); err != nil {
			return nil, fmt.Errorf("%s: %w", verb, err)
		}
	}
	mid := b.Center()
	east, north := DegreeMetres(mid[1])
	if !(east > 1) {
		return nil, fmt.Errorf("%s: too near to a pole", verb)
	}
	scaled := orb.Clone(g)
	scale(scaled, func(p orb.Point) orb.Point {
		return orb.Point{(p[0] - mid[0]) * east, (p[1] - mid[1]) * north}
	})
	out, err := withGEOS(verb, func(c *geos.Context) (orb.MultiPolygon, error) {
		g, err := toGEOS(c, scaled)
		if err != nil {
			return nil, err
		}
		if !g.IsValid() {
			return nil, fmt.Errorf("invalid shape: %s (metres from its middle)", g.IsValidReason())
		}
		return fromGEOS(op(c, g))
	})
	if err != nil {
		return nil, err
	}
	scale(out, func(p orb.Point) orb.Point {
		return orb.Point{mid[0] + p[0]/east, mid[1] + p[1]/north}
	})
	return out, nil
}

func scale(g orb.Geometry, f func(orb.Point) orb.Point) {
	each := func(ps []orb.Point) {
		for i, p := range ps {
			ps[i] = f(p)
		}
	}
	switch g := g.(type) {
	case orb.MultiLineString:
		for _, l := range g {
			each(l)
		}
	case orb.MultiPolygon:
		for _, poly := range g {
			for _, r := range poly {
				each(r)
			}
		}
	}
}
