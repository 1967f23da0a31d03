package service

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/paulmach/orb/geojson"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

// planInForce reads the plan in force with everything that it was made from, and
// the account of it as of today.
func (s *Service) planInForce(ctx context.Context, d data.District) (*PlanResult, error) {
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return nil, err
	}
	var stored inForce
	var problem *planner.Problem
	err = s.store.View(ctx, func(r *data.Reads) error {
		rec, err := r.CurrentPlan(ctx, d.Code)
		if errors.Is(err, data.ErrNotFound) {
			return noPlan(d)
		}
		if err != nil {
			return err
		}
		if problem, err = readProblem(ctx, r, d.Code, rec.ID); err != nil {
			return err
		}
		stored, err = readInForce(ctx, r, d.Code, today, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	rec := stored.record
	p := &PlanResult{Snapshot: stored.snap, Plan: stored.plan, Problem: problem}
	if p.Problem == nil { // of before problems were kept: as the records are now
		if p.Problem, _, err = stored.snap.Problem(ctx, rec.Start, rec.Days); err != nil {
			return nil, err
		}
	}
	if p.Board, err = stored.board(ctx, p.Problem); err != nil {
		return nil, fmt.Errorf("count the visits of district %s: %w", d.Code, err)
	}
	if err := json.Unmarshal(rec.Summary, &p.Summary); err != nil {
		return nil, fmt.Errorf("summary of plan %d: %w", rec.ID, err)
	}
	return p, nil
}

func noPlan(d data.District) error {
	return notFound("district %s has no plan yet: 'sanse plan' makes one", Own(d.Code))
}

// Report measures the coverage anew, stores it, and leaves in a folder the
// same files as the demo, made from the plan in force.
// Page, workbook and coverage are marked with who took them, for the viewer's
// purpose, or else a report; the others are written down by their digest.
func (s *Service) Report(ctx context.Context, d data.District, dir string) (Summary, error) {
	if v := viewerOf(ctx); v.Purpose == "" {
		v.Purpose = "report"
		ctx = WithViewer(ctx, v)
	}
	if err := s.record(ctx, d.Code, data.Event{Action: data.ActExport, Object: "report", Area: d.Code}); err != nil {
		return Summary{}, err
	}
	watch := newStopwatch(s.now)
	r, err := s.planInForce(ctx, d)
	if err != nil {
		return Summary{}, err
	}
	watch.lap("snapshot")
	c, err := s.Coverage(ctx, r.Snapshot)
	if err != nil {
		return Summary{}, err
	}
	watch.lap("coverage")
	take := taking(func(file string) (context.Context, error) { return s.begun(ctx, d, "report "+file) })
	if err := s.writeReports(ctx, dir, r, c, take); err != nil {
		return Summary{}, err
	}
	if err := s.writeShortfall(ctx, d, dir, take); err != nil {
		return Summary{}, err
	}
	watch.lap("reports")
	r.Summary.Coverage, r.Summary.Seconds, r.Summary.PeakMemoryMiB = c.Shares(), watch.stages, peakMemoryMiB()
	return r.Summary, s.writeSummary(ctx, dir, r.Summary, take)
}

// Exports are what Export can write.
var Exports = []string{"problem", "plan", "itineraries", "unplanned", "areas", "facilities", "standards", "standards-table"}

// Export writes what is stored of a district: problem and plan as the
// canonical JSON, itineraries and unplanned visits as CSV, areas and facilities
// as GeoJSON, standards as JSON or as the table that Import reads. It carries opaque ids only, never a name.
// What tells of single records is written down with its digest, for it has no mark.
func (s *Service) Export(ctx context.Context, d data.District, what string, w io.Writer) error {
	kind := "export " + what
	switch what {
	case "problem":
		return s.CarryBare(ctx, d, kind, w, func(w io.Writer) (int, error) { return s.exportProblem(ctx, d, w) })
	case "plan", "itineraries", "unplanned":
		return s.CarryBare(ctx, d, kind, w, func(w io.Writer) (int, error) { return s.exportPlan(ctx, d, what, w) })
	}
	if err := s.record(ctx, d.Code, data.Event{Action: data.ActExport, Object: kind, Area: d.Code}); err != nil {
		return err
	}
	switch what {
	case "areas":
		return s.exportAreas(ctx, d, w)
	case "facilities":
		fc, err := s.Facilities(ctx, d.Code)
		if err != nil {
			return err
		}
		return writeGeoJSON(w, fc)
	case "standards", "standards-table":
		return s.exportStandards(ctx, d, what == "standards-table", w)
	}
	return invalid("%q is nothing that can be exported", what)
}

// exportPlan writes the plan in force, or a table of it, and says of how many
// records it tells.
func (s *Service) exportPlan(ctx context.Context, d data.District, what string, w io.Writer) (records int, err error) {
	var plan *planner.Plan
	err = s.store.View(ctx, func(r *data.Reads) error {
		rec, err := r.CurrentPlan(ctx, d.Code)
		if errors.Is(err, data.ErrNotFound) {
			return noPlan(d)
		}
		if err != nil {
			return err
		}
		plan, err = readPlan(ctx, r, d.Code, &rec)
		return err
	})
	if err != nil {
		return 0, err
	}
	switch what {
	case "plan":
		err = planner.WritePlan(w, plan)
	case "itineraries":
		err = writeItineraries(w, plan)
	default:
		err = writeUnplanned(w, plan)
	}
	return toldIn(plan, what != "unplanned", what != "itineraries"), err
}

// toldIn is of how many residents and tasks a plan tells in what is visited, in what
// is not, or in both.
func toldIn(plan *planner.Plan, visited, unplanned bool) int {
	told := make(map[string]bool)
	if visited {
		for i := range plan.Itineraries {
			for _, st := range plan.Itineraries[i].Stops {
				told[cmp.Or(st.Resident, st.Task)] = true
			}
		}
	}
	if unplanned {
		for _, u := range plan.Unplanned {
			told[cmp.Or(u.Resident, u.Task)] = true
		}
	}
	return len(told)
}

// CarryPlan writes a plan that whoever works on the machine takes away, and writes it
// down as Export does.
func (s *Service) CarryPlan(ctx context.Context, d data.District, kind string, plan *planner.Plan, w io.Writer) error {
	return s.CarryBare(ctx, d, kind, w, func(w io.Writer) (int, error) { return toldIn(plan, true, true), planner.WritePlan(w, plan) })
}

// ExportProblem writes the problem of some days as the records are now, whatever
// plan is in force; 0 for the first day and the number as in PlanOptions. It is
// written down as Export does.
func (s *Service) ExportProblem(ctx context.Context, d data.District, start planner.Date, days int, w io.Writer) error {
	return s.CarryBare(ctx, d, "export problem", w, func(w io.Writer) (int, error) {
		start, days, err := s.horizon(d, start, days)
		if err != nil {
			return 0, err
		}
		snap, err := s.Snapshot(ctx, d, start)
		if err != nil {
			return 0, err
		}
		p, _, err := snap.Problem(ctx, start, days)
		if err != nil {
			return 0, err
		}
		return len(p.Residents) + len(p.Tasks), planner.WriteProblem(w, p)
	})
}

// exportProblem writes what the plan in force was made from, as it was then, and
// says of how many records it tells.
func (s *Service) exportProblem(ctx context.Context, d data.District, w io.Writer) (records int, err error) {
	var text []byte
	err = s.store.View(ctx, func(r *data.Reads) error {
		rec, err := r.CurrentPlan(ctx, d.Code)
		if errors.Is(err, data.ErrNotFound) {
			return noPlan(d)
		}
		if err == nil {
			text, err = r.PlanProblem(ctx, d.Code, rec.ID)
		}
		return err
	})
	if errors.Is(err, data.ErrNotFound) { // of before problems were kept
		r, err := s.planInForce(ctx, d)
		if err != nil {
			return 0, err
		}
		return len(r.Problem.Residents) + len(r.Problem.Tasks), planner.WriteProblem(w, r.Problem)
	}
	if err != nil {
		return 0, err
	}
	var of struct{ Residents, Tasks []json.RawMessage }
	if err := json.Unmarshal(text, &of); err != nil {
		return 0, fmt.Errorf("count the records of a problem: %w", err)
	}
	_, err = w.Write(text)
	return len(of.Residents) + len(of.Tasks), err
}

func (s *Service) exportAreas(ctx context.Context, d data.District, w io.Writer) error {
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return err
	}
	areas, err := s.store.Areas(ctx, d.Code, today)
	if err != nil {
		return err
	}
	slices.SortStableFunc(areas, func(a, b data.Area) int { return int(a.Level) - int(b.Level) })
	fc := geojson.NewFeatureCollection()
	for i := range areas {
		a := &areas[i]
		f := geojson.NewFeature(a.Boundary)
		f.Properties = geojson.Properties{
			"code": a.Code, "level": a.Level.String(), "parent": a.Parent, "name": a.Name, "special": a.Special, "valid_from": a.ValidFrom.String(),
			"area_km2": geo.AreaM2(a.Boundary) / 1e6,
		}
		if a.Parts > 0 {
			f.Properties["parts"] = a.Parts
		}
		if len(a.Units) > 0 {
			f.Properties["units"] = geo.FormatUnits(a.Units)
		}
		fc.Append(f)
	}
	return writeGeoJSON(w, fc)
}

func writeGeoJSON(w io.Writer, fc *geojson.FeatureCollection) error {
	b, err := json.Marshal(fc)
	if err != nil {
		return fmt.Errorf("write GeoJSON: %w", err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

func writeItineraries(w io.Writer, plan *planner.Plan) error {
	out, id := csv.NewWriter(w), reports.SpreadsheetText
	rows := [][]string{{"date", "visitor", "block", "depart", "stop", "resident", "arrive", "leave", "walk_seconds", "due_by", "owed", "task"}}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		for j, st := range it.Stops {
			rows = append(rows, []string{
				it.Date.String(), id(it.Visitor), it.Block, it.Depart.String(), strconv.Itoa(j + 1), id(st.Resident),
				st.Arrive.String(), st.Leave.String(), strconv.Itoa(st.WalkSeconds), st.DueBy.String(), strconv.FormatBool(st.Owed), id(st.Task),
			})
		}
	}
	return out.WriteAll(rows)
}

func writeUnplanned(w io.Writer, plan *planner.Plan) error {
	out, id := csv.NewWriter(w), reports.SpreadsheetText
	rows := [][]string{{"resident", "due_by", "owed", "reason", "detail", "task"}}
	for _, u := range plan.Unplanned {
		rows = append(rows, []string{id(u.Resident), u.DueBy.String(), strconv.FormatBool(u.Owed), string(u.Reason), id(u.Detail), id(u.Task)})
	}
	return out.WriteAll(rows)
}
