package service

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/geo/topology"
)

// change is what the edit on the bench comes to: the whole boundaries of all
// areas that are not what they were. A micro-grid that lies in another grid than
// before is a new one, with lineage.
func (w *workbench) change() (Change, error) {
	if err := w.ownGround(); err != nil {
		return Change{}, err
	}
	r := &redrawn{w: w, out: Change{Kind: w.kind, Lineage: w.lineage, numbered: true}, put: make(map[string]bool)}
	for _, step := range [...]func() error{r.faces, r.grids, r.healed} {
		if err := step(); err != nil {
			return Change{}, err
		}
	}
	if len(r.out.Areas) == 0 {
		return Change{}, badDraft(DraftNoCut, nil, "nothing would change")
	}
	return r.out, nil
}

// ownGround makes a micro-grid of the ground of a grid that had none and gets
// others.
func (w *workbench) ownGround() error {
	for _, g := range w.grids() {
		if w.grid[g] != g || len(w.faces(g)) < 2 {
			continue
		}
		word := "+own" + g
		top, _, err := w.top.Recode(g, word)
		if err != nil {
			return refused(err)
		}
		w.top = top
		delete(w.grid, g)
		w.grid[word] = g
		w.fresh[word] = freshArea{}
	}
	return nil
}

// redrawn is a change in the making.
type redrawn struct {
	w   *workbench
	out Change
	// touched are the faces whose ground or grid is another one; put are the
	// codes and words that are in the change.
	touched []string
	put     map[string]bool
}

func (r *redrawn) add(a ChangedArea) {
	r.put[a.Code] = true
	r.out.Areas = append(r.out.Areas, a)
}

// faces adds the micro-grids, and the grids without any, that change.
func (r *redrawn) faces() error {
	w := r.w
	for _, face := range slices.Sorted(maps.Keys(w.grid)) {
		shape, _ := w.top.Shape(face)
		was, old := w.ground.after[face]
		before, _ := w.start.Shape(face)
		moved := old && was.Level == geo.LevelMicroGrid && was.Parent != w.grid[face] || old && was.Level == geo.LevelGrid && w.grid[face] != face
		if old && !moved && sameBorders(before, shape) {
			continue
		}
		r.touched = append(r.touched, face)
		if err := r.whole(face, shape, before); err != nil {
			return err
		}
		a := ChangedArea{Code: face, Boundary: shape}
		switch {
		case moved:
			special := was.Special
			a.Code, a.Parent, a.Name, a.Special = "+at"+face, w.grid[face], was.Name, &special
			if was.Level == geo.LevelMicroGrid {
				r.add(ChangedArea{Code: face, Retired: true})
				r.out.Lineage = append(r.out.Lineage, data.Lineage{From: face, To: a.Code})
			}
		case !old:
			if w.grid[face] == face {
				continue // a new grid: see grids
			}
			f := w.fresh[face]
			a.Parent, a.Name, a.Special = w.grid[face], f.name, &f.special
		case was.Level == geo.LevelGrid:
			continue // see grids
		}
		r.add(a)
	}
	for _, face := range w.start.Codes() {
		if _, stays := w.grid[face]; !stays && w.ground.after[face].Level == geo.LevelMicroGrid {
			r.add(ChangedArea{Code: face, Retired: true})
		}
	}
	// What was said of a micro-grid that then moved is about the one it became.
	for i := range r.out.Lineage {
		if l := &r.out.Lineage[i]; r.put["+at"+l.To] && l.From != l.To {
			l.To = "+at" + l.To
		}
	}
	return nil
}

// grids adds the grids that change.
func (r *redrawn) grids() error {
	w := r.w
	members := make(map[string][]string) // by grid, before
	for _, face := range w.start.Codes() {
		members[w.before(face)] = append(members[w.before(face)], face)
	}
	for _, g := range w.grids() {
		faces := w.faces(g)
		was, old := w.ground.after[g]
		if old && slices.Equal(faces, members[g]) && !slices.ContainsFunc(faces, func(f string) bool { return slices.Contains(r.touched, f) }) {
			continue
		}
		shape, err := together(w.top, faces)
		if err != nil {
			return err
		}
		if !old {
			if err := r.whole(g, shape, nil); err != nil {
				return err
			}
			f := w.fresh[g]
			r.add(ChangedArea{Code: g, Parent: w.community.Code, Name: f.name, Special: &f.special, Boundary: shape})
			continue
		}
		before, err := together(w.start, members[g])
		if err != nil {
			return err
		}
		if err := w.made(was, before); err != nil {
			return err
		}
		if sameBorders(before, shape) && sameBorders(was.Boundary, shape) {
			continue
		}
		if err := r.whole(g, shape, before); err != nil {
			return err
		}
		r.add(ChangedArea{Code: g, Boundary: shape})
	}
	for _, g := range slices.Sorted(maps.Keys(members)) {
		if slices.Contains(w.grids(), g) {
			continue
		}
		if !w.ended[g] {
			return badDraft(DraftWholeArea, []string{g}, "nothing of grid %s would be left: merge or retire it instead", Own(spoken(g)))
		}
		r.add(ChangedArea{Code: g, Retired: true})
	}
	return nil
}

