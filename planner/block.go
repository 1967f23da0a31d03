package planner

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// setOutSeconds is the cost of an itinerary beyond its walk, so that a door is
// rather added to a colleague's round than given one of its own.
const setOutSeconds = 900

// sensibleHour is the time before which nobody is visited if the shift leaves
// room for it.
const sensibleHour Clock = 9 * 60

// block is one community with the visitors it can call on, and its rounds so
// far: days × slots of stops.
type block struct {
	p     *Problem
	code  string
	modes []blockMode
	doors []door
	vis   []walker
	// slots and rounds have the same shape: by day, a slot for each shift of a
	// working visitor, ordered by visitor.
	slots  [][]slot
	rounds [][]round
	first  [][]int32 // by day and walker: its first slot
	visits [][]int16 // by day and walker: visits so far
	groups [][]candidate

	price   []offer // by door and day
	stamp   []uint32
	stamps  uint32
	undo    []undoRound
	total   int64
	scratch []int64
	prices  []int64
	picked  []int
}

// blockMode is the matrix of one mode of travel with the places of the doors.
type blockMode struct {
	name    string
	seconds [][]int32
	doors   []int32 // by door: row, -1 if the matrix does not hold it
}

type door struct {
	r       *Resident
	rules   []Policy
	history []Date
	owed    bool
	weight  int64
	minutes int32
	team    []candidate
	group   int
	spec    calendarSpec
	cal     *calendar
	near    []int32 // other doors, nearest first
	visits  []visitAt
	base    int64 // cost of the calendar without prices
}

type visitAt struct{ day, slot int32 }

type candidate struct {
	walker int32
	pref   int32
}

type walker struct {
	v          *Visitor
	index      int // in the problem
	mode       int
	start, end int32 // rows; end -1: the day ends at the last door
	wide       bool
}

type slot struct {
	walker int32
	shift  int32
	length int32 // minutes
}

type round struct {
	stops            []int32 // doors
	minutes, seconds int32
}

type offer struct {
	cost  int64
	slot  int32
	pos   int32
	stamp uint32
}

type undoRound struct {
	day, slot int32
	old       round
	stamp     uint32
}

// shiftKey names a shift of a visitor on a day.
type shiftKey struct {
	visitor int
	day     int
	shift   int
}

// newBlock builds the block; may tells which shifts of visitors who work for
// other blocks as well are this block's.
func newBlock(s *solver, b int, may func(shiftKey) bool) *block {
	in := &s.blocks[b]
	p := s.p
	k := &block{p: p, code: in.code}
	for _, mi := range in.matrices {
		m := &p.Matrices[mi]
		bm := blockMode{name: modeOf(m.Mode), seconds: m.Seconds, doors: make([]int32, len(in.residents))}
		rows := make(map[string]int32, len(m.Locations))
		for i, l := range m.Locations {
			rows[l] = int32(i)
		}
		for i, ri := range in.residents {
			row, ok := rows[p.Residents[ri].ID]
			if !ok {
				row = -1
			}
			bm.doors[i] = row
		}
		k.modes = append(k.modes, bm)
		for _, vi := range in.visitors {
			v := &p.Visitors[vi]
			start, ok := rows[v.ID]
			if !ok || modeOf(v.Mode) != bm.name {
				continue
			}
			w := walker{v: v, index: vi, mode: len(k.modes) - 1, start: start, end: -1, wide: len(s.reach[vi]) > 1}
			if v.End != nil {
				w.end = start
				if *v.End != v.Start {
					if w.end, ok = rows[v.ID+":end"]; !ok {
						continue
					}
				}
			}
			k.vis = append(k.vis, w)
		}
	}
	slices.SortFunc(k.vis, func(a, b walker) int { return a.index - b.index })
	k.addSlots(may)
	k.addDoors(s, in.residents)
	k.price = make([]offer, len(k.doors)*p.Days)
	k.stamp = make([]uint32, p.Days)
	k.stamps = 1
	for d := range k.stamp {
		k.stamp[d] = 1
	}
	k.prices = make([]int64, p.Days)
	return k
}

