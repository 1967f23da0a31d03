package topology

import (
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// regions joins cells of equal keys that border on each other.
func regions[K comparable](s *Sheet, key func(c int32) (K, bool)) [][]int32 {
	var cells []int32
	keys := make(map[int32]K)
	for c := range int32(s.cells) {
		if k, ok := key(c); ok {
			cells = append(cells, c)
			keys[c] = k
		}
	}
	return s.flood(cells, func(c, d int32) bool {
		k, ok := keys[d]
		return ok && k == keys[c]
	})
}

// flood divides cells into those that hang together by borders over which same
// leads. Each group is sorted, the groups by their first cell.
func (s *Sheet) flood(cells []int32, same func(c, d int32) bool) [][]int32 {
	var out [][]int32
	if len(cells) == 1 {
		return [][]int32{cells}
	}
	seen := make(map[int32]bool, len(cells))
	for _, c := range cells {
		if seen[c] {
			continue
		}
		seen[c] = true
		group := []int32{c}
		for i := 0; i < len(group); i++ {
			for _, h := range s.along(group[i]) {
				if d := s.left(h ^ 1); !seen[d] && same(group[i], d) {
					seen[d] = true
					group = append(group, d)
				}
			}
		}
		slices.Sort(group)
		out = append(out, group)
	}
	return out
}

// border calls back with the half-edges that have one of cells on the left and
// none on the right.
func (s *Sheet) border(cells []int32, f func(h int32)) {
	for _, c := range cells {
		for _, h := range s.along(c) {
			if _, inside := slices.BinarySearch(cells, s.left(h^1)); !inside {
				f(h)
			}
		}
	}
}

// enclosed tells whether areas lie all around cells.
func (s *Sheet) enclosed(cells []int32) bool {
	all := true
	s.border(cells, func(h int32) { all = all && len(s.in[s.left(h^1)]) > 0 })
	return all
}

// open is the share of the border of cells beyond which there is no area.
func (s *Sheet) open(cells []int32) float64 {
	var open, all float64
	s.border(cells, func(h int32) {
		all += s.lengths[h/2]
		if len(s.in[s.left(h^1)]) == 0 {
			open += s.lengths[h/2]
		}
	})
	return open / all
}

// longest returns the area with the longest border with cells, of those that
// may; the first of two that are equal; none if there is none.
func (s *Sheet) longest(cells []int32, may func(a int32) bool) int32 {
	metres := make(map[int32]float64)
	s.border(cells, func(h int32) {
		for _, a := range s.in[s.left(h^1)] {
			metres[a] += s.lengths[h/2]
		}
	})
	best := none
	for a, m := range metres {
		if may(a) && (best == none || m > metres[best] || m == metres[best] && a < best) {
			best = a
		}
	}
	return best
}

// mayHold tells of an area whether its parent holds all of cells; without
// parents, every one may.
func (s *Sheet) mayHold(cells []int32) func(a int32) bool {
	if len(s.parents) == 0 {
		return func(int32) bool { return true }
	}
	parent := s.parentNumbers()
	return func(a int32) bool {
		for _, c := range cells {
			if !slices.Contains(s.under[c], parent[a]) {
				return false
			}
		}
		return true
	}
}

// finding measures the ground of cells, which are sorted.
func (s *Sheet) finding(kind Kind, cells []int32) Finding {
	f := Finding{Kind: kind, sheet: s, cells: cells}
	var lines [][]pt
	var perimeter float64
	for _, c := range cells {
		f.AreaM2 += s.m2[c]
	}
	s.border(cells, func(h int32) {
		a, b := s.ends(h)
		lines = append(lines, []pt{a, b})
		perimeter += s.lengths[h/2]
	})
	if perimeter > 0 {
		f.WidthM = 2 * f.AreaM2 / perimeter
	}
	f.hairline = f.AreaM2 <= geo.SliverM2 || f.WidthM <= geo.SliverWidthM
	f.Place = canonical(lines, rings(lines))
	f.At = pointIn(f.Place)
	return f
}

func (f *Finding) thin(s *Sheet) bool { return f.WidthM < s.opt.SliverM }

// pointIn returns a point inside the largest polygon: the middle of the widest
// stretch of a parallel through it.
func pointIn(mp orb.MultiPolygon) orb.Point {
	var largest orb.Polygon
	var most float64
	for _, p := range mp {
		if m2 := geo.AreaM2(orb.MultiPolygon{p}); m2 > most || largest == nil {
			largest, most = p, m2
		}
	}
	if largest == nil {
		return orb.Point{}
	}
	// Between two heights of vertices, so that no vertex lies on the parallel.
	var heights []float64
	for _, r := range largest {
		for _, p := range r {
			heights = append(heights, p[1])
		}
	}
	slices.Sort(heights)
	heights = slices.Compact(heights)
	k := max(1, len(heights)/2)
	if len(heights) < 2 {
		return largest[0][0]
	}
	y := (heights[k-1] + heights[k]) / 2
	var xs []float64
	for _, r := range largest {
		for i := 1; i < len(r); i++ {
			a, b := r[i-1], r[i]
			if (a[1] > y) != (b[1] > y) {
				xs = append(xs, a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
	}
	slices.Sort(xs)
	best := largest[0][0]
	var width float64
	for i := 1; i < len(xs); i += 2 {
		if w := xs[i] - xs[i-1]; w > width {
			best, width = orb.Point{(xs[i] + xs[i-1]) / 2, y}, w
		}
	}
	return best
}
