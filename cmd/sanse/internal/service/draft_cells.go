package service

import (
	"strconv"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
)

// The resolutions of the cells that a community is drawn with, and how many of
// them there may be.
const (
	coarsestCells = 10
	finestCells   = 13
	mostCells     = 2000
)

// cellResolution is the finest at which a community has no more cells than can
// be painted at ease.
func cellResolution(community geo.Area) (int, error) {
	m2 := geo.AreaM2(community.Boundary)
	res := finestCells
	for ; res > coarsestCells; res-- {
		mean, err := h3.HexagonAreaAvgM2(res)
		if err != nil {
			return 0, err
		}
		if m2/mean <= mostCells {
			break
		}
	}
	return res, nil
}

// cellOf reads the id of a cell.
func cellOf(id string) (h3.Cell, error) {
	n, err := strconv.ParseUint(id, 16, 64)
	if c := h3.Cell(n); err == nil && c.IsValid() {
		return c, nil
	}
	return 0, badDraft(DraftBadCells, nil, "%q is no H3 cell", id)
}

// cells is the ground of cells of the community, which must be of the
// resolution that it is drawn with.
func (w *workbench) cells(ids []string) (orb.MultiPolygon, error) {
	res, err := cellResolution(w.community)
	if err != nil {
		return nil, err
	}
	may, err := geo.CoverOverlapping(w.community.Boundary, res)
	if err != nil {
		return nil, err
	}
	known := make(map[h3.Cell]bool, len(may))
	for _, c := range may {
		known[c] = true
	}
	list := make([]h3.Cell, len(ids))
	for i, id := range ids {
		c, err := cellOf(id)
		switch {
		case err != nil:
			return nil, err
		case c.Resolution() != res:
			return nil, badDraft(DraftBadCells, nil, "cell %s is of resolution %d: the community is drawn with %d", id, c.Resolution(), res)
		case !known[c]:
			return nil, badDraft(DraftBadCells, nil, "cell %s lies outside %s", id, Own(w.community.Code))
		}
		list[i] = c
	}
	if len(list) == 0 {
		return nil, badDraft(DraftBadCells, nil, "no cell is painted")
	}
	mp, err := geo.Outline(list)
	if err != nil {
		return nil, badDraft(DraftBadCells, nil, "%v", tellingly(err))
	}
	return mp, nil
}