func (k *block) addDoors(s *solver, residents []int) {
	p := k.p
	byID := make(map[string]int32, len(k.vis))
	for i := range k.vis {
		byID[k.vis[i].v.ID] = int32(i)
	}
	groups := map[string]int{}
	for _, ri := range residents {
		r := &p.Residents[ri]
		d := door{
			r: r, rules: s.rules[ri], history: r.History(), minutes: int32(r.Minutes),
			weight: ruleWeight(s.rules[ri], p.Start, p.End()),
		}
		d.owed = Owed(d.rules, d.history, r.Absent, p.Start)
		key := r.Grid + "|" + r.MicroGrid
		g, ok := groups[key]
		if !ok {
			g = len(k.groups)
			groups[key] = g
			var list []candidate
			for i := range k.vis {
				if pref, ok := preferenceOf(k.vis[i].v, r); ok {
					list = append(list, candidate{int32(i), pref})
				}
			}
			slices.SortStableFunc(list, func(a, b candidate) int { return int(a.pref - b.pref) })
			k.groups = append(k.groups, list)
		}
		d.group = g
		for _, id := range r.Team {
			i, ok := byID[id]
			if !ok || slices.ContainsFunc(d.team, func(c candidate) bool { return c.walker == i }) {
				continue
			}
			if _, in := preferenceOf(k.vis[i].v, r); in {
				d.team = append(d.team, candidate{i, 0})
			}
		}
		k.doors = append(k.doors, d)
	}
	extra := spareVisits(p, k.doors, k.served)
	by := int(p.CatchUpBy() - p.Start)
	for i := range k.doors {
		d := &k.doors[i]
		d.spec = calendarSpec{
			rules: d.rules, history: d.history, absent: d.r.Absent, start: p.Start, days: p.Days,
			catchUp: by, weight: d.weight, extra: extra[i],
		}
		d.cal = newCalendar(d.spec)
		k.neighbours(i)
	}
}

// neighbours lists the doors nearest to door i, by the first matrix that
// holds it, without those that cannot be reached.
func (k *block) neighbours(i int) {
	const most = 12
	for m := range k.modes {
		bm := &k.modes[m]
		row := bm.doors[i]
		if row < 0 {
			continue
		}
		type near struct {
			sec  int32
			door int32
		}
		var all []near
		for j := range bm.doors {
			if to := bm.doors[j]; j != i && to >= 0 {
				if sec := bm.seconds[row][to]; sec >= 0 {
					all = append(all, near{sec, int32(j)})
				}
			}
		}
		slices.SortFunc(all, func(a, b near) int {
			return cmp.Or(cmp.Compare(a.sec, b.sec), cmp.Compare(a.door, b.door))
		})
		for _, n := range all[:min(most, len(all))] {
			k.doors[i].near = append(k.doors[i].near, n.door)
		}
		return
	}
}

func (k *block) addSlots(may func(shiftKey) bool) {
	p := k.p
	k.slots = make([][]slot, p.Days)
	k.rounds = make([][]round, p.Days)
	k.first = make([][]int32, p.Days)
	k.visits = make([][]int16, p.Days)
	for d := range p.Days {
		day := p.Start + Date(d)
		wd := day.Weekday()
		k.first[d] = make([]int32, len(k.vis)+1)
		k.visits[d] = make([]int16, len(k.vis))
		for i := range k.vis {
			w := &k.vis[i]
			k.first[d][i] = int32(len(k.slots[d]))
			if slices.Contains(w.v.DaysOff, day) {
				continue
			}
			for si, sh := range w.v.Shifts {
				if sh.Weekday != wd || w.wide && !may(shiftKey{w.index, d, si}) {
					continue
				}
				k.slots[d] = append(k.slots[d], slot{int32(i), int32(si), int32(sh.To - sh.From)})
			}
		}
		k.first[d][len(k.vis)] = int32(len(k.slots[d]))
		k.rounds[d] = make([]round, len(k.slots[d]))
	}
}

