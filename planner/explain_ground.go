package planner

import (
	"slices"
	"strings"
)

// explainer is a problem and a plan indexed for trying one visit more: who may
// come, what is left of each shift, how far everything is. It is filled as it
// is asked, so that a plan with few lapses costs little, and is used by one
// goroutine at a time.
type explainer struct {
	p       *Problem
	jobs    []job
	byID    map[string]int // job by the id of its resident or task
	visitor map[string]int
	days    [][]Date         // visits by job, made ones among them, ascending, each day once
	scopes  map[string][]int // area code → visitors
	eras    []Date           // first days from which other matrices hold, ascending; none: one set for all days

	perDay   map[visitorOn]int
	rounds   map[visitorOn][]*Itinerary // still to be walked
	open     map[visitorOn][]openShift
	matrices map[*Matrix]*matrixRows
	held     map[eraKey]*matrixRows
	around   map[eraKey][]int // visitors whom the matrices of a block hold

	by map[lockedVisit]int32 // when a visit that is locked to an hour begins at the latest
}

// lockedVisit is a visit of a job on a day.
type lockedVisit struct {
	job string
	day Date
}

// addLocks reads the hours of the locks that bind with them.
func (e *explainer) addLocks() {
	for i := range e.p.Locks {
		l := &e.p.Locks[i]
		n, ok := e.byID[jobID(l.Resident, l.Task)]
		if !ok || l.By == 0 {
			continue
		}
		if as, binds, _ := e.p.lockAs(l, &e.jobs[n]); !binds || as.By == 0 {
			continue
		}
		if e.by == nil {
			e.by = make(map[lockedVisit]int32)
		}
		key, by := lockedVisit{e.jobs[n].id, l.Date}, int32(l.By)
		if old, known := e.by[key]; known {
			by = min(by, old)
		}
		e.by[key] = by
	}
}

// hoursOn returns when a visit may begin on a day, ascending: while the door is open,
// and no later than a lock says.
func (e *explainer) hoursOn(j *job, day Date) []span {
	open := j.needs.hoursOn(day.Weekday())
	by, ok := e.by[lockedVisit{j.id, day}]
	if !ok {
		return open
	}
	var out []span
	for _, s := range open {
		if s.from <= by {
			out = append(out, span{s.from, min(s.to, by)})
		}
	}
	return out
}

type eraKey struct {
	block, mode string
	era         int
}

// matrixRows is a matrix with its rows by name.
type matrixRows struct {
	m    *Matrix
	rows map[string]int32
}

// travel is a matrix on a day: percent of the usual time.
type travel struct {
	m       *Matrix
	percent int
}

// seconds is the travel time on the day; below 0: no way.
func (t travel) seconds(from, to int32) int32 { return slowed(t.m.Seconds[from][to], t.percent) }

// minutes is seconds in whole minutes, rounded up; below 0: no way.
func (t travel) minutes(from, to int32) int32 {
	s := t.seconds(from, to)
	if s < 0 {
		return -1
	}
	return minutesOf(s)
}

// openShift is what is left of a shift on a day from Now on.
type openShift struct {
	from, to int32
	room     int32  // minutes by which it can end later: until midnight or the next shift
	start    string // place where the visitor is at from; empty: where a day begins
	it       *Itinerary
	timed    *timedRound // of it; nil until asked for
}

func newExplainer(p *Problem, plan *Plan) (*explainer, error) {
	jobs, err := p.jobs()
	if err != nil {
		return nil, err
	}
	return explainerOf(p, jobs, plan), nil
}

// explainerOf is newExplainer with the jobs of the problem at hand.
func explainerOf(p *Problem, jobs []job, plan *Plan) *explainer {
	e := &explainer{
		p: p, jobs: jobs, byID: make(map[string]int, len(jobs)), visitor: make(map[string]int, len(p.Visitors)),
		days: make([][]Date, len(jobs)), scopes: map[string][]int{},
		perDay: map[visitorOn]int{}, rounds: map[visitorOn][]*Itinerary{},
		open: map[visitorOn][]openShift{}, matrices: map[*Matrix]*matrixRows{}, held: map[eraKey]*matrixRows{},
		around: map[eraKey][]int{},
	}
	for i := range jobs {
		e.byID[jobs[i].id] = i
	}
	e.addLocks()
	for i := range p.Visitors {
		e.visitor[p.Visitors[i].ID] = i
		for _, a := range p.Visitors[i].Scope {
			e.scopes[a] = append(e.scopes[a], i)
		}
	}
	for i := range p.Matrices {
		m := &p.Matrices[i]
		if m.From != nil {
			e.eras = append(e.eras, *m.From)
		}
		if m.To != nil {
			e.eras = append(e.eras, *m.To+1)
		}
	}
	slices.Sort(e.eras)
	e.eras = slices.Compact(e.eras)
	e.readPlan(plan)
	return e
}

