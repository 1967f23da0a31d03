package main

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uber/h3-go/v4"
)

// crossings lists the crossings of the streets of streetFiles as demand, two people
// each, and a field far from any.
func crossings() string {
	var b strings.Builder
	b.WriteString("编号,经度,纬度,人口\n")
	for y := range 7 {
		for x := range 14 {
			fmt.Fprintf(&b, "n%d-%d,%.4f,%.4f,2\n", x, y, 104.3000+0.0025*float64(x), 30.8015+0.0025*float64(y))
		}
	}
	b.WriteString("field,104.3360,30.8100,50\n")
	return b.String()
}

const reachPlacesCSV = `id,service,lon,lat,status,hours
kitchen,meals,104.3000,30.8015,open,1-5 11:00-13:00
late,meals,104.3325,30.8165,,周六 18:00-20:00
idle,meals,104.3150,30.8090,闲置,
doctor,clinic,104.3325,30.8015,开放,
never,bath,104.3000,30.8015,open,closed
`

func rowsOf(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(all) < 2 {
		t.Fatalf("%v: %s", err, clip(text))
	}
	out := map[string]map[string]string{}
	for _, row := range all[1:] {
		one := map[string]string{}
		for k, name := range all[0] {
			one[name] = row[k]
		}
		out[row[0]] = one
	}
	return out
}

