package planner

import (
	"cmp"
	"fmt"

	"sanse/planner/internal/english"
)

// trial is the outcome of trying the visit in one shift.
type trial struct {
	c         *caller
	with      *caller // of two who must come, the other; nil where nobody else can
	day       Date
	alone     int  // minutes of the visit with nothing else, ways included
	short     int  // minutes that the shift lacks
	full      bool // the visitor has all visits of the day
	elsewhere bool // the shift is spent in another block
	shut      bool // no time is left while the doors are open
}

func (t *trial) better(o *trial) bool {
	if o.c == nil {
		return true
	}
	return cmp.Or(btoi(t.elsewhere)-btoi(o.elsewhere), btoi(t.shut)-btoi(o.shut), btoi(t.full)-btoi(o.full),
		max(0, t.short)-max(0, o.short), int(t.c.pref-o.c.pref), int(t.day-o.day), t.c.index-o.c.index) < 0
}

// fits tells whether the visit could be made as things stand.
func (t *trial) fits() bool { return t.c != nil && t.short <= 0 && !t.full && !t.elsewhere && !t.shut }

// nearest says of a day what comes nearest with empty shifts. Each flag holds
// for somebody who may come and has a way.
type nearest struct {
	works bool // has a shift, or what is left of it
	opens bool // and the door is open in it when they can be there
	pairs bool // and another one has a shift at the same time, where two must come
	best  trial
}

// startRow is where the caller is when the shift begins; false where the
// matrix does not know the place.
func (c *caller) startRow(s *openShift) (int32, bool) {
	if s.start == "" {
		return c.start, true
	}
	row, ok := c.m.rows[s.start]
	return row, ok
}

// solo puts the visit alone into a shift: when it could begin, how many
// minutes it takes with the ways and how many the shift lacks. False where there
// is no way from where the caller is, or no open door.
func (e *explainer) solo(c *caller, s *openShift, day Date, minutes int32, open []span) (f fitting, takes int, ok bool) {
	start, ok := c.startRow(s)
	if !ok {
		return f, 0, false
	}
	t := e.travel(c, day)
	in, out := t.minutes(start, c.at), int32(0)
	if in < 0 {
		return f, 0, false
	}
	f.walk = t.seconds(start, c.at)
	if c.end >= 0 {
		out = t.minutes(c.at, c.end)
		f.walk += t.seconds(c.at, c.end)
	}
	takes = int(in + minutes + out)
	if f.begin, ok = firstIn(open, s.from+in); !ok {
		return f, takes, false
	}
	f.short = f.begin + minutes + out - s.to
	f.latest, _ = lastIn(open, s.to-out-minutes)
	return f, takes, true
}

// soloSpans returns when the visit could begin alone in a shift.
func soloSpans(f fitting, open []span) []span {
	var out []span
	for _, s := range open {
		if from, to := max(s.from, f.begin), min(s.to, f.latest); from <= to {
			out = append(out, span{from, to})
		}
	}
	return out
}

// offer is a time at which a caller can be there.
type offered struct {
	c     *caller
	spans []span
}

// whenOthers returns the times at which a visit may begin for a caller: those
// of the door, or, where two must come, for each of the others those at which
// that one can be there.
func whenOthers(two bool, open []span, offers []offered, index int) []offered {
	if !two {
		return []offered{{nil, open}}
	}
	const most = 12 // colleagues tried
	var out []offered
	for i := range offers {
		if offers[i].c.index != index && len(out) < most {
			out = append(out, offers[i])
		}
	}
	return out
}

