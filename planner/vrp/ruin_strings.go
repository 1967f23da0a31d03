package vrp

// strings takes strings of neighbouring visits out of the routes around a
// client, on one day or on any (Christiaens & Vanden Berghe 2020, slack
// induction by string removals). A few ruins are much larger: where the
// clients lie in clusters or on rays, whole routes have to go at once for better
// days to be found.
func (s *state) strings(o *settings, removed float64, seed int32, day int) {
	longest := o.longest
	if s.rng.float() < o.large {
		removed, longest = removed*o.factor, longest*o.factor
	}
	longest = min(longest, s.mean)
	most := 4*removed/(1+longest) - 1
	left := int(s.rng.float()*most + 1)
	for _, c := range s.around(seed) {
		if left == 0 {
			return
		}
		k := s.someRoute(c, day)
		if k == away {
			continue
		}
		r := &s.routes[k]
		n := len(r.clients)
		size := int(s.rng.float()*min(longest, float64(n)) + 1)
		size = min(size, n)
		at := r.stopOf(c)
		left--
		if size < n && size > 1 && s.rng.float() < o.split {
			gap := 1
			for size+gap < n && s.rng.float() > o.growth {
				gap++
			}
			s.cutSplit(k, at, size, gap)
			continue
		}
		lo := max(0, at-size+1)
		hi := min(at, n-size)
		from := lo + s.rng.below(hi-lo+1)
		s.drop(k, from, size, 0, 0)
	}
}

// someRoute returns a route that visits a client, on the day or any, and that
// was not ruined yet.
func (s *state) someRoute(c int32, day int) int32 {
	row := s.on[int(c)*s.m.days : (int(c)+1)*s.m.days]
	if day != None {
		if k := row[day]; k != away && !s.routes[k].known {
			return k
		}
		return away
	}
	n := len(row)
	d := 0
	if n > 1 {
		d = s.rng.below(n)
	}
	for range row {
		if k := row[d]; k != away && !s.routes[k].known {
			return k
		}
		if d++; d == n {
			d = 0
		}
	}
	return away
}

// cutSplit takes a string with a gap out: the gap's stops stay.
func (s *state) cutSplit(k int32, at, size, gap int) {
	n := len(s.routes[k].clients)
	all := size + gap
	lo := max(0, at-all+1)
	hi := min(at, n-all)
	from := lo + s.rng.below(hi-lo+1)
	s.drop(k, from, all, 1+s.rng.below(size), gap)
}

// drop takes n stops of a route out, but for a gap behind the first skip of
// them, and puts their clients into the pool.
func (s *state) drop(k int32, from, n, skip, gap int) {
	s.touch(k)
	m := s.m
	r := &s.routes[k]
	d := int(m.shifts[k].day)
	w := from
	for i := from; i < len(r.clients); i++ {
		c := r.clients[i]
		if i >= from+n || gap > 0 && i >= from+skip && i < from+skip+gap {
			r.clients[w] = c
			if m.crews {
				r.pins[w] = r.pins[i]
			}
			w++
			continue
		}
		other := away
		if m.crews && s.on2[int(c)*m.days+d] != away {
			other = s.on[int(c)*m.days+d] + s.on2[int(c)*m.days+d] - k
		}
		s.unvisit(c, d)
		s.lose(c)
		if other != away {
			s.partners = append(s.partners, partner{c, other})
		}
	}
	if m.capped {
		sh := &m.shifts[k]
		s.tasks[int(sh.day)*m.workers+int(sh.worker)] -= int32(len(r.clients) - w)
	}
	r.clients = r.clients[:w]
	if m.crews {
		r.pins = r.pins[:w]
	}
	if !s.refresh(k) {
		s.empty(k)
	}
	for _, p := range s.partners {
		s.take(p.client, p.shift)
	}
	s.partners = s.partners[:0]
}

// partner is the other stop of a crew's visit.
type partner struct{ client, shift int32 }
