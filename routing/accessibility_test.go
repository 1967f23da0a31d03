package routing_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/routing"
)

// vertexSnaps gives every vertex as a location, the zero Snap where the profile
// has no street.
func vertexSnaps(e *routing.Engine) []routing.Snap {
	out := make([]routing.Snap, e.Graph().Vertices())
	for i := range out {
		if s, err := e.VertexSnap(i); err == nil {
			out[i] = s
		}
	}
	return out
}

// millisTable is the slow truth: every way on its own.
func millisTable(t interface{ Fatal(...any) }, e *routing.Engine, from, to []routing.Snap) [][]uint32 {
	out := make([][]uint32, len(from))
	err := e.TableRows(context.Background(), from, to, routing.TableOptions{}, func(i int, r routing.TableRow) error {
		out[i] = append([]uint32(nil), r.Millis...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// drawCrookedTown is drawTown with points within its edges.
func drawCrookedTown(t *rapid.T) *routing.Graph {
	nodes := rapid.IntRange(2, 9).Draw(t, "nodes")
	var points []orb.Point
	b := routing.NewBuilder()
	for range nodes {
		points = append(points, at(float64(rapid.IntRange(0, 3).Draw(t, "x")), float64(rapid.IntRange(0, 2).Draw(t, "y"))))
		b.AddNode(points[len(points)-1])
	}
	for range rapid.IntRange(1, 14).Draw(t, "edges") {
		from := rapid.Int32Range(0, int32(nodes)-1).Draw(t, "from")
		to := rapid.Int32Range(0, int32(nodes)-1).Draw(t, "to")
		line := orb.LineString{points[from]}
		for range rapid.IntRange(0, 4).Draw(t, "inner") {
			line = append(line, at(float64(rapid.IntRange(0, 6).Draw(t, "x"))/2, float64(rapid.IntRange(0, 4).Draw(t, "y"))/2))
		}
		line = append(line, points[to])
		way := rapid.IntRange(0, 4).Draw(t, "way") // mostly both ways
		attr := routing.EdgeAttr{Walk: oneWayIf(way != 1, way != 2), Steps: rapid.IntRange(0, 5).Draw(t, "steps") == 0}
		if rapid.IntRange(0, 5).Draw(t, "hill") == 0 {
			attr.Incline = 12
		}
		if _, err := b.AddEdge(from, to, line, attr); err != nil {
			t.Fatal(err)
		}
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func drawUphillProfile(t *rapid.T) routing.Profile {
	p := drawProfile(t)
	if rapid.Bool().Draw(t, "uphill") {
		p.UphillPerPercent = 0.1
	}
	return p
}

func TestTheNearestForAllAreTheLeastOfATable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, p := drawCrookedTown(t), drawUphillProfile(t)
		e := engineOf(t, g, p)
		facilities := drawPlaces(t, g, 6)
		k := rapid.IntRange(1, 4).Draw(t, "k")
		bound := rapid.SampledFrom([]int{0, 30, 100, 400}).Draw(t, "seconds")
		checkNearestForAll(t, e, facilities, k, bound)
	})
}

// checkNearestForAll holds the nearest against the table.
func checkNearestForAll(t fataler, e *routing.Engine, facilities []routing.Snap, k, bound int) {
	g := e.Graph()
	walk, which, err := e.NearestForAll(context.Background(), facilities, k, bound)
	if err != nil {
		t.Fatal(err)
	}
	table := millisTable(t, e, facilities, vertexSnaps(e))
	for v := range g.Vertices() {
		var taken [16]bool
		for r := range k {
			best := -1
			for f := range facilities {
				m := table[f][v]
				if m == routing.Unreached || taken[f] || bound > 0 && m > uint32(bound)*1000 {
					continue
				}
				if best < 0 || m < table[best][v] {
					best = f
				}
			}
			want := int32(-1)
			if best >= 0 {
				want, taken[best] = int32((table[best][v]+999)/1000), true
			}
			if walk[v*k+r] != want || which[v*k+r] != int32(best) {
				t.Fatalf("vertex %d, rank %d: facility %d in %d s, want %d in %d s", v, r, which[v*k+r], walk[v*k+r], best, want)
			}
		}
	}
}

func TestSumsEqualAddingUpATable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, p := drawCrookedTown(t), drawUphillProfile(t)
		at, seconds := drawPlaces(t, g, 12), rapid.SampledFrom([]int{1, 20, 60, 150, 400}).Draw(t, "seconds")
		threads := rapid.IntRange(0, 3).Draw(t, "threads")
		for _, e := range bothEngines(t, g, p) {
			checkSums(t, e, at, seconds, threads)
		}
	})
}

func TestSumsOfEveryVertexEqualAddingUpATable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawCrookedTown(t)
		e := engineOf(t, g, drawUphillProfile(t))
		checkSums(t, e, vertexSnaps(e), rapid.IntRange(1, 300).Draw(t, "seconds"), 1)
	})
}

type fataler interface {
	Fatal(...any)
	Fatalf(string, ...any)
}

// checkSums holds sums against the table. Values are powers of two, so that
// each sum tells which of them are in it.
func checkSums(t fataler, e *routing.Engine, at []routing.Snap, seconds, threads int) {
	at = slices.Clone(at)
	for i := range at { // nobody asks for the very same point twice, which would be 0 apart
		at[i].Asked = orb.Point{90 + float64(i)/100, 60}
	}
	values := make([]float64, len(at))
	for i := range values {
		values[i] = math.Ldexp(1, i%50)
	}
	sums, err := e.Sums(context.Background(), at, values, seconds, threads)
	if err != nil {
		t.Fatal(err)
	}
	table := millisTable(t, e, vertexSnaps(e), at)
	for v := range table {
		want := 0.0
		for i, m := range table[v] {
			if m <= uint32(seconds)*1000 {
				want += values[i]
			}
		}
		if sums[v] != want {
			t.Fatalf("vertex %d of %d: %v within %d s, want %v\n%v\n%+v", v, len(table), sums[v], seconds, want, table[v], at)
		}
	}
}

func TestSumsOfATownWithTensOfJunctions(t *testing.T) {
	for seed := range uint64(3) {
		g := streetGrid(t, 20, seed)
		e := engineOf(t, g, routing.Elderly())
		var at []routing.Snap
		for edge := int32(0); int(edge) < g.Edges(); edge += 13 {
			s, err := g.At(edge, float64(edge%7)/6)
			if err != nil {
				t.Fatal(err)
			}
			s.Metres = float64(edge % 3 * 20)
			at = append(at, s)
		}
		checkSums(t, e, at[:min(50, len(at))], 600, 2)
	}
}

func TestSumsRefuseWhatDoesNotFit(t *testing.T) {
	e := engineOf(t, streetGrid(t, 4, 1), routing.Foot())
	if _, err := e.Sums(context.Background(), make([]routing.Snap, 2), make([]float64, 3), 60, 1); !errors.Is(err, routing.ErrCount) {
		t.Errorf("two locations with three values give %v", err)
	}
	if _, _, err := e.NearestForAll(context.Background(), nil, 0, 60); !errors.Is(err, routing.ErrCount) {
		t.Errorf("the 0 nearest give %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := e.Sums(ctx, nil, nil, 60, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("sums without time give %v", err)
	}
	sums, err := e.Sums(context.Background(), vertexSnaps(e), make([]float64, e.Graph().Vertices()), 0, 1)
	if err != nil || len(sums) != e.Graph().Vertices() {
		t.Errorf("%d sums, %v", len(sums), err)
	}
}
