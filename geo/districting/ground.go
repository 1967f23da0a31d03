package districting

// ground is what is open in one parent: its units that are not locked in a
// closed zone, and its open zones, both in numbers of their own. Parents have
// nothing to do with each other, so each is searched alone.
type ground struct {
	units []int32 // numbers in the problem
	zones []int32 // numbers in the problem
	n, k  int

	first, to []int32
	cost      []int32  // beside to: what it costs to cut here, in grains
	ways      []uint32 // by unit: the slots that have no barrier, as bits
	near      []uint32 // beside to: the slots of the same unit that are one step from there
	barred    []bool   // beside to; nil: none

	nw     int
	weight []int64 // by unit and weight
	bounds []Bound

	lock  []int32 // by unit: local zone, or None
	today []int32 // by unit: local zone, or None
	stay  []int64 // by unit: what it costs to be elsewhere than today, in grains

	// grains make a mean border (or one cut edge): costs are whole numbers.
	linked int // links added between pieces, because there are more of them than zones
}

// grain is what a cut edge, or a mean border, costs.
const grain = 1 << 16

// width is the greatest number of neighbours whose mutual contacts are kept as
// bits. Units with more are searched around.
const width = 32

// split divides a problem into its grounds, one a parent that has open zones.
func split(p *Problem) []*ground {
	var (
		bounds = p.Bounds()
		local  = make([]int32, p.zones()) // of open zones
		out    []*ground
		of     = make([]*ground, len(p.Zones))
		at     = make([]int32, p.Units()) // number in the ground
		first  = 0
	)
	for i, k := range p.Zones {
		g := &ground{bounds: bounds[i], nw: len(p.Weights)}
		for z := first; z < first+k; z++ {
			local[z] = None
			if !p.closed(z) {
				local[z] = int32(len(g.zones))
				g.zones = append(g.zones, int32(z))
			}
		}
		first += k
		g.k = len(g.zones)
		if of[i] = g; g.k > 0 {
			out = append(out, g)
		}
	}
	for u := range at {
		at[u] = None
	}
	for _, u := range p.sweep() {
		if g := of[p.parent(int(u))]; !p.shut(int(u)) {
			at[u] = int32(len(g.units))
			g.units = append(g.units, u)
		}
	}
	scale, stay := p.scales()
	for _, g := range out {
		g.n = len(g.units)
		g.fill(p, at, local, scale, stay)
		g.link()
		g.look()
	}
	return out
}

// sweep returns all units so that neighbours are near to each other in the
// order: by breadth, from the first unit of each piece.
func (p *Problem) sweep() []int32 {
	n := p.Units()
	order := make([]int32, 0, n)
	seen := make([]bool, n)
	for s := range n {
		if seen[s] {
			continue
		}
		seen[s] = true
		order = append(order, int32(s))
		for i := len(order) - 1; i < len(order); i++ {
			u := order[i]
			for _, v := range p.To[p.First[u]:p.First[u+1]] {
				if !seen[v] {
					seen[v] = true
					order = append(order, v)
				}
			}
		}
	}
	return order
}

// scales returns the grains of a unit of the goal, and of one of the first
// weight (or of one unit, without weights) that lies elsewhere than today.
func (p *Problem) scales() (scale, stay float64) {
	scale = grain
	if p.Goal == Compact && p.Border != nil {
		sum := 0.0
		for _, b := range p.Border {
			sum += b
		}
		if sum > 0 {
			scale = grain * float64(len(p.To)) / sum
		}
	}
	return scale, scale * p.stayPer()
}

// stayPer returns the cost of one of the first weight that lies elsewhere than
// today, in units of the goal.
func (p *Problem) stayPer() float64 {
	if p.Today == nil || p.Stay == 0 {
		return 0
	}
	sum := 0.0
	for u := range p.Units() {
		sum += float64(p.bulk(u))
	}
	return p.Stay / max(sum, 1)
}

// bulk returns how much of a unit counts as moved: its first weight.
func (p *Problem) bulk(u int) int64 {
	if len(p.Weights) == 0 {
		return 1
	}
	return p.Weights[0].Of[u]
}

// fill copies the problem's rows of the ground's units.
func (g *ground) fill(p *Problem, at, local []int32, scale, stay float64) {
	g.first = make([]int32, 1, g.n+1)
	g.weight = make([]int64, 0, g.n*g.nw)
	g.lock = make([]int32, g.n)
	g.today = make([]int32, g.n)
	g.stay = make([]int64, g.n)
	for i, u := range g.units {
		for e := p.First[u]; e < p.First[u+1]; e++ {
			v := p.To[e]
			if at[v] == None || p.parent(int(v)) != p.parent(int(u)) {
				continue
			}
			cost := scale
			if p.Goal == Compact {
				cost = p.border(e) * scale
			}
			g.to = append(g.to, at[v])
			g.cost = append(g.cost, int32(min(cost, 1<<30)))
			if p.Barrier != nil {
				g.barred = append(g.barred, p.Barrier[e])
			}
		}
		g.first = append(g.first, int32(len(g.to)))
		for w := range p.Weights {
			g.weight = append(g.weight, p.Weights[w].Of[u])
		}
		g.lock[i], g.today[i] = None, None
		if z := p.locked(int(u)); z != None {
			g.lock[i] = local[z]
		}
		if z := p.today(int(u)); z != None && stay > 0 && p.owner(z) == p.parent(int(u)) {
			g.today[i] = local[z]
			g.stay[i] = int64(stay * float64(p.bulk(int(u))))
		}
	}
}

