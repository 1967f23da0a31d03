package siting

import "slices"

// cover is a set cover in the form that the search works on: every row needs one
// of its sites, and the sites together should cost the least. Sites that are
// certain have gone into base.
type cover struct {
	first []int   // rows + 1
	site  []int32 // of each row, ascending

	colFirst []int // sites + 1: the same by site
	colRow   []int32

	id     []int32 // of each site in the problem
	group  []int32 // as in median
	idle   []bool
	groups int
	price  []int64 // of each site
	base   int64
}

func (x *cover) rows() int  { return len(x.first) - 1 }
func (x *cover) sites() int { return len(x.id) }

func (x *cover) row(i int) []int32      { return x.site[x.first[i]:x.first[i+1]] }
func (x *cover) column(j int32) []int32 { return x.colRow[x.colFirst[j]:x.colFirst[j+1]] }

// newCover asks to cover within a radius, at prices or, if count, with as few
// sites as can be, all whom a site can reach within hope and none that stays
// reaches within the radius. False: somebody has no site.
func newCover(p *Problem, radius, hope int32, count bool) (*cover, bool) {
	x := &cover{first: []int{0}}
	at := make([]int32, len(p.Sites))
	for s := range p.Sites {
		at[s] = None
		if p.Sites[s].Status != Kept {
			at[s] = int32(len(x.id))
			x.id = append(x.id, int32(s))
			x.price = append(x.price, p.Sites[s].Price)
			if count {
				x.price[len(x.price)-1] = 1
			}
		}
	}
	x.group, x.idle, x.groups = groupsOf(p, x.id)
	all := true
	for d, w := range p.Weight {
		if w == 0 {
			continue
		}
		from, done, hopes := len(x.site), false, false
		p.Ways.each(d, len(p.Sites), func(s, c int32) {
			hopes = hopes || c <= hope
			if c > radius {
				return
			}
			if at[s] == None {
				done = true
			} else {
				x.site = append(x.site, at[s])
			}
		})
		if done || len(x.site) == from {
			all = all && (done || !hopes)
			x.site = x.site[:from]
			continue
		}
		slices.Sort(x.site[from:])
		x.first = append(x.first, len(x.site))
	}
	x.columns()
	return x, all
}

// columns lists the rows by site, ascending.
func (x *cover) columns() {
	x.colFirst = make([]int, x.sites()+1)
	for _, s := range x.site {
		x.colFirst[s+1]++
	}
	for s := range x.sites() {
		x.colFirst[s+1] += x.colFirst[s]
	}
	next := slices.Clone(x.colFirst)
	x.colRow = make([]int32, len(x.site))
	for i := range x.rows() {
		for _, s := range x.row(i) {
			x.colRow[next[s]] = int32(i)
			next[s]++
		}
	}
}

// reduce returns what is left when fates are sealed and the rows that drop
// marks are left out. rows lists which rows of x these are.
func (x *cover) reduce(fates []fate, drop []bool) (y *cover, rows []int32) {
	y = &cover{groups: x.groups, base: x.base, first: []int{0}}
	at := make([]int32, x.sites())
	for j, f := range fates {
		at[j] = None
		switch f {
		case open:
			at[j] = int32(len(y.id))
			y.id, y.group, y.idle, y.price = append(y.id, x.id[j]), append(y.group, x.group[j]), append(y.idle, x.idle[j]), append(y.price, x.price[j])
		case taken:
			y.base += x.price[j]
		case shut:
		}
	}
	for i := range x.rows() {
		from, done := len(y.site), drop != nil && drop[i]
		if !done {
			for _, s := range x.row(i) {
				if fates[s] == taken {
					done = true
					break
				}
				if fates[s] == open {
					y.site = append(y.site, at[s])
				}
			}
		}
		if done {
			y.site = y.site[:from]
			continue
		}
		rows = append(rows, int32(i))
		y.first = append(y.first, len(y.site))
	}
	y.columns()
	return y, rows
}
