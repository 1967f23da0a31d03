package routing

import (
	"slices"

	"sanse/routing/rtree"
)

// barrierLines are all lines that lie in one's way, numbered through: obstacles
// first, then the rings of buildings, then the rings of waters.
type barrierLines struct{ l *land }

func (b barrierLines) Len() int {
	return lists(b.l.obstacleFirst) + lists(b.l.ringFirst) + lists(b.l.waterRingFirst)
}

// points is the points of a line.
func (b barrierLines) points(line uint32) []position {
	l := b.l
	obstacles := uint32(lists(l.obstacleFirst))
	if line < obstacles {
		return l.obstaclePoint[l.obstacleFirst[line]:l.obstacleFirst[line+1]]
	}
	line -= obstacles
	rings := uint32(lists(l.ringFirst))
	if line < rings {
		return l.ringPoint[l.ringFirst[line]:l.ringFirst[line+1]]
	}
	line -= rings
	return l.waterPoint[l.waterRingFirst[line]:l.waterRingFirst[line+1]]
}

func (b barrierLines) Points(line uint32) int { return len(b.points(line)) }

func (b barrierLines) Ends(s rtree.Segment) (ax, ay, bx, by int32) {
	p := b.points(s.Line)[s.Point : s.Point+2]
	return p[0].lon, p[0].lat, p[1].lon, p[1].lat
}

// barrier is what a line is: an obstacle of a kind, and the building or the
// water whose ring it is, -1 if it is none.
type barrier struct {
	kind             ObstacleKind
	footprint, water int32
}

func (b barrierLines) of(line uint32) barrier {
	obstacles, rings := uint32(lists(b.l.obstacleFirst)), uint32(lists(b.l.ringFirst))
	switch {
	case line < obstacles:
		return barrier{ObstacleKind(b.l.obstacleKind[line]), -1, -1}
	case line < obstacles+rings:
		return barrier{ObstacleWall, listOf(b.l.footprintFirst, line-obstacles), -1}
	default:
		return barrier{ObstacleWater, -1, listOf(b.l.waterFirst, line-obstacles-rings)}
	}
}

// listOf returns which list of first an item is in, -1 if in none. Empty lists
// have no items.
func listOf(first []uint32, item uint32) int32 {
	at, exact := slices.BinarySearch(first, item)
	if !exact {
		at--
	}
	for at+1 < len(first) && first[at+1] == item {
		at++
	}
	if at+1 >= len(first) {
		return -1
	}
	return int32(at)
}

// buildingBoxes are the boxes around the footprints as their diagonals, for the
// tree to find by box.
type buildingBoxes struct{ l *land }

func (b buildingBoxes) Len() int { return lists(b.l.footprintFirst) }

// Points is 2 for a footprint that has an outline.
func (b buildingBoxes) Points(line uint32) int {
	if b.l.footprintFirst[line] == b.l.footprintFirst[line+1] || len(b.l.outline(int32(line))) == 0 {
		return 0
	}
	return 2
}

func (b buildingBoxes) Ends(s rtree.Segment) (ax, ay, bx, by int32) {
	outline := b.l.outline(int32(s.Line))
	low, high := outline[0], outline[0]
	for _, p := range outline {
		low = position{min(low.lon, p.lon), min(low.lat, p.lat)}
		high = position{max(high.lon, p.lon), max(high.lat, p.lat)}
	}
	return low.lon, low.lat, high.lon, high.lat
}

// outline is the outer ring of a footprint, its first.
func (l *land) outline(footprint int32) []position {
	r := l.footprintFirst[footprint]
	return l.ringPoint[l.ringFirst[r]:l.ringFirst[r+1]]
}

// doors are a footprint's entrances.
func (l *land) doors(footprint int32) []position {
	return l.entrance[l.entranceFirst[footprint]:l.entranceFirst[footprint+1]]
}

// inFootprint tells whether a place is in a footprint, its outline included and
// its courtyards left out.
func (l *land) inFootprint(footprint int32, p position) bool {
	return covers(l.ringPoint, l.ringFirst[l.footprintFirst[footprint]:l.footprintFirst[footprint+1]+1], p)
}

// inWater tells whether a place is on a water, its banks included and its
// islands left out.
func (l *land) inWater(water int32, p position) bool {
	return covers(l.waterPoint, l.waterRingFirst[l.waterFirst[water]:l.waterFirst[water+1]+1], p)
}

// covers tells whether some rings, with points first[i] to first[i+1] each, hold
// a place: the even-odd rule, on whole numbers.
func covers(points []position, first []uint32, p position) bool {
	in := false
	for r := 1; r < len(first); r++ {
		ring := points[first[r-1]:first[r]]
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			if a.lat > b.lat {
				a, b = b, a
			}
			if p.lat < a.lat || p.lat > b.lat {
				continue
			}
			side := rtree.Side(a.lon, a.lat, b.lon, b.lat, p.lon, p.lat)
			if side == 0 && p.lon >= min(a.lon, b.lon) && p.lon <= max(a.lon, b.lon) {
				return true
			}
			// Of a piece going up its lower end counts and its upper end does not.
			if p.lat < b.lat && side > 0 {
				in = !in
			}
		}
	}
	return in
}
