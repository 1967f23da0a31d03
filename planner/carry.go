package planner

import (
	"runtime"
	"slices"
	"sync"
)

// carried is what the published plan comes to in one block by now.
type carried struct {
	code string
	jobs []int // indices
	// kept are the itineraries if the plan stands: what was made, and what was
	// published from Now on.
	kept []Itinerary
	// made and open are the same apart: what was made, and what was published
	// from Now on and is still wanted.
	made, open []Itinerary
	unplanned  []Unplanned
	touched    bool // cannot stand, or something undone could be done
	stands     bool // touched, but could stand
}

// carrier sorts the published plan by block and by what has happened.
type carrier struct {
	p         *Problem
	published *Plan
	jobs      []job
	byID      map[string]int // job by id
	index     map[string]int // block by code
	blocks    []carried
	visitor   map[string]*Visitor
	early     map[string]Date // visits not needed any more, by job
	otherwise map[int]bool    // jobs with a visit made otherwise than published
	matrices  map[string][]int
}

// carry reads the published plan under the problem as it is now. Jobs are those
// of the problem.
func carry(p *Problem, jobs []job, published *Plan) *carrier {
	c := &carrier{
		p: p, published: published, jobs: jobs, byID: make(map[string]int, len(jobs)), index: map[string]int{},
		visitor: make(map[string]*Visitor, len(p.Visitors)), matrices: map[string][]int{}, otherwise: map[int]bool{},
	}
	for i := range jobs {
		j := &jobs[i]
		c.byID[j.id] = i
		b, ok := c.index[j.block]
		if !ok {
			b = len(c.blocks)
			c.index[j.block] = b
			c.blocks = append(c.blocks, carried{code: j.block})
		}
		c.blocks[b].jobs = append(c.blocks[b].jobs, i)
	}
	for i := range p.Visitors {
		c.visitor[p.Visitors[i].ID] = &p.Visitors[i]
	}
	for i := range p.Matrices {
		c.matrices[p.Matrices[i].Block] = append(c.matrices[p.Matrices[i].Block], i)
	}
	if len(p.Made) > 0 {
		c.early = unneeded(p, jobs, published)
	}
	c.split()
	for i := range published.Unplanned {
		u := &published.Unplanned[i]
		if j, ok := c.byID[jobID(u.Resident, u.Task)]; ok {
			b := &c.blocks[c.index[jobs[j].block]]
			b.unplanned = append(b.unplanned, *u)
		}
	}
	return c
}

// madeKey names a visit that was made.
type madeKey struct {
	job, visitor string
	day          Date
}

// split deals the itineraries out to the blocks, cut at Now.
func (c *carrier) split() {
	made := make(map[madeKey]*Made, len(c.p.Made))
	for i := range c.p.Made {
		m := &c.p.Made[i]
		made[madeKey{jobID(m.Resident, m.Task), m.Visitor, m.Date}] = m
	}
	told := map[*Made]bool{} // in an itinerary that went as published
	for i := range c.published.Itineraries {
		it := &c.published.Itineraries[i]
		b := c.blockOf(it)
		if b == nil {
			continue // of people who are gone
		}
		past := 0
		for past < len(it.Stops) && c.p.past(it.Date, it.Stops[past].Arrive) {
			past++
		}
		exact := past > 0
		var done []*Made
		for k := range it.Stops[:past] {
			st := &it.Stops[k]
			m := made[madeKey{jobID(st.Resident, st.Task), it.Visitor, it.Date}]
			if exact = exact && m != nil && m.Arrive == st.Arrive && m.Leave == st.Leave; exact {
				done = append(done, m)
			}
		}
		head := *it
		if past < len(it.Stops) {
			head.Stops, head.ReturnSeconds = it.Stops[:past:past], 0
		}
		open := c.open(it, past, b)
		if exact {
			for _, m := range done {
				told[m] = true
			}
			b.made = append(b.made, head)
		}
		if open != nil {
			b.open = append(b.open, *open)
		}
		switch {
		case exact && (past == len(it.Stops) || c.p.lastMadeBy(it.Visitor, it.Date).Arrive <= it.Stops[past-1].Arrive):
			b.kept = append(b.kept, *it) // it goes on as published: nothing else was made since
		case exact && open != nil:
			b.kept = append(b.kept, head, *open)
		case exact:
			b.kept = append(b.kept, head)
		case open != nil:
			b.kept = append(b.kept, *open)
		}
	}
	c.rest(told)
}

