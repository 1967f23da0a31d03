package ladder

import (
	"cmp"
	"slices"

	"sanse/planner"
)

// Roster finds who takes a step. It keeps the visitors it was made from, which are
// not to change, and may be used by several goroutines.
type Roster struct {
	byScope map[string][]*planner.Visitor
}

// NewRoster returns a roster of these visitors.
func NewRoster(visitors []planner.Visitor) *Roster {
	r := &Roster{byScope: make(map[string][]*planner.Visitor)}
	for i := range visitors {
		for _, code := range visitors[i].Scope {
			r.byScope[code] = append(r.byScope[code], &visitors[i])
		}
	}
	return r
}

// Home is where a resident lives: the codes of the grid and, where there is one,
// of the micro-grid.
type Home struct {
	Grid, MicroGrid string
}

// Holder returns who takes a step at a home: a visitor of the step's tier, or of
// a higher one if there is none, in whose scope the home lies, who has no day off and
// is not among those who had it before. Whoever works on that day goes first, then
// the lower tier, then who works between the step and its deadline, then the
// narrower scope, then the smaller id. Nil: there is nobody.
func (r *Roster) Holder(h Home, step *Event, before []string) *planner.Visitor {
	var best *planner.Visitor
	var rank [4]int
	look := func(code string) {
		for _, v := range r.byScope[code] {
			if v.Tier < step.Tier || slices.Contains(before, v.ID) || slices.Contains(v.DaysOff, step.At.Date) {
				continue
			}
			today, then := works(v, step)
			next := [4]int{today, int(v.Tier), then, -len(code)}
			if best == nil || cmp.Or(slices.Compare(next[:], rank[:]), cmp.Compare(v.ID, best.ID)) < 0 {
				best, rank = v, next
			}
		}
	}
	for n := 1; n <= len(h.Grid); n++ {
		look(h.Grid[:n])
	}
	for n := 1; n <= len(h.MicroGrid); n++ {
		if n > len(h.Grid) || h.MicroGrid[:n] != h.Grid[:n] {
			look(h.MicroGrid[:n])
		}
	}
	return best
}

// works tells, 0 for yes and 1 for no, whether a visitor has a shift on the day of
// a step, and one between the step and its deadline.
func works(v *planner.Visitor, step *Event) (today, then int) {
	today, then = 1, 1
	end := step.Deadline.Clock
	if step.Deadline.Date > step.At.Date {
		end = day
	}
	for _, s := range v.Shifts {
		if s.Weekday != step.At.Date.Weekday() {
			continue
		}
		today = 0
		if s.From < end && step.At.Clock < s.To {
			then = 0
		}
	}
	return today, then
}
