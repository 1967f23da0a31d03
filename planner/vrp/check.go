package vrp

import (
	"fmt"
	"slices"
)

// Code says what is wrong in a solution. The list is closed.
type Code string

// The codes of Check.
const (
	CodeUnknownShift     Code = "unknown_shift"      // no such shift
	CodeShiftTwice       Code = "shift_twice"        // a second route of a shift
	CodeShiftOrder       Code = "shift_order"        // routes do not ascend by shift
	CodeNoVisit          Code = "no_visit"           // a route that visits nobody
	CodeUnknownClient    Code = "unknown_client"     // no such client
	CodeUnknownBreak     Code = "unknown_break"      // no such break in the shift
	CodeBreakTwice       Code = "break_twice"        // a break taken again
	CodeBreakOrder       Code = "break_order"        // a break taken after a later one
	CodeBreakMissing     Code = "break_missing"      // a break not taken
	CodeBreakWindow      Code = "break_window"       // a break begins outside its windows
	CodeDepartsEarly     Code = "departs_early"      // before the shift begins
	CodeWrongDepart      Code = "wrong_depart"       // without a start, departs at another time than the first stop begins
	CodeEndsLate         Code = "ends_late"          // after the shift ends
	CodeWrongEnd         Code = "wrong_end"          // ends before it can
	CodeNoWay            Code = "no_way"             // from a place to the next
	CodeBeginsTooSoon    Code = "begins_too_soon"    // less time from a stop to the next than it takes
	CodeWindowClosed     Code = "window_closed"      // a visit begins outside the client's windows
	CodeOverMaxTime      Code = "over_max_time"      // longer than the shift's MaxTime
	CodeOverMaxTravel    Code = "over_max_travel"    // more travel than the shift's MaxTravel
	CodeOverMaxTasks     Code = "over_max_tasks"     // more visits than the shift's MaxTasks
	CodeOverWorkerTasks  Code = "over_worker_tasks"  // more visits on a day than the worker's MaxTasks
	CodeOverCapacity     Code = "over_capacity"      // more load than the shift's Capacity somewhere on the route
	CodeWrongWorker      Code = "wrong_worker"       // the worker may not visit the client
	CodeTwiceInADay      Code = "twice_in_a_day"     // more workers at a client on a day than its crew
	CodeCrewIncomplete   Code = "crew_incomplete"    // one worker where two are needed
	CodeCrewSameWorker   Code = "crew_same_worker"   // both of a crew are the same worker
	CodeCrewApart        Code = "crew_apart"         // a crew that does not begin at the same time
	CodeDaysNotPermitted Code = "days_not_permitted" // the rule forbids the days of a client
)

// Codes returns the closed list of codes.
func Codes() []Code {
	return []Code{
		CodeUnknownShift, CodeShiftTwice, CodeShiftOrder, CodeNoVisit, CodeUnknownClient, CodeUnknownBreak,
		CodeBreakTwice, CodeBreakOrder, CodeBreakMissing, CodeBreakWindow, CodeDepartsEarly, CodeWrongDepart,
		CodeEndsLate, CodeWrongEnd, CodeNoWay, CodeBeginsTooSoon, CodeWindowClosed, CodeOverMaxTime,
		CodeOverMaxTravel, CodeOverMaxTasks, CodeOverWorkerTasks, CodeOverCapacity, CodeWrongWorker,
		CodeTwiceInADay, CodeCrewIncomplete, CodeCrewSameWorker, CodeCrewApart, CodeDaysNotPermitted,
	}
}

// Violation is one finding of Check.
type Violation struct {
	Code   Code
	Shift  int // None where it is about a client's days
	Client int // None where it is about a route
	Day    int // None where it is about all of a client's days
	Detail string
}

// String returns the finding as one line.
func (v Violation) String() string { return string(v.Code) + ": " + v.Detail }

