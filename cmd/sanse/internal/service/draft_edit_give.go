package service

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
)

// wholeShare is the share of a micro-grid that counts as all of it, or as much
// less as nothing, where ground is given to a grid: who draws around blocks does
// not hit their borders.
const wholeShare = 0.999

func (w *workbench) paint(in Edit) error {
	shape, err := w.cells(in.Cells)
	if err != nil {
		return err
	}
	return w.giveAll(in, shape)
}

func (w *workbench) give(in Edit) error {
	if err := geo.CheckValid(orb.MultiPolygon{in.Polygon}); err != nil {
		return badDraft(DraftBadBoundary, nil, "the outline: %s", Own(badBoundary(orb.MultiPolygon{in.Polygon}, err)))
	}
	return w.giveAll(in, orb.MultiPolygon{in.Polygon})
}

// giveAll gives the ground of polygons to an area, or makes a new one of it.
func (w *workbench) giveAll(in Edit, ground orb.MultiPolygon) error {
	level := in.Level
	if level == 0 && len(in.Into) == geo.CodeLength(geo.LevelMicroGrid) {
		level = geo.LevelMicroGrid
	} else if level == 0 {
		level = geo.LevelGrid
	}
	fresh := strings.HasPrefix(in.Into, "+")
	if !fresh {
		if _, err := w.known(in.Into, level); err != nil {
			return err
		}
	} else {
		if level != geo.LevelGrid && level != geo.LevelMicroGrid {
			return badDraft(DraftBadChange, nil, "a new area is a grid or a micro-grid")
		}
		w.fresh[in.Into] = freshArea{name: in.Name, special: in.Special != nil && *in.Special}
		w.kind = data.DraftCreate
	}
	ground = w.vertices().polygons(ground)
	_, face := w.grid[in.Into]
	plain := !slices.ContainsFunc(w.start.Codes(), func(f string) bool { return w.ground.after[f].Level == geo.LevelMicroGrid })
	switch {
	case !fresh && face:
		return w.giveToFace(in.Into, ground)
	case fresh && (level == geo.LevelMicroGrid || plain):
		return w.cutOut(in, level, ground)
	default:
		return w.giveToGrid(in.Into, ground)
	}
}

// giveToFace gives ground to a micro-grid, or to a grid without any.
func (w *workbench) giveToFace(to string, ground orb.MultiPolygon) error {
	given := false
	for _, p := range ground {
		top, _, err := w.top.Give(p, to)
		if reason := reasonOf(refused(err)); len(ground) > 1 && reason == DraftNoCut {
			continue // some of what was painted was its own already
		}
		if err != nil {
			return err
		}
		w.top, given = top, true
	}
	if !given {
		return badDraft(DraftNoCut, []string{to}, "nothing here can be given to %s: it is its own", Own(spoken(to)))
	}
	return nil
}

// cutOut makes a face of ground.
func (w *workbench) cutOut(in Edit, level geo.Level, ground orb.MultiPolygon) error {
	word := in.Into
	pieces, from, err := w.carve(ground, w.start.Codes())
	if err != nil {
		return err
	}
	for _, face := range w.start.Codes() {
		if share, err := w.share(face, ground); err != nil {
			return err
		} else if share >= wholeShare && !slices.Contains(slices.Collect(maps.Values(from)), face) {
			return badDraft(DraftWholeArea, []string{face}, "nothing of %s would be left: merge or retire it", Own(spoken(face)))
		}
	}
	if len(pieces) == 0 {
		return badDraft(DraftNoCut, nil, "the outline holds no ground of %s", Own(w.community.Code))
	}
	if w.grid[word], err = w.parentOf(in, level, pieces, from); err != nil {
		return err
	}
	for _, face := range slices.Compact(slices.Sorted(maps.Values(from))) {
		w.lineage = append(w.lineage, data.Lineage{From: face, To: face}, data.Lineage{From: face, To: word})
	}
	if len(pieces) == 1 {
		w.top, _, err = w.top.Recode(pieces[0], word)
		return err
	}
	w.top, _, err = w.top.Merge(pieces, word)
	return err
}

// parentOf is the grid of a new face: the one that is said, or the one that
// gives most of its ground.
func (w *workbench) parentOf(in Edit, level geo.Level, pieces []string, from map[string]string) (string, error) {
	if level == geo.LevelGrid {
		return in.Into, nil
	}
	if in.Parent != "" {
		_, err := w.known(in.Parent, geo.LevelGrid)
		return in.Parent, err
	}
	m2 := make(map[string]float64)
	for _, piece := range pieces {
		shape, _ := w.top.Shape(piece)
		m2[w.grid[from[piece]]] += geo.AreaM2(shape)
	}
	grid, _ := longest(m2, func(string) bool { return true })
	return grid, nil
}

