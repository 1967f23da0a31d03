package vrp

import "math"

// unpinned is the pin of a stop that may begin at any time.
const unpinned = math.MinInt32

// emptyStamp is the stamp of routes without a stop.
const emptyStamp = 1

// route is the stops of a shift and what follows from them. The arrays hold
// the start before and the end behind the stops: stop i (from 0) is entry i+1.
type route struct {
	clients []int32 // the stops
	pins    []int32 // the moment at which a stop must begin, for crews; in problems with crews only
	place   []int32
	leg     []int32 // cost of the way from entry i to entry i+1
	tleg    []int32 // its time, where that differs from the cost
	leave   []int64 // the earliest moment at which entry i is left
	latest  []int64 // the latest at which entry i may begin for the rest to be in time
	load    []int64 // by dimension: delivered, then picked up
	cost    int64   // travel, waiting and the fixed cost
	travel  int64   // time
	service int64   // time, setups left out
	wait    int64   // time, where it matters
	// stamp names the contents: two routes of a shift with the same stamp are
	// the same.
	stamp    uint32
	windowed bool // a stop has a window, or a pin
	known    bool // saved in this iteration
	dirty    bool // differs from the best solution's
}

func (r *route) copyTo(to *route) {
	to.clients = append(to.clients[:0], r.clients...)
	to.pins = append(to.pins[:0], r.pins...)
	to.place = append(to.place[:0], r.place...)
	to.leg = append(to.leg[:0], r.leg...)
	to.tleg = append(to.tleg[:0], r.tleg...)
	to.leave = append(to.leave[:0], r.leave...)
	to.latest = append(to.latest[:0], r.latest...)
	to.load = append(to.load[:0], r.load...)
	to.cost, to.travel, to.service, to.wait = r.cost, r.travel, r.service, r.wait
	to.stamp, to.windowed = r.stamp, r.windowed
}

// sized returns a slice of n entries, grown from s.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2+4)
	}
	return s[:n]
}

// update works out everything about a route from its stops and tells whether
// it is feasible.
func (s *state) update(k int32) bool {
	r, sh := &s.routes[k], &s.m.shifts[k]
	m, pf := s.m, sh.prof
	n := len(r.clients)
	r.place = sized(r.place, n+2)
	r.leg = sized(r.leg, n+1)
	r.place[0], r.place[n+1] = sh.start, sh.end
	r.windowed = false
	r.wait = 0
	r.load = sized(r.load, 2*m.dims)
	for i := range r.load {
		r.load[i] = 0
	}
	if m.timed {
		r.leave = sized(r.leave, n+2)
		r.latest = sized(r.latest, n+2)
		r.leave[0], r.latest[n+1] = int64(sh.from), int64(sh.to)
	}
	if !pf.same {
		r.tleg = sized(r.tleg, n+1)
	}
	if n == 0 {
		r.leg[0] = 0
		if !pf.same {
			r.tleg[0] = 0
		}
		r.cost, r.travel, r.service, r.stamp = 0, 0, 0, emptyStamp
		s.stamps[k] = emptyStamp
		return true
	}
	r.stamp = s.newStamp()
	s.stamps[k] = r.stamp
	cost, travel, service := int64(0), int64(0), int64(0)
	at := sh.start
	ok := true
	for i, c := range r.clients {
		cl := &m.clients[c]
		j := int(at)*m.stride + int(cl.place)
		leg := pf.cost[j]
		if leg < 0 {
			ok = false
			leg = 0
		}
		r.place[i+1] = cl.place
		r.leg[i] = leg
		cost += int64(leg)
		service += int64(cl.service)
		if !pf.same {
			r.tleg[i] = pf.time[j]
			travel += int64(pf.time[j])
		}
		at = cl.place
		if m.dims == 1 {
			r.load[0] += int64(cl.load)
		}
	}
	j := int(at)*m.stride + int(sh.end)
	if pf.cost[j] < 0 {
		ok = false
	}
	r.leg[n] = max(0, pf.cost[j])
	cost += int64(r.leg[n])
	if pf.same {
		travel = cost
	} else {
		r.tleg[n] = pf.time[j]
		travel += int64(pf.time[j])
	}
	if m.dims > 1 || m.mixed {
		s.sumLoads(r)
	}
	r.travel, r.service = travel, service
	r.cost = cost + sh.fixed
	if !ok || travel > sh.maxTravel {
		return false
	}
	if m.timed {
		if !s.times(r, sh) {
			return false
		}
	} else if travel+service > sh.limit {
		return false
	}
	if sh.exact || sh.waits && r.windowed {
		ok, wait := s.walk(sh, r.clients, r.pins, nil)
		if !ok {
			return false
		}
		r.wait = wait
		r.cost += wait * m.p.WaitCost
	}
	return true
}

func (s *state) sumLoads(r *route) {
	clear(r.load)
	for _, c := range r.clients {
		cl := &s.m.p.Clients[c]
		for d, v := range cl.Deliver {
			r.load[d] += int64(v)
		}
		for d, v := range cl.Pickup {
			r.load[s.m.dims+d] += int64(v)
		}
	}
}

// times fills in the earliest and latest moments; setups and breaks are left to
// walk.
func (s *state) times(r *route, sh *shift) bool {
	m := s.m
	n := len(r.clients)
	tleg := r.leg
	if !sh.prof.same {
		tleg = r.tleg
	}
	day := int(sh.day)
	t := int64(sh.from)
	for i, c := range r.clients {
		cl := &m.clients[c]
		t += int64(tleg[i])
		if cl.windowed {
			k := int(c)*m.days + day
			from, to := int64(m.winFrom[k]), int64(m.winTo[k])
			if from != math.MinInt32 || to != math.MaxInt32 {
				r.windowed = true
				if t < from {
					t = from
				} else if ws := m.p.Clients[c].Windows[day]; len(ws) > 1 {
					t, _ = next(ws, t)
				}
				if t > to {
					return false
				}
			}
		}
		if m.crews && r.pins[i] != unpinned {
			r.windowed = true
			if t > int64(r.pins[i]) {
				return false
			}
			t = int64(r.pins[i])
		}
		t += int64(cl.service)
		r.leave[i+1] = t
	}
	if t+int64(tleg[n]) > int64(sh.to) {
		return false
	}
	t = int64(sh.to)
	for i := n - 1; i >= 0; i-- {
		c := r.clients[i]
		cl := &m.clients[c]
		t -= int64(tleg[i+1]) + int64(cl.service)
		if cl.windowed {
			k := int(c)*m.days + day
			if to := int64(m.winTo[k]); t > to {
				t = to
			} else if ws := m.p.Clients[c].Windows[day]; len(ws) > 1 {
				t, _ = last(ws, t)
			}
		}
		if m.crews && r.pins[i] != unpinned {
			t = min(t, int64(r.pins[i]))
		}
		r.latest[i+1] = t
	}
	if !r.windowed && n > 0 && r.leave[n]+int64(tleg[n])-int64(sh.from) > sh.limit {
		return false
	}
	return true
}
