package planner

import (
	"fmt"
	"slices"
)

// Regraded returns the problem with another grade for a resident from a day on,
// today say: until then the rules of the old grade hold, from then on those of
// the new one, so that no window is asked for that was over before anybody knew.
// The resident's grade is then called "red since 2026-12-10, blue before", with policies of its
// own; from Start on it is just the new one. An error names a resident that the
// problem does not have or a grade without rules.
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
	old := r.Grade
	if r.Grade = grade; from <= p.Start || old == grade {
		return &q, nil
	}
	r.Grade = fmt.Sprintf("%s since %s, %s before", grade, from, old)
	if slices.ContainsFunc(p.Policies, func(o Policy) bool { return o.Grade == r.Grade }) {
		return &q, nil // somebody else has turned so on that day
	}
	q.Policies = slices.Clone(p.Policies)
	before := from - 1
	for _, o := range p.Policies {
		if o.Grade != old && o.Grade != grade {
			continue
		}
		if o.Grade == old {
			if o.To == nil || *o.To > before {
				o.To = &before
			}
		} else if o.From == nil || *o.From < from {
			o.From = &from
		}
		if o.From != nil && o.To != nil && *o.To < *o.From {
			continue
		}
		if o.ID != "" {
			o.ID = fmt.Sprintf("%s, %s", o.ID, r.Grade)
		}
		o.Grade = r.Grade
		q.Policies = append(q.Policies, o)
	}
	return &q, nil
}
