package routing_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"sanse/routing"
)

func drawTown(t *rapid.T) *routing.Graph {
	nodes := rapid.IntRange(1, 8).Draw(t, "nodes")
	b := routing.NewBuilder()
	for range nodes {
		// Few positions, so that some nodes lie on one another.
		b.AddNode(at(float64(rapid.IntRange(0, 3).Draw(t, "x")), float64(rapid.IntRange(0, 2).Draw(t, "y"))))
	}
	for range rapid.IntRange(1, 14).Draw(t, "edges") {
		from := rapid.Int32Range(0, int32(nodes)-1).Draw(t, "from")
		to := rapid.Int32Range(0, int32(nodes)-1).Draw(t, "to")
		way := rapid.IntRange(0, 4).Draw(t, "way") // mostly both ways
		kind := rapid.IntRange(0, 4).Draw(t, "kind")
		attr := routing.EdgeAttr{Walk: oneWayIf(way != 1, way != 2), Steps: kind == 1}
		if kind == 2 {
			attr.Walk, attr.Ride = routing.Both, routing.Both
		}
		if _, err := b.AddEdge(from, to, nil, attr); err != nil {
			t.Fatal(err)
		}
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func drawPlaces(t *rapid.T, g *routing.Graph, atMost int) []routing.Snap {
	places := make([]routing.Snap, rapid.IntRange(1, atMost).Draw(t, "places"))
	for i := range places {
		if rapid.IntRange(0, 9).Draw(t, "lost") == 0 {
			continue
		}
		edge := rapid.Int32Range(0, int32(g.Edges())-1).Draw(t, "edge")
		fraction := rapid.SampledFrom([]float64{0, 1, 0.5, 0.25, 0.9, 1.0 / 3}).Draw(t, "fraction")
		s, err := g.At(edge, fraction)
		if err != nil {
			t.Fatal(err)
		}
		s.Metres = rapid.SampledFrom([]float64{0, 0, 7.25, 40, 0, 3, 4.3e6}).Draw(t, "off")
		s.Asked = orb.Point{float64(rapid.IntRange(0, 50).Draw(t, "asked")), 1}
		places[i] = s
	}
	return places
}

func drawProfile(t *rapid.T) routing.Profile {
	noSteps := routing.Foot()
	noSteps.NoSteps = true
	bike := routing.EBike()
	bike.BusyClasses = nil
	return rapid.SampledFrom([]routing.Profile{routing.Foot(), routing.Elderly(), bike, noSteps}).Draw(t, "profile")
}

func TestTablesAndRoutesEqualFloydWarshall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, p := drawTown(t), drawProfile(t)
		places := drawPlaces(t, g, 6)
		o := newOracle(g, p)
		d := o.times(places)
		want := make([][]int32, len(places))
		for i := range want {
			want[i] = make([]int32, len(places))
			for j := range want[i] {
				want[i][j] = seconds(o.millis(d, places, i, j))
			}
		}
		for _, engine := range bothEngines(t, g, p) {
			checkTable(t, engine, places, want)
		}
	})
}

// bothEngines are the plain engine and the prepared one.
func bothEngines(t failer, g *routing.Graph, p routing.Profile) []*routing.Engine {
	t.Helper()
	plain := engineOf(t, g, p)
	prepared, err := plain.Prepare(context.Background(), routing.PrepareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return []*routing.Engine{plain, prepared}
}

// checkTable holds tables, rows, costs and routes between places to the truth.
func checkTable(t *rapid.T, engine *routing.Engine, places []routing.Snap, want [][]int32) {
	ctx := context.Background()
	square, err := engine.Table(ctx, places, places)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, square); diff != "" {
		t.Fatalf("table: %s", diff)
	}
	for i := range places {
		row, err := engine.Table(ctx, places[i:i+1], places)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[i], row[0]); diff != "" {
			t.Fatalf("row %d: %s", i, diff)
		}
		for j := range places {
			path, err := engine.Route(ctx, places[i], places[j])
			switch {
			case want[i][j] < 0:
				if !errors.Is(err, routing.ErrNoWay) {
					t.Fatalf("route where there is no way: %v", err)
				}
			case err != nil:
				t.Fatal(err)
			case path.Seconds != int(want[i][j]):
				t.Fatalf("route takes %d s, want %d", path.Seconds, want[i][j])
			case path.Line[0] != places[i].Asked || path.Line[len(path.Line)-1] != places[j].Asked:
				t.Fatalf("route runs from %v to %v", path.Line[0], path.Line[len(path.Line)-1])
			}
		}
	}
}

