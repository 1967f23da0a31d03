package service

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
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
	recorded bool // that it is taken is in the audit already
}

type leavingKey struct{}

// leavingOf is the file that is being made in a context; nil: none that is marked.
func leavingOf(ctx context.Context) *leaving {
	l, _ := ctx.Value(leavingKey{}).(*leaving) // none: the file is the same for all
	return l
}

// BeginExport gives a file that whoever asks wants to take out of the house its
// number. What Leave writes in the context that is returned is marked, counted and
// recorded. Whether it is a file that everybody gets, which is none of that, comes
// out when it is made.
func (s *Service) BeginExport(ctx context.Context, district, kind, area string) (context.Context, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return ctx, err
	}
	l, err := s.leaving(ctx, d, kind, area)
	if err != nil {
		return ctx, err
	}
	return context.WithValue(ctx, leavingKey{}, l), nil
}

// begun is a context in which a file is marked that was recorded already.
func (s *Service) begun(ctx context.Context, d data.District, kind string) (context.Context, error) {
	l, err := s.leaving(ctx, d, kind, d.Code)
	if err != nil {
		return ctx, err
	}
	l.recorded = true
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

// event is what the audit keeps of the file.
func (l *leaving) event(records int, outcome data.Outcome) data.Event {
	return data.Event{
		Action: data.ActExport, Object: l.kind, Area: l.area, N: records, Outcome: outcome,
		Detail: map[string]string{"export": l.id, "until": l.last},
	}
}

// Leave writes a file that tells of so many single records as it leaves the house:
// with the mark of who takes it, if their roles take another one today, written down
// beside all others and recorded. What cannot be written down is not handed out. A
// file that is begun by nobody (BeginExport) is the same for all, and has no mark.
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
	if err := s.takeOut(ctx, l, records, digest); err != nil {
		return err
	}
	_, err = w.Write(file)
	return err
}

// Carry writes a file that whoever works on the machine takes away, with their mark:
// for the purpose that they named, or else for planning. That it is taken is recorded.
func (s *Service) Carry(ctx context.Context, d data.District, kind string, records int, w io.Writer, write func(io.Writer, reports.Marked) error) error {
	ctx, err := s.BeginExport(planning(ctx), d.Code, kind, d.Code)
	if err != nil {
		return err
	}
	return s.Leave(ctx, records, w, write)
}

// planning is a context for planning where no purpose is named.
func planning(ctx context.Context) context.Context {
	v := viewerOf(ctx)
	if v.Purpose == "" {
		v.Purpose = "planning"
	}
	return WithViewer(ctx, v)
}

// CarryBare is Carry of a file that has no room for a mark, as leaveBare is of Leave.
func (s *Service) CarryBare(ctx context.Context, d data.District, kind string, w io.Writer, write func(io.Writer) (records int, err error)) error {
	ctx, err := s.BeginExport(planning(ctx), d.Code, kind, d.Code)
	if err != nil {
		return err
	}
	return s.leaveBare(ctx, w, write)
}

// leaveBare is Leave of a file that has no room for a mark, for programs read it
// field by field: write says of how many records it tells. It is written down by its
// digest, so that a copy that nobody changed leads back.
func (s *Service) leaveBare(ctx context.Context, w io.Writer, write func(io.Writer) (records int, err error)) error {
	l := leavingOf(ctx)
	if l == nil {
		_, err := write(w)
		return err
	}
	var b bytes.Buffer
	records, err := write(&b)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(b.Bytes())
	if err := s.takeOut(ctx, l, records, digest[:]); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// takeOut writes down that a file leaves, and records it, if whoever takes it may
// take one more.
func (s *Service) takeOut(ctx context.Context, l *leaving, records int, digest []byte) error {
	account := viewerOf(ctx).Account
	row := data.Export{ID: l.id, Account: account, At: l.at, Kind: l.kind, Area: l.area, Purpose: l.purpose.Code, Records: records, Until: l.until, Digest: digest}
	c, bounded, err := s.capOf(ctx, l.district.Code)
	if err != nil {
		return err
	}
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		err := desk.TakeExport(ctx, l.district.Code, row, midnight(l.at, 0), func(used data.ExportUse) error {
			if !bounded {
				return nil
			}
			return c.refuse(used, records, midnight(l.at, 1))
		})
		if err != nil || l.recorded {
			return err
		}
		return s.recordAt(ctx, desk, l.district.Code, l.event(records, data.OutcomeOK))
	})
	var refused *CapError
	if errors.As(err, &refused) {
		e := l.event(records, data.OutcomeRefused)
		e.Detail["cap"], e.Detail["most"] = string(refused.Kind), strconv.Itoa(refused.Most)
		return errors.Join(err, s.record(ctx, l.district.Code, e))
	}
	if err == nil || CodeOf(err) == CodeSignIn {
		return err
	}
	return &Error{Code: CodeOutside, Message: "this file could not be written down, so it is not handed out", Err: err}
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
	if t.Cap, t.Bounded, err = s.capOf(ctx, d.Code); err != nil {
		return t, err
	}
	err = s.atDesk(ctx, func(desk *data.Desk) (err error) {
		t.Used, err = desk.ExportsSince(ctx, d.Code, viewerOf(ctx).Account, midnight(at, 0))
		return err
	})
	return t, err
}
