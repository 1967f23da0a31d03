package vrp

import (
	"math"
	"slices"
)

// noWay is a time longer than any.
const noWay = math.MaxInt32

// shortWays are the shortest ways to each client and from it, by profile.
type shortWays struct {
	p *Problem
	// in[f][i] is the least time from the door of another client or the start
	// of a shift of profile f to client i with its setup (where a shift begins
	// at its first stop, room makes up for it); doors[f][i] that from
	// doors alone; out[f][i] that from client i to another door or an end, 0
	// where a shift ends anywhere. noWay if there is none.
	in, doors, out [][]int32
}

func newShortWays(p *Problem) *shortWays {
	w := &shortWays{p: p}
	for f := range p.Profiles {
		times := p.Profiles[f].Time
		starts, ends := map[int]bool{}, map[int]bool{}
		for k := range p.Shifts {
			if s := &p.Shifts[k]; s.Profile == f {
				starts[s.Start], ends[s.End] = true, true
			}
		}
		// Several clients may share a door: each then has another at its own.
		doors := map[int]int{}
		for i := range p.Clients {
			doors[p.Clients[i].Place]++
		}
		in, door, out := make([]int32, len(p.Clients)), make([]int32, len(p.Clients)), make([]int32, len(p.Clients))
		for i := range p.Clients {
			to := p.Clients[i].Place
			in[i], door[i], out[i] = noWay, noWay, noWay
			for j, n := range doors {
				if j != to || n > 1 {
					door[i] = min(door[i], w.leg(times, j, i))
					if t := times[to][j]; t >= 0 {
						out[i] = min(out[i], t)
					}
				}
			}
			in[i] = door[i]
			for j := range starts {
				if j != None {
					in[i] = min(in[i], w.leg(times, j, i))
				}
			}
			if in[i] == noWay && starts[None] {
				in[i] = p.Clients[i].Setup
			}
			for j := range ends {
				if j == None {
					out[i] = 0
				} else if t := times[to][j]; t >= 0 {
					out[i] = min(out[i], t)
				}
			}
		}
		w.in, w.doors, w.out = append(w.in, in), append(w.doors, door), append(w.out, out)
	}
	return w
}

// leg returns the time from a place to client i with its setup; noWay if there
// is none.
func (w *shortWays) leg(times [][]int32, from, i int) int32 {
	c := &w.p.Clients[i]
	switch {
	case from == None:
		return c.Setup
	case times[from][c.Place] < 0:
		return noWay
	case from == c.Place:
		return times[from][c.Place]
	}
	return int32(min(int64(times[from][c.Place])+int64(c.Setup), noWay-1))
}

// shortModel is the relaxation of a problem in one view: resources that give,
// clients that take.
type shortModel struct {
	p     *Problem
	view  shortView
	rules []*sparing
	// each[i*days+d] is what a visit of client i on day d takes at least, with
	// all of its crew; 0: it takes part in nothing. time is that in time for
	// one worker, whatever the view.
	each, time []int64
	// open are the days on which a client could be visited if there were time,
	// can those on which there is a shift that could, on[i*days+d] the
	// resources of the view that could.
	open, can []bool
	on        [][]int32
	res       []shortResource
	// most is the largest number of states of a rule.
	most int
}

// shortResource is the room of one or several shifts of a day that can visit
// the same clients.
type shortResource struct {
	day int
	// give is what visits can take of it, room what there is: of a room that
	// whole visits do not fill, give is less.
	give, room int64
	shifts     []int
	of         []int32 // clients, ascending
}

