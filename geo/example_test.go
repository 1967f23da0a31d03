package geo_test

import (
	"fmt"

	"github.com/paulmach/orb"

	"sanse/geo"
)

func square(west, south, east, north float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}}
}

func Example() {
	tree, err := geo.NewTree([]geo.Area{
		{Code: "510199", Level: geo.LevelDistrict, Name: "示范区", Boundary: square(104.30, 30.80, 104.32, 30.81)},
		{Code: "510199001", Level: geo.LevelTown, Parent: "510199", Name: "东镇", Boundary: square(104.31, 30.80, 104.32, 30.81)},
		{Code: "510199002", Level: geo.LevelTown, Parent: "510199", Name: "西镇", Boundary: square(104.30, 30.80, 104.31, 30.81)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range []orb.Point{{104.305, 30.805}, {104.31, 30.805}, {104.32, 30.81}, {104.40, 30.80}} {
		code, ok := tree.Locate(p, geo.LevelTown)
		fmt.Println(p, code, ok)
	}

	conv, err := geo.NewConverter(geo.GCJ02)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conv.Close()
	p, err := conv.ToWGS84(orb.Point{104.305, 30.805})
	fmt.Printf("%.6f %.6f %v\n", p[0], p[1], err)
	// Output:
	// [104.305 30.805] 510199002 true
	// [104.31 30.805] 510199001 true
	// [104.32 30.81] 510199001 true
	// [104.4 30.8]  false
	// 104.302542 30.807459 <nil>
}
