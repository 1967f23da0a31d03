package vrp_test

import (
	"math"
	"slices"

	"pgregory.net/rapid"

	"sanse/planner/vrp"
)

// tinyUnserved is what a missing visit costs in tiny problems.
const tinyUnserved = 1_000_000

// tinyOptions say what a tiny problem may have beyond rules and ways.
type tinyOptions struct {
	windows, loads, crews, kept, breaks, waits, limits bool
}

// tinyProblem draws a problem small enough to try every solution.
func tinyProblem(t *rapid.T, o tinyOptions) *vrp.Problem {
	num := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	some := func(name string, allowed bool) bool { return allowed && num(name, 0, 2) == 0 }
	p := &vrp.Problem{Days: num("days", 1, 3), Unserved: tinyUnserved}
	if o.waits {
		p.WaitCost = int64(num("wait cost", 0, 3))
	}
	places := num("places", 2, 5)
	for range num("profiles", 1, 2) {
		f := vrp.Profile{}
		for i := range places {
			row, cost := make([]int32, places), make([]int32, places)
			for j := range row {
				if i != j {
					row[j] = int32(num("time", 0, 7))
					cost[j] = int32(num("cost", 0, 9))
					if num("no way", 0, 19) == 0 {
						row[j] = -1
					}
				}
			}
			f.Time, f.Cost = append(f.Time, row), append(f.Cost, cost)
		}
		if num("time is cost", 0, 1) == 0 {
			f.Cost = nil
		}
		p.Profiles = append(p.Profiles, f)
	}
	for range num("workers", 1, 3) {
		w := vrp.Worker{}
		if some("worker tasks", o.limits) {
			w.MaxTasks = num("tasks a day", 1, 3)
		}
		p.Workers = append(p.Workers, w)
	}
	for d := range p.Days {
		for range rapid.SampledFrom([]int{2, 1, 2, 1, 0}).Draw(t, "shifts") {
			s := vrp.Shift{
				Worker: num("worker", 0, len(p.Workers)-1), Day: d, Profile: num("profile", 0, len(p.Profiles)-1),
				Start: num("start", -1, places-1), End: num("end", -1, places-1), From: int32(num("from", 0, 10)),
			}
			s.To = s.From + int32(rapid.SampledFrom([]int{25, 30, 20, 12, 8, 3, 0}).Draw(t, "length"))
			if some("fixed", true) {
				s.Fixed = int64(num("fixed cost", 1, 30))
			}
			if some("limit", o.limits) {
				s.MaxTime = int32(num("max time", 0, 25))
				s.MaxTravel = int32(num("max travel", 0, 14))
				s.MaxTasks = num("max tasks", 0, 3)
			}
			if some("capacity", o.loads) {
				s.Capacity = []int32{int32(num("capacity", 0, 8)), int32(num("capacity", 0, 8))}
			}
			if some("break", o.breaks) {
				for range num("breaks", 1, 2) {
					b := vrp.Break{Service: int32(num("rest", 0, 4))}
					if num("break window", 0, 1) == 0 {
						b.Windows = tinyWindows(t)
					}
					s.Breaks = append(s.Breaks, b)
				}
			}
			p.Shifts = append(p.Shifts, s)
		}
	}
	for range num("clients", 1, 4) {
		p.Clients = append(p.Clients, tinyClient(t, p, o))
	}
	return p
}

func tinyWindows(t *rapid.T) []vrp.Window {
	num := func(name string, lo, hi int) int32 { return int32(rapid.IntRange(lo, hi).Draw(t, name)) }
	w := []vrp.Window{{From: num("opens", 0, 20)}}
	w[0].To = w[0].From + num("open for", 0, 10)
	if num("second window", 0, 2) == 0 {
		from := w[0].To + num("closed for", 1, 8)
		w = append(w, vrp.Window{From: from, To: from + num("open for", 0, 6)})
	}
	return w
}

