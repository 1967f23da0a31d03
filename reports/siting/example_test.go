package siting_test

import (
	"context"
	"fmt"

	"sanse/reports/siting"
)

// Four blocks along a street, a facility that stays at the first, and three
// sites: which one brings most?
func Example() {
	p := &siting.Problem{
		Goal:   siting.MostCovered,
		Weight: []int64{120, 40, 90, 60},
		Sites:  []siting.Site{{Status: siting.Kept}, {}, {}, {}},
		Ways: siting.Ways{Table: []int32{ // seconds on foot
			0, 300, 600, 1200,
			300, 0, 300, 900,
			900, 600, 300, 300,
			1500, 1200, 900, 0,
		}},
		Choose: 1,
		Radius: 300,
	}
	s, err := siting.Solve(context.Background(), p, siting.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("open", s.Chosen, "to cover", s.Objective, "people; proven:", s.Proven())
	for _, step := range s.Steps {
		fmt.Println("site", step.Site, "brings", step.Gain)
	}
	// Output:
	// open [3] to cover 310 people; proven: true
	// site 3 brings 150
}
