package planner

import (
	"cmp"
	"fmt"
	"slices"
)

// Explain lists what the plan's visits leave out, a lapse or a debt an entry,
// each with the first reason of the list that fits and what would free it,
// found by trying the visit on every day of its window with everybody whose
// scope holds the resident. What the plan itself lists is not read. The result
// is ordered by due-by, then resident.
func Explain(p *Problem, plan *Plan) []Unplanned {
	e := newExplainer(p, plan)
	out := []Unplanned{}
	for i := range p.Residents {
		r := &p.Residents[i]
		rules, err := RulesFor(p, r)
		if err != nil {
			continue
		}
		days := e.visits[r.ID]
		lost := missingVisits(p, r, rules, days)
		if len(lost) == 0 {
			continue
		}
		c := e.resident(r, rules, days)
		for _, m := range lost {
			u := c.explain(m)
			u.Resident, u.DueBy, u.Owed = r.ID, m.due, m.owed
			for range m.count {
				out = append(out, u)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Unplanned) int {
		return cmp.Or(cmp.Compare(a.DueBy, b.DueBy), cmp.Compare(a.Resident, b.Resident), btoi(b.Owed)-btoi(a.Owed))
	})
	return out
}

type matrixRows struct {
	m    *Matrix
	rows map[string]int32
}

type explainer struct {
	p        *Problem
	visits   map[string][]Date
	scopes   map[string][]int // area code → visitors
	matrices map[[2]string]*matrixRows
	busy     map[shiftKey]*Itinerary
	perDay   map[visitorOn]int
	minutes  map[string]int
}

func newExplainer(p *Problem, plan *Plan) *explainer {
	e := &explainer{
		p: p, visits: plan.visitDays(), scopes: map[string][]int{}, matrices: map[[2]string]*matrixRows{},
		busy: map[shiftKey]*Itinerary{}, perDay: map[visitorOn]int{}, minutes: make(map[string]int, len(p.Residents)),
	}
	for i := range p.Residents {
		e.minutes[p.Residents[i].ID] = p.Residents[i].Minutes
	}
	index := make(map[string]int, len(p.Visitors))
	for i := range p.Visitors {
		index[p.Visitors[i].ID] = i
		for _, a := range p.Visitors[i].Scope {
			e.scopes[a] = append(e.scopes[a], i)
		}
	}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		v, ok := index[it.Visitor]
		if !ok {
			continue
		}
		d := int(it.Date - p.Start)
		e.perDay[visitorOn{v, d}] += len(it.Stops)
		for si, sh := range p.Visitors[v].Shifts {
			if sh.Weekday == it.Date.Weekday() && sh.From <= it.Depart && it.Depart < sh.To {
				e.busy[shiftKey{v, d, si}] = it
			}
		}
	}
	return e
}

func (e *explainer) matrix(block, mode string) *matrixRows {
	key := [2]string{block, modeOf(mode)}
	if m, ok := e.matrices[key]; ok {
		return m
	}
	var found *matrixRows
	for i := range e.p.Matrices {
		if m := &e.p.Matrices[i]; m.Block == block && modeOf(m.Mode) == key[1] {
			found = &matrixRows{m, make(map[string]int32, len(m.Locations))}
			for k, l := range m.Locations {
				found.rows[l] = int32(k)
			}
			break
		}
	}
	e.matrices[key] = found
	return found
}

// caller is a visitor in scope who can walk to the resident and back.
type caller struct {
	index      int
	v          *Visitor
	m          *matrixRows
	start, end int32 // rows; end -1: at the last door
	alone      int   // minutes of the visit with nothing else, walks included
	pref       int32
}

type explainedResident struct {
	*explainer
	r       *Resident
	rules   []Policy
	visits  []Date
	off     []DateRange
	inScope int
	row     bool // some matrix of the block holds the resident
	callers []caller
	free    []missing // what the rules leave undone even if everybody had time
	tried   bool
	moves   int // visits added to see where a lapse goes
}

