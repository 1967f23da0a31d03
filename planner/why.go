package planner

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"sanse/planner/internal/english"
)

// Ask names a planned visit: the care visit of Resident, or Task, on Date.
type Ask struct {
	Resident string
	Task     string
	Date     Date
}

// Answer says why a plan has a visit on that day and by that visitor.
type Answer struct {
	Resident string   `json:"resident"`       // empty for a task with a place of its own
	Task     string   `json:"task,omitempty"` // empty: a care visit
	Date     Date     `json:"date"`
	Visitors []string `json:"visitors"` // two where two must come
	Arrive   Clock    `json:"arrive"`
	Made     bool     `json:"made,omitempty"`   // it is done, nothing can change it
	Locked   bool     `json:"locked,omitempty"` // the problem says so
	// LockedBy is when it begins at the latest for that; 0: the day alone is locked.
	LockedBy Clock `json:"locked_by,omitempty"`
	// Windows are those that the visit meets, Owed tells that it clears a debt.
	Windows []AnsweredWindow `json:"windows"`
	Owed    bool             `json:"owed,omitempty"`
	// GradeSince is the day from which the resident has another grade, where nobody has
	// been there since.
	GradeSince *Date `json:"grade_since,omitempty"`
	// Without lists what would lapse or stay owed without it.
	Without []Loss `json:"without"`
	// Here is the visit as planned: what it adds to the way.
	Here Choice `json:"here"`
	// Near is the stop of the same walk that is nearest, NearSeconds the way
	// between; empty where the visitor sets out for this visit alone.
	Near        string `json:"near,omitempty"`
	NearSeconds int    `json:"near_seconds,omitempty"`
	// Days holds the other days of the windows, each with whom it would cost
	// least, OtherVisitors everybody else of the scope or the team on Date.
	Days          []Choice `json:"days"`
	OtherVisitors []Choice `json:"other_visitors"`
	Text          string   `json:"text"` // all this in English, in short
}

// AnsweredWindow is a window that a visit falls in.
type AnsweredWindow struct {
	Rule  string `json:"rule"` // its label
	First Date   `json:"first"`
	Last  Date   `json:"last"` // the due-by
	Need  int    `json:"need"`
	Met   int    `json:"met"` // with this visit
}

// Loss is what would be missing.
type Loss struct {
	DueBy Date `json:"due_by"`
	Owed  bool `json:"owed,omitempty"`
	Count int  `json:"count"`
}

// Choice is a visitor and a day on which a visit could be made, with what that
// costs, or what forbids it.
type Choice struct {
	Date    Date   `json:"date"`
	Visitor string `json:"visitor,omitempty"`
	// Reason forbids the choice, Detail says how in English; empty: it can be.
	Reason       Reason `json:"reason,omitempty"`
	Detail       string `json:"detail,omitempty"`
	MinutesShort int    `json:"minutes_short,omitempty"`
	// WalkSeconds is what the visit adds to the visitor's way, SetsOut tells
	// that the visitor would walk for it alone, Steps how far the visitor is
	// from the resident's own team (Cost.Preference).
	WalkSeconds int  `json:"walk_seconds"`
	SetsOut     bool `json:"sets_out,omitempty"`
	Steps       int  `json:"steps"`
	// Lapses is by how many visits more would be missing than in the plan.
	Lapses int `json:"lapses,omitempty"`
}

// ErrNotPlanned is wrapped by Why where the plan has no such visit.
var ErrNotPlanned = errors.New("the plan has no such visit")

// Why answers why a visit of the plan is on that day and by that visitor: which
// windows it meets, what would be missing without it, and for each other day of
// the windows and each other visitor of that day what it would cost more or
// what forbids it, all found by taking the visit out and trying it there. The
// error wraps ErrNotPlanned where the plan has no such visit.
func Why(p *Problem, plan *Plan, ask Ask) (Answer, error) {
	id := jobID(ask.Resident, ask.Task)
	w := whyer{p: p}
	left := w.takeOut(plan, id, ask.Date)
	if w.it == nil {
		return Answer{}, fmt.Errorf("visit of %q on %s: %w", id, ask.Date, ErrNotPlanned)
	}
	full, err := newExplainer(p, plan)
	if err != nil {
		return Answer{}, fmt.Errorf("visit of %q on %s: %w", id, ask.Date, err)
	}
	n, ok := full.byID[id]
	if !ok {
		return Answer{}, fmt.Errorf("visit of %q on %s: the problem knows nobody of that id", id, ask.Date)
	}
	e, err := newExplainer(p, left)
	if err != nil {
		return Answer{}, fmt.Errorf("visit of %q on %s: %w", id, ask.Date, err)
	}
	w.visits, w.c = full.days[n], e.job(n)
	// What is made stays in e, but the question is what it is good for.
	w.c.visits = slices.DeleteFunc(slices.Clone(w.visits), func(d Date) bool { return d == ask.Date })
	w.missing = count(w.c.j.missing(p, w.visits))
	return w.answer(ask.Date), nil
}

