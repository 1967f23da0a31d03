package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sync/errgroup"

	"sanse/data"
	"sanse/data/demo"
	"sanse/data/imports"
	"sanse/geo"
	"sanse/planner"
	"sanse/planner/ladder"
	"sanse/reports"
)

// DemoOptions say which district to make and where to leave the results.
type DemoOptions struct {
	Seed      uint64
	Tight     bool
	Start     planner.Date // 0: today
	Days      int          // 0: to the end of the month after Start's
	Extract   string       // OpenStreetMap file; empty: the made-up district
	Residents int
	Services  int  // a year, at residents' homes
	Patrol    bool // six hours of patrol points a working day
	Full      int  // percent: visitors are cut until their days are so full
	TimeZone  string
	Out       string // folder of the result files; empty: none are written
	Inputs    string // folder to keep the input files in; empty: they are thrown away
	// UnderWay makes today one that has begun, with visits that are made and cases that
	// are open, and the visits before recorded at their doors; without it nothing has
	// happened since the plan was made, and there are no records.
	UnderWay bool
	Progress func(stage string, done, total int64)
}

// DemoResult is what the demo comes to.
type DemoResult struct {
	*PlanResult
	Coverage *reports.Coverage
}

// Demo does the whole job on a district that it makes: files, import, plan,
// check, coverage, reports. A made-up district of the same code that was there
// before is replaced.
func (s *Service) Demo(ctx context.Context, opt DemoOptions) (_ *DemoResult, err error) {
	if opt.Progress == nil {
		opt.Progress = func(string, int64, int64) {}
	}
	if opt.TimeZone == "" {
		opt.TimeZone = "Asia/Shanghai"
	}
	start, days, err := s.horizon(data.District{TimeZone: opt.TimeZone}, opt.Start, opt.Days)
	if err != nil {
		return nil, err
	}
	if opt.Out != "" { // better now than after the work
		if err := os.MkdirAll(opt.Out, 0o755); err != nil {
			return nil, &Error{Code: CodeOutside, Message: "cannot make the folder for the results", Err: err}
		}
	}
	dir := opt.Inputs
	if dir == "" {
		if dir, err = os.MkdirTemp("", "sanse-demo-"); err != nil {
			return nil, fmt.Errorf("make a folder for the input files: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for the input files: %w", err)
	}
	watch := newStopwatch(s.now)
	manifest, err := demo.Generate(ctx, dir, demo.Options{
		Seed: opt.Seed, Tight: opt.Tight, Start: start, Extract: opt.Extract, Residents: opt.Residents,
		Services: opt.Services, Patrol: opt.Patrol, Full: opt.Full, TimeZone: opt.TimeZone,
		Progress: func(stage string, done, total int) { opt.Progress("make "+stage, int64(done), int64(total)) },
	})
	var disk *fs.PathError
	if errors.As(err, &disk) && disk.Path != opt.Extract {
		return nil, &Error{Code: CodeOutside, Message: "cannot write the district's files", Err: err}
	}
	if err != nil {
		return nil, invalidCause(err, "cannot make the district's files")
	}
	watch.lap("generate")
	// Two demos of one district at once would each plan half of the other's.
	release, err := s.store.Lock(ctx, "demo of district "+manifest.District.Code)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	watch.lap("wait")
	if err := s.importAll(ctx, manifest, start, opt.Progress); err != nil {
		return nil, err
	}
	// Ladders begin with the plan: what is due on its first day is covered already.
	if err := s.store.Write(ctx, func(tx *data.Tx) error {
		return tx.PutLadderRule(manifest.District.Code, "operator", ladder.Reference(start))
	}); err != nil {
		return nil, err
	}
	watch.lap("import")
	r, err := s.plan(ctx, manifest.District, PlanOptions{
		Start: start, Days: days, Seed: opt.Seed,
		Progress: func(stage string, done, total int) { opt.Progress(stage, int64(done), int64(total)) },
	}, watch)
	if err != nil {
		return nil, err
	}
	result := &DemoResult{PlanResult: r}
	opt.Progress("coverage", 0, 0)
	if result.Coverage, err = s.Coverage(ctx, r.Snapshot); err != nil {
		return nil, err
	}
	r.Summary.Coverage = result.Coverage.Shares()
	watch.lap("coverage")
	if opt.Out != "" {
		opt.Progress("reports", 0, 0)
		if err := s.writeReports(ctx, opt.Out, r, result.Coverage, nil); err != nil {
			return nil, err
		}
		watch.lap("reports")
	}
	opt.Progress("store the plan", 0, 0)
	r.Summary.Seconds = watch.stages
	r.Summary.PeakMemoryMiB = peakMemoryMiB()
	if err := s.storePlan(ctx, r, opt.Seed); err != nil {
		return nil, err
	}
	watch.lap("store")
	if opt.Services == 0 {
		// Where services at home are planned here, a proposal makes tasks that the
		// plan of a moment ago does not know: then it is left to who looks at it.
		opt.Progress("match needs", 0, 0)
		if _, err := s.MatchNeeds(asOperator(ctx, manifest.District.Code), manifest.District.Code, MatchOptions{}); err != nil {
			return nil, err
		}
		watch.lap("needs")
	}
	if opt.UnderWay {
		opt.Progress("begin the day", 0, 0)
		if err := s.beginDay(ctx, manifest.District.Code, opt.Seed); err != nil {
			return nil, err
		}
		opt.Progress("record the days before", 0, 0)
		if err := s.recordHistory(ctx, manifest.District.Code, opt.Seed); err != nil {
			return nil, err
		}
		watch.lap("day")
	}
	r.Summary.PeakMemoryMiB = peakMemoryMiB()
	if opt.Out != "" {
		if err := s.writeSummary(ctx, opt.Out, r.Summary, nil); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// importAll replaces a district by the files of a manifest.
func (s *Service) importAll(ctx context.Context, m demo.Manifest, start planner.Date, progress func(string, int64, int64)) error {
	err := s.store.Write(ctx, func(tx *data.Tx) error {
		there, err := tx.Reads().District(ctx, m.District.Code)
		switch {
		case errors.Is(err, data.ErrNotFound):
		case err != nil:
			return err
		case !there.MadeUp:
			return invalid("district %s here is not made up: a demo does not replace it", Own(there.Code))
		}
		if err := tx.DropDistrict(m.District.Code); err != nil {
			return err
		}
		return tx.PutDistrict(m.District)
	})
	if err != nil {
		return fmt.Errorf("make district %s: %w", m.District.Code, err)
	}
	files := map[imports.Kind]string{
		imports.Areas: m.Areas, imports.Streets: m.Streets, imports.Buildings: m.Buildings, imports.Population: m.Population,
		imports.Facilities: m.Facilities, imports.Policies: m.Policies, imports.Visitors: m.Visitors,
		imports.Residents: m.Residents, imports.Visits: m.Visits,
		imports.Tasks: m.Tasks, imports.TaskVisits: m.TaskVisits, imports.Needs: m.Needs, imports.Providers: m.Providers,
	}
	var mu sync.Mutex
	var done int64
	count := func() {
		mu.Lock()
		defer mu.Unlock()
		progress("import", done, int64(len(files)))
		done++
	}
	count()
	// What does not refer to one another goes in side by side.
	for _, step := range [][][]imports.Kind{
		{{imports.Areas}},
		{{imports.Buildings, imports.Population}, {imports.Facilities, imports.Policies, imports.Visitors, imports.Providers, imports.Streets}},
		{{imports.Residents}},
		{{imports.Visits, imports.Needs}, {imports.Tasks, imports.TaskVisits}},
	} {
		group, ctx := errgroup.WithContext(ctx)
		for _, lane := range step {
			group.Go(func() error {
				for _, kind := range lane {
					if err := s.importMade(ctx, m.District, kind, files[kind], start); err != nil {
						return err
					}
					count()
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// importMade imports a file that the demo has made; an empty path is none.
func (s *Service) importMade(ctx context.Context, d data.District, kind imports.Kind, path string, start planner.Date) error {
	if path == "" {
		return nil
	}
	report, err := s.importAsOf(ctx, d, imports.Options{
		Kind: kind, Path: path, CRS: geo.WGS84,
		// Boundaries hold for the history too.
		ValidFrom: start - historyDays,
	}, start)
	if err == nil {
		return nil
	}
	if len(report.Refusals) > 0 {
		r := report.Refusals[0]
		err = fmt.Errorf("%w; the first in line %d, %s: %s", err, r.Line, r.Column, r.Reason)
	}
	return fmt.Errorf("import %s (%s): %w", kind, filepath.Base(path), err)
}
