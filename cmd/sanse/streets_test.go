package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
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
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/geo"
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

// table asks for a table and returns its JSON.
func streetTable(t *testing.T, args ...string) object {
	t.Helper()
	return parseJSON(t, sanse(t.Context(), streets3(append([]string{"table", "-o", "-"}, args...)...)...).want(t, exitDone).out)
}

func numbers(v any) [][]float64 {
	var out [][]float64
	for _, row := range list(v) {
		var r []float64
		for _, x := range list(row) {
			if f, ok := x.(float64); ok {
				r = append(r, f)
			} else {
				r = append(r, math.NaN()) // null
			}
		}
		out = append(out, r)
	}
	return out
}

func TestATableHasTheShapeOfOSRM(t *testing.T) {
	f := newStreetFiles(t)
	v := streetTable(t, "--graph", f.graph, "--from", f.homes, "--to", f.clinics, "--annotations", "duration,distance")
	durations, distances := numbers(v["durations"]), numbers(v["distances"])
	if v["code"] != "Ok" || len(list(v["sources"])) != 8 || len(list(v["destinations"])) != 3 || len(durations) != 8 || len(distances) != 8 {
		t.Fatalf("table %v", v)
	}
	for i, row := range durations {
		for j, seconds := range row {
			if metres := distances[i][j]; math.Abs(metres/1.3-seconds) > 0.2 {
				t.Errorf("from %d to %d: %v m in %v s is not 1.3 m/s", i, j, metres, seconds)
			}
		}
	}
	for _, w := range list(v["sources"]) {
		wantFields(t, "source", w, map[string]shape{"distance": aNumber, "name": aText, "location": aPoint})
	}
}

func TestATableIsWhatTheStreetsSay(t *testing.T) {
	f := newStreetFiles(t)
	v := streetTable(t, "--graph", f.graph, "--from", f.clinics, "--annotations", "distance")
	if v["durations"] != nil {
		t.Error("durations were not asked for")
	}
	// The streets are a grid, so the way is east, then north.
	a, b := clinicPlaces[0], clinicPlaces[1]
	corner := [2]float64{b[0], a[1]}
	want := geo.Distance(a, corner) + geo.Distance(corner, b)
	if got := numbers(v["distances"])[0][1]; math.Abs(got-want) > 1 {
		t.Errorf("%v m, want %.1f", got, want)
	}
}

func TestABinaryTableRoundsTheJSONUp(t *testing.T) {
	f := newStreetFiles(t)
	far := writeText(t, f.path("far.csv"), placesCSV("f", append([][2]float64{island}, homes()...)))
	for _, args := range [][]string{{}, {"--walk-to-street"}, {"--profile", "elderly"}, {"--threads", "1"}} {
		args = append([]string{"--graph", f.graph, "--from", far, "--to", f.clinics, "--limit", "500"}, args...) // the island is 600 m away
		bin := f.path("t.bin")
		sanse(t.Context(), streets3(append([]string{"table", "-o", bin}, args...)...)...).want(t, exitDone)
		got := readInts(t, bin, 3)
		seconds := numbers(streetTable(t, args...)["durations"])
		if len(got) != 9 || len(seconds) != 9 {
			t.Fatalf("%v: %d rows, JSON has %d", args, len(got), len(seconds))
		}
		for i := range got {
			for j, s := range got[i] {
				// JSON is rounded to a tenth, so it may lie on either side of the whole second.
				if x := seconds[i][j]; math.IsNaN(x) != (s == -1) || s != -1 && !(float64(s) > x-0.06 && float64(s) < x+1.06) {
					t.Errorf("%v: from %d to %d: %d in bin, %v in JSON", args, i, j, s, x)
				}
			}
		}
		if got[0][0] != -1 || got[1][0] <= 0 {
			t.Errorf("%v: the island is %d s from a clinic, a home %d s", args, got[0][0], got[1][0])
		}
	}
}