// fit returns the cheapest place for the door in a round: seconds of walking
// and minutes added; false if there is none.
func (k *block) fit(d int, sl int32, i int) (pos int32, seconds int32, ok bool) {
	s := &k.slots[d][sl]
	w := &k.vis[s.walker]
	m := &k.modes[w.mode]
	at := m.doors[i]
	if at < 0 {
		return 0, 0, false
	}
	rd := &k.rounds[d][sl]
	if c := w.v.Capacity; c > 0 && int(k.visits[d][s.walker]) >= c {
		return 0, 0, false
	}
	room := s.length - rd.minutes - k.doors[i].minutes
	if room < 0 {
		return 0, 0, false
	}
	prev := w.start
	for q := 0; q <= len(rd.stops); q++ {
		next := w.end
		if q < len(rd.stops) {
			next = m.doors[rd.stops[q]]
		}
		in := m.seconds[prev][at]
		if in >= 0 {
			sec, mins := in, minutesOf(in)
			good := true
			if next >= 0 {
				out := m.seconds[at][next]
				good = out >= 0
				sec += out
				mins += minutesOf(out)
				if len(rd.stops) > 0 { // an edge goes away
					gone := m.seconds[prev][next]
					sec -= gone
					mins -= minutesOf(gone)
				}
			}
			if good && mins <= room && (!ok || sec < seconds) {
				pos, seconds, ok = int32(q), sec, true
			}
		}
		prev = next
	}
	return pos, seconds, ok
}

// quote finds the cheapest place for a visit to door i on day d.
func (k *block) quote(i, d int) *offer {
	o := &k.price[i*k.p.Days+d]
	if o.stamp == k.stamp[d] {
		return o
	}
	dr := &k.doors[i]
	*o = offer{cost: infinite, slot: -1, stamp: k.stamp[d]}
	care := int64(dr.minutes) * 60
	try := func(c candidate) {
		for sl := k.first[d][c.walker]; sl < k.first[d][c.walker+1]; sl++ {
			pos, sec, ok := k.fit(d, sl, i)
			if !ok {
				continue
			}
			cost := int64(sec) + care + int64(c.pref)*unitPreference
			if len(k.rounds[d][sl].stops) == 0 {
				cost += setOutSeconds
			}
			if cost < o.cost {
				o.cost, o.slot, o.pos = cost, sl, pos
			}
		}
	}
	for _, c := range dr.team {
		try(c)
	}
	if o.slot >= 0 {
		return o
	}
	pref := int32(-1)
	for _, c := range k.groups[dr.group] {
		if c.pref != pref {
			if o.slot >= 0 {
				break // no lower rank can be cheaper
			}
			pref = c.pref
		}
		try(c)
	}
	return o
}

func (k *block) prefOf(i int, walker int32) int32 {
	for _, c := range k.doors[i].team {
		if c.walker == walker {
			return 0
		}
	}
	for _, c := range k.groups[k.doors[i].group] {
		if c.walker == walker {
			return c.pref
		}
	}
	return 7
}

// setRound replaces the stops of a round and keeps what is needed to undo it.
func (k *block) setRound(d, sl int32, stops []int32) {
	s := &k.slots[d][sl]
	rd := &k.rounds[d][sl]
	k.undo = append(k.undo, undoRound{d, sl, *rd, k.stamp[d]})
	k.stamps++
	k.stamp[d] = k.stamps
	k.visits[d][s.walker] += int16(len(stops) - len(rd.stops))
	k.total -= k.roundCost(rd)
	*rd = k.timed(s.walker, stops)
	k.total += k.roundCost(rd)
}

