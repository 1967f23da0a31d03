package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// asProgram makes the test binary the program, for the processes of runs.
const asProgram = "SANSE_BENCHMARK_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	small = "1 2 4 2\n0 10\n0 10\n0 0 0 0 0 0 0\n1 3 4 0 4 2 1 3\n2 0 5 0 6 1 2 1 2\n3 5 0 0 6 1 2 2 1\n4 -5 0 0 2 1 2 1 2\n"
	known = "instance,best_known_cost\np00,37.63\nq00,37.00\n"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRunsAreKeptAndNotRepeated(t *testing.T) {
	t.Setenv(asProgram, "1")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "p00"), small)
	write(t, filepath.Join(dir, "best_known.csv"), known)
	path := filepath.Join(t.TempDir(), "rows.csv")
	args := []string{"-dir", dir, "-csv", path, "-time", "20ms", "-threads", "1", "-parallel", "2"}
	if err := run(t.Context(), args); err != nil {
		t.Fatal(err)
	}
	rows, err := readRows(path)
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, want one for each seed: %v", len(rows), err)
	}
	for _, r := range rows {
		// Two decimals of 37.6344 are the best known cost.
		if r.Checked != "ok" || r.BestKnown != 37.63 || r.Gap < 0 || r.Gap > 0.02 || r.Cost > 37.64 || r.Budget != 0.02 {
			t.Errorf("%+v", r)
		}
	}
	// A new instance is run, the old ones are not.
	write(t, filepath.Join(dir, "q00"), small)
	if err := run(t.Context(), args); err != nil {
		t.Fatal(err)
	}
	if rows, err = readRows(path); err != nil || len(rows) != 4 || rows[3].Instance != "q00" {
		t.Errorf("%d rows: %v", len(rows), err)
	}
	var b strings.Builder
	if err := printSummary(&b, path); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| p00 | 2 |", "| q00 | 2 |", "all: 2 instances", "worst 1.71", "(q00)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func TestAnInstanceThatCannotBeReadIsToldAndTheOthersRun(t *testing.T) {
	t.Setenv(asProgram, "1")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "p00"), small)
	write(t, filepath.Join(dir, "bad"), "no instance\n")
	path := filepath.Join(t.TempDir(), "rows.csv")
	err := run(t.Context(), []string{"-dir", dir, "-csv", path, "-time", "20ms", "-threads", "1", "-seeds", "7"})
	if err == nil || !strings.Contains(err.Error(), "bad seed 7") || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("the error is %v", err)
	}
	if rows, err := readRows(path); err != nil || len(rows) != 1 || rows[0].Seed != 7 {
		t.Errorf("%+v %v", rows, err)
	}
}

func TestWrongUseIsTold(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"-dir", "x"},
		{"-seeds", "a"},
		{"-objective", "beauty"},
		{"-only", "("},
		{"-threads", "0"},
		{"stray"},
		{"-summary", "/nowhere.csv"},
		{"problem"},
		{"problem", "/nowhere.json"},
		{"city", "stray"},
	} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("%v is let through", args)
		}
	}
}
