package planner

import "math/bits"

// Patterns as sets of weekdays: bit w stands for weekday w.

// masks returns the allowed patterns, nil where any weekdays will do.
func (p *Policy) masks() []int16 {
	if len(p.Patterns) == 0 {
		return nil
	}
	out := make([]int16, len(p.Patterns))
	for k, pattern := range p.Patterns {
		for _, w := range pattern {
			out[k] |= 1 << w
		}
	}
	return out
}

// fitsMask tells whether the weekdays all lie in one of the patterns.
func fitsMask(masks []int16, days int16) bool {
	for _, m := range masks {
		if days&^m == 0 {
			return true
		}
	}
	return false
}

// fitsWeek tells whether the week of the day keeps to one of the patterns with a
// visit on the day and those planned, given what was visited before the plan; a
// week that was broken then counts as empty. Without patterns any week does.
func (p *Policy) fitsWeek(day Date, before, planned []Date) bool {
	masks := p.masks()
	if masks == nil {
		return true
	}
	monday := day.WeekStart()
	in := func(d Date) bool { return d.WeekStart() == monday && p.HoldsOn(d) }
	past := int16(0)
	for _, d := range before {
		if d != day && in(d) {
			past |= 1 << d.Weekday()
		}
	}
	if !fitsMask(masks, past) {
		past = 0
	}
	week := past | 1<<day.Weekday()
	for _, d := range planned {
		if in(d) {
			week |= 1 << d.Weekday()
		}
	}
	return fitsMask(masks, week)
}

// patternDays counts the days from first to last that lie in no range of off and
// on which some pattern allows a visit, and the most visits that one pattern a
// week leaves room for on them.
func patternDays(masks []int16, first, last Date, off []DateRange) (days, most int) {
	all := int16(0)
	for _, m := range masks {
		all |= m
	}
	week := int16(0)
	for d := first; d <= last; d++ {
		if !inRanges(off, d) {
			week |= 1 << d.Weekday() & all
		}
		if d < last && d.Weekday() < 7 {
			continue
		}
		days += bits.OnesCount16(uint16(week))
		widest := 0
		for _, m := range masks {
			widest = max(widest, bits.OnesCount16(uint16(week&m)))
		}
		most += widest
		week = 0
	}
	return days, most
}
