package planner

import (
	"cmp"
	"context"
	"slices"
)

// Loosened is a lock that a plan does not keep as it was asked for.
type Loosened struct {
	Lock
	// Held tells that the day and the visitor are kept, and the hour alone is not.
	Held bool `json:"held"`
}

// hourTries is how many hours that were given up together are tried again one by one.
const hourTries = 6

// ReplanLoosely is Replan where more may be locked than a day has room for: what
// cannot be kept beside the rest is loosened, first the hour, then the lock. So is
// the hour of a lock whose price would be a lapse that the plan would not have
// without it: an hour breaks no other promise. It returns the problem with the locks
// as the plan keeps them, in which nothing else differs, and what was loosened. The
// problem given is not changed.
func ReplanLoosely(ctx context.Context, p *Problem, published *Plan, o Options) (*Problem, *Plan, Moved, Stats, []Loosened, error) {
	l := looser{p: p, published: published, o: o, jobs: make([]*job, len(p.Locks)), all: map[string]*job{}}
	best, err := l.first(ctx)
	if err == nil {
		err = l.spare(ctx, &best)
	}
	if err == nil {
		err = l.tighten(ctx, &best)
	}
	if err != nil {
		return nil, nil, Moved{}, Stats{}, nil, err
	}
	return best.p, best.plan, best.moved, best.stats, l.loosened(best.grips), nil
}

// looser makes a plan with fewer locks.
type looser struct {
	p         *Problem
	published *Plan
	o         Options
	jobs      []*job // by lock of p
	all       map[string]*job
}

// grip is how much of a lock is asked for.
type grip uint8

const (
	released grip = iota
	byDay         // the day and the visitor, without the hour
	byHour        // all of it
)

// loosePlan is a plan that keeps the locks of its problem.
type loosePlan struct {
	p     *Problem
	plan  *Plan
	moved Moved
	stats Stats
	grips []grip // by lock of the problem that was given
	gone  []int  // locks whose hours were given up for the sake of others
}

// lock is what is asked for of a lock.
func (l *looser) lock(i int, g grip) Lock {
	out := l.p.Locks[i]
	if g != byHour {
		out.By = 0
	}
	return out
}

// problem is that with the locks as they are gripped.
func (l *looser) problem(grips []grip) *Problem {
	q := *l.p
	q.Locks = nil
	for i, g := range grips {
		if g != released {
			q.Locks = append(q.Locks, l.lock(i, g))
		}
	}
	return &q
}

// plan makes a plan that keeps the locks, less what cannot be kept.
func (l *looser) plan(ctx context.Context, grips []grip) (loosePlan, error) {
	out := loosePlan{grips: slices.Clone(grips)}
	for {
		out.p = l.problem(out.grips)
		var err error
		if out.plan, out.moved, out.stats, err = Replan(ctx, out.p, l.published, l.o); err != nil {
			return out, err
		}
		// Each time there is an hour or a lock less.
		broken := l.broken(&out)
		if len(broken) == 0 {
			return out, nil
		}
		hour := func(i int) bool { return out.grips[i] == byHour && l.p.Locks[i].By > 0 }
		if slices.ContainsFunc(broken, hour) {
			for _, i := range broken {
				if hour(i) {
					out.grips[i] = byDay
				}
			}
			continue
		}
		if gone := l.beside(broken, out.grips); len(gone) > 0 {
			for _, i := range gone {
				out.grips[i] = byDay
			}
			out.gone = append(out.gone, gone...)
			continue
		}
		for _, i := range broken {
			out.grips[i] = released
		}
	}
}

// broken lists the locks that bind and that a plan does not keep.
func (l *looser) broken(o *loosePlan) []int {
	at := stopsOf(o.p.Locks, o.plan)
	var out []int
	for i, g := range o.grips {
		j := l.jobs[i]
		if g == released || j == nil || slices.Contains(j.made, l.p.Locks[i].Date) {
			continue
		}
		lock := l.lock(i, g)
		if lock.kept(at) {
			continue
		}
		if as, binds, _ := l.p.lockAs(&lock, j); binds && !as.kept(at) {
			out = append(out, i)
		}
	}
	return out
}

// first makes the plan that keeps as many locks as can be kept.
func (l *looser) first(ctx context.Context) (loosePlan, error) {
	if len(l.p.Locks) > 0 {
		jobs, _ := l.p.jobs() // Replan says what is wrong with them
		for i := range jobs {
			l.all[jobs[i].id] = &jobs[i]
		}
	}
	grips := make([]grip, len(l.p.Locks))
	for i := range grips {
		lock := &l.p.Locks[i]
		grips[i], l.jobs[i] = byHour, l.all[jobID(lock.Resident, lock.Task)]
	}
	return l.plan(ctx, grips)
}

