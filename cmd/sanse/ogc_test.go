package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb/geojson"
)

const ogcRoot = "/v1/ogc"

// linked follows the link of a relation in a document.
func linked(t *testing.T, c *client, v object, rel string) string {
	t.Helper()
	for _, l := range list(v["links"]) {
		if l := l.(object); l["rel"] == rel {
			if !strings.HasPrefix(text(l["href"]), c.base+ogcRoot) {
				t.Fatalf("the link %s leads to %s", rel, l["href"])
			}
			return strings.TrimPrefix(text(l["href"]), c.base)
		}
	}
	return ""
}

// ogc gets a document that must be there.
func (c *client) ogc(path, kind string) object {
	c.t.Helper()
	a := c.ask(path)
	if a.status != http.StatusOK || a.header.Get("Content-Type") != kind || a.header.Get("Cache-Control") != "no-store" {
		c.t.Fatalf("GET %s: %d %v: %s", path, a.status, a.header, clip(a.body))
	}
	return parseJSON(c.t, a.body)
}

const (
	typeGeo     = "application/geo+json"
	typeOpenAPI = "application/vnd.oai.openapi+json;version=3.0"
)

func items(collection string, query ...string) string {
	q := url.Values{}
	for i := 0; i < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return ogcRoot + "/collections/" + collection + "/items?" + q.Encode()
}

func TestOGCFeaturesAreFoundFromTheLandingPage(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	landing := c.ogc(ogcRoot, "application/json")
	conformance := c.ogc(linked(t, c, landing, "conformance"), "application/json")
	for _, class := range []string{"ogcapi-features-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/geojson", "ogcapi-features-3/1.0/conf/features-filter", "cql2/1.0/conf/basic-cql2"} {
		if !slices.Contains(list(conformance["conformsTo"]), any("http://www.opengis.net/spec/"+class)) {
			t.Errorf("%s is not declared: %v", class, conformance)
		}
	}
	api := c.ogc(linked(t, c, landing, "service-desc"), typeOpenAPI)
	if api["openapi"] != "3.0.3" || text(list(api["servers"])[0].(object)["url"]) != c.base+ogcRoot {
		t.Errorf("%v %v", api["openapi"], api["servers"])
	}
	collections := list(c.ogc(linked(t, c, landing, "data"), "application/json")["collections"])
	var ids []string
	for _, v := range collections {
		collection := v.(object)
		id := text(collection["id"])
		ids = append(ids, id)
		self := c.ogc(linked(t, c, collection, "self"), "application/json")
		if fmt.Sprint(self) != fmt.Sprint(v) {
			t.Errorf("%s: listed as %v, by itself %v", id, v, self)
		}
		page := c.ogc(linked(t, c, collection, "items")+"?limit=3", typeGeo)
		if n := whole(page["numberReturned"]); n != len(list(page["features"])) || n != min(3, whole(page["numberMatched"])) || n == 0 {
			t.Errorf("%s: %d of %v returned", id, n, page["numberMatched"])
		}
		// What is queryable is what there is, and is in the API's description.
		queryable := c.ogc(linked(t, c, collection, "http://www.opengis.net/def/rel/ogc/1.0/queryables"), "application/schema+json")["properties"].(object)
		schema := c.ogc(linked(t, c, collection, "describedBy"), "application/schema+json")["properties"].(object)["properties"].(object)["properties"].(object)
		feature := list(page["features"])[0].(object)
		names := slices.Sorted(maps.Keys(feature["properties"].(object)))
		if got := slices.Sorted(maps.Keys(schema)); !slices.Equal(got, names) {
			t.Errorf("%s: the schema has %v, a feature %v", id, got, names)
		}
		if got := slices.Sorted(maps.Keys(queryable)); !slices.Equal(got, slices.Sorted(slices.Values(append(slices.Clone(names), "geometry")))) {
			t.Errorf("%s: the queryables are %v, a feature has %v", id, got, names)
		}
		var described []string
		for _, p := range list(api["paths"].(object)["/collections/"+id+"/items"].(object)["get"].(object)["parameters"]) {
			described = append(described, text(p.(object)["name"]))
		}
		for _, name := range append(names, "limit", "offset", "bbox", "datetime", "filter", "filter-lang", "properties") {
			if !slices.Contains(described, name) {
				t.Errorf("%s: the parameter %s is not described", id, name)
			}
		}
		// The feature by itself is the same one.
		one := c.ogc(ogcRoot+"/collections/"+id+"/items/"+url.PathEscape(text(feature["id"])), typeGeo)
		if fmt.Sprint(one["properties"], one["geometry"], one["id"]) != fmt.Sprint(feature["properties"], feature["geometry"], feature["id"]) {
			t.Errorf("%s: %v is %v by itself", id, feature["id"], one["properties"])
		}
		if linked(t, c, one, "collection") != linked(t, c, collection, "self") || linked(t, c, one, "self") == "" {
			t.Errorf("%s: links of a feature: %v", id, one["links"])
		}
	}
	want := []string{"areas-district", "areas-town", "areas-community", "areas-grid", "areas-micro-grid", "cells-6", "cells-7", "cells-8", "cells-9", "cells-10", "facilities"}
	if !slices.Equal(ids, want) {
		t.Errorf("collections %v", ids)
	}
	if a := c.ask(ogcRoot, func(r *http.Request) { r.Host = "localhost:81" }); !strings.Contains(a.body, `"http://localhost:81/v1/ogc/collections"`) {
		t.Errorf("asked as localhost:81: %s", clip(a.body))
	}
}

