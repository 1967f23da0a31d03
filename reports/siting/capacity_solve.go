package siting

import (
	"cmp"
	"slices"
)

// capped solves problems whose sites have capacities.
func (r *run) capped(p *Problem) (chosen []int32, objective, bound int64) {
	x, capacity, fates, _ := cappedOf(p)
	x.merge(nil)
	t := &cappedTree{r: r, x: x, capacity: capacity, shift: fractions(x.worst(), x.choose)}
	if p.Goal == MostCovered {
		var all int64
		for _, w := range p.Weight {
			all += w
		}
		r.tells = func(cost, lower int64) (int64, int64) { return all - cost, all - lower }
	} else {
		r.tells = func(cost, lower int64) (int64, int64) { return cost, lower }
	}
	r.best = func() (chosen []int32) {
		for _, j := range t.best {
			if p.Sites[x.id[j]].Status != Kept {
				chosen = append(chosen, x.id[j])
			}
		}
		return chosen
	}
	lower := t.solve(fates)
	objective, bound = r.tells(t.cost, lower)
	return r.best(), objective, bound
}

// cappedOf brings a problem into form: a median with a row for each demand of
// those listed, in which sites that stay are chosen like others, but are taken
// from the first.
func cappedOf(p *Problem) (x *median, capacity []int64, fates []fate, demand []int32) {
	q := *p
	q.Sites = slices.Clone(p.Sites)
	for s := range q.Sites {
		if q.Sites[s].Status == Kept {
			q.Sites[s] = Site{}
		}
	}
	x, demand = medianOf(&q)
	fates = make([]fate, x.sites())
	for j, s := range x.id {
		capacity = append(capacity, p.Capacity[s])
		if p.Sites[s].Status == Kept {
			fates[j] = taken
			if p.Choose > 0 {
				x.choose++
			}
		}
	}
	return x, capacity, fates, demand
}

// cappedTree searches for the best sites with capacities and proves that they
// are.
type cappedTree struct {
	r        *run
	x        *median
	capacity []int64
	shift    uint
	flow     *transport
	best     []int32 // numbers in x
	cost     int64
	lower    int64
}

// solve returns what no answer can cost less than.
func (t *cappedTree) solve(fates []fate) int64 {
	x := t.x
	t.flow = newTransport(x, t.capacity)
	for j, f := range fates {
		if f == taken {
			t.best = append(t.best, int32(j))
		}
	}
	t.flow.become(t.best)
	t.cost = t.flow.cost
	prices := make([]int64, x.rows())
	for i := range prices {
		prices[i] = (int64(x.far[i]) + int64(x.cost[x.first[i]])) << t.shift / 2
	}
	lower := t.explore(fates, prices, 0)
	t.r.tell(t.cost, lower)
	return lower
}

// may tells whether a choice keeps the number, the budget and what stands beside
// what.
func (t *cappedTree) may(in []bool) bool {
	x := t.x
	n, spent := 0, int64(0)
	idleOut := make([]bool, x.groups)
	for j, c := range in {
		if c {
			n++
			if x.price != nil {
				spent += x.price[j]
			}
		} else if g := x.group[j]; g != None && x.idle[j] {
			idleOut[g] = true
		}
	}
	if n > x.choose || x.price != nil && spent > x.budget {
		return false
	}
	for j, c := range in {
		if g := x.group[j]; c && g != None && !x.idle[j] && idleOut[g] {
			return false
		}
	}
	return true
}

// keep remembers a choice that is better than the best.
func (t *cappedTree) keep(in []bool) {
	if t.flow.cost >= t.cost {
		return
	}
	t.cost, t.best = t.flow.cost, t.best[:0]
	for j, c := range in {
		if c {
			t.best = append(t.best, int32(j))
		}
	}
	t.r.tell(t.cost, t.lower)
}

// marks are the sites of a choice.
func (t *cappedTree) marks(chosen []int32) []bool {
	in := make([]bool, t.x.sites())
	for _, j := range chosen {
		in[j] = true
	}
	return in
}

// try makes a choice of what the relaxation likes: the sites of order, one after
// the other, as far as they may come together.
func (t *cappedTree) try(fates []fate, order []int32) []bool {
	in := make([]bool, len(fates))
	for j, f := range fates {
		in[j] = f == taken
	}
	for again := true; again; { // a new site may come once the idle ones have
		again = false
		for _, j := range order {
			if in[j] || fates[j] == shut {
				continue
			}
			if in[j] = true; t.may(in) {
				again = again || t.x.groups > 0 && t.x.idle[j]
			} else {
				in[j] = false
			}
		}
	}
	return in
}

// open has the flow serve by a choice.
func (t *cappedTree) open(in []bool) {
	var chosen []int32
	for j, c := range in {
		if c {
			chosen = append(chosen, int32(j))
		}
	}
	t.flow.become(chosen)
}

