package planner

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"sanse/planner/vrp"
)

// Options are the settings of Solve; the zero value is the default.
type Options struct {
	Seed uint64
	// Iterations of the search in a block; 0 stands for a number that grows
	// with the block, or for no bound where Time is set; below 0 for none.
	Iterations int
	// Time, if set, ends the search as well: blocks share it by their size, those
	// with lapses first. Elapsed, which is then needed, tells the time since some
	// moment before Solve was called. A plan that is bounded by time can differ
	// from run to run.
	Time    time.Duration
	Elapsed func() time.Duration
	// Threads that solve blocks side by side; 0 stands for one a processor.
	// The plan does not depend on it, but for a problem of a single block, whose
	// search they share.
	Threads int
	// From is a plan to begin with; nil: none. What of it the problem does not
	// allow is planned anew.
	From *Plan
	// Published is a plan to stay close to, see Cost.Deviation; nil: none.
	Published *Plan
	// Progress, if set, is called when a pass begins, after each of its blocks, and
	// after a block that another has helped, from one goroutine at a time.
	Progress func(Progress)
}

// Progress tells how far Solve is. The first pass builds a plan of each block,
// later ones make them better.
type Progress struct {
	Block      string // worked on last; empty where a pass begins
	Done       int    // blocks done in this pass
	Blocks     int    // blocks in the pass
	Pass       int    // 1, 2, …
	Visits     int    // visits planned so far
	Lapses     int    // lapses and debts left so far
	Iterations int    // of the search so far, all blocks
	Cost       Cost   // of the blocks planned so far, before the last touches
}

// Stage names what Solve is at in two or three English words.
func (p *Progress) Stage() string {
	if p.Pass > 1 {
		return "improve the plan"
	}
	return "plan"
}

// Stats tells what Solve did.
type Stats struct {
	Blocks     int  `json:"blocks"`
	Iterations int  `json:"iterations"` // of the search, all blocks
	Improved   int  `json:"improved"`   // iterations that made a plan better
	Repaired   int  `json:"repaired"`   // blocks planned again with visitors that others left idle
	Cost       Cost `json:"cost"`
}

