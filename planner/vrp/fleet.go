package vrp

import "math"

// dear is how many mean legs a route must cost for the search to fight for
// fewer routes before it fights for shorter ones.
const dear = 50

// fleetMatters tells whether the fixed costs of routes dominate those of
// travel, and missing visits those of routes.
func (s *state) fleetMatters(leg float64) bool {
	m := s.m
	most := int64(0)
	for k := range s.routes {
		if len(s.routes[k].clients) > 0 {
			most = max(most, m.shifts[k].fixed)
		}
	}
	return float64(most) > dear*leg && m.p.Unserved > most && !m.crews
}

// dissolve empties the route whose clients were hardest to place least often,
// and tells whether there was one. From then on no other is opened.
func (s *state) dissolve() bool {
	least, at := int64(math.MaxInt64), away
	for k := range s.routes {
		r := &s.routes[k]
		if len(r.clients) == 0 || float64(s.m.shifts[k].fixed) == 0 {
			continue
		}
		sum := int64(s.rng.below(8)) // of equals any
		for _, c := range r.clients {
			sum += 8 * (s.absent[c] + 1)
		}
		if sum < least {
			least, at = sum, int32(k)
		}
	}
	if at == away {
		return false
	}
	s.empty(at)
	for len(s.pool) > 0 {
		s.recreate(false)
	}
	s.commit()
	return true
}

// fewer is one iteration of the fight for fewer routes: what counts is who is
// not visited, weighed by how often they were not before (Christiaens & Vanden
// Berghe 2020, section 5.3). It tells whether nobody is missing.
func (s *state) fewer(o *settings, temperature float64) bool {
	m := s.m
	s.ruin(o, false)
	for _, c := range s.missing {
		s.lose(c)
	}
	if m.days > 1 {
		s.dropRest(o.whole)
	}
	s.recreate(false)
	weight, count := int64(0), 0
	cost := s.total - s.oldTotal
	for i, c := range s.changed {
		now, old := s.rules[c], s.oldRules[i]
		if now >= m.p.Unserved {
			weight += s.absent[c] + 1
			count++
			cost -= now
			s.absent[c]++
		}
		if old >= m.p.Unserved {
			weight -= s.absent[c] + 1
			count--
			cost += old
			if now >= m.p.Unserved {
				weight++ // both sides by what it was before
			}
		}
	}
	if weight < 0 || count < 0 || weight == 0 && float64(cost) < -temperature*math.Log(1-s.rng.float()) {
		s.commit()
		s.missing = s.missing[:0]
		for c := range s.rules {
			if s.rules[c] >= m.p.Unserved {
				s.missing = append(s.missing, int32(c))
			}
		}
		return len(s.missing) == 0
	}
	s.rollback()
	return false
}

// fightFleet lets a chain look for fewer routes for n iterations, or until that
// share of the budget is spent, and tells whether the run is over. The chain goes
// on from its best solution.
func (r *run) fightFleet(c *chain, n int, share float64) (stop bool) {
	s := c.s
	if s.absent == nil {
		s.absent = make([]int64, len(s.rules))
	}
	s.back(c.best)
	for i := 0; i < n; {
		s.closed = true
		if !s.dissolve() {
			break
		}
		s.missing = s.missing[:0]
		for x := range s.rules {
			if s.rules[x] >= s.m.p.Unserved {
				s.missing = append(s.missing, int32(x))
			}
		}
		done := len(s.missing) == 0
		for ; i < n && !done; i++ {
			if i%pollEvery == 0 {
				spent, over := r.poll(c, pollEvery)
				if over || r.o.Budget != nil && spent > share {
					s.closed = false
					s.back(c.best)
					return over
				}
			}
			done = s.fewer(&c.set, c.leg*c.set.warm)
			c.done++
		}
		s.closed = false
		if done && s.total < c.best.total {
			c.best.take(s)
			r.noteImproved()
		}
	}
	s.closed = false
	s.back(c.best)
	return false
}
