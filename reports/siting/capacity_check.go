package siting

// judgeLoads looks at who is served where by sites with capacities and returns
// the objective.
func (p *Problem) judgeLoads(s *Solution, serving []bool, wrong func(string, ...any)) int64 {
	far := int64(p.far())
	left := append([]int64(nil), p.Weight...)
	load := make([]int64, len(p.Sites))
	most := make([]int64, len(p.Weight)) // that one site serves
	at := make([]int64, len(p.Weight))   // that the site of the demand serves
	var reached, sum, hopeless int64
	for k, l := range s.Loads {
		if l.Demand < 0 || int(l.Demand) >= len(p.Weight) || l.Site < 0 || int(l.Site) >= len(p.Sites) || l.Weight <= 0 {
			wrong("load %d is none: %d of demand %d at site %d", k, l.Weight, l.Demand, l.Site)
			return 0
		}
		if k > 0 && (s.Loads[k-1].Demand > l.Demand || s.Loads[k-1].Demand == l.Demand && s.Loads[k-1].Site >= l.Site) {
			wrong("the loads are not by demand and site")
		}
		c := p.Ways.Between(int(l.Demand), l.Site, len(p.Sites))
		if !serving[l.Site] || c < 0 || !p.inReach(c) {
			wrong("demand %d is served at site %d, which is not there for it", l.Demand, l.Site)
		}
		left[l.Demand] -= l.Weight
		load[l.Site] += l.Weight
		most[l.Demand] = max(most[l.Demand], l.Weight)
		if s.Site[l.Demand] == l.Site {
			at[l.Demand] = l.Weight
		}
		reached += l.Weight
		sum += l.Weight * int64(c)
	}
	for site, v := range load {
		if c := p.Capacity[site]; c != None && v > c {
			wrong("site %d serves %d, more than its capacity of %d", site, v, c)
		}
	}
	alone, astray := 0, 0
	for d, rest := range left {
		if rest < 0 {
			wrong("%d more of demand %d are served than there are", -rest, d)
		}
		sum += max(0, rest) * far
		if p.Weight[d] > 0 && p.hopeless(d) {
			hopeless += p.Weight[d]
		}
		if rest > 0 {
			p.Ways.each(d, len(p.Sites), func(site, c int32) {
				if serving[site] && p.inReach(c) && int64(c) < far && (p.Capacity[site] == None || load[site] < p.Capacity[site]) {
					alone++
				}
			})
		}
		if s.Site[d] == None {
			if most[d] > 0 {
				astray++
			}
			continue
		}
		if at[d] == 0 || at[d] < most[d] {
			astray++
		}
	}
	if alone > 0 {
		wrong("somebody is served nowhere though a site has room (%d times)", alone)
	}
	if astray > 0 {
		wrong("%d demands are not said to be served where most of them are", astray)
	}
	if reached != s.Reached || hopeless != s.Hopeless {
		wrong("%d are reached and %d hopeless, not %d and %d", reached, hopeless, s.Reached, s.Hopeless)
	}
	if p.Goal == MostCovered {
		return reached
	}
	return sum
}
