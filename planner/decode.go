package planner

import (
	"slices"

	"sanse/planner/vrp"
)

// sensibleHour is the time before which nobody is visited if the shift leaves
// room for it.
const sensibleHour Clock = 9 * 60

// blockResult is what a block comes to in terms of the problem.
type blockResult struct {
	itineraries []Itinerary
	cost        Cost
	left        int // lapses and debts left
	visits      int
	iterations  int
}

// decode turns the solution of a block into itineraries and counts what they
// cost, term by term.
func (b *block) decode() blockResult {
	var res blockResult
	days := b.sol.Days(&b.vp)
	stops := make([]map[Date]Stop, len(b.in.jobs))
	for c := range b.in.jobs {
		stops[c] = b.stops(c, days[c], &res)
	}
	later := b.later()
	for n := range b.sol.Routes {
		r := &b.sol.Routes[n]
		res.itineraries = append(res.itineraries, b.itinerary(r, later[n], stops))
		res.visits += len(r.Stops)
		res.cost.Seconds += b.routeSeconds(r)
		for _, st := range r.Stops {
			res.cost.Preference += b.preference(st.Client, b.vp.Shifts[r.Shift].Worker)
		}
	}
	comers := b.comers()
	for c := range b.in.jobs {
		res.cost.Deviation += b.deviation(c, comers) * b.job(c).deviationWeight()
	}
	res.cost.Spread = b.spread().total()
	return res
}

// stops returns, for each visit of a client, the stop with its due-by and
// whether it clears the debt, and adds what the job leaves undone and what its
// rhythm costs to the result.
func (b *block) stops(c int, days []int, res *blockResult) map[Date]Stop {
	p, j := b.s.p, b.job(c)
	planned := make([]Date, len(days))
	for n, d := range days {
		planned[n] = p.Start + Date(d)
	}
	all := slices.Concat(j.made, planned)
	slices.Sort(all)
	unmet := int64(0)
	for _, m := range j.missing(p, all) {
		unmet += int64(m.count) * j.weight
		res.left += m.count
	}
	res.cost.Lapses += unmet
	late := 0
	if j.owed {
		late = p.Days
		if len(all) > 0 {
			late = int(all[0] - p.Start)
		}
	}
	waited := int64(late) * lateWeight(j.weight, p.Days)
	res.cost.LateDays += waited
	res.cost.Seconds += int64(len(days)) * j.visitSeconds()
	// What is left of the rule's cost are missing spare visits and spacing.
	rule, _ := b.vp.Clients[c].Rule.Cost(days)
	rest := rule - unmet*unitLapse - waited*unitLate
	for _, d := range b.specs[c].locked {
		if !slices.Contains(all, d) {
			rest -= b.s.lockUnit
		}
	}
	res.cost.Spare += rest / unitSpare
	res.cost.Seconds += rest % unitSpare
	return j.due(p, all)
}

// due returns the stops of a job visited on those days, ascending, with what
// they are due for.
func (j *job) due(p *Problem, days []Date) map[Date]Stop {
	out := make(map[Date]Stop, len(days))
	if len(days) == 0 {
		return out
	}
	ws := Windows(j.rules, slices.Concat(j.history, days), j.absent, p.Start, p.End())
	resident, task := p.names(j)
	for n, day := range days {
		st := Stop{Resident: resident, Task: task, DueBy: day, Owed: n == 0 && j.owed}
		if st.Owed {
			st.DueBy = max(day, p.CatchUpBy())
		}
		for _, w := range ws { // ordered by last day
			if w.State != WindowOwed && w.First <= day && day <= w.Last {
				st.DueBy = w.Last
				break
			}
		}
		out[day] = st
	}
	return out
}

// routeSeconds is what a route costs beside its visits.
func (b *block) routeSeconds(r *vrp.Route) int64 {
	sh := &b.vp.Shifts[r.Shift]
	pr := &b.vp.Profiles[sh.Profile]
	sec, busy := sh.Fixed, int32(0)
	at := sh.Start
	leg := func(to int) {
		sec += int64(pr.Cost[at][to])
		busy += pr.Time[at][to]
		at = to
	}
	for _, st := range r.Stops {
		leg(b.vp.Clients[st.Client].Place)
		busy += b.vp.Clients[st.Client].Service
	}
	if sh.End != vrp.None {
		leg(sh.End)
	}
	return sec + b.vp.WaitCost*int64(r.End-r.Depart-busy)
}

// preference returns the steps from the own team of a client to a worker.
func (b *block) preference(client, worker int) int64 {
	for _, c := range b.vp.Clients[client].Who {
		if c.Worker == worker {
			return c.Cost / unitPreference
		}
	}
	return 0
}

