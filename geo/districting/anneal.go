package districting

import (
	"math"
	"math/rand/v2"
	"slices"
)

// chain is one search of a ground: simulated annealing in cycles that grow
// longer. A move puts a unit of a rim into a neighbouring zone; where only the
// balance speaks against it, one comes back for it. Bounds may be broken at a
// price that follows how often they are.
type chain struct {
	s   *state
	rng *rand.PCG

	best  []int32 // zone of each unit
	score score
	home  []int32 // where every second cycle begins; the others begin anew,
	today []int32 // or, where it costs to lie elsewhere, from what there is today; nil: it does not

	log   []step  // moves since the drawing was best's
	apart bool    // the log does not go back so far, but to where the burst began
	price float64 // of all excess, in cut edges or mean borders
	want  float64 // zones out of balance that a cycle begins with
	cap   float64 // of price
	mean  float64 // share of a zone that a unit is, so that price has a scale

	cycle, moves, length int64 // of the cycle: its number, moves so far, moves
	heat                 float64
	tried, over          bool // all drawings were looked at, if they are few; the best is known
}

// step is a move made.
type step struct{ unit, from int32 }

// Temperatures, in cut edges or mean borders, at the beginning and at the end
// of a cycle.
const (
	hot  = 1.5
	warm = 1.0
	cold = 0.12
)

// A unit takes along what its zone would lose with it: at most load units; it
// is looked at where the unit alone would be too bad by less than along.
const (
	load  = 64
	along = 1.5
)

// burst is how many moves are tried between two looks at temperature, price
// and best drawing.
const burst = 1024

// haste is by how much the price changes from burst to burst.
const haste = 1.05

// chances holds −ln of evenly spread chances: what a temperature is multiplied
// with to get the worst step that is taken.
var chances = func() (t [1024]float64) {
	for i := range t {
		t[i] = -math.Log((float64(i) + 0.5) / float64(len(t)))
	}
	return t
}()

func newChain(g *ground, seed1, seed2 uint64, from []int32) *chain {
	c := &chain{rng: rand.NewPCG(seed1, seed2)}
	for _, z := range g.today {
		if z != None {
			c.today = g.today
			break
		}
	}
	if from == nil {
		from = c.today
	}
	c.s = newState(g, firstDrawing(g, rand.New(c.rng), from))
	c.best = slices.Clone(c.s.zone)
	c.score = c.s.score()
	c.home = slices.Clone(c.best)
	c.mean = float64(g.k) / float64(g.n)
	c.cap = 30 / c.mean
	for _, b := range g.bounds {
		c.cap = max(c.cap, 50*b.Target/max(1, float64(b.Most)-b.Target))
	}
	stay := int64(0)
	for _, x := range g.stay {
		stay = max(stay, x)
	}
	c.cap *= 1 + float64(stay)/grain
	return c
}

// next begins a cycle.
func (c *chain) next() {
	g := c.s.g
	c.moves = 0
	if c.length == 0 {
		c.length = int64(max(200*g.n, 16*burst))
	} else {
		c.length = min(c.length*2, int64(max(20000*g.n, 16*burst)))
	}
	c.cycle++
	c.heat = hot
	if c.cycle%2 == 0 {
		c.heat = warm
	}
	if c.cycle > 1 && c.cycle%2 == 1 {
		c.s.reset(firstDrawing(g, rand.New(c.rng), c.today))
	} else {
		c.s.reset(c.home)
	}
	c.apart = true
	c.price = 0.5 / c.mean
	c.want = float64(g.k) * (0.1 + 0.6*rand.New(c.rng).Float64())
}

// run tries moves, in whole bursts, and returns how many: none where all
// drawings were looked at.
func (c *chain) run(moves int64) int64 {
	if !c.tried {
		c.tried = true
		c.prove()
	}
	if c.over {
		return 0
	}
	done := int64(0)
	for done < moves {
		if c.moves >= c.length {
			c.close()
		}
		if c.length == 0 {
			c.next()
		}
		n := c.burst()
		c.moves += n
		done += n
	}
	return done
}

// close ends a cycle.
func (c *chain) close() {
	c.home = append(c.home[:0], c.best...)
	c.next()
}

