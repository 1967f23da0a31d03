package routing_test

import (
	"context"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/routing"
)

// checkField holds a field and doors against the table.
func checkField(t fataler, e *routing.Engine, facilities, at []routing.Snap, bound int) {
	g, ctx := e.Graph(), context.Background()
	field, err := e.Field(ctx, facilities, bound)
	if err != nil {
		t.Fatal(err)
	}
	least := func(to []routing.Snap) (walk, which []int32) {
		table := millisTable(t, e, facilities, to)
		for j := range to {
			best := -1
			for f := range facilities {
				if m := table[f][j]; m != routing.Unreached && (bound <= 0 || m <= uint32(bound)*1000) && (best < 0 || m < table[best][j]) {
					best = f
				}
			}
			which = append(which, int32(best))
			if best < 0 {
				walk = append(walk, -1)
			} else {
				walk = append(walk, int32((table[best][j]+999)/1000))
			}
		}
		return walk, which
	}
	doors, err := e.NewDoors(at)
	if err != nil {
		t.Fatal(err)
	}
	walk, which, err := field.Nearest(doors)
	if err != nil {
		t.Fatal(err)
	}
	wantWalk, wantWhich := least(at)
	if !slices.Equal(walk, wantWalk) || !slices.Equal(which, wantWhich) {
		t.Fatalf("nearest to doors: %v from %v, want %v from %v", walk, which, wantWalk, wantWhich)
	}
	var probes []routing.Snap
	for edge := range int32(g.Edges()) {
		for _, f := range []float64{0.02, 0.31, 0.5, 0.77, 0.98} {
			s, err := g.At(edge, f)
			if err != nil {
				t.Fatal(err)
			}
			s.Asked = orb.Point{-3, -3} // nobody's own place
			probes = append(probes, s)
		}
	}
	wantWalk, _ = least(probes)
	for i, p := range probes {
		if f, b := e.EdgeMillis(p.Edge); f == routing.Unreached && b == routing.Unreached {
			continue
		}
		got, _ := field.OnPart(p.Edge, p.Fraction, p.Fraction)
		if got != wantWalk[i] {
			t.Fatalf("edge %d at %v: %d s, want %d", p.Edge, p.Fraction, got, wantWalk[i])
		}
	}
	if bound <= 0 {
		return
	}
	for f, from := range facilities {
		ways, err := doors.Within(ctx, from, bound)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(ways, func(a, b routing.Walk) int { return int(a.Door - b.Door) })
		var want []routing.Walk
		for j, m := range millisTable(t, e, facilities[f:f+1], at)[0] {
			if m <= uint32(bound)*1000 {
				want = append(want, routing.Walk{Door: int32(j), Seconds: int32((m + 999) / 1000)})
			}
		}
		if !slices.Equal(ways, want) {
			t.Fatalf("within %d s of %d: %v, want %v", bound, f, ways, want)
		}
	}
}

func TestAFieldIsTheLeastOfATable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, p := drawCrookedTown(t), drawUphillProfile(t)
		bound := rapid.SampledFrom([]int{0, 30, 100, 400}).Draw(t, "seconds")
		for _, e := range bothEngines(t, g, p) {
			checkField(t, e, drawPlaces(t, g, 6), drawPlaces(t, g, 8), bound)
		}
	})
}

func TestAFieldMindsTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawRuled(t).graph
		bound := rapid.SampledFrom([]int{0, 30, 100}).Draw(t, "seconds")
		for _, e := range bothEngines(t, g, drawTurning(t)) {
			checkField(t, e, drawPlaces(t, g, 6), drawPlaces(t, g, 8), bound)
		}
	})
}

func TestAPartOfAStreetIsReachedWhereItIsReachedFirst(t *testing.T) {
	// A street of 100 m from the facility's end, walked at 1 m/s.
	b := routing.NewBuilder()
	line := orb.LineString{at(0, 0), at(10, 0)}
	from, to := b.AddNode(line[0]), b.AddNode(line[1])
	if _, err := b.AddEdge(from, to, line, routing.EdgeAttr{Walk: routing.Both}); err != nil {
		t.Fatal(err)
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	e := engineOf(t, g, routing.Profile{Name: "a metre a second", MetresPerSecond: 1})
	facility, err := g.At(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	length := g.Edge(0).Metres
	field, err := e.Field(context.Background(), []routing.Snap{facility}, int(length/2))
	if err != nil {
		t.Fatal(err)
	}
	if s, f := field.OnPart(0, 0, 1); s != 0 || f != 0 {
		t.Errorf("all of the street: %d s from %d, want 0 from 0", s, f)
	}
	if s, f := field.OnPart(0, 0.25, 1); s != int32(length/4)+1 || f != 0 {
		t.Errorf("from a quarter on: %d s from %d, want %v", s, f, length/4)
	}
	if s, f := field.OnPart(0, 0.6, 1); s != -1 || f != -1 {
		t.Errorf("beyond the bound: %d s from %d, want none", s, f)
	}
}
