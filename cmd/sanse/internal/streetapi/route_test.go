package streetapi_test

import (
	"fmt"
	"math"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/streetapi"
	"sanse/routing"
)

func TestARouteHasTheShapeOfOSRM(t *testing.T) {
	s := serve(t, streetapi.Options{})
	o := s.ok("/route/v1/foot/" + corners + "?steps=true&geometries=geojson&overview=full&annotations=true&alternatives=3&continue_straight=default")
	if len(list(t, o, "waypoints")) != 3 || len(list(t, o, "routes")) != 1 {
		t.Fatalf("%v", o)
	}
	r := dig(t, o, "routes", 0)
	if d := number(t, r, "distance"); math.Abs(d-500) > 2 {
		t.Errorf("%v m", d)
	}
	if d := number(t, r, "duration"); math.Abs(d-500/1.3) > 2 || number(t, r, "weight") != d || dig(t, r, "weight_name") != "duration" {
		t.Errorf("%v s", d)
	}
	if dig(t, r, "geometry", "type") != "LineString" || len(list(t, r, "geometry", "coordinates")) < 3 {
		t.Errorf("geometry %v", dig(t, r, "geometry"))
	}
	if len(list(t, r, "legs")) != 2 {
		t.Fatalf("%d legs", len(list(t, r, "legs")))
	}
	for l := range 2 {
		checkLeg(t, dig(t, r, "legs", l))
	}
	if got := dig(t, r, "legs", 1, "summary"); got != "丙路" {
		t.Errorf("summary %v", got)
	}
}

// checkLeg holds a leg with steps and all annotations against OSRM's words.
func checkLeg(t *testing.T, l any) {
	t.Helper()
	metres, seconds := 0.0, 0.0
	steps := list(t, l, "steps")
	for i, st := range steps {
		metres += number(t, st, "distance")
		seconds += number(t, st, "duration")
		number(t, st, "weight")
		if dig(t, st, "mode") != "walking" || dig(t, st, "geometry", "type") != "LineString" {
			t.Errorf("step %d: %v", i, st)
		}
		dig(t, st, "name")
		number(t, st, "maneuver", "bearing_before")
		number(t, st, "maneuver", "bearing_after")
		if len(list(t, st, "maneuver", "location")) != 2 {
			t.Errorf("step %d has no place", i)
		}
		kind := dig(t, st, "maneuver", "type")
		if i == 0 && kind != "depart" || i == len(steps)-1 && (kind != "arrive" || number(t, st, "distance") != 0) {
			t.Errorf("step %d is %v", i, kind)
		}
		for k, x := range list(t, st, "intersections") {
			n := len(list(t, x, "bearings"))
			if n != len(list(t, x, "entry")) || len(list(t, x, "location")) != 2 {
				t.Errorf("step %d intersection %d: %v", i, k, x)
			}
			_, hasIn := x.(object)["in"]
			_, hasOut := x.(object)["out"]
			if hasIn == (i == 0 && k == 0) || hasOut == (i == len(steps)-1) {
				t.Errorf("step %d intersection %d has in %v, out %v", i, k, hasIn, hasOut)
			}
		}
	}
	if math.Abs(metres-number(t, l, "distance")) > 0.3 || math.Abs(seconds-number(t, l, "duration")) > 0.3 {
		t.Errorf("steps have %v m and %v s, the leg %v m and %v s", metres, seconds, number(t, l, "distance"), number(t, l, "duration"))
	}
	n := len(list(t, l, "annotation", "distance"))
	sum := 0.0
	for i := range n {
		sum += number(t, l, "annotation", "distance", i)
		number(t, l, "annotation", "speed", i)
		number(t, l, "annotation", "weight", i)
		number(t, l, "annotation", "duration", i)
		if number(t, l, "annotation", "datasources", i) != 0 {
			t.Error("a datasource that is none")
		}
	}
	if math.Abs(sum-number(t, l, "distance")) > 0.2 || len(list(t, l, "annotation", "metadata", "datasource_names")) != 1 {
		t.Errorf("annotated %v m of %v", sum, number(t, l, "distance"))
	}
}

