package routing

import (
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"sanse/routing/rtree"
)

// What Snap prefers. A component with networkMetres of streets is a place of
// its own, and who is more than detachedMetres nearer to it than to the largest
// belongs there. Going through somebody's building counts as buildingMetres
// more.
const (
	networkMetres  = 5000
	detachedMetres = 100
	buildingMetres = 30
)

// standing is what the component of a street is worth.
type standing uint8

const (
	largest standing = iota
	network
	fragment
	standings // how many there are
)

// snapper brings places to the streets of one profile. It is safe for
// concurrent use.
type snapper struct {
	g         *Graph
	component []int32 // by edge; -1 where the profile cannot go; nil: the graph's own
	parts     []Component
	rooms     sync.Pool
}

// newSnapper makes the snapper for streets that can be used for so many
// milliseconds by edge in each direction, shut where they cannot.
func newSnapper(g *Graph, forward, backward []uint32) *snapper {
	s := &snapper{g: g}
	s.component, s.parts = strongComponents(g, forward, backward)
	return s
}

// part is the component of an edge, -1 where the profile cannot go.
func (s *snapper) part(edge uint32) int32 {
	if s.component == nil {
		return s.g.Component(int32(edge))
	}
	return s.component[edge]
}

// snapRoom is what one snapping needs.
type snapRoom struct {
	walk   rtree.Walk
	sight  sight
	starts []start
}

// start is a point from which a street is looked for: the place itself, or an
// entrance of the building it is in, base metres away.
type start struct {
	at       orb.Point
	base     float64
	entrance bool
}

// candidate is a point of a street that a place could be brought to.
type candidate struct {
	ok     bool
	seg    rtree.Segment
	t      float64 // on the segment
	start  start
	metres float64 // of the way there
	cost   float64 // the same, with what is added for buildings
	kind   ObstacleKind
}

// choice holds the cheapest candidate of every sort.
type choice [hindered][standings]candidate

// put keeps a candidate if it is the cheapest of its sort.
func (c *choice) put(how hindrance, of standing, n candidate) {
	if b := &c[how][of]; !b.ok || n.cost < b.cost {
		*b = n
	}
}

// beyond is the cost from which nothing more can change the choice.
func (c *choice) beyond() float64 {
	limit := math.Inf(1)
	if b := &c[free][largest]; b.ok {
		limit = b.cost
	}
	if b := &c[free][network]; b.ok {
		limit = min(limit, b.cost+detachedMetres)
	}
	return limit
}

// best chooses, in this order: a network that nothing bars; a network behind a
// wall, which may have a gate that nobody mapped; a fragment, in the same order;
// a network, then a fragment, across water, motorway or railway.
func (c *choice) best() (candidate, hindrance) {
	for _, sort := range [...]struct {
		how hindrance
		of  standing
	}{{free, largest}, {walled, largest}, {free, fragment}, {walled, fragment}, {barred, largest}, {barred, fragment}} {
		found := c[sort.how][sort.of]
		if sort.of == largest {
			found = preferred(found, c[sort.how][network])
		}
		if found.ok {
			return found, sort.how
		}
	}
	return candidate{}, free
}

// preferred chooses between the largest component and another network.
func preferred(main, other candidate) candidate {
	if !main.ok || other.ok && main.cost-other.cost > detachedMetres {
		return other
	}
	return main
}

func (s *snapper) standing(component int32) standing {
	switch {
	case component == 0:
		return largest
	case s.parts[component].Metres >= networkMetres:
		return network
	default:
		return fragment
	}
}

// choose finds the candidate for a place within so many metres.
func (s *snapper) choose(r *snapRoom, p orb.Point, maxMetres float64) (candidate, hindrance) {
	var c choice
	sc := scaleAt(p[1])
	r.begin(p, sc)
	for i, from := range r.starts {
		r.sight.ownIs = ownIsBuilding
		if !from.entrance {
			r.sight.ownIs = ownIsOpen
			if i > 0 {
				r.sight.ownIs = ownIsWall
			}
		}
		r.sight.enter(positionOf(from.at))
		s.search(r, &c, from, sc, maxMetres)
	}
	return c.best()
}