// blockOf returns the block of an itinerary: the one it names, else that of the
// first stop that is known; nil: none.
func (c *carrier) blockOf(it *Itinerary) *carried {
	if b, ok := c.index[it.Block]; ok {
		return &c.blocks[b]
	}
	for k := range it.Stops {
		if j, ok := c.byID[jobID(it.Stops[k].Resident, it.Stops[k].Task)]; ok {
			return &c.blocks[c.index[c.jobs[j].block]]
		}
	}
	return nil
}

// open returns what is to be held of an itinerary from stop past on: without
// those who are gone and what was made early; nil: nothing.
func (c *carrier) open(it *Itinerary, past int, b *carried) *Itinerary {
	if past == len(it.Stops) {
		return nil
	}
	left := *it
	left.Stops = make([]Stop, 0, len(it.Stops)-past)
	for _, st := range it.Stops[past:] {
		id := jobID(st.Resident, st.Task)
		j, known := c.byID[id]
		if day, early := c.early[id]; !known || c.jobs[j].block != b.code || early && day == it.Date || slices.Contains(c.jobs[j].made, it.Date) {
			b.touched = true
			continue
		}
		left.Stops = append(left.Stops, st)
	}
	if len(left.Stops) == 0 {
		return nil
	}
	c.goOn(&left, past, b.code)
	return &left
}

// goOn lets what is left of an itinerary whose shift is running begin at the
// place of the last visit made that day, as late as its first stop allows but not
// before that visit was over. Whoever is on the way already stays on it; whoever
// has missed all visits until now begins now.
func (c *carrier) goOn(it *Itinerary, past int, block string) {
	v, now := c.visitor[it.Visitor], c.p.Now
	if v == nil || now == nil || it.Date != now.Date {
		return
	}
	n := slices.IndexFunc(v.Shifts, func(s Shift) bool {
		return s.Weekday == it.Date.Weekday() && s.From < now.Clock && s.From <= it.Depart && it.Depart < s.To
	})
	if n < 0 {
		return
	}
	earliest, at := it.Depart, v.ID
	if past > 0 {
		earliest = now.Clock
	}
	if m := c.p.lastMadeBy(v.ID, it.Date); m != nil {
		at, _ = c.p.lastMade(v.ID, it.Date)
		if past > 0 && m.Arrive >= v.Shifts[n].From {
			earliest = m.Leave
		}
		earliest = max(earliest, m.Leave)
	}
	first := &it.Stops[0]
	to := c.jobs[c.byID[jobID(first.Resident, first.Task)]].place
	if m := c.p.matrixOn(block, v.Mode, it.Date); m != nil {
		if i, j := slices.Index(m.Locations, at), slices.Index(m.Locations, to); i >= 0 && j >= 0 {
			first.WalkSeconds = int(slowed(m.Seconds[i][j], c.p.slowPercent(v.Mode, it.Date)))
		}
	}
	if past > 0 || it.Depart < earliest {
		it.Depart = max(earliest, first.Arrive-Clock(minutesOf(int32(max(0, first.WalkSeconds)))))
	}
}

// rest adds what was made otherwise than published, an itinerary a visitor,
// day and block.
func (c *carrier) rest(told map[*Made]bool) {
	type key struct {
		visitor, block string
		day            Date
	}
	var left []*Made
	for i := range c.p.Made {
		if m := &c.p.Made[i]; !told[m] {
			left = append(left, m)
		}
	}
	if len(left) == 0 {
		return
	}
	slices.SortStableFunc(left, (*Made).compare)
	at := map[key]int{}
	own := map[string][]Itinerary{}
	for _, m := range left {
		n, ok := c.byID[jobID(m.Resident, m.Task)]
		if !ok {
			continue
		}
		c.otherwise[n] = true
		j := &c.jobs[n]
		k := key{m.Visitor, j.block, m.Date}
		i, ok := at[k]
		if !ok {
			i = len(own[j.block])
			at[k] = i
			own[j.block] = append(own[j.block], Itinerary{Visitor: m.Visitor, Date: m.Date, Block: j.block, Depart: m.Arrive})
		}
		resident, task := c.p.names(j)
		it := &own[j.block][i]
		it.Stops = append(it.Stops, Stop{Resident: resident, Task: task, Arrive: m.Arrive, Leave: m.Leave, DueBy: m.Date})
	}
	for code, its := range own {
		b := &c.blocks[c.index[code]]
		b.kept = append(b.kept, its...)
		b.made = append(b.made, its...)
	}
}

