package districting

import "math"

// Bound is how much of a weight each open zone of a parent should have.
type Bound struct {
	// Target is the parent's sum by its open zones, or the middle of Least and
	// Most where the weight gives these; shares are of it. It is above 0.
	Target float64
	// Least and Most are the bounds that the tolerance leaves, in whole amounts.
	Least, Most int64
}

// excess returns by how much a sum breaks the bound, as a share of the target.
func (b *Bound) excess(sum int64) float64 {
	switch {
	case sum > b.Most:
		return float64(sum-b.Most) / b.Target
	case sum < b.Least:
		return float64(b.Least-sum) / b.Target
	}
	return 0
}

// off returns the share by which a sum is above (+) or below (−) the target.
func (b *Bound) off(sum int64) float64 { return (float64(sum) - b.Target) / b.Target }

// Bounds returns the bounds of open zones, by parent and weight. Closed zones
// keep what is locked in them and are not balanced: they count neither among
// the zones nor in the sum. The problem is taken to be valid.
func (p *Problem) Bounds() [][]Bound {
	sums := make([][]int64, len(p.Zones))
	for i := range sums {
		sums[i] = make([]int64, len(p.Weights))
	}
	for u := range p.Units() {
		if p.shut(u) {
			continue
		}
		for w := range p.Weights {
			sums[p.parent(u)][w] += p.Weights[w].Of[u]
		}
	}
	out := make([][]Bound, len(p.Zones))
	first := 0
	for i, k := range p.Zones {
		open := 0
		for z := first; z < first+k; z++ {
			if !p.closed(z) {
				open++
			}
		}
		first += k
		out[i] = make([]Bound, len(p.Weights))
		for w := range p.Weights {
			out[i][w] = p.Weights[w].bound(sums[i][w], open)
		}
	}
	return out
}

// bound returns the bound of each of k zones that share a sum.
func (w *Weight) bound(sum int64, k int) Bound {
	b := Bound{Least: w.Least, Most: w.Most}
	if w.Most > 0 {
		b.Target = (float64(w.Least) + float64(w.Most)) / 2
		return b
	}
	b.Target = float64(sum) / float64(max(k, 1))
	// A bound that is a whole number but for the rounding of the product is kept.
	const hair = 1e-9
	b.Least = int64(math.Ceil(max(0, b.Target*(1-w.Tolerance)*(1-hair))))
	b.Most = int64(math.Floor(b.Target * (1 + w.Tolerance) * (1 + hair)))
	if b.Target == 0 {
		b.Target = 1
	}
	return b
}

// parent returns the parent of a unit.
func (p *Problem) parent(u int) int32 {
	if p.Parent == nil {
		return 0
	}
	return p.Parent[u]
}

// locked returns the zone that a unit is locked in, or None.
func (p *Problem) locked(u int) int32 {
	if p.Locked == nil {
		return None
	}
	return p.Locked[u]
}

// today returns the zone that a unit is in now, or None.
func (p *Problem) today(u int) int32 {
	if p.Today == nil {
		return None
	}
	return p.Today[u]
}

// closed tells whether a zone is closed.
func (p *Problem) closed(z int) bool { return p.Closed != nil && p.Closed[z] }

// shut tells whether a unit is locked in a closed zone.
func (p *Problem) shut(u int) bool {
	z := p.locked(u)
	return z != None && p.closed(int(z))
}

// barred tells whether a barrier lies at a slot of the graph.
func (g *Graph) barred(slot int32) bool { return g.Barrier != nil && g.Barrier[slot] }

// border returns the length of the border at a slot of the graph.
func (g *Graph) border(slot int32) float64 {
	if g.Border == nil {
		return 1
	}
	return g.Border[slot]
}

// zones returns the number of zones of all parents.
func (p *Problem) zones() int {
	n := 0
	for _, k := range p.Zones {
		n += k
	}
	return n
}

// owners returns the parent of each zone.
func (p *Problem) owners() []int32 {
	out := make([]int32, 0, p.zones())
	for i, k := range p.Zones {
		for range k {
			out = append(out, int32(i))
		}
	}
	return out
}
