package formats

import (
	"fmt"
	"slices"

	"sanse/planner/internal/english"
)

// Check judges a solution, whoever made it, by the words of VROOM's API and of
// the rules that Sanse adds: who does what when, loads, ways, breaks, windows,
// bounds of vehicles, what is left out, and the figures that it states. A break
// may be taken on the way.
func (in *VROOM) Check(s *VROOMSolution) Verdict {
	if s.Code != 0 {
		return Verdict{Wrong: []Violation{{CodeWrongShape, "", fmt.Sprintf("the solution is an error: code %d %s", s.Code, s.Error)}}}
	}
	c := &vroomCheck{in: in, vehicles: map[uint64]int{}, jobs: map[uint64]int{}, days: make([][]int, len(in.Jobs)), used: map[usedSpan]bool{}}
	for i, v := range in.Vehicles {
		c.vehicles[v.ID] = i
	}
	for i, j := range in.Jobs {
		c.jobs[j.ID] = i
	}
	var verdict Verdict
	cost := int64(0)
	for i := range s.Routes {
		r := &s.Routes[i]
		c.name = fmt.Sprintf("routes[%d] (vehicle %d)", i, r.Vehicle)
		v, ok := c.vehicles[r.Vehicle]
		if !ok {
			c.add(CodeUnknownVehicle, "there is no vehicle %d", r.Vehicle)
			continue
		}
		sum := c.route(&in.Vehicles[v], v, r)
		if slices.ContainsFunc(r.Steps, func(st VROOMStep) bool { return st.Type == "job" }) {
			verdict.Vehicles++
		}
		cost += sum
	}
	c.name = ""
	verdict.Missed = c.leftOut(s)
	// Costs are rounded by route, or once.
	c.stated("cost", s.Summary.Cost, cost, int64(1+len(s.Routes)))
	if n := s.Summary.Unassigned; n != nil && int64(*n) != int64(verdict.Missed) {
		c.add(CodeWrongFigure, "summary.unassigned is %d, missed: %s", *n, english.Count(verdict.Missed, "visit", "visits"))
	}
	verdict.Cost = float64(cost)
	verdict.Wrong = c.wrong.sorted()
	return verdict
}

type vroomCheck struct {
	in       *VROOM
	wrong    violations
	name     string // of the route under way
	vehicles map[uint64]int
	jobs     map[uint64]int
	days     [][]int           // of visits, by job, from 1
	used     map[usedSpan]bool // hours with a route
}

// usedSpan is one of the hours of a vehicle on a day: there is room for one
// route in each.
type usedSpan struct{ vehicle, day, span int }

func (c *vroomCheck) add(code Code, format string, args ...any) {
	c.wrong.add(code, c.name, format, args...)
}

// stated compares a figure that the solution states with what it comes to.
func (c *vroomCheck) stated(what string, stated *int64, is, tolerance int64) {
	if stated != nil && (*stated < is-tolerance || *stated > is+tolerance) {
		c.add(CodeWrongFigure, "%s is stated as %d, comes to %d", what, *stated, is)
	}
}

// pace is a route while it is followed.
type pace struct {
	place    int   // index in the matrices, -1: none yet
	left     int64 // when the last place was left
	free     int64 // when the last step, break or not, ended
	pauses   int64 // breaks since left
	travel   int64
	waiting  int64
	setup    int64
	service  int64
	distance int64
	priority int64
	exact    int64 // cost times wholeCost
	tasks    int
	load     []int64
	first    int64 // when the route begins
}

