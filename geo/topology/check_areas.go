package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sanse/geo"
)

// partFaults finds the parts of areas, but for the largest, of those that have
// more than they are declared to have.
func (s *Sheet) partFaults() []Finding {
	parts := make([]int, len(s.areas))
	s.eachPart(func(a int32, _ []int32) { parts[a]++ })
	of := make([][][]int32, len(s.areas))
	s.eachPart(func(a int32, cells []int32) {
		if parts[a] > max(1, s.areas[a].Parts) {
			of[a] = append(of[a], cells)
		}
	})
	var out []Finding
	for a := range int32(len(of)) {
		var found []Finding
		for _, cells := range of[a] {
			f := s.finding(UndeclaredPart, cells)
			f.Codes = []string{s.areas[a].Code}
			f.Message = fmt.Sprintf("%s has a part of %.0f m² apart from the rest: %d parts, %d declared",
				f.Codes[0], f.AreaM2, parts[a], max(1, s.areas[a].Parts))
			may := s.mayHold(cells)
			if to := s.longest(cells, func(b int32) bool { return b != a && s.areas[b].Parent == s.areas[a].Parent && may(b) }); to != none {
				f.Mends = append(f.Mends, s.mend(GiveToLongestBorder, []int32{a}, to))
			}
			f.Mends = append(f.Mends, s.mend(Drop, []int32{a}, none))
			found = append(found, f)
		}
		slices.SortStableFunc(found, func(f, g Finding) int { return cmp.Compare(g.AreaM2, f.AreaM2) })
		if n := max(1, s.areas[a].Parts); len(found) > n {
			out = append(out, found[n:]...)
		}
	}
	return out
}

// eachPart calls back with the cells of each connected part of each area.
func (s *Sheet) eachPart(f func(a int32, cells []int32)) {
	of := make([][]int32, len(s.areas))
	for c := range int32(s.cells) {
		for _, a := range s.in[c] {
			of[a] = append(of[a], c)
		}
	}
	for a, cells := range of {
		for _, part := range s.flood(cells, func(_, d int32) bool { return slices.Contains(s.in[d], int32(a)) }) {
			f(int32(a), part)
		}
	}
}

func (s *Sheet) knots() []Finding {
	var out []Finding
	for _, r := range regions(s, func(c int32) (string, bool) { return fmt.Sprint(s.knotted[c]), len(s.knotted[c]) > 0 }) {
		f := s.finding(SelfCrossing, r)
		if f.hairline {
			continue
		}
		for _, a := range s.knotted[r[0]] {
			f.Codes = append(f.Codes, s.areas[a].Code)
		}
		f.Message = fmt.Sprintf("the outline of %s crosses itself: it runs backward or twice around %.0f m²", strings.Join(f.Codes, " and "), f.AreaM2)
		f.Mends = []Mend{{Kind: CountOnce, To: f.Codes[0], to: none}}
		out = append(out, f)
	}
	return out
}

func (s *Sheet) duplicates() []Finding {
	var out []Finding
	for i := 1; i < len(s.areas); i++ {
		a := s.areas[i]
		if a.Code != s.areas[i-1].Code || !s.has(int32(i)) {
			continue
		}
		first, _ := slices.BinarySearchFunc(s.areas, a.Code, func(b Area, code string) int { return strings.Compare(b.Code, code) })
		f := s.finding(DuplicateCode, s.cellsOf(int32(i)))
		f.Codes = []string{a.Code}
		f.Message = fmt.Sprintf("%s is listed more than once: once more with %.0f m²", a.Code, f.AreaM2)
		if a.Parent == s.areas[first].Parent {
			f.Mends = []Mend{s.mend(Unite, []int32{int32(i)}, int32(first))}
		}
		out = append(out, f)
	}
	return out
}

func (s *Sheet) has(a int32) bool { return len(s.cellsOf(a)) > 0 }

func (s *Sheet) cellsOf(a int32) []int32 {
	var cells []int32
	for c := range int32(s.cells) {
		if slices.Contains(s.in[c], a) {
			cells = append(cells, c)
		}
	}
	return cells
}

func (s *Sheet) spikeFaults() []Finding {
	var out []Finding
	for k, spike := range s.spikes {
		var cells []int32
		flat := spike.flat()
		for c := range int32(s.cells) {
			if slices.Contains(s.spiked[c], int32(k)) && slices.Contains(s.in[c], spike.of) {
				cells = append(cells, c)
			}
		}
		if len(cells) == 0 && !flat {
			continue // mended
		}
		f := s.finding(Spike, cells)
		f.Codes = []string{s.areas[spike.of].Code}
		if flat {
			f.At = spike.ring[1].lonLat()
			f.Message = fmt.Sprintf("the border of %s runs out and back on one line", f.Codes[0])
		} else {
			f.Message = fmt.Sprintf("the border of %s turns back on itself: a spike of %.1f m², %.0f m long", f.Codes[0], f.AreaM2,
				geo.Distance(spike.ring[0].lonLat(), spike.ring[1].lonLat()))
			may := s.mayHold(cells)
			if to := s.longest(cells, func(b int32) bool { return b != spike.of && may(b) }); to != none {
				f.Mends = append(f.Mends, s.mend(GiveToLongestBorder, []int32{spike.of}, to))
			}
		}
		f.Mends = append(f.Mends, s.mend(Drop, []int32{spike.of}, none))
		out = append(out, f)
	}
	return out
}
