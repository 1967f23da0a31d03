package hierarchy

import "math"

// measure finds bounds for the cost and the length of every cheapest way, so
// that tables know whether 30 bits are room enough.
func (x *Index) measure(g Graph) {
	x.steep = max(x.span(), heaviest(&x.up), heaviest(&x.down))
	x.long = 0
	if !x.lengths {
		return
	}
	// No way is longer than its cost times the longest arc for its weight, and
	// all the arcs that cost nothing.
	perCost := 0.0
	for a, w := range g.Weight {
		switch {
		case w == 0:
			x.long += uint64(g.Length[a])
		case w != Unreached:
			perCost = max(perCost, float64(g.Length[a])/float64(w))
		}
	}
	x.long += uint64(min(math.Ceil(perCost*float64(x.steep)), 1<<62))
}

// span bounds the cost of every cheapest way.
func (x *Index) span() uint64 {
	if !x.symmetric {
		return x.longest(&x.up) + x.longest(&x.down)
	}
	// The node of a component that matters most lies above all its nodes: no
	// two of them are farther apart than twice the farthest is from it.
	var tops []Seed
	for v := range x.nodes {
		if x.up.first[v] == x.up.first[v+1] {
			tops = append(tops, Seed{Node: x.node[v]})
		}
	}
	cost, farthestOff := make([]uint32, x.nodes), uint64(0)
	NewSweep(x).Run(tops, cost, nil)
	for _, c := range cost {
		farthestOff = max(farthestOff, uint64(c))
	}
	return 2 * farthestOff
}

// longest bounds the cost of every way upward, or downward, by the longest
// chain of arcs.
func (x *Index) longest(h *half) uint64 {
	sum, top := make([]uint64, x.nodes), uint64(0)
	for v := range x.nodes {
		for i := h.first[v]; i < h.first[v+1]; i++ {
			sum[v] = max(sum[v], sum[h.arcs[2*i]]+uint64(h.arcs[2*i+1]))
		}
		top = max(top, sum[v])
	}
	return top
}

// heaviest returns the greatest weight.
func heaviest(h *half) uint64 {
	top := uint64(0)
	for i := 1; i < len(h.arcs); i += 2 {
		top = max(top, uint64(h.arcs[i]))
	}
	return top
}
