package data

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// execer writes: a pool of connections or a transaction.
type execer interface {
	querier
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Record writes rows of the audit in a transaction of their own, for what is
// told from memory. When it returns nil they are stored: what cannot be recorded
// is not to be answered. Who, from where and for which purpose comes from the
// context where an event does not say (WithActor).
func (s *Store) Record(ctx context.Context, district string, events ...Event) error {
	return record(ctx, s.pool, s.keys, district, events)
}

// Record writes rows of the audit in the transaction whose writes they tell of.
func (tx *Tx) Record(district string, events ...Event) error {
	return record(tx.ctx, tx.tx, tx.keys, district, events)
}

// Record writes rows of the audit in the transaction whose looks they tell of, as
// it ends: what cannot be recorded then is the error of AtDesk. A session writes in
// its own name only.
func (d *Desk) Record(ctx context.Context, district string, events ...Event) error {
	for _, e := range events {
		args, err := reasonedArgs(ctx, d.tx, d.reads.keys, district, e.filled(ctx))
		if err != nil {
			return err
		}
		d.looks = append(d.looks, args)
	}
	return nil
}

// Reads are the reads of a store as the session sees it: of the audit, all of it
// to an auditor and nothing to anybody else.
func (d *Desk) Reads() *Reads {
	if d.begun == nil {
		d.planned = planEachTime
	}
	return d.reads
}

const auditSQL = `INSERT INTO public.audit (district, at, account, session, role, action, object, ids, n, area, address, purpose, reason, reason_hash, outcome, request, detail)
	VALUES ($1, COALESCE($2, clock_timestamp()), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`

// record writes events, all or none.
func record(ctx context.Context, db execer, keys *keyring, district string, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	if len(events) != 1 || events[0].Reason != "" {
		return recordAll(ctx, db, keys, district, events)
	}
	return recordOne(ctx, db, keys, district, events[0].filled(ctx)) // one statement is its own transaction
}

func recordAll(ctx context.Context, db execer, keys *keyring, district string, events []Event) error {
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if !slices.ContainsFunc(events, func(e Event) bool { return e.Reason != "" }) {
			return recordAtOnce(ctx, tx, district, events)
		}
		for _, e := range events {
			if err := recordOne(ctx, tx, keys, district, e.filled(ctx)); err != nil {
				return err
			}
		}
		return nil
	})
}

// recordAtOnce writes events without reasons in one trip to the database, for
// transactions of many people.
func recordAtOnce(ctx context.Context, tx pgx.Tx, district string, events []Event) error {
	var b pgx.Batch
	for _, e := range events {
		args, err := auditArgs(district, e.filled(ctx), "", nil)
		if err != nil {
			return err
		}
		b.Queue(auditSQL, args...)
	}
	return recorded(tx.SendBatch(ctx, &b).Close())
}

// auditArgs are the parameters of auditSQL.
func auditArgs(district string, e Event, reason string, hash []byte) ([]any, error) {
	detail := []byte("{}")
	if len(e.Detail) > 0 {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return nil, fmt.Errorf("record in the audit: %w", err)
		}
	}
	var at *time.Time
	if !e.At.IsZero() {
		at = &e.At
	}
	return []any{
		district, at, e.Account, e.Session, e.Role, string(e.Action), e.Object, orEmpty(e.IDs), e.N, e.Area,
		e.Address, e.Purpose, reason, hash, string(e.Outcome), e.Request, string(detail),
	}, nil
}

// reasonedArgs are the parameters of auditSQL for an event; the text of a reason is
// written at once.
func reasonedArgs(ctx context.Context, db execer, keys *keyring, district string, e Event) ([]any, error) {
	var reason string
	var hash []byte
	if e.Reason != "" {
		var err error
		if reason, hash, err = putReason(ctx, db, keys, district, e.Reason); err != nil {
			return nil, err
		}
	}
	return auditArgs(district, e, reason, hash)
}

func recordOne(ctx context.Context, db execer, keys *keyring, district string, e Event) error {
	args, err := reasonedArgs(ctx, db, keys, district, e)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, auditSQL, args...)
	return recorded(err)
}

// recorded turns what came of writing rows of the audit into an error of ours.
func recorded(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" { // insufficient_privilege: row-level security
		return fmt.Errorf("record in the audit: %w", ErrNoSeat)
	}
	if err != nil {
		return fmt.Errorf("record in the audit: %w", tidy(err))
	}
	return nil
}

// ErrNoSeat says that a look could not be recorded because the session in whose
// name it was to be is not in force any more.
var ErrNoSeat = errors.New("the session is over")

// putReason seals the text of a reason apart from the row that names it, and
// returns its key and its keyed hash.
func putReason(ctx context.Context, db execer, keys *keyring, district string, text Sealed) (id string, hash []byte, err error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", nil, fmt.Errorf("record in the audit: %w", err)
	}
	id = "x" + hex.EncodeToString(b[:])
	k, err := keys.sealer(ctx, db, district)
	if err != nil {
		return "", nil, fmt.Errorf("record in the audit: %w", err)
	}
	sealed, err := k.seal(text, "audit_reason", "reason", id)
	if err != nil {
		return "", nil, fmt.Errorf("record in the audit: %w", err)
	}
	if hash, err = k.mark("audit_reason", id, string(text)); err != nil {
		return "", nil, fmt.Errorf("record in the audit: %w", err)
	}
	if _, err := db.Exec(ctx, `INSERT INTO public.audit_reason (district, id, reason) VALUES ($1, $2, $3)`, district, id, sealed); err != nil {
		return "", nil, fmt.Errorf("record in the audit: %w", tidy(err))
	}
	return id, hash, nil
}

// IsRecord tells whether there is a record of that id in a district: a resident,
// visitor, task, need, facility, provider, building or area.
func (s *Reads) IsRecord(ctx context.Context, district, id string) (known bool, err error) {
	err = one(ctx, s, "records", `SELECT EXISTS (SELECT FROM resident WHERE district = $1 AND id = $2)
		OR EXISTS (SELECT FROM visitor WHERE district = $1 AND id = $2)
		OR EXISTS (SELECT FROM task WHERE district = $1 AND id = $2)
		OR EXISTS (SELECT FROM need WHERE district = $1 AND id = $2)
		OR EXISTS (SELECT FROM facility WHERE district = $1 AND id = $2)
		OR EXISTS (SELECT FROM provider WHERE district = $1 AND id = $2)
		OR EXISTS (SELECT FROM building WHERE district = $1 AND id = $2)
		OR EXISTS (SELECT FROM area WHERE district = $1 AND code = $2)`, []any{district, id}, &known)
	return known, err
}
