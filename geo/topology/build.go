package topology

import "fmt"

// FaultError says why areas are no topology.
type FaultError struct {
	Findings []Finding // at least one
}

// Error gives the first finding, and how many there are.
func (e *FaultError) Error() string {
	if n := len(e.Findings); n > 1 {
		return fmt.Sprintf("%s (and %d more)", e.Findings[0].Message, n-1)
	}
	return e.Findings[0].Message
}

// Build returns the topology of areas of one level, as Survey and then Topology
// do, and with the same errors.
func Build(areas []Area, opt Options) (*Topology, error) {
	s, err := survey(areas, opt, false)
	if err != nil {
		return nil, err
	}
	return s.Topology()
}

// Topology returns the areas with each shared border stored once. Ground in
// two areas, outlines that cross themselves and codes listed twice are refused
// with a *FaultError; gaps and ground outside a parent stay as they are: a gap
// is no face. Hairlines between areas drawn apart (see Check) belong to nobody
// or to two: each goes to the area with which it has the longest border. Borders
// that cross the base of a spike have a vertex there.
func (s *Sheet) Topology() (*Topology, error) {
	s = s.withoutHairlines()
	var faults []Finding
	for _, f := range s.Check() {
		switch f.Kind {
		case Overlap, OverlapSliver, SelfCrossing, DuplicateCode:
			faults = append(faults, f)
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("build topology: %w", &FaultError{faults})
	}
	owner := make([]int32, s.cells)
	for c, in := range s.in {
		owner[c] = none
		if len(in) > 0 {
			owner[c] = in[0]
		}
	}
	var edges []edge
	for h := int32(0); h < int32(len(s.from)); h += 2 {
		if l, r := owner[s.left(h)], owner[s.left(h+1)]; l != r {
			a, b := s.ends(h)
			edges = append(edges, edge{seg{a, b}, l, r})
		}
	}
	t := &Topology{opt: s.opt, arcs: chain(edges, nil), faces: make([]*face, len(s.areas))}
	refs := make([][]ref, len(s.areas))
	for i, a := range t.arcs {
		if a.left != none {
			refs[a.left] = append(refs[a.left], ref(2*i))
		}
		if a.right != none {
			refs[a.right] = append(refs[a.right], ref(2*i+1))
		}
	}
	for i, a := range s.areas {
		if len(refs[i]) == 0 {
			continue // united with another of its code
		}
		f, err := t.draw(a.Code, a.Parent, refs[i])
		if err != nil {
			return nil, fmt.Errorf("build topology: %w", err)
		}
		t.faces[i] = f
		t.order = append(t.order, int32(i)) // areas are sorted by code
	}
	return t, nil
}
