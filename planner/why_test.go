package planner_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/planner"
)

// week is a problem of three residents and two visitors, and a plan of it:
// r and her neighbour q are seen by v on Wednesday, x fills v's Tuesday.
func week() (*planner.Problem, *planner.Plan) {
	p := one()
	p.Policies = []planner.Policy{{ID: "weekly", Grade: "red", PerWeek: 1}}
	p.Start, p.Days = date("2026-12-07"), 7
	r := p.Residents[0]
	r.LastVisit, r.Visits, r.Minutes = ptr("2026-12-02"), dates("2026-12-02"), 15
	q, x := r, r
	q.ID, x.ID, x.Minutes = "q", "x", 35
	p.Residents = []planner.Resident{r, q, x}
	w := p.Visitors[0]
	w.ID = "w"
	p.Visitors[0].DaysOff = dates("2026-12-07")
	w.Shifts = []planner.Shift{{Weekday: 3, From: 540, To: 600}, {Weekday: 4, From: 540, To: 570}}
	far := p.Visitors[0]
	far.ID, far.Scope = "far", []string{community + "002"}
	p.Visitors = append(p.Visitors, w, far)
	p.Residents[0].Team = []string{"v", "far"}
	p.Matrices[0] = planner.Matrix{
		Block: community, Locations: []string{"v", "r", "q", "x", "w", "far"},
		Seconds: [][]int32{
			{0, 600, 540, 600, 0, 0},
			{600, 0, 180, 600, 600, 0},
			{540, 180, 0, 600, 540, 0},
			{600, 600, 600, 0, 600, 0},
			{0, 600, 540, 600, 0, 0},
			{0, 600, 540, 600, 0, 0},
		},
	}
	plan := &planner.Plan{Start: p.Start, Days: p.Days, Itineraries: []planner.Itinerary{
		{Visitor: "v", Date: date("2026-12-08"), Block: community, Depart: 540, ReturnSeconds: 600, Stops: []planner.Stop{
			{Resident: "x", Arrive: 550, Leave: 585, WalkSeconds: 600, DueBy: date("2026-12-13")},
		}},
		{Visitor: "v", Date: date("2026-12-09"), Block: community, Depart: 540, ReturnSeconds: 600, Stops: []planner.Stop{
			{Resident: "q", Arrive: 549, Leave: 564, WalkSeconds: 540, DueBy: date("2026-12-13")},
			{Resident: "r", Arrive: 567, Leave: 582, WalkSeconds: 180, DueBy: date("2026-12-13")},
		}},
	}}
	return p, plan
}

func TestAPlannedVisitSaysWhyThisDayAndThisVisitor(t *testing.T) {
	p, plan := week()
	if v := planner.Check(p, plan); len(v) > 0 {
		t.Fatal(v)
	}
	a, err := planner.Why(p, plan, planner.Ask{Resident: "r", Date: date("2026-12-09")})
	if err != nil {
		t.Fatal(err)
	}
	day := func(s string) planner.Date { return date(s) }
	want := planner.Answer{
		Resident: "r", Date: day("2026-12-09"), Visitors: []string{"v"}, Arrive: 567,
		Windows: []planner.AnsweredWindow{{Rule: `policy "weekly"`, First: day("2026-12-07"), Last: day("2026-12-13"), Need: 1, Met: 1}},
		Without: []planner.Loss{{DueBy: day("2026-12-13"), Count: 1}},
		Here:    planner.Choice{Date: day("2026-12-09"), Visitor: "v", WalkSeconds: 240},
		Near:    "q", NearSeconds: 180,
		Days: []planner.Choice{
			{Date: day("2026-12-07"), Reason: planner.ReasonNoVisitorWorking, Detail: "nobody who may come works"},
			{Date: day("2026-12-08"), Visitor: "v", Reason: planner.ReasonNoFreeTime, Detail: "full, 20 minutes short", MinutesShort: 20},
			{Date: day("2026-12-10"), Visitor: "v", WalkSeconds: 1200, SetsOut: true},
			{Date: day("2026-12-11"), Visitor: "v", WalkSeconds: 1200, SetsOut: true},
			{Date: day("2026-12-12"), Visitor: "v", WalkSeconds: 1200, SetsOut: true},
			{Date: day("2026-12-13"), Visitor: "v", WalkSeconds: 1200, SetsOut: true},
		},
		OtherVisitors: []planner.Choice{
			{Date: day("2026-12-09"), Visitor: "w", WalkSeconds: 1200, SetsOut: true, Steps: 2},
			{Date: day("2026-12-09"), Visitor: "far", Reason: planner.ReasonNoVisitorInScope, Detail: "has another area"},
		},
		Text: "Wednesday 2026-12-09 at 09:27 by v, who is at q 3 min away (4 min more on the way), one of those who should come; " +
			`it counts for policy "weekly", 2026-12-07 to 2026-12-13 (1 of 1); without it the window to 2026-12-13 would lapse; ` +
			"Tuesday 2026-12-08 cannot be: full, 20 minutes short (nearest: v); " +
			"Thursday 2026-12-10 costs 16 min more on the way, and a walk of its own; " +
			"Monday 2026-12-07 cannot be: nobody who may come works; " +
			"w is 2 steps farther from those who should come, costs 16 min more on the way, and a walk of its own; " +
			"far cannot be: has another area.",
	}
	if d := cmp.Diff(want, a); d != "" {
		t.Error(d)
	}
}

