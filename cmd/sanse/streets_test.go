package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// streetFiles is a folder with the streets of the small district, as an extract
// and as a graph, and files of places in it.
type streetFiles struct {
	dir, extract, graph string
	homes, clinics      string
}

func (f *streetFiles) path(name string) string { return filepath.Join(f.dir, name) }

// clinicPlaces lie on junctions of the grid of streets.
var clinicPlaces = [][2]float64{{104.3000, 30.8015}, {104.3125, 30.8090}, {104.3325, 30.8165}}

func newStreetFiles(t *testing.T) *streetFiles {
	t.Helper()
	dir := t.TempDir()
	f := &streetFiles{dir: dir}
	f.extract = writeText(t, f.path("ground.osm"), groundStreets())
	f.graph = f.path("ground.graph")
	f.homes = writeText(t, f.path("homes.csv"), placesCSV("h", homes()))
	f.clinics = writeText(t, f.path("clinics.csv"), placesCSV("c", clinicPlaces))
	sanse(t.Context(), "streets", "build", f.extract, "-o", f.graph).want(t, exitDone)
	return f
}

func placesCSV(prefix string, at [][2]float64) string {
	var b strings.Builder
	b.WriteString("id,lon,lat\n")
	for i, p := range at {
		fmt.Fprintf(&b, "%s%d,%.6f,%.6f\n", prefix, i+1, p[0], p[1])
	}
	return b.String()
}

func streets3(args ...string) []string { return append([]string{"streets"}, args...) }

func TestEveryVerbOfTheStreetsHasHelpWorthReading(t *testing.T) {
	for _, verb := range []string{"build", "info", "route", "table", "nearest", "isochrone", "serve"} {
		r := sanse(t.Context(), "streets", verb, "--help").want(t, exitDone).says(t, "sanse streets "+verb)
		if len(r.out) < 400 || r.err != "" {
			t.Errorf("streets %s --help says\n%s%s", verb, r.out, r.err)
		}
	}
}

