package ladder

import (
	"fmt"

	"sanse/planner"
)

// day is a day in minutes.
const day planner.Clock = 24 * 60

// Kind is what happens on a ladder.
type Kind uint8

// What happens, in this order.
const (
	Remind Kind = iota // the visitor is reminded
	Cover              // the visit goes to a tier
	Lapse              // the day is over, and nobody came
)

var kinds = [...]string{"remind", "cover", "lapse"}

// String writes remind, cover or lapse.
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// ParseKind reads what String writes.
func ParseKind(s string) (Kind, error) {
	for i, name := range kinds {
		if s == name {
			return Kind(i), nil
		}
	}
	return 0, fmt.Errorf("%q is nothing that happens on a ladder", s)
}

// Event is one thing that happens on a ladder.
type Event struct {
	N    int // 0: the reminder; then the steps of the rule; last the lapse
	Kind Kind
	At   planner.Moment // when it is to happen
	// Tier and Deadline are of a step (Cover); the deadline is at most the
	// midnight that ends the day, which is 0:00 of the next.
	Tier     planner.Tier
	Deadline planner.Moment
	// Past tells that the deadline of a step was over already when it was asked
	// for, as after a standstill: it is written down, and whoever comes next holds.
	Past bool
}

// Events is how many events a ladder of the rule has, the lapse included.
func (r *Rule) Events() int { return len(r.Steps) + 2 }

// event returns event n of the ladder of a day.
func (r *Rule) event(n int, d planner.Date) Event {
	switch {
	case n == 0:
		return Event{Kind: Remind, At: planner.Moment{Date: d, Clock: r.Remind}}
	case n <= len(r.Steps):
		s := r.Steps[n-1]
		return Event{N: n, Kind: Cover, At: planner.Moment{Date: d, Clock: s.At}, Tier: s.Tier, Deadline: inDay(d, s.Deadline)}
	default:
		return Event{N: n, Kind: Lapse, At: planner.Moment{Date: d + 1}}
	}
}

// inDay is a time of a day, of which 24:00 is 0:00 of the next.
func inDay(d planner.Date, c planner.Clock) planner.Moment {
	return planner.Moment{Date: d + planner.Date(c/day), Clock: c % day}
}

// Due returns what is to happen by now on the ladder of a day on which the first
// taken events have happened, in order, and when to ask again: nil when there is
// nothing left. A valid rule is assumed. It is a function of the rule, the day,
// the number and the moment alone: what was asked before, and when, is no matter.
func Due(r *Rule, d planner.Date, taken int, now planner.Moment) (due []Event, next *planner.Moment) {
	for n := max(0, taken); n < r.Events(); n++ {
		e := r.event(n, d)
		if Before(now, e.At) {
			return due, &e.At
		}
		e.Past = e.Kind == Cover && !Before(now, e.Deadline)
		due = append(due, e)
	}
	return due, nil
}

// Before tells whether a comes before b.
func Before(a, b planner.Moment) bool {
	return a.Date < b.Date || a.Date == b.Date && a.Clock < b.Clock
}
