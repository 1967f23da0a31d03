package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	periodicFile = "1 2 4 2\n0 10\n0 10\n0 0 0 0 0 0 0\n1 3 4 0 4 2 1 3\n2 0 5 0 6 1 2 1 2\n3 5 0 0 6 1 2 2 1\n4 -5 0 0 2 1 2 1 2\n"
	windowFile   = "T1\n\nVEHICLE\nNUMBER CAPACITY\n2 10\n\nCUSTOMER\nCUST NO. XCOORD. YCOORD. DEMAND READY DUE SERVICE\n0 0 0 0 0 100 0\n1 3 4 6 0 20 10\n2 0 10 4 30 40 10\n3 6 8 4 0 50 10\n"
	vroomFile    = `{"vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "max_tasks": 2}],
  "jobs": [{"id": 1, "location_index": 1}, {"id": 2, "location_index": 2, "priority": 5}, {"id": 3, "location_index": 1, "skills": [4], "priority": 9}],
  "matrices": {"car": {"durations": [[0, 60, 70], [60, 0, 20], [70, 20, 0]]}}}`
)

func TestFilesOfOtherProgramsAreSolvedAndChecked(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name, text string
		args       []string
		want       string // of the solution
		cost       float64
	}{
		{"p00", periodicFile, nil, "1 1 ", 30 + math.Sqrt(10) + math.Sqrt(20)},
		{"t1.txt", windowFile, nil, "Route 1 :", 30 + math.Sqrt(40)},
		{"t1v.txt", windowFile, []string{"--objective", "vehicles"}, "Route 2 :", 30 + math.Sqrt(40)},
		{"v.json", vroomFile, []string{"--format", "vroom"}, `"reason": "skill_missing"`, 150},
	} {
		problem, out := writeText(t, filepath.Join(dir, c.name), c.text), filepath.Join(dir, c.name+".out")
		r := sanse(t.Context(), append([]string{"solve", problem, "-o", out, "--iterations", "300", "--threads", "1"}, c.args...)...).want(t, exitDone)
		if r.out != "" || !strings.Contains(r.err, "checked") {
			t.Errorf("%s: out: %s\nerr: %s", c.name, r.out, r.err)
		}
		solution := readText(t, out)
		if !strings.Contains(solution, c.want) {
			t.Errorf("%s: %q is not in\n%s", c.name, c.want, solution)
		}
		v := parseJSON(t, sanse(t.Context(), "check", problem, out).want(t, exitDone).out)
		if cost, _ := v["cost"].(float64); math.Abs(cost-c.cost) > 1e-9 || len(list(v["violations"])) != 0 {
			t.Errorf("%s: %v, want a cost of %v", c.name, v, c.cost)
		}
		again := sanse(t.Context(), append([]string{"solve", problem, "--iterations", "300", "--threads", "1"}, c.args...)...).want(t, exitDone)
		if again.out != solution {
			t.Errorf("%s: the same seed and steps give another solution", c.name)
		}
		// A solution of a stranger is found out.
		bad := writeText(t, out, strings.NewReplacer("1 1 ", "1 9 ", "Route 1 : ", "Route 1 : 9 ", `"vehicle": 1`, `"vehicle": 9`).Replace(solution))
		v = parseJSON(t, sanse(t.Context(), "check", problem, bad).want(t, exitNo).out)
		if len(list(v["violations"])) == 0 {
			t.Errorf("%s: nothing is found", c.name)
		}
	}
}