// before is the grid in which a face lay before the edit.
func (w *workbench) before(face string) string {
	if a := w.ground.after[face]; a.Level == geo.LevelMicroGrid {
		return a.Parent
	}
	return face
}

// made refuses a grid that is not what its micro-grids are: redrawing it would
// take the rest away.
func (w *workbench) made(grid geo.Area, faces orb.MultiPolygon) error {
	same, err := sameGround(grid.Boundary, faces)
	if err != nil || same {
		return err
	}
	rest, err := geo.Difference(grid.Boundary, faces)
	if err != nil {
		return err
	}
	f := topology.Finding{
		Kind: topology.Gap, Codes: []string{grid.Code}, Place: rest, AreaM2: geo.AreaM2(rest), At: inside(rest),
		Message: "grid " + grid.Code + " is not what its micro-grids are together",
	}
	return draftError(CodeInvalid, DraftError{Reason: DraftNotTiling, Areas: f.Codes, Findings: []DraftFinding{{Key: findingKey(&f), Finding: f}}, At: &f.At}, "mend first: %s", Own(spoken(f.Message)))
}

// whole refuses an area in more pieces than it was.
func (r *redrawn) whole(code string, is, was orb.MultiPolygon) error {
	if len(is) <= max(1, len(was), r.w.ground.after[code].Parts, r.w.pieces(code)) {
		return nil
	}
	least := is[0]
	for _, p := range is[1:] {
		if geo.AreaM2(orb.MultiPolygon{p}) < geo.AreaM2(orb.MultiPolygon{least}) {
			least = p
		}
	}
	at := inside(orb.MultiPolygon{least})
	e := DraftError{Reason: DraftParts, At: &at, Areas: r.w.origins(code)}
	if r.w.kind == data.DraftMerge {
		e.Reason = DraftApart
		return draftError(CodeInvalid, e, "%s would be in %d pieces: the areas do not all touch", Own(spoken(code)), len(is))
	}
	return draftError(CodeInvalid, e, "%s would be in %d pieces, the smallest of %.0f m²", Own(spoken(code)), len(is), geo.AreaM2(orb.MultiPolygon{least}))
}

// origins are the codes that stand for an area: its own, or of a new one those
// that it comes from.
func (w *workbench) origins(code string) []string {
	if !strings.HasPrefix(code, "+") {
		return []string{code}
	}
	var out []string
	for _, l := range w.lineage {
		if l.To == code && !slices.Contains(out, l.From) {
			out = append(out, l.From)
		}
	}
	slices.Sort(out)
	return out
}

// spoken puts "a new area" for the words that stand for new areas in what is
// said to people.
func spoken(text string) string { return words.ReplaceAllString(text, "a new area") }

var words = regexp.MustCompile(`"?\+[^\s,:"]+"?`)

// pieces is in how many pieces what became an area was declared to be.
func (w *workbench) pieces(code string) int {
	n := 1
	for _, l := range w.lineage {
		if a := w.ground.after[l.From]; l.To == code {
			n += max(len(a.Boundary), a.Parts, 1) - 1
		}
	}
	return n
}

// inside is a point of a shape's outline, to show where it is.
func inside(mp orb.MultiPolygon) orb.Point {
	if len(mp) == 0 || len(mp[0]) == 0 || len(mp[0][0]) == 0 {
		return orb.Point{}
	}
	return mp[0][0][0]
}

// healed adds the neighbours of what changes, and their grids, that are stored
// with other vertices on their borders than the bench has: else hairlines would
// be left between them and what is drawn anew.
func (r *redrawn) healed() error {
	w := r.w
	near := make(map[string]bool)
	for _, a := range w.top.Arcs() {
		for _, pair := range [2][2]string{{a.Left, a.Right}, {a.Right, a.Left}} {
			if pair[0] != "" && pair[1] != "" && slices.Contains(r.touched, pair[0]) {
				near[pair[1]] = true
			}
		}
	}
	grids := make(map[string]bool)
	for _, face := range slices.Sorted(maps.Keys(near)) {
		grids[w.grid[face]] = true
		was, old := w.ground.after[face]
		if !old || r.put[face] || r.put["+at"+face] {
			continue
		}
		if shape, _ := w.top.Shape(face); !sameBorders(was.Boundary, shape) {
			r.add(ChangedArea{Code: face, Boundary: shape})
		}
	}
	for _, face := range r.touched {
		grids[w.grid[face]] = true
	}
	for _, g := range slices.Sorted(maps.Keys(grids)) {
		was, old := w.ground.after[g]
		if !old || r.put[g] {
			continue
		}
		shape, err := together(w.top, w.faces(g))
		if err != nil {
			return err
		}
		if sameBorders(was.Boundary, shape) {
			continue
		}
		if err := w.made(was, shape); err != nil {
			return err
		}
		r.add(ChangedArea{Code: g, Boundary: shape})
	}
	return nil
}
