package siting

import (
	"math"
	"slices"
)

// cheapest solves problems of AllCovered.
func (r *run) cheapest(p *Problem) (chosen []int32, objective, bound int64) {
	x, _ := newCover(p, p.Radius, p.Radius, !p.priced())
	t := &coverTree{r: r, cost: math.MaxInt64, least: math.MinInt64, told: true}
	r.best = func() []int32 { return t.best }
	lower := t.solve(x)
	return t.best, t.cost, lower
}

// coverTree searches for the cheapest cover and proves that it is.
type coverTree struct {
	r     *run
	shift uint
	best  []int32 // as the problem numbers them
	cost  int64   // of best, or what an answer must stay under
	least int64   // an answer of this or less is good enough
	lower int64   // proven for all of the tree so far
	limit int     // iterations of the run at which to give up; 0: none
	told  bool    // tell of progress
	walk  *coverer
	in    []int32 // sites that are in beside those of walk
}

func (t *coverTree) done() bool {
	return t.cost <= t.least || t.r.stop() || t.limit > 0 && t.r.iterations >= t.limit
}

// solve returns what no answer can cost less than, at most what the best costs.
func (t *coverTree) solve(x *cover) int64 {
	dearest := int64(1)
	for _, p := range x.price {
		dearest = max(dearest, p)
	}
	t.shift = min(fractions(dearest, len(x.site)), 20)
	t.lower = min(x.base, t.cost)
	lower := t.explore(x, nil, nil, nil, 0)
	t.lower = max(t.lower, min(lower, t.cost))
	if t.told {
		t.r.tell(t.cost, t.lower)
	}
	return t.lower
}

// keep remembers a cover that is cheaper than the best.
func (t *coverTree) keep(c *coverer, in []int32) {
	if c.spent >= t.cost || len(c.bare) > 0 {
		return
	}
	t.cost = c.spent
	t.best = append(slices.Clone(in), c.sites()...)
	if t.told {
		t.r.tell(t.cost, t.lower)
	}
}

// rise tells of a better bound of the whole tree.
func (t *coverTree) rise(lower int64) {
	if lower > t.lower {
		t.lower = min(lower, t.cost)
		if t.told && t.best != nil {
			t.r.tell(t.cost, t.lower)
		}
	}
}

// explore returns the least that any answer can cost with the sites in and those
// that x leaves to choose under fates, or the cost of the best answer known
// where none is cheaper.
func (t *coverTree) explore(x *cover, fates []fate, in []int32, pay []int64, depth int) int64 {
	if fates == nil {
		fates = make([]fate, x.sites())
	}
	lower := x.base
	for {
		drop := make([]bool, x.rows())
		if !x.simplify(fates, drop) {
			return t.cost
		}
		x, in, pay = t.seal(x, in, pay, fates, drop)
		lower = max(lower, x.base)
		if lower >= t.cost {
			return t.cost
		}
		if x.rows() == 0 {
			t.keep(newCoverer(x, t.r.rng), in)
			return min(t.cost, x.base)
		}
		d := newCoverDual(x, t.shift, pay)
		if depth == 0 {
			if t.begin(x, in); t.done() {
				return lower
			}
			t.climb(d, 600, 1, depth, in)
		} else {
			t.climb(d, 80, 0.5, depth, in)
		}
		lower = max(lower, d.whole(d.bound))
		if depth == 0 {
			t.rise(lower)
		}
		if lower >= t.cost {
			return t.cost
		}
		if t.done() {
			return lower
		}
		t.wander(depth)
		if t.done() || lower >= t.cost {
			return min(lower, t.cost)
		}
		fates = d.judge(t.cost)
		if !followBeside(x.group, x.idle, x.groups, fates) {
			return t.cost
		}
		pay = d.atPay
		if undecided(fates) > x.sites()*9/10 {
			return t.branch(x, in, d, fates, lower, depth)
		}
	}
}

// begin finds a first answer, and sets out from it to find cheaper ones.
func (t *coverTree) begin(x *cover, in []int32) {
	if t.walk != nil && t.walk.x.rows() <= x.rows() {
		return
	}
	c := newCoverer(x, t.r.rng)
	c.greedy(nil)
	t.keep(c, in)
	t.walk, t.in = c, in
	t.wander(0)
}

// wander searches on for a cheaper cover.
func (t *coverTree) wander(depth int) {
	rounds := 1
	if depth == 0 {
		rounds = 10
	}
	for k := 0; k < rounds && !t.done(); k++ {
		t.r.iterations++
		if t.walk.search(t.cost, 200) {
			t.keep(t.walk, t.in)
			k = 0
		}
	}
}

// seal goes on with what fates and dropped rows leave.
func (t *coverTree) seal(x *cover, in []int32, pay []int64, fates []fate, drop []bool) (*cover, []int32, []int64) {
	y, rows := x.reduce(fates, drop)
	in = slices.Clone(in)
	for j, f := range fates {
		if f == taken {
			in = append(in, x.id[j])
		}
	}
	if pay == nil {
		return y, in, nil
	}
	left := make([]int64, len(rows))
	for k, i := range rows {
		left[k] = pay[i]
	}
	return y, in, left
}

// branch takes one site in and then leaves it out.
func (t *coverTree) branch(x *cover, in []int32, d *coverDual, fates []fate, lower int64, depth int) int64 {
	at, most := None, -1.0
	for j, f := range fates {
		if f != open {
			continue
		}
		// Of equal doubt, the site that more depends on.
		if doubt := min(d.share[j], 1-d.share[j]) + 1e-6*float64(len(x.column(int32(j)))); doubt > most {
			at, most = j, doubt
		}
	}
	least := t.cost
	for _, f := range [2]fate{taken, shut} {
		with := slices.Clone(fates)
		if at != None {
			with[at] = f
		}
		if !followBeside(x.group, x.idle, x.groups, with) {
			continue
		}
		if t.done() {
			return min(lower, t.cost)
		}
		least = min(least, t.explore(x, with, in, slices.Clone(d.atPay), depth+1))
		if at == None {
			break
		}
	}
	return max(lower, min(least, t.cost))
}

// climb raises the bound of a relaxation until it is as high as the best answer,
// or rises no more, and now and then covers greedily by what it says.
func (t *coverTree) climb(d *coverDual, rounds int, theta float64, depth int, in []int32) {
	still := 0
	for k := range rounds {
		before := d.bound
		bound := d.evaluate()
		if d.bound > before && (before == math.MinInt64 || d.bound-before > int64(1)<<d.shift/256) {
			still = 0
		} else if still++; still >= 20 {
			theta, still = theta/2, 0
		}
		if depth == 0 {
			t.rise(d.whole(d.bound))
		}
		t.r.iterations++
		if d.whole(d.bound) >= t.cost || t.done() || theta < 0.002 {
			return
		}
		if k%40 == 39 || k == rounds-1 {
			c := newCoverer(d.x, t.r.rng)
			c.greedy(func(j int32) float64 {
				return float64(int64(1)<<d.shift) / (float64(int64(1)<<d.shift)*0.05 + math.Max(0, float64(d.atLeft[j])/float64(max(1, d.x.price[j]))))
			})
			t.keep(c, in)
		}
		upper := t.cost
		if upper == math.MaxInt64 {
			upper = d.whole(d.bound) * 2
		}
		if !d.step(bound, upper, theta) {
			return
		}
	}
}
