package planner

import (
	"fmt"
	"slices"

	"sanse/planner/internal/english"
)

// shortage adds a proof up again.
func (c *checker) shortage(s *Shortage) {
	if why := c.refute(s); why != "" {
		var day *Date
		if len(s.Days) > 0 {
			day = &s.Days[0]
		}
		c.add(CodeWrongShortage, "", nil, day, "the shortage of block %q: %s", s.Block, why)
	}
}

// refute says what is wrong with a proof; empty if it holds.
func (c *checker) refute(s *Shortage) string {
	if len(s.Days) == 0 || len(s.Needs) == 0 {
		return "it names no days or no needs"
	}
	for i, d := range s.Days {
		if d < c.p.Start || d > c.p.End() || i > 0 && d <= s.Days[i-1] {
			return fmt.Sprintf("its days are not ascending days of the horizon (%s)", d)
		}
	}
	named := make(map[string]bool, len(s.Visitors))
	for _, id := range s.Visitors {
		if c.visitors[id] == nil || named[id] {
			return fmt.Sprintf("visitor %q is unknown or named twice", id)
		}
		named[id] = true
	}
	need, asked := 0, make(map[string]bool, len(s.Needs))
	for i := range s.Needs {
		n := &s.Needs[i]
		id := jobID(n.Resident, n.Task)
		j := c.jobs[id]
		if j == nil || j.care() != (n.Task == "") || asked[id] {
			return fmt.Sprintf("%q is unknown or named twice", id)
		}
		asked[id] = true
		need += n.Visits * n.Minutes
		if why := c.refuteNeed(s, n, j, named); why != "" {
			return fmt.Sprintf("%q %s", id, why)
		}
	}
	have := c.have(s)
	switch {
	case need != s.NeedMinutes:
		return fmt.Sprintf("need_minutes is %d, its needs come to %d", s.NeedMinutes, need)
	case have != s.HaveMinutes:
		return fmt.Sprintf("have_minutes is %d, the shifts of its visitors on its days have %d for visits", s.HaveMinutes, have)
	case s.Short != need-have || s.Short < 1:
		return fmt.Sprintf("short_minutes is %d, with %d needed and %d there", s.Short, need, have)
	case s.MendMinutes < 1:
		return fmt.Sprintf("mend_minutes is %d, and some are short", s.MendMinutes)
	}
	return ""
}

// have returns what the visitors of a proof have on its days.
func (c *checker) have(s *Shortage) int {
	room := c.shortRoom()
	each := make(map[int]int, len(s.Needs))
	for _, n := range s.Needs {
		each[c.at[jobID(n.Resident, n.Task)]] = n.Minutes
	}
	room.count(each)
	have := 0
	for _, id := range s.Visitors {
		for _, d := range s.Days {
			have += room.minutes(c.visitors[id], d)
		}
	}
	return have
}

// shortRoom returns what adds up the time of shifts, made when it is first
// asked for.
func (c *checker) shortRoom() *shortRoom {
	if c.room == nil {
		c.room = &shortRoom{
			p: c.p, inBlock: map[string][]int{}, place: c.place,
			matrix: func(block, mode string, day Date) *Matrix { return c.matrix(block, mode, day) },
		}
		c.at = make(map[string]int, len(c.order))
		for i, j := range c.order {
			c.room.jobs = append(c.room.jobs, *j)
			c.room.inBlock[j.block] = append(c.room.inBlock[j.block], i)
			c.at[j.id] = i
		}
	}
	return c.room
}

// refuteNeed says what is wrong with what a proof says of one job.
func (c *checker) refuteNeed(s *Shortage, n *ShortageNeed, j *job, named map[string]bool) string {
	var able []*Visitor
	for i := range c.p.Visitors {
		v := &c.p.Visitors[i]
		if _, ok := j.may(v); !ok {
			continue
		}
		able = append(able, v)
		if !named[v.ID] && slices.ContainsFunc(s.Days, func(d Date) bool { return c.shortRoom().could(j, v, d) }) {
			return fmt.Sprintf("can be visited by %q, who is left out", v.ID)
		}
	}
	if most := j.minutes + c.shortestWay(s, j, named); n.Minutes > most {
		return fmt.Sprintf("takes %s with the shortest way to it, not %d", english.Count(most, "minute", "minutes"), n.Minutes)
	}
	if most := c.fewestOn(j, able, s.Days) * j.needs.people(); n.Visits > most || n.Visits < 0 {
		return fmt.Sprintf("needs %s on the days, not %d", english.Count(most, "visit", "visits"), n.Visits)
	}
	return ""
}

