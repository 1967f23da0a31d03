package planner

import "slices"

// The units of cost, so far apart that the objective keeps its strict order on
// a block. A unit of seconds is 1.
const (
	unitPreference int64 = 1e6  // a step away from the resident's own team
	unitSpare      int64 = 5e8  // an extra visit that would hold a cut quota to its share
	unitLate       int64 = 1e9  // a day that a debt waits, times the weight
	unitLapse      int64 = 1e12 // a lapse, times the weight
	gapSeconds     int64 = 300  // a day by which two visits are closer than half the rule's distance
	rhythmSeconds  int64 = 10   // a day by which they are closer or farther than that distance
	infinite       int64 = 1 << 61
)

// calendar is the automaton of one resident's rules over the days of the
// horizon, unrolled: from each state of a day one edge for no visit and one
// for a visit. The cheapest set of days for given day prices is a shortest
// path through it.
type calendar struct {
	days  int
	layer []int32 // first state of each day; layer[days] is the final state
	steps []step
}

type step struct {
	skip, visit         int32 // next state; visit < 0: not allowed
	skipCost, visitCost int64
}

const maxParts = 24

// dayState is the state of every part of the automaton on the morning of a day.
type dayState [maxParts]int16

type partKind uint8

const (
	partInterval partKind = iota // value: due day, days if beyond the horizon
	partQuota                    // value: visits in the window so far
	partPattern                  // value: weekdays visited this week, bit w
	partOwed                     // value: 1 while the debt stands
	partGap                      // value: days since the last visit, capped
)

type part struct {
	kind  partKind
	from  int     // interval, pattern: first day on which the rule holds
	to    int     // pattern: last
	due   []int16 // interval: due day after a visit or lapse on the day
	at    []int16 // quota: window of the day, -1 outside
	wins  []quotaWindow
	masks []int16 // pattern
	limit int     // owed: last day to catch up; gap: days wanted
}

type quotaWindow struct{ last, need, extra int }

// calendarSpec is what a calendar is built from.
type calendarSpec struct {
	rules   []Policy
	history []Date // before start
	absent  []DateRange
	start   Date
	days    int
	catchUp int // index of the last day to catch up
	weight  int64
	extra   map[int]int // by rule: visits wanted beyond what a cut quota needs
	// count leaves lateness and spacing out, so that the cheapest path counts
	// visits.
	count bool
}

type calendarBuilder struct {
	spec    calendarSpec
	parts   []part
	allowed []bool
	init    dayState
}

// ruleWeight returns how much a lapse counts: the visits that the strictest
// rule of the horizon asks for in four weeks, at least 1.
func ruleWeight(rules []Policy, start, end Date) int64 {
	w := 1
	for i := range rules {
		p := &rules[i]
		if from, to := p.bounds(); p.Pause || from > end || to < start {
			continue
		}
		switch {
		case p.EveryDays > 0:
			w = max(w, 28/p.EveryDays)
		default:
			w = max(w, 4*p.PerWeek, p.PerMonth)
		}
	}
	return int64(w)
}

// wantedGap returns the days from a visit to the next that the strictest rule
// of the horizon comes to.
func wantedGap(rules []Policy, start, end Date) int {
	gap := 30
	for i := range rules {
		p := &rules[i]
		if from, to := p.bounds(); p.Pause || from > end || to < start {
			continue
		}
		switch {
		case p.EveryDays > 0:
			gap = min(gap, p.EveryDays)
		case p.PerWeek > 0:
			gap = min(gap, 7/p.PerWeek)
		case p.PerMonth > 0:
			gap = min(gap, 30/p.PerMonth)
		}
	}
	return max(1, gap)
}

// gapCost is the price of a visit so many days after the last: dear if they
// are bunched, a little off the rhythm otherwise. Half as far again as wanted
// is as far as it looks.
func gapCost(since, wanted int) int64 {
	cost := gapSeconds * int64(max(0, wanted/2-since))
	return cost + rhythmSeconds*int64(max(wanted-since, since-wanted))
}

