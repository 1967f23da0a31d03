package planner

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sync"
)

// SolveEach plans problems one after the other as they come, several side by
// side, and hands each plan to emit in the order of the problems. It holds a
// few problems at a time, so that its memory does not grow with their number:
// a city is planned district by district, a million residents community by
// community.
//
// Threads of o are problems solved at the same time, each on one thread, so
// that no plan depends on their number; all else of o holds for each problem.
// Progress is called after each problem: Done counts problems, Blocks is 0, for
// how many there are is not known.
//
// An error of problems, of a problem or of emit ends the run and names the
// problem, counted from 1; plans of the problems before it have been emitted
// unless ctx ended. Stats are the sums over the plans emitted.
func SolveEach(ctx context.Context, problems iter.Seq2[*Problem, error], o Options, emit func(*Plan) error) (Stats, error) {
	type solved struct {
		plan  *Plan
		stats Stats
	}
	var sum Stats
	pr := Progress{}
	one := o
	one.Threads, one.Progress = 1, nil
	type numbered struct {
		n int
		p *Problem
	}
	counted := func(yield func(numbered, error) bool) {
		n := 0
		for p, err := range problems {
			if n++; err != nil {
				err = fmt.Errorf("number %d: %w", n, err)
			}
			if !yield(numbered{n, p}, err) {
				return
			}
		}
	}
	err := inOrder(ctx, o.Threads, counted, func(ctx context.Context, q numbered) (solved, error) {
		plan, stats, err := Solve(ctx, q.p, one)
		if err != nil {
			err = fmt.Errorf("number %d: %w", q.n, err)
		}
		return solved{plan, stats}, err
	}, func(s solved) error {
		sum.add(s.stats)
		if err := emit(s.plan); err != nil {
			return err
		}
		if o.Progress != nil {
			pr.Done++
			pr.Visits += s.plan.visits()
			pr.Lapses += len(s.plan.Unplanned)
			o.Progress(pr)
		}
		return nil
	})
	if err != nil {
		return sum, fmt.Errorf("solve problems: %w", err)
	}
	return sum, nil
}

// add adds what another run did.
func (s *Stats) add(o Stats) {
	s.Blocks += o.Blocks
	s.Iterations += o.Iterations
	s.Improved += o.Improved
	s.Repaired += o.Repaired
	s.Cost.add(o.Cost)
}

// visits counts the stops of a plan.
func (p *Plan) visits() int {
	n := 0
	for i := range p.Itineraries {
		n += len(p.Itineraries[i].Stops)
	}
	return n
}

// outcome is what became of one item.
type outcome[R any] struct {
	value R
	err   error
}

// inOrder does the same work for each item of a sequence on several workers (0
// stands for one a processor) and hands the results to emit in the order of the
// items, from the caller's goroutine. No more items than twice the workers and
// two are on their way at a time. The first error in the order of the items is the one
// returned.
func inOrder[T, R any](ctx context.Context, workers int, items iter.Seq2[T, error], work func(context.Context, T) (R, error), emit func(R) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	// Nothing outlives the call: the items may be read from a file that is
	// closed after it.
	defer wg.Wait()
	defer cancel()
	type job struct {
		item T
		out  chan outcome[R]
	}
	todo := make(chan job)
	queue := make(chan chan outcome[R], workers) // results to come, in order
	wg.Go(func() {
		defer close(queue)
		defer close(todo)
		for item, err := range items {
			out := make(chan outcome[R], 1)
			select {
			case queue <- out:
			case <-ctx.Done():
				return
			}
			if err != nil {
				out <- outcome[R]{err: err}
				return
			}
			select {
			case todo <- job{item, out}:
			case <-ctx.Done():
				out <- outcome[R]{err: ctx.Err()}
				return
			}
		}
	})
	for range workers {
		wg.Go(func() {
			for j := range todo {
				v, err := work(ctx, j.item)
				j.out <- outcome[R]{v, err}
			}
		})
	}
	for out := range queue {
		res := <-out
		if res.err == nil {
			res.err = emit(res.value)
		}
		if res.err != nil {
			return res.err
		}
	}
	// The queue ends early where ctx did.
	return context.Cause(ctx)
}
