package routing_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/routing"
)

func TestWhatIsCountedAddsUpAlongAChain(t *testing.T) {
	line := [][2]float64{{0, 0}, {1, 0}, {2, 0}, {3, 0}}
	g := town{points: line, edges: [][2]int32{{1, 0}, {1, 2}, {3, 2}}, attr: func(i int) routing.EdgeAttr {
		a := routing.EdgeAttr{Class: "residential", Walk: routing.Both, Signals: uint8(i), Crossings: 1, Gates: 200, Lifts: 1, Way: int64(7 + i)}
		a.Ride = []routing.Ways{routing.Backward, routing.Forward, routing.Backward}[i]
		a.Incline = []int8{-4, 4, -4}[i]
		return a
	}}.build(t)
	if g.Edges() != 1 {
		t.Fatalf("%d edges", g.Edges())
	}
	e := g.Edge(0)
	want := routing.EdgeAttr{Class: "residential", Walk: routing.Both, Signals: 3, Crossings: 3, Gates: 255, Lifts: 3, Way: 7, Ride: routing.Forward, Incline: 4}
	if e.Line[0] != at(0, 0) {
		want.Ride, want.Incline = routing.Backward, -4
	}
	if d := cmp.Diff(want.Ride, e.Ride); d != "" || e.Incline != want.Incline || e.Signals != 3 || e.Crossings != 3 || e.Gates != 255 || e.Lifts != 3 {
		t.Errorf("%+v, want %+v", e.EdgeAttr, want)
	}
	if len(e.Line) != 4 || math.Abs(e.Metres-3*100.188) > 0.01 {
		t.Errorf("%d points, %.3f m", len(e.Line), e.Metres)
	}
}

func TestANodeThatATurnRuleNeedsStays(t *testing.T) {
	b := routing.NewBuilder()
	for i := range 5 {
		b.AddNode(at(float64(i), 0))
	}
	for i := range int32(4) {
		if _, err := b.AddEdge(i, i+1, nil, both(0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.AddTurn(routing.TurnRule{From: 1, Via: 2, To: 2, Drive: true}); err != nil {
		t.Fatal(err)
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	if g.Nodes() != 3 || g.Edges() != 2 || g.Turns() != 1 {
		t.Errorf("%d nodes, %d edges, %d rules", g.Nodes(), g.Edges(), g.Turns())
	}
}

func TestTurnRulesThatMakeNoSenseAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		rule routing.TurnRule
	}{
		{"an edge that is not there", routing.TurnRule{From: 9, Via: 1, To: 1, Drive: true}},
		{"a last edge that is not there", routing.TurnRule{From: 0, Via: 1, To: -1, Drive: true}},
		{"a node that the first edge does not have", routing.TurnRule{From: 0, Via: 2, To: 1, Drive: true}},
		{"a node that the last edge does not have", routing.TurnRule{From: 0, Via: 0, To: 1, Drive: true}},
		{"a way between that begins elsewhere", routing.TurnRule{From: 0, Via: 1, ViaEdges: []int32{2}, To: 1, Drive: true}},
		{"a rule for nobody", routing.TurnRule{From: 0, Via: 1, To: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := routing.NewBuilder()
			for i := range 4 {
				b.AddNode(at(float64(i), 0))
			}
			for i := range int32(3) {
				if _, err := b.AddEdge(i, i+1, nil, both(0)); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.AddTurn(c.rule); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestSurroundingsThatMakeNoSenseAreRefused(t *testing.T) {
	ring := orb.Ring{at(0, 0), at(1, 0), at(1, 1), at(0, 0)}
	nowhere := orb.Point{math.NaN(), 0}
	b := routing.NewBuilder()
	for name, err := range map[string]error{
		"an obstacle of no kind":             b.AddObstacle(9, orb.LineString{at(0, 0), at(1, 0)}),
		"an obstacle of one point":           b.AddObstacle(routing.ObstacleWall, orb.LineString{at(0, 0)}),
		"an obstacle off the earth":          b.AddObstacle(routing.ObstacleWall, orb.LineString{at(0, 0), nowhere}),
		"a building without outline":         b.AddFootprint(nil, nil),
		"a building that is open":            b.AddFootprint(orb.Polygon{ring[:3]}, nil),
		"a building with a door off the map": b.AddFootprint(orb.Polygon{ring}, []orb.Point{nowhere}),
		"water that is open":                 b.AddWater(orb.Polygon{ring, ring[1:]}),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := errors.Join(b.AddObstacle(routing.ObstacleWater, orb.LineString{at(0, 0), at(1, 0)}), b.AddFootprint(orb.Polygon{ring}, nil), b.AddWater(orb.Polygon{ring})); err != nil {
		t.Error(err)
	}
}

func TestAGraphTellsWhatNobodyWalksAcross(t *testing.T) {
	b := routing.NewBuilder()
	wall, bank, house := orb.LineString{at(0, 0), at(1, 0)}, orb.Ring{at(2, 0), at(3, 0), at(3, 1), at(2, 0)}, orb.Ring{at(5, 0), at(6, 0), at(6, 1), at(5, 0)}
	n, m := b.AddNode(at(0, 5)), b.AddNode(at(1, 5))
	_, edge := b.AddEdge(n, m, nil, routing.EdgeAttr{Class: "residential", Walk: routing.Both})
	err := errors.Join(edge, b.AddFootprint(orb.Polygon{house}, nil), b.AddWater(orb.Polygon{bank}),
		b.AddObstacle(routing.ObstacleRailway, orb.LineString{at(0, 2), at(3, 2)}), b.AddObstacle(routing.ObstacleWall, wall))
	if err != nil {
		t.Fatal(err)
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	g.EachObstacle(func(k routing.ObstacleKind, line orb.LineString) bool {
		got = append(got, fmt.Sprint(k, len(line)))
		return len(got) < 3
	})
	if d := cmp.Diff([]string{"railway 2", "wall 2", "water 4"}, got); d != "" {
		t.Error(d)
	}
	g.EachObstacle(func(k routing.ObstacleKind, _ orb.LineString) bool {
		got = append(got, k.String())
		return false
	})
	if len(got) != 4 {
		t.Errorf("%d told, although one was enough", len(got)-3)
	}
}

// A graph's own builder gives the graph again, whatever is in it.
func TestBuildingAGraphAgainChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawRuled(t)
		again, err := w.graph.Builder().Build()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(edgesOf(w.graph), edgesOf(again)); d != "" || again.Turns() != w.graph.Turns() || again.Vertices() != w.graph.Vertices() {
			t.Fatal(d)
		}
	})
}

func TestVerticesAreEveryPointOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawCrookedTown(t)
		points := map[orb.Point]int{}
		for i := range g.Vertices() {
			points[g.Vertex(i)]++
			if i < g.Nodes() && g.Vertex(i) != g.Node(int32(i)) {
				t.Fatalf("vertex %d is not the node", i)
			}
		}
		inner := 0
		g.EachEdge(func(e routing.Edge) bool {
			inner += len(e.Line) - 2
			for _, p := range e.Line {
				if points[p] == 0 {
					t.Fatalf("%v of edge %d is no vertex", p, e.ID)
				}
			}
			if d := cmp.Diff(e.Line, g.AppendLine(nil, e.ID)); d != "" {
				t.Fatal(d)
			}
			return true
		})
		if g.Vertices() != g.Nodes()+inner {
			t.Fatalf("%d vertices for %d nodes and %d inner points", g.Vertices(), g.Nodes(), inner)
		}
	})
}

func TestPreparingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := engineOf(t, streetGrid(t, 20, 1), routing.Foot()).Prepare(ctx, routing.PrepareOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
