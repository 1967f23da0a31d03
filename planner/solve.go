package planner

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// Options are the settings of Solve; the zero value is the default.
type Options struct {
	Seed uint64
	// Iterations of the local search in a block; 0 stands for a number that
	// grows with the block's residents, below 0 for none.
	Iterations int
	// Threads that solve blocks side by side; 0 stands for one a processor.
	// The plan does not depend on it.
	Threads int
	// Progress, if set, is called after each block, from one goroutine at a
	// time.
	Progress func(Progress)
}

// Progress tells how far Solve is.
type Progress struct {
	Block  string // solved last
	Done   int    // blocks solved
	Blocks int    // blocks in all
	Visits int    // visits planned so far
	Lapses int    // lapses and debts left so far
}

// Stats tells what Solve did.
type Stats struct {
	Blocks     int  `json:"blocks"`
	Iterations int  `json:"iterations"` // of the local search, all blocks
	Improved   int  `json:"improved"`   // iterations that made a plan better
	Repaired   int  `json:"repaired"`   // blocks solved again with visitors that others left idle
	Cost       Cost `json:"cost"`
}

// Cost is what Solve makes small, in strict order of the fields.
type Cost struct {
	Lapses     int64 `json:"lapses"`     // lapses and debts not caught up, each times the visits that its resident's rules ask for in four weeks
	LateDays   int64 `json:"late_days"`  // days that debts wait, weighted likewise
	Spare      int64 `json:"spare"`      // extra visits not made that would hold a cut quota to its share
	Preference int64 `json:"preference"` // steps away from the resident's own team: 2 same grid, 4 community, 6 wider; 1 more for the last two tiers
	Deviation  int64 `json:"deviation"`  // visits that are not where the published plan has them: 1 for another visitor or time of day, 2 for another day, 2 for one that is gone, times the weight
	Seconds    int64 `json:"seconds"`    // walking, visiting, waiting, setting out, and a little for visits out of rhythm
	Spread     int64 `json:"spread"`     // minutes of care by which the visitors of a block are off their mean, summed over calendar weeks and visitors
}

func (c *Cost) add(o Cost) {
	c.Lapses += o.Lapses
	c.LateDays += o.LateDays
	c.Spare += o.Spare
	c.Preference += o.Preference
	c.Deviation += o.Deviation
	c.Seconds += o.Seconds
	c.Spread += o.Spread
}

type solver struct {
	p      *Problem
	o      Options
	rules  [][]Policy // by resident
	blocks []blockInput
	reach  [][]int // by visitor: blocks in which there is somebody to visit
}

type blockInput struct {
	code      string
	residents []int
	visitors  []int // whom the matrices hold and whose scope holds a resident
	matrices  []int
}

// blockResult is the solution of a block in terms of the problem.
type blockResult struct {
	itineraries []Itinerary
	uses        map[shiftKey]bool // shifts of visitors of several blocks
	unmet       int64             // weight of lapses and debts left
	left        int               // number of them
	visits      int
	iterations  int
	improved    int
	cost        Cost
}

// Solve makes a plan for a valid problem. The same problem, seed and
// iterations give the same plan whatever the number of threads. Every lapse
// and every debt not caught up is listed under Unplanned with its reason. An
// error means that the problem is not valid (it wraps ErrInvalid) or that ctx
// ended.
//
// It works block by block: visitors who can work for several blocks are
// allotted to them day by day; each block is built by inserting residents on
// the cheapest days that their rules allow and improved by ruin and recreate
// (Schrimpf et al. 2000); then the blocks with lapses are given the visitors
// whom others left idle.
func Solve(ctx context.Context, p *Problem, o Options) (*Plan, Stats, error) {
	if err := p.Validate(); err != nil {
		return nil, Stats{}, fmt.Errorf("solve problem: %w: %w", ErrInvalid, err)
	}
	s := &solver{p: p, o: o}
	if err := s.prepare(); err != nil {
		return nil, Stats{}, fmt.Errorf("solve problem: %w", err)
	}
	allotted := s.allot()
	results := make([]blockResult, len(s.blocks))
	if err := s.each(ctx, func(ctx context.Context, b int) error {
		k := newBlock(s, b, func(key shiftKey) bool { return allotted[visitorOn{key.visitor, key.day}] == b })
		var err error
		results[b], err = s.solveBlock(ctx, k, s.o.Iterations, nil)
		return err
	}, results); err != nil {
		return nil, Stats{}, fmt.Errorf("solve problem: %w", err)
	}
	stats := Stats{Blocks: len(s.blocks)}
	if err := s.repair(ctx, results, &stats); err != nil {
		return nil, Stats{}, fmt.Errorf("solve problem: %w", err)
	}
	plan := &Plan{Start: p.Start, Days: p.Days, Itineraries: []Itinerary{}}
	for b := range results {
		r := &results[b]
		plan.Itineraries = append(plan.Itineraries, r.itineraries...)
		stats.Iterations += r.iterations
		stats.Improved += r.improved
		stats.Cost.add(r.cost)
	}
	slices.SortFunc(plan.Itineraries, func(a, b Itinerary) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Visitor, b.Visitor), cmp.Compare(a.Depart, b.Depart))
	})
	plan.Unplanned = Explain(p, plan)
	return plan, stats, nil
}