func TestAGraphIsBuiltAndTellsWhatItHolds(t *testing.T) {
	f := newStreetFiles(t)
	file, err := os.Stat(f.graph)
	if err != nil {
		t.Fatal(err)
	}
	if file.Mode().Perm() != 0o644 {
		t.Errorf("the graph has mode %v: streets are for everybody to read", file.Mode())
	}
	left, err := filepath.Glob(f.path(".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	info := parseJSON(t, sanse(t.Context(), "streets", "info", f.graph, "--json").want(t, exitDone).out)
	wantFields(t, "info", info, map[string]shape{
		"file": oneOf("ground.graph"), "version": aCount, "bytes": aCount, "nodes": aCount, "edges": aCount, "vertices": aCount,
		"metres": aNumber, "parts": aCount, "components": listOf(isObject), "profiles": listOf(oneOf("foot")), "bounds": func(v any) bool { return len(list(v)) == 4 },
	})
	if whole(info["bytes"]) != int(file.Size()) || whole(info["parts"]) != 2 || whole(info["vertices"]) != 14*7+2 {
		t.Errorf("info %v", info)
	}
	if diff := cmp.Diff([]any{104.3, 30.8015, 104.339, 30.8195}, info["bounds"]); diff != "" {
		t.Error(diff)
	}
	sanse(t.Context(), "streets", "info", f.graph).want(t, exitDone).says(t, "profiles    foot", "components  2", "km")
	of := parseJSON(t, sanse(t.Context(), "streets", "info", f.extract, "--json").want(t, exitDone).out)
	for _, k := range []string{"nodes", "edges", "vertices", "metres", "parts", "components", "bounds"} {
		if diff := cmp.Diff(info[k], of[k]); diff != "" {
			t.Errorf("%s of the extract: %s", k, diff)
		}
	}
	sanse(t.Context(), "streets", "info", f.extract).want(t, exitDone).says(t, "not built yet", "profiles    none")
}

func TestABuildIsTheSameEveryTime(t *testing.T) {
	f := newStreetFiles(t)
	again := f.path("again.graph")
	built := parseJSON(t, sanse(t.Context(), "streets", "build", f.extract, "-o", again, "--threads", "2", "--json").want(t, exitDone).out)
	if readText(t, again) != readText(t, f.graph) {
		t.Error("two builds of one extract differ")
	}
	for _, k := range []string{"read_seconds", "prepare_seconds", "write_seconds", "notes", "profiles"} {
		if built[k] == nil {
			t.Errorf("the account has no %s", k)
		}
	}
}

func TestAGraphCanBeBuiltAnewForOtherProfilesOntoItself(t *testing.T) {
	f := newStreetFiles(t)
	sanse(t.Context(), "streets", "build", f.graph, "-o", f.graph, "--profile", "elderly,foot,elderly").want(t, exitDone)
	info := parseJSON(t, sanse(t.Context(), "streets", "info", f.graph, "--json").want(t, exitDone).out)
	if diff := cmp.Diff([]any{"elderly", "foot"}, info["profiles"]); diff != "" {
		t.Error(diff)
	}
}

func TestExtractsAreMerged(t *testing.T) {
	dir := t.TempDir()
	west := writeText(t, filepath.Join(dir, "west.osm"), osmLine(1, 104.300, 104.305))
	east := writeText(t, filepath.Join(dir, "east.osm"), osmLine(2, 104.305, 104.310))
	both := filepath.Join(dir, "both.graph")
	sanse(t.Context(), "streets", "build", west, east, "-o", both).want(t, exitDone)
	info := parseJSON(t, sanse(t.Context(), "streets", "info", both, "--json").want(t, exitDone).out)
	if whole(info["parts"]) != 1 || whole(info["vertices"]) != 3 {
		t.Errorf("merged: %v", info)
	}
}

// osmLine is an extract of one street from west to east; its ends have ids by
// their place, so that two such extracts share a node.
func osmLine(way int, west, east float64) string {
	id := func(lon float64) int { return int(math.Round(lon * 1000)) }
	return fmt.Sprintf(`<?xml version="1.0"?><osm version="0.6"><node id="%d" lat="30.8" lon="%.4f"/><node id="%d" lat="30.8" lon="%.4f"/>`+
		`<way id="%d"><nd ref="%d"/><nd ref="%d"/><tag k="highway" v="residential"/><tag k="name" v="人民路"/></way></osm>`,
		id(west), west, id(east), east, way, id(west), id(east))
}

func TestAWayIsToldTurnByTurn(t *testing.T) {
	f := newStreetFiles(t)
	args := []string{"streets", "route", "--graph", f.graph, "--from", "104.3040,30.8040", "--to", "104.3115,30.8090"}
	english := sanse(t.Context(), append(args, "--lang", "en")...).want(t, exitDone).says(t, "  1. ", "  2. ", " km, ")
	chinese := sanse(t.Context(), args...).want(t, exitDone).says(t, "  1. ", "米")
	if strings.Count(english.out, "\n") != strings.Count(chinese.out, "\n") {
		t.Errorf("the languages differ in steps:\n%s\n%s", english.out, chinese.out)
	}
	fc := parseJSON(t, sanse(t.Context(), append(args, "--format", "geojson")...).want(t, exitDone).out)
	features := list(fc["features"])
	if len(features) != strings.Count(chinese.out, "\n") { // the line and one a step, against the steps and the sum
		t.Errorf("%d features for\n%s", len(features), chinese.out)
	}
	line := features[0].(object)
	if line["geometry"].(object)["type"] != "LineString" || whole(line["properties"].(object)["seconds"]) <= 0 {
		t.Errorf("the first feature is %v", line)
	}
	seconds := 0.0
	for _, s := range features[1:] {
		p := properties(s)
		wantFields(t, "step", p, map[string]shape{"step": aCount, "text": aName, "type": aName, "metres": aNumber, "seconds": aCount})
		seconds += p["metres"].(float64)
	}
	if got := line["properties"].(object)["metres"].(float64); math.Abs(got-seconds) > 1 {
		t.Errorf("the steps are %v m long together, the way %v m", seconds, got)
	}

	var gpx gpxFile
	if err := xml.Unmarshal([]byte(sanse(t.Context(), append(args, "--format", "gpx")...).want(t, exitDone).out), &gpx); err != nil {
		t.Fatal(err)
	}
	coordinates := list(line["geometry"].(object)["coordinates"])
	if gpx.Version != "1.1" || len(gpx.Track) != len(coordinates) || len(gpx.Points) != len(features)-1 {
		t.Errorf("gpx %+v", gpx)
	}

	osrm := parseJSON(t, sanse(t.Context(), append(args, "--format", "osrm")...).want(t, exitDone).out)
	if osrm["code"] != "Ok" || len(list(osrm["routes"])) != 1 || len(list(osrm["waypoints"])) != 2 {
		t.Errorf("osrm %v", osrm)
	}
}

func TestNoWayIsAnAnswer(t *testing.T) {
	f := newStreetFiles(t)
	sanse(t.Context(), "streets", "route", "--graph", f.graph, "--from", "104.3040,30.8040", "--to", "104.3390,30.8190", "--limit", "300").want(t, exitNo).says(t, "there is no way")
}

func TestAnOutlineSaysHowWellItFits(t *testing.T) {
	f := newStreetFiles(t)
	args := []string{"streets", "isochrone", "--graph", f.graph, "--from", "104.3125,30.8090", "--minutes", "5,10"}
	plain := sanse(t.Context(), args...).want(t, exitDone)
	told := sanse(t.Context(), append(args, "--fit")...).want(t, exitDone)
	if told.out != plain.out || plain.err != "" {
		t.Error("--fit changes what is drawn")
	}
	lines := strings.Split(strings.TrimSpace(told.err), "\n")
	if len(lines) != 2 {
		t.Fatalf("%q", told.err)
	}
	for i, minutes := range []float64{10, 5} {
		var m, outside, others, buffer, over, under float64
		if _, err := fmt.Sscanf(lines[i], "sanse: --from, %f min: %f %% of the reached streets lie outside, %f %% of the streets inside are not reached; of the exact buffer of %f m the outline has %f %% more and lacks %f %%",
			&m, &outside, &others, &buffer, &over, &under); err != nil {
			t.Fatalf("%q: %v", lines[i], err)
		}
		if m != minutes || outside != 0 || buffer != 25 || over > 10 || under > 5 {
			t.Errorf("%q", lines[i])
		}
	}
}

func TestIsochronesNestAndCellsFollow(t *testing.T) {
	f := newStreetFiles(t)
	r := sanse(t.Context(), "streets", "isochrone", "--graph", f.graph, "--from", "104.3125,30.8090", "--minutes", "15,5,10", "--cells", "9").want(t, exitDone)
	var minutes, metres, areas []float64
	cells := 0
	for _, feature := range list(parseJSON(t, r.out)["features"]) {
		p := properties(feature)
		if p["cell"] != nil {
			cells++
			continue
		}
		minutes, metres, areas = append(minutes, p["minutes"].(float64)), append(metres, p["street_metres"].(float64)), append(areas, p["area_m2"].(float64))
	}
	if !slices.Equal(minutes, []float64{15, 10, 5}) || cells < 5 {
		t.Errorf("minutes %v, %d cells", minutes, cells)
	}
	for i := 1; i < len(metres); i++ {
		if metres[i] >= metres[i-1] || areas[i] >= areas[i-1] || areas[i] <= 0 {
			t.Errorf("street metres %v, areas %v", metres, areas)
		}
	}
	each := parseJSON(t, sanse(t.Context(), "streets", "isochrone", "--graph", f.graph, "--from", f.clinics, "--minutes", "5").want(t, exitDone).out)
	merged := parseJSON(t, sanse(t.Context(), "streets", "isochrone", "--graph", f.graph, "--from", f.clinics, "--minutes", "5", "--merge").want(t, exitDone).out)
	if n, m := len(list(each["features"])), len(list(merged["features"])); n != 3 || m != 1 {
		t.Errorf("%d outlines for three places, %d merged", n, m)
	}
}

func TestRoadLinesStandInForAnExtract(t *testing.T) {
	f := newStreetFiles(t)
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i, line := range [][4]float64{{104.30, 30.80, 104.31, 30.80}, {104.31, 30.80, 104.31, 30.81}} {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"道路名称":"建设路","道路类型":"支路"},"geometry":{"type":"LineString","coordinates":[[%v,%v],[%v,%v]]}}`, line[0], line[1], line[2], line[3])
	}
	b.WriteString("]}\n")
	own := writeText(t, f.path("own.geojson"), b.String())
	args := []string{"--from", "104.30,30.80", "--to", "104.31,30.81"}
	want := sanse(t.Context(), streets3(append([]string{"route", "--graph", own}, args...)...)...).want(t, exitDone).says(t, "建设路")
	sanse(t.Context(), "streets", "build", own, f.extract, "-o", f.path("x.graph")).want(t, exitInvalid).says(t, "--overlay")
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("ogr2ogr is not installed")
	}
	for name, convert := range map[string][]string{
		"own.gpkg":    {"-f", "GPKG"},
		"utf8.shp":    {"-lco", "ENCODING=UTF-8", "-sql", `SELECT "道路名称" AS name FROM own`},
		"gbk.shp":     {"-lco", "ENCODING=GBK"},
		"silent.shp":  {"-lco", "ENCODING=GBK"}, // as old tools write it: nothing says what it is in
		"metres.gpkg": {"-f", "GPKG", "-t_srs", "EPSG:4543"},
	} {
		file := f.path(name)
		if out, err := exec.CommandContext(t.Context(), "ogr2ogr", append(convert, file, own)...).CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v %s", name, err, out)
		}
		if name == "silent.shp" {
			silence(t, strings.TrimSuffix(file, ".shp"))
		}
		got := sanse(t.Context(), streets3(append([]string{"route", "--graph", file}, args...)...)...).want(t, exitDone)
		if got.out != want.out {
			t.Errorf("%s:\n%s\nGeoJSON:\n%s", name, got.out, want.out)
		}
	}
	empty := writeText(t, f.path("empty.geojson"), `{"type":"FeatureCollection","features":[]}`)
	sanse(t.Context(), "streets", "build", empty, "-o", f.path("x.graph")).want(t, exitInvalid).says(t, "empty.geojson")
	sanse(t.Context(), "streets", "build", writeText(t, f.path("cut.geojson"), b.String()[:200]), "-o", f.path("x.graph")).want(t, exitInvalid).says(t, "cut.geojson")
	sanse(t.Context(), "streets", "build", writeText(t, f.path("no.shp"), "nothing"), "-o", f.path("x.graph")).want(t, exitInvalid).says(t, "no.shp")
}

// silence takes away what says how a Shapefile's attributes are written.
func silence(t *testing.T, stem string) {
	t.Helper()
	if err := os.Remove(stem + ".cpg"); err != nil {
		t.Fatal(err)
	}
	dbf := []byte(readText(t, stem+".dbf"))
	dbf[29] = 0
	writeText(t, stem+".dbf", string(dbf))
}

func TestChangesAreLaidOverOnTheirDay(t *testing.T) {
	f := newStreetFiles(t)
	// The district builds a way from the mainland to the island in March.
	changes := writeText(t, f.path("changes.geojson"), `{"type":"FeatureCollection","features":[{"type":"Feature",
		"properties":{"id":"bridge","change":"add","from":"2026-03-01","class":"footway","name":"新桥"},
		"geometry":{"type":"LineString","coordinates":[[104.3325,30.8165],[104.3390,30.8185]]}}]}`)
	way := []string{"streets", "route", "--from", "104.3040,30.8040", "--to", "104.3390,30.8190", "--limit", "300", "--graph"}
	for day, code := range map[string]int{"2026-02-28": exitNo, "2026-03-01": exitDone} {
		graph := f.path(day + ".graph")
		sanse(t.Context(), "streets", "build", f.graph, "--overlay", changes, "--on", day, "-o", graph).want(t, exitDone)
		sanse(t.Context(), append(way, graph)...).want(t, code)
	}
	wrong := writeText(t, f.path("wrong.geojson"), `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"x","change":"fly"},"geometry":{"type":"Point","coordinates":[104.3,30.8]}}]}`)
	sanse(t.Context(), "streets", "build", f.graph, "--overlay", wrong, "-o", f.path("x.graph")).want(t, exitInvalid).says(t, "wrong.geojson", "fly")
}

func TestADistrictsOwnProfileIsUsedByItsName(t *testing.T) {
	f := newStreetFiles(t)
	own := writeText(t, f.path("profiles.json"), `[{"name":"slow","metres_per_second":0.65}]`)
	foot := numbers(streetTable(t, "--graph", f.graph, "--from", f.homes, "--to", f.clinics)["durations"])
	slow := numbers(streetTable(t, "--graph", f.graph, "--from", f.homes, "--to", f.clinics, "--profiles", own, "--profile", "slow")["durations"])
	for i := range foot {
		for j := range foot[i] {
			if math.Abs(slow[i][j]-2*foot[i][j]) > 0.4 {
				t.Errorf("from %d to %d: %v s at half the speed of %v s", i, j, slow[i][j], foot[i][j])
			}
		}
	}
	sanse(t.Context(), "streets", "table", "--graph", f.graph, "--from", f.homes, "--profile", "slow", "-o", "-").want(t, exitInvalid).says(t, `no profile "slow"`)
	// A graph built for it carries the table.
	graph := f.path("slow.graph")
	sanse(t.Context(), "streets", "build", f.graph, "--profiles", own, "--profile", "slow", "-o", graph).want(t, exitDone).says(t, "profiles    slow")
	r := sanse(t.Context(), "streets", "table", "--graph", graph, "--from", f.homes, "--to", f.clinics, "--profile", "slow", "-o", "-").want(t, exitDone)
	if again := numbers(parseJSON(t, r.out)["durations"]); r.err != "" || !slices.EqualFunc(slow, again, slices.Equal) {
		t.Errorf("prepared and kept: %v, searched: %v\n%s", again, slow, r.err)
	}
	wrong := writeText(t, f.path("wrong.json"), `[{"name":"fast","metres_per_second":-1}]`)
	sanse(t.Context(), "streets", "build", f.graph, "--profiles", wrong, "-o", graph).want(t, exitInvalid).says(t, "wrong.json", "metres_per_second")
}

// logBuffer is what a server under test writes, while the test reads it.
type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func TestTheStreetsAreServedUntilTheEnd(t *testing.T) {
	f := newStreetFiles(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	started, lines := io.Pipe()
	ended := make(chan int, 1)
	var log logBuffer
	go func() {
		ended <- run(ctx, []string{"streets", "serve", "--graph", f.graph, "--addr", "127.0.0.1:0"}, strings.NewReader(""), lines, &log)
		lines.Close()
	}()
	var base string
	if _, err := fmt.Fscanf(started, "sanse: %s", &base); err != nil {
		t.Fatalf("no address: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, started) }()
	ask := func(host, path string) (int, string) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			req.Host = host
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	status, body := ask("", "/table/v1/foot/104.3040,30.8040;104.3125,30.8090")
	if v := parseJSON(t, body); status != http.StatusOK || v["code"] != "Ok" {
		t.Errorf("table: %d %s", status, clip(body))
	}
	served := numbers(parseJSON(t, body)["durations"])[0][1]
	two := writeText(t, f.path("two.csv"), "id,lon,lat\na,104.3040,30.8040\nb,104.3125,30.8090\n")
	if own := numbers(streetTable(t, "--graph", f.graph, "--from", two)["durations"])[0][1]; own != served {
		t.Errorf("%v s over HTTP, %v s on the command line", served, own)
	}
	if status, _ := ask("evil.example", "/table/v1/foot/104.3040,30.8040;104.3125,30.8090"); status != http.StatusMisdirectedRequest {
		t.Errorf("another host's name is answered with %d", status)
	}
	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("exit code %d\n%s", code, log.b.String())
	}
	if _, err := (&net.Dialer{Timeout: time.Second}).Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(base, "http://"), "/")); err == nil {
		t.Error("somebody still listens")
	}
}