// empty finds what comes nearest on the day if all shifts were empty.
func (c *explainedJob) empty(day Date) *nearest {
	if n, ok := c.alone[day]; ok {
		return n
	}
	n := &nearest{}
	c.alone[day] = n
	callers := c.callersOn(day)
	open := c.hoursOn(c.j, day)
	minutes := int32(c.j.minutes)
	two := c.j.needs.people() > 1
	var offers []offered
	var shifts []offered
	for i := range callers {
		k := &callers[i]
		left := c.shifts(k.index, day)
		for q := range left {
			s := &left[q]
			n.works = true
			f, takes, ok := c.solo(k, s, day, minutes, open)
			if !ok || !s.meets(open) {
				continue
			}
			n.opens = true
			t := trial{c: k, day: day, alone: takes, short: int(f.short)}
			if !two {
				if t.better(&n.best) {
					n.best = t
				}
				continue
			}
			shifts = append(shifts, offered{k, []span{{s.from, s.to}}})
			if f.short <= 0 {
				offers = append(offers, offered{k, soloSpans(f, open)})
			}
		}
	}
	if !two {
		return n
	}
	for i := range shifts {
		for q := range shifts[:i] {
			a, b := shifts[i].spans[0], shifts[q].spans[0]
			n.pairs = n.pairs || shifts[i].c.index != shifts[q].c.index && max(a.from, b.from) < min(a.to, b.to)
		}
	}
	for i := range callers {
		k := &callers[i]
		left := c.shifts(k.index, day)
		for q := range left {
			for _, o := range whenOthers(two, open, offers, k.index) {
				f, takes, ok := c.solo(k, &left[q], day, minutes, o.spans)
				if !ok || !left[q].meets(o.spans) {
					continue
				}
				if t := (trial{c: k, with: o.c, day: day, alone: takes, short: int(f.short)}); t.better(&n.best) {
					n.best = t
				}
			}
		}
	}
	if n.best.c == nil { // nobody fits even alone
		for i := range callers {
			left := c.shifts(callers[i].index, day)
			for q := range left {
				if f, takes, ok := c.solo(&callers[i], &left[q], day, minutes, open); ok {
					if t := (trial{c: &callers[i], day: day, alone: takes, short: int(f.short)}); t.better(&n.best) {
						n.best = t
					}
				}
			}
		}
	}
	return n
}

// try puts the visit at the best place of what the caller does in the shift,
// at one of the times in open.
func (c *explainedJob) try(k *caller, s *openShift, day Date, open []span) (t trial, f fitting) {
	t = trial{c: k, day: day}
	t.full = k.v.Capacity > 0 && c.perDay[visitorOn{k.index, int(day - c.p.Start)}] >= k.v.Capacity
	f, takes, ok := c.solo(k, s, day, int32(c.j.minutes), open)
	t.alone, t.short, t.shut = takes, int(f.short), !ok
	if s.it == nil || !ok {
		return t, f
	}
	r := c.round(k, s, day, c.j.block, -1)
	if r == nil {
		t.elsewhere = true
		return t, f
	}
	f, ok = r.best(k.at, int32(c.j.minutes), open)
	t.short, t.shut = int(f.short), !ok
	return t, f
}

// spans returns when the visit could begin in the shift as things stand.
func (c *explainedJob) spans(k *caller, s *openShift, day Date, open []span) []span {
	if k.v.Capacity > 0 && c.perDay[visitorOn{k.index, int(day - c.p.Start)}] >= k.v.Capacity {
		return nil
	}
	minutes := int32(c.j.minutes)
	if s.it == nil {
		f, _, ok := c.solo(k, s, day, minutes, open)
		if !ok || f.short > 0 {
			return nil
		}
		return soloSpans(f, open)
	}
	r := c.round(k, s, day, c.j.block, -1)
	if r == nil {
		return nil
	}
	return r.begins(k.at, minutes, open)
}

// offers returns which callers could be there on the day, and when, at one of
// the times in open.
func (c *explainedJob) offers(callers []caller, day Date, open []span) []offered {
	var out []offered
	for i := range callers {
		left := c.shifts(callers[i].index, day)
		for q := range left {
			if s := c.spans(&callers[i], &left[q], day, open); len(s) > 0 {
				out = append(out, offered{&callers[i], s})
			}
		}
	}
	return out
}

