package service

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
	"sanse/routing"
)

// maxDays bounds the horizon of a plan: a leap year.
const maxDays = 366

// PlanOptions say what to plan and how hard to try.
type PlanOptions struct {
	Start      planner.Date // 0: today in the district's time zone
	Days       int          // 0: to the end of the month after Start's
	Seed       uint64
	Iterations int           // of the local search, a block; 0: the planner's default
	Time       time.Duration // of the search, if above 0, whatever Iterations
	Threads    int           // 0: as many as there are processors
	Progress   func(stage string, done, total int)
}

func (o *PlanOptions) progress(stage string, done, total int) {
	if o.Progress != nil {
		o.Progress(stage, done, total)
	}
}

// PlanResult is a plan with what it was made from and what was found of it.
type PlanResult struct {
	Snapshot   *Snapshot
	Problem    *planner.Problem
	Plan       *planner.Plan
	Violations []planner.Violation
	Board      *reports.Board
	Summary    Summary

	places places
}

// horizon fills in the first day and the number of days.
func (s *Service) horizon(d data.District, start planner.Date, days int) (planner.Date, int, error) {
	if start == 0 {
		var err error
		if start, err = s.Today(d.TimeZone); err != nil {
			return 0, 0, err
		}
	}
	if days == 0 {
		days = int(start.NextMonth().NextMonth() - start)
	}
	if days < 1 || days > maxDays {
		return 0, 0, invalid("%d days cannot be planned: want 1 to %d", days, maxDays)
	}
	return start, days, nil
}

// Snapshot reads everything that computations on a district need, as of a day,
// in one transaction.
func (s *Service) Snapshot(ctx context.Context, d data.District, on planner.Date) (snap *Snapshot, err error) {
	err = s.store.View(ctx, func(r *data.Reads) (err error) {
		snap, err = readSnapshot(ctx, r, d.Code, on, true)
		return err
	})
	return snap, err
}

// readSnapshot is Snapshot on one state of the store, without the streets where
// they are not needed.
func readSnapshot(ctx context.Context, r *data.Reads, district string, on planner.Date, streets bool) (*Snapshot, error) {
	b, err := readBoundaries(ctx, r, district, on)
	if err != nil {
		return nil, err
	}
	return b.snapshot(ctx, r, streets)
}

// snapshot reads all the rest of a snapshot from the state of the store of which
// the boundaries are.
func (b *boundaries) snapshot(ctx context.Context, r *data.Reads, streets bool) (*Snapshot, error) {
	district, on := b.district.Code, b.date
	snap := &Snapshot{District: b.district, Version: b.version, Date: on, Tree: b.tree}
	var graph []byte
	var err error
	read := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	if streets {
		read(func() (err error) {
			if graph, snap.Streets, err = r.Graph(ctx, district); errors.Is(err, data.ErrNotFound) {
				return invalid("district %s has no streets: import streets first", Own(district))
			}
			return err
		})
	}
	read(func() (err error) { snap.Policies, err = r.Policies(ctx, district); return })
	read(func() (err error) { snap.Residents, err = r.Residents(ctx, district); return })
	lately := data.GradeFilter{Since: on - historyDays}
	read(func() (err error) { snap.Grades, err = r.GradeChanges(ctx, district, lately); return })
	read(func() (err error) { snap.Visitors, err = r.Visitors(ctx, district); return })
	read(func() (err error) { snap.Visits, err = r.Visits(ctx, district, on-historyDays, on-1); return })
	read(func() (err error) { snap.LastVisits, err = r.LastVisits(ctx, district, on); return })
	read(func() (err error) { snap.Tasks, err = r.Tasks(ctx, district); return })
	read(func() (err error) { snap.TaskVisits, err = r.TaskVisits(ctx, district, on-historyDays, on-1); return })
	read(func() (err error) { snap.LastTaskDone, err = r.LastTaskVisits(ctx, district, on); return })
	read(func() (err error) { snap.Facilities, err = r.Facilities(ctx, district); return })
	read(func() (err error) { snap.Population, err = r.Population(ctx, district); return })
	if b.newer {
		read(func() error { return snap.settle(ctx, r) })
	}
	read(func() error { return snap.settleScopes(ctx, r) })
	if err != nil {
		return nil, fmt.Errorf("read district %s: %w", district, err)
	}
	if !streets {
		return snap, nil
	}
	if snap.Network, snap.StreetsChange, err = streetsOn(ctx, r, district, on, graph, snap.Streets); err != nil {
		return nil, fmt.Errorf("read the streets of district %s: %w", district, err)
	}
	return snap, nil
}

// treeOf makes a tree of stored areas.
func treeOf(areas []data.Area) (*geo.Tree, error) {
	list := make([]geo.Area, len(areas))
	for i := range areas {
		list[i] = areas[i].Area
	}
	return geo.NewTree(list)
}