func TestOGCFeaturesAreWhatTheAPIHas(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	for _, level := range []string{"town", "community", "grid", "micro-grid"} {
		ours := map[string]object{}
		for _, f := range c.features("/v1/areas?level=" + level) {
			ours[text(properties(f)["code"])] = properties(f)
		}
		page := c.ogc(items("areas-"+level, "limit", "10000"), typeGeo)
		if len(ours) != whole(page["numberMatched"]) {
			t.Errorf("%s: %v areas, /v1/areas has %d", level, page["numberMatched"], len(ours))
		}
		for _, f := range list(page["features"]) {
			p := properties(f)
			if o := ours[text(p["code"])]; o == nil || o["name"] != p["name"] || fmt.Sprint(o["residents"]) != fmt.Sprint(p["residents"]) || fmt.Sprint(o["households"]) != fmt.Sprint(p["households"]) {
				t.Errorf("%s: %v, /v1/areas has %v", level, p, o)
			}
		}
	}
	if got, want := whole(c.ogc(items("facilities"), typeGeo)["numberMatched"]), len(c.features("/v1/facilities")); got != want {
		t.Errorf("%d facilities, /v1/facilities has %d", got, want)
	}
	// People add up over the resolutions, and to the district.
	district := properties(list(c.ogc(items("areas-district"), typeGeo)["features"])[0])
	for _, res := range []string{"6", "7", "8"} {
		sums := map[string]int{}
		for _, f := range list(c.ogc(items("cells-"+res, "limit", "10000"), typeGeo)["features"]) {
			for _, k := range []string{"people", "over60", "households", "residents", "red", "yellow", "blue"} {
				sums[k] += whole(properties(f)[k])
			}
		}
		for _, k := range []string{"people", "over60", "households", "residents"} {
			if sums[k] != whole(district[k]) {
				t.Errorf("cells-%s: %d %s, the district has %v", res, sums[k], k, district[k])
			}
		}
		if sums["red"]+sums["yellow"]+sums["blue"] != sums["residents"] {
			t.Errorf("cells-%s: %v", res, sums)
		}
	}
	// Walks to a cell are those of the coverage.
	service := aService(c)
	walk := map[string]int{}
	for _, f := range c.features("/v1/coverage?minutes=15&res=10&service=" + service) {
		walk[text(properties(f)["cell"])] = whole(properties(f)["seconds"])
	}
	page := c.ogc(items("cells-10", "filter", "seconds_"+service+" <= 900", "limit", "10000", "properties", "cell,seconds_"+service), typeGeo)
	if len(walk) == 0 || len(walk) != whole(page["numberMatched"]) {
		t.Errorf("%v cells within 15 minutes, the coverage has %d", page["numberMatched"], len(walk))
	}
	for _, f := range list(page["features"]) {
		if p := properties(f); len(p) != 2 || walk[text(p["cell"])] != whole(p["seconds_"+service]) {
			t.Errorf("%v, the coverage has %d", p, walk[text(p["cell"])])
		}
	}
}

