package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// faulty is a community of three grids with an overlap, a gap between two of
// them, and one that reaches over the community's border.
func faulty() string {
	area := func(code, extra string, west, south, east, north float64) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":"网格 %s"%s},"geometry":{"type":"Polygon","coordinates":[[[%[4]v,%[5]v],[%[6]v,%[5]v],[%[6]v,%[7]v],[%[4]v,%[7]v],[%[4]v,%[5]v]]]}}`+"\n",
			code, code[len(code)-3:], extra, west, south, east, north)
	}
	return area("510113001001", "", 104, 30, 104.03, 30.01) +
		area("510113001001001", `,"households":300`, 104, 30, 104.0102, 30.01) +
		area("510113001001002", `,"households":1.50`, 104.01, 30, 104.02, 30.01) +
		area("510113001001003", "", 104.0201, 30, 104.0301, 30.01)
}

func TestMendedAreasTileAndKeepTheirProperties(t *testing.T) {
	dir := t.TempDir()
	areas, out := writeText(t, filepath.Join(dir, "areas.geojson"), faulty()), filepath.Join(dir, "mended.geojson")
	sanse(t.Context(), "grids", "check", areas).want(t, exitNo).says(t, `"overlap"`, `"gap"`, `"outside-parent"`)
	r := sanse(t.Context(), "grids", "check", areas, "--mended", out).want(t, exitDone)
	told := parseJSON(t, r.out)
	if n := len(list(told["mended"])); n != 3 || len(list(told["findings"]))+len(list(told["gone"])) != 0 {
		t.Errorf("%d mended: %s", n, r.out)
	}
	sanse(t.Context(), "grids", "check", out).want(t, exitDone)
	text := readText(t, out)
	for _, want := range []string{`"households":300`, `"households":1.50`, `"name":"网格 003"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is lost:\n%s", want, text)
		}
	}
	if n := strings.Count(text, `"Feature"`); n != 4 {
		t.Errorf("%d areas are written", n)
	}
	// What is whole is not touched.
	again := filepath.Join(dir, "again.geojson")
	sanse(t.Context(), "grids", "check", out, "--mended", again).want(t, exitDone).says(t, `"mended": []`)
	if readText(t, again) != text {
		t.Error("areas that tile were changed")
	}
	// With the areas on standard output the report is on the other.
	r = sanse(t.Context(), "grids", "check", areas, "--mended", "-").want(t, exitDone)
	if !strings.Contains(r.out, "FeatureCollection") || !strings.Contains(r.err, `"mended"`) {
		t.Errorf("out: %.80s\nerr: %.80s", r.out, r.err)
	}
}

func TestWhatTakesADecisionIsLeft(t *testing.T) {
	dir := t.TempDir()
	// B lies in A as a whole: which of the two is wrong nobody can know.
	areas := writeText(t, filepath.Join(dir, "areas.geojson"), rectangle("A", 104, 30, 104.03)+rectangle("B", 104.01, 30, 104.02))
	out := filepath.Join(dir, "out.geojson")
	r := sanse(t.Context(), "grids", "check", areas, "--mended", out).want(t, exitNo).says(t, `"overlap"`)
	if !strings.Contains(r.err, "0 findings mended, 1 left") {
		t.Error(r.err)
	}
	if n := strings.Count(readText(t, out), `"Feature"`); n != 2 {
		t.Errorf("%d areas are written", n)
	}
	// A grid outside its community has no ground that could be its own; the rest
	// is mended all the same.
	outside := strings.Replace(faulty(), "104.0201,30],[104.0301", "104.0301,30],[104.0401", 1)
	outside = strings.Replace(outside, "104.0301,30.01],[104.0201", "104.0401,30.01],[104.0301", 1)
	outside = strings.Replace(outside, "[104.0201,30]]]", "[104.0301,30]]]", 1)
	areas = writeText(t, filepath.Join(dir, "outside.geojson"), outside)
	r = sanse(t.Context(), "grids", "check", areas, "--mended", out).want(t, exitNo).says(t, `"outside-parent"`)
	if told := parseJSON(t, r.out); len(list(told["findings"])) != 1 || len(list(told["mended"])) != 2 {
		t.Error(r.out)
	}
}

func TestKeptGridsAreLeftOutOfTheMean(t *testing.T) {
	dir := t.TempDir()
	one := hexagon(t, "510113001001", 104.1, 30.8, 2)
	cells := writeText(t, filepath.Join(dir, "cells.csv"), cellHeader+one)
	plan := filepath.Join(dir, "now.csv")
	sanse(t.Context(), "grids", "draw", "--cells", cells, "--weight", "households=8%", "--zones", "4", "--iterations", "20000", "--threads", "1", "-o", plan).want(t, exitDone)
	// Somebody moves into the first cell: its grid is kept, and has far more.
	full := strings.Replace(one, ",8,", ",108,", 1)
	now := writeText(t, filepath.Join(dir, "full.csv"), cellHeader+full)
	kept := ""
	first, _, _ := strings.Cut(one, ",")
	for _, line := range strings.Split(readText(t, plan), "\n") {
		if id, zone, _ := strings.Cut(line, ","); id == first {
			kept = zone
		}
	}
	check := []string{"grids", "check", plan, "--cells", now, "--weight", "households=10%"}
	sanse(t.Context(), check...).want(t, exitNo).says(t, `"balance"`)
	sanse(t.Context(), append(check, "--keep", kept)...).want(t, exitDone).says(t, `"findings": []`)
	r := sanse(t.Context(), append(check, "--keep", "nobody")...).want(t, exitInvalid)
	if !strings.Contains(r.err, "no such grid") {
		t.Error(r.err)
	}
}

func TestAStandardIsNamedByItsLevelAndChecked(t *testing.T) {
	dir := t.TempDir()
	cells := writeText(t, filepath.Join(dir, "cells.csv"), cellHeader+hexagon(t, "510113001001", 104.1, 30.8, 3))
	// 37 cells of 8 to 12 households.
	for rule, want := range map[string]int{"micro-grid": 4, "grid": 1, "households=50-120": 4, "households=120": 3} {
		plan := filepath.Join(dir, "plan.csv")
		sanse(t.Context(), "grids", "draw", "--cells", cells, "--standard", rule, "--tolerance", "25%", "--iterations", "20000", "--threads", "1", "-o", plan).want(t, exitDone)
		if n := len(zonesOf(t, plan)); n != want {
			t.Errorf("%s: %d grids, want %d", rule, n, want)
		}
		sanse(t.Context(), "grids", "check", plan, "--cells", cells, "--standard", rule, "--tolerance", "25%").want(t, exitDone)
	}
	one := filepath.Join(dir, "one.csv")
	sanse(t.Context(), "grids", "draw", "--cells", cells, "--weight", "households", "--zones", "1", "--iterations", "100", "-o", one).want(t, exitDone)
	sanse(t.Context(), "grids", "check", one, "--cells", cells, "--standard", "micro-grid").want(t, exitNo).says(t, "120 are allowed at most")
	many := filepath.Join(dir, "many.csv")
	sanse(t.Context(), "grids", "draw", "--cells", cells, "--weight", "households=20%", "--zones", "9", "--iterations", "20000", "-o", many).want(t, exitDone)
	sanse(t.Context(), "grids", "check", many, "--cells", cells, "--standard", "micro-grid").want(t, exitNo).says(t, "50 are asked for at least")
}