func readInts(t *testing.T, path string, columns int) [][]int32 {
	t.Helper()
	b := []byte(readText(t, path))
	if len(b)%(4*columns) != 0 {
		t.Fatalf("%d bytes are no rows of %d", len(b), columns)
	}
	all := make([]int32, len(b)/4)
	if _, err := binary.Decode(b, binary.LittleEndian, all); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(slices.Chunk(all, columns))
}

func TestTheWalkToTheStreetIsCountedWhereAsked(t *testing.T) {
	f := newStreetFiles(t)
	off := writeText(t, f.path("off.csv"), "id,lon,lat\noff,104.3012,30.8020\n")
	on := numbers(streetTable(t, "--graph", f.graph, "--from", off, "--to", f.clinics)["durations"])
	v := streetTable(t, "--graph", f.graph, "--from", off, "--to", f.clinics, "--walk-to-street")
	metres := list(v["sources"])[0].(object)["distance"].(float64)
	for j, s := range numbers(v["durations"])[0] {
		if got := s - on[0][j]; math.Abs(got-metres/1.3) > 0.3 || metres < 40 {
			t.Errorf("to clinic %d: %v s more for a walk of %v m", j, got, metres)
		}
	}
}

func TestATableOfManyRowsIsStreamed(t *testing.T) {
	f := newStreetFiles(t)
	var b strings.Builder
	b.WriteString("id,lon,lat\n")
	for i := range 400 { // more than a graph without preparation is searched for
		fmt.Fprintf(&b, "%d,%.6f,30.804\n", i, 104.3+float64(i)*0.00008)
	}
	many := writeText(t, f.path("many.csv"), b.String())
	r := sanse(t.Context(), "streets", "table", "--graph", f.extract, "--from", many, "-o", f.path("many.bin"), "--timings").want(t, exitDone)
	r.says(t, "preparing it now", "seconds: open")
	square := readInts(t, f.path("many.bin"), 400)
	sanse(t.Context(), "streets", "table", "--graph", f.graph, "--from", many, "--to", f.clinics, "-o", f.path("few.bin")).want(t, exitDone)
	few := readInts(t, f.path("few.bin"), 3)
	if len(square) != 400 || len(few) != 400 {
		t.Fatalf("%d and %d rows", len(square), len(few))
	}
	for i := range square {
		if square[i][i] != 0 || square[i][399-i] != square[399-i][i] {
			t.Fatalf("row %d: %d to itself, %d there, %d back", i, square[i][i], square[i][399-i], square[399-i][i])
		}
	}
}

func TestAPlaceWithoutAStreetHasNoWay(t *testing.T) {
	f := newStreetFiles(t)
	far := writeText(t, f.path("far.csv"), "id,lon,lat\nhome,104.3040,30.8040\nfield,104.3360,30.8100\nabroad,105.5,31.5\n")
	args := []string{"streets", "table", "--graph", f.graph, "--from", far, "--to", f.clinics, "--limit", "200", "-o"}
	r := sanse(t.Context(), append(args, "-")...).want(t, exitDone)
	r.says(t, "2 of 3 places of far.csv", `line 3 (id "field")`, "no street within 200 m", `line 4 (id "abroad")`, "outside the map")
	v := parseJSON(t, r.out)
	if rows := numbers(v["durations"]); math.IsNaN(rows[0][0]) || !math.IsNaN(rows[1][0]) || !math.IsNaN(rows[2][2]) {
		t.Errorf("durations %v", rows)
	}
	if s := list(v["sources"]); s[0] == nil || s[1] != nil || s[2] != nil {
		t.Errorf("sources %v", s)
	}
	out := f.path("strict.json")
	sanse(t.Context(), append(args, out, "--strict")...).want(t, exitInvalid).says(t, "2 of 3 places")
	if _, err := os.Stat(out); err == nil {
		t.Error("a table was left behind by an error")
	}
}

