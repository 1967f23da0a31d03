package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sanse/planner"
)

// village is a problem of three residents of a community and two visitors, one
// of whom works on weekdays, the other on every day. Whoever is red is seen
// every second day, whoever is blue once a month.
func village(community string) *planner.Problem {
	p := &planner.Problem{
		Start: planner.NewDate(2026, 12, 1), Days: 14, TimeZone: "Asia/Shanghai",
		Policies: []planner.Policy{{ID: "red", Grade: "red", EveryDays: 2}, {ID: "blue", Grade: "blue", PerMonth: 1}},
		Areas:    []planner.Area{},
	}
	m := planner.Matrix{Block: community}
	seen := p.Start - 1
	for i, grade := range []string{"red", "blue", "blue"} {
		r := planner.Resident{
			ID: fmt.Sprintf("%s-r%d", community, i), Grade: grade, Kinds: []string{}, Grid: community + "001", Block: community, Minutes: 20,
			LastVisit: &seen, Visits: []planner.Date{seen},
		}
		p.Residents = append(p.Residents, r)
		m.Locations = append(m.Locations, r.ID)
	}
	for i := range 2 {
		v := planner.Visitor{ID: fmt.Sprintf("%s-v%d", community, i), Kind: "grid-worker", Tier: planner.TierGrid, Scope: []string{community}, DaysOff: []planner.Date{}}
		v.End = &v.Start
		for day := 1; day <= 5+2*i; day++ {
			v.Shifts = append(v.Shifts, planner.Shift{Weekday: day, From: 9 * 60, To: 11 * 60})
		}
		p.Visitors = append(p.Visitors, v)
		p.Residents[0].Team = append(p.Residents[0].Team, v.ID)
		m.Locations = append(m.Locations, v.ID)
	}
	for i := range m.Locations {
		row := make([]int32, len(m.Locations))
		for j := range row {
			row[j] = int32(120 * max(i-j, j-i))
		}
		m.Seconds = append(m.Seconds, row)
	}
	p.Matrices = []planner.Matrix{m}
	return p
}

func TestAFileOfLinesIsPlannedAndCheckedLineByLine(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	for i := range 5 {
		if err := planner.WriteProblemLine(&b, village(fmt.Sprintf("51019900100%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	in, out := writeText(t, filepath.Join(dir, "in.jsonl"), b.String()), filepath.Join(dir, "out.jsonl")
	sanse(t.Context(), "plan", "--problem", in, "-o", out, "--threads", "2").want(t, exitDone).says(t, "5 problems with 15 residents", "0 left out")
	plans, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(plans), "\n")
	if len(lines) != 6 || lines[5] != "" {
		t.Fatalf("%d lines", len(lines)-1)
	}
	sanse(t.Context(), "check", in, out).want(t, exitDone).says(t, `"problems": 5`, `"violations": []`)
	r := sanse(t.Context(), "plan", "--problem", in, "-o", "-", "--threads", "1").want(t, exitDone)
	if r.out != string(plans) {
		t.Error("the plans on standard output, made on one thread, are others")
	}
	sanse(t.Context(), "plan", "--problem", in, "-o", out, "--json").want(t, exitDone).says(t, `"residents": 15`)

	lines[1], lines[2] = lines[2], lines[1]
	writeText(t, out, strings.Join(lines, ""))
	sanse(t.Context(), "check", in, out).want(t, exitNo).says(t, `"number": 2`, `"number": 3`, "unknown_resident").hides(t, `"number": 1`, `"number": 4`)
	writeText(t, out, strings.Join(lines[:3], ""))
	sanse(t.Context(), "check", in, out).want(t, exitInvalid).says(t, "line 4")
	sanse(t.Context(), "plan", "--problem", in).want(t, exitInvalid).says(t, "-o")
	writeText(t, in, b.String()+"{\n")
	sanse(t.Context(), "plan", "--problem", in, "-o", out).want(t, exitInvalid).says(t, "line 6").hides(t, "cannot write")
	if now, err := os.ReadFile(out); err != nil || string(now) != strings.Join(lines[:3], "") {
		t.Errorf("a run that failed has written a part of its file: %v", err)
	}
}
