package siting

import "slices"

// center solves problems of LeastWorst: by halving it finds the least cost
// within which the sites that may be chosen cover all, each time a set cover
// with a limit. A cost for which there is none is below the answer.
type center struct {
	r     *run
	p     *Problem
	costs []int32 // all that there are, ascending, then far
	high  int     // of costs: an answer keeps within it
	low   int     // of costs: none is below it
	best  []int32
}

func (r *run) center(p *Problem) (chosen []int32, objective, bound int64) {
	c := &center{r: r, p: p}
	r.best = func() []int32 { return c.best }
	seen := map[int32]bool{}
	for d, w := range p.Weight {
		if w > 0 {
			p.Ways.each(d, len(p.Sites), func(_, cost int32) { seen[cost] = true })
		}
	}
	delete(seen, p.far())
	for cost := range seen {
		c.costs = append(c.costs, cost)
	}
	slices.Sort(c.costs)
	c.costs = append(c.costs, p.far())
	c.high = len(c.costs) - 1
	c.low = c.least()
	c.first()
	c.halve(true)
	c.halve(false)
	// With nobody to reach there is nothing to walk.
	if len(c.costs) == 1 && !c.hopes() {
		return nil, 0, 0
	}
	return c.best, c.worst(c.best), int64(c.costs[c.low])
}

// hopes tells whether anybody has a way to any site.
func (c *center) hopes() bool {
	for d, w := range c.p.Weight {
		if w > 0 && !c.p.hopeless(d) {
			return true
		}
	}
	return false
}

// worst is the largest cost with some sites chosen.
func (c *center) worst(chosen []int32) int64 {
	serving := c.p.serving(chosen)
	var most int64
	for d, w := range c.p.Weight {
		if w == 0 || c.p.hopeless(d) {
			continue
		}
		if s, cost := c.p.reach(d, serving); s == None {
			most = max(most, int64(c.costs[len(c.costs)-1]))
		} else {
			most = max(most, int64(cost))
		}
	}
	return most
}

// least is the first cost that is not below what somebody goes even if all
// sites are chosen.
func (c *center) least() int {
	all := make([]int32, 0, len(c.p.Sites))
	for s := range c.p.Sites {
		all = append(all, int32(s))
	}
	return c.index(c.worst(all))
}

// index is where a cost stands.
func (c *center) index(cost int64) int {
	i, _ := slices.BinarySearchFunc(c.costs, cost, func(a int32, b int64) int { return int(int64(a) - b) })
	return min(i, len(c.costs)-1)
}

// first takes the sites, one after the other, that bring all together most.
func (c *center) first() {
	sum := *c.p
	sum.Goal = LeastTotal
	if sum.Validate() != nil { // sums that do not fit: begin with nothing
		c.offer(nil)
		return
	}
	x := newMedian(&sum)
	s := newSwapper(x)
	s.set(nil)
	s.fill()
	var chosen []int32
	for _, j := range s.chosen {
		chosen = append(chosen, x.id[j])
	}
	c.offer(chosen)
}

// offer keeps a choice if it is better than the best.
func (c *center) offer(chosen []int32) {
	if at := c.index(c.worst(chosen)); at < c.high || c.best == nil {
		c.best, c.high = append([]int32{}, chosen...), at
		c.tell()
	}
}

func (c *center) tell() { c.r.tell(int64(c.costs[c.high]), int64(c.costs[c.low])) }

// halve closes in on the answer. If brief, a cost is given up after some work,
// as if there were no cover, and proves nothing. Else the costs just below the
// best answer come first: one for which there is no cover is the end.
func (c *center) halve(brief bool) {
	doubt := c.low // no cover was found below it
	for c.high > doubt && c.high > c.low && !c.r.stop() {
		mid := (max(doubt, c.low) + c.high) / 2
		if !brief {
			mid = c.high - 1
		}
		switch found, none := c.within(mid, brief); {
		case found:
		case none:
			c.low = max(c.low, mid+1)
			doubt = max(doubt, c.low)
			c.tell()
		case brief:
			doubt = mid + 1
		default:
			return // the search is over
		}
	}
}

// within looks for a choice that keeps within the cost at i, or proves that
// there is none.
func (c *center) within(i int, brief bool) (found, none bool) {
	x, all := newCover(c.p, c.costs[i], c.costs[len(c.costs)-1], c.p.Budget == 0)
	if !all {
		return false, true
	}
	limit := int64(c.p.Choose)
	if c.p.Budget > 0 {
		limit = c.p.Budget
	}
	t := &coverTree{r: c.r, cost: limit + 1, least: limit}
	if brief {
		t.limit = c.r.iterations + 300
	}
	lower := t.solve(x)
	if t.best != nil {
		c.offer(t.best)
		return true, false
	}
	return false, lower > limit
}
