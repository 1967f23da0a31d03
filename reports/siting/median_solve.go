package siting

import "slices"

// median solves problems of LeastTotal and MostCovered.
func (r *run) median(p *Problem) (chosen []int32, objective, bound int64) {
	x := newMedian(p)
	if p.Goal == MostCovered {
		var all int64
		for _, w := range p.Weight {
			all += w
		}
		r.tells = func(cost, lower int64) (int64, int64) { return all - cost, all - lower }
	} else {
		r.tells = func(cost, lower int64) (int64, int64) { return cost, lower }
	}
	t := &medianTree{r: r, root: x, shift: fractions(x.worst(), x.choose), binary: x.binary()}
	r.best = func() []int32 { return t.best }
	lower := t.solve()
	objective, bound = r.tells(t.cost, lower)
	return t.best, objective, bound
}

// medianTree searches for the best sites of a median and proves that they are.
type medianTree struct {
	r      *run
	root   *median
	shift  uint
	best   []int32 // as the problem numbers them
	cost   int64
	lower  int64    // proven for all of the tree so far
	swaps  *swapper // of the root, with a choice that is being shaken
	order  []int32
	binary bool
	stale  int   // rounds of shaking since the last better answer
	pool   *pool // of a large problem; nil: it is none
}

// largeRows is from how many rows on a problem is large: its tree decides
// little, and a swap is found in a ledger much faster than by looking at ways.
const largeRows = 1 << 12

// solve returns what no answer can cost less than.
func (t *medianTree) solve() int64 {
	x := t.root
	t.cost, t.best = x.worst(), []int32{}
	if x.rows() == 0 || x.choose == 0 {
		return t.cost
	}
	t.swaps = newSwapper(x)
	t.swaps.set(nil)
	t.swaps.fill()
	for j := range int32(x.sites()) {
		t.order = append(t.order, j)
	}
	t.polish(t.swaps, nil)
	if x.rows() >= largeRows {
		t.pool = newPool(t.swaps)
	}
	prices := make([]int64, x.rows())
	for i := range prices {
		prices[i] = (int64(t.swaps.d1[i]) + int64(t.swaps.d2[i])) << t.shift / 2
	}
	lower := t.explore(x, nil, prices, 0)
	t.r.tell(t.cost, lower)
	return lower
}

// polish makes a choice better by swaps and keeps it if it is the best; in are
// the sites, as the problem numbers them, that are certain beside it.
func (t *medianTree) polish(s *swapper, in []int32) {
	order := t.order
	if s != t.swaps {
		order = make([]int32, s.x.sites())
		for j := range order {
			order[j] = int32(j)
		}
	}
	t.r.rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	s.improve(order, t.r.tick)
	t.keep(s, in)
}

// keep remembers a choice that is better than the best. What a swapper of less
// than the root counts is right only if all hard rows are served, so it is
// counted anew.
func (t *medianTree) keep(s *swapper, in []int32) {
	if s.cost >= t.cost {
		return
	}
	ids := slices.Clone(in)
	for _, j := range s.chosen {
		ids = append(ids, s.x.id[j])
	}
	cost := s.cost
	if s != t.swaps {
		if cost = t.root.total(ids); cost >= t.cost {
			return
		}
	}
	t.cost, t.best, t.stale = cost, ids, 0
	t.r.tell(t.cost, t.lower)
}

// home is the best answer, as the root numbers sites.
func (t *medianTree) home() []int32 {
	at := make(map[int32]int32, t.root.sites())
	for j, id := range t.root.id {
		at[id] = int32(j)
	}
	var from []int32
	for _, id := range t.best {
		from = append(from, at[id])
	}
	return from
}

// shake looks for a better answer near the best one.
func (t *medianTree) shake() {
	if t.pool != nil {
		steps := 0
		stop := func() bool { steps++; return steps%8 == 0 && t.r.tick() || t.r.over }
		t.stale++
		t.pool.round(t.r.rng, stop, func() { t.keep(t.swaps, nil) })
		return
	}
	s, x := t.swaps, t.root
	if t.stale%8 == 0 { // from the best again
		s.mend(t.home())
	}
	t.stale++
	s.shake(t.r.rng, 2+t.r.rng.IntN(min(8, 2+x.choose/2)))
	t.polish(s, nil)
}

