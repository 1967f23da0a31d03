package planner_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/planner"
)

// outcome is what a golden scenario pins: what a plan leaves out, why, what
// would free it, and what is proven.
type outcome struct {
	Unplanned []planner.Unplanned `json:"unplanned"`
	Shortages []planner.Shortage  `json:"shortages"`
}

// scenario is a problem of testdata/scenarios with its plan.
type scenario struct {
	name    string
	problem *planner.Problem
	plan    *planner.Plan
}

// scenarios reads testdata/scenarios: each problem is solved, but for those with
// a plan of their own (NAME.plan.json).
func scenarios(t *testing.T) []scenario {
	t.Helper()
	files, err := filepath.Glob("testdata/scenarios/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []scenario
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		if strings.HasSuffix(name, ".plan") {
			continue
		}
		s := scenario{name: name, problem: readScenario(t, f, planner.ReadProblem)}
		if given := strings.TrimSuffix(f, ".json") + ".plan.json"; fileExists(given) {
			s.plan = readScenario(t, given, planner.ReadPlan)
			s.plan.Unplanned = planner.Explain(s.problem, s.plan)
			s.plan.Shortages = planner.Shortages(s.problem, s.plan)
		} else {
			s.plan, _ = solve(t, s.problem, planner.Options{Seed: 1})
		}
		out = append(out, s)
	}
	if len(out) < 10 {
		t.Fatalf("only %d scenarios", len(out))
	}
	return out
}

func fileExists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func readScenario[T any](t *testing.T, name string, read func(r io.Reader) (T, error)) T {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	v, err := read(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func TestGoldenScenariosSayWhyAndWhatWouldFreeIt(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			got := outcome{Unplanned: s.plan.Unplanned, Shortages: s.plan.Shortages}
			golden := filepath.Join("testdata/scenarios", s.name+".golden")
			if *update {
				b, err := json.MarshalIndent(got, "", " ")
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, append(b, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			b, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			var want outcome
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s\n%s", s.problem.Name, d)
			}
		})
	}
}

func TestGoldenScenariosCoverEveryReasonAndEveryMend(t *testing.T) {
	reasons, mends := map[planner.Reason]bool{}, map[planner.MendKind]bool{}
	proven, open, shared := false, false, false
	for _, s := range scenarios(t) {
		for _, u := range s.plan.Unplanned {
			reasons[u.Reason] = true
			for _, m := range u.Mends {
				mends[m.Kind] = true
			}
		}
		for _, b := range planner.Bind(s.problem, s.plan) {
			proven, open = proven || b.Proven, open || !b.Proven
			if code := string(b.Reason); !strings.Contains(b.Detail, " ("+code+");") || strings.Contains(b.Detail, ": "+code) {
				t.Errorf("%s: the reason is not said in words: %s", s.name, b.Detail)
			}
			if strings.Contains(b.Detail, " 0 debts") || strings.HasPrefix(b.Detail, "0 lapses") {
				t.Errorf("%s: what there is nothing of is told: %s", s.name, b.Detail)
			}
		}
		shared = shared || slices.ContainsFunc(s.plan.Shortages, func(x planner.Shortage) bool { return x.Block == "" })
	}
	for _, r := range planner.Reasons() {
		if !reasons[r] {
			t.Errorf("no scenario has reason %s", r)
		}
	}
	for _, m := range planner.MendKinds() {
		if !mends[m] {
			t.Errorf("no scenario has mend %s", m)
		}
	}
	if !proven || !open || !shared {
		t.Errorf("a shortage that is proven: %v, lapses without a proof: %v, a proof over several blocks: %v; want all", proven, open, shared)
	}
}

// mended returns a copy of the problem with the change made.
func mended(t *testing.T, p *planner.Problem, u planner.Unplanned, m planner.Mend) *planner.Problem {
	t.Helper()
	q := reread(t, p)
	v := visitor(q, m.Visitor)
	var needs *planner.Needs
	grid := ""
	for i := range q.Residents {
		if q.Residents[i].ID == u.Resident {
			needs, grid = &q.Residents[i].Needs, q.Residents[i].Grid
		}
	}
	for i := range q.Tasks {
		if q.Tasks[i].ID == u.Task {
			needs = &q.Tasks[i].Needs
			if q.Tasks[i].Grid != "" {
				grid = q.Tasks[i].Grid
			}
		}
	}
	switch m.Kind {
	case planner.MendMinutes:
		var last *planner.Shift
		for i := range v.Shifts {
			if s := &v.Shifts[i]; s.Weekday == m.Date.Weekday() && (last == nil || s.To > last.To) {
				last = s
			}
		}
		last.To += planner.Clock(m.Minutes)
	case planner.MendVisits:
		v.Capacity++
	case planner.MendTier:
		v.Scope = append(v.Scope, grid)
	case planner.MendLater:
		q.Locks = append(q.Locks, planner.Lock{Resident: u.Resident, Task: u.Task, Date: *m.Date, Visitor: m.Visitor})
		if u.Task != "" {
			q.Locks[len(q.Locks)-1].Resident = ""
		}
	case planner.MendHours:
		needs.Hours = append(needs.Hours, planner.Shift{Weekday: m.Date.Weekday(), From: *m.At, To: *m.At + 1})
	case planner.MendSkill:
		v.Skills = append(v.Skills, m.Skill)
	default:
		t.Fatalf("mend %q is not known", m.Kind)
	}
	return q
}

func TestEveryMendOfTheScenariosFreesTheVisit(t *testing.T) {
	for _, s := range scenarios(t) {
		for _, u := range s.plan.Unplanned {
			for _, m := range u.Mends {
				q := mended(t, s.problem, u, m)
				if err := q.Validate(); err != nil {
					t.Errorf("%s: %s: %v", s.name, m, err)
					continue
				}
				plan, _ := solve(t, q, planner.Options{Seed: 1})
				if m.Kind == planner.MendLater {
					if !slices.ContainsFunc(plan.Itineraries, func(it planner.Itinerary) bool {
						return it.Date == *m.Date && slices.ContainsFunc(it.Stops, func(st planner.Stop) bool { return st.Resident == u.Resident && st.Task == u.Task })
					}) {
						t.Errorf("%s: %s: no visit on that day", s.name, m)
					}
					continue
				}
				same := func(x planner.Unplanned) bool {
					return x.Resident == u.Resident && x.Task == u.Task && x.DueBy == u.DueBy && x.Owed == u.Owed
				}
				if slices.ContainsFunc(plan.Unplanned, same) {
					t.Errorf("%s: with %s %+v is still left out", s.name, m, u)
				}
			}
		}
	}
}
