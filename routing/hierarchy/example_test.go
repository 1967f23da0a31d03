package hierarchy_test

import (
	"context"
	"fmt"

	"sanse/routing/hierarchy"
)

// Four corners in a row, one minute apart, and a lane from the last back to the
// first that takes ten.
func Example() {
	x, err := hierarchy.Prepare(context.Background(), hierarchy.Graph{
		First:  []uint32{0, 1, 3, 5, 7},
		Head:   []uint32{1, 0, 2, 1, 3, 2, 0},
		Weight: []uint32{60, 60, 60, 60, 60, 60, 600},
	}, hierarchy.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	// From the first corner to a door that is 30 beyond corner 2 and 20 before
	// corner 3.
	door := []hierarchy.Seed{{Node: 2, Cost: 30}, {Node: 3, Cost: 20}}
	cost, _, _, seed, arcs := hierarchy.NewQuery(x).Path([]hierarchy.Seed{{Node: 0}}, door, nil)
	fmt.Println("cost", cost, "by seed", seed, "over arcs", arcs)

	costs, nearest := make([]uint32, x.Nodes()), make([]uint32, x.Nodes())
	hierarchy.NewSweep(x).Run([]hierarchy.Seed{{Node: 0}, {Node: 3}}, costs, nearest)
	fmt.Println("to all", costs, "from", nearest)
	// Output:
	// cost 150 by seed 0 over arcs [0 2]
	// to all [0 60 60 0] from [0 0 1 1]
}

// A table is worked out row by row, [hierarchy.Lanes] rows at once.
func ExampleTable() {
	x, err := hierarchy.Prepare(context.Background(), hierarchy.Graph{
		First:  []uint32{0, 1, 3, 4},
		Head:   []uint32{1, 0, 2, 1},
		Weight: []uint32{5, 5, 7, 7},
	}, hierarchy.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	places := []hierarchy.Seed{{Node: 0}, {Node: 1}, {Node: 2}}
	first := []uint32{0, 1, 2, 3} // one seed a place
	table, costs := hierarchy.NewTable(x), make([]uint32, 9)
	table.SetTargets(first, places)
	table.Rows(first, places, costs, nil)
	fmt.Println(costs)
	// Output: [0 5 12 5 0 7 12 7 0]
}