// readPlan sorts the visits of the plan by job and by visitor and day.
func (e *explainer) readPlan(plan *Plan) {
	type madeKey struct {
		job, visitor int
		day          Date
	}
	made := make(map[madeKey]bool, len(e.p.Made))
	for i := range e.p.Made {
		m := &e.p.Made[i]
		j, known := e.byID[jobID(m.Resident, m.Task)]
		v, ok := e.visitor[m.Visitor]
		if !known {
			continue
		}
		e.days[j] = append(e.days[j], m.Date)
		if !ok {
			continue
		}
		made[madeKey{j, v, m.Date}] = true
		e.perDay[visitorOn{v, int(m.Date - e.p.Start)}]++
	}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		v, ok := e.visitor[it.Visitor]
		on := visitorOn{v, int(it.Date - e.p.Start)}
		left := 0
		for k := range it.Stops {
			j, known := e.byID[jobID(it.Stops[k].Resident, it.Stops[k].Task)]
			if !known {
				continue
			}
			e.days[j] = append(e.days[j], it.Date)
			if ok && !made[madeKey{j, v, it.Date}] {
				left++
			}
		}
		if ok && left > 0 { // a made visit is counted above
			e.perDay[on] += left
			e.rounds[on] = append(e.rounds[on], it)
		}
	}
	for j := range e.days {
		slices.Sort(e.days[j])
		e.days[j] = slices.Compact(e.days[j])
	}
}

// today is the first day on which anything can still be planned.
func (e *explainer) today() Date {
	if e.p.Now == nil {
		return e.p.Start
	}
	return e.p.Now.Date
}

// shifts returns what is left of the visitor's shifts on a day, by the time at
// which they begin.
func (e *explainer) shifts(v int, day Date) []openShift {
	on := visitorOn{v, int(day - e.p.Start)}
	if s, ok := e.open[on]; ok {
		return s
	}
	var out []openShift
	who := &e.p.Visitors[v]
	for si := range who.Shifts {
		sh := &who.Shifts[si]
		left, ok := e.p.shiftLeft(who, si, day)
		if !ok {
			continue
		}
		s := openShift{from: int32(left.from), to: int32(left.to), room: int32(24*60 - sh.To)}
		if left.place != who.ID {
			s.start = left.place
		}
		for _, o := range who.Shifts {
			if o.Weekday == sh.Weekday && o.From >= sh.To {
				s.room = min(s.room, int32(o.From-sh.To))
			}
		}
		for _, it := range e.rounds[on] {
			if sh.From <= it.Depart && it.Depart < sh.To {
				s.it = it
			}
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b openShift) int { return int(a.from - b.from) })
	e.open[on] = out
	return out
}

// era numbers the spans of days on which the same matrices hold.
func (e *explainer) era(day Date) int {
	n, found := slices.BinarySearch(e.eras, day)
	return n + btoi(found)
}

// matrix returns the matrix of a block and mode on a day; nil: there is none.
func (e *explainer) matrix(block, mode string, day Date) *matrixRows {
	key := eraKey{block, modeOf(mode), e.era(day)}
	if m, ok := e.held[key]; ok {
		return m
	}
	var rows *matrixRows
	if m := e.p.matrixOn(block, mode, day); m != nil {
		if rows = e.matrices[m]; rows == nil {
			rows = &matrixRows{m, make(map[string]int32, len(m.Locations))}
			for k, l := range m.Locations {
				rows.rows[l] = int32(k)
			}
			e.matrices[m] = rows
		}
	}
	e.held[key] = rows
	return rows
}

// nearby returns the visitors whose start a matrix of the block holds on the
// day, ascending.
func (e *explainer) nearby(block string, day Date) []int {
	key := eraKey{block: block, era: e.era(day)}
	if who, ok := e.around[key]; ok {
		return who
	}
	var who []int
	for i := range e.p.Matrices {
		m := &e.p.Matrices[i]
		if m.Block != block || !m.holdsOn(day) {
			continue
		}
		for _, l := range m.Locations {
			if v, ok := e.visitor[l]; ok && modeOf(e.p.Visitors[v].Mode) == modeOf(m.Mode) {
				who = append(who, v)
			}
		}
	}
	slices.Sort(who)
	who = slices.Compact(who)
	e.around[key] = who
	return who
}

// inScope returns the visitors whose scope holds the place, ascending.
func (e *explainer) inScope(j *job) []int {
	var who []int
	for n := 1; n <= max(len(j.grid), len(j.microGrid)); n++ {
		if n <= len(j.grid) {
			who = append(who, e.scopes[j.grid[:n]]...)
		}
		if n <= len(j.microGrid) && !strings.HasPrefix(j.grid, j.microGrid[:n]) {
			who = append(who, e.scopes[j.microGrid[:n]]...)
		}
	}
	slices.Sort(who)
	return slices.Compact(who)
}

// caller is a visitor for whom there is a way to the door and back.
type caller struct {
	index      int
	v          *Visitor
	m          *matrixRows
	at         int32 // row of the door
	start, end int32 // rows; end -1: at the last door
	pref       int32
}

// caller finds the ways of a visitor to a door on a day. Row tells whether the
// matrix holds the door at all.
func (e *explainer) caller(j *job, v int, day Date) (c caller, row, ok bool) {
	who := &e.p.Visitors[v]
	m := e.matrix(j.block, who.Mode, day)
	if m == nil {
		return c, false, false
	}
	c = caller{index: v, v: who, m: m, end: -1}
	if c.at, row = m.rows[j.place]; !row {
		return c, false, false
	}
	if c.start, ok = m.rows[who.ID]; !ok || m.m.Seconds[c.start][c.at] < 0 {
		return c, true, false
	}
	if who.End != nil {
		if c.end, ok = m.rows[who.endPlace()]; !ok {
			return c, true, false
		}
		if m.m.Seconds[c.at][c.end] < 0 {
			return c, true, false
		}
	}
	return c, true, true
}

// travel is the caller's matrix on a day.
func (e *explainer) travel(c *caller, day Date) travel {
	t := travel{c.m.m, 100}
	if len(e.p.Slow) > 0 {
		t.percent = e.p.slowPercent(c.v.Mode, day)
	}
	return t
}
