package planner

import (
	"cmp"
	"context"
	"slices"

	"sanse/planner/vrp"
)

// cut is a rule of a client whose period the horizon's end cuts.
type cut struct {
	client, rule int
	need, met    int // visits
	share, of    int // the share of the quota is share/of visits
	first, last  Date
}

// wanted tells whether an extra visit is wanted of it.
func (b *block) wanted(c *cut) bool { return b.specs[c.client].extra[c.rule] > 0 }

// want sets how many extra visits the rule wants.
func (b *block) want(c *cut, n int) {
	spec := &b.specs[c.client]
	extra := map[int]int{c.rule: n}
	for rule, m := range spec.extra {
		if rule != c.rule {
			extra[rule] = m
		}
	}
	spec.extra = extra
}

// cuts lists the rules that the horizon's end cuts, by policy, given the days
// visited; the clients of each longest unseen first. Tasks have rules of their
// own each: what rounding leaves of them is nobody's to make up for.
func (b *block) cuts(days func(client int) []int) [][]cut {
	p := b.s.p
	byRule := map[*Policy][]cut{}
	var order []*Policy
	for c := range b.in.jobs {
		j := b.job(c)
		if !j.care() || !slices.ContainsFunc(j.rules, func(r Policy) bool { return r.PerWeek+r.PerMonth > 0 }) {
			continue
		}
		h := slices.Concat(j.history, j.made)
		for _, d := range days(c) {
			h = append(h, p.Start+Date(d))
		}
		slices.Sort(h)
		for _, w := range Windows(j.rules, h, j.absent, p.Start, p.End()) {
			if !w.Cut || w.State == WindowOwed {
				continue
			}
			pol := samePolicy(p, &j.rules[w.Rule])
			if byRule[pol] == nil {
				order = append(order, pol)
			}
			byRule[pol] = append(byRule[pol], cut{c, w.Rule, w.Need, w.Met, w.Share, w.Of, max(w.First, p.Start), w.Last})
		}
	}
	out := make([][]cut, 0, len(order))
	for _, pol := range order {
		list := byRule[pol]
		slices.SortStableFunc(list, func(x, y cut) int {
			i, j := b.job(x.client), b.job(y.client)
			return cmp.Or(cmp.Compare(i.lastSeen(), j.lastSeen()), cmp.Compare(i.id, j.id))
		})
		out = append(out, list)
	}
	return out
}

// aimSpare rounds the quotas that the horizon's end cuts so that over the
// block each rule keeps its share: where rounding every resident alone gives
// less, those longest unseen are wanted once more, of those whom an empty shift
// of the period could serve first.
func (b *block) aimSpare() {
	for _, list := range b.cuts(func(int) []int { return nil }) {
		missing := 0 // in 1/of visits
		for i := range list {
			list[i].need = max(list[i].need, list[i].met)
			missing += list[i].share - list[i].need*list[i].of
		}
		list = slices.DeleteFunc(list, func(c cut) bool { return c.share <= c.need*c.of })
		for n, tried := 0, len(list); n < len(list) && missing > 0; n++ {
			c := list[n]
			if n < tried && !b.served(c.client, c.first, c.last) {
				list = append(list, c) // whom nobody can serve comes last
				continue
			}
			b.want(&c, 1)
			b.vp.Clients[c.client].Rule = b.s.calendars.of(b.specs[c.client])
			missing -= c.of
		}
	}
}

// lastSeen is the day of the last visit; before all days if there was none.
func (j *job) lastSeen() Date {
	if n := len(j.made); n > 0 {
		return j.made[n-1]
	}
	if n := len(j.history); n > 0 {
		return j.history[n-1]
	}
	return dateMin
}

// samePolicy finds the policy of the problem of which rule is a copy.
func samePolicy(p *Problem, rule *Policy) *Policy {
	for i := range p.Policies {
		q := &p.Policies[i]
		if q.ID == rule.ID && q.Grade == rule.Grade && q.Kind == rule.Kind && q.EveryDays == rule.EveryDays &&
			q.PerWeek == rule.PerWeek && q.PerMonth == rule.PerMonth && q.From == rule.From && q.To == rule.To &&
			slices.EqualFunc(q.Patterns, rule.Patterns, slices.Equal) {
			return q
		}
	}
	return rule
}

// served tells whether the client could be visited on one of the days if every
// shift were empty.
func (b *block) served(client int, first, last Date) bool {
	j, cl := b.job(client), &b.vp.Clients[client]
	off := pausedDays(j.rules, j.absent)
	for i := range b.vp.Shifts {
		sh := &b.vp.Shifts[i]
		if day := b.s.p.Start + Date(sh.Day); day < first || day > last || inRanges(off, day) {
			continue
		}
		if slices.ContainsFunc(cl.Who, func(c vrp.Choice) bool { return c.Worker == sh.Worker }) && b.fitsAlone(cl, sh) {
			return true
		}
	}
	return false
}

