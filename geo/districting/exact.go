package districting

import (
	"math"
	"math/bits"
)

// few is how many drawings are all looked at rather than searched: about as
// many as the moves of a first cycle.
const few = 100_000

// exact looks at all drawings of a small ground. Locks and barriers can part
// them so that no way of moves that keep every zone whole leads from one to a
// better one.
type exact struct {
	g     *ground
	ways  []uint32 // by unit: the units beside it with no barrier between, as bits
	alike []bool   // by zone: nothing is locked in it and it is nobody's today
	zone  []int32
	held  []uint32 // by zone: its units, as bits
	best  []int32  // in which every zone hangs together
	score score    // of best; infinite: there is none yet
}

// prove finds the best drawing of a small ground, if every zone can hang
// together there: then the chain is over.
func (c *chain) prove() {
	g := c.s.g
	drawings := 1
	for range g.n {
		if g.k == 1 || drawings > few {
			break
		}
		drawings *= g.k
	}
	if drawings > few {
		return
	}
	if g.k == 1 { // there is one
		c.over = true
		return
	}
	x := &exact{
		g: g, ways: make([]uint32, g.n), alike: make([]bool, g.k),
		zone: make([]int32, g.n), held: make([]uint32, g.k), best: make([]int32, g.n), score: score{excess: math.Inf(1)},
	}
	for z := range x.alike {
		x.alike[z] = true
	}
	for u := range g.n {
		for e := g.first[u]; e < g.first[u+1]; e++ {
			if !g.shut(e) {
				x.ways[u] |= 1 << g.to[e]
			}
		}
		for _, z := range []int32{g.lock[u], g.today[u]} {
			if z != None {
				x.alike[z] = false
			}
		}
	}
	for u, z := range c.best { // what is as good stays
		x.held[z] |= 1 << u
	}
	x.judge(c.score.goal, c.best)
	clear(x.held)
	x.place(0, 0)
	if x.score.excess < math.Inf(1) {
		c.best, c.score, c.over = x.best, x.score, true
	}
}

// place puts a unit, and those after it, into every zone that it may lie in;
// goal is the cost of those before it.
func (x *exact) place(u int32, goal int64) {
	g := x.g
	if int(u) == g.n {
		x.judge(goal, x.zone)
		return
	}
	opened := false // an empty zone like others
	for z := range int32(g.k) {
		if g.lock[u] != None && g.lock[u] != z {
			continue
		}
		if x.held[z] == 0 && x.alike[z] {
			if opened {
				continue
			}
			opened = true
		}
		more := goal
		if t := g.today[u]; t != None && t != z {
			more += g.stay[u]
		}
		for e := g.first[u]; e < g.first[u+1]; e++ {
			if v := g.to[e]; v < u && x.zone[v] != z {
				more += int64(g.cost[e])
			}
		}
		x.zone[u] = z
		x.held[z] |= 1 << u
		x.place(u+1, more)
		x.held[z] &^= 1 << u
	}
}

// judge keeps a drawing if it is the best so far and every zone hangs together.
func (x *exact) judge(goal int64, zone []int32) {
	now := score{goal: goal}
	for _, units := range x.held {
		if units == 0 || !x.whole(units) {
			return
		}
		for w := range x.g.nw {
			sum := int64(0)
			for more := units; more != 0; more &= more - 1 {
				sum += x.g.weight[bits.TrailingZeros32(more)*x.g.nw+w]
			}
			now.excess += x.g.bounds[w].excess(sum)
		}
	}
	if now.less(x.score) {
		x.score = now
		copy(x.best, zone)
	}
}

// whole tells whether units, given as bits, hang together.
func (x *exact) whole(units uint32) bool {
	seen := units & -units
	for todo := seen; todo != 0; {
		u := bits.TrailingZeros32(todo)
		todo &= todo - 1
		found := x.ways[u] & units &^ seen
		seen |= found
		todo |= found
	}
	return seen == units
}
