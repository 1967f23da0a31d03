package service

import (
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

// inForce reads the plan in force with everything that it was made from.
func (s *Service) inForce(ctx context.Context, d data.District) (*PlanResult, error) {
	rec, err := s.store.CurrentPlan(ctx, d.Code)
	if errors.Is(err, data.ErrNotFound) {
		return nil, notFound("district %s has no plan yet: 'sanse plan' makes one", d.Code)
	}
	if err != nil {
		return nil, err
	}
	r := &PlanResult{}
	if r.Snapshot, err = s.Snapshot(ctx, d, rec.Start); err != nil {
		return nil, err
	}
	if r.Problem, r.places, err = r.Snapshot.Problem(ctx, rec.Start, rec.Days); err != nil {
		return nil, err
	}
	if r.Plan, err = s.storedPlan(ctx, d.Code, &rec); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(rec.Summary, &r.Summary); err != nil {
		return nil, fmt.Errorf("summary of plan %d: %w", rec.ID, err)
	}
	return r, nil
}

// Report measures the coverage anew, stores it, and leaves in a folder the
// same files as the demo, made from the plan in force.
func (s *Service) Report(ctx context.Context, d data.District, dir string) (Summary, error) {
	watch := newStopwatch(s.now)
	r, err := s.inForce(ctx, d)
	if err != nil {
		return Summary{}, err
	}
	watch.lap("snapshot")
	if r.Board, err = reports.NewBoard(ctx, reports.BoardInput{Problem: r.Problem, Plan: r.Plan}); err != nil {
		return Summary{}, fmt.Errorf("count the visits of district %s: %w", d.Code, err)
	}
	c, err := s.Coverage(ctx, r.Snapshot)
	if err != nil {
		return Summary{}, err
	}
	watch.lap("coverage")
	if err := s.writeReports(dir, r, c); err != nil {
		return Summary{}, err
	}
	watch.lap("reports")
	r.Summary.Coverage, r.Summary.Seconds, r.Summary.PeakMemoryMiB = c.Shares(), watch.stages, peakMemoryMiB()
	return r.Summary, writeSummary(dir, r.Summary)
}

// Exports are what Export can write.
var Exports = []string{"problem", "plan", "itineraries", "unplanned", "areas", "facilities"}

// Export writes what is stored of a district: problem and plan as the
// canonical JSON, itineraries and unplanned visits as CSV, areas and facilities
// as GeoJSON. It carries opaque ids only, never a name.
func (s *Service) Export(ctx context.Context, d data.District, what string, w io.Writer) error {
	switch what {
	case "problem":
		r, err := s.inForce(ctx, d)
		if err != nil {
			return err
		}
		return planner.WriteProblem(w, r.Problem)
	case "areas":
		return s.exportAreas(ctx, d, w)
	case "facilities":
		fc, err := s.Facilities(ctx, d.Code)
		if err != nil {
			return err
		}
		return writeGeoJSON(w, fc)
	}
	rec, err := s.store.CurrentPlan(ctx, d.Code)
	if errors.Is(err, data.ErrNotFound) {
		return notFound("district %s has no plan yet: 'sanse plan' makes one", d.Code)
	}
	if err != nil {
		return err
	}
	plan, err := s.storedPlan(ctx, d.Code, &rec)
	if err != nil {
		return err
	}
	switch what {
	case "plan":
		return planner.WritePlan(w, plan)
	case "itineraries":
		return writeItineraries(w, plan)
	case "unplanned":
		return writeUnplanned(w, plan)
	}
	return invalid("%q is nothing that can be exported", what)
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
	out := csv.NewWriter(w)
	rows := [][]string{{"date", "visitor", "block", "depart", "stop", "resident", "arrive", "leave", "walk_seconds", "due_by", "owed"}}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		for j, st := range it.Stops {
			rows = append(rows, []string{
				it.Date.String(), it.Visitor, it.Block, it.Depart.String(), strconv.Itoa(j + 1), st.Resident,
				st.Arrive.String(), st.Leave.String(), strconv.Itoa(st.WalkSeconds), st.DueBy.String(), strconv.FormatBool(st.Owed),
			})
		}
	}
	return out.WriteAll(rows)
}

func writeUnplanned(w io.Writer, plan *planner.Plan) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"resident", "due_by", "owed", "reason", "detail"}}
	for _, u := range plan.Unplanned {
		rows = append(rows, []string{u.Resident, u.DueBy.String(), strconv.FormatBool(u.Owed), string(u.Reason), u.Detail})
	}
	return out.WriteAll(rows)
}
