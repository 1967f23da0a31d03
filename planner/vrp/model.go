package vrp

import (
	"cmp"
	"math"
	"slices"
)

// infinite is more than any cost of one insertion and less than Never, so that
// a sum of a few stays in range.
const infinite int64 = 1 << 60

// model is a Problem laid out for the search: flat tables, shifts by day and
// worker, and what can be known once for all. It is shared by the threads of a
// Solve and not changed by them.
type model struct {
	p        *Problem
	days     int
	stride   int // places, and one more that is nowhere: no way to it and from it costs anything
	profiles []profile
	shifts   []shift
	first    []int32 // the first shift of each day; len days+1
	byWorker []span  // the shifts of each worker and day, by [worker*days+day]; nil unless somebody asks
	workers  int
	clients  []client
	// winFrom and winTo are the single window of a client on a day, by
	// [client*days+day]; the first and last moment where there are several.
	// nil unless there are windows.
	winFrom, winTo []int32
	allowed        []bool // [client*days+day]: the rule and the windows allow a visit
	dims           int    // of loads
	timed          bool   // earliest and latest times are kept
	capped         bool   // workers have MaxTasks
	crews          bool
	mixed          bool // something is picked up
	// maxLeg is the largest cost of a leg, the most that an insertion can save
	// where the triangle inequality does not hold.
	maxLeg  int64
	longest int64 // shift
}

// profile is a Profile in flat tables, rows by departure and by arrival.
type profile struct {
	time, cost     []int32 // [from*stride+to]; below 0: no way
	timeIn, costIn []int32 // [to*stride+from]
	same           bool    // the cost is the time
	gaps           bool    // there is no way somewhere
}

// shift is a Shift with its places in the tables.
type shift struct {
	orig       int // index in Problem.Shifts
	worker     int32
	day        int32
	start, end int32
	from, to   int32
	prof       *profile
	limit      int64 // of the time from leaving to the end
	maxTravel  int64
	maxTasks   int
	capacity   []int32
	fixed      int64
	breaks     []Break
	class      int32 // shifts of a class differ in nothing while they are empty
	exact      bool  // only a walk over the whole route tells what an insertion costs
	waits      bool  // so it is where a stop has windows: waiting costs, or is bounded
}

// client is a Client with what is asked for often in one place.
type client struct {
	place    int32
	service  int32
	setup    int32
	crew     bool
	windowed bool // has windows on some day
	plain    bool // who comes and when costs nothing
	rule     Rule
	visits   int32 // the most visits that the rule seems to ask for
	missing  int64 // what the rule costs without any visit
	load     int32 // of the first dimension
	large    int32 // how much room it takes: its load, or its time where there are none
	who      []Choice
	kept     []Kept
	dayCost  []int64
}

// window returns the single window of a client on a day; several is true where
// the day has more than one.
func (m *model) window(c int32, d int) (from, to int64, several bool) {
	cl := &m.clients[c]
	if !cl.windowed {
		return math.MinInt32, math.MaxInt32, false
	}
	i := int(c)*m.days + d
	return int64(m.winFrom[i]), int64(m.winTo[i]), len(m.p.Clients[c].Windows[d]) > 1
}

// next returns the earliest moment from t on in a window, false where there is
// none.
func next(ws []Window, t int64) (int64, bool) {
	for _, w := range ws {
		if t <= int64(w.To) {
			return max(t, int64(w.From)), true
		}
	}
	return t, ws == nil
}

// last returns the latest moment up to t in a window, false where there is
// none.
func last(ws []Window, t int64) (int64, bool) {
	for i := len(ws) - 1; i >= 0; i-- {
		if t >= int64(ws[i].From) {
			return min(t, int64(ws[i].To)), true
		}
	}
	return t, ws == nil
}

// windowsOn returns the windows of a client on a day, nil for any time.
func (m *model) windowsOn(c int32, d int) []Window {
	if !m.clients[c].windowed {
		return nil
	}
	return m.p.Clients[c].Windows[d]
}

