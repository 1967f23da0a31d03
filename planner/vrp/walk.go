package vrp

import "math"

// item is a stop or a break in the order in which they happen.
type item struct {
	stop int32 // index of the stop, or None
	brk  int32 // index of the break
	leg  int64 // travel before it
	work int64 // service with its setup, or the break
	wins []Window
	pin  int64
}

// walk goes over a whole route: where breaks fall, when it sets out, how long
// it waits. It is exact and slow beside the tests of scan. Of the ways to walk a
// route it takes one that ends earliest, and of those the one that sets out
// last, so that nobody waits who could have left later. rec, if set, receives
// the schedule.
func (s *state) walk(sh *shift, clients, pins []int32, rec *Route) (ok bool, wait int64) {
	m := s.m
	if m.mixed && len(sh.capacity) > 0 && !s.loads(sh, clients) {
		return false, 0
	}
	s.itemize(sh, clients, pins)
	home := int64(0)
	if len(clients) > 0 {
		j := int(m.clients[clients[len(clients)-1]].place)*m.stride + int(sh.end)
		if home = int64(sh.prof.time[j]); home < 0 {
			return false, 0
		}
	}
	if len(sh.breaks) > 0 {
		if ok, home = s.placeBreaks(sh, home); !ok {
			return false, 0
		}
	}
	items := s.items
	t := int64(sh.from)
	for i := range items {
		it := &items[i]
		if it.leg < 0 {
			return false, 0
		}
		if t, ok = it.begin(t + it.leg); !ok {
			return false, 0
		}
		t += it.work
	}
	end := t + home
	if end > int64(sh.to) {
		return false, 0
	}
	t = end - home
	for i := len(items) - 1; i >= 0; i-- {
		it := &items[i]
		t -= it.work
		if it.pin != unpinned {
			t = it.pin
		} else {
			t, _ = last(it.wins, t)
		}
		t -= it.leg
	}
	depart := t
	duration := end - depart
	if duration > sh.limit {
		return false, 0
	}
	wait = duration - home
	for i := range items {
		wait -= items[i].leg + items[i].work
	}
	if rec == nil {
		return true, wait
	}
	rec.Shift, rec.Depart, rec.End = sh.orig, int32(depart), int32(end)
	rec.Stops = make([]Stop, 0, len(items))
	t = depart
	for i := range items {
		it := &items[i]
		t, _ = it.begin(t + it.leg)
		st := Stop{Client: None, Break: int(it.brk), Begin: int32(t)}
		if it.stop != None {
			st.Client, st.Break = int(clients[it.stop]), 0
		}
		rec.Stops = append(rec.Stops, st)
		t += it.work
	}
	return true, wait
}

// begin returns when an item reached at t begins.
func (it *item) begin(t int64) (int64, bool) {
	if it.pin != unpinned {
		return it.pin, t <= it.pin
	}
	return next(it.wins, t)
}

// itemize lists the stops as items.
func (s *state) itemize(sh *shift, clients, pins []int32) {
	m := s.m
	s.items = s.items[:0]
	at := sh.start
	for i, c := range clients {
		cl := &m.clients[c]
		it := item{
			stop: int32(i), brk: None, leg: int64(sh.prof.time[int(at)*m.stride+int(cl.place)]),
			work: int64(cl.service), wins: m.windowsOn(c, int(sh.day)), pin: unpinned,
		}
		if at != cl.place {
			it.work += int64(cl.setup)
		}
		if m.crews && len(pins) > i {
			it.pin = int64(pins[i])
		}
		at = cl.place
		s.items = append(s.items, it)
	}
}

