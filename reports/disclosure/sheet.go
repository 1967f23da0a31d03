package disclosure

import "maps"

// sheet is what an attacker adds and subtracts: the counts of a day, or the
// changes between two.
type sheet struct {
	now *table
	was *table // nil: a sheet of counts
	at  []int  // by place: its index in was; -1: it was none
	// known tells, by detail and place, where the figure of the earlier day was
	// told; nil: everywhere, for a sheet of counts.
	known [][]bool
	// Of the earlier day: its places, and by detail which of them were told.
	old   []Place
	told  [][]bool
	spots []*spot
	names int // how many insiders there are
}

func (s *sheet) knows(detail, place int) bool { return s.known == nil || s.known[detail][place] }

// rest is what is left of a place without some of its children, and without what
// an insider knows of it; insider -1 knows nothing. It is nobody where nobody
// lives in what is left, then or now: then there is nothing to be learned.
func (s *sheet) rest(place int, without []int, insider int) (left vector, nobody bool) {
	left = s.now.left(place, without, insider)
	nobody = left[len(left)-1] == 0
	if s.was == nil || s.at[place] < 0 {
		return left, nobody
	}
	old := make([]int, 0, len(without))
	for _, c := range without {
		if s.at[c] >= 0 {
			old = append(old, s.at[c])
		}
	}
	was := s.was.left(s.at[place], old, insider)
	return left.minus(was), nobody && was[len(was)-1] == 0
}

func (t *table) left(place int, without []int, insider int) vector {
	left := t.sums[place].minus(t.within[place][insider])
	for _, c := range without {
		left = left.minus(t.sums[c])
		left.add(t.within[c][insider])
	}
	return left
}

// insiders are those who know something of a place.
func (s *sheet) insiders(place int) map[int]struct{} {
	out := make(map[int]struct{}, len(s.now.within[place])+1)
	for i := range maps.Keys(s.now.within[place]) {
		out[i] = struct{}{}
	}
	if s.was != nil && s.at[place] >= 0 {
		for i := range maps.Keys(s.was.within[s.at[place]]) {
			out[i] = struct{}{}
		}
	}
	return out
}

// safe tells whether what is left of a place without some of its children is
// large in every part of a detail, for outsiders and for every insider.
func (s *sheet) safe(detail, place int, without []int, k int) bool {
	large := func(insider int) bool {
		left, nobody := s.rest(place, without, insider)
		if nobody {
			return true
		}
		for _, n := range left[s.now.parts[detail][0]:s.now.parts[detail][1]] {
			if max(n, -n) < k {
				return false
			}
		}
		return true
	}
	if !large(-1) {
		return false
	}
	for i := range s.insiders(place) {
		if !large(i) {
			return false
		}
	}
	return true
}

// size is by how much a place weighs in a detail: what is smallest is hidden
// first.
func (s *sheet) size(detail, place int) int {
	v, _ := s.rest(place, nil, -1)
	n := 0
	for _, x := range v[s.now.parts[detail][0]:s.now.parts[detail][1]] {
		n += max(x, -x)
	}
	return n
}
