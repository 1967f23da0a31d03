package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sanse/data"
	"sanse/planner"
)

// frame is what a map begins with: the areas, the facilities, the plan by name
// and boundaries to come, all of one data version. It holds nobody, so it is
// read in the same fraction of a second however many people a district has; a
// view has the rest. It never changes once made.
type frame struct {
	boundaries
	today        planner.Date     // the calendar day in the district's time zone
	plan         *data.PlanRecord // in force; nil: there is none
	turns        turns            // boundaries to come, and new ones
	facilities   []data.Facility
	visitorKinds []string
}

// frame returns the current frame of a district.
func (s *Service) frame(ctx context.Context, code string) (*frame, error) {
	d, err := s.District(ctx, code)
	if err != nil {
		return nil, err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return nil, err
	}
	version, err := s.store.DataVersion(ctx, d.Code)
	if err != nil {
		return nil, err
	}
	// Held while a frame is read, as for views.
	select {
	case s.framing <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for district %s: %w", d.Code, ctx.Err())
	}
	defer func() { <-s.framing }()
	if f := s.frames[d.Code]; f != nil && f.version >= version && f.today == today {
		return f, nil
	}
	var f *frame
	err = s.store.View(ctx, func(r *data.Reads) (err error) {
		f, err = readFrame(ctx, r, d.Code, today)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.frames[d.Code] = f
	return f, nil
}

// readFrame reads the frame of a district from one state of the store.
func readFrame(ctx context.Context, r *data.Reads, district string, today planner.Date) (*frame, error) {
	f := &frame{today: today}
	var err error
	if f.plan, err = readCurrentPlan(ctx, r, district); err != nil {
		return nil, err
	}
	on := today
	if f.plan != nil {
		on = f.plan.Start
	}
	if f.boundaries, err = readBoundaries(ctx, r, district, on); err != nil {
		return nil, err
	}
	fail := func(err error) (*frame, error) { return nil, fmt.Errorf("read district %s: %w", district, err) }
	if f.facilities, err = r.Facilities(ctx, district); err != nil {
		return fail(err)
	}
	if f.newer {
		for i := range f.facilities {
			f.facilities[i].Grid, _ = home{point: f.facilities[i].Location}.in(f.tree)
		}
	}
	if f.visitorKinds, err = r.VisitorKinds(ctx, district); err != nil {
		return fail(err)
	}
	if f.turns, err = readTurns(ctx, r, f.district, today); err != nil {
		return fail(err)
	}
	if err := f.turns.stale(ctx, r, district, f.plan, today); err != nil {
		return fail(err)
	}
	return f, nil
}

// readCurrentPlan reads the record of the plan in force; nil if there is none.
func readCurrentPlan(ctx context.Context, r *data.Reads, district string) (*data.PlanRecord, error) {
	rec, err := r.CurrentPlan(ctx, district)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil
	}
	return &rec, err
}

// opensOn is the day on which the pages open: today, or the nearest day of the
// plan.
func (f *frame) opensOn() planner.Date {
	if f.plan == nil {
		return f.today
	}
	return min(max(f.today, f.plan.Start), f.plan.Start+planner.Date(f.plan.Days)-1)
}

// frameArea is the current frame with one of its areas; an empty code is the
// district.
func (s *Service) frameArea(ctx context.Context, district, code string) (*frame, planner.Area, error) {
	f, err := s.frame(ctx, district)
	if err != nil {
		return nil, planner.Area{}, err
	}
	a, err := f.area(code)
	return f, a, err
}

// area finds an area by code; an empty code is the district.
func (b *boundaries) area(code string) (planner.Area, error) {
	if code == "" {
		code = b.district.Code
	}
	a, ok := b.tree.Area(code)
	if !ok {
		return planner.Area{}, notFound("there is no area %q", code)
	}
	return planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name}, nil
}

// path lists the areas from the district down to a.
func (b *boundaries) path(a planner.Area) []planner.Area {
	path := []planner.Area{a}
	for path[0].Parent != "" {
		up, err := b.area(path[0].Parent)
		if err != nil {
			break
		}
		path = slices.Insert(path, 0, up)
	}
	return path
}

// within tells whether the code of an area, or no code at all, lies in another.
func (b *boundaries) within(code, area string) bool {
	if code == "" {
		code = b.district.Code
	}
	return strings.HasPrefix(code, area)
}
