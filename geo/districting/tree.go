package districting

import (
	"math"
	"math/rand/v2"
)

// splitter divides regions of a ground in two by cutting an edge of a random
// spanning tree where the parts weigh best (recombination: DeFord, Duchin &
// Solomon 2021). Its trees grow from a random unit at random places of their
// rim, so that branches are wedges rather than threads.
type splitter struct {
	g   *ground
	rng *rand.Rand

	in    []int32 // by unit: the region it is in
	stamp int32
	order []int32 // units as the tree grew
	up    []int32 // by unit: where it grew from
	size  []int32 // by unit: units of its branch
	sum   []int64 // by unit and weight: of its branch
	held  []int32 // by unit: locked units of its branch
	rim   [][2]int32
	best  []int32
}

func newSplitter(g *ground, rng *rand.Rand) *splitter {
	return &splitter{
		g: g, rng: rng,
		in: make([]int32, g.n), up: make([]int32, g.n), size: make([]int32, g.n),
		held: make([]int32, g.n),
		sum:  make([]int64, g.n*g.nw),
	}
}

// tree grows a spanning tree of a region. What cannot be reached without a
// barrier hangs at the root.
func (t *splitter) tree(region []int32) {
	g := t.g
	t.stamp += 2
	for _, u := range region {
		t.in[u] = t.stamp
	}
	t.order = t.order[:0]
	t.rim = t.rim[:0]
	root := region[t.rng.IntN(len(region))]
	t.rim = append(t.rim, [2]int32{root, None})
	for next := 0; ; {
		for len(t.rim) > 0 {
			i := t.rng.IntN(len(t.rim))
			u, from := t.rim[i][0], t.rim[i][1]
			t.rim[i] = t.rim[len(t.rim)-1]
			t.rim = t.rim[:len(t.rim)-1]
			if t.in[u] != t.stamp {
				continue
			}
			t.in[u] = t.stamp + 1
			t.up[u] = from
			t.order = append(t.order, u)
			for e := g.first[u]; e < g.first[u+1]; e++ {
				if v := g.to[e]; t.in[v] == t.stamp && !g.shut(e) {
					t.rim = append(t.rim, [2]int32{v, u})
				}
			}
		}
		for next < len(region) && t.in[region[next]] != t.stamp {
			next++
		}
		if next == len(region) {
			break
		}
		t.rim = append(t.rim, [2]int32{region[next], root})
	}
	t.stamp++ // units of the region are in it now
}

// weigh adds up the branches, and what is locked in them of the owner, if not
// None.
func (t *splitter) weigh(owner int32) {
	g := t.g
	for _, u := range t.order {
		t.size[u] = 1
		t.held[u] = 0
		if l := g.lock[u]; l != None && l == owner {
			t.held[u] = 1
		}
		copy(t.sum[int(u)*g.nw:int(u+1)*g.nw], g.weight[int(u)*g.nw:int(u+1)*g.nw])
	}
	for i := len(t.order) - 1; i > 0; i-- {
		u := t.order[i]
		v := t.up[u]
		t.size[v] += t.size[u]
		t.held[v] += t.held[u]
		for w := range g.nw {
			t.sum[int(v)*g.nw+w] += t.sum[int(u)*g.nw+w]
		}
	}
}

// branch marks the units of a branch: they get the stamp returned.
func (t *splitter) branch(v int32) int32 {
	t.stamp++
	t.in[v] = t.stamp
	for i := t.after(v); i < len(t.order); i++ {
		if u := t.order[i]; t.in[t.up[u]] == t.stamp {
			t.in[u] = t.stamp
		}
	}
	return t.stamp
}

// after returns the place in the order behind a unit that is not the root.
func (t *splitter) after(v int32) int {
	for i, u := range t.order {
		if u == v {
			return i + 1
		}
	}
	return len(t.order)
}

// strain returns how far k zones made of a sum are from their targets each.
func (t *splitter) strain(sum []int64, k int) float64 {
	x := 0.0
	for w, s := range sum {
		b := &t.g.bounds[w]
		x += math.Abs(float64(s)-float64(k)*b.Target) / b.Target
	}
	return x
}

