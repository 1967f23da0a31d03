package service

import (
	"context"
	"slices"
	"time"

	"sanse/data"
	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/districting/files"
)

// DrawRequest says what a community is to be divided into.
type DrawRequest struct {
	Area  string    // a community, or a grid whose micro-grids are drawn
	Level geo.Level // grid or micro-grid
	// Zones is the number of areas there are to be, those that stay included; of
	// the micro-grids of a community each grid gets its share. 0: as many as the
	// Standard asks for.
	Zones    int
	Standard *DrawStandard // nil: the reference rule of the level; see standardOf
	// Weights are balanced, the most important first; none: that of the standard,
	// within a share of 0.05.
	Weights  []DrawWeight
	Barriers bool // no area crosses what the streets know of rivers, railways, motorways, walls
	// Stay is how dear it is to move: at 1, to move everything is as dear as the
	// whole border of today's areas.
	Stay float64
	// LockedCells stay in the area in which they are: H3 ids of the resolution
	// that the community's ground was served with.
	LockedCells []string
	WholeBlocks bool // grids are made of micro-grids as they are

	Time       time.Duration // of the search, at most
	Iterations int           // of each thread, at most; 0: any number
	Threads    int           // 0: one a processor
	Seed       uint64

	free bool // a number is asked for and no standard: none bounds an area
}

// DrawStandard is the district's own rule: so much of a weight to each area.
type DrawStandard struct {
	Weight string
	// Target is an amount to come near to; or, if it is 0, each area is bounded.
	Target      int64
	Least, Most int64
}

// DrawWeight is something that areas should have the same amount of.
type DrawWeight struct {
	Name      string
	Tolerance float64 // the share by which an area may be above or below its target
}

// drawTolerance is the tolerance where none is asked for.
const drawTolerance = 0.05

// standardOf is the reference rule of a level; a grid is for a full-time worker.
func standardOf(level geo.Level) DrawStandard {
	if level == geo.LevelGrid {
		return DrawStandard{Weight: WeightHouseholds, Target: GridTarget}
	}
	return DrawStandard{Weight: WeightHouseholds, Least: MicroGridLeast, Most: MicroGridMost}
}

// rule is the standard as package files has it.
func (d DrawStandard) rule() files.Standard {
	if d.Target > 0 {
		return files.Standard{Weight: d.Weight, Least: d.Target, Most: d.Target}
	}
	return files.Standard{Weight: d.Weight, Least: d.Least, Most: d.Most}
}

// complete fills in what a request leaves open, and refuses what cannot be.
func (in *DrawRequest) complete(area geo.Area) error {
	fail := func(format string, args ...any) error { return badDraft(DraftBadDrawing, nil, format, args...) }
	switch {
	case in.Level != geo.LevelGrid && in.Level != geo.LevelMicroGrid:
		return fail("what is drawn are grids or micro-grids")
	case area.Level != geo.LevelCommunity && (area.Level != geo.LevelGrid || in.Level == geo.LevelGrid):
		return badDraft(DraftUnknownArea, []string{area.Code}, "%ss are drawn in a community, micro-grids in a grid as well; %s is a %s", in.Level, Own(area.Code), area.Level)
	case in.WholeBlocks && in.Level != geo.LevelGrid:
		return fail("only grids are made of micro-grids as they are")
	case in.WholeBlocks && len(in.LockedCells) > 0:
		return fail("cells cannot be locked where grids are made of micro-grids as they are: lock the micro-grids")
	case in.Zones < 0:
		return fail("%d areas cannot be drawn", in.Zones)
	case !(in.Stay >= 0 && in.Stay <= mostStay):
		return fail("staying near to today counts from 0 to %d", mostStay)
	case in.Time <= 0 && in.Iterations <= 0:
		return fail("a search needs an end: say for how many seconds")
	case len(in.Weights) > districting.MaxWeights:
		return fail("%d weights are too many: at most %d are balanced", len(in.Weights), districting.MaxWeights)
	}
	in.free = in.Zones > 0 && in.Standard == nil
	if in.Standard == nil {
		rule := standardOf(in.Level)
		in.Standard = &rule
	} else if s := in.Standard; s.Target < 0 || s.Least < 0 || s.Target == 0 && (s.Most < 1 || s.Least > s.Most) || s.Target > 0 && (s.Least > 0 || s.Most > 0) {
		return fail("the standard wants a target above 0, or the least and the most that an area may have")
	}
	if len(in.Weights) == 0 {
		in.Weights = []DrawWeight{{in.Standard.Weight, drawTolerance}}
	}
	for i, w := range in.Weights {
		if !(w.Tolerance >= 0 && w.Tolerance <= 1) {
			return fail("weight %s: the tolerance is a share from 0 to 1", w.Name)
		}
		if slices.ContainsFunc(in.Weights[:i], func(other DrawWeight) bool { return other.Name == w.Name }) {
			return fail("the weight %s is named twice", w.Name)
		}
	}
	return nil
}

