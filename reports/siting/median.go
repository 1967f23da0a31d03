package siting

import (
	"cmp"
	"slices"
)

// median is a p-median in the form that the search works on. Each row is a
// demand, or several with the same ways, that costs far unless a chosen site is
// nearer; sites that are certain have gone into far and base.
type median struct {
	weight []int64 // by row, > 0
	far    []int32 // by row
	hard   []bool  // by row: to leave it at far is dearer than the best answer known
	first  []int   // rows + 1
	site   []int32 // of each row by ascending cost, all below its far
	cost   []int32

	colFirst []int // sites + 1: the same ways by site
	colRow   []int32
	colCost  []int32

	id     []int32 // of each site in the problem
	group  []int32 // of each site: sites of a place with an idle one; None
	idle   []bool
	groups int
	price  []int64 // of each site; nil: no budget
	budget int64   // what may be spent
	choose int     // how many sites at most, below or equal to their number
	base   int64   // cost of what is not in rows
	lost   bool    // a hard row has no site left
}

func (x *median) rows() int  { return len(x.weight) }
func (x *median) sites() int { return len(x.id) }

// row returns the ways of a row.
func (x *median) row(i int) (site, cost []int32) {
	a, b := x.first[i], x.first[i+1]
	return x.site[a:b], x.cost[a:b]
}

// column returns the ways of a site.
func (x *median) column(j int32) (row, cost []int32) {
	a, b := x.colFirst[j], x.colFirst[j+1]
	return x.colRow[a:b], x.colCost[a:b]
}

// newMedian brings a problem of LeastTotal, or of MostCovered as walks of 0 or
// 1, into form.
func newMedian(p *Problem) *median {
	x, _ := medianOf(p)
	x.merge(nil)
	return x
}

// medianOf is newMedian with a row for each demand that has a way to a site that
// may be chosen; it lists these demands.
func medianOf(p *Problem) (x *median, demand []int32) {
	cover := p.Goal == MostCovered
	far := int32(1)
	if !cover {
		far = p.far()
	}
	x = &median{choose: p.Choose, first: []int{0}}
	at := make([]int32, len(p.Sites)) // number in x of a site
	for s := range p.Sites {
		at[s] = None
		if p.Sites[s].Status != Kept {
			at[s] = int32(len(x.id))
			x.id = append(x.id, int32(s))
		}
	}
	x.group, x.idle, x.groups = groupsOf(p, x.id)
	if p.Budget > 0 {
		x.budget = p.Budget
		for _, s := range x.id {
			x.price = append(x.price, p.Sites[s].Price)
		}
	}
	if x.choose == 0 {
		x.choose = len(x.id)
	}
	ways := 0
	for d := range p.Weight {
		if p.Weight[d] == 0 {
			continue
		}
		f := far
		if p.Ways.leaves(d) {
			f = min(f, p.Ways.Beyond[d])
		}
		p.Ways.each(d, len(p.Sites), func(s, c int32) {
			if cover {
				c = within(c, p.Radius)
			}
			if at[s] == None {
				f = min(f, c)
			}
		})
		p.Ways.each(d, len(p.Sites), func(s, c int32) {
			if cover {
				c = within(c, p.Radius)
			}
			if at[s] != None && c < f {
				x.site, x.cost = append(x.site, at[s]), append(x.cost, c)
			}
		})
		if len(x.site) == ways {
			x.base += p.Weight[d] * int64(f)
			continue
		}
		sortRow(x.site[ways:], x.cost[ways:])
		ways = len(x.site)
		x.weight, x.far, x.first = append(x.weight, p.Weight[d]), append(x.far, f), append(x.first, ways)
		demand = append(demand, int32(d))
	}
	x.hard = make([]bool, len(x.weight))
	x.columns()
	return x, demand
}

func within(cost, radius int32) int32 {
	if cost <= radius {
		return 0
	}
	return 1
}

// sortRow sorts ways by cost, then site.
func sortRow(site, cost []int32) {
	both := make([]int64, len(site))
	for i := range site {
		both[i] = int64(cost[i])<<32 | int64(site[i])
	}
	slices.Sort(both)
	for i, v := range both {
		site[i], cost[i] = int32(v), int32(v>>32)
	}
}

