package planner

import (
	"cmp"
	"slices"
)

// visitorOn names a day of a visitor, both by index.
type visitorOn struct{ visitor, day int }

// allot gives each working day of a visitor who can work for several blocks to
// one of them: the one that is shortest of minutes so far, counted from the
// visits that the rules ask for less what visitors of the block alone can do.
// Where nobody is short the days go round among the blocks, those first whose
// residents have the visitor in their team.
func (s *solver) allot() map[visitorOn]int {
	p := s.p
	out := map[visitorOn]int{}
	var wide []int
	for v, blocks := range s.reach {
		slices.Sort(blocks)
		s.reach[v] = slices.Compact(blocks)
		if len(s.reach[v]) > 1 {
			wide = append(wide, v)
		}
	}
	if len(wide) == 0 {
		return out
	}
	slices.SortStableFunc(wide, func(a, b int) int { return cmp.Compare(len(s.reach[a]), len(s.reach[b])) })
	teams := map[string][]int{} // visitor id → blocks with residents of theirs
	ask := make([]float64, len(s.blocks))
	alone := make([]float64, len(s.blocks)) // asked for by residents whom no visitor of the block alone may see
	debt := make([]float64, len(s.blocks))
	for b := range s.blocks {
		in := &s.blocks[b]
		local := map[string]bool{}
		for _, ri := range in.residents {
			r := &p.Residents[ri]
			for _, id := range r.Team {
				if n := len(teams[id]); n == 0 || teams[id][n-1] != b {
					teams[id] = append(teams[id], b)
				}
			}
			key := r.Grid + "|" + r.MicroGrid
			has, known := local[key]
			if !known {
				has = slices.ContainsFunc(in.visitors, func(v int) bool {
					_, ok := preferenceOf(&p.Visitors[v], r)
					return ok && len(s.reach[v]) == 1 && len(p.Visitors[v].Shifts) > 0
				})
				local[key] = has
			}
			const walk = 15 // minutes to a door and back, for an estimate
			m := float64(r.Minutes + walk)
			daily := m * float64(ruleWeight(s.rules[ri], p.Start, p.End())) / 28
			if has {
				ask[b] += daily
			} else {
				alone[b] += daily
			}
			if Owed(s.rules[ri], r.History(), r.Absent, p.Start) {
				debt[b] += m
			}
		}
	}
	need := make([]float64, len(s.blocks))
	for d := range p.Days {
		day := p.Start + Date(d)
		for b := range s.blocks {
			have := 0.0
			for _, v := range s.blocks[b].visitors {
				if len(s.reach[v]) == 1 {
					have += float64(workMinutes(&p.Visitors[v], day))
				}
			}
			todo := ask[b] + debt[b]
			need[b] += max(0, todo-have) + alone[b]
			debt[b] = max(0, debt[b]-max(0, have-ask[b]))
		}
		for n, v := range wide {
			mins := workMinutes(&p.Visitors[v], day)
			if mins == 0 {
				continue
			}
			best := s.reach[v][0]
			for _, b := range s.reach[v][1:] {
				if need[b] > need[best] {
					best = b
				}
			}
			if need[best] <= 0 {
				among := teams[p.Visitors[v].ID]
				among = slices.DeleteFunc(slices.Clone(among), func(b int) bool { return !slices.Contains(s.reach[v], b) })
				if len(among) == 0 {
					among = s.reach[v]
				}
				best = among[(d+n)%len(among)]
			}
			need[best] = max(0, need[best]-float64(mins))
			out[visitorOn{v, d}] = best
		}
	}
	return out
}

// workMinutes returns the minutes of the visitor's shifts on the day.
func workMinutes(v *Visitor, day Date) int {
	if slices.Contains(v.DaysOff, day) {
		return 0
	}
	n := 0
	for _, s := range v.Shifts {
		if s.Weekday == day.Weekday() {
			n += int(s.To - s.From)
		}
	}
	return n
}

// spareVisits rounds the quotas that the horizon's end cuts so that over the
// block each rule keeps its share: where rounding every resident alone gives
// less, those longest unseen are wanted once more. The result is by door and
// rule.
func spareVisits(p *Problem, doors []door) []map[int]int {
	type cut struct {
		door, rule  int
		short, have int // in 1/of visits
		of          int
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
			byRule[pol] = append(byRule[pol], cut{i, w.Rule, w.Share - have, have, w.Of})
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
		for _, c := range cuts {
			if missing <= 0 {
				break
			}
			if c.short <= 0 {
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
