package topology

import (
	"errors"
	"fmt"
	"slices"
)

// Mend applies the first mend of each finding and returns the sheet as it is
// then, with what is left: findings without a mend, and those that came of
// others. The findings must be of this very sheet's Check; to choose another
// mend, put it first. Where two findings are about the same ground the first
// is mended, and the other is among what is left if it still is one.
func (s *Sheet) Mend(findings []Finding) (*Sheet, []Finding, error) {
	for _, f := range findings {
		if f.sheet != s {
			return nil, nil, fmt.Errorf("mend areas: %w", errStrange)
		}
	}
	out := s.copy()
	for _, f := range findings {
		if len(f.Mends) > 0 {
			out.apply(s, f)
		}
	}
	return out, out.Check(), nil
}

var errStrange = errors.New("a finding is of another sheet: check this one first")

// copy returns a sheet whose cells can be given away.
func (s *Sheet) copy() *Sheet {
	out := *s
	out.in = slices.Clone(s.in)
	out.knotted = slices.Clone(s.knotted)
	out.spikes = slices.Clone(s.spikes)
	return &out
}

// mend is what is to be done about ground that areas lose and one has then.
func (s *Sheet) mend(kind MendKind, from []int32, to int32) Mend {
	m := Mend{Kind: kind, from: from, to: to}
	if to != none {
		m.To = s.areas[to].Code
	}
	return m
}

// apply does the first mend of a finding of the sheet was, of which s is a copy.
func (s *Sheet) apply(was *Sheet, f Finding) {
	m := f.Mends[0]
	for _, c := range f.cells {
		if m.Kind == CountOnce {
			s.knotted[c] = nil
			continue
		}
		if m.Kind != Unite && !slices.Equal(s.in[c], was.in[c]) {
			continue // mended already
		}
		in := slices.DeleteFunc(slices.Clone(s.in[c]), func(a int32) bool { return slices.Contains(m.from, a) })
		if m.to != none && !slices.Contains(in, m.to) {
			in = append(in, m.to)
			slices.Sort(in)
		}
		s.in[c] = in
	}
	if f.Kind == Spike && len(f.cells) == 0 {
		// It holds no ground, so no cell shows that it is gone.
		s.spikes = slices.DeleteFunc(s.spikes, func(k spike) bool {
			return k.ring[1] == at(f.At) && k.flat()
		})
	}
}

// withoutHairlines gives every hairline to one area; what that leaves hanging by
// a hairline may need another round.
func (s *Sheet) withoutHairlines() *Sheet {
	for range 4 {
		faults := append(s.tilingFaults(), s.partFaults()...)
		faults = slices.DeleteFunc(faults, func(f Finding) bool {
			return !f.hairline || len(f.Mends) == 0 || f.Kind == OutsideParent || f.Mends[0].to == none || s.bend(f)
		})
		if len(faults) == 0 {
			break
		}
		out := s.copy()
		for _, f := range faults {
			out.apply(s, f)
		}
		s = out
	}
	return s
}

// bend tells whether a fault is but a corner on the parent's border, which is
// off its line by less than a step of the lattice: closing it would take the
// corner away.
func (s *Sheet) bend(f Finding) bool { return f.WidthM < 0.001 && s.open(f.cells) > 0.25 }