// prepare sorts residents, visitors and matrices into blocks.
func (s *solver) prepare() error {
	p := s.p
	s.rules = make([][]Policy, len(p.Residents))
	index := map[string]int{}
	for i := range p.Residents {
		r := &p.Residents[i]
		rules, err := RulesFor(p, r)
		if err != nil {
			return err
		}
		s.rules[i] = rules
		b, ok := index[r.Block]
		if !ok {
			b = len(s.blocks)
			index[r.Block] = b
			s.blocks = append(s.blocks, blockInput{code: r.Block})
		}
		s.blocks[b].residents = append(s.blocks[b].residents, i)
	}
	visitor := make(map[string]int, len(p.Visitors))
	for i := range p.Visitors {
		visitor[p.Visitors[i].ID] = i
	}
	s.reach = make([][]int, len(p.Visitors))
	for mi := range p.Matrices {
		m := &p.Matrices[mi]
		b, ok := index[m.Block]
		if !ok {
			continue
		}
		in := &s.blocks[b]
		in.matrices = append(in.matrices, mi)
		grids := map[string]int{} // one resident of each grid is enough to try a scope
		for _, ri := range in.residents {
			grids[p.Residents[ri].Grid+"|"+p.Residents[ri].MicroGrid] = ri
		}
		for _, l := range m.Locations {
			vi, ok := visitor[l]
			if !ok || modeOf(p.Visitors[vi].Mode) != modeOf(m.Mode) {
				continue
			}
			for _, ri := range grids {
				if _, ok := preferenceOf(&p.Visitors[vi], &p.Residents[ri]); ok {
					in.visitors = append(in.visitors, vi)
					s.reach[vi] = append(s.reach[vi], b)
					break
				}
			}
		}
	}
	return nil
}

// each runs work for every block on the threads asked for.
func (s *solver) each(ctx context.Context, work func(context.Context, int) error, results []blockResult) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	threads := s.o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		next int
		pr   = Progress{Blocks: len(s.blocks)}
	)
	for range min(threads, len(s.blocks)) {
		wg.Go(func() {
			for {
				mu.Lock()
				b := next
				next++
				mu.Unlock()
				if b >= len(s.blocks) {
					return
				}
				err := ctx.Err()
				if err == nil {
					err = work(ctx, b)
				}
				if err != nil {
					cancel(err)
					return
				}
				if s.o.Progress != nil {
					mu.Lock()
					pr.Block, pr.Done = s.blocks[b].code, pr.Done+1
					pr.Visits += results[b].visits
					pr.Lapses += results[b].left
					s.o.Progress(pr)
					mu.Unlock()
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

// random returns the source of a block, which depends on the seed and the
// block's code alone.
func (s *solver) random(code string, pass uint64) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(code)) // never fails
	return rand.New(rand.NewPCG(s.o.Seed^pass<<56, h.Sum64()))
}

// solveBlock plans a block, from the itineraries before if there are any.
func (s *solver) solveBlock(ctx context.Context, k *block, n int, before *blockResult) (blockResult, error) {
	if n == 0 {
		n = min(200+20*len(k.doors), 20000)
		if before != nil {
			n /= 4 // most of it is in place
		}
	}
	pass := uint64(0)
	if before != nil {
		pass = 1
		k.load(before.itineraries)
	} else {
		k.construct()
	}
	res := blockResult{iterations: max(0, n)}
	var err error
	if n > 0 {
		if res.improved, err = k.search(ctx, s.random(k.code, pass), n); err != nil {
			return res, err
		}
	}
	k.polish()
	k.settle()
	k.aimAgain()
	k.result(&res)
	return res, nil
}

// repairRounds bounds how often repair searches the blocks with lapses again,
// fillRounds how often it only puts lapsing visits where there is room by then.
const (
	repairRounds = 3
	fillRounds   = 4
)

// repair gives blocks with lapses the shifts that visitors of several blocks
// have free, one block after the other, the worst first, and again while that
// helps.
func (s *solver) repair(ctx context.Context, results []blockResult, stats *Stats) error {
	used := map[shiftKey]int{}
	perDay := map[visitorOn][]int{} // blocks of each shift used on the day
	for b := range results {
		for key := range results[b].uses {
			used[key] = b
			on := visitorOn{key.visitor, key.day}
			perDay[on] = append(perDay[on], b)
		}
	}
	for round := 0; round < repairRounds+fillRounds; round++ {
		helped := false
		var order []int
		for b := range results {
			if results[b].unmet > 0 && slices.ContainsFunc(s.blocks[b].visitors, func(v int) bool { return len(s.reach[v]) > 1 }) {
				order = append(order, b)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(results[b].unmet, results[a].unmet) })
		for _, b := range order {
			k := newBlock(s, b, func(key shiftKey) bool {
				if s.p.Visitors[key.visitor].Capacity > 0 { // a day's visits cannot be split between blocks
					for _, by := range perDay[visitorOn{key.visitor, key.day}] {
						if by != b {
							return false
						}
					}
				}
				by, taken := used[key]
				return !taken || by == b
			})
			old := results[b]
			n := s.o.Iterations
			if round >= repairRounds {
				n = -1
			}
			res, err := s.solveBlock(ctx, k, n, &old)
			if err != nil {
				return err
			}
			for key := range old.uses {
				delete(used, key)
				on := visitorOn{key.visitor, key.day}
				perDay[on] = slices.DeleteFunc(perDay[on], func(by int) bool { return by == b })
			}
			for key := range res.uses {
				used[key] = b
				on := visitorOn{key.visitor, key.day}
				perDay[on] = append(perDay[on], b)
			}
			helped = helped || res.unmet < old.unmet
			res.iterations += old.iterations
			res.improved += old.improved
			results[b] = res
			stats.Repaired++
		}
		switch {
		case helped:
		case round < repairRounds:
			round = repairRounds - 1 // searching does not help any more
		default:
			return nil
		}
	}
	return nil
}
