package planner

import (
	"slices"

	"sanse/planner/vrp"
)

// The units of cost, so far apart that whatever one visit or one job costs in a
// unit is less than one of the next. A unit of seconds is 1. They are added up
// over a block, so the order is strict as long as no change of a plan trades one
// of a unit for very many of the one below: a lapse for 1,000 weighted days of
// debts, such a day for two spare visits or 1,000 steps of preference, a step for
// 50 of deviation, one of those for five and a half hours.
const (
	unitDeviation  int64 = 20000 // a step away from the published plan, times the weight, see deviationWeight
	unitPreference int64 = 1e6   // a step away from the resident's own team
	unitSpare      int64 = 5e8   // an extra visit that would hold a cut quota to its share
	unitLate       int64 = 1e9   // a day that a debt waits, times the weight, see lateWeight
	unitLapse      int64 = 1e12  // a lapse, times the weight
	unitLock       int64 = 1e15  // a lock that is broken, see solver.lockUnit
	gapSeconds     int64 = 300   // a day by which two visits are closer than half the rule's distance
	rhythmSeconds  int64 = 10    // a day by which they are closer or farther than that distance
)

// maxDeviationWeight keeps what one visit of two people can deviate, on all
// three counts, below a step of preference.
const maxDeviationWeight = 16

// deviationWeight is the weight of a job for Cost.Deviation.
func (j *job) deviationWeight() int64 { return min(j.weight, maxDeviationWeight) }

// lateWeight is the weight of a job for Cost.LateDays on a horizon of so many
// days: at most so much that a debt which waits for all of them costs less than a
// lapse.
func lateWeight(weight int64, days int) int64 { return min(weight, max(1, 999/int64(days))) }

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
	owed    bool // in debt at start
	start   Date
	days    int
	catchUp int // index of the last day to catch up
	weight  int64
	extra   map[int]int // by rule: visits wanted beyond what a cut quota needs
	// made are the visits made since start. Days before open have no others.
	made []Date
	open Date
	// locked are days that must have a visit; lock is the price of one without.
	locked []Date
	lock   int64
	// count leaves lateness and spacing out, so that the cheapest path counts
	// visits.
	count bool
}

// spec returns what the calendar of the job is built from.
func (j *job) spec(p *Problem) calendarSpec {
	s := calendarSpec{
		rules: j.rules, history: j.history, absent: j.absent, owed: j.owed, start: p.Start, days: p.Days,
		catchUp: int(p.CatchUpBy() - p.Start), weight: j.weight, made: j.made, open: p.Start,
	}
	if p.Now != nil {
		s.open = p.Now.Date
	}
	return s
}

