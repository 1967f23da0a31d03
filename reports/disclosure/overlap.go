package disclosure

import "context"

// spot is a place at which people are counted on one of two days.
type spot struct {
	now, was           int // the lowest place that holds it, by index of that day
	people, before     vector
	knownNow, knownWas map[int]vector // by insider
}

// spots lists where people are counted on either day.
func spots(in, old *Input, now, was *table, names map[string]int) []*spot {
	index := func(places []Place) map[string]int {
		m := make(map[string]int, len(places))
		for i := range places {
			m[places[i].Key] = i
		}
		return m
	}
	nowAt, wasAt := index(in.Places), index(old.Places)
	// lowest is the place of the other day that holds a place: itself, or what is
	// above it.
	lowest := func(places []Place, p int, other map[string]int) int {
		for ; p >= 0; p = places[p].Parent {
			if i, ok := other[places[p].Key]; ok {
				return i
			}
		}
		return -1
	}
	byKey := make(map[string]*spot)
	var list []*spot
	add := func(src *Input, t *table, r *Row, today bool) {
		key := src.Places[r.Place].Key
		sp := byKey[key]
		if sp == nil {
			sp = &spot{people: make(vector, t.size), before: make(vector, t.size), knownNow: make(map[int]vector), knownWas: make(map[int]vector)}
			sp.now, sp.was = lowest(src.Places, r.Place, nowAt), lowest(src.Places, r.Place, wasAt)
			byKey[key] = sp
			list = append(list, sp)
		}
		sum, known := sp.people, sp.knownNow
		if !today {
			sum, known = sp.before, sp.knownWas
		}
		v := t.vector(src, r)
		sum.add(v)
		for _, i := range knowing(src, r, names) {
			if known[i] == nil {
				known[i] = make(vector, t.size)
			}
			known[i].add(v)
		}
	}
	for i := range in.Rows {
		add(in, now, &in.Rows[i], true)
	}
	for i := range old.Rows {
		add(old, was, &old.Rows[i], false)
	}
	return list
}

// overlap finds what two days tell of the same ground. Of each day the ground is
// known in pieces: a place that is told without those in it that are told. What
// both days know is what is made of whole pieces on both: the pieces that hang
// together by overlapping. Each such ground must have changed by k or more, for
// outsiders and for every insider, for whom the ground is what they do not know.
// Where it has not, a place of today's is closed; overlap tells whether it was so.
func (j *judge) overlap(ctx context.Context, s *sheet, d int) (bool, error) {
	changed := j.overlapFor(s, d, -1)
	for insider := range s.names {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if j.overlapFor(s, d, insider) {
			changed = true
		}
	}
	return changed, nil
}

func (j *judge) overlapFor(s *sheet, d, insider int) bool {
	from, to := s.now.parts[d][0], s.now.parts[d][1]
	last := s.now.size - 1
	n := len(j.in.Places)
	root := make([]int, n+len(s.told[d]))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	sums := make(map[int]vector)
	type piece struct {
		atom int
		left vector
	}
	var pieces []piece
	for _, sp := range s.spots {
		now, was := sp.people.minus(sp.knownNow[insider]), sp.before.minus(sp.knownWas[insider])
		if now[last] == 0 && was[last] == 0 {
			continue // nobody whom they do not know
		}
		a, b := lowestTold(j.open[d], j.in.Places, sp.now), lowestTold(s.told[d], s.old, sp.was)
		if a < 0 || b < 0 {
			return false // the detail is not told at the top, or was not
		}
		root[find(a)] = find(n + b)
		pieces = append(pieces, piece{a, now.minus(was)})
	}
	atoms := make(map[int][]int) // by ground: today's places that it is known from
	for _, p := range pieces {
		r := find(p.atom)
		if sums[r] == nil {
			sums[r] = make(vector, s.now.size)
		}
		sums[r].add(p.left)
		atoms[r] = append(atoms[r], p.atom)
	}
	changed := false
	for r, sum := range sums {
		small := false
		for _, x := range sum[from:to] {
			small = small || max(x, -x) < j.in.K
		}
		if !small {
			continue
		}
		least := atoms[r][0]
		for _, a := range atoms[r] { // the deepest, as places come after what holds them
			least = max(least, a)
		}
		if j.open[d][least] {
			j.open[d][least], changed = false, true
		}
	}
	return changed
}

// lowestTold is the place itself or the nearest above it that is told; -1 none.
func lowestTold(told []bool, places []Place, p int) int {
	for ; p >= 0; p = places[p].Parent {
		if told[p] {
			return p
		}
	}
	return -1
}
