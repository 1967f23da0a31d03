package service

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
)

// mendOf is the change that mends findings of CheckDraft, each in the first way
// that it tells: those of the keys given, or all that can be if there are none.
// What comes of it is mended as well: ground that a grid is given goes to one of
// its micro-grids.
func mendOf(ctx context.Context, r *data.Reads, district string, ground *draftGround, keys []string) (c Change, err error) {
	tree, problems := treeOfDraft(ground.after)
	if tree == nil {
		return c, badDraft(DraftBadBoundary, nil, "this is to be mended by hand, before all else: %s", Own(problems[0]))
	}
	findings, err := faults(ground.before, ground.after)
	if err != nil {
		return c, err
	}
	addresses, err := addressFaults(ctx, r, district, ground.before, tree)
	if err != nil {
		return c, err
	}
	wanted := make(map[string]bool)
	for _, f := range append(slices.Clone(findings), addresses...) {
		if len(keys) == 0 || slices.Contains(keys, f.Key) {
			wanted[f.Key] = true
		}
	}
	for _, k := range keys {
		if !wanted[k] {
			return c, badDraft(DraftNoFinding, nil, "there is no finding %q in this version of the draft", k)
		}
	}
	mended, err := mendGround(ground, wanted)
	if err != nil {
		return c, err
	}
	for i := range addresses {
		if f := &addresses[i]; wanted[f.Key] {
			dropUnits(ground, mended, f)
		}
	}
	if len(mended) == 0 {
		return c, badDraft(DraftEmpty, nil, "none of %d findings can be mended without a decision", len(wanted))
	}
	c.Kind = data.DraftMend
	for _, code := range slices.Sorted(maps.Keys(mended)) {
		c.Areas = append(c.Areas, mended[code])
	}
	return c, nil
}

// dropUnits takes units out of the lists in which they have no effect, or are
// another's.
func dropUnits(ground *draftGround, mended map[string]ChangedArea, f *DraftFinding) {
	for _, m := range f.Mends {
		if m.Kind != DropUnits {
			continue
		}
		for _, code := range f.Codes {
			if code == m.To {
				continue
			}
			a, ok := mended[code]
			if !ok {
				a.Code = code
			}
			if a.Units == nil {
				units := ground.after[code].Units
				a.Units = &units
			}
			kept := slices.DeleteFunc(slices.Clone(*a.Units), func(u geo.Unit) bool {
				return u.Building == f.Building && slices.Contains(f.Units, u.Name)
			})
			a.Units = &kept
			mended[code] = a
		}
	}
}

// mendGround returns the areas that mending gives another boundary, by code.
func mendGround(ground *draftGround, wanted map[string]bool) (map[string]ChangedArea, error) {
	scope := checkScope(ground.before, ground.after)
	m := mending{areas: make(map[string]geo.Area), wanted: wanted, known: make(map[string]bool), changed: make(map[string]bool)}
	for _, a := range scope.of(ground.after) {
		m.areas[a.Code] = a
	}
	if err := m.run(); err != nil {
		return nil, err
	}
	out := make(map[string]ChangedArea)
	for code := range m.changed {
		out[code] = ChangedArea{Code: code, Boundary: m.areas[code].Boundary}
	}
	return out, nil
}

// mending is areas while they are mended.
type mending struct {
	areas   map[string]geo.Area
	wanted  map[string]bool // keys of findings to be mended
	known   map[string]bool // of all that there are before
	changed map[string]bool // codes
}

// run mends level by level, outermost first.
func (m *mending) run() error {
	strata, err := topology.Strata(areaList(m.areas))
	if err != nil {
		return fmt.Errorf("mend a draft: %w", err)
	}
	for _, s := range strata {
		for _, f := range s.Check() {
			m.known[findingKey(&f)] = true
		}
	}
	for _, s := range strata {
		if err := m.level(s.Level); err != nil {
			return fmt.Errorf("mend a draft: level %s: %w", s.Level, err)
		}
	}
	return nil
}

// mendRounds bounds how often what comes of a mend is mended.
const mendRounds = 8

// level mends the areas of one level under those above, as these are by now.
func (m *mending) level(level geo.Level) error {
	of, parents := topology.Level(areaList(m.areas), level)
	begun, err := topology.Survey(of, topology.Options{Parents: parents})
	if err != nil {
		return err
	}
	asked := topology.Stratum{Level: level, Sheet: begun}
	sheet, found := begun, asked.Check()
	for range mendRounds {
		found = slices.DeleteFunc(found, func(f topology.Finding) bool {
			key := findingKey(&f)
			return len(f.Mends) == 0 || m.known[key] && !m.wanted[key]
		})
		if len(found) == 0 {
			break
		}
		if sheet, found, err = sheet.Mend(found); err != nil {
			return err
		}
		found = asked.Asked(found)
	}
	return m.take(begun.Areas(), sheet.Areas())
}

// take takes over the areas that are not what they were.
func (m *mending) take(was, is []topology.Area) error {
	shapes := make(map[string]topology.Area, len(is))
	for _, a := range is {
		shapes[a.Code] = a
	}
	for _, w := range was {
		a, ok := shapes[w.Code]
		if !ok {
			return badDraft(DraftWholeArea, []string{w.Code}, "mending would leave nothing of %s: retire it, or draw it anew", Own(w.Code))
		}
		if a.Shape.Equal(w.Shape) {
			continue
		}
		area := m.areas[w.Code]
		area.Boundary = a.Shape
		m.areas[w.Code] = area
		m.changed[w.Code] = true
	}
	return nil
}
