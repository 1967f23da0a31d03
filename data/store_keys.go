package data

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sanse/data/seal"
)

// checkKeys tells whether the database was sealed with the store's keys:
// ErrWrongKey if not.
func (s *Store) checkKeys(ctx context.Context) error {
	var proof []byte
	var kek *string
	// The schema may still be that of before there were data keys.
	err := s.pool.QueryRow(ctx, `SELECT proof, to_jsonb(c) ->> 'kek' FROM key_check c`).Scan(&proof, &kek)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("check key: %w", tidy(err))
	}
	name := ""
	if kek != nil {
		name = *kek
	}
	return s.keys.check(ctx, proof, name)
}

// tieKeys ties the database to the store's keys if it is new, and gives data
// keys to districts from before there were any: what is sealed there stays as it
// is until Reseal, and the hashes of ID numbers stay what they are.
func (s *Store) tieKeys(ctx context.Context) (err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("tie key: %w", tidy(err))
	}
	defer func() {
		if e := tx.Rollback(context.WithoutCancel(ctx)); e != nil && !errors.Is(e, pgx.ErrTxClosed) {
			err = errors.Join(err, fmt.Errorf("tie key: %w", e))
		}
	}()
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, 0)`, keyMakeLock); err != nil {
		return fmt.Errorf("tie key: %w", tidy(err))
	}
	var tied bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM key_check WHERE kek IS NOT NULL)`).Scan(&tied); err != nil {
		return fmt.Errorf("tie key: %w", tidy(err))
	}
	if !tied {
		proof, err := s.keys.prove(ctx)
		if err != nil {
			return fmt.Errorf("tie key: %w", err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO key_check (proof, kek) VALUES ($1, $2)
			ON CONFLICT (one) DO UPDATE SET kek = EXCLUDED.kek`, proof, s.keys.Name()); err != nil {
			return fmt.Errorf("tie key: %w", tidy(err))
		}
	}
	rows, err := tx.Query(ctx, `SELECT code FROM district d WHERE NOT EXISTS (SELECT FROM data_key k WHERE k.district = d.code) ORDER BY code`)
	if err != nil {
		return fmt.Errorf("tie key: %w", tidy(err))
	}
	without, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("tie key: %w", tidy(err))
	}
	for _, district := range without {
		if s.keys.own != nil {
			for _, use := range []string{useFirst, useHash} {
				if _, err := s.keys.put(ctx, tx, dataKey{district: district, use: use, suite: seal.AES, key: s.keys.ownKey}); err != nil {
					return err
				}
			}
		}
		if _, err := s.keys.makeFirst(ctx, tx, district); err != nil {
			return err
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("tie key: %w", tidy(err))
	}
	return s.checkKeys(ctx)
}
