package planner

import (
	"context"
	"hash/fnv"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sanse/planner/vrp"
)

// run solves all blocks: a first plan of each, repair, search, fairness.
func (s *solver) run(ctx context.Context) error {
	all := make([]int, len(s.blocks))
	for b := range all {
		all[b] = b
	}
	if err := s.each(ctx, all, func(ctx context.Context, b int) error {
		s.work[b] = s.compile(b)
		return nil
	}); err != nil {
		return err
	}
	if err := s.allot(ctx); err != nil {
		return err
	}
	if err := s.pass(ctx, all, func(ctx context.Context, b int) error {
		w := s.work[b]
		w.addShifts()
		w.aimSpare()
		if s.o.From != nil {
			w.sol = w.load(s.o.From)
		}
		return s.improve(ctx, w, -1, nil, 0)
	}); err != nil {
		return err
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	if s.o.Iterations >= 0 {
		search := s.searchIterations
		if s.o.Time > 0 {
			search = s.searchTime
		}
		if err := search(ctx, all); err != nil {
			return err
		}
	}
	return s.each(ctx, all, func(_ context.Context, b int) error {
		s.work[b].even()
		return nil
	})
}

// improve searches for a better solution of the block, from the one that it
// has. Below 0 iterations only what is missing is inserted.
func (s *solver) improve(ctx context.Context, b *block, iterations int, budget vrp.Budget, pass uint64) error {
	b.refresh()
	threads := 1
	if len(s.blocks) == 1 {
		threads = s.o.Threads
	}
	sol, stats, err := vrp.Solve(ctx, &b.vp, vrp.Options{
		Seed: s.seed(b.in.code, pass), Iterations: iterations, Budget: budget, Threads: threads, From: b.sol,
	})
	if err != nil {
		return err
	}
	b.sol, b.cost = sol, stats.Cost
	b.iterations += stats.Iterations
	b.improved += stats.Improved
	return nil
}

// seed returns the seed of a block, which depends on the seed of the run, the
// pass and the block's code alone.
func (s *solver) seed(code string, pass uint64) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(code)) // never fails
	return h.Sum64() ^ s.o.Seed*0x9e3779b97f4a7c15 ^ pass<<56
}

// size estimates the work that a block is.
func (b *block) size() float64 {
	n := 10.0
	for c := range b.vp.Clients {
		n += float64(b.job(c).weight)
	}
	return n
}

// iterationsOf returns the iterations of a block: those asked for, or else a
// milestone that grows with it.
func (s *solver) iterationsOf(b int) int {
	if s.o.Iterations != 0 {
		return s.o.Iterations
	}
	if s.goesOn {
		return min(100+5*len(s.blocks[b].jobs), 5000) // most of it is in place
	}
	n := firstMilestone
	for n < min(20*len(s.blocks[b].jobs), 20000) {
		n *= nextMilestone
	}
	return n
}

// firstMilestone and nextMilestone are the iterations after which lapses are
// repaired between blocks: the first, and by how much the next is farther. A
// run of fewer iterations does the same up to its end, so that more never give
// a worse plan.
const (
	firstMilestone = 50
	nextMilestone  = 2
)

// searchIterations searches every block for the iterations asked for.
func (s *solver) searchIterations(ctx context.Context, all []int) error {
	from, to := 0, 1<<40
	for pass := uint64(1); ; pass++ {
		if s.unsettled() {
			to = firstMilestone
			for to <= from {
				to *= nextMilestone
			}
		}
		if err := s.pass(ctx, all, func(ctx context.Context, b int) error {
			if n := min(s.iterationsOf(b), to) - from; n > 0 {
				return s.improve(ctx, s.work[b], n, nil, pass)
			}
			return nil
		}); err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(b int) bool { return s.iterationsOf(b) >= to }) {
			return nil
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
		from, to = to, 1<<40
	}
}

// share is the budget of one block: a span of the caller's clock.
type share struct {
	elapsed  func() time.Duration
	from, to time.Duration
}

// Spent implements vrp.Budget.
func (b *share) Spent(int, int64) float64 {
	return float64(b.elapsed()-b.from) / float64(max(1, b.to-b.from))
}