func TestASearchEndsAtItsTargetAndTellsItsProgress(t *testing.T) {
	dir := t.TempDir()
	problem := writeText(t, filepath.Join(dir, "p00"), periodicFile)
	r := sanse(t.Context(), "solve", problem, "-o", filepath.Join(dir, "out"), "--time", "10m", "--target", "37.64", "--json").want(t, exitDone)
	lines := strings.Split(strings.TrimSpace(r.err), "\n")
	var last struct {
		Cost       float64
		Missing    int
		Iterations int
		Routes     int
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Cost > 37.64 || last.Missing != 0 || last.Routes == 0 {
		t.Errorf("the last line tells %+v: %v\n%s", last, err, r.err)
	}
}

func TestAnInstanceThatCannotServeEverybodySaysNo(t *testing.T) {
	dir := t.TempDir()
	// One vehicle a day holds 20 of the 22 that are to be brought.
	tight, out := writeText(t, filepath.Join(dir, "p00"), strings.Replace(periodicFile, "1 2 4 2", "1 1 4 2", 1)), filepath.Join(dir, "out")
	sanse(t.Context(), "solve", tight, "-o", out, "--iterations", "200").want(t, exitNo).says(t, "not visited as the instance asks", "is not visited: no_free_time: the routes of all vehicles")
	sanse(t.Context(), "solve", tight, "-o", out, "--iterations", "200", "--json").want(t, exitNo).says(t, `"reason":"no_free_time"`)
	if _, err := os.Stat(out); err != nil {
		t.Error("what was found is not written")
	}
	v := parseJSON(t, sanse(t.Context(), "check", tight, out).want(t, exitNo).out)
	if v["missed"] != 1.0 {
		t.Errorf("the checker says %v", v)
	}
}

func TestAFieldThatNobodyReadsIsToldOf(t *testing.T) {
	dir := t.TempDir()
	problem, out := writeText(t, filepath.Join(dir, "v.json"), strings.Replace(vroomFile, `"max_tasks"`, `"colour": "red", "max_tasks"`, 1)), filepath.Join(dir, "out")
	const note = "note: vehicles[0].colour is not known and passed over"
	sanse(t.Context(), "solve", problem, "-o", out, "--iterations", "100").want(t, exitDone).says(t, note)
	sanse(t.Context(), "check", problem, out).want(t, exitDone).says(t, note)
	own, _ := explainFiles(t)
	text := strings.Replace(readText(t, own), `"minutes"`, `"colour":"red","minutes"`, 1)
	sanse(t.Context(), "solve", writeText(t, filepath.Join(dir, "own.json"), text), "-o", out).want(t, exitInvalid).says(t, "residents[0].colour is no field of a problem")
}

func TestSansesOwnProblemIsSolvedLikeAPlan(t *testing.T) {
	problem, _ := explainFiles(t)
	out := filepath.Join(t.TempDir(), "plan.json")
	sanse(t.Context(), "solve", problem, "-o", out, "--iterations", "50", "--threads", "1").want(t, exitDone).says(t, "checked")
	sanse(t.Context(), "check", problem, out).want(t, exitDone)
	sanse(t.Context(), "solve", problem, "-o", out, "--iterations", "50").want(t, exitDone).says(t, "2 visits are not in the plan; why, and what would help: sanse explain "+problem+" "+out)
	sanse(t.Context(), "solve", problem, "-o", out, "--time", "200ms", "--json").want(t, exitDone)
	sanse(t.Context(), "check", problem, out).want(t, exitDone)
}

func TestBadProblemsToSolveExitWithTwo(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return writeText(t, filepath.Join(dir, name), text) }
	periodic, own := file("p00", periodicFile), file("own.json", `{"residents": []}`)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"solve"}, "<file>"},
		{[]string{"solve", filepath.Join(dir, "nowhere")}, "nowhere"},
		{[]string{"solve", periodic, "--format", "cvrp"}, "cvrp"},
		{[]string{"solve", periodic, "--time", "soon"}, "soon"},
		{[]string{"solve", periodic, "--iterations=-1"}, "below 0"},
		{[]string{"solve", periodic, "--target", "5"}, "never end"},
		{[]string{"solve", periodic, "--objective", "vehicles"}, "--objective"},
		{[]string{"solve", periodic, "--format", "vroom"}, "line 1"},
		{[]string{"solve", own}, "policies is missing"},
		{[]string{"solve", own, "--target", "5", "--time", "1s"}, "--target"},
		{[]string{"solve", file("empty", "\n")}, "empty"},
		{[]string{"solve", file("prose", "these are words\n")}, "name the format"},
		{[]string{"solve", file("cut.json", `{"jobs": [`)}, "line 1, column"},
		{[]string{"solve", file("short", strings.Replace(periodicFile, "4 -5 0 0 2 1 2 1 2\n", "", 1))}, "want 8"},
		{[]string{"solve", file("ship.json", strings.Replace(vroomFile, `"jobs"`, `"shipments": [{}], "jobs"`, 1))}, "shipments are not read"},
		{[]string{"solve", file("far.json", strings.Replace(vroomFile, `"max_tasks": 2`, `"max_distance": 2`, 1))}, "max_distance"},
		{[]string{"check", periodic, own}, "line 1"},
	} {
		r := sanse(t.Context(), c.args...).want(t, exitInvalid)
		if !strings.Contains(r.err, c.want) || r.out != "" {
			t.Errorf("%v: out: %s\nerr: %s", c.args, r.out, r.err)
		}
	}
}
