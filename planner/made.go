package planner

import (
	"cmp"
	"slices"
)

// compare orders visits by day, visitor and time.
func (m *Made) compare(o *Made) int {
	return cmp.Or(cmp.Compare(m.Date, o.Date), cmp.Compare(m.Visitor, o.Visitor), cmp.Compare(m.Arrive, o.Arrive))
}

// madeItineraries returns what was made before Now as part of a plan: an
// itinerary a visitor and day, ordered by day and visitor, with the stops in
// order of time. Travel is not known and left 0; due-bys are the caller's.
func (p *Problem) madeItineraries(jobs []job) []Itinerary {
	if len(p.Made) == 0 {
		return nil
	}
	byID := make(map[string]*job, len(jobs))
	for i := range jobs {
		byID[jobs[i].id] = &jobs[i]
	}
	made := slices.Clone(p.Made)
	slices.SortStableFunc(made, func(a, b Made) int { return a.compare(&b) })
	var out []Itinerary
	for i := range made {
		m := &made[i]
		j := byID[jobID(m.Resident, m.Task)]
		if j == nil {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Date != m.Date || out[n-1].Visitor != m.Visitor {
			out = append(out, Itinerary{Visitor: m.Visitor, Date: m.Date, Block: j.block, Depart: m.Arrive})
		}
		it := &out[len(out)-1]
		st := Stop{Arrive: m.Arrive, Leave: m.Leave}
		st.Resident, st.Task = p.names(j)
		it.Stops = append(it.Stops, st)
	}
	return out
}
