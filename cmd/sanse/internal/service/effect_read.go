package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sanse/data"
	"sanse/data/imports"
	"sanse/geo"
	"sanse/planner"
)

// ReadProposal reads the areas of a redraw from a file as an import of them
// would, with all its checks against the areas of the day from that stay, and
// stores nothing. Retired areas, and those in them, are not among these. What is
// refused is told in the report and by an error (CodeInvalid).
func (s *Service) ReadProposal(ctx context.Context, d data.District, opt imports.Options, from planner.Date, retire []string) ([]geo.Area, imports.Report, error) {
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return nil, imports.Report{}, err
	}
	if from == 0 {
		from = today
	}
	if from < today {
		return nil, imports.Report{}, invalid("a redraw cannot come into force on %s, which is past", from)
	}
	stored, err := s.store.Areas(ctx, d.Code, from)
	if err != nil {
		return nil, imports.Report{}, err
	}
	var stay []data.Area
	for i := range stored {
		gone := false
		for _, code := range retire {
			gone = gone || strings.HasPrefix(stored[i].Code, code)
		}
		if !gone {
			stay = append(stay, stored[i])
		}
	}
	if len(stay) == 0 {
		return nil, imports.Report{}, invalid("district %s has no areas valid on %s: import areas first", Own(d.Code), from)
	}
	tree, err := treeOf(stay)
	if err != nil {
		return nil, imports.Report{}, invalidCause(err, "the areas of district %s", d.Code)
	}
	opt.Kind, opt.District, opt.ValidFrom, opt.DryRun, opt.SkipRefused = imports.Areas, d.Code, from, false, false
	read := func(opt imports.Options) ([]geo.Area, imports.Report, error) {
		var kept caught
		report, err := imports.Run(ctx, opt, imports.Env{
			Areas: tree, Today: today, Now: s.now(),
			Write: func(_ context.Context, f func(imports.Sink) error) error { return f(&kept) },
		})
		report.Stored = 0
		return kept.areas, report, err
	}
	areas, report, err := read(opt)
	var input *imports.InputError
	switch {
	case errors.Is(err, imports.ErrRefused):
		if opt.CRS == "" || opt.CRS == geo.WGS84 {
			hint, err := otherwiseRead(opt, read)
			if err != nil {
				return nil, report, err
			}
			report.Hints = append(report.Hints, hint...)
		}
		return nil, report, invalid("%s: %d of %d areas were refused", Own(filepath.Base(opt.Path)), report.Refused, report.Read)
	case errors.As(err, &input):
		return nil, report, invalidCause(err, "cannot read the areas")
	}
	return areas, report, err
}

// otherwiseRead says in which other system the file would be right, if in one.
func otherwiseRead(opt imports.Options, read func(imports.Options) ([]geo.Area, imports.Report, error)) (hint []string, err error) {
	dir, err := os.MkdirTemp("", "sanse-areas-") // for what a try refuses
	if err != nil {
		return nil, fmt.Errorf("try other coordinates: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	opt.RefusedPath = filepath.Join(dir, "refused.csv")
	for _, crs := range []geo.CRS{geo.GCJ02, geo.BD09} {
		opt.CRS = crs
		if _, _, err := read(opt); err == nil {
			return []string{fmt.Sprintf("the areas fit if their coordinates are %s: give --crs %s", strings.ToUpper(string(crs)), crs)}, nil
		}
	}
	return nil, nil
}

// caught keeps areas that an import would store.
type caught struct {
	imports.Sink // nothing else is put by an import of areas
	areas        []geo.Area
}

// PutAreas implements imports.Sink.
func (c *caught) PutAreas(_ string, areas []data.Area) error {
	for i := range areas {
		c.areas = append(c.areas, areas[i].Area)
	}
	return nil
}

// PutImport implements imports.Sink.
func (c *caught) PutImport(string, data.ImportRecord) error { return nil }
