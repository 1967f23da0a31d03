package service

import (
	"context"
	"errors"
	"path/filepath"

	"sanse/data"
	"sanse/data/imports"
	"sanse/planner"
	"sanse/routing"
)

// errTried takes back what a dry run has stored.
var errTried = errors.New("tried, not stored")

// Import checks a file and stores it in a district, all of it or nothing. The
// report is filled in even where the error says that rows were refused. MadeUp
// says that the people of the file are made up: in a district whose people are,
// anybody at its machine may look as any of them without a password, so nobody who
// lives is to come in there.
func (s *Service) Import(ctx context.Context, d data.District, opt imports.Options, madeUp bool) (imports.Report, error) {
	switch {
	case !opt.Kind.OfPeople():
	case d.MadeUp && !madeUp:
		return imports.Report{}, invalid("the people of district %s are made up, and whoever is at its machine sees all of them without a password: nothing was stored. For people who live make a district of its own (sanse db district CODE NAME); if those of this file are made up too, say --made-up", d.Code)
	case madeUp && !d.MadeUp:
		return imports.Report{}, invalid("the people of district %s are not made up: those of this file do not belong there, and nothing was stored", d.Code)
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return imports.Report{}, err
	}
	return s.importAsOf(ctx, d, opt, today)
}

// importAsOf is Import with the calendar day it is taken to be.
func (s *Service) importAsOf(ctx context.Context, d data.District, opt imports.Options, today planner.Date) (imports.Report, error) {
	opt.District = d.Code
	env, err := imports.EnvOf(ctx, s.store, d.Code, opt.Kind, today, s.now())
	if errors.Is(err, routing.ErrVersion) {
		return imports.Report{}, invalidCause(err, storedOtherwise)
	}
	if err != nil {
		return imports.Report{}, err
	}
	var after func(*data.Tx) error // in the same transaction
	switch opt.Kind {
	case imports.Areas:
		after = func(tx *data.Tx) error {
			if _, err := rehome(ctx, tx, d.Code, today, max(today, opt.ValidFrom)); err != nil || !opt.DryRun {
				return err
			}
			return errTried
		}
	case imports.Standards:
		env.Standards = s.judgeStandards(ctx, d.Code, today)
	case imports.Streets:
		env.Attribution = d.Attribution
		if !d.MadeUp && d.Attribution == "" && !imports.IsRoadLines(opt.Path) {
			d.Attribution = imports.OSMAttribution
			env.Attribution = d.Attribution
			after = func(tx *data.Tx) error { return tx.PutDistrict(d) }
		}
	}
	if after != nil {
		env.Write = func(ctx context.Context, f func(imports.Sink) error) error {
			return s.store.Write(ctx, func(tx *data.Tx) error {
				if err := f(tx); err != nil {
					return err
				}
				return after(tx)
			})
		}
	}
	report, err := imports.Run(ctx, opt, env)
	if err == nil && opt.DryRun && opt.Kind == imports.Areas {
		// Whether boundaries lose anybody shows only once everybody has been
		// moved: it is done, and taken back.
		try := opt
		try.DryRun, try.Progress = false, nil
		if _, e := imports.Run(ctx, try, env); !errors.Is(e, errTried) {
			err = e
		}
	}
	var input *imports.InputError
	switch {
	case errors.Is(err, imports.ErrRefused):
		return report, &Error{
			Code:    CodeNo,
			Message: Tell("%s: %d of %d rows were refused and nothing was stored", Own(filepath.Base(opt.Path)), report.Refused, report.Read),
		}
	case errors.As(err, &input), errors.As(err, new(*data.MissingError)), errors.As(err, new(*data.TwiceError)), errors.As(err, new(*data.InvalidError)):
		return report, invalidCause(err, "cannot import %s", opt.Kind)
	}
	return report, err
}
