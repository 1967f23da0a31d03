package vrp

import "math"

// best is the best solution of a state, kept aside.
type best struct {
	total   int64
	routes  [][]int32
	pins    [][]int32
	on, on2 []int32
	paid    []int64
	rules   []int64
}

func newBest(s *state) *best {
	b := &best{
		routes: make([][]int32, len(s.routes)), pins: make([][]int32, len(s.routes)),
		on: make([]int32, len(s.on)), on2: make([]int32, len(s.on2)),
		paid: make([]int64, len(s.paid)), rules: make([]int64, len(s.rules)),
	}
	for k := range s.routes {
		b.copyRoute(s, int32(k))
	}
	copy(b.on, s.on)
	copy(b.on2, s.on2)
	copy(b.paid, s.paid)
	copy(b.rules, s.rules)
	b.total = s.total
	s.clean()
	return b
}

func (b *best) copyRoute(s *state, k int32) {
	r := &s.routes[k]
	b.routes[k] = append(b.routes[k][:0], r.clients...)
	b.pins[k] = append(b.pins[k][:0], r.pins...)
}

// take notes the state's solution as the best.
func (b *best) take(s *state) {
	m := s.m
	for _, k := range s.dirtyRoutes {
		b.copyRoute(s, k)
	}
	for _, c := range s.dirtyClients {
		from, to := int(c)*m.days, (int(c)+1)*m.days
		copy(b.on[from:to], s.on[from:to])
		if m.crews {
			copy(b.on2[from:to], s.on2[from:to])
		}
		copy(b.paid[from:to], s.paid[from:to])
		b.rules[c] = s.rules[c]
	}
	b.total = s.total
	s.clean()
}

// clean says that the state holds its best solution.
func (s *state) clean() {
	for _, k := range s.dirtyRoutes {
		s.routes[k].dirty = false
	}
	for _, c := range s.dirtyClients {
		s.isDirty[c] = false
	}
	s.dirtyRoutes, s.dirtyClients = s.dirtyRoutes[:0], s.dirtyClients[:0]
}

// back makes the state's own best solution its solution again.
func (s *state) back(b *best) {
	m := s.m
	for _, k := range s.dirtyRoutes {
		s.touch(k)
		r := &s.routes[k]
		r.clients = append(r.clients[:0], b.routes[k]...)
		r.pins = append(r.pins[:0], b.pins[k]...)
		s.refresh(k)
	}
	for _, c := range s.dirtyClients {
		from, to := int(c)*m.days, (int(c)+1)*m.days
		copy(s.on[from:to], b.on[from:to])
		if m.crews {
			copy(s.on2[from:to], b.on2[from:to])
		}
		copy(s.paid[from:to], b.paid[from:to])
		s.rules[c] = b.rules[c]
	}
	s.total = b.total
	s.recountTasks()
	s.commit()
	s.clean()
}

// load makes b, the best of any state of the same model, the state's solution.
func (s *state) load(b *best) {
	m := s.m
	for k := range s.routes {
		s.touch(int32(k))
		r := &s.routes[k]
		r.clients = append(r.clients[:0], b.routes[k]...)
		r.pins = append(r.pins[:0], b.pins[k]...)
		s.refresh(int32(k))
	}
	for c := range m.clients {
		s.note(int32(c))
	}
	copy(s.on, b.on)
	copy(s.on2, b.on2)
	copy(s.paid, b.paid)
	copy(s.rules, b.rules)
	s.total = b.total
	s.recountTasks()
	s.commit()
}

func (s *state) recountTasks() {
	if !s.m.capped {
		return
	}
	clear(s.tasks)
	for k := range s.routes {
		sh := &s.m.shifts[k]
		s.tasks[int(sh.day)*s.m.workers+int(sh.worker)] += int32(len(s.routes[k].clients))
	}
}

// measure notes the mean number of stops of a route that has any, and of visits
// of a client that has any, and returns the mean cost of a leg.
func (s *state) measure() (leg float64) {
	sum, legs, routes := int64(0), 0, 0
	for k := range s.routes {
		r := &s.routes[k]
		if len(r.clients) == 0 {
			continue
		}
		for _, l := range r.leg {
			sum += int64(l)
		}
		legs += len(r.leg)
		routes++
	}
	s.mean, s.often = 1, 1
	if routes == 0 {
		return 1
	}
	s.mean = float64(legs-routes) / float64(routes)
	visits, clients := 0, 0
	for c := range s.m.clients {
		n := 0
		for _, k := range s.on[c*s.m.days : (c+1)*s.m.days] {
			if k != away {
				n++
			}
		}
		visits += n
		clients += min(n, 1)
	}
	s.often = float64(visits) / float64(max(1, clients))
	return max(1, float64(sum)/float64(legs))
}

// visits returns the number of visits.
func (s *state) visits() float64 {
	n := 0
	for k := range s.routes {
		n += len(s.routes[k].clients)
	}
	return float64(max(1, n))
}

// step is one iteration: ruin, recreate, and accept or go back.
func (s *state) step(o *settings, temperature float64) {
	sameDay := s.m.days > 1 && s.rng.float() < o.sameDay
	s.ruin(o, sameDay)
	if !sameDay && o.whole > 0 && s.m.days > 1 {
		s.dropRest(o.whole)
	}
	s.addMissing()
	s.recreate(sameDay)
	worse := float64(s.total - s.oldTotal)
	if worse <= 0 || worse < -temperature*math.Log(1-s.rng.float()) {
		s.commit()
		return
	}
	s.rollback()
}

// mostMissing bounds the clients with missing visits that an iteration tries to
// help.
const mostMissing = 8

// addMissing puts clients with missing visits into the pool.
func (s *state) addMissing() {
	if s.m.p.Unserved <= 0 {
		return
	}
	n := len(s.rules)
	if n == 0 {
		return
	}
	from := s.rng.below(n)
	found := 0
	for i := range n {
		c := from + i
		if c >= n {
			c -= n
		}
		if s.rules[c] >= s.m.p.Unserved {
			s.lose(int32(c))
			if found++; found == mostMissing {
				return
			}
		}
	}
}
