package drawing

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
)

// PlotAt returns the plot of an area, by its place in Areas, in which a point of
// it lies: the nearest where rounding leaves it in none. Who is in which area is
// decided elsewhere (geo.Tree.Locate); this only says in which part of it.
func (l *Land) PlotAt(area int, p orb.Point) int {
	if k, ok := l.inArea(int32(area), l.cellOf(p), p); ok {
		return k
	}
	best, least := -1, math.Inf(1)
	for k := range l.Plots {
		if x := &l.Plots[k]; x.Area == int32(area) {
			if d := geo.Distance(p, x.Centre); d < least {
				best, least = k, d
			}
		}
	}
	return best
}

// cellOf is the cell of a point; 0 where plots are whole areas.
func (l *Land) cellOf(p orb.Point) h3.Cell {
	if l.cellM == 0 {
		return 0
	}
	c, err := geo.CellAt(p, l.resolution)
	if err != nil {
		return 0 // no point on earth lies in no cell
	}
	return c
}

// inArea is the plot of an area that has a point of a cell.
func (l *Land) inArea(area int32, cell h3.Cell, p orb.Point) (int, bool) {
	in := l.at[spot{area, cell}]
	if len(in) == 1 {
		return int(l.plotOf[in[0]]), true
	}
	for _, i := range in {
		if shape, ok := l.pieces.Shape(pieceCode(i)); ok && planar.MultiPolygonContains(shape, p) {
			return int(l.plotOf[i]), true
		}
	}
	return 0, false
}

// find is the plot in which a point lies, of whatever area.
func (l *Land) find(p orb.Point) (int, bool) {
	cell := l.cellOf(p)
	areas := l.areasIn[cell]
	if len(areas) == 1 && l.inside[cell] {
		return l.inArea(areas[0], cell, p)
	}
	for _, a := range areas {
		for _, i := range l.at[spot{a, cell}] {
			if shape, ok := l.pieces.Shape(pieceCode(i)); ok && planar.MultiPolygonContains(shape, p) {
				return int(l.plotOf[i]), true
			}
		}
	}
	return 0, false
}
