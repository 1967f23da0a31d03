package streetapi_test

import (
	"net/http"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/streetapi"
)

func TestBadRequestsGetOSRMsCodes(t *testing.T) {
	s := serve(t, streetapi.Options{MaxRoute: 5, MaxTable: 4, MaxPlainTable: 4, MaxNearest: 10})
	two := coordinate(0, 0) + ";" + coordinate(200, 300)
	for _, c := range []struct{ name, path, code, message string }{
		{"nothing", "/", "InvalidService", ""},
		{"an unknown service", "/fly/v1/foot/" + two, "InvalidService", "route, table"},
		{"a service that is not there", "/match/v1/foot/" + two, "NotImplemented", "match"},
		{"another version", "/route/v2/foot/" + two, "InvalidVersion", "v1"},
		{"no version", "/route", "InvalidUrl", ""},
		{"no coordinates", "/route/v1/foot", "InvalidUrl", ""},
		{"no coordinates behind the slash", "/route/v1/foot/", "InvalidUrl", ""},
		{"an unknown profile", "/route/v1/hovercraft/" + two, "InvalidValue", "foot"},
		{"flatbuffers", "/route/v1/foot/" + two + ".flatbuffers", "InvalidOptions", "json"},
		{"coordinates that are words", "/route/v1/foot/a,b;c,d", "InvalidQuery", "coordinate 0"},
		{"a coordinate too few", "/route/v1/foot/104.3,30.8;104.3", "InvalidQuery", "coordinate 1"},
		{"a semicolon too many", "/route/v1/foot/" + two + ";", "InvalidQuery", "coordinate 2"},
		{"NaN", "/route/v1/foot/NaN,30.8;104.3,30.8", "InvalidQuery", "coordinate 0"},
		{"infinity", "/route/v1/foot/Inf,30.8;104.3,30.8", "InvalidQuery", "coordinate 0"},
		{"a hexadecimal number", "/route/v1/foot/0x10,30.8;104.3,30.8", "InvalidQuery", "coordinate 0"},
		{"a number beyond all", "/route/v1/foot/1e999,30.8;104.3,30.8", "InvalidQuery", "coordinate 0"},
		{"swapped coordinates", "/route/v1/foot/30.8,104.3;30.8,104.3", "InvalidValue", "swapped"},
		{"a polyline that is none", "/route/v1/foot/polyline(!!)", "InvalidQuery", "polyline"},
		{"an empty polyline", "/route/v1/foot/polyline()", "InvalidQuery", "polyline"},
		{"off the map", "/route/v1/foot/" + coordinate(0, 0) + ";2.3,48.9", "NoSegment", "Could not find a matching segment for coordinate 1: it is outside"},
		{"too far by its radius", "/route/v1/foot/" + coordinate(50, 50) + ";" + coordinate(0, 0) + "?radiuses=10;", "NoSegment", "coordinate 0: no street for foot within 10 m"},
		{"one coordinate", "/route/v1/foot/104.3,30.8", "InvalidOptions", "two"},
		{"no way", "/route/v1/foot/" + coordinate(0, 0) + ";" + coordinate(5000, 0), "NoRoute", "0 and 1"},
		{"too many coordinates", "/route/v1/foot/" + strings.Repeat("104.3,30.8;", 5) + "104.3,30.8", "TooBig", "6"},
		{"too many in a polyline", "/route/v1/foot/polyline(" + strings.Repeat("AA", 6) + ")", "TooBig", "5"},
		{"an unknown option", "/route/v1/foot/" + two + "?color=red", "InvalidQuery", "steps"},
		{"an option of another service", "/route/v1/foot/" + two + "?sources=0", "InvalidQuery", "steps"},
		{"an option without a value", "/route/v1/foot/" + two + "?steps", "InvalidQuery", "option 1"},
		{"an option twice", "/route/v1/foot/" + two + "?steps=true&steps=false", "InvalidQuery", "option 2"},
		{"a truth that is none", "/route/v1/foot/" + two + "?steps=maybe", "InvalidQuery", "steps"},
		{"geometries of another kind", "/route/v1/foot/" + two + "?geometries=wkt", "InvalidQuery", "polyline6"},
		{"alternatives below none", "/route/v1/foot/" + two + "?alternatives=-1", "InvalidQuery", "alternatives"},
		{"an annotation that is none", "/route/v1/foot/" + two + "?annotations=colour", "InvalidQuery", "annotations"},
		{"numbers of nodes", "/route/v1/foot/" + two + "?annotations=nodes", "NotImplemented", "nodes"},
		{"a language that nobody speaks here", "/route/v1/foot/" + two + "?language=de", "InvalidOptions", "zh"},
		{"a class to leave out", "/route/v1/car/" + two + "?exclude=motorway", "InvalidValue", "Exclude"},
		{"the kerb for a car", "/route/v1/car/" + two + "?approaches=curb;curb", "NotImplemented", "approaches"},
		{"an approach that is none", "/route/v1/foot/" + two + "?approaches=up;down", "InvalidQuery", "approach"},
		{"radiuses for one of two", "/route/v1/foot/" + two + "?radiuses=100", "InvalidOptions", "radiuses"},
		{"a radius below nothing", "/route/v1/foot/" + two + "?radiuses=-5;10", "InvalidValue", "radius 0"},
		{"a radius that is no number", "/route/v1/foot/" + two + "?radiuses=NaN;10", "InvalidQuery", "radius 0"},
		{"a bearing without range", "/route/v1/foot/" + two + "?bearings=90;", "InvalidQuery", "bearing 0"},
		{"a bearing beyond the circle", "/route/v1/foot/" + two + "?bearings=400,10;", "InvalidValue", "bearing 0"},
		{"an escape that is none", "/route/v1/foot/" + two + "?steps=%zz", "InvalidQuery", "option 1"},
		{"an index beyond the last", "/table/v1/foot/" + two + "?sources=2", "InvalidOptions", "index 2"},
		{"an index below the first", "/table/v1/foot/" + two + "?sources=-1", "InvalidOptions", "index -1"},
		{"more indices than coordinates", "/table/v1/foot/" + two + "?sources=0;1;0", "InvalidOptions", "sources"},
		{"an index that is no number", "/table/v1/foot/" + two + "?destinations=one", "InvalidQuery", "destinations"},
		{"a speed of nothing", "/table/v1/foot/" + two + "?fallback_speed=0", "InvalidOptions", "fallback_speed"},
		{"a scale below nothing", "/table/v1/foot/" + two + "?scale_factor=-1", "InvalidOptions", "scale_factor"},
		{"a table too large", "/table/v1/foot/" + strings.Repeat("104.3,30.8;", 4) + "104.3,30.8", "TooBig", "5 × 5"},
		{"coordinates beyond both sides", "/table/v1/foot/" + strings.Repeat("104.3,30.8;", 8) + "104.3,30.8", "TooBig", "9"},
		{"two at once", "/nearest/v1/foot/" + two, "InvalidOptions", "one"},
		{"none of the nearest", "/nearest/v1/foot/104.3,30.8?number=0", "InvalidOptions", "number"},
		{"too many of the nearest", "/nearest/v1/foot/104.3,30.8?number=11", "TooBig", "11"},
		{"half a number", "/nearest/v1/foot/104.3,30.8?number=1.5", "InvalidQuery", "number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := served{t, s.url}
			status, o := s.get(c.path)
			message, _ := o["message"].(string)
			if status != http.StatusBadRequest || o["code"] != c.code || message == "" || !strings.Contains(message, c.message) {
				t.Errorf("%d %v, want 400 %s with %q", status, o, c.code, c.message)
			}
		})
	}
}

