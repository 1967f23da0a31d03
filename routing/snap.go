package routing

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"sanse/routing/rtree"
)

// Errors of Snap. ErrOutside and ErrTooFar tell a point that is off the map
// from one in the middle of a large block; ErrPoint is no position at all.
var (
	ErrOutside = errors.New("outside the street map")
	ErrTooFar  = errors.New("too far from any street")
	ErrPoint   = errors.New("no position in degrees of longitude and latitude")
)

// Snap is a location brought to a point of a street. The zero value is a
// location that could not be: engines answer -1 for it.
type Snap struct {
	Asked    orb.Point // the location itself, lon-lat
	Edge     int32
	Fraction float64   // of the edge's length, 0 at its tail
	Point    orb.Point // on the edge, lon-lat
	Via      orb.Point // the entrance of the building on the way, if Entrance
	Metres   float64   // of the way from Asked over Via to Point, straight pieces
	// Component is the part of the network, the largest being 0: of the
	// profile's own if an Engine made the snap, else of the graph.
	Component int32
	Entrance  bool         // the location is in a building and leaves it by Via
	Blocked   bool         // nothing better was near: Behind lies between, see Engine.Snap
	Behind    ObstacleKind // the worst that lies between, if Blocked
	OK        bool
}

// Way returns the straight pieces from the location to its street, lon-lat.
func (s Snap) Way() orb.LineString {
	if s.Entrance {
		return orb.LineString{s.Asked, s.Via, s.Point}
	}
	return orb.LineString{s.Asked, s.Point}
}

// Snap brings a location to the street, among those that the profile can use,
// that it is reached from, at most maxMetres of way off. Streets are looked for
// within 500 m first, then within 2,000 m, then within maxMetres, and the first
// of these rings with any street that can be used decides: the streets beside a
// place, even if they are but a fragment or lie behind a wall or water, are never
// given up for a network kilometres off, and however wide the limit, no more of
// the map is looked at than it takes. Within its ring it is the nearest street,
// judged by what lies between:
//
//   - The straight way does not cross water, motorway or railway when another
//     street within the ring is free of them, however much farther; nor a wall
//     when another is at most 200 m farther. A wall that would be gone round for
//     longer than that is taken to have a gate that nobody mapped. What lies
//     within 0.3 m of either end is not crossed: a gate in a wall.
//   - Another's building on the way counts as 30 m more.
//   - From inside a building with entrances the way begins at that entrance
//     which makes it shortest, streets inside the building excepted. Without
//     entrances its own outline is nothing.
//   - The largest component is preferred to fragments, so that nobody is
//     stranded on an unconnected courtyard path; only another real network
//     (over 5 km) keeps those who are more than 100 m nearer to it. Components
//     are strongly connected parts of what the profile can use.
//   - Nobody is dropped because a mapper forgot a gate: where no network is
//     free, the nearest behind a wall is taken and marked Blocked; then a free
//     fragment, then one behind a wall; what lies across water, motorway or
//     railway, or beside the building's own entrance, comes last.
//
// Errors: ErrPoint; ErrOutside (p is farther than the limit from the bounds of
// the whole graph; the text says so when longitude and latitude seem swapped);
// ErrTooFar.
func (e *Engine) Snap(p orb.Point, maxMetres float64) (Snap, error) {
	return e.snapper.snap(p, maxMetres)
}

// SnapAll snaps every point with one limit. A point that cannot be snapped
// gives the zero Snap; what was wrong with it is at the same place in errs,
// which is nil elsewhere.
func (e *Engine) SnapAll(points []orb.Point, maxMetres float64) (snaps []Snap, errs []error) {
	return e.snapper.snapAll(points, maxMetres)
}

// SnapMany returns up to n points on different edges that the profile can use,
// the nearest first as the crow flies, at most maxMetres away. What lies between
// changes nothing but Blocked, and entrances are not looked for: what Snap would
// choose need not be the first. Errors: those of Snap, and an n below 1.
func (e *Engine) SnapMany(p orb.Point, n int, maxMetres float64) ([]Snap, error) {
	return e.snapper.snapMany(p, n, maxMetres)
}

