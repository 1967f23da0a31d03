package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"sanse/reports/siting"
)

// city is a made-up one of 20 km by 20 km: half of its points lie anywhere, half
// around twelve centres.
type city struct {
	demands, sites, choose, radius int
	goal                           string
	capacity                       int64 // of every site; 0: no limit
	near                           int   // for pmedian: sites listed for each point
}

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
	p := &siting.Problem{Goal: siting.Goal(c.goal), Choose: c.choose, Sites: make([]siting.Site, c.sites)}
	switch p.Goal {
	case siting.AllCovered:
		p.Choose = 0
		p.Radius = int32(c.radius)
	case siting.MostCovered:
		p.Radius = int32(c.radius)
	case siting.LeastTotal, siting.LeastWorst:
		p.Far = 4 * citySide
	}
	if c.capacity > 0 {
		p.Capacity = slices.Repeat([]int64{c.capacity}, c.sites)
	}
	sites := make([][2]float64, c.sites)
	for s := range sites {
		sites[s][0], sites[s][1] = spot()
	}
	var points [][2]float64
	cost := func(at, site [2]float64) int32 { return int32(math.Ceil(math.Hypot(at[0]-site[0], at[1]-site[1]))) }
	w := &p.Ways
	w.First = []int{0}
	order := make([]int64, c.sites)
	for range c.demands {
		x, y := spot()
		at := [2]float64{x, y}
		points = append(points, at)
		p.Weight = append(p.Weight, 1+rng.Int64N(20))
		for s := range sites {
			order[s] = int64(cost(at, sites[s]))<<32 | int64(s)
		}
		listed, beyond := order, int32(siting.None)
		if p.Radius == 0 && c.near < c.sites {
			slices.Sort(order)
			listed, beyond = order[:c.near], int32(order[c.near]>>32)
		}
		for _, o := range listed {
			if d := int32(o >> 32); p.Radius == 0 || d <= p.Radius {
				w.Site, w.Cost = append(w.Site, int32(o)), append(w.Cost, d)
			}
		}
		w.First = append(w.First, len(w.Site))
		if p.Goal == siting.LeastTotal {
			w.Beyond = append(w.Beyond, beyond)
		}
	}
	if p.Goal == siting.LeastTotal {
		w.Left = func(d int, s int32) int32 { return cost(points[d], sites[s]) }
	}
	return p
}
