package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Changes of one thing about an account, each in one step: whoever reads an
// account, changes it and puts it back could undo what somebody else has done
// meanwhile.

// changed is the row of the audit that tells what of an account was changed.
func changed(account, what string) Event {
	return Event{Action: ActUpdate, Object: "account", IDs: []string{account}, Detail: map[string]string{"what": what}}
}

// Holder is somebody who changes what they themself sign in with: from a session
// that must still be good when it is done, of an account whose password must still
// be the one that they showed.
type Holder struct {
	Account, Session string
	Password         string // PHC string, as it was read; empty: none
}

// asHolder runs f and records what it does in one transaction, in which nobody else
// changes the account or opens a session of it. ErrNoSeat if the session is over by
// then, or the password another: whoever was to be shut out by that does not undo
// it.
func (g *Gate) asHolder(ctx context.Context, district string, h Holder, what string, f func(pgx.Tx) error) error {
	return g.recorded(ctx, district, changed(h.Account, what), func(tx pgx.Tx) error {
		was, err := holdAccount(ctx, tx, district, h.Account)
		if err != nil {
			return fmt.Errorf("change %s: %w", what, err)
		}
		good := false
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM session WHERE district = $1 AND id = $2 AND account = $3 AND revoked_at IS NULL AND expires_at > now())`,
			district, h.Session, h.Account).Scan(&good); err != nil {
			return fmt.Errorf("change %s: %w", what, tidy(err))
		}
		if !good || was != h.Password {
			return fmt.Errorf("change %s: %w", what, ErrNoSeat)
		}
		return f(tx)
	})
}

// holdAccount has everybody else wait who changes an account or opens a session of
// it, until the transaction ends, and returns its password. ErrNotFound if there is
// no such account, ErrClosed if its time is over.
func holdAccount(ctx context.Context, tx pgx.Tx, district, account string) (password string, err error) {
	var closed bool
	err = tx.QueryRow(ctx, `SELECT COALESCE(password, ''), closed_at IS NOT NULL FROM account WHERE district = $1 AND id = $2 FOR UPDATE`, district, account).Scan(&password, &closed)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", ErrNotFound
	case err == nil && closed:
		return "", ErrClosed
	}
	return password, tidy(err)
}

// revokeOthers ends the sessions of an account but for one.
func revokeOthers(ctx context.Context, tx pgx.Tx, district, account, session string) error {
	if _, err := tx.Exec(ctx, `UPDATE session SET revoked_at = now() WHERE district = $1 AND account = $2 AND revoked_at IS NULL AND id <> $3`,
		district, account, session); err != nil {
		return fmt.Errorf("revoke sessions: %w", tidy(err))
	}
	return nil
}

// ChangePassword gives an account a password of its holder's own (PHC string) and
// ends all its other sessions. Its failures and its lock are forgotten. ErrNoSeat:
// see Holder.
func (g *Gate) ChangePassword(ctx context.Context, district string, h Holder, password string) error {
	return g.asHolder(ctx, district, h, "password", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE account SET password = $3, secret_until = NULL, must_change = false, failures = 0, locked_until = NULL
			WHERE district = $1 AND id = $2`, district, h.Account, password)
		if err := touchedOne(tag, err, "change password"); err != nil {
			return err
		}
		return revokeOthers(ctx, tx, district, h.Account, h.Session)
	})
}

// ResetSecret gives an account a secret for one time (PHC string) that ends then,
// in the place of its password, its second factor and its PIN, and ends all its
// sessions. Its failures and its lock are forgotten. ErrNotFound if there is no such
// account.
func (g *Gate) ResetSecret(ctx context.Context, district, account, secret string, until time.Time) error {
	return g.recorded(ctx, district, changed(account, "secret"), func(tx pgx.Tx) error {
		if _, err := holdAccount(ctx, tx, district, account); err != nil {
			return fmt.Errorf("reset secret: %w", err)
		}
		tag, err := tx.Exec(ctx, `UPDATE account SET password = $3, secret_until = $4, must_change = true, failures = 0, locked_until = NULL,
			totp = NULL, totp_on = false, totp_step = 0, recovery = '{}', pin = NULL WHERE district = $1 AND id = $2`, district, account, secret, until)
		if err := touchedOne(tag, err, "reset secret"); err != nil {
			return err
		}
		return revokeOthers(ctx, tx, district, account, "")
	})
}

// RenewPassword puts the hash of a password made at other costs in the place of
// the one it had, and leaves one that was changed meanwhile alone: it tells which.
func (g *Gate) RenewPassword(ctx context.Context, district, account, was, password string) (bool, error) {
	return took(g.one(ctx, "renew password", `UPDATE account SET password = $4 WHERE district = $1 AND id = $2 AND password = $3`,
		district, account, was, password))
}

