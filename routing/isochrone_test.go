package routing_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"sanse/geo"
	"sanse/routing"
)

func snapOf(t testing.TB, e *routing.Engine, p orb.Point) routing.Snap {
	t.Helper()
	s, err := e.Snap(p, 2000)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkNested fails unless each polygon lies within the next.
func checkNested(t testing.TB, circles []routing.Isochrone) {
	t.Helper()
	for k := range circles {
		if len(circles[k].Polygon) == 0 {
			continue
		}
		if err := geo.CheckValid(circles[k].Polygon); err != nil {
			t.Fatalf("%d s: %v", circles[k].Seconds, err)
		}
		if k == 0 || len(circles[k-1].Polygon) == 0 {
			continue
		}
		rest, err := geo.Difference(circles[k-1].Polygon, circles[k].Polygon)
		if err != nil {
			t.Fatal(err)
		}
		if a := geo.AreaM2(rest); a > 1e-3 {
			t.Fatalf("%d s leave out %g m² of %d s", circles[k].Seconds, a, circles[k-1].Seconds)
		}
	}
}

func TestIsochronesOfMoreSecondsHoldThoseOfFewer(t *testing.T) {
	for seed := range uint64(8) {
		e := engineOf(t, streetGrid(t, 20, seed), routing.Elderly())
		circles, err := e.Isochrones(context.Background(), []routing.Snap{snapOf(t, e, at(5, 5))}, []int{0, 60, 300, 330, 600, 900}, routing.IsochroneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(circles[0].Polygon) != 0 || len(circles[1].Polygon) == 0 {
			t.Errorf("no seconds draw %d polygons, a minute %d", len(circles[0].Polygon), len(circles[1].Polygon))
		}
		checkNested(t, circles)
	}
}

func TestIsochronesAreTheReachesOfTheirSeconds(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		g := drawCrookedTown(t)
		e := engineOf(t, g, drawUphillProfile(t))
		from := drawPlaces(t, g, 1)
		seconds := rapid.SliceOfN(rapid.IntRange(0, 400), 1, 4).Draw(t, "seconds")
		circles, err := e.Isochrones(ctx, from, seconds, routing.IsochroneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range circles {
			reach, err := e.Reach(ctx, from[0], seconds[i])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(reach, c.Reach, cmpopts.IgnoreUnexported(routing.Reach{}), cmpopts.EquateEmpty()); diff != "" || c.Seconds != seconds[i] {
				t.Fatalf("%d s: %s", seconds[i], diff)
			}
			for _, line := range reach.Lines() {
				for _, p := range line {
					if planar.Length(line) > 0 && !planar.MultiPolygonContains(c.Polygon, p) {
						t.Fatalf("%d s: %v is reached and not inside", seconds[i], p)
					}
				}
			}
		}
	})
}

func TestSeveralLocationsReachWhatOneOfThemReaches(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		g := drawCrookedTown(t)
		e := engineOf(t, g, drawUphillProfile(t))
		from := drawPlaces(t, g, 4)
		seconds := rapid.IntRange(1, 400).Draw(t, "seconds")
		merged, err := e.Isochrones(ctx, from, []int{seconds}, routing.IsochroneOptions{NoPolygon: true})
		if err != nil {
			t.Fatal(err)
		}
		var single []routing.ReachedEdge
		for _, s := range from {
			r, err := e.Reach(ctx, s, seconds)
			if err != nil {
				t.Fatal(err)
			}
			single = append(single, r.Edges...)
		}
		holds := func(all []routing.ReachedEdge, edge int32, f float64) bool {
			return slices.ContainsFunc(all, func(e routing.ReachedEdge) bool {
				return e.Edge == edge && e.From <= f && f <= e.To
			})
		}
		for edge := range int32(g.Edges()) {
			for f := 0.013; f < 1; f += 0.0371 {
				if got, want := holds(merged[0].Reach.Edges, edge, f), holds(single, edge, f); got != want {
					t.Fatalf("edge %d at %v: together %v, one by one %v", edge, f, got, want)
				}
			}
		}
		for i := 1; i < len(merged[0].Reach.Edges); i++ {
			if a, b := merged[0].Reach.Edges[i-1], merged[0].Reach.Edges[i]; a.Edge > b.Edge || a.Edge == b.Edge && a.To > b.From {
				t.Fatalf("pieces overlap or are out of order: %+v, %+v", a, b)
			}
		}
	})
}

func TestIsochronesRefuseAnImpossibleBufferOrResolution(t *testing.T) {
	e := engineOf(t, streetGrid(t, 6, 1), routing.Foot())
	from := []routing.Snap{snapOf(t, e, at(2, 2))}
	for _, buffer := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := e.Isochrones(context.Background(), from, []int{60}, routing.IsochroneOptions{Buffer: buffer}); !errors.Is(err, routing.ErrBuffer) {
			t.Errorf("a buffer of %v gives %v", buffer, err)
		}
	}
	if _, err := e.Isochrones(context.Background(), from, []int{60}, routing.IsochroneOptions{Cells: true, Resolution: 16}); err == nil {
		t.Error("cells of resolution 16 give no error")
	}
	c, err := e.Isochrones(context.Background(), []routing.Snap{{}}, []int{60}, routing.IsochroneOptions{})
	if err != nil || len(c) != 1 || len(c[0].Polygon) != 0 || len(c[0].Reach.Edges) != 0 {
		t.Errorf("a location without a street gives %+v, %v", c, err)
	}
}

