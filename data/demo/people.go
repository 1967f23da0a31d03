package demo

import "fmt"

// people fills the homes. The sums are exact: so many people, households,
// people over 60 and disabled people in all.
func (g *generator) people() error {
	s := newSource(g.opt.Seed, "people")
	weights := make([]float64, len(g.buildings))
	byCommunity := make([]float64, len(g.communities))
	for i, b := range g.buildings {
		if b.lived > 0 {
			weights[i] = b.lived * s.between(.8, 1.2)
			byCommunity[b.where.community] += weights[i]
		}
	}
	for c, w := range byCommunity {
		if w == 0 {
			return fmt.Errorf("nobody can live in %s", g.communities[c].name)
		}
	}
	for i, b := range g.buildings {
		weights[i] *= float64(g.communities[b.where.community].people) / byCommunity[b.where.community]
	}
	g.fill(s, weights, demoPeople, demoHouseholds, demoOver60, demoDisabled)
	return nil
}

// fill shares people out over the buildings by weight.
func (g *generator) fill(s *source, weights []float64, people, households, over60, disabled int) {
	counts := apportion(people, weights, nil)
	w := make([]float64, len(counts))
	age := func(share func(place) float64, spread float64) []float64 {
		for i, n := range counts {
			w[i] = float64(n) * share(g.buildings[i].place) * s.between(1-spread, 1+spread)
		}
		return w
	}
	homes := apportion(households, age(func(p place) float64 {
		return [...]float64{village: .9, suburb: .98, inTown: 1, oldEstate: 1.15, migrants: 1.1}[p]
	}, .08), counts)
	old := apportion(over60, age(func(p place) float64 {
		return [...]float64{village: .31, suburb: .17, inTown: .18, oldEstate: .37, migrants: .07}[p]
	}, .35), counts)
	left := make([]int, len(counts))
	for i, n := range counts {
		left[i] = n - old[i]
	}
	young := apportion(people*145/1000, age(func(p place) float64 {
		return [...]float64{village: .12, suburb: .17, inTown: .16, oldEstate: .1, migrants: .15}[p]
	}, .4), left)
	veryOld := apportion(over60*17/100, floats(old), old)
	ill := apportion(disabled, age(func(p place) float64 {
		return [...]float64{village: .027, suburb: .018, inTown: .018, oldEstate: .032, migrants: .008}[p]
	}, .6), counts)
	for i := range g.buildings {
		b := &g.buildings[i]
		b.people, b.households, b.over60, b.over80, b.under18, b.disabled = counts[i], homes[i], old[i], veryOld[i], young[i], ill[i]
		m := &g.communities[b.where.community].grids[b.where.grid].micro[b.where.micro]
		m.people += counts[i]
	}
}

func floats(v []int) []float64 {
	out := make([]float64, len(v))
	for i, n := range v {
		out[i] = float64(n)
	}
	return out
}
