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
// more. A wall is gone round for wallMetres more, and beyond that is taken to
// have a gate that nobody mapped.
const (
	networkMetres  = 5000
	detachedMetres = 100
	buildingMetres = 30
	wallMetres     = 200
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

// beyond is the cost from which nothing more can change the choice.
func (c *choice) beyond() float64 {
	limit := math.Inf(1)
	for how, more := range [...]float64{free: 0, walled: wallMetres} {
		if b := &c[how][largest]; b.ok {
			limit = min(limit, b.cost+more)
		}
		if b := &c[how][network]; b.ok {
			limit = min(limit, b.cost+more+detachedMetres)
		}
	}
	return limit
}

// dominated tells that a candidate at this cost or more, and as hindered or
// worse, cannot change the choice.
func (c *choice) dominated(how hindrance, of standing, cost float64) bool {
	if of == fragment && (c[free][largest].ok || c[free][network].ok || c[walled][largest].ok || c[walled][network].ok) {
		return true
	}
	for better := free; better < how; better++ {
		if b := &c[better][of]; b.ok && (how == barred || of == fragment || b.cost+detachedMetres <= cost+wallMetres) {
			return true
		}
	}
	return c[how][of].ok && c[how][of].cost <= cost
}

// best chooses, in this order: a network that nothing bars, unless one behind a
// wall is nearer by wallMetres; a network behind a wall; a fragment, in the same
// order; a network, then a fragment, across what has no gates.
func (c *choice) best() (candidate, hindrance) {
	open, gated := preferred(&c[free]), preferred(&c[walled])
	switch {
	case open.ok && !(gated.ok && open.cost > gated.cost+wallMetres):
		return open, free
	case gated.ok:
		return gated, walled
	case c[free][fragment].ok:
		return c[free][fragment], free
	case c[walled][fragment].ok:
		return c[walled][fragment], walled
	}
	if over := preferred(&c[barred]); over.ok {
		return over, barred
	}
	return c[barred][fragment], barred
}

// preferred chooses between the largest component and another network.
func preferred(c *[standings]candidate) candidate {
	main, other := c[largest], c[network]
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
		if c.dominated(free, of, cost) {
			continue
		}
		s.try(r, c, from, sc, of, candidate{ok: true, seg: h.Segment, t: h.Fraction, start: from, metres: cost, cost: cost}, maxMetres)
	}
}

// try judges the nearest point of a segment by what lies between; where there is
// anything, the ends of the segment too, which may be a gate, the end of a bridge
// or seen round a corner.
func (s *snapper) try(r *snapRoom, c *choice, from start, sc scale, of standing, n candidate, maxMetres float64) {
	if s.judge(r, c, from, sc, of, n) {
		return
	}
	a, b := s.ends(n.seg)
	at := n.t
	for end, p := range [...]orb.Point{a, b} {
		n.t = float64(end)
		n.metres = from.base + sc.metres(from.at, p)
		n.cost = n.metres
		if n.t != at && n.metres <= maxMetres && !c.dominated(free, of, n.cost) {
			s.judge(r, c, from, sc, of, n)
		}
	}
}

// judge looks at what lies between, keeps the candidate if it may be chosen, and
// tells whether there is nothing at all.
func (s *snapper) judge(r *snapRoom, c *choice, from start, sc scale, of standing, n candidate) (nothing bool) {
	a, b := s.ends(n.seg)
	var v view
	if way, ok := insetOf(from.at, between(a, b, n.t), sc); ok {
		if how := r.sight.hidden(way); how != free && c.dominated(how, of, n.cost) {
			return false
		}
		// From so many buildings on, or from the first wall, it may be useless.
		tooMany := math.MaxInt
		if best := &c[free][of]; best.ok {
			tooMany = int(math.Ceil((best.cost - n.cost) / buildingMetres))
			if r.sight.crowded(way, tooMany) {
				return false
			}
		}
		v = r.sight.look(way, tooMany, c.dominated(walled, of, n.cost))
	}
	n.kind = v.kind
	n.cost += buildingMetres * float64(v.buildings)
	if !c.dominated(v.how, of, n.cost) {
		c[v.how][of] = n
	}
	return v.how == free && v.buildings == 0
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
