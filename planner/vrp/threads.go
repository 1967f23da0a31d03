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
	set  settings
	done int     // iterations
	leg  float64 // mean cost
	pace float64 // iterations that a whole budget would allow
	temp float64
}

// run is one call of Solve.
type run struct {
	ctx    context.Context
	m      *model
	o      Options
	chains []*chain

	mu       sync.Mutex
	spent    float64
	improved int
	bestOf   int64
	total    int // iterations of all threads as of the last polls
	polls    int
	told     Cost // what Progress was told last
}

func newRun(ctx context.Context, m *model, o Options) *run {
	return &run{ctx: ctx, m: m, o: o}
}

// pollEvery is the number of iterations of a chain between two looks at the
// budget.
const pollEvery = 64

// search constructs a solution and improves it until the budget is spent.
func (r *run) search() error {
	first := newState(r.m, r.o.Seed)
	first.construct(r.o.From)
	r.chains = []*chain{{s: first, best: newBest(first), set: defaults()}}
	r.bestOf = first.total
	r.told = first.cost(r.chains[0].best)
	if r.o.Iterations < 0 || len(r.m.clients) == 0 || len(r.m.shifts) == 0 {
		return r.ctx.Err()
	}
	for i := 1; i < max(1, r.o.Threads); i++ {
		s := newState(r.m, r.o.Seed+uint64(i)*0x9E3779B9)
		s.load(r.chains[0].best)
		c := &chain{s: s, best: newBest(s), set: defaults()}
		if i%2 == 1 {
			c.set = c.set.boldly()
		}
		r.chains = append(r.chains, c)
	}
	limit := r.o.Iterations
	if limit == 0 {
		limit = math.MaxInt
		if r.o.Budget == nil {
			limit = 1000 + 50*len(r.m.clients)
		}
	}
	for _, c := range r.chains {
		c.measure()
		c.s.calm = c.s.rng.gap(c.s.blink)
	}
	fleet := r.chains[0].s.fleetMatters(r.chains[0].leg)
	if r.o.Budget != nil {
		return r.timed(limit, fleet)
	}
	return r.counted(limit, fleet)
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

// step makes one iteration of a chain.
func (r *run) step(c *chain, temperature float64) {
	c.s.step(&c.set, temperature)
	c.done++
	if c.s.total < c.best.total {
		c.best.take(c.s)
		r.noteImproved()
	}
	if c.done%1024 == 0 {
		c.measure()
	}
}

// measure looks at what the chain's solution is like now.
func (c *chain) measure() {
	c.leg = c.s.measure()
	c.s.blink = 1 / c.set.blinkOf(c.s.mean)
}

func (r *run) noteImproved() {
	r.mu.Lock()
	r.improved++
	r.mu.Unlock()
}

// tellEvery is the number of polls between two calls of Progress.
const tellEvery = 8

// poll asks the budget and tells of progress, after n more iterations of a
// chain.
func (r *run) poll(c *chain, n int) (spent float64, stop bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total += n
	r.polls++
	r.bestOf = min(r.bestOf, c.best.total)
	if r.o.Budget != nil {
		r.spent = r.o.Budget.Spent(r.total, r.bestOf)
	}
	if r.o.Progress != nil && r.polls%tellEvery == 0 {
		if c.best.total == r.bestOf && c.best.total != r.told.Total {
			r.told = c.s.cost(c.best)
		}
		r.o.Progress(Progress{Iterations: r.total, Best: r.told, Spent: r.spent})
	}
	return r.spent, r.spent >= 1 || r.ctx.Err() != nil
}

// share gives every chain the best solution of all to go on from.
func (r *run) share() {
	win := r.winner()
	for _, c := range r.chains {
		if c == win {
			c.s.back(c.best)
			continue
		}
		c.s.load(win.best)
		c.best.take(c.s)
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
