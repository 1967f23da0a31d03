package formats

import (
	"fmt"
	"math"
	"slices"

	"sanse/planner/vrp"
)

// vroomPlan is a problem compiled: the vrp.Problem and the way back. Client i
// is Jobs[i], worker i is Vehicles[i].
type vroomPlan struct {
	in      *VROOM
	problem *vrp.Problem
	base    int64 // the time that is 0 in the problem
	unit    int64 // how many units of cost a cost of 1 is
	// count is the cost of a visit that is missed, priority what is added to it
	// for each point of priority: VROOM's order is the sum of priorities first,
	// then the number of jobs, then the cost.
	count, priority int64
	shifts          []vroomShift // by shift
	place           map[int]int  // index in the matrices → place
	index           []int        // place → index in the matrices
	reasons         reasons      // why jobs are left out
}

// vroomShift is where a shift comes from.
type vroomShift struct{ vehicle, day int } // day from 1

// Problem compiles the problem. What the file asks for and the solver cannot
// bound is an error by path.
func (in *VROOM) Problem() (*vrp.Problem, error) {
	plan, err := in.compile()
	if err != nil {
		return nil, fmt.Errorf("read VROOM's problem: %w", err)
	}
	return plan.problem, nil
}

func (in *VROOM) compile() (*vroomPlan, error) {
	for i, v := range in.Vehicles {
		switch {
		case v.MaxDistance != nil:
			return nil, errorf("vehicles[%d].max_distance is not planned by, only checked: give max_travel_time", i)
		case v.MaxTravelTime != nil && *v.MaxTravelTime == 0:
			return nil, errorf("vehicles[%d].max_travel_time is 0, want 1 or more", i)
		case slices.ContainsFunc(v.Breaks, func(b VROOMBreak) bool { return b.MaxLoad != nil }):
			return nil, errorf("vehicles[%d].breaks: max_load is not planned by, only checked", i)
		}
	}
	p := &vroomPlan{in: in, place: map[int]int{}, problem: &vrp.Problem{Days: in.Days, Workers: make([]vrp.Worker, len(in.Vehicles))}}
	var err error
	if p.base, err = in.base(); err != nil {
		return nil, err
	}
	p.places()
	profiles, dearest, err := p.profiles()
	if err != nil {
		return nil, err
	}
	for i := range in.Vehicles {
		p.addShifts(i, profiles[i])
	}
	if err := p.weigh(dearest); err != nil {
		return nil, err
	}
	p.clients()
	if err := p.problem.Validate(); err != nil {
		return nil, errorf("the problem cannot be planned: %v", err)
	}
	p.reasons = reasons{problem: p.problem, missing: p.count}
	return p, nil
}

// spans are the times in which a vehicle works, one route each.
func (v *VROOMVehicle) spans() []VROOMShift {
	if v.Shifts != nil {
		return v.Shifts
	}
	return []VROOMShift{{v.Days, v.TimeWindow}}
}

// base returns the time that becomes 0: 0 itself where no time is large, as
// timestamps are, else four years before the first.
func (in *VROOM) base() (int64, error) {
	const margin = 1 << 27
	open := false
	var work, rest [][]int64
	for _, v := range in.Vehicles {
		for _, s := range v.spans() {
			if s.TimeWindow == nil {
				open = true
			} else {
				work = append(work, s.TimeWindow)
			}
		}
		for _, b := range v.Breaks {
			rest = append(rest, b.TimeWindows...)
		}
	}
	for _, j := range in.Jobs {
		rest = append(rest, j.TimeWindows...)
	}
	first, last := int64(math.MaxInt64), int64(0)
	for _, w := range work {
		first, last = min(first, w[0]), max(last, w[0])
	}
	if open {
		for _, w := range rest {
			first, last = min(first, w[0]), max(last, w[0])
		}
	}
	if last <= longest {
		return 0, nil
	}
	base := max(0, first-margin)
	if last-base >= horizon-margin {
		return 0, errorf("times from %d to %d are too far apart: they span more than the %d seconds that are planned at once", first, last, horizon-margin)
	}
	return base, nil
}

// places numbers the places in use, in the order of the matrices.
func (p *vroomPlan) places() {
	for _, j := range p.in.Jobs {
		p.index = append(p.index, *j.LocationIndex)
	}
	for _, v := range p.in.Vehicles {
		for _, i := range []*int{v.StartIndex, v.EndIndex} {
			if i != nil {
				p.index = append(p.index, *i)
			}
		}
	}
	slices.Sort(p.index)
	p.index = slices.Compact(p.index)
	for place, i := range p.index {
		p.place[i] = place
	}
}

// tariff is what makes ways of one vehicle differ from those of another.
type tariff struct {
	profile        string
	speed          float64
	perHour, perKm int64
}