func TestAnIsochroneSaysHowCoarselyItWasDrawn(t *testing.T) {
	corner := 400.0 // steps, some 40 km
	g := town{
		points: [][2]float64{{0, 0}, {3, 3}, {corner, 3}, {corner, corner}}, edges: [][2]int32{{0, 1}, {1, 2}, {2, 3}},
		attr: func(i int) routing.EdgeAttr {
			return routing.EdgeAttr{Class: "motorway", Name: string(rune('a' + i)), Drive: routing.Both}
		},
	}.build(t)
	e := engineOf(t, g, routing.Car())
	from := []routing.Snap{snapOf(t, e, at(0, 0))}
	for _, c := range []struct {
		name    string
		seconds int
		coarser bool
		undrawn bool
	}{
		{"a small circle has the buffer asked for", 60, false, false},
		{"one of a whole region has a wider one", 7200, true, false},
		{"what is not drawn has none", 60, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := e.Isochrones(context.Background(), from, []int{c.seconds, 0}, routing.IsochroneOptions{NoPolygon: c.undrawn})
			if err != nil {
				t.Fatal(err)
			}
			if nothing := found[1]; nothing.Buffer != 0 {
				t.Errorf("0 seconds are drawn with %v m", nothing.Buffer)
			}
			got := found[0].Buffer
			if (got > 25) != c.coarser || (got == 0) != c.undrawn || got > 0 && got < 25 {
				t.Fatalf("drawn with %v m", got)
			}
			if c.undrawn {
				return
			}
			// The polygon's western border lies so far west of the street's end.
			west := found[0].Polygon.Bound().Min
			if metres := -west[0] / step * 100; math.Abs(metres-got) > got/3 {
				t.Errorf("%v m said, %v m drawn", got, metres)
			}
		})
	}
}

