package vrp

import (
	"context"
	"math"
	"sync"
)

// chain is one thread's search.
type chain struct {
	s    *state
	best *best
	done int // iterations
	leg  float64
}

// run is one call of Solve.
type run struct {
	ctx    context.Context
	m      *model
	o      Options
	set    settings
	chains []*chain

	mu       sync.Mutex
	spent    float64
	improved int
	bestOf   int64
	total    int // iterations of all threads as of the last polls
}

func newRun(ctx context.Context, m *model, o Options) *run {
	r := &run{ctx: ctx, m: m, o: o, set: defaults()}
	return r
}

// pollEvery is the number of iterations of a chain between two looks at the
// budget.
const pollEvery = 64

// search constructs a solution and improves it until the budget is spent.
func (r *run) search() error {
	first := newState(r.m, r.o.Seed)
	first.construct(r.o.From)
	r.chains = []*chain{{s: first, best: newBest(first)}}
	r.bestOf = first.total
	if r.o.Iterations < 0 || len(r.m.clients) == 0 || len(r.m.shifts) == 0 {
		return r.ctx.Err()
	}
	for i := 1; i < max(1, r.o.Threads); i++ {
		s := newState(r.m, r.o.Seed+uint64(i)*0x9E3779B9)
		s.load(r.chains[0].best)
		r.chains = append(r.chains, &chain{s: s, best: newBest(s)})
	}
	limit := r.o.Iterations
	if limit == 0 {
		limit = math.MaxInt
		if r.o.Budget == nil {
			limit = 1000 + 50*len(r.m.clients)
		}
	}
	for _, c := range r.chains {
		c.s.blink = 1 / r.set.blink
		c.s.calm = c.s.rng.gap(c.s.blink)
		c.leg, c.s.mean = c.s.scale()
	}
	return r.rounds(limit)
}

// firstCycle is the length of the first annealing without a time limit; each
// next one is twice as long, so that what a run has found does not depend on
// when it ends.
const firstCycle = 2000

// rounds runs the chains side by side between the points at which they share
// what they found.
func (r *run) rounds(limit int) error {
	length := firstCycle
	fleet := r.chains[0].s.fleetMatters(r.chains[0].leg)
	for done := 0; done < limit; {
		if fleet && (r.o.Budget == nil || done == 0) {
			n := min(length, limit-done)
			stop, err := r.round(func(c *chain) bool {
				if r.o.Budget != nil {
					return r.fightFleet(c, math.MaxInt, r.set.fleet)
				}
				return r.fightFleet(c, n, 1)
			})
			if err != nil || stop {
				return err
			}
			if r.o.Budget == nil {
				done += n
			}
			r.share()
			if done >= limit {
				return nil
			}
		}
		n := min(length, limit-done)
		if r.o.Budget != nil {
			n = min(4*firstCycle, limit-done)
		}
		stop, err := r.round(func(c *chain) bool { return r.cycle(c, n, length) })
		if err != nil || stop {
			return err
		}
		done += n
		if r.o.Budget == nil {
			length *= 2
			r.share()
		}
	}
	return nil
}

// round lets every chain do something, which tells whether the run is over.
func (r *run) round(do func(*chain) bool) (stop bool, err error) {
	if len(r.chains) == 1 {
		stop = do(r.chains[0])
		return stop, r.ctx.Err()
	}
	var wg sync.WaitGroup
	stops := make([]bool, len(r.chains))
	for i, c := range r.chains {
		wg.Add(1)
		go func() {
			defer wg.Done()
			stops[i] = do(c)
		}()
	}
	wg.Wait()
	for _, s := range stops {
		stop = stop || s
	}
	return stop, r.ctx.Err()
}

// cycle makes n iterations, cooling down over length, or over the budget where
// there is one. It tells whether the run is over.
func (r *run) cycle(c *chain, n, length int) (stop bool) {
	hot, cold := c.leg*r.set.hot, c.leg*r.set.cold
	ratio := math.Log(cold / hot)
	f := 0.0
	for i := range n {
		if i%pollEvery == 0 {
			spent, stop := r.poll(c, pollEvery)
			if stop {
				return true
			}
			if f = spent; r.o.Budget == nil {
				f = float64(i) / float64(length)
			}
		}
		c.s.step(&r.set, hot*math.Exp(ratio*f))
		c.done++
		if c.s.total < c.best.total {
			c.best.take(c.s)
			r.noteImproved()
		}
		if c.done%1024 == 0 {
			c.leg, c.s.mean = c.s.scale()
		}
	}
	return false
}

func (r *run) noteImproved() {
	r.mu.Lock()
	r.improved++
	r.mu.Unlock()
}

// poll asks the budget and tells of progress.
func (r *run) poll(c *chain, n int) (spent float64, stop bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total += n
	r.bestOf = min(r.bestOf, c.best.total)
	if r.o.Budget != nil {
		r.spent = r.o.Budget.Spent(r.total, r.bestOf)
	}
	return r.spent, r.spent >= 1 || r.ctx.Err() != nil
}

// share gives every chain the best solution of all to go on from.
func (r *run) share() {
	win := r.winner()
	for _, c := range r.chains {
		c.s.load(win.best)
		if c != win {
			c.best.take(c.s)
		}
		c.s.clean()
	}
}

func (r *run) winner() *chain {
	win := r.chains[0]
	for _, c := range r.chains[1:] {
		if c.best.total < win.best.total {
			win = c
		}
	}
	return win
}

func (r *run) iterations() int {
	sum := 0
	for _, c := range r.chains {
		sum += c.done
	}
	return sum
}
