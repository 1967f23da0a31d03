package routing

import (
	"slices"

	"github.com/paulmach/orb"

	"sanse/routing/rtree"
)

// touchMetres is how near to either end of a straight way a line may lie and
// not be in between: a place on a wall, a path that passes a gate in it, a
// quay along the water's edge. Maps are no finer than this.
const touchMetres = 0.3

// hindrance is what a straight way meets, from the best to the worst.
type hindrance uint8

const (
	free     hindrance = iota
	walled             // only walls, which may have gates that nobody mapped
	barred             // water, motorway or railway, which have none
	hindered           // how many there are
)

// sight looks for what lies between places. It is the room of one goroutine.
type sight struct {
	g       *Graph
	own     []int32 // footprints whose outline counts as ownIs
	ownIs   ownOutline
	recent  [4]rtree.Segment // of obstacles met lately, which stand before neighbours as well
	recents int
	passed  []int32 // footprints met on the way in hand
	place   position
	waters  []floating // waters asked about
}

// floating says whether the place is on a water.
type floating struct {
	water int32
	on    bool
}

// ownOutline is what the outline of the building one is in means.
type ownOutline uint8

const (
	ownIsOpen     ownOutline = iota // no entrance is mapped: anywhere is as good
	ownIsWall                       // it has entrances, and this is not the way through them
	ownIsBuilding                   // one has left it by an entrance
)

// view is what lies on a straight way.
type view struct {
	how       hindrance
	kind      ObstacleKind // of the worst, unless free
	buildings int          // buildings passed through
}

// enter begins with a place: obstacles met around one say little of another.
func (s *sight) enter(place position) {
	s.place = place
	s.recents, s.waters = 0, s.waters[:0]
}

// afloat tells whether the place is on a water, whose banks then are nothing:
// one must land somewhere.
func (s *sight) afloat(water int32) bool {
	for _, f := range s.waters {
		if f.water == water {
			return f.on
		}
	}
	on := s.g.land.inWater(water, s.place)
	s.waters = append(s.waters, floating{water, on})
	return on
}

// hidden tells quickly, from the obstacles met lately, whether the straight way
// is not clear. False means that one must look.
func (s *sight) hidden(from, to orb.Point, sc scale) bool {
	if s.recents == 0 {
		return false
	}
	a, b, ok := inset(from, to, sc)
	if !ok {
		return false
	}
	lines := barrierLines{&s.g.land}
	for _, seg := range s.recent[:min(s.recents, len(s.recent))] {
		cx, cy, dx, dy := lines.Ends(seg)
		if rtree.Meet(a.lon, a.lat, b.lon, b.lat, cx, cy, dx, dy) {
			return true
		}
	}
	return false
}

// look returns what lies between two points, ends left out.
func (s *sight) look(from, to orb.Point, sc scale) view {
	var v view
	a, b, ok := inset(from, to, sc)
	if !ok {
		return v
	}
	s.passed = s.passed[:0]
	lines := barrierLines{&s.g.land}
	s.g.index.barriers.Crossings(a.lon, a.lat, b.lon, b.lat, func(seg rtree.Segment) bool {
		met := lines.of(seg.Line)
		if met.footprint >= 0 {
			own := slices.Contains(s.own, met.footprint)
			switch {
			case own && s.ownIs == ownIsOpen:
			case own && s.ownIs == ownIsWall:
				v.meet(ObstacleWall)
			case !slices.Contains(s.passed, met.footprint):
				s.passed = append(s.passed, met.footprint)
			}
			return true
		}
		if met.water >= 0 && s.afloat(met.water) {
			return true
		}
		s.recent[s.recents%len(s.recent)] = seg
		s.recents++
		v.meet(met.kind)
		return true
	})
	v.buildings = len(s.passed)
	return v
}

func (v *view) meet(k ObstacleKind) {
	how := barred
	if k == ObstacleWall {
		how = walled
	}
	if how > v.how {
		v.how, v.kind = how, k
	}
}

// inset returns the straight way from one point to another without its very
// ends, and false when nothing is left of it.
func inset(from, to orb.Point, sc scale) (a, b position, ok bool) {
	length := sc.metres(from, to)
	if !(length > 2*touchMetres) {
		return position{}, position{}, false
	}
	t := touchMetres / length
	return positionOf(between(from, to, t)), positionOf(between(from, to, 1-t)), true
}