// route follows a route and returns its cost.
func (c *vroomCheck) route(v *VROOMVehicle, vehicle int, r *VROOMRoute) int64 {
	day := max(1, r.Day)
	if day > c.in.Days {
		c.add(CodeUnknownVehicle, "there is no day %d", day)
		return 0
	}
	p := &pace{place: -1, load: make([]int64, len(v.Capacity))}
	for _, st := range r.Steps {
		if i, ok := c.job(st); ok {
			for d := range p.load {
				p.load[d] += at(c.in.Jobs[i].Delivery, d)
			}
		}
	}
	delivery := slices.Clone(p.load)
	if len(r.Steps) == 0 {
		c.add(CodeWrongShape, "no steps")
		return 0
	}
	c.shape(v, r)
	c.carry(v, p, "at the start")
	p.first = *r.Steps[0].Arrival
	p.left, p.free = p.first, p.first
	breaks := map[uint64]bool{}
	for k := range r.Steps {
		st := &r.Steps[k]
		switch st.Type {
		case "start":
			if v.StartIndex != nil {
				p.place = *v.StartIndex
			}
		case "end":
			if v.EndIndex != nil {
				c.travel(v, p, st, *v.EndIndex)
				p.free = max(p.free, *st.Arrival)
			}
		case "break":
			c.pause(v, p, st, breaks)
		case "job":
			c.visit(v, p, st, day)
		default:
			c.add(CodeWrongShape, "steps[%d] is of type %.20q", k, st.Type)
		}
		c.stated(fmt.Sprintf("steps[%d].duration", k), st.Duration, p.travel, c.onTheWay(st, p))
		if st.Load != nil && !slices.Equal(st.Load, p.load) && st.Type != "break" {
			c.add(CodeWrongFigure, "steps[%d].load is stated as %v, comes to %v", k, st.Load, p.load)
		}
	}
	for _, b := range v.Breaks {
		if p.tasks > 0 && !breaks[b.ID] {
			c.add(CodeBreakWrong, "break %d is not taken", b.ID)
		}
	}
	c.hours(v, vehicle, day, p)
	c.bounds(v, p)
	cost := (p.exact+wholeCost/2)/wholeCost + v.costs().Fixed
	c.stated("cost", r.Cost, cost, 1)
	c.stated("setup", r.Setup, p.setup, 0)
	c.stated("service", r.Service, p.service, 0)
	c.stated("duration", r.Duration, p.travel, 0)
	c.stated("waiting_time", r.Waiting, p.waiting, 0)
	c.stated("priority", r.Priority, p.priority, 0)
	c.stated("distance", r.Distance, p.distance, 0)
	if r.Delivery != nil && !slices.Equal(r.Delivery, delivery) {
		c.add(CodeWrongFigure, "delivery is stated as %v, comes to %v", r.Delivery, delivery)
	}
	return cost
}

// onTheWay is how far the travel time of a step may differ: a break can be
// anywhere on the way.
func (c *vroomCheck) onTheWay(st *VROOMStep, p *pace) int64 {
	if st.Type == "break" {
		return noWay
	}
	return 0
}

func (c *vroomCheck) job(st VROOMStep) (int, bool) {
	if st.Type != "job" || st.ID == nil {
		return 0, false
	}
	i, ok := c.jobs[*st.ID]
	return i, ok
}

// shape wants the start first and the end last, where the vehicle has them.
func (c *vroomCheck) shape(v *VROOMVehicle, r *VROOMRoute) {
	last := len(r.Steps) - 1
	for k, st := range r.Steps {
		if st.Type == "start" && k > 0 || st.Type == "end" && k < last {
			c.add(CodeWrongShape, "steps[%d] is the %s", k, st.Type)
		}
	}
	if v.StartIndex != nil && r.Steps[0].Type != "start" {
		c.add(CodeWrongShape, "the route does not begin at the start of the vehicle")
	}
	if v.EndIndex != nil && r.Steps[last].Type != "end" {
		c.add(CodeWrongShape, "the route does not end at the end of the vehicle")
	}
}

func (c *vroomCheck) carry(v *VROOMVehicle, p *pace, when string) {
	for d, q := range p.load {
		if q > v.Capacity[d] {
			c.add(CodeOverLoad, "carries %d of %d %s (load %d)", q, v.Capacity[d], when, d)
		}
	}
}

// travel goes to a place, where the step says that it arrives.
func (c *vroomCheck) travel(v *VROOMVehicle, p *pace, st *VROOMStep, to int) {
	if p.place >= 0 {
		m := c.in.Matrices[v.Profile]
		seconds, cost, ok := m.way(v.tariff(), p.place, to)
		if !ok {
			c.add(CodeNoWay, "there is no way from place %d to place %d", p.place, to)
		}
		if earliest := p.left + seconds + p.pauses; *st.Arrival < earliest {
			c.add(CodeEarly, "arrives at place %d at %d, not before %d", to, *st.Arrival, earliest)
		}
		p.travel += seconds
		p.exact += cost
		// Whatever of the time is neither way nor break is spent waiting.
		if m.Distances != nil {
			p.distance += int64(m.Distances[p.place][to])
		}
	}
	if *st.Arrival < p.free {
		c.add(CodeEarly, "arrives at place %d at %d, but is busy until %d", to, *st.Arrival, p.free)
	}
	p.place, p.pauses = to, 0
}

