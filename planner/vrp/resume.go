package vrp

// resume takes over what fits of an earlier solution, stop by stop. Clients
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
		for _, st := range r.Stops {
			if st.Client >= 0 && st.Client < len(m.clients) {
				s.append(int32(st.Client), at[r.Shift], st.Begin)
			}
		}
	}
	for c := range m.clients {
		s.keepIfAllowed(int32(c))
	}
	s.pool = s.pool[:0]
	clear(s.inPool)
}

// append adds a visit at the end of a route, if it may be there.
func (s *state) append(c, k, begin int32) {
	m := s.m
	sh := &m.shifts[k]
	cl := &m.clients[c]
	d := int(sh.day)
	i := int(c)*m.days + d
	if !m.allowed[i] {
		return
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
				return
			}
		}
	} else if s.on[i] != away {
		return
	}
	cost, ok := cl.costOf(int(sh.worker))
	r := &s.routes[k]
	if !ok || s.full(sh) || !s.fits(r, sh, c) {
		return
	}
	kept, whoever := m.keptOn(cl, d)
	cost += keptBy(kept, int(sh.worker))
	if !second {
		cost += whoever + m.dayCost(cl, d)
	}
	if cl.crew && !inWindows(m.windowsOn(c, d), int64(begin)) {
		return
	}
	n := int32(len(r.clients))
	s.insert(c, k, n, pin, cost)
	if s.update(k) {
		return
	}
	// Take this one back, not the rest of the route.
	s.cut(k, n, 1)
	s.refresh(k)
	s.paid[i] -= cost
	s.total -= cost
	if second {
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
