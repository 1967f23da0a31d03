package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

// EffectOptions say what a redraw proposes, from when on, and how to compare.
type EffectOptions struct {
	// Areas are those that the proposal creates, reshapes or renames; the areas
	// of From that are not among them stay as they are. Whoever gives the whole
	// tree gives much that does not change, which is no harm.
	Areas []geo.Area
	// Retire lists the codes of areas that end, with all areas in them.
	Retire []string
	// Follow says by code which areas of the proposal stand in the place of an
	// area in the scopes of visitors: the halves of one that is split, the one
	// that others are merged into. Scopes over other areas stay as they are.
	Follow map[string][]string
	From   planner.Date // first day of the new boundaries; 0: today
	Days   int          // of the plans that are compared; 0: 28
	Seed   uint64
	// Iterations of the search, a block; 0: the planner's default.
	Iterations int
	Threads    int // 0: as many as there are processors
	// Whole plans every community, not only those that the redraw touches.
	Whole bool
	// Anyway goes on where the proposal does not tile.
	Anyway   bool
	Progress func(stage string, done, total int)
}

func (o *EffectOptions) progress(stage string) {
	if o.Progress != nil {
		o.Progress(stage, 0, 0)
	}
}

const (
	effectDays = 28 // four weeks: every quota of a week is there four times
	// familiarVisits is of how many last visits the visitors are familiar.
	familiarVisits = 3
)

// effecting is an effect in the making.
type effecting struct {
	opt       EffectOptions
	base      *Snapshot // of From, as things are
	next      *Snapshot // the same under the proposal
	buildings map[string]orb.Point
	record    *data.PlanRecord // the plan in force, if it reaches From
	plan      *planner.Plan
	changed   map[string]bool // codes of areas that are created, retired, or not as they were
	retraced  map[string]bool // codes of those that have other vertices around the same ground
	// before and after are the problems of the days from From on, without
	// travel times: the same residents and tasks in the same order.
	before, after *planner.Problem
	out           *reports.Effect
	tiled         bool // it has been found already that the proposal tiles
}

// Effect tells what a redraw of grids would do if it came into force on From:
// who moves, what becomes of the areas, and what becomes of the visits. Nothing
// is stored. Where the proposal does not tile and the areas of today do, the
// answer is no (CodeNo): the effect then holds the findings and nothing else,
// unless Anyway is set.
func (s *Service) Effect(ctx context.Context, d data.District, opt EffectOptions) (*reports.Effect, error) {
	return s.effect(ctx, d, opt, nil)
}

// effect is Effect with a proposal that is read, where more is given than
// nothing, from the same state of the store as everything else.
func (s *Service) effect(
	ctx context.Context, d data.District, opt EffectOptions, propose func(context.Context, *data.Reads, *effecting) error,
) (*reports.Effect, error) {
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return nil, err
	}
	if opt.From == 0 {
		opt.From = today
	}
	if opt.From < today {
		return nil, invalid("a redraw cannot come into force on %s, which is past", opt.From)
	}
	if opt.Days == 0 {
		opt.Days = effectDays
	}
	if _, _, err := s.horizon(d, opt.From, opt.Days); err != nil {
		return nil, err
	}
	e := &effecting{opt: opt}
	opt.progress("snapshot")
	if err := s.store.View(ctx, func(r *data.Reads) error {
		if propose != nil {
			if err := propose(ctx, r, e); err != nil {
				return err
			}
		}
		return e.read(ctx, r, d.Code)
	}); err != nil {
		return nil, err
	}
	e.out = &reports.Effect{
		District: d.Code, Name: d.Name, MadeUp: d.MadeUp, From: opt.From, Days: opt.Days,
		Made: made(s.now(), d.TimeZone), DataVersion: e.base.Version,
	}
	opt.progress("areas")
	if err := e.redraw(); err != nil {
		return e.out, err
	}
	if err := e.follow(); err != nil {
		return nil, err
	}
	if err := e.rehome(); err != nil {
		return e.out, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("the effect of a redraw of district %s: %w", d.Code, err)
	}
	e.people()
	e.moves()
	e.inFlight()
	e.areas()
	opt.progress("plan")
	if err := e.plans(ctx); err != nil {
		return nil, fmt.Errorf("plan the visits of district %s under the proposal: %w", d.Code, err)
	}
	return e.out, nil
}

// read takes what an effect is made from, all of one state of the store.
func (e *effecting) read(ctx context.Context, r *data.Reads, district string) (err error) {
	if e.base, err = readSnapshot(ctx, r, district, e.opt.From, true); err != nil {
		return err
	}
	if e.buildings, err = readBuildings(ctx, r, district); err != nil {
		return fmt.Errorf("read district %s: %w", district, err)
	}
	rec, err := r.CurrentPlan(ctx, district)
	switch {
	case errors.Is(err, data.ErrNotFound):
		return nil
	case err != nil:
		return err
	case rec.Start+planner.Date(rec.Days) <= e.opt.From:
		return nil // it is over by then
	}
	e.record = &rec
	e.plan, err = readPlan(ctx, r, district, &rec)
	return err
}

// people makes the problems of before and after.
func (e *effecting) people() {
	e.before = e.base.people(e.opt.From, e.opt.Days)
	e.after = e.next.people(e.opt.From, e.opt.Days)
}
