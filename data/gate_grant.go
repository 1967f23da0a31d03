package data

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// Grants returns all grants of an account, ended ones included, by number. Of a
// worker they name no area.
func (g *Gate) Grants(ctx context.Context, district, account string) ([]Grant, error) {
	return g.grants(ctx, district, `SELECT n, account, role, COALESCE(area, ''), COALESCE(body, ''), from_at, to_at, given_by, reason, ended_at, COALESCE(ended_by, '')
		FROM account_grant WHERE district = $1 AND account = $2 ORDER BY n`, district, account)
}

// GrantsOfAll returns the grants of every account of a district, ended ones
// included, by account and number.
func (g *Gate) GrantsOfAll(ctx context.Context, district string) ([]Grant, error) {
	return g.grants(ctx, district, `SELECT n, account, role, COALESCE(area, ''), COALESCE(body, ''), from_at, to_at, given_by, reason, ended_at, COALESCE(ended_by, '')
		FROM account_grant WHERE district = $1 ORDER BY account, n`, district)
}

func (g *Gate) grants(ctx context.Context, district, sql string, args ...any) ([]Grant, error) {
	return opened(ctx, &g.Reads, district, func(k *sealer) ([]Grant, error) {
		return collect(ctx, &g.Reads, "grants", func(r pgx.Rows, v *Grant) error {
			var reason []byte
			if err := r.Scan(&v.N, &v.Account, &v.Role, &v.Area, &v.Body, &v.From, &v.To, &v.GivenBy, &reason, &v.EndedAt, &v.EndedBy); err != nil {
				return err
			}
			var err error
			v.Reason, err = k.open(reason, "account_grant", "reason", grantKey(v.Account, v.N))
			return err
		}, sql, args...)
	})
}

// grantKey is the record that the sealed reason of a grant is bound to.
func grantKey(account string, n int) string { return fmt.Sprintf("%s/%d", account, n) }

// Give adds a grant and returns its number; From zero stands for now. What the
// role does not allow (see Role.NeedsArea, Role.NeedsBody) is an *InvalidError,
// an area or account that does not exist a *MissingError.
func (g *Gate) Give(ctx context.Context, district string, v Grant) (n int, err error) {
	if !v.Role.Valid() || v.Role.NeedsArea() != (v.Area != "") || v.Role.NeedsBody() != (v.Body != "") {
		return 0, &InvalidError{Table: "account_grant", Rule: "role"}
	}
	e := Event{
		Action: ActGrant, Object: "grant", IDs: []string{v.Account}, Area: v.Area,
		Detail: map[string]string{"role": string(v.Role), "body": v.Body},
	}
	err = g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		// Numbers are given one by one: who gives another grant of this account waits.
		if _, err := holdAccount(ctx, tx, district, v.Account); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT COALESCE(max(n), 0) + 1 FROM account_grant WHERE district = $1 AND account = $2`,
			district, v.Account).Scan(&n); err != nil {
			return err
		}
		k, err := g.keys.sealer(ctx, tx, district)
		if err != nil {
			return err
		}
		reason, err := k.seal(v.Reason, "account_grant", "reason", grantKey(v.Account, n))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO account_grant (district, account, n, role, area, body, from_at, to_at, given_by, reason)
			VALUES ($1, $2, $3, $4, $5, $6, COALESCE($7, now()), $8, $9, $10)`,
			district, v.Account, n, string(v.Role), orNil(v.Area), orNil(v.Body), timeOrNil(v.From), v.To, v.GivenBy, reason)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("give grant: %w", tidy(err))
	}
	return n, nil
}

// EndGrant ends a grant now; ErrNotFound if there is none or it has ended.
func (g *Gate) EndGrant(ctx context.Context, district, account string, n int, by string) error {
	e := Event{Action: ActEnd, Object: "grant", IDs: []string{account}, Detail: map[string]string{"n": strconv.Itoa(n)}}
	return g.oneRecorded(ctx, district, e, "end grant", `UPDATE account_grant SET ended_at = now(), ended_by = $4
		WHERE district = $1 AND account = $2 AND n = $3 AND ended_at IS NULL`, district, account, n, by)
}

