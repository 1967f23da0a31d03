package planner

import (
	"cmp"
	"fmt"
	"slices"
)

// Code says what is wrong in a plan. The list is closed; docs/planning.md
// describes each.
type Code string

// The codes of Check.
const (
	CodeWrongHorizon      Code = "wrong_horizon"         // the plan names other days than the problem
	CodeUnknownVisitor    Code = "unknown_visitor"       // no such visitor
	CodeUnknownResident   Code = "unknown_resident"      // no such resident
	CodeOutsideHorizon    Code = "outside_horizon"       // a day before start or after the last day
	CodeNoStops           Code = "no_stops"              // an itinerary that visits nobody
	CodeDayOff            Code = "day_off"               // the visitor is off
	CodeOutsideShift      Code = "outside_shift"         // departs outside every shift of the weekday
	CodeReturnLate        Code = "return_late"           // is back after the shift ends
	CodeShiftTwice        Code = "shift_twice"           // a second itinerary in one shift
	CodeNoMatrix          Code = "no_matrix"             // no matrix for the block and the visitor's mode
	CodeWrongBlock        Code = "wrong_block"           // the matrix of the block does not hold a place used
	CodeNoWay             Code = "no_way"                // the matrix has no way (-1)
	CodeOrder             Code = "order"                 // arrives before departing, or leaves before arriving
	CodeWalkTooShort      Code = "walk_too_short"        // less time between two places than the walk takes
	CodeWrongWalkSeconds  Code = "wrong_walk_seconds"    // walk_seconds or return_seconds is not the matrix's
	CodeVisitTooShort     Code = "visit_too_short"       // stays less than the resident's minutes
	CodeTwiceInADay       Code = "twice_in_a_day"        // a resident visited twice on a day
	CodeOutOfScope        Code = "out_of_scope"          // the visitor may not visit the resident
	CodeOverCapacity      Code = "over_capacity"         // more visits on a day than the visitor's capacity
	CodeAbsent            Code = "absent"                // the resident is away or paused
	CodePatternBroken     Code = "pattern_broken"        // the week's days lie in no allowed pattern
	CodeWrongDueBy        Code = "wrong_due_by"          // due_by of a stop is before the visit
	CodeUnknownReason     Code = "unknown_reason"        // a reason that is not on the list
	CodeLapseNotListed    Code = "lapse_not_listed"      // a lapse that is not under unplanned
	CodeListedButPlanned  Code = "listed_but_planned"    // an entry under unplanned that is no lapse
	CodeOwedNotListed     Code = "owed_not_listed"       // a debt not caught up that is not under unplanned
	CodeUnpolicedResident Code = "resident_has_no_rules" // no policy matches the resident
)

// Codes returns the closed list of codes.
func Codes() []Code {
	return []Code{
		CodeWrongHorizon, CodeUnknownVisitor, CodeUnknownResident, CodeOutsideHorizon, CodeNoStops, CodeDayOff,
		CodeOutsideShift, CodeReturnLate, CodeShiftTwice, CodeNoMatrix, CodeWrongBlock, CodeNoWay, CodeOrder,
		CodeWalkTooShort, CodeWrongWalkSeconds, CodeVisitTooShort, CodeTwiceInADay, CodeOutOfScope,
		CodeOverCapacity, CodeAbsent, CodePatternBroken, CodeWrongDueBy, CodeUnknownReason, CodeLapseNotListed,
		CodeListedButPlanned, CodeOwedNotListed, CodeUnpolicedResident,
	}
}

// Violation is one finding of Check.
type Violation struct {
	Code     Code   `json:"code"`
	Visitor  string `json:"visitor,omitempty"`
	Resident string `json:"resident,omitempty"`
	Date     *Date  `json:"date,omitempty"`
	Detail   string `json:"detail"`
}

type checker struct {
	p         *Problem
	residents map[string]*Resident
	visitors  map[string]*Visitor
	matrices  map[[2]string]*Matrix
	places    map[*Matrix]map[string]int
	visits    map[string][]Date // by resident
	perDay    map[visitorDay]int
	shifts    map[shiftUse]bool
	out       []Violation
}

type visitorDay struct {
	visitor string
	day     Date
}

type shiftUse struct {
	visitorDay
	shift int
}