func TestOGCPagesHoldEachFeatureOnce(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	var ids []string
	path := items("areas-micro-grid", "limit", "37", "filter", "special = FALSE", "as", text(c.get("/v1/district")["code"]))
	matched, last := 0, ""
	for path != "" {
		page := c.ogc(path, typeGeo)
		matched = whole(page["numberMatched"])
		for _, f := range list(page["features"]) {
			ids = append(ids, text(f.(object)["id"]))
		}
		if prev := linked(t, c, page, "prev"); prev != last && last != "" {
			if same := c.ogc(prev, typeGeo); fmt.Sprint(same["features"]) != fmt.Sprint(c.ogc(last, typeGeo)["features"]) {
				t.Errorf("before %s comes %s", path, prev)
			}
		}
		last, path = linked(t, c, page, "self"), linked(t, c, page, "next")
	}
	if len(ids) != matched || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != matched || matched < 50 {
		t.Errorf("%d features on the pages, %d matched", len(ids), matched)
	}
	if page := c.ogc(items("facilities", "offset", "100000"), typeGeo); whole(page["numberReturned"]) != 0 || linked(t, c, page, "next") != "" {
		t.Errorf("after the end: %v", page)
	}
}

func TestOGCFiltersSelect(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	all := c.ogc(items("facilities", "limit", "10000"), typeGeo)
	first, service := properties(list(all["features"])[0]), aService(c)
	var west, south, east, north float64 = 180, 90, -180, -90
	for _, f := range list(all["features"])[:5] {
		at := list(f.(object)["geometry"].(object)["coordinates"])
		west, east = min(west, at[0].(float64)), max(east, at[0].(float64))
		south, north = min(south, at[1].(float64)), max(north, at[1].(float64))
	}
	box := fmt.Sprintf("%v,%v,%v,%v", west, south, east, north)
	for name, test := range map[string]struct {
		query []string
		keep  func(p object, at []any) bool
	}{
		"a service":                  {[]string{"filter", "service = '" + service + "'"}, func(p object, _ []any) bool { return p["service"] == service }},
		"a service by its parameter": {[]string{"service", service}, func(p object, _ []any) bool { return p["service"] == service }},
		"a name with a quote":        {[]string{"name", text(first["name"])}, func(p object, _ []any) bool { return p["name"] == first["name"] }},
		"room": {[]string{"filter", "capacity BETWEEN 20 AND 50 AND NOT status IN ('idle', 'planned')"}, func(p object, _ []any) bool {
			return p["capacity"] != nil && whole(p["capacity"]) >= 20 && whole(p["capacity"]) <= 50 && p["status"] == "open"
		}},
		"no area known": {[]string{"filter", "area_m2 IS NULL", "filter-lang", "cql2-text"}, func(p object, _ []any) bool { return p["area_m2"] == nil }},
		"a box":         {[]string{"bbox", box}, func(_ object, at []any) bool { return inside(at, west, south, east, north) }},
		"a box in the filter": {[]string{"filter", "S_INTERSECTS(geometry, BBOX(" + box + "))"}, func(_ object, at []any) bool {
			return inside(at, west, south, east, north)
		}},
		"all of it at once": {[]string{"filter", "capacity > 10", "service", service, "bbox", box}, func(p object, at []any) bool {
			return p["service"] == service && p["capacity"] != nil && whole(p["capacity"]) > 10 && inside(at, west, south, east, north)
		}},
	} {
		want := map[string]bool{}
		for _, f := range list(all["features"]) {
			if test.keep(properties(f), list(f.(object)["geometry"].(object)["coordinates"])) {
				want[text(f.(object)["id"])] = true
			}
		}
		page := c.ogc(items("facilities", append(test.query, "limit", "10000")...), typeGeo)
		got := map[string]bool{}
		for _, f := range list(page["features"]) {
			got[text(f.(object)["id"])] = true
		}
		if !maps.Equal(got, want) || whole(page["numberMatched"]) != len(want) {
			t.Errorf("%s: %d features, want %d", name, len(got), len(want))
		}
	}
	// Areas of a day: before the first boundaries there are none.
	if page := c.ogc(items("areas-grid", "datetime", "1990-01-01"), typeGeo); whole(page["numberMatched"]) != 0 {
		t.Errorf("%v grids in 1990", page["numberMatched"])
	}
	grids := whole(c.ogc(items("areas-grid"), typeGeo)["numberMatched"])
	for _, when := range []string{"2026-12-01T00:00:00Z", "1990-01-01/.."} {
		if page := c.ogc(items("areas-grid", "datetime", when), typeGeo); whole(page["numberMatched"]) != grids {
			t.Errorf("%s: %v grids, want %d", when, page["numberMatched"], grids)
		}
	}
	// Their first day begins at midnight there, which is on another day in UTC.
	begin := ""
	for _, f := range list(c.ogc(items("areas-grid", "limit", "10000"), typeGeo)["features"]) {
		if day := text(f.(object)["properties"].(object)["valid_from"]); begin == "" || day < begin {
			begin = day
		}
	}
	zone, err := time.LoadLocation(text(c.get("/v1/district")["time_zone"]))
	if err != nil {
		t.Fatal(err)
	}
	midnight, err := time.ParseInLocation(time.DateOnly, begin, zone)
	if err != nil || midnight.UTC().Hour() == 0 {
		t.Fatalf("midnight is at %s: %v", midnight.UTC(), err)
	}
	midnight = midnight.UTC()
	for when, want := range map[string]bool{midnight.Format(time.RFC3339): true, midnight.Add(-time.Second).Format(time.RFC3339): false} {
		if page := c.ogc(items("areas-grid", "datetime", when), typeGeo); (whole(page["numberMatched"]) > 0) != want {
			t.Errorf("%s: %v grids, the first of which are of %s", when, page["numberMatched"], begin)
		}
	}
}