func newCalendar(spec calendarSpec) *calendar {
	b := &calendarBuilder{spec: spec, allowed: make([]bool, spec.days)}
	b.compile()
	return b.unroll()
}

func (b *calendarBuilder) compile() {
	s := &b.spec
	end := s.start + Date(s.days) - 1
	off := pausedDays(s.rules, s.absent)
	for d := range b.allowed {
		b.allowed[d] = !inRanges(off, s.start+Date(d))
	}
	add := func(p part, value int) {
		if len(b.parts) < maxParts {
			b.init[len(b.parts)] = int16(value)
			b.parts = append(b.parts, p)
		}
	}
	if Owed(s.rules, s.history, s.absent, s.start) {
		add(part{kind: partOwed, limit: s.catchUp}, 1)
	}
	for i := range s.rules {
		p := &s.rules[i]
		from, to := p.bounds()
		if p.Pause || from > end || to < s.start {
			continue
		}
		if p.EveryDays > 0 {
			b.interval(i, off, end, add)
		} else {
			b.quota(i, off, end, add)
		}
		if len(p.Patterns) > 0 {
			q := part{kind: partPattern, from: int(max(from, s.start) - s.start), to: int(min(to, end) - s.start)}
			for _, pat := range p.Patterns {
				m := int16(0)
				for _, w := range pat {
					m |= 1 << w
				}
				q.masks = append(q.masks, m)
			}
			past := int16(0)
			for _, d := range s.history {
				if d >= s.start.WeekStart() && p.HoldsOn(d) {
					past |= 1 << d.Weekday()
				}
			}
			if !fitsMask(q.masks, past) {
				past = 0 // broken before the plan began
			}
			add(q, int(past))
		}
	}
	if gap := wantedGap(s.rules, s.start, end); gap > 1 && !s.count {
		since := gap * 3 / 2
		if n := len(s.history); n > 0 {
			since = min(since, int(s.start-s.history[n-1]))
		}
		add(part{kind: partGap, limit: gap}, since)
	}
}

func (b *calendarBuilder) interval(rule int, off []DateRange, end Date, add func(part, int)) {
	s := &b.spec
	p := &s.rules[rule]
	from, to := p.bounds()
	idx := func(due Date) int16 {
		if due > end || due > to {
			return int16(s.days)
		}
		return int16(due - s.start)
	}
	q := part{kind: partInterval, from: int(max(from, s.start) - s.start), due: make([]int16, s.days)}
	for d := range q.due {
		q.due[d] = idx(nthDay(s.start+Date(d), p.EveryDays, off))
	}
	first := int16(s.days)
	for _, w := range intervalWindows(nil, rule, p, s.history, off, s.start, end) {
		if w.State != WindowOwed {
			first = idx(w.Last)
			break
		}
	}
	add(q, int(first))
}

func (b *calendarBuilder) quota(rule int, off []DateRange, end Date, add func(part, int)) {
	s := &b.spec
	p := &s.rules[rule]
	k, month := p.PerWeek, false
	if p.PerMonth > 0 {
		k, month = p.PerMonth, true
	}
	q := part{kind: partQuota, at: make([]int16, s.days)}
	for d := range q.at {
		q.at[d] = -1
	}
	made := 0
	for _, w := range quotaWindows(nil, rule, p, k, month, s.history, off, s.start, end) {
		if w.State == WindowOwed {
			continue
		}
		win := quotaWindow{last: int(w.Last - s.start), need: w.Need}
		if w.Cut {
			win.extra = s.extra[rule]
		}
		if win.need+win.extra == 0 {
			continue
		}
		first := int(max(w.First, s.start) - s.start)
		if first == 0 {
			made = min(w.Met, win.need+win.extra)
		}
		for d := first; d <= win.last; d++ {
			q.at[d] = int16(len(q.wins))
		}
		q.wins = append(q.wins, win)
	}
	if len(q.wins) > 0 {
		add(q, made)
	}
}

func fitsMask(masks []int16, days int16) bool {
	for _, m := range masks {
		if days&^m == 0 {
			return true
		}
	}
	return false
}

