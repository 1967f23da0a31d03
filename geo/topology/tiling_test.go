package topology_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/topology"
)

// honeycomb is a tiling of hexagons whose corners are moved about, and of
// parents that hold six columns each. Corners are shared and have seven
// decimals, as in the files that districts send.
func honeycomb(columns, rows int, seed uint64) (areas, parents []topology.Area) {
	const size = 0.0006 // degrees: some 60 m
	corner := func(u, v int) orb.Point {
		// Corners on half steps: v rows of zigzag, u along them.
		rng := rand.New(rand.NewPCG(seed, uint64(u)<<32|uint64(uint32(v))))
		x := 104 + float64(u)*size
		y := 30.5 + float64(v)*1.5*size
		if (u+v)%2 == 0 {
			y -= size / 2
		}
		x += (rng.Float64() - .5) * size / 2
		y += (rng.Float64() - .5) * size / 2
		return orb.Point{seven(x), seven(y)}
	}
	for r := range rows {
		for c := range columns {
			u := 2*c + r%2
			ring := orb.Ring{
				corner(u, r), corner(u+1, r), corner(u+2, r),
				corner(u+2, r+1), corner(u+1, r+1), corner(u, r+1), corner(u, r),
			}
			parent := fmt.Sprintf("5101990010%02d", 1+c/6)
			areas = append(areas, topology.Area{
				Code: parent + fmt.Sprintf("%03d", 1+r*6+c%6), Parent: parent,
				Shape: orb.MultiPolygon{{ring}},
			})
		}
	}
	return areas, parentsOf(areas)
}

// parentsOf unites areas, without topology.
func parentsOf(areas []topology.Area) []topology.Area {
	of := map[string][]orb.MultiPolygon{}
	for _, a := range areas {
		of[a.Parent] = append(of[a.Parent], a.Shape)
	}
	var out []topology.Area
	for code, shapes := range of {
		u, err := geo.Union(shapes...)
		if err != nil {
			panic(err) // a test that cannot be set up
		}
		out = append(out, topology.Area{Code: code, Parts: len(u), Shape: u})
	}
	slices.SortFunc(out, func(a, b topology.Area) int { return compare(a.Code, b.Code) })
	return out
}

// blocks divides a rectangle by upright and level lines, again and again, so
// that corners of one area lie on the sides of others.
func blocks(n int, seed uint64) []topology.Area {
	rng := rand.New(rand.NewPCG(seed, 1))
	type rect struct{ x0, y0, x1, y1 int }
	rects := []rect{{0, 0, 1 << 20, 1 << 20}}
	for len(rects) < n {
		slices.SortFunc(rects, func(a, b rect) int {
			return (b.x1-b.x0)*(b.y1-b.y0) - (a.x1-a.x0)*(a.y1-a.y0)
		})
		r := rects[0]
		a, b := r, r
		if r.x1-r.x0 > r.y1-r.y0 {
			x := r.x0 + (r.x1-r.x0)*(30+rng.IntN(40))/100
			a.x1, b.x0 = x, x
		} else {
			y := r.y0 + (r.y1-r.y0)*(30+rng.IntN(40))/100
			a.y1, b.y0 = y, y
		}
		rects = append(rects[1:], a, b)
	}
	var out []topology.Area
	for i, r := range rects {
		p := func(x, y int) orb.Point { return orb.Point{104 + float64(x)/1e7, 30 + float64(y)/1e7} }
		out = append(out, topology.Area{
			Code: fmt.Sprintf("510199001001%03d", i+1), Parent: "510199001001",
			Shape: orb.MultiPolygon{{{p(r.x0, r.y0), p(r.x1, r.y0), p(r.x1, r.y1), p(r.x0, r.y1), p(r.x0, r.y0)}}},
		})
	}
	return out
}

func seven(v float64) float64 { return math.Round(v*1e7) / 1e7 }

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// rect is a rectangle, in millionths of a degree from 104°E 30°N.
func rect(x0, y0, x1, y1 int) orb.MultiPolygon {
	return polygon(x0, y0, x1, y0, x1, y1, x0, y1)
}

// polygon is one ring through points in millionths of a degree from 104°E
// 30°N, closed.
func polygon(xy ...int) orb.MultiPolygon { return orb.MultiPolygon{{loop(xy...)}} }

func loop(xy ...int) orb.Ring {
	var r orb.Ring
	for i := 0; i < len(xy); i += 2 {
		r = append(r, micro(xy[i], xy[i+1]))
	}
	return append(r, r[0])
}

func micro(x, y int) orb.Point {
	return orb.Point{float64(104_000_000+x) / 1e6, float64(30_000_000+y) / 1e6}
}

func area(code string, shape orb.MultiPolygon) topology.Area {
	return topology.Area{Code: code, Parent: "P", Shape: shape}
}

func mustBuild(t testing.TB, areas []topology.Area, opt topology.Options) *topology.Topology {
	t.Helper()
	top, err := topology.Build(areas, opt)
	if err != nil {
		t.Fatal(err)
	}
	return top
}

func mustSurvey(t testing.TB, areas []topology.Area, opt topology.Options) *topology.Sheet {
	t.Helper()
	s, err := topology.Survey(areas, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// m2 is the size of a shape.
func m2(mp orb.MultiPolygon) float64 { return geo.AreaM2(mp) }

// alike tells whether two rings are the same points in the same order,
// wherever they begin.
func alike(a, b orb.Ring) bool {
	if len(a) != len(b) {
		return false
	}
	n := len(a) - 1
	for from := range n {
		same := true
		for i := 0; i < n && same; i++ {
			same = a[i] == b[(from+i)%n]
		}
		if same {
			return true
		}
	}
	return false
}