// searchTime searches until the time is up, in rounds if there is something to
// repair between them.
func (s *solver) searchTime(ctx context.Context, all []int) error {
	// Fairness and reasons come after the search.
	end := s.startedAt + s.o.Time - s.o.Time/50
	for pass := uint64(1); ; pass++ {
		left := end - s.o.Elapsed()
		if left <= 0 {
			return nil
		}
		round := left
		if s.unsettled() && left > s.o.Time/8 {
			round = left / 3
		}
		before := s.iterations()
		if err := s.searchRound(ctx, all, end-left+round, pass); err != nil {
			return err
		}
		if s.iterations() == before {
			return nil // there is nothing to search
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
}

// searchRound searches all blocks until a moment, those with lapses first; each
// has its share of the time left, by size.
func (s *solver) searchRound(ctx context.Context, all []int, until time.Duration, pass uint64) error {
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(a, b int) int { return s.work[b].cost.Missed - s.work[a].cost.Missed })
	var mu sync.Mutex
	todo := 0.0
	for _, b := range order {
		todo += s.work[b].size()
	}
	running := map[int]time.Duration{} // end of the share of each block at work
	threads := min(s.o.Threads, max(1, len(order)))
	return s.pass(ctx, order, func(ctx context.Context, b int) error {
		mu.Lock()
		now := s.o.Elapsed()
		free := float64(until-now) * float64(threads)
		for _, e := range running {
			free -= float64(max(0, e-now))
		}
		mine := time.Duration(max(0, free) * s.work[b].size() / todo)
		mine = min(mine, until-now)
		todo -= s.work[b].size()
		running[b] = now + mine
		mu.Unlock()
		defer func() {
			mu.Lock()
			delete(running, b)
			mu.Unlock()
		}()
		bound := s.o.Iterations
		if bound > 0 {
			bound -= s.work[b].iterations
		}
		if mine <= 0 || bound < 0 || s.o.Iterations > 0 && bound == 0 {
			return nil
		}
		return s.improve(ctx, s.work[b], bound, &share{s.o.Elapsed, now, now + mine}, pass)
	})
}

// iterations is the number of iterations of all blocks so far.
func (s *solver) iterations() int {
	n := 0
	for _, b := range s.work {
		n += b.iterations
	}
	return n
}

// progress counts for Options.Progress.
type progress struct {
	Progress
	by []blockResult
}

// pass runs work for the blocks listed and tells that it begins and of each.
func (s *solver) pass(ctx context.Context, list []int, work func(context.Context, int) error) error {
	if s.o.Progress == nil {
		return s.each(ctx, list, work)
	}
	s.show.Pass++
	s.show.Done, s.show.Blocks = 0, len(list)
	s.show.Block = ""
	s.o.Progress(s.show.Progress)
	var mu sync.Mutex
	return s.each(ctx, list, func(ctx context.Context, b int) error {
		if err := work(ctx, b); err != nil {
			return err
		}
		res := s.result(b)
		mu.Lock()
		defer mu.Unlock()
		s.show.Done++
		s.tell(b, res)
		return nil
	})
}

// each runs work for the blocks listed on the threads asked for.
func (s *solver) each(ctx context.Context, list []int, work func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(s.o.Threads, len(list)) {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(list) {
					return
				}
				err := ctx.Err()
				if err == nil {
					err = work(ctx, list[n])
				}
				if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// result decodes a block's solution for Progress.
func (s *solver) result(b int) blockResult {
	res := s.work[b].decode()
	res.iterations = s.work[b].iterations
	return res
}

// tell calls Progress after a block.
func (s *solver) tell(b int, res blockResult) {
	pr := &s.show
	if pr.by == nil {
		pr.by = make([]blockResult, len(s.blocks))
	}
	res.itineraries = nil
	pr.by[b] = res
	pr.Block = s.blocks[b].code
	pr.Visits, pr.Lapses, pr.Iterations, pr.Cost = 0, 0, 0, Cost{}
	for i := range pr.by {
		pr.Visits += pr.by[i].visits
		pr.Lapses += pr.by[i].left
		pr.Iterations += pr.by[i].iterations
		pr.Cost.add(pr.by[i].cost)
	}
	s.o.Progress(pr.Progress)
}
