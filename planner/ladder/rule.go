package ladder

import (
	"errors"
	"fmt"

	"sanse/planner"
	"sanse/planner/internal/english"
)

// maxSteps is how many steps a rule may have: one a tier.
const maxSteps = 4

// Rule is the ladder of a district: when the visitor is reminded and when the
// visit goes to whom. Clock times are of the last day of the window.
type Rule struct {
	From   planner.Date  `json:"from"`   // the first day on which it holds, until a later rule does
	Remind planner.Clock `json:"remind"` // before the first step
	Steps  []Step        `json:"steps"`  // 1 to 4, ascending in time and tier
}

// Step hands a visit to a tier.
type Step struct {
	Tier     planner.Tier  `json:"tier"`
	At       planner.Clock `json:"at"`
	Deadline planner.Clock `json:"deadline"` // after At, at most when the next step begins, at most 24:00
}

// Reference returns the ladder that holds from a day on where the district knows
// no better: micro-grid leader at 14:00, grid leader at 16:00, master-grid leader
// at 18:00, each for two hours.
func Reference(from planner.Date) Rule {
	return Rule{From: from, Remind: 8 * 60, Steps: []Step{
		{planner.TierMicroGrid, 14 * 60, 16 * 60},
		{planner.TierGrid, 16 * 60, 18 * 60},
		{planner.TierMasterGrid, 18 * 60, 20 * 60},
	}}
}

// Validate returns every finding about the rule as one joined error.
func (r *Rule) Validate() error {
	var errs []error
	add := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if n := len(r.Steps); n == 0 || n > maxSteps {
		add("the ladder has %s: it takes 1 to %d", english.Count(n, "step", "steps"), maxSteps)
	}
	if r.Remind < 0 || r.Remind >= day {
		add("the reminder is at %s, which is no time of the day", r.Remind)
	}
	for i, s := range r.Steps {
		before, what, tier := r.Remind+1, "the reminder", planner.Tier(0)
		if i > 0 {
			last := r.Steps[i-1]
			before, what, tier = last.Deadline, "the deadline of the step before", last.Tier
		}
		switch {
		case s.Tier < planner.TierMicroGrid || s.Tier > planner.TierTaskForce:
			add("step %d names no tier", i+1)
		case s.Tier <= tier:
			add("step %d goes to %s, which is not above %s", i+1, s.Tier, tier)
		}
		if s.At < before {
			add("step %d is at %s, before %s is over", i+1, s.At, what)
		}
		if s.Deadline <= s.At || s.Deadline > day {
			add("step %d is from %s to %s: its deadline must lie after it and inside the day", i+1, s.At, s.Deadline)
		}
	}
	return errors.Join(errs...)
}

// On returns the rule that holds on a day: of those that have begun the one that
// began last. False if none has.
func On(rules []Rule, d planner.Date) (Rule, bool) {
	var found *Rule
	for i := range rules {
		if r := &rules[i]; r.From <= d && (found == nil || r.From >= found.From) {
			found = r
		}
	}
	if found == nil {
		return Rule{}, false
	}
	return *found, true
}