func TestClientsOfOSRMAreUnderstood(t *testing.T) {
	s := serve(t, streetapi.Options{})
	two := coordinate(0, 0) + ";" + coordinate(200, 300)
	for client, path := range map[string]string{
		"VROOM":                   "/route/v1/car/" + two + "?alternatives=false&steps=false&overview=full&continue_straight=false&radiuses=35000;35000",
		"Leaflet Routing Machine": "/route/v1/driving/" + two + "?overview=false&alternatives=true&steps=true&hints=;",
		"osrm-text-instructions":  "/route/v1/foot/" + two + ".json?steps=true&overview=simplified&geometries=polyline6",
		"QGIS":                    "/route/v1/walking/" + two + "?overview=full&geometries=geojson",
		"routingpy":               "/route/v1/cycling/" + two + "?radiuses=unlimited;unlimited&alternatives=false&steps=false&continue_straight=false&geometries=geojson&overview=simplified",
		"polyline":                "/route/v1/foot/polyline(" + url.PathEscape(polyline(at(0, 0), at(200, 300))) + ")?overview=false",
	} {
		o := s.ok(path)
		if len(list(t, o, "routes", 0, "legs")) != 1 || len(list(t, o, "waypoints")) != 2 {
			t.Errorf("%s: %v", client, o)
		}
		_, drawn := dig(t, o, "routes", 0).(object)["geometry"]
		if drawn == strings.Contains(path, "overview=false") {
			t.Errorf("%s: drawn is %v", client, drawn)
		}
		if steps := list(t, o, "routes", 0, "legs", 0, "steps"); (len(steps) > 0) != strings.Contains(path, "steps=true") {
			t.Errorf("%s: %d steps", client, len(steps))
		}
	}
}

// polyline is Google's algorithm, written again for the test.
func polyline(points ...orb.Point) string {
	var b strings.Builder
	last := [2]int{}
	for _, p := range points {
		for k, v := range []float64{p[1], p[0]} {
			n := int(math.Round(v * 1e5))
			d := (n - last[k]) << 1
			last[k] = n
			if d < 0 {
				d = ^d
			}
			for ; d >= 32; d >>= 5 {
				b.WriteByte(byte(d&31|32) + 63)
			}
			b.WriteByte(byte(d) + 63)
		}
	}
	return b.String()
}

func TestGeometriesAreOneLineInThreeForms(t *testing.T) {
	s := serve(t, streetapi.Options{})
	path := "/route/v1/foot/" + corners + "?overview=full&geometries="
	var want []orb.Point
	for _, p := range list(t, s.ok(path+"geojson"), "routes", 0, "geometry", "coordinates") {
		want = append(want, orb.Point{number(t, p, 0), number(t, p, 1)})
	}
	if got := dig(t, s.ok(path+"polyline"), "routes", 0, "geometry"); got != polyline(want...) {
		t.Errorf("polyline %v, want %v", got, polyline(want...))
	}
	simple := list(t, s.ok(path[:len(path)-len("&overview=full&geometries=")+1]+"geometries=geojson"), "routes", 0, "geometry", "coordinates")
	if len(simple) > len(want) || len(simple) != 3 {
		t.Errorf("simplified to %d points of %d", len(simple), len(want))
	}
}

func TestALeaderIsToldTheWayInTheirLanguage(t *testing.T) {
	s := serve(t, streetapi.Options{})
	path := "/route/v1/foot/" + coordinate(0, 0) + ";" + coordinate(205, 290) + "?steps=true&language="
	for language, want := range map[string]string{
		"zh": "，目的地在右侧", "en": "You have arrived, your destination is on the right",
	} {
		steps := list(t, s.ok(path+language), "routes", 0, "legs", 0, "steps")
		got := dig(t, steps[len(steps)-1], "maneuver", "instruction").(string)
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s", language, got)
		}
	}
	if _, told := dig(t, s.ok("/route/v1/foot/"+corners+"?steps=true"), "routes", 0, "legs", 0, "steps", 0, "maneuver").(object)["instruction"]; told {
		t.Error("told without being asked")
	}
}