// swap looks for swaps that make a choice better: sites in the order of wishes
// come for those whose capacity is used least. It gives up after some trials
// without.
func (t *cappedTree) swap(in []bool, fates []fate, wishes []int32, trials int) {
	t.open(in)
	t.keep(in)
	for k, left := 0, trials; left > 0 && k < len(wishes); k++ {
		j := wishes[k]
		if in[j] || fates[j] == shut {
			continue
		}
		var out []int32
		for r, c := range in {
			if c && fates[r] != taken {
				out = append(out, int32(r))
			}
		}
		load := func(r int32) int64 { return t.flow.load[t.flow.node[r]] }
		slices.SortFunc(out, func(a, b int32) int { return cmp.Or(cmp.Compare(load(a), load(b)), cmp.Compare(a, b)) })
		before := t.flow.cost
		t.flow.open(j)
		in[j] = true
		better := t.flow.cost < before && t.may(in)
		if opened := t.flow.cost; !better && opened < before {
			for _, r := range out {
				if left--; left < 0 || t.r.tick() {
					break
				}
				if in[r] = false; !t.may(in) {
					in[r] = true
					continue
				}
				if t.flow.close(r); t.flow.cost < before {
					better = true
					break
				}
				t.flow.open(r)
				in[r] = true
			}
		}
		if better {
			t.keep(in)
			k, left = -1, trials
			continue
		}
		t.flow.close(j)
		in[j] = false
		if t.r.over {
			return
		}
	}
}

// wishes are the open sites, those first that the relaxation likes best.
func (d *cappedDual) wishes() []int32 {
	var out []int32
	for j, f := range d.fates {
		if f == open {
			out = append(out, int32(j))
		}
	}
	slices.SortFunc(out, func(a, b int32) int {
		return cmp.Or(cmp.Compare(d.atEarn[a], d.atEarn[b]), cmp.Compare(a, b))
	})
	return out
}

// explore returns the least that any answer within the fates can cost, or the
// cost of the best answer known where none is better.
func (t *cappedTree) explore(fates []fate, prices []int64, depth int) int64 {
	lower := int64(0)
	for {
		if !t.x.follow(fates) {
			return t.cost
		}
		in := make([]bool, len(fates))
		n := 0
		for j, f := range fates {
			if in[j] = f == taken; in[j] {
				n++
			}
		}
		if n == t.x.choose || undecided(fates) == 0 {
			t.open(in)
			t.keep(in)
			return min(t.cost, t.flow.cost)
		}
		d := newCappedDual(t.x, t.capacity, t.shift, fates, prices)
		t.climb(d, depth)
		if d.bound > 0 {
			lower = max(lower, d.whole(d.bound))
		}
		if depth == 0 && lower > t.lower {
			t.lower = min(lower, t.cost)
			t.r.tell(t.cost, t.lower)
		}
		if lower >= t.cost {
			return t.cost
		}
		if t.r.over {
			return lower
		}
		t.swap(t.try(fates, d.wishes()), fates, d.wishes(), 40)
		if depth == 0 {
			t.swap(t.marks(t.best), fates, d.wishes(), 400)
		}
		if lower >= t.cost {
			return t.cost
		}
		judged := d.judge(t.cost)
		if !t.x.follow(judged) {
			return t.cost
		}
		if undecided(judged) > undecided(fates)*9/10 {
			return t.branch(d, judged, lower, depth)
		}
		fates, prices = judged, slices.Clone(d.atPrice)
	}
}

// branch takes one site in and then leaves it out.
func (t *cappedTree) branch(d *cappedDual, fates []fate, lower int64, depth int) int64 {
	at, most := None, -1.0
	for j, f := range fates {
		if f == open {
			if doubt := min(d.share[j], 1-d.share[j]); doubt > most {
				at, most = j, doubt
			}
		}
	}
	if at == None {
		return max(lower, t.explore(fates, slices.Clone(d.atPrice), depth+1))
	}
	least := t.cost
	for _, f := range [2]fate{taken, shut} {
		if t.r.over {
			return lower
		}
		with := slices.Clone(fates)
		with[at] = f
		least = min(least, t.explore(with, slices.Clone(d.atPrice), depth+1))
	}
	return max(lower, min(least, t.cost))
}

// climb raises the bound of a relaxation until it is as high as the best answer,
// or rises no more.
func (t *cappedTree) climb(d *cappedDual, depth int) {
	rounds, theta, still := 60, 0.5, 0
	if depth == 0 {
		rounds, theta = 1200, 1
	}
	for k := range rounds {
		before := d.bound
		bound := d.evaluate()
		if d.bound > before && (k == 0 || d.bound-before > int64(1)<<d.shift/64) {
			still = 0
		} else if still++; still >= 25 {
			theta, still = theta/2, 0
		}
		if depth == 0 && d.bound > 0 && d.whole(d.bound) > t.lower {
			t.lower = min(d.whole(d.bound), t.cost)
			t.r.tell(t.cost, t.lower)
		}
		if d.bound > 0 && d.whole(d.bound) >= t.cost || t.r.tick() {
			return
		}
		if depth == 0 && (k == 10 || k%60 == 59) {
			in := t.try(d.fates, d.wishes())
			t.open(in)
			t.keep(in)
		}
		if theta < 0.002 || !d.step(bound, t.cost, theta) {
			return
		}
	}
}
