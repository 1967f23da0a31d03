package planner_test

import (
	"context"
	"fmt"
	"time"

	"github.com/paulmach/orb"

	"sanse/planner"
)

// A resident to be seen every second day, a visitor who lives a minute away
// and works on weekdays from nine to eleven.
func Example() {
	home := orb.Point{104.30, 30.80}
	last := planner.NewDate(2026, time.November, 29)
	problem := &planner.Problem{
		Start: planner.NewDate(2026, time.November, 30), Days: 7, TimeZone: "Asia/Shanghai",
		Policies:  []planner.Policy{{Grade: "red", EveryDays: 2}},
		Residents: []planner.Resident{{ID: "r1", Grade: "red", Grid: "510199001001001", Block: "510199001001", Minutes: 30, LastVisit: &last}},
		Visitors:  []planner.Visitor{{ID: "v1", Tier: planner.TierGrid, Scope: []string{"510199001001"}, Start: home, End: &home, Mode: "foot"}},
		Matrices:  []planner.Matrix{{Block: "510199001001", Locations: []string{"r1", "v1"}, Seconds: [][]int32{{0, 60}, {60, 0}}}},
	}
	for weekday := 1; weekday <= 5; weekday++ {
		problem.Visitors[0].Shifts = append(problem.Visitors[0].Shifts, planner.Shift{Weekday: weekday, From: 9 * 60, To: 11 * 60})
	}
	plan, _, err := planner.Solve(context.Background(), problem, planner.Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, it := range plan.Itineraries {
		fmt.Println(it.Date, it.Visitor, "sees", it.Stops[0].Resident, "at", it.Stops[0].Arrive)
	}
	for _, u := range plan.Unplanned {
		fmt.Println(u.Resident, "lapses by", u.DueBy, "because of", u.Reason)
	}
	fmt.Println(len(planner.Check(problem, plan)), "violations")
	// Output:
	// 2026-12-01 v1 sees r1 at 09:01
	// 2026-12-03 v1 sees r1 at 09:01
	// r1 lapses by 2026-12-05 because of no_visitor_working
	// 0 violations
}