func TestPlacesOnTheWrongSideOfTheEarthAreRefused(t *testing.T) {
	f := newStreetFiles(t)
	// Porto's coordinates could be swapped without leaving the earth.
	extract := writeText(t, f.path("porto.osm"), strings.NewReplacer(`lat="30.8"`, `lat="41.15"`, `lon="104.3`, `lon="-8.6`).Replace(osmLine(1, 104.300, 104.305)))
	swapped := writeText(t, f.path("swapped.csv"), "id,lon,lat\nok,-8.602,41.15\nwrong,41.15,-8.602\n")
	sanse(t.Context(), "streets", "table", "--graph", extract, "--from", swapped, "-o", "-").want(t, exitInvalid).says(t, `line 3 (id "wrong")`, "longitude and latitude are swapped")
	sanse(t.Context(), "streets", "route", "--graph", extract, "--from", "41.15,-8.602", "--to", "-8.601,41.15").want(t, exitInvalid).says(t, "--from", "longitude and latitude are swapped")
	abroad := writeText(t, f.path("abroad.csv"), "id,lon,lat\na,2.35,48.85\n")
	sanse(t.Context(), "streets", "table", "--graph", f.graph, "--from", abroad, "-o", "-").want(t, exitInvalid).says(t, "no place of abroad.csv is on a street", "longitude 104.3000 to 104.3390")
}

func TestBadFilesOfStreetsAreToldApart(t *testing.T) {
	f := newStreetFiles(t)
	graph := []byte(readText(t, f.graph))
	other := bytes.Clone(graph)
	binary.LittleEndian.PutUint32(other[8:], 999)
	spoiled := bytes.Clone(graph)
	spoiled[len(spoiled)/2] ^= 0xFF
	files := map[string]string{}
	for name, b := range map[string][]byte{
		"short.graph": graph[:len(graph)-100], "head.graph": graph[:12], "empty.graph": nil, "other.graph": other, "spoiled.graph": spoiled,
		"foreign.graph": []byte("PK\x03\x04 not a graph at all"), "notes.txt": []byte("no streets"),
		"dry.osm": []byte(`<?xml version="1.0"?><osm version="0.6"><node id="1" lat="30.8" lon="104.3"/><node id="2" lat="30.8" lon="104.4"/><way id="1"><nd ref="1"/><nd ref="2"/><tag k="waterway" v="river"/></way></osm>`),
	} {
		files[name] = writeText(t, f.path(name), string(b))
	}
	for name, want := range map[string]string{
		"short.graph": "cut off or broken", "head.graph": "cut off or broken", "spoiled.graph": "cut off or broken", "other.graph": "another version",
		"empty.graph": "no graph that 'sanse streets build' made", "foreign.graph": "no graph that 'sanse streets build' made",
		"notes.txt": "not a file of streets", "dry.osm": "nothing in it can be walked on",
	} {
		r := sanse(t.Context(), "streets", "table", "--graph", files[name], "--from", f.homes, "-o", "-").want(t, exitInvalid).says(t, name, want)
		if r.out != "" {
			t.Errorf("%s: out %s", name, r.out)
		}
		if strings.HasSuffix(name, ".graph") {
			sanse(t.Context(), "streets", "info", files[name]).want(t, exitInvalid).says(t, name, want)
		}
	}
	before := readText(t, f.graph)
	sanse(t.Context(), "streets", "build", files["dry.osm"], "-o", f.graph).want(t, exitInvalid)
	if readText(t, f.graph) != before {
		t.Error("a build that failed changed the graph that was there")
	}
}

func TestNodesThatAreNotInTheExtractAreCounted(t *testing.T) {
	f := newStreetFiles(t)
	broken := strings.Replace(osmLine(1, 104.300, 104.305), `<nd ref="104300"/>`, `<nd ref="1"/><nd ref="104300"/>`, 1)
	file := writeText(t, f.path("broken.osm"), broken)
	sanse(t.Context(), "streets", "build", file, "-o", f.path("b.graph")).want(t, exitDone).says(t, "1 nodes that streets name are not in the file")
	sanse(t.Context(), "streets", "route", "--graph", file, "--from", "104.301,30.8", "--to", "104.302,30.8").want(t, exitDone).says(t, "1 nodes that streets name")
}

