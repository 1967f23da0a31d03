package siting

import "slices"

// binary tells whether every way is a walk of 0 or 1, as for MostCovered.
func (x *median) binary() bool {
	return !slices.ContainsFunc(x.cost, func(c int32) bool { return c != 0 }) && !slices.ContainsFunc(x.far, func(f int32) bool { return f != 1 })
}

// forced marks rows to be left out because a hard row has no site but theirs, so
// that they are served with it, and takes the only site of a hard row; x is
// binary. It tells whether there are any.
func (x *median) forced(fates []fate, drop []bool) bool {
	rows, sites := x.sets()
	changed := dropSupersets(rows, sites, drop, func(k int32) bool { return x.hard[k] })
	for i := range rows {
		if x.hard[i] && !drop[i] && len(rows[i]) == 1 && fates[rows[i][0]] == open {
			fates[rows[i][0]], changed = taken, true
		}
	}
	return changed
}

// sets are the sites of each row and the rows of each site, ascending if x is
// binary.
func (x *median) sets() (rows, sites [][]int32) {
	rows, sites = make([][]int32, x.rows()), make([][]int32, x.sites())
	for i := range rows {
		rows[i], _ = x.row(i)
	}
	for j := range sites {
		sites[j], _ = x.column(int32(j))
	}
	return rows, sites
}

// dominated shuts sites whose rows another that may come in their stead serves
// too, at no higher price; x is binary. It tells whether there are any.
func (x *median) dominated(fates []fate) bool {
	rows, sites := x.sets()
	marks := prints(sites)
	changed := false
	for _, j := range byLength(sites) {
		if fates[j] != open || x.idle[j] && x.group[j] != None {
			continue
		}
		if len(sites[j]) == 0 {
			fates[j], changed = shut, true
			continue
		}
		for _, k := range rarest(sites[j], rows) {
			if k == j || fates[k] != open || len(sites[k]) < len(sites[j]) || marks[j]&^marks[k] != 0 ||
				x.price != nil && x.price[k] > x.price[j] || !mayReplace(x.group, x.idle, k, j) {
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

// mayReplace tells whether k may come wherever j may, of sites with these groups.
func mayReplace(group []int32, idle []bool, k, j int32) bool {
	return group[k] == None || idle[k] || !idle[j] && group[j] == group[k]
}
