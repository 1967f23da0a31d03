package service

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/data/imports"
	"sanse/geo"
)

// Change is what somebody does to a draft.
type Change struct {
	Kind  data.DraftKind
	Areas []ChangedArea // of all that the change touches; for a recode none
	// Community is the code whose grids a recode numbers.
	Community string
	// Lineage says which area came from which. A merge into one area and a
	// split of one need not say it for those areas.
	Lineage []data.Lineage
	// numbered: new areas without a name are called after their numbers.
	numbered bool
}

// ChangedArea is an area as it is to be.
type ChangedArea struct {
	// Code of a grid or micro-grid to be created is "+" and any word that tells
	// it from the others of the change; it gets the next free number below its
	// Parent, and lineage may name it by that word.
	Code     string
	Parent   string           // code, or "+" and a word; of a new area only
	Name     string           // empty: as it is
	Special  *bool            // nil: as it is
	Parts    *int             // declared, 0 stands for 1; nil: as it is
	Units    *[]geo.Unit      // of a micro-grid; nil: as it is
	Boundary orb.MultiPolygon // WGS 84 lon-lat; nil: as it is
	Retired  bool
}

// ChangeDraft makes a change to a draft of that version, after what holds; what
// was undone is dropped. It returns the draft and the change as it was stored,
// with the codes that new areas got. Areas that do not tile are taken: that is
// asked when the draft is checked and published. An area outside its parent is
// not.
func (s *Service) ChangeDraft(ctx context.Context, district string, id, version int64, in Change) (out data.Draft, made data.DraftChange, err error) {
	out, err = s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		// No two drafts may give away one number.
		if err := tx.LockDistrict(code); err != nil {
			return d, err
		}
		r := tx.Reads()
		ground, err := readDraftGround(ctx, r, code, d, d.Base)
		if err != nil {
			return d, err
		}
		d, made, err = s.change(ctx, tx, code, d, &ground, in)
		return d, err
	})
	return out, made, err
}

// change makes a change to a draft on ground that holds all that it touches,
// and stores it.
func (s *Service) change(ctx context.Context, tx *data.Tx, code string, d data.Draft, ground *draftGround, in Change) (_ data.Draft, made data.DraftChange, err error) {
	c := changing{ctx: ctx, r: tx.Reads(), district: code, draft: d.ID, ground: ground, used: make(map[string][]string), numbered: in.numbered}
	if in.Kind == data.DraftRecode {
		made, err = c.recode(in)
	} else {
		made, err = c.make(in)
	}
	if err != nil {
		return d, made, err
	}
	if err := ground.unlocked(&made); err != nil {
		return d, made, err
	}
	made.At, made.Seq = s.now(), d.Position+1
	d, err = tx.AddDraftChange(code, d, made)
	return d, made, err
}

// changing makes a change that can be stored from one that is asked for.
type changing struct {
	ctx      context.Context //nolint:containedctx // lives within one call
	r        *data.Reads
	district string
	draft    int64
	ground   *draftGround
	used     map[string][]string // codes, by parent, ascending
	numbered bool                // new areas without a name are called after their numbers
}

func (c *changing) make(in Change) (out data.DraftChange, err error) {
	out.Kind = in.Kind
	if !slices.Contains(data.DraftKinds(), in.Kind) {
		return out, badDraft(DraftBadChange, nil, "%q is no kind of change: want one of %v", in.Kind, OwnList(data.DraftKinds()))
	}
	if len(in.Areas) == 0 {
		return out, badDraft(DraftBadChange, nil, "a change must touch an area")
	}
	given := make(map[string]string) // word → code
	asked := slices.Clone(in.Areas)
	// Grids before micro-grids, whose codes begin with theirs.
	slices.SortStableFunc(asked, func(a, b ChangedArea) int { return strings.Count(a.Parent, "+") - strings.Count(b.Parent, "+") })
	for i := range asked {
		if err := c.resolve(&asked[i], given); err != nil {
			return out, err
		}
	}
	seen := make(map[string]bool, len(asked))
	for i := range asked {
		a, err := c.area(&asked[i], given)
		if err != nil {
			return out, err
		}
		if seen[a.Code] {
			return out, badDraft(DraftBadCode, nil, "area %s is named twice", a.Code)
		}
		seen[a.Code] = true
		out.Areas = append(out.Areas, a)
	}
	slices.SortFunc(out.Areas, func(a, b data.DraftArea) int { return strings.Compare(a.Code, b.Code) })
	after := c.apply(out.Areas)
	if err := c.fits(out.Areas, after); err != nil {
		return out, err
	}
	if out.Lineage, err = c.lineage(in, out, given, after); err != nil {
		return out, err
	}
	c.inherit(&out)
	return out, nil
}

