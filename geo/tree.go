package geo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
	"github.com/twpayne/go-geos"
)

// CodeLength returns the number of digits of a code of that level: 6, 9, 12,
// 15 or 18; 0 for a level that does not exist.
func CodeLength(l Level) int {
	if l < LevelDistrict || l > LevelMicroGrid {
		return 0
	}
	return 3 + 3*int(l)
}

// AreaError says which area of a list cannot be part of a Tree, and why.
type AreaError struct {
	Index int    // place in the list given to NewTree, from 0
	Code  string // as given
	Err   error
}

// Error names the area and what is wrong with it.
func (e *AreaError) Error() string { return fmt.Sprintf("area %q: %v", e.Code, e.Err) }

// Unwrap returns what is wrong with the area.
func (e *AreaError) Unwrap() error { return e.Err }

// Tree is the areas of one district at one date, from the district down. It
// is immutable and safe for concurrent use.
type Tree struct {
	nodes   []node // by level, then code
	byCode  map[string]int32
	levels  [LevelMicroGrid + 1]levelIndex
	leaves  *rtree.RTreeG[int32] // bounding boxes of the areas without children
	deepest Level
	units   map[Unit][]int32 // micro-grids that list a unit, by code
}

type node struct {
	area     Area
	shape    *shape
	parent   int32 // -1 for the district
	children []int32
}

// levelIndex is the run of nodes of one level and their bounding boxes.
type levelIndex struct {
	from, to int32
	boxes    *rtree.RTreeG[int32]
}

// NewTree builds the tree of exactly one district and the areas below it,
// given in any order; the boundaries are kept, not copied, and must not be
// changed afterwards. It refuses codes of the wrong length or not of digits, a
// code listed twice, a parent that is missing or is not the beginning of the
// code, units where they cannot be, and empty or invalid boundaries. The error joins one *AreaError for
// each area that is wrong, so that all can be mended at once. That areas tile
// the one above is not asked here: see geo/topology.
func NewTree(areas []Area) (*Tree, error) {
	t := &Tree{byCode: make(map[string]int32, len(areas))}
	var errs []error
	refuse := func(i int, format string, args ...any) {
		errs = append(errs, &AreaError{Index: i, Code: areas[i].Code, Err: fmt.Errorf(format, args...)})
	}
	firstOf := make(map[string]int, len(areas))
	district := -1
	for i, a := range areas {
		want := CodeLength(a.Level)
		switch j, twice := firstOf[a.Code]; {
		case want == 0:
			refuse(i, "level %d does not exist", uint8(a.Level))
		case len(a.Code) != want || !allDigits(a.Code):
			refuse(i, "the code of a %s is %d digits", a.Level, want)
		case twice && areas[j].Parent != a.Parent:
			refuse(i, "listed twice, in %q and in %q: a %s lies in exactly one %s", areas[j].Parent, a.Parent, a.Level, a.Level-1)
		case twice:
			refuse(i, "listed twice, first in row %d", j+1)
		case a.Level == LevelDistrict && a.Parent != "":
			refuse(i, "a district has no parent, %q is given", a.Parent)
		case a.Level == LevelDistrict && district >= 0:
			refuse(i, "a second district beside %q", areas[district].Code)
		case a.Level != LevelDistrict && a.Parent != a.Code[:want-3]:
			refuse(i, "the parent is %q, but the code says %q", a.Parent, a.Code[:want-3])
		}
		if a.Parts < 0 {
			refuse(i, "%d parts are declared", a.Parts)
		}
		if err := checkUnits(&a); err != nil {
			refuse(i, "%w", err)
		}
		if _, twice := firstOf[a.Code]; !twice {
			firstOf[a.Code] = i
		}
		if a.Level == LevelDistrict && district < 0 {
			district = i
		}
	}
	for i, a := range areas {
		if j, ok := firstOf[a.Parent]; a.Level > LevelDistrict && a.Level <= LevelMicroGrid && (!ok || areas[j].Level != a.Level-1) {
			refuse(i, "its %s %q is missing", a.Level-1, a.Parent)
		}
	}
	if district < 0 {
		errs = append(errs, errors.New("no district among the areas"))
	}
	bad, err := invalidBoundaries(areas)
	if err != nil {
		return nil, fmt.Errorf("build area tree: %w", err)
	}
	for i, reason := range bad {
		if reason != nil {
			errs = append(errs, &AreaError{Index: i, Code: areas[i].Code, Err: reason})
		}
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("build area tree: %w", errors.Join(errs...))
	}
	t.build(areas)
	return t, nil
}

