package data

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// TileSQL is the statement of Store.Tile, for a test that asks for its plan.
const TileSQL = tileSQL

// TileArgs are its arguments.
var TileArgs = tileArgs

// CasesSQL and TakeVisitsSQL are the statements of Desk.Cases and of a correction, likewise.
func CasesSQL(district string, f CaseFilter) (string, []any) {
	return casesSQL(district, placeAtDesk, f)
}

const TakeVisitsSQL = takeVisitsSQL

// WipeOrder are the tables that a dropped district leaves.
var WipeOrder = wipeOrder[:]

// LinkAt chains what is there with a link of that time.
func LinkAt(t *testing.T, s *Store, district string, at time.Time) {
	t.Helper()
	s.linkClock = func() time.Time { return at.Truncate(time.Microsecond) }
	defer func() { s.linkClock = nil }()
	if n, waiting, err := s.Linker(district).Link(t.Context()); err != nil || waiting || n == 0 {
		t.Fatalf("link: %d rows, waiting %v, %v", n, waiting, err)
	}
}

// DeskPool is the pool in which a store names people, for tests that speak SQL
// of their own there.
func DeskPool(s *Store) *pgxpool.Pool { return s.desk }

// GatePool is the pool of a store's gate.
func GatePool(s *Store) *pgxpool.Pool { return s.gate }

// SlipIn runs a statement at the desk, as one that was slipped in would be.
func SlipIn(ctx context.Context, d *Desk, sql string) error {
	_, err := d.tx.Exec(ctx, sql)
	return err
}
