package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"sanse/data"
	"sanse/reports/shortfall"
	"sanse/routing"
)

// StandardsView is what a district goes by.
type StandardsView struct {
	Set       *shortfall.Set
	Version   int  // raised by every edit
	Reference bool // nothing of the district's own
}

// Standards returns the standards of a district: its own, or the reference set.
func (s *Service) Standards(ctx context.Context, district string) (StandardsView, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return StandardsView{}, err
	}
	stored, err := s.store.Standards(ctx, d.Code)
	if err != nil {
		return StandardsView{}, err
	}
	return standardsOf(stored)
}

func standardsOf(stored data.StandardSet) (v StandardsView, err error) {
	v.Version, v.Reference = stored.Version, stored.Content == nil
	if v.Reference {
		v.Set, err = shortfall.Reference()
	} else if v.Set, err = shortfall.Read(stored.Content); err != nil {
		err = fmt.Errorf("standards, version %d: %w", stored.Version, err)
	}
	return v, err
}

// AnyVersion stands for whatever version there is: the file at hand replaces it.
const AnyVersion = 0

// PutStandards replaces the standards of a district, of that version; nil brings
// the reference set back. A set that makes no sense is refused with a
// *shortfall.InvalidError in the chain, and one in place of a version that has
// gone with CodeChanged.
func (s *Service) PutStandards(ctx context.Context, district string, version int, set *shortfall.Set) (StandardsView, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return StandardsView{}, err
	}
	if err := mustMay(ctx, CapPlan, d.Code); err != nil {
		return StandardsView{}, err
	}
	var content json.RawMessage
	if set != nil {
		today, err := s.Today(d.TimeZone)
		if err != nil {
			return StandardsView{}, err
		}
		known := knownWords()
		known.Year = today.Time().Year()
		if err := set.Validate(known); err != nil {
			return StandardsView{}, invalidCause(err, "the standards make no sense")
		}
		if content, err = set.Write(); err != nil {
			return StandardsView{}, err
		}
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		if version == AnyVersion {
			now, err := tx.Reads().Standards(ctx, d.Code)
			if err != nil {
				return err
			}
			version = now.Version
		}
		now, err := tx.PutStandards(d.Code, version, content, s.now())
		if errors.Is(err, data.ErrStandards) {
			return &Error{Code: CodeChanged, Message: Tell("the standards have been changed meanwhile: they are of version %d, not %d", now, version)}
		}
		if err != nil {
			return err
		}
		return tx.Record(d.Code, wrote(data.ActUpdate, "standards", now))
	})
	if err != nil {
		return StandardsView{}, err
	}
	return s.Standards(ctx, d.Code)
}

// knownWords are what standards may speak of. Grades and kinds of residents are
// the district's own.
func knownWords() shortfall.Known {
	var k shortfall.Known
	for _, t := range data.Services {
		k.Services = append(k.Services, t.Key)
	}
	for _, p := range routing.ProfileNames() {
		if p != "car" && p != "e-bike" {
			k.Profiles = append(k.Profiles, p)
		}
	}
	return k
}
