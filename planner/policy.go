package planner

import (
	"errors"
	"fmt"
	"slices"

	"sanse/planner/internal/english"
)

// maxRules bounds the rules that may hold for one resident inside a horizon.
const maxRules = 10

// Label names the policy in messages: its id, else what it is for.
func (p *Policy) Label() string {
	switch {
	case p.ID != "":
		return fmt.Sprintf("policy %q", p.ID)
	case p.Grade != "":
		return fmt.Sprintf("policy of grade %q", p.Grade)
	default:
		return fmt.Sprintf("policy of kind %q", p.Kind)
	}
}

// Matches tells whether the policy is for the resident, by kind, or by a grade that
// holds or has held.
func (p *Policy) Matches(r *Resident) bool {
	if p.Grade != "" {
		return p.Grade == r.Grade || slices.ContainsFunc(r.Before, func(g Graded) bool { return g.Grade == p.Grade })
	}
	return p.Kind != "" && slices.Contains(r.Kinds, p.Kind)
}

// HoldsOn tells whether the policy holds on the day, both ends included.
func (p *Policy) HoldsOn(d Date) bool {
	return (p.From == nil || *p.From <= d) && (p.To == nil || d <= *p.To)
}

// Validate returns every finding about the policy as one joined error.
func (p *Policy) Validate() error { return p.validate(p.Label(), false) }

// validate returns the findings about a rule of that name: of a task, which
// names neither grade nor kind, or of residents, which names one.
func (p *Policy) validate(label string, task bool) error {
	var errs []error
	add := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", label, fmt.Sprintf(format, a...)))
	}
	switch {
	case task && p.Grade == "" && p.Kind == "":
	case task:
		add("names a grade or a kind, but is the task's own")
	case p.Grade == "" && p.Kind == "":
		add("names neither a grade nor a kind")
	case p.Grade != "" && p.Kind != "":
		add("names both a grade and a kind (write two policies)")
	}
	set := 0
	for _, v := range [...]int{p.EveryDays, p.PerWeek, p.PerMonth} {
		if v != 0 {
			set++
		}
	}
	for _, v := range [...]bool{p.Pause, p.Once} {
		if v {
			set++
		}
	}
	switch {
	case set == 0:
		add("asks for 0 visits: set one of every_days, per_week, per_month (at least 1), once or pause")
	case set > 1:
		add("sets more than one of every_days, per_week, per_month, once and pause (write several policies)")
	}
	if p.Once && (p.From == nil || p.To == nil) {
		add("asks for a visit once and needs both from and to")
	}
	bound := func(name string, v, most int, why string) {
		if v < 0 {
			add("%s is %d, must be at least 1", name, v)
		} else if v > most {
			add("%s is %d, more than %d: %s", name, v, most, why)
		}
	}
	bound("every_days", p.EveryDays, 3660, "ten years")
	bound("per_week", p.PerWeek, 7, "one visit a day is the most")
	bound("per_month", p.PerMonth, 28, "one visit a day is the most in a February")
	if p.From != nil && p.To != nil && *p.To < *p.From {
		add("ends on %s, before it begins on %s", *p.To, *p.From)
	}
	widest := 0
	for i, pat := range p.Patterns {
		var seen [8]bool
		n := 0
		for _, w := range pat {
			if w < 1 || w > 7 {
				add("pattern %d has weekday %d (want 1 for Monday to 7 for Sunday)", i+1, w)
			} else if !seen[w] {
				seen[w] = true
				n++
			}
		}
		if len(pat) == 0 {
			add("pattern %d is empty", i+1)
		}
		widest = max(widest, n)
	}
	if len(p.Patterns) > 0 {
		if p.Pause {
			add("is a pause and cannot have patterns")
		}
		if p.PerWeek > widest && p.PerWeek <= 7 {
			add("per_week is %d, more than the %s of its widest pattern", p.PerWeek, english.Count(widest, "day", "days"))
		}
		// Five weeks can touch a month, but no month of 28 days has more than four.
		if p.PerMonth > 4*widest && p.PerMonth <= 28 {
			add("per_month is %d, more than the %s that its patterns allow in four weeks", p.PerMonth, english.Count(4*widest, "day", "days"))
		}
	}
	return errors.Join(errs...)
}

// ErrNoPolicy is wrapped by RulesFor where no visit rule matches a resident.
var ErrNoPolicy = errors.New("no policy matches the resident")

// RulesFor returns the policies that match the resident, pauses among them, in
// the order of the problem. All of them must hold. Those of a grade hold on the days
// on which the resident has it: where the grade has changed they are cut to these, and
// one of a grade that held twice is there twice. Of a quota of the grade before no
// part of a week or a month is asked for: the visit could still have been made when
// the grade changed. A resident whom no visit rule
// matches is an error that wraps ErrNoPolicy.
func RulesFor(p *Problem, r *Resident) ([]Policy, error) {
	var out []Policy
	visits := false
	for i := range p.Policies {
		q := &p.Policies[i]
		n := len(out)
		switch {
		case !q.Matches(r):
		case q.Grade == "" || len(r.Before) == 0:
			out = append(out, *q)
		default:
			out = r.cut(out, q)
		}
		visits = visits || len(out) > n && !q.Pause
	}
	if !visits {
		return nil, fmt.Errorf("find rules of resident %q (grade %q): %w", r.ID, r.Grade, ErrNoPolicy)
	}
	return out, nil
}

// cut adds the policy of a grade for each time in which the resident has it.
func (r *Resident) cut(out []Policy, p *Policy) []Policy {
	since := dateMin
	for i := range len(r.Before) + 1 {
		grade, to := r.Grade, dateMax
		if i < len(r.Before) {
			grade, to = r.Before[i].Grade, r.Before[i].To
		}
		if c := *p; grade == p.Grade && c.bound(since, c.lastWhole(to)) {
			out = append(out, c)
		}
		since = to + 1
	}
	return out
}

// lastWhole is the last day, at most to, on which a period of a quota ends; of what is
// no quota to itself.
func (p *Policy) lastWhole(to Date) Date {
	switch next := to + 1; {
	case to == dateMax:
		return to
	case p.PerWeek > 0:
		return next.WeekStart() - 1
	case p.PerMonth > 0:
		return next.MonthStart() - 1
	}
	return to
}

// bound keeps the policy to the days between two, both included; false if it holds on
// none of them.
func (p *Policy) bound(first, last Date) bool {
	from, to := p.bounds()
	if first > from {
		p.From, from = &first, first
	}
	if last < to {
		p.To, to = &last, last
	}
	return from <= to
}