// deviation counts how far the visits of a client are from the published plan,
// given who comes.
func (b *block) deviation(client int, comers map[[2]int][]int) int64 {
	n := int64(0)
	for _, v := range b.s.published[b.in.jobs[client]] {
		come := comers[[2]int{client, v.day}]
		if len(come) == 0 {
			n++
		}
		for _, i := range v.visitors {
			if !slices.Contains(come, i) {
				n++
			}
		}
	}
	return n
}

// comers returns the visitors who come, by client and day; nil without a
// published plan.
func (b *block) comers() map[[2]int][]int {
	if len(b.s.published) == 0 {
		return nil
	}
	out := map[[2]int][]int{}
	for _, r := range b.sol.Routes {
		for _, st := range r.Stops {
			key := [2]int{st.Client, b.vp.Shifts[r.Shift].Day}
			out[key] = append(out[key], b.keys[r.Shift].visitor)
		}
	}
	return out
}

// later returns, by route, the minutes by which the whole of it is put off so
// that nobody is visited before the sensible hour. Routes that meet at a door
// are put off together.
func (b *block) later() []int32 {
	routes := b.sol.Routes
	want, can := make([]int32, len(routes)), make([]int32, len(routes))
	group := make([]int, len(routes))
	meets := map[[2]int]int{} // client and day → a route
	for n := range routes {
		group[n] = n
	}
	find := func(n int) int {
		for group[n] != n {
			n = group[n]
		}
		return n
	}
	for n := range routes {
		r := &routes[n]
		sh := &b.vp.Shifts[r.Shift]
		want[n] = int32(sensibleHour) - r.Stops[0].Begin
		can[n] = sh.To - r.End
		for _, st := range r.Stops {
			cl := &b.vp.Clients[st.Client]
			if cl.Windows != nil {
				can[n] = min(can[n], closes(cl.Windows[sh.Day], st.Begin)-st.Begin)
			}
			if cl.Crew > 1 {
				key := [2]int{st.Client, sh.Day}
				if m, ok := meets[key]; ok {
					group[find(n)] = find(m)
				}
				meets[key] = n
			}
		}
	}
	for n := range routes {
		g := find(n)
		want[g], can[g] = max(want[g], want[n]), min(can[g], can[n])
	}
	out := make([]int32, len(routes))
	for n := range routes {
		g := find(n)
		out[n] = max(0, min(want[g], can[g]))
	}
	return out
}

// closes returns the end of the window that holds the time; nil windows are
// open all day.
func closes(windows []vrp.Window, at int32) int32 {
	if windows == nil {
		return dayMinutes
	}
	for _, w := range windows {
		if w.From <= at && at <= w.To {
			return w.To
		}
	}
	return at
}

// itinerary writes a route that is put off by so many minutes.
func (b *block) itinerary(r *vrp.Route, later int32, stops []map[Date]Stop) Itinerary {
	sh := &b.vp.Shifts[r.Shift]
	pr := &b.vp.Profiles[sh.Profile]
	day := b.s.p.Start + Date(sh.Day)
	it := Itinerary{
		Visitor: b.s.p.Visitors[b.keys[r.Shift].visitor].ID, Date: day, Block: b.in.code, Depart: Clock(r.Depart + later),
		Stops: make([]Stop, 0, len(r.Stops)),
	}
	at := sh.Start
	for _, s := range r.Stops {
		cl := &b.vp.Clients[s.Client]
		st := stops[s.Client][day]
		st.WalkSeconds = int(pr.Cost[at][cl.Place])
		st.Arrive = Clock(s.Begin + later)
		st.Leave = st.Arrive + Clock(cl.Service)
		it.Stops = append(it.Stops, st)
		at = cl.Place
	}
	if sh.End != vrp.None {
		it.ReturnSeconds = int(pr.Cost[at][sh.End])
	}
	return it
}

// made returns what was made since the start as itineraries, with what each
// visit was due for. Planned are the days still to come, by job.
func (s *solver) made(planned map[int][]Date) []Itinerary {
	out := s.p.madeItineraries(s.jobs)
	for i := range out {
		for k := range out[i].Stops {
			st := &out[i].Stops[k]
			j := s.jobIndex[jobID(st.Resident, st.Task)]
			all := slices.Concat(s.jobs[j].made, planned[j])
			slices.Sort(all)
			due := s.jobs[j].due(s.p, all)[out[i].Date]
			st.DueBy, st.Owed = due.DueBy, due.Owed
		}
	}
	return out
}