func tinyClient(t *rapid.T, p *vrp.Problem, o tinyOptions) vrp.Client {
	num := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	some := func(name string, allowed bool) bool { return allowed && num(name, 0, 2) == 0 }
	c := vrp.Client{
		Place: num("place", 0, len(p.Profiles[0].Time)-1), Service: int32(num("service", 0, 8)),
		Rule: tinyRule(t, p.Days),
	}
	if some("setup", true) {
		c.Setup = int32(num("setup time", 1, 4))
	}
	if some("windows", o.windows) {
		c.Windows = make([][]vrp.Window, p.Days)
		for d := range c.Windows {
			switch num("which windows", 0, 4) {
			case 0:
			case 1:
				c.Windows[d] = []vrp.Window{}
			default:
				c.Windows[d] = tinyWindows(t)
			}
		}
	}
	if some("load", o.loads) {
		c.Deliver = []int32{int32(num("deliver", 0, 5)), int32(num("deliver", 0, 5))}
		c.Pickup = []int32{int32(num("pickup", 0, 5))}
	}
	if some("day cost", true) {
		for range p.Days {
			c.DayCost = append(c.DayCost, int64(num("cost of the day", 0, 20)))
		}
	}
	if some("who", true) {
		c.Who = []vrp.Choice{}
		cost := int64(0)
		for _, w := range rapid.Permutation([]int{0, 1, 2}[:len(p.Workers)]).Draw(t, "who")[:num("how many", 0, len(p.Workers))] {
			cost += int64(num("who cost", 0, 10))
			c.Who = append(c.Who, vrp.Choice{Worker: w, Cost: cost})
		}
	}
	if some("kept", o.kept) {
		for range num("kepts", 1, 3) {
			c.Kept = append(c.Kept, vrp.Kept{
				Day: num("kept day", 0, p.Days-1), Worker: num("kept worker", -1, len(p.Workers)-1),
				Cost: int64(rapid.SampledFrom([]int{-30, -5, 8, -1_000_000_000}).Draw(t, "kept cost")),
			})
		}
	}
	paired := slices.ContainsFunc(p.Clients, func(c vrp.Client) bool { return c.Crew == 2 })
	if some("crew", o.crews && !paired) { // trying the times of two takes too long
		c.Crew = 2
	}
	return c
}

// tinyRule draws a rule of any kind; what it misses is a multiple of
// tinyUnserved.
func tinyRule(t *rapid.T, days int) vrp.Rule {
	num := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	missing := int64(num("weight", 1, 3)) * tinyUnserved
	switch num("rule", 0, 4) {
	case 0:
		return vrp.Once{Missing: missing}
	case 1:
		var of []int
		for d := range days {
			if num("on the day", 0, 1) == 0 {
				of = append(of, d)
			}
		}
		return vrp.Once{Days: append([]int{}, of...), Missing: missing}
	case 2:
		r := vrp.Patterns{Missing: missing}
		for range num("patterns", 0, 3) {
			var set []int
			for d := range days {
				if num("in the pattern", 0, 1) == 0 {
					set = append(set, d)
				}
			}
			if len(set) > 0 {
				r.Sets = append(r.Sets, set)
			}
		}
		return r
	case 3:
		return everyDays(days, num("interval", 1, 3), missing)
	}
	// Any automaton: up to three states a day, dear and cheap steps.
	a := &vrp.Automaton{Layer: make([]int32, days+1)}
	size := 1
	for d := range days {
		a.Layer[d] = int32(len(a.Steps))
		next := len(a.Steps) + size
		after := num("states", 1, 3)
		if d == days-1 {
			after = 1
		}
		for range size {
			e := vrp.Step{
				Skip: int32(next + num("skip to", 0, after-1)), Visit: int32(next + num("visit to", 0, after-1)),
				SkipCost: int64(num("skip costs", 0, 5)), VisitCost: int64(num("visit costs", 0, 5)),
			}
			if num("skip misses", 0, 2) == 0 {
				e.SkipCost += int64(num("misses", 1, 2)) * tinyUnserved
			}
			if num("visit misses", 0, 5) == 0 {
				e.VisitCost += tinyUnserved
			}
			if num("visit not allowed", 0, 5) == 0 {
				e.Visit = vrp.None
			}
			a.Steps = append(a.Steps, e)
		}
		size = after
	}
	a.Layer[days] = int32(len(a.Steps))
	return a
}

// brute tries every solution of a tiny problem. It shares no code with the
// solver, Check or Short.
type brute struct {
	p *vrp.Problem
	// day[d] holds, by set of clients visited, the least cost of the day
	// without rules; math.MaxInt64 if it cannot be.
	day [][]int64
}

func newBrute(p *vrp.Problem) *brute {
	b := &brute{p: p}
	for d := range p.Days {
		b.day = append(b.day, b.tryDay(d))
	}
	return b
}

