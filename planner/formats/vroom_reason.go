package formats

import (
	"fmt"
	"slices"

	"sanse/planner"
	"sanse/planner/vrp"
)

// unassigned says which job is left out and why: the first reason, in the order
// of planner.Reasons, that holds for all vehicles.
func (p *vroomPlan) unassigned(client, missed int, s *vrp.Solution) VROOMUnassigned {
	j := &p.in.Jobs[client]
	u := VROOMUnassigned{ID: j.ID, Type: "job", Description: j.Description, Location: j.Location, LocationIndex: j.LocationIndex}
	if j.Rule != nil {
		u.Missed = missed
	}
	u.Reason, u.Detail = p.reason(client, s)
	return u
}

func (p *vroomPlan) reason(client int, s *vrp.Solution) (planner.Reason, string) {
	j := &p.in.Jobs[client]
	if cost, _ := p.bestDays(j); cost > 0 {
		return planner.ReasonRuleImpossible, "no set of days meets the rule, whoever works"
	}
	helping := p.helping(client, s)
	reason, detail := p.reasons.of(client, s, func(works []bool) bool {
		for d := range helping {
			if works[d] {
				return true
			}
		}
		return false
	})
	if reason == planner.ReasonSkillMissing {
		detail = fmt.Sprintf("no vehicle that works has the skills %v", j.Skills)
	}
	return reason, detail
}

// days are those on which the job can be visited, from 1.
func (p *vroomPlan) days(j *VROOMJob) []int {
	switch {
	case j.Rule != nil && j.Rule.Sets != nil:
		var all []int
		for _, set := range j.Rule.Sets {
			all = append(all, set...)
		}
		return all
	case j.Days != nil:
		return j.Days
	}
	all := make([]int, p.in.Days)
	for d := range all {
		all[d] = d + 1
	}
	return all
}

// helping are the days (from 0) on which one more visit leaves fewer missed than
// s does; all that are allowed where one visit alone changes nothing.
func (p *vroomPlan) helping(client int, s *vrp.Solution) map[int]bool {
	now := s.Days(p.problem)[client]
	missed := p.missed(client, now)
	all, helping := map[int]bool{}, map[int]bool{}
	for _, d := range p.days(&p.in.Jobs[client]) {
		all[d-1] = true
		more := append(slices.Clone(now), d-1)
		slices.Sort(more)
		if n, ok := p.in.rule(&p.in.Jobs[client], 1).Cost(more); ok && !slices.Contains(now, d-1) && int(n) < missed {
			helping[d-1] = true
		}
	}
	if len(helping) == 0 {
		return all
	}
	return helping
}

// bestDays is the fewest visits missed on the best days, whoever works.
func (p *vroomPlan) bestDays(j *VROOMJob) (int64, []int) {
	// Visits cost nothing, so the sets with fewest missed are the cheapest.
	price := make([]int64, p.in.Days)
	days, cost, _ := p.in.rule(j, 1).Cheapest(price, nil, nil)
	return cost, days
}
