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
	if p.trials += 2 * len(shifts); p.trials > maxTrials {
		return "", ""
	}
	switch {
	case !slices.ContainsFunc(shifts, func(k int) bool { return p.trial(k, client, nil) }):
		return planner.ReasonVisitTooLong, "it fits in no vehicle's hours, even with nothing else to do"
	case slices.ContainsFunc(shifts, func(k int) bool { return p.trial(k, client, s) }):
		return planner.ReasonSearchGap, "it fits as the routes are; the search did not find it"
	}
	return planner.ReasonNoFreeTime, "the routes of all vehicles that may come are full"
}

// maxTrials bounds how often jobs are tried in routes for their reasons, a few
// seconds' work: where thousands are left out the last ones are given none.
const maxTrials = 100_000

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
// or to nothing where s is nil. It is a problem of one route, with none but its
// own places.
func (p *vroomPlan) trial(shift, client int, s *vrp.Solution) bool {
	sh := p.problem.Shifts[shift]
	day := sh.Day
	sh.Worker, sh.Day, sh.Profile, sh.Fixed = 0, 0, 0, 0
	var places []int
	place := func(old int) int {
		if old == vrp.None {
			return vrp.None
		}
		if k := slices.Index(places, old); k >= 0 {
			return k
		}
		places = append(places, old)
		return len(places) - 1
	}
	sh.Start, sh.End = place(sh.Start), place(sh.End)
	small := &vrp.Problem{Days: 1, Workers: p.problem.Workers[:1], Unserved: p.count}
	add := func(c int) {
		cl := p.problem.Clients[c]
		cl.Place, cl.Rule, cl.Who = place(cl.Place), vrp.Once{Missing: p.count}, nil
		if cl.Windows != nil {
			cl.Windows = cl.Windows[day : day+1]
		}
		small.Clients = append(small.Clients, cl)
	}
	var o vrp.Options
	if s != nil {
		for _, r := range s.Routes {
			if r.Shift != shift {
				continue
			}
			route := vrp.Route{}
			for _, st := range r.Stops {
				switch st.Client {
				case client:
					return false // once a day is enough
				case vrp.None:
				default:
					add(st.Client)
					route.Stops = append(route.Stops, vrp.Stop{Client: len(small.Clients) - 1})
				}
			}
			o.From = &vrp.Solution{Routes: []vrp.Route{route}}
		}
	}
	add(client)
	small.Shifts = []vrp.Shift{sh}
	small.Profiles = []vrp.Profile{only(p.problem.Profiles[p.problem.Shifts[shift].Profile], places)}
	o.Iterations = vrp.None
	_, stats, err := vrp.Solve(context.Background(), small, o)
	return err == nil && stats.Cost.Missed == 0
}

// only is the profile of some of the places.
func only(pr vrp.Profile, places []int) vrp.Profile {
	cut := func(table [][]int32) [][]int32 {
		if table == nil {
			return nil
		}
		out := make([][]int32, len(places))
		for i, from := range places {
			out[i] = make([]int32, len(places))
			for j, to := range places {
				out[i][j] = table[from][to]
			}
		}
		return out
	}
	return vrp.Profile{Time: cut(pr.Time), Cost: cut(pr.Cost)}
}
