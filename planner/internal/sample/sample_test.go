package sample_test

import (
	"slices"
	"testing"

	"sanse/planner"
	"sanse/planner/internal/sample"
)

func all() sample.Config {
	return sample.Config{Seed: 3, Blocks: 14, Visitors: 12, Wide: 1, Services: 40, Providers: 3, Patrols: 2, Doors: 6, Hours: 20, Pairs: 5, Snow: 3}
}

func TestEverySampleIsAValidProblem(t *testing.T) {
	p := sample.Problem(all())
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if w := p.Warnings(); len(w) > 0 {
		t.Errorf("warnings: %q", w[:min(3, len(w))])
	}
	kinds := map[string]int{}
	pairs, hours := 0, 0
	for i := range p.Tasks {
		kinds[p.Tasks[i].Kind]++
	}
	for i := range p.Residents {
		pairs += max(0, p.Residents[i].People-1)
		hours += min(1, len(p.Residents[i].Hours))
	}
	if kinds["patrol"] != 14*8 || kinds["door"] != 14*6 || kinds["service"] < 100 || pairs == 0 || hours == 0 || len(p.Slow) != 1 {
		t.Errorf("tasks %v, %d pairs, %d with hours, %d slow", kinds, pairs, hours, len(p.Slow))
	}
}

func TestResidentsAreTheSameWithTasksAndWithout(t *testing.T) {
	c := all()
	a := sample.Problem(sample.Config{Seed: c.Seed, Visitors: c.Visitors, Wide: c.Wide})
	c.Blocks, c.Hours, c.Pairs = 1, 0, 0
	b := sample.Problem(c)
	if !slices.EqualFunc(a.Residents, b.Residents, func(x, y planner.Resident) bool {
		return x.ID == y.ID && x.Location == y.Location && x.Grade == y.Grade && slices.Equal(x.Visits, y.Visits)
	}) {
		t.Error("they differ")
	}
}

func TestACityHasAsManyResidentsAsAskedForAndNobodyTwice(t *testing.T) {
	c := sample.Config{Seed: 1, Blocks: 3, Residents: 10, Visitors: 4, Services: 50, Providers: 1}
	for _, want := range []int{1, 10, 95, 120} {
		seen := map[string]bool{}
		residents, problems := 0, 0
		enter := func(id string) {
			if seen[id] {
				t.Errorf("%s is there twice", id)
			}
			seen[id] = true
		}
		for p, err := range sample.City(c, want) {
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			problems++
			residents += len(p.Residents)
			for i := range p.Residents {
				enter(p.Residents[i].ID)
			}
			for i := range p.Visitors {
				enter(p.Visitors[i].ID)
			}
			for i := range p.Tasks {
				enter(p.Tasks[i].ID)
			}
		}
		if residents < want || residents > want+3 || problems != (want+29)/30 {
			t.Errorf("want %d residents, got %d in %d problems", want, residents, problems)
		}
	}
}