func TestWrongUseOfTheStreetsExitsWithTwo(t *testing.T) {
	f := newStreetFiles(t)
	twice := writeText(t, f.path("twice.csv"), "id,lon,lat\n1,104.3,30.8\n1,104.31,30.8\n")
	crowd := writeText(t, f.path("crowd.csv"), manyPlaces(200_001))
	g := []string{"--graph", f.graph}
	points := []string{"--from", "104.304,30.804", "--to", "104.314,30.804"}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"table", "--from", f.homes, "-o", "-"}, "--graph"},
		{[]string{"table", "--graph", f.path("none.graph"), "--from", f.homes, "-o", "-"}, "none.graph"},
		{append([]string{"table", "--from", f.path("none.csv"), "-o", "-"}, g...), "none.csv"},
		{append([]string{"table", "--from", twice, "-o", "-"}, g...), `line 3, id "1": is on line 2 already`},
		{append([]string{"table", "--from", crowd, "-o", "-"}, g...), "200001 points: at most 100000"},
		{append([]string{"table", "--from", f.homes, "--to", crowd, "-o", "-"}, g...), "crowd.csv: 200001 points"},
		{append([]string{"table", "--from", f.homes, "-o", "-", "--profile", "dog"}, g...), `no profile "dog"; there are: foot`},
		{append([]string{"table", "--from", f.homes, "-o", "-", "--limit", "NaN"}, g...), "--limit"},
		{append([]string{"table", "--from", f.homes, "-o", "-", "--limit", "-5"}, g...), "--limit"},
		{append([]string{"table", "--from", f.homes, "-o", "x.bin", "--annotations", "distance"}, g...), ".bin"},
		{append([]string{"table", "--from", f.homes, "-o", "-", "--annotations", "speed"}, g...), "annotations"},
		{append([]string{"route", "--from", "NaN,30.8", "--to", "104.31,30.8"}, g...), "the longitude is no number"},
		{append([]string{"route", "--from", "30.8,104.3", "--to", "104.31,30.8"}, g...), "look swapped"},
		{append([]string{"route", "--from", "110,35", "--to", "104.31,30.8"}, g...), "outside the map"},
		{append(append([]string{"route", "--format", "png"}, points...), g...), "png"},
		{append([]string{"nearest", "--from", f.homes, "--to", f.clinics, "-k", "0"}, g...), "-k 0"},
		{append([]string{"nearest", "--from", f.homes, "--to", f.clinics, "--minutes", "-1"}, g...), "--minutes"},
		{append([]string{"isochrone", "--from", "104.31,30.81", "--minutes", "0"}, g...), "--minutes 0"},
		{append([]string{"isochrone", "--from", "104.31,30.81", "--minutes", "NaN"}, g...), "--minutes NaN"},
		{append([]string{"isochrone", "--from", "104.31,30.81", "--minutes", "9999"}, g...), "--minutes 9999"},
		{append([]string{"isochrone", "--from", "104.31,30.81", "--cells", "16"}, g...), "--cells 16"},
		{append([]string{"isochrone", "--from", "104.31,30.81", "--buffer", "NaN"}, g...), "--buffer NaN"},
		{append([]string{"isochrone", "--from", "104.31,30.81", "--buffer", "1"}, g...), "--buffer 1"},
		{append([]string{"serve", "--addr", "0.0.0.0:0"}, g...), "loopback"},
		{[]string{"build", f.extract}, "--out"},
		{[]string{"build", f.path("none.osm"), "-o", f.path("x.graph")}, "none.osm"},
		{[]string{"build", f.extract, "-o", f.path("x.graph"), "--profile", "foot,dog"}, `no profile "dog"`},
		{[]string{"build", f.extract, "-o", f.path("x.graph"), "--on", "2026-12-01"}, "--overlay"},
		{[]string{"build", f.extract, "-o", f.path("x.graph"), "--crs", "gcj02"}, "--crs"},
		{[]string{"build", f.extract, f.graph, "-o", f.path("x.graph")}, "not merged"},
		{[]string{"build", f.extract, "-o", f.dir}, "no file that could be replaced"},
		{[]string{"build", f.extract, "-o", f.path("x.graph"), "--profiles", twice}, "twice.csv"},
	} {
		r := sanse(t.Context(), streets3(c.args...)...)
		if r.code != exitInvalid || r.out != "" || !strings.Contains(r.err, c.want) {
			t.Errorf("sanse streets %v: exit code %d, want 2 and a word of %q\nout: %s\nerr: %s", c.args, r.code, c.want, clip(r.out), clip(r.err))
		}
	}
}