// stands finds what comes nearest to the visit on the day as things stand; its
// caller is nil where nobody could come even with an empty shift.
func (c *explainedJob) stands(day Date) *trial {
	if t, ok := c.asIs[day]; ok {
		return t
	}
	best := &trial{}
	c.asIs[day] = best
	callers := c.callersOn(day)
	open := c.hoursOn(c.j, day)
	two := c.j.needs.people() > 1
	var offers []offered
	if two {
		offers = c.offers(callers, day, open)
	}
	for i := range callers {
		k := &callers[i]
		left := c.shifts(k.index, day)
		for q := range left {
			s := &left[q]
			if f, _, ok := c.solo(k, s, day, int32(c.j.minutes), open); !ok || f.short > 0 {
				continue
			}
			when := whenOthers(two, open, offers, k.index)
			for _, o := range when {
				t, _ := c.try(k, s, day, o.spans)
				t.with = o.c
				if t.better(best) {
					*best = t
				}
				if best.fits() && best.c.pref == 0 {
					return best
				}
			}
			if two && len(when) == 0 { // the second is what is missing
				t, _ := c.try(k, s, day, open)
				t.shut = t.shut || t.fits()
				if t.better(best) {
					*best = t
				}
			}
		}
	}
	return best
}

// explainTime finds what stands in the way of a visit that somebody could
// make. Days on which it would free something come before those on which it
// would only move the lapse to the next window: of those the reason is what
// stands in the way there, unless nothing does.
func (c *explainedJob) explainTime(m missing, from Date) Unplanned {
	var freeing, moving gathered
	var next missing // where a visit on the day of moving leads
	works, opens, pairs := false, false, c.j.needs.people() < 2
	for day := from; day <= m.due; day++ {
		if inRanges(c.off, day) {
			continue
		}
		n := c.empty(day)
		works, opens, pairs = works || n.works, opens || n.opens, pairs || n.pairs
		if n.best.c == nil {
			continue
		}
		near := &freeing
		may := c.mayAdd(day)
		if may {
			if to, yes := c.helps(m, day); !yes {
				near = &moving
				if next.count == 0 {
					next = to
				}
			}
		}
		if n.best.better(&near.empty) {
			near.empty = n.best
		}
		if !may || n.best.short > 0 {
			continue
		}
		t := c.stands(day)
		if t.fits() && near == &freeing {
			return lack(gathered{now: *t})
		}
		if t.c != nil && t.better(&near.now) {
			near.now = *t
		}
	}
	var u Unplanned
	switch {
	case !works && from > m.due:
		u = Unplanned{Reason: ReasonNoVisitorWorking, Detail: fmt.Sprintf("the window was over on %s, before this plan begins", m.due)}
	case !works:
		u = Unplanned{Reason: ReasonNoVisitorWorking, Detail: c.nobodyWorks(from, m.due)}
	case !opens:
		u = Unplanned{Reason: ReasonWindowClosed, Detail: fmt.Sprintf("the door opens at no time from %s to %s when anybody who may come (%s) works and can be there", from, m.due, english.Count(len(c.able), "visitor", "visitors"))}
	case !pairs:
		u = Unplanned{Reason: ReasonNoSecondVisitor, Detail: fmt.Sprintf("two must come, and no two of those who may come (%s) work at the same time from %s to %s", english.Count(len(c.able), "visitor", "visitors"), from, m.due)}
	case freeing.empty.c != nil:
		u = lack(freeing)
	default:
		return c.explainMove(m, from, &moving, next)
	}
	u.Mends = c.mends(m, from)
	return u
}

// nobodyWorks says that nobody of those who may come works from one day to
// another, or that those who do have no way to the door.
func (c *explainedJob) nobodyWorks(from, to Date) string {
	for day := from; day <= to; day++ {
		if len(c.callersOn(day)) < len(c.able) {
			return fmt.Sprintf("nobody who may come (%s) works from %s to %s and has a way to the door and back", english.Count(len(c.able), "visitor", "visitors"), from, to)
		}
	}
	return fmt.Sprintf("nobody who may come (%s) works from %s to %s", english.Count(len(c.able), "visitor", "visitors"), from, to)
}