func TestTwoHundredThousandPointsAreRefusedAtOnce(t *testing.T) {
	s := serve(t, streetapi.Options{})
	many := strings.Repeat("104.3,30.8;", 200_000) + "104.3,30.8"
	if status, o := s.get("/table/v1/foot/" + many); status != 400 || o["code"] != "TooBig" {
		t.Errorf("in the address: %d %v", status, o)
	}
	if status, o := s.ask(http.MethodPost, "/table/v1/foot", "coordinates="+many); status != 400 || o["code"] != "TooBig" {
		t.Errorf("in the body: %d %v", status, o)
	}
	if status, o := s.ask(http.MethodPost, "/table/v1/foot", "coordinates="+strings.Repeat("104.300000,30.800000;", 500_000)); status != 400 || o["code"] != "TooBig" {
		t.Errorf("a body beyond all: %d %v", status, o)
	}
}

// What is asked may be where somebody lives, or a name in the wrong place: an answer
// in the negative says which part is wrong, not what stood there.
func TestAnAnswerInTheNegativeRepeatsNothingOfWhatWasSent(t *testing.T) {
	s := serve(t, streetapi.Options{MaxRoute: 5})
	const planted = "zhangsanfeng"
	refused := func(method, path, body string) {
		t.Helper()
		status, _, text := s.send(method, path, body)
		if status < 400 || len(text) == 0 {
			t.Errorf("%s %s: %d %s", method, path, status, text)
		}
		if strings.Contains(string(text), planted) || strings.Contains(string(text), "104.31234567") {
			t.Errorf("%s %s %s is answered with %s", method, path, body, text)
		}
	}
	for _, path := range []string{
		"/" + planted, "/route/" + planted, "/route/v1/" + planted + "/" + corners, "/route/v1/foot/" + planted, "/route/v1/foot/104.31234567;" + corners,
		"/route/v1/foot/104.31234567,930.8;104.31234567,30.8", "/route/v1/foot/polyline(" + planted + " )", "/route/v1/foot/" + corners + "." + planted,
		"/isochrones/" + planted, "/route/v1/foot/" + corners + "?" + planted, "/route/v1/foot/" + corners + "?=" + planted,
	} {
		refused(http.MethodGet, path, "")
	}
	for service, names := range map[string]string{
		"route":   planted + " alternatives annotations approaches bearings continue_straight exclude generate_hints geometries language overview radiuses skip_waypoints snapping steps walk_to_street waypoints",
		"table":   planted + " annotations destinations fallback_coordinate fallback_speed scale_factor sources",
		"nearest": planted + " number bearings radiuses",
	} {
		for name := range strings.FieldsSeq(names) {
			at := corners
			if service == "nearest" {
				at = "104.3,30.8"
			}
			pair := name + "=" + strings.Repeat(planted+";", strings.Count(at, ";")) + planted
			refused(http.MethodGet, "/"+service+"/v1/foot/"+at+"?"+pair, "")
			refused(http.MethodPost, "/"+service+"/v1/foot/", "coordinates="+at+"&"+pair+"&"+pair)
		}
	}
	refused(planted, "/route/v1/foot/"+corners, "")
	for _, body := range []string{
		planted, `{"` + planted + `":1}`, `{"locations":"` + planted + `"}`, `{"locations":[[104.31234567,930.8]],"range":[300]}`,
		`{"locations":[["` + planted + `"]]}`,
	} {
		refused(http.MethodPost, "/v2/isochrones/foot", body)
		refused(http.MethodPost, "/isochrones", body)
	}
	refused(http.MethodPost, "/isochrones", `{"profile":"`+planted+`","locations":[[104.3,30.8]],"range":[300]}`)
	for _, name := range []string{"location_type", "range_type", "units", "area_units", "interval", "smoothing", "options", "intersections", "walk_to_street"} {
		refused(http.MethodPost, "/isochrones/foot", `{"locations":[[104.3,30.8]],"range":[300],"`+name+`":"`+planted+`"}`)
	}
	refused(http.MethodPost, "/isochrones/foot", `{"locations":[[104.3,30.8]],"range":[300],"attributes":["`+planted+`"]}`)
}

func TestOtherMethodsAreNotAllowed(t *testing.T) {
	s := serve(t, streetapi.Options{})
	status, header, _ := s.send(http.MethodDelete, "/route/v1/foot/"+corners, "")
	if status != http.StatusMethodNotAllowed || header.Get("Allow") == "" {
		t.Errorf("%d %v", status, header)
	}
}

func TestAnswersSayWhatTheyAre(t *testing.T) {
	s := serve(t, streetapi.Options{})
	for _, path := range []string{"/route/v1/foot/" + corners, "/table/v1/foot/" + corners, "/nearest/v1/foot/104.3,30.8", "/nowhere"} {
		_, header, _ := s.send(http.MethodGet, path, "")
		if got := header.Get("Content-Type"); got != "application/json; charset=UTF-8" {
			t.Errorf("%s is %q", path, got)
		}
		if header.Get("Access-Control-Allow-Origin") != "" || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s has %v", path, header)
		}
	}
}
