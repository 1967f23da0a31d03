package service

import (
	"context"

	"sanse/data"
	"sanse/planner/form"
)

// Forms are the forms of a district's own, the first first; a district without one
// asks by the reference.
func (s *Service) Forms(ctx context.Context, district string) ([]form.Form, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	return s.store.Forms(ctx, d.Code)
}

// PutForm sets what is asked and looked at on visits from a day on, and returns it
// with its id. Phones have the form of today already, so it begins tomorrow at the
// earliest.
func (s *Service) PutForm(ctx context.Context, district string, f form.Form) (form.Form, error) {
	if err := mustMay(ctx, CapPlan, district); err != nil {
		return f, err
	}
	f.ID = ""
	if err := f.Validate(); err != nil {
		return f, invalidCause(err, "this is no form")
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return f, err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return f, err
	}
	if f.From <= today {
		return f, invalid("from: a form begins on %s at the earliest, for phones have that of today already", today+1)
	}
	err = s.store.Write(ctx, func(tx *data.Tx) (err error) {
		f, err = tx.PutForm(d.Code, viewerOf(ctx).Account, f)
		return err
	})
	return f, err
}
