package siting

import (
	"math"
	"math/bits"
	"sync"
)

// dual is the Lagrangian relaxation of a median: rows pay a price for being
// served, and sites are chosen by what they earn. Prices are whole numbers of
// fractions of a cost, so that every bound is exact.
type dual struct {
	x       *median
	shift   uint    // a cost of 1 is 1<<shift
	price   []int64 // of each row, for a weight of 1
	earn    []int64 // of each site at these prices, ≤ 0: what its being chosen costs
	chosen  []int32 // by what they earn, ascending
	next    int64   // what the first that is not chosen would earn
	byMoney bool    // chosen within the budget, not by number

	bound     int64 // the best one, in fractions
	atPrice   []int64
	atEarn    []int64
	atChosen  []int32
	atNext    int64
	atByMoney bool

	over  []int32   // by row: 1 − how many of chosen serve it
	way   []float64 // direction of the last step
	share []float64 // of each site: how often it was chosen of late
	in    []bool
	parts [][]int64
	work  int // ways that the last evaluation looked at
}

// newDual prepares the relaxation; prices, if any, are where to begin.
func newDual(x *median, shift uint, prices []int64, threads int) *dual {
	n, m := x.rows(), x.sites()
	d := &dual{
		x: x, shift: shift, price: prices, earn: make([]int64, m), bound: math.MinInt64,
		over: make([]int32, n), way: make([]float64, n), share: make([]float64, m), in: make([]bool, m),
	}
	if len(x.site) < 1<<18 {
		threads = 1
	}
	for range max(1, threads) {
		d.parts = append(d.parts, make([]int64, m))
	}
	for i := range d.price {
		d.price[i] = d.clamp(i, d.price[i])
	}
	return d
}

// clamp keeps a price where it makes sense: below the nearest way it only loses,
// and above far only those pay it who must be served.
func (d *dual) clamp(i int, price int64) int64 {
	return min(max(price, int64(d.x.cost[d.x.first[i]])<<d.shift), d.most(i))
}

func (d *dual) most(i int) int64 {
	if d.x.hard[i] {
		return int64(d.x.far[i]) << (d.shift + hardBits)
	}
	return int64(d.x.far[i]) << d.shift
}

// hardBits is how far above far the price of a row that must be served may go,
// in powers of two.
const hardBits = 5

// fractions is how many bits after the point there is room for when no sum is
// above worst, n times.
func fractions(worst int64, n int) uint {
	return uint(min(24, max(0, 61-hardBits-bits.Len64(uint64(worst))-bits.Len(uint(n)))))
}

// whole is the least whole cost that is not below a bound in fractions.
func (d *dual) whole(bound int64) int64 {
	return (bound + 1<<d.shift - 1) >> d.shift
}

// evaluate finds what each site earns, chooses, and returns the bound.
func (d *dual) evaluate() int64 {
	x := d.x
	n := x.rows()
	works := make([]int, len(d.parts))
	var wg sync.WaitGroup
	for t, part := range d.parts {
		pass := func() {
			clear(part)
			work := 0
			for i := n * t / len(d.parts); i < n*(t+1)/len(d.parts); i++ {
				price, weight := d.price[i], x.weight[i]
				site, cost := x.row(i)
				cost = cost[:len(site)]
				k := 0
				for ; k < len(site); k++ {
					short := int64(cost[k])<<d.shift - price
					if short >= 0 {
						break
					}
					part[site[k]] += weight * short
				}
				work += k
			}
			works[t] = work
		}
		if len(d.parts) == 1 {
			pass()
			continue
		}
		wg.Add(1)
		go func() { defer wg.Done(); pass() }()
	}
	wg.Wait()
	sum := x.base << d.shift
	for i, w := range x.weight {
		sum += w * d.price[i]
	}
	copy(d.earn, d.parts[0])
	d.work = works[0]
	for t := 1; t < len(d.parts); t++ {
		d.work += works[t]
		for j, v := range d.parts[t] {
			d.earn[j] += v
		}
	}
	sum += d.choose()
	for j := range d.share {
		d.share[j] *= 1 - memory
	}
	for _, j := range d.chosen {
		d.share[j] += memory
	}
	if sum > d.bound {
		d.bound, d.atNext, d.atByMoney = sum, d.next, d.byMoney
		d.atPrice = append(d.atPrice[:0], d.price...)
		d.atEarn = append(d.atEarn[:0], d.earn...)
		d.atChosen = append(d.atChosen[:0], d.chosen...)
	}
	return sum
}