// carve cuts ground out of faces: it returns the pieces, and the face that each
// came from.
func (w *workbench) carve(ground orb.MultiPolygon, faces []string) (pieces []string, from map[string]string, err error) {
	from = make(map[string]string)
	for i, p := range ground {
		now := slices.DeleteFunc(slices.Clone(faces), func(f string) bool {
			shape, ok := w.top.Shape(f)
			return !ok || !shape.Bound().Intersects(p.Bound())
		})
		if len(now) == 0 {
			continue
		}
		top, _, err := w.top.Carve(p, now, func(code string, n int) string {
			piece := fmt.Sprintf("+cut%d-%d-%s", i, n, code)
			pieces, from[piece] = append(pieces, piece), code
			return piece
		})
		if reason := reasonOf(refused(err)); reason == DraftNoCut {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		w.top = top
	}
	return pieces, from, nil
}

// share is how much of a face lies inside ground, 0 to 1.
func (w *workbench) share(face string, ground orb.MultiPolygon) (float64, error) {
	shape, _ := w.start.Shape(face)
	if !shape.Bound().Intersects(ground.Bound()) {
		return 0, nil
	}
	in, err := geo.Intersection(shape, ground)
	if err != nil {
		return 0, badDraft(DraftBadBoundary, nil, "the outline: %v", tellingly(err))
	}
	return geo.AreaM2(in) / geo.AreaM2(shape), nil
}

// giveToGrid gives ground to a grid of micro-grids, or to a new one.
func (w *workbench) giveToGrid(to string, ground orb.MultiPolygon) error {
	var whole, cut []string
	for _, face := range w.start.Codes() {
		share, err := w.share(face, ground)
		switch {
		case err != nil:
			return err
		case w.grid[face] == to || share <= 1-wholeShare:
		case share >= wholeShare:
			whole = append(whole, face)
		default:
			cut = append(cut, face)
		}
	}
	donors := make(map[string]bool)
	for _, face := range append(slices.Clone(whole), cut...) {
		donors[w.grid[face]] = true
	}
	for _, face := range whole {
		w.grid[face] = to
	}
	pieces, from, err := w.carve(ground, cut)
	if err != nil {
		return err
	}
	if len(whole)+len(pieces) == 0 {
		return badDraft(DraftNoCut, []string{to}, "nothing here can be given to %s: it is its own, or of another community", Own(spoken(to)))
	}
	if strings.HasPrefix(to, "+") {
		for _, g := range slices.Sorted(maps.Keys(donors)) {
			w.lineage = append(w.lineage, data.Lineage{From: g, To: g}, data.Lineage{From: g, To: to})
		}
		for _, piece := range pieces {
			w.grid[piece] = to
			w.lineage = append(w.lineage, data.Lineage{From: from[piece], To: from[piece]}, data.Lineage{From: from[piece], To: piece})
		}
		return nil
	}
	return w.join(pieces, from, to)
}

// join puts pieces to the faces of a grid with which they have the longest
// borders, those that touch it first. What does not touch it at all becomes a
// face of its own, which is then asked whether it may be apart.
func (w *workbench) join(pieces []string, from map[string]string, to string) error {
	for len(pieces) > 0 {
		var rest []string
		for _, piece := range pieces {
			face, ok := longest(neighbours(w.top, piece), func(f string) bool { return w.grid[f] == to && !w.ground.locked(f) })
			if !ok {
				rest = append(rest, piece)
				continue
			}
			var err error
			if w.top, _, err = w.top.Merge([]string{piece, face}, face); err != nil {
				return err
			}
		}
		if len(rest) == len(pieces) {
			for _, piece := range rest {
				w.grid[piece] = to
				w.lineage = append(w.lineage, data.Lineage{From: from[piece], To: from[piece]}, data.Lineage{From: from[piece], To: piece})
			}
			return nil
		}
		pieces = rest
	}
	return nil
}

// assign puts micro-grids into a grid as they are.
func (w *workbench) assign(in Edit) error {
	if strings.HasPrefix(in.Into, "+") {
		w.kind = data.DraftCreate
		w.fresh[in.Into] = freshArea{name: in.Name, special: in.Special != nil && *in.Special}
	} else if _, err := w.known(in.Into, geo.LevelGrid); err != nil {
		return err
	}
	donors := make(map[string]bool)
	for _, code := range in.Areas {
		if _, err := w.known(code, geo.LevelMicroGrid); err != nil {
			return err
		}
		donors[w.grid[code]] = true
		w.grid[code] = in.Into
	}
	if w.kind == data.DraftCreate {
		for _, g := range slices.Sorted(maps.Keys(donors)) {
			w.lineage = append(w.lineage, data.Lineage{From: g, To: g}, data.Lineage{From: g, To: in.Into})
		}
	}
	return nil
}

// cutFrom is the face that a piece was cut from.
func cutFrom(piece, prefix string) (string, bool) { return strings.CutPrefix(piece, prefix) }
