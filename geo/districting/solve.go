package districting

import (
	"context"
	"fmt"
	"sync"
)

// Solve finds a drawing of least cost for a valid problem. It has one after a
// moment, in which every zone hangs together as far as locks and barriers let
// it, and what it has found never gets worse; ctx ending is an error, the end
// of Budget and Iterations is not.
//
// The first drawing cuts spanning trees (see splitter), the search is
// simulated annealing (see chain), but of parents of a handful of units all
// drawings are looked at: the best is found, and where all parents are so small
// the search ends before its budget. Parents are searched side by side; threads
// that are more than these search the same one, and tell each other their best
// now and then.
func Solve(ctx context.Context, p *Problem, o Options) (*Drawing, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if o.From != nil && len(o.From) != p.Units() {
		return nil, fmt.Errorf("districting: a drawing of %d units to start from instead of %d", len(o.From), p.Units())
	}
	r := newRun(p, o)
	if err := r.draw(ctx); err != nil {
		return nil, fmt.Errorf("districting: %w", err)
	}
	if o.Iterations >= 0 {
		if err := r.search(ctx); err != nil {
			return nil, fmt.Errorf("districting: %w", err)
		}
	}
	r.gather()
	d := &Drawing{Zone: r.zone, Cost: r.cost, Metrics: p.measure(r.zone)}
	if d.Cost.Excess > 0 {
		d.Forbids = p.forbids(r.grounds, r.zone)
	}
	return d, nil
}

// run is one call of Solve.
type run struct {
	p       *Problem
	o       Options
	threads int
	grounds []*ground
	tasks   []task // chains of the first ground, then of the second one, …
	zone    []int32
	cost    Cost

	mu    sync.Mutex
	done  int64 // moves of all chains
	seen  int64 // of these, when cost was last added up
	spent float64
}

// task is a chain and how far it should go.
type task struct {
	ground *ground
	peers  int // chains of its ground
	number int // among them
	chain  *chain
	slice  int64 // moves between two looks at the budget
	limit  int64 // moves in all; 0: no limit
	done   int64
}

// look is after how many moves for each unit all parents are looked at.
const look = 4

// talk is after how many moves the chains of a ground tell each other their best.
const talk = 1 << 20

func newRun(p *Problem, o Options) *run {
	r := &run{p: p, o: o, threads: max(1, o.Threads), grounds: split(p)}
	peers := 1
	if len(r.grounds) < r.threads && len(r.grounds) > 0 {
		peers = (r.threads + len(r.grounds) - 1) / len(r.grounds)
	}
	units := 0
	for _, g := range r.grounds {
		units += g.n
	}
	each := float64(max(o.Iterations, 0))
	if o.Iterations == 0 && o.Budget == nil {
		each = float64(max(1<<21, 1000*units)) / float64(r.threads) * float64(peers)
	}
	for _, g := range r.grounds {
		share := each * float64(r.threads) * float64(g.n) / float64(units) / float64(peers)
		for i := range peers {
			r.tasks = append(r.tasks, task{
				ground: g, peers: peers, number: i,
				slice: int64(max(16*burst, g.n/2)),
				limit: limit(o, share),
			})
		}
	}
	r.zone = make([]int32, p.Units())
	for u := range r.zone {
		r.zone[u] = p.locked(u)
	}
	return r
}

// limit returns the moves of a chain in all: 0 stands for no limit.
func limit(o Options, share float64) int64 {
	if o.Iterations == 0 && o.Budget != nil {
		return 0
	}
	return max(1, int64(share))
}

// draw makes the first drawings.
func (r *run) draw(ctx context.Context) error {
	err := r.each(ctx, func(i int) {
		t := &r.tasks[i]
		t.chain = newChain(t.ground, r.o.Seed, uint64(i), r.from(t.ground))
	})
	if err != nil {
		return err
	}
	r.gather()
	return nil
}

// from returns the drawing to start from in the ground's numbers.
func (r *run) from(g *ground) []int32 {
	if r.o.From == nil {
		return nil
	}
	local := make(map[int32]int32, g.k)
	for l, z := range g.zones {
		local[z] = int32(l)
	}
	from := make([]int32, g.n)
	for l, u := range g.units {
		from[l] = None
		if z, ok := local[r.o.From[u]]; ok {
			from[l] = z
		}
	}
	return from
}

// search lets all chains run, a slice each in turn, until they or the budget
// have come to an end.
func (r *run) search(ctx context.Context) error {
	for r.spent < 1 {
		left := false
		for i := range r.tasks {
			left = left || r.tasks[i].left() > 0
		}
		if !left {
			return nil
		}
		if r.ask() {
			return nil
		}
		if err := r.each(ctx, r.slice); err != nil {
			return err
		}
		r.share()
		if r.done-r.seen >= look*int64(r.p.Units()) {
			r.gather()
		}
	}
	return nil
}

// left returns how many moves a chain makes next.
func (t *task) left() int64 {
	if t.chain.over {
		return 0
	}
	if t.limit == 0 {
		return t.slice
	}
	return min(t.slice, t.limit-t.done)
}

// slice lets a chain run on for a while, unless the budget is spent.
func (r *run) slice(i int) {
	t := &r.tasks[i]
	r.mu.Lock()
	over := r.spent >= 1
	r.mu.Unlock()
	if n := t.left(); n > 0 && !over {
		n = t.chain.run(n)
		t.done += n
		r.mu.Lock()
		r.done += n
		r.asks()
		r.mu.Unlock()
	}
}

// ask asks the budget how much is spent, and tells the progress.
func (r *run) ask() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	over := r.asks()
	if r.o.Progress != nil {
		r.o.Progress(Progress{Iterations: int(r.done / int64(r.threads)), Best: r.cost, Zone: r.zone, Spent: r.spent})
	}
	return over
}

// asks asks the budget; r.mu is held.
func (r *run) asks() bool {
	if r.o.Budget != nil {
		r.spent = max(r.spent, r.o.Budget.Spent(int(r.done/int64(r.threads)), r.cost))
	}
	return r.spent >= 1
}

// share tells the chains of a ground the best that they have found, each time
// that they have made so many moves.
func (r *run) share() {
	for i := 0; i < len(r.tasks); i += r.tasks[i].peers {
		t := &r.tasks[i]
		if t.peers == 1 || t.done/talk == (t.done-t.slice)/talk {
			continue
		}
		best := r.best(i)
		for j := i; j < i+t.peers; j++ {
			if c := r.tasks[j].chain; best.score.less(c.score) {
				c.take(best)
			}
		}
	}
}

// best returns the best chain of the ground of a task.
func (r *run) best(i int) *chain {
	best := r.tasks[i].chain
	for j := i + 1; j < i+r.tasks[i].peers; j++ {
		if c := r.tasks[j].chain; c.score.less(best.score) {
			best = c
		}
	}
	return best
}

// gather writes the best of all grounds into one drawing, where it is better.
func (r *run) gather() {
	for i := 0; i < len(r.tasks); i += r.tasks[i].peers {
		g, best := r.tasks[i].ground, r.best(i)
		for l, u := range g.units {
			r.zone[u] = g.zones[best.best[l]]
		}
	}
	r.cost, r.seen = r.p.cost(r.zone), r.done
}

// each calls a function for every task on the threads. It returns an error if
// ctx has ended.
func (r *run) each(ctx context.Context, f func(i int)) error {
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(r.threads, max(1, len(r.tasks))) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	var err error
	for i := range r.tasks {
		if err = ctx.Err(); err != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	if err == nil {
		err = ctx.Err()
	}
	return err
}