// burst tries moves at one temperature in one window.
func (c *chain) burst() int64 {
	s := c.s
	x := float64(c.moves) / float64(c.length)
	heat := c.heat * math.Pow(cold/c.heat, x)
	w, n := 0, burst
	if len(s.count) > 1 {
		n = 8 * burst
		for range 64 {
			r := c.rng.Uint64()
			w = int(r >> 32 * uint64(len(s.count)) >> 32)
			if uint32(r)%window < uint32(s.count[w]) {
				break
			}
		}
	}
	s.settle()
	if s.count[w] > 0 {
		c.anneal(int32(w), n, heat)
	}
	return int64(n)
}

// anneal tries n moves in the rim of a window.
func (c *chain) anneal(w int32, n int, heat float64) {
	s, g := c.s, c.s.g
	if c.apart || len(c.log) > g.n {
		c.log, c.apart = c.log[:0], true
	}
	kept := None // length of the log when the best was found
	broken := 0
	rim := s.rim[w*window : min(int(w+1)*window, g.n)]
	for range n {
		broken += s.bad
		count := uint64(s.count[w])
		if count == 0 {
			break
		}
		r := c.rng.Uint64()
		u := rim[r>>40*count>>24]
		if !c.move(u, r, heat*chances[r&1023], rim, w) {
			continue
		}
		if now := s.score(); now.less(c.score) {
			c.score = now
			kept = len(c.log)
		}
	}
	if kept != None {
		c.keep(kept)
	}
	// The price rises while bounds are broken more often than they should be.
	if g.nw > 0 {
		x := float64(c.moves) / float64(c.length)
		want := (c.want*(1-x) + min(0.6, c.want)*x) * float64(n)
		if float64(broken) > want {
			low := 30 / c.mean
			c.price = min(c.price*haste, low*math.Pow(c.cap/low, x))
		} else {
			c.price = max(c.price/haste, 0.02/c.mean)
		}
	}
}

// move tries to put a unit into a neighbouring zone. R is a random number.
func (c *chain) move(u int32, r uint64, threshold float64, rim []int32, w int32) bool {
	s := c.s
	b := s.other(u, uint32(r>>10)&0xffff)
	if b == None {
		return false
	}
	d, dover, in, ok := s.try(u, b)
	if !ok {
		return false
	}
	cost := float64(d)/grain + c.price*dover
	mayswap := dover > 0 && r>>26&1 == 1
	if cost > threshold+along && !mayswap {
		return false
	}
	if s.ring(u, in) == tight {
		lost, ok := s.search(u)
		if !ok {
			return false
		}
		if len(lost) > 0 {
			return c.carry(u, b, s.goes(u, lost, uint32(r>>27)&0xfff), threshold)
		}
	}
	if cost > threshold {
		return mayswap && c.swap(u, b, cost, threshold, rim, w)
	}
	c.log = append(c.log, step{u, s.zone[u]})
	s.put(u, b)
	return true
}

// goes returns what goes with a unit that its zone falls apart without, after a
// search that lost something: all parts but one. That is the one whose end was
// not seen or, in a small zone, any, the first tried being a random one; nil:
// too many units would go, or locked ones.
func (s *state) goes(u int32, lost []int32, r uint32) []int32 {
	if int(s.size[s.zone[u]])-len(lost) > load {
		if len(lost) > load || !s.open(lost) {
			return nil
		}
		return lost
	}
	ends := uint32(s.reach.ends)
	for i := range ends {
		if all := s.but(u, int32((r+i)%ends)); len(all) <= load && s.open(all) {
			return all
		}
	}
	return nil
}

// open tells whether none of some units is locked.
func (s *state) open(units []int32) bool {
	for _, u := range units {
		if s.g.lock[u] != None {
			return false
		}
	}
	return true
}

// carry puts a unit into another zone with all that its own would lose.
func (c *chain) carry(u, b int32, lost []int32, threshold float64) bool {
	s := c.s
	if lost == nil {
		return false
	}
	a := s.zone[u]
	goal, excess := s.goal, s.excess
	s.put(u, b)
	for _, v := range lost {
		s.put(v, b)
	}
	if float64(s.goal-goal)/grain+c.price*(s.excess-excess) > threshold {
		for i := len(lost) - 1; i >= 0; i-- {
			s.put(lost[i], a)
		}
		s.put(u, a)
		return false
	}
	c.log = append(c.log, step{u, a})
	for _, v := range lost {
		c.log = append(c.log, step{v, a})
	}
	return true
}