func newShortModel(p *Problem, view shortView, rules []*sparing, ways *shortWays) *shortModel {
	n := len(p.Clients)
	m := &shortModel{
		p: p, view: view, rules: rules,
		each: make([]int64, n*p.Days), time: make([]int64, n*p.Days), open: make([]bool, n*p.Days), can: make([]bool, n*p.Days), on: make([][]int32, n*p.Days),
	}
	// Who may do what, one list for all clients that share it.
	type whoKey struct {
		first *Choice
		n     int
	}
	mays := map[whoKey][]bool{}
	may := make([][]bool, n)
	for i := range p.Clients {
		who := p.Clients[i].Who
		if len(who) == 0 {
			if who != nil {
				may[i] = []bool{}
			}
			continue
		}
		key := whoKey{&who[0], len(who)}
		if mays[key] == nil {
			mays[key] = make([]bool, len(p.Workers))
			for _, w := range who {
				mays[key][w.Worker] = true
			}
		}
		may[i] = mays[key]
	}
	// Who can reach what when.
	able := make([][]int32, len(p.Shifts)) // clients by shift
	for k := range p.Shifts {
		s := &p.Shifts[k]
		for i := range p.Clients {
			if may[i] != nil && (len(may[i]) == 0 || !may[i][s.Worker]) {
				continue
			}
			if ways.fits(s, i) {
				able[k] = append(able[k], int32(i))
			}
		}
	}
	m.crews(able)
	byDay := make([][]int, p.Days)
	for k := range p.Shifts {
		byDay[p.Shifts[k].Day] = append(byDay[p.Shifts[k].Day], k)
	}
	m.takes(ways, able, byDay)
	for d := range p.Days {
		m.gives(ways, able, byDay[d], d)
	}
	for k := range m.res {
		for _, i := range m.res[k].of {
			at := int(i)*p.Days + m.res[k].day
			m.on[at] = append(m.on[at], int32(k))
		}
	}
	for _, r := range rules {
		if r != nil {
			m.most = max(m.most, len(r.steps)+1)
		}
	}
	return m
}

// fits tells whether a shift could visit client i at all, by the shortest ways
// of its profile: false only where it certainly cannot.
func (w *shortWays) fits(s *Shift, i int) bool {
	c := &w.p.Clients[i]
	var windows []Window
	if c.Windows != nil {
		if windows = c.Windows[s.Day]; windows != nil && len(windows) == 0 {
			return false
		}
	}
	times := w.p.Profiles[s.Profile].Time
	// The way there may lead past other doors; its last leg is no shorter than
	// the shortest. Setup is part of it and comes after the visit begins.
	there := min(w.leg(times, s.Start, i), w.doors[s.Profile][i])
	if s.Start == None {
		there = c.Setup
	}
	home := int32(0)
	if s.End != None {
		home = w.out[s.Profile][i]
	}
	if there == noWay || home == noWay {
		return false
	}
	way := int64(max(0, there-c.Setup))
	breaks := int64(0)
	for _, b := range s.Breaks {
		breaks += int64(b.Service)
	}
	work := int64(c.Service)
	if s.MaxTime > 0 && way+work+int64(home)+breaks > int64(s.MaxTime) {
		return false
	}
	if s.MaxTravel > 0 && way+int64(home) > int64(s.MaxTravel) {
		return false
	}
	for k, most := range s.Capacity {
		if k < len(c.Deliver) && c.Deliver[k] > most || k < len(c.Pickup) && c.Pickup[k] > most {
			return false
		}
	}
	begin, last := int64(s.From)+way, int64(s.To)-work-int64(home)
	if last < begin || int64(s.To)-int64(s.From) < way+work+int64(home)+breaks {
		return false
	}
	if windows == nil {
		return true
	}
	return slices.ContainsFunc(windows, func(t Window) bool {
		return max(begin, int64(t.From)) <= min(last, int64(t.To))
	})
}

// crews takes clients that need two workers from days on which only one could.
func (m *shortModel) crews(able [][]int32) {
	p := m.p
	for i := range p.Clients {
		if p.Clients[i].Crew < 2 {
			continue
		}
		first := make([]int, p.Days)
		two := make([]bool, p.Days)
		for d := range first {
			first[d] = None
		}
		for k := range able {
			if _, ok := slices.BinarySearch(able[k], int32(i)); ok {
				s := &p.Shifts[k]
				two[s.Day] = two[s.Day] || first[s.Day] != None && first[s.Day] != s.Worker
				first[s.Day] = s.Worker
			}
		}
		for k := range able {
			if at, ok := slices.BinarySearch(able[k], int32(i)); ok && !two[p.Shifts[k].Day] {
				able[k] = slices.Delete(able[k], at, at+1)
			}
		}
	}
}