// aService is one that a facility of the district gives.
func aService(c *client) string {
	return text(properties(c.features("/v1/facilities")[0])["service"])
}

func inside(at []any, west, south, east, north float64) bool {
	x, y := at[0].(float64), at[1].(float64)
	return x >= west && x <= east && y >= south && y <= north
}

func TestOGCRefusesWhatItCannotRead(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	for path, want := range map[string]struct {
		status int
		detail string
	}{
		ogcRoot + "?x=1":                                                  {400, "a parameter is not known"},
		ogcRoot + "/collections?limit=3":                                  {400, "a parameter is not known"},
		ogcRoot + "?f=html":                                               {400, "want json"},
		ogcRoot + "/collections/moon":                                     {404, "there is no collection"},
		ogcRoot + "/collections/moon/items":                               {404, "there is no collection"},
		ogcRoot + "/collections/moon/schema":                              {404, "there is no collection"},
		ogcRoot + "/collections/facilities/items/nothing":                 {404, "no such feature"},
		items("facilities", "limt", "3"):                                  {400, "a parameter is not known"},
		items("facilities", "limit", "0"):                                 {400, "limit"},
		items("facilities", "limit", "-1"):                                {400, "limit"},
		items("facilities", "limit", "many"):                              {400, "limit"},
		items("facilities", "offset", "-1"):                               {400, "offset"},
		items("facilities", "bbox", "1,2,3"):                              {400, "bbox"},
		items("facilities", "bbox", "1,2,3,x"):                            {400, "bbox"},
		items("facilities", "bbox", "1,2,3,NaN"):                          {400, "bbox"},
		items("facilities", "bbox", "0,5,1,4"):                            {400, "north"},
		items("facilities", "bbox", ""):                                   {400, "bbox"},
		items("facilities", "datetime", "x"):                              {400, "datetime"},
		items("facilities", "datetime", ""):                               {400, "datetime"},
		items("facilities", "filter", "capacity >"):                       {400, "character 11"},
		items("facilities", "filter", "moon = 1"):                         {400, "there is no such property"},
		items("facilities", "filter", "TRUE", "filter-lang", "cql2-json"): {400, "cql2-text"},
		items("facilities", "filter", "TRUE", "filter-crs", "EPSG:4490"):  {400, "CRS84"},
		items("facilities", "capacity", "many"):                           {400, "capacity"},
		items("facilities", "properties", "moon"):                         {400, "properties: one of them is not there"},
		items("facilities") + "limit=1&limit=2":                           {400, "2 times"},
	} {
		a := c.ask(path)
		if a.status != want.status || a.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(text(parseJSON(t, a.body)["detail"]), want.detail) {
			t.Errorf("GET %s: %d %s, want %d …%s…", path, a.status, clip(a.body), want.status, want.detail)
		}
	}
}

