package siting

// None stands for no site and no demand.
const None = -1

// Goal says what a good choice of sites is.
type Goal string

// The goals.
const (
	// MostCovered covers as much weight within the radius as P sites can: the
	// maximal covering location problem (Church and ReVelle 1974).
	MostCovered Goal = "mclp"
	// AllCovered covers everybody within the radius with the fewest sites, or the
	// cheapest where sites have prices: the location set covering problem
	// (Toregas et al. 1971).
	AllCovered Goal = "lscp"
	// LeastTotal has all together go the least with P sites: the p-median.
	LeastTotal Goal = "pmedian"
	// LeastWorst has the one who goes farthest go the least: the p-center.
	LeastWorst Goal = "pcenter"
)

// Status is what stands at a site today.
type Status int8

// The states of a site.
const (
	New  Status = iota // nothing: to be built
	Idle               // a facility out of use: it goes before new sites of its place
	Kept               // a facility that stays, in every answer
)

// Site is where a facility is or may be.
type Site struct {
	Status Status
	// Place is a number above 0 that sites beside each other share; 0: nothing is
	// beside it. A new site is chosen only with all idle ones of its place.
	Place int32
	// Price of choosing it, in any unit, ≥ 0; a kept site costs nothing.
	Price int64
}

// Problem is what to choose from, and for whom.
type Problem struct {
	Goal Goal
	// Weight of each demand: people, as a rule; ≥ 0. Where the weight is 0 there is
	// nobody, and nothing has to be reached.
	Weight []int64
	Sites  []Site
	Ways   Ways
	// Capacity is how much weight each site can serve, those that stay included;
	// None: as much as comes, 0: nobody. Nil: no site has a limit. For MostCovered
	// and LeastTotal. Who finds the nearest site full goes to another or to none, as
	// is best for all; a demand may be served at several.
	Capacity []int64
	// Choose is how many sites to choose beside those that stay (p); 0: as many as
	// the budget buys. Of no use to AllCovered.
	Choose int
	// Budget bounds the sum of the prices of the chosen; 0: none.
	Budget int64
	// Radius is the cost within which a demand is covered, itself included; for
	// MostCovered and AllCovered.
	Radius int32
	// Far is what a demand costs, for LeastTotal, that no chosen site reaches, and
	// what is farther is no way; 0: twice the largest cost of all ways and one more.
	Far int32
}

// Ways are the costs between demands and sites, in one of two forms. With
// First, Site and Cost, each demand has a list: its sites are
// Site[First[d]:First[d+1]], none of them twice, with the costs beside them.
// With Table alone it is a table of rows of demands and columns of sites; −1:
// there is no way. Costs are ≥ 0, in any unit.
type Ways struct {
	First []int // demands + 1
	Site  []int32
	Cost  []int32
	// Beyond, if not nil, says by demand that its list is of the nearest sites only:
	// none that it leaves out costs less than this; None: it leaves out none. Left
	// is then what such a way costs; −1: there is none. For LeastTotal, with Far
	// given and without capacities. The search looks at the lists alone, taking what
	// they leave out for as near as it may be: so the bound holds, and the answer is
	// told at what it truly costs.
	Beyond []int32
	Left   func(demand int, site int32) int32

	Table []int32 // demands × sites
}

// Len is the number of ways.
func (w *Ways) Len() int {
	if w.Table == nil {
		return len(w.Site)
	}
	n := 0
	for _, c := range w.Table {
		if c >= 0 {
			n++
		}
	}
	return n
}

// Between is the cost from demand d to a site of n; −1: there is no way.
func (w *Ways) Between(d int, site int32, n int) int32 {
	cost := int32(-1)
	w.each(d, n, func(s, c int32) {
		if s == site {
			cost = c
		}
	})
	if cost < 0 && w.leaves(d) {
		return w.Left(d, site)
	}
	return cost
}

// leaves tells whether the list of demand d leaves out sites.
func (w *Ways) leaves(d int) bool { return w.Beyond != nil && w.Beyond[d] != None }

// each calls f for every site that demand d has a way to, of n sites.
func (w *Ways) each(d, n int, f func(site, cost int32)) {
	if w.Table == nil {
		for e := w.First[d]; e < w.First[d+1]; e++ {
			f(w.Site[e], w.Cost[e])
		}
		return
	}
	for s, c := range w.Table[d*n : (d+1)*n] {
		if c >= 0 {
			f(int32(s), c)
		}
	}
}

// kept are the sites that stay, ascending.
func (p *Problem) kept() []int32 {
	var out []int32
	for s := range p.Sites {
		if p.Sites[s].Status == Kept {
			out = append(out, int32(s))
		}
	}
	return out
}

// priced tells whether any site that may be chosen has a price.
func (p *Problem) priced() bool {
	for _, s := range p.Sites {
		if s.Status != Kept && s.Price > 0 {
			return true
		}
	}
	return false
}

// far is the cost of who is not reached.
func (p *Problem) far() int32 {
	if p.Far > 0 {
		return p.Far
	}
	var most int32
	for _, c := range p.Ways.Cost {
		most = max(most, c)
	}
	for _, c := range p.Ways.Table {
		most = max(most, c)
	}
	return 2*most + 1
}