func (k *block) timed(walker int32, stops []int32) round {
	rd := round{stops: stops}
	w := &k.vis[walker]
	m := &k.modes[w.mode]
	at := w.start
	for _, i := range stops {
		to := m.doors[i]
		sec := m.seconds[at][to]
		rd.seconds += sec
		rd.minutes += minutesOf(sec) + k.doors[i].minutes
		at = to
	}
	if len(stops) > 0 && w.end >= 0 {
		sec := m.seconds[at][w.end]
		rd.seconds += sec
		rd.minutes += minutesOf(sec)
	}
	return rd
}

func (k *block) roundCost(rd *round) int64 {
	if len(rd.stops) == 0 {
		return 0
	}
	return int64(rd.seconds) + setOutSeconds
}

// visitCost is what a visit costs beside its round.
func (k *block) visitCost(i int, walker int32) int64 {
	return int64(k.doors[i].minutes)*60 + int64(k.prefOf(i, walker))*unitPreference
}

// remove takes all visits of the door out. It returns the doors of rounds that
// no longer hang together without it: there is no way between its neighbours,
// or one that is longer than the way through the door.
func (k *block) remove(i int) (broken []int32) {
	dr := &k.doors[i]
	for _, v := range dr.visits {
		stops := k.rounds[v.day][v.slot].stops
		walker := k.slots[v.day][v.slot].walker
		q := slices.Index(stops, int32(i))
		left := make([]int32, 0, len(stops)-1)
		left = append(append(left, stops[:q]...), stops[q+1:]...)
		k.setRound(v.day, v.slot, left)
		k.total -= k.visitCost(i, walker)
		if !k.passable(walker, left) || k.rounds[v.day][v.slot].minutes > k.slots[v.day][v.slot].length {
			broken = append(broken, left...)
		}
	}
	k.total -= dr.base
	dr.visits, dr.base = nil, 0
	return broken
}

// insert puts the door on the cheapest days that its rules allow. With a
// source of chance it overlooks a day now and then (the blinks of Christiaens
// and Vanden Berghe 2020), so that what comes later finds room there.
func (k *block) insert(i int, rng *rand.Rand) {
	dr := &k.doors[i]
	for d := range k.prices {
		if rng != nil && rng.IntN(blink) == 0 {
			k.prices[d] = infinite
			continue
		}
		k.prices[d] = k.quote(i, d).cost
	}
	k.picked, dr.base, k.scratch = dr.cal.cheapest(k.prices, k.picked[:0], k.scratch)
	k.total += dr.base
	dr.visits = make([]visitAt, 0, len(k.picked))
	for _, d := range k.picked {
		o := k.price[i*k.p.Days+d]
		old := k.rounds[d][o.slot].stops
		stops := make([]int32, 0, len(old)+1)
		stops = append(append(append(stops, old[:o.pos]...), int32(i)), old[o.pos:]...)
		k.setRound(int32(d), o.slot, stops)
		k.total += k.visitCost(i, k.slots[d][o.slot].walker)
		dr.visits = append(dr.visits, visitAt{int32(d), o.slot})
	}
}

