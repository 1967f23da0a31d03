package service

import (
	"context"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/data"
	"sanse/geo"
)

// EditOp is what an edit of boundaries does.
type EditOp string

// The operations. Areas that they name are grids or micro-grids; ground moves
// within a community only.
const (
	// EditVertex moves a vertex of a border, for all sides: At, To; Level says
	// that it must be on a grid's border.
	EditVertex EditOp = "vertex"
	// EditBorder redraws a stretch of border between its ends: Old, New.
	EditBorder EditOp = "border"
	// EditPaint gives the ground of Cells to Into; see EditGive.
	EditPaint EditOp = "paint"
	// EditGive gives the ground inside Polygon to Into, or makes a new area of it.
	// At the level of grids, micro-grids that lie inside go over whole; of others
	// what lies inside is cut off, and joins the micro-grid of the grid with which
	// it has the longest border, or becomes one of a new grid.
	EditGive EditOp = "give"
	// EditAssign puts micro-grids, Areas, into the grid Into as they are.
	EditAssign EditOp = "assign"
	// EditSplit cuts Area along Line: what lies left of it is new.
	EditSplit EditOp = "split"
	// EditMerge makes one area of Areas, the one of code Into.
	EditMerge EditOp = "merge"
	// EditRetire ends Area: its ground goes to the neighbour in the same parent
	// with which it has the longest border.
	EditRetire EditOp = "retire"
	// EditRename gives Area another Name or kind.
	EditRename EditOp = "rename"
	// EditRecode numbers the grids of the community Area anew.
	EditRecode EditOp = "recode"
	// EditMend mends the Findings of CheckDraft that are named by their keys, all
	// that can be if none are, each in the first way that it tells.
	EditMend EditOp = "mend"
)

// Edit is an edit of boundaries, in WGS 84 lon-lat. Which of the fields an
// operation reads is said there.
type Edit struct {
	Op       EditOp
	Area     string
	Areas    []string
	Into     string // a code, or + and a word: a new area
	Level    geo.Level
	Parent   string // of a new micro-grid; empty: the grid that gives most of its ground
	Name     string // of a new area, or the new one; empty: called after its number, or as it is
	Special  *bool  // nil: no, or as it is
	At, To   orb.Point
	Old      orb.LineString // vertices as they were served
	New      orb.LineString
	Line     orb.LineString
	Polygon  orb.Polygon
	Findings []string // keys
	Cells    []string // H3 ids of the resolution that the ground was served with
}

// Edited is a draft after an edit.
type Edited struct {
	Draft  data.Draft
	Change data.DraftChange
	// Areas are those that the edit touched, as they are now, by code.
	Areas []geo.Area
	// Locks are the codes that are locked, for Areas.
	ground *draftGround
}

// Locked tells whether an area is locked, by itself or with one around it.
func (e *Edited) Locked(code string) bool { return e.ground.locked(code) }

// Gone are the codes that ended.
func (e *Edited) Gone() []string {
	var out []string
	for i := range e.Change.Areas {
		if e.Change.Areas[i].Retired {
			out = append(out, e.Change.Areas[i].Code)
		}
	}
	return out
}

// EditDraft makes an edit to a draft of that version and stores it as one
// change, with the whole boundaries of all areas that it touches. The areas of
// the community tile it afterwards as they did before. An edit that would break
// them is refused with a DraftError that says where.
func (s *Service) EditDraft(ctx context.Context, district string, id, version int64, in Edit) (out Edited, err error) {
	out.Draft, err = s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		// No two drafts may give away one number.
		if err := tx.LockDistrict(code); err != nil {
			return d, err
		}
		ground, change, err := editOf(ctx, tx.Reads(), code, d, in)
		if err != nil {
			return d, err
		}
		d, out.Change, err = s.change(ctx, tx, code, d, ground, change)
		out.ground = ground
		return d, err
	})
	for i := range out.Change.Areas {
		if a := &out.Change.Areas[i]; !a.Retired {
			out.Areas = append(out.Areas, a.Area)
		}
	}
	return out, err
}

