package service_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// A transaction that does not end, anywhere on the server, keeps the audit from
// being chained: somebody is told, and what is verified is not said to be whole.
func TestWhoeverHoldsTheChainUpIsTold(t *testing.T) {
	b := newDraftBed(t)
	var log bytes.Buffer
	b.Service = service.New(b.store, service.Config{Now: func() time.Time { return b.now }, Log: slog.New(slog.NewTextHandler(&log, nil))})
	b.now = b.now.Add(time.Hour)
	ctx := service.WithViewer(t.Context(), service.Everyone(lattice))
	tx := must(b.store.Pool().Begin(ctx))(t)
	if _, err := tx.Exec(ctx, `SELECT pg_current_xact_id()`); err != nil {
		t.Fatal(err)
	}
	if err := b.store.Record(ctx, lattice, data.Event{Action: data.ActRead, Object: "resident", IDs: []string{"r0000"}, At: time.Now().Add(-11 * time.Minute)}); err != nil {
		t.Fatal(err)
	}
	step := b.ChainStep(lattice)
	for range 2 {
		step(ctx)
	}
	if log.Len() > 0 {
		t.Errorf("it is complained of at once: %s", &log)
	}
	if check := must(b.VerifyAudit(ctx, lattice))(t); check.Broken == nil || check.Broken.Kind != data.BreakRowWaits {
		t.Errorf("a row of eleven minutes ago is not chained, and verifying says %+v", check)
	}
	for range 3 {
		b.now = b.now.Add(61 * time.Second)
		step(ctx)
		step(ctx)
	}
	if told := strings.Count(log.String(), "does not end"); told != 3 || !strings.Contains(log.String(), fmt.Sprintf("pid=%d", tx.Conn().PgConn().PID())) {
		t.Errorf("in three minutes it is told %d times: %s", told, &log)
	}
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	step(ctx)
	if check := must(b.VerifyAudit(ctx, lattice))(t); check.Broken != nil || check.Links == 0 {
		t.Errorf("verifying says %+v", check)
	}
}