// explore returns the least that any answer can cost with the sites in and what
// x leaves to choose, or the cost of the best answer known where none is better.
func (t *medianTree) explore(x *median, in []int32, prices []int64, depth int) int64 {
	lower := int64(0)
	for {
		if t.binary {
			fine := false
			if x, in, prices, fine = t.strip(x, in, prices); !fine {
				return t.cost
			}
		}
		if x.lost {
			return t.cost
		}
		if x.rows() == 0 || x.choose == 0 || x.sites() == 0 {
			s := newSwapper(x)
			s.set(nil)
			t.keep(s, in)
			if slices.Contains(x.hard, true) {
				return t.cost
			}
			return min(t.cost, s.cost)
		}
		d := newDual(x, t.shift, prices, t.r.o.Threads)
		climb := 80
		if depth == 0 {
			climb = 1200
		}
		t.climb(d, in, climb, depth)
		lower = max(lower, d.whole(d.bound))
		if depth == 0 && t.pool != nil {
			t.pool.hint(d)
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
		// Of a large problem the tree decides little, and shaking more.
		rounds, patience := 1, 0
		if depth == 0 {
			rounds = 40
			if x.rows() >= largeRows {
				patience = 100
			}
		}
		for k := 0; k < rounds || t.stale < patience; k++ {
			if t.shake(); t.r.over || lower >= t.cost {
				break
			}
		}
		fates := d.judge(t.cost)
		d.harden(t.cost)
		if !x.follow(fates) {
			return t.cost
		}
		if undecided(fates) > x.sites()*9/10 {
			return t.branch(x, in, d, fates, lower, depth)
		}
		x, in, prices = t.seal(x, in, d.atPrice, fates, nil)
	}
}

// strip leaves out dominated sites and rows that are served with others, and
// makes one row of those that are then the same. False: there is no answer that
// is better than the best.
func (t *medianTree) strip(x *median, in []int32, prices []int64) (*median, []int32, []int64, bool) {
	for x.rows() > 0 {
		fates, drop := make([]fate, x.sites()), make([]bool, x.rows())
		if changed := x.forced(fates, drop); !changed && !x.dominated(fates) {
			break
		}
		if !x.follow(fates) {
			return x, in, prices, false
		}
		if x, in, prices = t.seal(x, in, prices, fates, drop); x.lost {
			return x, in, prices, false
		}
	}
	if x.rows() > 0 {
		y := *x
		x, prices = &y, y.merge(prices)
	}
	return x, in, prices, true
}

// seal goes on with what fates leave.
func (t *medianTree) seal(x *median, in []int32, prices []int64, fates []fate, drop []bool) (*median, []int32, []int64) {
	y, rows := x.reduce(fates, drop)
	in = slices.Clone(in)
	for j, f := range fates {
		if f == taken {
			in = append(in, x.id[j])
		}
	}
	left := make([]int64, len(rows))
	for k, i := range rows {
		left[k] = prices[i]
	}
	return y, in, left
}

// branch takes one site in and then leaves it out.
func (t *medianTree) branch(x *median, in []int32, d *dual, fates []fate, lower int64, depth int) int64 {
	at, most := None, -1.0
	for j, f := range fates {
		if f != open {
			continue
		}
		if doubt := min(d.share[j], 1-d.share[j]); doubt > most {
			at, most = j, doubt
		}
	}
	if at == None {
		y, in, prices := t.seal(x, in, d.atPrice, fates, nil)
		return max(lower, t.explore(y, in, prices, depth+1))
	}
	least := t.cost
	for _, f := range [2]fate{taken, shut} {
		with := slices.Clone(fates)
		with[at] = f
		if !x.follow(with) {
			continue
		}
		if t.r.over {
			return lower
		}
		y, in, prices := t.seal(x, in, d.atPrice, with, nil)
		least = min(least, t.explore(y, in, prices, depth+1))
	}
	return max(lower, min(least, t.cost))
}

// climb raises the bound of a relaxation by subgradients until it is as high as
// the best answer, or rises no more.
func (t *medianTree) climb(d *dual, in []int32, rounds, depth int) {
	var s *swapper
	theta := 1.0
	tried := int64(0)
	still, every := 0, 20
	if t.pool != nil { // a round of crossing costs as much as many evaluations
		every = 100
	}
	for k := range rounds {
		before := d.bound
		bound := d.evaluate()
		if d.bound > before && (before == 0 || d.bound-before > int64(1)<<d.shift/64) {
			still = 0
		} else if still++; still >= 25 {
			theta, still = theta/2, 0
		}
		if depth == 0 && d.whole(d.bound) > t.lower {
			t.lower = min(d.whole(d.bound), t.cost)
			t.r.tell(t.cost, t.lower)
		}
		if d.whole(d.bound) >= t.cost || t.r.tick() {
			return
		}
		if heuristic := depth == 0 && k%every == every-1 || k == rounds-1; heuristic && d.bound > tried {
			tried = d.bound
			if s == nil {
				s = newSwapper(d.x)
			}
			s.mend(d.atChosen)
			s.fill()
			t.polish(s, in)
			if depth == 0 {
				t.shake()
			}
			if d.whole(d.bound) >= t.cost {
				return
			}
		}
		if theta < 0.002 || !d.step(bound, t.cost, theta) {
			return
		}
	}
}