// begin finds the building that a place is in and from where to look: from its
// entrances, the nearest first, and last from the place itself, for streets
// inside the building.
func (r *snapRoom) begin(p orb.Point, sc scale) {
	g := r.sight.g
	at := positionOf(p)
	r.starts, r.sight.own = r.starts[:0], r.sight.own[:0]
	box := rtree.Box{MinX: at.lon, MinY: at.lat, MaxX: at.lon, MaxY: at.lat}
	g.index.buildings.Overlapping(box, func(b rtree.Segment) bool {
		if f := int32(b.Line); g.land.inFootprint(f, at) {
			r.sight.own = append(r.sight.own, f)
		}
		return true
	})
	for _, f := range r.sight.own {
		for _, d := range g.land.doors(f) {
			door := d.point()
			r.starts = append(r.starts, start{door, sc.metres(p, door), true})
		}
	}
	slices.SortStableFunc(r.starts, func(a, b start) int {
		switch {
		case a.base < b.base:
			return -1
		case a.base > b.base:
			return 1
		default:
			return 0
		}
	})
	r.starts = append(r.starts, start{at: p})
}

// search tries the streets around a start, the nearest first, until none can
// change the choice.
func (s *snapper) search(r *snapRoom, c *choice, from start, sc scale, maxMetres float64) {
	unit := scale{sc.x / positionUnits, sc.y / positionUnits}
	r.walk.Start(s.g.index.streets, from.at[0]*positionUnits, from.at[1]*positionUnits, unit.x, unit.y, maxMetres-from.base)
	for {
		h, ok := r.walk.Next()
		if !ok {
			return
		}
		part := s.part(h.Line)
		if part < 0 {
			continue
		}
		cost := from.base + math.Sqrt(h.D2)
		if cost > c.beyond() {
			return
		}
		of := s.standing(part)
		if best := &c[free][of]; best.ok && best.cost <= cost {
			continue
		}
		s.try(r, c, from, sc, of, candidate{ok: true, seg: h.Segment, t: h.Fraction, start: from, metres: cost, cost: cost}, maxMetres)
	}
}

// try judges the nearest point of a segment by what lies between; where it is
// not clear, the ends of the segment too, which may be a gate or the end of a
// bridge.
func (s *snapper) try(r *snapRoom, c *choice, from start, sc scale, of standing, n candidate, maxMetres float64) {
	if s.judge(r, c, from, sc, of, n) == free {
		return
	}
	a, b := s.ends(n.seg)
	at := n.t
	for end, p := range [...]orb.Point{a, b} {
		n.t = float64(end)
		n.metres = from.base + sc.metres(from.at, p)
		n.cost = n.metres
		best := &c[free][of]
		if n.t != at && n.metres <= maxMetres && !(best.ok && best.cost <= n.cost) {
			s.judge(r, c, from, sc, of, n)
		}
	}
}

// judge looks at what lies between and keeps the candidate as what it is.
func (s *snapper) judge(r *snapRoom, c *choice, from start, sc scale, of standing, n candidate) hindrance {
	a, b := s.ends(n.seg)
	to := between(a, b, n.t)
	if worse := &c[walled][of]; worse.ok && worse.cost <= n.cost && r.sight.hidden(from.at, to, sc) {
		return walled // or worse, and no use either way
	}
	v := r.sight.look(from.at, to, sc)
	n.kind = v.kind
	n.cost += buildingMetres * float64(v.buildings)
	c.put(v.how, of, n)
	return v.how
}

func (s *snapper) ends(seg rtree.Segment) (a, b orb.Point) {
	ax, ay, bx, by := streetLines{s.g}.Ends(seg)
	return position{ax, ay}.point(), position{bx, by}.point()
}

// metres is the distance of two lon-lat points near the latitude of the scale.
func (s scale) metres(a, b orb.Point) float64 {
	return math.Hypot((a[0]-b[0])*s.x, (a[1]-b[1])*s.y)
}

// toBox is the distance in metres from p to a box.
func (s scale) toBox(p orb.Point, b orb.Bound) float64 {
	return math.Hypot(max(b.Min[0]-p[0], 0, p[0]-b.Max[0])*s.x, max(b.Min[1]-p[1], 0, p[1]-b.Max[1])*s.y)
}
