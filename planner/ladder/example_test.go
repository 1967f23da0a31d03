package ladder_test

import (
	"fmt"

	"sanse/planner"
	"sanse/planner/ladder"
)

func ExampleDue() {
	day := planner.NewDate(2026, 12, 3)
	rule := ladder.Reference(day)
	events, next := ladder.Due(&rule, day, 1, planner.Moment{Date: day, Clock: 14*60 + 5})
	for _, e := range events {
		fmt.Println(e.N, e.Kind, e.Tier, "until", e.Deadline.Clock)
	}
	fmt.Println("ask again at", next.Clock)
	// Output:
	// 1 cover micro-grid until 16:00
	// ask again at 16:00
}
