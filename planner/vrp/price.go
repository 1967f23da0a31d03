package vrp

// full tells whether a worker can take no more visits on a day.
func (s *state) full(sh *shift) bool {
	if !s.m.capped {
		return false
	}
	most := s.m.p.Workers[sh.worker].MaxTasks
	return most > 0 && int(s.tasks[int(sh.day)*s.m.workers+int(sh.worker)]) >= most
}

// blinks tells whether the next route is overlooked, so that a greedy
// insertion does not always come out the same (Christiaens & Vanden Berghe
// 2020).
func (s *state) blinks() bool {
	if s.calm--; s.calm >= 0 {
		return false
	}
	s.calm = s.rng.gap(s.blink)
	return true
}

// offerDay returns what the cheapest visit of a client on a day costs, and notes
// in sp where it would go; Never where there is none.
func (s *state) offerDay(c int32, d int, sp *spot) int64 {
	m := s.m
	cl := &m.clients[c]
	if cl.crew {
		return s.offerCrew(c, d, sp)
	}
	best := infinite
	if cl.who == nil && len(cl.kept) == 0 {
		best = s.offerAny(c, d, sp)
		if best >= infinite {
			return Never
		}
		sp.shift2, sp.pin, sp.paid = away, unpinned, m.dayCost(cl, d)
		return best + sp.paid
	}
	kept, any := m.keptOn(cl, d)
	for _, kp := range kept { // those wanted first: the others then end early
		if kp.Worker != None && kp.Cost < 0 {
			if cost, ok := cl.costOf(kp.Worker); ok {
				best = s.offerWorker(c, d, kp.Worker, cost+keptBy(kept, kp.Worker), best, sp)
			}
		}
	}
	if cl.who == nil {
		for w := range m.workers {
			best = s.offerWorker(c, d, w, keptBy(kept, w), best, sp)
		}
	}
	slack := m.maxLeg + m.p.WaitCost*m.longest
	for _, ch := range cl.who {
		if ch.Cost-slack >= best {
			break
		}
		cost := ch.Cost
		if kept != nil {
			more := keptBy(kept, ch.Worker)
			if more < 0 {
				continue // looked at above
			}
			cost += more
		}
		best = s.offerWorker(c, d, ch.Worker, cost, best, sp)
	}
	if best >= infinite {
		return Never
	}
	more := any + m.dayCost(cl, d)
	sp.shift2, sp.pin = away, unpinned
	sp.paid += more
	return best + more
}

// offerAny returns the cheapest insertion on a day, whoever comes.
func (s *state) offerAny(c int32, d int, sp *spot) int64 {
	m := s.m
	best := infinite
	empty := int32(None)
	from, to := m.first[d], m.first[d+1]
	stamps := s.stamps[from:to]
	entries := s.cached(c, from, to)
	for i, stamp := range stamps {
		k := from + int32(i)
		if stamp == emptyStamp {
			// One of several empty shifts that differ in nothing will do.
			class := m.shifts[k].class
			if s.closed || class == empty {
				continue
			}
			empty = class
		}
		var delta int64
		var at int32
		if entries == nil {
			delta, at = s.scan(k, c)
		} else {
			e := &entries[i]
			if e.stamp != stamp {
				e.delta, e.at = s.scan(k, c)
				e.stamp = stamp
			}
			delta, at = e.delta, e.at
		}
		if delta < best && !s.full(&m.shifts[k]) && !s.blinks() {
			best = delta
			sp.shift, sp.at = k, at
		}
	}
	return best
}

// offerWorker looks at the shifts of one worker; cost is what it costs that it
// is this one.
func (s *state) offerWorker(c int32, d, w int, cost, best int64, sp *spot) int64 {
	from, to := s.m.shiftsOf(d, w)
	for k := from; k < to; k++ {
		if s.closed && len(s.routes[k].clients) == 0 {
			continue
		}
		delta, at := s.insertion(k, c)
		if delta >= infinite || delta+cost >= best || s.full(&s.m.shifts[k]) || s.blinks() {
			continue
		}
		best = delta + cost
		sp.shift, sp.at, sp.paid = k, at, cost
	}
	return best
}

func (m *model) dayCost(cl *client, d int) int64 {
	if cl.dayCost == nil {
		return 0
	}
	return cl.dayCost[d]
}

// keptOn returns the entries of a day, and the sum of those for whichever
// worker.
func (m *model) keptOn(cl *client, d int) (kept []Kept, whoever int64) {
	i := 0
	for i < len(cl.kept) && cl.kept[i].Day < d {
		i++
	}
	j := i
	for j < len(cl.kept) && cl.kept[j].Day == d {
		if cl.kept[j].Worker == None {
			whoever += cl.kept[j].Cost
		}
		j++
	}
	return cl.kept[i:j], whoever
}

func keptBy(kept []Kept, w int) int64 {
	sum := int64(0)
	for i := range kept {
		if kept[i].Worker == w {
			sum += kept[i].Cost
		}
	}
	return sum
}

// costOf returns what it costs that a worker comes, false where they may not.
func (cl *client) costOf(w int) (int64, bool) {
	if cl.who == nil {
		return 0, true
	}
	for i := range cl.who {
		if cl.who[i].Worker == w {
			return cl.who[i].Cost, true
		}
	}
	return 0, false
}
