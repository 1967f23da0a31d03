package shortfall_test

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/geo"
	"sanse/reports/shortfall"
)

func TestEveryAreaIsHeldAgainstEveryStandard(t *testing.T) {
	set, in := world()
	table := measured(t, set, in)
	for area, want := range map[string]map[string]string{
		"5101": {
			"meals":          "short 410/450/40 of 500", // b1 by meals, b3 by elder care
			"children":       "short 1/2/1 of 2",        // 900 s are 15 minutes
			"village-clinic": "met 300/300/0 of 300",
			"centre":         "met 1/1/0 of 2", // half of them by 2024, all by 2030
			"social":         "short 1/3/2 of 3",
			"beds":           "short 14/15/1 of 500", // what lies outside is nobody's
			"workers":        "short 2/3/1 of 770",
			"rooms":          "short 320/400/80 of 2000",
			"idle":           "short 119/17/102 of 173",
			"red":            "short 17/20/3 of 20",
			"calls":          "no_data not_recorded",
		},
		"510101": {
			"meals":          "short 100/171/71 of 190",
			"children":       "short 0/1/1 of 1",
			"village-clinic": "met 300/300/0 of 300",
			"centre":         "short 0/1/1 of 1",
			"social":         "short 0/2/2 of 2", // one for two communities is one of neither
			"beds":           "short 0/6/6 of 190",
			"workers":        "short 1/2/1 of 370",
			"rooms":          "short 100/200/100 of 1000",
			"idle":           "short 99/13/86 of 139",
			"red":            "short 17/20/3 of 20",
		},
		"51010102": {
			"meals":          "short 0/81/81 of 90",
			"centre":         "not_applicable below_level",
			"social":         "short 0/1/1 of 1",
			"beds":           "not_applicable below_level",
			"rooms":          "no_data area_not_known", // the clinic's rooms
			"idle":           "no_data capacity_not_known",
			"village-clinic": "met 300/300/0 of 300",
		},
		"51010201": {
			"meals":          "met 310/279/0 of 310",
			"village-clinic": "not_applicable nobody",
			"red":            "not_applicable nothing_due",
			"social":         "met 1/1/0 of 1",
		},
		"5101020101": {"workers": "short 1/2/1 of 400", "rooms": "not_applicable below_level", "children": "met 1/1/0 of 1"},
	} {
		got := map[string]string{}
		for _, r := range table.Rows(area) {
			if _, asked := want[r.Standard]; asked {
				got[r.Standard] = brief(r.Figures)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", area, diff)
		}
	}
	if rows := table.Rows("9"); rows != nil {
		t.Errorf("an area that is not there has rows: %v", rows)
	}
}

func TestUrbanAndRuralGroundAreToldApart(t *testing.T) {
	set, in := world()
	rows := map[string]shortfall.Row{}
	for _, r := range measured(t, set, in).Rows("5101") {
		rows[r.Standard] = r
	}
	for id, want := range map[string][2]string{
		"meals":   {"met 410/369/0 of 410", "short 0/81/81 of 90"},
		"social":  {"short 1/2/1 of 2", "short 0/1/1 of 1"},
		"workers": {"short 2/3/1 of 650", "short 0/1/1 of 120"},
		"red":     {"met 10/10/0 of 10", "short 7/10/3 of 10"},
	} {
		r := rows[id]
		if r.Urban == nil || r.Rural == nil {
			t.Errorf("%s is not told apart", id)
		} else if got := [2]string{brief(*r.Urban), brief(*r.Rural)}; got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
	if r := rows["village-clinic"]; r.Urban != nil {
		t.Error("a standard of villages is told apart")
	}
	for _, r := range measured(t, set, in).Rows("510102") {
		if r.Urban != nil || r.Rural != nil {
			t.Errorf("%s of a town without villages is told apart", r.Standard)
		}
	}
}

func TestValuesAreInTheUnitOfTheTarget(t *testing.T) {
	set, in := world()
	for _, r := range measured(t, set, in).Rows("5101") {
		want, ok := map[string][2]float64{ // value, share
			"meals": {82, .82}, "beds": {28, 14. / 15}, "workers": {2. / 770 * 300, 2. / 3}, "rooms": {160, .8}, "idle": {119. / 173 * 100, 119. / 173},
		}[r.Standard]
		if ok && (math.Abs(*r.Value-want[0]) > 1e-9 || math.Abs(*r.Share-want[1]) > 1e-9) {
			t.Errorf("%s: %v %s, share %v, want %v", r.Standard, *r.Value, r.Unit, *r.Share, want)
		}
		if unit := map[string]string{"beds": "/1000", "workers": "/300", "rooms": "m²/1000", "meals": "%"}[r.Standard]; unit != "" && r.Unit != unit {
			t.Errorf("%s is in %q, want %q", r.Standard, r.Unit, unit)
		}
	}
}

func TestStepsAreInForceOneAfterTheOther(t *testing.T) {
	s := shortfall.Standard{Target: shortfall.Target{Value: 90, Year: 2030}, Steps: []shortfall.Step{{2024, 65}, {2027, 85}}}
	for year, want := range map[int]float64{2020: 65, 2024: 65, 2026: 65, 2027: 85, 2029: 85, 2030: 90, 2040: 90} {
		if got := s.InForce(year).Value; got != want {
			t.Errorf("in %d: %v, want %v", year, got, want)
		}
	}
	set, in := world()
	for _, r := range measured(t, set, in).Rows("5101") {
		if (r.Aim != nil) != (r.Standard == "centre") {
			t.Errorf("%s: aim %v", r.Standard, r.Aim)
		}
	}
}

func TestWhatNobodyCountedIsNoData(t *testing.T) {
	set, in := world()
	in.Spots, in.Counted = nil, false
	for w, seconds := range in.Walks {
		in.Walks[w] = seconds[3:]
	}
	for _, r := range measured(t, set, in).Rows("5101") {
		want := map[string]string{
			"meals": "no_data nobody_counted", "beds": "no_data nobody_counted", "rooms": "no_data nobody_counted", "workers": "no_data nobody_counted",
			"red": "no_data not_recorded", "children": "short 1/2/1 of 2",
		}[r.Standard]
		if want != "" && brief(r.Figures) != want {
			t.Errorf("%s: %s, want %s", r.Standard, brief(r.Figures), want)
		}
	}
}

func TestWhatIsMissingIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*shortfall.Set, *shortfall.Input)
		says  string
	}{
		"a walk that was not made": {func(_ *shortfall.Set, in *shortfall.Input) {
			delete(in.Walks, shortfall.Walk{Service: "clinic", Profile: "cane"})
		}, "clinic"},
		"walks of too few":            {func(_ *shortfall.Set, in *shortfall.Input) { in.Residents = in.Residents[:2] }, "for 5 spots"},
		"a child of no parent":        {func(_ *shortfall.Set, in *shortfall.Input) { in.Areas[3].Parent = "7" }, "no area above"},
		"an area that is there twice": {func(_ *shortfall.Set, in *shortfall.Input) { in.Areas = append(in.Areas, in.Areas[1]) }, "twice"},
		"people below none":           {func(_ *shortfall.Set, in *shortfall.Input) { in.Spots[0].Over60 = -1 }, "makes no sense"},
	} {
		set, in := world()
		c.spoil(set, in)
		if _, err := shortfall.New(set, in); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	set, in := world()
	in.Walks = nil
	if _, err := shortfall.New(set, in); !errors.Is(err, shortfall.ErrNoWalk) {
		t.Errorf("no walks: %v", err)
	}
}

