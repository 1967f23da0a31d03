package streetapi_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/cmd/sanse/internal/streetapi"
	"sanse/geo"
	"sanse/routing"
)

// where is a location as JSON.
func where(east, north float64) string {
	p := at(east, north)
	return fmt.Sprintf("[%.6f,%.6f]", p[0], p[1])
}

func TestIsochronesHaveTheShapeOfOpenrouteservice(t *testing.T) {
	s := serve(t, streetapi.Options{})
	body := `{"locations":[` + where(200, 200) + `,` + where(0, 0) + `],"range":[200,100],"range_type":"time","location_type":"start",` +
		`"attributes":["area","reachfactor"],"area_units":"m","units":"m","smoothing":25,"id":"mine","intersections":false}`
	for _, path := range []string{"/v2/isochrones/foot-walking", "/v2/isochrones/foot-walking/geojson", "/isochrones/foot", "/ors/v2/isochrones/foot-walking"} {
		status, header, data := s.send(http.MethodPost, path, body)
		if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "application/geo+json") {
			t.Fatalf("%s: %d %s: %.300s", path, status, header.Get("Content-Type"), data)
		}
		if _, err := geojson.UnmarshalFeatureCollection(data); err != nil {
			t.Fatal(err)
		}
	}
	_, o := s.ask(http.MethodPost, "/v2/isochrones/foot-walking", body)
	if o["type"] != "FeatureCollection" || len(list(t, o, "bbox")) != 4 || len(list(t, o, "features")) != 4 {
		t.Fatalf("%v", o)
	}
	for i, want := range []struct{ group, value float64 }{{0, 100}, {0, 200}, {1, 100}, {1, 200}} {
		f := dig(t, o, "features", i)
		if number(t, f, "properties", "group_index") != want.group || number(t, f, "properties", "value") != want.value {
			t.Errorf("feature %d is of group %v up to %v", i, dig(t, f, "properties", "group_index"), dig(t, f, "properties", "value"))
		}
		if len(list(t, f, "properties", "center")) != 2 {
			t.Errorf("feature %d has no center", i)
		}
		if r := number(t, f, "properties", "reachfactor"); !(r > 0 && r <= 1) {
			t.Errorf("feature %d has the reach factor %v", i, r)
		}
		area := number(t, f, "properties", "area")
		if got := areaOf(t, s, body, i); math.Abs(got-area) > 0.01*area || area <= 0 {
			t.Errorf("feature %d is said to have %v m², it has %v", i, area, got)
		}
	}
	if a, b := number(t, o, "features", 0, "properties", "area"), number(t, o, "features", 1, "properties", "area"); a >= b {
		t.Errorf("100 s reach %v m², 200 s %v", a, b)
	}
	for _, path := range [][]any{{"metadata", "attribution"}, {"metadata", "timestamp"}, {"metadata", "engine", "version"}, {"metadata", "query", "range_type"}} {
		dig(t, o, path...)
	}
	if dig(t, o, "metadata", "service") != "isochrones" || dig(t, o, "metadata", "id") != "mine" {
		t.Errorf("metadata %v", o["metadata"])
	}
}

// areaOf measures a feature by itself.
func areaOf(t *testing.T, s served, body string, i int) float64 {
	t.Helper()
	_, _, data := s.send(http.MethodPost, "/isochrones/foot", body)
	fc, err := geojson.UnmarshalFeatureCollection(data)
	if err != nil {
		t.Fatal(err)
	}
	switch shape := fc.Features[i].Geometry.(type) {
	case orb.Polygon:
		return geo.AreaM2(orb.MultiPolygon{shape})
	case orb.MultiPolygon:
		return geo.AreaM2(shape)
	}
	t.Fatalf("feature %d is a %T", i, fc.Features[i].Geometry)
	return 0
}

func TestAnIntervalMakesRanges(t *testing.T) {
	s := serve(t, streetapi.Options{})
	_, o := s.ask(http.MethodPost, "/isochrones/foot", `{"locations":[`+where(200, 200)+`],"range":[250],"interval":100}`)
	var got []float64
	for i := range list(t, o, "features") {
		got = append(got, number(t, o, "features", i, "properties", "value"))
	}
	if fmt.Sprint(got) != "[100 200 250]" {
		t.Errorf("ranges %v", got)
	}
}

func TestARangeCanBeALength(t *testing.T) {
	s := serve(t, streetapi.Options{})
	area := func(body string) float64 {
		status, o := s.ask(http.MethodPost, "/isochrones/foot", `{"locations":[`+where(200, 200)+`],"attributes":["area"],`+body+`}`)
		if status != http.StatusOK {
			t.Fatalf("%d %v", status, o)
		}
		return number(t, o, "features", 0, "properties", "area")
	}
	metres := area(`"range":[130],"range_type":"distance"`)
	if seconds := area(`"range":[100]`); math.Abs(metres-seconds) > 0.02*seconds {
		t.Errorf("130 m reach %v m², 100 s at 1.3 m/s %v", metres, seconds)
	}
	if km := area(`"range":[0.13],"range_type":"distance","units":"km"`); km != metres {
		t.Errorf("0.13 km reach %v m², 130 m %v", km, metres)
	}
	if km2 := area(`"range":[100],"area_units":"km"`); math.Abs(km2*1e6-area(`"range":[100]`)) > 6000 {
		t.Errorf("%v km²", km2)
	}
}