// construct inserts every door that has no visits, those with the strictest
// rules first.
func (k *block) construct() {
	order := make([]int, len(k.doors))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &k.doors[a], &k.doors[b]
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(btoi(y.owed), btoi(x.owed)), strings.Compare(x.r.ID, y.r.ID))
	})
	for _, i := range order {
		k.insert(i, nil)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// hot and cold are the ends of the annealing: seconds by which a worse plan is
// commonly accepted at first and at last. They are far below a step of
// preference, so that only time is ever given up for a while.
const (
	hot  = 1200.0
	cold = 20.0
	// blink is one in how many days is overlooked.
	blink = 20
)

// savedDoor is what a door needs to be put back.
type savedDoor struct {
	visits []visitAt
	base   int64
}

// search ruins and recreates: a few doors that lie close or share a day or a
// team lose all their visits and are put back one by one on their cheapest
// days; a worse result is accepted by annealing, the best one is what stays.
// It returns how often the best got better.
func (k *block) search(ctx context.Context, rng *rand.Rand, iterations int) (improved int, err error) {
	if len(k.doors) == 0 {
		return 0, nil
	}
	var (
		picked, order []int
		keep          []savedDoor
		best          = k.snapshot(nil)
		cool          = math.Pow(cold/hot, 1/float64(max(1, iterations)))
		heat          = hot
	)
	for it := range iterations {
		if it%16 == 0 {
			if err := ctx.Err(); err != nil {
				return improved, err
			}
		}
		heat *= cool
		k.undo = k.undo[:0]
		before := k.total
		keep, picked = keep[:0], k.choose(rng, picked[:0])
		for q := 0; q < len(picked); q++ { // may grow
			i := picked[q]
			keep = append(keep, savedDoor{k.doors[i].visits, k.doors[i].base})
			for _, j := range k.remove(i) {
				if !slices.Contains(picked, int(j)) {
					picked = append(picked, int(j))
				}
			}
		}
		order = append(order[:0], picked...)
		rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		if rng.IntN(2) == 0 {
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(k.doors[b].weight, k.doors[a].weight) })
		}
		eyes := rng
		if rng.IntN(2) == 0 {
			eyes = nil // open
		}
		for _, i := range order {
			k.insert(i, eyes)
		}
		if k.total > before+int64(heat*rng.ExpFloat64()) {
			k.rollback()
			k.total = before
			for j, i := range picked {
				k.doors[i].visits, k.doors[i].base = keep[j].visits, keep[j].base
			}
		} else if k.total < best.total {
			improved++
			best = k.snapshot(best)
		}
	}
	k.restore(best)
	return improved, nil
}

// snapshot holds a whole solution; stops and visits are shared, never changed
// in place.
type snapshot struct {
	total  int64
	rounds [][]round
	visits [][]int16
	doors  []savedDoor
}

func (k *block) snapshot(into *snapshot) *snapshot {
	if into == nil {
		into = &snapshot{rounds: make([][]round, len(k.rounds)), visits: make([][]int16, len(k.visits))}
	}
	into.total = k.total
	for d := range k.rounds {
		into.rounds[d] = append(into.rounds[d][:0], k.rounds[d]...)
		into.visits[d] = append(into.visits[d][:0], k.visits[d]...)
	}
	into.doors = into.doors[:0]
	for i := range k.doors {
		into.doors = append(into.doors, savedDoor{k.doors[i].visits, k.doors[i].base})
	}
	return into
}

func (k *block) restore(from *snapshot) {
	k.total = from.total
	for d := range k.rounds {
		copy(k.rounds[d], from.rounds[d])
		copy(k.visits[d], from.visits[d])
		k.stamps++
		k.stamp[d] = k.stamps
	}
	for i := range k.doors {
		k.doors[i].visits, k.doors[i].base = from.doors[i].visits, from.doors[i].base
	}
	k.undo = k.undo[:0]
}

// rollback restores the rounds as they were when undo was emptied.
func (k *block) rollback() {
	for j := len(k.undo) - 1; j >= 0; j-- {
		u := &k.undo[j]
		rd := &k.rounds[u.day][u.slot]
		k.visits[u.day][k.slots[u.day][u.slot].walker] += int16(len(u.old.stops) - len(rd.stops))
		*rd = u.old
		k.stamp[u.day] = u.stamp
	}
	k.undo = k.undo[:0]
}

// settle takes each door out and puts it back where it costs least by now,
// until nothing gets better: so no one is left out for whom there is room, and
// nobody sets out for a door that a colleague of the same rank passes.
func (k *block) settle() {
	const most = 5
	for range most {
		start := k.total
		for i := range k.doors {
			before := k.total
			k.undo = k.undo[:0]
			restore := k.reseat(i)
			if k.total >= before {
				restore()
				k.total = before
			}
		}
		if k.total == start {
			break
		}
	}
	k.undo = k.undo[:0]
}

