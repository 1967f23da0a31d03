package vrp

import "math"

// spot is where a visit on a day would go.
type spot struct {
	shift, at   int32
	shift2, at2 int32 // of a crew's second, else away
	pin         int32
	paid, paid2 int64
}

// scan returns what the cheapest insertion of a client into a route costs and
// before which stop; infinite where there is none. Each position is judged in
// constant time by the earliest and latest moments of its neighbours
// (Savelsbergh 1992); where that is not enough, walk has the last word.
func (s *state) scan(k, c int32) (int64, int32) {
	r, sh := &s.routes[k], &s.m.shifts[k]
	if !s.fits(r, sh, c) {
		return infinite, 0
	}
	m, pf := s.m, sh.prof
	cl := &m.clients[c]
	if !m.timed && !sh.exact {
		return s.scanFree(r, sh, cl)
	}
	base := int(cl.place) * m.stride
	cin, cout := pf.costIn[base:base+m.stride], pf.cost[base:base+m.stride]
	tin, tout := pf.timeIn[base:base+m.stride], pf.time[base:base+m.stride]
	n := len(r.clients)
	place, leg, leave, latest := r.place[:n+2], r.leg[:n+1], r.leave, r.latest
	tleg := leg
	if !pf.same {
		tleg = r.tleg[:n+1]
	}
	from, to, several := m.window(c, int(sh.day))
	var ws []Window
	if several {
		ws = m.windowsOn(c, int(sh.day))
	}
	exact := sh.exact || sh.waits && (r.windowed || cl.windowed)
	service := int64(cl.service)
	best, at := infinite, int32(0)
	fixed := int64(0)
	if n == 0 {
		fixed = sh.fixed
	}
	// What an insertion can save at most beside travel.
	saved := int64(0)
	if exact {
		saved = r.wait * m.p.WaitCost
	}
	room := sh.maxTravel - r.travel
	limit := int64(math.MaxInt64)
	if !r.windowed {
		limit = sh.limit - r.travel - r.service - service
	}
	for i := 0; i <= n; i++ {
		a, b := place[i], place[i+1]
		ti, tb := tin[a], tout[b]
		if ti|tb < 0 {
			continue
		}
		d := int64(cin[a]) + int64(cout[b]) - int64(leg[i]) + fixed
		if d-saved >= best {
			continue
		}
		more := int64(ti) + int64(tb) - int64(tleg[i])
		if more > room || more > limit {
			continue
		}
		if m.timed {
			t := leave[i] + int64(ti)
			if t < from {
				t = from
			} else if several {
				t, _ = next(ws, t)
			}
			if t > to || t+service+int64(tb) > latest[i+1] {
				continue
			}
		}
		if exact {
			var ok bool
			if d, ok = s.tryWalk(r, sh, c, int32(i), unpinned, d); !ok || d >= best {
				continue
			}
		}
		best, at = d, int32(i)
	}
	return best, at
}

// scanFree is scan for problems without windows, where the cheapest position is
// also the one that takes the least time.
func (s *state) scanFree(r *route, sh *shift, cl *client) (int64, int32) {
	pf := sh.prof
	stride := s.m.stride
	base := int(cl.place) * stride
	in, out := pf.costIn[base:base+stride], pf.cost[base:base+stride]
	n := len(r.clients)
	leg := r.leg[:n+1]
	place := r.place[1 : n+2][:len(leg)]
	best, at := int32(math.MaxInt32), 0
	way := in[r.place[0]]
	for i, l := range leg {
		b := place[i]
		if d := way + out[b] - l; d < best {
			best, at = d, i
		}
		way = in[b]
	}
	d := int64(best)
	if r.travel+d > sh.maxTravel || r.travel+r.service+d+int64(cl.service) > sh.limit {
		return infinite, 0
	}
	if n == 0 {
		d += sh.fixed
	}
	return d, int32(at)
}

// fits tells whether a route has room for a client whatever the order.
func (s *state) fits(r *route, sh *shift, c int32) bool {
	if len(r.clients) >= sh.maxTasks {
		return false
	}
	m := s.m
	switch {
	case len(sh.capacity) == 0:
	case m.dims == 1 && !m.mixed:
		if r.load[0]+int64(m.clients[c].load) > int64(sh.capacity[0]) {
			return false
		}
	default:
		cl := &m.p.Clients[c]
		for d, room := range sh.capacity {
			if d < len(cl.Deliver) && r.load[d]+int64(cl.Deliver[d]) > int64(room) ||
				d < len(cl.Pickup) && r.load[m.dims+d]+int64(cl.Pickup[d]) > int64(room) {
				return false
			}
		}
	}
	return true
}

// tryWalk returns what an insertion costs by walking the whole route; travel is
// what it adds in travel and fixed cost.
func (s *state) tryWalk(r *route, sh *shift, c, at, pin int32, travel int64) (int64, bool) {
	s.trial = append(append(append(s.trial[:0], r.clients[:at]...), c), r.clients[at:]...)
	if s.m.crews {
		s.trialPins = append(append(append(s.trialPins[:0], r.pins[:at]...), pin), r.pins[at:]...)
	}
	ok, wait := s.walk(sh, s.trial, s.trialPins, nil)
	return travel + (wait-r.wait)*s.m.p.WaitCost, ok
}

// gain returns what taking a visit out saves on the way: the price at which it
// is kept.
func (s *state) gain(c, k int32) int64 {
	r, sh := &s.routes[k], &s.m.shifts[k]
	n := len(r.clients)
	if n == 1 {
		return r.cost
	}
	i := r.stopOf(c)
	direct := sh.prof.cost[int(r.place[i])*s.m.stride+int(r.place[i+2])]
	return int64(r.leg[i]) + int64(r.leg[i+1]) - int64(max(0, direct))
}
