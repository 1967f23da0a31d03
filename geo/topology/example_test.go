package topology_test

import (
	"fmt"

	"github.com/paulmach/orb"

	"sanse/geo/topology"
)

func Example() {
	square := func(west, east float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{west, 30}, {east, 30}, {east, 30.01}, {west, 30.01}, {west, 30}}}}
	}
	// Drawn apart: the second begins half a metre east of where the first ends.
	areas := []topology.Area{
		{Code: "510199001001001", Shape: square(104, 104.01)},
		{Code: "510199001001002", Shape: square(104.010005, 104.02)},
	}
	parents := []topology.Area{{Code: "510199001001", Shape: square(104, 104.02)}}
	for i := range areas {
		areas[i].Parent = parents[0].Code
	}
	sheet, err := topology.Survey(areas, topology.Options{Parents: parents})
	if err != nil {
		fmt.Println(err)
		return
	}
	found := sheet.Check()
	for _, f := range found {
		fmt.Println(f.Kind, f.Message)
		fmt.Println(f.Mends[0].Kind, f.Mends[0].To)
	}
	mended, left, err := sheet.Mend(found)
	if err != nil {
		fmt.Println(err)
		return
	}
	top, err := mended.Topology()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d left, %d arcs, %.0f m shared\n", len(left), len(top.Arcs()), top.Neighbours().BorderM[0])
	// Output:
	// gap-sliver 535 m² of 510199001001, 0.48 m wide, lie in no area: a border drawn twice
	// snap-to-neighbour 510199001001001
	// 0 left, 3 arcs, 1109 m shared
}