// Check costs a solution of a valid problem, term by term, and finds
// everything that is wrong in it; a nil solution visits nobody. It knows nothing
// of Solve. What cannot be costed (an unknown client, a way that is not there,
// days that the rule forbids) is left out of the cost and is a violation.
func Check(p *Problem, s *Solution) (Cost, []Violation) {
	c := checker{p: p, visits: make([][]checkedVisit, len(p.Clients)), tasks: map[[2]int]int{}, seen: map[int]bool{}}
	if s != nil {
		for i := range s.Routes {
			c.route(&s.Routes[i])
		}
	}
	for i := range p.Clients {
		c.client(i)
	}
	c.workers()
	k := &c.cost
	k.Total = k.Rules + k.Visits + k.Travel + k.Wait + k.Fixed
	return c.cost, c.found
}

type checker struct {
	p      *Problem
	cost   Cost
	found  []Violation
	seen   map[int]bool // shifts with a route
	last   int          // shift of the route before, plus 1
	visits [][]checkedVisit
	tasks  map[[2]int]int // visits by worker and day
}

// checkedVisit is one worker at a client.
type checkedVisit struct {
	day, worker, shift int
	begin              int32
}

func (c *checker) addf(code Code, shift, client, day int, format string, args ...any) {
	c.found = append(c.found, Violation{code, shift, client, day, fmt.Sprintf(format, args...)})
}

func (c *checker) route(r *Route) {
	p := c.p
	if r.Shift < 0 || r.Shift >= len(p.Shifts) {
		c.addf(CodeUnknownShift, r.Shift, None, None, "shift %d, there are %d", r.Shift, len(p.Shifts))
		return
	}
	s := &p.Shifts[r.Shift]
	switch {
	case c.seen[r.Shift]:
		c.addf(CodeShiftTwice, r.Shift, None, s.Day, "shift %d has a second route", r.Shift)
	case r.Shift+1 < c.last:
		c.addf(CodeShiftOrder, r.Shift, None, s.Day, "the route of shift %d comes after that of shift %d", r.Shift, c.last-1)
	}
	c.seen[r.Shift] = true
	c.last = r.Shift + 1

	known := c.stops(r, s)
	if len(known) == 0 {
		c.addf(CodeNoVisit, r.Shift, None, s.Day, "shift %d visits nobody", r.Shift)
	} else {
		c.cost.Routes++
		c.cost.Fixed += s.Fixed
	}
	if n := len(known); s.MaxTasks > 0 && n > s.MaxTasks {
		c.addf(CodeOverMaxTasks, r.Shift, None, s.Day, "shift %d makes %d visits, at most %d", r.Shift, n, s.MaxTasks)
	}
	c.loads(r.Shift, s, known)
}

