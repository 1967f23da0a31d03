package topology

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// rings joins directed lines, which bound ground on their left, into polygons:
// each an outer ring and then its holes, a ring being numbers of lines in
// order. Rings touch themselves nowhere (OGC Simple Features): ground pinched
// to a point is two polygons, and a hole that touches the ring around it is a
// ring of its own. The order depends on the order of the lines; see canonical.
func rings(lines [][]pt) [][][]int32 {
	leave := make(map[pt][]int32, len(lines))
	for i, l := range lines {
		leave[l[0]] = append(leave[l[0]], int32(i))
	}
	// follow returns the line that bounds the same ground after line i: the
	// first clockwise from the way back.
	follow := func(i int32) int32 {
		l := lines[i]
		end := l[len(l)-1]
		star := leave[end]
		if len(star) == 1 {
			return star[0]
		}
		back := l[len(l)-2].minus(end)
		best := star[0]
		for _, k := range star[1:] {
			if clockwise(back, lines[k][1].minus(end), lines[best][1].minus(end)) {
				best = k
			}
		}
		return best
	}
	used := make([]bool, len(lines))
	var outer, holes [][]int32
	keep := func(ring []int32) {
		switch twiceArea(pointsOf(lines, ring)).sign() {
		case 1:
			outer = append(outer, ring)
		case -1:
			holes = append(holes, ring)
		}
	}
	for i := range int32(len(lines)) {
		if used[i] {
			continue
		}
		// A walk that comes to a point again has closed a ring.
		var walk []int32
		passed := make(map[pt]int)
		for k := i; !used[k]; k = follow(k) {
			used[k] = true
			passed[lines[k][0]] = len(walk)
			walk = append(walk, k)
			end := lines[k][len(lines[k])-1]
			if from, ok := passed[end]; ok {
				keep(slices.Clone(walk[from:]))
				for _, j := range walk[from:] {
					delete(passed, lines[j][0])
				}
				walk = walk[:from]
			}
		}
	}
	return fit(lines, outer, holes)
}

// clockwise tells whether, turning clockwise from the direction back, u comes
// before v.
func clockwise(back, u, v pt) bool {
	// Counter-clockwise from back, the later one is the earlier clockwise.
	ccw := func(w pt) int {
		switch c := cross(back, w); {
		case c > 0:
			return 1
		case c < 0:
			return 3
		case dot(back, w) < 0:
			return 2
		}
		return 4 // back itself: a full turn
	}
	if c := cmp.Compare(ccw(u), ccw(v)); c != 0 {
		return c > 0
	}
	return cross(u, v) < 0
}

// fit puts each hole into the smallest outer ring around it.
func fit(lines [][]pt, outer, holes [][]int32) [][][]int32 {
	polys := make([][][]int32, len(outer))
	for i, r := range outer {
		polys[i] = [][]int32{r}
	}
	if len(holes) == 0 {
		return polys
	}
	drawn := make([][]pt, len(outer))
	areas := make([]wide, len(outer))
	for i, r := range outer {
		drawn[i] = pointsOf(lines, r)
		areas[i] = twiceArea(drawn[i])
	}
	for _, h := range holes {
		// A hole may touch the ring with a vertex, not with the middle of an edge.
		middle := lines[h[0]][0].plus(lines[h[0]][1])
		best := -1
		for i := range outer {
			if (best < 0 || areas[i].compare(areas[best]) < 0) && winding(drawn[i], middle) != 0 {
				best = i
			}
		}
		if best >= 0 {
			polys[best] = append(polys[best], h)
		}
	}
	return polys
}

// pointsOf returns the points of a ring, unclosed.
func pointsOf(lines [][]pt, ring []int32) []pt {
	var pts []pt
	for _, i := range ring {
		pts = append(pts, lines[i][:len(lines[i])-1]...)
	}
	return pts
}

// canonical writes polygons so that the same ground is always written the
// same: rings begin at their first point from west to east, then from south to
// north; holes, and polygons, follow in the order of their points.
func canonical(lines [][]pt, polys [][][]int32) orb.MultiPolygon {
	type poly struct {
		outer []pt
		rings orb.Polygon
	}
	order := func(a, b []pt) int { return slices.CompareFunc(a, b, pt.compare) }
	out := make([]poly, 0, len(polys))
	for _, rs := range polys {
		drawn := make([][]pt, len(rs))
		for i, r := range rs {
			drawn[i] = pointsOf(lines, r)
			least := 0
			for k, p := range drawn[i] {
				if p.compare(drawn[i][least]) < 0 {
					least = k
				}
			}
			drawn[i] = slices.Concat(drawn[i][least:], drawn[i][:least+1])
		}
		slices.SortFunc(drawn[1:], order)
		p := poly{outer: drawn[0]}
		for _, d := range drawn {
			p.rings = append(p.rings, ringOf(d))
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b poly) int { return order(a.outer, b.outer) })
	mp := make(orb.MultiPolygon, len(out))
	for i, p := range out {
		mp[i] = p.rings
	}
	return mp
}

func ringOf(pts []pt) orb.Ring {
	r := make(orb.Ring, len(pts))
	for i, p := range pts {
		r[i] = p.lonLat()
	}
	return r
}