// Plan makes, checks and stores the plan of a period. A plan with lapses is a
// plan; one that its own check rejects is an error and is not stored.
func (s *Service) Plan(ctx context.Context, d data.District, opt PlanOptions) (*PlanResult, error) {
	watch := newStopwatch(s.now)
	r, err := s.plan(ctx, d, opt, watch)
	if err != nil {
		return nil, err
	}
	r.Summary.Seconds = watch.stages
	r.Summary.PeakMemoryMiB = peakMemoryMiB()
	if err := s.storePlan(ctx, r, opt.Seed); err != nil {
		return nil, err
	}
	return r, nil
}

func (s *Service) plan(ctx context.Context, d data.District, opt PlanOptions, watch *stopwatch) (*PlanResult, error) {
	start, days, err := s.horizon(d, opt.Start, opt.Days)
	if err != nil {
		return nil, err
	}
	opt.progress("snapshot", 0, 0)
	snap, err := s.Snapshot(ctx, d, start)
	if err != nil {
		return nil, err
	}
	watch.lap("snapshot")
	opt.progress("matrices", 0, 0)
	r := &PlanResult{Snapshot: snap}
	if r.Problem, r.places, err = snap.Problem(ctx, start, days); err != nil {
		return nil, err
	}
	watch.lap("matrices")
	if err := r.Problem.Validate(); err != nil {
		return nil, invalidCause(tellingly(err), "the visits of district %s cannot be planned", Own(d.Code))
	}
	began := time.Now()
	solve := planner.Options{
		Seed: opt.Seed, Iterations: opt.Iterations, Threads: opt.Threads, Time: opt.Time,
		Elapsed: func() time.Duration { return time.Since(began) },
	}
	if opt.Progress != nil {
		solve.Progress = func(p planner.Progress) { opt.Progress(p.Stage(), p.Done, p.Blocks) }
	}
	if r.Plan, _, err = planner.Solve(ctx, r.Problem, solve); err != nil {
		return nil, fmt.Errorf("plan the visits of district %s: %w", d.Code, err)
	}
	watch.lap("plan")
	r.Violations = planner.Check(r.Problem, r.Plan)
	if len(r.Violations) > 0 {
		v := r.Violations[0]
		return nil, fmt.Errorf("the plan breaks %d rules (the first: %s: %s) and is not kept; this is a fault of the program", len(r.Violations), v.Code, v.Detail)
	}
	watch.lap("check")
	if r.Board, err = reports.NewBoard(ctx, reports.BoardInput{Problem: r.Problem, Plan: r.Plan}); err != nil {
		return nil, fmt.Errorf("count the visits of district %s: %w", d.Code, err)
	}
	r.Summary = summarize(r, r.Board)
	watch.lap("account")
	return r, nil
}

// storePlan finds the way of each itinerary on the streets and stores all.
func (s *Service) storePlan(ctx context.Context, r *PlanResult, seed uint64) error {
	routes, err := r.routes(ctx)
	if err != nil {
		return err
	}
	summary, err := json.Marshal(r.Summary)
	if err != nil {
		return err
	}
	was, err := s.planBefore(ctx, r)
	if err != nil {
		return err
	}
	today, err := s.Today(r.Snapshot.District.TimeZone)
	if err != nil {
		return err
	}
	given, err := s.givenToday(ctx, r.Problem.District, today)
	if err != nil {
		return err
	}
	record := data.PlanRecord{
		Start: r.Plan.Start, Days: r.Plan.Days, Seed: seed, MadeAt: s.now(), Current: true, Summary: summary,
		Cost: r.Plan.Cost, Shortages: r.Plan.Shortages,
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		id, err := tx.PutPlan(r.Problem.District, record, routes, r.Plan.Unplanned)
		if err != nil {
			return err
		}
		if err := tx.PutPlanProblem(r.Problem.District, id, r.Problem); err != nil {
			return err
		}
		if was != nil {
			if err := tx.Tell(r.Problem.District, s.planReplaced(ctx, id, r, was, given)); err != nil {
				return err
			}
		}
		// Whoever holds or was given a visit keeps it in this plan too, soon after.
		if err := tx.EnterAgain(r.Problem.District, max(today, r.Plan.Start), r.Plan.Start+planner.Date(r.Plan.Days)-1); err != nil {
			return err
		}
		return tx.Record(r.Problem.District, wrote(data.ActCreate, "plan", id))
	})
	if err != nil {
		return fmt.Errorf("store the plan of district %s: %w", r.Problem.District, err)
	}
	return nil
}