// Cost is what Solve makes small, in strict order of the fields, but that up to
// Problem.FairnessPercent of Seconds is spent to lower Spread.
type Cost struct {
	Lapses     int64 `json:"lapses"`     // lapses and debts not caught up, each times the visits that its resident's rules ask for in four weeks
	LateDays   int64 `json:"late_days"`  // days that debts wait, weighted likewise, but by no more than 999 over the days of the horizon
	Spare      int64 `json:"spare"`      // extra visits not made that would hold a cut quota to its share
	Preference int64 `json:"preference"` // steps away from the resident's own team: 2 same grid, 4 community, 6 wider; 1 more for the last two tiers
	Deviation  int64 `json:"deviation"`  // visits that are not where the published plan has them: 1 for each visitor who does not come, 1 more if nobody comes that day, times the weight, of which 16 count
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

// visitorOn names a day of a visitor, both by index.
type visitorOn struct{ visitor, day int }

// publishedVisit is a visit of the plan to stay close to.
type publishedVisit struct {
	day      int
	visitors []int
}

// solver holds a problem that is being solved.
type solver struct {
	p        *Problem
	o        Options
	jobs     []job
	jobIndex map[string]int
	visitor  map[string]int // id → index
	blocks   []blockInput
	reach    [][]int // by visitor: blocks in which there is something to do for them
	work     []*block
	// calendars are those of all blocks.
	calendars calendarBook
	// owner is the block that may use a shift of a visitor of several blocks; a
	// shift without an owner is free.
	owner     map[shiftKey]int
	madeOn    map[visitorOn]int        // visits made
	goesOn    bool                     // from a published plan
	held      map[shiftKey]bool        // shifts of visitors of several blocks that blocks outside this run use
	locks     map[int][]Lock           // by job, those still to be kept
	lockUnit  int64                    // price of a lock that is broken
	published map[int][]publishedVisit // by job, those still to come
	repaired  int
	noSwap    map[swapMark]bool
	startedAt time.Duration
	show      progress
}

// blockInput is what belongs to a block, all by index.
type blockInput struct {
	index    int
	code     string
	jobs     []int
	visitors []int // whom its matrices hold and who may do one of its jobs, ascending
	matrices []int
}

// Solve makes a plan for a valid problem. The same problem, seed and
// iterations give the same plan whatever the number of threads, if there are
// several blocks; a single block gives the same plan for the same number of
// threads. Every lapse and every debt not caught up is listed under Unplanned
// with its reason. An error means that the problem or the options are not valid
// (it wraps ErrInvalid) or that ctx ended.
//
// Blocks are compiled into problems of package vrp and solved one by one.
// Visitors who can work for several blocks are allotted to them shift by shift;
// the blocks with lapses are then given the shifts that others left idle.
func Solve(ctx context.Context, p *Problem, o Options) (*Plan, Stats, error) {
	s, err := newSolver(p, o)
	if err != nil {
		return nil, Stats{}, fmt.Errorf("solve problem: %w", err)
	}
	if err := s.run(ctx); err != nil {
		return nil, Stats{}, fmt.Errorf("solve problem: %w", err)
	}
	plan, stats := s.plan()
	plan.Unplanned = Explain(p, plan)
	plan.Shortages = s.shortages(plan)
	return plan, stats, nil
}

// newSolver makes a problem ready to be solved, block by block.
func newSolver(p *Problem, o Options) (*solver, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if o.Time > 0 && o.Elapsed == nil {
		return nil, fmt.Errorf("%w: options bound the time and bring no clock", ErrInvalid)
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	s := &solver{
		p: p, o: o, jobIndex: map[string]int{}, visitor: make(map[string]int, len(p.Visitors)), owner: map[shiftKey]int{},
		madeOn: map[visitorOn]int{}, locks: map[int][]Lock{}, published: map[int][]publishedVisit{}, noSwap: map[swapMark]bool{},
	}
	if o.Elapsed != nil {
		s.startedAt = o.Elapsed()
	}
	var err error
	if s.jobs, err = p.jobs(); err != nil {
		return nil, err
	}
	for i := range p.Visitors {
		s.visitor[p.Visitors[i].ID] = i
	}
	s.addBlocks()
	for i := range p.Made {
		s.madeOn[visitorOn{s.visitor[p.Made[i].Visitor], int(p.Made[i].Date - p.Start)}]++
	}
	s.addLocks()
	if err := s.tooMuch(); err != nil {
		return nil, err
	}
	s.addPublished()
	s.work = make([]*block, len(s.blocks))
	return s, nil
}

// addBlocks sorts jobs, visitors and matrices into blocks.
func (s *solver) addBlocks() {
	p := s.p
	index := map[string]int{}
	for i := range s.jobs {
		j := &s.jobs[i]
		s.jobIndex[j.id] = i
		b, ok := index[j.block]
		if !ok {
			b = len(s.blocks)
			index[j.block] = b
			s.blocks = append(s.blocks, blockInput{index: b, code: j.block})
		}
		s.blocks[b].jobs = append(s.blocks[b].jobs, i)
	}
	for mi := range p.Matrices {
		if b, ok := index[p.Matrices[mi].Block]; ok {
			s.blocks[b].matrices = append(s.blocks[b].matrices, mi)
		}
	}
	s.reach = make([][]int, len(p.Visitors))
	for b := range s.blocks {
		in := &s.blocks[b]
		kinds := map[string]int{} // one job of each kind is enough to try a scope
		var tries []*job
		for _, ji := range in.jobs {
			key := s.jobs[ji].scopeKey()
			if _, ok := kinds[key]; !ok {
				kinds[key] = ji
				tries = append(tries, &s.jobs[ji])
			}
		}
		for _, mi := range in.matrices {
			m := &p.Matrices[mi]
			for _, l := range m.Locations {
				vi, ok := s.visitor[l]
				if !ok || modeOf(p.Visitors[vi].Mode) != modeOf(m.Mode) {
					continue
				}
				v := &p.Visitors[vi]
				if slices.ContainsFunc(tries, func(j *job) bool { _, ok := j.may(v); return ok }) {
					in.visitors = append(in.visitors, vi)
				}
			}
		}
		slices.Sort(in.visitors)
		in.visitors = slices.Compact(in.visitors)
		for _, vi := range in.visitors {
			s.reach[vi] = append(s.reach[vi], b)
		}
	}
}

// wide tells whether the visitor can work for several blocks.
func (s *solver) wide(visitor int) bool { return len(s.reach[visitor]) > 1 }

// addLocks keeps the locks that ask for what can be, and prices them: at
// unitLock, or less in a block with so many that their sum would be more than
// package vrp can add.
func (s *solver) addLocks() {
	for _, l := range s.p.Locks {
		j, ok := s.jobIndex[jobID(l.Resident, l.Task)]
		if !ok || slices.Contains(s.jobs[j].made, l.Date) {
			continue
		}
		if as, binds, _ := s.p.lockAs(&l, &s.jobs[j]); binds {
			s.locks[j] = append(s.locks[j], as)
		}
	}
	most := 1
	for b := range s.blocks {
		n := 0
		for _, j := range s.blocks[b].jobs {
			n += len(s.locks[j])
		}
		most = max(most, n)
	}
	// Each is paid for twice, for the day and for the visitor.
	s.lockUnit = max(unitLapse, min(unitLock, vrp.Never/8/int64(most)/unitLapse*unitLapse))
}

// tooMuch refuses blocks in which more could lapse than can be added up.
func (s *solver) tooMuch() error {
	for b := range s.blocks {
		sum := 0.0
		for _, i := range s.blocks[b].jobs {
			// A lapse a day, and what a quota that is cut may lack at once.
			sum += float64(s.jobs[i].weight) * float64(unitLapse) * float64(s.p.Days+7)
		}
		if sum > 1.5*float64(vrp.Never) { // the costs of two blocks are added
			return fmt.Errorf("%w: block %q: with %d jobs over %d days more could lapse than can be added up: split it, or give its tasks less weight",
				ErrInvalid, s.blocks[b].code, len(s.blocks[b].jobs), s.p.Days)
		}
	}
	return nil
}

func (s *solver) addPublished() {
	if s.o.Published == nil {
		return
	}
	for i := range s.o.Published.Itineraries {
		it := &s.o.Published.Itineraries[i]
		if it.Date < s.p.Start || it.Date > s.p.End() {
			continue
		}
		v, ok := s.visitor[it.Visitor]
		if !ok {
			v = nobody // who has left is missed all the same
		}
		day := int(it.Date - s.p.Start)
		for k := range it.Stops {
			st := &it.Stops[k]
			j, ok := s.jobIndex[jobID(st.Resident, st.Task)]
			if !ok || s.p.past(it.Date, st.Arrive) || slices.Contains(s.jobs[j].made, it.Date) {
				continue
			}
			list := s.published[j]
			n := slices.IndexFunc(list, func(x publishedVisit) bool { return x.day == day })
			if n < 0 {
				n = len(list)
				list = append(list, publishedVisit{day: day})
			}
			list[n].visitors = append(list[n].visitors, v)
			s.published[j] = list
		}
	}
}

// plan writes the solutions of all blocks as one plan, without what is left
// out.
func (s *solver) plan() (*Plan, Stats) {
	plan := &Plan{Start: s.p.Start, Days: s.p.Days, Itineraries: []Itinerary{}}
	stats := Stats{Blocks: len(s.blocks), Repaired: s.repaired}
	planned := map[int][]Date{}
	for _, b := range s.work {
		res := b.decode()
		plan.Itineraries = append(plan.Itineraries, res.itineraries...)
		stats.Cost.add(res.cost)
		stats.Iterations += b.iterations
		stats.Improved += b.improved
		if len(s.p.Made) > 0 {
			for c, days := range b.sol.Days(&b.vp) {
				for _, d := range days {
					planned[b.in.jobs[c]] = append(planned[b.in.jobs[c]], s.p.Start+Date(d))
				}
			}
		}
	}
	plan.Itineraries = append(plan.Itineraries, s.made(planned)...)
	slices.SortStableFunc(plan.Itineraries, func(a, b Itinerary) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Visitor, b.Visitor), cmp.Compare(a.Depart, b.Depart))
	})
	cost := stats.Cost
	plan.Cost = &cost
	return plan, stats
}

