package routing

import (
	"math"

	"github.com/paulmach/orb"

	"sanse/routing/outline"
)

// plane is lon-lat laid flat: metres east and north of where equator and first
// meridian would be if a degree were everywhere as long as near one latitude.
type plane struct{ scale scale }

// planesPerDegree: all locations in the same tenth of a degree of latitude
// (11 km) share a plane. A degree of longitude is off by less than 0.2 % of its
// length there at 50° of latitude.
const planesPerDegree = 10

func planeAt(p orb.Point) *plane {
	return &plane{scaleAt((math.Floor(p[1]*planesPerDegree) + 0.5) / planesPerDegree)}
}

func (p *plane) at(at position) orb.Point {
	return orb.Point{float64(at.lon) * (p.scale.x / positionUnits), float64(at.lat) * (p.scale.y / positionUnits)}
}

// toLonLat turns polygons on the plane into lon-lat, in place.
func (p *plane) toLonLat(mp orb.MultiPolygon) {
	x, y := 1/p.scale.x, 1/p.scale.y
	for _, polygon := range mp {
		for _, ring := range polygon {
			for i := range ring {
				ring[i][0] *= x
				ring[i][1] *= y
			}
		}
	}
}

// flatPoint is a point of a line on the plane with its distance from the tail.
type flatPoint struct {
	at  orb.Point
	run float64
}

// flatten appends a piece of an edge to the room's segments.
func (g *Graph) flatten(room *reachRoom, on *plane, piece ReachedEdge, band int) {
	tail, head := g.points[g.tail[piece.Edge]], g.points[g.head[piece.Edge]]
	if piece.From <= 0 && piece.To >= 1 {
		a := on.at(tail)
		for _, p := range g.inner(piece.Edge) {
			b := on.at(p)
			room.segments = append(room.segments, outline.Segment{Line: outline.Line{A: a, B: b}, Band: band})
			a = b
		}
		room.segments = append(room.segments, outline.Segment{Line: outline.Line{A: a, B: on.at(head)}, Band: band})
		return
	}
	flat := append(room.flat[:0], flatPoint{at: on.at(tail)})
	add := func(p position) {
		b, last := on.at(p), flat[len(flat)-1]
		flat = append(flat, flatPoint{b, last.run + math.Hypot(b[0]-last.at[0], b[1]-last.at[1])})
	}
	for _, p := range g.inner(piece.Edge) {
		add(p)
	}
	add(head)
	room.flat = flat
	total := flat[len(flat)-1].run
	from, to := piece.From*total, piece.To*total
	for i := 1; i < len(flat); i++ {
		a, b := flat[i-1], flat[i]
		if b.run < from || a.run > to {
			continue
		}
		s := outline.Segment{Line: outline.Line{A: a.at, B: b.at}, Band: band}
		if a.run < from {
			s.A = between(a.at, b.at, ratio(from-a.run, b.run-a.run))
		}
		if b.run > to {
			s.B = between(a.at, b.at, ratio(to-a.run, b.run-a.run))
		}
		room.segments = append(room.segments, s)
	}
}