// stops walks a route in time and returns the clients visited.
func (c *checker) stops(r *Route, s *Shift) (known []int) {
	p, at := c.p, r.Shift
	f := &p.Profiles[s.Profile]
	if r.Depart < s.From {
		c.addf(CodeDepartsEarly, at, None, s.Day, "shift %d departs at %d, begins at %d", at, r.Depart, s.From)
	}
	if s.Start == None && len(r.Stops) > 0 && r.Stops[0].Begin != r.Depart {
		c.addf(CodeWrongDepart, at, None, s.Day, "shift %d departs at %d, its first stop begins at %d", at, r.Depart, r.Stops[0].Begin)
	}
	// busy is what the route has spent since it left its last place at free;
	// a break on the way adds to it.
	free, busy := int64(r.Depart), int64(0)
	travel, work := int64(0), int64(0)
	before := int64(r.Depart) // end of the stop before, break or not
	place := s.Start
	move := func(to int) int64 {
		if place == None || to == None {
			return 0
		}
		t := f.Time[place][to]
		if t < 0 {
			c.addf(CodeNoWay, at, None, s.Day, "shift %d goes from place %d to place %d, where there is no way", at, place, to)
			return 0
		}
		if f.Cost == nil {
			c.cost.Travel += int64(t)
		} else {
			c.cost.Travel += int64(f.Cost[place][to])
		}
		travel += int64(t)
		return int64(t)
	}
	taken, latest := make([]bool, len(s.Breaks)), None
	for i, st := range r.Stops {
		begin := int64(st.Begin)
		if st.Client == None {
			if st.Break < 0 || st.Break >= len(s.Breaks) {
				c.addf(CodeUnknownBreak, at, None, s.Day, "stop %d of shift %d is break %d, there are %d", i, at, st.Break, len(s.Breaks))
				continue
			}
			b := &s.Breaks[st.Break]
			switch {
			case taken[st.Break]:
				c.addf(CodeBreakTwice, at, None, s.Day, "shift %d takes break %d again", at, st.Break)
			case st.Break < latest:
				c.addf(CodeBreakOrder, at, None, s.Day, "shift %d takes break %d after break %d", at, st.Break, latest)
			}
			taken[st.Break] = true
			latest = max(latest, st.Break)
			if begin < before {
				c.addf(CodeBeginsTooSoon, at, None, s.Day, "stop %d of shift %d, a break, begins at %d, not before %d", i, at, begin, before)
			}
			if !opens(b.Windows, st.Begin) {
				c.addf(CodeBreakWindow, at, None, s.Day, "break %d of shift %d begins at %d, outside its windows", st.Break, at, begin)
			}
			before = begin + int64(b.Service)
			busy += int64(b.Service)
			work += int64(b.Service)
			continue
		}
		if st.Client < 0 || st.Client >= len(p.Clients) {
			c.addf(CodeUnknownClient, at, st.Client, s.Day, "stop %d of shift %d is client %d, there are %d", i, at, st.Client, len(p.Clients))
			continue
		}
		client := &p.Clients[st.Client]
		if soonest := max(before, free+busy+move(client.Place)); begin < soonest {
			c.addf(CodeBeginsTooSoon, at, st.Client, s.Day, "stop %d of shift %d, client %d, begins at %d, not before %d", i, at, st.Client, begin, soonest)
		}
		if client.Windows != nil && client.Windows[s.Day] != nil && (len(client.Windows[s.Day]) == 0 || !opens(client.Windows[s.Day], st.Begin)) {
			c.addf(CodeWindowClosed, at, st.Client, s.Day, "client %d is visited at %d of day %d, outside its windows", st.Client, begin, s.Day)
		}
		takes := int64(client.Service)
		if place != client.Place {
			takes += int64(client.Setup)
		}
		place, free, busy, before = client.Place, begin+takes, 0, begin+takes
		work += takes
		known = append(known, st.Client)
		c.visit(st.Client, checkedVisit{s.Day, s.Worker, at, st.Begin})
	}
	for b, ok := range taken {
		if !ok && len(known) > 0 {
			c.addf(CodeBreakMissing, at, None, s.Day, "shift %d does not take break %d", at, b)
		}
	}
	if len(known) == 0 {
		return nil
	}
	if soonest := max(before, free+busy+move(s.End)); int64(r.End) < soonest {
		c.addf(CodeWrongEnd, at, None, s.Day, "shift %d ends at %d, not before %d", at, r.End, soonest)
	}
	if r.End > s.To {
		c.addf(CodeEndsLate, at, None, s.Day, "shift %d ends at %d, has to by %d", at, r.End, s.To)
	}
	long := int64(r.End) - int64(r.Depart)
	if s.MaxTime > 0 && long > int64(s.MaxTime) {
		c.addf(CodeOverMaxTime, at, None, s.Day, "shift %d takes %d, at most %d", at, long, s.MaxTime)
	}
	if s.MaxTravel > 0 && travel > int64(s.MaxTravel) {
		c.addf(CodeOverMaxTravel, at, None, s.Day, "shift %d travels for %d, at most %d", at, travel, s.MaxTravel)
	}
	c.cost.Wait += p.WaitCost * max(0, long-travel-work)
	return known
}

// opens tells whether something may begin at t; no windows are open always.
func opens(windows []Window, t int32) bool {
	return len(windows) == 0 || slices.ContainsFunc(windows, func(w Window) bool { return w.From <= t && t <= w.To })
}

