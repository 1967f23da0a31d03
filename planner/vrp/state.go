package vrp

import "math"

// away is no shift: the client is not visited on that day.
const away int32 = -1

// state is a solution under way: the routes and days of every client, what
// they cost, and what it takes to go back to the solution before the current
// iteration. It belongs to one goroutine.
type state struct {
	m      *model
	routes []route
	stamps []uint32 // those of the routes, in one piece
	saved  []route  // as they were before the iteration, where known
	// on and on2 are the shifts that visit a client on a day, by
	// [client*days+day]; on2 for the second of a crew.
	on, on2 []int32
	paid    []int64 // what a visit costs beyond the way
	rules   []int64 // by client: what its rule costs
	tasks   []int32 // visits by [day*workers+worker], where workers have bounds
	total   int64
	stamp   uint32

	// Since the last commit.
	touched  []int32 // routes
	changed  []int32 // clients
	oldRows  []int32
	oldRows2 []int32
	oldPaid  []int64
	oldRules []int64
	isOld    []int32 // by client: its place in changed, from 1
	oldTotal int64

	// Since the best solution was noted.
	dirtyRoutes  []int32
	dirtyClients []int32
	isDirty      []bool // by client

	cache []entry // by [client*shifts+shift]; nil where it would be too large

	// Memory of walk, of prices and of crews.
	items, spare   []item
	before, behind []int64
	order          []placed
	partners       []partner
	trial          []int32
	trialPins      []int32
	price          []int64
	spot           []spot
	days           []int
	scratch        []int64
	offers         []offer

	// pool are the clients whose visits are to be found a place again.
	pool   []int32
	inPool []bool
	near   [][]int32 // by client: those around, made when first asked for
	lists  lists
	mean   float64 // stops of a route that has any
	often  float64 // visits of a client that has any
	bold   float64 // how large ruins are, of what they are with much time

	// For the fight for fewer routes.
	closed  bool    // empty routes stay empty
	absent  []int64 // by client: how often it was not visited
	missing []int32 // clients with missing visits

	rng  rng
	calm int // routes to look at till the next blink
	// blink is the mean number of routes between two that are overlooked.
	blink float64
}

func newState(m *model, seed uint64) *state {
	c, s := len(m.clients), len(m.shifts)
	st := &state{
		m: m, routes: make([]route, s), stamps: make([]uint32, s), saved: make([]route, s),
		on: make([]int32, c*m.days), paid: make([]int64, c*m.days), rules: make([]int64, c),
		isOld: make([]int32, c), isDirty: make([]bool, c), inPool: make([]bool, c),
		near: make([][]int32, c), price: make([]int64, m.days), spot: make([]spot, m.days),
		stamp: emptyStamp, bold: 1, mean: 1, often: 1, rng: newRNG(seed), calm: never,
	}
	for i := range st.on {
		st.on[i] = away
	}
	if m.crews {
		st.on2 = make([]int32, c*m.days)
		for i := range st.on2 {
			st.on2[i] = away
		}
	}
	if m.capped {
		st.tasks = make([]int32, m.days*m.workers)
	}
	if c*s <= maxCache {
		st.cache = make([]entry, c*s)
	}
	for k := range st.routes {
		st.update(int32(k))
	}
	for i := range m.clients {
		st.rules[i] = m.clients[i].missing
		st.total += st.rules[i]
	}
	st.oldTotal = st.total
	return st
}

// touch notes a route before it is changed.
func (s *state) touch(k int32) {
	r := &s.routes[k]
	if r.known {
		return
	}
	r.copyTo(&s.saved[k])
	r.known = true
	s.touched = append(s.touched, k)
	if !r.dirty {
		r.dirty = true
		s.dirtyRoutes = append(s.dirtyRoutes, k)
	}
}

// note notes the days of a client before they are changed.
func (s *state) note(c int32) {
	if s.isOld[c] > 0 {
		return
	}
	s.changed = append(s.changed, c)
	s.isOld[c] = int32(len(s.changed))
	if !s.isDirty[c] {
		s.isDirty[c] = true
		s.dirtyClients = append(s.dirtyClients, c)
	}
	from, to := int(c)*s.m.days, (int(c)+1)*s.m.days
	s.oldRows = append(s.oldRows, s.on[from:to]...)
	if s.m.crews {
		s.oldRows2 = append(s.oldRows2, s.on2[from:to]...)
	}
	s.oldPaid = append(s.oldPaid, s.paid[from:to]...)
	s.oldRules = append(s.oldRules, s.rules[c])
}

// commit accepts what was changed since the last commit.
func (s *state) commit() {
	for _, k := range s.touched {
		s.routes[k].known = false
	}
	s.forget()
}

// rollback undoes what was changed since the last commit.
func (s *state) rollback() {
	m := s.m
	for _, k := range s.touched {
		r, old := &s.routes[k], &s.saved[k]
		if m.capped {
			sh := &m.shifts[k]
			s.tasks[int(sh.day)*m.workers+int(sh.worker)] += int32(len(old.clients) - len(r.clients))
		}
		old.dirty = r.dirty
		*r, *old = *old, *r
		s.stamps[k] = r.stamp
		r.known = false
	}
	for i, c := range s.changed {
		to := int(c) * m.days
		copy(s.on[to:to+m.days], s.oldRows[i*m.days:])
		if m.crews {
			copy(s.on2[to:to+m.days], s.oldRows2[i*m.days:])
		}
		copy(s.paid[to:to+m.days], s.oldPaid[i*m.days:])
		s.rules[c] = s.oldRules[i]
	}
	s.total = s.oldTotal
	s.forget()
}

