package lines_test

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/geo"
	"sanse/routing/lines"
)

// flat is a place in metres on a plane, near enough for a few hundred metres.
type flat struct{ x, y float64 }

func flatOf(p orb.Point) flat {
	o := at(0, 0)
	return flat{
		math.Copysign(geo.Distance(orb.Point{o[0], p[1]}, p), p[0]-o[0]),
		math.Copysign(geo.Distance(orb.Point{p[0], o[1]}, p), p[1]-o[1]),
	}
}

func toLine(p flat, line []flat) float64 {
	best := math.Inf(1)
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		t := ((p.x-a.x)*(b.x-a.x) + (p.y-a.y)*(b.y-a.y)) / ((b.x-a.x)*(b.x-a.x) + (b.y-a.y)*(b.y-a.y))
		t = min(1, max(0, t))
		best = min(best, math.Hypot(p.x-a.x-t*(b.x-a.x), p.y-a.y-t*(b.y-a.y)))
	}
	return best
}

func cross(a, b, c flat) float64 { return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x) }

func crosses(a, b []flat) bool {
	for i := 1; i < len(a); i++ {
		for j := 1; j < len(b); j++ {
			if cross(a[i-1], a[i], b[j-1])*cross(a[i-1], a[i], b[j]) < 0 && cross(b[j-1], b[j], a[i-1])*cross(b[j-1], b[j], a[i]) < 0 {
				return true
			}
		}
	}
	return false
}

// TestLinesHangTogetherAsPairByPairComparisonSays draws lines between places of
// a coarse grid, moved a little, and compares with the rules said plainly.
func TestLinesHangTogetherAsPairByPairComparisonSays(t *testing.T) {
	const tolerance = 0.5
	rapid.Check(t, func(t *rapid.T) {
		moves := rapid.SampledFrom([]float64{0, 0, 0, 0.1, 0.3, -0.2, 0.7})
		coord := rapid.IntRange(0, 4)
		crossing := rapid.Bool().Draw(t, "cross")
		var features []map[string]any
		var drawn [][]flat
		var raw [][]orb.Point
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			var points []orb.Point
			for range rapid.IntRange(2, 4).Draw(t, "points") {
				p := at(
					float64(coord.Draw(t, "x"))*20+moves.Draw(t, "dx"),
					float64(coord.Draw(t, "y"))*20+moves.Draw(t, "dy"),
				)
				if n := len(points); n == 0 || geo.Distance(points[n-1], p) > 5 {
					points = append(points, p)
				}
			}
			if len(points) < 2 {
				continue
			}
			features = append(features, feature(nil, "LineString", points))
			raw = append(raw, points)
			var f []flat
			for _, p := range points {
				f = append(f, flatOf(p))
			}
			drawn = append(drawn, f)
		}
		if len(features) == 0 {
			t.Skip("no line")
		}
		root := make([]int, len(drawn))
		for i := range root {
			root[i] = i
		}
		var find func(i int) int
		find = func(i int) int {
			if root[i] != i {
				root[i] = find(root[i])
			}
			return root[i]
		}
		for i, a := range drawn {
			for j, b := range drawn {
				if i == j {
					continue
				}
				meet := crossing && crosses(a, b)
				for _, end := range []flat{a[0], a[len(a)-1]} {
					d := toLine(end, b)
					if math.Abs(d-tolerance) < 0.02 {
						t.Skip("too near the tolerance to tell")
					}
					meet = meet || d < tolerance
				}
				for _, p := range raw[i] {
					for _, q := range raw[j] {
						meet = meet || p == q
					}
					// Whether a vertex on another line crosses it is a matter of
					// rounding: leave it to the table of cases.
					if d := toLine(flatOf(p), b); crossing && !meet && d < 0.02 {
						t.Skip("a vertex on a line")
					}
				}
				if meet {
					root[find(i)] = find(j)
				}
			}
		}
		want := 0
		for i := range root {
			if find(i) == i {
				want++
			}
		}
		// Lines drawn twice hang together with themselves, so one may go.
		res, err := lines.Read(strings.NewReader(collection(t, features...)), lines.Options{Cross: crossing})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(res.Graph.Components()); got != want {
			t.Fatalf("%d components, want %d: %v %+v", got, want, raw, res.Counts)
		}
	})
}