// judge marks the blocks whose published plan cannot stand, or leaves undone
// what could be done by now.
func (c *carrier) judge(threads int) {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		next int
	)
	homes := c.residentsAndTasks()
	for range min(threads, len(c.blocks)) {
		wg.Go(func() {
			for {
				mu.Lock()
				b := next
				next++
				mu.Unlock()
				if b >= len(c.blocks) {
					return
				}
				if k := &c.blocks[b]; !k.touched {
					p, plan := c.part(k, homes[b])
					k.touched = len(Check(p, plan)) > 0
				}
			}
		})
	}
	wg.Wait()
	c.hope()
}

// hope marks the blocks that could stand, but for something left undone for
// which there is room by now or another reason.
func (c *carrier) hope() {
	var e *explainer
	for b := range c.blocks {
		k := &c.blocks[b]
		if k.touched || len(k.unplanned) == 0 {
			continue
		}
		if e == nil {
			e = explainerOf(c.p, c.jobs, c.plan())
		}
		var now []Unplanned
		for _, j := range k.jobs {
			now = append(now, e.explain(j)...)
		}
		k.touched = len(now) != len(k.unplanned)
		for i := range now {
			u := &now[i]
			same := slices.ContainsFunc(k.unplanned, func(o Unplanned) bool {
				return o.Resident == u.Resident && o.Task == u.Task && o.DueBy == u.DueBy && o.Owed == u.Owed &&
					o.Reason == u.Reason && o.Visitor == u.Visitor && o.MinutesShort == u.MinutesShort
			})
			k.touched = k.touched || !same || u.Reason == ReasonSearchGap
		}
		k.stands = k.touched
	}
}

// plan is what the published plan comes to if all of it stands.
func (c *carrier) plan() *Plan {
	out := &Plan{Start: c.p.Start, Days: c.p.Days}
	for b := range c.blocks {
		out.Itineraries = append(out.Itineraries, c.blocks[b].kept...)
		out.Unplanned = append(out.Unplanned, c.blocks[b].unplanned...)
	}
	return out
}

// home lists the residents, tasks, made visits and locks of a block by index.
type home struct{ residents, tasks, made, locks []int }

func (c *carrier) residentsAndTasks() []home {
	out := make([]home, len(c.blocks))
	of := func(id string) (*home, bool) {
		j, ok := c.byID[id]
		if !ok {
			return nil, false
		}
		return &out[c.index[c.jobs[j].block]], true
	}
	for i := range c.jobs {
		j := &c.jobs[i]
		h := &out[c.index[j.block]]
		if j.care() {
			h.residents = append(h.residents, j.resident)
		} else {
			h.tasks = append(h.tasks, j.task)
		}
	}
	for i := range c.p.Made {
		if h, ok := of(jobID(c.p.Made[i].Resident, c.p.Made[i].Task)); ok {
			h.made = append(h.made, i)
		}
	}
	for i := range c.p.Locks {
		if h, ok := of(jobID(c.p.Locks[i].Resident, c.p.Locks[i].Task)); ok {
			h.locks = append(h.locks, i)
		}
	}
	return out
}

// part returns the problem and the published plan of one block alone, for
// Check, which has no word on what visitors do in other blocks.
func (c *carrier) part(k *carried, h home) (*Problem, *Plan) {
	p := *c.p
	p.Residents = pick(c.p.Residents, h.residents)
	p.Tasks = pick(c.p.Tasks, h.tasks)
	p.Made = pick(c.p.Made, h.made)
	p.Locks = pick(c.p.Locks, h.locks)
	p.Matrices = pick(c.p.Matrices, c.matrices[k.code])
	p.Visitors = nil
	seen := map[string]bool{}
	add := func(id string) {
		if v := c.visitor[id]; v != nil && !seen[id] {
			seen[id] = true
			p.Visitors = append(p.Visitors, *v)
		}
	}
	for i := range k.kept {
		add(k.kept[i].Visitor)
	}
	for i := range p.Made {
		add(p.Made[i].Visitor)
	}
	for i := range p.Locks {
		add(p.Locks[i].Visitor)
	}
	return &p, &Plan{Start: p.Start, Days: p.Days, Itineraries: k.kept, Unplanned: k.unplanned}
}

// pick returns the elements at those indices.
func pick[T any](from []T, at []int) []T {
	if len(at) == 0 {
		return nil
	}
	out := make([]T, len(at))
	for n, i := range at {
		out[n] = from[i]
	}
	return out
}
