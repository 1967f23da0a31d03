package main

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sanse/reports/siting"
)

const (
	// fewSitesWays is up to how many straight ways all of them are listed.
	fewSitesWays = 20_000_000
	// mostNearWays bounds lists of the nearest sites.
	mostNearWays = 16_000_000
)

// nearWays lists of each demand the nearest candidates only, straight, and says
// how far the others are at least; a demand is served farther off than its list
// only if few sites are chosen of very many. far is what it costs to be served
// nowhere, if the flag does not say: twice the longest way there can be.
func nearWays(demand, candidates *sitesPoints, choose int) (ways siting.Ways, far int32) {
	m := len(candidates.at)
	few := 256
	if choose > 0 {
		few = max(64, 6*m/choose)
	}
	few = max(1, min(few, m, mostNearWays/len(demand.at)))
	metres := func(d int, s int32) int32 {
		return int32(min(math.Ceil(demand.metres(demand.at[d], candidates.at[s])), maxSitesCost))
	}
	near := newNearby(candidates, demand)
	type way struct{ cost, site int32 }
	var found []way
	radius := near.guess(few)
	ways.First, ways.Left = []int{0}, metres
	for d, at := range demand.at {
		for {
			found = found[:0]
			near.within(at, radius, func(s int32) {
				if c := metres(d, s); float64(c) <= radius {
					found = append(found, way{c, s})
				}
			})
			if len(found) >= few || len(found) == m {
				break
			}
			radius *= 1.4
		}
		slices.SortFunc(found, func(a, b way) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.site, b.site)) })
		beyond := int32(siting.None)
		if len(found) < m { // what was not looked at is farther than the radius
			beyond = int32(min(math.Floor(radius)+1, maxSitesCost))
		}
		if len(found) > few {
			beyond, found = found[few].cost, found[:few]
		}
		for _, w := range found {
			ways.Site, ways.Cost = append(ways.Site, w.site), append(ways.Cost, w.cost)
		}
		ways.First, ways.Beyond = append(ways.First, len(ways.Site)), append(ways.Beyond, beyond)
		if len(found) == few { // the next one lies elsewhere
			radius = max(1, float64(found[few-1].cost)*1.1)
		}
	}
	b := orb.MultiPoint(demand.at).Bound().Union(orb.MultiPoint(candidates.at).Bound())
	return ways, int32(min(2*math.Ceil(demand.metres(b.Min, b.Max))+1, maxSitesCost))
}

// nearby finds candidates near a place, by bins.
type nearby struct {
	at            []orb.Point
	bins          map[[2]int32][]int32
	width, height float64 // of a bin, in the unit of the points
	east, north   float64 // metres of that unit, at least
	span          float64 // metres from end to end
}

func newNearby(p, others *sitesPoints) *nearby {
	n := &nearby{at: p.at, bins: map[[2]int32][]int32{}, east: 1, north: 1}
	if !p.flat {
		farthest := 0.0
		for _, at := range slices.Concat(p.at, others.at) {
			farthest = max(farthest, math.Abs(at[1]))
		}
		n.north = 110_000 // a degree is 110.6 km at least
		n.east = max(1, n.north*math.Cos(min(farthest, 89.9)*math.Pi/180))
	}
	b := orb.MultiPoint(p.at).Bound()
	wide, high := (b.Max[0]-b.Min[0])*n.east, (b.Max[1]-b.Min[1])*n.north
	n.span = max(1, math.Hypot(wide, high))
	side := max(n.span/1000, math.Sqrt(max(1, wide*high)*4/float64(len(p.at)))) // some four in each
	n.width, n.height = side/n.east, side/n.north
	for s, at := range p.at {
		k := n.bin(at)
		n.bins[k] = append(n.bins[k], int32(s))
	}
	return n
}

func (n *nearby) bin(p orb.Point) [2]int32 {
	return [2]int32{int32(math.Floor(p[0] / n.width)), int32(math.Floor(p[1] / n.height))}
}

// guess is a radius within which so many candidates may lie.
func (n *nearby) guess(few int) float64 {
	return n.span * math.Sqrt(float64(few)/float64(len(n.at)))
}

// within calls see for every candidate that may lie within so many metres.
func (n *nearby) within(at orb.Point, metres float64, see func(s int32)) {
	low := n.bin(orb.Point{at[0] - metres/n.east, at[1] - metres/n.north})
	high := n.bin(orb.Point{at[0] + metres/n.east, at[1] + metres/n.north})
	if bins := (float64(high[0]-low[0]) + 1) * (float64(high[1]-low[1]) + 1); bins > float64(len(n.at)) {
		for s := range n.at {
			see(int32(s))
		}
		return
	}
	for x := low[0]; x <= high[0]; x++ {
		for y := low[1]; y <= high[1]; y++ {
			for _, s := range n.bins[[2]int32{x, y}] {
				see(s)
			}
		}
	}
}
