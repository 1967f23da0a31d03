package districting

import "slices"

// forbids says what stands in the way of a drawing with excess: for each
// parent and weight that is broken, whatever is proven to forbid it; where
// nothing is, that the search found none.
func (p *Problem) forbids(grounds []*ground, zone []int32) []Obstacle {
	var out []Obstacle
	for _, g := range grounds {
		i := p.parent(int(g.units[0]))
		sums := make([]int64, p.zones())
		for w := range g.bounds {
			clear(sums)
			for _, u := range g.units {
				sums[zone[u]] += p.Weights[w].Of[u]
			}
			var short int64
			worst := int32(None)
			for _, z := range g.zones {
				b := g.bounds[w]
				if d := max(sums[z]-b.Most, b.Least-sums[z]); d > short {
					short, worst = d, z
				}
			}
			if worst == None {
				continue
			}
			found := g.proofs(i, w)
			if len(found) == 0 {
				found = []Obstacle{{Kind: ObstacleSearch, Parent: i, Zone: worst, Weight: w, Short: short}}
			}
			out = append(out, found...)
		}
	}
	return out
}

// proofs returns everything that forbids all drawings to keep a bound.
func (g *ground) proofs(parent int32, w int) []Obstacle {
	b := g.bounds[w]
	var out []Obstacle
	total := int64(0)
	held := make([]int64, g.k)
	locked := make([][]int32, g.k)
	for u := range g.n {
		x := g.weight[u*g.nw+w]
		total += x
		z := int32(None)
		if l := g.lock[u]; l != None {
			held[l] += x
			locked[l] = append(locked[l], g.units[u])
			z = g.zones[l]
		}
		if x > b.Most {
			out = append(out, Obstacle{Kind: ObstacleUnit, Parent: parent, Zone: z, Weight: w, Units: []int32{g.units[u]}, Short: x - b.Most})
		}
	}
	for l, x := range held {
		if x > b.Most && len(locked[l]) > 1 {
			out = append(out, Obstacle{Kind: ObstacleLock, Parent: parent, Zone: g.zones[l], Weight: w, Units: locked[l], Short: x - b.Most})
		}
	}
	if d := lack(&b, total, g.k); d > 0 {
		out = append(out, Obstacle{Kind: ObstacleSum, Parent: parent, Zone: None, Weight: w, Short: d})
	}
	if len(out) == 0 {
		out = g.enclosed(parent, w, total)
	}
	return out
}

// lack returns how much k zones that share a sum are short of it, or have too
// much, whatever the division.
func lack(b *Bound, sum int64, k int) int64 {
	return max(sum-int64(k)*b.Most, int64(k)*b.Least-sum, 0)
}

// enclosed proves, if it can, that what barriers or gaps enclose cannot be
// divided: a piece needs a whole number of zones within their bounds, and
// all pieces together must have all zones.
func (g *ground) enclosed(parent int32, w int, total int64) []Obstacle {
	if g.linked > 0 {
		return []Obstacle{{Kind: ObstacleBarrier, Parent: parent, Zone: None, Weight: w}}
	}
	b := g.bounds[w]
	piece, n := g.pieces()
	if n < 2 {
		return nil
	}
	sums := make([]int64, n)
	units := make([][]int32, n)
	for u, c := range piece {
		sums[c] += g.weight[u*g.nw+w]
		units[c] = append(units[c], g.units[u])
	}
	var out []Obstacle
	least, most := 0, 0
	for c, sum := range sums {
		lo, hi := whole(&b, sum, g.k, len(units[c]))
		if lo > hi {
			short := total
			for k := 1; k <= g.k; k++ {
				short = min(short, lack(&b, sum, k))
			}
			slices.Sort(units[c])
			out = append(out, Obstacle{Kind: ObstacleBarrier, Parent: parent, Zone: None, Weight: w, Units: units[c], Short: short})
			continue
		}
		least += lo
		most += hi
	}
	if len(out) == 0 && (least > g.k || most < g.k) {
		out = append(out, Obstacle{Kind: ObstacleBarrier, Parent: parent, Zone: None, Weight: w, Short: 1})
	}
	return out
}

// whole returns the least and the greatest number of zones, from 1 to k, that
// a piece can have within the bounds: all between are possible as well. The
// least is above the greatest where there is none.
func whole(b *Bound, sum int64, k, units int) (lo, hi int) {
	lo, hi = k+1, 0
	for j := 1; j <= min(k, units); j++ {
		if lack(b, sum, j) == 0 {
			lo, hi = min(lo, j), j
		}
	}
	return lo, hi
}
