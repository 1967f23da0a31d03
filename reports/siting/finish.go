package siting

// reach returns what demand d can be served at by the sites of a choice: the
// cost to the nearest, and which it is; None: none has a way, or for goals of
// cover none within the radius. Of equal sites it is the first.
func (p *Problem) reach(d int, chosen []bool) (site, cost int32) {
	site = None
	p.Ways.each(d, len(p.Sites), func(s, c int32) {
		if chosen[s] && p.inReach(c) && (site == None || c < cost || c == cost && s < site) {
			site, cost = s, c
		}
	})
	if p.Ways.leaves(d) && (site == None || cost > p.Ways.Beyond[d]) {
		for s, in := range chosen {
			if !in {
				continue
			}
			if c := p.Ways.Between(d, int32(s), len(p.Sites)); c >= 0 && p.inReach(c) && (site == None || c < cost) {
				site, cost = int32(s), c
			}
		}
	}
	return site, cost
}

// inReach tells whether a way counts at all.
func (p *Problem) inReach(cost int32) bool {
	switch p.Goal {
	case MostCovered, AllCovered:
		return cost <= p.Radius
	case LeastTotal:
		return p.Far == 0 || cost <= p.Far
	default:
		return true
	}
}

// hopeless tells whether no site of all can reach demand d.
func (p *Problem) hopeless(d int) bool {
	none := !p.Ways.leaves(d) || p.Ways.Beyond[d] > p.Far
	p.Ways.each(d, len(p.Sites), func(_, c int32) { none = none && !p.inReach(c) })
	return none
}

// serving marks the sites of a choice and those that stay.
func (p *Problem) serving(chosen []int32) []bool {
	out := make([]bool, len(p.Sites))
	for _, s := range p.kept() {
		out[s] = true
	}
	for _, s := range chosen {
		out[s] = true
	}
	return out
}

// finish fills in what follows from the choice: who is served where, and in
// which order to open the sites.
func (p *Problem) finish(s *Solution) {
	if p.Capacity != nil {
		p.finishCapped(s)
		return
	}
	serving := p.serving(s.Chosen)
	s.Site = make([]int32, len(p.Weight))
	var sum int64
	for d, w := range p.Weight {
		var cost int32
		if s.Site[d], cost = p.reach(d, serving); s.Site[d] == None {
			cost = p.Far
		}
		sum += w * int64(cost)
		if s.Site[d] != None {
			s.Reached += w
		} else if p.hopeless(d) {
			s.Hopeless += w
		}
	}
	if p.Ways.Beyond != nil {
		s.Objective = sum
	}
	s.Steps = p.steps(s.Chosen)
}
