package grading

import (
	"cmp"
	"slices"

	"sanse/planner"
)

// Reason is a rule that holds, with the facts that it does by.
type Reason struct {
	Code   string `json:"code"`
	Points int    `json:"points,omitempty"`
	Facts  []Fact `json:"facts,omitempty"`
}

// Suggestion is a grade that the facts speak for, where it is not the present one.
type Suggestion struct {
	Grade   string   `json:"grade"`
	Lower   bool     `json:"lower,omitempty"`
	Reasons []Reason `json:"reasons"` // by code
}

// Codes are the codes of the reasons, ascending.
func (s *Suggestion) Codes() []string {
	out := make([]string, len(s.Reasons))
	for i := range s.Reasons {
		out[i] = s.Reasons[i].Code
	}
	return out
}

// Grade returns the strictest grade that the facts speak for on a day, whatever the
// present one, with the reasons, by code; false if they speak for none.
func (r *Rules) Grade(f *Facts, on planner.Date) (string, []Reason, bool) {
	rank, sum := len(r.Grades), 0
	var held []int
	reasons := make([]Reason, len(r.Rules))
	for i := range r.Rules {
		q := &r.Rules[i]
		facts, holds := q.holds(f, on)
		if !holds {
			continue
		}
		held = append(held, i)
		reasons[i] = Reason{Code: q.Code, Points: q.Points, Facts: facts}
		sum += q.Points
		if q.Grade != "" {
			rank = min(rank, r.rank(q.Grade))
		}
	}
	reached := len(r.Grades)
	for _, t := range r.Points {
		if sum >= t.Points {
			reached = min(reached, r.rank(t.Grade))
		}
	}
	rank = min(rank, reached)
	if rank == len(r.Grades) {
		return "", nil, false
	}
	var out []Reason
	for _, i := range held {
		q := &r.Rules[i]
		if q.Grade != "" && r.rank(q.Grade) == rank || q.Points != 0 && reached == rank {
			out = append(out, reasons[i])
		}
	}
	slices.SortFunc(out, func(a, b Reason) int { return cmp.Compare(a.Code, b.Code) })
	return r.Grades[rank], out, true
}

// holds tells whether all conditions of a rule hold, and by which facts.
func (q *Rule) holds(f *Facts, on planner.Date) ([]Fact, bool) {
	var facts []Fact
	for i := range q.If {
		fact, holds := q.If[i].holds(f, on)
		if !holds {
			return nil, false
		}
		if fact.What != "" {
			facts = append(facts, fact)
		}
	}
	return facts, true
}

// Suggest returns the grade that is suggested on a day, or nil. A stricter grade is
// suggested as soon as the facts speak for it. A less strict one only takes a raise
// back: LowerAfter days after it was decided on, to the grade before it or whatever is
// stricter among what the facts still speak for. What was not followed is not
// suggested again for the same reasons for AgainAfter days. A present grade that the
// rules do not name is left alone.
func (r *Rules) Suggest(f *Facts, on planner.Date) *Suggestion {
	present := r.rank(f.Grade)
	if present == len(r.Grades) {
		return nil
	}
	grade, reasons, speak := r.Grade(f, on)
	var out *Suggestion
	switch {
	case speak && r.rank(grade) < present:
		out = &Suggestion{Grade: grade, Reasons: reasons}
	case r.LowerAfter > 0 && f.Raised != nil && on >= f.Raised.On+planner.Date(r.LowerAfter) && r.Lowers(f.Grade, f.Raised.From):
		back := r.rank(f.Raised.From)
		if speak {
			back = min(back, r.rank(grade))
		}
		if back == present {
			return nil
		}
		out = &Suggestion{Grade: r.Grades[back], Lower: true, Reasons: []Reason{{Code: Over, Facts: []Fact{{What: "raised", Code: f.Raised.From, Day: f.Raised.On}}}}}
	default:
		return nil
	}
	if k := f.Kept; k != nil && k.Grade == out.Grade && on < k.On+planner.Date(r.AgainAfter) {
		fresh := slices.ContainsFunc(out.Reasons, func(q Reason) bool { return !slices.Contains(k.Reasons, q.Code) })
		if !fresh {
			return nil
		}
	}
	return out
}
