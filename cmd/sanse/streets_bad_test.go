package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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

func TestNothingThatIsReadIsWrittenOver(t *testing.T) {
	f := newStreetFiles(t)
	changes := writeText(t, f.path("changes.geojson"), `{"type":"FeatureCollection","features":[]}`)
	table := readText(t, f.homes)
	for name, args := range map[string][]string{
		f.extract: {"build", f.extract, "-o", f.extract},
		changes:   {"build", f.extract, "--overlay", changes, "-o", changes},
		f.graph:   {"route", "--graph", f.graph, "--from", "104.30,30.8015", "--to", "104.31,30.8015", "-o", f.graph},
		f.homes:   {"table", "--graph", f.graph, "--from", f.homes, "-o", f.homes},
		f.clinics: {"nearest", "--graph", f.graph, "--from", f.homes, "--to", f.clinics, "-o", f.clinics},
	} {
		before := readText(t, name)
		sanse(t.Context(), streets3(args...)...).want(t, exitInvalid).says(t, "is read as well")
		if readText(t, name) != before {
			t.Errorf("%v: the file was written over", args)
		}
	}
	link := f.path("link.csv")
	if err := os.Symlink(f.homes, link); err != nil {
		t.Skip(err)
	}
	sanse(t.Context(), "streets", "isochrone", "--graph", f.graph, "--from", f.homes, "-o", link).want(t, exitInvalid)
	if readText(t, f.homes) != table {
		t.Error("the places were written over through a link")
	}
}

func TestAFolderThatIsNotThereIsToldBeforeTheWork(t *testing.T) {
	f := newStreetFiles(t)
	out := f.path("missing/result")
	for _, args := range [][]string{
		{"build", f.path("nothing.txt"), "-o", out},
		{"table", "--graph", f.graph, "--from", f.homes, "-o", out},
		{"isochrone", "--graph", f.graph, "--from", f.homes, "-o", out},
	} {
		writeText(t, f.path("nothing.txt"), "no streets")
		sanse(t.Context(), streets3(args...)...).want(t, exitOutside).says(t, "there is no folder")
	}
}

func TestATableThatIsStoppedLeavesNothingAndDoesNotBlameTheDisk(t *testing.T) {
	f := newStreetFiles(t)
	old := writeText(t, f.path("old.json"), "old")
	stopped := errors.Join(context.Canceled)
	err := writeResult(old, nil, func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, stopped)
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "stopped") || strings.Contains(err.Error(), "cannot write") {
		t.Errorf("error %v", err)
	}
	left, globErr := filepath.Glob(f.path(".old*"))
	if readText(t, old) != "old" || len(left) > 0 || globErr != nil {
		t.Errorf("left %v, %v", left, globErr)
	}
}

func TestEveryFaultOfAFileOfChangesIsNamed(t *testing.T) {
	f := newStreetFiles(t)
	bad := writeText(t, f.path("bad.geojson"), `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"id":"a","change":"explode"},"geometry":{"type":"Point","coordinates":[104.3,30.8]}},
		{"type":"Feature","properties":{"id":"b","change":"close","from":"2026-13-01"},"geometry":{"type":"Point","coordinates":[104.3,30.8]}}]}`)
	out := f.path("never.graph")
	sanse(t.Context(), "streets", "build", f.extract, "--overlay", bad, "-o", out).want(t, exitInvalid).says(t, "bad.geojson is refused whole", "explode", "2026-13-01")
	if _, err := os.Stat(out); err == nil {
		t.Error("a graph was built all the same")
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
