package geo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// LocateUnit returns the code of the area of that level in which somebody lives
// whose home is at p, in that unit of a building (both empty where they are not
// known; p is then their own point, else the building's). Down to the grid it is
// Locate. Of the micro-grids of that grid the one that lists the unit has it,
// the smallest code of several, wherever its boundary runs: an address beats a
// point. A unit that no micro-grid of the grid lists is where p is.
func (t *Tree) LocateUnit(p orb.Point, building, unit string, level Level) (code string, ok bool) {
	k := t.find(p)
	if k < 0 {
		return "", false
	}
	if listed := t.listing(k, building, unit); listed >= 0 {
		k = listed
	}
	return t.ancestor(k, level)
}

// Listed tells whether a micro-grid of the grid in which p lies lists a unit,
// and which one has it: that of LocateUnit.
func (t *Tree) Listed(p orb.Point, building, unit string) (code string, ok bool) {
	k := t.find(p)
	if k < 0 {
		return "", false
	}
	if k = t.listing(k, building, unit); k < 0 {
		return "", false
	}
	return t.nodes[k].area.Code, true
}

// listing returns the micro-grid in the grid of node k that has a unit; -1 for
// none.
func (t *Tree) listing(k int32, building, unit string) int32 {
	if building == "" || unit == "" || len(t.units) == 0 {
		return -1
	}
	grid, ok := t.ancestor(k, LevelGrid)
	if !ok {
		return -1
	}
	for _, m := range t.units[Unit{building, UnitName(unit)}] { // by code
		if t.nodes[m].area.Parent == grid {
			return m
		}
	}
	return -1
}

// indexUnits notes which micro-grids list each unit.
func (t *Tree) indexUnits() {
	level := &t.levels[LevelMicroGrid]
	for k := level.from; k < level.to; k++ {
		for _, u := range t.nodes[k].area.Units {
			if t.units == nil {
				t.units = make(map[Unit][]int32)
			}
			if list := t.units[u]; len(list) == 0 || list[len(list)-1] != k {
				t.units[u] = append(list, k)
			}
		}
	}
}

// UnitFindingKind is what is wrong with a list of units.
type UnitFindingKind string

// The kinds of findings about units.
const (
	// UnitTwice is a unit that two micro-grids list: the smaller code has it.
	UnitTwice UnitFindingKind = "unit-twice"
	// UnitElsewhere is a unit in a building that stands in another grid than the
	// micro-grid that lists it, which has no effect.
	UnitElsewhere UnitFindingKind = "unit-elsewhere"
	// UnitUnknown is a unit in a building that is not known.
	UnitUnknown UnitFindingKind = "unit-unknown"
)

// UnitFinding is something wrong with the units that micro-grids list in one
// building.
type UnitFinding struct {
	Kind     UnitFindingKind
	Codes    []string // of the micro-grids concerned, ascending
	Building string
	Units    []string  // names, in their order
	At       orb.Point // where the building stands; the zero point: it is not known
	Message  string    // one sentence in English
}

// CheckUnits finds what is wrong with the units that micro-grids list, given
// where the buildings are, sorted by codes and building.
func (t *Tree) CheckUnits(buildings map[string]orb.Point) []UnitFinding {
	found := make(map[string]*UnitFinding)
	note := func(kind UnitFindingKind, codes []string, u Unit, message string) {
		key := strings.Join(append([]string{string(kind), u.Building}, codes...), "\x00")
		f := found[key]
		if f == nil {
			f = &UnitFinding{Kind: kind, Codes: codes, Building: u.Building, At: buildings[u.Building], Message: message}
			found[key] = f
		}
		f.Units = append(f.Units, u.Name)
	}
	for u, list := range t.units {
		at, known := buildings[u.Building]
		grid := ""
		if known {
			grid, _ = t.Locate(at, LevelGrid)
		}
		var inside []string
		for _, k := range list {
			a := &t.nodes[k].area
			switch {
			case !known:
				note(UnitUnknown, []string{a.Code}, u, fmt.Sprintf("%s lists units of building %s, which is not known", a.Code, u.Building))
			case a.Parent != grid:
				note(UnitElsewhere, []string{a.Code}, u, fmt.Sprintf("%s lists units of building %s, which does not stand in its grid", a.Code, u.Building))
			default:
				inside = append(inside, a.Code)
			}
		}
		if len(inside) > 1 {
			note(UnitTwice, inside, u, fmt.Sprintf("%s list the same units of building %s", strings.Join(inside, " and "), u.Building))
		}
	}
	out := make([]UnitFinding, 0, len(found))
	for _, key := range slices.Sorted(maps.Keys(found)) {
		f := *found[key]
		slices.SortFunc(f.Units, compareUnitNames)
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b UnitFinding) int { return slices.Compare(a.Codes, b.Codes) })
	return out
}
