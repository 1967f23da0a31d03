package lines_test

import (
	"fmt"
	"strings"

	"sanse/routing/lines"
)

// Two roads: the lane touches the main road in its middle and is joined there.
func ExampleRead() {
	res, err := lines.Read(strings.NewReader(`{"type": "FeatureCollection", "features": [
		{"type": "Feature", "properties": {"道路名称": "人民路", "道路类型": "主干路"},
		 "geometry": {"type": "LineString", "coordinates": [[104.300, 30.8], [104.302, 30.8]]}},
		{"type": "Feature", "properties": {"道路名称": "后巷", "道路类型": "巷"},
		 "geometry": {"type": "LineString", "coordinates": [[104.301, 30.800002], [104.301, 30.801]]}},
		{"type": "Feature", "properties": {"道路名称": "北街"},
		 "geometry": {"type": "LineString", "coordinates": [[30.8, 104.300], [30.8, 104.302]]}}
	]}`), lines.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Graph.Edges(), "edges in", len(res.Graph.Components()), "component")
	fmt.Println(res.Refused[0])
	// Output:
	// 3 edges in 1 component
	// feature 3 (line 7): longitude and latitude look swapped: the longitude is probably 104.3, the latitude 30.8
}