func TestARouteIsAsLongAsItsTime(t *testing.T) {
	p := routing.Profile{Name: "one metre a second", MetresPerSecond: 1}
	rapid.Check(t, func(t *rapid.T) {
		g := drawTown(t)
		engine := engineOf(t, g, p)
		draw := func(name string) routing.Snap {
			s, err := g.At(rapid.Int32Range(0, int32(g.Edges())-1).Draw(t, name), rapid.Float64Range(0, 1).Draw(t, name))
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		from, to := draw("from"), draw("to")
		path, err := engine.Route(context.Background(), from, to)
		if errors.Is(err, routing.ErrNoWay) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if off := float64(path.Seconds) - path.Metres; off < -0.1 || off > 1.1 {
			t.Fatalf("%d s for %.2f m over edges %v: %v", path.Seconds, path.Metres, path.Steps, path.Line)
		}
	})
}

func TestNearestEqualsTheLeastOfATable(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		g, p := drawTown(t), drawProfile(t)
		facilities, targets := drawPlaces(t, g, 4), drawPlaces(t, g, 5)
		bound := rapid.SampledFrom([]int{0, 60, 150, 400}).Draw(t, "seconds")
		engine := engineOf(t, g, p)
		walk, which, err := engine.Nearest(ctx, facilities, targets, bound)
		if err != nil {
			t.Fatal(err)
		}
		table, err := engine.Table(ctx, facilities, targets)
		if err != nil {
			t.Fatal(err)
		}
		for j := range targets {
			best := int32(-1)
			for i := range facilities {
				if s := table[i][j]; s >= 0 && (best < 0 || s < best) && (bound == 0 || int(s) <= bound) {
					best = s
				}
			}
			if walk[j] != best {
				t.Fatalf("target %d: %d s, want %d", j, walk[j], best)
			}
			if (which[j] < 0) != (best < 0) || which[j] >= 0 && table[which[j]][j] != best {
				t.Fatalf("target %d: facility %d is not the one %d s away", j, which[j], best)
			}
		}
	})
}

func TestReachHoldsExactlyWhatIsNearEnough(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		g, p := drawTown(t), drawProfile(t)
		from := drawPlaces(t, g, 1)[0]
		budget := rapid.IntRange(1, 500).Draw(t, "seconds")
		reach, err := engineOf(t, g, p).Reach(ctx, from, budget)
		if err != nil {
			t.Fatal(err)
		}
		o := newOracle(g, p)
		places := []routing.Snap{from}
		var probes []routing.Snap
		for e := range g.Edges() {
			for _, f := range []float64{0.02, 0.31, 0.5, 0.77, 0.98} {
				s, err := g.At(int32(e), f)
				if err != nil {
					t.Fatal(err)
				}
				s.Asked = orb.Point{60, 60}
				probes = append(probes, s)
			}
		}
		d := o.times(append(places, probes...))
		places = append(places, probes...)
		for k, s := range probes {
			millis := o.millis(d, places, 0, k+1)
			in := false
			for _, e := range reach.Edges {
				in = in || e.Edge == s.Edge && e.From <= s.Fraction && s.Fraction <= e.To
			}
			left := int64(budget)*1000 - millis
			if millis >= 0 && left > -2 && left < 2 {
				continue // on the border, where a rounded millisecond decides
			}
			if want := millis >= 0 && left > 0; in != want {
				t.Fatalf("edge %d at %v is %d ms away: reached %v within %d s; %v", s.Edge, s.Fraction, millis, in, budget, reach.Edges)
			}
		}
		for i, n := range reach.Nodes {
			want := seconds(d[o.nodes][n] + o.walk(from))
			if reach.NodeSeconds[i] != want {
				t.Fatalf("node %d: %d s, want %d", n, reach.NodeSeconds[i], want)
			}
		}
	})
}

func TestASearchEndsWithItsContext(t *testing.T) {
	g := town{points: [][2]float64{{0, 0}, {1, 0}}, edges: [][2]int32{{0, 1}}}.build(t)
	s, err := g.At(0, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := engineOf(t, g, routing.Foot()).Table(ctx, []routing.Snap{s}, []routing.Snap{s}); !errors.Is(err, context.Canceled) {
		t.Errorf("a table without time gives %v", err)
	}
}

func TestOneEngineServesManyGoroutines(t *testing.T) {
	g := streetGrid(t, 16, 5)
	engine, ctx := engineOf(t, g, routing.Elderly()), context.Background()
	var places []routing.Snap
	for e := int32(0); int(e) < g.Edges(); e += 9 {
		s, err := g.At(e, 0.4)
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, s)
	}
	want, err := engine.Table(ctx, places, places)
	if err != nil {
		t.Fatal(err)
	}
	var group errgroup.Group
	for i := range places {
		group.Go(func() error {
			row, err := engine.Table(ctx, places[i:i+1], places)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(want[i], row[0]); diff != "" {
				return fmt.Errorf("row %d: %s", i, diff)
			}
			if _, err := engine.Reach(ctx, places[i], 600); err != nil {
				return err
			}
			_, _, err = engine.Nearest(ctx, places[:i+1], places, 300)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

func TestALocationOfAnotherGraphIsAnError(t *testing.T) {
	g := town{points: [][2]float64{{0, 0}, {1, 0}}, edges: [][2]int32{{0, 1}}}.build(t)
	foreign := []routing.Snap{{Edge: 7, OK: true}}
	engine, ctx := engineOf(t, g, routing.Foot()), context.Background()
	if _, err := engine.Table(ctx, foreign, foreign); err == nil {
		t.Error("a table of it gives no error")
	}
	if _, err := engine.Reach(ctx, foreign[0], 60); err == nil {
		t.Error("a reach of it gives no error")
	}
}
