package siting_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/reports/siting"
)

// solve solves a problem and has the answer checked.
func solve(t testing.TB, p *siting.Problem, o siting.Options) *siting.Solution {
	t.Helper()
	s, err := siting.Solve(t.Context(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	if wrong := siting.Check(p, s); len(wrong) > 0 {
		t.Fatalf("the check finds: %s", strings.Join(wrong, "; "))
	}
	return s
}

var kinds = map[string]made{
	"a number to choose":           {demands: 40, sites: 12, choose: 3},
	"nobody reaches some":          {demands: 40, sites: 12, choose: 3, lists: true},
	"facilities that stay":         {demands: 40, sites: 13, choose: 3, kept: 2, lists: true},
	"idle ones first":              {demands: 40, sites: 13, choose: 4, places: true},
	"idle ones first, and a money": {demands: 40, sites: 13, choose: 4, places: true, prices: true, budget: 14, kept: 1},
	"a budget alone":               {demands: 40, sites: 12, prices: true, budget: 15},
	"one site":                     {demands: 40, sites: 12, choose: 1},
	"all sites":                    {demands: 40, sites: 6, choose: 6, places: true},
}

var goals = []siting.Goal{siting.LeastTotal, siting.MostCovered, siting.AllCovered, siting.LeastWorst}

// asks fits a kind of problem to a goal that does not take all settings.
func (m made) asks(goal siting.Goal) made {
	m.goal = goal
	if goal == siting.AllCovered {
		m.choose, m.budget = 0, 0
	}
	if goal == siting.LeastWorst && m.budget > 0 {
		m.choose = 0
	}
	return m
}

func TestSmallProblemsAreSolvedToTheBestThatTryingAllFinds(t *testing.T) {
	for name, m := range kinds {
		for _, goal := range goals {
			t.Run(fmt.Sprintf("%s, %s", goal, name), func(t *testing.T) {
				for seed := range uint64(12) {
					p := m.asks(goal).problem(seed)
					want, ok := best(p)
					if !ok {
						t.Fatal("no choice keeps the rules")
					}
					s := solve(t, p, siting.Options{Seed: seed})
					if s.Objective != want || s.Bound != want {
						t.Errorf("seed %d: %d sites, objective %d, bound %d; the best is %d", seed, len(s.Chosen), s.Objective, s.Bound, want)
					}
				}
			})
		}
	}
}

func TestNoAnswerBeatsTheBoundHoweverShortTheSearch(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := made{
			demands: rapid.IntRange(1, 25).Draw(rt, "demands"), sites: rapid.IntRange(3, 9).Draw(rt, "sites"),
			kept: rapid.IntRange(0, 2).Draw(rt, "kept"), places: rapid.Bool().Draw(rt, "places"), lists: rapid.Bool().Draw(rt, "lists"),
			prices: rapid.Bool().Draw(rt, "prices"), radius: int32(rapid.IntRange(1, 900).Draw(rt, "radius")),
		}
		if m.prices {
			m.budget = int64(rapid.IntRange(1, 30).Draw(rt, "budget"))
		}
		m.choose = rapid.IntRange(1, m.sites-m.kept).Draw(rt, "choose")
		p := m.asks(rapid.SampledFrom(goals).Draw(rt, "goal")).problem(rapid.Uint64().Draw(rt, "seed"))
		want, _ := best(p)
		for _, iterations := range []int{1, 5, 60} {
			s := solve(t, p, siting.Options{Seed: 3, Iterations: iterations})
			beaten := s.Bound > want || s.Objective < want
			if p.Goal == siting.MostCovered {
				beaten = s.Bound < want || s.Objective > want
			}
			if beaten {
				rt.Fatalf("after %d iterations: objective %d, bound %d; the best is %d", iterations, s.Objective, s.Bound, want)
			}
		}
	})
}

func TestLargeProblemsAreSolvedToTheBestThatTryingAllFinds(t *testing.T) {
	for name, m := range map[string]made{
		"a number to choose": {demands: 4500, sites: 11, choose: 4},
		"idle ones first":    {demands: 4500, sites: 11, choose: 4, places: true, prices: true, budget: 18, lists: true},
	} {
		for _, goal := range []siting.Goal{siting.LeastTotal, siting.MostCovered} {
			p := m.asks(goal).problem(9)
			want, ok := best(p)
			if s := solve(t, p, siting.Options{}); !ok || s.Objective != want || s.Bound != want {
				t.Errorf("%s, %s: objective %d, bound %d; the best is %d", goal, name, s.Objective, s.Bound, want)
			}
		}
	}
}

func TestTheSameSeedAndIterationsGiveTheSameAnswerOnAnyThreads(t *testing.T) {
	for _, goal := range goals {
		for _, demands := range []int{3000, 6000} { // above 4,096 choices are crossed
			p := made{demands: demands, sites: 150, choose: 9, radius: 90}.asks(goal).problem(1)
			a := solve(t, p, siting.Options{Seed: 5, Iterations: 300, Threads: 1})
			b := solve(t, p, siting.Options{Seed: 5, Iterations: 300, Threads: 3})
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%s: %d %d and %d %d", goal, a.Objective, a.Bound, b.Objective, b.Bound)
			}
		}
	}
}

