package planner

import (
	"cmp"
	"slices"
	"strings"

	"sanse/planner/vrp"
)

// setOutSeconds is the cost of an itinerary beyond its walk, so that a door is
// rather added to a colleague's round than given one of its own.
const setOutSeconds = 900

// dayMinutes is the length of a day; a longer way is no way.
const dayMinutes = 24 * 60

// shiftKey names a shift of a visitor on a day: index of the visitor, day of
// the horizon, index in Visitor.Shifts.
type shiftKey struct {
	visitor int
	day     int
	shift   int
}

// block is a block compiled into a problem of package vrp, and its solution so
// far. Clients are the block's jobs, workers its visitors, places the rows of
// its matrices; a unit of time is a minute, a unit of cost a second.
type block struct {
	s     *solver
	in    *blockInput
	specs []calendarSpec // by client: what its rule is built from
	vp    vrp.Problem
	keys  []shiftKey // by shift of vp

	place    map[string]int // name in the matrices → place
	worker   map[int]int    // index of the visitor → worker
	profiles map[profileKey]int

	sol        *vrp.Solution // nil: nothing planned yet
	cost       vrp.Cost      // of sol
	iterations int
	improved   int
	stale      bool // shifts changed hands since vp.Shifts was made
	noHelp     helpMark
}

// profileKey names a way of travelling: a matrix of the problem, and the share
// of its times that counts.
type profileKey struct{ matrix, percent int }

// compile turns a block into a problem of package vrp, without shifts.
func (s *solver) compile(index int) *block {
	in := &s.blocks[index]
	b := &block{
		s: s, in: in, place: map[string]int{}, worker: make(map[int]int, len(in.visitors)), profiles: map[profileKey]int{},
		vp: vrp.Problem{Days: s.p.Days, WaitCost: 60, Unserved: unitLapse},
	}
	for w, v := range in.visitors {
		b.worker[v] = w
		b.vp.Workers = append(b.vp.Workers, vrp.Worker{MaxTasks: s.p.Visitors[v].Capacity})
	}
	b.addPlaces()
	b.addClients()
	return b
}

func (b *block) job(client int) *job { return &b.s.jobs[b.in.jobs[client]] }

func (b *block) addPlaces() {
	for _, j := range b.in.jobs {
		b.addPlace(b.s.jobs[j].place)
	}
	for _, i := range b.in.visitors {
		v := &b.s.p.Visitors[i]
		b.addPlace(v.ID)
		b.addPlace(v.endPlace())
	}
}

func (b *block) addPlace(name string) {
	if _, ok := b.place[name]; !ok {
		b.place[name] = len(b.place)
	}
}

// profile returns the way of travelling by that mode on that day; false if
// there is none.
func (b *block) profile(mode string, day Date) (int, bool) {
	best := -1
	for _, i := range b.in.matrices {
		m := &b.s.p.Matrices[i]
		if modeOf(m.Mode) == modeOf(mode) && m.holdsOn(day) && (best < 0 || m.from() > b.s.p.Matrices[best].from()) {
			best = i
		}
	}
	if best < 0 {
		return 0, false
	}
	key := profileKey{best, b.s.p.slowPercent(mode, day)}
	k, ok := b.profiles[key]
	if !ok {
		k = len(b.vp.Profiles)
		b.profiles[key] = k
		b.vp.Profiles = append(b.vp.Profiles, b.travel(&b.s.p.Matrices[best], key.percent))
	}
	return k, true
}

// travel returns the ways between all places by the matrix, in minutes and in
// seconds.
func (b *block) travel(m *Matrix, percent int) vrp.Profile {
	n := len(b.place)
	row := make([]int32, n) // of the matrix, by place
	for i := range row {
		row[i] = -1
	}
	for i, l := range m.Locations {
		if k, ok := b.place[l]; ok {
			row[k] = int32(i)
		}
	}
	cells := make([]int32, 2*n*n)
	pr := vrp.Profile{Time: make([][]int32, n), Cost: make([][]int32, n)}
	for i := range n {
		pr.Time[i], cells = cells[:n:n], cells[n:]
		pr.Cost[i], cells = cells[:n:n], cells[n:]
		for j := range n {
			sec := int32(-1)
			if row[i] >= 0 && row[j] >= 0 {
				sec = slowed(m.Seconds[row[i]][row[j]], percent)
			}
			t := minutesOf(sec)
			if sec < 0 || t > dayMinutes {
				sec, t = 0, -1
			}
			pr.Time[i][j], pr.Cost[i][j] = t, sec
		}
	}
	return pr
}