// inherit gives the units that micro-grids listed which end, and the parts that
// areas were declared to have, to the one that they became. Of what became
// several, the ground decides who lives where, and each is to be of one part.
func (c *changing) inherit(out *data.DraftChange) {
	heirs := make(map[string][]string)
	for _, l := range out.Lineage {
		heirs[l.From] = append(heirs[l.From], l.To)
	}
	at := make(map[string]int, len(out.Areas))
	for i := range out.Areas {
		at[out.Areas[i].Code] = i
	}
	for i := range out.Areas {
		a := &out.Areas[i]
		if to := heirs[a.Code]; a.Retired && len(to) == 1 {
			k, ok := at[to[0]]
			if !ok || out.Areas[k].Level != a.Level || out.Areas[k].Retired {
				continue
			}
			was, heir := c.ground.after[a.Code], &out.Areas[k]
			heir.Units = geo.JoinUnits(heir.Units, was.Units)
			if parts := max(1, heir.Parts) + max(1, was.Parts) - 1; parts > 1 {
				heir.Parts = parts
			}
		}
	}
}

// resolve gives a new area its code.
func (c *changing) resolve(a *ChangedArea, given map[string]string) error {
	if strings.HasPrefix(a.Parent, "+") {
		code, ok := given[a.Parent]
		if !ok {
			return badDraft(DraftBadCode, nil, "the parent %s of %s is not in the change", a.Parent, a.Code)
		}
		a.Parent = code
	}
	if !strings.HasPrefix(a.Code, "+") {
		return nil
	}
	if _, twice := given[a.Code]; twice || a.Retired {
		return badDraft(DraftBadCode, nil, "new area %s is named twice, or retired", a.Code)
	}
	code, err := c.next(a.Parent)
	if err != nil {
		return err
	}
	given[a.Code] = code
	a.Code = code
	return nil
}

// next returns the next free number below a parent, and takes it: one that no
// area ever had and no draft creates.
func (c *changing) next(parent string) (string, error) {
	if len(parent) != geo.CodeLength(geo.LevelCommunity) && len(parent) != geo.CodeLength(geo.LevelGrid) {
		return "", badDraft(DraftBadCode, nil, "a new area lies in a community or in a grid, not in %q", parent)
	}
	used, known := c.used[parent]
	if !known {
		var err error
		if used, err = c.r.UsedCodes(c.ctx, c.district, parent, 0); err != nil {
			return "", err
		}
	}
	n := 1
	if len(used) > 0 {
		if _, err := fmt.Sscanf(used[len(used)-1][len(parent):], "%d", &n); err != nil {
			return "", fmt.Errorf("code %s: %w", used[len(used)-1], err)
		}
		n++
	}
	const last = 999
	if n > last { // a gap somewhere before
		for n = 1; n <= last && slices.Contains(used, fmt.Sprintf("%s%03d", parent, n)); n++ {
		}
		if n > last {
			return "", badDraft(DraftBadCode, []string{parent}, "all numbers below %s have been used", Own(parent))
		}
	}
	code := fmt.Sprintf("%s%03d", parent, n)
	at, _ := slices.BinarySearch(used, code)
	c.used[parent] = slices.Insert(used, at, code)
	return code, nil
}