// Check returns every way in which the plan breaks the problem; none means
// that the plan can be walked as written and that it hides no lapse. It knows
// nothing of the solver: it has its own arithmetic and takes due dates from
// Windows. The problem must be valid. The result is sorted by day, visitor,
// resident and code.
func Check(p *Problem, plan *Plan) []Violation {
	c := &checker{
		p:         p,
		residents: make(map[string]*Resident, len(p.Residents)),
		visitors:  make(map[string]*Visitor, len(p.Visitors)),
		matrices:  make(map[[2]string]*Matrix, len(p.Matrices)),
		places:    map[*Matrix]map[string]int{},
		visits:    map[string][]Date{},
		perDay:    map[visitorDay]int{},
		shifts:    map[shiftUse]bool{},
	}
	for i := range p.Residents {
		c.residents[p.Residents[i].ID] = &p.Residents[i]
	}
	for i := range p.Visitors {
		c.visitors[p.Visitors[i].ID] = &p.Visitors[i]
	}
	for i := range p.Matrices {
		m := &p.Matrices[i]
		c.matrices[[2]string{m.Block, modeOf(m.Mode)}] = m
	}
	if plan.Days != 0 && (plan.Start != p.Start || plan.Days != p.Days) {
		c.add(CodeWrongHorizon, "", "", nil, "the plan is for %d days from %s, the problem for %d days from %s", plan.Days, plan.Start, p.Days, p.Start)
	}
	for i := range plan.Itineraries {
		c.itinerary(&plan.Itineraries[i])
	}
	for k, n := range c.perDay {
		if v := c.visitors[k.visitor]; v.Capacity > 0 && n > v.Capacity {
			c.add(CodeOverCapacity, k.visitor, "", &k.day, "%d visits, capacity is %d", n, v.Capacity)
		}
	}
	for i := range p.Residents {
		c.calendar(&p.Residents[i])
	}
	c.unplanned(plan.Unplanned)
	slices.SortFunc(c.out, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(dateOr0(a.Date), dateOr0(b.Date)), cmp.Compare(a.Visitor, b.Visitor),
			cmp.Compare(a.Resident, b.Resident), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Detail, b.Detail))
	})
	return c.out
}

func dateOr0(d *Date) Date {
	if d == nil {
		return 0
	}
	return *d
}

func (c *checker) add(code Code, visitor, resident string, day *Date, format string, a ...any) {
	v := Violation{Code: code, Visitor: visitor, Resident: resident, Detail: fmt.Sprintf(format, a...)}
	if day != nil {
		d := *day
		v.Date = &d
	}
	c.out = append(c.out, v)
}

func (c *checker) place(m *Matrix, name string) int {
	idx := c.places[m]
	if idx == nil {
		idx = make(map[string]int, len(m.Locations))
		for i, l := range m.Locations {
			idx[l] = i
		}
		c.places[m] = idx
	}
	if i, ok := idx[name]; ok && i < len(m.Seconds) {
		return i
	}
	return -1
}

// seconds returns the travel time and reports what is wrong with it; ok tells
// whether there is one.
func (c *checker) seconds(m *Matrix, it *Itinerary, resident, from, to string) (int, bool) {
	i, j := c.place(m, from), c.place(m, to)
	for k, name := range [2]string{from, to} {
		if [2]int{i, j}[k] < 0 {
			c.add(CodeWrongBlock, it.Visitor, resident, &it.Date, "the matrix of block %q does not hold %q", m.Block, name)
		}
	}
	if i < 0 || j < 0 || j >= len(m.Seconds[i]) {
		return 0, false
	}
	s := int(m.Seconds[i][j])
	if s < 0 {
		c.add(CodeNoWay, it.Visitor, resident, &it.Date, "no way from %q to %q", from, to)
		return 0, false
	}
	return s, true
}

func (c *checker) itinerary(it *Itinerary) {
	day := it.Date
	if day < c.p.Start || day > c.p.End() {
		c.add(CodeOutsideHorizon, it.Visitor, "", &day, "the horizon is %s to %s", c.p.Start, c.p.End())
	}
	if len(it.Stops) == 0 {
		c.add(CodeNoStops, it.Visitor, "", &day, "the itinerary visits nobody")
	}
	v := c.visitors[it.Visitor]
	if v == nil {
		c.add(CodeUnknownVisitor, it.Visitor, "", &day, "the problem has no such visitor")
	}
	block := it.Block
	if block == "" && v != nil {
		block = c.blockOf(it, v)
	}
	for i := range it.Stops {
		s := &it.Stops[i]
		r := c.residents[s.Resident]
		if r == nil {
			c.add(CodeUnknownResident, it.Visitor, s.Resident, &day, "the problem has no such resident")
			continue
		}
		c.stop(it, v, r, s)
	}
	if v == nil {
		return
	}
	if slices.Contains(v.DaysOff, day) {
		c.add(CodeDayOff, v.ID, "", &day, "the visitor is off")
	}
	end := c.walk(it, v, block)
	c.shift(it, v, end)
}