func (e *explainer) resident(r *Resident, rules []Policy, visits []Date) *explainedResident {
	c := &explainedResident{explainer: e, r: r, rules: rules, visits: visits, off: pausedDays(rules, r.Absent)}
	var who []int
	for n := 1; n <= max(len(r.Grid), len(r.MicroGrid)); n++ {
		if n <= len(r.Grid) {
			who = append(who, e.scopes[r.Grid[:n]]...)
		}
		if n <= len(r.MicroGrid) && (n > len(r.Grid) || r.MicroGrid[:n] != r.Grid[:n]) {
			who = append(who, e.scopes[r.MicroGrid[:n]]...)
		}
	}
	slices.Sort(who)
	who = slices.Compact(who)
	c.inScope = len(who)
	for _, i := range who {
		v := &e.p.Visitors[i]
		m := e.matrix(r.Block, v.Mode)
		if m == nil {
			continue
		}
		to, ok := m.rows[r.ID]
		if !ok {
			continue
		}
		c.row = true
		start, ok := m.rows[v.ID]
		if !ok || m.m.Seconds[start][to] < 0 {
			continue
		}
		k := caller{index: i, v: v, m: m, start: start, end: -1, alone: r.Minutes + int(minutesOf(m.m.Seconds[start][to]))}
		if v.End != nil {
			k.end = start
			if *v.End != v.Start {
				if k.end, ok = m.rows[v.ID+":end"]; !ok {
					continue
				}
			}
			if m.m.Seconds[to][k.end] < 0 {
				continue
			}
			k.alone += int(minutesOf(m.m.Seconds[to][k.end]))
		}
		if !slices.Contains(r.Team, v.ID) {
			k.pref, _ = preferenceOf(v, r)
		}
		c.callers = append(c.callers, k)
	}
	return c
}

// mayAdd tells whether the rules allow one more visit on the day beside those
// planned.
func (c *explainedResident) mayAdd(d Date) bool {
	if inRanges(c.off, d) || slices.Contains(c.visits, d) {
		return false
	}
	return c.fitsPatterns(d, c.visits)
}

// fitsPatterns tells whether the week of d keeps to a pattern of every policy
// with the visits given and one on d.
func (c *explainedResident) fitsPatterns(d Date, visits []Date) bool {
	monday := d.WeekStart()
	for i := range c.rules {
		p := &c.rules[i]
		if len(p.Patterns) == 0 || !p.HoldsOn(d) {
			continue
		}
		masks := make([]int16, len(p.Patterns))
		for k, pat := range p.Patterns {
			for _, w := range pat {
				masks[k] |= 1 << w
			}
		}
		past := int16(0)
		for _, v := range c.r.History() {
			if v.WeekStart() == monday && p.HoldsOn(v) {
				past |= 1 << v.Weekday()
			}
		}
		if !fitsMask(masks, past) {
			past = 0
		}
		week := past | 1<<d.Weekday()
		for _, v := range visits {
			if v.WeekStart() == monday && p.HoldsOn(v) {
				week |= 1 << v.Weekday()
			}
		}
		if !fitsMask(masks, week) {
			return false
		}
	}
	return true
}

// impossible tells whether the visit is missing even where everybody has time
// every day.
func (c *explainedResident) impossible(m missing) bool {
	days := 0
	for d := max(m.first, c.p.Start); d <= m.due; d++ {
		if !inRanges(c.off, d) && c.fitsPatterns(d, nil) {
			days++
		}
	}
	if days < m.count {
		return true
	}
	if !c.tried {
		c.tried = true
		c.free = missingVisits(c.p, c.r, c.rules, idealDays(c.p, c.r, c.rules))
	}
	return slices.ContainsFunc(c.free, func(f missing) bool {
		return f.due == m.due && f.owed == m.owed && f.count >= m.count
	})
}

// idealDays returns the fewest days of visits that keep the rules as well as
// any calendar can.
func idealDays(p *Problem, r *Resident, rules []Policy) []Date {
	cal := newCalendar(calendarSpec{
		rules: rules, history: r.History(), absent: r.Absent, start: p.Start, days: p.Days,
		catchUp: int(p.CatchUpBy() - p.Start), weight: 1, count: true,
	})
	price := make([]int64, p.Days)
	for d := range price {
		price[d] = 1
	}
	picked, _, _ := cal.cheapest(price, nil, nil)
	days := make([]Date, len(picked))
	for i, d := range picked {
		days[i] = p.Start + Date(d)
	}
	return days
}

