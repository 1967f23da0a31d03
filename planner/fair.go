package planner

import (
	"slices"

	"sanse/planner/vrp"
)

// weekLoad is the care of one calendar week: minutes at the door of each
// worker of a block who has shifts in the week and may give care in it.
type weekLoad struct {
	minutes map[int]int64 // by worker
	total   int64
}

// loads is the care of a block, by calendar week from the first on.
type loads []weekLoad

// off returns the minutes by which the workers of the week are off their mean,
// in all, rounded down.
func (w *weekLoad) off() int64 {
	n := int64(len(w.minutes))
	if n == 0 {
		return 0
	}
	sum := int64(0)
	for _, m := range w.minutes {
		sum += max(n*m-w.total, w.total-n*m)
	}
	return sum / n
}

// total is Cost.Spread of the block.
func (l loads) total() int64 {
	n := int64(0)
	for i := range l {
		n += l[i].off()
	}
	return n
}

// week returns the number of the calendar week of a day, from 0.
func (b *block) week(day int) int {
	p := b.s.p
	return int((p.Start+Date(day)).WeekStart()-p.Start.WeekStart()) / 7
}

// cares tells whether a client is care: a visit to a resident or something done
// at a resident's home.
func (b *block) cares(client int) bool { return b.job(client).resident >= 0 }

// spread counts the care of each worker and week, of what was made and what is
// planned.
func (b *block) spread() loads {
	out := make(loads, b.week(b.vp.Days-1)+1)
	for w := range out {
		out[w].minutes = map[int]int64{}
	}
	may := make([]bool, len(b.vp.Workers))
	for c := range b.vp.Clients {
		if !b.cares(c) {
			continue
		}
		for _, x := range b.vp.Clients[c].Who {
			may[x.Worker] = true
		}
	}
	for i := range b.vp.Shifts {
		if sh := &b.vp.Shifts[i]; may[sh.Worker] {
			out[b.week(sh.Day)].minutes[sh.Worker] += 0
		}
	}
	add := func(day, worker int, minutes int64) {
		w := &out[b.week(day)]
		w.minutes[worker] += minutes
		w.total += minutes
	}
	for i := range b.s.p.Made {
		m := &b.s.p.Made[i]
		j, known := b.s.jobIndex[jobID(m.Resident, m.Task)]
		if w, ok := b.worker[b.s.visitor[m.Visitor]]; ok && known && b.s.jobs[j].resident >= 0 && slices.Contains(b.in.jobs, j) {
			add(int(m.Date-b.s.p.Start), w, int64(m.Leave-m.Arrive))
		}
	}
	for _, r := range b.sol.Routes {
		sh := &b.vp.Shifts[r.Shift]
		for _, st := range r.Stops {
			if b.cares(st.Client) {
				add(sh.Day, sh.Worker, int64(b.vp.Clients[st.Client].Service))
			}
		}
	}
	return out
}

// evener moves care from visitors who have much of it in a week to those who
// have little, as long as nothing dearer than time changes and the time allowed
// lasts.
type evener struct {
	*block
	load   loads
	routes []vrp.Route // by shift; without stops: stays at home
	days   [][]int     // by client
	tasks  map[[2]int]int
	week   int
}

// even spends up to the problem's share of the block's seconds on fairness,
// week by week: the visitor farthest above the mean gives a visit to a colleague
// below it, the one for whom a second evens out most.
func (b *block) even() {
	b.refresh()
	percent := b.s.p.FairnessPercent
	if percent == 0 {
		percent = 3
	}
	if percent < 0 || len(b.sol.Routes) == 0 {
		return
	}
	e := &evener{block: b, load: b.spread(), routes: make([]vrp.Route, len(b.vp.Shifts)), days: b.sol.Days(&b.vp), tasks: map[[2]int]int{}}
	for i := range e.routes {
		e.routes[i].Shift = i
	}
	seconds := int64(0)
	for _, r := range b.sol.Routes {
		r.Stops = slices.Clone(r.Stops)
		e.routes[r.Shift] = r
		seconds += b.routeSeconds(&r)
		sh := &b.vp.Shifts[r.Shift]
		e.tasks[[2]int{sh.Day, sh.Worker}] += len(r.Stops)
	}
	for c, days := range e.days {
		cost, _ := b.vp.Clients[c].Rule.Cost(days)
		seconds += cost%unitSpare + int64(len(days))*b.job(c).visitSeconds()
	}
	left := seconds * int64(percent) / 100
	moved := false
	for e.week = range e.load {
		weeks := int64(len(e.load) - e.week)
		spent, any := e.evenWeek(left / weeks)
		left -= spent
		moved = moved || any
	}
	if !moved {
		return
	}
	sol := &vrp.Solution{}
	for _, r := range e.routes {
		if len(r.Stops) > 0 {
			sol.Routes = append(sol.Routes, r)
		}
	}
	b.sol = sol
}

