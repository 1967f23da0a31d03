package service

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"sanse/cmd/sanse/internal/web"
	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

// WriteFile writes a file as a whole or not at all: under a name of its own
// first, then in the place of what was there. Only its owner can read it, for
// what the program writes tells where people live who need care.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return &Error{Code: CodeOutside, Message: "cannot write " + filepath.Base(path), Err: err}
	}
	err = errors.Join(write(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		return nil
	}
	var known *Error
	if !errors.As(err, &known) { // else what was to be written is the trouble, not the disk
		err = &Error{Code: CodeOutside, Message: "cannot write " + filepath.Base(path), Err: err}
	}
	return errors.Join(err, os.Remove(f.Name()))
}

// taking makes the context in which a file of a folder is marked, or written down by
// its digest where it has no room for a mark; nil: none is, they are nobody's.
type taking func(file string) (context.Context, error)

// of is the context of a file.
func (t taking) of(ctx context.Context, file string) (context.Context, error) {
	if t == nil {
		return ctx, nil
	}
	return t(file)
}

// leaveIn writes a file of a folder that has no room for a mark.
func (s *Service) leaveIn(ctx context.Context, dir, file string, take taking, write func(io.Writer) (records int, err error)) error {
	return WriteFile(filepath.Join(dir, file), func(w io.Writer) error {
		ctx, err := take.of(ctx, file)
		if err != nil {
			return err
		}
		return s.leaveBare(ctx, w, write)
	})
}

// writeReports leaves problem, plan, coverage, page and workbook in a folder.
func (s *Service) writeReports(ctx context.Context, dir string, r *PlanResult, c *reports.Coverage, take taking) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &Error{Code: CodeOutside, Message: "cannot make the folder for the results", Err: err}
	}
	js, err := web.ECharts()
	if err != nil {
		return &Error{Code: CodeOutside, Message: "the report needs the pages' chart script, which is not built in", Err: err}
	}
	d := r.Snapshot.District
	about := reports.About{
		District: d.Code, Name: d.Name, MadeUp: d.MadeUp, Note: d.Note, Attribution: d.Attribution, Review: d.ReviewNumber,
		Start: r.Problem.Start, Days: r.Problem.Days, Today: r.Board.Today(), Made: made(s.now(), d.TimeZone),
	}
	areas := r.Snapshot.areas()
	labels := Labels()
	marked := func(file string, records int, write func(io.Writer, reports.Marked) error) func(io.Writer) error {
		return func(w io.Writer) error {
			ctx, err := take.of(ctx, file)
			if err != nil {
				return err
			}
			return s.Leave(ctx, records, w, write)
		}
	}
	err = s.leaveIn(ctx, dir, "problem.json", take, func(w io.Writer) (int, error) {
		return len(r.Problem.Residents) + len(r.Problem.Tasks), planner.WriteProblem(w, r.Problem)
	})
	if err == nil {
		err = s.leaveIn(ctx, dir, "plan.json", take, func(w io.Writer) (int, error) { return toldIn(r.Plan, true, true), planner.WritePlan(w, r.Plan) })
	}
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"coverage.geojson", marked("coverage.geojson", 0, func(w io.Writer, m reports.Marked) error {
			return reports.WriteCoverageGeoJSON(w, reports.GeoJSONInput{About: about, Labels: labels, Coverage: c, Areas: areas, Mark: m})
		})},
		{"report.html", marked("report.html", len(r.Plan.Unplanned), func(w io.Writer, m reports.Marked) error {
			return reports.WriteHTML(w, reports.HTMLInput{About: about, Labels: labels, Board: r.Board, Coverage: c, Areas: areas, EChartsJS: js, Mark: m})
		})},
		{"workbook.xlsx", marked("workbook.xlsx", len(r.Problem.Residents)+len(r.Problem.Tasks), func(w io.Writer, m reports.Marked) error {
			return reports.WriteWorkbook(w, reports.WorkbookInput{About: about, Labels: labels, Board: r.Board, Problem: r.Problem, Plan: r.Plan, Coverage: c, Mark: m})
		})},
	} {
		if err := WriteFile(filepath.Join(dir, file.name), file.write); err != nil {
			return err
		}
	}
	return nil
}

// writeSummary leaves the figures of a run in a folder: sums, and nobody's.
func (s *Service) writeSummary(ctx context.Context, dir string, sum Summary, take taking) error {
	return s.leaveIn(ctx, dir, "summary.json", take, func(w io.Writer) (int, error) {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return 0, e.Encode(sum)
	})
}

// areas lists the areas of the snapshot with their boundaries, by level and code.
func (s *Snapshot) areas() []geo.Area {
	var out []geo.Area
	for level := geo.LevelDistrict; level <= s.Tree.Deepest(); level++ {
		for _, code := range s.Tree.Codes(level) {
			a, _ := s.Tree.Area(code)
			out = append(out, a)
		}
	}
	return out
}

// Labels are the words of the domain for the reports. Some keys are both a skill
// and a service; reports mean the service.
func Labels() reports.Labels {
	out := make(reports.Labels)
	for _, terms := range [][]data.Term{data.Grades, data.ResidentKinds, data.VisitorKinds, data.Tiers, data.Skills, data.TaskKinds, data.Services} {
		for _, t := range terms {
			out[t.Key] = reports.Label{Chinese: t.Chinese, English: t.English}
		}
	}
	return out
}

// made formats an instant in the district's time zone for people.
func made(at time.Time, timeZone string) string {
	if loc, err := time.LoadLocation(timeZone); err == nil {
		at = at.In(loc)
	}
	return at.Format("2006-01-02 15:04")
}
