package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/planner"
	"sanse/reports/ledger"
)

func day(t testing.TB, s string) planner.Date {
	t.Helper()
	d, err := planner.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func days(t testing.TB, s string) []planner.Date {
	var out []planner.Date
	for _, f := range strings.Fields(s) {
		out = append(out, day(t, f))
	}
	return out
}

var policies = []planner.Policy{
	{ID: "red", Grade: "red", EveryDays: 2},
	{ID: "yellow", Grade: "yellow", PerWeek: 1},
	{ID: "blue", Grade: "blue", PerMonth: 1},
	{ID: "lone", Kind: "lone_elder", PerWeek: 1},
}

func who(grade, grid string, since planner.Date, done []planner.Date) ledger.Resident {
	return ledger.Resident{Resident: planner.Resident{ID: grade + grid, Grade: grade, Grid: grid, MicroGrid: grid + "01"}, Since: since, Done: done}
}

// 2026-10-01 is a Thursday.
func TestTheAccountOfOneResident(t *testing.T) {
	tests := []struct {
		name        string
		grade, kind string
		before      []planner.Graded
		since, done string
		unknown     bool
		absent      []planner.DateRange
		from, to    string
		today       string
		want        ledger.Tally
	}{
		{
			"every second day: of thirty days half are asked for", "red", "", nil, "2026-01-01", everySecond(t, "2026-08-31", 30), false, nil, "2026-09-01", "2026-09-30", "2026-11-01",
			ledger.Tally{Residents: 1, Required: 15, InTime: 15, Done: 15},
		},
		{
			"each visit opens the next window: who comes more often is asked more often, and misses none", "red", "", nil, "2026-01-01", "2026-08-31 2026-09-01 2026-09-02 2026-09-03", false, nil, "2026-09-01", "2026-09-03", "2026-11-01",
			ledger.Tally{Residents: 1, Required: 2, InTime: 2, Done: 3},
		},
		{
			"a window that began before the days is theirs by its last day", "red", "", nil, "2026-01-01", "2026-08-31", false, nil, "2026-09-02", "2026-09-02", "2026-11-01",
			ledger.Tally{Residents: 1, Required: 1, Missed: 1, Owed: 1},
		},
		{
			"never seen is owed, and asked for from the first day that is judged", "red", "", nil, "2026-09-27", "", false, nil, "2026-09-01", "2026-09-30", "2026-11-01",
			ledger.Tally{Residents: 1, Required: 2, Missed: 2, Owed: 1},
		},
		{
			"what is asked for this month is open until it ends", "blue", "", nil, "2026-01-01", "2026-09-04", false, nil, "2026-10-01", "2026-10-31", "2026-10-20",
			ledger.Tally{Residents: 1, Required: 1, Open: 1},
		},
		{
			"and closes with a day beyond", "blue", "", nil, "2026-01-01", "2026-09-04", false, nil, "2026-10-01", "2026-10-20", "2026-10-20",
			ledger.Tally{Residents: 1},
		},
		{
			"today's visit counts", "blue", "", nil, "2026-01-01", "2026-09-04 2026-10-20", false, nil, "2026-10-01", "2026-10-31", "2026-10-20",
			ledger.Tally{Residents: 1, Required: 1, InTime: 1, Done: 1},
		},
		{
			"a missed month is owed until somebody comes", "blue", "", nil, "2026-01-01", "2026-08-04", false, nil, "2026-09-01", "2026-09-30", "2026-11-01",
			ledger.Tally{Residents: 1, Required: 1, Missed: 1, Owed: 1},
		},
		{
			"and is not owed any more once somebody came", "blue", "", nil, "2026-01-01", "2026-08-04 2026-10-02", false, nil, "2026-09-01", "2026-10-03", "2026-11-01",
			ledger.Tally{Residents: 1, Required: 1, Missed: 1, Done: 1},
		},
		{
			"the month of enrolment asks for nothing", "blue", "", nil, "2026-09-02", "2026-09-04", false, nil, "2026-09-01", "2026-09-30", "2026-11-01",
			ledger.Tally{Residents: 1, Done: 1},
		},
		{
			"who is away is asked for nothing", "red", "", nil, "2026-01-01", "2026-08-31", false,
			[]planner.DateRange{{From: day(t, "2026-09-01"), To: day(t, "2026-09-30")}},
			"2026-09-01", "2026-09-30", "2026-11-01",
			ledger.Tally{Residents: 1},
		},
		{
			"two rules by the same day ask for one visit", "yellow", "lone_elder", nil, "2026-01-01", "2026-09-10", false, nil, "2026-09-07", "2026-09-20", "2026-11-01",
			ledger.Tally{Residents: 1, Required: 2, InTime: 1, Missed: 1, Done: 1, Owed: 1},
		},
		{
			"who was not seen since visits are known is not owed before a month is over", "blue", "", nil, "2026-09-02", "", true, nil, "2026-09-01", "2026-10-30", "2026-10-31",
			ledger.Tally{Residents: 1},
		},
		{
			"but then is", "blue", "", nil, "2026-09-02", "", true, nil, "2026-09-01", "2026-10-31", "2026-11-01",
			ledger.Tally{Residents: 1, Required: 1, Missed: 1, Owed: 1},
		},
		{
			"who was not enrolled yet is not there", "blue", "", nil, "2026-10-01", "", false, nil, "2026-09-01", "2026-09-30", "2026-11-01",
			ledger.Tally{},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := who(test.grade, "990101001001", day(t, test.since), days(t, test.done))
			r.Before, r.Absent, r.Unknown = test.before, test.absent, test.unknown
			if test.kind != "" {
				r.Kinds = []string{test.kind}
			}
			got, err := ledger.Make(t.Context(), ledger.Input{
				Policies: policies, Residents: []ledger.Resident{r}, Areas: []string{"990101"}, From: day(t, test.from), To: day(t, test.to), Today: day(t, test.today),
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got[0].Tally); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

// everySecond are visits on every second day after a day.
func everySecond(t *testing.T, after string, n int) string {
	out := []string{after}
	for i := 2; i <= n; i += 2 {
		out = append(out, (day(t, after) + planner.Date(i)).String())
	}
	return strings.Join(out, " ")
}

func TestWindowsAndVisitsAreOfTheGradeOfTheirDay(t *testing.T) {
	r := who("red", "990101001001", day(t, "2026-01-01"), days(t, "2026-08-30 2026-09-03 2026-09-20 2026-09-22"))
	r.Before = []planner.Graded{{Grade: "yellow", To: day(t, "2026-09-20")}}
	got, err := ledger.Make(t.Context(), ledger.Input{
		Policies: policies, Residents: []ledger.Resident{r}, Areas: []string{"990101"}, From: day(t, "2026-08-31"), To: day(t, "2026-09-24"), Today: day(t, "2026-11-01"), By: ledger.Weeks,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]ledger.Tally{
		"yellow": {Required: 3, InTime: 2, Missed: 1, Done: 2},
		// From the 21st on: by the 22nd, and by the 24th.
		"red": {Residents: 1, Required: 2, InTime: 1, Missed: 1, Done: 1, Owed: 1},
	}
	if diff := cmp.Diff(want, got[0].Grades); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if n := len(got[0].Periods); n != 4 || got[0].Periods[3].Last != day(t, "2026-09-24") {
		t.Errorf("the periods are %+v", got[0].Periods)
	}
}

func TestAreasGradesAndPeriodsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := planner.NewDate(2026, 3, 1) + planner.Date(rapid.IntRange(0, 60).Draw(t, "from"))
		to := from + planner.Date(rapid.IntRange(0, 90).Draw(t, "days"))
		today := from + planner.Date(rapid.IntRange(-5, 100).Draw(t, "today"))
		in := ledger.Input{
			Policies: policies, From: from, To: to, Today: today, By: rapid.SampledFrom([]ledger.Span{ledger.Weeks, ledger.Months, ledger.Whole}).Draw(t, "by"),
			Areas: []string{"990101", "990101001", "990101002"},
		}
		for i := range rapid.IntRange(0, 8).Draw(t, "residents") {
			r := ledger.Resident{Resident: planner.Resident{
				ID: fmt.Sprint(i), Grade: rapid.SampledFrom([]string{"red", "yellow", "blue", "none"}).Draw(t, "grade"),
				Grid: rapid.SampledFrom([]string{"990101001", "990101002"}).Draw(t, "town") + "001001",
			}, Since: from + planner.Date(rapid.IntRange(-80, 40).Draw(t, "since"))}
			if rapid.Bool().Draw(t, "regraded") {
				r.Before = []planner.Graded{{Grade: "yellow", To: from + planner.Date(rapid.IntRange(0, 30).Draw(t, "to"))}}
			}
			for d := from - 62; d < min(to, today); d += planner.Date(rapid.IntRange(1, 20).Draw(t, "gap")) {
				r.Done = append(r.Done, d)
			}
			in.Residents = append(in.Residents, r)
		}
		all, err := ledger.Make(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		var towns ledger.Tally
		for _, a := range all[1:] {
			towns = sum(towns, a.Tally)
		}
		if towns != all[0].Tally {
			t.Fatalf("the towns have %+v together, the district %+v", towns, all[0].Tally)
		}
		for _, a := range all {
			var grades, periods ledger.Tally
			for _, g := range a.Grades {
				grades = sum(grades, g)
			}
			for _, p := range a.Periods {
				periods = sum(periods, p.Tally)
				if p.Required != p.InTime+p.Missed+p.Open {
					t.Fatalf("%s to %s: %+v does not add up", p.First, p.Last, p.Tally)
				}
				if p.Owed > p.Residents || p.Missed > 0 && p.First >= today || p.Open > 0 && p.Last < today {
					t.Fatalf("%s to %s cannot be on %s: %+v", p.First, p.Last, today, p.Tally)
				}
			}
			last := a.Periods[len(a.Periods)-1]
			periods.Residents, periods.Owed = last.Residents, last.Owed
			if grades != a.Tally || periods != a.Tally {
				t.Fatalf("%s: in all %+v, by grade %+v, by period %+v", a.Area, a.Tally, grades, periods)
			}
		}
		// However the days are cut, it is the same in all.
		in.By = ledger.Whole
		whole, err := ledger.Make(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(all[0].Row, whole[0].Row); diff != "" {
			t.Fatalf("cut -, whole +:\n%s", diff)
		}
	})
}

func sum(a, b ledger.Tally) ledger.Tally {
	return ledger.Tally{
		Residents: a.Residents + b.Residents, Required: a.Required + b.Required, InTime: a.InTime + b.InTime, Missed: a.Missed + b.Missed,
		Open: a.Open + b.Open, Done: a.Done + b.Done, Owed: a.Owed + b.Owed,
	}
}

func TestDaysThatCannotBeAreRefused(t *testing.T) {
	d := day(t, "2026-09-01")
	for _, in := range []ledger.Input{{From: d, To: d - 1}, {From: d, To: d + ledger.MaxDays}, {From: d, To: d, By: "year"}, {From: d, To: d, Areas: []string{"99", "99"}}} {
		if _, err := ledger.Make(t.Context(), in); err == nil {
			t.Errorf("%+v is taken", in)
		}
	}
	if p, err := ledger.Cut(d, d+ledger.MaxDays-1, ledger.Weeks); err != nil || !slices.IsSortedFunc(p, func(a, b ledger.Period) int { return int(a.First - b.First) }) {
		t.Errorf("the weeks of a year: %v %v", p, err)
	}
}
