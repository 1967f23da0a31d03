package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sanse/geo/districting/files"
)

// path4 is a path of four units.
const path4 = `{"nodes": [{"id": 0, "TOTPOP": 10}, {"id": 1, "TOTPOP": 10}, {"id": 2, "TOTPOP": 10}, {"id": 3, "TOTPOP": 10}],
 "adjacency": [[{"id": 1}], [{"id": 0}, {"id": 2}], [{"id": 1}, {"id": 3}], [{"id": 2}]]}`

func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRunsAreKeptJudgedAndNotRepeated(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.json"), path4, 0o600)
	write(t, filepath.Join(dir, "b.json"), path4, 0o600)
	write(t, filepath.Join(dir, "best_known.csv"), "state,level,units,districts,lower_bound,best_known_cut_edges,gerrychain_10000_steps,file\nAA,county,4,2,1,1,,a.json\nBB,tract,4,2,1,1,2,b.json\n", 0o600)
	// A program that draws the same always, and b badly.
	program := write(t, filepath.Join(dir, "sanse"), `#!/bin/sh
echo run >> "$(dirname "$0")/calls"
for last; do :; done
case "$*" in
*b.json*) printf 'id,zone\n0,1\n1,2\n2,1\n3,2\n' > "$last" ;;
*) printf 'id,zone\n0,1\n1,1\n2,2\n3,2\n' > "$last"; exit 1 ;;
esac
`, 0o700)
	rows := filepath.Join(dir, "rows.csv")
	args := []string{"-sanse", program, "-dir", dir, "-csv", rows, "-time", "1s", "-seeds", "1,2", "-threads", "1"}
	for range 2 {
		if err := run(t.Context(), args); err != nil {
			t.Fatal(err)
		}
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil || strings.Count(string(calls), "run") != 4 {
		t.Errorf("the program ran %d times: %v", strings.Count(string(calls), "run"), err)
	}
	all, err := readRows(rows)
	if err != nil || len(all) != 4 {
		t.Fatalf("%d rows: %v", len(all), err)
	}
	for _, r := range all {
		want := row{File: "a.json", CutEdges: 1, Checked: "ok"}
		if r.File == "b.json" {
			want = row{File: "b.json", CutEdges: 3, Checked: "4 pieces of 2 districts"}
		}
		if r.CutEdges != want.CutEdges || r.Checked != want.Checked || r.Units != 4 || r.Best != 1 {
			t.Errorf("%+v", r)
		}
	}
	var b strings.Builder
	if err := printSummary(&b, rows); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| AA county, a.json | 4 | 2 | 2 × 1 s (wall), 1 threads | 1 | 1 | 1 | 0 |", "(2 runs not valid)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func TestARunDrawsWithinItsProcessorTime(t *testing.T) {
	dir := t.TempDir()
	graph := write(t, filepath.Join(dir, "a.json"), path4, 0o600)
	out := filepath.Join(dir, "plan.csv")
	if err := run(t.Context(), []string{"-run", graph, "-districts", "2", "-o", out, "-time", "1s"}); err != nil {
		t.Fatal(err)
	}
	u, err := readFile(graph, func(f *os.File) (*files.Units, error) { return files.ReadDualGraph(f, "TOTPOP") })
	if err != nil {
		t.Fatal(err)
	}
	a, err := readFile(out, func(f *os.File) (*files.Assignment, error) { return files.ReadAssignment(f) })
	if err != nil {
		t.Fatal(err)
	}
	zone, err := a.Of(u)
	if err != nil {
		t.Fatal(err)
	}
	r := row{Districts: 2, Tolerance: 0.5}
	if judge(u, zone, &r); r.Checked != "ok" || r.CutEdges != 1 {
		t.Errorf("%s, %d cut edges", r.Checked, r.CutEdges)
	}
}

func TestTheJudgeKnowsTheRules(t *testing.T) {
	u, err := files.ReadDualGraph(strings.NewReader(strings.Replace(path4, `"id": 0, "TOTPOP": 10`, `"id": 0, "TOTPOP": 12`, 1)), "TOTPOP")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		zone      string
		districts int
		tolerance float64
		want      string
		cut       int
	}{
		{"a,a,b,b", 2, 5, "ok", 1},
		{"a,a,b,b", 2, 4.7, "district", 1}, // 22 and 20 of 21: 4.76 %
		{"a,a,b,b", 3, 90, "2 districts, not 3", 1},
		{"a,b,b,a", 2, 90, "3 pieces", 2},
		{"a,a,,b", 2, 90, "unit 2 is in no district", 0},
	} {
		r := row{Districts: c.districts, Tolerance: c.tolerance}
		judge(u, strings.Split(c.zone, ","), &r)
		if !strings.Contains(r.Checked, c.want) || r.CutEdges != c.cut {
			t.Errorf("%v: %q, %d cut edges", c, r.Checked, r.CutEdges)
		}
	}
}

func TestWrongUseIsTold(t *testing.T) {
	dir := t.TempDir()
	graph := write(t, filepath.Join(dir, "a.json"), path4, 0o600)
	bad := write(t, filepath.Join(dir, "rows.csv"), "some,other\n", 0o600)
	for _, args := range [][]string{
		{},
		{"-dir", "x"},
		{"-seeds", "a"},
		{"-only", "("},
		{"-threads", "0"},
		{"stray"},
		{"-summary", "/nowhere.csv"},
		{"-summary", bad},
		{"-run", "/nowhere.json"},
		{"-run", graph, "-districts", "9", "-o", filepath.Join(dir, "plan.csv")},
		{"cells", "-cells", "0"},
		{"cells", "stray"},
		{"cells", "-resolution", "99"},
		{"-dir", dir, "-csv", filepath.Join(dir, "new.csv")},
	} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("%v is let through", args)
		}
	}
	if rows, err := readRows(filepath.Join(dir, "none.csv")); err != nil || len(rows) != 0 {
		t.Errorf("%v %v", rows, err)
	}
	if len(row{}.fields()) != len(header) {
		t.Error("fields and header differ")
	}
}

func TestMadeUpCommunitiesAreWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cells.csv")
	if err := run(t.Context(), []string{"cells", "-cells", "300", "-communities", "3", "-households", "1000", "-o", path}); err != nil {
		t.Fatal(err)
	}
	u, err := readFile(path, func(f *os.File) (*files.Units, error) { return files.ReadCells(f) })
	if err != nil {
		t.Fatal(err)
	}
	for c, n := range u.Sizes() {
		if households := u.Sums(0)[c]; n != 300 || households < 900 || households > 1100 || u.Sums(1)[c] == 0 {
			t.Errorf("community %s has %d cells and %d households", u.Communities[c], n, households)
		}
	}
}
