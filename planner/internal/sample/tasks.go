package sample

import (
	"fmt"
	"math/rand/v2"

	"sanse/planner"
)

// work adds to a block what goes beyond its residents' visits. It draws from a
// seed of its own, so that the residents are the same with it and without.
type work struct {
	p     *planner.Problem
	c     Config
	code  string
	grids []string
	rng   *rand.Rand
	names []string // places of tasks
	at    []point
}

func (w *work) spot() point { return point{w.rng.Float64() * 1200, w.rng.Float64() * 1200} }

func (w *work) of(percent int) bool { return w.rng.IntN(100) < percent }

// townProviders are those of a town for all of its blocks.
func townProviders(c Config, town string) []planner.Visitor {
	skills := [][]string{{"bath", "clean"}, {"bath", "rehab"}, {"clean", "rehab"}}
	var out []planner.Visitor
	for i := range c.Providers {
		out = append(out, planner.Visitor{
			ID: fmt.Sprintf("p%s-%d", town, i), Kind: "life-service-worker", Tier: planner.TierTaskForce, Scope: []string{town},
			Mode: "e-bike", Skills: skills[i%3], Shifts: shifts(480, i),
		})
	}
	return out
}

// needs gives some residents hours and some a second visitor.
func (w *work) needs(first int) {
	for i := first; i < len(w.p.Residents); i++ {
		r := &w.p.Residents[i]
		if w.of(w.c.Hours) {
			for wd := 1; wd <= 7; wd++ {
				r.Hours = append(r.Hours, planner.Shift{Weekday: wd, From: 9*60 + 30, To: 12 * 60})
			}
		}
		if w.of(w.c.Pairs) {
			r.People = 2
		}
	}
}

// place adds a task with a place of its own.
func (w *work) place(t planner.Task) {
	q := w.spot()
	t.Location = [2]float64{104.3 + q.x/95000, 30.8 + q.y/111000}
	t.Grid, t.Block = gridOf(w.grids, q), w.code
	w.p.Tasks = append(w.p.Tasks, t)
	w.names, w.at = append(w.names, t.ID), append(w.at, q)
}

// patrols adds the points of every grid. Points fall anywhere in the block, so
// a grid has about as many as asked for.
func (w *work) patrols() {
	for i := range w.c.Patrols * len(w.grids) {
		w.place(planner.Task{
			ID: fmt.Sprintf("t%s-p%03d", w.code, i), Kind: "patrol", Minutes: 5, Rules: []planner.Policy{{PerWeek: 5}},
			Needs: planner.Needs{VisitorKinds: []string{"grid-worker", "community-cadre"}},
		})
	}
}

func (w *work) doors() {
	from, to := w.c.Start+4, w.c.Start+10
	for i := range w.c.Doors {
		w.place(planner.Task{
			ID: fmt.Sprintf("t%s-d%03d", w.code, i), Kind: "door", Minutes: 5, Rules: []planner.Policy{{Once: true, From: &from, To: &to}},
		})
	}
}

// services adds those at the homes of residents, done before as their rules
// ask or, for some, not in the last month.
func (w *work) services(first int) {
	for i := first; i < len(w.p.Residents); i++ {
		if !w.of(w.c.Services) {
			continue
		}
		t := planner.Task{ID: fmt.Sprintf("t%s-s%03d", w.code, i-first), Kind: "service", Resident: w.p.Residents[i].ID}
		every := 30
		switch k := w.rng.IntN(3); k {
		case 0:
			t.Skills, t.Minutes, t.Rules = []string{"bath"}, 60, []planner.Policy{{PerMonth: 2}}
			every = 14
			if w.rng.IntN(3) == 0 {
				t.People = 2
			}
		case 1:
			t.Skills, t.Minutes, t.Rules = []string{"clean"}, 90, []planner.Policy{{PerMonth: 1}}
		default:
			t.Skills, t.Minutes, t.Rules = []string{"rehab"}, 45, []planner.Policy{{EveryDays: 8}}
			every = 7
		}
		if !w.of(w.c.Missed) {
			for d := w.c.Start - planner.Date(60+w.rng.IntN(every)); d < w.c.Start; d += planner.Date(every) {
				t.Done = append(t.Done, d)
			}
		}
		w.p.Tasks = append(w.p.Tasks, t)
	}
}