func TestEveryChoiceOfAnAnswerCanBeMade(t *testing.T) {
	p, plan := week()
	a, err := planner.Why(p, plan, planner.Ask{Resident: "r", Date: date("2026-12-09")})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range append(a.Days, a.OtherVisitors...) {
		if x.Reason != "" {
			continue
		}
		q := &planner.Plan{Start: p.Start, Days: p.Days, Itineraries: append([]planner.Itinerary{}, plan.Itineraries...)}
		it := &q.Itineraries[1]
		it.Stops = it.Stops[:1]
		it.ReturnSeconds = 540
		q.Itineraries = append(q.Itineraries, planner.Itinerary{Visitor: x.Visitor, Date: x.Date, Block: community, Depart: 540, ReturnSeconds: 600, Stops: []planner.Stop{
			{Resident: "r", Arrive: 550, Leave: 565, WalkSeconds: 600, DueBy: date("2026-12-13")},
		}})
		if v := planner.Check(p, q); len(v) > 0 {
			t.Errorf("%+v: %+v", x, v)
		}
	}
}

func TestWhyTellsOfWhatIsNotPlannedMadeLockedOrOwed(t *testing.T) {
	p, plan := week()
	if _, err := planner.Why(p, plan, planner.Ask{Resident: "r", Date: date("2026-12-10")}); !errors.Is(err, planner.ErrNotPlanned) {
		t.Errorf("got %v, want ErrNotPlanned", err)
	}
	ask := planner.Ask{Resident: "r", Date: date("2026-12-09")}
	p.Residents[0].LastVisit, p.Residents[0].Visits = nil, nil
	p.Locks = []planner.Lock{{Resident: "r", Date: ask.Date}}
	a, err := planner.Why(p, plan, ask)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Owed || !a.Locked || a.Made || len(a.Without) != 2 || !strings.Contains(a.Text, "it clears what was owed") {
		t.Errorf("got %+v", a)
	}
	p.Locks[0].By = a.Arrive
	if a, err = planner.Why(p, plan, ask); err != nil || a.LockedBy != a.Arrive || !strings.Contains(a.Text, "it is locked, to begin by 09:27") {
		t.Errorf("got %+v, %v", a, err)
	}
	p.Now = &planner.Moment{Date: ask.Date, Clock: 600}
	p.Made = []planner.Made{{Resident: "r", Visitor: "v", Date: ask.Date, Arrive: 567, Leave: 582}}
	if a, err = planner.Why(p, plan, ask); err != nil || !a.Made || len(a.Without) != 2 || len(a.Days) > 0 || !strings.Contains(a.Text, "it is done") {
		t.Errorf("got %+v, %v", a, err)
	}
}