func TestCellsHoldTheVisitsOfTheHeatmap(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	for _, res := range []int{6, 8} {
		visits := map[string]int{}
		for _, f := range list(c.ogc(items(fmt.Sprint("cells-", res), "limit", "10000"), typeGeo)["features"]) {
			p := properties(f)
			visits[text(p["cell"])] = whole(p["visits"])
			if whole(p["visits_in_time"]) > whole(p["visits_due"]) {
				t.Errorf("more are in time than were due: %v", p)
			}
		}
		sum := 0
		for _, f := range list(c.get(fmt.Sprint("/v1/heatmap?layer=load&res=", res))["cells"].(object)["features"]) {
			p := properties(f)
			sum += whole(p["count"])
			if got, there := visits[text(p["cell"])]; !there && whole(p["count"]) > 0 || got != whole(p["count"]) {
				t.Errorf("cell %v of resolution %d has %d visits, the heatmap %v", p["cell"], res, got, p["count"])
			}
		}
		if sum == 0 {
			t.Error("no visit is on the heatmap")
		}
	}
	// The tiles have the same for those who answer for the district, and for nobody else.
	fields := func(as string) object {
		for _, l := range list(c.get("/v1/tiles/cells.json" + as)["vector_layers"]) {
			if text(l.(object)["id"]) == "people" {
				return l.(object)["fields"].(object)
			}
		}
		t.Fatal("the cells have no people")
		return nil
	}
	if fields("")["visits"] == nil || fields("?as=public")["visits"] != nil || fields("?as=public")["people"] == nil {
		t.Errorf("the tiles hold %v, those of the public %v", fields(""), fields("?as=public"))
	}
}

func TestOGCTellsOutsidersWhatWasReleased(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	for _, collection := range []string{"areas-grid", "areas-micro-grid", "cells-6", "cells-8", "facilities"} {
		page := c.ogc(items(collection, "limit", "10000", "as", "public"), typeGeo)
		if len(list(page["features"])) == 0 {
			t.Errorf("%s: nothing is told", collection)
		}
		for _, f := range list(page["features"]) {
			for _, k := range []string{"residents", "disabled", "red", "yellow", "blue", "in_use", "visits", "visits_due", "visits_in_time"} {
				if v := properties(f)[k]; v != nil {
					t.Errorf("%s: %s is told: %v", collection, k, v)
				}
			}
		}
		for _, l := range list(page["links"]) {
			if !strings.Contains(text(l.(object)["href"]), "as=public") {
				t.Errorf("%s: the link %v forgets who asks", collection, l)
			}
		}
		// A filter knows no more than an answer.
		for _, k := range []string{"residents", "disabled", "in_use"} {
			if a := c.ask(items(collection, "filter", k+" >= 0", "as", "public")); a.status == http.StatusOK && whole(parseJSON(t, a.body)["numberMatched"]) != 0 {
				t.Errorf("%s: a filter finds %s: %s", collection, k, clip(a.body))
			}
		}
	}
	for _, f := range list(c.ogc(items("areas-town", "as", "public"), typeGeo)["features"]) {
		for _, o := range c.features("/v1/areas?level=town&as=public") {
			if properties(o)["code"] == properties(f)["code"] && fmt.Sprint(properties(o)["residents"]) != fmt.Sprint(properties(f)["residents"]) {
				t.Errorf("%v residents, /v1/areas tells %v", properties(f), properties(o))
			}
		}
	}
}