// gathered holds the trials of several days that come nearest to a visit: with
// empty shifts, and as things stand.
type gathered struct{ empty, now trial }

// explainMove says what stands in the way where one more visit would only move
// the lapse to the next window.
func (c *explainedJob) explainMove(m missing, from Date, moving *gathered, next missing) Unplanned {
	day := moving.empty.day
	if moving.now.c != nil {
		day = moving.now.day
	}
	if to, yes := c.helps(m, day); !yes {
		next = to
	}
	then := *c
	then.visits, then.moves, then.undone = c.with(day), c.moves+1, -1
	u := then.explain(next)
	switch {
	case u.Reason == ReasonSearchGap && !moving.now.fits(): // with this visit the rest could be made
		u = lack(*moving)
		u.Mends = c.mends(m, from)
	case u.Reason != ReasonSearchGap:
		u.Detail = fmt.Sprintf("a visit on %s would only move the lapse to %s: %s", day, next.due, u.Detail)
		if !moving.now.fits() {
			u.Mends = nil // they would have to be two
		}
	}
	return u
}

// lack is the reason where somebody works: what the nearest shift lacks.
func lack(n gathered) Unplanned {
	empty, now := &n.empty, &n.now
	switch {
	case now.fits():
		u := Unplanned{
			Reason: ReasonSearchGap, Visitor: now.c.v.ID, Date: &now.day,
			Detail: fmt.Sprintf("visitor %s has time on %s, but the search did not find it: plan again with more time", now.c.v.ID, now.day),
		}
		if now.with != nil {
			u.Detail = fmt.Sprintf("visitors %s and %s have time on %s, but the search did not find it: plan again with more time", now.c.v.ID, now.with.v.ID, now.day)
		}
		return u
	case empty.short > 0:
		return Unplanned{
			Reason: ReasonVisitTooLong, Visitor: empty.c.v.ID, Date: &empty.day, MinutesShort: empty.short,
			Detail: fmt.Sprintf("the visit and its walk take %s, more than any shift has: the nearest lacks %s (visitor %s on %s)", english.Count(empty.alone, "minute", "minutes"), english.Count(empty.short, "minute", "minutes"), empty.c.v.ID, empty.day),
		}
	case now.c == nil:
		return Unplanned{Reason: ReasonNoFreeTime, Detail: "on every day when somebody has time the visit of the day is planned already or the allowed weekdays are used"}
	case now.elsewhere:
		return Unplanned{
			Reason: ReasonNoFreeTime, Visitor: now.c.v.ID, Date: &now.day, MinutesShort: now.alone,
			Detail: fmt.Sprintf("everybody in scope spends the shifts in other communities; %s of visitor %s on %s would do", english.Count(now.alone, "minute", "minutes"), now.c.v.ID, now.day),
		}
	case now.shut:
		return Unplanned{
			Reason: ReasonNoFreeTime, Visitor: now.c.v.ID, Date: &now.day, MinutesShort: now.alone,
			Detail: fmt.Sprintf("nobody has time while the doors are open and all who must come are there; the nearest is visitor %s on %s", now.c.v.ID, now.day),
		}
	case now.full:
		return Unplanned{
			Reason: ReasonNoFreeTime, Visitor: now.c.v.ID, Date: &now.day, MinutesShort: max(0, now.short),
			Detail: fmt.Sprintf("every visitor with time has the day's visits; one visit more for visitor %s on %s would do", now.c.v.ID, now.day),
		}
	}
	return Unplanned{
		Reason: ReasonNoFreeTime, Visitor: now.c.v.ID, Date: &now.day, MinutesShort: now.short,
		Detail: fmt.Sprintf("all shifts are full; %s for visitor %s on %s would do", english.Count(now.short, "more minute", "more minutes"), now.c.v.ID, now.day),
	}
}