func TestBehindAFigureStandTheSamePeopleAndPlaces(t *testing.T) {
	set, in := world()
	table := measured(t, set, in)
	for _, c := range []struct {
		standard, area, what string
		want                 []string
	}{
		{"meals", "5101", "people", []string{"spot b2 90 no_way"}},
		{"meals", "510102", "people", nil},
		{"children", "5101", "people", []string{"resident r2 1 no_way"}},
		{"red", "5101", "people", []string{"resident r2 3 late"}},
		{"meals", "5101", "facilities", []string{"facility f1 40 open", "facility f2 20 not_open", "facility f3 14 open", "facility f7 99 not_open"}},
		{"rooms", "510101", "facilities", []string{"facility f1 100 open", "facility f5 0 figure_unknown", "facility f6 0 not_open", "facility f7 50 not_open"}},
		{"idle", "5101", "facilities", []string{"facility f1 40 open", "facility f2 20 not_open", "facility f3 14 open", "facility f5 0 figure_unknown", "facility f7 99 not_open"}},
		{"centre", "5101", "areas", []string{"area 510101 1 lacks"}},
		{"social", "5101", "areas", []string{"area 51010101 1 lacks", "area 51010102 1 lacks"}},
		{"beds", "5101", "areas", []string{"area 510101 6 short"}},
		{"social", "5101", "facilities", nil},
	} {
		list, err := table.Behind(c.standard, c.area, c.what)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range list {
			got = append(got, strings.Join([]string{b.Kind, b.ID, strconv.Itoa(b.Count), b.Note}, " "))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s behind %s of %s (-want +got):\n%s", c.what, c.standard, c.area, diff)
		}
	}
	for _, c := range [][3]string{{"none", "5101", "people"}, {"meals", "9", "people"}, {"meals", "5101", "ghosts"}} {
		if _, err := table.Behind(c[0], c[1], c[2]); err == nil {
			t.Errorf("%v has something behind it", c)
		}
	}
}

