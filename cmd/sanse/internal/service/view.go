package service

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// view is what the pages read of a district: one version of its data, the plan
// in force, and the board made from both. It never changes once made.
type view struct {
	*frame
	snap      *Snapshot
	problem   *planner.Problem // without matrices
	planned   *planner.Plan
	board     *reports.Board
	residents map[string]*planner.Resident
	visitors  map[string]*planner.Visitor
	tasks     map[string]*data.Task
	coverage  map[string][]data.AreaCoverage // by area code
	buildings map[string]orb.Point           // by id
	cells     viewCells
}

// view returns the current view of a district. It is made anew when the data
// have changed or a new day has begun.
func (s *Service) view(ctx context.Context, code string) (*view, error) {
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
	// Held while a view is made, so that many pages that ask at once wait for
	// one view instead of each making it; whoever goes away stops waiting.
	select {
	case s.viewing <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for district %s: %w", d.Code, ctx.Err())
	}
	defer func() { <-s.viewing }()
	if v := s.views[d.Code]; v != nil && v.snap.Version >= version && v.today == today {
		return v, nil
	}
	v, err := s.makeView(ctx, d.Code, today)
	if err != nil {
		return nil, fmt.Errorf("read district %s: %w", d.Code, err)
	}
	s.views[d.Code] = v
	return v, nil
}

// makeView reads everything from one state of the store, so that a view never
// mixes one plan with the people of another.
func (s *Service) makeView(ctx context.Context, district string, today planner.Date) (*view, error) {
	v := &view{coverage: make(map[string][]data.AreaCoverage)}
	var stored inForce
	var areas []data.AreaCoverage
	err := s.store.View(ctx, func(r *data.Reads) (err error) {
		if v.frame, err = readFrame(ctx, r, district, today); err != nil {
			return err
		}
		if stored, err = v.inForce(ctx, r, v.plan, today, false); err != nil {
			return err
		}
		if areas, err = r.CoverageAreas(ctx, district); err != nil {
			return err
		}
		v.buildings, err = readBuildings(ctx, r, district)
		return err
	})
	if err != nil {
		return nil, err
	}
	v.snap, v.planned = stored.snap, stored.plan
	start, days := today, 1
	if v.plan != nil {
		start, days = v.plan.Start, v.plan.Days
	}
	v.problem = v.snap.people(start, days)
	v.residents = make(map[string]*planner.Resident, len(v.problem.Residents))
	for i := range v.problem.Residents {
		v.residents[v.problem.Residents[i].ID] = &v.problem.Residents[i]
	}
	v.visitors = make(map[string]*planner.Visitor, len(v.problem.Visitors))
	for i := range v.problem.Visitors {
		v.visitors[v.problem.Visitors[i].ID] = &v.problem.Visitors[i]
	}
	v.tasks = make(map[string]*data.Task, len(v.snap.Tasks))
	for i := range v.snap.Tasks {
		v.tasks[v.snap.Tasks[i].ID] = &v.snap.Tasks[i]
	}
	if v.board, err = stored.board(ctx, v.problem); err != nil {
		return nil, err
	}
	for _, a := range areas {
		v.coverage[a.Area] = append(v.coverage[a.Area], a)
	}
	return v, nil
}

// viewArea is the current view with one of its areas; an empty code is the
// district.
func (s *Service) viewArea(ctx context.Context, district, code string) (*view, planner.Area, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, planner.Area{}, err
	}
	a, err := v.area(code)
	return v, a, err
}
