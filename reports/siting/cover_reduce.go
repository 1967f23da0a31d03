package siting

import (
	"cmp"
	"slices"
)

// simplify decides what needs no search, again and again: a row whose sites
// include all of another's is covered with it; a site whose rows another covers
// too, at no higher price, is not needed; the only site of a row is in. It adds
// to fates and marks rows to be left out. False: some row has no site left.
func (x *cover) simplify(fates []fate, drop []bool) bool {
	for {
		rows, _ := x.live(fates, drop)
		if !x.essential(rows, fates) {
			return false
		}
		if !followBeside(x.group, x.idle, x.groups, fates) {
			return false
		}
		for i := range x.rows() {
			if !drop[i] && slices.ContainsFunc(x.row(i), func(s int32) bool { return fates[s] == taken }) {
				drop[i] = true
			}
		}
		rows, sites := x.live(fates, drop)
		changed := dropSupersets(rows, sites, drop, func(int32) bool { return true })
		rows, sites = x.live(fates, drop)
		if !x.dropSites(rows, sites, fates) && !changed {
			return true
		}
	}
}

// live lists the rows that are left with their open sites, and the open sites
// with the rows that are left.
func (x *cover) live(fates []fate, drop []bool) (rows, sites [][]int32) {
	rows, sites = make([][]int32, x.rows()), make([][]int32, x.sites())
	for i := range x.rows() {
		if drop[i] {
			continue
		}
		rows[i] = []int32{}
		for _, s := range x.row(i) {
			if fates[s] == open {
				rows[i] = append(rows[i], s)
				sites[s] = append(sites[s], int32(i))
			}
		}
	}
	return rows, sites
}

// essential takes the sites that a row cannot do without.
func (x *cover) essential(rows [][]int32, fates []fate) bool {
	for i, row := range rows {
		if row == nil {
			continue
		}
		if len(row) == 0 {
			if !slices.ContainsFunc(x.row(i), func(s int32) bool { return fates[s] == taken }) {
				return false
			}
			continue
		}
		if len(row) == 1 && !slices.ContainsFunc(x.row(i), func(s int32) bool { return fates[s] == taken }) {
			fates[row[0]] = taken
		}
	}
	return true
}

// print is a set of numbers hashed to 64 bits: that of a subset has no other.
func print(set []int32) uint64 {
	var p uint64
	for _, v := range set {
		p |= 1 << (uint64(v) * 0x9E3779B97F4A7C15 >> 58)
	}
	return p
}

// subset tells whether all of a are in b, both ascending.
func subset(a, b []int32) bool {
	k := 0
	for _, v := range a {
		for k < len(b) && b[k] < v {
			k++
		}
		if k == len(b) || b[k] != v {
			return false
		}
	}
	return true
}

// byLength lists which sets there are, the shortest first.
func byLength(sets [][]int32) []int32 {
	var out []int32
	for i, s := range sets {
		if s != nil {
			out = append(out, int32(i))
		}
	}
	slices.SortFunc(out, func(a, b int32) int { return cmp.Or(cmp.Compare(len(sets[a]), len(sets[b])), cmp.Compare(a, b)) })
	return out
}

func prints(sets [][]int32) []uint64 {
	out := make([]uint64, len(sets))
	for i, s := range sets {
		out[i] = print(s)
	}
	return out
}

// rarest returns the shortest of the sets that some numbers name.
func rarest(of []int32, sets [][]int32) []int32 {
	best := sets[of[0]]
	for _, v := range of[1:] {
		if len(sets[v]) < len(best) {
			best = sets[v]
		}
	}
	return best
}

// dropSupersets marks rows whose sites include all of another's that may stand
// for them.
func dropSupersets(rows, sites [][]int32, drop []bool, may func(k int32) bool) bool {
	changed := false
	marks := prints(rows)
	for _, k := range byLength(rows) {
		if drop[k] || len(rows[k]) == 0 || !may(k) {
			continue
		}
		for _, i := range rarest(rows[k], sites) {
			if i == k || drop[i] || len(rows[i]) < len(rows[k]) || marks[k]&^marks[i] != 0 {
				continue
			}
			if subset(rows[k], rows[i]) {
				drop[i], changed = true, true
			}
		}
	}
	return changed
}

func (x *cover) dropSites(rows, sites [][]int32, fates []fate) bool {
	changed := false
	marks := prints(sites)
	for j := range sites {
		if fates[j] == open && sites[j] == nil && !x.needed(int32(j)) {
			fates[j], changed = shut, true
		}
	}
	for _, j := range byLength(sites) {
		if fates[j] != open || x.needed(j) {
			continue
		}
		for _, k := range rarest(sites[j], rows) {
			if k == j || fates[k] != open || len(sites[k]) < len(sites[j]) || marks[j]&^marks[k] != 0 || x.price[k] > x.price[j] || !mayReplace(x.group, x.idle, k, j) {
				continue
			}
			if subset(sites[j], sites[k]) {
				fates[j], changed = shut, true
				break
			}
		}
	}
	return changed
}

// needed tells whether j is idle, and new sites may wait for it.
func (x *cover) needed(j int32) bool { return x.idle[j] && x.group[j] != None }
