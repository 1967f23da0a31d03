package planner_test

import (
	"fmt"
	"math/bits"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/internal/english"
)

// TestTheFewestVisitsOnDaysAreThoseOfTryingEveryCalendar: what Check takes to
// be needed on some days is what is left when every set of days is tried.
func TestTheFewestVisitsOnDaysAreThoseOfTryingEveryCalendar(t *testing.T) {
	needed := 0
	rapid.Check(t, func(t *rapid.T) {
		num := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
		p := one()
		p.Start += planner.Date(num("start", 0, 40))
		p.Days = num("days", 1, 8)
		p.CatchUpDays = num("catch-up", 0, 8)
		day := func(name string) *planner.Date {
			d := p.Start + planner.Date(num(name, -3, p.Days+2))
			return &d
		}
		p.Policies = nil
		for range num("rules", 1, 3) {
			q := planner.Policy{Grade: "red"}
			switch num("rule", 0, 3) {
			case 0:
				q.EveryDays = num("every", 1, 5)
			case 1:
				q.PerWeek = num("per week", 1, 5)
			case 2:
				q.PerMonth = num("per month", 1, 12)
			default:
				q.Once, q.From = true, day("from")
				to := *q.From + planner.Date(num("for", 0, 6))
				q.To = &to
			}
			if !q.Once && num("bounded", 0, 3) == 0 {
				q.From = day("from")
			}
			if num("patterned", 0, 3) == 0 && q.PerWeek < 2 && q.PerMonth < 5 {
				q.Patterns = [][]int{{1, 4, 6}, {2, 5}}
			}
			p.Policies = append(p.Policies, q)
		}
		r := &p.Residents[0]
		r.LastVisit = nil
		if num("seen", 0, 3) > 0 {
			last := p.Start - planner.Date(num("last", 1, 9))
			r.LastVisit = &last
		}
		if num("away", 0, 2) == 0 {
			r.Absent = []planner.DateRange{{From: *day("away from"), To: *day("away to")}}
			if r.Absent[0].To < r.Absent[0].From {
				r.Absent = nil
			}
		}
		for range num("days off", 0, 2) {
			p.Visitors[0].DaysOff = append(p.Visitors[0].DaysOff, *day("day off"))
		}
		if num("later", 0, 1) == 1 { // and on some days the visit was made
			p.Now = &planner.Moment{Date: p.Start + planner.Date(num("now", 0, p.Days-1))}
			for d := p.Start; d < p.Now.Date; d++ {
				if num("made", 0, 2) == 0 {
					p.Made = append(p.Made, planner.Made{Resident: "r", Visitor: "v", Date: d, Arrive: 550, Leave: 580})
				}
			}
		}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		var on []planner.Date
		for d := p.Start; d <= p.End(); d++ {
			if num("on", 0, 1) == 1 {
				on = append(on, d)
			}
		}
		if len(on) == 0 {
			on = []planner.Date{p.Start}
		}
		want := fewestByTrying(t, p, on)
		needed += want
		plan := &planner.Plan{Start: p.Start, Days: p.Days, Shortages: []planner.Shortage{{
			Block: community, Days: on, Visitors: []string{"v"}, Needs: []planner.ShortageNeed{{Resident: "r", Visits: 99, Minutes: 1}},
		}}}
		for _, m := range p.Made {
			plan.Itineraries = append(plan.Itineraries, visitOf(m.Date))
		}
		plan.Unplanned = planner.Explain(p, plan)
		found := planner.Check(p, plan)
		if want := fmt.Sprintf("the shortage of block %q: \"r\" needs %s on the days, not 99", community, english.Count(want, "visit", "visits")); len(found) != 1 || found[0].Detail != want {
			t.Fatalf("found %+v, want %q", found, want)
		}
	})
	if needed == 0 {
		t.Error("nothing was ever needed")
	}
}

// fewestByTrying tries every set of days: the fewest visits on the days given
// among the sets that leave least undone, without those that were made.
func fewestByTrying(t *rapid.T, p *planner.Problem, on []planner.Date) int {
	mask := 0
	for _, d := range on {
		mask |= 1 << (d - p.Start)
	}
	for _, m := range p.Made {
		mask &^= 1 << (m.Date - p.Start)
	}
	least, fewest := 1<<20, 0
	for set := range 1 << p.Days {
		plan := &planner.Plan{Start: p.Start, Days: p.Days}
		for d := range p.Days {
			if set>>d&1 == 1 {
				plan.Itineraries = append(plan.Itineraries, visitOf(p.Start+planner.Date(d)))
			}
		}
		plan.Unplanned = planner.Explain(p, plan)
		if slices.ContainsFunc(planner.Check(p, plan), func(v planner.Violation) bool {
			return v.Code != planner.CodeDayOff || !slices.Contains(on, *v.Date) // there what is short may well be everybody
		}) {
			continue // a day on which nobody can come
		}
		switch n, visits := len(plan.Unplanned), bits.OnesCount(uint(set&mask)); {
		case n < least:
			least, fewest = n, visits
		case n == least:
			fewest = min(fewest, visits)
		}
	}
	return fewest
}

// visitOf is the itinerary of the one visitor to the one resident.
func visitOf(day planner.Date) planner.Itinerary {
	return planner.Itinerary{
		Visitor: "v", Date: day, Block: community, Depart: 540, ReturnSeconds: 600,
		Stops: []planner.Stop{{Resident: "r", Arrive: 550, Leave: 580, WalkSeconds: 600}},
	}
}
