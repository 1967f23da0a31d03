package data

import (
	"context"
	"errors"
	"time"
)

// Failed counts and records a wrong password and returns how many there have been
// since the last right one.
func (g *Gate) Failed(ctx context.Context, district, account string) (failures int, err error) {
	err = g.returning(ctx, district, Event{Account: account, Action: ActSignIn, Object: "account", IDs: []string{account}, Outcome: OutcomeFailed}, "count failure",
		`UPDATE account SET failures = failures + 1 WHERE district = $1 AND id = $2 RETURNING failures`,
		[]any{district, account}, &failures)
	return failures, err
}

// Succeeded forgets the failures and the lock of an account, and notes that its
// holder was here.
func (g *Gate) Succeeded(ctx context.Context, district, account string) error {
	return g.one(ctx, "note sign-in", `UPDATE account SET failures = 0, locked_until = NULL, seen_at = now() WHERE district = $1 AND id = $2`,
		district, account)
}

// Lock lets nobody sign in to an account until that time, and records it. A
// longer lock is not made shorter.
func (g *Gate) Lock(ctx context.Context, district, account string, until time.Time) error {
	e := Event{Account: account, Action: ActSignIn, Object: "account", IDs: []string{account}, Outcome: OutcomeRefused, Detail: map[string]string{"why": "locked"}}
	return g.oneRecorded(ctx, district, e, "lock account", `UPDATE account SET locked_until = GREATEST(locked_until, $3) WHERE district = $1 AND id = $2`,
		district, account, until)
}

// TakeStep uses up a step of the second factor, and tells whether it could: a
// step that was used, or one before it, cannot be used again.
func (g *Gate) TakeStep(ctx context.Context, district, account string, step int64) (bool, error) {
	return took(g.one(ctx, "use code", `UPDATE account SET totp_step = $3 WHERE district = $1 AND id = $2 AND totp_step < $3`,
		district, account, step))
}

// TakeRecovery uses up the recovery code of that digest, and tells whether it
// was there.
func (g *Gate) TakeRecovery(ctx context.Context, district, account, hash string) (bool, error) {
	return took(g.one(ctx, "use recovery code", `UPDATE account SET recovery = array_remove(recovery, $3)
		WHERE district = $1 AND id = $2 AND $3 = ANY (recovery)`, district, account, hash))
}

// took turns "there was none" into an answer.
func took(err error) (bool, error) {
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
