package reach_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"sanse/reports/reach"
	"sanse/routing"
)

// fataler is what testing.T and rapid.T have in common.
type fataler interface{ Fatal(args ...any) }

// Lengths of a degree near 30.8° N, good enough to lay out made-up streets.
const (
	metreLon = 1 / 95_700.0
	metreLat = 1 / 110_870.0
)

// at is a point so many metres east and north of the corner of the made-up
// ground.
func at(east, north float64) orb.Point {
	return orb.Point{104.3 + east*metreLon, 30.8 + north*metreLat}
}

// aMetreASecond walks a metre a second and pays for nothing else.
var aMetreASecond = routing.Profile{Name: "a metre a second", MetresPerSecond: 1}

func engineOf(t fataler, b *routing.Builder, p routing.Profile) *routing.Engine {
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	e, err := routing.NewEngine(g, p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// gridTown is n by n crossings, step metres apart, some streets one way to
// walkers.
func gridTown(t fataler, n int, step float64, r *rand.Rand) *routing.Builder {
	b := routing.NewBuilder()
	for y := range n {
		for x := range n {
			b.AddNode(at(float64(x)*step+r.Float64()*step/4, float64(y)*step+r.Float64()*step/4))
		}
	}
	add := func(from, to int) {
		walk := routing.Both
		switch r.IntN(12) {
		case 0:
			return
		case 1:
			walk = routing.Forward
		case 2:
			walk = routing.Backward
		}
		if _, err := b.AddEdge(int32(from), int32(to), nil, routing.EdgeAttr{Class: "residential", Walk: walk}); err != nil {
			t.Fatal(err)
		}
	}
	for y := range n {
		for x := range n {
			if x+1 < n {
				add(y*n+x, y*n+x+1)
			}
			if y+1 < n {
				add(y*n+x, y*n+n+x)
			}
		}
	}
	return b
}

// pointsIn are n points on the ground of a town, some off its streets.
func pointsIn(n int, side float64, r *rand.Rand) []orb.Point {
	out := make([]orb.Point, n)
	for i := range out {
		out[i] = at(r.Float64()*side, r.Float64()*side)
		if r.IntN(20) == 0 {
			out[i] = at(side+5000, r.Float64()*side)
		}
	}
	return out
}

func newIndex(t fataler, e *routing.Engine, demand []orb.Point, facilities []reach.Facility, o reach.Options) *reach.Index {
	x, err := reach.New(context.Background(), e, demand, facilities, o)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// straightStreet is a street of so many metres from the corner to the east, with
// a crossing every hundred, and another 900 m north of it that nobody can get to.
func straightStreet(t testing.TB, metres int) *routing.Engine {
	t.Helper()
	b := routing.NewBuilder()
	if _, err := b.AddEdge(b.AddNode(at(0, 900)), b.AddNode(at(100, 900)), nil, routing.EdgeAttr{Walk: routing.Both}); err != nil {
		t.Fatal(err)
	}
	last := b.AddNode(at(0, 0))
	for east := 100; east <= metres; east += 100 {
		next := b.AddNode(at(float64(east), 0))
		if _, err := b.AddEdge(last, next, nil, routing.EdgeAttr{Walk: routing.Both}); err != nil {
			t.Fatal(err)
		}
		last = next
	}
	return engineOf(t, b, aMetreASecond)
}
