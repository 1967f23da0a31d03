package topology

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// Stratum is one level of a district's areas, laid over the level above.
type Stratum struct {
	Level geo.Level
	*Sheet
}

// Strata surveys areas of several levels, each level over the one above it,
// outermost first: towns over the district, and so on down. A level is left out
// where none of its areas, or none of the level above, are in the list.
func Strata(areas []geo.Area) ([]Stratum, error) {
	var out []Stratum
	for l := geo.LevelTown; l <= geo.LevelMicroGrid; l++ {
		of, parents := Level(areas, l)
		if len(of) == 0 || len(parents) == 0 {
			continue
		}
		s, err := Survey(of, Options{Parents: parents})
		if err != nil {
			return nil, fmt.Errorf("level %s: %w", l, err)
		}
		out = append(out, Stratum{Level: l, Sheet: s})
	}
	return out, nil
}

// Check is Sheet.Check, but that nothing is asked about parents in which no
// areas are drawn: a village has no micro-grids, and that is no gap.
func (s Stratum) Check() []Finding { return s.Asked(s.Sheet.Check()) }

// Asked takes out of findings those that Check does not ask about.
func (s Stratum) Asked(findings []Finding) []Finding {
	drawn := make(map[string]bool, len(s.parents))
	for _, a := range s.areas {
		drawn[a.Parent] = true
	}
	return slices.DeleteFunc(findings, func(f Finding) bool {
		switch f.Kind {
		case Gap, Hole, GapSliver:
			return len(f.Codes) == 1 && !drawn[f.Codes[0]]
		}
		return false
	})
}

// CheckTree returns the faults of all levels of a district, outermost first:
// none means that every point lies in exactly one area of every level that is
// drawn there, and that each area is one piece.
func CheckTree(areas []geo.Area) ([]Finding, error) {
	strata, err := Strata(areas)
	if err != nil {
		return nil, fmt.Errorf("check areas: %w", err)
	}
	var out []Finding
	for _, s := range strata {
		out = append(out, s.Check()...)
	}
	return out, nil
}

// Areas returns the areas as they are drawn on the sheet, by code, faults
// included; those without any ground, after mending, are left out. Equal ground
// of one sheet, and of what Mend makes of it, is written equally.
func (s *Sheet) Areas() []Area {
	lines := make([][][]pt, len(s.areas))
	for h := int32(0); h < int32(len(s.from)); h++ {
		left, right := s.in[s.left(h)], s.in[s.left(h^1)]
		for _, a := range left {
			if !slices.Contains(right, a) {
				p, q := s.ends(h)
				lines[a] = append(lines[a], []pt{p, q})
			}
		}
	}
	var out []Area
	for i, a := range s.areas {
		if a.Shape = canonical(lines[i], rings(lines[i])); len(a.Shape) > 0 {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Area) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// Within tells whether the ground of a finding, but for hairlines, is ground of
// known findings of one sort with it: a gap of gaps, an overlap of overlaps,
// slivers of either. A place is then no worse than it was, whatever the codes
// around it are now.
func (f *Finding) Within(known []Finding) (bool, error) {
	var places []orb.MultiPolygon
	box := f.Place.Bound()
	for i := range known {
		k := &known[i]
		if k.Kind.sort() != f.Kind.sort() {
			continue
		}
		if len(f.Place) == 0 {
			if len(k.Place) == 0 && k.At == f.At {
				return true, nil
			}
			continue
		}
		if len(k.Place) > 0 && k.Place.Bound().Intersects(box) {
			places = append(places, k.Place)
		}
	}
	if len(places) == 0 {
		return false, nil
	}
	was, err := geo.Union(places...)
	if err != nil {
		return false, fmt.Errorf("compare findings of %v: %w", f.Codes, err)
	}
	rest, err := geo.Difference(f.Place, was)
	if err != nil {
		return false, fmt.Errorf("compare findings of %v: %w", f.Codes, err)
	}
	return geo.Hairline(rest), nil
}

// sort is what kinds of findings of one ground have in common.
func (k Kind) sort() Kind {
	switch k {
	case OverlapSliver:
		return Overlap
	case Hole, GapSliver:
		return Gap
	}
	return k
}