// best returns the least cost of any solution and the least sum of what is
// missing, in multiples of Unserved.
func (b *brute) best() (total, missing int64) {
	p := b.p
	total, missing = math.MaxInt64, math.MaxInt64
	sets := make([]int, p.Days)
	var try func(d int, cost int64)
	try = func(d int, cost int64) {
		if d < p.Days {
			for set, c := range b.day[d] {
				if c < math.MaxInt64 {
					sets[d] = set
					try(d+1, cost+c)
				}
			}
			return
		}
		miss := int64(0)
		for i := range p.Clients {
			var days []int
			for d, set := range sets {
				if set>>i&1 == 1 {
					days = append(days, d)
				}
			}
			c, ok := p.Clients[i].Rule.Cost(days)
			if !ok {
				return
			}
			cost += c
			miss += missingOf(p.Clients[i].Rule, days)
		}
		total, missing = min(total, cost), min(missing, miss)
	}
	try(0, 0)
	return total, missing
}

// missingOf counts what is missing step by step, as Proof.Missing does.
func missingOf(r vrp.Rule, days []int) int64 {
	a, ok := r.(*vrp.Automaton)
	if !ok {
		cost, _ := r.Cost(days)
		return cost / tinyUnserved
	}
	at, sum := int32(0), int64(0)
	for d := range len(a.Layer) - 1 {
		e := a.Steps[at]
		if slices.Contains(days, d) {
			sum += e.VisitCost / tinyUnserved
			at = e.Visit
		} else {
			sum += e.SkipCost / tinyUnserved
			at = e.Skip
		}
	}
	return sum
}

// tryDay tries every way to put clients into the shifts of a day in every
// order.
func (b *brute) tryDay(d int) []int64 {
	p := b.p
	out := make([]int64, 1<<len(p.Clients))
	for i := range out {
		out[i] = math.MaxInt64
	}
	out[0] = 0
	var shifts []int
	for k := range p.Shifts {
		if p.Shifts[k].Day == d {
			shifts = append(shifts, k)
		}
	}
	orders := make([][]int, len(shifts))
	var place func(i, set int)
	place = func(i, set int) {
		if i == len(p.Clients) {
			if set > 0 {
				if c := b.costDay(d, shifts, orders); c < math.MaxInt64 {
					out[set] = min(out[set], c)
				}
			}
			return
		}
		place(i+1, set)
		// In every route at every position, a crew in two routes.
		insert := func(k int, then func()) {
			for at := 0; at <= len(orders[k]); at++ {
				orders[k] = slices.Insert(orders[k], at, i)
				then()
				orders[k] = slices.Delete(orders[k], at, at+1)
			}
		}
		next := func() { place(i+1, set|1<<i) }
		for k := range shifts {
			if p.Clients[i].Crew < 2 {
				insert(k, next)
				continue
			}
			for l := k + 1; l < len(shifts); l++ {
				if p.Shifts[shifts[k]].Worker != p.Shifts[shifts[l]].Worker {
					insert(k, func() { insert(l, next) })
				}
			}
		}
	}
	place(0, 0)
	return out
}

// costDay returns the least cost of a day's routes in these orders.
func (b *brute) costDay(d int, shifts []int, orders [][]int) int64 {
	p := b.p
	cost := int64(0)
	tasks := make([]int, len(p.Workers))
	seen := map[int]bool{}
	for k, order := range orders {
		s := &p.Shifts[shifts[k]]
		tasks[s.Worker] += len(order)
		if most := p.Workers[s.Worker].MaxTasks; most > 0 && tasks[s.Worker] > most || s.MaxTasks > 0 && len(order) > s.MaxTasks {
			return math.MaxInt64
		}
		for dim, most := range s.Capacity {
			for at := 0; at <= len(order); at++ { // on board after stop at
				load := int32(0)
				for j, i := range order {
					c := &p.Clients[i]
					if j >= at && dim < len(c.Deliver) {
						load += c.Deliver[dim]
					}
					if j < at && dim < len(c.Pickup) {
						load += c.Pickup[dim]
					}
				}
				if load > most {
					return math.MaxInt64
				}
			}
		}
		for _, i := range order {
			c := &p.Clients[i]
			if c.Who != nil {
				w := slices.IndexFunc(c.Who, func(w vrp.Choice) bool { return w.Worker == s.Worker })
				if w < 0 {
					return math.MaxInt64
				}
				cost += c.Who[w].Cost
			}
			for _, kept := range c.Kept {
				if kept.Day == d && (kept.Worker == s.Worker || kept.Worker == vrp.None && !seen[i]) {
					cost += kept.Cost
				}
			}
			if c.DayCost != nil && !seen[i] {
				cost += c.DayCost[d]
			}
			seen[i] = true
		}
		if len(order) > 0 {
			cost += s.Fixed
		}
	}
	// The crews' times are tried, then each route is on its own.
	var crews []int
	for i := range p.Clients {
		if seen[i] && p.Clients[i].Crew == 2 {
			crews = append(crews, i)
		}
	}
	best := int64(math.MaxInt64)
	at := map[int]int32{}
	var fix func(n int)
	fix = func(n int) {
		if n < len(crews) {
			for t := int32(0); t <= 35; t++ {
				at[crews[n]] = t
				fix(n + 1)
			}
			return
		}
		sum := cost
		for k, order := range orders {
			if len(order) == 0 {
				continue
			}
			c := b.costRoute(shifts[k], order, at)
			if c == math.MaxInt64 {
				return
			}
			sum += c
		}
		best = min(best, sum)
	}
	fix(0)
	return best
}

