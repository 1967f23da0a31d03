package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// inForce is a district as it stands: the snapshot as of the first day of the
// plan in force, the plan, and what has been done of it.
type inForce struct {
	snap   *Snapshot
	record *data.PlanRecord // nil: there is no plan, and the snapshot is of today
	plan   *planner.Plan    // empty without one
	today  planner.Date
	done   []reports.Visit // from the plan's first day to yesterday
}

// readInForce reads a district and the plan in force from one state of the
// store, with the streets where they are needed.
func readInForce(ctx context.Context, r *data.Reads, district string, today planner.Date, streets bool) (inForce, error) {
	rec, err := readCurrentPlan(ctx, r, district)
	if err != nil {
		return inForce{}, err
	}
	on := today
	if rec != nil {
		on = rec.Start
	}
	b, err := readBoundaries(ctx, r, district, on)
	if err != nil {
		return inForce{}, err
	}
	return b.inForce(ctx, r, rec, today, streets)
}

// inForce is readInForce where the plan's record and the boundaries of its first
// day have been read from that state.
func (b *boundaries) inForce(ctx context.Context, r *data.Reads, rec *data.PlanRecord, today planner.Date, streets bool) (inForce, error) {
	in := inForce{plan: &planner.Plan{}, record: rec, today: today}
	district, start := b.district.Code, b.date
	var err error
	if rec != nil {
		if in.plan, err = readPlan(ctx, r, district, rec); err != nil {
			return in, err
		}
	}
	if in.snap, err = b.snapshot(ctx, r, streets); err != nil {
		return in, err
	}
	if today <= start {
		return in, nil
	}
	since, err := r.Visits(ctx, district, start, today-1)
	if err != nil {
		return in, err
	}
	for _, v := range since {
		if v.Done {
			in.done = append(in.done, reports.Visit{Resident: v.Resident, Date: v.Date})
		}
	}
	tasks, err := r.TaskVisits(ctx, district, start, today-1)
	if err != nil {
		return in, err
	}
	for _, v := range tasks {
		if v.Done {
			in.done = append(in.done, reports.Visit{Task: v.Task, Date: v.Date})
		}
	}
	return in, nil
}

// board makes the account of the problem that was built from the snapshot, or
// that the plan was made from. Visits to those who have come since the plan was
// made are in the account of the next one.
func (in *inForce) board(ctx context.Context, p *planner.Problem) (*reports.Board, error) {
	known := make(map[string]struct{}, len(p.Residents))
	for i := range p.Residents {
		known[p.Residents[i].ID] = struct{}{}
	}
	var done []reports.Visit
	for _, v := range in.done {
		if _, ok := known[v.Resident]; ok || v.Task != "" {
			done = append(done, v)
		}
	}
	return reports.NewBoard(ctx, reports.BoardInput{Problem: p, Plan: in.plan, Today: max(in.today, p.Start), Done: done})
}

// readPlan reads a plan back as the planner made it.
func readPlan(ctx context.Context, r *data.Reads, district string, rec *data.PlanRecord) (*planner.Plan, error) {
	itineraries, err := r.PlanItineraries(ctx, district, rec.ID, data.ItineraryFilter{NoRoutes: true})
	if err != nil {
		return nil, err
	}
	p := &planner.Plan{Start: rec.Start, Days: rec.Days, Itineraries: make([]planner.Itinerary, len(itineraries))}
	for i := range itineraries {
		p.Itineraries[i] = itineraries[i].Itinerary
	}
	p.Cost, p.Shortages = rec.Cost, rec.Shortages
	p.Unplanned, err = r.Unplanned(ctx, district, rec.ID, "")
	return p, err
}

// readProblem returns what a plan was made from, as it was then; nil for a plan
// of before problems were kept.
func readProblem(ctx context.Context, r *data.Reads, district string, plan int64) (*planner.Problem, error) {
	text, err := r.PlanProblem(ctx, district, plan)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := planner.ReadProblem(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("the problem of plan %d: %w", plan, err)
	}
	return p, nil
}
