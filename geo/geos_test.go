package geo_test

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
)

func bowTie() orb.MultiPolygon {
	return orb.MultiPolygon{{{{104, 30}, {104.01, 30.01}, {104.01, 30}, {104, 30.01}, {104, 30}}}}
}

func wantArea(t *testing.T, what string, mp orb.MultiPolygon, err error, want, share float64) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if got := geo.AreaM2(mp); math.Abs(got-want) > share*want {
		t.Errorf("%s: %.1f m², want %.1f", what, got, want)
	}
	for _, poly := range mp {
		for i, r := range poly {
			if !r.Closed() || (r.Orientation() == orb.CCW) != (i == 0) {
				t.Errorf("%s: ring %d is open or turns the wrong way", what, i)
			}
		}
	}
}

func TestOverlaysOfTwoSquares(t *testing.T) {
	a, b := square(104, 30, 104.02, 30.02), square(104.01, 30, 104.03, 30.02)
	half := geo.AreaM2(square(104, 30, 104.01, 30.02))
	u, err := geo.Union(a, b)
	wantArea(t, "union", u, err, 3*half, 1e-9)
	i, err := geo.Intersection(a, b)
	wantArea(t, "intersection", i, err, half, 1e-9)
	d, err := geo.Difference(a, b)
	wantArea(t, "difference", d, err, half, 1e-9)
	hole, err := geo.Difference(a, square(104.005, 30.005, 104.015, 30.015))
	wantArea(t, "difference with a hole", hole, err, 2*half-geo.AreaM2(square(104.005, 30.005, 104.015, 30.015)), 1e-9)
	if len(hole) != 1 || len(hole[0]) != 2 {
		t.Errorf("got %d polygons, want one with a hole", len(hole))
	}
	edge, err := geo.Intersection(a, square(104.02, 30, 104.03, 30.02))
	if err != nil || len(edge) != 0 {
		t.Errorf("squares that share an edge: %v, %v", edge, err)
	}
	none, err := geo.Union()
	if err != nil || len(none) != 0 {
		t.Errorf("union of nothing: %v, %v", none, err)
	}
	same, err := geo.Union(a, nil)
	wantArea(t, "union with nothing", same, err, 2*half, 1e-9)
}

func TestBadShapesAreErrorsEvenAfterCollections(t *testing.T) {
	good := square(104, 30, 104.01, 30.01)
	for name, bad := range map[string]orb.MultiPolygon{
		"a ring that crosses itself": bowTie(),
		"an unclosed ring":           {{{{104, 30}, {104.01, 30}, {104.01, 30.01}, {104, 30.01}}}},
		"a coordinate not a number":  {{{{104, 30}, {math.NaN(), 30}, {104.01, 30.01}, {104, 30}}}},
		"an infinite coordinate":     {{{{104, 30}, {math.Inf(1), 30}, {104.01, 30.01}, {104, 30}}}},
		"an empty ring":              {{{}}},
		"an empty polygon":           {{}},
	} {
		t.Run(name, func(t *testing.T) {
			for range 3 {
				if err := geo.CheckValid(bad); err == nil {
					t.Error("CheckValid let it pass")
				}
				if _, err := geo.Union(good, bad); err == nil || !strings.Contains(err.Error(), "shape 2") {
					t.Errorf("Union: %v", err)
				}
				if _, err := geo.Intersection(bad, good); err == nil || !strings.Contains(err.Error(), "first shape") {
					t.Errorf("Intersection: %v", err)
				}
				if _, err := geo.Difference(good, bad); err == nil {
					t.Error("Difference let it pass")
				}
				if _, err := geo.Buffer(bad, 10); err == nil {
					t.Error("Buffer let it pass")
				}
				if _, err := geo.Simplify(bad, 10); err == nil {
					t.Error("Simplify let it pass")
				}
				runtime.GC()
			}
		})
	}
	if err := geo.CheckValid(bowTie()); err == nil || !strings.Contains(err.Error(), "Self-intersection") {
		t.Errorf("got %v", err)
	}
	if err := geo.CheckValid(good); err != nil {
		t.Error(err)
	}
	for _, metres := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := geo.Buffer(good, metres); err == nil {
			t.Errorf("Buffer by %g m let pass", metres)
		}
		if _, err := geo.Simplify(good, metres); err == nil {
			t.Errorf("Simplify by %g m let pass", metres)
		}
		if _, err := geo.BufferLines(orb.MultiLineString{{{104, 30}, {105, 30}}}, metres); err == nil {
			t.Errorf("BufferLines by %g m let pass", metres)
		}
	}
}

