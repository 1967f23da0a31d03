package siting

import (
	"math/rand/v2"
	"slices"
)

// pool are good choices of a large median, none of them better by any swap, that
// are crossed with each other: on the way by swaps from one to another lie better
// ones (path relinking; Resende and Werneck 2004). New blood comes from what the
// relaxation says of sites, which knows all of the problem at once.
type pool struct {
	s     *swapper
	elite []choice
	share []float64 // of each site: how often the relaxation chose it of late
}

// choice is a choice of sites, ascending, and what it costs.
type choice struct {
	sites []int32
	cost  int64
}

const poolSize = 12

// newPool returns nil where a ledger would be too large.
func newPool(s *swapper) *pool {
	s.keepLedger()
	if s.ledger == nil {
		return nil
	}
	return &pool{s: s, share: make([]float64, s.x.sites())}
}

// hint takes over what a relaxation says.
func (p *pool) hint(d *dual) {
	at := make(map[int32]int, p.s.x.sites())
	for j, id := range p.s.x.id {
		at[id] = j
	}
	clear(p.share)
	for j, id := range d.x.id {
		p.share[at[id]] = d.share[j]
	}
}

// put offers a choice to the pool: one that is there already, or is worse than
// all that are there, is not taken.
func (p *pool) put() {
	c := choice{slices.Clone(p.s.chosen), p.s.cost}
	slices.Sort(c.sites)
	worst := -1
	for k, e := range p.elite {
		if e.cost == c.cost && slices.Equal(e.sites, c.sites) {
			return
		}
		// Of two that are nearly the same the better one stays.
		if common(e.sites, c.sites)*10 > len(c.sites)*9 {
			if c.cost < e.cost {
				p.elite[k] = c
			}
			return
		}
		if worst < 0 || e.cost > p.elite[worst].cost {
			worst = k
		}
	}
	switch {
	case len(p.elite) < poolSize:
		p.elite = append(p.elite, c)
	case c.cost < p.elite[worst].cost:
		p.elite[worst] = c
	}
}

// common counts the sites of both, each ascending.
func common(a, b []int32) int {
	n, k := 0, 0
	for _, v := range a {
		for k < len(b) && b[k] < v {
			k++
		}
		if k < len(b) && b[k] == v {
			n++
		}
	}
	return n
}

// round makes a new choice and crosses it with one of the pool; stop is asked
// between swaps, and found is told of every choice that is better by no swap.
func (p *pool) round(rng *rand.Rand, stop func() bool, found func()) {
	s := p.s
	if len(p.elite) > 0 && rng.IntN(2) == 0 {
		s.become(p.elite[rng.IntN(len(p.elite))].sites)
		s.shake(rng, 1+rng.IntN(1+s.x.choose/3))
	} else {
		s.become(nil)
		s.mend(p.draw(rng))
		s.fill()
	}
	s.descend(stop)
	found()
	p.put()
	for range 2 {
		if len(p.elite) < 2 || stop() {
			return
		}
		p.relink(p.elite[rng.IntN(len(p.elite))].sites)
		s.descend(stop)
		found()
		p.put()
	}
}

// draw lists sites at random, those first that the relaxation chooses most.
func (p *pool) draw(rng *rand.Rand) []int32 {
	type drawn struct {
		site int32
		key  float64
	}
	var all []drawn
	for j, v := range p.share {
		if v > 0.01 {
			all = append(all, drawn{int32(j), v * (0.5 + rng.Float64())})
		}
	}
	slices.SortFunc(all, func(a, b drawn) int {
		switch {
		case a.key > b.key:
			return -1
		case a.key < b.key:
			return 1
		}
		return int(a.site - b.site)
	})
	var out []int32
	for _, d := range all {
		out = append(out, d.site)
	}
	return out
}

// relink goes from the choice as it is towards another by the best swaps there
// are, and stays at the cheapest in between.
func (p *pool) relink(to []int32) {
	s := p.s
	in, out := make([]bool, s.x.sites()), make([]bool, s.x.sites())
	steps := 0
	for _, j := range to {
		if s.where[j] == None {
			in[j] = true
			steps++
		}
	}
	for _, j := range s.chosen {
		out[j] = true
	}
	for _, j := range to {
		out[j] = false
	}
	var least []int32
	var cost int64
	for k := 1; k < steps && s.best(in, out); k++ {
		if least == nil || s.cost < cost {
			least, cost = append(least[:0], s.chosen...), s.cost
		}
	}
	if least != nil {
		s.become(least)
	}
}
