package siting

import "fmt"

// Check returns what is wrong with a solution, whoever made it, one sentence
// each; nothing: its sites keep all rules and its figures are those of its
// sites. Whether the bound holds it cannot tell, only that it is on the right
// side. It knows nothing of Solve.
func Check(p *Problem, s *Solution) []string {
	if err := p.Validate(); err != nil {
		return []string{err.Error()}
	}
	var out []string
	wrong := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	serving := p.serving(nil)
	var spent int64
	for k, c := range s.Chosen {
		if c < 0 || int(c) >= len(p.Sites) {
			return append(out, fmt.Sprintf("site %d is chosen, but there are %d", c, len(p.Sites)))
		}
		if serving[c] {
			wrong("site %d is chosen, but it stays or is chosen already", c)
		}
		if k > 0 && s.Chosen[k-1] > c {
			wrong("the chosen sites are not ascending")
		}
		serving[c] = true
		spent += p.Sites[c].Price
	}
	if p.Choose > 0 && len(s.Chosen) > p.Choose {
		wrong("%d sites are chosen, more than %d", len(s.Chosen), p.Choose)
	}
	if p.Budget > 0 && spent > p.Budget {
		wrong("the chosen sites cost %d, more than the budget of %d", spent, p.Budget)
	}
	for i, idle := range p.Sites {
		if idle.Status != Idle || idle.Place == 0 || serving[i] {
			continue
		}
		for _, c := range s.Chosen {
			if q := p.Sites[c]; q.Status == New && q.Place == idle.Place {
				wrong("the new site %d is chosen before the idle site %d beside it", c, i)
			}
		}
	}
	if len(s.Site) != len(p.Weight) {
		return append(out, fmt.Sprintf("there are sites for %d of %d demands", len(s.Site), len(p.Weight)))
	}
	var objective int64
	if p.Capacity != nil {
		objective = p.judgeLoads(s, serving, wrong)
	} else {
		objective = p.judge(s, serving, wrong)
	}
	if p.Goal == AllCovered {
		objective = int64(len(s.Chosen))
		if p.priced() {
			objective = spent
		}
	}
	if s.Objective != objective {
		wrong("the objective is %d, not %d", objective, s.Objective)
	}
	better := s.Objective < s.Bound
	if p.Goal == MostCovered {
		better = s.Objective > s.Bound
	}
	if better {
		wrong("the objective %d is better than its bound %d", s.Objective, s.Bound)
	}
	if s.Gap != gap(s.Objective, s.Bound) {
		wrong("the gap is %v, not %v", gap(s.Objective, s.Bound), s.Gap)
	}
	steps := map[int32]bool{}
	for _, t := range s.Steps {
		steps[t.Site] = true
	}
	for _, c := range s.Chosen {
		if !steps[c] {
			wrong("no step opens site %d", c)
		}
	}
	if len(s.Steps) != len(s.Chosen) {
		wrong("there are %d steps for %d sites", len(s.Steps), len(s.Chosen))
	}
	return out
}

// judge looks at who is served where and returns the objective of all goals but
// AllCovered.
func (p *Problem) judge(s *Solution, serving []bool, wrong func(string, ...any)) int64 {
	var covered, sum, worst, hopeless int64
	bare, first, astray, stray := 0, 0, 0, 0
	far := int64(p.far())
	for d, w := range p.Weight {
		best, any := int64(-1), false
		var own int64 = -1
		p.Ways.each(d, len(p.Sites), func(site, cost int32) {
			if (p.Goal == MostCovered || p.Goal == AllCovered) && cost > p.Radius || p.Goal == LeastTotal && p.Far > 0 && cost > p.Far {
				return
			}
			any = true
			if serving[site] && (best < 0 || int64(cost) < best) {
				best = int64(cost)
			}
			if serving[site] && s.Site[d] == site {
				own = int64(cost)
			}
		})
		if p.Ways.leaves(d) {
			any = any || p.Ways.Beyond[d] <= p.Far
			if best < 0 || best > int64(p.Ways.Beyond[d]) {
				for site, in := range serving {
					if !in {
						continue
					}
					if c := int64(p.Ways.Between(d, int32(site), len(p.Sites))); c >= 0 && c <= far && (best < 0 || c < best) {
						best = c
					}
				}
			}
			if at := s.Site[d]; own < 0 && at != None && int(at) < len(serving) && at >= 0 && serving[at] {
				own = int64(p.Ways.Between(d, at, len(p.Sites)))
			}
		}
		if own != best || own < 0 && s.Site[d] != None {
			if astray++; astray == 1 {
				stray = d
			}
		}
		switch {
		case best >= 0:
			covered += w
		case !any:
			hopeless += w
		case p.Goal == AllCovered && w > 0:
			if bare++; bare == 1 {
				first = d
			}
		}
		if w == 0 {
			continue
		}
		switch {
		case best < 0 && (any || p.Goal == LeastTotal):
			worst = max(worst, far)
			sum += w * far
		case best >= 0:
			worst = max(worst, best)
			sum += w * best
		}
	}
	if astray > 0 {
		wrong("demand %d is not served by the nearest site (%d in all)", stray, astray)
	}
	if bare > 0 {
		wrong("demand %d is not covered (%d in all)", first, bare)
	}
	if covered != s.Reached || hopeless != s.Hopeless {
		wrong("%d are reached and %d hopeless, not %d and %d", covered, hopeless, s.Reached, s.Hopeless)
	}
	switch p.Goal {
	case MostCovered:
		return covered
	case LeastWorst:
		return worst
	default:
		return sum
	}
}