// area completes an area that is asked for.
func (c *changing) area(a *ChangedArea, given map[string]string) (out data.DraftArea, err error) {
	was, living := c.ground.after[a.Code]
	isNew := false
	for _, code := range given {
		isNew = isNew || code == a.Code
	}
	fail := func(reason DraftReason, format string, args ...any) (data.DraftArea, error) {
		if !living && !isNew { // whatever it is, it is no code
			return out, badDraft(reason, nil, "area: "+format, args...)
		}
		return out, badDraft(reason, []string{a.Code}, "area "+a.Code+": "+format, args...)
	}
	switch {
	case !living && !isNew:
		return fail(DraftBadCode, "there is none in this draft; new areas are named by + and a word")
	case living && a.Parent != "" && a.Parent != was.Parent:
		return fail(DraftBadCode, "its parent is %s, not %s: an area that moves to another one gets a new code", Own(was.Parent), a.Parent)
	case a.Retired && was.Level < geo.LevelGrid:
		return fail(DraftBadChange, "a %s cannot be retired", was.Level)
	}
	if living {
		out.Area = was
	} else {
		out.Code, out.Parent = a.Code, a.Parent
		out.Level = geo.LevelGrid
		if len(a.Code) == geo.CodeLength(geo.LevelMicroGrid) {
			out.Level = geo.LevelMicroGrid
		}
	}
	if a.Retired {
		out.Retired, out.Boundary = true, nil
		return out, nil
	}
	if a.Name != "" {
		out.Name = a.Name
	}
	if a.Special != nil {
		out.Special = *a.Special
	}
	if a.Parts != nil {
		out.Parts = *a.Parts
	}
	if a.Units != nil {
		if out.Units = geo.JoinUnits(*a.Units); len(out.Units) > 0 && out.Level != geo.LevelMicroGrid {
			return fail(DraftBadChange, "lists units, but is a %s: only micro-grids share buildings", out.Level)
		}
	}
	if a.Boundary != nil {
		if err := geo.CheckValid(a.Boundary); err != nil {
			return fail(DraftBadBoundary, "%s", Own(badBoundary(a.Boundary, err)))
		}
		out.Boundary = a.Boundary
	}
	if out.Name == "" && c.numbered {
		out.Name = numbered(out.Area)
	}
	switch {
	case out.Name == "":
		return fail(DraftBadChange, "a new area needs a name")
	case len(out.Boundary) == 0:
		return fail(DraftBadBoundary, "a new area needs a boundary")
	}
	return out, nil
}

// numbered names a new area after the last three digits of its code.
func numbered(a geo.Area) string {
	if n := a.Code[len(a.Code)-3:]; a.Level == geo.LevelMicroGrid {
		return "微网格" + n
	} else {
		return "网格" + n
	}
}

// badBoundary says what is wrong with a boundary, and what it may be instead.
func badBoundary(mp orb.MultiPolygon, err error) string {
	if len(mp) > 0 && len(mp[0]) > 0 && len(mp[0][0]) > 0 {
		if hint, ok := geo.LooksProjected(mp[0][0][0]); ok {
			return hint
		}
		if hint, ok := geo.LooksSwapped(mp[0][0][0]); ok {
			return hint
		}
	}
	return err.Error()
}

// apply returns the areas of the draft after some of them have changed.
func (c *changing) apply(changed []data.DraftArea) map[string]geo.Area {
	g := draftGround{after: make(map[string]geo.Area, len(c.ground.after)+len(changed))}
	for code, a := range c.ground.after {
		g.after[code] = a
	}
	for i := range changed {
		if a := &changed[i]; a.Retired {
			delete(g.after, a.Code)
		} else {
			g.after[a.Code] = a.Area
		}
	}
	return g.after
}

// fits refuses areas whose parent is gone or does not hold them, and parents
// that end before their children.
func (c *changing) fits(changed []data.DraftArea, after map[string]geo.Area) error {
	retired := make(map[string]bool)
	for i := range changed {
		retired[changed[i].Code] = changed[i].Retired
	}
	for _, a := range after {
		if retired[a.Parent] {
			return badDraft(DraftBadChange, []string{a.Parent, a.Code}, "area %s ends while %s still lies in it", Own(a.Parent), Own(a.Code))
		}
	}
	var outside []string
	for i := range changed {
		a := &changed[i]
		if a.Retired || a.Level == geo.LevelDistrict {
			continue
		}
		parent, ok := after[a.Parent]
		if !ok {
			return badDraft(DraftBadCode, []string{a.Code}, "area %s: its parent %s is not in this draft", Own(a.Code), a.Parent)
		}
		rest, err := geo.Difference(a.Boundary, parent.Boundary)
		if err != nil {
			return badDraft(DraftBadBoundary, []string{a.Code}, "area %s: %v", Own(a.Code), tellingly(err))
		}
		if !geo.Hairline(rest) {
			outside = append(outside, a.Code)
		}
	}
	if len(outside) == 0 {
		return nil
	}
	if err := c.shifted(changed); err != nil {
		return err
	}
	code := outside[0]
	return badDraft(DraftOutside, outside, "area %s reaches out of %s, in which it lies by its code", Own(code), Own(after[code].Parent))
}