func (t *Tree) build(areas []Area) {
	t.nodes = make([]node, len(areas))
	for i, a := range areas {
		t.nodes[i] = node{area: a, shape: newShape(a.Boundary), parent: -1}
		t.deepest = max(t.deepest, a.Level)
	}
	slices.SortFunc(t.nodes, func(a, b node) int {
		return cmp.Or(cmp.Compare(a.area.Level, b.area.Level), cmp.Compare(a.area.Code, b.area.Code))
	})
	for l := range t.levels {
		t.levels[l].boxes = new(rtree.RTreeG[int32])
	}
	for i := range t.nodes {
		n, k := &t.nodes[i], int32(i)
		t.byCode[n.area.Code] = k
		l := &t.levels[n.area.Level]
		if l.to == 0 {
			l.from = k
		}
		l.to = k + 1
		l.boxes.Insert(n.shape.bound.Min, n.shape.bound.Max, k)
		if n.area.Level > LevelDistrict {
			n.parent = t.byCode[n.area.Parent] // parents sort first
			t.nodes[n.parent].children = append(t.nodes[n.parent].children, k)
		}
	}
	t.indexUnits()
	t.leaves = new(rtree.RTreeG[int32])
	for i, n := range t.nodes {
		if len(n.children) == 0 {
			t.leaves.Insert(n.shape.bound.Min, n.shape.bound.Max, int32(i))
		}
	}
}

// invalidBoundaries returns for each area what is wrong with its boundary.
func invalidBoundaries(areas []Area) ([]error, error) {
	return withGEOS("validate boundaries", func(c *geos.Context) ([]error, error) {
		bad := make([]error, len(areas))
		for i, a := range areas {
			if bad[i] = checkRings(a.Boundary); bad[i] != nil {
				bad[i] = fmt.Errorf("boundary: %w", bad[i])
				continue
			}
			g, err := toGEOS(c, a.Boundary)
			if err != nil {
				return nil, fmt.Errorf("area %q: %w", a.Code, err)
			}
			if !g.IsValid() {
				bad[i] = fmt.Errorf("boundary: %s", g.IsValidReason())
			}
		}
		return bad, nil
	})
}

// District returns the district.
func (t *Tree) District() Area { return t.nodes[0].area }

// Deepest returns the deepest level that has areas.
func (t *Tree) Deepest() Level { return t.deepest }

// Len returns the number of areas of all levels.
func (t *Tree) Len() int { return len(t.nodes) }

// Area returns the area of that code.
func (t *Tree) Area(code string) (Area, bool) {
	k, ok := t.byCode[code]
	if !ok {
		return Area{}, false
	}
	return t.nodes[k].area, true
}

// Areas returns all areas, outer levels first, each level by code.
func (t *Tree) Areas() []Area {
	out := make([]Area, len(t.nodes))
	for i := range t.nodes {
		out[i] = t.nodes[i].area
	}
	return out
}

// Children returns the codes one level below code, ascending; none if the
// code is not known.
func (t *Tree) Children(code string) []string {
	k, ok := t.byCode[code]
	if !ok {
		return nil
	}
	out := make([]string, len(t.nodes[k].children))
	for i, c := range t.nodes[k].children {
		out[i] = t.nodes[c].area.Code
	}
	return out
}

// Codes returns the codes of a level, ascending.
func (t *Tree) Codes(level Level) []string {
	if level < LevelDistrict || level > LevelMicroGrid {
		return nil
	}
	l := &t.levels[level]
	out := make([]string, 0, l.to-l.from)
	for k := l.from; k < l.to; k++ {
		out = append(out, t.nodes[k].area.Code)
	}
	return out
}

