package planner_test

import (
	"strings"
	"testing"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

func TestTooFewProvidersAreProvenToBeTooFew(t *testing.T) {
	// Twelve communities, a service for each resident, and three
	// providers: no community alone is short of anything.
	p := sample.Problem(sample.Config{Seed: 3, Blocks: 12, Services: 100, Providers: 3, Visitors: 20})
	plan, _ := solve(t, p, planner.Options{Iterations: 20})
	bound := planner.Bind(p, plan)
	if len(bound) == 0 {
		t.Fatal("nothing lapses")
	}
	for _, b := range bound {
		if !b.Proven || !strings.Contains(b.Detail, "no plan") {
			t.Errorf("not proven: %s", b.Detail)
		}
	}
	for _, s := range plan.Shortages {
		if s.Block != "" {
			t.Errorf("a community alone is said to be short: %s", s.String())
		}
		for _, id := range s.Visitors {
			if visitor(p, id).Kind == "grid-worker" {
				t.Errorf("%s gives no services", id)
			}
		}
	}
}

func TestNoProofIsGivenOfWhatCanBePlanned(t *testing.T) {
	// Plans that leave out what could be planned: whatever is missing there, a
	// proof would be false.
	for seed := range uint64(4) {
		p := sample.Problem(sample.Config{Seed: seed, Blocks: 2, Wide: 2, Visitors: 12, Services: 20, Providers: 2, Hours: 20, Pairs: 5})
		plan, _ := solve(t, p, planner.Options{Iterations: 50})
		if len(plan.Unplanned) > 0 {
			continue
		}
		empty := &planner.Plan{Start: p.Start, Days: p.Days}
		empty.Unplanned = planner.Explain(p, empty)
		if len(empty.Unplanned) < 50 {
			t.Fatalf("only %d visits are missing of a plan without any", len(empty.Unplanned))
		}
		if s := planner.Shortages(p, empty); len(s) > 0 {
			t.Errorf("seed %d: planned without lapses, and yet %s", seed, s[0].String())
		}
	}
}
