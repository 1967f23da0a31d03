package districting_test

import (
	"context"
	"fmt"

	"sanse/geo/districting"
)

// Six blocks in two rows are divided into two grids with as many households
// each, cutting as few contacts as possible; the last block stays in grid 1.
func ExampleSolve() {
	p := &districting.Problem{
		Graph:   districting.Graph{First: []int32{0, 2, 5, 7, 9, 12, 14}, To: []int32{1, 3, 0, 2, 4, 1, 5, 0, 4, 1, 3, 5, 2, 4}},
		Zones:   []int{2},
		Weights: []districting.Weight{{Name: "households", Of: []int64{10, 20, 30, 25, 25, 10}, Tolerance: 0.1}},
		Locked:  []int32{-1, -1, -1, -1, -1, 1},
		Goal:    districting.CutEdges,
	}
	d, err := districting.Solve(context.Background(), p, districting.Options{Iterations: 50_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Zone, d.Metrics.CutEdges, d.Metrics.Zones[0].Sums, d.Metrics.Zones[1].Sums)
	// Output: [0 1 1 0 0 1] 3 [60] [60]
}
