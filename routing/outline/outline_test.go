package outline_test

import (
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sanse/geo"
	"sanse/routing/outline"
)

func line(ax, ay, bx, by float64) outline.Line {
	return outline.Line{A: orb.Point{ax, ay}, B: orb.Point{bx, by}}
}

func segment(band int, ax, ay, bx, by float64) outline.Segment {
	return outline.Segment{Line: line(ax, ay, bx, by), Band: band}
}

// box gives the edges of a rectangle.
func box(minX, minY, maxX, maxY float64) []outline.Line {
	return []outline.Line{line(minX, minY, maxX, minY), line(maxX, minY, maxX, maxY), line(maxX, maxY, minX, maxY), line(minX, maxY, minX, minY)}
}

func draw(t testing.TB, s []outline.Segment, g outline.Ground, o outline.Options) []orb.MultiPolygon {
	t.Helper()
	var d outline.Drawer
	out, err := d.Draw(s, g, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAStraightStreetGetsABandOfTheBuffersWidthWithRoundEnds(t *testing.T) {
	for _, tt := range []struct {
		name string
		s    outline.Segment
	}{
		{"along the grid", segment(0, 0, 3, 1000, 3)},
		{"against the grid", segment(0, 1000, 3, 0, 3)},
		{"upward", segment(0, 7, -500, 7, 500)},
		{"aslant", segment(0, -300, -400, 300, 400)},
		{"falling", segment(0, -400, 300, 400, -300)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mp := draw(t, []outline.Segment{tt.s}, outline.Ground{}, outline.Options{Buffer: 25})[0]
			if len(mp) != 1 || len(mp[0]) != 1 {
				t.Fatalf("%d polygons", len(mp))
			}
			want := 1000*50 + math.Pi*25*25
			if got := planar.Area(mp); math.Abs(got/want-1) > 0.01 {
				t.Errorf("area %.0f m², want %.0f", got, want)
			}
			if mp[0][0].Orientation() != orb.CCW {
				t.Error("the outer ring runs clockwise")
			}
		})
	}
}

func TestABlockLeavesAHoleUnlessItIsSmall(t *testing.T) {
	var s []outline.Segment
	for _, l := range box(0, 0, 200, 150) {
		s = append(s, outline.Segment{Line: l})
	}
	for _, l := range box(200, 0, 270, 150) {
		s = append(s, outline.Segment{Line: l})
	}
	mp := draw(t, s, outline.Ground{}, outline.Options{Buffer: 25, MinHole: 3000})[0]
	if len(mp) != 1 || len(mp[0]) != 2 {
		t.Fatalf("%v", mp)
	}
	if hole := math.Abs(planar.Area(mp[0][1])); math.Abs(hole-150*100) > 500 || mp[0][1].Orientation() != orb.CW {
		t.Errorf("hole of %.0f m², want 15,000, clockwise", hole)
	}
}

func TestAnIslandInAFilledHoleIsNotDrawnTwice(t *testing.T) {
	var s []outline.Segment
	for _, l := range box(0, 0, 200, 200) {
		s = append(s, outline.Segment{Line: l})
	}
	s = append(s, segment(0, 100, 100, 101, 100))
	mp := draw(t, s, outline.Ground{}, outline.Options{Buffer: 25})[0]
	if len(mp) != 2 || len(mp[0]) != 2 {
		t.Fatalf("want a ring and an island in its hole, got %v", mp)
	}
	mp = draw(t, s, outline.Ground{}, outline.Options{Buffer: 25, MinHole: 1e5})[0]
	if len(mp) != 1 || len(mp[0]) != 1 {
		t.Fatalf("want one plain polygon, got %v", mp)
	}
}

func TestWaterStaysOutUpToItsShoreAndABridgeKeepsAStrip(t *testing.T) {
	river := box(-1000, 40, 1000, 140)
	quay := segment(0, -500, 30, 500, 30)
	without := draw(t, []outline.Segment{quay}, outline.Ground{Water: [][]outline.Line{river}}, outline.Options{Buffer: 25})[0]
	if b := without.Bound(); math.Abs(b.Max[1]-40) > 2 {
		t.Errorf("the quay reaches to %.1f m, the shore is at 40", b.Max[1])
	}
	s := []outline.Segment{quay, segment(0, 3, 30, 3, 300)}
	mp := draw(t, s, outline.Ground{Water: [][]outline.Line{river}}, outline.Options{Buffer: 25})[0]
	for y := 30.0; y < 300; y++ {
		if !planar.MultiPolygonContains(mp, orb.Point{3, y}) {
			t.Fatalf("the bridge is left out at %v m", y)
		}
	}
	for _, p := range []orb.Point{{-30, 90}, {30, 90}, {100, 50}} {
		if planar.MultiPolygonContains(mp, p) {
			t.Errorf("water at %v is inside", p)
		}
	}
	if !planar.MultiPolygonContains(mp, orb.Point{20, 200}) {
		t.Error("the far bank is left out")
	}
}

func TestABufferDoesNotPassAWall(t *testing.T) {
	s := []outline.Segment{segment(0, -500, 0, 500, 0)}
	wall := []outline.Line{line(-200, 4, 0, 4), line(0, 4, 200, 4)}
	mp := draw(t, s, outline.Ground{Walls: wall}, outline.Options{Buffer: 25})[0]
	if planar.MultiPolygonContains(mp, orb.Point{0, 20}) {
		t.Error("behind the wall is inside")
	}
	for _, p := range []orb.Point{{0, -20}, {300, 20}, {-300, 20}} {
		if !planar.MultiPolygonContains(mp, p) {
			t.Errorf("%v is left out", p)
		}
	}
	for x := -500.0; x <= 500; x++ {
		if !planar.MultiPolygonContains(mp, orb.Point{x, 0}) {
			t.Fatalf("the street is left out at %v", x)
		}
	}
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	some := []outline.Segment{segment(0, 0, 0, 1, 1)}
	for _, tt := range []struct {
		name string
		s    []outline.Segment
		o    outline.Options
		want error
	}{
		{"no buffer", some, outline.Options{}, outline.ErrOptions},
		{"a buffer that is not a number", some, outline.Options{Buffer: math.NaN()}, outline.ErrOptions},
		{"an endless buffer", some, outline.Options{Buffer: math.Inf(1)}, outline.ErrOptions},
		{"a band that is none", []outline.Segment{segment(2, 0, 0, 1, 1)}, outline.Options{Buffer: 1, Bands: 2}, outline.ErrOptions},
		{"a band below none", []outline.Segment{segment(-1, 0, 0, 1, 1)}, outline.Options{Buffer: 1, Bands: 2}, outline.ErrOptions},
		{"a point that is not a number", []outline.Segment{segment(0, 0, math.NaN(), 1, 1)}, outline.Options{Buffer: 1}, outline.ErrPoint},
		{"a point without end", []outline.Segment{segment(0, 0, 0, math.Inf(-1), 1)}, outline.Options{Buffer: 1}, outline.ErrPoint},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var d outline.Drawer
			if _, err := d.Draw(tt.s, outline.Ground{}, tt.o); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestAWideReachIsDrawnCoarserAndStillHoldsItsStreets(t *testing.T) {
	var d outline.Drawer
	s := []outline.Segment{segment(0, 0, 0, 200_000, 150_000)}
	out, err := d.Draw(s, outline.Ground{}, outline.Options{Buffer: 25})
	if err != nil {
		t.Fatal(err)
	}
	if d.Buffer() <= 25 {
		t.Errorf("buffer %v", d.Buffer())
	}
	for k := range 1001 {
		f := float64(k) / 1000
		if p := (orb.Point{200_000 * f, 150_000 * f}); !planar.MultiPolygonContains(out[0], p) {
			t.Fatalf("%v is left out", p)
		}
	}
}

// scene draws a little town: streets that hang together in bands, sometimes a
// lake, a river and walls.
func scene(t *rapid.T) ([]outline.Segment, outline.Ground, int) {
	coordinate := func(label string) float64 {
		return rapid.Float64Range(-400, 400).Draw(t, label)
	}
	bands := rapid.IntRange(1, 3).Draw(t, "bands")
	var s []outline.Segment
	at := orb.Point{coordinate("x"), coordinate("y")}
	for range rapid.IntRange(1, 25).Draw(t, "segments") {
		if rapid.IntRange(0, 3).Draw(t, "jump") == 0 {
			at = orb.Point{coordinate("x"), coordinate("y")}
		}
		next := orb.Point{at[0] + rapid.Float64Range(-120, 120).Draw(t, "dx"), at[1] + rapid.Float64Range(-120, 120).Draw(t, "dy")}
		s = append(s, outline.Segment{Line: outline.Line{A: at, B: next}, Band: rapid.IntRange(0, bands-1).Draw(t, "band")})
		at = next
	}
	var g outline.Ground
	for range rapid.IntRange(0, 2).Draw(t, "waters") {
		x, y := coordinate("x"), coordinate("y")
		g.Water = append(g.Water, box(x, y, x+rapid.Float64Range(1, 300).Draw(t, "w"), y+rapid.Float64Range(1, 300).Draw(t, "h")))
	}
	for range rapid.IntRange(0, 5).Draw(t, "walls") {
		x, y := coordinate("x"), coordinate("y")
		g.Walls = append(g.Walls, line(x, y, x+rapid.Float64Range(-100, 100).Draw(t, "wx"), y+rapid.Float64Range(-100, 100).Draw(t, "wy")))
	}
	return s, g, bands
}

// degrees makes plane metres small enough to be read as degrees by package geo.
func degrees(mp orb.MultiPolygon) orb.MultiPolygon {
	out := orb.Clone(mp).(orb.MultiPolygon)
	for _, p := range out {
		for _, r := range p {
			for i := range r {
				r[i] = orb.Point{r[i][0] / 1e5, r[i][1] / 1e5}
			}
		}
	}
	return out
}

func TestOutlinesAreValidHoldTheirSegmentsAndNest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, g, bands := scene(t)
		var d outline.Drawer
		o := outline.Options{Buffer: 25, Bands: bands, MinHole: rapid.SampledFrom([]float64{0, 3750}).Draw(t, "hole")}
		out, err := d.Draw(s, g, o)
		if err != nil {
			t.Fatal(err)
		}
		for k, mp := range out {
			if len(mp) == 0 {
				continue
			}
			if err := geo.CheckValid(degrees(mp)); err != nil {
				t.Fatalf("band %d: %v\n%v", k, err, mp)
			}
			for _, s := range s {
				if s.Band > k {
					continue
				}
				for i := range 41 {
					f := float64(i) / 40
					p := orb.Point{s.A[0] + f*(s.B[0]-s.A[0]), s.A[1] + f*(s.B[1]-s.A[1])}
					if !planar.MultiPolygonContains(mp, p) {
						t.Fatalf("band %d leaves out %v of %v", k, p, s)
					}
				}
			}
			if k > 0 && len(out[k-1]) > 0 {
				rest, err := geo.Difference(degrees(out[k-1]), degrees(mp))
				if err != nil {
					t.Fatal(err)
				}
				if a := planar.Area(rest) * 1e10; a > 1e-3 {
					t.Fatalf("band %d leaves out %g m² of band %d: %v", k, a, k-1, rest)
				}
			}
		}
	})
}

func TestADrawerThatIsUsedAgainDrawsTheSame(t *testing.T) {
	var used outline.Drawer
	rapid.Check(t, func(t *rapid.T) {
		s, g, bands := scene(t)
		o := outline.Options{Buffer: 25, Bands: bands}
		var fresh outline.Drawer
		want, err := fresh.Draw(s, g, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := used.Draw(s, g, o)
		if err != nil {
			t.Fatal(err)
		}
		for k := range want {
			if !want[k].Equal(got[k]) {
				t.Fatalf("band %d differs", k)
			}
		}
	})
}
