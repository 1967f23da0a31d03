package formats_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/planner/formats"
	"sanse/planner/vrp"
)

// smallVROOM is a day of two vehicles and four jobs: job 3 needs a skill, job 4
// has two time windows, vehicle 1 pauses.
const smallVROOM = `{
  "vehicles": [
    {"id": 1, "start_index": 0, "end_index": 0, "capacity": [4], "skills": [7], "time_window": [28800, 43200], "description": "first",
     "breaks": [{"id": 9, "time_windows": [[32400, 34200]], "service": 300}]},
    {"id": 2, "start_index": 0, "end_index": 0, "capacity": [4], "time_window": [28800, 43200]}
  ],
  "jobs": [
    {"id": 11, "location_index": 1, "service": 600, "delivery": [2]},
    {"id": 12, "location_index": 2, "service": 600, "setup": 60, "pickup": [2], "priority": 10},
    {"id": 13, "location_index": 2, "service": 600, "setup": 60, "delivery": [1], "skills": [7], "location": [104.1, 30.7]},
    {"id": 14, "location_index": 3, "service": 300, "time_windows": [[28800, 29000], [36000, 36600]]}
  ],
  "matrices": {"car": {"durations": [[0, 600, 900, 1200], [600, 0, 500, 700], [900, 500, 0, 400], [1200, 700, 400, 0]]}}
}`

