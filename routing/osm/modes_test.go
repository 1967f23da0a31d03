package osm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/routing"
)

// branchOf returns the edge of way 11 of twoStreets that ends at (5,5).
func branchOf(t *testing.T, wayTags, nodeTags string) (e routing.Edge, ok bool) {
	t.Helper()
	x, err := readString(twoStreets(wayTags, nodeTags))
	if err != nil {
		t.Fatal(err)
	}
	x.Graph.EachEdge(func(edge routing.Edge) bool {
		if edge.Way == 11 && edge.Metres > 0 {
			e, ok = edge, true
		}
		return true
	})
	return e, ok
}

func TestWhoMayGoWhereInWhichDirection(t *testing.T) {
	const none, there, back, both = routing.Neither, routing.Forward, routing.Backward, routing.Both
	for _, c := range []struct {
		name, tags        string
		walk, ride, drive routing.Ways
	}{
		{"a street", "highway=residential", both, both, both},
		{"a one-way", "highway=residential oneway=yes", both, there, there},
		{"a one-way against its line", "highway=residential oneway=-1", both, back, back},
		{"a one-way that bikes take both ways", "highway=residential oneway=yes oneway:bicycle=no", both, both, there},
		{"a one-way with a lane against it", "highway=residential oneway=yes cycleway=opposite_lane", both, both, there},
		{"a one-way with a lane against it on one side", "highway=residential oneway=yes cycleway:left=opposite_track", both, both, there},
		{"a one-way by the hour", "highway=residential oneway=reversible", both, none, none},
		{"a roundabout", "highway=tertiary junction=roundabout", both, there, there},
		{"a motorway", "highway=motorway", none, none, there},
		{"a motorway that is not one-way", "highway=motorway oneway=no", none, none, both},
		{"a motorway link", "highway=motorway_link oneway=yes", none, none, there},
		{"a national road through villages", "highway=trunk", both, both, both},
		{"a national road with a limit", "highway=trunk maxspeed=80", both, both, both},
		{"a roundabout of national roads", "highway=trunk junction=roundabout oneway=yes", both, there, there},
		{"one carriageway of an expressway", "highway=trunk oneway=yes", none, none, there},
		{"one carriageway of a road that is no expressway", "highway=trunk oneway=yes motorroad=no", both, there, there},
		{"an expressway of one carriageway", "highway=trunk motorroad=yes", none, none, both},
		{"a trunk road as fast as an expressway", "highway=trunk maxspeed=100", none, none, both},
		{"a fast trunk road for bikes", "highway=trunk maxspeed=100 bicycle=yes", none, both, both},
		{"a national road without walkers", "highway=trunk foot=no", none, both, both},
		{"a national road with its pavements mapped apart", "highway=trunk sidewalk=separate", none, both, both},
		{"a way of two classes", "highway=unclassified;tertiary", both, both, both},
		{"a way of two classes of which one is known", "highway=proposed;footway", both, none, none},
		{"a primary road like a motorway", "highway=primary motorroad=yes", none, none, both},
		{"a footway", "highway=footway", both, none, none},
		{"a footway for bikes", "highway=footway bicycle=yes", both, both, none},
		{"a footway for deliveries by car", "highway=footway motor_vehicle=delivery", both, none, none},
		{"a footway for residents' cars", "highway=pedestrian motor_vehicle=destination", both, none, both},
		{"a cycleway", "highway=cycleway", both, both, none},
		{"a cycleway that is one-way", "highway=cycleway oneway=yes", both, there, none},
		{"steps for bikes", "highway=steps bicycle=yes", both, none, none},
		{"a street without vehicles", "highway=residential vehicle=no", both, none, none},
		{"a street without vehicles but for bikes", "highway=residential vehicle=no bicycle=yes", both, both, none},
		{"a street without motors", "highway=residential motor_vehicle=no", both, both, none},
		{"a street without motors but for cars", "highway=residential motor_vehicle=no motorcar=yes", both, both, both},
		{"a street where bikes are pushed", "highway=residential bicycle=dismount", both, none, both},
		{"a road whose bikes have a path beside it", "highway=secondary bicycle=use_sidepath", both, none, both},
		{"a closed street for bikes only", "highway=service access=no bicycle=designated", none, both, none},
		{"a private road for walking", "highway=service access=private foot=yes", both, none, none},
		{"a road of several owners, one of whom lets pass", "highway=track access=agricultural;permissive", both, both, both},
		{"a big road with its pavements mapped apart", "highway=primary sidewalk=separate", none, both, both},
		{"a big road with one pavement of its own", "highway=primary sidewalk:left=separate sidewalk:right=yes", both, both, both},
		{"a small street with its pavements mapped apart", "highway=residential sidewalk=separate", both, both, both},
		{"a busway", "highway=busway access=no", none, none, none},
		{"a way that is given up", "highway=path abandoned=yes", none, none, none},
		{"a plan", "highway=proposed", none, none, none},
		{"a race track", "highway=raceway", none, none, none},
		{"a moving walkway", "highway=footway conveying=backward", back, none, none},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, ok := branchOf(t, c.tags, "")
			if e.Walk != c.walk || e.Ride != c.ride || e.Drive != c.drive {
				t.Errorf("walk %d ride %d drive %d, want %d %d %d", e.Walk, e.Ride, e.Drive, c.walk, c.ride, c.drive)
			}
			if ok != (c.walk|c.ride|c.drive != none) {
				t.Errorf("there is an edge: %v", ok)
			}
		})
	}
}

