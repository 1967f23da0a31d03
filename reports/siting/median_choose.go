package siting

import (
	"cmp"
	"math/bits"
	"slices"
)

// choose takes the sites that earn most, as many as there may be, and returns
// what they earn in all.
func (d *dual) choose() int64 {
	x := d.x
	d.chosen = d.chosen[:0]
	for j, e := range d.earn {
		if e < 0 {
			d.chosen = append(d.chosen, int32(j))
		}
	}
	var sum int64
	d.chosen, sum, d.next, d.byMoney = pick(d.chosen, d.earn, x.choose, x.price, x.budget)
	return sum
}

// pick takes of some sites those that earn most (below 0), at most choose, and
// returns them, what they earn in all, and what the first that is not taken would
// earn. With prices it takes the sites that earn most for their price, within the
// budget, if that bounds better; the last of them in part. It reorders of.
func pick(of []int32, earn []int64, choose int, price []int64, budget int64) (taken []int32, sum, next int64, byMoney bool) {
	less := func(a, b int32) int { return cmp.Or(cmp.Compare(earn[a], earn[b]), cmp.Compare(a, b)) }
	taken = of
	if len(of) > choose {
		if len(of) > 4*choose+64 {
			split(of, choose, less)
			next = earn[slices.MinFunc(of[choose:], less)]
			slices.SortFunc(of[:choose], less)
		} else {
			slices.SortFunc(of, less)
			next = earn[of[choose]]
		}
		taken = of[:choose]
	}
	for _, j := range taken {
		sum += earn[j]
	}
	if price == nil {
		return taken, sum, next, false
	}
	var spent int64
	for _, j := range taken {
		spent += price[j]
	}
	if spent <= budget {
		return taken, sum, next, false
	}
	slices.SortFunc(of, func(a, b int32) int {
		ha, la := bits.Mul64(uint64(-earn[a]), uint64(price[b]))
		hb, lb := bits.Mul64(uint64(-earn[b]), uint64(price[a]))
		return cmp.Or(cmp.Compare(hb, ha), cmp.Compare(lb, la), cmp.Compare(a, b))
	})
	var money int64
	left, k := budget, 0
	for ; k < len(of) && price[of[k]] <= left; k++ {
		left -= price[of[k]]
		money += earn[of[k]]
	}
	if k < len(of) { // in part, rounded to what is sure
		h, l := bits.Mul64(uint64(-earn[of[k]]), uint64(left))
		part, rest := bits.Div64(h, l, uint64(price[of[k]]))
		if rest > 0 {
			part++
		}
		money -= int64(part)
	}
	return of[:k], max(sum, money), next, true
}

// split puts the n least first, in any order.
func split(v []int32, n int, compare func(a, b int32) int) {
	lo, hi := 0, len(v)
	for hi-lo > 1 {
		a, b, c := v[lo], v[(lo+hi)/2], v[hi-1]
		if compare(a, b) > 0 {
			a, b = b, a
		}
		if compare(b, c) > 0 {
			b = c
			if compare(a, b) > 0 {
				b = a
			}
		}
		i, k := lo, hi-1
		for i <= k {
			for compare(v[i], b) < 0 {
				i++
			}
			for compare(v[k], b) > 0 {
				k--
			}
			if i <= k {
				v[i], v[k] = v[k], v[i]
				i++
				k--
			}
		}
		switch {
		case n <= k+1:
			hi = k + 1
		case n >= i:
			lo = i
		default:
			return
		}
	}
}