func (c *explainedResident) explain(m missing) Unplanned {
	from := max(m.first, c.p.Start)
	if countDays(from, m.due, c.off) == 0 {
		return Unplanned{Reason: ReasonAbsent, Detail: fmt.Sprintf("away or paused on every day from %s to %s", from, m.due)}
	}
	if c.impossible(m) {
		return Unplanned{Reason: ReasonRuleImpossible, Detail: fmt.Sprintf("the rules cannot all be kept from %s to %s, whoever has time: change the quota, the patterns or the day", from, m.due)}
	}
	if c.inScope == 0 {
		return Unplanned{Reason: ReasonNoVisitorInScope, Detail: fmt.Sprintf("no visitor has an area that holds grid %s", c.r.Grid)}
	}
	if len(c.callers) == 0 {
		d := fmt.Sprintf("none of the %d visitors in scope has a way to the door and back", c.inScope)
		if !c.row {
			d = fmt.Sprintf("the door has no travel times for any of the %d visitors in scope", c.inScope)
		}
		return Unplanned{Reason: ReasonUnreachable, Detail: d}
	}
	return c.explainTime(m, from)
}

// trial is the outcome of trying the visit in one shift.
type trial struct {
	c         *caller
	day       Date
	short     int  // minutes that the shift lacks
	full      bool // the visitor has all visits of the day
	elsewhere bool // the shift is spent in another block
}

func (t *trial) better(o *trial) bool {
	if o.c == nil {
		return true
	}
	return cmp.Or(btoi(t.elsewhere)-btoi(o.elsewhere), btoi(t.full)-btoi(o.full), t.short-o.short,
		int(t.c.pref-o.c.pref), int(t.day-o.day), t.c.index-o.c.index) < 0
}

// maxMoves bounds how far Explain follows a lapse that one more visit would
// only move.
const maxMoves = 6

// helps tells whether one more visit on the day would leave less undone; if
// not it would only move the lapse, and next is where to.
func (c *explainedResident) helps(m missing, day Date) (next missing, yes bool) {
	if m.owed {
		return next, true
	}
	before, after := 0, 0
	for _, x := range missingVisits(c.p, c.r, c.rules, c.visits) {
		before += x.count
	}
	for _, x := range missingVisits(c.p, c.r, c.rules, c.with(day)) {
		after += x.count
		if next.count == 0 && !x.owed && x.due >= m.due {
			next = x
		}
	}
	return next, after < before || next.count == 0 || c.moves >= maxMoves
}

// with returns the planned visits and one on the day.
func (c *explainedResident) with(day Date) []Date {
	at, _ := slices.BinarySearch(c.visits, day)
	return slices.Insert(slices.Clone(c.visits), at, day)
}

// nearest holds the trials that come nearest to a visit: with empty shifts,
// and as things stand.
type nearest struct{ empty, now trial }

// explainTime finds what stands in the way of a visit that somebody could
// make. Days on which it would free something come before those on which it
// would only move the lapse to the next window: of those the reason is what
// stands in the way there, unless nothing does.
func (c *explainedResident) explainTime(m missing, from Date) Unplanned {
	var freeing, moving nearest
	var next missing // where a visit on the day of moving.now or moving.empty leads
	for day := from; day <= m.due; day++ {
		if inRanges(c.off, day) {
			continue
		}
		may, asked := c.mayAdd(day), false
		near := &freeing
		for i := range c.callers {
			k := &c.callers[i]
			if slices.Contains(k.v.DaysOff, day) {
				continue
			}
			for si, sh := range k.v.Shifts {
				if sh.Weekday != day.Weekday() {
					continue
				}
				if may && !asked {
					asked = true
					if to, yes := c.helps(m, day); !yes {
						near = &moving
						if next.count == 0 {
							next = to
						}
					}
				}
				if t := (trial{c: k, day: day, short: k.alone - int(sh.To-sh.From)}); t.better(&near.empty) {
					near.empty = t
				}
				if !may || k.alone > int(sh.To-sh.From) {
					continue
				}
				t := c.try(k, day, si)
				if t.fits() && near == &freeing {
					return shortage(nearest{now: t})
				}
				if t.better(&near.now) {
					near.now = t
				}
			}
		}
	}
	switch {
	case freeing.empty.c != nil:
		return shortage(freeing)
	case moving.empty.c == nil:
		return Unplanned{Reason: ReasonNoVisitorWorking, Detail: fmt.Sprintf("none of the %d visitors in scope works from %s to %s", len(c.callers), from, m.due)}
	}
	day := moving.empty.day
	if moving.now.c != nil {
		day = moving.now.day
	}
	if to, yes := c.helps(m, day); !yes {
		next = to
	}
	then := *c
	then.visits, then.moves = c.with(day), c.moves+1
	u := then.explain(next)
	if u.Reason == ReasonSearchGap && !moving.now.fits() {
		return shortage(moving) // with this visit the rest could be made
	}
	if u.Reason != ReasonSearchGap {
		u.Detail = fmt.Sprintf("a visit on %s would only move the lapse to %s: %s", day, next.due, u.Detail)
	}
	return u
}