// owner returns the parent of a zone.
func (p *Problem) owner(z int32) int32 {
	for i, k := range p.Zones {
		if z -= int32(k); z < 0 {
			return int32(i)
		}
	}
	return None
}

// pieces returns the piece of each unit, numbered by their first units, and
// their number: units are in one piece if there is a way without a barrier.
func (g *ground) pieces() ([]int32, int) {
	piece := make([]int32, g.n)
	for u := range piece {
		piece[u] = None
	}
	var (
		n     int
		stack []int32
	)
	for s := range piece {
		if piece[s] != None {
			continue
		}
		piece[s] = int32(n)
		for stack = append(stack, int32(s)); len(stack) > 0; {
			u := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for e := g.first[u]; e < g.first[u+1]; e++ {
				if v := g.to[e]; piece[v] == None && !g.shut(e) {
					piece[v] = int32(n)
					stack = append(stack, v)
				}
			}
		}
		n++
	}
	return piece, n
}

// shut tells whether a barrier lies at a slot.
func (g *ground) shut(e int32) bool { return g.barred != nil && g.barred[e] }

// link joins pieces by slots that cost nothing where there are more pieces
// than zones, so that a drawing exists at all: the smallest to a piece across
// a barrier, else to the largest. Zones that use a link have parts.
func (g *ground) link() {
	piece, n := g.pieces()
	if n <= g.k {
		return
	}
	size := make([]int, n)
	some := make([]int32, n) // a unit of each
	for u := g.n - 1; u >= 0; u-- {
		size[piece[u]]++
		some[piece[u]] = int32(u)
	}
	join := newForest(n)
	var ends [][2]int32
	for ; n > g.k; n-- {
		least, most := None, None
		for c := range size {
			if join.root(int32(c)) != int32(c) {
				continue
			}
			if least == None || size[c] < size[least] {
				least = c
			}
			if most == None || size[c] >= size[most] {
				most = c
			}
		}
		a, b := g.across(piece, join, int32(least))
		if b == None {
			a, b = some[least], some[most]
		}
		ends = append(ends, [2]int32{a, b})
		x, y := join.root(piece[a]), join.root(piece[b])
		r := join.unite(x, y)
		size[r] = size[x] + size[y]
	}
	g.weld(ends)
}

// across returns the ends of a barred slot out of what is joined with a piece;
// None where there is none.
func (g *ground) across(piece []int32, join *forest, c int32) (int32, int32) {
	for u := range g.n {
		if join.root(piece[u]) != c {
			continue
		}
		for e := g.first[u]; e < g.first[u+1]; e++ {
			if join.root(piece[g.to[e]]) != c {
				return int32(u), g.to[e]
			}
		}
	}
	return None, None
}

// weld adds slots that cost nothing and that no barrier bars.
func (g *ground) weld(ends [][2]int32) {
	more := make([][]int32, g.n)
	for _, e := range ends {
		more[e[0]] = append(more[e[0]], e[1])
		more[e[1]] = append(more[e[1]], e[0])
	}
	old := *g
	g.first, g.to, g.cost, g.barred = make([]int32, 1, g.n+1), nil, nil, nil
	for u := range g.n {
		for e := old.first[u]; e < old.first[u+1]; e++ {
			g.to = append(g.to, old.to[e])
			g.cost = append(g.cost, old.cost[e])
			g.barred = append(g.barred, old.shut(e))
		}
		for _, v := range more[u] {
			g.to = append(g.to, v)
			g.cost = append(g.cost, 0)
			g.barred = append(g.barred, false)
		}
		g.first = append(g.first, int32(len(g.to)))
	}
	g.linked = len(ends)
}

// look fills in which neighbours of a unit are neighbours of each other.
func (g *ground) look() {
	g.ways = make([]uint32, g.n)
	g.near = make([]uint32, len(g.to))
	slot := make([]uint32, g.n) // bits of the slots that lead to a unit
	for u := range int32(g.n) {
		row := g.to[g.first[u]:g.first[u+1]]
		if len(row) > width {
			continue
		}
		for i, v := range row {
			if !g.shut(g.first[u] + int32(i)) {
				slot[v] |= 1 << i
			}
		}
		for i, v := range row {
			e := g.first[u] + int32(i)
			if g.shut(e) {
				continue
			}
			g.ways[u] |= 1 << i
			g.near[e] |= slot[v]
			for f := g.first[v]; f < g.first[v+1]; f++ {
				if !g.shut(f) {
					g.near[e] |= slot[g.to[f]]
				}
			}
		}
		for _, v := range row {
			slot[v] = 0
		}
	}
}

// forest is a set of disjoint sets.
type forest struct{ up []int32 }

func newForest(n int) *forest {
	f := &forest{up: make([]int32, n)}
	for i := range f.up {
		f.up[i] = int32(i)
	}
	return f
}

// root returns the representative of a set.
func (f *forest) root(a int32) int32 {
	for f.up[a] != a {
		f.up[a] = f.up[f.up[a]]
		a = f.up[a]
	}
	return a
}

// unite joins two sets, given by their roots, and returns the root.
func (f *forest) unite(a, b int32) int32 {
	if a != b {
		f.up[max(a, b)] = min(a, b)
	}
	return min(a, b)
}
