package reports_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
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

func smallCoverage(tb testing.TB) reports.CoverageInput {
	g := gridStreets(tb, 41, 100) // 4 km square
	return reports.CoverageInput{
		Engine: engineOf(tb, g),
		Areas: []planner.Area{
			{Code: "510199", Level: "district", Name: "示范区"},
			{Code: "510199001", Level: "town", Parent: "510199", Name: "东"},
			{Code: "510199002", Level: "town", Parent: "510199", Name: "西"},
		},
		Residents: []reports.CoverageResident{
			{ID: "near", Location: at(100, 0), Area: "510199001001001"},
			{ID: "edge", Location: at(890, 0), Area: "510199001001001"},
			{ID: "beyond", Location: at(920, 0), Area: "510199001001001"},
			{ID: "far", Location: at(4000, 4000), Area: "510199002001001"},
			{ID: "field", Location: at(9000, 9000), Area: "510199002001001"},
		},
		Population: []reports.CoveragePopulation{
			{Location: at(200, 0), Area: "510199001", People: 100, Over60: 20, Disabled: 2, Under18: 15},
			{Location: at(3000, 3000), Area: "510199002", People: 300, Over60: 30},
		},
		Facilities: []reports.CoverageFacility{
			{ID: "m1", Name: "食堂", Service: "meals", Location: at(0, 0), Open: true},
			{ID: "m2", Name: "食堂", Service: "meals", Location: at(4000, 4000)},
			{ID: "c1", Name: "诊所", Service: "clinic", Location: at(-9000, -9000), Open: true},
		},
		Services: []string{"bathing"},
	}
}

func TestCoverageCountsWhoWalksNoLongerThanTheLimit(t *testing.T) {
	c, err := reports.NewCoverage(context.Background(), smallCoverage(t))
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
	c, err := reports.NewCoverage(context.Background(), smallCoverage(t))
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
	if len(k.Polygon) == 0 || len(k.Cells) == 0 {
		t.Fatal("the circle has no polygon or no cells")
	}
	if err := geo.CheckValid(k.Polygon); err != nil {
		t.Errorf("polygon: %v", err)
	}
	inService := map[string]int{}
	for _, ct := range c.Cells["meals"] {
		inService[ct.Cell.String()] = ct.Seconds
		if ct.Seconds < 0 || ct.Seconds > 900 {
			t.Errorf("cell %s at %d s", ct.Cell, ct.Seconds)
		}
	}
	for _, cell := range k.Cells {
		if _, ok := inService[cell.String()]; !ok {
			t.Errorf("cell %s of the circle is missing from the service", cell)
		}
	}
	if len(inService) != len(k.Cells) {
		t.Errorf("one facility: %d cells in its circle, %d in the service", len(k.Cells), len(inService))
	}
}

func TestCoverageAgreesWithOneTableOfEverybodyToEverything(t *testing.T) {
	g := gridStreets(t, 21, 120)
	engine := engineOf(t, g)
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		in := madeUp(t, g, seed, 12, 40, rapid.IntRange(0, 8).Draw(rt, "facilities"), 2400)
		in.Minutes = rapid.IntRange(1, 20).Draw(rt, "minutes")
		in.Threads = rapid.IntRange(1, 4).Draw(rt, "threads")
		c, err := reports.NewCoverage(context.Background(), in)
		if err != nil {
			rt.Fatal(err)
		}
		for _, sup := range c.Supply {
			var want reports.Count
			for i := range in.Population {
				p := &in.Population[i]
				want.Total += p.People
				to, err := engine.Snap(p.Location, 300)
				if err != nil {
					want.Unplaced += p.People
					continue
				}
				best := int32(-1)
				for _, f := range in.Facilities {
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
	g := gridStreets(t, 3, 100)
	engine := engineOf(t, g)
	for name, in := range map[string]reports.CoverageInput{
		"no streets":           {},
		"negative minutes":     {Engine: engine, Minutes: -1},
		"a resolution too far": {Engine: engine, CellResolution: 15},
		"fewer than nobody":    {Engine: engine, Population: []reports.CoveragePopulation{{People: -1}}},
	} {
		if _, err := reports.NewCoverage(context.Background(), in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := reports.NewCoverage(ctx, smallCoverage(t)); err == nil {
		t.Error("a cancelled run gave an answer")
	}
}

func TestCoverageOfNobodyIsNoShare(t *testing.T) {
	g := gridStreets(t, 3, 100)
	c, err := reports.NewCoverage(context.Background(), reports.CoverageInput{Engine: engineOf(t, g), Services: []string{"meals"}})
	if err != nil {
		t.Fatal(err)
	}
	if r := c.District["meals"]; r.Residents.Share() != -1 || len(c.Shares()) != 0 || r.MedianSeconds != -1 {
		t.Errorf("nobody: %+v, shares %v", r, c.Shares())
	}
}

// madeUp strews people and facilities over a square of so many metres.
func madeUp(tb testing.TB, g *routing.Graph, seed uint64, residents, places, facilities int, metres float64) reports.CoverageInput {
	r := rand.New(rand.NewPCG(seed, 1))
	services := []string{"bathing", "children_home", "clinic", "day_care", "meals", "rehabilitation"}
	in := reports.CoverageInput{Engine: engineOf(tb, g), Services: services}
	point := func() orb.Point { return at(r.Float64()*metres, r.Float64()*metres) }
	area := func() string {
		return fmt.Sprintf("510199%03d%03d%03d", 1+r.IntN(7), 1+r.IntN(12), 1+r.IntN(4))
	}
	in.Areas = []planner.Area{{Code: "510199", Level: "district"}}
	for t := 1; t <= 7; t++ {
		town := fmt.Sprintf("510199%03d", t)
		in.Areas = append(in.Areas, planner.Area{Code: town, Level: "town", Parent: "510199"})
		for c := 1; c <= 12; c++ {
			community := fmt.Sprintf("%s%03d", town, c)
			in.Areas = append(in.Areas, planner.Area{Code: community, Level: "community", Parent: town})
			for k := 1; k <= 4; k++ {
				in.Areas = append(in.Areas, planner.Area{Code: fmt.Sprintf("%s%03d", community, k), Level: "grid", Parent: community})
			}
		}
	}
	for i := range residents {
		in.Residents = append(in.Residents, reports.CoverageResident{ID: fmt.Sprintf("r%d", i), Location: point(), Area: area()})
	}
	for range places {
		n := 1 + r.IntN(48)
		in.Population = append(in.Population, reports.CoveragePopulation{Location: point(), Area: area(), People: n, Over60: n / 5})
	}
	for i := range facilities {
		in.Facilities = append(in.Facilities, reports.CoverageFacility{ID: fmt.Sprintf("f%d", i), Service: services[i%len(services)], Location: point(), Open: r.IntN(10) > 0})
	}
	return in
}

// BenchmarkCoverage is the default demo district in size: 2,370 residents,
// 25,000 buildings, 300 facilities, 60,000 crossings.
func BenchmarkCoverage(b *testing.B) {
	n := 245
	g := gridStreets(b, n, 80)
	in := madeUp(b, g, 1, 2370, 25_000, 300, float64(n-1)*80)
	b.ReportAllocs()
	for b.Loop() {
		c, err := reports.NewCoverage(context.Background(), in)
		if err != nil {
			b.Fatal(err)
		}
		if math.IsNaN(c.Shares()["meals"]) {
			b.Fatal("no share")
		}
	}
}
