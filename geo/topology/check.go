package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Check returns all faults, sorted by codes and then by place; none means that
// the areas tile their parents, each in one piece. Ground that no more than a
// square metre (geo.SliverM2) or no wider than 5 cm (geo.SliverWidthM) is
// taken for a hairline, and let pass.
func (s *Sheet) Check() []Finding {
	out := slices.DeleteFunc(s.tilingFaults(), func(f Finding) bool { return f.hairline })
	out = append(out, slices.DeleteFunc(s.partFaults(), func(f Finding) bool { return f.hairline })...)
	out = append(out, s.knots()...)
	out = append(out, s.duplicates()...)
	out = append(out, s.spikeFaults()...)
	slices.SortStableFunc(out, func(f, g Finding) int {
		return cmp.Or(slices.Compare(f.Codes, g.Codes), cmp.Compare(f.Kind, g.Kind), at(f.At).compare(at(g.At)))
	})
	return out
}

// tilingFaults finds gaps, overlaps and ground outside parents, hairlines too.
func (s *Sheet) tilingFaults() []Finding {
	var out []Finding
	for _, r := range regions(s, s.gapKey) {
		if r[0] != 0 { // open to all that lies around
			out = append(out, s.gap(r))
		}
	}
	for _, r := range regions(s, s.overlapKey) {
		out = append(out, s.overlap(r))
	}
	if len(s.parents) == 0 {
		return out
	}
	parent := s.parentNumbers()
	var outside []bool
	for c := range s.cells {
		for _, a := range s.in[c] {
			if !slices.Contains(s.under[c], parent[a]) {
				if outside == nil {
					outside = make([]bool, len(s.areas))
				}
				outside[a] = true
			}
		}
	}
	for a := range int32(len(outside)) {
		if !outside[a] {
			continue
		}
		for _, r := range regions(s, func(c int32) (string, bool) {
			return fmt.Sprint(s.under[c]), slices.Contains(s.in[c], a) && !slices.Contains(s.under[c], parent[a])
		}) {
			out = append(out, s.outside(a, r))
		}
	}
	return out
}

// gapKey tells cells in no area apart by their parent.
func (s *Sheet) gapKey(c int32) (int32, bool) {
	switch {
	case len(s.in[c]) > 0:
		return none, false
	case len(s.under[c]) > 0:
		return s.under[c][0], true
	}
	return none, len(s.parents) == 0
}

func (s *Sheet) overlapKey(c int32) (string, bool) {
	in := s.in[c]
	if len(in) < 2 || s.areas[in[0]].Code == s.areas[in[len(in)-1]].Code { // sorted by code
		return "", false
	}
	return fmt.Sprint(in), true
}

// parentNumbers finds the parent of each area; none if it is not there.
func (s *Sheet) parentNumbers() []int32 {
	of := make([]int32, len(s.areas))
	for i, a := range s.areas {
		of[i] = none
		if k, ok := slices.BinarySearchFunc(s.parents, a.Parent, func(p Area, code string) int { return strings.Compare(p.Code, code) }); ok {
			of[i] = int32(k)
		}
	}
	return of
}

func (s *Sheet) gap(cells []int32) Finding {
	f := s.finding(Gap, cells)
	if s.enclosed(cells) {
		f.Kind = Hole
	}
	where := "between the areas"
	if p, ok := s.gapKey(cells[0]); ok && p != none {
		f.Codes = []string{s.parents[p].Code}
		where = "of " + s.parents[p].Code
	}
	f.Message = fmt.Sprintf("%.0f m² %s lie in no area", f.AreaM2, where)
	mend := Mend{Kind: GiveToLongestBorder}
	if f.thin(s) {
		f.Kind, mend.Kind = GapSliver, SnapToNeighbour
		f.Message = fmt.Sprintf("%.0f m² %s, %.2f m wide, lie in no area: a border drawn twice", f.AreaM2, where, f.WidthM)
	}
	if a := s.longest(cells, s.mayHold(cells)); a != none {
		f.Mends = []Mend{s.mend(mend.Kind, nil, a)}
	}
	return f
}

func (s *Sheet) overlap(cells []int32) Finding {
	f := s.finding(Overlap, cells)
	in := s.in[cells[0]]
	for _, a := range in {
		f.Codes = append(f.Codes, s.areas[a].Code)
	}
	f.Message = fmt.Sprintf("%s share %.0f m²", strings.Join(f.Codes, " and "), f.AreaM2)
	kind := CutFrom
	if f.thin(s) {
		f.Kind, kind = OverlapSliver, SnapToNeighbour
		f.Message += fmt.Sprintf(", %.2f m wide: a border drawn twice", f.WidthM)
	}
	may := s.mayHold(cells)
	best := s.longest(cells, func(a int32) bool { return slices.Contains(in, a) && may(a) })
	if best == none {
		best = s.longest(cells, func(a int32) bool { return slices.Contains(in, a) })
	}
	if best == none {
		return f // they share all they have
	}
	var from []int32
	for _, a := range in {
		if a == best {
			continue
		}
		if !s.elsewhere(a, cells) {
			return f // nothing of it would be left
		}
		from = append(from, a)
	}
	f.Mends = []Mend{s.mend(kind, from, best)}
	return f
}

// elsewhere tells whether an area has ground of its own beside cells.
func (s *Sheet) elsewhere(a int32, cells []int32) bool {
	for c := range int32(s.cells) {
		if slices.Contains(s.in[c], a) && !slices.Contains(cells, c) {
			return true
		}
	}
	return false
}

func (s *Sheet) outside(a int32, cells []int32) Finding {
	f := s.finding(OutsideParent, cells)
	area := s.areas[a]
	f.Codes = []string{area.Code, area.Parent}
	f.Message = fmt.Sprintf("%s has %.0f m² outside its parent %s", area.Code, f.AreaM2, area.Parent)
	if !s.elsewhere(a, cells) {
		return f
	}
	if len(s.under[cells[0]]) > 0 {
		f.Message += ", in " + s.parents[s.under[cells[0]][0]].Code
		may := s.mayHold(cells)
		if to := s.longest(cells, func(b int32) bool { return b != a && may(b) }); to != none {
			f.Mends = append(f.Mends, s.mend(GiveToLongestBorder, []int32{a}, to))
		}
	}
	f.Mends = append(f.Mends, s.mend(Drop, []int32{a}, none))
	return f
}