// merge makes one row of those with the same ways. prices of the rows, if any,
// come back as those of the rows that are left.
func (x *median) merge(prices []int64) []int64 {
	order := make([]int, x.rows())
	for i := range order {
		order[i] = i
	}
	prints := make([]uint64, x.rows())
	for i := range prints {
		site, cost := x.row(i)
		p := uint64(x.far[i])
		for k, s := range site {
			p = (p ^ uint64(s)<<32 ^ uint64(cost[k])) * 0x9E3779B97F4A7C15
			p ^= p >> 29
		}
		prints[i] = p
	}
	compare := func(a, b int) int {
		if prints[a] != prints[b] {
			return cmp.Compare(prints[a], prints[b])
		}
		sa, ca := x.row(a)
		sb, cb := x.row(b)
		return cmp.Or(cmp.Compare(x.far[a], x.far[b]), slices.Compare(sa, sb), slices.Compare(ca, cb))
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(compare(a, b), a-b) })
	into, gone := make([]int, len(order)), 0
	for k, i := range order {
		into[i] = i
		if k > 0 && compare(order[k-1], i) == 0 {
			into[i] = into[order[k-1]]
			gone++
		}
	}
	if gone == 0 {
		return prices
	}
	y := *x
	y.weight, y.far, y.hard, y.first, y.site, y.cost = nil, nil, nil, []int{0}, nil, nil
	sum, pay, out := make([]int64, x.rows()), make([]float64, x.rows()), []int64(nil)
	hard := make([]bool, x.rows())
	for i, r := range into {
		sum[r] += x.weight[i]
		hard[r] = hard[r] || x.hard[i]
		if prices != nil {
			pay[r] += float64(x.weight[i]) * float64(prices[i])
		}
	}
	for i, r := range into {
		if r != i {
			continue
		}
		site, cost := x.row(i)
		y.site, y.cost = append(y.site, site...), append(y.cost, cost...)
		y.weight, y.far, y.first = append(y.weight, sum[i]), append(y.far, x.far[i]), append(y.first, len(y.site))
		y.hard = append(y.hard, hard[i])
		if prices != nil {
			out = append(out, int64(pay[i]/float64(sum[i])))
		}
	}
	*x = y
	x.columns()
	return out
}

// columns lists the ways by site, the rows of each ascending.
func (x *median) columns() {
	x.colFirst = make([]int, x.sites()+1)
	for _, s := range x.site {
		x.colFirst[s+1]++
	}
	for s := range x.sites() {
		x.colFirst[s+1] += x.colFirst[s]
	}
	next := slices.Clone(x.colFirst)
	x.colRow, x.colCost = make([]int32, len(x.site)), make([]int32, len(x.site))
	for i := range x.rows() {
		site, cost := x.row(i)
		for k, s := range site {
			x.colRow[next[s]], x.colCost[next[s]] = int32(i), cost[k]
			next[s]++
		}
	}
}

// worst is the cost with no site chosen.
func (x *median) worst() int64 {
	sum := x.base
	for i, w := range x.weight {
		sum += w * int64(x.far[i])
	}
	return sum
}

// total is the cost with some sites, as the problem numbers them, chosen.
func (x *median) total(ids []int32) int64 {
	in := make([]bool, x.sites())
	at := make(map[int32]int32, x.sites())
	for j, id := range x.id {
		at[id] = int32(j)
	}
	for _, id := range ids {
		in[at[id]] = true
	}
	sum := x.base
	for i, w := range x.weight {
		best := x.far[i]
		site, cost := x.row(i)
		for k, j := range site {
			if in[j] {
				best = cost[k]
				break
			}
		}
		sum += w * int64(best)
	}
	return sum
}

// follow draws from the fates of some sites what they mean for others beside
// them. False: they contradict each other, or the number or budget.
func (x *median) follow(fates []fate) bool {
	if !followBeside(x.group, x.idle, x.groups, fates) {
		return false
	}
	n, spent := 0, int64(0)
	for j, f := range fates {
		if f == taken {
			n++
			if x.price != nil {
				spent += x.price[j]
			}
		}
	}
	return n <= x.choose && (x.price == nil || spent <= x.budget)
}

// reduce returns what is left when fates, which follow has seen, are sealed and
// the rows that drop marks left out: the sites that are open, numbered anew, and
// the rows that they can still serve. rows lists which rows of x these are.
func (x *median) reduce(fates []fate, drop []bool) (y *median, rows []int32) {
	y = &median{groups: x.groups, choose: x.choose, budget: x.budget, base: x.base, lost: x.lost, first: []int{0}}
	at := make([]int32, x.sites())
	for j, f := range fates {
		at[j] = None
		switch f {
		case open:
			at[j] = int32(len(y.id))
			y.id, y.group, y.idle = append(y.id, x.id[j]), append(y.group, x.group[j]), append(y.idle, x.idle[j])
			if x.price != nil {
				y.price = append(y.price, x.price[j])
			}
		case taken:
			y.choose--
			if x.price != nil {
				y.budget -= x.price[j]
			}
		case shut:
		}
	}
	if x.price != nil && y.price == nil {
		y.price = []int64{}
	}
	y.choose = min(y.choose, len(y.id))
	for i := range x.rows() {
		if drop != nil && drop[i] {
			continue
		}
		far, from := x.far[i], len(y.site)
		site, cost := x.row(i)
		for k, s := range site {
			if fates[s] == taken {
				far = cost[k]
				break
			}
			if fates[s] == open {
				y.site, y.cost = append(y.site, at[s]), append(y.cost, cost[k])
			}
		}
		for len(y.cost) > from && y.cost[len(y.cost)-1] >= far { // as dear as the one that is certain
			y.site, y.cost = y.site[:len(y.site)-1], y.cost[:len(y.cost)-1]
		}
		if len(y.site) == from {
			y.base += x.weight[i] * int64(far)
			y.lost = y.lost || x.hard[i] && far == x.far[i]
			continue
		}
		rows = append(rows, int32(i))
		y.weight, y.far, y.first = append(y.weight, x.weight[i]), append(y.far, far), append(y.first, len(y.site))
		y.hard = append(y.hard, x.hard[i] && far == x.far[i])
	}
	y.columns()
	return y, rows
}
