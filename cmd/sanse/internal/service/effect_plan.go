package service

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"sanse/planner"
	"sanse/reports"
)

// plans plans the communities that the redraw touches twice, as things are and
// under the proposal, and compares.
func (e *effecting) plans(ctx context.Context) error {
	blocks := allBlocks(e.before, e.after)
	planned := blocks
	if !e.opt.Whole {
		touched := append(touchedBlocks(e.before, e.after), scopeBlocks(e.before.Visitors, e.after.Visitors, blocks)...)
		planned = tied(slices.Concat(e.before.Visitors, e.after.Visitors), blocks, touched)
	}
	out := &e.out.Plan
	out.Planned, out.Of, out.Seed, out.Communities = len(planned), len(blocks), e.opt.Seed, []reports.EffectPlanRow{}
	if len(planned) == 0 {
		return nil
	}
	before, err := e.planPart(ctx, e.base, e.before, planned, len(blocks))
	if err != nil {
		return err
	}
	// Travel times are of places, not of grids.
	e.next.engines = e.base.engines
	after, err := e.planPart(ctx, e.next, e.after, planned, len(blocks))
	if err != nil {
		return err
	}
	for _, b := range planned {
		name := b
		if a, ok := e.base.Tree.Area(b); ok {
			name = a.Name
		}
		row := reports.EffectPlanRow{Code: b, Name: name, Before: before[b], After: after[b]}
		out.Total.Before.Add(row.Before)
		out.Total.After.Add(row.After)
		out.Communities = append(out.Communities, row)
	}
	return nil
}

// planPart plans some blocks of a problem and counts what comes of each.
func (e *effecting) planPart(ctx context.Context, s *Snapshot, all *planner.Problem, blocks []string, of int) (map[string]reports.EffectWork, error) {
	p := partOf(all, blocks)
	if _, err := s.matrices(ctx, p); err != nil {
		return nil, err
	}
	if err := p.Validate(); err != nil {
		return nil, invalidCause(tellingly(err), "the visits cannot be planned")
	}
	o := planner.Options{Seed: e.opt.Seed, Iterations: e.opt.Iterations, Threads: e.opt.Threads}
	if len(blocks) == 1 && of > 1 {
		// The threads share the search of a single block, which is then another
		// than that of the same block among others.
		o.Threads = 1
	}
	plan, _, err := planner.Solve(ctx, p, o)
	if err != nil {
		return nil, err
	}
	if found := planner.Check(p, plan); len(found) > 0 {
		return nil, fmt.Errorf("the plan breaks %d rules (the first: %s: %s); this is a fault of the program", len(found), found[0].Code, found[0].Detail)
	}
	return workOf(p, plan), nil
}

// allBlocks lists the blocks of two problems in which there is something to do.
func allBlocks(problems ...*planner.Problem) []string {
	set := make(map[string]bool)
	for _, p := range problems {
		for i := range p.Residents {
			set[p.Residents[i].Block] = true
		}
		for i := range p.Tasks {
			if t := &p.Tasks[i]; t.Resident == "" {
				set[t.Block] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// touchedBlocks lists the blocks whose problem is not the same under the
// proposal: somebody in them has another grid, comes or goes.
func touchedBlocks(before, after *planner.Problem) []string {
	set := make(map[string]bool)
	for i := range before.Residents {
		if was, is := &before.Residents[i], &after.Residents[i]; movedHome(was, is) {
			set[was.Block], set[is.Block] = true, true
		}
	}
	for i := range before.Tasks {
		if was, is := &before.Tasks[i], &after.Tasks[i]; movedTask(was, is) {
			set[was.Block], set[is.Block] = true, true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// tied returns the touched blocks and those that share a visitor with one of
// them, or with one of those, and so on: what a redraw of the touched ones can
// be felt in.
func tied(visitors []planner.Visitor, blocks, touched []string) []string {
	if len(touched) == 0 {
		return nil
	}
	group := make(map[string]string, len(blocks)) // union–find
	var root func(string) string
	root = func(b string) string {
		if up, ok := group[b]; ok && up != b {
			group[b] = root(up)
			return group[b]
		}
		return b
	}
	for i := range visitors {
		reach := blocksOf(visitors[i].Scope, blocks)
		for _, b := range reach {
			group[root(b)] = root(reach[0])
		}
	}
	want := make(map[string]bool)
	for _, b := range touched {
		want[root(b)] = true
	}
	return slices.DeleteFunc(slices.Clone(blocks), func(b string) bool { return !want[root(b)] })
}

// partOf is the part of a problem, without travel times, that lies in some
// blocks, in the same order.
func partOf(p *planner.Problem, blocks []string) *planner.Problem {
	part := *p
	part.Residents, part.Tasks, part.Visitors = nil, nil, nil
	in := make(map[string]bool)
	for i := range p.Residents {
		if r := &p.Residents[i]; slices.Contains(blocks, r.Block) {
			part.Residents = append(part.Residents, *r)
			in[r.ID] = true
		}
	}
	for i := range p.Tasks {
		if t := &p.Tasks[i]; in[t.Resident] || t.Resident == "" && slices.Contains(blocks, t.Block) {
			part.Tasks = append(part.Tasks, *t)
		}
	}
	here := make(map[string]bool)
	for i := range p.Visitors {
		if v := &p.Visitors[i]; len(blocksOf(v.Scope, blocks)) > 0 {
			part.Visitors = append(part.Visitors, *v)
			here[v.ID] = true
		}
	}
	// Whoever is in a team and has another area cannot come: scope decides.
	for i := range part.Residents {
		r := &part.Residents[i]
		r.Team = slices.DeleteFunc(slices.Clone(r.Team), func(id string) bool { return !here[id] })
	}
	return &part
}