func TestWalksToTheStreetArePartOfTheRouteWhenAsked(t *testing.T) {
	s := serve(t, streetapi.Options{})
	path := "/route/v1/foot/" + coordinate(50, -39) + ";" + coordinate(150, -26) + "?geometries=geojson&overview=full&steps=true&annotations=distance,duration"
	street, door := dig(t, s.ok(path), "routes", 0), dig(t, s.ok(path+"&walk_to_street=true"), "routes", 0)
	if got := number(t, street, "distance"); math.Abs(got-100) > 1 {
		t.Errorf("%v m from street to street", got)
	}
	if got := number(t, door, "distance"); math.Abs(got-165) > 1 {
		t.Errorf("%v m from door to door", got)
	}
	if got := dig(t, door, "geometry", "coordinates", 0); fmt.Sprint(got) != fmt.Sprint([]any{at(50, -39)[0], at(50, -39)[1]}) {
		t.Errorf("the line begins at %v", got)
	}
	for _, r := range []any{street, door} {
		sum := 0.0
		for _, d := range list(t, r, "legs", 0, "annotation", "duration") {
			sum += d.(float64)
		}
		if math.Abs(sum-number(t, r, "duration")) > 0.3 {
			t.Errorf("annotated %v s of %v", sum, number(t, r, "duration"))
		}
		// Either way the place is on the right of a street that runs east.
		steps := list(t, r, "legs", 0, "steps")
		if got := dig(t, steps[len(steps)-1], "maneuver", "modifier"); got != "right" {
			t.Errorf("the place is on the %v", got)
		}
	}
}

func TestTheNearestStreetsComeInOrderAndTheirHintsHold(t *testing.T) {
	s := serve(t, streetapi.Options{})
	o := s.ok("/nearest/v1/foot/" + coordinate(30, 4) + "?number=3")
	if n := len(list(t, o, "waypoints")); n != 3 {
		t.Fatalf("%d waypoints", n)
	}
	last := -1.0
	for i := range 3 {
		if d := number(t, o, "waypoints", i, "distance"); d < last {
			t.Errorf("waypoint %d is %v m away, after %v", i, d, last)
		} else {
			last = d
		}
	}
	if got := dig(t, o, "waypoints", 0, "name"); got != "一街" {
		t.Errorf("nearest is %v", got)
	}
	second := dig(t, o, "waypoints", 1)
	hint := dig(t, second, "hint").(string)
	again := s.ok("/route/v1/foot/" + coordinate(30, 4) + ";" + coordinate(300, 300) + "?overview=false&hints=" + hint + ";")
	if got := dig(t, again, "waypoints", 0, "location"); fmt.Sprint(got) != fmt.Sprint(dig(t, second, "location")) {
		t.Errorf("with the hint %v, want %v", got, dig(t, second, "location"))
	}
	// A hint of elsewhere is as none.
	other := s.ok("/nearest/v1/foot/" + coordinate(230, 4) + "?hints=" + hint)
	if got := dig(t, other, "waypoints", 0, "name"); got != "一街" {
		t.Errorf("with another's hint %v", got)
	}
	if one := list(t, s.ok("/nearest/v1/foot/"+coordinate(30, 4)), "waypoints"); len(one) != 1 {
		t.Errorf("%d waypoints where one was asked for", len(one))
	}
}

func TestABearingChoosesTheStreetThatRunsThatWay(t *testing.T) {
	s := serve(t, streetapi.Options{})
	near := coordinate(8, 4)
	for bearing, want := range map[string]string{"90,20": "一街", "0,20": "甲路", "180,20": "甲路", "270,20": "一街"} {
		if got := dig(t, s.ok("/nearest/v1/foot/"+near+"?bearings="+bearing), "waypoints", 0, "name"); got != want {
			t.Errorf("towards %s is %v, want %s", bearing, got, want)
		}
	}
	// Nobody drives west on the one-way street.
	if got := dig(t, s.ok("/nearest/v1/car/"+near+"?bearings=270,10"), "waypoints", 0, "name"); got == "一街" {
		t.Errorf("a car goes the wrong way on %v", got)
	}
	if status, o := s.get("/nearest/v1/foot/" + near + "?bearings=45,5"); status != 400 || o["code"] != "NoSegment" {
		t.Errorf("no street runs northeast: %d %v", status, o)
	}
}