func (v *VROOMVehicle) tariff() tariff {
	t := tariff{profile: v.Profile, speed: 1}
	if v.SpeedFactor != nil {
		t.speed = *v.SpeedFactor
	}
	c := v.costs()
	t.perHour, t.perKm = *c.PerHour, c.PerKm
	return t
}

// whole is what a cost of 1 is in the exact costs of ways: seconds are of an
// hour, metres of a kilometre.
const wholeCost = 18_000

// way is the time and the exact cost from one index of the matrices to another;
// ok is false where there is no way.
func (m VROOMMatrices) way(t tariff, from, to int) (seconds, cost int64, ok bool) {
	d := m.Durations[from][to]
	if d >= noWay {
		return 0, 0, false
	}
	seconds = int64(d)
	if t.speed != 1 {
		if seconds = int64(math.Round(float64(d) / t.speed)); seconds >= noWay {
			return 0, 0, false
		}
	}
	if m.Costs != nil {
		return seconds, wholeCost * int64(m.Costs[from][to]), true
	}
	cost = t.perHour * seconds * (wholeCost / 3600)
	if t.perKm > 0 {
		cost += t.perKm * int64(m.Distances[from][to]) * (wholeCost / 1000)
	}
	return seconds, cost, true
}

// profiles compiles the ways of each vehicle, those of equal tariff once, and
// chooses the unit of cost. It returns the profile of each vehicle and the cost
// of the dearest way.
func (p *vroomPlan) profiles() (of []int, dearest int64, err error) {
	index := map[tariff]int{}
	var tariffs []tariff
	for i := range p.in.Vehicles {
		t := p.in.Vehicles[i].tariff()
		if _, ok := index[t]; !ok {
			index[t] = len(tariffs)
			tariffs = append(tariffs, t)
		}
		of = append(of, index[t])
	}
	exact, most := true, int64(0)
	for _, t := range tariffs {
		m := p.in.Matrices[t.profile]
		for _, i := range p.index {
			for _, j := range p.index {
				if _, c, ok := m.way(t, i, j); ok {
					exact, most = exact && c%wholeCost == 0, max(most, c)
				}
			}
		}
	}
	for p.unit = 100; p.unit > 1 && (exact || most/wholeCost*p.unit > longest); {
		p.unit /= 10
	}
	if most/wholeCost > longest {
		return nil, 0, errorf("a way costs %d, too much to be planned exactly", most/wholeCost)
	}
	for _, t := range tariffs {
		m := p.in.Matrices[t.profile]
		plain := p.unit == 1 && m.Costs == nil && t.perHour == 3600 && t.perKm == 0
		var pr vrp.Profile
		for _, i := range p.index {
			time, cost := make([]int32, len(p.index)), make([]int32, len(p.index))
			for k, j := range p.index {
				s, c, ok := m.way(t, i, j)
				if !ok {
					time[k] = vrp.None
					continue
				}
				time[k], cost[k] = int32(s), int32((c*p.unit+wholeCost/2)/wholeCost)
				dearest = max(dearest, int64(cost[k]))
			}
			pr.Time = append(pr.Time, time)
			if !plain {
				pr.Cost = append(pr.Cost, cost)
			}
		}
		p.problem.Profiles = append(p.problem.Profiles, pr)
	}
	return of, dearest, nil
}

// clock turns a time of the file into one of the problem.
func (p *vroomPlan) clock(t int64) int32 { return int32(max(0, min(t-p.base, horizon))) }

// windows turns windows into those of the problem, without those that are
// wholly out of it.
func (p *vroomPlan) windows(list [][]int64) []vrp.Window {
	out := []vrp.Window{}
	for _, w := range list {
		if w[1] >= p.base && w[0]-p.base <= horizon {
			out = append(out, vrp.Window{From: p.clock(w[0]), To: p.clock(w[1])})
		}
	}
	return out
}

func loadOf(q []int64) []int32 {
	if q == nil {
		return nil
	}
	out := make([]int32, len(q))
	for i, v := range q {
		out[i] = int32(min(v, maxVROOMLoad))
	}
	return out
}

func (p *vroomPlan) addShifts(vehicle, profile int) {
	v := &p.in.Vehicles[vehicle]
	s := vrp.Shift{
		Worker: vehicle, Profile: profile, Start: vrp.None, End: vrp.None, To: horizon,
		Capacity: loadOf(v.Capacity), Fixed: v.costs().Fixed * p.unit,
	}
	if v.StartIndex != nil {
		s.Start = p.place[*v.StartIndex]
	}
	if v.EndIndex != nil {
		s.End = p.place[*v.EndIndex]
	}
	if v.MaxTravelTime != nil {
		s.MaxTravel = int32(min(*v.MaxTravelTime, horizon))
	}
	if v.MaxTasks != nil {
		if s.MaxTasks = int(min(*v.MaxTasks, maxPlaces)); s.MaxTasks == 0 {
			return
		}
	}
	for _, b := range v.Breaks {
		br := vrp.Break{Service: int32(b.Service)}
		if b.TimeWindows != nil {
			br.Windows = p.windows(b.TimeWindows)
		}
		s.Breaks = append(s.Breaks, br)
	}
	for _, span := range v.spans() {
		if span.TimeWindow != nil {
			s.From, s.To = p.clock(span.TimeWindow[0]), p.clock(span.TimeWindow[1])
		}
		for d := range p.in.Days {
			if span.on(d + 1) {
				s.Day = d
				p.problem.Shifts = append(p.problem.Shifts, s)
				p.shifts = append(p.shifts, vroomShift{vehicle, d + 1})
			}
		}
	}
}