func TestCoverageOfFilesCountsWhoIsWithinAWalk(t *testing.T) {
	f := newStreetFiles(t)
	places, demand := writeText(t, f.path("places.csv"), reachPlacesCSV), writeText(t, f.path("corners.csv"), crossings())
	verb := func(more ...string) result {
		return sanse(t.Context(), append([]string{"coverage", "--streets", f.graph, "--facilities", places, "--demand", demand, "--speed", "1"}, more...)...)
	}
	// Crossings are 239 m apart to the east and 277 m to the north: within 300 m
	// of a corner of the town there are 3, within 600 m 6, within 900 m 10.
	r := verb("-o", f.path("c.json")).want(t, exitDone)
	r.says(t, "meals: 40 of 246 people (16.3 %) within 15 min of 2 facilities", "clinic: 20 of 246", "no facility of bath counts",
		`line 100 (id "field"): no street within 300 m`, `line 6 (id "never"): closed all week`)
	v := parseJSON(t, readText(t, f.path("c.json")))
	got := map[string]any{}
	for _, s := range list(v["services"]) {
		for _, b := range list(s.(object)["reached"]) {
			got[fmt.Sprintf("%v %v", s.(object)["service"], b.(object)["minutes"])] = b.(object)["people"]
		}
	}
	want := map[string]any{
		"meals 5": 12.0, "meals 10": 24.0, "meals 15": 40.0, "clinic 5": 6.0, "clinic 10": 12.0, "clinic 15": 20.0, "bath 5": 0.0, "bath 10": 0.0, "bath 15": 0.0,
	}
	for k := range got {
		got[k] = number(got[k])
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	reasons := map[string]string{}
	for _, u := range list(v["unplaced"]) {
		reasons[text(u.(object)["what"])+" "+text(u.(object)["id"])] = text(u.(object)["reason"])
	}
	if d := cmp.Diff(map[string]string{"demand field": "too_far", "facility never": "closed_all_week"}, reasons); d != "" {
		t.Error(d)
	}

	rows := rowsOf(t, verb().want(t, exitDone).out)
	if n := rows["n1-1"]; n["meals_facility"] != "kitchen" || n["meals_seconds"] != "517" || n["people"] != "2" || n["reason"] != "" {
		t.Errorf("%v", n)
	}
	if n := rows["field"]; n["meals_facility"] != "" || n["meals_seconds"] != "" || n["reason"] != "too_far" {
		t.Errorf("%v", n)
	}
	for at, want := range map[string]string{"6T19:00": "late", "1T12:00": "", "": "late"} {
		args := []string{"--at", at}
		if at == "" {
			args = nil
		}
		if rows = rowsOf(t, verb(args...).want(t, exitDone).out); rows["n13-5"]["meals_facility"] != want {
			t.Errorf("at %q: %v", at, rows["n13-5"])
		}
	}

	// By cell: each walks from their own door, so the sums are those of the rows.
	cells := rowsOf(t, verb("--cells", "9", "--minutes", "15").want(t, exitDone).out)
	sums := map[string]int{}
	for _, c := range cells {
		for _, column := range []string{"people", "unplaced", "meals_15", "clinic_15", "bath_15"} {
			n := 0
			if _, err := fmt.Sscan(c[column], &n); err != nil {
				t.Fatal(err)
			}
			sums[column] += n
		}
	}
	if d := cmp.Diff(map[string]int{"people": 246, "unplaced": 50, "meals_15": 40, "clinic_15": 20, "bath_15": 0}, sums); d != "" || len(cells) < 50 {
		t.Errorf("%d cells: %s", len(cells), d)
	}
	sanse(t.Context(), "coverage", "--streets", f.extract, "--facilities", places, "--demand", demand, "--cells", "9", "-o", f.path("cells.geojson")).want(t, exitDone)
	if n := len(list(parseJSON(t, readText(t, f.path("cells.geojson")))["features"])); n != len(cells) {
		t.Errorf("%d cells drawn, %d counted", n, len(cells))
	}
	verb("--strict").want(t, exitInvalid).says(t, "1 places of the demand and 0 facilities are on no street")
}

func TestDemandMayBeCellsAndShapes(t *testing.T) {
	f := newStreetFiles(t)
	places := writeText(t, f.path("places.csv"), reachPlacesCSV)
	cell, err := h3.LatLngToCell(h3.NewLatLng(30.8015, 104.3000), 11)
	if err != nil {
		t.Fatal(err)
	}
	byCell := writeText(t, f.path("cells.csv"), "cell,people\n"+cell.String()+",12.5\n")
	r := sanse(t.Context(), "coverage", "--streets", f.graph, "--facilities", places, "--service", "meals", "--demand", byCell, "--minutes", "2").want(t, exitDone)
	if rows := rowsOf(t, r.out); rows[cell.String()]["people"] != "12.5" || rows[cell.String()]["meals_seconds"] == "" {
		t.Errorf("%v", rows)
	}
	r.says(t, "meals: 12.5 of 12.5 people (100.0 %) within 2 min of 2 facilities")
	shapes := writeText(t, f.path("shapes.geojson"), `{"type":"FeatureCollection","features":[
		{"type":"Feature","id":"block","properties":{"People":30},"geometry":{"type":"Polygon","coordinates":[[[104.2995,30.8010],[104.3005,30.8010],[104.3005,30.8020],[104.2995,30.8020],[104.2995,30.8010]]]}},
		{"type":"Feature","properties":{"people":4,"id":"h"},"geometry":{"type":"Point","coordinates":[104.3025,30.8015]}}]}`)
	r = sanse(t.Context(), "coverage", "--streets", f.graph, "--facilities", places, "--service", "meals", "--demand", shapes, "--speed", "1").want(t, exitDone)
	if rows := rowsOf(t, r.out); rows["h"]["meals_seconds"] != "240" || rows["1"]["meals_seconds"] != "0" || rows["1"]["people"] != "30" {
		t.Errorf("%v", rows)
	}
}

func TestReachIsDrawnByServiceAndBand(t *testing.T) {
	f := newStreetFiles(t)
	places := writeText(t, f.path("places.csv"), reachPlacesCSV)
	out := f.path("reach.geojson")
	sanse(t.Context(), "reach", "--streets", f.graph, "--facilities", places, "--minutes", "5,15", "--each", "--cells", "10", "-o", out).want(t, exitDone)
	kinds, areas := map[string]int{}, map[string]float64{}
	for _, x := range list(parseJSON(t, readText(t, out))["features"]) {
		p := x.(object)["properties"].(object)
		switch {
		case p["cell"] != nil:
			kinds["cell "+text(p["service"])]++
			if s := number(p["seconds"]); !(s >= 0 && s <= 900) {
				t.Errorf("cell %v", p)
			}
		default:
			kinds[text(p["service"])]++
			areas[fmt.Sprintf("%v %v %v", p["service"], p["facility"], number(p["minutes"]))] = number(p["area_m2"])
		}
	}
	if kinds["meals"] != 6 || kinds["clinic"] != 4 || kinds["bath"] != 2 || kinds["cell meals"] < 10 || kinds["cell bath"] != 0 {
		t.Errorf("%v", kinds)
	}
	// The two kitchens are far apart: together they are both.
	both, one, two := areas["meals <nil> 15"], areas["meals kitchen 15"], areas["meals late 15"]
	if d := both - one - two; one < 1e5 || d > 1 || d < -1 || areas["meals <nil> 5"] >= both {
		t.Errorf("%v", areas)
	}
	rows := strings.Split(strings.TrimSpace(sanse(t.Context(), "reach", "--streets", f.graph, "--facilities", places, "--service", "clinic", "-o", "-").want(t, exitDone).out), "\n")
	if len(rows) != 3+2 {
		t.Errorf("%d lines", len(rows))
	}
	nodes := f.path("nodes.csv")
	sanse(t.Context(), "reach", "--streets", f.graph, "--facilities", places, "--nodes", "--speed", "1", "-o", nodes).want(t, exitDone)
	if lines := strings.Split(strings.TrimSpace(readText(t, nodes)), "\n"); len(lines) != 1+14*7+2 || lines[0] != "lon,lat,bath,clinic,meals" || lines[2] == "" {
		t.Errorf("%d lines: %q", len(lines), lines[0])
	}
	if text := readText(t, nodes); !strings.Contains(text, "104.3000000,30.8015000,,3111,0\n") {
		t.Errorf("the kitchen's own corner is not in\n%s", clip(text))
	}
}

func TestReachOfBadFilesSaysWhatIsWrong(t *testing.T) {
	f := newStreetFiles(t)
	places, demand := writeText(t, f.path("places.csv"), reachPlacesCSV), writeText(t, f.path("corners.csv"), crossings())
	file := func(name, content string) string { return writeText(t, f.path(name), content) }
	with := func(facilities, demand string, more ...string) []string {
		return append([]string{"coverage", "--streets", f.graph, "--facilities", facilities, "--demand", demand}, more...)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"0 minutes":         {with(places, demand, "--minutes", "0"), "--minutes 0: want 1 to"},
		"two paces":         {with(places, demand, "--speed", "1", "--profile", "cane"), "give one of them"},
		"backwards":         {with(places, demand, "--speed=-1"), "metres a second"},
		"an eighth day":     {with(places, demand, "--at", "8T10:00"), "no weekday"},
		"no profile":        {with(places, demand, "--profile", "rocket"), `no profile "rocket"`},
		"too fine":          {with(places, demand, "--cells", "16"), "want 0 to 15"},
		"no such file":      {with(places, demand, "-o", f.path("x.xlsx")), ".csv or .json or .geojson"},
		"written over":      {with(places, demand, "-o", demand), "is read as well"},
		"no such service":   {with(places, demand, "--service", "dancing"), "no facility gives dancing"},
		"nothing":           {with(file("empty.csv", ""), demand), "the file is empty"},
		"a header":          {with(file("header.csv", "id,lon,lat\n"), demand), "nothing in it"},
		"no place":          {with(places, file("noplace.csv", "id,people\na,3\n")), "want the columns lon and lat"},
		"no number":         {with(places, file("number.csv", "lon,lat,people\n104.3,30.8015,many\n")), `line 2, column people "many": is no number`},
		"fewer than nobody": {with(places, file("minus.csv", "lon,lat,people\n104.3,30.8015,-1\n")), "want 0 to"},
		"no state":          {with(file("state.csv", "lon,lat,status\n104.3,30.8015,dreaming\n"), demand), "is no state"},
		"no hours":          {with(file("hours.csv", "lon,lat,hours\n104.3,30.8015,sometimes\n"), demand), "not working hours"},
		"no cell":           {with(places, file("cell.csv", "cell\nabc\n")), "is no H3 cell"},
		"swapped":           {with(places, file("swapped.csv", "lon,lat\n30.8015,104.3\n")), "swapped"},
		"no GeoJSON":        {with(places, file("bad.geojson", "{}")), "not GeoJSON"},
		"elsewhere":         {with(places, file("far.csv", "lon,lat\n100.1,20.2\n")), "no place of the demand is on a street"},
		"facilities away":   {with(file("away.csv", "lon,lat\n100.1,20.2\n"), demand), "no facility is on a street"},
		"nodes as a map":    {[]string{"reach", "--streets", f.graph, "--facilities", places, "--nodes", "-o", f.path("n.geojson")}, "ends in .csv"},
	} {
		r := sanse(t.Context(), c.args...)
		if r.code != exitInvalid || !strings.Contains(r.err, c.says) || r.out != "" {
			t.Errorf("%s: exit code %d\n%s%s", name, r.code, r.err, clip(r.out))
		}
	}
	for _, verb := range []string{"reach", "coverage"} {
		r := sanse(t.Context(), verb, "--help").want(t, exitDone).says(t, "sanse "+verb)
		if len(r.out) < 400 || strings.Contains(r.out, "database-url") {
			t.Errorf("%s --help says\n%s", verb, r.out)
		}
	}
}
