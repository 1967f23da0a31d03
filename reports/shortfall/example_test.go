package shortfall_test

import (
	"fmt"

	"sanse/geo"
	"sanse/reports/shortfall"
)

// One building of 40 people over 60 has a canteen ten minutes away, another of 60
// has none within the quarter of an hour.
func Example() {
	set := &shortfall.Set{Standards: []shortfall.Standard{{
		ID: "meals", Service: "meals", Whom: shortfall.Whom{Key: shortfall.Over60}, Measure: shortfall.Reach, Minutes: 15,
		Target: shortfall.Target{Value: 90, Year: 2030},
	}}}
	table, err := shortfall.New(set, &shortfall.Input{
		Areas: []shortfall.Area{{Code: "1", Level: geo.LevelDistrict}},
		Spots: []shortfall.Spot{{Area: "1", Over60: 40}, {Area: "1", Over60: 60}},
		Walks: map[shortfall.Walk][]int32{{Service: "meals", Profile: "elderly"}: {600, 1100}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	row := table.Rows("1")[0]
	fmt.Printf("%s: %d of %d, %d needed, %d short\n", row.Status, *row.Have, *row.Total, *row.Need, *row.Short)
	// Output:
	// short: 40 of 100, 90 needed, 50 short
}
