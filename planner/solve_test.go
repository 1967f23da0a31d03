package planner_test

import (
	"testing"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

func solve(t testing.TB, p *planner.Problem, o planner.Options) (*planner.Plan, planner.Stats) {
	t.Helper()
	plan, stats, err := planner.Solve(t.Context(), p, o)
	if err != nil {
		t.Fatalf("solve: %v", err)
	}
	for i, v := range planner.Check(p, plan) {
		if i == 5 {
			break
		}
		t.Errorf("check: %+v", v)
	}
	return plan, stats
}

func TestADistrictLikeTheDemoIsPlannedWithoutALapse(t *testing.T) {
	p := sample.Problem(sample.Config{Blocks: 83, Wide: 20})
	plan, stats := solve(t, p, planner.Options{})
	l := planner.Account(p, plan)
	t.Logf("%+v", stats)
	t.Logf("%+v days %d walk %d", l.Total, l.VisitorDays, l.WalkSeconds)
	for i, b := range planner.Bind(p, plan) {
		if i < 5 {
			t.Logf("%+v", b)
		}
	}
	if l.Total.Lapses != 0 || l.Total.OwedLate != 0 {
		t.Errorf("%d lapses, %d debts late, want none", l.Total.Lapses, l.Total.OwedLate)
	}
}
