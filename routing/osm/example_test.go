package osm_test

import (
	"context"
	"fmt"
	"strings"

	"sanse/routing/osm"
)

// A path with a private gate in its middle: two ends that do not meet.
func ExampleRead() {
	x, err := osm.Read(context.Background(), strings.NewReader(`<osm version="0.6">
		<node id="1" lon="104.300" lat="30.8"/>
		<node id="2" lon="104.301" lat="30.8"><tag k="barrier" v="gate"/><tag k="access" v="private"/></node>
		<node id="3" lon="104.302" lat="30.8"/>
		<way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="footway"/></way>
	</osm>`), osm.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Graph.Edges(), "edges,", len(x.Graph.Components()), "components,", x.Counts.ClosedBarriers, "closed barrier")
	// Output: 2 edges, 2 components, 1 closed barrier
}