func TestPeopleWhoSlipOutOfCareAreFoundByPlace(t *testing.T) {
	set, in := world()
	table := measured(t, set, in)
	e := table.Expected("5101")
	if e[0].Kind != "care" || math.Abs(e[0].Expected-10) > 1e-9 || e[0].Enrolled != 3 || math.Abs(e[0].Gap-7) > 1e-9 || !e[0].Few {
		t.Errorf("care: %+v", e[0])
	}
	if math.Abs(e[1].Expected-42) > 1e-9 || e[1].Enrolled != 42 || e[1].Gap > 1e-9 || e[1].Few {
		t.Errorf("disabled: %+v", e[1])
	}
	got := map[string]int{}
	for _, p := range table.Places("care", "5101") {
		got[p.Place] = p.Population*100 + int(math.Round(p.Expected*10))
		if p.Enrolled != 1 || p.Few != (p.Place == "old_estate") { // 1 of 2 may be chance, 1 of 6.2 is not
			t.Errorf("%+v", p)
		}
	}
	if diff := cmp.Diff(map[string]int{"town": 70020, "village": 30018, "old_estate": 100062}, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	on, ok := table.Map("care", geo.LevelTown)
	if !ok || len(on) != 2 || brief(on[0].Figures) != "met 2/4/2 of 190" || brief(on[1].Figures) != "short 1/6/5 of 310" {
		t.Errorf("on the map: %+v", on)
	}
	if _, ok := table.Map("none", geo.LevelTown); ok {
		t.Error("a standard that is not there has a map")
	}
	on, _ = table.Map("social", geo.LevelCommunity)
	if len(on) != 3 || on[2].Status != shortfall.Met || on[0].Status != shortfall.Short {
		t.Errorf("on the map: %+v", on)
	}
}

func TestTeamsPlacesAndTheUncoveredAreCounted(t *testing.T) {
	set, in := world()
	table := measured(t, set, in)
	if diff := cmp.Diff(shortfall.Team{Residents: 3, Complete: 2, Lacking: map[string]int{"b": 1}}, table.Team("5101")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(shortfall.Supply{Open: 3, Idle: 2, Planned: 1, Full: new(1), Unused: new(1)}, table.Supply("5101")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]shortfall.Uncovered{
		"meals":         {Total: 2, ByGrade: map[string]int{"red": 1, "blue": 1}, ByKind: map[string]int{"child_in_difficulty": 2}},
		"children_home": {Total: 2, ByGrade: map[string]int{"red": 2}, ByKind: map[string]int{"lone_elder": 1, "child_in_difficulty": 1}},
	}, table.Uncovered("5101")); diff != "" {
		t.Error(diff)
	}
}

func TestBuildingsAreHeldAgainstReachAlone(t *testing.T) {
	set, in := world()
	got := map[string]string{}
	for _, b := range measured(t, set, in).Buildings("510101") {
		for _, r := range b.Rows {
			got[b.Building+" "+r.Standard] = brief(r.Figures)
		}
	}
	if diff := cmp.Diff(map[string]string{
		"b1 meals": "met 100/90/0 of 100", "b2 meals": "short 0/81/81 of 90",
		"b1 children": "not_applicable nobody", "b2 children": "short 0/1/1 of 1",
		"b1 village-clinic": "not_applicable nobody", "b2 village-clinic": "met 300/300/0 of 300",
	}, got); diff != "" {
		t.Error(diff)
	}
}
