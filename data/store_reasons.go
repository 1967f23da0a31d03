package data

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// sealReasons seals the reasons of grants that a database from before they were
// sealed has in the clear, and takes the column in which they stood away.
func (s *Store) sealReasons(ctx context.Context) error {
	var clear bool
	const there = `SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'account_grant'::regclass AND attname = 'reason_clear' AND NOT attisdropped)`
	if err := s.pool.QueryRow(ctx, there).Scan(&clear); err != nil {
		return fmt.Errorf("seal reasons: %w", tidy(err))
	}
	if !clear {
		return nil
	}
	err := s.Write(ctx, func(tx *Tx) error {
		if _, err := tx.tx.Exec(ctx, `LOCK TABLE account_grant`); err != nil {
			return tidy(err)
		}
		if err := tx.tx.QueryRow(ctx, there).Scan(&clear); err != nil || !clear { // another process was faster
			return tidy(err)
		}
		type grant struct {
			district, account string
			n                 int
			reason            Sealed
		}
		rows, err := tx.tx.Query(ctx, `SELECT district, account, n, reason_clear FROM account_grant WHERE reason_clear <> ''`)
		if err != nil {
			return tidy(err)
		}
		all, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (g grant, err error) {
			err = r.Scan(&g.district, &g.account, &g.n, (*string)(&g.reason))
			return g, err
		})
		if err != nil {
			return tidy(err)
		}
		for _, g := range all {
			k, err := tx.sealer(g.district)
			if err != nil {
				return err
			}
			sealed, err := k.seal(g.reason, "account_grant", "reason", grantKey(g.account, g.n))
			if err != nil {
				return err
			}
			if _, err := tx.tx.Exec(ctx, `UPDATE account_grant SET reason = $4, reason_clear = '' WHERE district = $1 AND account = $2 AND n = $3`,
				g.district, g.account, g.n, sealed); err != nil {
				return tidy(err)
			}
		}
		_, err = tx.tx.Exec(ctx, `ALTER TABLE account_grant DROP COLUMN reason_clear`)
		return tidy(err)
	})
	if err != nil {
		return fmt.Errorf("seal reasons: %w", err)
	}
	// No page is to hold the old text, not even as a row that is no more.
	if _, err := s.pool.Exec(ctx, `VACUUM FULL account_grant`); err != nil {
		return fmt.Errorf("seal reasons: %w", tidy(err))
	}
	return nil
}
