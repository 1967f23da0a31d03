package planner

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Reorder returns the walks of a visitor's day with their stops in another order, and
// when they are reached then. Order names stops by the id of the task, or of the
// resident at a care visit; those that it does not name stay behind the one that they
// follow in the plan, and ids that are not of the day are no matter. Each walk keeps
// its beginning and as many stops as it had. The error says which way the problem does
// not know.
func Reorder(p *Problem, plan *Plan, visitor string, day Date, order []string) ([]Itinerary, error) {
	fail := func(err error) ([]Itinerary, error) {
		return nil, fmt.Errorf("reorder the day of visitor %q on %s: %w", visitor, day, err)
	}
	who := slices.IndexFunc(p.Visitors, func(v Visitor) bool { return v.ID == visitor })
	if who < 0 {
		return fail(errors.New("there is no such visitor"))
	}
	var out []Itinerary
	stops := map[string][]Stop{} // by block, in the new order
	for i := range plan.Itineraries {
		if it := &plan.Itineraries[i]; it.Visitor == visitor && it.Date == day {
			out = append(out, *it)
		}
	}
	slices.SortStableFunc(out, func(a, b Itinerary) int { return cmp.Compare(a.Depart, b.Depart) })
	for i := range out {
		stops[out[i].Block] = append(stops[out[i].Block], out[i].Stops...)
	}
	for block := range stops {
		stops[block] = stopsBy(stops[block], order)
	}
	doors := p.doorsOf(stops)
	for i := range out {
		it := &out[i]
		left := stops[it.Block]
		it.Stops, stops[it.Block] = slices.Clone(left[:len(it.Stops)]), left[len(it.Stops):]
		if err := p.retime(it, &p.Visitors[who], doors); err != nil {
			return fail(err)
		}
	}
	return out, nil
}

// Breaks is what Check finds if a visitor's day is walked so, and does not find as it
// is planned.
func Breaks(p *Problem, plan *Plan, visitor string, day Date, walks []Itinerary) []Violation {
	changed := *plan
	changed.Itineraries = slices.DeleteFunc(slices.Clone(plan.Itineraries), func(it Itinerary) bool { return it.Visitor == visitor && it.Date == day })
	changed.Itineraries = append(changed.Itineraries, walks...)
	return newly(Check(p, plan), Check(p, &changed))
}

// aDoor is where a stop is in the matrices, how long it takes and when it is open.
type aDoor struct {
	place   string
	minutes int
	needs   *Needs
}

// doorsOf are those of stops, by the id of the job.
func (p *Problem) doorsOf(stops map[string][]Stop) map[string]aDoor {
	wanted := make(map[string]bool)
	for _, list := range stops {
		for i := range list {
			wanted[jobID(list[i].Resident, list[i].Task)] = true
		}
	}
	out := make(map[string]aDoor, len(wanted))
	for i := range p.Residents {
		if r := &p.Residents[i]; wanted[r.ID] {
			out[r.ID] = aDoor{r.ID, r.Minutes, &r.Needs}
		}
	}
	for i := range p.Tasks {
		if t := &p.Tasks[i]; wanted[t.ID] {
			out[t.ID] = aDoor{cmp.Or(t.Resident, t.ID), t.Minutes, &t.Needs}
		}
	}
	return out
}

// stopsBy returns the stops in an order of ids: one that it does not name stays
// behind the one that it follows.
func stopsBy(stops []Stop, order []string) []Stop {
	rank := make([]int, len(stops))
	last := -1
	for i := range stops {
		if n := slices.Index(order, jobID(stops[i].Resident, stops[i].Task)); n >= 0 {
			last = n
		}
		rank[i] = last
	}
	at := make([]int, len(stops))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return rank[a] - rank[b] })
	out := make([]Stop, len(stops))
	for i, from := range at {
		out[i] = stops[from]
	}
	return out
}

// retime says when the stops of a walk are reached in their order: as soon as can
// be, and not before the door is open.
func (p *Problem) retime(it *Itinerary, v *Visitor, doors map[string]aDoor) error {
	m := p.matrixOn(it.Block, v.Mode, it.Date)
	if m == nil {
		return fmt.Errorf("no travel times of block %q", it.Block)
	}
	slow := p.slowPercent(v.Mode, it.Date)
	seconds := func(from, to string) (int32, error) {
		a, b := slices.Index(m.Locations, from), slices.Index(m.Locations, to)
		if a < 0 || b < 0 || m.Seconds[a][b] < 0 {
			return 0, fmt.Errorf("no way from %q to %q", from, to)
		}
		return slowed(m.Seconds[a][b], slow), nil
	}
	at, place := it.Depart, v.ID
	for i := range it.Stops {
		st := &it.Stops[i]
		j, ok := doors[jobID(st.Resident, st.Task)]
		if !ok {
			return fmt.Errorf("the problem does not know stop %d", i+1)
		}
		way, err := seconds(place, j.place)
		if err != nil {
			return err
		}
		st.WalkSeconds, st.Arrive = int(way), at+Clock(minutesOf(way))
		if open, ok := j.needs.opens(it.Date.Weekday(), st.Arrive); ok {
			st.Arrive = open
		}
		st.Leave = st.Arrive + Clock(j.minutes)
		at, place = st.Leave, j.place
	}
	it.ReturnSeconds = 0
	if v.End == nil {
		return nil
	}
	way, err := seconds(place, v.endPlace())
	if err != nil {
		return err
	}
	it.ReturnSeconds = int(way)
	return nil
}

// opens returns when on a weekday a visit may begin, at a time or else soonest after
// it; false: not any more, or the whole day is open.
func (n *Needs) opens(weekday int, at Clock) (Clock, bool) {
	best, ok := Clock(0), false
	for _, h := range n.Hours {
		if from := max(h.From, at); h.Weekday == weekday && from <= h.To && (!ok || from < best) {
			best, ok = from, true
		}
	}
	return best, ok
}

// newly returns the findings of the one list that the other does not have: of the
// same kind with the same people on the same day.
func newly(before, after []Violation) []Violation {
	type key struct {
		code                    Code
		visitor, resident, task string
		day                     Date
	}
	of := func(v *Violation) key { return key{v.Code, v.Visitor, v.Resident, v.Task, dateOr0(v.Date)} }
	known := make(map[key]int, len(before))
	for i := range before {
		known[of(&before[i])]++
	}
	var out []Violation
	for i := range after {
		if k := of(&after[i]); known[k] > 0 {
			known[k]--
		} else {
			out = append(out, after[i])
		}
	}
	return out
}