func (b *block) addClients() {
	who := map[string][]vrp.Choice{}
	care := map[int64][]int64{} // seconds of a visit → the same on every day
	for _, ji := range b.in.jobs {
		j := &b.s.jobs[ji]
		key := j.scopeKey() + "|" + strings.Join(j.team, ",") + "|" + strings.Join(j.needs.Prefer, ",")
		list, ok := who[key]
		if !ok {
			list = b.choices(j)
			who[key] = list
		}
		sec := j.visitSeconds()
		if care[sec] == nil {
			care[sec] = slices.Repeat([]int64{sec}, b.s.p.Days)
		}
		b.vp.Clients = append(b.vp.Clients, vrp.Client{
			DayCost: care[sec],
			Place:   b.place[j.place], Service: int32(j.minutes), Windows: b.s.windows(ji), Who: list,
			Kept: b.kept(ji), Crew: j.needs.people(),
		})
		spec := j.spec(b.s.p)
		spec.lock = b.s.lockUnit
		for _, l := range b.s.locks[ji] {
			if !slices.Contains(spec.locked, l.Date) {
				spec.locked = append(spec.locked, l.Date)
			}
		}
		b.specs = append(b.specs, spec)
		b.vp.Clients[len(b.vp.Clients)-1].Rule = b.s.calendars.of(spec)
	}
}

// visitSeconds is the time at the door of a visit, of all who come.
func (j *job) visitSeconds() int64 { return int64(j.minutes) * 60 * int64(j.needs.people()) }

// scopeKey is the same for jobs that the same visitors may do.
func (j *job) scopeKey() string {
	return j.grid + "|" + j.microGrid + "|" + strings.Join(j.needs.Skills, ",") + "|" + strings.Join(j.needs.VisitorKinds, ",")
}

// choices returns who may do the job, at what step away from the own team. It
// is never nil, for nil would be everybody.
func (b *block) choices(j *job) []vrp.Choice {
	out := []vrp.Choice{}
	for w, i := range b.in.visitors {
		if pref, ok := j.may(&b.s.p.Visitors[i]); ok {
			out = append(out, vrp.Choice{Worker: w, Cost: int64(pref) * unitPreference})
		}
	}
	slices.SortStableFunc(out, func(a, b vrp.Choice) int { return cmp.Compare(a.Cost, b.Cost) })
	return out
}

// windows returns the hours of the job as times of each day; nil: any time.
func (j *job) windows(p *Problem) [][]vrp.Window {
	if len(j.needs.Hours) == 0 {
		return nil
	}
	var week [8][]vrp.Window
	for wd := range week {
		week[wd] = []vrp.Window{}
	}
	hours := slices.Clone(j.needs.Hours)
	slices.SortFunc(hours, func(a, b Shift) int { return cmp.Or(cmp.Compare(a.Weekday, b.Weekday), cmp.Compare(a.From, b.From)) })
	for _, h := range hours {
		list := week[h.Weekday]
		if n := len(list); n > 0 && int32(h.From) <= list[n-1].To+1 {
			list[n-1].To = max(list[n-1].To, int32(h.To))
			continue
		}
		week[h.Weekday] = append(list, vrp.Window{From: int32(h.From), To: int32(h.To)})
	}
	out := make([][]vrp.Window, p.Days)
	for d := range out {
		out[d] = week[(p.Start + Date(d)).Weekday()]
	}
	return out
}

// windows returns the times of each day at which a job may begin: its hours, on a
// day on which it is locked no later than the lock says; nil: any time.
func (s *solver) windows(ji int) [][]vrp.Window {
	out := s.jobs[ji].windows(s.p)
	for _, l := range s.locks[ji] {
		if l.By == 0 {
			continue
		}
		if out == nil {
			out = make([][]vrp.Window, s.p.Days)
		}
		d := int(l.Date - s.p.Start)
		day := out[d]
		if day == nil {
			day = []vrp.Window{{To: dayMinutes}}
		}
		open := []vrp.Window{}
		for _, w := range day { // the days of a week share theirs
			if w.From <= int32(l.By) {
				open = append(open, vrp.Window{From: w.From, To: min(w.To, int32(l.By))})
			}
		}
		out[d] = open
	}
	return out
}

// kept returns what is wanted of a job: the visitors of its locks, and the days and visitors of
// the published plan.
func (b *block) kept(ji int) []vrp.Kept {
	var out []vrp.Kept
	j := &b.s.jobs[ji]
	for _, l := range b.s.locks[ji] { // the day is the rule's business
		if i, ok := b.s.visitor[l.Visitor]; ok {
			if w, ok := b.worker[i]; ok {
				out = append(out, vrp.Kept{Day: int(l.Date - b.s.p.Start), Worker: w, Cost: -b.s.lockUnit})
			}
		}
	}
	for _, v := range b.s.published[ji] {
		unit := unitDeviation * j.deviationWeight()
		out = append(out, vrp.Kept{Day: v.day, Worker: vrp.None, Cost: -unit})
		for _, i := range v.visitors {
			if w, ok := b.worker[i]; ok {
				out = append(out, vrp.Kept{Day: v.day, Worker: w, Cost: -unit})
			}
		}
	}
	return out
}