// fits tells whether the visit could be made as things stand.
func (t *trial) fits() bool { return t.c != nil && t.short <= 0 && !t.full && !t.elsewhere }

// shortage is the reason where somebody works: what the nearest shift lacks.
func shortage(n nearest) Unplanned {
	empty, now := &n.empty, &n.now
	switch {
	case now.fits():
		return Unplanned{
			Reason: ReasonSearchGap, Visitor: now.c.v.ID, Date: &now.day,
			Detail: fmt.Sprintf("visitor %s has time on %s; the search did not find it: run it longer", now.c.v.ID, now.day),
		}
	case empty.short > 0:
		return Unplanned{
			Reason: ReasonVisitTooLong, Visitor: empty.c.v.ID, Date: &empty.day, MinutesShort: empty.short,
			Detail: fmt.Sprintf("the visit and its walk take %d minutes, more than any shift has: the nearest lacks %d minutes (visitor %s on %s)", empty.c.alone, empty.short, empty.c.v.ID, empty.day),
		}
	case now.c == nil:
		return Unplanned{Reason: ReasonNoFreeTime, Detail: "on every day when somebody has time the resident is visited already or the allowed weekdays are used"}
	case now.elsewhere:
		return Unplanned{
			Reason: ReasonNoFreeTime, Visitor: now.c.v.ID, Date: &now.day, MinutesShort: now.c.alone,
			Detail: fmt.Sprintf("everybody in scope spends the shifts in other communities; %d minutes of visitor %s on %s would do", now.c.alone, now.c.v.ID, now.day),
		}
	case now.full:
		return Unplanned{
			Reason: ReasonNoFreeTime, Visitor: now.c.v.ID, Date: &now.day, MinutesShort: max(0, now.short),
			Detail: fmt.Sprintf("every visitor with time has the day's visits; one visit more for visitor %s on %s would do", now.c.v.ID, now.day),
		}
	}
	return Unplanned{
		Reason: ReasonNoFreeTime, Visitor: now.c.v.ID, Date: &now.day, MinutesShort: now.short,
		Detail: fmt.Sprintf("all shifts are full; %d more minutes for visitor %s on %s would do", now.short, now.c.v.ID, now.day),
	}
}

// try puts the visit at the best place of what the visitor does in the shift.
func (c *explainedResident) try(k *caller, day Date, shift int) trial {
	d := int(day - c.p.Start)
	sh := k.v.Shifts[shift]
	t := trial{c: k, day: day, short: k.alone - int(sh.To-sh.From)}
	t.full = k.v.Capacity > 0 && c.perDay[visitorOn{k.index, d}] >= k.v.Capacity
	it := c.busy[shiftKey{k.index, d, shift}]
	if it == nil {
		return t
	}
	if it.Block != "" && it.Block != c.r.Block {
		t.elsewhere = true
		return t
	}
	sec := k.m.m.Seconds
	places := []int32{k.start}
	total := c.r.Minutes
	for i := range it.Stops {
		row, ok := k.m.rows[it.Stops[i].Resident]
		if !ok {
			t.elsewhere = true
			return t
		}
		places = append(places, row)
		total += c.minutes[it.Stops[i].Resident]
	}
	if k.end >= 0 {
		places = append(places, k.end)
	}
	for i := 1; i < len(places); i++ {
		total += int(minutesOf(max(0, sec[places[i-1]][places[i]])))
	}
	at := k.m.rows[c.r.ID]
	best := -1
	for i, from := range places {
		if i == len(places)-1 && k.end >= 0 {
			break
		}
		if sec[from][at] < 0 {
			continue
		}
		add := int(minutesOf(sec[from][at]))
		if i+1 < len(places) {
			to := places[i+1]
			if sec[at][to] < 0 {
				continue
			}
			add += int(minutesOf(sec[at][to])) - int(minutesOf(max(0, sec[from][to])))
		}
		if best < 0 || total+add-int(sh.To-sh.From) < t.short {
			t.short = total + add - int(sh.To-sh.From)
			best = i
		}
	}
	if best < 0 {
		t.elsewhere = true // no way through the round
	}
	return t
}

