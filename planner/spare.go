package planner

import (
	"cmp"
	"slices"
)

// spareVisits rounds the quotas that the horizon's end cuts so that over the
// block each rule keeps its share: where rounding every resident alone gives
// less, those longest unseen are wanted once more, of those whom an empty shift
// of the period could serve first. The result is by door and rule.
func spareVisits(p *Problem, doors []door, served func(door int, first, last Date) bool) []map[int]int {
	type cut struct {
		door, rule  int
		short, have int // in 1/of visits
		of          int
		first, last Date
	}
	out := make([]map[int]int, len(doors))
	byRule := map[*Policy][]cut{}
	var order []*Policy
	for i := range doors {
		d := &doors[i]
		for _, w := range Windows(d.rules, d.history, d.r.Absent, p.Start, p.End()) {
			if !w.Cut || w.State == WindowOwed {
				continue
			}
			pol := samePolicy(p, &d.rules[w.Rule])
			if byRule[pol] == nil {
				order = append(order, pol)
			}
			have := max(w.Need, w.Met) * w.Of
			byRule[pol] = append(byRule[pol], cut{i, w.Rule, w.Share - have, have, w.Of, max(w.First, p.Start), w.Last})
		}
	}
	for _, pol := range order {
		cuts := byRule[pol]
		missing := 0
		for _, c := range cuts {
			missing += c.short
		}
		slices.SortStableFunc(cuts, func(a, b cut) int {
			x, y := &doors[a.door], &doors[b.door]
			return cmp.Or(cmp.Compare(lastSeen(x), lastSeen(y)), cmp.Compare(x.r.ID, y.r.ID))
		})
		cuts = slices.DeleteFunc(cuts, func(c cut) bool { return c.short <= 0 })
		for n, tried := 0, len(cuts); n < len(cuts) && missing > 0; n++ {
			c := cuts[n]
			if n < tried && !served(c.door, c.first, c.last) {
				cuts = append(cuts, c) // whom nobody can serve comes last
				continue
			}
			if out[c.door] == nil {
				out[c.door] = map[int]int{}
			}
			out[c.door][c.rule] = 1
			missing -= c.of
		}
	}
	return out
}

func lastSeen(d *door) Date {
	if n := len(d.history); n > 0 {
		return d.history[n-1]
	}
	return dateMin
}

// samePolicy finds the policy of the problem of which rule is a copy.
func samePolicy(p *Problem, rule *Policy) *Policy {
	for i := range p.Policies {
		q := &p.Policies[i]
		if q.ID == rule.ID && q.Grade == rule.Grade && q.Kind == rule.Kind && q.EveryDays == rule.EveryDays &&
			q.PerWeek == rule.PerWeek && q.PerMonth == rule.PerMonth && q.From == rule.From && q.To == rule.To {
			return q
		}
	}
	return rule
}

// served tells whether the door could be visited on one of the days if every
// shift were empty.
func (k *block) served(i int, first, last Date) bool {
	off := pausedDays(k.doors[i].rules, k.doors[i].r.Absent)
	for day := first; day <= last; day++ {
		if inRanges(off, day) {
			continue
		}
		d := int(day - k.p.Start)
		for _, c := range k.groups[k.doors[i].group] {
			for sl := k.first[d][c.walker]; sl < k.first[d][c.walker+1]; sl++ {
				if _, _, ok := k.fit(d, sl, i); ok {
					return true
				}
			}
		}
	}
	return false
}

// aimAgain moves the extra visits that found no time to others of the same rule,
// the longest unseen first, so that a rule whose period the horizon's end cuts
// keeps its share over the block wherever somebody has time.
func (k *block) aimAgain() {
	byRule := map[*Policy][]spareDoor{}
	var order []*Policy
	for i := range k.doors {
		for _, s := range k.spareDoors(i) {
			pol := samePolicy(k.p, &k.doors[i].rules[s.rule])
			if byRule[pol] == nil {
				order = append(order, pol)
			}
			byRule[pol] = append(byRule[pol], s)
		}
	}
	for _, pol := range order {
		list := byRule[pol]
		missing := 0 // in 1/of visits
		for _, s := range list {
			missing += s.share - s.met*s.of
		}
		slices.SortStableFunc(list, func(a, b spareDoor) int {
			x, y := &k.doors[a.door], &k.doors[b.door]
			return cmp.Or(cmp.Compare(lastSeen(x), lastSeen(y)), cmp.Compare(x.r.ID, y.r.ID))
		})
		next := 0 // whom to try
		for _, from := range list {
			if missing <= 0 {
				break
			}
			if !from.wanted || from.met > from.need {
				continue
			}
			for next < len(list) {
				to := list[next]
				next++
				if !to.wanted && to.met == to.need && to.share > to.need*to.of && k.giveSpare(from, to) {
					missing -= to.of
					break
				}
			}
		}
	}
}

// spareDoor is a door with a rule whose period is cut, as it stands: visits
// needed and made, the share of the quota in 1/of visits, and whether an
// extra visit is wanted.
type spareDoor struct {
	door, rule, need, met, share, of int
	wanted                           bool
}

func (k *block) spareDoors(i int) []spareDoor {
	dr := &k.doors[i]
	var out []spareDoor
	var ws []Window
	for rule := range dr.rules {
		p := &dr.rules[rule]
		if p.Pause || p.EveryDays > 0 {
			continue
		}
		if ws == nil {
			h := slices.Clone(dr.history)
			for _, v := range dr.visits {
				h = append(h, k.p.Start+Date(v.day))
			}
			ws = Windows(dr.rules, h, dr.r.Absent, k.p.Start, k.p.End())
		}
		for _, w := range ws {
			if w.Rule == rule && w.Cut && w.State != WindowOwed {
				out = append(out, spareDoor{i, rule, w.Need, w.Met, w.Share, w.Of, dr.spec.extra[rule] > 0})
			}
		}
	}
	return out
}

// giveSpare wants the extra visit of one door from another instead and keeps
// that if it makes the plan better.
func (k *block) giveSpare(from, to spareDoor) bool {
	before := k.total
	k.undo = k.undo[:0]
	specs := [2]calendarSpec{k.doors[from.door].spec, k.doors[to.door].spec}
	k.wantSpare(from, 0)
	k.wantSpare(to, 1)
	restore := k.reseat(to.door)
	if k.total < before-unitSpare/2 { // a visit more costs far less than a spare one saves
		return true
	}
	restore()
	for n, s := range [2]spareDoor{from, to} {
		dr := &k.doors[s.door]
		dr.spec = specs[n]
		dr.cal = newCalendar(dr.spec)
		dr.base = dr.cal.costOf(dr.visits)
	}
	k.total = before
	return false
}

// wantSpare sets how many extra visits the door's rule wants.
func (k *block) wantSpare(s spareDoor, n int) {
	dr := &k.doors[s.door]
	extra := map[int]int{}
	for rule, m := range dr.spec.extra {
		extra[rule] = m
	}
	extra[s.rule] = n
	dr.spec.extra = extra
	dr.cal = newCalendar(dr.spec)
	k.total -= dr.base
	dr.base = dr.cal.costOf(dr.visits)
	k.total += dr.base
}
