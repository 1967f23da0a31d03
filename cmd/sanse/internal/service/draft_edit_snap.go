package service

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// snapDegrees is how near a point must come to a vertex to be taken for it:
// about a centimetre. Outlines of cells that share an edge are written with
// other last digits, and borders drawn along them must be one.
const snapDegrees = 1e-7

// vertices finds the vertex of a border near a point.
type vertices map[[2]int64][]orb.Point

// vertices of all borders on the bench.
func (w *workbench) vertices() vertices {
	out := make(vertices)
	for _, a := range w.top.Arcs() {
		for _, p := range a.Points {
			k := snapCell(p)
			out[k] = append(out[k], p)
		}
	}
	return out
}

func snapCell(p orb.Point) [2]int64 {
	return [2]int64{int64(math.Floor(p[0] / snapDegrees)), int64(math.Floor(p[1] / snapDegrees))}
}

// snap returns points, each moved to the nearest vertex that is near enough.
func (v vertices) snap(points []orb.Point) []orb.Point {
	out := make([]orb.Point, len(points))
	for i, p := range points {
		out[i] = p
		best := snapDegrees
		k := snapCell(p)
		for x := k[0] - 1; x <= k[0]+1; x++ {
			for y := k[1] - 1; y <= k[1]+1; y++ {
				for _, q := range v[[2]int64{x, y}] {
					if d := math.Hypot(p[0]-q[0], p[1]-q[1]); d < best {
						out[i], best = q, d
					}
				}
			}
		}
	}
	return out
}

// along returns a line through the vertices that its stretches pass near
// enough: where it follows a border it is then the same.
func (v vertices) along(points []orb.Point) []orb.Point {
	points = v.snap(points)
	out := make([]orb.Point, 0, len(points))
	for i, b := range points {
		if i > 0 {
			out = append(out, v.between(points[i-1], b)...)
		}
		out = append(out, b)
	}
	return out
}

// between lists the vertices that lie near the stretch from a to b, in order.
func (v vertices) between(a, b orb.Point) []orb.Point {
	type passed struct {
		at orb.Point
		t  float64 // 0 at a, 1 at b
	}
	var on []passed
	box := orb.MultiPoint{a, b}.Bound().Pad(snapDegrees)
	d := orb.Point{b[0] - a[0], b[1] - a[1]}
	whole := math.Hypot(d[0], d[1])
	for _, some := range v {
		for _, p := range some {
			if !box.Contains(p) || p == a || p == b {
				continue
			}
			u := orb.Point{p[0] - a[0], p[1] - a[1]}
			t := (u[0]*d[0] + u[1]*d[1]) / (whole * whole)
			if t > 0 && t < 1 && math.Abs(u[0]*d[1]-u[1]*d[0])/whole < snapDegrees {
				on = append(on, passed{p, t})
			}
		}
	}
	slices.SortFunc(on, func(a, b passed) int {
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.at[0], b.at[0]), cmp.Compare(a.at[1], b.at[1]))
	})
	out := make([]orb.Point, len(on))
	for i, p := range on {
		out[i] = p.at
	}
	return slices.Compact(out)
}

// polygons is along for the rings of polygons.
func (v vertices) polygons(mp orb.MultiPolygon) orb.MultiPolygon {
	out := make(orb.MultiPolygon, len(mp))
	for i, poly := range mp {
		for _, ring := range poly {
			out[i] = append(out[i], v.along(ring))
		}
	}
	return out
}