// placeBreaks puts the breaks between the items so that the route ends as early
// as possible: with k breaks taken, the earliest moment behind each stop is all
// that matters to what follows. A break is taken before or behind the way to
// the next stop. It returns the way home that is left behind the last item.
func (s *state) placeBreaks(sh *shift, home int64) (bool, int64) {
	items := s.items
	n, b := len(items), len(sh.breaks)
	w := b + 1
	// before[i*w+k]: the earliest moment of being ready to leave entry i with k
	// breaks taken; behind: of having reached entry i.
	need := (n + 2) * w
	s.before, s.behind = sized(s.before, need), sized(s.behind, need)
	before, behind := s.before, s.behind
	take := func(at []int64) {
		for k := 1; k <= b; k++ {
			if at[k-1] == math.MaxInt64 {
				continue
			}
			if t, ok := next(sh.breaks[k-1].Windows, at[k-1]); ok {
				at[k] = min(at[k], t+int64(sh.breaks[k-1].Service))
			}
		}
	}
	for k := range w {
		before[k] = math.MaxInt64
	}
	before[0] = int64(sh.from)
	take(before[:w])
	for i := range n + 1 {
		leg := home
		if i < n {
			leg = items[i].leg
		}
		if leg < 0 {
			return false, 0
		}
		to := behind[(i+1)*w : (i+2)*w]
		for k := range w {
			if to[k] = before[i*w+k]; to[k] != math.MaxInt64 {
				to[k] += leg
			}
		}
		take(to)
		if i == n {
			break
		}
		ready := before[(i+1)*w : (i+2)*w]
		for k := range w {
			ready[k] = math.MaxInt64
			if to[k] == math.MaxInt64 {
				continue
			}
			if t, ok := items[i].begin(to[k]); ok {
				ready[k] = t + items[i].work
			}
		}
		take(ready)
	}
	if behind[(n+1)*w+b] > int64(sh.to) {
		return false, 0
	}
	// Back from the end: a break taken is a moment that the way alone does not
	// explain. A break at the end comes before the way home, if it can.
	s.order = s.order[:0]
	k := b
	for i := n; i >= 0; i-- {
		leg := home
		if i < n {
			leg = items[i].leg
		}
		to := behind[(i+1)*w : (i+2)*w]
		late := 0 // breaks behind the way
		for k > 0 && (before[i*w+k] == math.MaxInt64 || to[k] != before[i*w+k]+leg) {
			k--
			late++
		}
		kk := k
		early := 0
		for kk > 0 && s.taken(sh, items, before, behind, i, kk, w) {
			kk--
			early++
		}
		for j := range late {
			s.order = append(s.order, placed{brk: int32(k + late - 1 - j), late: true, entry: int32(i)})
		}
		for j := range early {
			s.order = append(s.order, placed{brk: int32(kk + early - 1 - j), entry: int32(i)})
		}
		k = kk
	}
	return true, s.weave(sh, home)
}

// taken tells whether the k-th break was taken behind the service of entry i
// and before leaving it.
func (s *state) taken(sh *shift, items []item, before, behind []int64, i, k, w int) bool {
	if i == 0 {
		return true // all breaks before the first way
	}
	at := behind[i*w+k]
	if at == math.MaxInt64 {
		return true
	}
	t, ok := items[i-1].begin(at)
	return !ok || t+items[i-1].work != before[i*w+k]
}

// placed is where a break falls: before or behind the way that leaves an entry.
type placed struct {
	brk, entry int32
	late       bool
}

// weave puts the breaks of s.order, last first, into s.items. The way to the
// next stop goes to whichever item comes first behind it; weave returns the way
// home unless an item has it.
func (s *state) weave(sh *shift, home int64) int64 {
	stops := append(s.spare[:0], s.items...)
	s.spare = stops
	s.items = s.items[:0]
	k := len(s.order) - 1
	for i := 0; i <= len(stops); i++ {
		leg := &home
		if i < len(stops) {
			leg = &stops[i].leg
		}
		for k >= 0 && int(s.order[k].entry) == i {
			o := s.order[k]
			k--
			br := &sh.breaks[o.brk]
			it := item{stop: None, brk: o.brk, work: int64(br.Service), wins: br.Windows, pin: unpinned}
			if o.late {
				it.leg, *leg = *leg, 0
			}
			s.items = append(s.items, it)
		}
		if i < len(stops) {
			s.items = append(s.items, stops[i])
		}
	}
	return home
}

// loads tells whether the load fits at every point of the route.
func (s *state) loads(sh *shift, clients []int32) bool {
	p := s.m.p
	for d, room := range sh.capacity {
		on := int64(0)
		for _, c := range clients {
			if dl := p.Clients[c].Deliver; d < len(dl) {
				on += int64(dl[d])
			}
		}
		if on > int64(room) {
			return false
		}
		for _, c := range clients {
			if dl := p.Clients[c].Deliver; d < len(dl) {
				on -= int64(dl[d])
			}
			if pu := p.Clients[c].Pickup; d < len(pu) {
				on += int64(pu[d])
			}
			if on > int64(room) {
				return false
			}
		}
	}
	return true
}