// SetTOTP gives an account the secret of a second factor, which is asked for once it
// is on, with the digests of its recovery codes. Where it is on already it stays as
// it is: ErrNotFound. ErrNoSeat: see Holder.
func (g *Gate) SetTOTP(ctx context.Context, district string, h Holder, secret Sealed, on bool, recovery []string) error {
	if recovery == nil {
		recovery = []string{}
	}
	return g.asHolder(ctx, district, h, "second_factor", func(tx pgx.Tx) error {
		sealed, err := g.sealed(ctx, tx, district, secret, "totp", h.Account)
		if err != nil {
			return fmt.Errorf("set second factor: %w", err)
		}
		tag, err := tx.Exec(ctx, `UPDATE account SET totp = $3, totp_on = $4, recovery = $5, totp_step = CASE WHEN $4 THEN totp_step ELSE 0 END
			WHERE district = $1 AND id = $2 AND NOT totp_on`, district, h.Account, sealed, on, recovery)
		return touchedOne(tag, err, "set second factor")
	})
}

// SetPIN gives an account another PIN (PHC string). ErrNoSeat: see Holder.
func (g *Gate) SetPIN(ctx context.Context, district string, h Holder, pin string) error {
	return g.asHolder(ctx, district, h, "pin", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE account SET pin = $3 WHERE district = $1 AND id = $2`, district, h.Account, pin)
		return touchedOne(tag, err, "set PIN")
	})
}

// Disable lets nobody in to an account any more, or, not disabled, again. One whose
// time is over stays as it is: ErrClosed.
func (g *Gate) Disable(ctx context.Context, district, account string, disabled bool) error {
	what := "enabled"
	if disabled {
		what = "disabled"
	}
	return g.recorded(ctx, district, changed(account, what), func(tx pgx.Tx) error {
		if _, err := holdAccount(ctx, tx, district, account); err != nil {
			return fmt.Errorf("disable account: %w", err)
		}
		tag, err := tx.Exec(ctx, `UPDATE account SET disabled_at = CASE WHEN $3 THEN COALESCE(disabled_at, now()) END
			WHERE district = $1 AND id = $2`, district, account, disabled)
		return touchedOne(tag, err, "disable account")
	})
}

// Tie says who an account is to a house that signs in for us, and takes its
// password and PIN away. It tells whether it could: an account that is tied to
// another subject, has a password of its holder's own or no secret for one time
// that is still good, is left alone. A subject that another account has is a *TwiceError.
func (g *Gate) Tie(ctx context.Context, district, account, issuer, subject string) (bool, error) {
	return took(g.oneRecorded(ctx, district, changed(account, "tied"), "tie account", `UPDATE account SET issuer = $3, subject = $4, password = NULL, secret_until = NULL, must_change = false, pin = NULL
		WHERE district = $1 AND id = $2 AND (issuer IS NULL AND password IS NOT NULL AND secret_until > now() OR issuer = $3 AND subject = $4)`,
		district, account, issuer, subject))
}

// Describe changes the name of an account and who of the visitors it is. A
// visitor who does not exist is a *MissingError.
func (g *Gate) Describe(ctx context.Context, district, account string, name Sealed, visitor string) error {
	e := changed(account, "described")
	return g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		if _, err := holdAccount(ctx, tx, district, account); err != nil {
			return fmt.Errorf("describe account: %w", err)
		}
		was := ""
		err := tx.QueryRow(ctx, `SELECT COALESCE(visitor, '') FROM account WHERE district = $1 AND id = $2`, district, account).Scan(&was)
		switch {
		case err != nil:
			return fmt.Errorf("describe account: %w", tidy(err))
		case was != visitor: // which decides whom it sees
			e.Detail["what"] = "visitor"
		}
		sealed, err := g.sealed(ctx, tx, district, name, "name", account)
		if err != nil {
			return fmt.Errorf("describe account: %w", err)
		}
		tag, err := tx.Exec(ctx, `UPDATE account SET name = $3, visitor = $4 WHERE district = $1 AND id = $2`, district, account, sealed, orNil(visitor))
		return touchedOne(tag, err, "describe account")
	})
}

// sealed is a value sealed for a column of an account.
func (g *Gate) sealed(ctx context.Context, tx pgx.Tx, district string, value Sealed, column, account string) ([]byte, error) {
	k, err := g.keys.sealer(ctx, tx, district)
	if err != nil {
		return nil, err
	}
	return k.seal(value, "account", column, account)
}
