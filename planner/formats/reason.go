package formats

import (
	"context"
	"slices"

	"sanse/planner"
	"sanse/planner/vrp"
)

// reasonLoad is the reason that planner has no word for: care carries nothing.
const reasonLoad planner.Reason = "load_too_large"

// LeftOut is a customer who is not visited as the instance asks, and why.
type LeftOut struct {
	Customer int            `json:"customer"` // number in the file
	Reason   planner.Reason `json:"reason,omitempty"`
	Detail   string         `json:"detail,omitempty"`
}

// maxTrials bounds how often clients are tried in routes for their reasons, a few
// seconds' work: where thousands are left out the last ones are given none.
const maxTrials = 100_000

// reasons finds why clients of a problem are left out.
type reasons struct {
	problem *vrp.Problem
	missing int64 // a cost beyond that of any one route
	trials  int   // of clients in routes so far
}

// of says why a client is left out: the first reason, in the order of
// planner.Reasons, that holds for all vehicles. enough tells whether a vehicle on
// each of some days (true) would leave less undone. The detail is English.
func (r *reasons) of(client int, s *vrp.Solution, enough func(works []bool) bool) (planner.Reason, string) {
	c := &r.problem.Clients[client]
	var shifts []int
	// some tells whether the shifts that pass a test are enough; it looks at no
	// more of them than it must.
	some := func(ok func(k int) bool) bool {
		works := make([]bool, r.problem.Days)
		for _, k := range shifts {
			if day := r.problem.Shifts[k].Day; !works[day] && ok(k) {
				if works[day] = true; enough(works) {
					return true
				}
			}
		}
		return false
	}
	// keep keeps those that pass a test and tells whether they are enough.
	keep := func(ok func(k int) bool) bool {
		shifts = slices.DeleteFunc(shifts, func(k int) bool { return !ok(k) })
		return some(func(int) bool { return true })
	}
	for k := range r.problem.Shifts {
		shifts = append(shifts, k)
	}
	if len(shifts) == 0 {
		return planner.ReasonNoVisitorWorking, "no vehicle works"
	}
	// Who may not come, or has no way, comes on no day: that is before the days.
	keep(func(k int) bool {
		return c.Who == nil || slices.ContainsFunc(c.Who, func(w vrp.Choice) bool { return w.Worker == r.problem.Shifts[k].Worker })
	})
	if len(shifts) == 0 {
		return planner.ReasonSkillMissing, "no vehicle that works may come"
	}
	able := keep(func(k int) bool { return r.reach(&r.problem.Shifts[k], c.Place) })
	if len(shifts) == 0 {
		return planner.ReasonUnreachable, "there is no way to the place and back for any vehicle"
	}
	switch {
	case !able:
		return planner.ReasonNoVisitorWorking, "no vehicle that may come works on a day that would help"
	case !keep(func(k int) bool { return r.opens(k, client) }):
		return planner.ReasonWindowClosed, "its time windows are all outside the hours of the vehicles that may come"
	case !keep(func(k int) bool { return r.carries(k, client) }):
		return reasonLoad, "it is more than any vehicle that may come can carry"
	}
	if r.trials += 2 * len(shifts); r.trials > maxTrials {
		return "", ""
	}
	switch {
	case !some(func(k int) bool { return r.trial(k, client, nil) }):
		return planner.ReasonVisitTooLong, "it fits in no vehicle's hours, even with nothing else to do"
	case some(func(k int) bool { return r.trial(k, client, s) }):
		return planner.ReasonSearchGap, "it fits as the routes are; the search did not find it"
	}
	return planner.ReasonNoFreeTime, "the routes of all vehicles that may come are full"
}

// leftOut lists the clients that the solution misses, with their numbers in the
// file.
func (r *reasons) leftOut(s *vrp.Solution, number func(client int) int) []LeftOut {
	var out []LeftOut
	for i, days := range s.Days(r.problem) {
		rule := r.problem.Clients[i].Rule
		if cost, ok := rule.Cost(days); !ok || cost < r.missing {
			continue
		}
		l := LeftOut{Customer: number(i)}
		l.Reason, l.Detail = r.of(i, s, func(works []bool) bool {
			if p, ok := rule.(vrp.Patterns); ok {
				return slices.ContainsFunc(p.Sets, func(set []int) bool {
					return !slices.ContainsFunc(set, func(d int) bool { return !works[d] })
				})
			}
			return slices.Contains(works, true)
		})
		out = append(out, l)
	}
	return out
}

// reach tells whether there is a way from the start to the place and on to the
// end.
func (r *reasons) reach(s *vrp.Shift, place int) bool {
	t := r.problem.Profiles[s.Profile].Time
	return (s.Start == vrp.None || t[s.Start][place] >= 0) && (s.End == vrp.None || t[place][s.End] >= 0)
}

// opens tells whether the client can be begun within the hours of the shift.
func (r *reasons) opens(shift, client int) bool {
	s, c := &r.problem.Shifts[shift], &r.problem.Clients[client]
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

// carries tells whether the shift, with nothing else to do, has room for what the
// client is brought and gives.
func (r *reasons) carries(shift, client int) bool {
	c := &r.problem.Clients[client]
	for d, most := range r.problem.Shifts[shift].Capacity {
		if loadAt(c.Deliver, d) > most || loadAt(c.Pickup, d) > most {
			return false
		}
	}
	return true
}

func loadAt(load []int32, d int) int32 {
	if d < len(load) {
		return load[d]
	}
	return 0
}

// trial tells whether the client can be added to the shift: to its route in s,
// or to nothing where s is nil. It is a problem of one route, with none but its
// own places.
func (r *reasons) trial(shift, client int, s *vrp.Solution) bool {
	sh := r.problem.Shifts[shift]
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
	small := &vrp.Problem{Days: 1, Workers: r.problem.Workers[:1], Unserved: r.missing}
	add := func(c int) {
		cl := r.problem.Clients[c]
		cl.Place, cl.Rule, cl.Who = place(cl.Place), vrp.Once{Missing: r.missing}, nil
		if cl.Windows != nil {
			cl.Windows = cl.Windows[day : day+1]
		}
		small.Clients = append(small.Clients, cl)
	}
	var o vrp.Options
	if s != nil {
		for _, at := range s.Routes {
			if at.Shift != shift {
				continue
			}
			route := vrp.Route{}
			for _, st := range at.Stops {
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
	small.Profiles = []vrp.Profile{only(r.problem.Profiles[r.problem.Shifts[shift].Profile], places)}
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
