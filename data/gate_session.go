package data

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

const sessionColumns = `s.id, s.account, s.kind, s.stage, s.scopes, s.failures, s.created_at, s.seen_at, s.expires_at, s.idle_seconds,
	s.revoked_at, s.address, s.agent`

// sessionRow is a session on its way out of the database.
type sessionRow struct {
	Session
	idle  int64
	agent []byte
}

func (r *sessionRow) into() []any {
	return []any{
		&r.ID, &r.Account, &r.Kind, &r.Stage, &r.Scopes, &r.Failures, &r.CreatedAt, &r.SeenAt, &r.ExpiresAt, &r.idle,
		&r.RevokedAt, &r.Address, &r.agent,
	}
}

func (r *sessionRow) session() Session {
	r.Idle = time.Duration(r.idle) * time.Second
	if len(r.Scopes) == 0 {
		r.Scopes = nil
	}
	return r.Session
}

func (r *sessionRow) open(k *sealer) (err error) {
	r.Agent, err = k.open(r.agent, "session", "agent", r.ID)
	return err
}

// OpenSession stores a session under the digest of its token, and records it; CreatedAt and
// SeenAt are now, whatever they say. An account that does not exist is a
// *MissingError.
func (g *Gate) OpenSession(ctx context.Context, district string, hash []byte, s Session) error {
	scopes := s.Scopes
	if scopes == nil {
		scopes = []string{}
	}
	e := Event{
		Account: s.Account, Session: s.ID, Action: ActSignIn, Object: "session", IDs: []string{s.ID}, Address: s.Address,
		Detail: map[string]string{"kind": string(s.Kind), "stage": string(s.Stage)},
	}
	return g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		k, err := g.keys.sealer(ctx, tx, district)
		if err != nil {
			return fmt.Errorf("open session: %w", err)
		}
		agent, err := k.seal(s.Agent, "session", "agent", s.ID)
		if err != nil {
			return fmt.Errorf("open session: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO session (district, id, token_hash, account, kind, stage, scopes, expires_at, idle_seconds, address, agent)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			district, s.ID, hash, s.Account, string(s.Kind), string(s.Stage), scopes, s.ExpiresAt, int64(s.Idle/time.Second), s.Address, agent)
		if err != nil {
			return fmt.Errorf("open session: %w", tidy(err))
		}
		return nil
	})
}

// Seat returns the session of the token of that digest, of whatever stage, with
// its account and what it is granted now. One that was revoked is ErrNotFound;
// one that expired, was idle for too long (see Session.Ended) or whose account
// is disabled comes back as it is, so that its holder can be told, and its
// caller lets it see nothing. Row-level security gives nothing to any of them,
// nor to one whose stage is not full.
func (g *Gate) Seat(ctx context.Context, hash []byte) (seated Seated, err error) {
	// One statement after the other on one state of the database.
	err = pgx.BeginTxFunc(ctx, g.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var s sessionRow
		var a accountRow
		into := append([]any{&seated.District, &seated.Factor}, append(s.into(), a.into()...)...)
		err := tx.QueryRow(ctx, `SELECT s.district, (SELECT array_agg(f.role) FROM factor_role f WHERE f.district = s.district), `+sessionColumns+`, `+accountColumns+`
			FROM session s JOIN account a ON a.district = s.district AND a.id = s.account
			WHERE s.token_hash = $1 AND s.revoked_at IS NULL`, hash).Scan(into...)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		inside := &Gate{Reads: Reads{db: tx, keys: g.keys}, pool: g.pool}
		if _, err := opened(ctx, &inside.Reads, seated.District, func(k *sealer) (any, error) { return nil, errors.Join(a.open(k), s.open(k)) }); err != nil {
			return err
		}
		seated.Session, seated.Account = s.session(), a.Account
		seated.Grants, err = inside.grants(ctx, seated.District, `SELECT g.n, g.account, g.role, COALESCE(f.area, ''), COALESCE(g.body, ''), g.from_at, g.to_at,
				g.given_by, NULL::bytea, g.ended_at, COALESCE(g.ended_by, '')
			FROM account_grant g
			LEFT JOIN visitor_scope v ON g.role = 'worker' AND v.district = g.district AND v.visitor = $3
			LEFT JOIN LATERAL trust.followed(g.district, COALESCE(g.area, v.area), COALESCE(v.given_at, g.from_at)) f (area) ON true
			WHERE g.district = $1 AND g.account = $2 AND (g.role = 'service') = $4
				AND g.from_at <= now() AND (g.to_at IS NULL OR g.to_at > now()) AND (g.ended_at IS NULL OR g.ended_at > now())
			ORDER BY g.n, v.n, f.area`, seated.District, a.ID, a.Visitor, s.Kind == SessionKey)
		seen := map[Grant]bool{} // two areas of a visitor may have one heir
		seated.Grants = slices.DeleteFunc(seated.Grants, func(v Grant) bool {
			key := Grant{N: v.N, Area: v.Area}
			twice := seen[key]
			seen[key] = true
			return twice
		})
		return err
	})
	if err != nil {
		return Seated{}, fmt.Errorf("look up session: %w", tidy(err))
	}
	return seated, nil
}