// trees is how many trees are grown at most for a division.
const trees = 12

// divide writes zones into the units of a region; all of owner's locked units
// lie in it, if owner is not None, and owner is the first of zones then.
func (t *splitter) divide(region, zones, zone []int32, owner int32) {
	if len(zones) == 1 {
		for _, u := range region {
			zone[u] = zones[0]
		}
		return
	}
	side, k := t.cut(region, len(zones), owner)
	var rest []int32
	part := make([]int32, 0, len(side))
	part = append(part, side...)
	for _, u := range region {
		if t.in[u] != t.stamp {
			rest = append(rest, u)
		}
	}
	mine, yours := None, None
	if owner != None {
		for _, u := range part {
			if t.g.lock[u] == owner {
				mine = int(owner)
				break
			}
		}
		if mine == None {
			yours = int(owner)
		}
	}
	// The owner goes with the side that has its units: it is the first of zones.
	a, b := zones[:k], zones[k:]
	if yours != None {
		a, b = zones[len(zones)-k:], zones[:len(zones)-k]
	}
	t.divide(part, a, zone, int32(mine))
	t.divide(rest, b, zone, int32(yours))
}

// cut divides a region of n zones in two, and returns one side, whose units
// have the last stamp, and how many of the zones it is for.
func (t *splitter) cut(region []int32, n int, owner int32) ([]int32, int) {
	g := t.g
	total := make([]int64, g.nw)
	for _, u := range region {
		for w := range g.nw {
			total[w] += g.weight[int(u)*g.nw+w]
		}
	}
	least := math.Inf(1)
	var k int
	rest := make([]int64, g.nw)
	for range trees {
		t.tree(region)
		t.weigh(owner)
		var at int32 = None
		all := t.held[t.order[0]]
		for _, v := range t.order[1:] {
			if h := t.held[v]; h > 0 && h < all {
				continue
			}
			s := int(t.size[v])
			sum := t.sum[int(v)*g.nw : int(v+1)*g.nw]
			lo, hi := max(1, n-(len(region)-s)), min(s, n-1)
			j := t.share(sum, s, len(region), n)
			j = min(max(j, lo), hi)
			for w := range rest {
				rest[w] = total[w] - sum[w]
			}
			// Halves leave the most room for what is divided after them.
			uneven := math.Abs(float64(2*j-n)) / float64(n)
			x := t.strain(sum, j)/float64(j) + t.strain(rest, n-j)/float64(n-j) + 0.02*uneven
			if n > 3 && uneven > 0.5 {
				x++
			}
			if x < least {
				least, at, k = x, v, j
			}
		}
		if at != None {
			stamp := t.branch(at)
			t.best = t.best[:0]
			for _, u := range t.order {
				if t.in[u] == stamp {
					t.best = append(t.best, u)
				}
			}
		}
		if least < 0.03 || math.IsInf(least, 1) {
			break
		}
	}
	if math.IsInf(least, 1) { // every edge would part locked units
		t.best = append(t.best[:0], t.apart(region, owner))
		k = 1
	}
	t.stamp++
	for _, u := range t.best {
		t.in[u] = t.stamp
	}
	return t.best, k
}

// apart returns a unit of a region that is not locked: the last the tree came
// to, which hangs at nothing.
func (t *splitter) apart(region []int32, owner int32) int32 {
	for i := len(t.order) - 1; i >= 0; i-- {
		if t.g.lock[t.order[i]] != owner {
			return t.order[i]
		}
	}
	return region[0]
}

// share returns how many of n zones a branch should have by its weight, or by
// its units where nothing is weighed.
func (t *splitter) share(sum []int64, size, units, n int) int {
	if len(sum) == 0 {
		return int(math.Round(float64(size) * float64(n) / float64(units)))
	}
	return int(math.Round(float64(sum[0]) / t.g.bounds[0].Target))
}
