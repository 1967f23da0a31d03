package planner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/planner"
)

// grades writes the grades of a resident in words.
func grades(r *planner.Resident) string {
	var b strings.Builder
	for _, g := range r.Before {
		fmt.Fprintf(&b, "%s to %s, ", g.Grade, g.To)
	}
	return b.String() + r.Grade
}

func TestAnotherGradeHoldsFromItsDayOn(t *testing.T) {
	p := one() // red: every day
	p.Policies = append(p.Policies, planner.Policy{ID: "monthly", Grade: "blue", PerMonth: 1})
	p.Days = 20
	tests := []struct {
		name, from, to, since string
		required              int // visits in 20 days, seen the day before
		want                  string
	}{
		{"blue turns red on the tenth", "blue", "red", "2026-12-10", 11, "blue to 2026-12-09, red"},
		{"red turns blue on the tenth", "red", "blue", "2026-12-10", 9, "red to 2026-12-09, blue"},
		{"blue was red from the start", "blue", "red", "2026-12-01", 20, "red"},
		{"red stays red", "red", "red", "2026-12-10", 20, "red"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := *p
			q.Residents = []planner.Resident{p.Residents[0]}
			q.Residents[0].Grade = tt.from
			got, err := q.Regraded("r", tt.to, date(tt.since))
			if err != nil {
				t.Fatal(err)
			}
			if err := got.Validate(); err != nil {
				t.Fatal(err)
			}
			if q.Residents[0].Grade != tt.from || len(q.Policies) != 2 {
				t.Error("the problem itself is another")
			}
			if g := grades(&got.Residents[0]); g != tt.want {
				t.Errorf("the grade is %q, want %q", g, tt.want)
			}
			if n := planner.Account(got, &planner.Plan{Start: p.Start, Days: p.Days}).Total.Required; n != tt.required {
				t.Errorf("%d visits are required, want %d", n, tt.required)
			}
		})
	}
	for _, bad := range [][2]string{{"nobody", "red"}, {"r", "violet"}} {
		if _, err := p.Regraded(bad[0], bad[1], p.Start); err == nil || !strings.Contains(err.Error(), bad[0]) && !strings.Contains(err.Error(), bad[1]) {
			t.Errorf("%v: error %v", bad, err)
		}
	}
}

func TestTheRulesOfAGradeHoldWhileItDoes(t *testing.T) {
	p := one()
	p.Policies = []planner.Policy{
		{ID: "red", Grade: "red", EveryDays: 2},
		{ID: "yellow", Grade: "yellow", PerWeek: 1},
		{ID: "blue", Grade: "blue", PerMonth: 1},
		{ID: "lone", Kind: "lone_elder", PerWeek: 1},
		{ID: "cold", Grade: "blue", PerWeek: 2, From: on("2026-12-07"), To: on("2026-12-13")},
	}
	was := func(grade, to string) planner.Graded { return planner.Graded{Grade: grade, To: date(to)} }
	tests := []struct {
		name   string
		before []planner.Graded
		grade  string
		want   []string
	}{
		{"no change", nil, "blue", []string{"blue ..", "lone ..", "cold 2026-12-07..2026-12-13"}},
		{
			"yellow until a Wednesday: of its week nothing is asked for",
			[]planner.Graded{was("yellow", "2026-12-09")},
			"red",
			[]string{"red 2026-12-10..", "yellow ..2026-12-06", "lone .."},
		},
		{"yellow until a Sunday", []planner.Graded{was("yellow", "2026-12-13")}, "red", []string{"red 2026-12-14..", "yellow ..2026-12-13", "lone .."}},
		{
			"blue in the middle of a month and of a surge",
			[]planner.Graded{was("blue", "2026-12-09")},
			"red",
			[]string{"red 2026-12-10..", "blue ..2026-11-30", "lone .."},
		},
		{
			"an interval ends with its grade",
			[]planner.Graded{was("red", "2026-12-09")},
			"blue",
			[]string{"red ..2026-12-09", "blue 2026-12-10..", "lone ..", "cold 2026-12-10..2026-12-13"},
		},
		{
			"red again",
			[]planner.Graded{was("red", "2026-12-02"), was("yellow", "2026-12-20")},
			"red",
			[]string{"red ..2026-12-02", "red 2026-12-21..", "yellow 2026-12-03..2026-12-20", "lone .."},
		},
		{
			"a grade of two days leaves no week",
			[]planner.Graded{was("red", "2026-12-07"), was("yellow", "2026-12-09")},
			"red",
			[]string{"red ..2026-12-07", "red 2026-12-10..", "lone .."},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := p.Residents[0]
			r.Grade, r.Before, r.Kinds = tt.grade, tt.before, []string{"lone_elder"}
			rules, err := planner.RulesFor(p, &r)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, q := range rules {
				from, to := "", ""
				if q.From != nil {
					from = q.From.String()
				}
				if q.To != nil {
					to = q.To.String()
				}
				got = append(got, q.ID+" "+from+".."+to)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if slices.ContainsFunc(p.Policies[:4], func(q planner.Policy) bool { return q.From != nil || q.To != nil }) {
		t.Error("the policies of the problem are cut themselves")
	}
	q := *p
	q.Residents = slices.Clone(p.Residents)
	q.Residents[0].Before = []planner.Graded{was("red", "2026-12-09"), was("blue", "2026-12-09")}
	if err := q.Validate(); err == nil || !strings.Contains(err.Error(), "not ascending") {
		t.Errorf("two grades until one day: %v", err)
	}
}

func TestADayOfAnotherGradeBeginsAWindowAndLeavesNoLapse(t *testing.T) {
	p := one()
	p.Policies = []planner.Policy{{ID: "red", Grade: "red", EveryDays: 2}, {ID: "yellow", Grade: "yellow", PerWeek: 1}}
	p.Residents[0].Grade = "yellow"
	thursday := date("2026-12-10")
	q, err := p.Regraded("r", "red", thursday)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := planner.RulesFor(q, &q.Residents[0])
	if err != nil {
		t.Fatal(err)
	}
	// Seen in the week before; not yet in this one, of which half is over.
	windows := planner.Windows(rules, []planner.Date{date("2026-12-03")}, nil, date("2026-12-07"), date("2026-12-12"))
	if len(windows) != 2 || windows[0].First != thursday || windows[0].Last != thursday+1 || windows[1].First != thursday+2 {
		t.Errorf("want the first window from Thursday to Friday and none of the week: %+v", windows)
	}
}

func on(s string) *planner.Date {
	d := date(s)
	return &d
}
