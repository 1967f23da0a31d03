package service

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"sanse/data"
	"sanse/reports"
	"sanse/reports/mark"
)

// leaving is a file on its way out of the house.
type leaving struct {
	district data.District
	id, kind string
	area     string
	at       time.Time // in the district's time zone
	until    time.Time
	last     string // the day
	purpose  Purpose
}

type leavingKey struct{}

// leavingOf is the file that is being made in a context; nil: none that is marked.
func leavingOf(ctx context.Context) *leaving {
	l, _ := ctx.Value(leavingKey{}).(*leaving) // none: the file is the same for all
	return l
}

// BeginExport lets whoever asks take a file out of the house for the purpose that
// they named, if their roles take another one today. That they take it is recorded
// before it is made. What Leave writes in the context that is returned is marked.
func (s *Service) BeginExport(ctx context.Context, district, kind, area string) (context.Context, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return ctx, err
	}
	l, err := s.leaving(ctx, d, kind, area)
	if err != nil {
		return ctx, err
	}
	ctx = context.WithValue(ctx, leavingKey{}, l)
	if c, bounded := viewerOf(ctx).cap(); bounded && c.Files > 0 {
		var used data.ExportUse
		err := s.atDesk(ctx, func(desk *data.Desk) (err error) {
			used, err = desk.ExportsSince(ctx, d.Code, viewerOf(ctx).Account, midnight(l.at, 0))
			return err
		})
		if err != nil {
			return ctx, err
		}
		if err := c.refuse(used, 0, midnight(l.at, 1)); err != nil {
			return ctx, errors.Join(err, s.Exported(ctx, d.Code, kind, area, data.OutcomeRefused))
		}
	}
	return ctx, s.Exported(ctx, d.Code, kind, area, data.OutcomeOK)
}

// begun is a context in which a file is marked that was recorded already.
func (s *Service) begun(ctx context.Context, d data.District, kind string) (context.Context, error) {
	l, err := s.leaving(ctx, d, kind, d.Code)
	if err != nil {
		return ctx, err
	}
	return context.WithValue(ctx, leavingKey{}, l), nil
}

// leaving is a new file of a district.
func (s *Service) leaving(ctx context.Context, d data.District, kind, area string) (*leaving, error) {
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return nil, invalid("there is no time zone %q", d.TimeZone)
	}
	purpose, ok := PurposeOf(viewerOf(ctx).Purpose)
	if !ok {
		return nil, invalid("a file leaves the house for a purpose")
	}
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, fmt.Errorf("number a file: %w", err)
	}
	named, err := s.nameable(ctx, d.Code, area)
	if err != nil {
		return nil, err
	}
	if !named {
		area = d.Code
	}
	l := &leaving{district: d, id: "x" + hex.EncodeToString(b[:]), kind: kind, area: area, at: s.now().In(zone).Truncate(time.Microsecond), purpose: purpose}
	l.last, l.until = purpose.last(l.at)
	return l, nil
}

// midnight is the beginning of the day of a time, or of one some days later.
func midnight(at time.Time, days int) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, at.Location())
}

// Exported records that somebody takes a file out of the house, for the purpose
// that they named, was refused one, or that it could not be made.
func (s *Service) Exported(ctx context.Context, district, operation, area string, outcome data.Outcome) error {
	named, err := s.nameable(ctx, district, area)
	if err != nil {
		return err
	}
	if !named {
		area = district
	}
	e := data.Event{Action: data.ActExport, Object: operation, Area: area, Outcome: outcome}
	if l := leavingOf(ctx); l != nil {
		e.Detail = map[string]string{"export": l.id, "until": l.last}
	}
	return s.record(ctx, district, e)
}

// Leave writes a file that tells of so many single records as it leaves the house:
// with the mark of who takes it, written down beside all others. What cannot be
// written down is not handed out. A file that is begun by nobody (BeginExport) is
// the same for all, and has no mark.
func (s *Service) Leave(ctx context.Context, records int, w io.Writer, write func(io.Writer, reports.Marked) error) error {
	l := leavingOf(ctx)
	if l == nil {
		return write(w, reports.Marked{})
	}
	account := viewerOf(ctx).Account
	m := mark.Mark{District: l.district.Code, Export: l.id, Account: account, At: l.at, Until: l.until, Purpose: l.purpose.Code}
	var b bytes.Buffer
	if err := write(&b, reports.Marked{
		Number: l.id, Account: account, At: l.at.Format("2006-01-02 15:04"), Until: l.last, Purpose: l.purpose.Name, Hidden: m.Blank(),
	}); err != nil {
		return err
	}
	file, digest, err := mark.Seal(b.Bytes(), m, func(digest []byte) ([]byte, error) {
		return s.store.SealExport(ctx, l.district.Code, m.Facts(digest)...)
	})
	if err != nil {
		return fmt.Errorf("mark file %s: %w", l.id, err)
	}
	row := data.Export{ID: l.id, Account: account, At: l.at, Kind: l.kind, Area: l.area, Purpose: l.purpose.Code, Records: records, Until: l.until, Digest: digest}
	c, bounded := viewerOf(ctx).cap()
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		return desk.TakeExport(ctx, l.district.Code, row, midnight(l.at, 0), func(used data.ExportUse) error {
			if !bounded {
				return nil
			}
			return c.refuse(used, records, midnight(l.at, 1))
		})
	})
	var refused *CapError
	if errors.As(err, &refused) {
		e := data.Event{Action: data.ActExport, Object: l.kind, Area: l.area, N: records, Outcome: data.OutcomeRefused, Detail: map[string]string{"export": l.id, "cap": string(refused.Kind), "most": strconv.Itoa(refused.Most)}}
		return errors.Join(err, s.record(ctx, l.district.Code, e))
	}
	if CodeOf(err) == CodeSignIn {
		return err
	}
	if err != nil {
		return &Error{Code: CodeOutside, Message: "this file could not be written down, so it is not handed out", Err: err}
	}
	_, err = w.Write(file)
	return err
}

// ExportTerms is what somebody may take out of the house, and has today.
type ExportTerms struct {
	Cap
	Used     data.ExportUse
	Bounded  bool
	Purposes []PurposeTerm
}

// PurposeTerm is how long a file is good that is taken now.
type PurposeTerm struct {
	Purpose
	Last string // the last day
}

// ExportTerms tells whoever asks what they may take today.
func (s *Service) ExportTerms(ctx context.Context, district string) (t ExportTerms, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return t, err
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return t, invalid("there is no time zone %q", d.TimeZone)
	}
	at := s.now().In(zone)
	for _, p := range Purposes {
		last, _ := p.last(at)
		t.Purposes = append(t.Purposes, PurposeTerm{p, last})
	}
	t.Cap, t.Bounded = viewerOf(ctx).cap()
	err = s.atDesk(ctx, func(desk *data.Desk) (err error) {
		t.Used, err = desk.ExportsSince(ctx, d.Code, viewerOf(ctx).Account, midnight(at, 0))
		return err
	})
	return t, err
}