// Ancestor returns the code of the area of that level in which code lies: code
// itself at its own level. It is false if the code is not known or lies above
// the level.
func (t *Tree) Ancestor(code string, level Level) (string, bool) {
	k, ok := t.byCode[code]
	if !ok {
		return "", false
	}
	return t.ancestor(k, level)
}

func (t *Tree) ancestor(k int32, level Level) (string, bool) {
	n := &t.nodes[k]
	if level < LevelDistrict || level > n.area.Level {
		return "", false
	}
	for n.area.Level > level {
		n = &t.nodes[n.parent]
	}
	return n.area.Code, true
}

// Locate returns the code of the area of that level in which p lies, and false
// if there is none: p is outside the district, or in a part of it that has no
// area of that level. Half-open edges put a point on a shared border into
// exactly one area; a point on the outer border of everything goes to the
// touching area of smallest code, as does a point in two areas that overlap.
// Answers agree down the tree: the code of one level begins with the code of
// the level above.
func (t *Tree) Locate(p orb.Point, level Level) (code string, ok bool) {
	k := t.find(p)
	if k < 0 {
		return "", false
	}
	return t.ancestor(k, level)
}

// Find returns the deepest area in which p lies, by the rule of Locate.
func (t *Tree) Find(p orb.Point) (Area, bool) {
	k := t.find(p)
	if k < 0 {
		return Area{}, false
	}
	return t.nodes[k].area, true
}

// find decides membership, for all levels at once: the area p belongs to that
// is a leaf of the tree, or else the deepest that holds it. Levels drawn apart
// differ by hairlines, and a vertex of one area may be rounded off the edge of
// its neighbour; so where no leaf holds p, those whose border it touches come
// before the areas above them.
func (t *Tree) find(p orb.Point) int32 {
	if !finite(p) {
		return -1
	}
	k, border := t.holding(p, t.leaves)
	if k >= 0 {
		if border {
			if _, outer := t.nodes[0].shape.locate(p); outer {
				return t.touching(p, t.leaves, "")
			}
		}
		return k
	}
	for level := t.deepest; level >= LevelDistrict; level-- {
		if k, _ := t.holding(p, t.levels[level].boxes); k >= 0 {
			if leaf := t.touching(p, t.leaves, t.nodes[k].area.Code); leaf >= 0 {
				return leaf
			}
			if leaf := t.touching(p, t.leaves, ""); leaf >= 0 {
				return leaf
			}
			return k
		}
	}
	if leaf := t.touching(p, t.leaves, ""); leaf >= 0 {
		return leaf
	}
	for level := t.deepest; level >= LevelDistrict; level-- {
		if k := t.touching(p, t.levels[level].boxes, ""); k >= 0 {
			return k
		}
	}
	return -1
}

// holding returns the area of smallest code among boxes that has p inside, and
// whether p is on its border too; or -1.
func (t *Tree) holding(p orb.Point, boxes *rtree.RTreeG[int32]) (best int32, onBorder bool) {
	best = -1
	boxes.Search(p, p, func(_, _ [2]float64, k int32) bool {
		if t.before(k, best) {
			if inside, border := t.nodes[k].shape.locate(p); inside {
				best, onBorder = k, border
			}
		}
		return true
	})
	return best, onBorder
}

// touching returns the area of smallest code among boxes whose code begins
// with under and whose border holds p; or -1.
func (t *Tree) touching(p orb.Point, boxes *rtree.RTreeG[int32], under string) int32 {
	best := int32(-1)
	boxes.Search(p, p, func(_, _ [2]float64, k int32) bool {
		if t.before(k, best) && strings.HasPrefix(t.nodes[k].area.Code, under) {
			if _, border := t.nodes[k].shape.locate(p); border {
				best = k
			}
		}
		return true
	})
	return best
}

// before tells whether node k has a smaller code than node best, -1 being none.
func (t *Tree) before(k, best int32) bool {
	return best < 0 || t.nodes[k].area.Code < t.nodes[best].area.Code
}

// Outside returns the metres from p to the district's border, or 0 if p lies
// in the district.
func (t *Tree) Outside(p orb.Point) float64 {
	if t.find(p) >= 0 {
		return 0
	}
	return t.nodes[0].shape.distance(p)
}