// takes fills in what a visit of each client takes on each day, and whether
// there could be one.
func (m *shortModel) takes(ways *shortWays, able [][]int32, byDay [][]int) {
	p := m.p
	all := make([]bool, len(p.Profiles))
	for f := range all {
		all[f] = true
	}
	used := make([]bool, len(p.Profiles))
	way := make([]int32, len(p.Clients))
	for d := range p.Days {
		for i := range way {
			way[i] = noWay
		}
		// By the profiles of those who can, or of all who work that day, or of
		// all.
		for _, k := range byDay[d] {
			f := p.Shifts[k].Profile
			for _, i := range able[k] {
				way[i] = min(way[i], ways.in[f][i])
				m.can[int(i)*p.Days+d] = true
			}
		}
		clear(used)
		for _, k := range byDay[d] {
			used[p.Shifts[k].Profile] = true
		}
		if len(byDay[d]) == 0 {
			copy(used, all)
		}
		for i := range p.Clients {
			c, at := &p.Clients[i], i*p.Days+d
			if way[i] == noWay {
				for f, ok := range used {
					if ok {
						way[i] = min(way[i], ways.in[f][i])
					}
				}
			}
			closed := c.Windows != nil && c.Windows[d] != nil && len(c.Windows[d]) == 0
			if m.rules[i] == nil || closed || way[i] == noWay {
				continue
			}
			m.open[at] = true
			if !m.view.counts(c, d) {
				continue
			}
			m.each[at] = int64(max(1, c.Crew))
			m.time[at] = int64(c.Service) + int64(way[i])
			if m.view.unit == UnitTime {
				m.each[at] *= m.time[at]
			}
		}
	}
}

// counts tells whether all visits of a client on a day count in the view.
func (v shortView) counts(c *Client, d int) bool {
	if v.to == 0 {
		return true
	}
	if c.Windows == nil || len(c.Windows[d]) == 0 {
		return false
	}
	w := c.Windows[d]
	return w[0].From >= v.from && w[len(w)-1].To <= v.to
}

// gives makes the resources of a day.
func (m *shortModel) gives(ways *shortWays, able [][]int32, shifts []int, d int) {
	p := m.p
	first := len(m.res)
	add := func(of []int32, give, room int64, shifts ...int) {
		if len(of) == 0 {
			return
		}
		for k := first; k < len(m.res); k++ {
			if slices.Equal(m.res[k].of, of) {
				m.res[k].give += give
				m.res[k].room += room
				m.res[k].shifts = append(m.res[k].shifts, shifts...)
				return
			}
		}
		m.res = append(m.res, shortResource{d, give, room, shifts, of})
	}
	// In a view of some hours only the clients bound by them count.
	part := func(of []int32) []int32 {
		if m.view.to == 0 {
			return of
		}
		return slices.DeleteFunc(slices.Clone(of), func(i int32) bool { return m.each[int(i)*p.Days+d] == 0 })
	}
	if m.view.unit == UnitVisits {
		for i, k := range shifts {
			worker := p.Shifts[k].Worker
			if slices.ContainsFunc(shifts[:i], func(l int) bool { return p.Shifts[l].Worker == worker }) {
				continue
			}
			var of []int32
			var mine []int
			give := int64(0)
			for _, l := range shifts[i:] {
				if s := &p.Shifts[l]; s.Worker == worker && len(able[l]) > 0 {
					of = append(of, able[l]...)
					mine = append(mine, l)
					most := m.holds(able[l], d, m.room(ways, able[l], able[l], l))
					if s.MaxTasks > 0 {
						most = min(most, s.MaxTasks)
					}
					give += int64(most)
				}
			}
			slices.Sort(of)
			of = slices.Compact(of)
			if most := p.Workers[worker].MaxTasks; most > 0 {
				give = min(give, int64(most))
			}
			give = min(give, int64(len(of)))
			add(of, give, give, mine...)
		}
		return
	}
	for _, k := range shifts {
		if of := part(able[k]); len(of) > 0 {
			room := m.tasks(of, k, m.room(ways, able[k], of, k))
			add(of, m.fill(of, d, room), room, k)
		}
	}
}

