package candidates_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/geo"
	"sanse/reports/candidates"
	"sanse/routing"
)

func TestThinnedPlacesKeepTheirDistanceAndNoneIsLeftAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		metres := rapid.Float64Range(1, 900).Draw(t, "metres")
		lat := rapid.Float64Range(-70, 70).Draw(t, "lat")
		var at []orb.Point
		for range rapid.IntRange(0, 120).Draw(t, "places") {
			at = append(at, orb.Point{104 + rng.Float64()*0.02, lat + rng.Float64()*0.02})
		}
		picked := candidates.Thin(at, metres)
		in := map[int32]bool{}
		for k, i := range picked {
			in[i] = true
			for _, j := range picked[:k] {
				if geo.Distance(at[i], at[j]) < metres {
					t.Fatalf("%d and %d are %.1f m apart, not %.1f", i, j, geo.Distance(at[i], at[j]), metres)
				}
			}
		}
		for i := range at {
			near := in[int32(i)]
			for _, j := range picked {
				near = near || int(j) < i && geo.Distance(at[i], at[j]) < metres
			}
			if !near {
				t.Fatalf("place %d is not picked, and none before it is near", i)
			}
		}
	})
	if got := candidates.Thin([]orb.Point{{1, 1}, {1, 1}}, 0); len(got) != 2 {
		t.Errorf("without a distance %v are picked", got)
	}
}

// ladder is a street of 1 km with side streets, 200 m apart, and one far away
// that hangs together with nothing.
func ladder(t *testing.T) *routing.Engine {
	t.Helper()
	b := routing.NewBuilder()
	street := routing.EdgeAttr{Class: "residential", Walk: routing.Both}
	edge := func(a, c int32) {
		if _, err := b.AddEdge(a, c, nil, street); err != nil {
			t.Fatal(err)
		}
	}
	last := int32(-1)
	for k := range 6 {
		x := 104.3 + float64(k)*0.002
		here, side := b.AddNode(orb.Point{x, 30.8}), b.AddNode(orb.Point{x, 30.802})
		edge(here, side)
		if last >= 0 {
			edge(last, here)
		}
		last = here
	}
	edge(b.AddNode(orb.Point{104.5, 30.8}), b.AddNode(orb.Point{104.501, 30.8}))
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	e, err := routing.NewEngine(g, routing.Elderly())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPlacesAlongStreetsBeginAtCrossingsAndLeaveOutWhatIsCutOff(t *testing.T) {
	e := ladder(t)
	at := candidates.Along(e, 150, nil)
	if len(at) < 12 || at[0] != (orb.Point{104.302, 30.8}) {
		t.Fatalf("%d places, the first at %v", len(at), at[0])
	}
	for _, p := range at {
		if p[0] > 104.4 {
			t.Errorf("%v hangs together with nothing", p)
		}
	}
	if again := candidates.Along(e, 150, nil); !reflect.DeepEqual(at, again) {
		t.Error("the second time there are other places")
	}
	west := candidates.Along(e, 150, func(p orb.Point) bool { return p[0] < 104.305 })
	for _, p := range west {
		if p[0] >= 104.305 {
			t.Errorf("%v is not wanted", p)
		}
	}
	if len(west) == 0 || len(west) >= len(at) {
		t.Errorf("%d of %d lie in the west", len(west), len(at))
	}
	if fewer := candidates.Along(e, 400, nil); len(fewer) >= len(at) {
		t.Errorf("%d places 400 m apart, %d 150 m apart", len(fewer), len(at))
	}
}

func TestPlacesInBuildingsAreLargeEnoughTheLargestFirst(t *testing.T) {
	block := func(id string, x, side float64) candidates.Building {
		ring := orb.Ring{{x, 30.8}, {x + side, 30.8}, {x + side, 30.8 + side}, {x, 30.8 + side}, {x, 30.8}}
		return candidates.Building{ID: id, Boundary: orb.MultiPolygon{{ring}}}
	}
	all := []candidates.Building{
		block("shed", 104.3, 0.00005), block("hall", 104.31, 0.0005), block("shop", 104.32, 0.0002),
		block("beside the hall", 104.3106, 0.0004),
		{ID: "nothing"},
	}
	var got []string
	for _, p := range candidates.In(all, 200, 100, nil) {
		got = append(got, all[p.Building].ID)
		if want := geo.AreaM2(all[p.Building].Boundary); p.M2 != want {
			t.Errorf("%s has %v m², not %v", all[p.Building].ID, p.M2, want)
		}
	}
	if want := []string{"hall", "shop"}; !reflect.DeepEqual(got, want) {
		t.Errorf("places in %v, want %v", got, want)
	}
	if got := candidates.In(all, 200, 0, func(p orb.Point) bool { return p[0] > 104.315 }); len(got) != 1 {
		t.Errorf("%d places in the east", len(got))
	}
}

func TestWalksAreThoseOfTheTableWithinTheSeconds(t *testing.T) {
	e := ladder(t)
	places, errs := e.SnapAll([]orb.Point{{104.3, 30.8}, {104.306, 30.801}, {104.9, 30.8}}, 300)
	if errs[2] == nil {
		t.Fatal("a place far away is on a street")
	}
	people, _ := e.SnapAll([]orb.Point{{104.302, 30.802}, {104.31, 30.802}, {104.5, 30.8}}, 300)
	table, err := e.Table(t.Context(), places, people)
	if err != nil {
		t.Fatal(err)
	}
	first, place, cost, err := candidates.Walks(t.Context(), e, places, people, candidates.WalkOptions{Seconds: 1500, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for d := range people {
		for k := first[d]; k < first[d+1]; k++ {
			got++
			if want := table[place[k]][d]; want != cost[k] {
				t.Errorf("person %d, place %d: %d s, not %d", d, place[k], cost[k], want)
			}
		}
	}
	want := 0
	for _, row := range table {
		for _, c := range row {
			if c >= 0 && c <= 1500 {
				want++
			}
		}
	}
	if got != want || got < 2 {
		t.Errorf("%d walks, want %d", got, want)
	}
	for most, want := range map[int]error{got: nil, got - 1: candidates.ErrTooMany} {
		o := candidates.WalkOptions{Seconds: 1500, Most: most}
		if _, _, _, err := candidates.Walks(t.Context(), e, places, people, o); !errors.Is(err, want) {
			t.Errorf("%d walks where at most %d are held: %v, want %v", got, most, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := candidates.Walks(ctx, e, places, people, candidates.WalkOptions{Seconds: 700}); !errors.Is(err, context.Canceled) {
		t.Errorf("a canceled table ends with %v", err)
	}
}
