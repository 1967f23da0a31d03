package reports

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// The resolutions of H3 at which counts of people may be shown.
const (
	MinHeatResolution = 6
	MaxHeatResolution = 8
)

// HeatPoint is a place with so many people.
type HeatPoint struct {
	Location orb.Point // lon-lat degrees, WGS 84
	Weight   int       // people; not negative
}

// HeatCell is one H3 cell in which somebody lives. Count is 0 where Hidden.
type HeatCell struct {
	Cell   h3.Cell
	Count  int
	Hidden bool
}

// Heat is a heatmap at one resolution.
type Heat struct {
	Resolution int
	K          int // counts under K are hidden
	// Cells holds every cell with at least one person, ascending. A cell that
	// is missing holds nobody.
	Cells []HeatCell
	// Total is the count over all cells, 0 where TotalHidden.
	Total       int
	TotalHidden bool
}

// Heatmap counts people by H3 cell of resolution res (6 to 8) and hides every
// count from 1 to k-1. A point counts in the resolution-8 cell that holds it
// and in the parents of that cell, so that the maps add up (H3 cells hold their
// children only nearly). So that a hidden count cannot be got by subtraction,
// more is hidden (complementary suppression): the maps of resolutions 6, 7 and
// 8 and the total are one table whose parents are the sums of their children,
// and under each parent that is shown
//
//   - at least two children are hidden or none,
//   - what is hidden adds up to at least k, and to more than the number of
//     resolution-8 cells in it, so that "all of them are 1" never follows,
//   - and under a parent that is hidden everything is hidden.
//
// What is hidden depends on the points and k, never on res, so maps of the
// three resolutions can be published side by side. The smallest sibling is
// taken first; ties go to the smaller cell index.
func Heatmap(points []HeatPoint, res, k int) (Heat, error) {
	if res < MinHeatResolution || res > MaxHeatResolution {
		return Heat{}, fmt.Errorf("count people by cell: resolution %d is not one of %d to %d", res, MinHeatResolution, MaxHeatResolution)
	}
	if k < 0 {
		return Heat{}, fmt.Errorf("count people by cell: the threshold %d is negative", k)
	}
	tree, err := newHeatTree(points)
	if err != nil {
		return Heat{}, fmt.Errorf("count people by cell: %w", err)
	}
	tree.hide(k)
	heat := Heat{Resolution: res, K: k, TotalHidden: tree.root.hidden}
	if !tree.root.hidden {
		heat.Total = tree.root.count
	}
	for _, n := range tree.levels[res-MinHeatResolution] {
		c := HeatCell{Cell: n.cell, Hidden: n.hidden}
		if !n.hidden {
			c.Count = n.count
		}
		heat.Cells = append(heat.Cells, c)
	}
	return heat, nil
}

// heatNode is a cell with somebody in it; leaves is the number of its
// descendants at the finest resolution, which is the least its count can be.
type heatNode struct {
	cell     h3.Cell
	count    int
	leaves   int
	hidden   bool
	children []*heatNode
}

type heatTree struct {
	root   *heatNode
	levels [MaxHeatResolution - MinHeatResolution + 1][]*heatNode // by resolution, ascending by cell
}

func newHeatTree(points []HeatPoint) (*heatTree, error) {
	leaves := map[h3.Cell]int{}
	for i, p := range points {
		if p.Weight < 0 {
			return nil, fmt.Errorf("point %d: the weight %d is negative", i, p.Weight)
		}
		if p.Weight == 0 {
			continue
		}
		if !validPoint(p.Location) {
			return nil, fmt.Errorf("point %d: %v is not a longitude and latitude", i, p.Location)
		}
		c, err := h3.LatLngToCell(h3.NewLatLng(p.Location.Lat(), p.Location.Lon()), MaxHeatResolution)
		if err != nil {
			return nil, fmt.Errorf("point %d: find cell: %w", i, err)
		}
		leaves[c] += p.Weight
	}
	t := &heatTree{root: &heatNode{}}
	below := make([]*heatNode, 0, len(leaves))
	for c, n := range leaves {
		below = append(below, &heatNode{cell: c, count: n, leaves: 1})
	}
	sortNodes(below)
	t.levels[len(t.levels)-1] = below
	for res := MaxHeatResolution - 1; res >= MinHeatResolution; res-- {
		parents := map[h3.Cell]*heatNode{}
		var level []*heatNode
		for _, n := range below {
			c, err := n.cell.Parent(res)
			if err != nil {
				return nil, fmt.Errorf("find parent of cell %s: %w", n.cell, err)
			}
			p := parents[c]
			if p == nil {
				p = &heatNode{cell: c}
				parents[c] = p
				level = append(level, p)
			}
			p.add(n)
		}
		sortNodes(level)
		t.levels[res-MinHeatResolution] = level
		below = level
	}
	for _, n := range below {
		t.root.add(n)
	}
	return t, nil
}

func (n *heatNode) add(child *heatNode) {
	n.children = append(n.children, child)
	n.count += child.count
	n.leaves += child.leaves
}

func sortNodes(nodes []*heatNode) {
	slices.SortFunc(nodes, func(a, b *heatNode) int { return cmp.Compare(a.cell, b.cell) })
}

// hide decides what is hidden. It only ever hides more, so it ends.
func (t *heatTree) hide(k int) {
	t.root.hidden = t.root.count > 0 && t.root.count < k
	for _, level := range t.levels {
		for _, n := range level {
			n.hidden = n.count < k
		}
	}
	for t.root.protect(k) {
	}
}

// protect makes the groups in the subtree safe, from the leaves up, and tells
// whether anything was hidden on the way.
func (n *heatNode) protect(k int) bool {
	changed := false
	if n.hidden {
		for _, c := range n.children {
			if !c.hidden {
				c.hidden, changed = true, true
			}
		}
	}
	for _, c := range n.children {
		if c.protect(k) {
			changed = true
		}
	}
	if n.hidden {
		return changed
	}
	var shown []*heatNode
	hidden, sum, least := 0, 0, 0
	for _, c := range n.children {
		if c.hidden {
			hidden, sum, least = hidden+1, sum+c.count, least+c.leaves
		} else {
			shown = append(shown, c)
		}
	}
	if hidden == 0 {
		return changed
	}
	slices.SortStableFunc(shown, func(a, b *heatNode) int { return cmp.Compare(a.count, b.count) })
	for hidden < 2 || sum < k || sum <= least {
		changed = true
		if len(shown) == 0 {
			n.hidden = true
			return true
		}
		c := shown[0]
		shown = shown[1:]
		c.hidden = true
		hidden, sum, least = hidden+1, sum+c.count, least+c.leaves
	}
	return changed
}

// validPoint tells whether p can be a longitude and latitude.
func validPoint(p orb.Point) bool {
	return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90
}
