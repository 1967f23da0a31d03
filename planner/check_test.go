package planner_test

import (
	"bytes"
	"slices"
	"testing"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

// tester is what testing and rapid have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
}

// reread copies a problem by writing and reading it.
func reread(t tester, p *planner.Problem) *planner.Problem {
	t.Helper()
	var b bytes.Buffer
	if err := planner.WriteProblem(&b, p); err != nil {
		t.Fatal(err)
	}
	q, err := planner.ReadProblem(&b)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func rereadPlan(t tester, p *planner.Plan) *planner.Plan {
	t.Helper()
	var b bytes.Buffer
	if err := planner.WritePlan(&b, p); err != nil {
		t.Fatal(err)
	}
	q, err := planner.ReadPlan(&b)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func visitor(p *planner.Problem, id string) *planner.Visitor {
	return &p.Visitors[slices.IndexFunc(p.Visitors, func(v planner.Visitor) bool { return v.ID == id })]
}

func resident(p *planner.Problem, id string) *planner.Resident {
	return &p.Residents[slices.IndexFunc(p.Residents, func(r planner.Resident) bool { return r.ID == id })]
}

func TestCheckFindsEveryPlantedError(t *testing.T) {
	good := sample.Problem(sample.Config{Seed: 5, Residents: 40, Visitors: 30})
	goodPlan, _ := solve(t, good, planner.Options{Iterations: 50})
	if len(goodPlan.Unplanned) > 0 {
		t.Fatalf("the plan to spoil has %d unplanned visits", len(goodPlan.Unplanned))
	}
	// An itinerary of several stops and, apart from it, one of a single stop.
	long := slices.IndexFunc(goodPlan.Itineraries, func(i planner.Itinerary) bool { return len(i.Stops) > 1 })
	if long < 0 {
		t.Fatal("no itinerary has two stops")
	}
	type spoil func(p *planner.Problem, plan *planner.Plan, it *planner.Itinerary)
	tests := []struct {
		name string
		code planner.Code
		do   spoil
	}{
		{"another horizon", planner.CodeWrongHorizon, func(_ *planner.Problem, plan *planner.Plan, _ *planner.Itinerary) { plan.Days++ }},
		{"a visitor nobody knows", planner.CodeUnknownVisitor, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Visitor = "nobody" }},
		{"a resident nobody knows", planner.CodeUnknownResident, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Stops[0].Resident = "nobody" }},
		{"an unknown resident under unplanned", planner.CodeUnknownResident, func(p *planner.Problem, plan *planner.Plan, _ *planner.Itinerary) {
			plan.Unplanned = append(plan.Unplanned, planner.Unplanned{Resident: "nobody", DueBy: p.Start, Reason: planner.ReasonAbsent})
		}},
		{"a day before the horizon", planner.CodeOutsideHorizon, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Date = p.Start - 1 }},
		{"a day after the horizon", planner.CodeOutsideHorizon, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Date = p.End() + 1 }},
		{"nobody to visit", planner.CodeNoStops, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Stops = nil }},
		{"a day off", planner.CodeDayOff, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			visitor(p, it.Visitor).DaysOff = []planner.Date{it.Date}
		}},
		{"a departure before the shift", planner.CodeOutsideShift, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Depart = 1 }},
		{"a weekday without a shift", planner.CodeOutsideShift, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			v := visitor(p, it.Visitor)
			v.Shifts = slices.DeleteFunc(v.Shifts, func(s planner.Shift) bool { return s.Weekday == it.Date.Weekday() })
		}},
		{"back after the shift", planner.CodeReturnLate, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			v := visitor(p, it.Visitor)
			for i := range v.Shifts {
				v.Shifts[i].To = it.Stops[len(it.Stops)-1].Leave
			}
		}},
		{"two itineraries in one shift", planner.CodeShiftTwice, func(_ *planner.Problem, plan *planner.Plan, it *planner.Itinerary) {
			plan.Itineraries = append(plan.Itineraries, *it)
		}},
		{"a block without a matrix", planner.CodeNoMatrix, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Block = "510199009009" }},
		{"a mode without a matrix", planner.CodeNoMatrix, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			visitor(p, it.Visitor).Mode = "boat"
		}},
		{"a place that the matrix does not hold", planner.CodeWrongBlock, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			m := &p.Matrices[0]
			m.Locations[slices.Index(m.Locations, it.Stops[0].Resident)] = "somewhere"
		}},
		{"no way", planner.CodeNoWay, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			m := &p.Matrices[0]
			m.Seconds[slices.Index(m.Locations, it.Visitor)][slices.Index(m.Locations, it.Stops[0].Resident)] = -1
		}},
		{"no way back", planner.CodeNoWay, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			m := &p.Matrices[0]
			m.Seconds[slices.Index(m.Locations, it.Stops[len(it.Stops)-1].Resident)][slices.Index(m.Locations, it.Visitor)] = -1
		}},
		{"an arrival before the departure", planner.CodeOrder, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			it.Stops[1].Arrive = it.Stops[0].Leave - 1
		}},
		{"leaving before arriving", planner.CodeOrder, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			it.Stops[0].Leave = it.Stops[0].Arrive - 1
		}},
		{"a walk that is too quick", planner.CodeWalkTooShort, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			it.Stops[0].Arrive = it.Depart
		}},
		{"walk_seconds of another walk", planner.CodeWrongWalkSeconds, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Stops[0].WalkSeconds++ }},
		{"return_seconds of another walk", planner.CodeWrongWalkSeconds, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.ReturnSeconds = 0 }},
		{"a return where the day ends at the door", planner.CodeWrongWalkSeconds, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			visitor(p, it.Visitor).End = nil
		}},
		{"a visit cut short", planner.CodeVisitTooShort, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Stops[0].Leave-- }},
		{"the same door twice on a round", planner.CodeTwiceInADay, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			it.Stops[1].Resident = it.Stops[0].Resident
		}},
		{"a resident of another grid", planner.CodeOutOfScope, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			visitor(p, it.Visitor).Scope = []string{"510199009"}
		}},
		{"a scope that only looks like the grid's", planner.CodeOutOfScope, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			visitor(p, it.Visitor).Scope = []string{resident(p, it.Stops[0].Resident).Grid + "9"}
		}},
		{"more visits than the capacity", planner.CodeOverCapacity, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			visitor(p, it.Visitor).Capacity = len(it.Stops) - 1
		}},
		{"a resident in hospital", planner.CodeAbsent, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			resident(p, it.Stops[0].Resident).Absent = []planner.DateRange{{From: it.Date, To: it.Date}}
		}},
		{"a paused grade", planner.CodeAbsent, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			p.Policies = append(p.Policies, planner.Policy{Grade: resident(p, it.Stops[0].Resident).Grade, Pause: true, From: &it.Date, To: &it.Date})
		}},
		{"a weekday outside the patterns", planner.CodePatternBroken, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			for i := range p.Policies {
				p.Policies[i].Patterns = [][]int{{it.Date.Weekday()%7 + 1}}
			}
		}},
		{"a due-by before the visit", planner.CodeWrongDueBy, func(_ *planner.Problem, _ *planner.Plan, it *planner.Itinerary) { it.Stops[0].DueBy = it.Date - 1 }},
		{"a reason of one's own", planner.CodeUnknownReason, func(p *planner.Problem, plan *planner.Plan, _ *planner.Itinerary) {
			plan.Unplanned = append(plan.Unplanned, planner.Unplanned{Resident: p.Residents[0].ID, DueBy: p.Start, Reason: "rain"})
		}},
		{"a lapse that is not there", planner.CodeListedButPlanned, func(p *planner.Problem, plan *planner.Plan, _ *planner.Itinerary) {
			plan.Unplanned = append(plan.Unplanned, planner.Unplanned{Resident: p.Residents[0].ID, DueBy: p.Start, Reason: planner.ReasonNoFreeTime})
		}},
		{"a visit left out", planner.CodeLapseNotListed, func(p *planner.Problem, plan *planner.Plan, it *planner.Itinerary) {
			id := it.Stops[0].Resident
			plan.Itineraries = slices.DeleteFunc(plan.Itineraries, func(i planner.Itinerary) bool {
				return slices.ContainsFunc(i.Stops, func(s planner.Stop) bool { return s.Resident == id })
			})
		}},
		{"a debt left standing", planner.CodeOwedNotListed, func(p *planner.Problem, plan *planner.Plan, _ *planner.Itinerary) {
			plan.Itineraries = slices.DeleteFunc(plan.Itineraries, func(i planner.Itinerary) bool { return i.Date <= p.CatchUpBy() })
		}},
		{"a resident without a rule", planner.CodeUnpolicedResident, func(p *planner.Problem, _ *planner.Plan, it *planner.Itinerary) {
			r := resident(p, it.Stops[0].Resident)
			r.Grade, r.Kinds = "green", nil
		}},
	}
	seen := map[planner.Code]bool{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, plan := reread(t, good), rereadPlan(t, goodPlan)
			if v := planner.Check(p, plan); len(v) > 0 {
				t.Fatalf("the copy is not clean: %+v", v[0])
			}
			tt.do(p, plan, &plan.Itineraries[long])
			found := planner.Check(p, plan)
			if !slices.ContainsFunc(found, func(v planner.Violation) bool { return v.Code == tt.code }) {
				t.Errorf("found %+v, want %s among them", found, tt.code)
			}
			for _, v := range found {
				if !slices.Contains(planner.Codes(), v.Code) || v.Detail == "" {
					t.Errorf("%+v: code not on the list or no detail", v)
				}
			}
		})
		seen[tt.code] = true
	}
	for _, tt := range plantedInTasks {
		seen[tt.code] = true
	}
	for _, c := range planner.Codes() {
		if !seen[c] {
			t.Errorf("no test plants %s", c)
		}
	}
}

func TestCheckIsSortedAndTheSameEveryTime(t *testing.T) {
	p := sample.Problem(sample.Config{Seed: 2, Residents: 30, Visitors: 20})
	empty := &planner.Plan{Start: p.Start, Days: p.Days}
	a, b := planner.Check(p, empty), planner.Check(p, empty)
	if len(a) == 0 || !slices.EqualFunc(a, b, func(x, y planner.Violation) bool {
		return x.Code == y.Code && x.Resident == y.Resident && x.Detail == y.Detail && *x.Date == *y.Date
	}) {
		t.Errorf("two checks of one plan differ, or find nothing (%d findings)", len(a))
	}
	if !slices.IsSortedFunc(a, func(x, y planner.Violation) int { return int(*x.Date - *y.Date) }) {
		t.Error("violations are not in order of date")
	}
	empty.Unplanned = planner.Explain(p, empty)
	if v := planner.Check(p, empty); len(v) > 0 {
		t.Errorf("an empty plan that lists everything is refused: %+v", v[0])
	}
}
