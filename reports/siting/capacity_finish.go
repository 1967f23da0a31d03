package siting

import (
	"cmp"
	"container/heap"
	"slices"
)

// finishCapped fills in what follows from a choice of sites with capacities.
func (p *Problem) finishCapped(s *Solution) {
	x, capacity, fates, demand := cappedOf(p)
	f := newTransport(x, capacity)
	at := make(map[int32]int32, x.sites())
	for j, id := range x.id {
		at[id] = int32(j)
		if fates[j] == taken {
			f.open(int32(j))
		}
	}
	s.Steps = p.cappedSteps(f, at, s.Chosen)
	var chosen []int32
	for j, id := range x.id {
		if _, in := slices.BinarySearch(s.Chosen, id); in || fates[j] == taken {
			chosen = append(chosen, int32(j))
		}
	}
	f.become(chosen)
	s.Site = slices.Repeat([]int32{None}, len(p.Weight))
	s.Loads = []Load{}
	for i, d := range demand {
		from := len(s.Loads)
		for _, part := range f.at[i] {
			if part.node != 0 {
				s.Loads = append(s.Loads, Load{d, x.id[f.site[part.node]], part.amount})
				s.Reached += part.amount
			}
		}
		slices.SortFunc(s.Loads[from:], func(a, b Load) int { return cmp.Compare(a.Site, b.Site) })
		var most int64
		for _, l := range s.Loads[from:] {
			if l.Weight > most {
				most, s.Site[d] = l.Weight, l.Site
			}
		}
	}
	for d, w := range p.Weight {
		if w > 0 && p.hopeless(d) {
			s.Hopeless += w
		}
	}
}

// cappedSteps ranks the sites of a choice. What a site brings never grows as
// others come (Shapley 1962), so most are looked at once.
func (p *Problem) cappedSteps(f *transport, at map[int32]int32, chosen []int32) []Step {
	idleOut := map[int32]int{}
	for _, s := range chosen {
		if q := p.Sites[s]; q.Status == Idle && q.Place > 0 {
			idleOut[q.Place]++
		}
	}
	gain := func(s int32) int64 {
		before := f.cost
		f.open(at[s])
		g := before - f.cost
		f.close(at[s])
		return g
	}
	var h offers
	for _, s := range chosen {
		h = append(h, offer{gain(s), s})
	}
	heap.Init(&h)
	var waiting []offer
	var out []Step
	var all int64
	for _, w := range p.Weight {
		all += w
	}
	for len(h) > 0 {
		o := h[0]
		if q := p.Sites[o.site]; q.Status == New && idleOut[q.Place] > 0 {
			waiting = append(waiting, o)
			heap.Pop(&h)
			continue
		}
		if g := gain(o.site); g < o.gain {
			h[0].gain = g
			heap.Fix(&h, 0)
			continue
		}
		heap.Pop(&h)
		f.open(at[o.site])
		after := f.cost
		if p.Goal == MostCovered {
			after = all - f.cost
		}
		out = append(out, Step{Site: o.site, Gain: o.gain, After: after})
		if q := p.Sites[o.site]; q.Status == Idle && q.Place > 0 {
			idleOut[q.Place]--
			for _, w := range waiting {
				heap.Push(&h, w)
			}
			waiting = waiting[:0]
		}
	}
	return out
}
