package siting

import (
	"cmp"
	"math/bits"
	"slices"
)

// choose takes the sites that earn most, as many as there may be, and returns
// what they earn in all. With a budget it takes the sites that earn most for
// their price if that bounds better; the last of them in part.
func (d *dual) choose() int64 {
	x := d.x
	d.chosen, d.byMoney = d.chosen[:0], false
	for j, e := range d.earn {
		if e < 0 {
			d.chosen = append(d.chosen, int32(j))
		}
	}
	less := func(a, b int32) int { return cmp.Or(cmp.Compare(d.earn[a], d.earn[b]), cmp.Compare(a, b)) }
	d.next = 0
	candidates := d.chosen
	if len(d.chosen) > x.choose {
		if len(candidates) > 4*x.choose+64 {
			split(candidates, x.choose, less)
			d.next = d.earn[slices.MinFunc(candidates[x.choose:], less)]
			slices.SortFunc(candidates[:x.choose], less)
		} else {
			slices.SortFunc(candidates, less)
			d.next = d.earn[candidates[x.choose]]
		}
		d.chosen = candidates[:x.choose]
	}
	var sum int64
	for _, j := range d.chosen {
		sum += d.earn[j]
	}
	if x.price == nil {
		return sum
	}
	var spent int64
	for _, j := range d.chosen {
		spent += x.price[j]
	}
	if spent <= x.budget {
		return sum
	}
	slices.SortFunc(candidates, func(a, b int32) int {
		ha, la := bits.Mul64(uint64(-d.earn[a]), uint64(x.price[b]))
		hb, lb := bits.Mul64(uint64(-d.earn[b]), uint64(x.price[a]))
		return cmp.Or(cmp.Compare(hb, ha), cmp.Compare(lb, la), cmp.Compare(a, b))
	})
	var money int64
	left, k := x.budget, 0
	for ; k < len(candidates) && x.price[candidates[k]] <= left; k++ {
		left -= x.price[candidates[k]]
		money += d.earn[candidates[k]]
	}
	if k < len(candidates) { // in part, rounded to what is sure
		h, l := bits.Mul64(uint64(-d.earn[candidates[k]]), uint64(left))
		part, rest := bits.Div64(h, l, uint64(x.price[candidates[k]]))
		if rest > 0 {
			part++
		}
		money -= int64(part)
	}
	d.chosen, d.byMoney = candidates[:k], true
	return max(sum, money)
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
