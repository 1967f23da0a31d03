package planner

import (
	"fmt"
	"slices"
)

// clockSpan is a run of times of a day, both ends included.
type clockSpan struct{ from, to Clock }

// beginnings returns the times of the day at which the visitor, with nothing
// else to do in the shift, could begin the job; nil if there are none.
func (p *Problem) beginnings(j *job, v *Visitor, day Date) []clockSpan {
	if _, ok := j.may(v); !ok {
		return nil
	}
	m := p.matrixOn(j.block, v.Mode, day)
	if m == nil {
		return nil
	}
	row := func(name string) int { return slices.Index(m.Locations, name) }
	door := row(j.place)
	if door < 0 {
		return nil
	}
	slow := p.slowPercent(v.Mode, day)
	var out []clockSpan
	for i := range v.Shifts {
		s, ok := p.shiftLeft(v, i, day)
		if !ok {
			continue
		}
		start := row(s.place)
		if start < 0 || m.Seconds[start][door] < 0 {
			continue
		}
		way := minutesOf(slowed(m.Seconds[start][door], slow))
		back := int32(0)
		if v.End != nil {
			end := row(v.endPlace())
			if end < 0 || m.Seconds[door][end] < 0 {
				continue
			}
			back = minutesOf(slowed(m.Seconds[door][end], slow))
		}
		first, last := int64(s.from)+int64(way), int64(s.to)-int64(back)-int64(j.minutes)
		if len(j.needs.Hours) == 0 {
			if first <= last {
				out = append(out, clockSpan{Clock(first), Clock(last)})
			}
			continue
		}
		for _, h := range j.needs.Hours {
			if f, l := max(first, int64(h.From)), min(last, int64(h.To)); h.Weekday == day.Weekday() && f <= l {
				out = append(out, clockSpan{Clock(f), Clock(l)})
			}
		}
	}
	return out
}

// endPlace is the name in the matrices of where the visitor's day ends, if it
// does not end at the last door.
func (v *Visitor) endPlace() string {
	if v.End == nil || *v.End == v.Start {
		return v.ID
	}
	return v.ID + ":end"
}

// lockAs returns what of a lock binds: all of it, or, where that cannot be whatever
// else is planned, the day and the visitor without the hour; false: nothing. Where
// it is not all, why says what stands in the way.
func (p *Problem) lockAs(l *Lock, j *job) (as Lock, binds bool, why string) {
	if why = p.lockVoid(l, j); why == "" {
		return *l, true, ""
	}
	if l.By == 0 {
		return Lock{}, false, why
	}
	as = *l
	as.By = 0
	if whole := p.lockVoid(&as, j); whole != "" {
		return Lock{}, false, whole
	}
	return as, true, "nobody who is meant can be there by " + l.By.String()
}

// lockVoid says why a lock, with its hour if it has one, asks for what cannot be,
// whatever else is planned; empty where it stands.
func (p *Problem) lockVoid(l *Lock, j *job) string {
	if p.Now != nil && l.Date < p.Now.Date {
		return "the day is over"
	}
	if inRanges(pausedDays(j.rules, j.absent), l.Date) {
		return "away or paused on the day"
	}
	for i := range j.rules {
		if r := &j.rules[i]; r.HoldsOn(l.Date) && !r.fitsWeek(l.Date, slices.Concat(j.history, j.made), nil) {
			return "the weekday lies in no allowed pattern"
		}
	}
	var times [][]clockSpan // of everybody who could come, of the visitor named first
	for i := range p.Visitors {
		v := &p.Visitors[i]
		s := p.beginnings(j, v, l.Date)
		if l.By > 0 {
			s = until(s, l.By)
		}
		if v.ID == l.Visitor {
			if len(s) == 0 {
				return fmt.Sprintf("visitor %q cannot come on the day", v.ID)
			}
			times = slices.Insert(times, 0, s)
		} else if len(s) > 0 {
			times = append(times, s)
		}
	}
	if len(times) == 0 {
		return "nobody can come on the day"
	}
	if j.needs.people() == 1 {
		return ""
	}
	for a := range times {
		if l.Visitor != "" && a > 0 {
			break
		}
		for b := a + 1; b < len(times); b++ {
			if meet(times[a], times[b]) {
				return ""
			}
		}
	}
	return "no two can come together on the day"
}

// until returns what of the spans is not after a time.
func until(spans []clockSpan, by Clock) []clockSpan {
	out := spans[:0]
	for _, s := range spans {
		if s.from <= by {
			out = append(out, clockSpan{s.from, min(s.to, by)})
		}
	}
	return out
}

// meet tells whether some time lies in a span of both.
func meet(a, b []clockSpan) bool {
	for _, x := range a {
		for _, y := range b {
			if max(x.from, y.from) <= min(x.to, y.to) {
				return true
			}
		}
	}
	return false
}
