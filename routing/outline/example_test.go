package outline_test

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/routing/outline"
)

func ExampleDrawer_Draw() {
	var d outline.Drawer
	near := outline.Segment{Line: outline.Line{A: orb.Point{0, 0}, B: orb.Point{100, 0}}}
	next := outline.Segment{Line: outline.Line{A: orb.Point{100, 0}, B: orb.Point{200, 0}}, Band: 1}
	bands, err := d.Draw([]outline.Segment{near, next}, outline.Ground{}, outline.Options{Bands: 2, Buffer: 25})
	if err != nil {
		fmt.Println(err)
		return
	}
	for k, mp := range bands {
		fmt.Printf("band %d: %d polygon, %.0f hundred m²\n", k, len(mp), planar.Area(mp)/100)
	}
	// Output:
	// band 0: 1 polygon, 67 hundred m²
	// band 1: 1 polygon, 115 hundred m²
}
