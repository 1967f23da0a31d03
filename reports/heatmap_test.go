package reports_test

import (
	"testing"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
	"pgregory.net/rapid"

	"sanse/reports"
)

func TestHeatmapShowsLargeCountsAndHidesSmallOnes(t *testing.T) {
	points := []reports.HeatPoint{
		{Location: at(0, 0), Weight: 40},
		{Location: at(20, 20), Weight: 2},
		{Location: at(3000, 0), Weight: 3},
		{Location: at(6000, 0), Weight: 12},
		{Location: at(0, 9000), Weight: 0},
	}
	heat, err := reports.Heatmap(points, 8, 5)
	if err != nil {
		t.Fatal(err)
	}
	hidden, shown := 0, 0
	for _, c := range heat.Cells {
		if c.Hidden {
			hidden++
			if c.Count != 0 {
				t.Errorf("hidden cell %s says %d", c.Cell, c.Count)
			}
			continue
		}
		shown += c.Count
		if c.Count < 5 {
			t.Errorf("cell %s shows %d", c.Cell, c.Count)
		}
	}
	if len(heat.Cells) != 3 || hidden < 2 {
		t.Errorf("%d of %d cells are hidden: one alone could be got by subtraction", hidden, len(heat.Cells))
	}
	if heat.TotalHidden || heat.Total != 57 {
		t.Errorf("total %d (hidden: %v), want 57", heat.Total, heat.TotalHidden)
	}
	if shown >= 57-3 {
		t.Errorf("%d of 57 are shown", shown)
	}
}

func TestHeatmapOfAlmostNobodyHidesTheTotalToo(t *testing.T) {
	for _, n := range []int{1, 4} {
		heat, err := reports.Heatmap([]reports.HeatPoint{{Location: at(0, 0), Weight: n}}, 6, 5)
		if err != nil {
			t.Fatal(err)
		}
		if !heat.TotalHidden || heat.Total != 0 || !heat.Cells[0].Hidden {
			t.Errorf("%d people: %+v", n, heat)
		}
	}
}

func TestHeatmapWithoutThresholdHidesNothing(t *testing.T) {
	heat, err := reports.Heatmap([]reports.HeatPoint{{Location: at(0, 0), Weight: 1}, {Location: at(9000, 0), Weight: 2}}, 7, 0)
	if err != nil {
		t.Fatal(err)
	}
	if heat.Total != 3 || len(heat.Cells) != 2 || heat.Cells[0].Hidden || heat.Cells[1].Hidden {
		t.Errorf("%+v", heat)
	}
}

func TestHeatmapRefusesWhatIsNoCount(t *testing.T) {
	good := reports.HeatPoint{Location: at(0, 0), Weight: 9}
	for name, c := range map[string]struct {
		p      reports.HeatPoint
		res, k int
	}{
		"resolution too fine":   {good, 9, 5},
		"resolution too coarse": {good, 5, 5},
		"negative threshold":    {good, 7, -1},
		"negative weight":       {reports.HeatPoint{Location: at(0, 0), Weight: -1}, 7, 5},
		"swapped lon and lat":   {reports.HeatPoint{Location: orb.Point{30.8, 104.3}, Weight: 1}, 7, 5},
	} {
		if _, err := reports.Heatmap([]reports.HeatPoint{c.p}, c.res, c.k); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// attacker knows all that is published: the maps of every resolution and the
// total, and that a cell that is listed holds somebody. Every parent is the
// sum of its children. It narrows what each count can be until nothing moves.
type attacker struct {
	low, high map[h3.Cell]int
	children  map[h3.Cell][]h3.Cell // 0 is the total
}

const plenty = 1 << 40

func attack(t *rapid.T, points []reports.HeatPoint, k int) (attacker, map[h3.Cell]bool) {
	a := attacker{map[h3.Cell]int{}, map[h3.Cell]int{}, map[h3.Cell][]h3.Cell{}}
	hidden := map[h3.Cell]bool{}
	for res := reports.MinHeatResolution; res <= reports.MaxHeatResolution; res++ {
		heat, err := reports.Heatmap(points, res, k)
		if err != nil {
			t.Fatal(err)
		}
		if res == reports.MinHeatResolution {
			a.low[0], a.high[0] = heat.Total, heat.Total
			if heat.TotalHidden {
				hidden[0], a.low[0], a.high[0] = true, 1, plenty
			}
		}
		for _, c := range heat.Cells {
			a.low[c.Cell], a.high[c.Cell] = c.Count, c.Count
			if c.Hidden {
				hidden[c.Cell], a.low[c.Cell], a.high[c.Cell] = true, 1, plenty
			}
			parent := h3.Cell(0)
			if res > reports.MinHeatResolution {
				if parent, err = c.Cell.Parent(res - 1); err != nil {
					t.Fatal(err)
				}
			}
			a.children[parent] = append(a.children[parent], c.Cell)
		}
	}
	for moved := true; moved; {
		moved = false
		set := func(c h3.Cell, low, high int) {
			if low > a.low[c] {
				a.low[c], moved = low, true
			}
			if high < a.high[c] {
				a.high[c], moved = high, true
			}
		}
		for parent, children := range a.children {
			low, high := 0, 0
			for _, c := range children {
				low, high = low+a.low[c], high+a.high[c]
			}
			set(parent, low, high)
			for _, c := range children {
				set(c, a.low[parent]-(high-a.high[c]), a.high[parent]-(low-a.low[c]))
			}
		}
	}
	return a, hidden
}

func TestHiddenCountsCannotBeGotByDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 8).Draw(t, "k")
		spread := rapid.SampledFrom([]float64{500, 3000, 12_000, 40_000}).Draw(t, "spread")
		n := rapid.IntRange(0, 60).Draw(t, "points")
		points := make([]reports.HeatPoint, n)
		truth := map[h3.Cell]int{}
		for i := range points {
			points[i] = reports.HeatPoint{
				Location: at(rapid.Float64Range(0, spread).Draw(t, "east"), rapid.Float64Range(0, spread).Draw(t, "north")),
				Weight:   rapid.IntRange(0, 12).Draw(t, "weight"),
			}
			leaf, err := h3.LatLngToCell(h3.NewLatLng(points[i].Location[1], points[i].Location[0]), reports.MaxHeatResolution)
			if err != nil {
				t.Fatal(err)
			}
			for res := reports.MinHeatResolution; res <= reports.MaxHeatResolution; res++ {
				c, err := leaf.Parent(res)
				if res == reports.MaxHeatResolution {
					c, err = leaf, nil
				}
				if err != nil {
					t.Fatal(err)
				}
				truth[c] += points[i].Weight
			}
			truth[0] += points[i].Weight
		}
		a, hidden := attack(t, points, k)
		for c, count := range truth {
			if count == 0 {
				continue
			}
			if count < k && !hidden[c] {
				t.Fatalf("%s: %d is shown", c, count)
			}
			if count < a.low[c] || count > a.high[c] {
				t.Fatalf("%s: %d lies outside what is published, %d to %d", c, count, a.low[c], a.high[c])
			}
			if hidden[c] && a.low[c] == a.high[c] {
				t.Fatalf("%s: %d is hidden and follows from what is shown", c, count)
			}
		}
	})
}
