package siting_test

import (
	"math"
	"math/rand/v2"

	"sanse/reports/siting"
)

// made describes a problem made up at random: demands and sites in a square of
// 1,000 m, ways as long as they are straight.
type made struct {
	goal           siting.Goal
	demands, sites int
	choose         int
	budget         int64
	kept           int
	places         bool // some sites lie beside others, some of them idle
	prices         bool
	lists          bool // ways above 400 m are not listed
	radius         int32
}

func (m made) problem(seed uint64) *siting.Problem {
	rng := rand.New(rand.NewPCG(seed, 7))
	p := &siting.Problem{Goal: m.goal, Choose: m.choose, Budget: m.budget, Radius: m.radius}
	if p.Radius == 0 {
		p.Radius = 250
	}
	var at [][2]float64
	spot := func() [2]float64 { return [2]float64{rng.Float64() * 1000, rng.Float64() * 1000} }
	for s := range m.sites {
		site := siting.Site{}
		here := spot()
		if s < m.kept {
			site.Status = siting.Kept
		} else if m.places {
			site.Place = int32(rng.IntN(m.sites/3 + 1))
			if rng.IntN(3) == 0 {
				site.Status = siting.Idle
			}
		}
		if m.prices {
			site.Price = 1 + rng.Int64N(9)
		}
		at = append(at, here)
		p.Sites = append(p.Sites, site)
	}
	p.Ways.First = []int{0}
	for range m.demands {
		here := spot()
		p.Weight = append(p.Weight, rng.Int64N(20))
		for s := range at {
			c := int32(math.Ceil(math.Hypot(here[0]-at[s][0], here[1]-at[s][1])))
			if m.lists {
				if c <= 400 {
					p.Ways.Site, p.Ways.Cost = append(p.Ways.Site, int32(s)), append(p.Ways.Cost, c)
				}
			} else {
				p.Ways.Table = append(p.Ways.Table, c)
			}
		}
		p.Ways.First = append(p.Ways.First, len(p.Ways.Site))
	}
	if !m.lists {
		p.Ways.First = nil
	}
	p.Weight[0] = 5
	return p
}

// cost finds the way from a demand to a site; −1: there is none.
func cost(p *siting.Problem, d, s int) int64 {
	if p.Ways.Table != nil {
		return int64(p.Ways.Table[d*len(p.Sites)+s])
	}
	for e := p.Ways.First[d]; e < p.Ways.First[d+1]; e++ {
		if int(p.Ways.Site[e]) == s {
			return int64(p.Ways.Cost[e])
		}
	}
	return -1
}

// best tries every choice there is and returns the objective of the best one;
// false: none keeps the rules.
func best(p *siting.Problem) (int64, bool) {
	n, m := len(p.Weight), len(p.Sites)
	far := int64(p.Far)
	if far == 0 {
		for d := range n {
			for s := range m {
				far = max(far, cost(p, d, s))
			}
		}
		far = 2*far + 1
	}
	covers := p.Goal == siting.MostCovered || p.Goal == siting.AllCovered
	priced := false
	for _, s := range p.Sites {
		priced = priced || s.Price > 0 && s.Status != siting.Kept
	}
	value, found := int64(0), false
	for set := range 1 << m {
		count, spent, fine := 0, int64(0), true
		for s, site := range p.Sites {
			in := set>>s&1 == 1
			if site.Status == siting.Kept {
				fine = fine && in
				continue
			}
			if !in {
				continue
			}
			count++
			spent += site.Price
			for o, other := range p.Sites {
				if site.Status == siting.New && site.Place > 0 && other.Place == site.Place && other.Status == siting.Idle && set>>o&1 == 0 {
					fine = false
				}
			}
		}
		if !fine || p.Choose > 0 && count > p.Choose || p.Budget > 0 && spent > p.Budget {
			continue
		}
		var covered, sum, worst int64
		for d := range n {
			near, any := far, false
			for s := range m {
				c := cost(p, d, s)
				if c < 0 || covers && c > int64(p.Radius) {
					continue
				}
				any = true
				if set>>s&1 == 1 {
					near = min(near, c)
				}
			}
			switch {
			case covers && near < far:
				covered += p.Weight[d]
			case p.Goal == siting.AllCovered && any && p.Weight[d] > 0:
				fine = false
			}
			sum += p.Weight[d] * near
			if p.Weight[d] > 0 && any {
				worst = max(worst, near)
			}
		}
		if !fine {
			continue
		}
		v := map[siting.Goal]int64{siting.MostCovered: covered, siting.AllCovered: int64(count), siting.LeastTotal: sum, siting.LeastWorst: worst}[p.Goal]
		if p.Goal == siting.AllCovered && priced {
			v = spent
		}
		if !found || p.Goal == siting.MostCovered && v > value || p.Goal != siting.MostCovered && v < value {
			value, found = v, true
		}
	}
	return value, found
}
