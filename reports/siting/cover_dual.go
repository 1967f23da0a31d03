package siting

import "math"

// coverDual is the Lagrangian relaxation of a cover: rows pay for being covered,
// and a site is in if it earns more than its price. Prices are whole fractions,
// so that every bound is exact.
type coverDual struct {
	x     *cover
	shift uint
	pay   []int64 // of each row, ≥ 0
	left  []int64 // of each site: its price less what it earns

	bound  int64 // the best one, in fractions
	atPay  []int64
	atLeft []int64

	most  []int64 // by row: its cheapest site, above which no pay raises the bound
	over  []int32
	way   []float64
	share []float64
}

// newCoverDual prepares the relaxation; pay, if not nil, is where to begin, else
// every row pays its part of its cheapest site.
func newCoverDual(x *cover, shift uint, pay []int64) *coverDual {
	d := &coverDual{
		x: x, shift: shift, pay: pay, bound: math.MinInt64, left: make([]int64, x.sites()),
		over: make([]int32, x.rows()), way: make([]float64, x.rows()), share: make([]float64, x.sites()), most: make([]int64, x.rows()),
	}
	part := make([]int64, x.rows())
	for i := range d.most {
		d.most[i], part[i] = math.MaxInt64, math.MaxInt64
		for _, s := range x.row(i) {
			d.most[i] = min(d.most[i], x.price[s]<<shift)
			part[i] = min(part[i], x.price[s]<<shift/int64(len(x.column(s))))
		}
	}
	if pay == nil {
		d.pay = part
	}
	for i := range d.pay {
		d.pay[i] = min(d.pay[i], d.most[i])
	}
	return d
}

func (d *coverDual) whole(bound int64) int64 { return (bound + 1<<d.shift - 1) >> d.shift }

// evaluate returns the bound of these payments.
func (d *coverDual) evaluate() int64 {
	x := d.x
	for j, p := range x.price {
		d.left[j] = p << d.shift
	}
	sum := x.base << d.shift
	for i, u := range d.pay {
		sum += u
		if u != 0 {
			for _, s := range x.row(i) {
				d.left[s] -= u
			}
		}
	}
	for j, l := range d.left {
		d.share[j] *= 1 - memory
		if l < 0 {
			sum += l
			d.share[j] += memory
		}
	}
	if sum > d.bound {
		d.bound = sum
		d.atPay, d.atLeft = append(d.atPay[:0], d.pay...), append(d.atLeft[:0], d.left...)
	}
	return sum
}

// step moves the payments along a subgradient; false: there is nowhere to go.
func (d *coverDual) step(bound, upper int64, theta float64) bool {
	x := d.x
	for i := range d.over {
		d.over[i] = 1
	}
	for j, l := range d.left {
		if l < 0 {
			for _, i := range x.column(int32(j)) {
				d.over[i]--
			}
		}
	}
	var norm float64
	for i, o := range d.over {
		g := float64(o)
		if g < 0 && d.pay[i] == 0 || g > 0 && d.pay[i] >= d.most[i] {
			g = 0
		}
		d.way[i] = g + 0.3*d.way[i]
		norm += d.way[i] * d.way[i]
	}
	if norm == 0 {
		return false
	}
	length := theta * math.Max(float64(upper<<d.shift-bound), float64(int64(1)<<d.shift)/4) / norm
	for i, w := range d.way {
		d.pay[i] = min(d.most[i], max(0, d.pay[i]+int64(math.RoundToEven(math.Max(-1e17, math.Min(1e17, length*w))))))
	}
	return true
}

// judge tells what an answer cheaper than upper must do with each site.
func (d *coverDual) judge(upper int64) []fate {
	fates := make([]fate, d.x.sites())
	limit := (upper - 1) << d.shift
	for j, l := range d.atLeft {
		switch {
		case l > 0 && d.bound+l > limit:
			fates[j] = shut
		case l < 0 && d.bound-l > limit:
			fates[j] = taken
		}
	}
	return fates
}