func TestWhatIsKnownOfAStreet(t *testing.T) {
	base := routing.EdgeAttr{Class: "footway", Walk: routing.Both, Way: 11}
	road := routing.EdgeAttr{Class: "residential", Walk: routing.Both, Ride: routing.Both, Drive: routing.Both, Way: 11}
	steps := routing.EdgeAttr{Class: "steps", Walk: routing.Both, Way: 11, Steps: true, Wheels: routing.WheelsNo}
	for _, c := range []struct {
		name, tags string
		of         routing.EdgeAttr
		change     func(a *routing.EdgeAttr)
	}{
		{"asphalt", "highway=footway surface=asphalt", base, func(a *routing.EdgeAttr) { a.Surface = routing.SurfaceHard }},
		{"concrete slabs", "highway=footway surface=concrete:plates", base, func(a *routing.EdgeAttr) { a.Surface = routing.SurfaceHard }},
		{"cobbles", "highway=footway surface=sett", base, func(a *routing.EdgeAttr) { a.Surface = routing.SurfaceRough }},
		{"sand", "highway=footway surface=sand", base, func(a *routing.EdgeAttr) { a.Surface = routing.SurfaceSoft }},
		{"steps", "highway=steps", steps, func(*routing.EdgeAttr) {}},
		{"steps going up", "highway=steps incline=up", steps, func(a *routing.EdgeAttr) { a.Incline = 58 }},
		{"steps going down", "highway=steps incline=down", steps, func(a *routing.EdgeAttr) { a.Incline = -58 }},
		{"steps with a ramp beside them", "highway=steps ramp:wheelchair=yes", steps, func(a *routing.EdgeAttr) { a.Wheels = routing.WheelsYes }},
		{"a path that goes up, nobody says how much", "highway=footway incline=up", base, func(*routing.EdgeAttr) {}},
		{"a slope", "highway=footway incline=-8%", base, func(a *routing.EdgeAttr) { a.Incline = -8 }},
		{"a slope in degrees", "highway=footway incline=10°", base, func(a *routing.EdgeAttr) { a.Incline = 18 }},
		{"a slope with a comma", "highway=footway incline=3,6%", base, func(a *routing.EdgeAttr) { a.Incline = 4 }},
		{"a slope that is nonsense", "highway=footway incline=NaN", base, func(*routing.EdgeAttr) {}},
		{"a cliff", "highway=footway incline=4000%", base, func(a *routing.EdgeAttr) { a.Incline = 100 }},
		{"for wheelchairs", "highway=footway wheelchair=yes smoothness=horrible", base, func(a *routing.EdgeAttr) { a.Wheels = routing.WheelsYes }},
		{"not smooth", "highway=footway smoothness=very_bad", base, func(a *routing.EdgeAttr) { a.Wheels = routing.WheelsNo }},
		{"hardly smooth", "highway=footway smoothness=bad", base, func(a *routing.EdgeAttr) { a.Wheels = routing.WheelsLimited }},
		{"narrow", "highway=footway width=60cm", base, func(a *routing.EdgeAttr) { a.Wheels = routing.WheelsNo }},
		{"wide", "highway=footway width=1.5", base, func(*routing.EdgeAttr) {}},
		{"a mountain path", "highway=footway sac_scale=mountain_hiking", base, func(a *routing.EdgeAttr) { a.Wheels = routing.WheelsNo }},
		{"a limit", "highway=residential maxspeed=30", road, func(a *routing.EdgeAttr) { a.KmPerHour = 30 }},
		{"a limit in miles", "highway=residential maxspeed=20mph", road, func(a *routing.EdgeAttr) { a.KmPerHour = 32 }},
		{"a limit of the country", "highway=residential maxspeed=CN:urban", road, func(a *routing.EdgeAttr) { a.KmPerHour = 50 }},
		{"a limit of a zone", "highway=residential maxspeed=DE:zone:30", road, func(a *routing.EdgeAttr) { a.KmPerHour = 30 }},
		{"at a walk", "highway=residential maxspeed=walk", road, func(a *routing.EdgeAttr) { a.KmPerHour = 7 }},
		{"two limits", "highway=residential maxspeed=60;40", road, func(a *routing.EdgeAttr) { a.KmPerHour = 40 }},
		{"a limit on signs", "highway=residential maxspeed=signals", road, func(*routing.EdgeAttr) {}},
		{"a limit for walkers means nothing", "highway=footway maxspeed=30", base, func(*routing.EdgeAttr) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, ok := branchOf(t, c.tags, "")
			want := c.of
			c.change(&want)
			if d := cmp.Diff(want, e.EdgeAttr); d != "" || !ok {
				t.Error(d)
			}
		})
	}
}

