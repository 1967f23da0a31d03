package routing_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/planar"
	"github.com/twpayne/go-geos"

	"sanse/routing"
)

// streetGrid is a town of n × n crooked blocks of about 100 m with a quarter of
// its streets missing, and a gap without streets in the middle.
func streetGrid(t testing.TB, n int, seed uint64) *routing.Graph {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var w town
	node := func(x, y int) int32 { return int32(y*n + x) }
	gap := func(x, y int) bool { return max(2*x-n, n-2*x) < n/4 && max(2*y-n, n-2*y) < n/4 }
	for y := range n {
		for x := range n {
			w.points = append(w.points, [2]float64{float64(x) + r.Float64()/2, float64(y) + r.Float64()/2})
			if x > 0 && r.IntN(4) > 0 && !gap(x, y) && !gap(x-1, y) {
				w.edges = append(w.edges, [2]int32{node(x-1, y), node(x, y)})
			}
			if y > 0 && r.IntN(4) > 0 && !gap(x, y) && !gap(x, y-1) {
				w.edges = append(w.edges, [2]int32{node(x, y-1), node(x, y)})
			}
		}
	}
	return w.build(t)
}

func reachFrom(t testing.TB, g *routing.Graph, p orb.Point, seconds int) routing.Reach {
	t.Helper()
	engine := engineOf(t, g, routing.Elderly())
	s, err := engine.Snap(p, 2000)
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Reach(context.Background(), s, seconds)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// toGEOS turns a geometry into one of a context of GEOS. Geometries that meet
// in one call must share their context: go-geos does not keep one of another
// context alive during the call.
func toGEOS(t testing.TB, c *geos.Context, g orb.Geometry) *geos.Geom {
	t.Helper()
	raw, err := wkb.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.NewGeomFromWKB(raw)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAServiceCircleFollowsTheStreets(t *testing.T) {
	const buffer = 30
	c := geos.NewContext()
	for seed := range uint64(6) {
		g := streetGrid(t, 20, seed)
		r := reachFrom(t, g, at(5, 5), 900)
		area, err := r.Polygon(buffer)
		if err != nil {
			t.Fatal(err)
		}
		shape := toGEOS(t, c, area)
		if !shape.IsValid() {
			t.Fatalf("seed %d: %s", seed, shape.IsValidReason())
		}
		for _, p := range area {
			for i, ring := range p {
				if want := [2]orb.Orientation{orb.CCW, orb.CW}[min(i, 1)]; ring.Orientation() != want || ring[0] != ring[len(ring)-1] {
					t.Errorf("seed %d: ring %d runs the wrong way or is open", seed, i)
				}
			}
		}
		for _, line := range r.Lines() {
			for _, p := range line {
				if !planar.MultiPolygonContains(area, p) {
					t.Fatalf("seed %d: %v is reached and not inside", seed, p)
				}
			}
		}
		// GEOS's own buffer is the slow truth. Near the equator a degree of
		// longitude is 0.7 % longer than one of latitude, and small holes are
		// filled on purpose, so the outer rings are compared.
		metre := step / 100
		truth := toGEOS(t, c, r.Lines()).Buffer(buffer*metre, 8)
		outer := make(orb.MultiPolygon, len(area))
		for i := range area {
			outer[i] = area[i][:1]
		}
		far := toGEOS(t, c, outer).Difference(truth.Buffer(2.5*metre, 8)).Area()
		filled := 0.0
		for i := range truth.NumGeometries() {
			part := truth.Geometry(i)
			for k := range part.NumInteriorRings() {
				filled += c.NewPolygon([][][]float64{part.InteriorRing(k).CoordSeq().ToCoords()}).Area()
			}
		}
		if far > filled*1.01+1e-12 {
			t.Errorf("seed %d: %g square degrees lie outside the true buffer, whose holes have %g", seed, far, filled)
		}
		if lost := truth.Buffer(-2.5*metre, 8).Difference(shape).Area(); lost > 1e-12 {
			t.Errorf("seed %d: %g square degrees of the true buffer are missing", seed, lost)
		}
	}
}

func TestServiceCirclesDrawnApartNestToAMetre(t *testing.T) {
	g, c := streetGrid(t, 20, 9), geos.NewContext()
	var smaller *geos.Geom
	for _, minutes := range []int{5, 10, 15} {
		area, err := reachFrom(t, g, at(5, 5), minutes*60).Polygon(30)
		if err != nil {
			t.Fatal(err)
		}
		shape := toGEOS(t, c, area)
		if smaller != nil {
			if out := smaller.Buffer(-step/100, 8).Difference(shape).Area(); out > 0 {
				t.Errorf("%d minutes leave out %g square degrees that fewer minutes hold", minutes, out)
			}
		}
		smaller = shape
	}
}

func TestALakeStaysAHole(t *testing.T) {
	g := streetGrid(t, 24, 3)
	area, err := reachFrom(t, g, at(12, 1), 3600).Polygon(30)
	if err != nil {
		t.Fatal(err)
	}
	if planar.MultiPolygonContains(area, at(12.3, 12.3)) {
		t.Error("the middle of the gap counts as reached")
	}
}

func TestAReachOfNothingHasNoOutline(t *testing.T) {
	g := streetGrid(t, 4, 1)
	r := reachFrom(t, g, at(1, 1), 0)
	area, err := r.Polygon(30)
	if err != nil || len(area) != 0 || r.Metres() != 0 {
		t.Errorf("%v, %v", area, err)
	}
	if _, err := r.Polygon(math.NaN()); err == nil {
		t.Error("a buffer that is no number gives no error")
	}
}

func TestCellsHoldEveryReachedCorner(t *testing.T) {
	g := streetGrid(t, 8, 2)
	r := reachFrom(t, g, at(3, 3), 300)
	for _, resolution := range []int{8, 9, 10, 11} {
		cells, err := r.Cells(resolution)
		if err != nil {
			t.Fatal(err)
		}
		has := map[string]bool{}
		for _, c := range cells {
			has[c.String()] = true
		}
		for _, line := range r.Lines() {
			for _, p := range line {
				if c := cellOf(t, p, resolution); !has[c] {
					t.Fatalf("resolution %d: cell %s of %v is missing", resolution, c, p)
				}
			}
		}
	}
	if _, err := r.Cells(16); err == nil {
		t.Error("resolution 16 gives no error")
	}
}