// loads follows the load of a route: all deliveries are on board at the start,
// all pickups at the end.
func (c *checker) loads(at int, s *Shift, known []int) {
	for k, most := range s.Capacity {
		load := int64(0)
		of := func(loads []int32) int64 {
			if k < len(loads) {
				return int64(loads[k])
			}
			return 0
		}
		for _, i := range known {
			load += of(c.p.Clients[i].Deliver)
		}
		peak := load
		for _, i := range known {
			load += of(c.p.Clients[i].Pickup) - of(c.p.Clients[i].Deliver)
			peak = max(peak, load)
		}
		if peak > int64(most) {
			c.addf(CodeOverCapacity, at, None, s.Day, "shift %d carries %d in dimension %d, at most %d", at, peak, k, most)
		}
	}
}

// visit notes one worker's visit and costs who it is.
func (c *checker) visit(i int, v checkedVisit) {
	client := &c.p.Clients[i]
	c.visits[i] = append(c.visits[i], v)
	c.tasks[[2]int{v.worker, v.day}]++
	if client.Who != nil {
		k := slices.IndexFunc(client.Who, func(w Choice) bool { return w.Worker == v.worker })
		if k < 0 {
			c.addf(CodeWrongWorker, v.shift, i, v.day, "worker %d may not visit client %d", v.worker, i)
		} else {
			c.cost.Visits += client.Who[k].Cost
		}
	}
	for _, kept := range client.Kept {
		if kept.Day == v.day && kept.Worker == v.worker {
			c.cost.Visits += kept.Cost
		}
	}
}

// client checks the days of a client and costs them.
func (c *checker) client(i int) {
	client, visits := &c.p.Clients[i], c.visits[i]
	slices.SortStableFunc(visits, func(a, b checkedVisit) int { return a.day - b.day })
	crew := max(1, client.Crew)
	days := []int{}
	for len(visits) > 0 {
		day := visits[0].day
		n := 0
		for n < len(visits) && visits[n].day == day {
			n++
		}
		there := visits[:n]
		visits = visits[n:]
		days = append(days, day)
		if client.DayCost != nil {
			c.cost.Visits += client.DayCost[day]
		}
		for _, kept := range client.Kept {
			if kept.Day == day && kept.Worker == None {
				c.cost.Visits += kept.Cost
			}
		}
		switch {
		case n > crew:
			c.addf(CodeTwiceInADay, there[crew].shift, i, day, "client %d is visited by %d on day %d, wants %d", i, n, day, crew)
			continue
		case n < crew:
			c.addf(CodeCrewIncomplete, there[0].shift, i, day, "client %d is visited by %d on day %d, needs %d", i, n, day, crew)
			continue
		case crew == 1:
			continue
		}
		if there[0].worker == there[1].worker {
			c.addf(CodeCrewSameWorker, there[1].shift, i, day, "worker %d is both of the crew of client %d on day %d", there[0].worker, i, day)
		}
		if there[0].begin != there[1].begin {
			c.addf(CodeCrewApart, there[1].shift, i, day, "the crew of client %d begins at %d and at %d on day %d", i, there[0].begin, there[1].begin, day)
		}
	}
	cost, ok := client.Rule.Cost(days)
	if !ok {
		c.addf(CodeDaysNotPermitted, None, i, None, "client %d may not be visited on the days %v", i, days)
		return
	}
	c.cost.Rules += cost
	if c.p.Unserved > 0 && cost >= c.p.Unserved {
		c.cost.Missed++
	}
}

// workers counts the visits of each worker and day.
func (c *checker) workers() {
	over := make([][2]int, 0)
	for key, n := range c.tasks {
		if most := c.p.Workers[key[0]].MaxTasks; most > 0 && n > most {
			over = append(over, key)
		}
	}
	slices.SortFunc(over, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	for _, key := range over {
		c.addf(CodeOverWorkerTasks, None, None, key[1], "worker %d makes %d visits on day %d, at most %d", key[0], c.tasks[key], key[1], c.p.Workers[key[0]].MaxTasks)
	}
}