// whyer answers one question.
type whyer struct {
	p       *Problem
	it      *Itinerary // that holds the visit; the first of two
	stop    int
	who     []string
	c       *explainedJob // with the visit taken out
	visits  []Date        // with the visit
	missing int
}

// takeOut returns the plan without the visit and keeps where it was.
func (w *whyer) takeOut(plan *Plan, id string, day Date) *Plan {
	left := *plan
	left.Itineraries = slices.Clone(plan.Itineraries)
	for i := range left.Itineraries {
		it := &left.Itineraries[i]
		if it.Date != day {
			continue
		}
		k := slices.IndexFunc(it.Stops, func(s Stop) bool { return jobID(s.Resident, s.Task) == id })
		if k < 0 {
			continue
		}
		if w.it == nil {
			w.it, w.stop = &plan.Itineraries[i], k
		}
		w.who = append(w.who, it.Visitor)
		it.Stops = slices.Delete(slices.Clone(it.Stops), k, k+1)
	}
	return &left
}

func count(lost []missing) int {
	n := 0
	for _, m := range lost {
		n += m.count
	}
	return n
}

// newGrade is since when the grade of a resident is another one, if nobody has been
// there since; nil otherwise.
func (w *whyer) newGrade(id string) *Date {
	for i := range w.p.Residents {
		if r := &w.p.Residents[i]; r.ID == id {
			if _, since, fresh := r.NewGrade(); fresh {
				return &since
			}
		}
	}
	return nil
}

func (w *whyer) answer(day Date) Answer {
	j := w.c.j
	a := Answer{
		Date: day, Visitors: w.who, Arrive: w.it.Stops[w.stop].Arrive,
		Windows: []AnsweredWindow{}, Without: []Loss{}, Days: []Choice{}, OtherVisitors: []Choice{},
	}
	a.Resident, a.Task = w.p.names(j)
	a.Made = slices.ContainsFunc(w.p.Made, func(m Made) bool { return jobID(m.Resident, m.Task) == j.id && m.Date == day })
	a.Locked = slices.ContainsFunc(w.p.Locks, func(l Lock) bool { return jobID(l.Resident, l.Task) == j.id && l.Date == day })
	a.LockedBy = Clock(w.c.by[lockedVisit{j.id, day}])
	a.Owed = j.owed && len(w.visits) > 0 && w.visits[0] == day
	if a.Task == "" {
		a.GradeSince = w.newGrade(a.Resident)
	}
	first, last := day, day
	for _, win := range Windows(j.rules, slices.Concat(j.history, w.visits), j.absent, w.p.Start, w.p.End()) {
		if win.State == WindowOwed || day < win.First || day > win.Last || win.Need == 0 {
			continue
		}
		a.Windows = append(a.Windows, AnsweredWindow{Rule: j.rules[win.Rule].Label(), First: win.First, Last: win.Last, Need: win.Need, Met: win.Met})
		if len(a.Windows) == 1 { // the first to close
			last = win.Last
		}
		first = min(first, win.First)
	}
	if a.Owed {
		first, last = w.p.Start, max(last, w.p.CatchUpBy())
	}
	before := j.missing(w.p, w.visits)
	for _, m := range j.missing(w.p, w.c.visits) {
		for _, b := range before {
			if b.due == m.due && b.owed == m.owed {
				m.count -= b.count
			}
		}
		if m.count > 0 {
			a.Without = append(a.Without, Loss{DueBy: m.due, Owed: m.owed, Count: m.count})
		}
	}
	w.here(&a)
	if !a.Made {
		today := w.c.today()
		for d := max(first, w.p.Start, today); d <= min(last, w.p.End()); d++ {
			if d != day {
				a.Days = append(a.Days, w.day(d))
			}
		}
		w.others(&a)
	}
	a.Text = a.text()
	return a
}

