package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"sanse/data"
	"sanse/planner"
)

// storedProblem is what a plan was made from, travel times and all.
type storedProblem struct {
	plan    int64
	problem *planner.Problem
}

// Why tells why a visit of a visitor's day is on that day and by them, and what
// every other choice would cost. It is asked of the problem that the plan was
// made from.
func (s *Service) Why(ctx context.Context, district, visitor string, ask planner.Ask) (planner.Answer, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return planner.Answer{}, err
	}
	if _, err := v.mayDay(ctx, visitor); err != nil {
		return planner.Answer{}, err
	}
	if !v.visits(visitor, ask) {
		return planner.Answer{}, notFound("visitor %s has no such visit on %s", visitor, ask.Date)
	}
	p, err := s.problemOf(ctx, v)
	if err != nil {
		return planner.Answer{}, err
	}
	p, plan := aroundBlock(p, v.planned, ask)
	a, err := planner.Why(p, plan, ask)
	if errors.Is(err, planner.ErrNotPlanned) {
		return a, notFound("visitor %s has no such visit on %s", visitor, ask.Date)
	}
	if err != nil {
		return a, fmt.Errorf("why a visit is on %s: %w", ask.Date, err)
	}
	// The stop that is nearest is told of too.
	ids, near := []string{cmp.Or(ask.Resident, ask.Task)}, ""
	if a.Near != "" {
		ids = append(ids, a.Near)
	}
	if v.residents[a.Near] != nil {
		near = a.Near
	}
	if err := s.shown(ctx, v.snap, []string{ask.Resident, near}, read("visit", commonArea(v.visitors[visitor].Scope), ids...)); err != nil {
		return planner.Answer{}, err
	}
	if !viewerOf(ctx).May(CapNames, v.snap.District.Code) {
		coarsenWhy(&a)
	}
	return a, nil
}

// coarsenWhy tells the ways of an answer in full minutes, as its text does: they
// lead past the doors of many visitors' days, of which hardly anybody is told
// where all are.
func coarsenWhy(a *planner.Answer) {
	a.NearSeconds = coarseSeconds(a.NearSeconds)
	a.Here.WalkSeconds = coarseSeconds(a.Here.WalkSeconds)
	for _, choices := range [][]planner.Choice{a.Days, a.OtherVisitors} {
		for i := range choices {
			choices[i].WalkSeconds = coarseSeconds(choices[i].WalkSeconds)
		}
	}
}

// visits tells whether the visitor makes that visit.
func (v *view) visits(visitor string, ask planner.Ask) bool {
	for i := range v.planned.Itineraries {
		it := &v.planned.Itineraries[i]
		if it.Visitor != visitor || it.Date != ask.Date {
			continue
		}
		for _, st := range it.Stops {
			if st.Task == ask.Task && (ask.Task != "" || st.Resident == ask.Resident) {
				return true
			}
		}
	}
	return false
}

// problemOf returns what the plan of a view was made from. The last one asked
// for is kept, for questions come one after another.
func (s *Service) problemOf(ctx context.Context, v *view) (*planner.Problem, error) {
	code := v.snap.District.Code
	select {
	case s.asking <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the problem of district %s: %w", code, ctx.Err())
	}
	defer func() { <-s.asking }()
	if k := s.planned[code]; k != nil && k.plan == v.plan.ID {
		return k.problem, nil
	}
	var p *planner.Problem
	err := s.store.View(ctx, func(r *data.Reads) (err error) {
		p, err = readProblem(ctx, r, code, v.plan.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if p == nil { // of before problems were kept
		snap, err := s.Snapshot(ctx, v.snap.District, v.plan.Start)
		if err != nil {
			return nil, err
		}
		if p, _, err = snap.Problem(ctx, v.plan.Start, v.plan.Days); err != nil {
			return nil, err
		}
	}
	s.planned[code] = &storedProblem{plan: v.plan.ID, problem: p}
	return p, nil
}

// aroundBlock cuts a problem and its plan down to what can bear on one visit:
// the blocks in which whoever may visit there works, the visit's own among them.
func aroundBlock(p *planner.Problem, plan *planner.Plan, ask planner.Ask) (*planner.Problem, *planner.Plan) {
	home := make(map[string]*planner.Resident, len(p.Residents))
	for i := range p.Residents {
		home[p.Residents[i].ID] = &p.Residents[i]
	}
	block := ""
	if r := home[ask.Resident]; r != nil {
		block = r.Block
	}
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.ID == ask.Task && block == "" {
			if block = t.Block; t.Resident != "" && home[t.Resident] != nil {
				block = home[t.Resident].Block
			}
		}
	}
	if block == "" {
		return p, plan
	}
	here := make(map[string]bool) // visitors
	out := *p
	out.Visitors = nil
	for i := range p.Visitors {
		if v := &p.Visitors[i]; len(blocksOf(v.Scope, []string{block})) > 0 {
			here[v.ID] = true
			out.Visitors = append(out.Visitors, *v)
		}
	}
	blocks := map[string]bool{block: true}
	cut := *plan
	cut.Itineraries = nil
	for i := range plan.Itineraries {
		if it := &plan.Itineraries[i]; here[it.Visitor] {
			blocks[it.Block] = true
			cut.Itineraries = append(cut.Itineraries, *it)
		}
	}
	// Visits that others make in those other blocks are of no matter here.
	out.Residents, out.Tasks, out.Matrices, out.Made, out.Locks = nil, nil, nil, nil, nil
	ids := make(map[string]bool)
	for i := range p.Residents {
		if r := &p.Residents[i]; blocks[r.Block] {
			out.Residents = append(out.Residents, *r)
			ids[r.ID] = true
		}
	}
	for i := range p.Tasks {
		if t := &p.Tasks[i]; blocks[t.Block] || ids[t.Resident] {
			out.Tasks = append(out.Tasks, *t)
			ids[t.ID] = true
		}
	}
	for i := range p.Matrices {
		if blocks[p.Matrices[i].Block] {
			out.Matrices = append(out.Matrices, p.Matrices[i])
		}
	}
	for _, m := range p.Made {
		if here[m.Visitor] && ids[cmp.Or(m.Task, m.Resident)] {
			out.Made = append(out.Made, m)
		}
	}
	for _, l := range p.Locks {
		if ids[cmp.Or(l.Task, l.Resident)] {
			out.Locks = append(out.Locks, l)
		}
	}
	cut.Unplanned, cut.Shortages = nil, nil
	for _, u := range plan.Unplanned {
		if ids[cmp.Or(u.Task, u.Resident)] {
			cut.Unplanned = append(cut.Unplanned, u)
		}
	}
	return &out, &cut
}
