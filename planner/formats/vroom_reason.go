package formats

import (
	"context"
	"fmt"
	"slices"

	"sanse/planner"
	"sanse/planner/vrp"
)

// reasonLoad is the reason that planner has no word for: care carries nothing.
const reasonLoad planner.Reason = "load_too_large"

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
	// Each test keeps the shifts that pass it.
	shifts := make([]int, len(p.shifts))
	for k := range shifts {
		shifts[k] = k
	}
	keep := func(ok func(k int) bool) bool {
		var left []int
		for _, k := range shifts {
			if ok(k) {
				left = append(left, k)
			}
		}
		if left != nil {
			shifts = left
		}
		return left != nil
	}
	vehicle := func(k int) *VROOMVehicle { return &p.in.Vehicles[p.shifts[k].vehicle] }
	if len(shifts) == 0 {
		return planner.ReasonNoVisitorWorking, "no vehicle works"
	}
	if !keep(func(k int) bool { return vehicle(k).has(j.Skills) }) {
		return planner.ReasonSkillMissing, fmt.Sprintf("no vehicle that works has the skills %v", j.Skills)
	}
	if !keep(func(k int) bool { return p.reach(&p.problem.Shifts[k], p.problem.Clients[client].Place) }) {
		return planner.ReasonUnreachable, "there is no way to the place and back for any vehicle"
	}
	days := p.helping(client, s)
	if !keep(func(k int) bool { return days[p.shifts[k].day] }) {
		return planner.ReasonNoVisitorWorking, "no vehicle that may come works on a day that would help"
	}
	if !keep(func(k int) bool { return p.opens(k, client) }) {
		return planner.ReasonWindowClosed, "its time windows are all outside the hours of the vehicles that may come"
	}
	if !keep(func(k int) bool { return p.carries(vehicle(k), j) }) {
		return reasonLoad, "it is more than any vehicle that may come can carry"
	}
	if !keep(func(k int) bool { return p.trial(k, client, nil) }) {
		return planner.ReasonVisitTooLong, "it fits in no vehicle's hours, even with nothing else to do"
	}
	if keep(func(k int) bool { return p.trial(k, client, s) }) {
		return planner.ReasonSearchGap, "it fits as the routes are; the search did not find it"
	}
	return planner.ReasonNoFreeTime, "the routes of all vehicles that may come are full"
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

// helping are the days (from 1) on which one more visit leaves fewer missed than
// s does; all that are allowed where one visit alone changes nothing.
func (p *vroomPlan) helping(client int, s *vrp.Solution) map[int]bool {
	now := s.Days(p.problem)[client]
	missed := p.missed(client, now)
	all, helping := map[int]bool{}, map[int]bool{}
	for _, d := range p.days(&p.in.Jobs[client]) {
		all[d] = true
		more := append(slices.Clone(now), d-1)
		slices.Sort(more)
		if n, ok := p.in.rule(&p.in.Jobs[client], 1).Cost(more); ok && !slices.Contains(now, d-1) && int(n) < missed {
			helping[d] = true
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

// reach tells whether there is a way from the start to the place and on to the
// end.
func (p *vroomPlan) reach(s *vrp.Shift, place int) bool {
	t := p.problem.Profiles[s.Profile].Time
	return (s.Start == vrp.None || t[s.Start][place] >= 0) && (s.End == vrp.None || t[place][s.End] >= 0)
}

// opens tells whether the client can be begun within the hours of the shift.
func (p *vroomPlan) opens(shift, client int) bool {
	s, c := &p.problem.Shifts[shift], &p.problem.Clients[client]
	if c.Windows == nil {
		return true
	}
	for _, w := range c.Windows[s.Day] {
		if w.From <= s.To && w.To >= s.From {
			return true
		}
	}
	return false
}

func (p *vroomPlan) carries(v *VROOMVehicle, j *VROOMJob) bool {
	for d, q := range v.Capacity {
		if at(j.Delivery, d) > q || at(j.Pickup, d) > q {
			return false
		}
	}
	return true
}

// trial tells whether the client can be added to the shift: to its route in s,
// or to nothing where s is nil.
func (p *vroomPlan) trial(shift, client int, s *vrp.Solution) bool {
	small := *p.problem
	small.Shifts = []vrp.Shift{p.problem.Shifts[shift]}
	small.Days = 1
	small.Shifts[0].Day, small.Shifts[0].Fixed = 0, 0
	small.Clients = nil
	day := p.problem.Shifts[shift].Day
	route := vrp.Route{}
	add := func(c int) bool {
		cl := p.problem.Clients[c]
		if cl.Windows != nil {
			cl.Windows = cl.Windows[day : day+1]
		}
		cl.Rule, cl.DayCost, cl.Kept = vrp.Once{Missing: p.count}, nil, nil
		small.Clients = append(small.Clients, cl)
		return true
	}
	if s != nil {
		for _, r := range s.Routes {
			if r.Shift != shift {
				continue
			}
			for _, st := range r.Stops {
				if st.Client == client {
					return false // once a day is enough
				}
				if st.Client != vrp.None {
					add(st.Client)
					route.Stops = append(route.Stops, vrp.Stop{Client: len(small.Clients) - 1})
				}
			}
		}
	}
	add(client)
	o := vrp.Options{Iterations: vrp.None}
	if route.Stops != nil {
		o.From = &vrp.Solution{Routes: []vrp.Route{route}}
	}
	_, stats, err := vrp.Solve(context.Background(), &small, o)
	return err == nil && stats.Cost.Missed == 0
}