func readInstance(t testing.TB, text string) formats.Instance {
	t.Helper()
	in, err := formats.Read([]byte(text), formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// solved solves an instance with a few iterations and returns its file.
func solved(t testing.TB, in formats.Instance) (string, vrp.Stats) {
	t.Helper()
	p, err := in.Problem()
	if err != nil {
		t.Fatal(err)
	}
	s, stats, err := vrp.Solve(t.Context(), p, vrp.Options{Iterations: 200, From: in.From()})
	if err != nil {
		t.Fatal(err)
	}
	if _, wrong := vrp.Check(p, s); len(wrong) > 0 {
		t.Fatalf("the solver's own checker: %v", wrong)
	}
	var b bytes.Buffer
	if err := in.Write(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String(), stats
}

func checked(t testing.TB, in formats.Instance, file string) formats.Verdict {
	t.Helper()
	v, err := in.Check(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func readVROOM(t testing.TB, text string) *formats.VROOMSolution {
	t.Helper()
	s, err := formats.ReadVROOMSolution(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAVROOMProblemIsSolvedInVROOMsShape(t *testing.T) {
	in := readInstance(t, smallVROOM)
	file, stats := solved(t, in)
	v := checked(t, in, file)
	if len(v.Wrong) > 0 || v.Missed > 0 {
		t.Fatalf("%+v\n%s", v, file)
	}
	if f := in.Figure(stats.Cost.Total); !f.Complete || f.Cost != v.Cost {
		t.Errorf("the solver counts %+v, the checker %+v", f, v)
	}
	s := readVROOM(t, file)
	if len(s.Routes) == 0 || *s.Summary.Cost != int64(v.Cost) || *s.Summary.Unassigned != 0 || *s.Summary.Service < 2100 || *s.Summary.Priority != 10 {
		t.Errorf("summary %+v", s.Summary)
	}
	// What other programs look for is there, lists are lists even when empty.
	for _, want := range []string{`"code": 0`, `"unassigned": []`, `"violations": []`, `"type": "break"`, `"waiting_time"`, `"load"`, `"location_index"`, `104.1`} {
		if !strings.Contains(file, want) {
			t.Errorf("%s is missing from\n%s", want, file)
		}
	}
}

func TestASolutionByVROOMItselfPasses(t *testing.T) {
	// In the shape that VROOM 1.14 writes; the break lies on the way.
	const byVROOM = `{"code": 0, "summary": {"cost": 3100, "routes": 1, "unassigned": 0, "delivery": [3], "pickup": [2], "setup": 60, "service": 2400,
  "duration": 3100, "waiting_time": 3140, "priority": 10, "violations": [], "computing_times": {"loading": 0, "solving": 1, "routing": 0}},
  "unassigned": [],
  "routes": [{"vehicle": 1, "cost": 3100, "delivery": [3], "pickup": [2], "setup": 60, "service": 2400, "duration": 2700, "waiting_time": 3140, "priority": 10, "violations": [],
   "steps": [
    {"type": "start", "setup": 0, "service": 0, "waiting_time": 0, "load": [3], "arrival": 29800, "duration": 0, "violations": []},
    {"type": "job", "id": 11, "setup": 0, "service": 600, "waiting_time": 0, "load": [1], "arrival": 30400, "duration": 600, "violations": []},
    {"type": "job", "id": 12, "setup": 60, "service": 600, "waiting_time": 0, "load": [3], "arrival": 31500, "duration": 1100, "violations": []},
    {"type": "job", "id": 13, "setup": 0, "service": 600, "waiting_time": 0, "load": [2], "arrival": 32160, "duration": 1100, "violations": []},
    {"type": "break", "id": 9, "setup": 0, "service": 300, "waiting_time": 0, "load": [2], "arrival": 32860, "duration": 1200, "violations": []},
    {"type": "job", "id": 14, "setup": 0, "service": 300, "waiting_time": 2540, "load": [2], "arrival": 33460, "duration": 1500, "violations": []},
    {"type": "end", "setup": 0, "service": 0, "waiting_time": 0, "load": [2], "arrival": 37500, "duration": 2700, "violations": []}]}]}`
	in := readInstance(t, smallVROOM)
	fixed := strings.NewReplacer(`"cost": 3100`, `"cost": 2700`, `"waiting_time": 3140`, `"waiting_time": 2540`, `"duration": 3100`, `"duration": 2700`).Replace(byVROOM)
	if v := checked(t, in, fixed); len(v.Wrong) > 0 || v.Cost != 2700 || v.Vehicles != 1 {
		t.Errorf("%+v", v)
	}
	if v := checked(t, in, byVROOM); len(v.Wrong) == 0 {
		t.Error("wrong figures are let through")
	}
	for _, c := range []struct {
		name, from, to string
		want           formats.Code
	}{
		{"a stranger", `"id": 11,`, `"id": 99,`, formats.CodeUnknownCustomer},
		{"another vehicle", `"vehicle": 1,`, `"vehicle": 5,`, formats.CodeUnknownVehicle},
		{"a vehicle without the skill", `"vehicle": 1,`, `"vehicle": 2,`, formats.CodeSkillMissing},
		{"a break of somebody else", `"id": 9,`, `"id": 8,`, formats.CodeBreakWrong},
		{"a break too early", `"arrival": 32860`, `"arrival": 32390`, formats.CodeBreakWrong},
		{"a break during work", `"arrival": 32860`, `"arrival": 32400`, formats.CodeEarly},
		{"no time for the way", `"arrival": 31500`, `"arrival": 31499`, formats.CodeEarly},
		{"no time for the break on the way", `"waiting_time": 2540, "load": [2], "arrival": 33460`, `"waiting_time": 2541, "load": [2], "arrival": 33459`, formats.CodeEarly},
		{"outside the window", `"waiting_time": 2540, "load"`, `"waiting_time": 2539, "load"`, formats.CodeLate},
		{"before the hours", `"arrival": 29800`, `"arrival": 28799`, formats.CodeLate},
		{"after the hours", `"arrival": 37500`, `"arrival": 43201`, formats.CodeLate},
		{"a load that is none", `"load": [1]`, `"load": [0]`, formats.CodeWrongFigure},
		{"less service", `"id": 11, "setup": 0, "service": 600`, `"id": 11, "setup": 0, "service": 500`, formats.CodeWrongFigure},
		{"a wrong cost", `"cost": 2700, "delivery"`, `"cost": 2600, "delivery"`, formats.CodeWrongFigure},
		{"done and listed", `"unassigned": []`, `"unassigned": [{"id": 11}]`, formats.CodeListedButDone},
		{"no end", `{"type": "end"`, `{"type": "job", "id": 14`, formats.CodeWrongShape},
		{"an error", `"code": 0`, `"code": 2`, formats.CodeWrongShape},
		{"left out", `{"type": "job", "id": 11, "setup": 0, "service": 600, "waiting_time": 0, "load": [1], "arrival": 30400, "duration": 600, "violations": []},`, ``, formats.CodeNotVisited},
		{"twice", `"id": 13, "setup": 0`, `"id": 12, "setup": 0`, formats.CodeTwiceADay},
	} {
		bad := strings.Replace(fixed, c.from, c.to, 1)
		if bad == fixed {
			t.Fatalf("%s: nothing is planted", c.name)
		}
		if v := checked(t, in, bad); !slices.ContainsFunc(v.Wrong, func(w formats.Violation) bool { return w.Code == c.want }) {
			t.Errorf("%s: found %v, want %s", c.name, v.Wrong, c.want)
		}
	}
}

func TestPriorityComesBeforeNumberAndNumberBeforeCost(t *testing.T) {
	// One vehicle with room for two of three jobs: the one of priority is far.
	const text = `{"vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "max_tasks": 2}],
  "jobs": [{"id": 1, "location_index": 1}, {"id": 2, "location_index": 2}, {"id": 3, "location_index": 3, "priority": 1}],
  "matrix": [[0, 10, 20, 9000], [10, 0, 10, 9000], [20, 10, 0, 9000], [9000, 9000, 9000, 0]]}`
	in := readInstance(t, text)
	file, _ := solved(t, in)
	s := readVROOM(t, file)
	if v := checked(t, in, file); len(v.Wrong) > 0 || v.Missed != 1 {
		t.Errorf("%+v", v)
	}
	if len(s.Unassigned) != 1 || s.Unassigned[0].ID == 3 || s.Unassigned[0].Reason != planner.ReasonNoFreeTime {
		t.Errorf("unassigned %+v", s.Unassigned)
	}
}

func TestCostsOfHoursKilometresAndVehiclesAreKept(t *testing.T) {
	const text = `{"vehicles": [
    {"id": 1, "start_index": 0, "end_index": 0, "costs": {"fixed": 1000, "per_hour": 7200, "per_km": 15}, "speed_factor": 2},
    {"id": 2, "start_index": 0, "end_index": 0, "profile": "bike", "costs": {"fixed": 50}}],
  "jobs": [{"id": 1, "location_index": 1}],
  "matrices": {"car": {"durations": [[0, 101], [101, 0]], "distances": [[0, 1500], [1500, 0]]},
    "bike": {"durations": [[0, 900], [900, 0]], "distances": [[0, 1400], [1400, 0]]}}}`
	in := readInstance(t, text)
	file, _ := solved(t, in)
	v := checked(t, in, file)
	s := readVROOM(t, file)
	// By car 1000 + 2 × 51 s × 2 + 3 km × 15 = 1249, by bike 50 + 1800.
	if len(v.Wrong) > 0 || v.Cost != 1249 || *s.Routes[0].Duration != 102 || *s.Summary.Distance != 3000 {
		t.Errorf("%+v\n%s", v, file)
	}
}

func TestTimestampsAndOpenHoursAreKept(t *testing.T) {
	const text = `{"vehicles": [{"id": 1, "start_index": 0}],
  "jobs": [{"id": 1, "location_index": 1, "time_windows": [[1700000000, 4294967295]]}, {"id": 2, "location_index": 1, "service": 60}],
  "matrices": {"car": {"durations": [[0, 600], [600, 0]]}}}`
	in := readInstance(t, text)
	file, _ := solved(t, in)
	v := checked(t, in, file)
	if len(v.Wrong) > 0 || v.Missed > 0 || v.Cost != 600 {
		t.Errorf("%+v\n%s", v, file)
	}
}

func TestStepsOfVehiclesAreStartedFrom(t *testing.T) {
	text := strings.Replace(smallVROOM, `"capacity": [4], "time_window"`,
		`"steps": [{"type": "start"}, {"type": "job", "id": 12}, {"type": "job", "id": 11}, {"type": "end"}], "capacity": [4], "time_window"`, 1)
	from := readInstance(t, text).From()
	if from == nil || len(from.Routes) != 1 || from.Routes[0].Shift != 1 || from.Routes[0].Stops[0].Client != 1 || from.Routes[0].Stops[1].Client != 0 {
		t.Errorf("starts from %+v", from)
	}
	solved(t, readInstance(t, text))
}

func TestWhyAJobIsLeftOutIsSaid(t *testing.T) {
	base := func(vehicle, job string) string {
		return fmt.Sprintf(`{"vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "capacity": [5], "time_window": [0, 1000]%s}],
  "jobs": [{"id": 1, "location_index": 1, "service": 100%s}, {"id": 2, "location_index": 2, "service": 300, "priority": 50}],
  "matrices": {"car": {"durations": [[0, 100, 50, 4294967295], [100, 0, 60, 4294967295], [50, 60, 0, 4294967295], [10, 10, 10, 0]]}}}`, vehicle, job)
	}
	for _, c := range []struct {
		vehicle, job string
		want         planner.Reason
	}{
		{``, `, "skills": [3]`, planner.ReasonSkillMissing},
		{``, `, "time_windows": [[2000, 3000]]`, planner.ReasonWindowClosed},
		{``, `, "delivery": [6]`, "load_too_large"},
		{``, `, "setup": 801`, planner.ReasonVisitTooLong},
		{``, `, "setup": 400`, planner.ReasonNoFreeTime},
		{`, "max_tasks": 1`, ``, planner.ReasonNoFreeTime},
		{`, "max_tasks": 0`, ``, planner.ReasonNoVisitorWorking},
	} {
		in := readInstance(t, base(c.vehicle, c.job))
		file, _ := solved(t, in)
		s := readVROOM(t, file)
		if v := checked(t, in, file); len(v.Wrong) > 0 {
			t.Errorf("%s %s: %v", c.vehicle, c.job, v.Wrong)
		}
		if len(s.Unassigned) == 0 || s.Unassigned[0].ID != 1 || s.Unassigned[0].Reason != c.want || s.Unassigned[0].Detail == "" {
			t.Errorf("%s %s: unassigned %+v, want %s", c.vehicle, c.job, s.Unassigned, c.want)
		}
	}
	weekend := `{"horizon_days": 7, "vehicles": [{"id": 1, "start_index": 0, "days": [1, 2, 3, 4, 5]}], "jobs": [{"id": 1, "location_index": 0, "rule": {"every_days": 2}}], "matrix": [[0]]}`
	in := readInstance(t, weekend)
	file, _ := solved(t, in)
	if s := readVROOM(t, file); len(s.Unassigned) != 1 || s.Unassigned[0].Missed != 1 || s.Unassigned[0].Reason != planner.ReasonNoVisitorWorking {
		t.Errorf("unassigned %+v: on days 6 and 7, which alone would help, nobody works", s.Unassigned)
	}
	in = readInstance(t, strings.Replace(base("", ""), `"location_index": 1`, `"location_index": 3`, 1))
	file, _ = solved(t, in)
	if s := readVROOM(t, file); len(s.Unassigned) != 1 || s.Unassigned[0].Reason != planner.ReasonUnreachable {
		t.Errorf("unassigned %+v, want unreachable", s.Unassigned)
	}
}

func TestAJobWithARuleIsDoneOverDays(t *testing.T) {
	const text = `{"horizon_days": 14, "first_weekday": 3,
  "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "shifts": [{"days": [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13], "time_window": [28800, 43200]}, {"days": [2], "time_window": [50000, 60000]}]},
    {"id": 2, "start_index": 0, "end_index": 0, "days": [7, 14], "time_window": [28800, 31000]}],
  "jobs": [{"id": 1, "location_index": 1, "rule": {"every_days": 2, "last_visit": -1}},
    {"id": 2, "location_index": 1, "rule": {"per_week": 3, "min_days": 2}},
    {"id": 3, "location_index": 2, "rule": {"sets": [[1, 8], [2, 9]]}},
    {"id": 4, "location_index": 2, "days": [7]},
    {"id": 5, "location_index": 2, "days": [2], "time_windows": [[55000, 56000]]},
    {"id": 6, "location_index": 2, "days": [14], "rule": {"every_days": 5}}],
  "matrices": {"car": {"durations": [[0, 600, 700], [600, 0, 100], [700, 100, 0]]}}}`
	in := readInstance(t, text)
	file, _ := solved(t, in)
	v := checked(t, in, file)
	s := readVROOM(t, file)
	// Job 6 can be done on day 14 alone: the windows that end on days 5 and 10 lapse.
	if len(v.Wrong) > 0 || v.Missed != 2 || len(s.Unassigned) != 1 || s.Unassigned[0].ID != 6 || s.Unassigned[0].Missed != 2 || s.Unassigned[0].Reason != planner.ReasonRuleImpossible {
		t.Errorf("%+v\n%s", v, file)
	}
	days := map[uint64][]int{}
	for _, r := range s.Routes {
		for _, st := range r.Steps {
			if st.Type == "job" {
				days[*st.ID] = append(days[*st.ID], r.Day)
			}
		}
	}
	if d := days[1]; len(d) < 7 || !slices.Contains(d, 1) {
		t.Errorf("every second day since the day before the eve: %v", d)
	}
	// Day 1 is a Wednesday: the first week has 5 days and asks for 2, the second for 3, the third for 2 days' 1.
	if d := days[2]; len(d) < 6 {
		t.Errorf("three a week: %v", d)
	}
	bad := strings.Replace(file, `"day": 7,`, `"day": 14,`, 1)
	if v := checked(t, in, bad); !slices.ContainsFunc(v.Wrong, func(w formats.Violation) bool { return w.Code == formats.CodeWrongDays }) {
		t.Errorf("a job moved to another day: %v", v.Wrong)
	}
}

// randomVROOM draws a problem of a few jobs and vehicles with everything that
// is read.
func randomVROOM(t *rapid.T) string {
	places := rapid.IntRange(1, 5).Draw(t, "places")
	whole := func(low, high int, name string) int { return rapid.IntRange(low, high).Draw(t, name) }
	yes := func(name string) bool { return rapid.Bool().Draw(t, name) }
	table := func(most, gaps int) [][]int {
		rows := make([][]int, places)
		for i := range rows {
			for j := range places {
				v := whole(0, most, "way")
				if i == j {
					v = 0
				} else if whole(0, 19, "no way") < gaps {
					v = 1 << 30
				}
				rows[i] = append(rows[i], v)
			}
		}
		return rows
	}
	window := func() []int {
		from := whole(0, 800, "from")
		return []int{from, from + whole(0, 600, "length")}
	}
	days := whole(1, 6, "days")
	sub := func() []int {
		var out []int
		for d := 1; d <= days; d++ {
			if yes("day") {
				out = append(out, d)
			}
		}
		return out
	}
	in := map[string]any{"horizon_days": days, "first_weekday": whole(1, 7, "weekday"), "matrices": map[string]any{
		"car": map[string]any{"durations": table(300, 1)}, "foot": map[string]any{"durations": table(900, 1), "distances": table(5000, 0)},
	}}
	var vehicles, jobs []any
	for v := range whole(1, 3, "vehicles") {
		o := map[string]any{"id": v, "capacity": []int{whole(0, 6, "capacity")}, "skills": []int{whole(1, 2, "skill")}}
		if yes("start") {
			o["start_index"] = whole(0, places-1, "start")
		}
		if yes("end") {
			o["end_index"] = whole(0, places-1, "end")
		}
		if yes("hours") {
			o["time_window"] = window()
		}
		if d := sub(); d != nil {
			o["days"] = d
		}
		if whole(0, 2, "break") == 0 {
			o["breaks"] = []any{map[string]any{"id": 1, "service": whole(0, 50, "pause"), "time_windows": [][]int{window()}}}
		}
		if yes("foot") {
			o["profile"] = "foot"
			o["costs"] = map[string]int{"fixed": whole(0, 500, "fixed"), "per_hour": whole(0, 9000, "per hour"), "per_km": whole(0, 900, "per km")}
		}
		if yes("fast") {
			o["speed_factor"] = rapid.Float64Range(0.5, 3).Draw(t, "speed")
		}
		if whole(0, 3, "max tasks") == 0 {
			o["max_tasks"] = whole(0, 3, "tasks")
		}
		if whole(0, 3, "max travel") == 0 {
			o["max_travel_time"] = whole(1, 900, "travel")
		}
		vehicles = append(vehicles, o)
	}
	for j := range whole(0, 7, "jobs") {
		o := map[string]any{"id": j, "location_index": whole(0, places-1, "place"), "service": whole(0, 100, "service")}
		if yes("setup") {
			o["setup"] = whole(0, 50, "setup time")
		}
		if yes("loads") {
			o["delivery"], o["pickup"] = []int{whole(0, 4, "delivery")}, []int{whole(0, 4, "pickup")}
		}
		if whole(0, 2, "skilled") == 0 {
			o["skills"] = []int{whole(1, 3, "needs")}
		}
		if yes("urgent") {
			o["priority"] = whole(0, 100, "priority")
		}
		if yes("windowed") {
			w := window()
			o["time_windows"] = [][]int{w, {w[1] + 1, w[1] + 50}}
		}
		switch whole(0, 3, "rule") {
		case 0:
			min := whole(0, 2, "min")
			o["rule"] = map[string]int{"every_days": whole(max(1, min), 4, "every"), "min_days": min, "last_visit": -whole(0, 5, "last")}
		case 1:
			o["rule"] = map[string]int{"per_week": whole(1, 4, "per week"), "min_days": whole(0, 2, "apart")}
		case 2:
			if set := sub(); set != nil {
				o["rule"] = map[string]any{"sets": [][]int{set, {days}}}
			}
		}
		if o["rule"] == nil && yes("on days") {
			if d := sub(); d != nil {
				o["days"] = d
			}
		}
		jobs = append(jobs, o)
	}
	in["vehicles"], in["jobs"] = vehicles, jobs
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEverySolutionOfARandomVROOMProblemPasses(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := randomVROOM(rt)
		in, err := formats.Read([]byte(text), formats.Options{Format: formats.FormatVROOM})
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		p, err := in.Problem()
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		s, stats, err := vrp.Solve(t.Context(), p, vrp.Options{Iterations: 50})
		if err != nil {
			rt.Fatal(err)
		}
		if _, wrong := vrp.Check(p, s); len(wrong) > 0 {
			rt.Fatalf("the solver's own checker: %v\n%s", wrong, text)
		}
		var b bytes.Buffer
		if err := in.Write(&b, s); err != nil {
			rt.Fatal(err)
		}
		v, err := in.Check(bytes.NewReader(b.Bytes()))
		if err != nil || len(v.Wrong) > 0 {
			rt.Fatalf("%v %v\n%s\n%s", err, v.Wrong, text, b.String())
		}
		if f := in.Figure(stats.Cost.Total); f.Complete != (v.Missed == 0) || f.Complete && math.Abs(f.Cost-v.Cost) > float64(1+v.Vehicles) {
			rt.Fatalf("the solver counts %+v, the checker %+v\n%s", f, v, text)
		}
	})
}

func TestBadVROOMProblemsAreRefusedByPath(t *testing.T) {
	change := func(from, to string) string {
		s := strings.Replace(smallVROOM, from, to, 1)
		if s == smallVROOM {
			t.Fatalf("%s is not in the problem", from)
		}
		return s
	}
	for _, c := range []struct{ name, text, want string }{
		{"no JSON", `{"jobs": [`, "line 1"},
		{"a text for a number", change(`"id": 11`, `"id": "a"`), "line 8, column"},
		{"shipments", change(`"jobs"`, `"shipments": [{}], "jobs"`), "shipments are not read"},
		{"no vehicles", `{"jobs": []}`, "vehicles is missing"},
		{"no matrix", change(`"matrices"`, `"maps"`), "matrices.car is missing"},
		{"a place by coordinates", change(`"id": 13, "location_index": 2`, `"id": 13`), "jobs[2].location_index is missing"},
		{"a start by coordinates", change(`"id": 2, "start_index": 0`, `"id": 2, "start": [1, 2]`), "vehicles[1].start_index is missing"},
		{"a place out of the matrix", change(`"location_index": 3`, `"location_index": 4`), "jobs[3].location_index is 4"},
		{"a start out of the matrix", change(`"start_index": 0`, `"start_index": -1`), "vehicles[0].start_index is -1"},
		{"a matrix with a negative entry", change(`[600, 0, 500`, `[600, 0, -500`), "matrices.car.durations[1][2] is -500"},
		{"a matrix with a missing entry", change(`[600, 0, 500, 700]`, `[600, 0, 500]`), "matrices.car.durations[1] has 3 entries, want 4"},
		{"a matrix with a null", change(`[600, 0, 500`, `[600, null, 500`), "matrices.car.durations[1][1] is null"},
		{"a matrix that is not square", change(`, [1200, 700, 400, 0]`, ``), "want 3"},
		{"two jobs of one id", change(`"id": 12`, `"id": 11`), "jobs[1].id 11 is that of jobs[0] too"},
		{"two vehicles of one id", change(`"id": 2,`, `"id": 1,`), "vehicles[1].id"},
		{"a window that ends first", change(`[36000, 36600]`, `[36600, 36000]`), "jobs[3].time_windows[1] ends at 36000"},
		{"windows that overlap", change(`[28800, 29000]`, `[28800, 36100]`), "jobs[3].time_windows: [28800, 36100] and [36000, 36600] overlap"},
		{"no windows", change(`[[28800, 29000], [36000, 36600]]`, `[]`), "jobs[3].time_windows is empty"},
		{"half a window", change(`[28800, 29000]`, `[28800]`), "jobs[3].time_windows[0] has 1 entry,"},
		{"a priority of 101", change(`"priority": 10`, `"priority": 101`), "jobs[1].priority is 101"},
		{"a load of two dimensions", change(`"delivery": [2]`, `"delivery": [2, 1]`), "jobs[0].delivery has 2 entries"},
		{"a load below 0", change(`"delivery": [2]`, `"delivery": [-2]`), "jobs[0].delivery[0] is -2"},
		{"a capacity left out", change(`"capacity": [4], "time_window"`, `"time_window"`), "vehicles[1].capacity has 0 entries"},
		{"a service below 0", change(`"service": 600`, `"service": -1`), "jobs[0].service is -1"},
		{"a break twice", change(`"breaks": [`, `"breaks": [{"id": 9}, `), "breaks[1].id 9"},
		{"a speed of 0", change(`"skills": [7], "time_window"`, `"speed_factor": 0, "time_window"`), "vehicles[0].speed_factor"},
		{"kilometres without distances", change(`"skills": [7], "time_window"`, `"costs": {"per_km": 1}, "time_window"`), "matrices.car.distances is missing"},
		{"hours of tasks", change(`"skills": [7], "time_window"`, `"costs": {"per_task_hour": 1}, "time_window"`), "per_task_hour is not read"},
		{"a profile without matrix", change(`"skills": [7], "time_window"`, `"profile": "boat", "time_window"`), "matrices.boat is missing"},
		{"a day out of the horizon", change(`"priority": 10`, `"days": [2]`), "jobs[1].days[0] is 2"},
		{"a rule that asks for nothing", change(`"priority": 10`, `"rule": {}`), "jobs[1].rule asks for no visit"},
		{"a rule against itself", change(`"priority": 10`, `"rule": {"every_days": 2, "min_days": 3}`), "cannot both hold"},
		{"sets and more", change(`"priority": 10`, `"rule": {"sets": [[1]], "per_week": 1}`), "nothing else can stand beside"},
		{"a horizon of 0", change(`"jobs"`, `"horizon_days": 0, "jobs"`), "horizon_days is 0"},
		{"a step of nobody", change(`"description": "first"`, `"steps": [{"type": "job", "id": 5}]`), "vehicles[0].steps[0].id: there is no job 5"},
		{"shifts at the same time", twice(`[{"time_window": [0, 1600]}, {"days": [2], "time_window": [1500, 4000]}]`), "vehicles[0].shifts[0] and shifts[1] overlap on day 2"},
		{"a shift twice", twice(`[{"time_window": [7, 7]}, {"time_window": [7, 7]}]`), "shifts[0] and shifts[1] overlap on day 1"},
		{"a job without an id", change(`{"id": 11, `, `{`), "jobs[0].id is missing"},
		{"a job with an id of null", change(`{"id": 11, `, `{"id": null, `), "jobs[0].id is missing"},
		{"a vehicle without an id", change(`{"id": 2, `, `{`), "vehicles[1].id is missing"},
		{"a break without an id", change(`{"id": 9, `, `{`), "vehicles[0].breaks[0].id is missing"},
		{"a break of no time at all", change(`[[32400, 34200]]`, `[]`), "vehicles[0].breaks[0].time_windows is empty"},
		{"a step without a type", change(`"description": "first"`, `"steps": [{"id": 11}]`), `vehicles[0].steps[0].type is ""`},
		{"a step of which job", change(`"description": "first"`, `"steps": [{"type": "job"}]`), "vehicles[0].steps[0].id is missing"},
		{"a job in two routes", change(`"id": 2,`, `"id": 2, "steps": [{"type": "job", "id": 11}, {"type": "break", "id": 9}, {"type": "job", "id": 11}],`), "vehicles[1].steps[2]: job 11 is in vehicles[1].steps[0] too"},
		{"a service by type", change(`"priority": 10`, `"service_per_type": {}`), "jobs[1].service_per_type is not read"},
	} {
		_, err := formats.Read([]byte(c.text), formats.Options{Format: formats.FormatVROOM})
		if !errors.Is(err, planner.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error that says %q", c.name, err, c.want)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"a bound of distance", change(`"skills": [7], "time_window"`, `"max_distance": 5, "time_window"`), "vehicles[0].max_distance"},
		{"a bound of load in a break", change(`"service": 300}]`, `"service": 300, "max_load": [1]}]`), "max_load"},
	} {
		in, err := formats.Read([]byte(c.text), formats.Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if _, err = in.Problem(); !errors.Is(err, planner.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error that says %q", c.name, err, c.want)
		}
	}
}

func TestABreakWithoutWindowsIsTakenAtAnyTime(t *testing.T) {
	in := readInstance(t, strings.Replace(smallVROOM, `"time_windows": [[32400, 34200]], `, ``, 1))
	file, _ := solved(t, in)
	if v := checked(t, in, file); len(v.Wrong) > 0 || v.Missed > 0 {
		t.Errorf("%+v\n%s", v, file)
	}
	if !strings.Contains(file, `"type": "break"`) {
		t.Errorf("no break is taken:\n%s", file)
	}
}

func FuzzReadVROOM(f *testing.F) {
	f.Add([]byte(smallVROOM))
	f.Add([]byte(`{"horizon_days": 3, "vehicles": [{"id": 1}], "jobs": [{"id": 1, "location_index": 0, "rule": {"every_days": 2}}], "matrix": [[0]]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := formats.Read(text, formats.Options{Format: formats.FormatVROOM})
		if err != nil {
			if !errors.Is(err, planner.ErrInvalid) {
				t.Errorf("an error of another kind: %v", err)
			}
			return
		}
		if p, err := in.Problem(); err == nil {
			if err := p.Validate(); err != nil {
				t.Error(err)
			}
		} else if !errors.Is(err, planner.ErrInvalid) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}

func FuzzCheckVROOM(f *testing.F) {
	in := readInstance(f, smallVROOM)
	file, _ := solved(f, in)
	f.Add(file)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := in.Check(strings.NewReader(text)); err != nil && !errors.Is(err, planner.ErrInvalid) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}

// twice is a problem of two days with a vehicle that has such shifts.
func twice(shifts string) string {
	return `{"horizon_days": 2, "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "shifts": ` + shifts + `}],
		"jobs": [{"id": 1, "location_index": 1, "service": 600}, {"id": 2, "location_index": 1, "service": 600}],
		"matrices": {"car": {"durations": [[0, 300], [300, 0]]}}}`
}

func TestAVehicleMakesOneRouteInEachOfItsShifts(t *testing.T) {
	in, err := formats.Read([]byte(twice(`[{"time_window": [0, 1600]}, {"time_window": [1600, 4000]}]`)), formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	route := func(job, at int) string {
		return fmt.Sprintf(`{"vehicle": 1, "day": 1, "steps": [{"type": "start", "arrival": %d}, {"type": "job", "id": %d, "arrival": %d, "service": 600}, {"type": "end", "arrival": %d}]}`,
			at, job, at+300, at+1200)
	}
	for _, c := range []struct {
		name          string
		first, second int
		want          []formats.Code
	}{
		{"one route in each", 100, 2000, nil},
		{"the later one first", 2000, 100, nil},
		{"both in the first", 100, 200, []formats.Code{formats.CodeVehicleTwice}},
		{"one over both", 100, 1000, []formats.Code{formats.CodeLate}},
	} {
		solution := `{"code": 0, "summary": {"cost": 1200, "unassigned": 0}, "unassigned": [], "routes": [` + route(1, c.first) + "," + route(2, c.second) + `]}`
		verdict, err := in.Check(strings.NewReader(solution))
		if err != nil {
			t.Fatal(err)
		}
		var got []formats.Code
		for _, w := range verdict.Wrong {
			got = append(got, w.Code)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, verdict.Wrong, c.want)
		}
	}
}

func TestFieldsThatNobodyReadsAreToldByPath(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"nothing odd":               {`"id": 2,`, `"id": 2, "type": "van",`, nil},
		"a misspelt field of a job": {`"service": 600, "setup": 60, "pickup"`, `"service": 600, "setup": 60, "tw": [[1, 2]], "pickup"`, []string{"jobs[1].tw is not known and passed over"}},
		"a time for a step":         {`"id": 2,`, `"id": 2, "steps": [{"type": "job", "id": 11, "service_at": 9}],`, []string{"vehicles[1].steps[0].service_at is not known and passed over"}},
		"a rule with another word":  {`"id": 12,`, `"id": 12, "rule": {"every_days": 1, "max_days": 2},`, []string{"jobs[1].rule.max_days is not known and passed over"}},
		"one beside the jobs":       {`"jobs": [`, `"geometry": true, "jobs": [`, []string{"geometry is not known and passed over"}},
		"one in a break":            {`"service": 300}]`, `"service": 300, "until": 5}]`, []string{"vehicles[0].breaks[0].until is not known and passed over"}},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Count(smallVROOM, c.old) != 1 {
				t.Fatal("nothing to replace")
			}
			if got := readInstance(t, strings.Replace(smallVROOM, c.old, c.new, 1)).Warnings(); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	many := strings.Replace(smallVROOM, `"id": 12,`, `"id": 12, "a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1, "h": 1, "i": 1, "j": 1, "k": 1, "l": 1,`, 1)
	if got := readInstance(t, many).Warnings(); len(got) != 11 || got[10] != "and 2 more fields are not known" {
		t.Errorf("of many: %q", got)
	}
}
