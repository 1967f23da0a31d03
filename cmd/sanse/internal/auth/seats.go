package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sanse/data"
)

// seatsKept are how many sessions are remembered, and for how long at most.
const (
	seatsKept = 10_000
	seatLife  = 5 * time.Second
)

// seats remembers who sits where for some seconds, so that a page of many requests
// asks the database once. Whatever changes an account, a grant or a session
// forgets all of it.
type seats struct {
	mu    *sync.Mutex
	kept  map[string]keptSeat // by digest of the token
	round *uint64             // goes up whenever all is forgotten
}

type keptSeat struct {
	seated data.Seated
	read   time.Time
}

func newSeats() seats {
	return seats{mu: new(sync.Mutex), kept: map[string]keptSeat{}, round: new(uint64)}
}

func (s *seats) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.kept)
	*s.round++
}

func (s *seats) get(hash []byte, now time.Time) (data.Seated, uint64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[string(hash)]
	if ok && now.Sub(k.read) < seatLife && !now.Before(k.read) {
		return k.seated, *s.round, true
	}
	return data.Seated{}, *s.round, false
}

// put remembers what was read in a round, unless all was forgotten meanwhile.
func (s *seats) put(hash []byte, seated data.Seated, round uint64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if round != *s.round {
		return
	}
	if len(s.kept) >= seatsKept {
		clear(s.kept)
	}
	s.kept[string(hash)] = keptSeat{seated, now}
}

// Seat tells who holds a token: ErrSignIn if nobody does any more, a *StageError
// beside the seat if something is still asked of them. It notes that the session
// is in use.
func (e *Entry) Seat(ctx context.Context, token data.Token) (data.Seated, error) {
	return e.seat(ctx, token, true)
}

// Glance is Seat for what a page asks by itself: it does not count as use.
func (e *Entry) Glance(ctx context.Context, token data.Token) (data.Seated, error) {
	return e.seat(ctx, token, false)
}

func (e *Entry) seat(ctx context.Context, token data.Token, use bool) (data.Seated, error) {
	if !wellFormed(token) {
		return data.Seated{}, ErrSignIn
	}
	now, hash := e.Now(), token.Hash()
	seated, round, ok := e.seats.get(hash, now)
	if !ok {
		var err error
		seated, err = e.Store.Seat(ctx, hash)
		if errors.Is(err, data.ErrNotFound) {
			return data.Seated{}, ErrSignIn
		}
		if err != nil {
			return data.Seated{}, err
		}
	}
	seated, err := e.judge(ctx, seated, now)
	if err != nil {
		return seated, err
	}
	s := &seated.Session
	if every := touchEvery; use && (s.Idle > 0 && now.Sub(s.SeenAt) > every || now.Sub(s.SeenAt) > 60*every) {
		if err := e.Store.Touch(ctx, e.District, s.ID); errors.Is(err, data.ErrNotFound) {
			return data.Seated{}, ErrSignIn
		} else if err != nil {
			return data.Seated{}, err
		}
		s.SeenAt, ok = now, false
	}
	if !ok {
		e.seats.put(hash, seated, round, now)
	}
	return seated, nil
}

// judge tells whether a session is good now, and moves it to the stage that it
// should be at.
func (e *Entry) judge(ctx context.Context, seated data.Seated, now time.Time) (data.Seated, error) {
	s, a := &seated.Session, seated.Account
	switch {
	case seated.District != e.District,
		a.DisabledAt != nil && !a.DisabledAt.After(now),
		s.RevokedAt != nil, !s.ExpiresAt.After(now):
		return data.Seated{}, ErrSignIn
	case s.IdledOut(now):
		if s.Kind == data.SessionPhone && a.PIN != "" && (s.Stage == data.StageFull || s.Stage == data.StagePIN) {
			return e.moved(ctx, seated, data.StagePIN)
		}
		if err := e.Store.Revoke(ctx, e.District, s.ID); err != nil && !errors.Is(err, data.ErrNotFound) {
			return data.Seated{}, err
		}
		return data.Seated{}, ErrSignIn
	case s.Stage != data.StageFull:
		return seated, &StageError{s.Stage}
	case s.Kind != data.SessionKey && !e.factored(a, seated.Grants, seated.Factor):
		// They were granted meanwhile what asks for a second factor, or the district asks
		// for one.
		return e.moved(ctx, seated, data.StageEnrol)
	}
	return seated, nil
}

// moved sets a session back to a stage. Its token stays: it shows nothing there.
func (e *Entry) moved(ctx context.Context, seated data.Seated, stage data.Stage) (data.Seated, error) {
	if seated.Session.Stage != stage {
		if err := e.Store.SetStage(ctx, e.District, seated.Session.ID, stage, nil); errors.Is(err, data.ErrNotFound) {
			return data.Seated{}, ErrSignIn
		} else if err != nil {
			return data.Seated{}, err
		}
		e.seats.drop()
		seated.Session.Stage = stage
	}
	return seated, &StageError{stage}
}

// Watch forgets what is remembered as soon as anything changes, in this process
// or another, until ctx ends. While changes cannot be heard nothing is remembered
// for more than some seconds; it tries again with the pauses that again gives.
func (e *Entry) Watch(ctx context.Context, again func(context.Context, error) error) error {
	for {
		err := e.Store.Watch(ctx, e.seats.drop, func(district string) {
			if district == e.District {
				e.seats.drop()
			}
		})
		if ctx.Err() != nil {
			return nil
		}
		e.seats.drop()
		if err := again(ctx, err); err != nil {
			return fmt.Errorf("watch accounts: %w", err)
		}
	}
}
