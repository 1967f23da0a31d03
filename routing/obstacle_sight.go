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
	barred             // water, motorway or railway, or the own building's wall beside its door
	hindered           // how many there are
)

// sight looks for what lies between places. It is the room of one goroutine.
type sight struct {
	g      *Graph
	own    []int32 // footprints whose outline counts as ownIs
	ownIs  ownOutline
	passed []int32 // footprints met on the way in hand
	place  position
	waters []floating // waters asked about
	// What was met from this place stands before what lies behind it as well.
	obstacles, fronts memory
}

// memory is the pieces of obstacles or of buildings' outlines met of late.
type memory struct {
	met  []met
	next int // the one to forget next
}

// metMost is how many are kept in mind: enough to go all around a place, few
// enough to be tried before the tree is.
const metMost = 48

// met is a piece of something met.
type met struct {
	a, b      position
	how       hindrance // of an obstacle
	footprint int32     // of an outline
}

func (m *memory) forget() { m.met, m.next = m.met[:0], 0 }

func (m *memory) keep(n met) {
	if len(m.met) < metMost {
		m.met = append(m.met, n)
		return
	}
	m.met[m.next] = n
	m.next = (m.next + 1) % metMost
}

// first moves the piece i to the front: what lies behind it comes next.
func (m *memory) first(i int) met {
	m.met[0], m.met[i] = m.met[i], m.met[0]
	return m.met[0]
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

// enter begins with a place: obstacles met from one say little of another.
func (s *sight) enter(place position) {
	s.place = place
	s.obstacles.forget()
	s.fronts.forget()
	s.waters = s.waters[:0]
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

// hidden tells quickly, from the obstacles met before, that something lies on a
// straight way; free means that one must look. It may be worse than it says.
func (s *sight) hidden(w inset) hindrance {
	for i := range s.obstacles.met {
		if s.obstacles.met[i].on(w) {
			return s.obstacles.first(i).how
		}
	}
	return free
}

// crowded tells quickly, from the outlines met before, that a straight way
// passes through so many buildings. False means that one must look.
func (s *sight) crowded(w inset, tooMany int) bool {
	if tooMany > len(s.fronts.met) {
		return false
	}
	s.passed = s.passed[:0]
	for i := range s.fronts.met {
		if !s.fronts.met[i].on(w) {
			continue
		}
		if f := s.fronts.first(i).footprint; !slices.Contains(s.passed, f) {
			if s.passed = append(s.passed, f); len(s.passed) >= tooMany {
				return true
			}
		}
	}
	return false
}

// on tells whether a piece lies on a way.
func (m *met) on(w inset) bool {
	return rtree.Meet(w.a.lon, w.a.lat, w.b.lon, w.b.lat, m.a.lon, m.a.lat, m.b.lon, m.b.lat)
}

// look returns what lies on a straight way. It stops where the way is barred or
// passes through so many buildings that one does not want to know.
func (s *sight) look(w inset, tooMany int, onlyFree bool) view {
	var v view
	s.passed = s.passed[:0]
	lines := barrierLines{&s.g.land}
	s.g.index.barriers.Crossings(w.a.lon, w.a.lat, w.b.lon, w.b.lat, func(seg rtree.Segment) bool {
		line := lines.of(seg.Line)
		switch {
		case line.footprint >= 0 && slices.Contains(s.own, line.footprint) && s.ownIs != ownIsBuilding:
			if s.ownIs == ownIsWall {
				v.meet(barred, ObstacleWall)
			}
		case line.footprint >= 0:
			if !slices.Contains(s.passed, line.footprint) {
				s.passed = append(s.passed, line.footprint)
				s.fronts.keep(metOf(lines, seg, free, line.footprint))
			}
		case line.water >= 0 && s.afloat(line.water):
		default:
			how := barred
			if line.kind == ObstacleWall {
				how = walled
			}
			v.meet(how, line.kind)
			s.obstacles.keep(metOf(lines, seg, how, -1))
		}
		return len(s.passed) < tooMany && (!onlyFree || v.how == free)
	})
	v.buildings = len(s.passed)
	return v
}

func metOf(lines barrierLines, seg rtree.Segment, how hindrance, footprint int32) met {
	ax, ay, bx, by := lines.Ends(seg)
	return met{position{ax, ay}, position{bx, by}, how, footprint}
}

func (v *view) meet(how hindrance, k ObstacleKind) {
	if how > v.how {
		v.how, v.kind = how, k
	}
}

// inset is a straight way without its very ends.
type inset struct{ a, b position }

// insetOf returns the straight way from one point to another without its very
// ends, and false when nothing is left of it.
func insetOf(from, to orb.Point, sc scale) (inset, bool) {
	length := sc.metres(from, to)
	if !(length > 2*touchMetres) {
		return inset{}, false
	}
	t := touchMetres / length
	return inset{positionOf(between(from, to, t)), positionOf(between(from, to, 1-t))}, true
}
