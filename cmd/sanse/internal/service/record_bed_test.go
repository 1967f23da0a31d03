package service_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

// recordBed is the lattice, served by the three roles to people with sessions.
type recordBed struct {
	t     testing.TB
	owner *data.Store
	store *data.Store
	dsn   string
	*service.Service
	now   time.Time
	today planner.Date
}

func newRecordBed(t testing.TB) *recordBed {
	t.Helper()
	owner, dsn := datatest.NewDSN(t)
	b := &recordBed{t: t, owner: owner, dsn: dsn, now: time.Now().Truncate(time.Second)}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	b.today = planner.DateOf(b.now.In(zone))
	storeLattice(t, owner, b.today-400)
	b.store = datatest.Serve(t, dsn)
	b.Service = service.New(b.store, service.Config{Now: func() time.Time { return b.now }})
	t.Cleanup(b.Close)
	return b
}

// rules says how often the residents are seen.
func (b *recordBed) rules() {
	b.t.Helper()
	if err := b.owner.Write(b.t.Context(), func(tx *data.Tx) error {
		return tx.PutPolicies(lattice, []data.Policy{{Grade: "yellow", PerWeek: 1}})
	}); err != nil {
		b.t.Fatal(err)
	}
}

// seat signs somebody in, with a role; a worker is a visitor.
func (b *recordBed) seat(n int, role data.Role, area, body, visitor string) context.Context {
	b.t.Helper()
	ctx, gate := b.t.Context(), b.store.Gate()
	account := fmt.Sprintf("a%016x", n)
	if err := gate.PutAccount(ctx, lattice, data.Account{ID: account, Login: fmt.Sprintf("u%d", n), Visitor: visitor}); err != nil {
		b.t.Fatal(err)
	}
	if role != "" {
		if _, err := gate.Give(ctx, lattice, data.Grant{Account: account, Role: role, Area: area, Body: body, GivenBy: "ops"}); err != nil {
			b.t.Fatal(err)
		}
	}
	return b.sitAs(n, account)
}

// sitAs opens a session of an account.
func (b *recordBed) sitAs(n int, account string) context.Context {
	b.t.Helper()
	ctx, gate := b.t.Context(), b.store.Gate()
	token := data.Token(fmt.Sprintf("token-%d-%s", n, account))
	s := data.Session{ID: fmt.Sprintf("s%016x", sha256.Sum256([]byte(token)))[:17], Account: account, Kind: data.SessionPhone, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour)}
	if err := gate.OpenSession(ctx, lattice, token.Hash(), s); err != nil {
		b.t.Fatal(err)
	}
	seated, err := gate.Seat(ctx, token.Hash())
	if err != nil {
		b.t.Fatal(err)
	}
	return service.WithViewer(ctx, service.ViewerOf(seated, token))
}

// record is a good one: seen just now, by hand.
func (b *recordBed) record(resident string) service.RecordIn {
	return service.RecordIn{
		ID: uuid.NewString(), Resident: resident, Arrived: b.now.Add(-10 * time.Minute), Left: b.now.Add(-time.Minute), NoCode: "no_camera",
		Result: "seen", Form: "reference-1", Answers: map[string]string{"health": "good"},
	}
}

// put sends records that must be answered, and returns what became of them as
// status, or status and code.
func (b *recordBed) put(ctx context.Context, records ...service.RecordIn) []string {
	b.t.Helper()
	return b.putSent(ctx, b.now, records...)
}

func (b *recordBed) putSent(ctx context.Context, sent time.Time, records ...service.RecordIn) []string {
	b.t.Helper()
	list, err := b.PutRecords(ctx, lattice, sent, records)
	if err != nil {
		b.t.Fatal(err)
	}
	out := make([]string, len(list))
	for i, r := range list {
		if out[i] = r.Status; r.Code != "" {
			out[i] += " " + r.Code
		}
		if r.ID != records[i].ID {
			b.t.Errorf("answer %d is of record %s, want %s", i, r.ID, records[i].ID)
		}
	}
	return out
}

// one reads a single value, as the owner.
func one[T any](t testing.TB, s *data.Store, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := s.Pool().QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}
