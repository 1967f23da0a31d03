package service

import (
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
)

const splitWord = "+split"

func (w *workbench) split(in Edit) (err error) {
	a, err := w.known(in.Area, geo.LevelMicroGrid, geo.LevelGrid)
	if err != nil {
		return err
	}
	w.kind = data.DraftSplit
	line := orb.LineString(w.vertices().along(in.Line))
	w.fresh[splitWord] = freshArea{name: in.Name, special: in.Special != nil && *in.Special}
	w.lineage = []data.Lineage{{From: a.Code, To: a.Code}, {From: a.Code, To: splitWord}}
	if grid, face := w.grid[a.Code]; face {
		w.top, _, err = w.top.Split(a.Code, line, splitWord)
		if w.grid[splitWord] = grid; a.Level == geo.LevelGrid {
			w.grid[splitWord] = splitWord
		}
		return err
	}
	top, _, left, err := w.top.SplitAll(w.faces(a.Code), line, func(code string) string { return "+cut" + code })
	if err != nil {
		return err
	}
	w.top = top
	for _, face := range left {
		w.grid[face] = splitWord
		if from, cut := cutFrom(face, "+cut"); cut {
			w.lineage = append(w.lineage, data.Lineage{From: from, To: from}, data.Lineage{From: from, To: face})
		}
	}
	return nil
}

// merge makes one area of several. Micro-grids of grids that are merged stay
// as they are, in one grid.
func (w *workbench) merge(in Edit) (err error) {
	w.kind = data.DraftMerge
	codes := slices.Compact(slices.Sorted(slices.Values(in.Areas)))
	if len(codes) < 2 || !slices.Contains(codes, in.Into) {
		return badDraft(DraftBadChange, codes, "merging takes two areas or more, of which %q goes on", in.Into)
	}
	into, err := w.known(in.Into, geo.LevelGrid, geo.LevelMicroGrid)
	if err != nil {
		return err
	}
	plain := true // none consists of others
	for _, code := range codes {
		a, err := w.known(code, into.Level)
		if err != nil {
			return err
		}
		_, face := w.grid[a.Code]
		plain = plain && face
		w.lineage = append(w.lineage, data.Lineage{From: code, To: into.Code})
	}
	if plain {
		if w.top, _, err = w.top.Merge(codes, into.Code); err != nil {
			return err
		}
		for _, code := range codes {
			w.ended[code] = into.Level == geo.LevelGrid
			if code != into.Code {
				delete(w.grid, code)
			}
		}
		return nil
	}
	for _, code := range codes {
		w.ended[code] = true
		for _, face := range w.faces(code) {
			w.grid[face] = into.Code
		}
	}
	return nil
}

func (w *workbench) retire(in Edit) error {
	a, err := w.known(in.Area, geo.LevelGrid, geo.LevelMicroGrid)
	if err != nil {
		return err
	}
	metres := make(map[string]float64) // by face beyond
	own := w.faces(a.Code)             // of a grid
	if _, face := w.grid[a.Code]; face {
		own = []string{a.Code}
	}
	for _, face := range own {
		for other, m := range neighbours(w.top, face) {
			metres[other] += m
		}
	}
	if a.Level == geo.LevelGrid {
		byGrid := make(map[string]float64)
		for _, face := range slices.Sorted(maps.Keys(metres)) {
			byGrid[w.grid[face]] += metres[face]
		}
		metres = byGrid
	}
	heir, ok := longest(metres, func(code string) bool {
		return code != a.Code && (a.Level == geo.LevelGrid || w.grid[code] == w.grid[a.Code])
	})
	if !ok {
		return badDraft(DraftApart, []string{a.Code}, "%s has no neighbour in %s to go to", Own(a.Code), Own(a.Parent))
	}
	if err := w.merge(Edit{Areas: []string{a.Code, heir}, Into: heir}); err != nil {
		return err
	}
	w.kind = data.DraftRetire
	w.lineage = []data.Lineage{{From: a.Code, To: heir}}
	return nil
}
