package routing

import (
	"math"

	"github.com/paulmach/orb"

	"sanse/routing/outline"
)

// groundBoxes are the boxes around the waters and walls of a graph.
type groundBoxes struct {
	waters []positionBox // by water
	walls  []wallRun
}

// surroundings is the room for the water and the walls around what is drawn.
type surroundings struct {
	water [][]outline.Line
	lines []outline.Line
	line  []outline.Line
}

type positionBox struct{ low, high position }

func (b *positionBox) stretch(p position) {
	b.low = position{min(b.low.lon, p.lon), min(b.low.lat, p.lat)}
	b.high = position{max(b.high.lon, p.lon), max(b.high.lat, p.lat)}
}

func (b *positionBox) meets(c *positionBox) bool {
	return b.low.lon <= c.high.lon && c.low.lon <= b.high.lon && b.low.lat <= c.high.lat && c.low.lat <= b.high.lat
}

var emptyBox = positionBox{position{math.MaxInt32, math.MaxInt32}, position{math.MinInt32, math.MinInt32}}

// wallRun is a few segments of a wall, or of a shore, which is one as well.
type wallRun struct {
	box         positionBox
	first, last uint32 // points, the last one included
	shore       bool   // points of waters
}

// wallRunSegments is how many segments of a wall share a box.
const wallRunSegments = 16

// around returns what lies within the buffer of the segments.
func (r *surroundings) around(g *Graph, on *plane, segments []outline.Segment, buffer float64) outline.Ground {
	boxes := g.boxes()
	if len(segments) == 0 || len(boxes.waters) == 0 && len(boxes.walls) == 0 {
		return outline.Ground{}
	}
	bound := orb.Bound{Min: segments[0].A, Max: segments[0].A}
	for i := range segments {
		bound = bound.Extend(segments[i].A).Extend(segments[i].B)
	}
	bound = bound.Pad(2 * buffer)
	within := positionBox{
		position{clampDegrees(bound.Min[0] / on.scale.x), clampDegrees(bound.Min[1] / on.scale.y)},
		position{clampDegrees(bound.Max[0] / on.scale.x), clampDegrees(bound.Max[1] / on.scale.y)},
	}
	l := &g.land
	r.lines, r.line, r.water = r.lines[:0], r.line[:0], r.water[:0]
	for i := range boxes.waters {
		if !boxes.waters[i].meets(&within) {
			continue
		}
		first := len(r.lines)
		for ring := l.waterFirst[i]; ring < l.waterFirst[i+1]; ring++ {
			r.lines = appendLines(r.lines, on, l.waterPoint[l.waterRingFirst[ring]:l.waterRingFirst[ring+1]], nil)
		}
		r.water = append(r.water, r.lines[first:len(r.lines):len(r.lines)])
	}
	for i := range boxes.walls {
		w := &boxes.walls[i]
		if !w.box.meets(&within) {
			continue
		}
		points := l.obstaclePoint
		if w.shore {
			points = l.waterPoint
		}
		r.line = appendLines(r.line, on, points[w.first:w.last+1], &within)
	}
	return outline.Ground{Water: r.water, Walls: r.line}
}

func clampDegrees(degrees float64) int32 {
	return int32(min(max(degrees*positionUnits, math.MinInt32), math.MaxInt32))
}

// appendLines appends the segments of a line, those within a box only unless it
// is nil.
func appendLines(out []outline.Line, on *plane, points []position, within *positionBox) []outline.Line {
	for i := 1; i < len(points); i++ {
		if within != nil {
			box := emptyBox
			box.stretch(points[i-1])
			box.stretch(points[i])
			if !box.meets(within) {
				continue
			}
		}
		out = append(out, outline.Line{A: on.at(points[i-1]), B: on.at(points[i])})
	}
	return out
}

// boxes makes the boxes.
func (l *land) boxes() *groundBoxes {
	r := &groundBoxes{waters: make([]positionBox, lists(l.waterFirst))}
	for i := range r.waters {
		r.waters[i] = emptyBox
		for ring := l.waterFirst[i]; ring < l.waterFirst[i+1]; ring++ {
			for _, p := range l.waterPoint[l.waterRingFirst[ring]:l.waterRingFirst[ring+1]] {
				r.waters[i].stretch(p)
			}
		}
	}
	add := func(first []uint32, points []position, shore bool) {
		for i := range lists(first) {
			for at := first[i]; at+1 < first[i+1]; {
				run := wallRun{box: emptyBox, first: at, last: min(at+wallRunSegments, first[i+1]-1), shore: shore}
				for _, p := range points[run.first : run.last+1] {
					run.box.stretch(p)
				}
				r.walls = append(r.walls, run)
				at = run.last
			}
		}
	}
	add(l.obstacleFirst, l.obstaclePoint, false)
	add(l.waterRingFirst, l.waterPoint, true)
	return r
}