// editOf finds the community that an edit is about, and what change it makes.
func editOf(ctx context.Context, r *data.Reads, district string, d data.Draft, in Edit) (*draftGround, Change, error) {
	if in.Op == EditMend {
		ground, err := readDraftGround(ctx, r, district, d, d.Base)
		if err != nil {
			return nil, Change{}, err
		}
		c, err := mendOf(ctx, r, district, &ground, in.Findings)
		return &ground, c, err
	}
	communities, err := editCommunities(ctx, r, district, d, in)
	if err != nil {
		return nil, Change{}, err
	}
	var first error
	for _, code := range communities {
		ground, err := readDraftAround(ctx, r, district, d, code)
		if err != nil {
			return nil, Change{}, err
		}
		c, err := editIn(&ground, code, in)
		if err == nil {
			return &ground, c, nil
		}
		// Where communities meet, a border is of one of them.
		if reason := reasonOf(err); reason != DraftNoVertex && reason != DraftNotTiling {
			return nil, Change{}, err
		}
		if first == nil {
			first = err
		}
	}
	return nil, Change{}, first
}

// editIn makes an edit in a community.
func editIn(ground *draftGround, community string, in Edit) (Change, error) {
	switch in.Op {
	case EditRename:
		if _, ok := ground.after[in.Area]; !ok {
			return Change{}, badDraft(DraftUnknownArea, nil, "there is no %s in this draft", in.Area)
		}
		if in.Name == "" && in.Special == nil {
			return Change{}, badDraft(DraftBadChange, []string{in.Area}, "neither a name nor a kind is given")
		}
		return Change{Kind: data.DraftRename, Areas: []ChangedArea{{Code: in.Area, Name: in.Name, Special: in.Special}}}, nil
	case EditRecode:
		return Change{Kind: data.DraftRecode, Community: in.Area}, nil
	}
	edit, ok := edits[in.Op]
	if !ok {
		return Change{}, badDraft(DraftBadChange, nil, "%q is no edit", in.Op)
	}
	w, err := newWorkbench(ground, community)
	if err != nil {
		return Change{}, err
	}
	w.kind = data.DraftReshape
	if err := edit(w, in); err != nil {
		return Change{}, refused(err)
	}
	switch in.Op {
	case EditPaint, EditGive, EditSplit:
		if err := w.tidy(); err != nil {
			return Change{}, refused(err)
		}
	}
	return w.change()
}

var edits = map[EditOp]func(*workbench, Edit) error{
	EditVertex: (*workbench).moveVertex, EditBorder: (*workbench).redrawBorder, EditPaint: (*workbench).paint, EditGive: (*workbench).give,
	EditAssign: (*workbench).assign, EditSplit: (*workbench).split, EditMerge: (*workbench).merge, EditRetire: (*workbench).retire,
}

// editCommunities lists the communities that an edit may be about: one by its
// codes, or those at its place.
func editCommunities(ctx context.Context, r *data.Reads, district string, d data.Draft, in Edit) ([]string, error) {
	n := geo.CodeLength(geo.LevelCommunity)
	for _, code := range append([]string{in.Area, in.Into, in.Parent}, in.Areas...) {
		if len(code) >= n && code[0] != '+' {
			return []string{code[:n]}, nil
		}
	}
	var at orb.Point
	switch {
	case in.Op == EditVertex:
		at = in.At
	case in.Op == EditBorder && len(in.Old) > 0:
		at = in.Old[0]
	case in.Op == EditGive && len(in.Polygon) > 0 && len(in.Polygon[0]) > 0:
		at = in.Polygon[0].Bound().Center()
	case in.Op == EditPaint && len(in.Cells) > 0:
		c, err := cellOf(in.Cells[0])
		if err != nil {
			return nil, err
		}
		if at, err = geo.CellCentre(c); err != nil {
			return nil, badDraft(DraftBadCells, nil, "%v", tellingly(err))
		}
	case in.Area != "":
		return nil, badDraft(DraftUnknownArea, nil, "area %s is no grid or micro-grid", in.Area)
	default:
		return nil, badDraft(DraftBadChange, nil, "the edit %q does not say what it must", in.Op)
	}
	ground, err := readDraftDownTo(ctx, r, district, d, geo.LevelCommunity)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, a := range ground.after {
		if a.Level != geo.LevelCommunity || !a.Boundary.Bound().Contains(at) {
			continue
		}
		// Ground, unlike a vertex on the rim, is of the community that it lies in.
		if (in.Op == EditPaint || in.Op == EditGive) && planar.MultiPolygonContains(a.Boundary, at) {
			return []string{a.Code}, nil
		}
		out = append(out, a.Code)
	}
	slices.Sort(out)
	if len(out) == 0 {
		reason := DraftNoVertex
		switch in.Op {
		case EditPaint:
			reason = DraftBadCells
		case EditGive:
			reason = DraftNoCut
		}
		return nil, draftError(CodeInvalid, DraftError{Reason: reason, At: &at}, "no community of the draft is here")
	}
	return out, nil
}