// shortestWay returns the least whole minutes of a way to the job on one of
// the days, from where any of the visitors begins or from another job: from one
// that is not of the proof with the minutes that are spent there.
func (c *checker) shortestWay(s *Shortage, j *job, named map[string]bool) int {
	best := int32(1<<31 - 1)
	try := func(m *Matrix, percent int, from string, extra int32) {
		a, b := c.place(m, from), c.place(m, j.place)
		if a >= 0 && b >= 0 && m.Seconds[a][b] >= 0 {
			best = min(best, minutesOf(slowed(m.Seconds[a][b], percent))+extra)
		}
	}
	others := map[*job]int32{} // of the block, with what a stop there takes beyond the proof
	for _, o := range c.order {
		if o.block != j.block || o == j {
			continue
		}
		others[o] = int32(o.minutes)
		for i := range s.Needs {
			if jobID(s.Needs[i].Resident, s.Needs[i].Task) == o.id {
				others[o] = 0
			}
		}
		if o.place == j.place {
			best = min(best, others[o])
		}
	}
	for _, d := range s.Days {
		modes := map[string]*Matrix{}
		for i := range c.p.Visitors {
			v := &c.p.Visitors[i]
			m := c.matrix(j.block, v.Mode, d)
			if !named[v.ID] || m == nil {
				continue
			}
			modes[modeOf(v.Mode)] = m
			for k := range v.Shifts {
				if o, ok := c.p.shiftLeft(v, k, d); ok {
					try(m, c.p.slowPercent(v.Mode, d), o.place, 0)
				}
			}
		}
		for mode, m := range modes {
			for o, extra := range others {
				try(m, c.p.slowPercent(mode, d), o.place, extra)
			}
		}
	}
	if best == 1<<31-1 {
		return 0
	}
	return int(best)
}

// ruleState is how each rule stands while the days are gone through: the last
// day of an interval, the visits of a quota, the weekdays of a week, the debt.
type ruleState [2*maxRules + 1]int16

// fewestOn returns the fewest visits on the days over all calendars with as
// few lapses as there can be, whoever of the able has time: what is made is
// made, and on other days on which nobody could come nobody does.
func (c *checker) fewestOn(j *job, able []*Visitor, days []Date) int {
	p := c.p
	f := fewest{p: p, j: j, off: pausedDays(j.rules, j.absent)}
	f.prepare()
	now := map[ruleState]int{f.first: 0}
	const lapse = 1 << 20
	for d := p.Start; d <= p.End(); d++ {
		made := slices.Contains(j.made, d)
		price := 0
		if slices.Contains(days, d) && !made {
			price = 1
		}
		// Of a day of the proof nobody has to be there: it is what is short. But
		// whatever is short, nobody goes back to a day that is over.
		could := !made && !c.p.past(d, dayMinutes) && !inRanges(f.off, d) && (price > 0 || slices.ContainsFunc(able, func(v *Visitor) bool { return c.shortRoom().could(j, v, d) }))
		next := make(map[ruleState]int, len(now))
		keep := func(t ruleState, cost int) {
			if old, ok := next[t]; !ok || cost < old {
				next[t] = cost
			}
		}
		for t, cost := range now {
			if !made {
				u, lapses, _ := f.step(t, d, false)
				keep(u, cost+lapses*lapse)
			}
			if made || could {
				if u, lapses, ok := f.step(t, d, true); ok || made {
					keep(u, cost+lapses*lapse+price)
				}
			}
		}
		now = next
	}
	best := -1
	for _, cost := range now {
		if best < 0 || cost < best {
			best = cost
		}
	}
	return best % lapse
}

// fewest goes through the days of one job with a state for each rule that
// asks for visits, for its patterns and for the debt.
type fewest struct {
	p     *Problem
	j     *job
	off   []DateRange
	rules []fewestRule
	first ruleState
}

