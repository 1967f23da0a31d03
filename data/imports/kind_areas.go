package imports

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
)

// importAreas takes the areas of a file together with those that are stored
// already: they must make one tree, and no ground may lie in two of a level.
func importAreas(ctx context.Context, j *job, s Sink) error {
	var areas []data.Area
	lines := map[string]int{} // code → line
	err := runFeatures(ctx, j, func(r *row, boundary orb.MultiPolygon) error {
		a := checkArea(r, boundary)
		if !r.bad {
			areas = append(areas, a)
			if _, ok := lines[a.Code]; !ok {
				lines[a.Code] = r.line
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var tree *geo.Tree
	if areas, tree = j.fitAreas(areas, lines); tree == nil {
		return ctx.Err()
	}
	j.checkUnits(tree, lines)
	if !j.storing(s) || len(areas) == 0 {
		return ctx.Err()
	}
	if err := CoverGrids(areas); err != nil {
		return err
	}
	if err := s.PutAreas(j.district, areas); err != nil {
		return fmt.Errorf("store areas: %w", err)
	}
	j.rep.Stored = len(areas)
	return nil
}

// checkUnits warns of units that cannot have the effect that is meant.
func (j *job) checkUnits(tree *geo.Tree, lines map[string]int) {
	for _, f := range tree.CheckUnits(j.env.Buildings) {
		line := lines[f.Codes[len(f.Codes)-1]] // 0: of an area that is stored
		switch f.Kind {
		case geo.UnitTwice:
			j.warn(line, "a unit is listed by two micro-grids of one grid: the one of the smaller code has it")
		case geo.UnitElsewhere:
			j.warn(line, "a unit is listed whose building stands in another grid: it has no effect")
		case geo.UnitUnknown:
			if len(j.env.Buildings) > 0 { // else they come later
				j.warn(line, "a unit is listed of a building that is not stored")
			}
		}
	}
}

// gridCells is the H3 resolution in which grids are drawn.
const gridCells = 11

// CoverGrids gives each grid the H3 cells (resolution 11) that draw it; areas of
// other levels are left as they are.
func CoverGrids(areas []data.Area) error {
	for i := range areas {
		a := &areas[i]
		if a.Level != geo.LevelGrid {
			continue
		}
		cells, err := geo.Cover(a.Boundary, gridCells)
		if err != nil {
			return fmt.Errorf("cover grid %s with cells: %w", a.Code, err)
		}
		a.Cells = make([]int64, len(cells))
		for k, c := range cells {
			a.Cells[k] = int64(c)
		}
		slices.Sort(a.Cells)
	}
	return nil
}

// maxParts bounds how many parts an area may be declared to have.
const maxParts = 1000

func checkArea(r *row, boundary orb.MultiPolygon) data.Area {
	j := r.job
	a := data.Area{ValidFrom: j.opt.ValidFrom}
	a.Boundary = boundary
	a.Code = strings.TrimSuffix(fold(r.need("code")), ".0")
	a.Name = r.need("name")
	if r.bad {
		return a
	}
	if looksRounded(strings.ToUpper(a.Code)) && !isAreaCode(a.Code) {
		r.refuse("code", spreadsheetNumber)
		return a
	}
	level, ok := levelOf(a.Code)
	if !ok || !isDigits(a.Code) {
		r.refuse("code", "not an area's code: want 6, 9, 12, 15 or 18 digits for district, town, community, grid and micro-grid")
		return a
	}
	a.Level = level
	if !strings.HasPrefix(a.Code, j.district) {
		r.refuse("code", "the code does not begin with that of the district, "+j.district)
		return a
	}
	if word := r.get("level"); word != "" {
		key, ok := areaLevels.find(word)
		if !ok {
			r.refuse("level", "not a level: want one of "+areaLevels.all)
			return a
		}
		if key != level.String() {
			r.refuse("level", fmt.Sprintf("a code of %d digits is that of a %s", len(a.Code), level))
			return a
		}
	}
	if level > geo.LevelDistrict {
		a.Parent = a.Code[:len(a.Code)-3]
	}
	if p := strings.TrimSuffix(fold(r.get("parent")), ".0"); p != "" && r.has("parent") {
		a.Parent = p // one that does not fit the code is refused by the tree
	}
	special, err := parseBool(r.get("special"))
	if err != nil {
		r.refuse("special", err.Error())
	}
	a.Special = special
	if a.Parts = r.count("parts", maxParts, "块", "个"); a.Parts == 1 {
		a.Parts = 0
	}
	if a.Units, err = geo.ParseUnits(r.get("units")); err != nil {
		r.refuse("units", err.Error())
	}
	return a
}

// fitAreas refuses the areas that do not fit into one tree with the others and
// with those that are stored, and returns the rest. What is refused can leave
// children without a parent, so it goes on until nothing changes.
func (j *job) fitAreas(areas []data.Area, lines map[string]int) ([]data.Area, *geo.Tree) {
	for len(areas) > 0 {
		all := make([]geo.Area, len(areas))
		inFile := make(map[string]bool, len(areas))
		for i := range areas {
			all[i] = areas[i].Area
			inFile[areas[i].Code] = true
		}
		if j.env.Areas != nil {
			for _, a := range j.env.Areas.Areas() {
				if !inFile[a.Code] {
					all = append(all, a)
				}
			}
		}
		refused := map[int]bool{} // index into areas
		tree, err := geo.NewTree(all)
		if err != nil {
			found := false
			for _, e := range areaErrors(err) {
				if e.Index < len(areas) {
					found = true
					if !refused[e.Index] {
						refused[e.Index] = true
						j.refuse(lines[areas[e.Index].Code], "code", e.Code, e.Err.Error(), public)
					}
				}
			}
			if !found {
				j.refuse(0, "", "", "the areas do not make a tree: "+err.Error(), public)
				return nil, nil
			}
		} else {
			refused = j.checkTiling(tree, areas, lines)
		}
		if len(refused) == 0 {
			return areas, tree
		}
		if !j.opt.SkipRefused {
			// What follows from these refusals would only hide them.
			return nil, nil
		}
		kept := areas[:0:0]
		for i := range areas {
			if !refused[i] {
				kept = append(kept, areas[i])
			}
		}
		areas = kept
	}
	return nil, nil
}

// areaErrors collects the *geo.AreaError in a tree of joined errors.
func areaErrors(err error) []*geo.AreaError {
	if e, ok := err.(*geo.AreaError); ok { //nolint:errorlint // every joined error is wanted, not the first of its kind
		return []*geo.AreaError{e}
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // see above
		var out []*geo.AreaError
		for _, e := range joined.Unwrap() {
			out = append(out, areaErrors(e)...)
		}
		return out
	}
	if next := errors.Unwrap(err); next != nil {
		return areaErrors(next)
	}
	return nil
}

// checkTiling refuses ground in two areas and outside the parent, and warns of
// what else is wrong.
func (j *job) checkTiling(tree *geo.Tree, areas []data.Area, lines map[string]int) map[int]bool {
	at := make(map[string]int, len(areas))
	for i := range areas {
		at[areas[i].Code] = i
	}
	refused := map[int]bool{}
	found, err := topology.CheckTree(tree.Areas())
	if err != nil {
		// What makes a tree can be surveyed; nothing is stored that was not.
		j.refuse(0, "geometry", "", err.Error(), public)
		for i := range areas {
			refused[i] = true
		}
		return refused
	}
	for _, f := range found {
		switch f.Kind {
		case topology.Gap, topology.Hole, topology.GapSliver:
			j.warnArea(f, areas, at, lines, "ground of an area lies in none of the areas below it: residents there are in no grid")
			continue
		case topology.UndeclaredPart:
			j.warnArea(f, areas, at, lines, "an area has more parts than it is declared to have")
			continue
		case topology.Spike:
			j.warnArea(f, areas, at, lines, "a border turns back on itself")
			continue
		}
		// The last of an overlapping pair that is in the file is refused.
		for k := len(f.Codes) - 1; k >= 0; k-- {
			i, ok := at[f.Codes[k]]
			if !ok {
				continue
			}
			refused[i] = true
			j.refuse(lines[areas[i].Code], "geometry", areas[i].Code, f.Message, public)
			break
		}
	}
	return refused
}

// warnArea warns of a finding at the line of its area, if that is in the file.
func (j *job) warnArea(f topology.Finding, areas []data.Area, at, lines map[string]int, text string) {
	line := 0
	if len(f.Codes) > 0 {
		if i, ok := at[f.Codes[0]]; ok {
			line = lines[areas[i].Code]
		}
	}
	j.warn(line, text)
}