// beside lists the locks with an hour on the days and in the blocks of others.
func (l *looser) beside(others []int, grips []grip) []int {
	type place struct {
		block string
		day   Date
	}
	at := make(map[place]bool, len(others))
	for _, o := range others {
		at[place{l.jobs[o].block, l.p.Locks[o].Date}] = true
	}
	var out []int
	for i, g := range grips {
		if j := l.jobs[i]; g == byHour && j != nil && l.p.Locks[i].By > 0 && at[place{j.block, l.p.Locks[i].Date}] {
			out = append(out, i)
		}
	}
	return out
}

// lockedStop is where a plan has a visit that is locked.
type lockedStop struct {
	visitor string
	arrive  Clock
}

// stopsOf finds the visits of locks in a plan.
func stopsOf(locks []Lock, plan *Plan) map[lockedVisit][]lockedStop {
	out := make(map[lockedVisit][]lockedStop, len(locks))
	for i := range locks {
		out[locks[i].visit()] = nil
	}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		for k := range it.Stops {
			key := lockedVisit{jobID(it.Stops[k].Resident, it.Stops[k].Task), it.Date}
			if _, asked := out[key]; asked {
				out[key] = append(out[key], lockedStop{it.Visitor, it.Stops[k].Arrive})
			}
		}
	}
	return out
}

func (l *Lock) visit() lockedVisit { return lockedVisit{jobID(l.Resident, l.Task), l.Date} }

// kept tells whether a visit of the plan is as the lock asks.
func (l *Lock) kept(at map[lockedVisit][]lockedStop) bool {
	return slices.ContainsFunc(at[l.visit()], func(s lockedStop) bool {
		return (l.Visitor == "" || s.visitor == l.Visitor) && (l.By == 0 || s.arrive <= l.By)
	})
}

// spare gives up hours that cost a lapse: in blocks in which the plan leaves out what
// the published one did not.
func (l *looser) spare(ctx context.Context, best *loosePlan) error {
	blocks := l.freshIn(best.plan)
	free := slices.Clone(best.grips)
	var gone []int
	for i, g := range free {
		if j := l.jobs[i]; g == byHour && l.p.Locks[i].By > 0 && j != nil && blocks[j.block] {
			free[i] = byDay
			gone = append(gone, i)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	without, err := l.plan(ctx, free)
	if err != nil {
		return err
	}
	if slices.Equal(without.grips, free) && l.weight(without.plan) < l.weight(best.plan) {
		without.gone = append(best.gone, gone...)
		*best = without
	}
	return nil
}

// tighten asks again for hours that were given up for the sake of others, the earliest
// first, where they cost nothing.
func (l *looser) tighten(ctx context.Context, best *loosePlan) error {
	gone := best.gone
	slices.SortStableFunc(gone, func(a, b int) int { return cmp.Compare(l.p.Locks[a].By, l.p.Locks[b].By) })
	at := stopsOf(l.p.Locks, best.plan)
	for n, i := range gone {
		try := slices.Clone(best.grips)
		try[i] = byHour
		if l.p.Locks[i].kept(at) { // as it happens
			best.grips = try
			continue
		}
		if n >= hourTries {
			continue
		}
		again, err := l.plan(ctx, try)
		if err != nil {
			return err
		}
		if slices.Equal(again.grips, try) && l.weight(again.plan) <= l.weight(best.plan) {
			*best, at = again, stopsOf(l.p.Locks, again.plan)
		}
	}
	best.p = l.problem(best.grips)
	return nil
}

// freshIn are the blocks in which a plan leaves out what the published one did not.
func (l *looser) freshIn(plan *Plan) map[string]bool {
	type key struct {
		id   string
		due  Date
		owed bool
	}
	of := func(u *Unplanned) key { return key{jobID(u.Resident, u.Task), u.DueBy, u.Owed} }
	known := make(map[key]int, len(l.published.Unplanned))
	for i := range l.published.Unplanned {
		known[of(&l.published.Unplanned[i])]++
	}
	out := map[string]bool{}
	for i := range plan.Unplanned {
		k := of(&plan.Unplanned[i])
		if known[k]--; known[k] >= 0 {
			continue
		}
		if j := l.all[k.id]; j != nil {
			out[j.block] = true
		}
	}
	return out
}

// weight is what a plan leaves out, as Cost.Lapses counts it.
func (l *looser) weight(plan *Plan) int64 {
	n := int64(0)
	for i := range plan.Unplanned {
		if j := l.all[jobID(plan.Unplanned[i].Resident, plan.Unplanned[i].Task)]; j != nil {
			n += j.weight
		}
	}
	return n
}

// loosened lists the locks of which less is kept than was asked for.
func (l *looser) loosened(grips []grip) []Loosened {
	var out []Loosened
	for i, g := range grips {
		if g != byHour {
			out = append(out, Loosened{Lock: l.p.Locks[i], Held: g == byDay})
		}
	}
	return out
}