// begin is when the work of a step begins.
func begin(st *VROOMStep) int64 {
	if st.Waiting != nil {
		return *st.Arrival + max(0, *st.Waiting)
	}
	return *st.Arrival
}

func inWindows(t int64, list [][]int64) bool {
	return list == nil || slices.ContainsFunc(list, func(w []int64) bool { return w[0] <= t && t <= w[1] })
}

func (c *vroomCheck) visit(v *VROOMVehicle, p *pace, st *VROOMStep, day int) {
	i, ok := c.jobs[*st.ID]
	if !ok {
		c.add(CodeUnknownCustomer, "there is no job %d", *st.ID)
		return
	}
	j := &c.in.Jobs[i]
	c.days[i] = append(c.days[i], day)
	setup := j.Setup
	if p.place == *j.LocationIndex {
		setup = 0
	}
	c.travel(v, p, st, *j.LocationIndex)
	if !v.has(j.Skills) {
		c.add(CodeSkillMissing, "job %d needs the skills %v", j.ID, j.Skills)
	}
	now := begin(st)
	if !inWindows(now, j.TimeWindows) {
		c.add(CodeLate, "job %d begins at %d, outside its time windows", j.ID, now)
	}
	c.stated(fmt.Sprintf("service of job %d", j.ID), st.Service, j.Service, 0)
	c.stated(fmt.Sprintf("setup of job %d", j.ID), st.Setup, setup, 0)
	for d := range p.load {
		p.load[d] += at(j.Pickup, d) - at(j.Delivery, d)
	}
	c.carry(v, p, fmt.Sprintf("after job %d", j.ID))
	p.tasks++
	p.setup += setup
	p.service += j.Service
	p.priority += j.Priority
	p.waiting += now - *st.Arrival
	p.free = now + setup + j.Service
	p.left = p.free
}

func (c *vroomCheck) pause(v *VROOMVehicle, p *pace, st *VROOMStep, taken map[uint64]bool) {
	k := slices.IndexFunc(v.Breaks, func(b VROOMBreak) bool { return b.ID == *st.ID })
	if k < 0 {
		c.add(CodeBreakWrong, "the vehicle has no break %d", *st.ID)
		return
	}
	b := &v.Breaks[k]
	now := begin(st)
	switch {
	case taken[b.ID]:
		c.add(CodeBreakWrong, "break %d is taken again", b.ID)
	case !inWindows(now, b.TimeWindows):
		c.add(CodeBreakWrong, "break %d begins at %d, outside its time windows", b.ID, now)
	case *st.Arrival < p.free:
		c.add(CodeEarly, "break %d begins at %d, the vehicle is busy until %d", b.ID, now, p.free)
	}
	taken[b.ID] = true
	for d, q := range b.MaxLoad {
		if d < len(p.load) && p.load[d] > q {
			c.add(CodeOverLoad, "carries %d during break %d, may carry %d", p.load[d], b.ID, q)
		}
	}
	c.stated(fmt.Sprintf("service of break %d", b.ID), st.Service, b.Service, 0)
	p.service += b.Service
	p.waiting += now - *st.Arrival
	p.pauses += b.Service
	p.free = now + b.Service
}

// hours wants the route inside a shift of the vehicle, one route in each.
func (c *vroomCheck) hours(v *VROOMVehicle, vehicle, day int, p *pace) {
	open, fits := 0, false
	for k, s := range v.spans() {
		if !s.on(day) {
			continue
		}
		open++
		if s.TimeWindow != nil && (p.first < s.TimeWindow[0] || s.TimeWindow[1] < p.free) {
			continue
		}
		fits = true
		if key := (usedSpan{vehicle, day, k}); !c.used[key] {
			c.used[key] = true
			return
		}
	}
	switch {
	case open == 0:
		c.add(CodeUnknownVehicle, "the vehicle does not work on day %d", day)
	case !fits:
		c.add(CodeLate, "the route from %d to %d is outside the hours of the vehicle", p.first, p.free)
	default:
		c.add(CodeVehicleTwice, "the vehicle makes another route in the same hours of day %d", day)
	}
}