// inward is how far the points that are tried for a shift are drawn from the
// border toward the middle: on the border itself they may be anybody's.
const inward = 0.2

// shifted refuses boundaries that fit far better when read in another datum.
// The measure is the area itself, where there is one already, else its parent.
func (c *changing) shifted(changed []data.DraftArea) error {
	tree, err := geo.NewTree(c.ground.list())
	if err != nil {
		return nil //nolint:nilerr // what does not make a tree cannot be judged by it; the check tells
	}
	var points []orb.Point
	var codes, touched []string
	for i := range changed {
		a := &changed[i]
		if a.Retired {
			continue
		}
		touched = append(touched, a.Code)
		code := a.Parent
		if _, ok := tree.Area(a.Code); ok {
			code = a.Code
		}
		middle := a.Boundary.Bound().Center()
		for _, p := range a.Boundary {
			for k := 1; k < len(p[0]); k++ {
				for _, at := range [...]orb.Point{p[0][k], between(p[0][k-1], p[0][k], 0.5)} {
					points, codes = append(points, between(at, middle, inward)), append(codes, code)
				}
			}
		}
	}
	if why, crs, ok := imports.Shifted(tree, points, codes); ok {
		return badDraft(DraftShifted, touched, "%s: the boundaries are probably in %s; convert them to WGS 84 first", Own(why), Own(fmt.Sprint(crs)))
	}
	return nil
}

func between(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// lineage puts words into codes, adds what goes without saying, and refuses
// what cannot be.
func (c *changing) lineage(in Change, out data.DraftChange, given map[string]string, after map[string]geo.Area) ([]data.Lineage, error) {
	var list []data.Lineage
	for _, l := range in.Lineage {
		if code, ok := given[l.To]; ok {
			l.To = code
		}
		list = append(list, l)
	}
	if len(list) == 0 {
		list = c.plainLineage(out)
	}
	for _, l := range list {
		if _, ok := c.ground.after[l.From]; !ok {
			return nil, badDraft(DraftBadCode, nil, "lineage: there was no area %q before the change", l.From)
		}
		if _, ok := after[l.To]; !ok {
			return nil, badDraft(DraftBadCode, nil, "lineage: there is no area %q after the change", l.To)
		}
	}
	if len(list) == 0 && (in.Kind == data.DraftMerge || in.Kind == data.DraftSplit) {
		return nil, badDraft(DraftBadChange, out.Codes(), "a %s of several areas at once must say which came from which", Own(in.Kind))
	}
	slices.SortFunc(list, func(a, b data.Lineage) int {
		return strings.Compare(a.From+" "+a.To, b.From+" "+b.To)
	})
	return slices.Compact(list), nil
}

// plainLineage is that of a merge into one area or a split of one, at the outer
// level of what the change touches.
func (c *changing) plainLineage(out data.DraftChange) []data.Lineage {
	level := geo.LevelMicroGrid
	for i := range out.Areas {
		level = min(level, out.Areas[i].Level)
	}
	var from, to []string
	for i := range out.Areas {
		a := &out.Areas[i]
		if a.Level != level {
			continue
		}
		if _, was := c.ground.after[a.Code]; was {
			from = append(from, a.Code)
		}
		if !a.Retired {
			to = append(to, a.Code)
		}
	}
	if out.Kind == data.DraftMerge && len(to) != 1 || out.Kind == data.DraftSplit && len(from) != 1 ||
		out.Kind != data.DraftMerge && out.Kind != data.DraftSplit {
		return nil
	}
	var list []data.Lineage
	for _, f := range from {
		for _, t := range to {
			list = append(list, data.Lineage{From: f, To: t})
		}
	}
	return list
}
