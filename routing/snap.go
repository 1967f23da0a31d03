package routing

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Errors of Snap. ErrOutside and ErrTooFar tell a point that is off the map
// from one in the middle of a large block; ErrPoint is no position at all.
var (
	ErrOutside = errors.New("outside the street map")
	ErrTooFar  = errors.New("too far from any street")
	ErrPoint   = errors.New("no position in degrees of longitude and latitude")
)

// A component with this much network is a place of its own, and points more
// than detachedMetres nearer to it than to the main one belong there.
const (
	networkMetres  = 5000
	detachedMetres = 100
)

// Snap is a location brought to the nearest point of a street. The zero value
// is a location that could not be: engines answer -1 for it.
type Snap struct {
	Asked     orb.Point // the location itself, lon-lat
	Edge      int32
	Fraction  float64   // of the edge's length, 0 at its tail
	Point     orb.Point // on the edge, lon-lat
	Metres    float64   // from Asked to Point, straight
	Component int32
	OK        bool
}

// Snap returns the point of a street nearest to p, at most maxMetres away. The
// largest component is preferred wherever it is within the limit, so that
// nobody is stranded on a fragment such as an unconnected courtyard path; only
// a fragment that is a real network (over 5 km) keeps those who live more than
// 100 m nearer to it. Errors: ErrPoint, ErrOutside (p is farther than the limit
// from the bounds of the whole graph), ErrTooFar.
func (g *Graph) Snap(p orb.Point, maxMetres float64) (Snap, error) {
	if !validPoint(p) {
		return Snap{}, fmt.Errorf("snap %v: %w", p, ErrPoint)
	}
	if !(maxMetres >= 0) {
		return Snap{}, fmt.Errorf("snap %v: %v m is no limit", p, maxMetres)
	}
	type candidate struct {
		s     segment
		t, d2 float64
	}
	var nearest, main candidate
	var found, foundMain bool
	g.index.near(g, p, maxMetres, func(s segment, t, d2 float64) bool {
		c := candidate{s, t, d2}
		if !found {
			nearest, found = c, true
		}
		if g.Component(s.edge) == g.LargestComponent() {
			main, foundMain = c, true
		}
		return !foundMain
	})
	if !found {
		if out := math.Sqrt(scaleAt(p[1]).box(p, g.bound)); out > maxMetres {
			return Snap{}, fmt.Errorf("snap %v: %.0f m %w", p, out, ErrOutside)
		}
		return Snap{}, fmt.Errorf("snap %v: %w within %.0f m", p, ErrTooFar, maxMetres)
	}
	best := nearest
	if foundMain {
		own := g.components[g.Component(nearest.s.edge)].Metres >= networkMetres
		if !own || math.Sqrt(main.d2)-math.Sqrt(nearest.d2) <= detachedMetres {
			best = main
		}
	}
	return g.snapAt(p, best.s, best.t), nil
}

// SnapAll snaps every point with one limit. A point that cannot be snapped
// gives the zero Snap; what was wrong with it is at the same place in errs,
// which is nil elsewhere.
func (g *Graph) SnapAll(points []orb.Point, maxMetres float64) (snaps []Snap, errs []error) {
	snaps, errs = make([]Snap, len(points)), make([]error, len(points))
	for i, p := range points {
		snaps[i], errs[i] = g.Snap(p, maxMetres)
	}
	return snaps, errs
}

func (g *Graph) snapAt(asked orb.Point, s segment, t float64) Snap {
	line := g.Line(s.edge)
	at := int(s.point)
	point := between(line[at], line[at+1], t)
	before := lineMetres(line[:at+1]) + metres(line[at], point)
	return Snap{
		Asked: asked, Edge: s.edge, Fraction: ratio(before, lineMetres(line)), Point: point,
		Metres: metres(asked, point), Component: g.Component(s.edge), OK: true,
	}
}

// At returns the location at a fraction of an edge as a Snap without distance.
func (g *Graph) At(edge int32, fraction float64) (Snap, error) {
	if edge < 0 || int(edge) >= g.Edges() || !(fraction >= 0 && fraction <= 1) {
		return Snap{}, fmt.Errorf("locate fraction %v of edge %d: no such place", fraction, edge)
	}
	point := cutLine(g.Line(edge), fraction, fraction)[0]
	return Snap{Asked: point, Edge: edge, Fraction: fraction, Point: point, Component: g.Component(edge), OK: true}, nil
}