// mostStay bounds DrawRequest.Stay: more would be a lock.
const mostStay = 1000

// StartDrawing begins to draw a community, or the micro-grids of a grid, of a
// draft anew, and returns at once with the drawing's number. A draft has one
// drawing at a time (DraftDrawingRuns). Nothing of the draft is changed: see
// ApplyDrawing.
func (s *Service) StartDrawing(ctx context.Context, district string, id int64, in DrawRequest) (job int64, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return 0, err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return 0, err
	}
	j := &drawing{district: d.Code, draft: id, ask: in}
	// Taken before the work: two that are asked for at once are not both begun.
	release, err := s.drawings.take(d.Code, id)
	if err != nil {
		return 0, err
	}
	defer release()
	var ground draftGround
	err = s.store.View(ctx, func(r *data.Reads) error {
		draft, err := readDraft(ctx, r, d.Code, id)
		if err != nil {
			return err
		}
		if draft.State != data.DraftOpen {
			return draftError(CodeNo, DraftError{Reason: DraftClosed}, "draft %d is %s", id, Own(draft.State))
		}
		if len(in.Area) < geo.CodeLength(geo.LevelCommunity) {
			return badDraft(DraftUnknownArea, nil, "%q is no community and no grid", in.Area)
		}
		ground, err = readDraftAround(ctx, r, d.Code, draft, in.Area[:geo.CodeLength(geo.LevelCommunity)])
		return err
	})
	if err != nil {
		return 0, err
	}
	area, ok := ground.after[in.Area]
	if !ok {
		return 0, badDraft(DraftUnknownArea, nil, "there is no %q in this draft", in.Area)
	}
	if err := j.ask.complete(area); err != nil {
		return 0, err
	}
	if ground.locked(in.Area) {
		return 0, draftError(CodeNo, DraftError{Reason: DraftLocked, Areas: []string{in.Area}}, "%s is locked", Own(in.Area))
	}
	if err := j.prepare(ctx, s, &ground, area, today); err != nil {
		return 0, err
	}
	return s.drawings.start(s, j), nil
}

// DrawingOf returns how far a drawing is, with the best that it has found.
func (s *Service) DrawingOf(ctx context.Context, district string, id, job int64) (Drawing, error) {
	j, err := s.drawing(ctx, district, id, job)
	if err != nil {
		return Drawing{}, err
	}
	return j.report()
}

// StopDrawing ends a drawing; what it has found by then is kept.
func (s *Service) StopDrawing(ctx context.Context, district string, id, job int64) (Drawing, error) {
	j, err := s.drawing(ctx, district, id, job)
	if err != nil {
		return Drawing{}, err
	}
	j.stop()
	select {
	case <-j.ended:
	case <-ctx.Done():
		return Drawing{}, ctx.Err()
	}
	return j.report()
}

// drawing finds a drawing of a draft.
func (s *Service) drawing(ctx context.Context, district string, id, job int64) (*drawing, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	j := s.drawings.find(d.Code, id, job)
	if j == nil {
		return nil, notFound("there is no drawing %d of draft %d: those that are over are kept for an hour, or until the program ends", job, id)
	}
	return j, nil
}