func newModel(p *Problem) *model {
	m := &model{p: p, days: p.Days, workers: len(p.Workers)}
	places := 0
	if len(p.Profiles) > 0 {
		places = len(p.Profiles[0].Time)
	}
	m.stride = places + 1
	m.profiles = make([]profile, len(p.Profiles))
	for i := range p.Profiles {
		m.addProfile(&m.profiles[i], &p.Profiles[i], places)
	}
	setups := m.addClients()
	for i := range m.clients {
		cl := &m.clients[i]
		if cl.large = cl.load; m.dims == 0 {
			cl.large = cl.service
		}
	}
	m.addShifts(setups)
	if m.crews {
		m.timed = true
	}
	for i := range m.profiles {
		if m.profiles[i].gaps || !m.profiles[i].same {
			m.timed = true
		}
	}
	return m
}

// addProfile copies the tables, with the nowhere as the last place.
func (m *model) addProfile(to *profile, from *Profile, places int) {
	flat := func(rows [][]int32, ways [][]int32) (out, in []int32) {
		out = make([]int32, m.stride*m.stride)
		symmetric := true
		for i, row := range rows {
			o := out[i*m.stride:]
			for j, v := range row {
				if ways[i][j] < 0 {
					v = -1
					to.gaps = true
				}
				o[j] = v
				m.maxLeg = max(m.maxLeg, int64(v))
			}
		}
		for i := range places {
			for j := range i {
				if out[i*m.stride+j] != out[j*m.stride+i] {
					symmetric = false
				}
			}
		}
		if symmetric {
			return out, out
		}
		in = make([]int32, len(out))
		for i := range m.stride {
			for j := range m.stride {
				in[j*m.stride+i] = out[i*m.stride+j]
			}
		}
		return out, in
	}
	to.time, to.timeIn = flat(from.Time, from.Time)
	to.cost, to.costIn, to.same = to.time, to.timeIn, true
	if from.Cost != nil {
		to.same = false
		to.cost, to.costIn = flat(from.Cost, from.Time)
	}
}

func (m *model) addClients() (setups bool) {
	p := m.p
	m.clients = make([]client, len(p.Clients))
	m.allowed = make([]bool, len(p.Clients)*m.days)
	for i := range p.Clients {
		c := &p.Clients[i]
		cl := client{
			place: int32(c.Place), service: c.Service, setup: c.Setup, crew: c.Crew > 1,
			plain: c.Who == nil && len(c.Kept) == 0 && c.DayCost == nil,
			rule:  c.Rule, who: c.Who, dayCost: c.DayCost,
		}
		if len(c.Deliver) > 0 {
			cl.load = c.Deliver[0]
		}
		m.dims = max(m.dims, len(c.Deliver), len(c.Pickup))
		m.mixed = m.mixed || slices.ContainsFunc(c.Pickup, func(v int32) bool { return v != 0 })
		m.crews = m.crews || cl.crew
		setups = setups || c.Setup != 0
		if len(c.Kept) > 0 {
			cl.kept = slices.Clone(c.Kept)
			slices.SortStableFunc(cl.kept, func(a, b Kept) int { return cmp.Compare(a.Day, b.Day) })
		}
		cl.visits, cl.missing = m.allow(i, c.Rule)
		for d, ws := range c.Windows {
			if ws == nil {
				continue
			}
			cl.windowed = true
			if len(ws) == 0 {
				m.allowed[i*m.days+d] = false
			}
		}
		m.clients[i] = cl
		m.timed = m.timed || cl.windowed
	}
	if !m.timed {
		return setups
	}
	m.winFrom = make([]int32, len(m.allowed))
	m.winTo = make([]int32, len(m.allowed))
	for i := range p.Clients {
		for d := range m.days {
			k := i*m.days + d
			m.winFrom[k], m.winTo[k] = math.MinInt32, math.MaxInt32
			if ws := m.windowsOn(int32(i), d); len(ws) > 0 {
				m.winFrom[k], m.winTo[k] = ws[0].From, ws[len(ws)-1].To
			}
		}
	}
	return setups
}

