package osm_test

import (
	"context"
	"math"
	"os"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/osm"
)

func TestAndorraIsReadWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var last, total int64
	path := moduleExtract(t, "andorra-latest.osm.bz2")
	x := read(t, path, osm.Options{Progress: func(r, all int64) { last, total = r, all }})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if last != info.Size() || total != info.Size() {
		t.Errorf("progress ends at %d of %d, want %d", last, total, info.Size())
	}
	parishes := 0
	for _, b := range x.Boundaries {
		if b.AdminLevel == 7 {
			parishes++
		}
	}
	if parishes != 7 {
		t.Errorf("%d parishes, want 7", parishes)
	}
	main := x.Graph.Components()[0]
	if main.Metres < 1e6 || float64(main.Nodes) < 0.9*float64(x.Graph.Nodes()) {
		t.Errorf("the main component has %.0f km and %d of %d nodes", main.Metres/1000, main.Nodes, x.Graph.Nodes())
	}
	if !x.Bounds.Contains(orb.Point{1.52, 42.507}) || x.Bounds.Max[0]-x.Bounds.Min[0] > 0.6 {
		t.Errorf("extent %v", x.Bounds)
	}
	t.Run("a search over it equals Bellman and Ford's", func(t *testing.T) { equalsBellmanFord(t, x.Graph) })
	t.Run("its graph survives a file", func(t *testing.T) {
		n, err := routing.Load(bytesOf(t, x.Graph))
		if err != nil {
			t.Fatal(err)
		}
		equalsBellmanFord(t, n.Graph())
	})
}

// equalsBellmanFord relaxes all edges until nothing changes and compares.
func equalsBellmanFord(t *testing.T, g *routing.Graph) {
	t.Helper()
	from, err := engineOf(t, g, routing.Foot()).Snap(orb.Point{1.52, 42.507}, 500)
	if err != nil {
		t.Fatal(err)
	}
	from.Metres = 0
	p := routing.Profile{Name: "no more than steps", MetresPerSecond: 1.3, StepsFactor: 1.5}
	reach, err := engineOf(t, g, p).Reach(context.Background(), from, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	times := make([]float64, g.Nodes())
	for i := range times {
		times[i] = math.Inf(1)
	}
	var edges []routing.Edge
	g.EachEdge(func(e routing.Edge) bool { edges = append(edges, e); return true })
	millis := func(e routing.Edge) float64 {
		m := math.Round(e.Metres*1000) / p.MetresPerSecond
		if e.Steps {
			m *= p.StepsFactor
		}
		return math.Round(m)
	}
	first := edges[from.Edge]
	if first.Walk&routing.Forward != 0 {
		times[first.Head] = millis(first) - math.Round(from.Fraction*millis(first))
	}
	if first.Walk&routing.Backward != 0 {
		times[first.Tail] = math.Round(from.Fraction * millis(first))
	}
	for changed := true; changed; {
		changed = false
		for _, e := range edges {
			if m := times[e.Tail] + millis(e); e.Walk&routing.Forward != 0 && m < times[e.Head] {
				times[e.Head], changed = m, true
			}
			if m := times[e.Head] + millis(e); e.Walk&routing.Backward != 0 && m < times[e.Tail] {
				times[e.Tail], changed = m, true
			}
		}
	}
	reached := 0
	for _, m := range times {
		if !math.IsInf(m, 1) {
			reached++
		}
	}
	if reached != len(reach.Nodes) || reached < 4000 {
		t.Fatalf("%d nodes are reached, want %d", len(reach.Nodes), reached)
	}
	for i, n := range reach.Nodes {
		if want := int32(math.Ceil(times[n] / 1000)); reach.NodeSeconds[i] != want {
			t.Fatalf("node %d: %d s, want %d", n, reach.NodeSeconds[i], want)
		}
	}
}
