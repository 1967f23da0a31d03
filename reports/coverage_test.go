package reports_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
	"sanse/reports/reach"
	"sanse/routing"
)

// degree lengths near 30.8° N, good enough to lay out made-up streets.
const (
	metreLon = 1 / 95_700.0
	metreLat = 1 / 110_870.0
)

// at is a point so many metres east and north of the corner of the made-up
// ground.
func at(east, north float64) orb.Point {
	return orb.Point{104.3 + east*metreLon, 30.8 + north*metreLat}
}

// engineOf is an engine for a profile that is known to be right.
func engineOf(tb testing.TB, g *routing.Graph) *routing.Engine {
	tb.Helper()
	e, err := routing.NewEngine(g, routing.Elderly())
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// gridStreets is a square grid of n by n crossings, step metres apart.
func gridStreets(tb testing.TB, n int, step float64) *routing.Graph {
	tb.Helper()
	b := routing.NewBuilder()
	for y := range n {
		for x := range n {
			b.AddNode(at(float64(x)*step, float64(y)*step))
		}
	}
	attr := routing.EdgeAttr{Class: "residential", Walk: routing.Both}
	add := func(from, to int) {
		if _, err := b.AddEdge(int32(from), int32(to), nil, attr); err != nil {
			tb.Fatal(err)
		}
	}
	for y := range n {
		for x := range n {
			if x+1 < n {
				add(y*n+x, y*n+x+1)
			}
			if y+1 < n {
				add(y*n+x, (y+1)*n+x)
			}
		}
	}
	g, err := b.Build()
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// coverageWorld is people, facilities and streets that a coverage is made of.
type coverageWorld struct {
	engine     *routing.Engine
	residents  []orb.Point
	population []orb.Point
	facilities []reach.Facility
	services   []string
	threads    int
	reports.CoverageInput
}

// input measures the reach of a world.
func (w *coverageWorld) input(tb interface{ Fatal(args ...any) }) reports.CoverageInput {
	in := w.CoverageInput
	x, err := reach.New(context.Background(), w.engine, slices.Concat(w.population, w.residents), w.facilities, reach.Options{Services: w.services, Threads: w.threads})
	if err != nil {
		tb.Fatal(err)
	}
	in.Index = x
	return in
}

func (w *coverageWorld) resident(id, area string, at orb.Point) {
	w.residents = append(w.residents, at)
	w.Residents = append(w.Residents, reports.CoverageResident{ID: id, Area: area})
}

func (w *coverageWorld) people(at orb.Point, p reports.CoveragePopulation) {
	w.population = append(w.population, at)
	w.Population = append(w.Population, p)
}

func smallCoverage(tb testing.TB) reports.CoverageInput {
	w := coverageWorld{engine: engineOf(tb, gridStreets(tb, 41, 100)), services: []string{"bathing"}} // 4 km square
	w.CoverageInput = reports.CoverageInput{
		Areas: []planner.Area{
			{Code: "510199", Level: "district", Name: "示范区"},
			{Code: "510199001", Level: "town", Parent: "510199", Name: "东"},
			{Code: "510199002", Level: "town", Parent: "510199", Name: "西"},
		},
		Names: []string{"食堂", "食堂", "诊所"},
	}
	w.resident("near", "510199001001001", at(100, 0))
	w.resident("edge", "510199001001001", at(890, 0))
	w.resident("beyond", "510199001001001", at(920, 0))
	w.resident("far", "510199002001001", at(4000, 4000))
	w.resident("field", "510199002001001", at(9000, 9000))
	w.people(at(200, 0), reports.CoveragePopulation{Area: "510199001", People: 100, Over60: 20, Disabled: 2, Under18: 15})
	w.people(at(3000, 3000), reports.CoveragePopulation{Area: "510199002", People: 300, Over60: 30})
	w.facilities = []reach.Facility{
		{ID: "m1", Service: "meals", Location: at(0, 0), Open: true},
		{ID: "m2", Service: "meals", Location: at(4000, 4000)},
		{ID: "c1", Service: "clinic", Location: at(-9000, -9000), Open: true},
	}
	return w.input(tb)
}

func TestCoverageCountsWhoWalksNoLongerThanTheLimit(t *testing.T) {
	c, err := reports.CoverageOf(context.Background(), smallCoverage(t))
	if err != nil {
		t.Fatal(err)
	}
	meals := c.District["meals"]
	if want := (reports.Count{Total: 5, Reached: 2, Unplaced: 1}); meals.Residents != want {
		t.Errorf("residents in reach of meals: %+v, want %+v", meals.Residents, want)
	}
	if want := (reports.Count{Total: 400, Reached: 100}); meals.People != want {
		t.Errorf("people in reach of meals: %+v, want %+v", meals.People, want)
	}
	if meals.Over60.Reached != 20 || meals.Disabled.Reached != 2 || meals.Under18.Reached != 15 {
		t.Errorf("parts of the people in reach: %+v", meals)
	}
	east, ok := c.Area("510199001")
	if !ok || east.Services["meals"].Residents != (reports.Count{Total: 3, Reached: 2}) {
		t.Errorf("east: %+v", east)
	}
	if got := c.Shares()["meals"]; got != 0.4 {
		t.Errorf("share of meals %v, want 0.4", got)
	}
	if got := c.NearestSeconds["meals"]["near"]; got < 99 || got > 101 {
		t.Errorf("100 m at 1 m/s take %d s", got)
	}
	if got := c.NearestSeconds["clinic"]["near"]; got != -1 {
		t.Errorf("a clinic off the map is %d s away", got)
	}
	want := []reports.ServiceSupply{{Service: "bathing"}, {Service: "clinic", Unplaced: 1}, {Service: "meals", Open: 1, Closed: 1}}
	if d := cmp.Diff(want, c.Supply); d != "" {
		t.Errorf("supply (-want +got):\n%s", d)
	}
	for _, u := range c.Unplaced {
		if u.Reason == "" {
			t.Errorf("%s %s is unplaced without a reason", u.What, u.ID)
		}
	}
	if len(c.Unplaced) != 2 {
		t.Errorf("unplaced: %+v", c.Unplaced)
	}
}

func TestCoverageCircleHoldsThoseItCounts(t *testing.T) {
	c, err := reports.CoverageOf(context.Background(), smallCoverage(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Circles) != 1 {
		t.Fatalf("%d circles, want the one of the open facility on a street", len(c.Circles))
	}
	k := c.Circles[0]
	if k.Facility != "m1" || k.Residents != 2 || k.People != 100 || k.Over60 != 20 {
		t.Errorf("circle: %+v", k)
	}
	// A quarter of a diamond with legs of 900 m on a Manhattan grid.
	if k.AreaKM2 < 0.35 || k.AreaKM2 > 0.6 {
		t.Errorf("the circle covers %.3f km²", k.AreaKM2)
	}
	if len(k.Polygon) == 0 {
		t.Fatal("the circle has no polygon")
	}
	if err := geo.CheckValid(k.Polygon); err != nil {
		t.Errorf("polygon: %v", err)
	}
	if k.Name != "食堂" {
		t.Errorf("it is called %q", k.Name)
	}
	cells, err := smallCoverage(t).Index.Cells(t.Context(), "meals", 10, 900)
	if err != nil || len(cells) == 0 || len(cells) != len(c.Cells["meals"]) {
		t.Fatalf("%d cells, the index has %d (%v)", len(c.Cells["meals"]), len(cells), err)
	}
	for i, ct := range c.Cells["meals"] {
		if ct.Cell != cells[i].Cell || ct.Seconds != int(cells[i].Seconds) || ct.Seconds > 900 {
			t.Errorf("cell %s at %d s", ct.Cell, ct.Seconds)
		}
	}
}

func TestCoverageAgreesWithOneTableOfEverybodyToEverything(t *testing.T) {
	g := gridStreets(t, 21, 120)
	engine := engineOf(t, g)
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		w := madeUp(t, g, seed, 12, 40, rapid.IntRange(0, 8).Draw(rt, "facilities"), 2400)
		w.threads = rapid.IntRange(1, 4).Draw(rt, "threads")
		in := w.input(rt)
		in.Minutes = rapid.IntRange(1, 20).Draw(rt, "minutes")
		c, err := reports.CoverageOf(context.Background(), in)
		if err != nil {
			rt.Fatal(err)
		}
		for _, sup := range c.Supply {
			var want reports.Count
			for i := range in.Population {
				p := &in.Population[i]
				want.Total += p.People
				to, err := engine.Snap(w.population[i], 300)
				if err != nil {
					want.Unplaced += p.People
					continue
				}
				best := int32(-1)
				for _, f := range w.facilities {
					if f.Service != sup.Service || !f.Open {
						continue
					}
					from, err := engine.Snap(f.Location, 300)
					if err != nil {
						continue
					}
					table, err := engine.Table(context.Background(), []routing.Snap{from}, []routing.Snap{to})
					if err != nil {
						rt.Fatal(err)
					}
					if w := table[0][0]; w >= 0 && (best < 0 || w < best) {
						best = w
					}
				}
				if best >= 0 && int(best) <= in.Minutes*60 {
					want.Reached += p.People
				}
			}
			if got := c.District[sup.Service].People; got != want {
				rt.Fatalf("%s: %+v, the table says %+v", sup.Service, got, want)
			}
		}
		for _, k := range c.Circles {
			if k.People > c.District[k.Service].People.Reached {
				rt.Fatalf("the circle of %s holds %d people, its service reaches %d", k.Facility, k.People, c.District[k.Service].People.Reached)
			}
		}
	})
}

func TestCoverageRefusesWhatItCannotMeasure(t *testing.T) {
	w := coverageWorld{engine: engineOf(t, gridStreets(t, 3, 100))}
	none := w.input(t)
	w.people(at(0, 0), reports.CoveragePopulation{People: -1})
	for name, in := range map[string]reports.CoverageInput{
		"nobody's reach":       {},
		"another's reach":      {Index: none.Index, Residents: make([]reports.CoverageResident, 1)},
		"negative minutes":     {Index: none.Index, Minutes: -1},
		"beyond the search":    {Index: none.Index, Minutes: 61},
		"a resolution too far": {Index: none.Index, CellResolution: 15},
		"a name of nothing":    {Index: none.Index, Names: []string{"x"}},
		"fewer than nobody":    w.input(t),
	} {
		if _, err := reports.CoverageOf(context.Background(), in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := reports.CoverageOf(ctx, smallCoverage(t)); !errors.Is(err, context.Canceled) {
		t.Error("a cancelled run gave an answer")
	}
}

func TestCoverageOfNobodyIsNoShare(t *testing.T) {
	w := coverageWorld{engine: engineOf(t, gridStreets(t, 3, 100)), services: []string{"meals"}}
	c, err := reports.CoverageOf(context.Background(), w.input(t))
	if err != nil {
		t.Fatal(err)
	}
	if r := c.District["meals"]; r.Residents.Share() != -1 || len(c.Shares()) != 0 || r.MedianSeconds != -1 {
		t.Errorf("nobody: %+v, shares %v", r, c.Shares())
	}
}

// madeUp strews people and facilities over a square of so many metres.
func madeUp(tb testing.TB, g *routing.Graph, seed uint64, residents, places, facilities int, metres float64) *coverageWorld {
	r := rand.New(rand.NewPCG(seed, 1))
	services := []string{"bathing", "children_home", "clinic", "day_care", "meals", "rehabilitation"}
	w := &coverageWorld{engine: engineOf(tb, g), services: services}
	point := func() orb.Point { return at(r.Float64()*metres, r.Float64()*metres) }
	area := func() string {
		return fmt.Sprintf("510199%03d%03d%03d", 1+r.IntN(7), 1+r.IntN(12), 1+r.IntN(4))
	}
	w.Areas = []planner.Area{{Code: "510199", Level: "district"}}
	for t := 1; t <= 7; t++ {
		town := fmt.Sprintf("510199%03d", t)
		w.Areas = append(w.Areas, planner.Area{Code: town, Level: "town", Parent: "510199"})
		for c := 1; c <= 12; c++ {
			community := fmt.Sprintf("%s%03d", town, c)
			w.Areas = append(w.Areas, planner.Area{Code: community, Level: "community", Parent: town})
			for k := 1; k <= 4; k++ {
				w.Areas = append(w.Areas, planner.Area{Code: fmt.Sprintf("%s%03d", community, k), Level: "grid", Parent: community})
			}
		}
	}
	for i := range residents {
		w.resident(fmt.Sprintf("r%d", i), area(), point())
	}
	for range places {
		n := 1 + r.IntN(48)
		w.people(point(), reports.CoveragePopulation{Area: area(), People: n, Over60: n / 5})
	}
	for i := range facilities {
		w.facilities = append(w.facilities, reach.Facility{ID: fmt.Sprintf("f%d", i), Service: services[i%len(services)], Location: point(), Open: r.IntN(10) > 0})
	}
	return w
}

// BenchmarkCoverage is the default demo district in size: 2,370 residents,
// 25,000 buildings, 300 facilities, 60,000 crossings.
func BenchmarkCoverage(b *testing.B) {
	n := 245
	g := gridStreets(b, n, 80)
	w := madeUp(b, g, 1, 2370, 25_000, 300, float64(n-1)*80)
	b.ReportAllocs()
	for b.Loop() {
		c, err := reports.CoverageOf(context.Background(), w.input(b))
		if err != nil {
			b.Fatal(err)
		}
		if math.IsNaN(c.Shares()["meals"]) {
			b.Fatal("no share")
		}
	}
}
