package main

import (
	"math"
	"math/rand/v2"

	"sanse/reports/siting"
)

// city is a made-up one of 20 km by 20 km: half of its points lie anywhere, half
// around twelve centres.
type city struct{ demands, sites, choose, radius int }

// citySide is the side of the city in metres.
const citySide = 20_000

func (c city) problem() *siting.Problem {
	rng := rand.New(rand.NewPCG(1, 2))
	var centres [12][2]float64
	for i := range centres {
		centres[i] = [2]float64{rng.Float64() * citySide, rng.Float64() * citySide}
	}
	spot := func() (x, y float64) {
		if rng.IntN(2) == 0 {
			return rng.Float64() * citySide, rng.Float64() * citySide
		}
		at := centres[rng.IntN(len(centres))]
		return at[0] + rng.NormFloat64()*1500, at[1] + rng.NormFloat64()*1500
	}
	p := &siting.Problem{Goal: siting.MostCovered, Radius: int32(c.radius), Choose: c.choose, Sites: make([]siting.Site, c.sites)}
	sites := make([][2]float64, c.sites)
	for s := range sites {
		sites[s][0], sites[s][1] = spot()
	}
	p.Ways.First = []int{0}
	for range c.demands {
		x, y := spot()
		p.Weight = append(p.Weight, 1+rng.Int64N(20))
		for s, at := range sites {
			if d := math.Ceil(math.Hypot(x-at[0], y-at[1])); d <= float64(c.radius) {
				p.Ways.Site, p.Ways.Cost = append(p.Ways.Site, int32(s)), append(p.Ways.Cost, int32(d))
			}
		}
		p.Ways.First = append(p.Ways.First, len(p.Ways.Site))
	}
	return p
}
