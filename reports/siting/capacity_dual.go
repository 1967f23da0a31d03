package siting

import (
	"cmp"
	"math"
	"slices"
)

// cappedDual is the Lagrangian relaxation of a median whose sites have
// capacities: rows pay a price for being served, and each site serves, up to its
// capacity, those who pay most above what they cost it. Prices are whole
// fractions, so that every bound is exact.
type cappedDual struct {
	x        *median
	capacity []int64 // by site; None: no limit
	shift    uint
	fates    []fate
	price    []int64 // of each row, for a weight of 1
	earn     []int64 // of each site, ≤ 0
	chosen   []int32 // of the open sites
	next     int64
	byMoney  bool

	bound     int64
	atPrice   []int64
	atEarn    []int64
	atChosen  []int32
	atNext    int64
	atByMoney bool

	way    []float64
	served []int64
	share  []float64
	room   []offered
}

// offered is what a row pays a site above its cost.
type offered struct {
	value int64
	row   int32
}

func newCappedDual(x *median, capacity []int64, shift uint, fates []fate, prices []int64) *cappedDual {
	d := &cappedDual{
		x: x, capacity: capacity, shift: shift, fates: fates, price: prices, bound: math.MinInt64,
		earn: make([]int64, x.sites()), way: make([]float64, x.rows()), served: make([]int64, x.rows()), share: make([]float64, x.sites()),
	}
	for i := range d.price {
		d.price[i] = d.clamp(i, d.price[i])
	}
	return d
}

func (d *cappedDual) clamp(i int, price int64) int64 {
	return min(max(price, int64(d.x.cost[d.x.first[i]])<<d.shift), int64(d.x.far[i])<<d.shift)
}

func (d *cappedDual) whole(bound int64) int64 { return (bound + 1<<d.shift - 1) >> d.shift }

// serve returns what site j earns, and calls take, if not nil, for each row of
// which it serves some.
func (d *cappedDual) serve(j int32, take func(row int32, amount int64)) int64 {
	x := d.x
	row, cost := x.column(j)
	d.room = d.room[:0]
	var weight int64
	for k, i := range row {
		if v := d.price[i] - int64(cost[k])<<d.shift; v > 0 {
			d.room = append(d.room, offered{v, i})
			weight += x.weight[i]
		}
	}
	left := d.capacity[j]
	if left == None {
		left = weight
	}
	if weight > left {
		slices.SortFunc(d.room, func(a, b offered) int { return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.row, b.row)) })
	}
	var sum int64
	for _, o := range d.room {
		amount := min(left, x.weight[o.row])
		if amount == 0 {
			break
		}
		left -= amount
		sum -= amount * o.value
		if take != nil {
			take(o.row, amount)
		}
	}
	return sum
}

// evaluate returns the bound of these prices.
func (d *cappedDual) evaluate() int64 {
	x := d.x
	sum, choose, budget := x.base<<d.shift, x.choose, x.budget
	for i, w := range x.weight {
		sum += w * d.price[i]
	}
	d.chosen = d.chosen[:0]
	for j := range d.earn {
		d.earn[j] = 0
		if d.fates[j] == shut {
			continue
		}
		d.earn[j] = d.serve(int32(j), nil)
		switch {
		case d.fates[j] == taken:
			sum += d.earn[j]
			choose--
			if x.price != nil {
				budget -= x.price[j]
			}
		case d.earn[j] < 0:
			d.chosen = append(d.chosen, int32(j))
		}
	}
	var earned int64
	d.chosen, earned, d.next, d.byMoney = pick(d.chosen, d.earn, choose, x.price, budget)
	sum += earned
	for j := range d.share {
		d.share[j] *= 1 - memory
	}
	for _, j := range d.chosen {
		d.share[j] += memory
	}
	if sum > d.bound {
		d.bound, d.atNext, d.atByMoney = sum, d.next, d.byMoney
		d.atPrice, d.atEarn, d.atChosen = append(d.atPrice[:0], d.price...), append(d.atEarn[:0], d.earn...), append(d.atChosen[:0], d.chosen...)
	}
	return sum
}

// step moves the prices along a subgradient towards a cost of upper; false: there
// is nowhere to go.
func (d *cappedDual) step(bound, upper int64, theta float64) bool {
	x := d.x
	clear(d.served)
	take := func(row int32, amount int64) { d.served[row] += amount }
	for j, f := range d.fates {
		if f == taken {
			d.serve(int32(j), take)
		}
	}
	for _, j := range d.chosen {
		d.serve(j, take)
	}
	var norm float64
	for i, s := range d.served {
		w := float64(x.weight[i])
		g := 1 - float64(s)/w
		if g > 0 && d.price[i] >= int64(x.far[i])<<d.shift || g < 0 && d.price[i] <= int64(x.cost[x.first[i]])<<d.shift {
			g = 0
		}
		d.way[i] = g + 0.3*d.way[i]
		norm += w * d.way[i] * d.way[i]
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

// judge adds to the fates what a better answer than upper must do with each site
// that is open.
func (d *cappedDual) judge(upper int64) []fate {
	fates := slices.Clone(d.fates)
	if d.atByMoney {
		return fates
	}
	choose := d.x.choose
	for _, f := range fates {
		if f == taken {
			choose--
		}
	}
	limit := (upper - 1) << d.shift
	chosen := make([]bool, len(fates))
	last := int64(math.MinInt64)
	for _, j := range d.atChosen {
		chosen[j] = true
		last = max(last, d.atEarn[j])
		if d.bound-d.atEarn[j]+d.atNext > limit {
			fates[j] = taken
		}
	}
	if len(d.atChosen) < choose || len(d.atChosen) == 0 {
		last = 0
	}
	for j, f := range fates {
		if f == open && !chosen[j] && d.bound+d.atEarn[j]-last > limit {
			fates[j] = shut
		}
	}
	return fates
}