func TestABearingDoesNotLeadOntoAFragmentBesideTheStreet(t *testing.T) {
	b := routing.NewBuilder()
	node := func(east, north float64) int32 { return b.AddNode(at(east, north)) }
	west, middle, east, north := node(-3000, 0), node(500, 0), node(3000, 0), node(500, 900)
	for _, e := range []struct {
		name     string
		from, to int32
	}{{"长街", west, middle}, {"长街", middle, east}, {"横路", middle, north}, {"断头路", node(-20, 10), node(20, 10)}, {"断头巷", node(30, 5), node(30, 25)}} {
		if _, err := b.AddEdge(e.from, e.to, nil, routing.EdgeAttr{Class: "residential", Name: e.name, Walk: routing.Both}); err != nil {
			t.Fatal(err)
		}
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := routing.NewNetwork(g)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(streetapi.New(n, streetapi.Options{Radius: 100}))
	t.Cleanup(server.Close)
	s := served{t, server.URL}
	near := coordinate(0, 9)
	for query, want := range map[string]string{"": "长街", "?bearings=90,20": "长街", "?bearings=0,20": "断头巷"} {
		if got := dig(t, s.ok("/nearest/v1/foot/"+near+query), "waypoints", 0, "name"); got != want {
			t.Errorf("%q is on %v, want %s", query, got, want)
		}
	}
	s.ok("/route/v1/foot/" + near + ";" + coordinate(500, 500) + "?bearings=90,20;")
	if status, o := s.get("/route/v1/foot/" + near + ";" + near + "?bearings=45,5;"); status != 400 || o["code"] != "NoSegment" || !strings.Contains(dig(t, o, "message").(string), "bearing") {
		t.Errorf("no street runs northeast: %d %v", status, o)
	}
}

func TestAWayToItselfHasNoLength(t *testing.T) {
	s := serve(t, streetapi.Options{})
	for _, more := range []string{"", "&walk_to_street=true"} {
		p := coordinate(130, -20)
		o := s.ok("/route/v1/foot/" + p + ";" + p + ";" + p + "?steps=true&annotations=true&overview=full&geometries=geojson&language=zh" + more)
		r := dig(t, o, "routes", 0)
		if number(t, r, "distance") != 0 || number(t, r, "duration") != 0 || len(list(t, r, "geometry", "coordinates")) != 2 {
			t.Errorf("%v", r)
		}
		if steps := list(t, r, "legs", 1, "steps"); len(steps) != 2 || dig(t, steps[1], "maneuver", "type") != "arrive" {
			t.Errorf("%v", steps)
		}
	}
}

func TestSeveralLegsMeetAtTheirWaypoints(t *testing.T) {
	s := serve(t, streetapi.Options{})
	o := s.ok("/route/v1/e-bike/" + coordinate(20, 3) + ";" + coordinate(380, 210) + ";" + coordinate(60, 390) + ";" + coordinate(20, 3) + "?steps=true&geometries=geojson&overview=full")
	r := dig(t, o, "routes", 0)
	metres := 0.0
	var end any
	for i, l := range list(t, r, "legs") {
		steps := list(t, l, "steps")
		if i > 0 && fmt.Sprint(dig(t, steps[0], "maneuver", "location")) != fmt.Sprint(end) {
			t.Errorf("leg %d begins at %v, the one before ends at %v", i, dig(t, steps[0], "maneuver", "location"), end)
		}
		end = dig(t, steps[len(steps)-1], "maneuver", "location")
		metres += number(t, l, "distance")
	}
	if math.Abs(metres-number(t, r, "distance")) > 0.3 {
		t.Errorf("legs have %v m, the route %v", metres, number(t, r, "distance"))
	}
}

func TestAWideRadiusTakesNobodyToAnotherTown(t *testing.T) {
	s := serve(t, streetapi.Options{})
	for _, radius := range []string{"35000", "unlimited"} {
		// The street of the island is longer than all of the town's.
		o := s.ok("/nearest/v1/foot/" + coordinate(30, 4) + "?radiuses=" + radius)
		if got := dig(t, o, "waypoints", 0, "name"); got != "一街" {
			t.Errorf("within %s: %v", radius, got)
		}
		o = s.ok("/nearest/v1/foot/" + coordinate(30, -5000) + "?radiuses=" + radius)
		if got := number(t, o, "waypoints", 0, "distance"); got < 4900 {
			t.Errorf("within %s: %v m", radius, got)
		}
	}
}