// memory is the weight of one choice among those of late.
const memory = 0.05

// step moves the prices along a subgradient, the last direction remembered
// (Camerini, Fratta and Maffioli 1975), towards a cost of upper. False: there is
// nowhere to go.
func (d *dual) step(bound, upper int64, theta float64) bool {
	x := d.x
	for i := range d.over {
		d.over[i] = 1
	}
	columns := 0
	for _, j := range d.chosen {
		columns += x.colFirst[j+1] - x.colFirst[j]
	}
	if columns <= d.work {
		for _, j := range d.chosen {
			row, cost := x.column(j)
			for k, i := range row {
				if int64(cost[k])<<d.shift < d.price[i] {
					d.over[i]--
				}
			}
		}
	} else {
		for _, j := range d.chosen {
			d.in[j] = true
		}
		for i, price := range d.price {
			site, cost := x.row(i)
			for k, j := range site {
				if int64(cost[k])<<d.shift >= price {
					break
				}
				if d.in[j] {
					d.over[i]--
				}
			}
		}
		for _, j := range d.chosen {
			d.in[j] = false
		}
	}
	var norm float64
	for i, o := range d.over {
		g := float64(o)
		// What the bounds of the price forbid is no direction.
		if g > 0 && d.price[i] >= d.most(i) || g < 0 && d.price[i] <= int64(x.cost[x.first[i]])<<d.shift {
			g = 0
		}
		d.way[i] = g + 0.3*d.way[i]
		norm += float64(x.weight[i]) * d.way[i] * d.way[i]
	}
	if norm == 0 {
		return false
	}
	length := theta * math.Max(float64(upper<<d.shift-bound), float64(int64(1)<<d.shift)/2) / norm
	for i, w := range d.way {
		if w != 0 {
			d.price[i] = d.clamp(i, d.price[i]+int64(math.RoundToEven(math.Max(-1e17, math.Min(1e17, length*w)))))
		}
	}
	return true
}

// judge tells what a better answer than upper must do with each site: at the
// prices of the best bound, what would make it dearer than that is out.
func (d *dual) judge(upper int64) []fate {
	x := d.x
	fates := make([]fate, x.sites())
	if d.atByMoney {
		return fates
	}
	limit := (upper - 1) << d.shift // a better answer costs no more
	for _, j := range d.atChosen {
		if d.bound-d.atEarn[j]+d.atNext > limit {
			fates[j] = taken
		}
	}
	var last int64 // what a site that comes pushes out
	if len(d.atChosen) == x.choose && x.choose > 0 {
		last = d.atEarn[d.atChosen[len(d.atChosen)-1]]
	}
	for _, j := range d.atChosen {
		last = max(last, d.atEarn[j])
	}
	if len(d.atChosen) < x.choose {
		last = 0
	}
	chosen := make([]bool, x.sites())
	for _, j := range d.atChosen {
		chosen[j] = true
	}
	for j := range fates {
		if !chosen[j] && d.bound+d.atEarn[j]-last > limit {
			fates[j] = shut
		}
	}
	return fates
}

// harden marks rows that no answer better than upper leaves at far.
func (d *dual) harden(upper int64) {
	x := d.x
	limit := (upper - 1) << d.shift
	for i, w := range x.weight {
		if rest := int64(x.far[i])<<d.shift - d.atPrice[i]; rest > 0 && d.bound+w*rest > limit || x.base+w*int64(x.far[i]) >= upper {
			x.hard[i] = true
		}
	}
}
