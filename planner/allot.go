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