// MaxHandover is the longest time for which somebody is handed over at once, and
// MaxGlass the longest for which the glass is broken; the database holds to them too.
const (
	MaxHandover = 366 * 24 * time.Hour
	MaxGlass    = time.Hour
)

// Handovers returns all handovers of a resident, past ones included, by number.
func (g *Gate) Handovers(ctx context.Context, district, resident string) ([]Handover, error) {
	return g.handovers(ctx, district, "resident = $2 ORDER BY n", resident)
}

// HandedTo returns the handovers to an account and to these departments that are in
// force now, those that end first in front.
func (g *Gate) HandedTo(ctx context.Context, district, account string, bodies []string) ([]Handover, error) {
	if bodies == nil {
		bodies = []string{}
	}
	return g.handovers(ctx, district, "(account = $2 OR body = ANY ($3)) AND from_at <= now() AND to_at > now() ORDER BY to_at, resident, n", account, bodies)
}

func (g *Gate) handovers(ctx context.Context, district, where string, args ...any) ([]Handover, error) {
	return opened(ctx, &g.Reads, district, func(k *sealer) ([]Handover, error) {
		return collect(ctx, &g.Reads, "handovers", func(r pgx.Rows, v *Handover) error {
			var reason []byte
			if err := r.Scan(&v.N, &v.Resident, &v.Account, &v.Body, &v.Kind, &v.From, &v.To, &v.GivenBy, &reason); err != nil {
				return err
			}
			var err error
			v.Reason, err = k.open(reason, "handover", "reason", handoverKey(v))
			return err
		}, `SELECT n, resident, COALESCE(account, ''), COALESCE(body, ''), kind, from_at, to_at, given_by, reason
		FROM handover WHERE district = $1 AND `+where, append([]any{district}, args...)...)
	})
}

// HandOver adds a handover and returns its number; From zero stands for now. A
// resident or an account that does not exist is a *MissingError, a time that is too
// long (MaxHandover, MaxGlass) an *InvalidError.
func (g *Gate) HandOver(ctx context.Context, district string, v Handover, tell ...Outgoing) (n int, err error) {
	e := Event{Action: ActGrant, Object: "handover", IDs: []string{v.Resident}, Reason: v.Reason, Detail: map[string]string{"kind": string(v.Kind), "account": v.Account, "body": v.Body}}
	if v.Kind == HandoverBreakGlass {
		e.Action = ActBreak
	}
	err = g.recorded(ctx, district, e, func(tx pgx.Tx) error {
		// The gate may not touch residents, so it takes turns by a lock of its own.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, "handover "+district+" "+v.Resident); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT COALESCE(max(n), 0) + 1 FROM handover WHERE district = $1 AND resident = $2`,
			district, v.Resident).Scan(&v.N); err != nil {
			return err
		}
		k, err := g.keys.sealer(ctx, tx, district)
		if err != nil {
			return err
		}
		reason, err := k.seal(v.Reason, "handover", "reason", handoverKey(&v))
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO handover (district, resident, n, account, body, kind, from_at, to_at, given_by, reason)
			VALUES ($1, $2, $3, $4, $5, $6, COALESCE($7, now()), $8, $9, $10)`,
			district, v.Resident, v.N, orNil(v.Account), orNil(v.Body), string(v.Kind), timeOrNil(v.From), v.To, v.GivenBy, reason)
		if err != nil {
			return err
		}
		return putOutgoing(ctx, tx, district, outgoingByGate, tell)
	})
	if err != nil {
		return 0, fmt.Errorf("hand over: %w", tidy(err))
	}
	return v.N, nil
}

// handoverKey is the record that a sealed reason is bound to.
func handoverKey(v *Handover) string { return fmt.Sprintf("%s/%d", v.Resident, v.N) }

// EndHandover ends a handover now; ErrNotFound if there is none or it is over.
func (g *Gate) EndHandover(ctx context.Context, district, resident string, n int) error {
	e := Event{Action: ActEnd, Object: "handover", IDs: []string{resident}, Detail: map[string]string{"n": strconv.Itoa(n)}}
	return g.oneRecorded(ctx, district, e, "end handover", `UPDATE handover SET to_at = GREATEST(now(), from_at)
		WHERE district = $1 AND resident = $2 AND n = $3 AND to_at > now()`, district, resident, n)
}
