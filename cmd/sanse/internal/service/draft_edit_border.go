package service

import (
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo"
)

func (w *workbench) moveVertex(in Edit) (err error) {
	if in.Level == geo.LevelGrid && !w.onGridBorder(in.At) {
		return draftError(CodeInvalid, DraftError{Reason: DraftNoVertex, At: &in.At}, "no grid's border has a vertex here")
	}
	w.top, _, err = w.top.MoveAt(in.At, in.To)
	return err
}

// onGridBorder tells whether the border of a grid has a vertex at a point.
func (w *workbench) onGridBorder(p orb.Point) bool {
	for _, a := range w.top.Arcs() {
		if w.grid[a.Left] != w.grid[a.Right] && slices.ContainsFunc(a.Points, func(q orb.Point) bool { return onLattice(p) == onLattice(q) }) {
			return true
		}
	}
	return false
}

func (w *workbench) redrawBorder(in Edit) (err error) {
	w.top, _, err = w.top.RedrawAlong(in.Old, in.New)
	return err
}
