package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// shape is a multipolygon made ready for point tests: its edges, pointing
// upward, in horizontal slabs so that a test looks at few of them.
type shape struct {
	bound orb.Bound
	edges []edge
	first []int32 // edges of slab i are list[first[i]:first[i+1]]
	list  []int32
}

// edge runs from lo up to hi; where both are at one height, to the right.
type edge struct{ lo, hi orb.Point }

func newShape(mp orb.MultiPolygon) *shape {
	s := &shape{bound: mp.Bound()}
	for _, poly := range mp {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				lo, hi := ring[i-1], ring[i]
				switch {
				case lo == hi:
					continue
				case lo[1] > hi[1], lo[1] == hi[1] && lo[0] > hi[0]:
					lo, hi = hi, lo
				}
				s.edges = append(s.edges, edge{lo, hi})
			}
		}
	}
	slabs := min(max(len(s.edges)/4, 1), 4096)
	s.first = make([]int32, slabs+1)
	for _, e := range s.edges {
		for i, to := s.slab(e.lo[1]), s.slab(e.hi[1]); i <= to; i++ {
			s.first[i+1]++
		}
	}
	for i := range slabs {
		s.first[i+1] += s.first[i]
	}
	s.list = make([]int32, s.first[slabs])
	next := append([]int32(nil), s.first[:slabs]...)
	for k, e := range s.edges {
		for i, to := s.slab(e.lo[1]), s.slab(e.hi[1]); i <= to; i++ {
			s.list[next[i]] = int32(k)
			next[i]++
		}
	}
	return s
}

// slab rises with y, so that an edge's slabs hold every y of the edge.
func (s *shape) slab(y float64) int {
	n := len(s.first) - 1
	at := (y - s.bound.Min[1]) / (s.bound.Max[1] - s.bound.Min[1]) * float64(n)
	if !(at > 0) {
		return 0
	}
	return min(int(at), n-1)
}

// locate tells whether p lies in the shape and whether it lies on its border.
//
// Inside is the half-open rule: p is moved by an infinitely small step to the
// right and by a step infinitely smaller than that upward, and counts as
// inside if the moved point is. The moved point lies on no edge, so that it is
// in exactly one area of a tiling, and the rule knows nothing of the order of
// vertices or of the direction of rings.
func (s *shape) locate(p orb.Point) (inside, border bool) {
	if !s.bound.Contains(p) {
		return false, false
	}
	i := s.slab(p[1])
	for _, k := range s.list[s.first[i]:s.first[i+1]] {
		e := &s.edges[k]
		if p[1] < e.lo[1] || p[1] > e.hi[1] {
			continue
		}
		if p[1] == e.hi[1] { // the step upward leaves this edge below
			if e.lo[1] == e.hi[1] {
				border = border || p[0] >= e.lo[0] && p[0] <= e.hi[0]
			} else {
				border = border || p[0] == e.hi[0]
			}
			continue
		}
		switch {
		case p[0] > e.lo[0] && p[0] > e.hi[0]:
		case p[0] < e.lo[0] && p[0] < e.hi[0]:
			inside = !inside
		default:
			switch side(e.lo, e.hi, p) {
			case 1:
				inside = !inside
			case 0: // the step to the right leaves this edge on the left
				border = true
			}
		}
	}
	return inside, border
}

// distance returns the metres from p to the nearest edge.
func (s *shape) distance(p orb.Point) float64 {
	east, north := DegreeMetres(p[1])
	best := math.Inf(1)
	for _, e := range s.edges {
		ax, ay := (e.lo[0]-p[0])*east, (e.lo[1]-p[1])*north
		dx, dy := (e.hi[0]-e.lo[0])*east, (e.hi[1]-e.lo[1])*north
		t := min(max(-(ax*dx+ay*dy)/(dx*dx+dy*dy), 0), 1)
		best = min(best, math.Hypot(ax+t*dx, ay+t*dy))
	}
	return best
}
