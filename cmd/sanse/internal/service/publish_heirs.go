package service

import (
	"fmt"
	"slices"

	"sanse/data"
	"sanse/geo"
)

// heirPart is the part of an area's ground that makes another one its heir: of
// the ground of one that ended, or of the ground that a new one is made of.
const heirPart = 0.25

// inherit marks the heirs of a lineage: the areas that whoever answered for an
// area answers for once the boundaries hold. Some houses that go to a neighbour
// who was there before are no inheritance, for they would open all of the
// neighbour's ground. Heirs are
//
//   - an area that goes on, of itself;
//   - a new area, of those that gave a quarter of it or more, or else of the one
//     that gave the most;
//   - of an area that ends, those that took a quarter of it or more, or else the
//     one that took the most.
//
// What of an area has no ground in common with it is no heir of it, whatever a
// draft says. The plans, the database's rules and what a planner is shown before
// all go by the mark, so that they are the same.
func inherit(lineage []data.AreaLineage, before, after map[string]geo.Area) error {
	m2 := make(map[*geo.Area]float64)
	size := func(a *geo.Area) float64 {
		if _, ok := m2[a]; !ok {
			m2[a] = geo.AreaM2(a.Boundary)
		}
		return m2[a]
	}
	was, is := pointers(before), pointers(after)
	ended, begun := make(map[string]*mostOf), make(map[string]*mostOf)
	for i := range lineage {
		l := &lineage[i]
		from, to := was[l.From], is[l.To]
		ends, begins := is[l.From] == nil, was[l.To] == nil
		if l.From == l.To {
			l.Heir = true
			continue
		}
		if from == nil || to == nil || !ends && !begins {
			continue
		}
		common, err := geo.Intersection(from.Boundary, to.Boundary)
		if err != nil {
			return fmt.Errorf("ground of %s in %s: %w", l.From, l.To, err)
		}
		shared := geo.AreaM2(common)
		l.Heir = begins && shared >= heirPart*size(to) || ends && shared >= heirPart*size(from)
		if ends {
			most(ended, l.From).see(l, shared)
		}
		if begins {
			most(begun, l.To).see(l, shared)
		}
	}
	for _, of := range []map[string]*mostOf{ended, begun} {
		for _, m := range of {
			m.settle()
		}
	}
	return nil
}

// mostOf is the lineage of one area, and that of it with the most ground.
type mostOf struct {
	all    []*data.AreaLineage
	most   *data.AreaLineage
	shared float64
}

func most(of map[string]*mostOf, code string) *mostOf {
	if of[code] == nil {
		of[code] = &mostOf{}
	}
	return of[code]
}

func (m *mostOf) see(l *data.AreaLineage, shared float64) {
	m.all = append(m.all, l)
	if shared > m.shared { // of equals the first, by code
		m.most, m.shared = l, shared
	}
}

// settle leaves no area without an heir, nor a new one without somebody.
func (m *mostOf) settle() {
	if m.most != nil && !slices.ContainsFunc(m.all, func(l *data.AreaLineage) bool { return l.Heir }) {
		m.most.Heir = true
	}
}

func pointers(areas map[string]geo.Area) map[string]*geo.Area {
	out := make(map[string]*geo.Area, len(areas))
	for code, a := range areas {
		out[code] = &a
	}
	return out
}

// heirs lists the heirs of each area of a lineage.
func heirs(lineage []data.AreaLineage) map[string][]string {
	out := make(map[string][]string)
	for i := range lineage {
		if l := &lineage[i]; l.Heir {
			out[l.From] = append(out[l.From], l.To)
		}
	}
	return out
}
