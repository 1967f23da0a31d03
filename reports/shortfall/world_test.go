package shortfall_test

import (
	"fmt"
	"testing"

	"sanse/geo"
	"sanse/reports/shortfall"
)

// world is a district of two towns: one with an urban and a rural community, one
// with a community of old estates.
func world() (*shortfall.Set, *shortfall.Input) {
	in := &shortfall.Input{
		Areas: []shortfall.Area{
			{Code: "5101", Level: geo.LevelDistrict, Name: "区"},
			{Code: "510101", Level: geo.LevelTown, Parent: "5101", Name: "一镇"},
			{Code: "510102", Level: geo.LevelTown, Parent: "5101", Name: "二镇"},
			{Code: "51010101", Level: geo.LevelCommunity, Parent: "510101", Name: "城社区"},
			{Code: "51010102", Level: geo.LevelCommunity, Parent: "510101", Name: "村"},
			{Code: "51010201", Level: geo.LevelCommunity, Parent: "510102", Name: "老社区"},
			{Code: "5101010101", Level: geo.LevelGrid, Parent: "51010101", Name: "网格"},
			{Code: "5101010201", Level: geo.LevelGrid, Parent: "51010102", Name: "网格"},
			{Code: "5101020101", Level: geo.LevelGrid, Parent: "51010201", Name: "网格"},
		},
		Spots: []shortfall.Spot{
			{Area: "5101010101", Place: "town", Building: "b1", Households: 250, People: 700, Over60: 100, Disabled: 10, Under18: 90},
			{Area: "5101010201", Place: "village", Building: "b2", Households: 120, People: 300, Over60: 90, Disabled: 12, Under18: 30},
			{Area: "5101020101", Place: "old_estate", Building: "b3", Households: 400, People: 1000, Over60: 310, Disabled: 20, Under18: 100},
		},
		Residents: []shortfall.Resident{
			{ID: "r1", Area: "5101010101", Place: "town", Building: "b1", Grade: "red", Kinds: []string{"lone_elder"}, Team: []string{"a", "b"}, Due: 10, Late: 0},
			{ID: "r2", Area: "5101010201", Place: "village", Building: "b2", Grade: "red", Kinds: []string{"child_in_difficulty"}, Team: []string{"a"}, Due: 10, Late: 3},
			{ID: "r3", Area: "5101020101", Place: "old_estate", Building: "b3", Grade: "blue", Kinds: []string{"child_in_difficulty"}, Team: []string{"a", "b"}, Due: 1, Late: 0},
		},
		Facilities: []shortfall.Facility{
			{ID: "f1", Service: "meals", Area: "5101010101", Status: "open", Capacity: 40, InUse: 40, AreaM2: 100},
			{ID: "f2", Service: "meals", Area: "5101020101", Status: "idle", Capacity: 20},
			{ID: "f3", Service: "elder_care", Area: "5101020101", Status: "open", Capacity: 14, InUse: 1, AreaM2: 220},
			{ID: "f4", Service: "elder_care", Area: "", Status: "open", Capacity: 500, AreaM2: 9000},
			{ID: "f5", Service: "clinic", Area: "5101010201", Status: "open"},
			{ID: "f7", Service: "elder_care", Area: "5101010101", Status: "open", Closed: true, Capacity: 99, AreaM2: 50},
			{ID: "f6", Service: "clinic", Area: "5101010201", Status: "planned", Capacity: 10},
		},
		Visitors: []shortfall.Visitor{
			{ID: "v1", Kind: "grid_worker", Scope: []string{"5101010101"}, Days: 5},
			{ID: "v2", Kind: "grid_worker", Scope: []string{"5101020101"}, Days: 6},
			{ID: "v3", Kind: "grid_worker", Scope: []string{"5101020101"}, Days: 2},
			{ID: "v4", Kind: "community_cadre", Skills: []string{"social_work"}, Scope: []string{"51010101", "51010102"}, Days: 5},
			{ID: "v5", Kind: "volunteer", Skills: []string{"social_work"}, Scope: []string{"5101020101"}, Days: 1},
		},
		// Spots b1, b2, b3, then residents r1, r2, r3.
		Walks: map[shortfall.Walk][]int32{
			{Service: "meals", Profile: "elderly"}:         {300, -1, 901, 300, -1, 901},
			{Service: "elder_care", Profile: "elderly"}:    {1200, -1, 60, 1200, -1, 60},
			{Service: "children_home", Profile: "elderly"}: {-1, -1, 900, -1, -1, 900},
			{Service: "clinic", Profile: "cane"}:           {2000, 500, -1, 2000, 500, -1},
		},
		VisitorKinds: []string{"a", "b"},
		Services:     []string{"meals", "children_home"},
		Counted:      true,
		Year:         2026,
	}
	text := shortfall.Text{Chinese: "标准", English: "a standard"}
	from := shortfall.Source{Title: "made up for a test", Year: 2026}
	standard := func(id string, s shortfall.Standard) shortfall.Standard {
		s.ID, s.Name, s.Source = id, text, from
		s.Target.Year = 2030
		return s
	}
	set := &shortfall.Set{
		Standards: []shortfall.Standard{
			standard("meals", shortfall.Standard{Service: "meals", Or: []string{"elder_care"}, Whom: shortfall.Whom{Key: "over60"}, Measure: shortfall.Reach, Minutes: 15, Target: shortfall.Target{Value: 90}}),
			standard("children", shortfall.Standard{Service: "children_home", Whom: shortfall.Whom{Key: "kind:child_in_difficulty"}, Measure: shortfall.Reach, Minutes: 15, Target: shortfall.Target{Value: 95}}),
			standard("village-clinic", shortfall.Standard{Service: "clinic", Whom: shortfall.Whom{Key: "people"}, Measure: shortfall.Reach, Minutes: 10, Speed: "cane", Target: shortfall.Target{Value: 100}, Places: "rural"}),
			standard("centre", shortfall.Standard{Service: "elder_care", Measure: shortfall.PerArea, Level: "town", Target: shortfall.Target{Value: 100}, Steps: []shortfall.Step{{Year: 2024, Value: 50}}}),
			standard("social", shortfall.Standard{Resource: "social_workers", Measure: shortfall.PerArea, Level: "community", Target: shortfall.Target{Value: 100}}),
			standard("beds", shortfall.Standard{Service: "elder_care", Whom: shortfall.Whom{Key: "over60"}, Measure: shortfall.PerThousand, Level: "town", Target: shortfall.Target{Value: 30}}),
			standard("workers", shortfall.Standard{Resource: "grid_workers", Measure: shortfall.PerHouseholds, Per: 300, Days: 5, Level: "grid", Target: shortfall.Target{Value: 1}}),
			standard("rooms", shortfall.Standard{Whom: shortfall.Whom{Key: "people"}, Measure: shortfall.AreaPerThousand, Target: shortfall.Target{Value: 200}}),
			standard("idle", shortfall.Standard{Measure: shortfall.Idle, Target: shortfall.Target{Value: 10}}),
			standard("red", shortfall.Standard{Resource: "visits_on_time", Whom: shortfall.Whom{Key: "grade:red"}, Measure: shortfall.Share, Target: shortfall.Target{Value: 100}}),
			standard("calls", shortfall.Standard{Measure: shortfall.Response, Minutes: 30, Target: shortfall.Target{Value: 95}}),
		},
		Rates: []shortfall.Rate{
			{ID: "care", Name: text, Base: "over60", Count: 2, Of: 100, Against: "residents", Source: from},
			{ID: "disabled", Name: text, Base: "people", Count: 21, Of: 1000, Against: "disabled", Source: from},
		},
	}
	return set, in
}

// known are the words that the sets of the tests may use.
func known() shortfall.Known {
	return shortfall.Known{
		Services: []string{"meals", "bathing", "clinic", "day_care", "rehabilitation", "children_home", "elder_care"},
		Grades:   []string{"red", "yellow", "blue"}, Kinds: []string{"child_in_difficulty", "lone_elder"},
		Profiles: []string{"foot", "elderly", "cane", "wheelchair"}, Year: 2026,
	}
}

func measured(t testing.TB, set *shortfall.Set, in *shortfall.Input) *shortfall.Table {
	t.Helper()
	if err := set.Validate(known()); err != nil {
		t.Fatal(err)
	}
	table, err := shortfall.New(set, in)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// brief is a row in one line: status have/need/short of total.
func brief(f shortfall.Figures) string {
	if f.Have == nil {
		return string(f.Status) + " " + f.Reason
	}
	return fmt.Sprintf("%s %d/%d/%d of %d", f.Status, *f.Have, *f.Need, *f.Short, *f.Total)
}
