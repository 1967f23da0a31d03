package planner

import (
	"cmp"
	"context"
	"slices"

	"sanse/planner/vrp"
)

// Bounds of a settling: rounds in which blocks with lapses are planned again
// with what others left idle, and shifts that are tried in another block than
// the one that uses them.
const (
	repairRounds = 3
	swapTries    = 60
)

// helpMark is what a block was when more shifts did not help it: its cost and
// the number of those shifts.
type helpMark struct {
	cost   int64
	shifts int
}

// swapMark is a shift that did not help a block more than it harmed the one
// that used it, at what the two cost then.
type swapMark struct {
	key          shiftKey
	block        int
	mine, theirs int64
}

// unsettled tells whether there is anything for settle to do: lapses in blocks
// that could have help, or extra visits that found no time.
func (s *solver) unsettled() bool {
	return slices.ContainsFunc(s.work, func(b *block) bool { return s.needsHelp(b) || b.spareMissing() })
}

// needsHelp tells whether the block has lapses and visitors who work for other
// blocks too.
func (s *solver) needsHelp(b *block) bool {
	return b.cost.Missed > 0 && slices.ContainsFunc(b.in.visitors, s.wide)
}

// settle gives blocks with lapses the shifts that visitors of several blocks
// have free, and moves extra visits on to whom somebody has time for.
func (s *solver) settle(ctx context.Context) error {
	before := make([]vrp.Cost, len(s.work))
	for b, w := range s.work {
		before[b] = w.cost
	}
	if err := s.repair(ctx); err != nil {
		return err
	}
	for _, b := range s.work {
		if err := s.aimAgain(ctx, b); err != nil {
			return err
		}
	}
	if s.o.Progress == nil {
		return nil
	}
	for b, w := range s.work {
		if w.cost != before[b] {
			s.tell(b, s.result(b))
		}
	}
	return nil
}

// repair plans the blocks with lapses again, one after the other, the worst
// first, as long as that helps.
func (s *solver) repair(ctx context.Context) error {
	for range repairRounds {
		helped := false
		for _, b := range s.lapsing() {
			ok, err := s.help(ctx, b)
			if err != nil {
				return err
			}
			helped = helped || ok
		}
		if !helped {
			break
		}
	}
	tries := swapTries
	for _, b := range s.lapsing() {
		if err := s.swap(ctx, b, &tries); err != nil {
			return err
		}
	}
	return nil
}

// lapsing returns the blocks that need help, the worst first.
func (s *solver) lapsing() []*block {
	var out []*block
	for _, b := range s.work {
		if s.needsHelp(b) {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b *block) int { return cmp.Compare(b.cost.Rules, a.cost.Rules) })
	return out
}

// nobody owns shifts that are not dealt out: they are used by blocks that keep
// their published plan.
const nobody = -1

// usedShifts returns which block uses each shift of a visitor of several
// blocks.
func (s *solver) usedShifts() map[shiftKey]int {
	used := map[shiftKey]int{}
	for key := range s.held {
		used[key] = nobody
	}
	for _, b := range s.work {
		for _, r := range b.sol.Routes {
			if key := b.keys[r.Shift]; s.wide(key.visitor) {
				used[key] = b.in.index
			}
		}
	}
	return used
}

// help plans a block again with every shift that no other block uses, and tells
// whether that made it better. Shifts that it needs become its own.
func (s *solver) help(ctx context.Context, b *block) (bool, error) {
	used := s.usedShifts()
	before := map[shiftKey]int{}
	for _, v := range b.in.visitors {
		if !s.wide(v) {
			continue
		}
		for d := range s.p.Days {
			for si := range s.p.Visitors[v].Shifts {
				key := shiftKey{v, d, si}
				if s.p.Visitors[v].Shifts[si].Weekday != (s.p.Start+Date(d)).Weekday() || s.usedElsewhere(used, key, b.in.index) {
					continue
				}
				if by, ok := s.owner[key]; !ok {
					before[key] = -1
				} else if by != b.in.index {
					before[key] = by
				} else {
					continue
				}
				s.owner[key] = b.in.index
			}
		}
	}
	mark := helpMark{b.cost.Total, len(before)}
	if len(before) == 0 || b.noHelp == mark {
		return false, nil
	}
	old := *b
	b.stale = true
	b.refresh()
	ok, err := s.replan(ctx, b, old.cost.Total)
	if err != nil {
		return false, err
	}
	if !ok {
		for key, by := range before {
			s.restore(key, by)
		}
		*b = old
		b.noHelp = mark
		return false, nil
	}
	s.repaired++
	used = s.usedShifts()
	for key, by := range before {
		if s.usedElsewhere(used, key, -1) { // by this block now
			if by >= 0 {
				s.work[by].stale = true
			}
			continue
		}
		s.restore(key, by)
	}
	b.stale = true
	return true, nil
}

func (s *solver) restore(key shiftKey, by int) {
	if by < 0 {
		delete(s.owner, key)
		return
	}
	s.owner[key] = by
}