// swap puts a unit into a zone and one of that zone's into its own, if both
// together are good enough.
func (c *chain) swap(u, b int32, cost, threshold float64, rim []int32, w int32) bool {
	s := c.s
	a := s.zone[u]
	s.put(u, b)
	for range 6 {
		count := uint64(s.count[w])
		if count == 0 {
			break
		}
		r := c.rng.Uint64()
		v := rim[r>>40*count>>24]
		if v == u || s.zone[v] != b {
			continue
		}
		d, dover, in, ok := s.try(v, a)
		if !ok || cost+float64(d)/grain+c.price*dover > threshold {
			continue
		}
		if s.ring(v, in) == tight {
			if lost, ok := s.search(v); !ok || len(lost) > 0 {
				continue
			}
		}
		c.log = append(c.log, step{u, a}, step{v, b})
		s.put(v, a)
		return true
	}
	s.put(u, a)
	return false
}

// keep writes the drawing as it was after the first steps of the log: where the
// log goes back to the best before, only what has moved since.
func (c *chain) keep(steps int) {
	s := c.s
	if c.apart {
		copy(c.best, s.zone)
	} else {
		for _, t := range c.log {
			c.best[t.unit] = s.zone[t.unit]
		}
	}
	for i := len(c.log) - 1; i >= steps; i-- {
		c.best[c.log[i].unit] = c.log[i].from
	}
	c.log, c.apart = append(c.log[:0], c.log[steps:]...), false
}

// take takes over the best of another chain of the same ground.
func (c *chain) take(other *chain) {
	copy(c.best, other.best)
	c.score, c.apart = other.score, true
}

// other returns a zone that a unit of a rim could go to: that of a neighbour
// in another zone, beginning at a random one.
func (s *state) other(u int32, r uint32) int32 {
	g := s.g
	lo, hi := g.first[u], g.first[u+1]
	a := s.zone[u]
	start := lo + int32(r*uint32(hi-lo)>>16)
	for e := start; e < hi; e++ {
		if z := s.zone[g.to[e]]; z != a {
			return z
		}
	}
	for e := lo; e < start; e++ {
		if z := s.zone[g.to[e]]; z != a {
			return z
		}
	}
	return None
}

// try returns what it would cost to put a unit into another zone: in grains of
// the goal, and in excess; and the slots, as bits, that lead to its own zone
// without a barrier. It is not ok where the zone cannot be reached, or where
// it would leave its own without a unit.
func (s *state) try(u, b int32) (d int64, dover float64, in uint32, ok bool) {
	g := s.g
	a := s.zone[u]
	if s.size[a] == 1 {
		return 0, 0, 0, false
	}
	first := g.first[u]
	row := g.to[first:g.first[u+1]]
	cost := g.cost[first:g.first[u+1]]
	var to uint32
	for i, v := range row {
		switch s.zone[v] {
		case a:
			d += int64(cost[i])
			in |= 1 << (i & 31)
		case b:
			d -= int64(cost[i])
			to |= 1 << (i & 31)
		}
	}
	if len(row) <= width {
		in &= g.ways[u]
		if to&g.ways[u] == 0 {
			return 0, 0, 0, false
		}
	} else if !s.meets(u, b) {
		return 0, 0, 0, false
	}
	switch g.today[u] {
	case a:
		d += g.stay[u]
	case b:
		d -= g.stay[u]
	}
	if g.nw > 0 {
		dover = s.judge(a, u, -1) + s.judge(b, u, 1) - s.over[a] - s.over[b]
	}
	return d, dover, in, true
}

// meets tells whether a unit has a neighbour in a zone with no barrier between.
func (s *state) meets(u, z int32) bool {
	g := s.g
	for e := g.first[u]; e < g.first[u+1]; e++ {
		if s.zone[g.to[e]] == z && !g.shut(e) {
			return true
		}
	}
	return false
}