type fewestRule struct {
	*Policy
	wins    []Window // of quotas and of Once
	pattern bool
	owed    bool
}

func (f *fewest) prepare() {
	p, j := f.p, f.j
	add := func(r fewestRule, at int) {
		if len(f.rules) < len(f.first) {
			f.first[len(f.rules)] = int16(at)
			f.rules = append(f.rules, r)
		}
	}
	windows := Windows(j.rules, j.history, j.absent, p.Start, p.End())
	for i := range j.rules {
		r := &j.rules[i]
		if from, to := r.bounds(); r.Pause || from > p.End() || to < p.Start {
			continue
		}
		var wins []Window
		for _, w := range windows {
			if w.Rule == i && w.State != WindowOwed {
				wins = append(wins, w)
			}
		}
		if r.EveryDays > 0 {
			due := f.day(dateMax)
			if len(wins) > 0 {
				due = f.day(wins[0].Last)
			}
			add(fewestRule{Policy: r}, due)
		} else {
			at := 0
			if len(wins) > 0 && wins[0].First <= p.Start {
				at = min(wins[0].Met, wins[0].Need)
			}
			add(fewestRule{Policy: r, wins: wins}, at)
		}
		if len(r.Patterns) > 0 {
			add(fewestRule{Policy: r, pattern: true}, f.gone(r, p.Start))
		}
	}
	if j.owed {
		add(fewestRule{owed: true}, 1)
	}
}

// day returns the number of the day in the horizon, Days for later ones.
func (f *fewest) day(d Date) int { return int(min(d-f.p.Start, Date(f.p.Days))) }

// due returns the number of the last day of the interval that opens after d.
func (f *fewest) due(r *Policy, d Date) int16 {
	_, to := r.bounds()
	due := nthDay(d, r.EveryDays, f.off)
	if due > to {
		due = dateMax
	}
	return int16(f.day(due))
}

// gone returns the days of a pattern, in the week of d, on which visits were made; none
// if they lie in no pattern: then it was broken before, and holds among what is to come.
func (f *fewest) gone(r *Policy, d Date) int {
	week := 0
	for _, days := range [][]Date{f.j.history, f.j.made} {
		for _, at := range days {
			if at.WeekStart() == d.WeekStart() && r.HoldsOn(at) {
				week |= 1 << at.Weekday()
			}
		}
	}
	if !f.fits(r, week) {
		return 0
	}
	return week
}

func (f *fewest) fits(r *Policy, week int) bool {
	return slices.ContainsFunc(r.Patterns, func(pat []int) bool {
		left := week
		for _, w := range pat {
			left &^= 1 << w
		}
		return left == 0
	})
}

// step goes over a day with or without a visit; ok is false where a pattern
// forbids the visit.
func (f *fewest) step(t ruleState, d Date, visit bool) (next ruleState, lapses int, ok bool) {
	short, ok := 0, true
	for i := range f.rules {
		r, v := &f.rules[i], &t[i]
		switch {
		case r.owed:
			if visit {
				*v = 0
			} else if d == f.p.CatchUpBy() {
				lapses += int(*v)
				*v = 0
			}
		case r.pattern:
			if visit && r.HoldsOn(d) && !slices.Contains(f.j.made, d) {
				week := int(*v) | 1<<d.Weekday()
				if f.fits(r.Policy, week) {
					*v = int16(week)
				} else {
					ok = false
				}
			}
			if d.Weekday() == 7 {
				*v = int16(f.gone(r.Policy, d+1))
			}
		case r.EveryDays > 0:
			from, _ := r.bounds()
			switch {
			case visit && d >= from:
				*v = f.due(r.Policy, d)
			case int(*v) == f.day(d):
				short = max(short, 1)
				*v = f.due(r.Policy, d)
			}
		default:
			for k := range r.wins {
				w := &r.wins[k]
				if d < w.First || d > w.Last {
					continue
				}
				if visit {
					*v = int16(min(int(*v)+1, w.Need))
				}
				if d == w.Last {
					short = max(short, w.Need-int(*v))
					*v = 0
				}
			}
		}
	}
	return t, lapses + short, ok
}