// The library with which QGIS and others read such services.
func TestOgr2ogrReadsTheCollections(t *testing.T) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("ogr2ogr is not installed (Debian: gdal-bin)")
	}
	c := serveDistrict(t, done(t, andorra))
	convert := func(args ...string) *geojson.FeatureCollection {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "ogr2ogr", append([]string{"-f", "GeoJSON", "/vsistdout/", "OAPIF:" + c.base + ogcRoot, "-oo", "PAGE_SIZE=500"}, args...)...).Output()
		if err != nil {
			t.Fatalf("ogr2ogr %v: %v", args, err)
		}
		var fc geojson.FeatureCollection
		if err := json.Unmarshal(out, &fc); err != nil {
			t.Fatalf("ogr2ogr %v: %v: %s", args, err, clip(string(out)))
		}
		return &fc
	}
	for _, collection := range []string{"areas-district", "areas-town", "areas-community", "areas-grid", "areas-micro-grid", "cells-6", "cells-8", "cells-9", "facilities"} {
		want := c.ogc(items(collection, "limit", "10000"), typeGeo)
		got := convert(collection)
		if len(got.Features) != whole(want["numberMatched"]) {
			t.Errorf("%s: %d features, want %v", collection, len(got.Features), want["numberMatched"])
			continue
		}
		sum := func(v any) float64 {
			n, _ := v.(float64)
			return n
		}
		var ours, theirs float64
		for i, f := range list(want["features"]) {
			for _, v := range properties(f) {
				ours += sum(v)
			}
			for _, v := range got.Features[i].Properties {
				theirs += sum(v)
			}
		}
		if math.Abs(ours-theirs) > 1e-6*ours {
			t.Errorf("%s: the numbers add up to %v, want %v", collection, theirs, ours)
		}
	}
	service := aService(c)
	places := whole(c.ogc(items("facilities", "service", service), typeGeo)["numberMatched"])
	if got := convert("facilities", "-where", "service = '"+service+"'"); len(got.Features) != places || places == 0 {
		t.Errorf("%d places for %s, want %d", len(got.Features), service, places)
	}
	// It asks the server for what it wants instead of reading it all.
	out, err := exec.CommandContext(t.Context(), "ogrinfo", "--debug", "on", "-ro", "-so", "OAPIF:"+c.base+ogcRoot, "facilities", "-where", "service = '"+service+"'").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "service="+service) || !strings.Contains(string(out), "Feature Count: "+strconv.Itoa(places)) {
		t.Errorf("%v: %s", err, out)
	}
	home := homeOf(t, done(t, andorra))
	box := []string{fmt.Sprint(home[0] - 0.005), fmt.Sprint(home[1] - 0.005), fmt.Sprint(home[0] + 0.005), fmt.Sprint(home[1] + 0.005)}
	want := whole(c.ogc(items("areas-micro-grid", "bbox", strings.Join(box, ",")), typeGeo)["numberMatched"])
	if got := convert(append([]string{"areas-micro-grid", "-spat"}, box...)...); len(got.Features) != want || want == 0 {
		t.Errorf("%d micro-grids in the box, want %d", len(got.Features), want)
	}
}
