package service

import (
	"context"
	"errors"
	"maps"
	"slices"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// DraftAreas returns the areas of a draft, by code: those that it began with,
// under the changes that hold. They need not tile; see CheckDraft.
func (s *Service) DraftAreas(ctx context.Context, district string, id int64) (out data.Draft, areas []geo.Area, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return out, nil, err
	}
	err = s.store.View(ctx, func(r *data.Reads) error {
		if out, err = readDraft(ctx, r, d.Code, id); err != nil {
			return err
		}
		ground, err := readDraftGround(ctx, r, d.Code, out, out.Base)
		areas = ground.list()
		return err
	})
	return out, areas, err
}

// draftGround is the boundaries of a day and a draft's changes to them.
type draftGround struct {
	before  map[string]geo.Area // of the day
	after   map[string]geo.Area // under the changes
	touched []data.DraftArea    // by the changes, as they are after the last
}

// readDraftGround lays the changes of a draft that hold over the areas of a day.
func readDraftGround(ctx context.Context, r *data.Reads, district string, d data.Draft, on planner.Date) (g draftGround, err error) {
	if g.before, err = areasOn(ctx, r, district, on); err != nil {
		return g, err
	}
	if g.touched, err = r.DraftAreas(ctx, district, d.ID, d.Position); err != nil {
		return g, err
	}
	g.after = maps.Clone(g.before)
	for i := range g.touched {
		a := &g.touched[i]
		if a.Retired {
			delete(g.after, a.Code)
		} else {
			g.after[a.Code] = a.Area
		}
	}
	return g, nil
}

func areasOn(ctx context.Context, r *data.Reads, district string, on planner.Date) (map[string]geo.Area, error) {
	stored, err := r.Areas(ctx, district, on)
	if err != nil {
		return nil, err
	}
	out := make(map[string]geo.Area, len(stored))
	for i := range stored {
		out[stored[i].Code] = stored[i].Area
	}
	return out, nil
}

// list returns the areas under the changes, by code.
func (g *draftGround) list() []geo.Area { return areaList(g.after) }

func areaList(areas map[string]geo.Area) []geo.Area {
	out := make([]geo.Area, 0, len(areas))
	for _, code := range slices.Sorted(maps.Keys(areas)) {
		out = append(out, areas[code])
	}
	return out
}

// DraftCheck says what stands between a draft and its publication.
type DraftCheck struct {
	Draft     data.Draft
	Problems  []string      // areas that do not make a tree
	Findings  []geo.Finding // where they do not tile, and did before
	Conflicts []string      // codes that others have changed as well
}

// CheckDraft looks at a draft as publishing it would: on the latest boundaries
// that there are, whatever those were when it was begun.
func (s *Service) CheckDraft(ctx context.Context, district string, id int64) (out DraftCheck, err error) {
	rec, err := s.District(ctx, district)
	if err != nil {
		return out, err
	}
	var ground draftGround
	err = s.store.View(ctx, func(r *data.Reads) error {
		if out.Draft, err = readDraft(ctx, r, rec.Code, id); err != nil {
			return err
		}
		last, err := r.LastBoundaryDay(ctx, rec.Code)
		if err != nil {
			return err
		}
		_, err = checkBase(ctx, r, rec.Code, out.Draft, last)
		var conflict *DraftError
		on := last
		if errors.As(err, &conflict) && conflict.Reason == DraftBaseChanged {
			out.Conflicts, on, err = conflict.Areas, out.Draft.Base, nil
		}
		if err != nil {
			return err
		}
		ground, err = readDraftGround(ctx, r, rec.Code, out.Draft, on)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Problems, out.Findings = checkGround(ground.before, ground.after)
	return out, nil
}

// checkBase returns the codes that have changed since the draft was begun, and
// an error if the draft changes one of them as well.
func checkBase(ctx context.Context, r *data.Reads, district string, d data.Draft, on planner.Date) (changed []string, err error) {
	if changed, err = r.ChangedSince(ctx, district, d.ID, max(on, d.Base)); err != nil || len(changed) == 0 {
		return changed, err
	}
	touched, err := r.DraftAreas(ctx, district, d.ID, d.Position)
	if err != nil {
		return nil, err
	}
	var both []string
	for i := range touched {
		if _, ok := slices.BinarySearch(changed, touched[i].Code); ok {
			both = append(both, touched[i].Code)
		}
	}
	if len(both) > 0 {
		return changed, draftError(CodeNo, DraftError{Reason: DraftBaseChanged, Areas: both},
			"%d areas that draft %d changes have been changed by others since it was begun", len(both), d.ID)
	}
	return changed, nil
}

// checkGround tells where areas do not make a tree or do not tile. What was so
// before is let pass where it has not grown: a gap that a district has always
// had keeps nobody from moving a border elsewhere.
func checkGround(before, after map[string]geo.Area) (problems []string, findings []geo.Finding) {
	tree, err := geo.NewTree(areaList(after))
	if err != nil {
		return treeProblems(err), nil
	}
	if findings = tree.Check(); len(findings) == 0 {
		return nil, nil
	}
	old, err := geo.NewTree(areaList(before))
	if err != nil {
		return nil, findings
	}
	known := old.Check()
	return nil, slices.DeleteFunc(findings, func(f geo.Finding) bool {
		return slices.ContainsFunc(known, func(k geo.Finding) bool {
			return k.Kind == f.Kind && slices.Equal(k.Codes, f.Codes) && f.AreaM2 <= k.AreaM2+geo.SliverM2
		})
	})
}

// treeProblems lists what is wrong with each area of a list.
func treeProblems(err error) (out []string) {
	switch e := err.(type) { //nolint:errorlint // every joined error is wanted, not the first of its kind
	case nil:
	case *geo.AreaError:
		out = append(out, e.Error())
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			out = append(out, treeProblems(one)...)
		}
	case interface{ Unwrap() error }:
		out = treeProblems(e.Unwrap())
	default:
		out = append(out, err.Error())
	}
	return out
}