func (s *state) forget() {
	for _, c := range s.changed {
		s.isOld[c] = 0
	}
	s.touched, s.changed = s.touched[:0], s.changed[:0]
	s.oldRows, s.oldRows2, s.oldPaid, s.oldRules = s.oldRows[:0], s.oldRows2[:0], s.oldPaid[:0], s.oldRules[:0]
	s.oldTotal = s.total
}

// refresh updates a route whose stops have changed and tells whether it is
// feasible.
func (s *state) refresh(k int32) bool {
	r := &s.routes[k]
	old := r.cost
	ok := s.update(k)
	s.total += r.cost - old
	return ok
}

// insert puts a client into a route before its stop at. It is feasible if scan
// or walk said so.
func (s *state) insert(c, k, at, pin int32, paid int64) {
	s.touch(k)
	s.note(c)
	m := s.m
	r, sh := &s.routes[k], &m.shifts[k]
	r.clients = insertAt(r.clients, at, c)
	if m.crews {
		r.pins = insertAt(r.pins, at, pin)
	}
	i := int(c)*m.days + int(sh.day)
	if s.on[i] == away {
		s.on[i] = k
	} else {
		s.on2[i] = k
	}
	s.paid[i] += paid
	s.total += paid
	if m.capped {
		s.tasks[int(sh.day)*m.workers+int(sh.worker)]++
	}
	if n := len(r.clients); n > 1 && !m.timed && !sh.exact && m.dims < 2 {
		s.extend(r, sh, at, &m.clients[c])
		s.stamps[k] = r.stamp
		return
	}
	s.refresh(k)
}

// extend is refresh after one insertion where order is all that matters.
func (s *state) extend(r *route, sh *shift, at int32, cl *client) {
	m := s.m
	in, out := sh.prof.costIn, sh.prof.cost
	row := int(cl.place) * m.stride
	a, b := in[row+int(r.place[at])], out[row+int(r.place[at+1])]
	more := int64(a) + int64(b) - int64(r.leg[at])
	r.place = insertAt(r.place, at+1, cl.place)
	r.leg[at] = a
	r.leg = insertAt(r.leg, at+1, b)
	r.cost += more
	r.travel += more
	r.service += int64(cl.service)
	if m.dims == 1 {
		r.load[0] += int64(cl.load)
	}
	s.total += more
	r.stamp = s.newStamp()
}

// newStamp returns the name of contents not seen before.
func (s *state) newStamp() uint32 {
	s.stamp++
	if s.stamp == math.MaxUint32 {
		s.stamp = emptyStamp + 1
		clear(s.cache)
	}
	return s.stamp
}

func insertAt(s []int32, at, v int32) []int32 {
	s = append(s, 0)
	copy(s[at+1:], s[at:])
	s[at] = v
	return s
}

// stopOf returns the position of a client in a route that visits it.
func (r *route) stopOf(c int32) int {
	for i, x := range r.clients {
		if x == c {
			return i
		}
	}
	return None
}

// remove takes the visit of a client on a day out, of both workers where there
// are two. Routes that are not feasible any more (a way round may be shorter
// than the straight one) lose all stops; their clients are in the pool then.
func (s *state) remove(c int32, d int) {
	m := s.m
	i := int(c)*m.days + d
	a, b := s.on[i], away
	if m.crews {
		b = s.on2[i]
	}
	s.unvisit(c, d)
	for _, k := range [2]int32{a, b} {
		if k == away {
			continue
		}
		s.take(c, k)
	}
}

// take takes the stop of a client whose visit is no longer noted out of a
// route, if it is still there.
func (s *state) take(c, k int32) {
	i := s.routes[k].stopOf(c)
	if i == None {
		return
	}
	s.cut(k, int32(i), 1)
	if !s.refresh(k) {
		s.empty(k)
	}
}

// unvisit takes the note of a visit away, not yet the stops.
func (s *state) unvisit(c int32, d int) {
	s.note(c)
	i := int(c)*s.m.days + d
	s.on[i] = away
	if s.m.crews {
		s.on2[i] = away
	}
	s.total -= s.paid[i]
	s.paid[i] = 0
}

// cut takes n stops out of a route.
func (s *state) cut(k, at, n int32) {
	s.touch(k)
	m := s.m
	r := &s.routes[k]
	r.clients = append(r.clients[:at], r.clients[at+n:]...)
	if m.crews {
		r.pins = append(r.pins[:at], r.pins[at+n:]...)
	}
	if m.capped {
		sh := &m.shifts[k]
		s.tasks[int(sh.day)*m.workers+int(sh.worker)] -= n
	}
}

// empty takes all stops out of a route.
func (s *state) empty(k int32) {
	r := &s.routes[k]
	d := int(s.m.shifts[k].day)
	for len(r.clients) > 0 {
		c := r.clients[len(r.clients)-1]
		i := int(c)*s.m.days + d
		other := away
		if s.m.crews {
			other = s.on[i] + s.on2[i] - k
			if s.on2[i] == away {
				other = away
			}
		}
		s.unvisit(c, d)
		s.cut(k, int32(len(r.clients)-1), 1)
		if other != away {
			s.take(c, other)
		}
		s.lose(c)
	}
	s.refresh(k)
}

// setRule changes what a client's rule costs.
func (s *state) setRule(c int32, cost int64) {
	s.note(c)
	s.total += cost - s.rules[c]
	s.rules[c] = cost
}

// lose puts a client into the pool.
func (s *state) lose(c int32) {
	if !s.inPool[c] {
		s.inPool[c] = true
		s.pool = append(s.pool, c)
	}
}