func (c *vroomCheck) bounds(v *VROOMVehicle, p *pace) {
	if v.MaxTasks != nil && int64(p.tasks) > *v.MaxTasks {
		c.add(CodeOverTasks, "%s, at most %d", english.Count(p.tasks, "task", "tasks"), *v.MaxTasks)
	}
	if v.MaxTravelTime != nil && p.travel > *v.MaxTravelTime {
		c.add(CodeOverDuration, "travels %s, at most %d", english.Count(p.travel, "second", "seconds"), *v.MaxTravelTime)
	}
	if v.MaxDistance != nil {
		switch m := c.in.Matrices[v.Profile]; {
		case m.Distances == nil:
			c.add(CodeOverDistance, "max_distance cannot be checked: matrices.%s has no distances", v.Profile)
		case p.distance > *v.MaxDistance:
			c.add(CodeOverDistance, "goes %s, at most %d", english.Count(p.distance, "metre", "metres"), *v.MaxDistance)
		}
	}
}

// leftOut compares what is missed with what is listed, and counts it.
func (c *vroomCheck) leftOut(s *VROOMSolution) int {
	listed := map[uint64]int{}
	for _, u := range s.Unassigned {
		if _, ok := c.jobs[u.ID]; !ok {
			c.add(CodeUnknownCustomer, "unassigned: there is no job %d", u.ID)
		}
		listed[u.ID] += max(1, u.Missed)
	}
	all := 0
	for i := range c.in.Jobs {
		j := &c.in.Jobs[i]
		days := c.days[i]
		slices.Sort(days)
		if once := slices.Compact(slices.Clone(days)); len(once) < len(days) {
			c.add(CodeTwiceADay, "job %d is done more than once on a day", j.ID)
			days = once
		}
		missed, allowed := c.missed(j, days)
		if !allowed {
			c.add(CodeWrongDays, "job %d is done on days %v, which it does not allow", j.ID, days)
		}
		all += missed
		switch n := listed[j.ID]; {
		case n > 0 && missed == 0 && allowed:
			c.add(CodeListedButDone, "job %d is listed as unassigned, nothing of it is missed", j.ID)
		case n == 0 && missed > 0:
			c.add(CodeNotVisited, "job %d misses %s and is not listed as unassigned", j.ID, english.Count(missed, "visit", "visits"))
		case n != missed && allowed:
			c.add(CodeWrongFigure, "job %d misses %s, listed %d", j.ID, english.Count(missed, "visit", "visits"), n)
		}
	}
	return all
}

// missed counts the visits that are missed when a job is done on these days
// (from 1, ascending), by the words of the rule, day by day.
func (c *vroomCheck) missed(j *VROOMJob, days []int) (missed int, allowed bool) {
	allowed = true
	for _, d := range days {
		allowed = allowed && (j.Days == nil || slices.Contains(j.Days, d))
	}
	r := j.Rule
	switch {
	case r == nil:
		if len(days) == 0 {
			return 1, true
		}
		return 0, allowed && len(days) == 1
	case r.Sets != nil:
		if len(days) == 0 {
			return 1, true
		}
		return 0, slices.ContainsFunc(r.Sets, func(set []int) bool { return slices.Equal(set, days) })
	}
	last, before := 0, r.LastVisit != nil // the day that the interval counts from
	if before {
		last = *r.LastVisit
	}
	for i, d := range days {
		gap := 0
		switch {
		case i > 0:
			gap = d - days[i-1]
		case before:
			gap = d - *r.LastVisit
		default:
			continue
		}
		allowed = allowed && gap >= r.MinDays
	}
	week, length := 0, 0
	for d := 1; d <= c.in.Days; d++ {
		length++
		if slices.Contains(days, d) {
			last = d
			week++
		}
		if r.EveryDays > 0 && d-last >= r.EveryDays {
			missed++
			last = d
		}
		if sunday := (c.in.FirstWeekday+d-1-1)%7 == 6; sunday || d == c.in.Days {
			// The share of a cut week, rounded half up.
			missed += max(0, int(float64(r.PerWeek*length)/7+0.5)-week)
			week, length = 0, 0
		}
	}
	return missed, allowed
}