func TestAnAnswerNeverGetsWorse(t *testing.T) {
	for _, goal := range goals {
		p := made{demands: 400, sites: 100, choose: 9, radius: 90}.asks(goal).problem(2)
		var all []siting.Progress
		s := solve(t, p, siting.Options{Seed: 5, Iterations: 3000, Progress: func(g siting.Progress) {
			g.Chosen = slices.Clone(g.Chosen)
			all = append(all, g)
		}})
		sign := int64(1)
		if goal == siting.MostCovered {
			sign = -1
		}
		for k := 1; k < len(all); k++ {
			if sign*all[k].Objective > sign*all[k-1].Objective || sign*all[k].Bound < sign*all[k-1].Bound || all[k].Iterations < all[k-1].Iterations {
				t.Errorf("%s: %+v comes after %+v", goal, all[k], all[k-1])
			}
		}
		for _, g := range []siting.Progress{all[0], all[len(all)/2], all[len(all)-1]} {
			if on := siting.Finish(p, g); len(siting.Check(p, on)) > 0 {
				t.Errorf("%s: on the way, the check finds %v", goal, siting.Check(p, on))
			}
		}
		if len(all) < 2 || all[len(all)-1].Objective != s.Objective || all[len(all)-1].Bound != s.Bound {
			t.Errorf("%s: told %d times, the last is %+v, the answer %d %d", goal, len(all), all[len(all)-1], s.Objective, s.Bound)
		}
	}
}

func TestStepsBringMostFirstAndEndAtTheAnswer(t *testing.T) {
	for _, goal := range goals {
		p := made{demands: 300, sites: 60, choose: 8, kept: 2, radius: 120}.asks(goal).problem(3)
		s := solve(t, p, siting.Options{})
		sum := int64(0)
		for k, step := range s.Steps {
			sum += step.Gain
			if k > 0 && step.Gain > s.Steps[k-1].Gain && goal != siting.LeastWorst {
				t.Errorf("%s: step %d brings %d, the one before %d", goal, k, step.Gain, s.Steps[k-1].Gain)
			}
		}
		last := s.Steps[len(s.Steps)-1]
		if last.After != s.Objective && goal != siting.AllCovered || goal == siting.AllCovered && last.After != s.Reached {
			t.Errorf("%s: after the last step there are %d, the objective is %d", goal, last.After, s.Objective)
		}
		if sum <= 0 {
			t.Errorf("%s: all steps bring %d", goal, sum)
		}
	}
}

func TestWhatIsFartherThanFarIsNoWay(t *testing.T) {
	for name, m := range kinds {
		for _, far := range []int32{1, 200, 500} {
			p := m.asks(siting.LeastTotal).problem(3)
			p.Far = far
			want, ok := best(p)
			if s := solve(t, p, siting.Options{}); !ok || s.Objective != want || s.Bound != want {
				t.Errorf("%s, %d: objective %d, bound %d; the best is %d", name, far, s.Objective, s.Bound, want)
			}
		}
	}
}

func TestANewSiteWaitsForTheIdleOneBesideIt(t *testing.T) {
	// The new site 1 is a little better than the idle site 0 in the same place.
	p := &siting.Problem{
		Goal: siting.LeastTotal, Weight: []int64{10, 10}, Choose: 1,
		Sites: []siting.Site{{Status: siting.Idle, Place: 4}, {Place: 4}, {}},
		Ways:  siting.Ways{Table: []int32{5, 4, 40, 5, 4, 40}},
	}
	if s := solve(t, p, siting.Options{}); !reflect.DeepEqual(s.Chosen, []int32{0}) || !s.Proven() {
		t.Errorf("chosen: %v", s.Chosen)
	}
	p.Choose = 2
	s := solve(t, p, siting.Options{})
	if !reflect.DeepEqual(s.Chosen, []int32{0, 1}) || s.Steps[0].Site != 0 || s.Steps[1].Gain != 20 {
		t.Errorf("chosen %v in steps %v", s.Chosen, s.Steps)
	}
	p.Sites[0].Status, p.Choose = siting.New, 1
	if s := solve(t, p, siting.Options{}); !reflect.DeepEqual(s.Chosen, []int32{1}) {
		t.Errorf("with nothing idle, chosen: %v", s.Chosen)
	}
}

type spent float64

func (s spent) Spent(int) float64 { return float64(s) }

func TestASearchEndsWhenItsBudgetOrContextDoes(t *testing.T) {
	for _, goal := range goals {
		p := made{demands: 2000, sites: 200, choose: 40, radius: 90}.asks(goal).problem(1)
		if s := solve(t, p, siting.Options{Budget: spent(1)}); s.Iterations > 2 {
			t.Errorf("%s: %d iterations though the budget was spent at once", goal, s.Iterations)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := siting.Solve(ctx, p, siting.Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a canceled search ends with %v", goal, err)
		}
	}
}