// Components returns the strongly connected parts of what the profile can use,
// the longest first, turn rules disregarded. A street that leads one way from
// one part to another is a part by itself, without nodes.
func (e *Engine) Components() []Component {
	return append([]Component(nil), e.snapper.parts...)
}

// check refuses what cannot be asked.
func (s *snapper) check(p orb.Point, maxMetres float64) error {
	if !validPoint(p) {
		return fmt.Errorf("snap %v: %w", p, ErrPoint)
	}
	if !(maxMetres >= 0) {
		return fmt.Errorf("snap %v: %v m is no limit", p, maxMetres)
	}
	return nil
}

// missed says why there is no street within the limit.
func (s *snapper) missed(p orb.Point, maxMetres float64) error {
	off := func(p orb.Point) float64 { return scaleAt(p[1]).toBox(p, s.g.bound) }
	out := off(p)
	if out <= maxMetres {
		return fmt.Errorf("snap %v: %w within %.0f m", p, ErrTooFar, maxMetres)
	}
	if turned := (orb.Point{p[1], p[0]}); validPoint(turned) && off(turned) <= maxMetres {
		return fmt.Errorf("snap %v: %.0f m %w; longitude comes first, and %v lies on the map", p, out, ErrOutside, turned)
	}
	return fmt.Errorf("snap %v: %.0f m %w", p, out, ErrOutside)
}

func (s *snapper) snap(p orb.Point, maxMetres float64) (Snap, error) {
	if err := s.check(p, maxMetres); err != nil {
		return Snap{}, err
	}
	r := s.take()
	defer s.rooms.Put(r)
	c, how := s.chooseNear(r, p, maxMetres)
	if !c.ok {
		return Snap{}, s.missed(p, maxMetres)
	}
	out := s.at(p, c.seg, c.t)
	out.Blocked, out.Behind = how != free, c.kind
	if c.start.entrance {
		out.Entrance, out.Via = true, c.start.at
		out.Metres = metres(p, out.Via) + metres(out.Via, out.Point)
	}
	return out, nil
}

// snapRings are within how many metres streets are looked for before the whole
// limit is.
var snapRings = [...]float64{500, 2000}

// chooseNear finds the candidate in the first ring that has any.
func (s *snapper) chooseNear(r *snapRoom, p orb.Point, maxMetres float64) (candidate, hindrance) {
	for _, ring := range snapRings {
		if ring >= maxMetres {
			break
		}
		if c, how := s.choose(r, p, ring); c.ok {
			return c, how
		}
	}
	return s.choose(r, p, maxMetres)
}

func (s *snapper) snapAll(points []orb.Point, maxMetres float64) (snaps []Snap, errs []error) {
	snaps, errs = make([]Snap, len(points)), make([]error, len(points))
	for i, p := range points {
		snaps[i], errs[i] = s.snap(p, maxMetres)
	}
	return snaps, errs
}

func (s *snapper) snapMany(p orb.Point, n int, maxMetres float64) ([]Snap, error) {
	if err := s.check(p, maxMetres); err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, fmt.Errorf("snap %v: %d are none", p, n)
	}
	r := s.take()
	defer s.rooms.Put(r)
	sc := scaleAt(p[1])
	r.begin(p, sc)
	r.sight.enter(positionOf(p))
	r.sight.ownIs = ownIsOpen
	r.walk.Start(s.g.index.streets, p[0]*positionUnits, p[1]*positionUnits, sc.x/positionUnits, sc.y/positionUnits, maxMetres)
	var out []Snap
	seen := make(map[uint32]bool)
	for len(out) < n {
		h, ok := r.walk.Next()
		if !ok {
			break
		}
		if s.part(h.Line) < 0 || seen[h.Line] {
			continue
		}
		seen[h.Line] = true
		found := s.at(p, h.Segment, h.Fraction)
		if way, ok := insetOf(p, found.Point, sc); ok {
			v := r.sight.look(way, math.MaxInt, false)
			found.Blocked, found.Behind = v.how != free, v.kind
		}
		out = append(out, found)
	}
	if len(out) == 0 {
		return nil, s.missed(p, maxMetres)
	}
	return out, nil
}