// addShifts gives the block the shifts of its own visitors and those of others
// that it owns.
func (b *block) addShifts() {
	b.stale = false
	b.vp.Shifts, b.keys = b.shiftsWhere(func(key shiftKey) bool {
		by, ok := b.s.owner[key]
		return ok && by == b.in.index
	})
}

// shiftsWhere returns the shifts of the block's own visitors and those of
// visitors of several blocks that it owns, by day, visitor and hour.
func (b *block) shiftsWhere(owned func(shiftKey) bool) (shifts []vrp.Shift, keys []shiftKey) {
	p := b.s.p
	for d := range p.Days {
		day := p.Start + Date(d)
		for w, i := range b.in.visitors {
			v := &p.Visitors[i]
			if v.Capacity > 0 && v.Capacity <= b.s.madeOn[visitorOn{i, d}] {
				continue
			}
			for si := range v.Shifts {
				key := shiftKey{i, d, si}
				if v.Shifts[si].Weekday != day.Weekday() || b.s.wide(i) && !owned(key) {
					continue
				}
				if sh, ok := b.shift(key, w, day); ok {
					shifts = append(shifts, sh)
					keys = append(keys, key)
				}
			}
		}
	}
	return shifts, keys
}

// shift returns what is left of a shift; false if nothing is or the block's
// matrix of the day does not hold its places.
func (b *block) shift(key shiftKey, worker int, day Date) (vrp.Shift, bool) {
	p := b.s.p
	v := &p.Visitors[key.visitor]
	open, ok := p.shiftLeft(v, key.shift, day)
	if !ok {
		return vrp.Shift{}, false
	}
	profile, ok := b.profile(v.Mode, day)
	if !ok {
		return vrp.Shift{}, false
	}
	sh := vrp.Shift{
		Worker: worker, Day: key.day, Profile: profile, From: int32(open.from), To: int32(open.to), Fixed: setOutSeconds,
		End: vrp.None,
	}
	if sh.Start, ok = b.place[open.place]; !ok {
		return vrp.Shift{}, false
	}
	if v.End != nil {
		sh.End = b.place[v.endPlace()]
	}
	if made := b.s.madeOn[visitorOn{key.visitor, key.day}]; v.Capacity > 0 && made > 0 {
		// Workers have one bound for all days, so what is left of this one is
		// dealt to the shifts left, by their length.
		if sh.MaxTasks = b.s.capacityLeft(key, open, made); sh.MaxTasks == 0 {
			return vrp.Shift{}, false
		}
	}
	return sh, true
}

// capacityLeft returns how many of the visits left on a day, of which some are
// made, the shift may have.
func (s *solver) capacityLeft(key shiftKey, open shiftLeft, made int) int {
	v := &s.p.Visitors[key.visitor]
	left := v.Capacity - made
	before, after := 0, 0 // minutes of the shifts left up to this one, and with it
	total := 0
	for si := range v.Shifts {
		o, ok := s.p.shiftLeft(v, si, s.p.Start+Date(key.day))
		if !ok {
			continue
		}
		n := int(o.to - o.from)
		total += n
		if si < key.shift {
			before += n
		}
		if si <= key.shift {
			after += n
		}
	}
	if total == 0 {
		return left
	}
	return left*after/total - left*before/total
}

// refresh brings the block's shifts up to date where some changed hands. Routes
// of shifts that went are left out.
func (b *block) refresh() {
	if !b.stale {
		return
	}
	old := b.keys
	b.addShifts()
	if b.sol == nil {
		return
	}
	shift := make(map[shiftKey]int, len(b.keys))
	for i, k := range b.keys {
		shift[k] = i
	}
	sol := &vrp.Solution{}
	for _, r := range b.sol.Routes {
		if n, ok := shift[old[r.Shift]]; ok {
			r.Shift = n
			sol.Routes = append(sol.Routes, r)
		}
	}
	slices.SortFunc(sol.Routes, func(a, b vrp.Route) int { return a.Shift - b.Shift })
	b.sol = sol
}

// workMinutes returns the minutes of the visitor's shifts on the day.
func workMinutes(v *Visitor, day Date) int {
	if slices.Contains(v.DaysOff, day) {
		return 0
	}
	n := 0
	for _, s := range v.Shifts {
		if s.Weekday == day.Weekday() {
			n += int(s.To - s.From)
		}
	}
	return n
}
