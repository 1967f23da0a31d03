package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/geo"
	"sanse/geo/districting/files"
)

// hexagon is a community as a table of cells: all within k steps of a place,
// each with as many households as a number of its own says.
func hexagon(t *testing.T, code string, lon, lat float64, k int) string {
	t.Helper()
	middle, err := geo.CellAt(orb.Point{lon, lat}, 11)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := middle.GridDisk(k)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, c := range cells {
		fmt.Fprintf(&b, "%s,%s,%d,%d\n", c, code, 8+i%5, 30+i%7)
	}
	return b.String()
}

const cellHeader = "cell,community,households,minutes\n"

// zonesOf reads an assignment: how many units each grid has.
func zonesOf(t *testing.T, path string) map[string]int {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(readText(t, path))).ReadAll()
	if err != nil || len(rows) < 2 || strings.Join(rows[0], ",") != "id,zone" {
		t.Fatalf("%v: %v", rows[:min(2, len(rows))], err)
	}
	n := map[string]int{}
	for _, r := range rows[1:] {
		n[r[1]]++
	}
	return n
}

func metricsOf(t *testing.T, path string) (m files.Report) {
	t.Helper()
	if err := json.Unmarshal([]byte(readText(t, path)), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestACommunityIsDrawnCheckedAndNumbered(t *testing.T) {
	dir := t.TempDir()
	cells := writeText(t, filepath.Join(dir, "cells.csv"), "\xEF\xBB\xBF六边形,社区,households,minutes\n"+hexagon(t, "510113001001", 104.1, 30.8, 9))
	out, metrics, outlines := filepath.Join(dir, "plan.csv"), filepath.Join(dir, "m.json"), filepath.Join(dir, "grids.geojson")
	args := []string{"grids", "draw", "--cells", cells, "--weight", "households", "--weight", "minutes=10%", "--zones", "6", "--iterations", "20000", "--threads", "1"}
	r := sanse(t.Context(), append(args, "-o", out, "--metrics", metrics, "--outlines", outlines)...).want(t, exitDone)
	if r.out != "" || !strings.Contains(r.err, "6 grids  checked") {
		t.Errorf("out: %s\nerr: %s", r.out, r.err)
	}
	zones := zonesOf(t, out)
	for i := range 6 {
		if zones[fmt.Sprintf("510113001001%03d", i+1)] == 0 {
			t.Errorf("there is no grid %d: %v", i+1, zones)
		}
	}
	m := metricsOf(t, metrics)
	if m.Zones != 6 || m.Parts != 6 || m.Excess != 0 || m.Goal != "compact" || len(m.Weights) != 2 || m.Weights[0].Tolerance != 0.05 || m.Weights[1].Tolerance != 0.1 {
		t.Errorf("%+v", m)
	}
	fc, err := geojson.UnmarshalFeatureCollection([]byte(readText(t, outlines)))
	if err != nil || len(fc.Features) != 6 {
		t.Fatalf("%v", err)
	}
	north := fc.Features[0].Geometry.Bound().Center()[1]
	for i, f := range fc.Features {
		if f.Properties["community"] != "510113001001" || f.Properties.MustInt("households") == 0 {
			t.Errorf("grid %d: %v", i, f.Properties)
		}
	}
	last := ""
	for _, f := range fc.Features {
		if zone := f.Properties.MustString("zone"); zone == "510113001001001" {
			north = f.Geometry.Bound().Center()[1]
		} else if zone == "510113001001006" {
			last = zone
			if y := f.Geometry.Bound().Center()[1]; y >= north {
				t.Errorf("the last grid lies north of the first")
			}
		}
	}
	if last == "" {
		t.Error("no last grid")
	}
	sanse(t.Context(), "grids", "check", out, "--cells", cells, "--weight", "households", "--weight", "minutes=10%").want(t, exitDone).says(t, `"findings": []`)

	// The same again, to standard output.
	if again := sanse(t.Context(), args...).want(t, exitDone); again.out != readText(t, out) {
		t.Error("the same seed, steps and threads give other grids")
	}
	// And as outlines alone.
	sanse(t.Context(), append(args, "-o", filepath.Join(dir, "o.geojson"))...).want(t, exitDone)
	if readText(t, filepath.Join(dir, "o.geojson")) != readText(t, outlines) {
		t.Error("-o o.geojson and --outlines differ")
	}
}

func TestAStandardGivesEveryCommunityItsGrids(t *testing.T) {
	dir := t.TempDir()
	cells := writeText(t, filepath.Join(dir, "cells.csv"), cellHeader+hexagon(t, "510113001002", 104.1, 30.8, 5)+hexagon(t, "510113001001", 104.2, 30.8, 4))
	out, metrics := filepath.Join(dir, "plan.csv"), filepath.Join(dir, "m.json")
	// 91 cells with 909 households, 61 with 609.
	sanse(t.Context(), "grids", "draw", "--cells", cells, "--standard", "households=150-210", "--iterations", "20000", "--threads", "1", "-o", out, "--metrics", metrics).want(t, exitDone)
	zones := zonesOf(t, out)
	if len(zones) != 8 || zones["510113001001003"] == 0 || zones["510113001002005"] == 0 {
		t.Errorf("grids %v", zones)
	}
	m := metricsOf(t, metrics)
	if m.Weights[0].Least != 150 || m.Weights[0].Most != 210 || m.Communities != 2 {
		t.Errorf("%+v", m)
	}
	for _, z := range m.PerZone {
		if n := z.Sums["households"]; n < 150 || n > 210 {
			t.Errorf("grid %s has %d households", z.Zone, n)
		}
	}
	by := writeText(t, filepath.Join(dir, "k.csv"), "community,zones\n510113001001,2\n510113001002,3\n")
	sanse(t.Context(), "grids", "draw", "--cells", cells, "--weight", "households", "--zones-by", by, "--iterations", "20000", "--threads", "1", "-o", out).want(t, exitDone)
	if zones := zonesOf(t, out); len(zones) != 5 {
		t.Errorf("grids %v", zones)
	}
}

func TestTodaysGridsKeepTheirCodesAndLocksHold(t *testing.T) {
	dir := t.TempDir()
	cells := writeText(t, filepath.Join(dir, "cells.csv"), cellHeader+hexagon(t, "510113001001", 104.1, 30.8, 6))
	base := []string{"grids", "draw", "--cells", cells, "--weight", "households", "--iterations", "20000", "--threads", "1"}
	now, later := filepath.Join(dir, "now.csv"), filepath.Join(dir, "later.csv")
	sanse(t.Context(), append(base, "--zones", "3", "-o", now)...).want(t, exitDone)
	// The codes of today are another's; one was given up.
	codes := strings.NewReplacer("510113001001001", "510113001001017", "510113001001002", "A-2")
	writeText(t, now, codes.Replace(readText(t, now)))
	sanse(t.Context(), append(base, "--zones", "3", "--today", now, "--stay", "50", "-o", later)...).want(t, exitDone)
	if readText(t, now) != readText(t, later) {
		t.Error("what is dear to move is moved, though it was balanced")
	}
	// A fourth grid, one of the three left alone.
	sanse(t.Context(), append(base, "--zones", "4", "--today", now, "--keep", "A-2", "-o", later, "--tolerance", "60%")...).want(t, exitDone)
	before, after := zonesOf(t, now), zonesOf(t, later)
	if len(after) != 4 || after["A-2"] != before["A-2"] || after["510113001001018"] == 0 {
		t.Errorf("before %v, after %v", before, after)
	}
	sameZone(t, now, later, "A-2")
	// Locks: the cells of one grid, in a grid of another name.
	var lock strings.Builder
	lock.WriteString("id,zone\n")
	for _, l := range strings.Split(readText(t, now), "\n") {
		if id, zone, _ := strings.Cut(l, ","); zone == "A-2" {
			fmt.Fprintf(&lock, "%s,B\n", id)
		}
	}
	locks := writeText(t, filepath.Join(dir, "lock.csv"), lock.String())
	sanse(t.Context(), append(base, "--zones", "3", "--lock", locks, "-o", later)...).want(t, exitDone)
	if after := zonesOf(t, later); after["B"] < before["A-2"] || after["510113001001001"] == 0 {
		t.Errorf("after %v", after)
	}
}

// sameZone fails the test unless a grid has the same units in both files.
func sameZone(t *testing.T, a, b, zone string) {
	t.Helper()
	units := func(path string) (out []string) {
		for _, l := range strings.Split(readText(t, path), "\n") {
			if strings.HasSuffix(l, ","+zone) {
				out = append(out, l)
			}
		}
		return out
	}
	if x, y := strings.Join(units(a), "\n"), strings.Join(units(b), "\n"); x != y || x == "" {
		t.Errorf("grid %s was\n%s\nand is\n%s", zone, x, y)
	}
}

func ten(int) int { return 10 }

func TestADualGraphIsDrawnWithFewCutEdges(t *testing.T) {
	dir := t.TempDir()
	graph := writeText(t, filepath.Join(dir, "g.json"), squares(t, ten))
	out, metrics := filepath.Join(dir, "plan.csv"), filepath.Join(dir, "m.json")
	r := sanse(t.Context(), "grids", "draw", "--graph", graph, "--weight", "TOTPOP=0.5%", "--zones", "4", "--goal", "cut-edges", "--iterations", "5000", "--threads", "1", "--seeds", "2", "--json", "-o", out, "--metrics", metrics).want(t, exitDone)
	if m := metricsOf(t, metrics); m.CutEdges != 8 || m.Parts != 4 || m.Goal != "cut-edges" {
		t.Errorf("%+v", m)
	}
	lines := strings.Split(strings.TrimSpace(r.err), "\n")
	var last drawReport
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Zones != 4 || last.Goal != 8 || last.Excess != 0 {
		t.Errorf("%+v %v", last, err)
	}
	if zones := zonesOf(t, out); zones["1"] != 4 || zones["4"] != 4 {
		t.Errorf("%v", zones)
	}
}

func TestAToleranceThatCannotBeMetIsANoWithTheReason(t *testing.T) {
	dir := t.TempDir()
	graph := writeText(t, filepath.Join(dir, "g.json"), squares(t, func(i int) int {
		if i == 5 {
			return 1000
		}
		return 10
	}))
	out, metrics := filepath.Join(dir, "plan.csv"), filepath.Join(dir, "m.json")
	sanse(t.Context(), "grids", "draw", "--graph", graph, "--weight", "TOTPOP", "--zones", "4", "--iterations", "2000", "--threads", "1", "-o", out, "--metrics", metrics).
		want(t, exitNo).says(t, "tolerance is not met", "unit 5 alone has more TOTPOP")
	if zones := zonesOf(t, out); len(zones) != 4 {
		t.Errorf("what was found is not written: %v", zones)
	}
	if m := metricsOf(t, metrics); m.Excess == 0 || len(m.Forbids) == 0 || m.Forbids[0].Units[0] != "5" {
		t.Errorf("%+v", m)
	}
	sanse(t.Context(), "grids", "check", out, "--graph", graph, "--weight", "TOTPOP").want(t, exitNo).says(t, `"balance"`)
}

func TestAnInterruptedDrawingIsTheBestUntilThen(t *testing.T) {
	dir := t.TempDir()
	graph, out := writeText(t, filepath.Join(dir, "g.json"), squares(t, ten)), filepath.Join(dir, "plan.csv")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	errOut := &interrupting{cancel: cancel}
	code := run(ctx, []string{"grids", "draw", "--graph", graph, "--weight", "TOTPOP", "--zones", "4", "--time", "10m", "--seeds", "3", "--threads", "1", "-o", out}, strings.NewReader(""), new(bytes.Buffer), errOut)
	if code != exitDone || !strings.Contains(errOut.String(), "best until then") {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	if zones := zonesOf(t, out); len(zones) != 4 {
		t.Errorf("%v", zones)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	none := filepath.Join(dir, "none.csv")
	sanse(ended, "grids", "draw", "--graph", graph, "--weight", "TOTPOP", "--zones", "4", "-o", none).want(t, exitOutside).says(t, "interrupted")
	if _, err := os.Stat(none); err == nil {
		t.Error("something is written")
	}
}

func TestABarrierIsNotCrossed(t *testing.T) {
	dir := t.TempDir()
	cells := writeText(t, filepath.Join(dir, "cells.csv"), cellHeader+hexagon(t, "510113001001", 104.1, 30.8, 6))
	river := writeText(t, filepath.Join(dir, "river.geojson"), `{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[104.1001,30.7],[104.1001,30.9]]}}`)
	out := filepath.Join(dir, "plan.csv")
	sanse(t.Context(), "grids", "draw", "--cells", cells, "--weight", "households=20%", "--zones", "4", "--barriers", river, "--iterations", "20000", "--threads", "1", "-o", out).want(t, exitDone)
	sanse(t.Context(), "grids", "check", out, "--cells", cells, "--weight", "households=20%", "--barriers", river).want(t, exitDone)
	// In one grid the two banks are two pieces.
	var one strings.Builder
	for _, l := range strings.Split(strings.TrimSpace(readText(t, out)), "\n")[1:] {
		id, _, _ := strings.Cut(l, ",")
		fmt.Fprintf(&one, "%s,x\n", id)
	}
	whole := writeText(t, filepath.Join(dir, "one.csv"), "id,zone\n"+one.String())
	sanse(t.Context(), "grids", "check", whole, "--cells", cells, "--barriers", river).want(t, exitNo).says(t, `"pieces"`, "2 pieces")
	sanse(t.Context(), "grids", "check", whole, "--cells", cells).want(t, exitDone)
}