// fitsAlone tells whether a shift could hold a visit to the client and nothing
// else.
func (b *block) fitsAlone(cl *vrp.Client, sh *vrp.Shift) bool {
	pr := &b.vp.Profiles[sh.Profile]
	out, back := pr.Time[sh.Start][cl.Place], int32(0)
	if sh.End != vrp.None {
		back = pr.Time[cl.Place][sh.End]
	}
	if out < 0 || back < 0 {
		return false
	}
	from, to := sh.From+out, sh.To-back-cl.Service
	if cl.Windows == nil || cl.Windows[sh.Day] == nil {
		return from <= to
	}
	return slices.ContainsFunc(cl.Windows[sh.Day], func(w vrp.Window) bool { return max(w.From, from) <= min(w.To, to) })
}

// spareMissing tells whether extra visits that are wanted found no time.
func (b *block) spareMissing() bool {
	if !slices.ContainsFunc(b.specs, func(s calendarSpec) bool { return len(s.extra) > 0 }) {
		return false
	}
	for c, days := range b.sol.Days(&b.vp) {
		if len(b.specs[c].extra) == 0 {
			continue
		}
		cost, _ := b.vp.Clients[c].Rule.Cost(days)
		if b.specs[c].owed { // a waiting debt costs more than spare visits
			with := b.specs[c]
			with.extra = nil
			least, _ := b.s.calendars.of(with).Cost(days)
			cost -= least
		}
		if cost%unitLapse >= unitSpare {
			return true
		}
	}
	return false
}

// spareRounds bounds how often the extra visits of a block are moved on.
const spareRounds = 8

// aimAgain moves the extra visits that found no time to others of the same
// rule, the longest unseen first, so that a rule whose period the horizon's end
// cuts keeps its share over the block wherever somebody has time.
func (s *solver) aimAgain(ctx context.Context, b *block) error {
	b.refresh()
	tried := map[[2]int]bool{} // clients and rules that were asked already
	for range spareRounds {
		if !b.spareMissing() {
			return nil
		}
		days := b.sol.Days(&b.vp)
		specs, sol, cost := slices.Clone(b.specs), b.sol, b.cost
		var changed []int
		for _, list := range b.cuts(func(c int) []int { return days[c] }) {
			changed = append(changed, b.passOn(list, tried)...)
		}
		if len(changed) == 0 {
			return nil
		}
		old := make([]vrp.Rule, len(changed))
		for n, c := range changed {
			old[n] = b.vp.Clients[c].Rule
			b.vp.Clients[c].Rule = b.s.calendars.of(b.specs[c])
		}
		b.sol = without(sol, changed)
		if err := s.improve(ctx, b, -1, nil, 0); err != nil {
			return err
		}
		if b.cost.Total >= cost.Total {
			b.specs, b.sol, b.cost = specs, sol, cost
			for n, c := range changed {
				b.vp.Clients[c].Rule = old[n]
			}
		}
	}
	return nil
}

// passOn asks others for the extra visits of one policy that were not made, and
// returns the clients whose rules changed.
func (b *block) passOn(list []cut, tried map[[2]int]bool) (changed []int) {
	missing := 0 // in 1/of visits
	for i := range list {
		missing += list[i].share - list[i].met*list[i].of
	}
	next := 0
	for i := range list {
		from := &list[i]
		if missing <= 0 {
			break
		}
		if !b.wanted(from) || from.met > from.need {
			continue
		}
		tried[[2]int{from.client, from.rule}] = true
		for next < len(list) {
			to := &list[next]
			next++
			key := [2]int{to.client, to.rule}
			if tried[key] || b.wanted(to) || to.met != to.need || to.share <= to.need*to.of {
				continue
			}
			tried[key] = true
			b.want(from, 0)
			b.want(to, 1)
			changed = append(changed, from.client, to.client)
			missing -= to.of
			break
		}
	}
	slices.Sort(changed)
	return slices.Compact(changed)
}

// without returns the solution without the visits of some clients, ascending.
func without(sol *vrp.Solution, clients []int) *vrp.Solution {
	out := &vrp.Solution{}
	for _, r := range sol.Routes {
		r.Stops = slices.DeleteFunc(slices.Clone(r.Stops), func(s vrp.Stop) bool {
			_, ok := slices.BinarySearch(clients, s.Client)
			return ok
		})
		if len(r.Stops) > 0 {
			out.Routes = append(out.Routes, r)
		}
	}
	return out
}
