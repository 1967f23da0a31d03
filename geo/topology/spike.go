package topology

import (
	"math"

	"sanse/geo"
)

// spike is a vertex at which an area's border turns back on itself: ring is
// the triangle of it and its neighbours, counter-clockwise.
type spike struct {
	of   int32 // number of the area
	ring [3]pt
}

// flat tells that the border goes back the way it came: the spike holds no
// ground, and is in no cell.
func (k spike) flat() bool { return side(k.ring[0], k.ring[1], k.ring[2]) == 0 }

// The border turns back where it turns by more than 179°.
var sinSpike = math.Sin(math.Pi / 180)

// findSpikes notes the spikes of a ring, which has its area on the left: both
// sides a metre or longer, and nowhere wider than a sliver. A spike into the
// area is one of its neighbour's, if it has one.
func (s *Sheet) findSpikes(ring []pt, who int32) {
	for i, b := range ring {
		a, c := ring[(i+len(ring)-1)%len(ring)], ring[(i+1)%len(ring)]
		u, v := a.minus(b), c.minus(b)
		turn := cross(v, u)
		if turn < 0 || dot(u, v) <= 0 {
			continue
		}
		here := b.lonLat()
		east, north := geo.DegreeMetres(here[1])
		ux, uy := float64(u.x)/perDegree*east, float64(u.y)/perDegree*north
		vx, vy := float64(v.x)/perDegree*east, float64(v.y)/perDegree*north
		lu, lv := math.Hypot(ux, uy), math.Hypot(vx, vy)
		sin := math.Abs(ux*vy-uy*vx) / (lu * lv)
		if sin > sinSpike || min(lu, lv) < 1 || min(lu, lv)*sin > s.opt.SliverM {
			continue
		}
		s.spikes = append(s.spikes, spike{who, [3]pt{a, b, c}})
	}
}