// river is two streets 60 m apart with water between, and a bridge at one end.
func river(t testing.TB) *routing.Graph {
	t.Helper()
	b := routing.NewBuilder()
	metre := step / 100
	p := func(x, y float64) orb.Point { return orb.Point{x * metre, y * metre} }
	street := func(a, c int32, line orb.LineString) {
		if _, err := b.AddEdge(a, c, line, routing.EdgeAttr{Walk: routing.Both}); err != nil {
			t.Fatal(err)
		}
	}
	west, east, farWest, farEast := b.AddNode(p(0, 0)), b.AddNode(p(600, 0)), b.AddNode(p(0, 60)), b.AddNode(p(600, 60))
	street(west, east, nil)
	street(farWest, farEast, nil)
	street(east, farEast, nil)
	if err := b.AddWater(orb.Polygon{{p(-200, 10), p(800, 10), p(800, 50), p(-200, 50), p(-200, 10)}}); err != nil {
		t.Fatal(err)
	}
	if err := b.AddObstacle(routing.ObstacleWall, orb.LineString{p(0, -5), p(300, -5)}); err != nil {
		t.Fatal(err)
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestAnIsochroneLeavesOutWaterAndWhatLiesBehindAWall(t *testing.T) {
	g, metre := river(t), step/100
	e := engineOf(t, g, routing.Elderly())
	from := []routing.Snap{snapOf(t, e, orb.Point{0, 0})}
	for _, tt := range []struct {
		name    string
		seconds int
		inside  []orb.Point
		outside []orb.Point
	}{
		{
			"before the bridge", 500,
			[]orb.Point{{100, 0}, {490, 0}, {400, -20}},
			[]orb.Point{{100, 30}, {100, 60}, {100, -20}, {600, 30}},
		},
		{
			"over the bridge and back along the far bank", 900,
			[]orb.Point{{100, 0}, {600, 30}, {500, 60}, {500, 80}},
			[]orb.Point{{100, 30}, {500, 30}, {100, -20}, {100, 60}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := e.Isochrones(context.Background(), from, []int{tt.seconds}, routing.IsochroneOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range tt.inside {
				if !planar.MultiPolygonContains(c[0].Polygon, orb.Point{p[0] * metre, p[1] * metre}) {
					t.Errorf("%v is left out", p)
				}
			}
			for _, p := range tt.outside {
				if planar.MultiPolygonContains(c[0].Polygon, orb.Point{p[0] * metre, p[1] * metre}) {
					t.Errorf("%v is inside", p)
				}
			}
		})
	}
}

func TestFitFindsWhatIsWrong(t *testing.T) {
	e := engineOf(t, streetGrid(t, 12, 4), routing.Elderly())
	c, err := e.Isochrones(context.Background(), []routing.Snap{snapOf(t, e, at(5, 5))}, []int{300}, routing.IsochroneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	good, err := c[0].Reach.Fit(c[0].Polygon, 25)
	if err != nil {
		t.Fatal(err)
	}
	if good.OutsideMetres != 0 || math.Abs(good.StreetMetres-c[0].Reach.Metres()) > 1e-6 {
		t.Errorf("%+v", good)
	}
	half := c[0].Polygon.Bound()
	half.Max[0] = half.Center()[0]
	part, err := geo.Intersection(c[0].Polygon, orb.MultiPolygon{half.ToPolygon()})
	if err != nil {
		t.Fatal(err)
	}
	bad, err := c[0].Reach.Fit(part, 25)
	if err != nil {
		t.Fatal(err)
	}
	if bad.OutsideMetres < good.StreetMetres/4 || bad.UnderM2 < good.BufferM2/4 || bad.OverM2 > good.OverM2 {
		t.Errorf("half a circle fits as well as %+v: %+v", good, bad)
	}
	wide, err := c[0].Reach.Fit(orb.MultiPolygon{c[0].Polygon.Bound().ToPolygon()}, 25)
	if err != nil {
		t.Fatal(err)
	}
	if wide.OtherMetres <= good.OtherMetres || wide.OverM2 <= good.OverM2 {
		t.Errorf("the box around it fits as well as %+v: %+v", good, wide)
	}
}

// checkFit draws circles of 5, 10 and 15 minutes around some points of a real
// network; the figures are in docs/benchmarks.md.
func checkFit(t *testing.T, g *routing.Graph, points []orb.Point) {
	t.Helper()
	e := engineOf(t, g, routing.Foot())
	var sum routing.Fit
	for _, p := range points {
		circles, err := e.Isochrones(context.Background(), []routing.Snap{snapOf(t, e, p)}, []int{300, 600, 900}, routing.IsochroneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		checkNested(t, circles)
		f, err := circles[2].Reach.Fit(circles[2].Polygon, 25)
		if err != nil {
			t.Fatal(err)
		}
		if f.OutsideMetres > 0 {
			t.Errorf("from %v: %.2f m of %.0f m of reached streets are outside", p, f.OutsideMetres, f.StreetMetres)
		}
		sum.StreetMetres += f.StreetMetres
		sum.OtherMetres += f.OtherMetres
		sum.AreaM2 += f.AreaM2
		sum.BufferM2 += f.BufferM2
		sum.OverM2 += f.OverM2
		sum.UnderM2 += f.UnderM2
	}
	t.Logf("%.0f km of streets reached; inside are %.1f %% besides; area %.2f %% over and %.2f %% under the exact buffer's", sum.StreetMetres/1000,
		100*sum.OtherMetres/sum.StreetMetres, 100*sum.OverM2/sum.BufferM2, 100*sum.UnderM2/sum.BufferM2)
	if sum.OtherMetres > 0.2*sum.StreetMetres || sum.OverM2 > 0.08*sum.BufferM2 || sum.UnderM2 > 0.08*sum.BufferM2 {
		t.Errorf("they do not fit: %+v", sum)
	}
}

func TestCirclesOfPortoFitTheirStreets(t *testing.T) {
	g, points := porto(t)
	checkFit(t, g, []orb.Point{points[7], points[308], points[640]})
}

func TestCirclesAndSumsOfARealExtract(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole country is read")
	}
	g := andorra(t)
	checkFit(t, g, []orb.Point{{1.5218, 42.5075}, {1.5340, 42.5103}})
	e := engineOf(t, g, routing.Wheelchair()) // ways that it cannot go part the network
	all := vertexSnaps(e)
	var at, probes []routing.Snap
	var numbers []int
	for v := 0; v < len(all); v += 7 {
		at = append(at, all[v])
	}
	for v := 5; v < len(all); v += len(all) / 120 {
		probes, numbers = append(probes, all[v]), append(numbers, v)
	}
	values := make([]float64, len(at))
	for i := range values {
		values[i] = float64(i%1000 + 1)
	}
	sums, err := e.Sums(context.Background(), at, values, 600, 2)
	if err != nil {
		t.Fatal(err)
	}
	walk, _, err := e.NearestForAll(context.Background(), at[:20], 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	table, back := millisTable(t, e, probes, at), millisTable(t, e, at[:20], probes)
	found := 0
	for i, v := range numbers {
		want := 0.0
		for k, m := range table[i] {
			if m <= 600_000 {
				want += values[k]
				found++
			}
		}
		if sums[v] != want {
			t.Errorf("vertex %d: %v, want %v", v, sums[v], want)
		}
		nearest := int32(-1)
		for k := range back {
			if m := back[k][i]; m != routing.Unreached && (nearest < 0 || int32((m+999)/1000) < nearest) {
				nearest = int32((m + 999) / 1000)
			}
		}
		if walk[v] != nearest {
			t.Errorf("vertex %d: %d s from the nearest, want %d", v, walk[v], nearest)
		}
	}
	if found < 1000 {
		t.Errorf("only %d values are within reach of anything", found)
	}
}
