package vrp

import (
	"cmp"
	"slices"
)

// recreate finds places for all in the pool. Taking a visit out may, without
// the triangle inequality, lose others theirs: they join the queue, and when it
// has grown long nobody's days are chosen any more.
func (s *state) recreate(sameDay bool) {
	s.sortPool()
	first := len(s.pool)
	for i := 0; i < len(s.pool); i++ {
		c := s.pool[i]
		s.inPool[c] = false
		switch {
		case i >= 3*first+8:
			s.settle(c)
		case !sameDay || i >= first || !s.putBack(c):
			s.choose(c)
		}
	}
	s.pool = s.pool[:0]
}

// sortPool puts the pool into one of the orders of which each sometimes is the
// right one, the more often the more it helps.
func (s *state) sortPool() {
	m := s.m
	pool := s.pool
	for i := len(pool) - 1; i > 0; i-- {
		j := s.rng.below(i + 1)
		pool[i], pool[j] = pool[j], pool[i]
	}
	kinds := 12
	if m.winFrom != nil {
		kinds = 16
	}
	var key func(c int32) int64
	switch s.rng.below(kinds) {
	default: // as they come
		return
	case 3, 4, 5, 6: // large ones first
		key = func(c int32) int64 { return -int64(m.clients[c].large) }
	case 7, 8:
		key = func(c int32) int64 { return -m.far(c) }
	case 9:
		key = m.far
	case 10, 11: // those that ask for most days first
		key = func(c int32) int64 { return -int64(m.clients[c].visits) }
	case 12, 13: // narrow windows first
		key = func(c int32) int64 { return int64(m.winTo[int(c)*m.days]) - int64(m.winFrom[int(c)*m.days]) }
	case 14:
		key = func(c int32) int64 { return int64(m.winFrom[int(c)*m.days]) }
	case 15:
		key = func(c int32) int64 { return -int64(m.winTo[int(c)*m.days]) }
	}
	slices.SortStableFunc(pool, func(a, b int32) int { return cmp.Compare(key(a), key(b)) })
}

// far is how far a client is from the first depot.
func (m *model) far(c int32) int64 {
	if len(m.shifts) == 0 {
		return 0
	}
	sh := &m.shifts[0]
	return int64(sh.prof.cost[int(sh.start)*m.stride+int(m.clients[c].place)])
}

// putBack inserts the visits that a client lost in this iteration on the days
// on which they were, and tells whether all found room.
func (s *state) putBack(c int32) bool {
	m := s.m
	if s.isOld[c] == 0 {
		return false
	}
	old := s.oldRows[int(s.isOld[c]-1)*m.days:]
	for d := range m.days {
		i := int(c)*m.days + d
		if old[d] == away || s.on[i] != away {
			continue
		}
		if s.offerDay(c, d, &s.spot[d]) >= infinite {
			return false
		}
		s.visit(c, d)
	}
	return true
}

// visit makes the visit that offerDay found.
func (s *state) visit(c int32, d int) {
	sp := &s.spot[d]
	s.insert(c, sp.shift, sp.at, sp.pin, sp.paid)
	if sp.shift2 != away {
		s.insert(c, sp.shift2, sp.at2, sp.pin, sp.paid2)
	}
}

// choose chooses the days of a client anew: those it is visited on have the
// price of the way that they cost, the others that of the cheapest insertion.
func (s *state) choose(c int32) {
	m := s.m
	base := int(c) * m.days
	for d := range m.days {
		i := base + d
		switch {
		case s.on[i] != away:
			s.price[d] = s.gain(c, s.on[i]) + s.paid[i]
			if m.crews && s.on2[i] != away {
				s.price[d] += s.gain(c, s.on2[i])
			}
		case m.allowed[i]:
			s.price[d] = s.offerDay(c, d, &s.spot[d])
		default:
			s.price[d] = Never
		}
	}
	var cost int64
	s.days, cost, s.scratch = m.clients[c].rule.Cheapest(s.price, s.days[:0], s.scratch)
	next := 0
	for d := range m.days {
		chosen := next < len(s.days) && s.days[next] == d
		if chosen {
			next++
		}
		switch visited := s.on[base+d] != away; {
		case visited && !chosen:
			s.remove(c, d)
		case !visited && chosen:
			s.visit(c, d)
		}
	}
	s.setRule(c, cost)
}

// settle leaves a client with the visits it has, or with none where its rule
// forbids them.
func (s *state) settle(c int32) {
	m := s.m
	base := int(c) * m.days
	s.days = s.days[:0]
	for d := range m.days {
		if s.on[base+d] != away {
			s.days = append(s.days, d)
		}
	}
	cost, ok := m.clients[c].rule.Cost(s.days)
	if !ok {
		for d := range m.days {
			if s.on[base+d] != away {
				s.remove(c, d)
			}
		}
		cost = m.clients[c].missing
	}
	s.setRule(c, cost)
}

// dropRest takes all remaining visits of some of the clients in the pool out, so
// that their days are chosen freely.
func (s *state) dropRest(chance float64) {
	m := s.m
	for i := 0; i < len(s.pool); i++ {
		c := s.pool[i]
		if s.rng.float() >= chance {
			continue
		}
		for d := range m.days {
			if s.on[int(c)*m.days+d] != away {
				s.remove(c, d)
			}
		}
	}
}