// blockOf finds the block of an itinerary that names none: that of its first
// resident, or else the first whose matrix holds all places.
func (c *checker) blockOf(it *Itinerary, v *Visitor) string {
	holdsAll := func(m *Matrix) bool {
		if m == nil || c.place(m, v.ID) < 0 {
			return false
		}
		for i := range it.Stops {
			if c.place(m, it.Stops[i].Resident) < 0 {
				return false
			}
		}
		return true
	}
	own := ""
	for i := range it.Stops {
		if r := c.residents[it.Stops[i].Resident]; r != nil {
			own = r.Block
			break
		}
	}
	if holdsAll(c.matrices[[2]string{own, modeOf(v.Mode)}]) {
		return own
	}
	for i := range c.p.Matrices {
		if m := &c.p.Matrices[i]; modeOf(m.Mode) == modeOf(v.Mode) && holdsAll(m) {
			return m.Block
		}
	}
	return own
}

func (c *checker) stop(it *Itinerary, v *Visitor, r *Resident, s *Stop) {
	day := it.Date
	c.visits[r.ID] = append(c.visits[r.ID], day)
	c.perDay[visitorDay{it.Visitor, day}]++
	if v == nil {
		delete(c.perDay, visitorDay{it.Visitor, day})
	} else {
		may := false
		for _, area := range v.Scope {
			may = may || r.In(area)
		}
		if !may {
			c.add(CodeOutOfScope, v.ID, r.ID, &day, "grid %q is in no area of the visitor", r.Grid)
		}
	}
	switch {
	case s.Leave < s.Arrive:
		c.add(CodeOrder, it.Visitor, r.ID, &day, "leaves at %s, before arriving at %s", s.Leave, s.Arrive)
	case int(s.Leave-s.Arrive) < r.Minutes:
		c.add(CodeVisitTooShort, it.Visitor, r.ID, &day, "stays %d minutes of %d", s.Leave-s.Arrive, r.Minutes)
	}
	if s.DueBy != 0 && s.DueBy < day {
		c.add(CodeWrongDueBy, it.Visitor, r.ID, &day, "visited after due_by %s", s.DueBy)
	}
}

// walk checks the times between the places and returns the minute at which
// the visitor is back, as the matrix has it where it can tell.
func (c *checker) walk(it *Itinerary, v *Visitor, block string) Clock {
	day := it.Date
	m := c.matrices[[2]string{block, modeOf(v.Mode)}]
	if m == nil {
		c.add(CodeNoMatrix, v.ID, "", &day, "block %q has no matrix for mode %q", block, modeOf(v.Mode))
	}
	from, at := v.ID, it.Depart
	for i := range it.Stops {
		s := &it.Stops[i]
		if s.Arrive < at {
			c.add(CodeOrder, v.ID, s.Resident, &day, "arrives at %s, before leaving the place before at %s", s.Arrive, at)
		}
		if m != nil && c.residents[s.Resident] != nil {
			if sec, ok := c.seconds(m, it, s.Resident, from, s.Resident); ok {
				if s.WalkSeconds != sec {
					c.add(CodeWrongWalkSeconds, v.ID, s.Resident, &day, "walk_seconds is %d, the matrix has %d", s.WalkSeconds, sec)
				}
				if s.Arrive >= at && int(s.Arrive-at)*60 < sec {
					c.add(CodeWalkTooShort, v.ID, s.Resident, &day, "%d minutes for a walk of %d seconds", s.Arrive-at, sec)
				}
			}
		}
		from, at = s.Resident, s.Leave
	}
	back := it.ReturnSeconds
	switch {
	case v.End == nil:
		if back != 0 {
			c.add(CodeWrongWalkSeconds, v.ID, "", &day, "return_seconds is %d, but the day ends at the last door", back)
		}
		back = 0
	case m != nil && c.residents[from] != nil:
		to := v.ID
		if *v.End != v.Start {
			to = v.ID + ":end"
		}
		if sec, ok := c.seconds(m, it, "", from, to); ok {
			if back != sec {
				c.add(CodeWrongWalkSeconds, v.ID, "", &day, "return_seconds is %d, the matrix has %d", back, sec)
			}
			back = sec
		}
	}
	return at + Clock((max(0, back)+59)/60)
}

