package planner_test

import (
	"strings"
	"testing"

	"sanse/planner"
)

func TestAnotherGradeHoldsFromItsDayOn(t *testing.T) {
	p := one() // red: every day
	p.Policies = append(p.Policies, planner.Policy{ID: "monthly", Grade: "blue", PerMonth: 1})
	p.Days = 20
	tests := []struct {
		name, from, to, since string
		required              int // visits in 20 days, seen the day before
		want                  string
	}{
		{"blue turns red on the tenth", "blue", "red", "2026-12-10", 11, "red since 2026-12-10, blue before"},
		{"red turns blue on the tenth", "red", "blue", "2026-12-10", 9, "blue since 2026-12-10, red before"},
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
			if g := got.Residents[0].Grade; g != tt.want {
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