// weigh chooses what a missed visit costs, so that VROOM's order of objectives
// is kept as far as 58 bits reach.
func (p *vroomPlan) weigh(dearest int64) error {
	const most = 1 << 58
	var visits, missed, urgent, fixed float64 // no sum of these overflows
	for i := range p.in.Jobs {
		j := &p.in.Jobs[i]
		all, _ := p.in.rule(j, 1).Cost(nil)
		missed += float64(all)
		urgent += float64(all * j.Priority)
		if j.Rule != nil {
			visits += float64(p.in.Days)
		} else {
			visits++
		}
	}
	for _, s := range p.problem.Shifts {
		fixed += float64(s.Fixed)
	}
	ways := fixed + float64(dearest)*(4+visits+float64(len(p.problem.Shifts)))
	count := 10.0
	for count <= ways {
		count *= 10
	}
	// Missed visits cost count × (missed + urgent × (missed + 1)) at most.
	share := missed + urgent*(missed+1)
	if share*count > most {
		count = math.Floor(most / share)
	}
	if ways > most || count < 4*float64(dearest) {
		return errorf("costs, priorities and the number of jobs are too large to be weighed against each other")
	}
	p.count = int64(count)
	p.priority = p.count * (int64(missed) + 1)
	p.problem.Unserved = p.count
	return nil
}

// missedCost is the cost of a missed visit of the job.
func (p *vroomPlan) missedCost(j *VROOMJob) int64 { return p.count + j.Priority*p.priority }

func (p *vroomPlan) clients() {
	who := map[string][]vrp.Choice{}
	for i := range p.in.Jobs {
		j := &p.in.Jobs[i]
		c := vrp.Client{
			Place: p.place[*j.LocationIndex], Service: int32(j.Service), Setup: int32(j.Setup),
			Deliver: loadOf(j.Delivery), Pickup: loadOf(j.Pickup), Rule: p.in.rule(j, p.missedCost(j)),
		}
		if j.TimeWindows != nil {
			w := p.windows(j.TimeWindows)
			for range p.in.Days {
				c.Windows = append(c.Windows, w)
			}
		}
		if len(j.Skills) > 0 {
			key := fmt.Sprint(j.Skills)
			if _, ok := who[key]; !ok {
				who[key] = p.skilled(j.Skills)
			}
			c.Who = who[key]
		}
		p.problem.Clients = append(p.problem.Clients, c)
	}
}

// skilled lists the vehicles that have all of the skills, nil where all have.
func (p *vroomPlan) skilled(skills []int64) []vrp.Choice {
	who := []vrp.Choice{}
	for i := range p.in.Vehicles {
		if p.in.Vehicles[i].has(skills) {
			who = append(who, vrp.Choice{Worker: i})
		}
	}
	if len(who) == len(p.in.Vehicles) {
		return nil
	}
	return who
}

func (v *VROOMVehicle) has(skills []int64) bool {
	return !slices.ContainsFunc(skills, func(s int64) bool { return !slices.Contains(v.Skills, s) })
}

// from is the solution that the steps of the vehicles describe, nil where there
// are none. Times are left to the solver; what does not fit it leaves out.
func (p *vroomPlan) from() *vrp.Solution {
	client := map[uint64]int{}
	for i, j := range p.in.Jobs {
		client[j.ID] = i
	}
	out := &vrp.Solution{}
	taken := map[[2]int]bool{} // job and day
	seen := map[vroomShift]bool{}
	for k, s := range p.shifts {
		// Of several shifts of a day the first takes the steps.
		if seen[s] {
			continue
		}
		seen[s] = true
		r := vrp.Route{Shift: k}
		for _, st := range p.in.Vehicles[s.vehicle].Steps {
			if st.Type != "job" || max(1, st.Day) != s.day {
				continue
			}
			if c := client[st.ID]; !taken[[2]int{c, s.day}] {
				taken[[2]int{c, s.day}] = true
				r.Stops = append(r.Stops, vrp.Stop{Client: c})
			}
		}
		if r.Stops != nil {
			out.Routes = append(out.Routes, r)
		}
	}
	if out.Routes == nil {
		return nil
	}
	return out
}
