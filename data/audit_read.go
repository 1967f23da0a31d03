package data

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// EventFilter chooses rows of the audit. Zero values choose all.
type EventFilter struct {
	From, To time.Time // the first moment, and the first that is too late
	Account  string
	Action   Action
	Object   string
	Outcome  Outcome
	Record   string // id of a record that the row names
	Before   int64  // rows with lower ids only
	Limit    int    // of Events, at most; 0: all
}

const eventSQL = `SELECT a.id, a.at, a.account, a.session, a.role, a.action, a.object, a.ids, a.n, a.area, a.address, a.purpose, a.reason, r.reason, a.outcome, a.request, a.detail
	FROM audit a LEFT JOIN audit_reason r ON r.district = a.district AND r.id = a.reason
	WHERE a.district = $1 AND ($2::timestamptz IS NULL OR a.at >= $2) AND ($3::timestamptz IS NULL OR a.at < $3) AND ($4 = '' OR a.account = $4)
		AND ($5 = '' OR a.action = $5) AND ($6 = '' OR a.object = $6) AND ($7 = '' OR a.outcome = $7) AND ($8::bigint[] IS NULL OR a.id = ANY ($8)) AND ($9::bigint = 0 OR a.id < $9)`

func (s *Reads) eventArgs(ctx context.Context, district string, f EventFilter) ([]any, error) {
	var traces []int64 // nil: of all records
	if f.Record != "" {
		// At the desk by a function of the database: what the rules hide from a session
		// is not looked up by an index before they were asked.
		row := s.db.QueryRow(ctx, `SELECT COALESCE(trust.traces($2), (SELECT array_agg(id) FROM audit WHERE district = $1 AND ids @> ARRAY[$2]), '{}')`, district, f.Record)
		if err := row.Scan(&traces); err != nil {
			return nil, fmt.Errorf("read the audit: %w", tidy(err))
		}
	}
	return []any{district, orNil(f.From), orNil(f.To), f.Account, string(f.Action), f.Object, string(f.Outcome), traces, f.Before}, nil
}

// Events returns rows of the audit, the last first.
func (s *Reads) Events(ctx context.Context, district string, f EventFilter) ([]Event, error) {
	limit := any(nil)
	if f.Limit > 0 {
		limit = f.Limit
	}
	args, err := s.eventArgs(ctx, district, f)
	if err != nil {
		return nil, err
	}
	var out []Event
	err = s.events(ctx, district, func(e Event) error {
		out = append(out, e)
		return nil
	}, eventSQL+` ORDER BY a.id DESC LIMIT $10`, append(args, limit)...)
	return out, err
}

// EachEvent gives f rows of the audit one after another, the first first. Limit
// does not matter.
func (s *Reads) EachEvent(ctx context.Context, district string, f EventFilter, each func(Event) error) error {
	args, err := s.eventArgs(ctx, district, f)
	if err != nil {
		return err
	}
	return s.events(ctx, district, each, eventSQL+` ORDER BY a.id`, args...)
}

func (s *Reads) events(ctx context.Context, district string, each func(Event) error, sql string, args ...any) error {
	// What is told row by row cannot be told again, so the keys are asked for first.
	k, err := s.keys.latest(ctx, s.db, district)
	if err != nil {
		return err
	}
	rows, err := s.db.Query(ctx, sql, args...)
	if err != nil {
		return fmt.Errorf("read the audit: %w", tidy(err))
	}
	defer rows.Close()
	for rows.Next() {
		e, err := eventOf(rows, k)
		if err != nil {
			return err
		}
		if err := each(e); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the audit: %w", tidy(err))
	}
	return nil
}

func eventOf(row pgx.Rows, k *sealer) (e Event, err error) {
	var reason string
	var sealed, detail []byte
	err = row.Scan(&e.ID, &e.At, &e.Account, &e.Session, &e.Role, &e.Action, &e.Object, &e.IDs, &e.N, &e.Area, &e.Address, &e.Purpose,
		&reason, &sealed, &e.Outcome, &e.Request, &detail)
	if err != nil {
		return e, fmt.Errorf("read the audit: %w", err)
	}
	if e.Reason, err = k.open(sealed, "audit_reason", "reason", reason); err != nil {
		return e, err
	}
	if string(detail) != "{}" {
		if err := json.Unmarshal(detail, &e.Detail); err != nil {
			return e, fmt.Errorf("read the audit: row %d: %w", e.ID, err)
		}
	}
	if len(e.IDs) == 0 {
		e.IDs = nil
	}
	return e, nil
}
