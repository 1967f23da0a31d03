package planner

import (
	"fmt"
	"slices"
)

// Regraded returns the problem with another grade for a resident from a day on,
// today say: until then the rules of the old grade hold, from then on those of
// the new one (Resident.Before), so that no window is asked for that was over before
// anybody knew. From Start on it is just the new one. An error names a resident that
// the problem does not have or a grade without rules.
func (p *Problem) Regraded(resident, grade string, from Date) (*Problem, error) {
	i := slices.IndexFunc(p.Residents, func(r Resident) bool { return r.ID == resident })
	if i < 0 {
		return nil, fmt.Errorf("give another grade: the problem has no resident %q", resident)
	}
	if !slices.ContainsFunc(p.Policies, func(q Policy) bool { return q.Grade == grade && !q.Pause }) {
		return nil, fmt.Errorf("give another grade: no policy is for grade %q", grade)
	}
	q := *p
	q.Residents = slices.Clone(p.Residents)
	r := &q.Residents[i]
	if from <= p.Start {
		r.Grade, r.Before = grade, nil
		return &q, nil
	}
	r.Before = slices.DeleteFunc(slices.Clone(r.Before), func(g Graded) bool { return g.To >= from-1 })
	if r.Grade != grade {
		r.Before = append(r.Before, Graded{r.Grade, from - 1})
	}
	r.Grade = grade
	return &q, nil
}
