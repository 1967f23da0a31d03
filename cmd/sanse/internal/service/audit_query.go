package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"sanse/cmd/sanse/internal/audit"
	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// AuditEvent is a row of the audit with the login of its account.
type AuditEvent struct {
	data.Event
	Login string `json:"login"`
}

// UnusualLook is an unusual look with the login of its account.
type UnusualLook struct {
	audit.Look
	Login string `json:"login"`
}

// maxEvents is how many rows of the audit are told at once.
const maxEvents = 500

// unusualDays is how far back unusual looks are told where no time is named.
const unusualDays = 7

// atAudit runs f where the audit may be read: for who may, on what the database
// shows them, and with that they read it recorded in the same transaction.
func (s *Service) atAudit(ctx context.Context, district, what string, f func(d data.District, r *data.Reads) error) error {
	release, err := s.oneAtAudit(ctx)
	if err != nil {
		return err
	}
	defer release()
	d, err := s.District(ctx, district)
	if err != nil {
		return err
	}
	if err := mustMay(ctx, CapAudit, d.Code); err != nil {
		return err
	}
	return s.atDesk(ctx, func(desk *data.Desk) error {
		if err := f(d, desk.Reads()); err != nil {
			return err
		}
		return s.recordAt(ctx, desk, d.Code, data.Event{Action: data.ActAuditing, Object: what, Area: d.Code})
	})
}

// oneAtAudit waits until nobody else reads the audit, which is long: one reading
// must not take the memory and the connections of the others.
func (s *Service) oneAtAudit(ctx context.Context) (release func(), err error) {
	select {
	case s.auditing <- struct{}{}:
		return func() { <-s.auditing }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the audit: %w", ctx.Err())
	}
}

// Audit returns rows of the audit, the last first, and the number before which
// the next ones are; 0: there are no more. With a kind of unusual look only the
// rows of such looks are told, of the last week where no time is named.
func (s *Service) Audit(ctx context.Context, district string, f data.EventFilter, unusual audit.Kind) (events []AuditEvent, next int64, err error) {
	if f.Limit <= 0 || f.Limit > maxEvents {
		f.Limit = maxEvents
	}
	if unusual != "" && !slices.Contains(audit.Kinds(), unusual) {
		return nil, 0, invalid("%q is no kind of unusual look", unusual)
	}
	logins, err := s.logins(ctx, district)
	if err != nil {
		return nil, 0, err
	}
	var rows []data.Event
	err = s.atAudit(ctx, district, "audit", func(d data.District, r *data.Reads) (err error) {
		if unusual == "" {
			rows, err = r.Events(ctx, d.Code, f)
			return err
		}
		rows, err = s.unusualRows(ctx, d, r, f, unusual)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	events = make([]AuditEvent, len(rows))
	for i, e := range rows {
		events[i] = AuditEvent{e, logins[e.Account].Login}
	}
	if len(rows) == f.Limit {
		next = rows[len(rows)-1].ID
	}
	return events, next, nil
}

// unusualRows are the rows of unusual looks of one kind.
func (s *Service) unusualRows(ctx context.Context, d data.District, r *data.Reads, f data.EventFilter, kind audit.Kind) ([]data.Event, error) {
	if f.From.IsZero() {
		f.From = s.now().AddDate(0, 0, -unusualDays)
	}
	looks, err := s.looks(ctx, d, r, f.From)
	if err != nil {
		return nil, err
	}
	looks = slices.DeleteFunc(looks, func(l audit.Look) bool { return l.Kind != kind })
	if len(looks) == 0 {
		return nil, nil
	}
	f.From = time.Time{} // a look may have begun before
	var out []data.Event
	err = r.EachEvent(ctx, d.Code, f, func(e data.Event) error {
		if slices.ContainsFunc(looks, func(l audit.Look) bool {
			return e.ID >= l.First && e.ID <= l.Last && e.Account == l.Account && (l.Account != "" || e.Address == l.Address)
		}) {
			out = append(out, e)
		}
		return nil
	})
	slices.Reverse(out)
	return out[:min(len(out), f.Limit)], err
}

// UnusualLooks returns the unusual looks since some time, the last first; the zero
// time stands for a week ago.
func (s *Service) UnusualLooks(ctx context.Context, district string, from time.Time) ([]UnusualLook, error) {
	if from.IsZero() {
		from = s.now().AddDate(0, 0, -unusualDays)
	}
	logins, err := s.logins(ctx, district)
	if err != nil {
		return nil, err
	}
	out := []UnusualLook{}
	err = s.atAudit(ctx, district, "unusual", func(d data.District, r *data.Reads) error {
		looks, err := s.looks(ctx, d, r, from)
		for _, l := range looks {
			out = append(out, UnusualLook{l, logins[l.Account].Login})
		}
		return err
	})
	return out, err
}

func (s *Service) looks(ctx context.Context, d data.District, r *data.Reads, from time.Time) ([]audit.Look, error) {
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return nil, invalid("there is no time zone %q", d.TimeZone)
	}
	shifts, err := s.shiftsOf(ctx, d.Code)
	if err != nil {
		return nil, err
	}
	w := audit.NewWatch(audit.Options{From: from, Location: zone, Shifts: shifts})
	err = r.EachEvent(ctx, d.Code, data.EventFilter{From: w.Since()}, func(e data.Event) error {
		w.Add(e)
		return nil
	})
	return w.End(), err
}

// logins are the accounts of a district by id.
func (s *Service) logins(ctx context.Context, district string) (map[string]data.Account, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	if err := mustMay(ctx, CapAudit, d.Code); err != nil {
		return nil, err
	}
	all, err := s.store.Gate().Accounts(ctx, d.Code)
	if err != nil {
		return nil, err
	}
	out := make(map[string]data.Account, len(all))
	for _, a := range all {
		out[a.ID] = a
	}
	return out, nil
}

// shiftsOf are the hours of the accounts that are a visitor's.
func (s *Service) shiftsOf(ctx context.Context, district string) (map[string][]planner.Shift, error) {
	accounts, err := s.store.Gate().Accounts(ctx, district)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(accounts, func(a data.Account) bool { return a.Visitor != "" }) {
		return nil, nil
	}
	visitors, err := s.store.Visitors(ctx, district)
	if err != nil {
		return nil, err
	}
	hours := make(map[string][]planner.Shift, len(visitors))
	for i := range visitors {
		hours[visitors[i].ID] = visitors[i].Shifts
	}
	out := make(map[string][]planner.Shift)
	for _, a := range accounts {
		if shifts := hours[a.Visitor]; len(shifts) > 0 {
			out[a.ID] = shifts
		}
	}
	return out, nil
}

// VerifyAudit works the chain over the audit out anew; anchors were kept
// elsewhere.
func (s *Service) VerifyAudit(ctx context.Context, district string, anchors ...data.Anchor) (check data.AuditCheck, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return check, err
	}
	if err := mustMay(ctx, CapAudit, d.Code); err != nil {
		return check, err
	}
	// What is certain is chained first, whatever the pace of the chain is.
	if err := s.LinkAudit(ctx, d.Code); err != nil && !errors.Is(err, data.ErrChainCut) {
		return check, err
	}
	err = s.atAudit(ctx, district, "verify", func(d data.District, r *data.Reads) error {
		check, err = r.VerifyAudit(ctx, d.Code, anchors...)
		return err
	})
	return check, err
}

