package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"sanse/planner/internal/english"
)

// Replan makes the plan that goes on from a published one when something has
// happened: a visitor is sick, a resident has another grade, a visit was missed,
// snow slows everybody down. The problem is the one of now, with Now, Made, days
// off, absences and Slow as they are, over the same days as the published plan.
//
// What was made stays as it was made. A block whose published plan can still be
// carried out from Now on, and leaves nothing undone that could be done by now, keeps
// that plan to the letter, and the shifts in it of visitors who work for several
// blocks. The other blocks begin with what is left of the published plan, insert
// what is missing and search a little (Options.Iterations; 0 stands for a
// number that grows with the block); among plans with the same lapses, waiting and
// preference the one nearest to the published plan is taken (Cost.Deviation).
//
// Stats.Blocks are the blocks planned anew, Stats.Cost is what they cost.
// Plan.Cost is nil where some blocks were kept and others not: what those kept
// cost is not counted again. Options.From and Published are set by Replan.
// Errors are those of Solve, and one that wraps ErrInvalid if the published plan is
// for other days.
func Replan(ctx context.Context, p *Problem, published *Plan, o Options) (*Plan, Moved, Stats, error) {
	fail := func(err error) (*Plan, Moved, Stats, error) {
		return nil, Moved{}, Stats{}, fmt.Errorf("plan again: %w", err)
	}
	if published.Days != 0 && (published.Start != p.Start || published.Days != p.Days) {
		return fail(fmt.Errorf("%w: the published plan is for %s from %s, the problem for %s from %s",
			ErrInvalid, english.Count(published.Days, "day", "days"), published.Start, english.Count(p.Days, "day", "days"), p.Start))
	}
	o.From, o.Published = nil, nil
	s, err := newSolver(p, o)
	if err != nil {
		return fail(err)
	}
	c := carry(p, s.jobs, published)
	c.judge(s.o.Threads)
	blocks := s.blocks
	stats, err := s.again(ctx, c)
	if err != nil {
		return fail(err)
	}
	plan := c.plan()
	c.finish(plan)
	s.blocks = blocks
	plan.Shortages = s.shortages(plan)
	switch stats.Blocks {
	case 0:
		plan.Cost = published.Cost
	case len(blocks):
		cost := stats.Cost
		plan.Cost = &cost
	}
	return plan, Compare(p, published, plan), stats, nil
}

// touched lists the blocks to plan anew.
func (c *carrier) touched() []int {
	var out []int
	for b := range c.blocks {
		if c.blocks[b].touched {
			out = append(out, b)
		}
	}
	return out
}

// again plans the touched blocks anew from what is left of the published plan.
func (s *solver) again(ctx context.Context, c *carrier) (Stats, error) {
	touched := c.touched()
	if len(touched) == 0 {
		return Stats{}, ctx.Err()
	}
	left := &Plan{Start: s.p.Start, Days: s.p.Days}
	s.goesOn, s.held = true, map[shiftKey]bool{}
	for b := range c.blocks {
		if c.blocks[b].touched {
			left.Itineraries = append(left.Itineraries, c.blocks[b].open...)
			continue
		}
		for i := range c.blocks[b].open {
			it := &c.blocks[b].open[i]
			if key, ok := s.shiftOf(it); ok && s.wide(key.visitor) {
				s.give(key, nobody)
				s.held[key] = true
			}
		}
	}
	blocks := s.blocks
	s.blocks = pick(blocks, touched)
	for n := range s.blocks {
		s.blocks[n].index = n
	}
	s.work = make([]*block, len(s.blocks))
	s.o.From, s.o.Published = left, left
	s.addPublished()
	if err := s.run(ctx); err != nil {
		return Stats{}, err
	}
	stats := Stats{Blocks: len(touched), Repaired: s.repaired}
	used := s.usedShifts()
	for n, b := range touched {
		k, w := &c.blocks[b], s.work[n]
		res := w.decode()
		stats.Cost.add(res.cost)
		stats.Iterations += w.iterations
		stats.Improved += w.improved
		if k.stands && res.cost.Lapses >= c.weightOf(k.unplanned) && !s.anyTaken(k.open, used, n) {
			continue // what was hoped for did not come
		}
		k.kept = append(slices.Clone(k.made), res.itineraries...)
	}
	e := explainerOf(s.p, s.jobs, c.plan())
	for _, b := range touched {
		k := &c.blocks[b]
		k.unplanned = nil
		for _, j := range k.jobs {
			k.unplanned = append(k.unplanned, e.explain(j)...)
		}
	}
	return stats, nil
}

