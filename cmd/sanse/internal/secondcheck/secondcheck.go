// Package secondcheck is the second checker: SQL over a stored plan, written from the
// words of the rules alone, which must agree with planner.Check. The tests of several
// packages ask it; the program does not.
package secondcheck

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

//go:embed second_check.sql
var words string

// catchUpDays is planner.Problem.CatchUpDays where it is left to the default.
const catchUpDays = 7

// Finding is one row of the second checker.
type Finding struct {
	Code     string
	Visitor  *string
	Resident *string
	Day      *time.Time
	Detail   string
}

// String says it in a line.
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(f.Code)
	if f.Visitor != nil {
		b.WriteString(", visitor " + *f.Visitor)
	}
	if f.Resident != nil {
		b.WriteString(", resident " + *f.Resident)
	}
	if f.Day != nil {
		b.WriteString(", " + f.Day.Format(time.DateOnly))
	}
	return b.String() + ": " + f.Detail
}

// Load puts the travel times of a problem where Findings finds them, until tx ends.
func Load(ctx context.Context, tx pgx.Tx, p *planner.Problem) error {
	if _, err := tx.Exec(ctx, `CREATE TEMPORARY TABLE travel (block text, mode text, from_id text, to_id text, seconds integer) ON COMMIT DROP`); err != nil {
		return fmt.Errorf("make the table of travel times: %w", err)
	}
	matrix, n := 0, 0
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"travel"}, []string{"block", "mode", "from_id", "to_id", "seconds"},
		pgx.CopyFromFunc(func() ([]any, error) {
			for matrix < len(p.Matrices) {
				m := &p.Matrices[matrix]
				size := len(m.Locations)
				if n == size*size {
					matrix, n = matrix+1, 0
					continue
				}
				from, to := n/size, n%size
				n++
				mode := m.Mode
				if mode == "" {
					mode = "foot"
				}
				return []any{m.Block, mode, m.Locations[from], m.Locations[to], m.Seconds[from][to]}, nil
			}
			return nil, nil //nolint:nilnil // pgx's sign for the end
		})); err != nil {
		return fmt.Errorf("copy the travel times: %w", err)
	}
	for _, sql := range []string{`CREATE INDEX ON travel (from_id, to_id)`, `ANALYZE travel`} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// Findings are what the second checker has against the plan in force of a district,
// whose problem was loaded in the same transaction.
func Findings(ctx context.Context, tx pgx.Tx, district string) ([]Finding, error) {
	rows, err := tx.Query(ctx, words, district, catchUpDays)
	if err != nil {
		return nil, fmt.Errorf("second check: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Finding])
	if err != nil {
		return nil, fmt.Errorf("second check: %w", err)
	}
	return found, nil
}