// mostMoves bounds the moves of a week.
const mostMoves = 100

// evenWeek moves visits inside a week for at most so many seconds, and returns
// those spent, which may be below 0.
func (e *evener) evenWeek(budget int64) (spent int64, moved bool) {
	w := &e.load[e.week]
	var over []int // workers above the mean
	n := int64(len(w.minutes))
	for k, m := range w.minutes {
		if n*m > w.total {
			over = append(over, k)
		}
	}
	slices.Sort(over)
	for moves := 0; moves < mostMoves && len(over) > 0; {
		slices.SortStableFunc(over, func(a, b int) int { return int(w.minutes[b] - w.minutes[a]) })
		m, ok := e.bestOf(over[0], budget-spent)
		if !ok {
			over = over[1:]
			continue
		}
		e.apply(m)
		spent += m.seconds
		moves++
		moved = true
	}
	return spent, moved
}

// move is a visit that changes hands.
type move struct {
	client, from, to int // shifts
	a, b             vrp.Route
	days             []int // of the client, if they change
	gain, seconds    int64
}

// better compares the minutes evened out for each second.
func (m *move) better(o *move) bool {
	x, y := m.gain*max(1, o.seconds), o.gain*max(1, m.seconds)
	return x > y || x == y && m.seconds < o.seconds
}

// bestOf returns the best move of a visit of the worker's week to a colleague.
func (e *evener) bestOf(worker int, budget int64) (best move, ok bool) {
	for k := range e.routes {
		r := &e.routes[k]
		sh := &e.vp.Shifts[k]
		if sh.Worker != worker || len(r.Stops) == 0 || e.block.week(sh.Day) != e.week {
			continue
		}
		for i, st := range r.Stops {
			cl := &e.vp.Clients[st.Client]
			if cl.Crew > 1 || !e.cares(st.Client) {
				continue
			}
			without, fits := e.schedule(k, slices.Delete(slices.Clone(r.Stops), i, i+1))
			if !fits {
				continue
			}
			saved := e.routeCost(r) - e.routeCost(&without)
			if m, found := e.bestTo(st.Client, k, saved, budget); found && (!ok || m.better(&best)) {
				m.a = without
				best, ok = m, true
			}
		}
	}
	return best, ok
}

func (e *evener) routeCost(r *vrp.Route) int64 {
	if len(r.Stops) == 0 {
		return 0
	}
	return e.routeSeconds(r)
}

// bestTo returns the best place for a visit with a colleague in the same week.
func (e *evener) bestTo(client, from int, saved, budget int64) (best move, ok bool) {
	cl := &e.vp.Clients[client]
	w := &e.load[e.week]
	sh := &e.vp.Shifts[from]
	for k := range e.vp.Shifts {
		to := &e.vp.Shifts[k]
		if to.Worker == sh.Worker || e.block.week(to.Day) != e.week || e.full(k) {
			continue
		}
		gain := w.gain(sh.Worker, to.Worker, int64(cl.Service))
		if gain <= 0 || e.standing(client, sh.Day, sh.Worker) != e.standing(client, to.Day, to.Worker) {
			continue
		}
		rule, days := int64(0), []int(nil)
		if to.Day != sh.Day {
			if rule, days = e.redated(client, sh.Day, to.Day); days == nil {
				continue
			}
		}
		stops := e.routes[k].Stops
		for i := 0; i <= len(stops); i++ {
			with, fits := e.schedule(k, slices.Insert(slices.Clone(stops), i, vrp.Stop{Client: client, Begin: -1}))
			if !fits {
				continue
			}
			sec := e.routeCost(&with) - e.routeCost(&e.routes[k]) - saved + rule
			m := move{client: client, from: from, to: k, b: with, days: days, gain: gain, seconds: sec}
			if sec <= budget && (!ok || m.better(&best)) {
				best, ok = m, true
			}
		}
	}
	return best, ok
}

// gain returns the minutes by which the spread falls if so many minutes change
// hands, below 0 if it rises.
func (w *weekLoad) gain(from, to int, minutes int64) int64 {
	n := int64(len(w.minutes))
	x, y := n*w.minutes[from]-w.total, n*w.minutes[to]-w.total
	return (max(x, -x) + max(y, -y) - max(x-n*minutes, n*minutes-x) - max(y+n*minutes, -y-n*minutes)) / n
}

