package ladder

import (
	"slices"

	"sanse/planner"
)

// Care is what the due dates of a resident come from.
type Care struct {
	Rules   []planner.Policy    // those that match, see planner.RulesFor
	History []planner.Date      // counted visits, ascending, today's included
	Absent  []planner.DateRange // days away
	// From is the day on which the windows of somebody never seen begin: the
	// first of the plan in force.
	From planner.Date
	// CatchUpBy is the last day to catch up what was owed on From.
	CatchUpBy planner.Date
}

// maxAway bounds how far an absence is followed for the last day before it.
const maxAway = 366

// Opens tells whether a day is the last on which a visit can keep a window of the
// resident, or catch up a debt in time, and no visit has: then there is a ladder
// on it. First is the first day of the window, of several the earliest: a visit from then on
// ends it. Nobody has a ladder on a day on which they are away; who will be away until a
// window closes has it on the day before they go.
//
// Windows come from planner.Windows: a window that the program cuts only because
// it looks no further opens nothing.
func Opens(c *Care, today planner.Date) (first planner.Date, opens bool) {
	if c.away(today) {
		return 0, false
	}
	last := today
	for last-today < maxAway && c.away(last+1) {
		last++
	}
	seen, _ := slices.BinarySearch(c.History, today+1)
	history, from := c.History[:seen], min(c.From, today)
	note := func(d planner.Date) {
		if !opens || d < first {
			first, opens = d, true
		}
	}
	for _, w := range planner.Windows(c.Rules, history, c.Absent, from, last) {
		if w.State == planner.WindowLapsed && !w.Cut && w.First <= today && w.Last >= today {
			note(w.First)
		}
	}
	if today == c.CatchUpBy {
		before, _ := slices.BinarySearch(history, from)
		if before == len(history) && planner.Owed(c.Rules, history, c.Absent, from) {
			note(from)
		}
	}
	return first, opens
}

// away tells whether nobody can visit on a day, because of an absence or a pause.
func (c *Care) away(d planner.Date) bool {
	return slices.ContainsFunc(c.Absent, func(r planner.DateRange) bool { return r.From <= d && d <= r.To }) ||
		slices.ContainsFunc(c.Rules, func(p planner.Policy) bool { return p.Pause && p.HoldsOn(d) })
}
