package data

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Gate keeps accounts, grants, sessions and handovers. A serving store does it
// as a role that can read no record of a resident. It is safe for concurrent
// use. What depends on the time goes by the clock of the database, as
// row-level security does.
type Gate struct {
	Reads
	pool *pgxpool.Pool
}

// Gate returns the store's gate.
func (s *Store) Gate() *Gate {
	return &Gate{Reads: Reads{db: s.gate, keys: s.keys}, pool: s.gate}
}

const accountColumns = `a.id, a.login, a.name, COALESCE(a.visitor, ''), COALESCE(a.issuer, ''), COALESCE(a.subject, ''), COALESCE(a.password, ''),
	a.secret_until, a.must_change, a.totp, a.totp_on, a.totp_step, a.recovery, COALESCE(a.pin, ''), a.failures, a.locked_until,
	a.disabled_at, a.closed_at, a.created_at, a.seen_at`

// accountRow is an account on its way out of the database.
type accountRow struct {
	Account
	name, totp []byte
}

// into lists where accountColumns go.
func (r *accountRow) into() []any {
	return []any{
		&r.ID, &r.Login, &r.name, &r.Visitor, &r.Issuer, &r.Subject, &r.Password, &r.SecretUntil, &r.MustChange, &r.totp, &r.TOTPOn,
		&r.TOTPStep, &r.Recovery, &r.PIN, &r.Failures, &r.LockedUntil, &r.DisabledAt, &r.ClosedAt, &r.CreatedAt, &r.SeenAt,
	}
}

// open unseals what is sealed of the account.
func (r *accountRow) open(k *sealer) (err error) {
	if r.Name, err = k.open(r.name, "account", "name", r.ID); err != nil {
		return err
	}
	r.TOTP, err = k.open(r.totp, "account", "totp", r.ID)
	if len(r.Recovery) == 0 {
		r.Recovery = nil
	}
	return err
}

// Accounts returns all accounts of a district by login.
func (g *Gate) Accounts(ctx context.Context, district string) ([]Account, error) {
	return g.accounts(ctx, district, "true")
}

// Account returns an account by its id; ErrNotFound if there is none.
func (g *Gate) Account(ctx context.Context, district, id string) (Account, error) {
	return g.account(ctx, district, "a.id = $2", id)
}

// AccountByLogin returns the account of a login, which is in lower case;
// ErrNotFound if there is none.
func (g *Gate) AccountByLogin(ctx context.Context, district, login string) (Account, error) {
	return g.account(ctx, district, "a.login = $2", login)
}

// AccountBySubject returns who signs in through another house; ErrNotFound if
// there is none.
func (g *Gate) AccountBySubject(ctx context.Context, district, issuer, subject string) (Account, error) {
	return g.account(ctx, district, "a.issuer = $2 AND a.subject = $3", issuer, subject)
}

func (g *Gate) account(ctx context.Context, district, where string, args ...any) (Account, error) {
	found, err := g.accounts(ctx, district, where, args...)
	if err != nil {
		return Account{}, err
	}
	if len(found) != 1 {
		return Account{}, fmt.Errorf("account: %w", ErrNotFound)
	}
	return found[0], nil
}

func (g *Gate) accounts(ctx context.Context, district, where string, args ...any) ([]Account, error) {
	rows, err := opened(ctx, &g.Reads, district, func(k *sealer) ([]accountRow, error) {
		return collect(ctx, &g.Reads, "accounts", func(r pgx.Rows, v *accountRow) error {
			if err := r.Scan(v.into()...); err != nil {
				return err
			}
			return v.open(k)
		}, `SELECT `+accountColumns+` FROM account a WHERE a.district = $1 AND `+where+` ORDER BY a.login`, append([]any{district}, args...)...)
	})
	if err != nil {
		return nil, err
	}
	out := make([]Account, len(rows))
	for i := range rows {
		out[i] = rows[i].Account
	}
	return out, nil
}

// PutAccount adds an account, or replaces what its holder and an administrator
// set of it, and records it; see Account. A login or subject that another account has is a
// *TwiceError, a value that is not allowed an *InvalidError, a visitor who does
// not exist a *MissingError.
func (g *Gate) PutAccount(ctx context.Context, district string, a Account) error {
	recovery := a.Recovery
	if recovery == nil {
		recovery = []string{}
	}
	e := Event{Action: ActUpdate, Object: "account", IDs: []string{a.ID}}
	return g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		k, err := g.keys.sealer(ctx, tx, district)
		if err != nil {
			return err
		}
		name, err := k.seal(a.Name, "account", "name", a.ID)
		if err != nil {
			return err
		}
		totp, err := k.seal(a.TOTP, "account", "totp", a.ID)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO account (district, id, login, name, visitor, issuer, subject, password, secret_until, must_change,
			totp, totp_on, recovery, pin, disabled_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (district, id) DO UPDATE SET login = EXCLUDED.login, name = EXCLUDED.name, visitor = EXCLUDED.visitor,
			issuer = EXCLUDED.issuer, subject = EXCLUDED.subject, password = EXCLUDED.password, secret_until = EXCLUDED.secret_until,
			must_change = EXCLUDED.must_change, totp = EXCLUDED.totp, totp_on = EXCLUDED.totp_on, recovery = EXCLUDED.recovery,
			pin = EXCLUDED.pin, disabled_at = EXCLUDED.disabled_at`,
			district, a.ID, a.Login, name, orNil(a.Visitor), orNil(a.Issuer), orNil(a.Subject), orNil(a.Password), a.SecretUntil, a.MustChange,
			totp, a.TOTPOn, recovery, orNil(a.PIN), a.DisabledAt)
		return touchedOne(tag, err, "store account")
	})
}

// one changes exactly one row; ErrNotFound if there is none.
func (g *Gate) one(ctx context.Context, what, sql string, args ...any) error {
	tag, err := g.pool.Exec(ctx, sql, args...)
	return touchedOne(tag, err, what)
}

func touchedOne(tag pgconn.CommandTag, err error, what string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, tidy(err))
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	return nil
}

// oneRecorded is one, with a row of the audit in the same transaction.
func (g *Gate) oneRecorded(ctx context.Context, district string, e Event, what, sql string, args ...any) error {
	return g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, args...)
		return touchedOne(tag, err, what)
	})
}

// recorded runs f and records what it does in one transaction.
func (g *Gate) recorded(ctx context.Context, district string, e Event, f func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return recordOne(ctx, tx, g.keys, district, e.filled(ctx))
	})
}

// returning changes one row, reads what it became and records it; ErrNotFound if
// there is none.
func (g *Gate) returning(ctx context.Context, district string, e Event, what, sql string, args []any, into ...any) error {
	return g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, sql, args...).Scan(into...)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("%s: %w", what, ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", what, tidy(err))
		}
		return nil
	})
}
