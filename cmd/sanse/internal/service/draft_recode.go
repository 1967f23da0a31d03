package service

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
)

// recode numbers the grids of a community anew, from west to east and from
// north to south. Only a first drawing is numbered: grids that are published
// keep their codes for good. The micro-grids keep the last three digits.
func (c *changing) recode(in Change) (data.DraftChange, error) {
	out := data.DraftChange{Kind: in.Kind}
	if len(in.Areas) > 0 {
		return out, badDraft(DraftBadChange, nil, "a recode names a community, not areas")
	}
	if len(in.Community) != geo.CodeLength(geo.LevelCommunity) {
		return out, badDraft(DraftBadCode, nil, "%q is no community", in.Community)
	}
	var grids, published []string
	for code, a := range c.ground.after {
		if a.Parent != in.Community {
			continue
		}
		grids = append(grids, code)
		if _, ok := c.ground.before[code]; ok {
			published = append(published, code)
		}
	}
	slices.Sort(published)
	switch {
	case len(grids) == 0:
		return out, badDraft(DraftBadCode, nil, "there are no grids in %q to be numbered", in.Community)
	case len(published) > 0:
		return out, badDraft(DraftBadCode, published, "%d grids of %s are published: their codes stay", len(published), Own(in.Community))
	}
	// Nobody has seen the numbers that this draft gave: they are given anew.
	used, err := c.r.UsedCodes(c.ctx, c.district, in.Community, c.draft)
	if err != nil {
		return out, err
	}
	c.used[in.Community] = used
	orderGrids(grids, c.ground.after)
	codes := make(map[string]string) // old → new
	for _, old := range grids {
		code, err := c.next(in.Community)
		if err != nil {
			return out, err
		}
		for was, a := range c.ground.after {
			if was == old || a.Parent == old {
				codes[was] = code + strings.TrimPrefix(was, old)
			}
		}
	}
	taken := make(map[string]bool, len(codes))
	for was, code := range codes {
		a := c.ground.after[was]
		a.Code, a.Parent = code, code[:len(code)-3]
		taken[code] = true
		out.Areas = append(out.Areas, data.DraftArea{Area: a})
		out.Lineage = append(out.Lineage, data.Lineage{From: was, To: code})
	}
	for was := range codes {
		if a := c.ground.after[was]; !taken[was] {
			a.Boundary = nil
			out.Areas = append(out.Areas, data.DraftArea{Area: a, Retired: true})
		}
	}
	slices.SortFunc(out.Areas, func(a, b data.DraftArea) int { return strings.Compare(a.Code, b.Code) })
	return out, nil
}

// orderGrids puts grids into rows from north to south, as many rows as there
// would be in a square, and each row from west to east, by the middle of their
// bounding boxes.
func orderGrids(codes []string, areas map[string]geo.Area) {
	all := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for _, code := range codes {
		all = all.Union(areas[code].Boundary.Bound())
	}
	rows := math.Round(math.Sqrt(float64(len(codes))))
	row := func(code string) float64 {
		return math.Floor((all.Max[1] - areas[code].Boundary.Bound().Center()[1]) / (all.Max[1] - all.Min[1]) * rows)
	}
	slices.SortFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(row(a), row(b)),
			cmp.Compare(areas[a].Boundary.Bound().Center()[0], areas[b].Boundary.Bound().Center()[0]), strings.Compare(a, b))
	})
}
