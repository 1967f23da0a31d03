package planner_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/planner"
)

func TestADayInAnotherOrderIsTimedAlongTheStreetsAndSaysWhatItBreaks(t *testing.T) {
	wednesday := date("2026-12-09")
	codes := func(v []planner.Violation) (out []planner.Code) {
		for i := range v {
			out = append(out, v[i].Code)
		}
		return out
	}
	for _, c := range []struct {
		name   string
		order  []string
		change func(*planner.Problem)
		want   []planner.Stop
		home   int
		breaks []planner.Code
	}{
		{"turned round", []string{"r", "q"}, nil, []planner.Stop{
			{Resident: "r", Arrive: 550, Leave: 565, WalkSeconds: 600, DueBy: date("2026-12-13")},
			{Resident: "q", Arrive: 568, Leave: 583, WalkSeconds: 180, DueBy: date("2026-12-13")},
		}, 540, nil},
		{"who is not named stays behind the one before", []string{"nobody", "q"}, nil, []planner.Stop{
			{Resident: "q", Arrive: 549, Leave: 564, WalkSeconds: 540, DueBy: date("2026-12-13")},
			{Resident: "r", Arrive: 567, Leave: 582, WalkSeconds: 180, DueBy: date("2026-12-13")},
		}, 600, nil},
		{"a door that is closed by then", []string{"r", "q"}, func(p *planner.Problem) {
			p.Residents[1].Needs.Hours = []planner.Shift{{Weekday: 3, From: 540, To: 555}}
		}, []planner.Stop{
			{Resident: "r", Arrive: 550, Leave: 565, WalkSeconds: 600, DueBy: date("2026-12-13")},
			{Resident: "q", Arrive: 568, Leave: 583, WalkSeconds: 180, DueBy: date("2026-12-13")},
		}, 540, []planner.Code{planner.CodeOutsideHours}},
		{"a door that opens later", []string{"r", "q"}, func(p *planner.Problem) {
			p.Residents[1].Needs.Hours = []planner.Shift{{Weekday: 3, From: 540, To: 550}, {Weekday: 3, From: 575, To: 580}}
		}, []planner.Stop{
			{Resident: "r", Arrive: 550, Leave: 565, WalkSeconds: 600, DueBy: date("2026-12-13")},
			{Resident: "q", Arrive: 575, Leave: 590, WalkSeconds: 180, DueBy: date("2026-12-13")},
		}, 540, nil},
		{"a shift that is over", []string{"r", "q"}, func(p *planner.Problem) {
			p.Visitors[0].Shifts = []planner.Shift{{Weekday: 2, From: 540, To: 600}, {Weekday: 3, From: 540, To: 592}}
			p.Matrices[0].Seconds[2][0] = 900 // uphill
		}, []planner.Stop{
			{Resident: "r", Arrive: 550, Leave: 565, WalkSeconds: 600, DueBy: date("2026-12-13")},
			{Resident: "q", Arrive: 568, Leave: 583, WalkSeconds: 180, DueBy: date("2026-12-13")},
		}, 900, []planner.Code{planner.CodeReturnLate}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, plan := week()
			if c.change != nil {
				c.change(p)
			}
			if v := planner.Check(p, plan); len(v) > 0 {
				t.Fatal(v)
			}
			walks, err := planner.Reorder(p, plan, "v", wednesday, c.order)
			if err != nil {
				t.Fatal(err)
			}
			if len(walks) != 1 || walks[0].ReturnSeconds != c.home {
				t.Fatalf("the walks are %+v", walks)
			}
			if diff := cmp.Diff(c.want, walks[0].Stops); diff != "" {
				t.Error(diff)
			}
			if got := codes(planner.Breaks(p, plan, "v", wednesday, walks)); !slices.Equal(got, c.breaks) {
				t.Errorf("breaks %v, want %v", got, c.breaks)
			}
			if _, fresh := week(); !cmp.Equal(fresh, plan) {
				t.Error("the plan itself was changed")
			}
		})
	}
}

func TestDoorsGoFromOneWalkOfADayToTheOther(t *testing.T) {
	p, plan := week()
	p.Visitors[0].Shifts = []planner.Shift{{Weekday: 2, From: 540, To: 600}, {Weekday: 3, From: 540, To: 600}, {Weekday: 3, From: 840, To: 900}}
	due := date("2026-12-13")
	plan.Itineraries[1].Stops = plan.Itineraries[1].Stops[:1]
	plan.Itineraries[1].ReturnSeconds = 540
	plan.Itineraries = append(plan.Itineraries, planner.Itinerary{
		Visitor: "v", Date: date("2026-12-09"), Block: community, Depart: 840, ReturnSeconds: 600,
		Stops: []planner.Stop{{Resident: "r", Arrive: 850, Leave: 865, WalkSeconds: 600, DueBy: due}},
	})
	if v := planner.Check(p, plan); len(v) > 0 {
		t.Fatal(v)
	}
	walks, err := planner.Reorder(p, plan, "v", date("2026-12-09"), []string{"r", "q"})
	if err != nil || len(walks) != 2 || walks[0].Stops[0].Resident != "r" || walks[1].Stops[0].Resident != "q" || walks[1].Stops[0].Arrive != 849 {
		t.Fatalf("the walks are %+v (%v)", walks, err)
	}
	if v := planner.Breaks(p, plan, "v", date("2026-12-09"), walks); len(v) > 0 {
		t.Errorf("breaks %v", v)
	}
	if _, err := planner.Reorder(p, plan, "nobody", date("2026-12-09"), nil); err == nil {
		t.Error("somebody who is not there has a day")
	}
	p.Matrices = nil
	if _, err := planner.Reorder(p, plan, "v", date("2026-12-09"), nil); err == nil {
		t.Error("without travel times there are times")
	}
}