// usedElsewhere tells whether another block uses the shift, or, where visits of
// a day are bounded, any shift of that visitor and day.
func (s *solver) usedElsewhere(used map[shiftKey]int, key shiftKey, block int) bool {
	if s.p.Visitors[key.visitor].Capacity == 0 {
		by, ok := used[key]
		return ok && by != block
	}
	for si := range s.p.Visitors[key.visitor].Shifts {
		if by, ok := used[shiftKey{key.visitor, key.day, si}]; ok && by != block {
			return true
		}
	}
	return false
}

// replan takes out whom the block's solution leaves undone, puts them in anew
// and searches a little; false if that is no better than the cost given.
func (s *solver) replan(ctx context.Context, b *block, cost int64) (bool, error) {
	sol, missing := b.sol, b.missing()
	iterations, improved := b.iterations, b.improved
	b.sol = without(sol, missing)
	if err := s.improve(ctx, b, -1, nil, 0); err != nil {
		return false, err
	}
	if b.cost.Missed > 0 && s.o.Iterations >= 0 && !s.late() {
		if b.cost.Total > cost {
			b.sol = sol
		}
		if err := s.improve(ctx, b, 100+5*len(b.in.jobs), nil, 0); err != nil {
			return false, err
		}
	}
	if b.cost.Total < cost {
		return true, nil
	}
	b.iterations, b.improved = iterations, improved
	return false, nil
}

// missing returns the clients whose rules are not kept, ascending.
func (b *block) missing() []int {
	var out []int
	for c, days := range b.sol.Days(&b.vp) {
		if cost, ok := b.vp.Clients[c].Rule.Cost(days); !ok || cost >= unitLapse {
			out = append(out, c)
		}
	}
	return out
}

// late tells whether the time is up.
func (s *solver) late() bool { return s.o.Time > 0 && s.o.Elapsed()-s.startedAt >= s.o.Time }

// taken is a shift, or the whole day of a visitor whose visits of a day are
// bounded, that another block uses for some visits.
type taken struct {
	key   shiftKey
	from  *block
	stops int
}

// swap tries to give a block with lapses shifts that other blocks use but can
// do without, those with the fewest visits first.
func (s *solver) swap(ctx context.Context, b *block, tries *int) error {
	for _, t := range s.takenFrom(b) {
		if *tries <= 0 || b.cost.Missed == 0 || s.late() {
			return nil
		}
		mark := swapMark{t.key, b.in.index, b.cost.Total, t.from.cost.Total}
		if s.noSwap[mark] || s.owner[t.key] != t.from.in.index {
			continue
		}
		*tries--
		mine, theirs := *b, *t.from
		s.give(t.key, b.in.index)
		b.stale, t.from.stale = true, true
		b.refresh()
		t.from.refresh()
		b.sol = without(b.sol, b.missing())
		t.from.sol = without(t.from.sol, t.from.missing())
		for _, x := range []*block{b, t.from} {
			if err := s.improve(ctx, x, -1, nil, 0); err != nil {
				return err
			}
		}
		if b.cost.Total+t.from.cost.Total < mine.cost.Total+theirs.cost.Total {
			s.repaired++
			continue
		}
		s.give(t.key, theirs.in.index)
		*b, *t.from = mine, theirs
		s.noSwap[mark] = true
	}
	return nil
}

// takenFrom lists the shifts of other blocks in which a missing visit of the
// block could be made in time, those with the fewest visits first.
func (s *solver) takenFrom(b *block) []taken {
	wanted := map[visitorOn]bool{}
	days := b.sol.Days(&b.vp)
	for _, c := range b.missing() {
		for _, d := range b.lackingDays(c, days[c]) {
			for _, w := range b.vp.Clients[c].Who {
				wanted[visitorOn{b.in.visitors[w.Worker], d}] = true
			}
		}
	}
	var list []taken
	for _, from := range s.work {
		if from == b {
			continue
		}
		whole := map[visitorOn]int{} // place in the list
		for _, r := range from.sol.Routes {
			key := from.keys[r.Shift]
			on := visitorOn{key.visitor, key.day}
			if !wanted[on] {
				continue
			}
			if n, ok := whole[on]; ok {
				list[n].stops += len(r.Stops)
				continue
			}
			if s.p.Visitors[key.visitor].Capacity > 0 {
				whole[on] = len(list)
			}
			list = append(list, taken{key, from, len(r.Stops)})
		}
	}
	slices.SortStableFunc(list, func(x, y taken) int { return cmp.Compare(x.stops, y.stops) })
	return list
}

// lackingDays returns the days on which a visit would meet what a client that
// is visited on those days misses.
func (b *block) lackingDays(client int, days []int) []int {
	p, j := b.s.p, b.job(client)
	all := slices.Clone(j.made)
	for _, d := range days {
		all = append(all, p.Start+Date(d))
	}
	slices.Sort(all)
	in := make([]bool, p.Days)
	for _, m := range j.missing(p, all) {
		for day := max(m.first, p.Start); day <= m.due; day++ {
			in[day-p.Start] = true
		}
	}
	for _, day := range b.specs[client].locked {
		in[day-p.Start] = true
	}
	var out []int
	for d, yes := range in {
		if yes {
			out = append(out, d)
		}
	}
	return out
}