func (c *checker) shift(it *Itinerary, v *Visitor, end Clock) {
	day := it.Date
	for i, s := range v.Shifts {
		if s.Weekday != day.Weekday() || it.Depart < s.From || it.Depart >= s.To {
			continue
		}
		if end > s.To {
			c.add(CodeReturnLate, v.ID, "", &day, "is done at %s, the shift ends at %s", end, s.To)
		}
		use := shiftUse{visitorDay{v.ID, day}, i}
		if c.shifts[use] {
			c.add(CodeShiftTwice, v.ID, "", &day, "a second itinerary in the shift from %s to %s", s.From, s.To)
		}
		c.shifts[use] = true
		return
	}
	c.add(CodeOutsideShift, v.ID, "", &day, "departs at %s, outside every shift of weekday %d", it.Depart, day.Weekday())
}

// calendar checks the days of one resident's visits.
func (c *checker) calendar(r *Resident) {
	days := c.visits[r.ID]
	slices.Sort(days)
	for i, d := range days {
		if i > 0 && days[i-1] == d && (i == 1 || days[i-2] != d) {
			c.add(CodeTwiceInADay, "", r.ID, &d, "visited more than once on one day")
		}
	}
	days = slices.Compact(days)
	c.visits[r.ID] = days
	rules, err := RulesFor(c.p, r)
	if err != nil {
		c.add(CodeUnpolicedResident, "", r.ID, nil, "%v", err)
		return
	}
	off := pausedDays(rules, r.Absent)
	for _, d := range days {
		if inRanges(off, d) {
			c.add(CodeAbsent, "", r.ID, &d, "the resident is away or the rules are paused")
		}
	}
	before := r.History()
	for k := range rules {
		if pats := rules[k].Patterns; len(pats) > 0 {
			c.patterns(r, &rules[k], before, days)
		}
	}
}

func (c *checker) patterns(r *Resident, p *Policy, before, days []Date) {
	fits := func(week []Date) bool {
		for _, pat := range p.Patterns {
			ok := true
			for _, d := range week {
				ok = ok && slices.Contains(pat, d.Weekday())
			}
			if ok {
				return true
			}
		}
		return false
	}
	for i := 0; i < len(days); {
		monday := days[i].WeekStart()
		var week, past []Date
		for ; i < len(days) && days[i].WeekStart() == monday; i++ {
			if p.HoldsOn(days[i]) {
				week = append(week, days[i])
			}
		}
		for _, d := range before {
			if d.WeekStart() == monday && p.HoldsOn(d) {
				past = append(past, d)
			}
		}
		if !fits(past) {
			past = nil // broken before the plan began
		}
		if len(week) > 0 && !fits(append(past, week...)) {
			c.add(CodePatternBroken, "", r.ID, &week[0], "the days of the week from %s lie in no allowed pattern of %s", monday, p.Label())
		}
	}
}

// unplanned compares what the plan lists with what its visits leave out.
func (c *checker) unplanned(list []Unplanned) {
	type key struct {
		resident string
		due      Date
		owed     bool
	}
	listed := map[key]int{}
	for i := range list {
		u := &list[i]
		if c.residents[u.Resident] == nil {
			c.add(CodeUnknownResident, "", u.Resident, &u.DueBy, "under unplanned: the problem has no such resident")
			continue
		}
		if !u.Reason.Valid() {
			c.add(CodeUnknownReason, "", u.Resident, &u.DueBy, "reason %q is not on the list", u.Reason)
		}
		listed[key{u.Resident, u.DueBy, u.Owed}]++
	}
	for i := range c.p.Residents {
		r := &c.p.Residents[i]
		rules, err := RulesFor(c.p, r)
		if err != nil {
			continue
		}
		for _, m := range missingVisits(c.p, r, rules, c.visits[r.ID]) {
			k := key{r.ID, m.due, m.owed}
			if plain := (key{r.ID, m.due, false}); m.owed && listed[k] == 0 && listed[plain] > 0 {
				k = plain // the contract has no field for it; lapses of that day are behind us
			}
			if n := listed[k]; n < m.count {
				code := CodeLapseNotListed
				if m.owed {
					code = CodeOwedNotListed
				}
				c.add(code, "", r.ID, &m.due, "%d missing, %d listed under unplanned", m.count, n)
				delete(listed, k)
			} else if listed[k] -= m.count; listed[k] == 0 {
				delete(listed, k)
			}
		}
	}
	for k, n := range listed {
		c.add(CodeListedButPlanned, "", k.resident, &k.due, "%d listed under unplanned too many", n)
	}
}
