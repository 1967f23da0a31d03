package supply_test

import (
	"context"
	"fmt"

	"sanse/reports/supply"
)

// Two homes, two canteens: the near one has a place for 3.
func Example() {
	p := &supply.Problem{
		Weight:   []int64{3, 2},
		Capacity: []int64{3, 1},
		Ways: supply.Ways{
			First: []int{0, 2, 3}, // the first home reaches both, the second only the near one
			Facility: []int32{
				0, 1,
				0,
			},
			Cost: []int32{
				120, 840,
				600,
			},
		},
	}
	a, err := supply.Assign(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d have a place, %d have one on paper only; it is proven: %t\n", a.Served, a.OnPaper, len(supply.Check(p, a)) == 0)
	access, err := supply.Floating(p, supply.Enhanced(900))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f places a head in the first home, %.2f in the second\n", access.PerHead[0], access.PerHead[1])
	// Output:
	// 4 have a place, 1 have one on paper only; it is proven: true
	// 1.02 places a head in the first home, 0.47 in the second
}
