package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sanse/data"
)

// atDesk opens what names people: f sees what the session of who asks may see, by
// the rules of the database, and nothing else.
func (s *Service) atDesk(ctx context.Context, f func(*data.Desk) error) error {
	err := s.store.AtDesk(ctx, viewerOf(ctx).Token, f)
	if errors.Is(err, data.ErrNoSeat) { // it was ended while it asked
		return &Error{Code: CodeSignIn, Message: "your session has ended: sign in again", Err: err}
	}
	return err
}

// recordAt records a look in the transaction of the desk, or, of the operator, who
// has no session to record in the name of, in one of its own.
func (s *Service) recordAt(ctx context.Context, d *data.Desk, district string, e data.Event) error {
	if viewerOf(ctx).unseated() {
		return s.record(ctx, district, e)
	}
	return d.Record(ctx, district, e)
}

// shown has the database decide a second time, from the session alone, whether who
// asks may be told of these residents; the service has decided that they may. The
// look is recorded as e says, in the transaction in which the database shows them;
// without ids of its own e is of these residents, and without an action the caller
// records it.
func (s *Service) shown(ctx context.Context, snap *Snapshot, residents []string, e data.Event) error {
	residents = eachOnce(residents)
	if len(e.IDs) == 0 {
		e.IDs = residents
	}
	var looks []data.Event
	if e.Action != "" {
		looks = append(looks, e)
	}
	_, err := s.told(ctx, snap, data.Ask{Residents: residents}, looks...)
	return err
}

// told is shown for a page that names people as well: all of it is asked at the
// desk at once. If the database shows one of the residents not, nothing is told,
// and the audit has it as an alarm: one of the two locks is wrong. A resident who
// is shown may still be named to nobody.
func (s *Service) told(ctx context.Context, snap *Snapshot, ask data.Ask, looks ...data.Event) (out data.Answer, err error) {
	district, unseated := snap.District.Code, viewerOf(ctx).unseated()
	ask.Persons, ask.Visitors, ask.Tasks = eachOnce(ask.Persons), eachOnce(ask.Visitors), eachOnce(ask.Tasks)
	ask.Residents = slices.DeleteFunc(eachOnce(ask.Residents), func(id string) bool {
		_, named := slices.BinarySearch(ask.Persons, id)
		return named || unseated // who is named is seen; for the operator there is nothing to decide by
	})
	if len(ask.Residents)+len(ask.Persons)+len(ask.Visitors)+len(ask.Tasks) == 0 {
		for _, e := range looks {
			err = errors.Join(err, s.record(ctx, district, e))
		}
		return out, err
	}
	var hidden []string
	err = s.atDesk(ctx, func(d *data.Desk) (err error) {
		if out, err = d.Look(ctx, district, ask); err != nil {
			return err
		}
		if !unseated {
			if hidden, err = hiddenOf(ctx, d, district, ask, out); err != nil || len(hidden) > 0 {
				return err
			}
		}
		for _, e := range looks {
			if err := s.recordAt(ctx, d, district, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return data.Answer{}, err
	}
	if len(hidden) > 0 {
		return data.Answer{}, s.hid(ctx, snap, hidden)
	}
	return out, nil
}

// hiddenOf are the residents of a question whom the database does not show.
func hiddenOf(ctx context.Context, d *data.Desk, district string, ask data.Ask, out data.Answer) (hidden []string, err error) {
	for _, id := range ask.Residents {
		if !out.Residents[id] {
			hidden = append(hidden, id)
		}
	}
	var unnamed []string
	for _, id := range ask.Persons {
		if _, ok := out.Persons[id]; !ok {
			unnamed = append(unnamed, id)
		}
	}
	if len(unnamed) == 0 {
		return hidden, nil
	}
	visible, err := d.Visible(ctx, district, unnamed)
	for _, id := range unnamed {
		if !visible[id] {
			hidden = append(hidden, id)
		}
	}
	return hidden, err
}

// hid answers where the database shows not what the service would have told.
func (s *Service) hid(ctx context.Context, snap *Snapshot, hidden []string) error {
	district := snap.District.Code
	version, err := s.store.DataVersion(ctx, district)
	if err != nil {
		return err
	}
	if version != snap.Version {
		return &Error{Code: CodeNo, Message: "the records changed meanwhile: ask again"}
	}
	s.log.Error("the database shows not what the service would have told", "residents", len(hidden), "account", viewerOf(ctx).Account)
	refused := data.Event{Action: data.ActRead, Object: "resident", IDs: hidden, Outcome: data.OutcomeRefusedByDatabase}
	if err := s.store.Record(ctx, district, refused); err != nil {
		return fmt.Errorf("record what the database refused: %w", err)
	}
	return forbidden(notTheirs)
}

// eachOnce sorts ids and leaves out what is empty or there twice.
func eachOnce(ids []string) []string {
	sorted := slices.Sorted(slices.Values(ids))
	return slices.DeleteFunc(slices.Compact(sorted), func(id string) bool { return id == "" })
}

// unseated tells whether it is the operator who asks, without a session by which
// the database could decide.
func (v Viewer) unseated() bool {
	return v.Session == "" && v.Token == "" && slices.ContainsFunc(v.Seats, func(s Seat) bool { return s.Role == operator })
}
