package grading

import "sanse/planner"

// Rules are what a district goes by from a day on.
type Rules struct {
	From   planner.Date `json:"from"`
	Grades []string     `json:"grades"` // strictest first
	// LowerAfter is for how many days a grade that was raised stays before it is
	// suggested to take that back, once the facts do not speak for it any more; 0:
	// that is never suggested.
	LowerAfter int `json:"lower_after_days,omitempty"`
	// AgainAfter is for how many days a suggestion that was not followed is not made
	// again for the same reasons.
	AgainAfter int `json:"again_after_days,omitempty"`
	// Notes are the facts that somebody writes down by hand.
	Notes  []Note      `json:"notes"`
	Rules  []Rule      `json:"rules"`
	Points []Threshold `json:"points,omitempty"` // strictest first
}

// Note is a fact that is written down by hand, with its day.
type Note struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// Rule speaks for a grade, or adds points, where all its conditions hold. Its code is
// the reason that a suggestion gives.
type Rule struct {
	Code   string      `json:"code"`
	ZH     string      `json:"zh"`
	EN     string      `json:"en"`
	Grade  string      `json:"grade,omitempty"`  // either a grade
	Points int         `json:"points,omitempty"` // or points
	If     []Condition `json:"if"`
}

// Threshold is how many points speak for a grade.
type Threshold struct {
	Points int    `json:"points"`
	Grade  string `json:"grade"`
}

// Condition is of one fact: one of Kind, Noted, Age, Unanswered, Lapses, Found and Case
// is set.
type Condition struct {
	Kind       string   `json:"kind,omitempty"`       // of that kind
	Noted      string   `json:"noted,omitempty"`      // written down by hand
	Age        int      `json:"age_from,omitempty"`   // that many years old, by the note Born
	Unanswered int      `json:"unanswered,omitempty"` // so many visits in a row at which nobody was seen
	Lapses     int      `json:"lapses,omitempty"`     // so many windows that closed without a visit
	Found      string   `json:"found,omitempty"`      // an item of the form, with one of Answers when it was last asked
	Answers    []string `json:"answers,omitempty"`
	Case       string   `json:"case,omitempty"`        // a case of that kind
	Days       int      `json:"within_days,omitempty"` // of Noted, Lapses, Found and Case: so many days back, today being one; 0: at any time
	Not        bool     `json:"not,omitempty"`         // it must not be so
}

// Born is the note whose day is that of birth.
const Born = "born"

// On returns the rules that hold on a day: of those that have begun the ones that
// began last. Where none has begun nothing is suggested, and it is false.
func On(list []Rules, d planner.Date) (Rules, bool) {
	var found *Rules
	for i := range list {
		if r := &list[i]; r.From <= d && (found == nil || r.From >= found.From) {
			found = r
		}
	}
	if found == nil {
		return Rules{}, false
	}
	return *found, true
}

// rank is the place of a grade, 0 for the strictest; the number of grades for one that
// the rules do not name.
func (r *Rules) rank(grade string) int {
	for i, g := range r.Grades {
		if g == grade {
			return i
		}
	}
	return len(r.Grades)
}

// Lowers tells whether a change is to a less strict grade. One of a grade that the
// rules do not name neither raises nor lowers.
func (r *Rules) Lowers(was, grade string) bool {
	a, b := r.rank(was), r.rank(grade)
	return b < len(r.Grades) && a < b
}

// FromStrictest tells whether a change takes the strictest grade away.
func (r *Rules) FromStrictest(was, grade string) bool {
	return r.rank(was) == 0 && was != grade
}

// ToStrictest tells whether a change brings the strictest grade.
func (r *Rules) ToStrictest(was, grade string) bool {
	return r.rank(grade) == 0 && was != grade
}

// Notable tells whether a fact is one that the rules have written down by hand.
func (r *Rules) Notable(code string) bool {
	for i := range r.Notes {
		if r.Notes[i].Code == code {
			return true
		}
	}
	return false
}

// LooksBack tells for how many days back what was found and cases are to be known: the
// longest that a condition asks for, most where one sets no bound or a longer one.
func (r *Rules) LooksBack(most int) (found, cases int) {
	for i := range r.Rules {
		for k := range r.Rules[i].If {
			c := &r.Rules[i].If[k]
			days := c.Days
			if days == 0 {
				days = most
			}
			days = min(days, most)
			if c.Found != "" {
				found = max(found, days)
			}
			if c.Case != "" {
				cases = max(cases, days)
			}
		}
	}
	return found, cases
}