// next moves the state over day d; false if a visit is not allowed.
func (b *calendarBuilder) next(st *dayState, d int, visit bool) (cost int64, ok bool) {
	if visit && !b.allowed[d] {
		return 0, false
	}
	s := &b.spec
	weekday := (s.start + Date(d)).Weekday()
	short := 0
	for i := range b.parts {
		p := &b.parts[i]
		v := &st[i]
		switch p.kind {
		case partInterval:
			if visit && d >= p.from {
				*v = p.due[d]
			} else if int(*v) == d {
				short = max(short, 1)
				*v = p.due[d]
			}
		case partQuota:
			at := p.at[d]
			if at < 0 {
				continue
			}
			w := &p.wins[at]
			if visit {
				*v = int16(min(int(*v)+1, w.need+w.extra))
			}
			if d == w.last {
				short = max(short, w.need-int(*v))
				cost += unitSpare * int64(min(w.extra, w.need+w.extra-int(*v)))
				*v = 0
			}
		case partPattern:
			if visit && d >= p.from && d <= p.to {
				*v |= 1 << weekday
				if !fitsMask(p.masks, *v) {
					return 0, false
				}
			}
			if weekday == 7 {
				*v = 0
			}
		case partOwed:
			if visit {
				*v = 0
			} else if *v == 1 {
				if !s.count {
					cost += unitLate * s.weight
				}
				if d == p.limit {
					cost += unitLapse * s.weight
				}
			}
		case partGap:
			if visit {
				cost += gapCost(int(*v), p.limit)
				*v = 0
			}
			*v = int16(min(int(*v)+1, p.limit*3/2))
		}
	}
	return cost + unitLapse*s.weight*int64(short), true
}

func (b *calendarBuilder) unroll() *calendar {
	days := b.spec.days
	c := &calendar{days: days, layer: make([]int32, days+1)}
	now := []dayState{b.init}
	var then []dayState
	index := map[dayState]int32{}
	for d := range days {
		c.layer[d] = int32(len(c.steps))
		base := c.layer[d] + int32(len(now))
		then = then[:0]
		clear(index)
		number := func(s dayState) int32 {
			if d == days-1 {
				return base // the final state
			}
			k, ok := index[s]
			if !ok {
				k = base + int32(len(then))
				index[s] = k
				then = append(then, s)
			}
			return k
		}
		for _, s := range now {
			var e step
			t := s
			e.skipCost, _ = b.next(&t, d, false)
			e.skip = number(t)
			t = s
			if cost, ok := b.next(&t, d, true); ok {
				e.visit, e.visitCost = number(t), cost
			} else {
				e.visit = -1
			}
			c.steps = append(c.steps, e)
		}
		now, then = then, now
	}
	c.layer[days] = int32(len(c.steps))
	c.steps = slices.Clip(c.steps)
	return c
}

// cheapest returns the days of the cheapest path for the given price of a
// visit on each day (infinite: none), appended to out, and the cost of the
// path without the prices. Of equal paths the one that visits earlier is taken.
// Scratch is grown as needed and returned for the next call.
func (c *calendar) cheapest(price []int64, out []int, scratch []int64) (picked []int, cost int64, grown []int64) {
	n := len(c.steps) + 1
	if cap(scratch) < n {
		scratch = make([]int64, n)
	}
	val := scratch[:n]
	val[n-1] = 0
	for d := c.days - 1; d >= 0; d-- {
		pr := price[d]
		for i := c.layer[d]; i < c.layer[d+1]; i++ {
			e := &c.steps[i]
			v := e.skipCost + val[e.skip]
			if e.visit >= 0 && pr < infinite {
				v = min(v, pr+e.visitCost+val[e.visit])
			}
			val[i] = v
		}
	}
	at := int32(0)
	for d := range c.days {
		e := &c.steps[at]
		if e.visit < 0 || price[d] >= infinite || price[d]+e.visitCost+val[e.visit] != val[at] {
			cost += e.skipCost
			at = e.skip
			continue
		}
		out = append(out, d)
		cost += e.visitCost
		at = e.visit
	}
	return out, cost, scratch
}
