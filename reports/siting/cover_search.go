package siting

import (
	"math/rand/v2"
	"slices"
)

// coverer is a choice of sites of a cover that is made cheaper by leaving sites
// out and mending what is then not covered, rows weighing more the longer they
// stay so (Gao, Weise and Li 2015).
type coverer struct {
	x       *cover
	rng     *rand.Rand
	in      []bool
	count   []int32 // of the chosen sites of each row
	weight  []int64
	score   []int64 // of each site: the weight that it covers alone, or would newly
	moved   []int   // when it last came or went
	barred  []bool  // left out, and nothing beside it has changed since
	chosen  []int32
	where   []int32
	bare    []int32 // rows that are not covered
	bareAt  []int32
	spent   int64
	newIn   []int32
	idleOut []int32
	now     int
	last    int32 // the site that came last
}

func newCoverer(x *cover, rng *rand.Rand) *coverer {
	c := &coverer{
		x: x, rng: rng, in: make([]bool, x.sites()), count: make([]int32, x.rows()), weight: slices.Repeat([]int64{1}, x.rows()),
		score: make([]int64, x.sites()), moved: make([]int, x.sites()), barred: make([]bool, x.sites()), where: make([]int32, x.sites()),
		bareAt: make([]int32, x.rows()), spent: x.base, newIn: make([]int32, x.groups), idleOut: make([]int32, x.groups), last: None,
	}
	for i := range x.rows() {
		c.bareAt[i] = int32(i)
		c.bare = append(c.bare, int32(i))
	}
	for j := range x.sites() {
		c.score[j] = int64(len(x.column(int32(j))))
		if g := x.group[j]; g != None && x.idle[j] {
			c.idleOut[g]++
		}
	}
	return c
}

func (c *coverer) mark(j, by int32) {
	c.spent += int64(by) * c.x.price[j]
	c.moved[j] = c.now
	if g := c.x.group[j]; g != None {
		if c.x.idle[j] {
			c.idleOut[g] -= by
		} else {
			c.newIn[g] += by
		}
	}
}

func (c *coverer) add(j int32) {
	c.mark(j, 1)
	c.in[j], c.where[j] = true, int32(len(c.chosen))
	c.chosen = append(c.chosen, j)
	for _, i := range c.x.column(j) {
		c.count[i]++
		switch w := c.weight[i]; c.count[i] {
		case 1:
			last := c.bare[len(c.bare)-1]
			c.bare[c.bareAt[i]], c.bareAt[last] = last, c.bareAt[i]
			c.bare = c.bare[:len(c.bare)-1]
			for _, s := range c.x.row(int(i)) {
				if s != j {
					c.score[s] -= w
					c.barred[s] = false
				}
			}
		case 2:
			for _, s := range c.x.row(int(i)) {
				if s != j && c.in[s] {
					c.score[s] -= w
				}
			}
		}
	}
}

func (c *coverer) remove(j int32) {
	c.mark(j, -1)
	last := c.chosen[len(c.chosen)-1]
	c.chosen[c.where[j]], c.where[last] = last, c.where[j]
	c.chosen, c.in[j] = c.chosen[:len(c.chosen)-1], false
	c.barred[j] = true
	for _, i := range c.x.column(j) {
		c.count[i]--
		switch w := c.weight[i]; c.count[i] {
		case 0:
			c.bareAt[i] = int32(len(c.bare))
			c.bare = append(c.bare, i)
			for _, s := range c.x.row(int(i)) {
				if s != j {
					c.score[s] += w
					c.barred[s] = false
				}
			}
		case 1:
			for _, s := range c.x.row(int(i)) {
				if s != j && c.in[s] {
					c.score[s] += w
				}
			}
		}
	}
}

// may tells whether j may come.
func (c *coverer) may(j int32) bool {
	g := c.x.group[j]
	return g == None || c.x.idle[j] || c.idleOut[g] == 0
}

// drop leaves out the site that loses least for its price, the one that has been
// in longest among equal ones; of those that came last it takes none if tabu.
func (c *coverer) drop(tabu bool) bool {
	out := int32(None)
	for _, j := range c.chosen {
		if tabu && j == c.last || c.stays(j) {
			continue
		}
		if out == None || c.less(j, out) {
			out = j
		}
	}
	if out == None {
		return false
	}
	c.remove(out)
	return true
}

// less tells whether j loses less for its price than k.
func (c *coverer) less(j, k int32) bool {
	a, b := c.score[j]*c.x.price[k], c.score[k]*c.x.price[j]
	if a != b {
		return a < b
	}
	if c.moved[j] != c.moved[k] {
		return c.moved[j] < c.moved[k]
	}
	return j < k
}

// search tries to cover all for less than limit, and returns whether it has.
func (c *coverer) search(limit int64, steps int) bool {
	for {
		if len(c.bare) == 0 && c.spent < limit {
			return true
		}
		if steps--; steps < 0 {
			return false
		}
		c.now++
		for c.spent >= limit {
			if !c.drop(false) {
				return false
			}
		}
		if len(c.bare) == 0 {
			continue
		}
		c.drop(true)
		for len(c.bare) > 0 {
			if !c.cover(c.bare[c.rng.IntN(len(c.bare))], limit) {
				break
			}
		}
		for _, i := range c.bare {
			c.weight[i]++
			for _, s := range c.x.row(int(i)) {
				c.score[s]++
			}
		}
	}
}

// cover adds the site of a row that gains most for its price, if one may come
// for less than limit.
func (c *coverer) cover(i int32, limit int64) bool {
	in := int32(None)
	for _, s := range c.x.row(int(i)) {
		if c.barred[s] {
			continue
		}
		if !c.may(s) {
			if s = c.before(s); s == None || c.in[s] {
				continue
			}
		}
		if c.spent+c.x.price[s] >= limit {
			continue
		}
		if in == None || c.less(in, s) {
			in = s
		}
	}
	if in == None {
		return false
	}
	c.add(in)
	c.last = in
	return true
}

// before is an idle site that has to come before j.
func (c *coverer) before(j int32) int32 {
	for k, g := range c.x.group {
		if g == c.x.group[j] && c.x.idle[k] && !c.in[k] {
			return int32(k)
		}
	}
	return None
}

// sites are those chosen, as the problem numbers them.
func (c *coverer) sites() []int32 {
	var out []int32
	for _, j := range c.chosen {
		out = append(out, c.x.id[j])
	}
	return out
}