// Binding says what keeps a block from meeting every window.
type Binding struct {
	Block    string         `json:"block"`
	Lapses   int            `json:"lapses"`
	Owed     int            `json:"owed"`      // debts not caught up in time
	Reason   Reason         `json:"reason"`    // the most frequent
	ByReason map[Reason]int `json:"by_reason"` // entries under unplanned
	// CareMinutes are what the missing visits would take at the doors.
	CareMinutes int `json:"care_minutes"`
	// ShiftMinutes are all working minutes, over the horizon, of the visitors
	// whose scope holds a resident of the block, UsedMinutes those of them
	// that itineraries take, in whatever block.
	ShiftMinutes int    `json:"shift_minutes"`
	UsedMinutes  int    `json:"used_minutes"`
	Detail       string `json:"detail"`
}

// Bind sums up which constraint binds in each block with something under
// plan.Unplanned, ordered by block.
func Bind(p *Problem, plan *Plan) []Binding {
	block := make(map[string]int, len(p.Residents))
	for i := range p.Residents {
		block[p.Residents[i].ID] = i
	}
	rows := map[string]*Binding{}
	for i := range plan.Unplanned {
		u := &plan.Unplanned[i]
		ri, ok := block[u.Resident]
		if !ok {
			continue
		}
		r := &p.Residents[ri]
		b := rows[r.Block]
		if b == nil {
			b = &Binding{Block: r.Block, ByReason: map[Reason]int{}}
			rows[r.Block] = b
		}
		if u.Owed {
			b.Owed++
		} else {
			b.Lapses++
		}
		b.ByReason[u.Reason]++
		b.CareMinutes += r.Minutes
	}
	if len(rows) == 0 {
		return []Binding{}
	}
	e := newExplainer(p, plan)
	used := map[int]int{}
	for key, it := range e.busy {
		if len(it.Stops) == 0 {
			continue
		}
		last := it.Stops[len(it.Stops)-1]
		used[key.visitor] += int(last.Leave-it.Depart) + (it.ReturnSeconds+59)/60
	}
	who := map[string]map[int]bool{}
	for i := range p.Residents {
		r := &p.Residents[i]
		if rows[r.Block] == nil {
			continue
		}
		if who[r.Block] == nil {
			who[r.Block] = map[int]bool{}
		}
		for n := 1; n <= len(r.Grid); n++ {
			for _, v := range e.scopes[r.Grid[:n]] {
				who[r.Block][v] = true
			}
		}
		for n := 1; n <= len(r.MicroGrid); n++ {
			for _, v := range e.scopes[r.MicroGrid[:n]] {
				who[r.Block][v] = true
			}
		}
	}
	work := map[int]int{}
	out := make([]Binding, 0, len(rows))
	for code, b := range rows {
		for v := range who[code] {
			if _, ok := work[v]; !ok {
				for d := range p.Days {
					work[v] += workMinutes(&p.Visitors[v], p.Start+Date(d))
				}
			}
			b.ShiftMinutes += work[v]
			b.UsedMinutes += used[v]
		}
		for _, r := range Reasons() {
			if b.ByReason[r] > b.ByReason[b.Reason] {
				b.Reason = r
			}
		}
		b.Detail = fmt.Sprintf("%d lapses and %d debts, mostly %s; %d visitors in scope have %d minutes and use %d; the missing visits take %d at the doors",
			b.Lapses, b.Owed, b.Reason, len(who[code]), b.ShiftMinutes, b.UsedMinutes, b.CareMinutes)
		out = append(out, *b)
	}
	slices.SortFunc(out, func(a, b Binding) int { return cmp.Compare(a.Block, b.Block) })
	return out
}
