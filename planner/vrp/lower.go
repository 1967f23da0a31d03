package vrp

// Lower returns a cost below which no solution of a valid problem can be. Each
// client has its cheapest days, at the price of its cheapest worker and the
// cheapest way to its door; or, if that is more, what Short proves to be
// missing. It is quick, and weak where many doors are far from the start and
// near to each other.
func Lower(p *Problem) int64 {
	l := lower{p: p, ways: make([][]int64, len(p.Profiles)), who: make([]int64, len(p.Workers)), byDay: make([][]int, p.Days)}
	for k := range p.Shifts {
		l.byDay[p.Shifts[k].Day] = append(l.byDay[p.Shifts[k].Day], k)
	}
	for f := range p.Profiles {
		l.ways[f] = l.cheapestWays(f)
	}
	price := make([]int64, p.Days)
	var days []int
	var scratch []int64
	// wanted is the sum of all prices below 0, which bounds what visits cost
	// whatever their days.
	total, wanted, plain := int64(0), int64(0), true
	for i := range p.Clients {
		l.may(i)
		for d := range price {
			price[d] = l.visit(i, d)
			wanted += min(0, price[d])
		}
		var cost int64
		days, cost, scratch = p.Clients[i].Rule.Cheapest(price, days[:0], scratch)
		total += cost
		for _, d := range days {
			total += price[d]
		}
		plain = plain && neverBelowZero(p.Clients[i].Rule)
	}
	if p.Unserved <= 0 || !plain {
		return total
	}
	missing := Short(p).Missing
	if missing > Never/p.Unserved {
		return total
	}
	return max(total, missing*p.Unserved+wanted)
}

type lower struct {
	p     *Problem
	ways  [][]int64 // cheapest way to each client, by profile
	who   []int64   // what each worker costs at the client looked at; Never: may not
	byDay [][]int
}

// cheapestWays returns what the cheapest way to each client costs with a
// profile, from another client or a start.
func (l *lower) cheapestWays(f int) []int64 {
	p := l.p
	times, costs := p.Profiles[f].Time, p.Profiles[f].Cost
	if costs == nil {
		costs = times
	}
	from := map[int]int{} // how many clients there are at a place
	for i := range p.Clients {
		from[p.Clients[i].Place]++
	}
	starts := map[int]bool{}
	for k := range p.Shifts {
		if p.Shifts[k].Profile == f {
			starts[p.Shifts[k].Start] = true
		}
	}
	out := make([]int64, len(p.Clients))
	for i := range out {
		out[i] = Never
		if starts[None] {
			out[i] = 0
		}
		to := p.Clients[i].Place
		try := func(j int) {
			if times[j][to] >= 0 {
				out[i] = min(out[i], int64(costs[j][to]))
			}
		}
		for j, n := range from {
			if j != to || n > 1 {
				try(j)
			}
		}
		for j := range starts {
			if j != None {
				try(j)
			}
		}
	}
	return out
}

// may fills in what each worker costs at a client.
func (l *lower) may(i int) {
	c := &l.p.Clients[i]
	for w := range l.who {
		l.who[w] = 0
		if c.Who != nil {
			l.who[w] = Never
		}
	}
	for _, w := range c.Who {
		l.who[w.Worker] = w.Cost
	}
}

// visit returns the least that a visit of a client on a day costs; Never if
// there can be none.
func (l *lower) visit(i, d int) int64 {
	p, c := l.p, &l.p.Clients[i]
	if c.Windows != nil && c.Windows[d] != nil && len(c.Windows[d]) == 0 {
		return Never
	}
	// The two cheapest, of different workers.
	first, second, worker := Never, Never, None
	for _, k := range l.byDay[d] {
		s := &p.Shifts[k]
		way := l.ways[s.Profile][i]
		if l.who[s.Worker] >= Never || way >= Never {
			continue
		}
		cost := l.who[s.Worker] + way
		for _, kept := range c.Kept {
			if kept.Day == d && kept.Worker == s.Worker {
				cost += kept.Cost
			}
		}
		switch {
		case s.Worker == worker:
			first = min(first, cost)
		case cost < first:
			first, second, worker = cost, first, s.Worker
		default:
			second = min(second, cost)
		}
	}
	cost := first
	if c.Crew == 2 {
		if second >= Never {
			return Never
		}
		cost += second
	}
	if first >= Never {
		return Never
	}
	for _, kept := range c.Kept {
		if kept.Day == d && kept.Worker == None {
			cost += kept.Cost
		}
	}
	if c.DayCost != nil {
		cost += c.DayCost[d]
	}
	return cost
}

// neverBelowZero tells whether a rule is known to cost nothing below 0 in any
// step.
func neverBelowZero(r Rule) bool {
	switch r := r.(type) {
	case Once:
		return r.Missing >= 0
	case *Once:
		return r.Missing >= 0
	case Patterns:
		return r.Missing >= 0
	case *Patterns:
		return r.Missing >= 0
	case *Automaton:
		for i := range r.Steps {
			if r.Steps[i].SkipCost < 0 || r.Steps[i].VisitCost < 0 {
				return false
			}
		}
		return true
	}
	return false
}
