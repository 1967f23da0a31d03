package districting

// window is how many units, in the order of the ground, lie side by side in
// memory: moves are tried in one window at a time, so that a large ground
// costs a move little more than a small one.
const window = 2048

// state is a drawing of a ground with everything that a move needs to know.
type state struct {
	g    *ground
	zone []int32

	size []int32   // units by zone
	sum  []int64   // by zone and weight
	over []float64 // excess by zone

	goal   int64   // cost of cuts and of units elsewhere than today, in grains
	bad    int     // zones with excess
	excess float64 // of all zones, but for rounding: see settle

	cut   []int32 // by unit: neighbours in other zones
	rim   []int32 // by window: the units with cut > 0 that are not locked
	at    []int32 // by unit: place in its window's rim, or None
	count []int32 // by window: units in rim

	reach reach
}

// newState returns a state of a complete drawing.
func newState(g *ground, zone []int32) *state {
	s := &state{
		g:     g,
		zone:  make([]int32, g.n),
		size:  make([]int32, g.k),
		sum:   make([]int64, g.k*g.nw),
		over:  make([]float64, g.k),
		cut:   make([]int32, g.n),
		rim:   make([]int32, g.n),
		at:    make([]int32, g.n),
		count: make([]int32, (g.n+window-1)/window),
		reach: newReach(g),
	}
	s.reset(zone)
	return s
}

// reset takes another drawing.
func (s *state) reset(zone []int32) {
	g := s.g
	copy(s.zone, zone)
	clear(s.size)
	clear(s.sum)
	clear(s.cut)
	clear(s.count)
	s.goal = 0
	for u := range int32(g.n) {
		z := s.zone[u]
		s.at[u] = None
		s.size[z]++
		for w := range g.nw {
			s.sum[int(z)*g.nw+w] += g.weight[int(u)*g.nw+w]
		}
		for e := g.first[u]; e < g.first[u+1]; e++ {
			if s.zone[g.to[e]] != z {
				s.cut[u]++
				if g.to[e] > u {
					s.goal += int64(g.cost[e])
				}
			}
		}
		if s.cut[u] > 0 {
			s.enter(u)
		}
		if t := g.today[u]; t != None && t != z {
			s.goal += g.stay[u]
		}
	}
	s.bad = 0
	for z := range s.over {
		s.over[z] = s.judge(int32(z), None, 0)
		if s.over[z] > 0 {
			s.bad++
		}
	}
	s.settle()
}

// settle adds the excess up anew, so that rounding does not.
func (s *state) settle() {
	s.excess = 0
	for _, x := range s.over {
		s.excess += x
	}
}

// judge returns the excess of a zone with a unit added (by = 1) or taken away
// (by = −1); u may be None.
func (s *state) judge(z, u int32, by int64) float64 {
	g := s.g
	x := 0.0
	for w := range g.nw {
		sum := s.sum[int(z)*g.nw+w]
		if u != None {
			sum += by * g.weight[int(u)*g.nw+w]
		}
		x += g.bounds[w].excess(sum)
	}
	return x
}

// enter adds a unit to the rim of its window, unless it is locked.
func (s *state) enter(u int32) {
	if s.g.lock[u] != None {
		return
	}
	w := u / window
	s.at[u] = w*window + s.count[w]
	s.rim[s.at[u]] = u
	s.count[w]++
}

// leave takes a unit out of the rim of its window.
func (s *state) leave(u int32) {
	if s.at[u] == None {
		return
	}
	w := u / window
	s.count[w]--
	last := s.rim[w*window+s.count[w]]
	s.rim[s.at[u]] = last
	s.at[last] = s.at[u]
	s.at[u] = None
}

// put moves a unit into another zone.
func (s *state) put(u, b int32) {
	g := s.g
	a := s.zone[u]
	s.zone[u] = b
	s.size[a]--
	s.size[b]++
	for w := range g.nw {
		x := g.weight[int(u)*g.nw+w]
		s.sum[int(a)*g.nw+w] -= x
		s.sum[int(b)*g.nw+w] += x
	}
	s.rate(a)
	s.rate(b)
	switch g.today[u] {
	case a:
		s.goal += g.stay[u]
	case b:
		s.goal -= g.stay[u]
	}
	cut := int32(0)
	for e := g.first[u]; e < g.first[u+1]; e++ {
		v := g.to[e]
		switch s.zone[v] {
		case a:
			s.goal += int64(g.cost[e])
			cut++
			if s.cut[v]++; s.cut[v] == 1 {
				s.enter(v)
			}
		case b:
			s.goal -= int64(g.cost[e])
			if s.cut[v]--; s.cut[v] == 0 {
				s.leave(v)
			}
		default:
			cut++
		}
	}
	if s.cut[u] == 0 && cut > 0 {
		s.enter(u)
	} else if s.cut[u] > 0 && cut == 0 {
		s.leave(u)
	}
	s.cut[u] = cut
}

// rate judges a zone anew.
func (s *state) rate(z int32) {
	was, is := s.over[z], s.judge(z, None, 0)
	s.over[z] = is
	s.excess += is - was
	if was > 0 {
		s.bad--
	}
	if is > 0 {
		s.bad++
	}
}

// score is what drawings of one ground are compared by.
type score struct {
	excess float64
	goal   int64
}

// score returns the score of the drawing.
func (s *state) score() score {
	if s.bad == 0 {
		return score{goal: s.goal}
	}
	return score{excess: s.excess, goal: s.goal}
}

// less tells whether a score is better; excess that differs by rounding only
// is the same.
func (a score) less(b score) bool {
	const hair = 1e-9
	if d := a.excess - b.excess; d < -hair || d > hair {
		return d < 0
	}
	return a.goal < b.goal
}