// here fills what the visit costs where it is.
func (w *whyer) here(a *Answer) {
	j, it := w.c.j, w.it
	a.Here = Choice{Date: a.Date, Visitor: it.Visitor, SetsOut: len(it.Stops) == 1}
	v, ok := w.c.visitor[it.Visitor]
	if !ok {
		return
	}
	who := &w.p.Visitors[v]
	pref, _ := j.may(who)
	a.Here.Steps = int(pref)
	m := w.c.matrix(it.Block, who.Mode, a.Date)
	if m == nil {
		return
	}
	t := travel{m.m, w.p.slowPercent(who.Mode, a.Date)}
	at, ok := m.rows[j.place]
	if !ok {
		return
	}
	row := func(k int) (int32, bool) { // of stop k
		n, ok := w.c.byID[jobID(it.Stops[k].Resident, it.Stops[k].Task)]
		if !ok {
			return 0, false
		}
		r, ok := m.rows[w.c.jobs[n].place]
		return r, ok
	}
	near := func(k int, sec int32) {
		if sec >= 0 && (a.Near == "" || int(sec) < a.NearSeconds) {
			a.Near, a.NearSeconds = jobID(it.Stops[k].Resident, it.Stops[k].Task), int(sec)
		}
	}
	prev, okPrev := m.rows[who.ID]
	if w.stop > 0 {
		if prev, okPrev = row(w.stop - 1); okPrev {
			near(w.stop-1, t.seconds(prev, at))
		}
	}
	next, okNext := int32(0), false
	switch {
	case w.stop+1 < len(it.Stops):
		if next, okNext = row(w.stop + 1); okNext {
			near(w.stop+1, t.seconds(at, next))
		}
	case who.End != nil:
		next, okNext = m.rows[who.endPlace()]
	}
	a.Here.WalkSeconds = it.Stops[w.stop].WalkSeconds
	if okNext {
		a.Here.WalkSeconds += int(max(0, t.seconds(at, next)))
		if okPrev && !a.Here.SetsOut {
			a.Here.WalkSeconds -= int(max(0, t.seconds(prev, next)))
		}
	}
}

// lapses is by how many visits more would be missing with the visit on the day.
func (w *whyer) lapses(day Date) int {
	return count(w.c.j.missing(w.p, w.c.with(day))) - w.missing
}

// day finds whom the visit would cost least on another day, or what forbids it.
func (w *whyer) day(day Date) Choice {
	c := w.c
	out := Choice{Date: day}
	switch {
	case inRanges(c.off, day):
		out.Reason, out.Detail = ReasonAbsent, "away or paused"
	case slices.Contains(c.visits, day):
		out.Reason, out.Detail = ReasonRuleImpossible, "planned on that day already"
	case !c.fitsPatterns(day, c.visits):
		out.Reason, out.Detail = ReasonRuleImpossible, "not an allowed weekday"
	case len(c.able) == 0 && len(c.scope) == 0:
		out.Reason, out.Detail = ReasonNoVisitorInScope, "nobody has the area"
	case len(c.able) == 0:
		out.Reason, out.Detail = ReasonSkillMissing, "nobody who has the area "+c.j.needs.wanted()
	case len(c.callersOn(day)) == 0:
		out.Reason, out.Detail = ReasonUnreachable, "no way"
	}
	if out.Reason != "" {
		return out
	}
	best := Choice{Reason: ReasonNoFreeTime}
	n := c.empty(day)
	callers := c.callersOn(day)
	open := c.hoursOn(c.j, day)
	two := c.j.needs.people() > 1
	var offers []offered
	if two {
		offers = c.offers(callers, day, open)
	}
	for i := range callers {
		for _, o := range whenOthers(two, open, offers, callers[i].index) {
			if x := w.visitor(&callers[i], day, o.spans); x.Reason == "" && (best.Reason != "" || x.cheaper(&best)) {
				best = x
			}
		}
	}
	if best.Reason == "" {
		best.Lapses = w.lapses(day)
		return best
	}
	t := c.stands(day)
	switch {
	case !n.works:
		out.Reason, out.Detail = ReasonNoVisitorWorking, "nobody who may come works"
	case !n.opens:
		out.Reason, out.Detail = ReasonWindowClosed, "the door is closed while they work"
	case two && !n.pairs:
		out.Reason, out.Detail = ReasonNoSecondVisitor, "no two work at the same time"
	case t.c == nil:
		u := lack(gathered{empty: n.best})
		out.Reason, out.Visitor, out.MinutesShort = ReasonVisitTooLong, u.Visitor, u.MinutesShort
		out.Detail = fmt.Sprintf("no shift is long enough: %s short", english.Count(u.MinutesShort, "minute", "minutes"))
	default:
		u := lack(gathered{now: *t})
		out.Reason, out.Visitor, out.MinutesShort = u.Reason, u.Visitor, u.MinutesShort
		out.Detail = full(t)
	}
	return out
}