func TestBadIsochroneRequestsGetOpenrouteservicesCodes(t *testing.T) {
	s := serve(t, streetapi.Options{MaxLocations: 2, MaxRanges: 3, MaxSeconds: 3600})
	here := where(200, 200)
	for _, c := range []struct {
		name, path, body string
		status, code     int
	}{
		{"no JSON", "/isochrones/foot", `locations`, 400, 3000},
		{"nothing", "/isochrones/foot", ``, 400, 3000},
		{"NaN", "/isochrones/foot", `{"locations":[[NaN,30]],"range":[100]}`, 400, 3000},
		{"two objects", "/isochrones/foot", `{"locations":[` + here + `],"range":[100]}{}`, 400, 3000},
		{"no locations", "/isochrones/foot", `{"range":[100]}`, 400, 3001},
		{"no range", "/isochrones/foot", `{"locations":[` + here + `]}`, 400, 3001},
		{"no profile", "/isochrones", `{"locations":[` + here + `],"range":[100]}`, 400, 3001},
		{"a range that is a word", "/isochrones/foot", `{"locations":[` + here + `],"range":"far"}`, 400, 3002},
		{"an unknown profile", "/v2/isochrones/boat", `{"locations":[` + here + `],"range":[100]}`, 400, 3003},
		{"swapped coordinates", "/isochrones/foot", `{"locations":[[30.8,104.3]],"range":[100]}`, 400, 3003},
		{"half a location", "/isochrones/foot", `{"locations":[[104.3]],"range":[100]}`, 400, 3003},
		{"a range of nothing", "/isochrones/foot", `{"locations":[` + here + `],"range":[0]}`, 400, 3003},
		{"a range type that is none", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"range_type":"money"}`, 400, 3003},
		{"a unit that is none", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"units":"li"}`, 400, 3003},
		{"an attribute that is none", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"attributes":["colour"]}`, 400, 3003},
		{"too smooth", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"smoothing":101}`, 400, 3003},
		{"an interval of nothing", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"interval":0}`, 400, 3003},
		{"too many locations", "/isochrones/foot", `{"locations":[` + here + `,` + here + `,` + here + `],"range":[100]}`, 400, 3004},
		{"too far", "/isochrones/foot", `{"locations":[` + here + `],"range":[3601]}`, 400, 3004},
		{"an interval beyond the range", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"interval":101}`, 400, 3004},
		{"too many ranges", "/isochrones/foot", `{"locations":[` + here + `],"range":[1,2,3,4]}`, 400, 3012},
		{"an interval that makes too many", "/isochrones/foot", `{"locations":[` + here + `],"range":[3600],"interval":1e-9}`, 400, 3012},
		{"population", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"attributes":["total_pop"]}`, 501, 3005},
		{"intersections", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"intersections":true}`, 501, 3005},
		{"options", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"options":{"avoid_features":["ferries"]}}`, 501, 3005},
		{"back by car", "/isochrones/driving-car", `{"locations":[` + here + `],"range":[100],"location_type":"destination"}`, 501, 3005},
		{"an unknown parameter", "/isochrones/foot", `{"locations":[` + here + `],"range":[100],"colour":"red"}`, 400, 3011},
		{"off the map", "/isochrones/foot", `{"locations":[[2.3,48.9]],"range":[100]}`, 404, 3099},
		{"a body beyond all", "/isochrones/foot", strings.Repeat(" ", 2<<20), 413, 3004},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, o := served{t, s.url}.ask(http.MethodPost, c.path, c.body)
			if status != c.status || number(t, o, "error", "code") != float64(c.code) || dig(t, o, "error", "message") == "" {
				t.Errorf("%d %v, want %d %d", status, o, c.status, c.code)
			}
		})
	}
	if status, o := s.get("/isochrones/foot"); status != http.StatusMethodNotAllowed || number(t, o, "error", "code") != 3099 {
		t.Errorf("GET: %d %v", status, o)
	}
}

func TestAnOutlineTooWideForItsBufferSaysSo(t *testing.T) {
	// A street of 56 km from corner to corner.
	b := routing.NewBuilder()
	from, to := b.AddNode(at(0, 0)), b.AddNode(at(40_000, 40_000))
	if _, err := b.AddEdge(from, to, nil, routing.EdgeAttr{Class: "primary", Drive: routing.Both, KmPerHour: 80}); err != nil {
		t.Fatal(err)
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := routing.NewNetwork(g)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(streetapi.New(n, streetapi.Options{}))
	t.Cleanup(server.Close)
	s := served{t, server.URL}
	for seconds, wide := range map[int]bool{60: false, 3600: true} {
		status, o := s.ask(http.MethodPost, "/isochrones/car", fmt.Sprintf(`{"locations":[%s],"range":[%d]}`, where(0, 0), seconds))
		if status != http.StatusOK {
			t.Fatalf("%d: %v", status, o)
		}
		buffer, told := dig(t, o, "features", 0, "properties").(map[string]any)["buffer"].(float64)
		if told != wide || wide && buffer <= 25 {
			t.Errorf("%d s: buffer %v, told: %v", seconds, buffer, told)
		}
	}
}