// full tells whether the shift or its worker has all visits of the day.
func (e *evener) full(shift int) bool {
	sh := &e.vp.Shifts[shift]
	most := e.vp.Workers[sh.Worker].MaxTasks
	return sh.MaxTasks > 0 && len(e.routes[shift].Stops) >= sh.MaxTasks || most > 0 && e.tasks[[2]int{sh.Day, sh.Worker}] >= most
}

// standing is what a visit costs for the day and the worker, beside its way;
// vrp.Never where the worker may not.
func (e *evener) standing(client, day, worker int) int64 {
	cl := &e.vp.Clients[client]
	i := slices.IndexFunc(cl.Who, func(c vrp.Choice) bool { return c.Worker == worker })
	if i < 0 {
		return vrp.Never
	}
	cost := cl.Who[i].Cost
	for _, k := range cl.Kept {
		if k.Day == day && (k.Worker == vrp.None || k.Worker == worker) {
			cost += k.Cost
		}
	}
	return cost
}

// redated returns the client's days with one moved, and the seconds that costs;
// nil if it cannot be or changes anything dearer than time.
func (e *evener) redated(client, from, to int) (seconds int64, days []int) {
	if slices.Contains(e.days[client], to) {
		return 0, nil
	}
	days = slices.Clone(e.days[client])
	days[slices.Index(days, from)] = to
	slices.Sort(days)
	rule := e.vp.Clients[client].Rule
	before, _ := rule.Cost(e.days[client])
	after, ok := rule.Cost(days)
	if !ok || after/unitSpare != before/unitSpare {
		return 0, nil
	}
	return after - before, days
}

// schedule times a route with those stops; false if it cannot be. Stops at
// which two meet keep their time.
func (e *evener) schedule(shift int, stops []vrp.Stop) (vrp.Route, bool) {
	sh := &e.vp.Shifts[shift]
	pr := &e.vp.Profiles[sh.Profile]
	r := vrp.Route{Shift: shift, Stops: stops}
	if len(stops) == 0 {
		return r, true
	}
	at, now := sh.Start, sh.From
	for i := range stops {
		cl := &e.vp.Clients[stops[i].Client]
		way := pr.Time[at][cl.Place]
		if way < 0 {
			return r, false
		}
		now += way
		begin, ok := opens(cl.Windows, sh.Day, now)
		if cl.Crew > 1 {
			begin, ok = stops[i].Begin, now <= stops[i].Begin
		}
		if !ok {
			return r, false
		}
		stops[i].Begin = begin
		at, now = cl.Place, begin+cl.Service
	}
	r.End = now
	if sh.End != vrp.None {
		if pr.Time[at][sh.End] < 0 {
			return r, false
		}
		r.End += pr.Time[at][sh.End]
	}
	if r.End > sh.To {
		return r, false
	}
	// Nobody sets out earlier than needed.
	next := int32(-1)
	for i := len(stops) - 1; i >= 0; i-- {
		cl := &e.vp.Clients[stops[i].Client]
		if next >= 0 && cl.Crew < 2 {
			latest := stops[i+1].Begin - pr.Time[cl.Place][next] - cl.Service
			if cl.Windows != nil {
				latest = min(latest, closes(cl.Windows[sh.Day], stops[i].Begin))
			}
			stops[i].Begin = latest
		}
		next = int32(cl.Place)
	}
	r.Depart = stops[0].Begin - pr.Time[sh.Start][e.vp.Clients[stops[0].Client].Place]
	return r, true
}

// opens returns the first time from at on at which a visit may begin.
func opens(windows [][]vrp.Window, day int, at int32) (int32, bool) {
	if windows == nil || windows[day] == nil {
		return at, true
	}
	for _, w := range windows[day] {
		if at <= w.To {
			return max(at, w.From), true
		}
	}
	return 0, false
}

func (e *evener) apply(m move) {
	from, to := &e.vp.Shifts[m.from], &e.vp.Shifts[m.to]
	minutes := int64(e.vp.Clients[m.client].Service)
	w := &e.load[e.week]
	w.minutes[from.Worker] -= minutes
	w.minutes[to.Worker] += minutes
	e.tasks[[2]int{from.Day, from.Worker}]--
	e.tasks[[2]int{to.Day, to.Worker}]++
	e.routes[m.from], e.routes[m.to] = m.a, m.b
	if m.days != nil {
		e.days[m.client] = m.days
	}
}
