package ladder_test

import (
	"testing"

	"sanse/planner"
	"sanse/planner/ladder"
)

func TestWhoTakesAStep(t *testing.T) {
	everyDay := func(from, to string) []planner.Shift {
		var out []planner.Shift
		for w := 1; w <= 5; w++ {
			out = append(out, planner.Shift{Weekday: w, From: clock(from), To: clock(to)})
		}
		return out
	}
	roster := ladder.NewRoster([]planner.Visitor{
		{ID: "V1", Tier: planner.TierMicroGrid, Scope: []string{"51011300100100101"}, Shifts: everyDay("09:00", "17:00")},
		{ID: "V2", Tier: planner.TierMicroGrid, Scope: []string{"510113001001001"}, Shifts: everyDay("09:00", "12:00")},
		{ID: "V3", Tier: planner.TierGrid, Scope: []string{"510113001001001"}, Shifts: everyDay("09:00", "17:00")},
		{ID: "V4", Tier: planner.TierMasterGrid, Scope: []string{"510113001001"}, Shifts: everyDay("09:00", "17:00"), DaysOff: []planner.Date{date("2026-12-04")}},
		{ID: "V5", Tier: planner.TierGrid, Scope: []string{"510113001002001"}, Shifts: everyDay("09:00", "17:00")},
	})
	home := ladder.Home{Grid: "510113001001001", MicroGrid: "51011300100100101"}
	for _, c := range []struct {
		name   string
		home   ladder.Home
		tier   planner.Tier
		day    string // 3 December 2026 is a Thursday
		before []string
		want   string
	}{
		{"who works then goes before who worked in the morning", home, planner.TierMicroGrid, "2026-12-03", nil, "V1"},
		{"who had it does not get it again", home, planner.TierMicroGrid, "2026-12-03", []string{"V1"}, "V2"},
		{"nobody of the tier is left: the next tier", home, planner.TierMicroGrid, "2026-12-03", []string{"V1", "V2"}, "V3"},
		{"the tier that is asked for", home, planner.TierGrid, "2026-12-03", []string{"V1"}, "V3"},
		{"a lower tier never takes it", home, planner.TierMasterGrid, "2026-12-03", nil, "V4"},
		{"a day off counts", home, planner.TierMasterGrid, "2026-12-04", nil, ""},
		{"on a Sunday nobody works: the tier decides", home, planner.TierGrid, "2026-12-06", nil, "V3"},
		{"without a micro-grid the grid's own", ladder.Home{Grid: "510113001001001"}, planner.TierMicroGrid, "2026-12-03", nil, "V2"},
		{"another grid of the community", ladder.Home{Grid: "510113001002001"}, planner.TierMicroGrid, "2026-12-03", nil, "V5"},
		{"nobody answers for it", ladder.Home{Grid: "510113009001001"}, planner.TierMicroGrid, "2026-12-03", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			step := ladder.Event{Kind: ladder.Cover, Tier: c.tier, At: at(c.day + " 14:00"), Deadline: at(c.day + " 16:00")}
			got := ""
			if v := roster.Holder(c.home, &step, c.before); v != nil {
				got = v.ID
			}
			if got != c.want {
				t.Errorf("%q takes it, want %q", got, c.want)
			}
		})
	}
}
