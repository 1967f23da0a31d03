package planner

import (
	"cmp"
	"fmt"
	"slices"

	"sanse/planner/internal/english"
)

// The size of a mend is counted in minutes that somebody must give, so that
// mends of different kinds can be ordered: more minutes in a shift or at the
// door count as they are, the rest as follows.
const (
	visitsEffort = 15  // one more visit on a day
	tierEffort   = 30  // somebody from elsewhere
	laterEffort  = 60  // each day late
	skillEffort  = 480 // a day of training
)

// maxMends is how many are told, maxMendMinutes how many minutes are still a
// small change.
const (
	maxMends       = 3
	maxMendMinutes = 240
)

// String says the mend in English.
func (m Mend) String() string {
	day := ""
	if m.Date != nil {
		day = m.Date.String()
	}
	switch m.Kind {
	case MendMinutes:
		return fmt.Sprintf("%s for visitor %s on %s", english.Count(m.Minutes, "more minute", "more minutes"), m.Visitor, day)
	case MendVisits:
		return fmt.Sprintf("one more visit for visitor %s on %s", m.Visitor, day)
	case MendTier:
		return fmt.Sprintf("visitor %s, who has another area and has time on %s", m.Visitor, day)
	case MendLater:
		return fmt.Sprintf("late: on %s, when visitor %s has time", day, m.Visitor)
	case MendHours:
		at := ""
		if m.At != nil {
			at = m.At.String()
		}
		return fmt.Sprintf("the door open at %s on %s, when visitor %s has time", at, day, m.Visitor)
	case MendSkill:
		return fmt.Sprintf("visitor %s, who has time on %s, with the skill %s", m.Visitor, day, m.Skill)
	}
	return string(m.Kind)
}

// mendTrial is a mend that was found, with what orders it.
type mendTrial struct {
	Mend
	effort, pref, index int
}

// mender collects the smallest mend of each kind.
type mender struct {
	c    *explainedJob
	best []mendTrial
}

func (w *mender) add(kind MendKind, k *caller, day Date, effort, pref int, set func(*Mend)) {
	t := mendTrial{Mend: Mend{Kind: kind, Visitor: k.v.ID, Date: &day}, effort: effort, pref: pref, index: k.index}
	if set != nil {
		set(&t.Mend)
	}
	for i := range w.best {
		b := &w.best[i]
		if b.Kind != kind {
			continue
		}
		if cmp.Or(cmp.Compare(t.effort, b.effort), cmp.Compare(t.pref, b.pref), cmp.Compare(*t.Date, *b.Date), cmp.Compare(t.index, b.index)) < 0 {
			*b = t
		}
		return
	}
	w.best = append(w.best, t)
}

// beats tells whether a mend of the kind would be kept.
func (w *mender) beats(kind MendKind, effort, pref int) bool {
	for i := range w.best {
		if b := &w.best[i]; b.Kind == kind {
			return cmp.Or(cmp.Compare(effort, b.effort), cmp.Compare(pref, b.pref)) < 0
		}
	}
	return true
}

// mends returns the smallest changes of which each alone would free the visit,
// at most one of a kind. Each was tried: with the change there is a time and a
// place for the visit in a shift beside all that is planned, and one visit less
// is missing then.
func (c *explainedJob) mends(m missing, from Date) []Mend {
	w := &mender{c: c}
	for day := from; day <= m.due; day++ {
		if !c.mayAdd(day) {
			continue
		}
		if _, yes := c.helps(m, day); !yes {
			continue
		}
		w.own(day)
		w.strangers(day)
	}
	w.later(m, from)
	kinds := MendKinds()
	slices.SortFunc(w.best, func(a, b mendTrial) int {
		return cmp.Or(cmp.Compare(a.effort, b.effort), cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)))
	})
	var out []Mend
	for _, t := range w.best[:min(maxMends, len(w.best))] {
		out = append(out, t.Mend)
	}
	return out
}

// own tries what those who may come would need on the day: more minutes, one
// more visit, a door that is open.
func (w *mender) own(day Date) {
	c := w.c
	callers := c.callersOn(day)
	open := c.hoursOn(c.j, day)
	two := c.j.needs.people() > 1
	hours := len(c.j.needs.Hours) > 0
	var offers, offersAny []offered
	if two {
		offers = c.offers(callers, day, open)
		if hours {
			offersAny = c.offers(callers, day, anyTime)
		}
	}
	for i := range callers {
		k := &callers[i]
		left := c.shifts(k.index, day)
		for q := range left {
			s := &left[q]
			for _, o := range whenOthers(two, open, offers, k.index) {
				t, _ := c.try(k, s, day, o.spans)
				switch {
				case t.elsewhere || t.shut:
				case t.full && t.short <= 0:
					w.add(MendVisits, k, day, visitsEffort, int(k.pref), nil)
				case !t.full && t.short > 0 && t.short <= min(int(s.room), maxMendMinutes) && w.beats(MendMinutes, t.short, int(k.pref)+1):
					w.add(MendMinutes, k, day, t.short, int(k.pref), func(m *Mend) { m.Minutes = t.short })
				}
			}
			if !hours {
				continue
			}
			for _, o := range whenOthers(two, anyTime, offersAny, k.index) {
				w.hours(k, s, day, open, o.spans)
			}
		}
	}
}

