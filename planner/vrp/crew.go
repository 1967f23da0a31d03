package vrp

import (
	"cmp"
	"slices"
)

// offer is one position in one route for one of a crew, and the moments at which
// the visit could begin there.
type offer struct {
	shift, at int32
	from, to  int64
	cost      int64 // beyond travel too
	paid      int64
}

// offerCrew returns the cheapest visit of two workers on a day. Both begin at
// the same moment, which is then a window of one moment in either route.
func (s *state) offerCrew(c int32, d int, sp *spot) int64 {
	m := s.m
	cl := &m.clients[c]
	kept, whoever := m.keptOn(cl, d)
	s.offers = s.offers[:0]
	if cl.who == nil {
		for w := range m.workers {
			s.offersOf(c, d, w, keptBy(kept, w))
		}
	}
	for _, ch := range cl.who {
		s.offersOf(c, d, ch.Worker, ch.Cost+keptBy(kept, ch.Worker))
	}
	slices.SortFunc(s.offers, func(a, b offer) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.shift, b.shift), cmp.Compare(a.at, b.at), cmp.Compare(a.from, b.from))
	})
	best := infinite
	for i := range s.offers {
		a := &s.offers[i]
		for j := i + 1; j < len(s.offers); j++ {
			b := &s.offers[j]
			if a.cost+b.cost >= best {
				break
			}
			from := max(a.from, b.from)
			if from > min(a.to, b.to) || m.shifts[a.shift].worker == m.shifts[b.shift].worker {
				continue
			}
			cost := a.cost + b.cost
			if m.shifts[a.shift].slow() || m.shifts[b.shift].slow() {
				var ok bool
				if cost, from, ok = s.tryPair(c, a, b, from, min(a.to, b.to)); !ok || cost >= best {
					continue
				}
			}
			best = cost
			*sp = spot{
				shift: a.shift, at: a.at, paid: a.paid, shift2: b.shift, at2: b.at, paid2: b.paid,
				pin: int32(from),
			}
		}
	}
	if best >= infinite {
		return Never
	}
	more := whoever + m.dayCost(cl, d)
	sp.paid += more
	return best + more
}

// tryPair walks both routes with the visit at a few moments between from and to
// and returns what the best of them costs.
func (s *state) tryPair(c int32, a, b *offer, from, to int64) (cost, at int64, ok bool) {
	cost = infinite
	for _, t := range [3]int64{from, from + (to-from)/2, to} {
		sum := int64(0)
		fits := true
		for _, o := range [2]*offer{a, b} {
			sh := &s.m.shifts[o.shift]
			more := o.cost
			if sh.slow() {
				if more, fits = s.tryWalk(&s.routes[o.shift], sh, c, o.at, int32(t), o.cost); !fits {
					break
				}
			}
			sum += more
		}
		if fits && sum < cost {
			cost, at, ok = sum, t, true
		}
	}
	return cost, at, ok
}

// offersOf lists the positions in the routes of a worker.
func (s *state) offersOf(c int32, d, w int, paid int64) {
	m := s.m
	cl := &m.clients[c]
	from, to := m.shiftsOf(d, w)
	for k := from; k < to; k++ {
		r, sh := &s.routes[k], &m.shifts[k]
		if !s.fits(r, sh, c) || s.full(sh) || s.blinks() {
			continue
		}
		pf := sh.prof
		base := int(cl.place) * m.stride
		n := len(r.clients)
		tleg := r.leg
		if !pf.same {
			tleg = r.tleg
		}
		for i := range n + 1 {
			a, b := int(r.place[i]), int(r.place[i+1])
			ti, tb := pf.timeIn[base+a], pf.time[base+b]
			if ti|tb < 0 {
				continue
			}
			more := int64(ti) + int64(tb) - int64(tleg[i])
			if r.travel+more > sh.maxTravel {
				continue
			}
			cost := int64(pf.costIn[base+a]) + int64(pf.cost[base+b]) - int64(r.leg[i]) + paid
			if n == 0 {
				cost += sh.fixed
			}
			early := r.leave[i] + int64(ti)
			late := r.latest[i+1] - int64(tb) - int64(cl.service)
			if !r.windowed && !sh.slow() {
				// A pin in the middle keeps what is before it from moving, so
				// that the whole takes as long as if nobody waited.
				if r.travel+r.service+more+int64(cl.service) > sh.limit {
					continue
				}
			}
			ws := m.windowsOn(c, d)
			if ws == nil {
				s.offer(offer{shift: k, at: int32(i), from: early, to: late, cost: cost, paid: paid})
			}
			for _, win := range ws {
				s.offer(offer{
					shift: k, at: int32(i), from: max(early, int64(win.From)), to: min(late, int64(win.To)),
					cost: cost, paid: paid,
				})
			}
		}
	}
}

func (s *state) offer(o offer) {
	if o.from <= o.to {
		s.offers = append(s.offers, o)
	}
}

// slow tells whether a stop with a pin asks for a walk over the whole route.
func (sh *shift) slow() bool { return sh.exact || sh.waits }
