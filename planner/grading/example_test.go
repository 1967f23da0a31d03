package grading_test

import (
	"fmt"

	"sanse/planner"
	"sanse/planner/grading"
)

func ExampleRules_Suggest() {
	today := planner.NewDate(2026, 12, 10)
	rules := grading.Reference(planner.NewDate(2026, 12, 1))
	facts := grading.Facts{
		Grade: "blue", Kinds: []string{"lone_elder"},
		Noted: map[string]planner.Date{"discharged": today - 6},
	}
	s := rules.Suggest(&facts, today)
	fmt.Println(s.Grade, s.Codes())
	facts.Grade = "red" // a human has decided
	fmt.Println(rules.Suggest(&facts, today+30))
	// Output:
	// red [discharged]
	// <nil>
}