// reseat takes a door out, and in turn those whose visits that upsets, and puts
// each back where it costs least by now. restore puts all as it was since undo
// was last emptied, but for the total.
func (k *block) reseat(door int) (restore func()) {
	picked := []int{door}
	var keep []savedDoor
	for q := 0; q < len(picked); q++ {
		keep = append(keep, savedDoor{k.doors[picked[q]].visits, k.doors[picked[q]].base})
		for _, j := range k.remove(picked[q]) {
			if !slices.Contains(picked, int(j)) {
				picked = append(picked, int(j))
			}
		}
	}
	for _, j := range picked {
		k.insert(j, nil)
	}
	return func() {
		k.rollback()
		for q, j := range picked {
			k.doors[j].visits, k.doors[j].base = keep[q].visits, keep[q].base
		}
	}
}

// choose picks the doors to ruin.
func (k *block) choose(rng *rand.Rand, out []int) []int {
	n := len(k.doors)
	size := 2 + rng.IntN(7)
	seed := rng.IntN(n)
	add := func(j int32) {
		if len(out) < size && !slices.Contains(out, int(j)) {
			out = append(out, int(j))
		}
	}
	add(int32(seed))
	// fromRound adds the doors of a round, from a random one on.
	fromRound := func(d, sl int32) {
		stops := k.rounds[d][sl].stops
		for q, off := 0, rng.IntN(max(1, len(stops))); q < len(stops); q++ {
			add(stops[(q+off)%len(stops)])
		}
	}
	switch how := rng.IntN(10); {
	case how < 4: // near the seed
		for _, j := range k.doors[seed].near {
			if rng.IntN(3) > 0 {
				add(j)
			}
		}
	case how < 6: // on a day of the seed, whoever walks
		if v := k.doors[seed].visits; len(v) > 0 {
			d := v[rng.IntN(len(v))].day
			for q, off := 0, rng.IntN(len(k.rounds[d])); q < len(k.rounds[d]) && len(out) < size; q++ {
				fromRound(d, int32((q+off)%len(k.rounds[d])))
			}
		}
	case how < 9: // walked by a visitor of the seed, on whatever day
		if v := k.doors[seed].visits; len(v) > 0 {
			x := v[rng.IntN(len(v))]
			w := k.slots[x.day][x.slot].walker
			for q, off := 0, rng.IntN(len(k.rounds)); q < len(k.rounds) && len(out) < size; q++ {
				d := (q + off) % len(k.rounds)
				for sl := k.first[d][w]; sl < k.first[d][w+1]; sl++ {
					fromRound(int32(d), sl)
				}
			}
		}
	}
	if len(out) == 1 {
		for range size - 1 {
			add(int32(rng.IntN(n)))
		}
	}
	return out
}

// polish moves each stop of each round to its best place in the order.
func (k *block) polish() {
	for d := range k.rounds {
		for sl := range k.rounds[d] {
			rd := &k.rounds[d][sl]
			if len(rd.stops) < 2 {
				continue
			}
			best := *rd
			for again := true; again; {
				again = false
				for a := range best.stops {
					for b := range best.stops {
						if a == b {
							continue
						}
						stops := slices.Clone(best.stops)
						x := stops[a]
						stops = slices.Delete(stops, a, a+1)
						stops = slices.Insert(stops, b, x)
						if !k.passable(k.slots[d][sl].walker, stops) {
							continue
						}
						if t := k.timed(k.slots[d][sl].walker, stops); t.seconds < best.seconds && t.minutes <= k.slots[d][sl].length {
							best, again = t, true
						}
					}
				}
			}
			if best.seconds < rd.seconds {
				k.setRound(int32(d), int32(sl), best.stops)
			}
		}
	}
	k.undo = k.undo[:0]
}

// passable tells whether there is a way along the whole round.
func (k *block) passable(walker int32, stops []int32) bool {
	w := &k.vis[walker]
	m := &k.modes[w.mode]
	at := w.start
	for _, i := range stops {
		to := m.doors[i]
		if to < 0 || m.seconds[at][to] < 0 {
			return false
		}
		at = to
	}
	return len(stops) == 0 || w.end < 0 || m.seconds[at][w.end] >= 0
}