// planBefore is what the plan in force has on today and tomorrow, if a new plan has
// these days too; nil otherwise.
func (s *Service) planBefore(ctx context.Context, r *PlanResult) (*planner.Plan, error) {
	today, err := s.Today(r.Snapshot.District.TimeZone)
	if err != nil || r.Plan.Start > today+1 || r.Plan.Start+planner.Date(r.Plan.Days) <= today {
		return nil, err
	}
	code := r.Problem.District
	rec, err := s.store.CurrentPlan(ctx, code)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil //nolint:nilnil // there is none
	}
	if err != nil {
		return nil, err
	}
	from := max(today, r.Plan.Start, rec.Start)
	to := min(today+1, rec.Start+planner.Date(rec.Days)-1)
	if from > to {
		return nil, nil //nolint:nilnil // it has none of them
	}
	walks, err := s.store.PlanItineraries(ctx, code, rec.ID, data.ItineraryFilter{From: from, To: to, NoRoutes: true})
	if err != nil {
		return nil, err
	}
	was := &planner.Plan{Start: from, Days: int(to - from + 1)}
	for i := range walks {
		was.Itineraries = append(was.Itineraries, walks[i].Itinerary)
	}
	return was, nil
}

// givenToday are the residents whose visit somebody holds by a ladder today, or was
// given by a colleague: they know, and the plan is made again with it.
func (s *Service) givenToday(ctx context.Context, district string, today planner.Date) (map[string]bool, error) {
	held, err := s.store.Ladders(ctx, district, data.LadderFilter{Open: true, Day: today, Held: true})
	if err != nil {
		return nil, err
	}
	moves, err := s.store.MovesInForce(ctx, district, today)
	if err != nil {
		return nil, err
	}
	out := residentsHeld(held)
	for i := range moves {
		out[moves[i].Resident] = true
	}
	return out, nil
}

// planReplaced is what those are told whose day is another one by a plan that is new.
func (s *Service) planReplaced(ctx context.Context, id int64, r *PlanResult, was *planner.Plan, known map[string]bool) []data.Outgoing {
	zone, err := time.LoadLocation(r.Snapshot.District.TimeZone)
	if err != nil {
		return nil
	}
	now := s.now()
	moved := planner.Compare(r.Problem, was, onDays(r.Plan, was.Start, was.Start+planner.Date(was.Days)-1))
	return planMessages(id, &moved, momentAt(now, zone).Date, known, viewerOf(ctx).Visitor, now, zone)
}

// routes returns the itineraries with the way that each takes.
func (r *PlanResult) routes(ctx context.Context) ([]data.ItineraryRecord, error) {
	visitors := make(map[string]*planner.Visitor, len(r.Problem.Visitors))
	engines := make(map[string]*routing.Engine)
	for i := range r.Problem.Visitors {
		v := &r.Problem.Visitors[i]
		visitors[v.ID] = v
		if _, ok := engines[v.Mode]; !ok {
			engine, err := r.Snapshot.engine(ctx, v.Mode, len(r.Problem.Residents)+len(r.Problem.Tasks))
			if err != nil {
				return nil, err
			}
			engines[v.Mode] = engine
		}
	}
	out := make([]data.ItineraryRecord, len(r.Plan.Itineraries))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range r.Plan.Itineraries {
		group.Go(func() error {
			it := &r.Plan.Itineraries[i]
			route, err := r.route(ctx, it, visitors[it.Visitor], engines[visitors[it.Visitor].Mode])
			out[i] = data.ItineraryRecord{Itinerary: *it, Route: route}
			return err
		})
	}
	return out, group.Wait()
}

// rowOf names the place of a stop in the matrices: a task with a place of its
// own has its own row, everything else is at a resident's home.
func (r *PlanResult) rowOf(st *planner.Stop) string {
	return cmp.Or(st.Resident, st.Task)
}

func (r *PlanResult) route(ctx context.Context, it *planner.Itinerary, v *planner.Visitor, engine *routing.Engine) (orb.MultiLineString, error) {
	ids := []string{v.ID}
	for i := range it.Stops {
		ids = append(ids, r.rowOf(&it.Stops[i]))
	}
	if v.End != nil {
		if *v.End == v.Start {
			ids = append(ids, v.ID)
		} else {
			ids = append(ids, endID(v.ID))
		}
	}
	route := make(orb.MultiLineString, 0, len(ids)-1)
	for i := 1; i < len(ids); i++ {
		from := r.places[placeKey{v.Mode, it.Block, ids[i-1]}]
		to := r.places[placeKey{v.Mode, it.Block, ids[i]}]
		if from.point == to.point || !from.ok || !to.ok { // to a door off the streets somebody can have gone in fact
			route = append(route, orb.LineString{from.point, to.point})
			continue
		}
		path, err := engine.Route(ctx, from.snap, to.snap)
		if err != nil {
			return nil, fmt.Errorf("way of visitor %s on %s: %w", it.Visitor, it.Date, err)
		}
		route = append(route, path.Line)
	}
	return route, nil
}

// PeopleOn is Snapshot without the streets: who is in which grid on a day, and
// who may visit where.
func (s *Service) PeopleOn(ctx context.Context, district string, on planner.Date) (snap *Snapshot, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	err = s.store.View(ctx, func(r *data.Reads) (err error) {
		snap, err = readSnapshot(ctx, r, d.Code, on, false)
		return err
	})
	return snap, err
}