// maxExported is how many rows of the audit are exported at once.
const maxExported = 100_000

// AuditFormats are the forms in which the audit is exported.
var AuditFormats = []string{"ocsf", "cef"}

// ExportAudit writes rows of the audit, the first first, as lines of OCSF or CEF,
// and says how many there were. Nothing is written if that cannot be recorded. Who
// is not the operator takes maxExported rows at once.
func (s *Service) ExportAudit(ctx context.Context, district, format string, f data.EventFilter, w io.Writer) (n int, err error) {
	write := audit.WriteOCSF
	switch format {
	case "ocsf":
	case "cef":
		write = audit.WriteCEF
	default:
		return 0, invalid("%q is no format of the audit: want ocsf or cef", format)
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return 0, err
	}
	if err := mustMay(ctx, CapAudit, d.Code); err != nil {
		return 0, err
	}
	release, err := s.oneAtAudit(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	operates := viewerOf(ctx).Operates()
	var b bytes.Buffer
	err = s.atDesk(ctx, func(desk *data.Desk) error {
		err := desk.Reads().EachEvent(ctx, d.Code, f, func(e data.Event) error {
			if n++; n > maxExported && !operates {
				return invalid("these are more than %d rows: name a shorter time", maxExported)
			}
			return write(&b, d.Code, &e)
		})
		if err != nil {
			return err
		}
		if leavingOf(ctx) != nil {
			return nil // recorded as it leaves
		}
		return s.recordAt(ctx, desk, d.Code, data.Event{Action: data.ActExport, Object: "audit", N: n, Detail: map[string]string{"format": format, "rows": strconv.Itoa(n)}})
	})
	if err != nil {
		return 0, err
	}
	// The last line is the event of this export itself, and holds its mark.
	return n, s.Leave(ctx, n, w, func(w io.Writer, m reports.Marked) error {
		if _, err := w.Write(b.Bytes()); err != nil || m.Number == "" {
			return err
		}
		by := viewerOf(ctx).actor()
		return write(w, d.Code, &data.Event{
			At: s.now(), Account: by.Account, Session: by.Session, Role: by.Role, Address: by.Address, Purpose: by.Purpose, Request: by.Request,
			Action: data.ActExport, Object: "audit", IDs: []string{m.Hidden}, N: n, Area: d.Code, Outcome: data.OutcomeOK,
		})
	})
}

// SendAudit sends what a collector of that name has not taken yet of a district's
// audit, as data.Store.SendAudit does; what can be chained is chained first. It is the
// operator's, at the command line: who serves cannot read the audit.
func (s *Service) SendAudit(ctx context.Context, district, collector string, send func(context.Context, []data.Event) error) (int, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return 0, err
	}
	if err := mustMay(ctx, CapAudit, d.Code); err != nil {
		return 0, err
	}
	if !viewerOf(ctx).Operates() {
		return 0, forbidden("the audit is sent at the command line")
	}
	if err := s.LinkAudit(ctx, d.Code); err != nil {
		return 0, err
	}
	return s.store.SendAudit(ctx, d.Code, collector, send)
}
