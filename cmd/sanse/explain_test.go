package main

import (
	"os"
	"path/filepath"
	"testing"

	"sanse/planner"
)

// explainFiles writes a problem of two residents and one visitor, who has time
// for one of them, and a plan.
func explainFiles(t *testing.T) (problem, plan string) {
	t.Helper()
	day := func(s string) planner.Date {
		d, err := planner.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	last := day("2026-12-06")
	p := &planner.Problem{
		Start: day("2026-12-07"), Days: 2, TimeZone: "Asia/Shanghai",
		Policies: []planner.Policy{{ID: "daily", Grade: "red", EveryDays: 1}, {ID: "weekly", Grade: "blue", PerWeek: 1}},
		Residents: []planner.Resident{
			{ID: "r1", Grade: "red", Grid: "510199001001001", Block: "510199001001", Minutes: 30, LastVisit: &last},
			{ID: "r2", Grade: "red", Grid: "510199001001001", Block: "510199001001", Minutes: 40, LastVisit: &last},
			{ID: "r3", Grade: "blue", Grid: "510199001001001", Block: "510199001001", Minutes: 40, LastVisit: &last},
		},
		Visitors: []planner.Visitor{{
			ID: "v", Tier: planner.TierGrid, Scope: []string{"510199001001001"}, Mode: "foot",
			Shifts: []planner.Shift{{Weekday: 1, From: 540, To: 600}, {Weekday: 2, From: 540, To: 600}},
		}},
		Matrices: []planner.Matrix{{
			Block: "510199001001", Locations: []string{"v", "r1", "r2", "r3"},
			Seconds: [][]int32{{0, 300, 300, 300}, {300, 0, 300, 300}, {300, 300, 0, 300}, {300, 300, 300, 0}},
		}},
	}
	dir := t.TempDir()
	problem, plan = filepath.Join(dir, "problem.json"), filepath.Join(dir, "plan.json")
	f, err := os.Create(problem)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := planner.WriteProblem(f, p); err != nil {
		t.Fatal(err)
	}
	sanse(t.Context(), "plan", "--problem", problem, "-o", plan).want(t, exitDone)
	return problem, plan
}

func TestExplainSaysWhatIsLeftOutAndWhatWouldFreeIt(t *testing.T) {
	problem, plan := explainFiles(t)
	sanse(t.Context(), "explain", problem, plan).want(t, exitDone).says(t,
		"block 510199001001: 2 lapses, mostly: all shifts are full (no_free_time);", "would do:", "more minutes for visitor v on 2026-12-07", "more minutes for visitor v on 2026-12-08")
	sanse(t.Context(), "explain", problem, plan, "--json").want(t, exitDone).says(t, `"unplanned": [`, `"mends": [`, `"blocks": [`)
}

func TestExplainSaysWhyAVisitIsWhereItIs(t *testing.T) {
	problem, plan := explainFiles(t)
	sanse(t.Context(), "explain", problem, plan, "--resident", "r1").want(t, exitDone).
		says(t, "Monday 2026-12-07", "by v, who sets out for it", `policy "daily"`).hides(t, "r2")
	sanse(t.Context(), "explain", problem, plan, "--resident", "r1", "--date", "2026-12-08").want(t, exitDone).
		says(t, "Tuesday 2026-12-08", "the window to 2026-12-08 would lapse")
	sanse(t.Context(), "explain", problem, plan, "--resident", "r1", "--date", "2026-12-08", "--json").want(t, exitDone).
		says(t, `"without": [`, `"text": "`)
	sanse(t.Context(), "explain", problem, plan, "--resident", "r1", "--date", "2026-12-09").want(t, exitNo).says(t, "no visit of r1 on 2026-12-09")
	sanse(t.Context(), "explain", problem, plan, "--resident", "r3").want(t, exitNo).says(t, "no rule asks")
}

func TestExplainRefusesAQuestionItCannotAnswer(t *testing.T) {
	problem, plan := explainFiles(t)
	for _, args := range [][]string{
		{"explain"},
		{"explain", problem},
		{"explain", plan, problem},
		{"explain", problem, plan, "--date", "2026-12-08"},
		{"explain", problem, plan, "--date", "tomorrow", "--resident", "r1"},
		{"explain", problem, plan, "--resident", "r1", "--task", "t1"},
	} {
		if r := sanse(t.Context(), args...); r.code != exitInvalid || r.err == "" || r.out != "" {
			t.Errorf("sanse %v: exit code %d\nout: %s\nerr: %s", args, r.code, clip(r.out), clip(r.err))
		}
	}
}