// full says in English in which way a shift is full.
func full(t *trial) string {
	switch {
	case t.elsewhere:
		return "in another community"
	case t.shut:
		return "no time while the door is open"
	case t.full:
		return "has the day's visits"
	}
	return fmt.Sprintf("full, %s short", english.Count(t.short, "minute", "minutes"))
}

// cheaper orders choices that can be as Cost does.
func (x *Choice) cheaper(y *Choice) bool { return x.cost(y) < 0 }

func (x *Choice) cost(y *Choice) int {
	out := func(c *Choice) int { return c.WalkSeconds + setOutSeconds*btoi(c.SetsOut) }
	return cmp.Or(cmp.Compare(x.Lapses, y.Lapses), cmp.Compare(x.Steps, y.Steps), cmp.Compare(out(x), out(y)), cmp.Compare(x.Visitor, y.Visitor))
}

// visitor finds what the visit would cost a caller on a day, or what forbids it.
func (w *whyer) visitor(k *caller, day Date, open []span) Choice {
	c := w.c
	out := Choice{Date: day, Visitor: k.v.ID, Steps: int(k.pref), Reason: ReasonNoVisitorWorking, Detail: "does not work"}
	var near trial
	opens, long := false, 0
	left := c.shifts(k.index, day)
	for q := range left {
		s := &left[q]
		f, _, ok := c.solo(k, s, day, int32(c.j.minutes), open)
		if !ok || !s.meets(open) {
			continue
		}
		opens = true
		if f.short > 0 {
			if long == 0 || int(f.short) < long {
				long = int(f.short)
			}
			continue
		}
		t, f := c.try(k, s, day, open)
		if !t.fits() {
			if t.better(&near) {
				near = t
			}
			continue
		}
		x := Choice{Date: day, Visitor: k.v.ID, Steps: int(k.pref), WalkSeconds: int(f.walk), SetsOut: s.it == nil || len(s.it.Stops) == 0}
		if out.Reason != "" || x.cheaper(&out) {
			out = x
		}
	}
	switch {
	case out.Reason == "" || len(left) == 0:
	case !opens:
		out.Reason, out.Detail = ReasonWindowClosed, "the door is closed then"
	case near.c != nil:
		out.Reason, out.Detail, out.MinutesShort = ReasonNoFreeTime, full(&near), max(0, near.short)
	default:
		out.Reason, out.Detail, out.MinutesShort = ReasonVisitTooLong, fmt.Sprintf("the shift is %s short", english.Count(long, "minute", "minutes")), long
	}
	return out
}

// others tries everybody else of the scope or the team on the day.
func (w *whyer) others(a *Answer) {
	c := w.c
	who := slices.Clone(c.scope)
	for _, id := range slices.Concat(c.j.needs.Prefer, c.j.team) {
		if v, ok := c.visitor[id]; ok && !slices.Contains(who, v) {
			who = append(who, v)
		}
	}
	open := c.hoursOn(c.j, a.Date)
	if c.j.needs.people() > 1 { // the other of the two stays
		open = []span{{int32(a.Arrive), int32(a.Arrive)}}
	}
	for _, v := range who {
		id := w.p.Visitors[v].ID
		if slices.Contains(w.who, id) {
			continue
		}
		x := Choice{Date: a.Date, Visitor: id}
		k, _, way := c.caller(c.j, v, a.Date)
		pref, may := c.j.may(&w.p.Visitors[v])
		_, in := c.j.inScope(&w.p.Visitors[v])
		switch {
		case !in:
			x.Reason, x.Detail = ReasonNoVisitorInScope, "has another area"
		case !may:
			x.Reason, x.Detail = ReasonSkillMissing, "is not one who "+c.j.needs.wanted()
		case !way:
			x.Reason, x.Detail = ReasonUnreachable, "has no way to the door and back"
		default:
			k.pref = pref
			x = w.visitor(&k, a.Date, open)
		}
		a.OtherVisitors = append(a.OtherVisitors, x)
	}
	slices.SortStableFunc(a.OtherVisitors, func(x, y Choice) int {
		return cmp.Or(btoi(x.Reason != "")-btoi(y.Reason != ""), x.cost(&y))
	})
}
