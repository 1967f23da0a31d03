package supply_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"sanse/reports/supply"
)

// waysOf are the ways of demands, each a list of facility and seconds in turn.
func waysOf(lists ...[]int32) supply.Ways {
	w := supply.Ways{First: []int{0}}
	for _, l := range lists {
		for i := 0; i < len(l); i += 2 {
			w.Facility, w.Cost = append(w.Facility, l[i]), append(w.Cost, l[i+1])
		}
		w.First = append(w.First, len(w.Facility))
	}
	return w
}

// Two facilities with 10 and 4 places; 20 people near the first only, 30 between,
// 5 by the second, 7 far from both.
func twoFacilities() *supply.Problem {
	return &supply.Problem{
		Weight: []int64{20, 30, 5, 7}, Capacity: []int64{10, 4},
		Ways: waysOf([]int32{0, 300}, []int32{0, 301, 1, 900}, []int32{1, 600}, []int32{1, 901}),
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(b)) }

func TestCatchmentsFloatAsComputedByHand(t *testing.T) {
	for _, c := range []struct {
		name   string
		bands  []supply.Band
		asking [2]float64
		head   [4]float64
	}{
		{
			"in two steps", supply.TwoStep(900),
			[2]float64{50, 35},
			[4]float64{10. / 50, 10./50 + 4./35, 4. / 35, 0},
		},
		{
			"enhanced", supply.Enhanced(900),
			[2]float64{20 + .68*30, .22*30 + .68*5},
			[4]float64{10 / 40.4, .68*10/40.4 + .22*4/10, .68 * 4 / 10, 0},
		},
		{
			"with the steeper decay", supply.Steep(900),
			[2]float64{20 + .42*30, .09*30 + .42*5},
			[4]float64{10 / 32.6, .42*10/32.6 + .09*4/4.8, .42 * 4 / 4.8, 0},
		},
	} {
		a, err := supply.Floating(twoFacilities(), c.bands)
		if err != nil {
			t.Fatal(err)
		}
		for j, want := range c.asking {
			if !near(a.Asking[j], want) || !near(a.Ratio[j], []float64{10, 4}[j]/want) {
				t.Errorf("%s: facility %d has %g asking and a ratio of %g, want %g asking", c.name, j, a.Asking[j], a.Ratio[j], want)
			}
		}
		for d, want := range c.head {
			if !near(a.PerHead[d], want) {
				t.Errorf("%s: demand %d has %g places a head, want %g", c.name, d, a.PerHead[d], want)
			}
		}
		if a.Places != 14 {
			t.Errorf("%s: %d places are shared out, want 14", c.name, a.Places)
		}
	}
}

func TestAnUnknownCapacityIsNoSupplyAndIsCounted(t *testing.T) {
	p := twoFacilities()
	p.Capacity = []int64{10, supply.Unknown}
	a, err := supply.Floating(p, supply.TwoStep(900))
	if err != nil {
		t.Fatal(err)
	}
	if a.Places != 10 || a.NoData != 1 || a.NoDataPeople != 5 || !math.IsNaN(a.Ratio[1]) || a.PerHead[2] != 0 || !near(a.PerHead[1], .2) {
		t.Errorf("got %+v", a)
	}
}

func TestAFacilityThatNobodyReachesSharesNothing(t *testing.T) {
	p := &supply.Problem{Weight: []int64{0, 3}, Capacity: []int64{5, 6}, Ways: waysOf([]int32{0, 10}, nil)}
	a, err := supply.Floating(p, supply.TwoStep(900))
	if err != nil {
		t.Fatal(err)
	}
	if a.Places != 0 || !math.IsNaN(a.Ratio[0]) || !math.IsNaN(a.Ratio[1]) || a.PerHead[0] != 0 || a.PerHead[1] != 0 {
		t.Errorf("got %+v", a)
	}
}

func TestWherePeopleCouldStillComeTheRatioIsToldToAPlaceWithNobody(t *testing.T) {
	p := &supply.Problem{Weight: []int64{0, 4}, Capacity: []int64{2}, Ways: waysOf([]int32{0, 10}, []int32{0, 20})}
	a, err := supply.Floating(p, supply.TwoStep(900))
	if err != nil {
		t.Fatal(err)
	}
	if a.PerHead[0] != .5 {
		t.Errorf("an empty cell has %g places a head, want 0.5", a.PerHead[0])
	}
}

// drawProblem draws a small problem; with ways up to the seconds.
func drawProblem(t *rapid.T, demands, facilities int, longest int32) *supply.Problem {
	n, m := rapid.IntRange(0, demands).Draw(t, "demands"), rapid.IntRange(0, facilities).Draw(t, "facilities")
	p := &supply.Problem{Weight: make([]int64, n), Capacity: make([]int64, m)}
	if rapid.Bool().Draw(t, "classes") {
		p.Class = make([]uint8, n)
	}
	lists := make([][]int32, n)
	for d := range n {
		p.Weight[d] = rapid.Int64Range(0, 4).Draw(t, "weight")
		if p.Class != nil {
			p.Class[d] = rapid.Uint8Range(0, 2).Draw(t, "class")
		}
		for j := range m {
			if rapid.Bool().Draw(t, "way") {
				lists[d] = append(lists[d], int32(j), rapid.Int32Range(0, longest).Draw(t, "cost"))
			}
		}
	}
	for j := range m {
		p.Capacity[j] = rapid.Int64Range(-1, 6).Draw(t, "capacity")
	}
	p.Ways = waysOf(lists...)
	return p
}

func TestAllPlacesInReachAreSharedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, 12, 5, 1000)
		bands := rapid.SampledFrom([][]supply.Band{supply.TwoStep(900), supply.Enhanced(900), supply.Steep(600)}).Draw(t, "bands")
		a, err := supply.Floating(p, bands)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for d, people := range p.Weight {
			sum += float64(people) * a.PerHead[d]
		}
		want, last := int64(0), bands[len(bands)-1].Seconds
		for j, c := range p.Capacity {
			asked := false
			for d, people := range p.Weight {
				for e := p.Ways.First[d]; e < p.Ways.First[d+1]; e++ {
					asked = asked || people > 0 && int(p.Ways.Facility[e]) == j && p.Ways.Cost[e] <= last
				}
			}
			if asked && c > 0 {
				want += c
			}
		}
		if math.Abs(sum-float64(want)) > 1e-9*float64(want+1) || a.Places != want {
			t.Fatalf("%g places are shared out (%d by its own account), %d are in reach", sum, a.Places, want)
		}
	})
}

func TestBandsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, bands := range [][]supply.Band{nil, {{-1, 1}}, {{300, 1}, {200, .5}}, {{300, 0}}, {{300, math.NaN()}}, {{300, math.Inf(1)}}} {
		if _, err := supply.Floating(twoFacilities(), bands); err == nil {
			t.Errorf("bands %v are taken", bands)
		}
	}
}
