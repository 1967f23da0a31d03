package ledger_test

import (
	"context"
	"fmt"

	"sanse/planner"
	"sanse/reports/ledger"
)

// Somebody who is to be seen every week was seen in three weeks of four.
func ExampleMake() {
	first := planner.NewDate(2026, 9, 7)
	accounts, err := ledger.Make(context.Background(), ledger.Input{
		Policies: []planner.Policy{{ID: "yellow", Grade: "yellow", PerWeek: 1}},
		Residents: []ledger.Resident{{
			Resident: planner.Resident{ID: "r1", Grade: "yellow", Grid: "990101001001"},
			Since:    first, Done: []planner.Date{first + 1, first + 8, first + 23},
		}},
		Areas: []string{"990101"}, From: first, To: first + 27, Today: first + 60, By: ledger.Weeks,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	a := accounts[0]
	fmt.Println("required", a.Required, "in time", a.InTime, "missed", a.Missed, "done", a.Done, "owed", a.Owed)
	// Output: required 4 in time 3 missed 1 done 3 owed 0
}