func TestAFileThatCannotBeWrittenExitsWithThree(t *testing.T) {
	f := newStreetFiles(t)
	sanse(t.Context(), "streets", "build", f.extract, "-o", f.path("nowhere/x.graph")).want(t, exitOutside).says(t, "cannot write x.graph")
	sanse(t.Context(), "streets", "table", "--graph", f.graph, "--from", f.homes, "-o", f.path("nowhere/x.bin")).want(t, exitOutside).says(t, "cannot write x.bin")
}

func TestADeviceIsWrittenIntoAndNotReplaced(t *testing.T) {
	f := newStreetFiles(t)
	sanse(t.Context(), "streets", "table", "--graph", f.graph, "--from", f.homes, "-o", os.DevNull).want(t, exitDone)
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s: %v, %v", os.DevNull, info.Mode(), err)
	}
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

func TestTheNearestFacilitiesAreThoseOfTheTable(t *testing.T) {
	f := newStreetFiles(t)
	far := writeText(t, f.path("far.csv"), placesCSV("f", append(homes(), island)))
	bin := f.path("t.bin")
	sanse(t.Context(), "streets", "table", "--graph", f.graph, "--from", far, "--to", f.clinics, "-o", bin).want(t, exitDone)
	table := readInts(t, bin, 3)
	for _, k := range []int{1, 2, 9} {
		r := sanse(t.Context(), "streets", "nearest", "--graph", f.graph, "--from", far, "--to", f.clinics, "-k", strconv.Itoa(k)).want(t, exitDone)
		rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var want [][]string
		for i, seconds := range table {
			order := []int{0, 1, 2}
			slices.SortStableFunc(order, func(a, b int) int { return int(seconds[a] - seconds[b]) })
			id := fmt.Sprintf("f%d", i+1)
			if seconds[0] < 0 {
				want = append(want, []string{id, "0", "", ""})
				continue
			}
			for rank, j := range order[:min(k, 3)] {
				want = append(want, []string{id, strconv.Itoa(rank + 1), fmt.Sprintf("c%d", j+1), strconv.Itoa(int(seconds[j]))})
			}
		}
		var got [][]string
		for _, row := range rows[1:] {
			got = append(got, row[:4])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("k %d: %s", k, diff)
		}
	}
	r := sanse(t.Context(), "streets", "nearest", "--graph", f.graph, "--from", far, "--to", f.clinics, "--minutes", "8").want(t, exitDone)
	for i, row := range table {
		inTime := 0
		for _, s := range row {
			if s >= 0 && s <= 480 {
				inTime++
			}
		}
		if got := strings.Count(r.out, fmt.Sprintf("f%d,", i+1)); got != max(inTime, 1) {
			t.Errorf("f%d has %d lines for %d facilities in time", i+1, got, inTime)
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

func TestATableThatIsStoppedLeavesNoFile(t *testing.T) {
	f := newStreetFiles(t)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, args := range [][]string{
		{"streets", "table", "--graph", f.graph, "--from", f.homes, "-o", f.path("stopped.bin")},
		{"streets", "build", f.extract, "-o", f.path("stopped.graph")},
	} {
		sanse(stopped, args...).want(t, exitOutside)
	}
	left, err := filepath.Glob(f.path("*stopped*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
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
