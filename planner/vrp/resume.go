package vrp

// resume takes over what fits of an earlier solution, whole routes or else stop
// by stop. Clients
// whose days their rule forbids, or of whom only one of a crew fits, lose all
// visits.
func (s *state) resume(from *Solution) {
	m := s.m
	at := make([]int32, len(m.p.Shifts)) // by Problem.Shifts: place in m.shifts
	for k := range m.shifts {
		at[m.shifts[k].orig] = int32(k)
	}
	for _, r := range from.Routes {
		if r.Shift < 0 || r.Shift >= len(at) || len(s.routes[at[r.Shift]].clients) > 0 {
			continue
		}
		if !s.resumeRoute(at[r.Shift], r.Stops, true) {
			s.resumeRoute(at[r.Shift], r.Stops, false)
		}
	}
	for c := range m.clients {
		s.keepIfAllowed(int32(c))
	}
	s.pool = s.pool[:0]
	clear(s.inPool)
}

// resumeRoute appends stops to an empty route: all that may be there, or, if the
// route cannot be made then, none (whole); or each that the route can hold after
// those before. A route can be possible though its beginning alone is not, where
// there is a way home from its last stop only.
func (s *state) resumeRoute(k int32, stops []Stop, whole bool) bool {
	var taken []resumed
	for _, st := range stops {
		if st.Client < 0 || st.Client >= len(s.m.clients) {
			continue
		}
		t, ok := s.append(int32(st.Client), k, st.Begin)
		switch {
		case !ok:
		case whole || s.update(k):
			taken = append(taken, t)
		default:
			s.takeBack(k, t)
		}
	}
	if !whole || len(taken) == 0 || s.update(k) {
		return true
	}
	for len(taken) > 0 {
		s.takeBack(k, taken[len(taken)-1])
		taken = taken[:len(taken)-1]
	}
	return false
}

// resumed is a visit that append made.
type resumed struct {
	client int32
	cost   int64
	second bool
}

// append adds a visit at the end of a route, if the client may be there; whether
// the route can be made then is for the caller to find out.
func (s *state) append(c, k, begin int32) (resumed, bool) {
	m := s.m
	sh := &m.shifts[k]
	cl := &m.clients[c]
	d := int(sh.day)
	i := int(c)*m.days + d
	if !m.allowed[i] {
		return resumed{}, false
	}
	pin := int32(unpinned)
	second := false
	if cl.crew {
		pin = begin
		second = s.on[i] != away
		if second {
			first := s.on[i]
			r := &s.routes[first]
			if s.on2[i] != away || m.shifts[first].worker == sh.worker || r.pins[r.stopOf(c)] != begin {
				return resumed{}, false
			}
		}
	} else if s.on[i] != away {
		return resumed{}, false
	}
	cost, ok := cl.costOf(int(sh.worker))
	r := &s.routes[k]
	if !ok || s.full(sh) || !s.fits(r, sh, c) {
		return resumed{}, false
	}
	kept, whoever := m.keptOn(cl, d)
	cost += keptBy(kept, int(sh.worker))
	if !second {
		cost += whoever + m.dayCost(cl, d)
	}
	if cl.crew && !inWindows(m.windowsOn(c, d), int64(begin)) {
		return resumed{}, false
	}
	s.insert(c, k, int32(len(r.clients)), pin, cost)
	return resumed{c, cost, second}, true
}

// takeBack undoes the last append to a route.
func (s *state) takeBack(k int32, t resumed) {
	s.cut(k, int32(len(s.routes[k].clients))-1, 1)
	s.refresh(k)
	i := int(t.client)*s.m.days + int(s.m.shifts[k].day)
	s.paid[i] -= t.cost
	s.total -= t.cost
	if t.second {
		s.on2[i] = away
	} else {
		s.on[i] = away
	}
}

func inWindows(ws []Window, t int64) bool {
	at, ok := next(ws, t)
	return ok && at == t
}

// keepIfAllowed prices the days of a client, or takes them all out.
func (s *state) keepIfAllowed(c int32) {
	m := s.m
	base := int(c) * m.days
	if m.clients[c].crew {
		for d := range m.days {
			if s.on[base+d] != away && s.on2[base+d] == away {
				s.remove(c, d)
			}
		}
	}
	s.settle(c)
}
