package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// KeepAudit is how long a row of the audit stays at the least: the Cybersecurity
// Law (article 21) asks for six months.
const KeepAudit = 180 * 24 * time.Hour

// RemoveAudit takes away the rows of a district's audit whose time is over: those
// of links that were made before that moment, from the first on, and their
// reasons. The links stay, and a new one says what has gone, so that the chain
// proves what there was. Rows younger than KeepAudit are refused. It works on the
// owner's store only.
func (s *Store) RemoveAudit(ctx context.Context, district string, before time.Time) (rows int64, err error) {
	if before.After(s.linkTime().Add(-KeepAudit)) {
		return 0, &InvalidError{Table: "audit", Rule: "at: rows stay for 180 days at the least"}
	}
	release, err := s.Lock(ctx, "audit "+district)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, release()) }()
	err = s.Write(ctx, func(tx *Tx) error {
		next := Link{Kind: LinkRemoved, At: s.linkTime()}
		err := tx.tx.QueryRow(ctx, `SELECT n + 1, digest FROM audit_link WHERE district = $1 ORDER BY n DESC LIMIT 1`, district).Scan(&next.N, &next.Before)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return tidy(err)
		}
		err = tx.tx.QueryRow(ctx, `SELECT l.upto, l.digest, COALESCE((SELECT sum(o.rows) FROM audit_link o WHERE o.district = $1 AND o.kind = 'rows' AND o.upto <= l.upto
				AND o.upto > COALESCE((SELECT max(g.upto) FROM audit_link g WHERE g.district = $1 AND g.kind = 'removed'), 0)), 0)::bigint
			FROM audit_link l WHERE l.district = $1 AND l.kind = 'rows' AND l.at < $2 ORDER BY l.n DESC LIMIT 1`, district, before).Scan(&next.Upto, &next.Content, &next.Rows)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return tidy(err)
		}
		if next.Rows == 0 {
			return nil
		}
		k, err := tx.sealer(district)
		if err != nil {
			return err
		}
		if err := next.close(k); err != nil {
			return err
		}
		rows, err = tx.removeAudit(district, next)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("remove rows of the audit: %w", err)
	}
	return rows, nil
}

// removeAudit appends the link and takes away what it says has gone.
func (tx *Tx) removeAudit(district string, l Link) (int64, error) {
	if _, err := tx.tx.Exec(tx.ctx, `INSERT INTO audit_link (district, n, kind, upto, rows, content, before, digest, seal, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		district, l.N, string(l.Kind), l.Upto, l.Rows, l.Content, l.Before, l.Digest, l.Seal, l.At); err != nil {
		return 0, tidy(err)
	}
	var batch pgx.Batch
	batch.Queue(`DELETE FROM audit_reason r USING audit a WHERE r.district = $1 AND a.district = $1 AND a.reason = r.id AND a.id <= $2`, district, l.Upto)
	batch.Queue(`DELETE FROM audit WHERE district = $1 AND id <= $2`, district, l.Upto)
	results := tx.tx.SendBatch(tx.ctx, &batch)
	_, err := results.Exec()
	tag, err2 := results.Exec()
	if err := errors.Join(err, err2, results.Close()); err != nil {
		return 0, tidy(err)
	}
	return tag.RowsAffected(), nil
}