func TestMakeValidMendsABowTie(t *testing.T) {
	mended, err := geo.MakeValid(bowTie())
	wantArea(t, "bow tie", mended, err, geo.AreaM2(square(104, 30, 104.01, 30.01))/2, 1e-4)
	if err := geo.CheckValid(mended); err != nil {
		t.Error(err)
	}
	if _, err := geo.MakeValid(orb.MultiPolygon{{{{104, 30}, {104.01, 30}, {104.01, 30.01}}}}); err == nil {
		t.Error("an unclosed ring was let pass")
	}
}

func TestBuffersAreMetresOnTheGround(t *testing.T) {
	for _, lat := range []float64{0, 31, 53} {
		from := orb.Point{104, lat}
		to := orb.Point{104.01, lat + 0.005}
		long := geo.Distance(from, to)
		got, err := geo.BufferLines(orb.MultiLineString{{from, to}, {from}, {}}, 50)
		wantArea(t, "line", got, err, 2*50*long+math.Pi*50*50, 0.01)
		a := square(104, lat, 104.01, lat+0.01)
		wide := geo.Distance(orb.Point{104, lat}, orb.Point{104.01, lat})
		high := geo.Distance(orb.Point{104, lat}, orb.Point{104, lat + 0.01})
		grown, err := geo.Buffer(a, 100)
		wantArea(t, "square", grown, err, geo.AreaM2(a)+200*(wide+high)+math.Pi*1e4, 0.001)
		shrunk, err := geo.Buffer(a, -100)
		wantArea(t, "square, inward", shrunk, err, (wide-200)*(high-200), 0.001)
		gone, err := geo.Buffer(a, -5000)
		if err != nil || len(gone) != 0 {
			t.Errorf("buffer inward beyond the middle: %v, %v", gone, err)
		}
	}
	if got, err := geo.BufferLines(nil, 50); err != nil || len(got) != 0 {
		t.Errorf("no lines: %v, %v", got, err)
	}
}

func TestSimplifyKeepsTheShapeWithinItsTolerance(t *testing.T) {
	circle, err := geo.BufferLines(orb.MultiLineString{{{104, 30}, {104.0001, 30}}}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	coarse, err := geo.Simplify(circle, 100)
	wantArea(t, "circle", coarse, err, geo.AreaM2(circle), 0.2)
	if len(coarse[0][0]) >= len(circle[0][0]) {
		t.Errorf("%d vertices of %d are left", len(coarse[0][0]), len(circle[0][0]))
	}
}

func TestGEOSIsSafeForConcurrentUse(t *testing.T) {
	a, b := square(104, 30, 104.02, 30.02), square(104.01, 30, 104.03, 30.02)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if mp, err := geo.Union(a, b); err != nil || len(mp) != 1 {
					t.Errorf("%v, %v", mp, err)
				}
				if _, err := geo.Union(a, bowTie()); err == nil {
					t.Error("a bow tie was let pass")
				}
			}
		})
	}
	wg.Wait()
}

// On GEOS before 3.12 the first two silently answer false and the others
// panic; Debian 12 has 3.11.
func TestNobodyCallsWhatFailsOnOldGEOS(t *testing.T) {
	forbidden := regexp.MustCompile(`\.(ContainsXY|IntersectsXY|ConcaveHullByLength|DisjointSubsetUnion)\b`)
	if !forbidden.MatchString("prepared.ContainsXY(1, 2)") {
		t.Fatal("the pattern finds nothing")
	}
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != ".." && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if m := forbidden.Find(b); m != nil {
			t.Errorf("%s calls %s", path, m)
		}
		return nil
	})
	if err != nil || files < 10 {
		t.Fatalf("read %d files: %v", files, err)
	}
}

func BenchmarkBufferLines(b *testing.B) {
	areas := district(1, 60, 40, 200)
	var lines orb.MultiLineString
	seen := make(map[[2]orb.Point]bool)
	for _, a := range areas[1:] {
		ring := a.Boundary[0][0]
		for i := 1; i < len(ring); i++ {
			if !seen[[2]orb.Point{ring[i], ring[i-1]}] && !seen[[2]orb.Point{ring[i-1], ring[i]}] {
				seen[[2]orb.Point{ring[i-1], ring[i]}] = true
				lines = append(lines, orb.LineString{ring[i-1], ring[i]})
			}
		}
	}
	for b.Loop() {
		if _, err := geo.BufferLines(lines, 30); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(lines)), "lines")
}