// room returns how much time a shift has for what counts as taken by visits: of
// are the clients that take, all those it may visit.
func (m *shortModel) room(ways *shortWays, all, of []int32, k int) int64 {
	p, s := m.p, &m.p.Shifts[k]
	times := p.Profiles[s.Profile].Time
	days := p.Days
	way := func(i int32) int64 { // that is in each already
		c := &p.Clients[i]
		return m.time[int(i)*days+s.Day] - int64(c.Service)
	}
	room := int64(s.To) - int64(s.From)
	if s.MaxTime > 0 {
		room = min(room, int64(s.MaxTime))
	}
	if m.view.to == 0 {
		for _, b := range s.Breaks {
			room -= int64(b.Service)
		}
		// The first way is from the start, the last to the end.
		out, home := int64(noWay), int64(noWay)
		for _, i := range all {
			switch leg := ways.leg(times, s.Start, int(i)); {
			case s.Start == None:
				out = min(out, int64(leg)-way(i))
			case leg != noWay:
				out = min(out, int64(leg)-way(i))
			}
			if s.End == None {
				home = 0
			} else if t := times[p.Clients[i].Place][s.End]; t >= 0 {
				home = min(home, int64(t))
			}
		}
		if out == noWay || home == noWay {
			return 0 // whoever is visited, there is no way out or home
		}
		room -= out + home
	} else {
		// Whatever counts begins within the hours: the way to the first may
		// come before them, the service of the last after.
		before, after := int64(0), int64(0)
		for _, i := range of {
			before, after = max(before, way(i)), max(after, int64(p.Clients[i].Service)+int64(p.Clients[i].Setup))
		}
		from := max(int64(s.From), int64(m.view.from)-before)
		if s.Start == None {
			from = max(int64(s.From), int64(m.view.from)) - before
			room += before
		}
		room = min(room, min(int64(s.To), int64(m.view.to)+after)-from)
	}
	return max(0, room)
}

// tasks returns no more time than the dearest visits take, as many as the shift
// may make.
func (m *shortModel) tasks(of []int32, k int, room int64) int64 {
	s := &m.p.Shifts[k]
	most := s.MaxTasks
	if w := m.p.Workers[s.Worker].MaxTasks; w > 0 && (most == 0 || w < most) {
		most = w
	}
	if most == 0 || most >= len(of) {
		return room
	}
	takes := m.sorted(of, s.Day)
	sum := int64(0)
	for _, t := range takes[len(takes)-most:] {
		sum += t
	}
	return min(room, sum)
}

// sorted returns the times of visits on a day, ascending.
func (m *shortModel) sorted(of []int32, d int) []int64 {
	takes := make([]int64, len(of))
	for j, i := range of {
		takes[j] = m.time[int(i)*m.p.Days+d]
	}
	slices.Sort(takes)
	return takes
}

// holds returns how many visits fit into a room at most.
func (m *shortModel) holds(of []int32, d int, room int64) int {
	n := 0
	for _, t := range m.sorted(of, d) {
		if room -= t; room < 0 {
			break
		}
		n++
	}
	return n
}

// maxFill is the largest room that fill looks into.
const maxFill = 1 << 12

// fill returns how much of a room whole visits can fill, each made once: a room
// of 35 is one of 20 to visits of 20.
func (m *shortModel) fill(of []int32, d int, room int64) int64 {
	if room <= 0 || room > maxFill {
		return room
	}
	// Bit t of the words: some visits take t together.
	var words [maxFill/64 + 1]uint64
	words[0] = 1
	last := int(room / 64)
	for _, i := range of {
		t := m.time[int(i)*m.p.Days+d]
		if t == 0 || t > room {
			continue
		}
		by, bits := int(t/64), uint(t%64)
		for w := last; w >= by; w-- {
			more := words[w-by] << bits
			if bits > 0 && w > by {
				more |= words[w-by-1] >> (64 - bits)
			}
			words[w] |= more
		}
		if words[last]>>uint(room%64)&1 == 1 {
			return room
		}
	}
	for t := room; ; t-- {
		if words[t/64]>>uint(t%64)&1 == 1 {
			return t
		}
	}
}