// anyTaken tells whether another block than that one uses the shift of one of
// the itineraries by now.
func (s *solver) anyTaken(its []Itinerary, used map[shiftKey]int, block int) bool {
	return slices.ContainsFunc(its, func(it Itinerary) bool {
		key, ok := s.shiftOf(&it)
		return ok && s.wide(key.visitor) && s.usedElsewhere(used, key, block)
	})
}

// shiftOf returns the shift in which an itinerary departs.
func (s *solver) shiftOf(it *Itinerary) (shiftKey, bool) {
	v, ok := s.visitor[it.Visitor]
	if !ok {
		return shiftKey{}, false
	}
	for i, sh := range s.p.Visitors[v].Shifts {
		if sh.Weekday == it.Date.Weekday() && sh.From <= it.Depart && it.Depart < sh.To {
			return shiftKey{v, int(it.Date - s.p.Start), i}, true
		}
	}
	return shiftKey{}, false
}

// weightOf is what Cost.Lapses counts for entries left out.
func (c *carrier) weightOf(list []Unplanned) int64 {
	n := int64(0)
	for i := range list {
		if j, ok := c.byID[jobID(list[i].Resident, list[i].Task)]; ok {
			n += c.jobs[j].weight
		}
	}
	return n
}

// finish puts a plan in order and says what the visits of those are due for who
// were visited otherwise than published.
func (c *carrier) finish(plan *Plan) {
	slices.SortStableFunc(plan.Itineraries, func(a, b Itinerary) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Visitor, b.Visitor), cmp.Compare(a.Depart, b.Depart))
	})
	slices.SortStableFunc(plan.Unplanned, func(a, b Unplanned) int {
		return cmp.Or(cmp.Compare(a.DueBy, b.DueBy), cmp.Compare(a.Resident, b.Resident), cmp.Compare(a.Task, b.Task), btoi(b.Owed)-btoi(a.Owed))
	})
	if len(c.otherwise) == 0 {
		return
	}
	days := make(map[int][]Date, len(c.otherwise))
	c.eachOtherwise(plan, func(j int, it *Itinerary, _ int) { days[j] = append(days[j], it.Date) })
	due := make(map[int]map[Date]Stop, len(days))
	for j, d := range days {
		slices.Sort(d)
		due[j] = c.jobs[j].due(c.p, slices.Compact(d))
	}
	own := map[*Itinerary]bool{} // whose stops are not the published plan's
	c.eachOtherwise(plan, func(j int, it *Itinerary, k int) {
		want := due[j][it.Date]
		if st := &it.Stops[k]; st.DueBy == want.DueBy && st.Owed == want.Owed {
			return
		}
		if !own[it] {
			it.Stops, own[it] = slices.Clone(it.Stops), true
		}
		it.Stops[k].DueBy, it.Stops[k].Owed = want.DueBy, want.Owed
	})
}

// eachOtherwise calls visit for each stop of those who were visited otherwise
// than published.
func (c *carrier) eachOtherwise(plan *Plan, visit func(job int, it *Itinerary, stop int)) {
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		for k := range it.Stops {
			if j, ok := c.byID[jobID(it.Stops[k].Resident, it.Stops[k].Task)]; ok && c.otherwise[j] {
				visit(j, it, k)
			}
		}
	}
}