// Touch notes that a session is in use. One that is over stays so: it is
// ErrNotFound.
func (g *Gate) Touch(ctx context.Context, district, session string) error {
	return g.one(ctx, "touch session", `UPDATE session SET seen_at = now() WHERE district = $1 AND id = $2
		AND revoked_at IS NULL AND expires_at > now() AND (idle_seconds = 0 OR seen_at + make_interval(secs => idle_seconds) > now())`,
		district, session)
}

// SetStage moves a session to a stage, under the digest of a new token, so that
// a token known from before gains nothing by it (nil keeps the token), and notes
// that it is in use. failures of a full session are forgotten. One that was
// revoked or has expired is ErrNotFound.
func (g *Gate) SetStage(ctx context.Context, district, session string, stage Stage, hash []byte) error {
	e := Event{Session: session, Action: ActStage, Object: "session", IDs: []string{session}, Detail: map[string]string{"stage": string(stage)}}
	return g.oneRecorded(ctx, district, e, "set stage", `UPDATE session SET stage = $3, token_hash = COALESCE($4, token_hash), seen_at = now(),
			failures = CASE WHEN $3 = 'full' THEN 0 ELSE failures END
		WHERE district = $1 AND id = $2 AND revoked_at IS NULL AND expires_at > now()`, district, session, string(stage), hash)
}

// SessionFailed counts a wrong PIN and returns how many there have been since
// the last right one.
func (g *Gate) SessionFailed(ctx context.Context, district, session string) (failures int, err error) {
	err = g.returning(ctx, district, Event{Session: session, Action: ActSignIn, Object: "session", IDs: []string{session}, Outcome: OutcomeFailed}, "count failure",
		`UPDATE session SET failures = failures + 1 WHERE district = $1 AND id = $2 RETURNING failures`,
		[]any{district, session}, &failures)
	return failures, err
}

// Revoke ends a session at once; ErrNotFound if there is none or it was revoked.
func (g *Gate) Revoke(ctx context.Context, district, session string) error {
	e := Event{Action: ActRevoke, Object: "session", IDs: []string{session}}
	return g.oneRecorded(ctx, district, e, "revoke session",
		`UPDATE session SET revoked_at = now() WHERE district = $1 AND id = $2 AND revoked_at IS NULL`, district, session)
}

// RevokeAll ends all sessions of an account at once, those in except not, and
// returns how many.
func (g *Gate) RevokeAll(ctx context.Context, district, account string, except ...string) (int, error) {
	if except == nil {
		except = []string{}
	}
	n := 0
	err := g.recorded(ctx, district, Event{Action: ActRevoke, Object: "account", IDs: []string{account}}, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE session SET revoked_at = now()
			WHERE district = $1 AND account = $2 AND revoked_at IS NULL AND id <> ALL ($3)`, district, account, except)
		if err != nil {
			return fmt.Errorf("revoke sessions: %w", tidy(err))
		}
		n = int(tag.RowsAffected())
		return nil
	})
	return n, err
}

// Sessions returns the sessions of an account that were not revoked and have not
// expired, the newest first.
func (g *Gate) Sessions(ctx context.Context, district, account string) ([]Session, error) {
	rows, err := opened(ctx, &g.Reads, district, func(k *sealer) ([]sessionRow, error) {
		return collect(ctx, &g.Reads, "sessions", func(r pgx.Rows, v *sessionRow) error {
			if err := r.Scan(v.into()...); err != nil {
				return err
			}
			return v.open(k)
		}, `SELECT `+sessionColumns+` FROM session s
			WHERE s.district = $1 AND s.account = $2 AND s.revoked_at IS NULL AND s.expires_at > now() ORDER BY s.created_at DESC, s.id`, district, account)
	})
	if err != nil {
		return nil, err
	}
	out := make([]Session, len(rows))
	for i := range rows {
		out[i] = rows[i].session()
	}
	return out, nil
}