// allow notes the days that a rule can choose, and tells how many visits it
// would like and what it costs to make none.
func (m *model) allow(c int, rule Rule) (visits int32, missing int64) {
	row := m.allowed[c*m.days : (c+1)*m.days]
	missing, _ = rule.Cost(nil)
	switch r := rule.(type) {
	case Once:
		for d := range row {
			row[d] = r.Days == nil
		}
		for _, d := range r.Days {
			row[d] = true
		}
		return 1, missing
	case Patterns:
		for _, set := range r.Sets {
			visits = max(visits, int32(len(set)))
			for _, d := range set {
				row[d] = true
			}
		}
		return visits, missing
	}
	for d := range row {
		row[d] = true
	}
	return int32(m.days), missing
}

func (m *model) addShifts(setups bool) {
	p := m.p
	order := make([]int, len(p.Shifts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &p.Shifts[a], &p.Shifts[b]
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Worker, y.Worker))
	})
	m.shifts = make([]shift, len(order))
	m.first = make([]int32, m.days+1)
	place := func(i int) int32 {
		if i == None {
			return int32(m.stride - 1)
		}
		return int32(i)
	}
	choosy := false
	for i := range p.Clients {
		choosy = choosy || p.Clients[i].Who != nil
	}
	for i := range p.Workers {
		m.capped = m.capped || p.Workers[i].MaxTasks > 0
	}
	for k, o := range order {
		s := &p.Shifts[o]
		limit := int64(s.To) - int64(s.From)
		bound := s.MaxTime > 0 && int64(s.MaxTime) < limit
		if bound {
			limit = int64(s.MaxTime)
		}
		sh := shift{
			orig: o, worker: int32(s.Worker), day: int32(s.Day), start: place(s.Start), end: place(s.End),
			from: s.From, to: s.To, prof: &m.profiles[s.Profile], limit: limit,
			maxTravel: math.MaxInt64, maxTasks: math.MaxInt, capacity: s.Capacity,
			fixed: s.Fixed, breaks: s.Breaks, class: int32(k),
		}
		if s.MaxTravel > 0 {
			sh.maxTravel = int64(s.MaxTravel)
		}
		if s.MaxTasks > 0 {
			sh.maxTasks = s.MaxTasks
		}
		sh.exact = len(s.Breaks) > 0 || setups || m.mixed && len(s.Capacity) > 0
		sh.waits = bound || p.WaitCost != 0
		m.longest = max(m.longest, limit)
		if k > 0 && !choosy && m.alike(&m.shifts[k-1], &sh) {
			sh.class = m.shifts[k-1].class
		}
		m.shifts[k] = sh
		m.first[s.Day+1]++
	}
	for d := range m.days {
		m.first[d+1] += m.first[d]
	}
	if !choosy && !m.crews && !slices.ContainsFunc(p.Clients, func(c Client) bool { return len(c.Kept) > 0 }) {
		return
	}
	m.byWorker = make([]span, m.days*m.workers)
	for i := range m.shifts {
		sp := &m.byWorker[int(m.shifts[i].worker)*m.days+int(m.shifts[i].day)]
		if sp.from == sp.to {
			sp.from = int32(i)
		}
		sp.to = int32(i) + 1
	}
}

// span is a range of shifts.
type span struct{ from, to int32 }

// alike tells whether two shifts differ in nothing but their worker, for
// problems in which nobody minds who comes.
func (m *model) alike(a, b *shift) bool {
	return a.day == b.day && a.start == b.start && a.end == b.end && a.from == b.from && a.to == b.to &&
		a.prof == b.prof && a.limit == b.limit && a.maxTravel == b.maxTravel && a.maxTasks == b.maxTasks &&
		slices.Equal(a.capacity, b.capacity) && a.fixed == b.fixed && len(a.breaks) == 0 && len(b.breaks) == 0 &&
		!m.capped
}

// shiftsOf returns the range of the shifts of a worker on a day.
func (m *model) shiftsOf(d, w int) (from, to int32) {
	sp := m.byWorker[w*m.days+d]
	return sp.from, sp.to
}