// costRoute returns the least cost of travel and waiting of a route, with its
// breaks anywhere.
func (b *brute) costRoute(shift int, order []int, fixed map[int]int32) int64 {
	p, s := b.p, &b.p.Shifts[shift]
	f := p.Profiles[s.Profile]
	travel, cost, busy := int32(0), int64(0), int32(0)
	legs := make([]int32, len(order)+1)
	takes := make([]int32, len(order))
	from := s.Start
	for j, i := range order {
		c := &p.Clients[i]
		takes[j] = c.Service
		if from != c.Place {
			takes[j] += c.Setup
		}
		busy += takes[j]
		if from != vrp.None {
			legs[j] = f.Time[from][c.Place]
			if f.Cost != nil && legs[j] >= 0 {
				cost += int64(f.Cost[from][c.Place])
			}
		}
		from = c.Place
	}
	if s.End != vrp.None {
		legs[len(order)] = f.Time[from][s.End]
		if f.Cost != nil && legs[len(order)] >= 0 {
			cost += int64(f.Cost[from][s.End])
		}
	}
	for _, l := range legs {
		if l < 0 {
			return math.MaxInt64
		}
		travel += l
	}
	if f.Cost == nil {
		cost = int64(travel)
	}
	if s.MaxTravel > 0 && travel > s.MaxTravel {
		return math.MaxInt64
	}
	for _, r := range s.Breaks {
		busy += r.Service
	}
	// Minute by minute from each departure: what is done, how far along.
	least := int32(math.MaxInt32)
	for depart := s.From; depart <= s.To; depart++ {
		end := b.walk(s, order, legs, takes, fixed, depart)
		if end <= s.To && (s.MaxTime == 0 || end-depart <= s.MaxTime) {
			least = min(least, end-depart)
		}
	}
	if least == math.MaxInt32 {
		return math.MaxInt64
	}
	return cost + p.WaitCost*int64(least-travel-busy)
}

// walk returns the earliest end of a route that departs at a time, trying each
// break before each stop, and where there is no start only departures at which
// something begins.
func (b *brute) walk(s *vrp.Shift, order []int, legs, takes []int32, fixed map[int]int32, depart int32) int32 {
	p := b.p
	best := int32(math.MaxInt32)
	open := func(windows []vrp.Window, t int32) int32 { // the first time from t on
		for _, w := range windows {
			if t <= w.To {
				return max(t, w.From)
			}
		}
		if len(windows) == 0 {
			return t
		}
		return math.MaxInt32
	}
	// free is when the stop before ended, spent what breaks took since.
	var try func(stop, rest int, free, spent, last int32, moved bool)
	try = func(stop, rest int, free, spent, last int32, moved bool) {
		if rest < len(s.Breaks) {
			if t := open(s.Breaks[rest].Windows, last); t <= s.To && (moved || s.Start != vrp.None || t == depart) {
				try(stop, rest+1, free, spent+s.Breaks[rest].Service, t+s.Breaks[rest].Service, true)
			}
		}
		ready := max(last, free+spent+legs[stop])
		if stop == len(order) {
			if rest == len(s.Breaks) {
				best = min(best, ready)
			}
			return
		}
		i := order[stop]
		c := &p.Clients[i]
		t := ready
		if c.Windows != nil && c.Windows[s.Day] != nil {
			if len(c.Windows[s.Day]) == 0 {
				return
			}
			t = open(c.Windows[s.Day], t)
		}
		if c.Crew == 2 {
			if t > fixed[i] || t < fixed[i] && open(windowsOf(c, s.Day), fixed[i]) != fixed[i] {
				return
			}
			t = fixed[i]
		}
		if t > s.To || !moved && s.Start == vrp.None && t != depart {
			return
		}
		try(stop+1, rest, t+takes[stop], 0, t+takes[stop], true)
	}
	try(0, 0, depart, 0, depart, false)
	return best
}

func windowsOf(c *vrp.Client, d int) []vrp.Window {
	if c.Windows == nil {
		return nil
	}
	return c.Windows[d]
}
