package siting

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Solve chooses sites. It returns the best answer found when that is proven to be
// the best possible, or iterations or budget are spent; an error if the problem
// is not valid or ctx ends first.
func Solve(ctx context.Context, p *Problem, o Options) (*Solution, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	r := &run{ctx: ctx, o: o, rng: rand.New(rand.NewPCG(o.Seed, 0x5a7e)), best: func() []int32 { return nil }}
	s := &Solution{}
	switch p.Goal {
	case LeastTotal, MostCovered:
		if p.Capacity != nil {
			s.Chosen, s.Objective, s.Bound = r.capped(p)
			break
		}
		s.Chosen, s.Objective, s.Bound = r.median(p)
	case AllCovered:
		s.Chosen, s.Objective, s.Bound = r.cheapest(p)
	case LeastWorst:
		s.Chosen, s.Objective, s.Bound = r.center(p)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("siting: %w", err)
	}
	slices.Sort(s.Chosen)
	p.finish(s)
	s.Iterations = r.iterations
	s.Gap = gap(s.Objective, s.Bound)
	return s, nil
}

// run is one call of Solve: how far it is, and what it has told.
type run struct {
	ctx        context.Context //nolint:containedctx // asked at every iteration of one call
	o          Options
	rng        *rand.Rand
	iterations int
	over       bool
	told       Progress
	best       func() []int32 // the best answer so far
	tells      func(cost, lower int64) (objective, bound int64)
}

// tick counts an iteration; true: stop here.
func (r *run) tick() bool {
	r.iterations++
	return r.stop()
}

func (r *run) stop() bool {
	if !r.over {
		r.over = r.ctx.Err() != nil || r.o.Iterations > 0 && r.iterations >= r.o.Iterations ||
			r.o.Budget != nil && r.o.Budget.Spent(r.iterations) >= 1
	}
	return r.over
}

// tell reports an answer and its bound if either is news.
func (r *run) tell(cost, lower int64) {
	if r.o.Progress == nil {
		return
	}
	objective, bound := cost, lower
	if r.tells != nil {
		objective, bound = r.tells(cost, lower)
	}
	if now := (Progress{r.iterations, objective, bound, r.best()}); now.Objective != r.told.Objective || now.Bound != r.told.Bound {
		r.told = now
		r.o.Progress(now)
	}
}

// Finish makes a solution of an answer on the way, as Options.Progress is told of
// it: who is served where, and in which order to open the sites.
func Finish(p *Problem, g Progress) *Solution {
	s := &Solution{Chosen: slices.Clone(g.Chosen), Objective: g.Objective, Bound: g.Bound, Iterations: g.Iterations}
	slices.Sort(s.Chosen)
	p.finish(s)
	s.Gap = gap(s.Objective, s.Bound)
	return s
}
