package overlay_test

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/overlay"
)

// A footbridge that the map lacks, and a lane dug up in summer.
func ExampleApply() {
	b := routing.NewBuilder()
	attr := routing.EdgeAttr{Class: "residential", Walk: routing.Both}
	south, north := b.AddNode(orb.Point{104.300, 30.800}), b.AddNode(orb.Point{104.300, 30.801})
	for i, line := range []orb.LineString{{{104.300, 30.800}, {104.305, 30.800}}, {{104.300, 30.801}, {104.305, 30.801}}} {
		from := []int32{south, north}[i]
		if _, err := b.AddEdge(from, b.AddNode(line[1]), line, attr); err != nil {
			fmt.Println(err)
			return
		}
	}
	streets, err := b.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	o, err := overlay.Read(strings.NewReader(`{"type": "FeatureCollection", "features": [
		{"type": "Feature", "properties": {"id": "bridge", "change": "add", "class": "天桥", "source": "街道办"},
		 "geometry": {"type": "LineString", "coordinates": [[104.303, 30.800], [104.303, 30.801]]}},
		{"type": "Feature", "properties": {"id": "works", "change": "close", "from": "2026-06-01", "until": "2026-08-31"},
		 "geometry": {"type": "LineString", "coordinates": [[104.301, 30.800], [104.302, 30.800]]}}
	]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, day := range []overlay.Day{"2026-05-01", "2026-07-01"} {
		made, report, err := overlay.Apply(streets, o.On(day))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(day, report.Done, "changes,", made.Edges(), "edges,", len(made.Components()), "components")
	}
	// Output:
	// 2026-05-01 1 changes, 5 edges, 1 components
	// 2026-07-01 2 changes, 6 edges, 2 components
}