func (s *snapper) take() *snapRoom {
	if r, ok := s.rooms.Get().(*snapRoom); ok {
		return r
	}
	return &snapRoom{sight: sight{g: s.g}}
}

// at returns the snap of a place to a point of a segment, by the straight way.
func (s *snapper) at(asked orb.Point, seg rtree.Segment, t float64) Snap {
	fraction, point := s.g.along(int32(seg.Line), int(seg.Point), t)
	return Snap{
		Asked: asked, Edge: int32(seg.Line), Fraction: fraction, Point: point,
		Metres: metres(asked, point), Component: s.part(seg.Line), OK: true,
	}
}

// VertexSnap returns vertex i of the lines as a Snap without distance, on the
// first edge it belongs to. An error means that there is no such vertex.
func (g *Graph) VertexSnap(i int) (Snap, error) {
	return g.vertexSnap(i, func(int32) bool { return true }, g.Component)
}

// VertexSnap returns vertex i of the graph's lines as a Snap without distance, on
// an edge that the profile can use. Errors: ErrTooFar where there is none, and
// when there is no such vertex.
func (e *Engine) VertexSnap(i int) (Snap, error) {
	s := e.snapper
	return e.g.vertexSnap(i,
		func(edge int32) bool { return s.part(uint32(edge)) >= 0 },
		func(edge int32) int32 { return s.part(uint32(edge)) })
}

func (g *Graph) vertexSnap(i int, usable func(edge int32) bool, component func(edge int32) int32) (Snap, error) {
	if i < 0 || i >= len(g.points) {
		return Snap{}, fmt.Errorf("snap vertex %d of %d: no such vertex", i, len(g.points))
	}
	at := g.points[i].point()
	if i < g.nodes {
		for _, half := range g.arcs[g.firstArc[i]:g.firstArc[i+1]] {
			if edge := half >> 1; usable(edge) {
				return Snap{Asked: at, Edge: edge, Fraction: float64(half & 1), Point: at, Component: component(edge), OK: true}, nil
			}
		}
		return Snap{}, fmt.Errorf("snap vertex %d: no street that can be used: %w", i, ErrTooFar)
	}
	edge := listOf(g.lineFirst, uint32(i-g.nodes))
	if !usable(edge) {
		return Snap{}, fmt.Errorf("snap vertex %d: edge %d cannot be used: %w", i, edge, ErrTooFar)
	}
	fraction, _ := g.along(edge, i-g.nodes-int(g.lineFirst[edge]), 1)
	return Snap{Asked: at, Edge: edge, Fraction: fraction, Point: at, Component: component(edge), OK: true}, nil
}

// along returns where on an edge a point of one of its segments lies: its
// fraction of the edge's length and its position.
func (g *Graph) along(edge int32, segment int, t float64) (fraction float64, point orb.Point) {
	var before, total float64
	a := g.linePoint(edge, 0).point()
	r := rulerAt(a[1])
	for k := range g.linePoints(edge) - 1 {
		b := g.linePoint(edge, k+1).point()
		if k == segment {
			if point = between(a, b, t); t >= 1 {
				point = b // to the last digit
			}
			before = total + r.metres(a, point)
		}
		total += r.metres(a, b)
		a = b
	}
	return ratio(before, total), point
}

// At returns the location at a fraction of an edge as a Snap without distance.
func (g *Graph) At(edge int32, fraction float64) (Snap, error) {
	if edge < 0 || int(edge) >= g.Edges() || !(fraction >= 0 && fraction <= 1) {
		return Snap{}, fmt.Errorf("locate fraction %v of edge %d: no such place", fraction, edge)
	}
	point := g.Part(edge, fraction, fraction)[0]
	return Snap{Asked: point, Edge: edge, Fraction: fraction, Point: point, Component: g.Component(edge), OK: true}, nil
}
