package service

import (
	"context"
	"maps"
	"slices"

	"github.com/paulmach/orb"

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
	locks   []string            // codes of areas that edits leave alone
}

// readDraftGround lays the changes of a draft that hold over the areas of a day.
func readDraftGround(ctx context.Context, r *data.Reads, district string, d data.Draft, on planner.Date) (g draftGround, err error) {
	if g.before, err = areasOn(ctx, r, district, on); err != nil {
		return g, err
	}
	if g.touched, err = r.DraftAreas(ctx, district, d.ID, d.Position); err != nil {
		return g, err
	}
	return g.laid(d), nil
}

// readDraftAround is readDraftGround of one community, and what lies around it.
func readDraftAround(ctx context.Context, r *data.Reads, district string, d data.Draft, community string) (g draftGround, err error) {
	stored, err := r.AreasAround(ctx, district, d.Base, community)
	if err != nil {
		return g, err
	}
	g.before = byCode(stored)
	if g.touched, err = r.DraftAreasAround(ctx, district, d.ID, d.Position, community); err != nil {
		return g, err
	}
	return g.laid(d), nil
}

// readDraftDownTo is readDraftGround of a level and those above.
func readDraftDownTo(ctx context.Context, r *data.Reads, district string, d data.Draft, level geo.Level) (g draftGround, err error) {
	stored, err := r.AreasDownTo(ctx, district, d.Base, level)
	if err != nil {
		return g, err
	}
	g.before = byCode(stored)
	if g.touched, err = r.DraftAreasDownTo(ctx, district, d.ID, d.Position, level); err != nil {
		return g, err
	}
	return g.laid(d), nil
}

// readDraftNear is readDraftGround of what comes near a box: enough to decide
// who of those in it is where.
func readDraftNear(ctx context.Context, r *data.Reads, district string, d data.Draft, box orb.Bound) (g draftGround, err error) {
	stored, err := r.AreasNear(ctx, district, d.Base, box)
	if err != nil {
		return g, err
	}
	g.before = byCode(stored)
	if g.touched, err = r.DraftAreasNear(ctx, district, d.ID, d.Position, slices.Collect(maps.Keys(g.before)), box); err != nil {
		return g, err
	}
	return g.laid(d), nil
}

// laid lays what the changes touch over the areas of before.
func (g draftGround) laid(d data.Draft) draftGround {
	g.locks = d.Locks
	g.after = maps.Clone(g.before)
	for i := range g.touched {
		a := &g.touched[i]
		if a.Retired {
			delete(g.after, a.Code)
		} else {
			g.after[a.Code] = a.Area
		}
	}
	return g
}

func areasOn(ctx context.Context, r *data.Reads, district string, on planner.Date) (map[string]geo.Area, error) {
	stored, err := r.Areas(ctx, district, on)
	if err != nil {
		return nil, err
	}
	return byCode(stored), nil
}

func byCode(stored []data.Area) map[string]geo.Area {
	out := make(map[string]geo.Area, len(stored))
	for i := range stored {
		out[stored[i].Code] = stored[i].Area
	}
	return out
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