// load returns the part of a plan that is the block's, as a solution of its
// problem. What does not belong there is left out.
func (b *block) load(plan *Plan) *vrp.Solution {
	p := b.s.p
	shift := make(map[shiftKey]int, len(b.keys))
	for i, k := range b.keys {
		shift[k] = i
	}
	client := make(map[int]int, len(b.in.jobs))
	for c, j := range b.in.jobs {
		client[j] = c
	}
	sol := &vrp.Solution{}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		if it.Block != "" && it.Block != b.in.code {
			continue
		}
		v, ok := b.s.visitor[it.Visitor]
		if !ok {
			continue
		}
		r := vrp.Route{Shift: vrp.None, Depart: int32(it.Depart)}
		for si, sh := range p.Visitors[v].Shifts {
			if sh.Weekday == it.Date.Weekday() && sh.From <= it.Depart && it.Depart < sh.To {
				if n, ok := shift[shiftKey{v, int(it.Date - p.Start), si}]; ok {
					r.Shift = n
				}
			}
		}
		if r.Shift == vrp.None || slices.ContainsFunc(sol.Routes, func(o vrp.Route) bool { return o.Shift == r.Shift }) {
			continue
		}
		for k := range it.Stops {
			st := &it.Stops[k]
			j, ok := b.s.jobIndex[jobID(st.Resident, st.Task)]
			if !ok || p.past(it.Date, st.Arrive) || slices.Contains(b.s.jobs[j].made, it.Date) {
				continue
			}
			if c, ok := client[j]; ok {
				r.Stops = append(r.Stops, vrp.Stop{Client: c, Begin: int32(st.Arrive)})
				r.End = int32(st.Leave)
			}
		}
		if len(r.Stops) > 0 {
			sol.Routes = append(sol.Routes, r)
		}
	}
	slices.SortFunc(sol.Routes, func(a, b vrp.Route) int { return a.Shift - b.Shift })
	return sol
}
