package planner

import (
	"cmp"
	"slices"
)

// calendar checks the days of one job.
func (c *checker) calendar(j *job) {
	stops := c.stops[j.id]
	slices.SortStableFunc(stops, func(a, b checkedStop) int { return cmp.Compare(a.day, b.day) })
	var made, planned []Date
	for i := 0; i < len(stops); {
		day, first, past := stops[i].day, i, false
		for ; i < len(stops) && stops[i].day == day; i++ {
			past = past || stops[i].made
		}
		of := slices.DeleteFunc(slices.Clone(stops[first:i]), func(s checkedStop) bool { return s.made })
		if past {
			made = append(made, day)
		} else {
			planned = append(planned, day)
		}
		c.together(j, day, past, of)
	}
	off := pausedDays(j.rules, j.absent)
	for _, d := range planned {
		if inRanges(off, d) {
			c.add(CodeAbsent, "", j, &d, "away, or the rules are paused")
		}
	}
	for k := range j.rules {
		if len(j.rules[k].Patterns) > 0 {
			c.patterns(j, &j.rules[k], slices.Concat(j.history, made), planned)
		}
	}
}

// together checks the planned stops of a job on a day: one, or two at once
// where two must come; none where it was made that day already.
func (c *checker) together(j *job, day Date, made bool, planned []checkedStop) {
	want := j.needs.people()
	switch {
	case len(planned) == 0:
	case made || len(planned) > want:
		c.add(CodeTwiceInADay, "", j, &day, "visited more than once on one day")
	case len(planned) < want:
		c.add(CodeAlone, planned[0].visitor, j, &day, "%d must come together, %d does", want, len(planned))
	default:
		for _, s := range planned[1:] {
			if s.visitor == planned[0].visitor || s.arrive != planned[0].arrive {
				c.add(CodeAlone, s.visitor, j, &day, "%s comes at %s, %s at %s: two must come together", planned[0].visitor, planned[0].arrive, s.visitor, s.arrive)
			}
		}
	}
}

// patterns checks that the days planned in a week lie, with those gone before,
// in a pattern of the policy.
func (c *checker) patterns(j *job, p *Policy, before, days []Date) {
	fits := func(week []Date) bool {
		for _, pat := range p.Patterns {
			ok := true
			for _, d := range week {
				ok = ok && slices.Contains(pat, d.Weekday())
			}
			if ok {
				return true
			}
		}
		return false
	}
	for i := 0; i < len(days); {
		monday := days[i].WeekStart()
		var week, past []Date
		for ; i < len(days) && days[i].WeekStart() == monday; i++ {
			if p.HoldsOn(days[i]) {
				week = append(week, days[i])
			}
		}
		for _, d := range before {
			if d.WeekStart() == monday && p.HoldsOn(d) {
				past = append(past, d)
			}
		}
		if !fits(past) {
			past = nil // broken before the plan began
		}
		if len(week) > 0 && !fits(append(past, week...)) {
			c.add(CodePatternBroken, "", j, &week[0], "the days of the week from %s lie in no allowed pattern of %s", monday, p.Label())
		}
	}
}

// locks checks those that could be kept.
func (c *checker) locks() {
	for i := range c.p.Locks {
		l := &c.p.Locks[i]
		j := c.jobs[jobID(l.Resident, l.Task)]
		if j == nil {
			continue
		}
		at := slices.IndexFunc(c.stops[j.id], func(s checkedStop) bool {
			return s.day == l.Date && (s.made || l.Visitor == "" || s.visitor == l.Visitor)
		})
		if at >= 0 && (l.By == 0 || c.stops[j.id][at].made || c.stops[j.id][at].arrive <= l.By) {
			continue
		}
		as, binds, _ := c.p.lockAs(l, j)
		switch {
		case !binds:
		case at < 0:
			c.add(CodeLockBroken, l.Visitor, j, &l.Date, "locked on %s, but not planned so", l.Date)
		case as.By > 0:
			c.add(CodeLockLate, l.Visitor, j, &l.Date, "locked to begin by %s, but planned at %s", l.By, c.stops[j.id][at].arrive)
		}
	}
}

// unplanned compares what the plan lists with what its visits leave out.
func (c *checker) unplanned(list []Unplanned) {
	type key struct {
		id   string
		due  Date
		owed bool
	}
	listed := map[key]int{}
	for i := range list {
		u := &list[i]
		if c.unknown(u.Resident, u.Task, "", &u.DueBy, "under unplanned: ") {
			continue
		}
		id := jobID(u.Resident, u.Task)
		if !u.Reason.Valid() {
			c.add(CodeUnknownReason, "", c.jobs[id], &u.DueBy, "reason %q is not on the list", u.Reason)
		}
		listed[key{id, u.DueBy, u.Owed}]++
	}
	for _, j := range c.order {
		var days []Date
		for _, s := range c.stops[j.id] { // sorted by calendar
			if n := len(days); n == 0 || days[n-1] != s.day {
				days = append(days, s.day)
			}
		}
		for _, m := range j.missing(c.p, days) {
			k := key{j.id, m.due, m.owed}
			if plain := (key{j.id, m.due, false}); m.owed && listed[k] == 0 && listed[plain] > 0 {
				k = plain // the contract has no field for it; lapses of that day are behind us
			}
			if n := listed[k]; n < m.count {
				code := CodeLapseNotListed
				if m.owed {
					code = CodeOwedNotListed
				}
				c.add(code, "", j, &m.due, "%d missing, %d listed under unplanned", m.count, n)
				delete(listed, k)
			} else if listed[k] -= m.count; listed[k] == 0 {
				delete(listed, k)
			}
		}
	}
	for k, n := range listed {
		c.add(CodeListedButPlanned, "", c.jobs[k.id], &k.due, "%d listed under unplanned too many", n)
	}
}