func TestWhatCostsTimeIsCountedInHalves(t *testing.T) {
	type halves struct{ signals, crossings, gates, lifts uint8 }
	// Way 12 crosses way 10 (a road) and goes on as way 13; node 2 is where they
	// meet. The last field is of the road's two pieces together.
	for _, c := range []struct {
		name, node     string
		way            string
		path, on, road halves
	}{
		{"a zebra", "highway=crossing crossing=zebra", "highway=footway", halves{crossings: 1}, halves{crossings: 1}, halves{}},
		{"a crossing with lights", "highway=crossing crossing=traffic_signals", "highway=footway", halves{signals: 1}, halves{signals: 1}, halves{}},
		{"lights for the traffic", "highway=traffic_signals", "highway=footway", halves{}, halves{}, halves{signals: 2}},
		{"lights for both", "highway=traffic_signals crossing=traffic_signals", "highway=footway", halves{signals: 1}, halves{signals: 1}, halves{signals: 2}},
		{"no crossing", "highway=crossing crossing=no", "highway=footway", halves{}, halves{}, halves{}},
		{"a crossing that its way tells of", "", "highway=footway footway=crossing", halves{crossings: 2}, halves{crossings: 2}, halves{}},
		{"a lift", "highway=elevator", "highway=footway", halves{lifts: 1}, halves{lifts: 1}, halves{lifts: 2}},
		{"a gate for all", "barrier=gate", "highway=footway", halves{gates: 1}, halves{gates: 1}, halves{gates: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := readString(`<osm version="0.6">
<node id="1" lon="0" lat="0"/><node id="2" lon="0.0045" lat="0">` + tagXML(c.node) + `</node><node id="3" lon="0.009" lat="0"/>
<node id="4" lon="0.0045" lat="0.0018"/><node id="5" lon="0.0045" lat="-0.0018"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/>` + tagXML("highway=residential") + `</way>
<way id="12"><nd ref="4"/><nd ref="2"/>` + tagXML(c.way) + `</way>
<way id="13"><nd ref="2"/><nd ref="5"/>` + tagXML(c.way) + `</way></osm>`)
			if err != nil {
				t.Fatal(err)
			}
			got := map[int64]halves{}
			x.Graph.EachEdge(func(e routing.Edge) bool {
				h := got[e.Way]
				got[e.Way] = halves{h.signals + e.Signals, h.crossings + e.Crossings, h.gates + e.Gates, h.lifts + e.Lifts}
				return true
			})
			if got[10] != c.road || got[12] != c.path || got[13] != c.on {
				t.Errorf("%+v", got)
			}
		})
	}
}
