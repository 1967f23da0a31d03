package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"sanse/planner"
)

// writeWith writes what a function of package planner writes.
func writeWith(t *testing.T, path string, write func(io.Writer) error) string {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func readPlanFile(t *testing.T, path string) *planner.Plan {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := planner.ReadPlan(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPlanIsMadeAgainWithLittleMoved(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	p := village("510199001001")
	problem := writeWith(t, in("problem.json"), func(w io.Writer) error { return planner.WriteProblem(w, p) })
	old, out, now := in("plan.json"), in("new.json"), in("now.json")
	sanse(t.Context(), "plan", "--problem", problem, "-o", old).want(t, exitDone)
	again := func(args ...string) result {
		return sanse(t.Context(), append([]string{"replan", "--problem", problem, "--plan", old, "-o", out, "--problem-out", now}, args...)...)
	}
	moved := func(args ...string) (m planner.Moved) {
		t.Helper()
		r := again(append(args, "--json")...).want(t, exitDone)
		if err := json.Unmarshal([]byte(r.out), &m); err != nil {
			t.Fatalf("%v\n%s", err, r.out)
		}
		sanse(t.Context(), "check", now, out).want(t, exitDone)
		return m
	}
	before, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	again().want(t, exitDone).says(t, "visits stay as they are").hides(t, "block ")
	if after, err := os.ReadFile(out); err != nil || string(after) != string(before) {
		t.Errorf("nothing happened, and the plan is another (%v)", err)
	}

	// The first visitor of the plan is sick on the day.
	first := readPlanFile(t, old).Itineraries[0]
	m := moved("--sick", first.Visitor+"="+first.Date.String())
	if m.Visitor+m.Day == 0 || len(m.Visitors) != 2 {
		t.Errorf("of a sick day moved %+v", m)
	}
	sanse(t.Context(), "check", problem, out).want(t, exitDone) // a day off more is a problem less
	again("--sick", first.Visitor+"="+first.Date.String()+"..2026-12-14").want(t, exitDone).says(t, "to another visitor on their day", "block 510199001001", "→")
	if m := moved("--resigned", first.Visitor+"=2026-12-03"); m.Kept == 0 {
		t.Errorf("of somebody who resigns moved %+v", m)
	}

	// A week later.
	red := p.Residents[0].ID
	last := ""
	for _, it := range readPlanFile(t, old).Itineraries {
		for _, st := range it.Stops {
			if st.Resident == red && it.Date <= p.Start+6 {
				last = it.Date.String()
			}
		}
	}
	if m := moved("--now", "2026-12-08T08:00"); m.Kept == 0 || len(m.Visits) > 0 {
		t.Errorf("all went as planned, and this moved: %+v", m)
	}
	if m := moved("--now", "2026-12-08T08:00", "--missed", red+"="+last); m.Missed != 1 {
		t.Errorf("a visit missed: %+v", m)
	}
	if m := moved("--now", "2026-12-08T08:00", "--grade", p.Residents[1].ID+"=red"); m.Added < 2 {
		t.Errorf("a red resident more: %+v", m)
	}
	if m := moved("--away", red+"=2026-12-05..2026-12-09"); m.Dropped == 0 {
		t.Errorf("a resident away: %+v", m)
	}
	moved("--slow", "300@2026-12-02..2026-12-03")

	for _, args := range [][]string{
		{"--sick", "nobody=2026-12-02"},
		{"--sick", first.Visitor},
		{"--sick", first.Visitor + "=tomorrow"},
		{"--sick", first.Visitor + "=2026-12-03..2026-12-02"},
		{"--resigned", "=2026-12-02"},
		{"--missed", red + "=" + last},
		{"--now", "2026-12-08T08:00", "--missed", red + "=2026-12-09"},
		{"--now", "2026-12-08"},
		{"--now", "2027-12-08T08:00"},
		{"--away", "nobody=2026-12-02"},
		{"--grade", red + "=violet"},
		{"--slow", "fast@2026-12-02"},
		{"--slow", "20@2026-12-02"},
	} {
		if r := again(args...); r.code != exitInvalid || r.err == "" {
			t.Errorf("sanse replan %v: exit code %d\n%s", args, r.code, clip(r.err))
		}
	}
	sanse(t.Context(), "replan", "--problem", problem, "--plan", problem, "-o", out).want(t, exitInvalid)
	sanse(t.Context(), "replan", "--problem", problem, "--plan", old).want(t, exitInvalid)
	sanse(t.Context(), "replan", "--help").want(t, exitDone).says(t, "--sick", "to the letter")
}
