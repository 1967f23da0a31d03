package planner

import (
	"cmp"
	"slices"
)

// load puts the visits of itineraries back into an empty block. Doors with
// lapses are taken out again and inserted anew, so that they see the shifts
// that the block did not have before.
func (k *block) load(its []Itinerary) {
	door := make(map[string]int32, len(k.doors))
	for i := range k.doors {
		door[k.doors[i].r.ID] = int32(i)
	}
	walker := make(map[string]int32, len(k.vis))
	for i := range k.vis {
		walker[k.vis[i].v.ID] = int32(i)
	}
	for i := range its {
		it := &its[i]
		d := int32(it.Date - k.p.Start)
		w := walker[it.Visitor]
		sl := k.first[d][w]
		for ; sl < k.first[d][w+1]; sl++ {
			if sh := k.vis[w].v.Shifts[k.slots[d][sl].shift]; sh.From <= it.Depart && it.Depart < sh.To {
				break
			}
		}
		stops := make([]int32, 0, len(it.Stops))
		for q := range it.Stops {
			n := door[it.Stops[q].Resident]
			stops = append(stops, n)
			k.doors[n].visits = append(k.doors[n].visits, visitAt{d, sl})
			k.total += k.visitCost(int(n), w)
		}
		k.setRound(d, sl, stops)
	}
	var again []int
	for i := range k.doors {
		dr := &k.doors[i]
		slices.SortFunc(dr.visits, func(a, b visitAt) int { return cmp.Compare(a.day, b.day) })
		dr.base = dr.cal.costOf(dr.visits)
		k.total += dr.base
		if dr.base >= unitLapse {
			again = append(again, i)
		}
	}
	slices.SortStableFunc(again, func(a, b int) int { return cmp.Compare(k.doors[b].weight, k.doors[a].weight) })
	for _, i := range again { // one by one, so that none is worse off
		together := []int{i}
		for q := 0; q < len(together); q++ {
			for _, j := range k.remove(together[q]) {
				if !slices.Contains(together, int(j)) {
					together = append(together, int(j))
				}
			}
		}
		for _, j := range together {
			k.insert(j, nil)
		}
	}
	k.undo = k.undo[:0]
}

// costOf returns the cost of a path that visits on the given days, ascending.
func (c *calendar) costOf(visits []visitAt) int64 {
	var cost int64
	at := int32(0)
	for d := range c.days {
		e := &c.steps[at]
		if len(visits) > 0 && int(visits[0].day) == d && e.visit >= 0 {
			visits = visits[1:]
			cost += e.visitCost
			at = e.visit
		} else {
			cost += e.skipCost
			at = e.skip
		}
	}
	return cost
}

// result writes the rounds as itineraries and counts what they cost.
func (k *block) result(res *blockResult) {
	res.uses = map[shiftKey]bool{}
	due := make([]map[Date]Stop, len(k.doors))
	for i := range k.doors {
		due[i] = k.dueDays(i, res)
	}
	for d := range k.rounds {
		for sl := range k.rounds[d] {
			rd := &k.rounds[d][sl]
			if len(rd.stops) == 0 {
				continue
			}
			s := &k.slots[d][sl]
			w := &k.vis[s.walker]
			it := k.itinerary(d, s, rd, due)
			res.itineraries = append(res.itineraries, it)
			res.visits += len(it.Stops)
			res.cost.Seconds += k.roundCost(rd)
			for _, i := range rd.stops {
				res.cost.Preference += int64(k.prefOf(int(i), s.walker))
				res.cost.Seconds += int64(k.doors[i].minutes) * 60
			}
			if w.wide {
				res.uses[shiftKey{w.index, d, int(s.shift)}] = true
			}
		}
	}
}

// dueDays returns, for each visit of a door, its due-by and whether it clears
// the debt, and adds what the door leaves undone to the result.
func (k *block) dueDays(i int, res *blockResult) map[Date]Stop {
	dr := &k.doors[i]
	days := make([]Date, len(dr.visits))
	for n, v := range dr.visits {
		days[n] = k.p.Start + Date(v.day)
	}
	unmet := int64(0)
	for _, m := range missingVisits(k.p, dr.r, dr.rules, days) {
		unmet += int64(m.count) * dr.weight
		res.left += m.count
	}
	res.unmet += unmet
	res.cost.Lapses = res.unmet
	late := 0
	if dr.owed {
		late = k.p.Days
		if len(days) > 0 {
			late = int(days[0] - k.p.Start)
		}
	}
	res.cost.LateDays += int64(late) * dr.weight
	// What is left of the calendar's cost are missing spare visits and spacing.
	rest := dr.base - unmet*unitLapse - int64(late)*dr.weight*unitLate
	res.cost.Spare += rest / unitSpare
	res.cost.Seconds += rest % unitSpare
	out := make(map[Date]Stop, len(days))
	ws := Windows(dr.rules, append(slices.Clone(dr.history), days...), dr.r.Absent, k.p.Start, k.p.End())
	for n, day := range days {
		st := Stop{DueBy: day, Owed: n == 0 && dr.owed}
		if st.Owed {
			st.DueBy = max(day, k.p.CatchUpBy())
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

func (k *block) itinerary(d int, s *slot, rd *round, due []map[Date]Stop) Itinerary {
	w := &k.vis[s.walker]
	m := &k.modes[w.mode]
	sh := w.v.Shifts[s.shift]
	day := k.p.Start + Date(d)
	it := Itinerary{Visitor: w.v.ID, Date: day, Block: k.code, Stops: make([]Stop, 0, len(rd.stops))}
	lead := Clock(minutesOf(m.seconds[w.start][m.doors[rd.stops[0]]]))
	it.Depart = max(sh.From, min(sensibleHour-lead, sh.To-Clock(rd.minutes)))
	at, now := w.start, it.Depart
	for _, i := range rd.stops {
		dr := &k.doors[i]
		to := m.doors[i]
		sec := m.seconds[at][to]
		st := due[i][day]
		st.Resident = dr.r.ID
		st.WalkSeconds = int(sec)
		st.Arrive = now + Clock(minutesOf(sec))
		st.Leave = st.Arrive + Clock(dr.minutes)
		it.Stops = append(it.Stops, st)
		at, now = to, st.Leave
	}
	if w.end >= 0 {
		it.ReturnSeconds = int(m.seconds[at][w.end])
	}
	return it
}