// hours tries the visit at a time when the door is closed.
func (w *mender) hours(k *caller, s *openShift, day Date, open, when []span) {
	for _, f := range w.c.spans(k, s, day, when) {
		off, at := away(f, open)
		if off <= 0 || off > maxMendMinutes || !w.beats(MendHours, off, int(k.pref)+1) {
			continue
		}
		w.add(MendHours, k, day, off, int(k.pref), func(m *Mend) {
			clock := Clock(at)
			m.Minutes, m.At = off, &clock
		})
	}
}

// away returns by how many minutes the nearest time of a span is outside open,
// and that time; a door that is closed all day is as far as it can be opened.
func away(f span, open []span) (off int, at int32) {
	if len(open) == 0 {
		return maxMendMinutes, f.from
	}
	off = -1
	for _, s := range open {
		d, t := int32(0), max(f.from, s.from)
		switch {
		case f.to < s.from:
			d, t = s.from-f.to, f.to
		case f.from > s.to:
			d, t = f.from-s.to, f.from
		}
		if off < 0 || int(d) < off {
			off, at = int(d), t
		}
	}
	return off, at
}

// strangers tries those who have time on the day but may not come: they have
// another area, or lack one skill.
func (w *mender) strangers(day Date) {
	c := w.c
	if !w.beats(MendTier, tierEffort, 0) && !w.beats(MendSkill, skillEffort, 0) {
		return
	}
	open := c.hoursOn(c.j, day)
	two := c.j.needs.people() > 1
	var offers []offered
	if two {
		offers = c.offers(c.callersOn(day), day, open)
	}
	for _, v := range c.nearby(c.j.block, day) {
		if _, able := slices.BinarySearch(c.able, v); able {
			continue
		}
		who := &c.p.Visitors[v]
		kind, skill, ok := c.lacks(v)
		if !ok {
			continue
		}
		effort, pref := tierEffort, c.distance(who)
		if kind == MendSkill {
			effort = skillEffort
		}
		if !w.beats(kind, effort, pref) {
			continue
		}
		k, _, ok := c.caller(c.j, v, day)
		if !ok {
			continue
		}
		left := c.shifts(v, day)
		for q := range left {
			for _, o := range whenOthers(two, open, offers, v) {
				if t, _ := c.try(&k, &left[q], day, o.spans); t.fits() {
					w.add(kind, &k, day, effort, pref, func(m *Mend) { m.Skill = skill })
				}
			}
		}
	}
}

// lacks tells what one thing keeps a visitor from coming: the area, or one
// skill; false if it is more.
func (c *explainedJob) lacks(v int) (kind MendKind, skill string, ok bool) {
	who := &c.p.Visitors[v]
	n := c.j.needs
	if len(n.VisitorKinds) > 0 && !slices.Contains(n.VisitorKinds, who.Kind) {
		return "", "", false
	}
	for _, s := range n.Skills {
		if slices.Contains(who.Skills, s) {
			continue
		}
		if skill != "" {
			return "", "", false
		}
		skill = s
	}
	_, in := slices.BinarySearch(c.scope, v)
	switch {
	case in && skill != "":
		return MendSkill, skill, true
	case !in && skill == "":
		return MendTier, "", true
	}
	return "", "", false
}

// distance ranks visitors from elsewhere: those whose area is near by code come
// first, then those of the lower tier.
func (c *explainedJob) distance(v *Visitor) int {
	common := 0
	for _, a := range v.Scope {
		n := 0
		for n < min(len(a), len(c.j.grid)) && a[n] == c.j.grid[n] {
			n++
		}
		common = max(common, n)
	}
	return (99-min(99, common))*10 + int(v.Tier)
}

// later looks for the first day after the due-by, and before the next visit,
// when somebody has time.
func (w *mender) later(m missing, from Date) {
	c := w.c
	end := c.p.End()
	if i, _ := slices.BinarySearch(c.visits, m.due+1); i < len(c.visits) {
		end = c.visits[i] - 1
	}
	for day := max(m.due+1, from); day <= end; day++ {
		if !c.mayAdd(day) {
			continue
		}
		if t := c.stands(day); t.fits() {
			w.add(MendLater, t.c, day, laterEffort*int(day-m.due), int(t.c.pref), nil)
			return
		}
	}
}