type calendarBuilder struct {
	spec    calendarSpec
	parts   []part
	allowed []bool
	made    []bool
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
// of the horizon comes to, at most 30; 0 where no rule asks again and again.
func wantedGap(rules []Policy, start, end Date) int {
	gap, again := 30, false
	for i := range rules {
		p := &rules[i]
		if from, to := p.bounds(); p.Pause || p.Once || from > end || to < start {
			continue
		}
		again = true
		switch {
		case p.EveryDays > 0:
			gap = min(gap, p.EveryDays)
		case p.PerWeek > 0:
			gap = min(gap, 7/p.PerWeek)
		case p.PerMonth > 0:
			gap = min(gap, 30/p.PerMonth)
		}
	}
	if !again {
		return 0
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

// newCalendar returns the rules over the days of the horizon as an automaton:
// its own cost is that of what the rules leave undone, of waiting debts and of
// visits out of rhythm. The cheapest set of days for given day prices is a
// shortest path through it. A visit that was made is part of every path, not a
// choice: on its day there is no other.
func newCalendar(spec calendarSpec) *vrp.Automaton { return newCalendarBuilder(spec).unroll() }

func newCalendarBuilder(spec calendarSpec) *calendarBuilder {
	b := &calendarBuilder{spec: spec, allowed: make([]bool, spec.days), made: make([]bool, spec.days)}
	b.compile()
	return b
}

func (b *calendarBuilder) compile() {
	s := &b.spec
	end := s.start + Date(s.days) - 1
	off := pausedDays(s.rules, s.absent)
	for d := range b.allowed {
		day := s.start + Date(d)
		b.allowed[d] = day >= s.open && !inRanges(off, day)
	}
	for _, day := range s.made {
		if d := int(day - s.start); d >= 0 && d < s.days {
			b.made[d] = true
		}
	}
	add := func(p part, value int) {
		if len(b.parts) < maxParts {
			b.init[len(b.parts)] = int16(value)
			b.parts = append(b.parts, p)
		}
	}
	if s.owed {
		add(part{kind: partOwed, limit: s.catchUp}, 1)
	}
	for i := range s.rules {
		p := &s.rules[i]
		from, to := p.bounds()
		if p.Pause || from > end || to < s.start {
			continue
		}
		switch {
		case p.EveryDays > 0:
			b.interval(i, off, end, add)
		case p.Once:
			b.once(i, off, end, add)
		default:
			b.quota(i, off, end, add)
		}
		if len(p.Patterns) > 0 {
			q := part{kind: partPattern, from: int(max(from, s.start) - s.start), to: int(min(to, end) - s.start), masks: p.masks()}
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

func (b *calendarBuilder) once(rule int, off []DateRange, end Date, add func(part, int)) {
	s := &b.spec
	for _, w := range onceWindow(nil, rule, &s.rules[rule], s.history, off, s.start, end) {
		if w.State != WindowLapsed {
			continue // met, owed already or open beyond the horizon
		}
		q := part{kind: partQuota, at: make([]int16, s.days), wins: []quotaWindow{{last: int(w.Last - s.start), need: 1}}}
		for d := range q.at {
			if day := s.start + Date(d); day < w.First || day > w.Last {
				q.at[d] = -1
			}
		}
		add(q, 0)
	}
}

// next moves the state over day d; false if a visit is not allowed. What was
// made is beyond being allowed.
func (b *calendarBuilder) next(st *dayState, d int, visit, made bool) (cost int64, ok bool) {
	if visit && !made && !b.allowed[d] {
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
					if !made {
						return 0, false
					}
					*v = 0 // broken already
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
					cost += unitLate * lateWeight(s.weight, s.days)
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

func (b *calendarBuilder) unroll() *vrp.Automaton {
	days := b.spec.days
	c := &vrp.Automaton{Layer: make([]int32, days+1)}
	now := []dayState{b.init}
	var then []dayState
	index := map[dayState]int32{}
	for d := range days {
		c.Layer[d] = int32(len(c.Steps))
		base := c.Layer[d] + int32(len(now))
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
			e := vrp.Step{Visit: vrp.None}
			t := s
			e.SkipCost, _ = b.next(&t, d, b.made[d], b.made[d])
			if !b.made[d] && slices.Contains(b.spec.locked, b.spec.start+Date(d)) {
				e.SkipCost += b.spec.lock
			}
			e.Skip = number(t)
			t = s
			if !b.made[d] {
				if cost, ok := b.next(&t, d, true, false); ok {
					e.Visit, e.VisitCost = number(t), cost
				}
			}
			c.Steps = append(c.Steps, e)
		}
		now, then = then, now
	}
	c.Layer[days] = int32(len(c.Steps))
	c.Steps = slices.Clip(c.Steps)
	return c
}

// fewest returns the fewest days of visits, beside the made ones, that keep
// the rules as well as any calendar can.
func (s calendarSpec) fewest() []Date {
	s.weight, s.locked, s.count = 1, nil, true
	price := make([]int64, s.days)
	for d := range price {
		price[d] = 1
	}
	picked, _, _ := newCalendar(s).Cheapest(price, nil, nil)
	days := make([]Date, len(picked))
	for i, d := range picked {
		days[i] = s.start + Date(d)
	}
	return days
}
