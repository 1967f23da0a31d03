package service

import (
	"cmp"
	"maps"
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
)

// tidy gives away the crumbs that an outline leaves behind: small pieces cut
// off from the rest of an area, where the outline cut a corner. Each goes to
// the area with which it has the longest border. Pieces of a cell and more stay:
// that an area falls apart is for the planner to decide.
func (w *workbench) tidy() error {
	res, err := cellResolution(w.community)
	if err != nil {
		return err
	}
	limit, err := h3.HexagonAreaAvgM2(res)
	if err != nil {
		return err
	}
	for _, face := range slices.Sorted(maps.Keys(w.grid)) {
		shape, ok := w.top.Shape(face)
		before, _ := w.start.Shape(face)
		extra := len(shape) - max(1, len(before), w.ground.after[face].Parts, w.pieces(face))
		if !ok || extra < 1 {
			continue
		}
		m2 := func(p orb.Polygon) float64 { return geo.AreaM2(orb.MultiPolygon{p}) }
		slices.SortFunc(shape, func(a, b orb.Polygon) int { return cmp.Compare(m2(a), m2(b)) })
		for _, crumb := range shape[:extra] {
			if m2(crumb) >= limit {
				break
			}
			if err := w.giveAway(face, crumb); err != nil {
				return err
			}
		}
	}
	return nil
}

// giveAway gives a piece of a face to the neighbour with which it has the
// longest border, if it has one.
func (w *workbench) giveAway(face string, piece orb.Polygon) error {
	const word = "+crumb"
	top, _, err := w.top.Carve(piece, []string{face}, func(string, int) string { return word })
	if err != nil {
		return err
	}
	heir, ok := longest(neighbours(top, word), func(f string) bool { return f != face && !w.ground.locked(f) })
	if !ok {
		return nil
	}
	w.top, _, err = top.Merge([]string{word, heir}, heir)
	return err
}
