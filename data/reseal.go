package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/data/seal"
)

// Resealed is what Reseal did.
type Resealed struct {
	Values  int      // sealed anew
	Retired []uint32 // keys with which nothing is sealed any more
	// Busy says that keys could not be retired because somebody was writing with
	// them all the time; the next Reseal will.
	Busy bool
}

// resealRows is how many records are sealed anew in one transaction: few enough
// that nobody waits for them.
const resealRows = 500

// Reseal seals everything of a district anew that is not sealed with the key in
// use, and retires the keys that nothing is sealed with any more. The store may
// be written to meanwhile: a record that somebody is writing is left for the
// next pass. When it is stopped, what is done is done; called again it goes on.
// step, if not nil, is told how many values are done.
func (s *Store) Reseal(ctx context.Context, district string, step func(values int)) (Resealed, error) {
	var done Resealed
	for {
		before := done.Values
		for i := range sealedTables {
			t := &sealedTables[i]
			for last, more := "", true; more; {
				err := s.Write(ctx, func(tx *Tx) error {
					next, n, err := tx.resealBatch(district, t, last)
					last, more = next, next != ""
					done.Values += n
					return err
				})
				if err != nil {
					return done, fmt.Errorf("reseal %s: %w", t.table, err)
				}
				if step != nil {
					step(done.Values)
				}
			}
		}
		if done.Values == before {
			break
		}
	}
	var err error
	done.Retired, done.Busy, err = s.retireKeys(ctx, district)
	return done, err
}

// resealBatch seals the next records of a table anew, those after the id last;
// it returns the last of them, "" if there are no more, and how many values it
// sealed. Records that others are writing are passed over.
func (tx *Tx) resealBatch(district string, t *sealedTable, last string) (string, int, error) {
	k, err := tx.sealer(district)
	if err != nil {
		return "", 0, err
	}
	prefix := seal.Prefix(k.inUse.seal)
	rows, err := tx.tx.Query(tx.ctx, `SELECT `+t.id+`, `+strings.Join(t.columns, ", ")+` FROM `+t.table+`
		WHERE district = $1 AND `+t.id+` > $3 AND `+t.otherKey("$2")+` ORDER BY `+t.id+` LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED`,
		district, prefix, last, resealRows)
	if err != nil {
		return "", 0, tidy(err)
	}
	var ids []string
	values := make([][][]byte, len(t.columns))
	for rows.Next() {
		var id string
		row := make([][]byte, len(t.columns))
		into := []any{&id}
		for i := range row {
			into = append(into, &row[i])
		}
		if err := rows.Scan(into...); err != nil {
			rows.Close()
			return "", 0, err
		}
		ids = append(ids, id)
		for i := range row {
			values[i] = append(values[i], row[i])
		}
	}
	if err := rows.Err(); err != nil {
		return "", 0, tidy(err)
	}
	if len(ids) == 0 {
		return "", 0, nil
	}
	sealed := 0
	for i, column := range t.columns {
		for j, b := range values[i] {
			if b == nil || bytes.HasPrefix(b, prefix) {
				continue
			}
			clear, err := k.open(b, t.as, column, ids[j])
			if errors.Is(err, errUnknownKey) {
				err = ErrWrongKey // the keys were read in this transaction
			}
			if err != nil {
				return "", 0, err
			}
			if values[i][j], err = k.seal(clear, t.as, column, ids[j]); err != nil {
				return "", 0, err
			}
			sealed++
		}
	}
	var set, unnest, names []string
	args := []any{district, ids}
	for i, c := range t.columns {
		set = append(set, fmt.Sprintf("%s = new_%[1]s", c))
		unnest = append(unnest, fmt.Sprintf("$%d::bytea[]", i+3))
		names = append(names, "new_"+c)
		args = append(args, values[i])
	}
	_, err = tx.tx.Exec(tx.ctx, `UPDATE `+t.table+` SET `+strings.Join(set, ", ")+`
		FROM unnest($2::text[], `+strings.Join(unnest, ", ")+`) AS u (of_id, `+strings.Join(names, ", ")+`)
		WHERE district = $1 AND `+t.id+` = of_id`, args...)
	if err != nil {
		return "", 0, tidy(err)
	}
	if len(ids) < resealRows {
		return "", sealed, nil
	}
	return ids[len(ids)-1], sealed, nil
}

// How long retiring keys waits for a moment in which nobody seals.
const (
	aloneTries = 50
	alonePause = 100 * time.Millisecond
)

// alone runs f in a transaction during which nobody else seals for the district.
// It never stands in a queue, for others would stand behind it: it tries, and
// false says that there was no such moment.
func (s *Store) alone(ctx context.Context, district string, f func(*Tx) error) (bool, error) {
	for i := range aloneTries {
		if i > 0 {
			select {
			case <-ctx.Done():
				return false, ctx.Err()
			case <-time.After(alonePause):
			}
		}
		got := false
		err := s.Write(ctx, func(tx *Tx) error {
			err := tx.tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1, hashtext($2))`, keyLock, district).Scan(&got)
			if err != nil {
				return fmt.Errorf("wait for writers: %w", tidy(err))
			}
			if !got {
				return nil
			}
			return f(tx)
		})
		if got || err != nil {
			return got, err
		}
	}
	return false, nil
}

// retireKeys retires the keys for sealing, but the one in use, with which nothing
// is sealed any more.
func (s *Store) retireKeys(ctx context.Context, district string) (retired []uint32, busy bool, err error) {
	var old bool
	err = s.pool.QueryRow(ctx, `SELECT count(*) > 1 FROM data_key WHERE district = $1 AND use IN ('seal', 'first') AND retired_at IS NULL`, district).Scan(&old)
	if err != nil {
		return nil, false, fmt.Errorf("retire data keys: %w", tidy(err))
	}
	if !old {
		return nil, false, nil
	}
	got, err := s.alone(ctx, district, func(tx *Tx) error {
		used, err := valuesByKey(ctx, tx.tx, district)
		if err != nil {
			return err
		}
		keep := []int64{}
		for n, v := range used {
			if n != 0 && v > 0 {
				keep = append(keep, int64(n))
			}
		}
		rows, err := tx.tx.Query(ctx, `UPDATE data_key SET retired_at = now()
			WHERE district = $1 AND retired_at IS NULL AND NOT n = ANY ($2) AND (use = 'first' AND NOT $3
				OR use = 'seal' AND n <> (SELECT max(n) FROM data_key WHERE district = $1 AND use = 'seal' AND retired_at IS NULL))
			RETURNING n`, district, keep, used[0] > 0)
		if err != nil {
			return tidy(err)
		}
		if retired, err = pgx.CollectRows(rows, pgx.RowTo[uint32]); err != nil {
			return tidy(err)
		}
		for _, n := range retired {
			if err := tx.recordKey(district, "retire", n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("retire data keys: %w", err)
	}
	return retired, !got, nil
}

// valuesByKey counts the sealed values of a district by the number of their key;
// 0: the key file's own.
func valuesByKey(ctx context.Context, db querier, district string) (map[uint32]int64, error) {
	var parts []string
	for _, t := range sealedTables {
		for _, c := range t.columns {
			parts = append(parts, `SELECT `+c+`::bytea AS v FROM `+t.table+` WHERE district = $1 AND `+c+` IS NOT NULL`)
		}
	}
	rows, err := db.Query(ctx, `SELECT CASE get_byte(v, 0) WHEN 2 THEN ('x' || encode(substring(v FROM 2 FOR 4), 'hex'))::bit(32)::bigint ELSE 0 END AS n, count(*)
		FROM (`+strings.Join(parts, " UNION ALL ")+`) s GROUP BY 1`, district)
	if err != nil {
		return nil, fmt.Errorf("count sealed values: %w", tidy(err))
	}
	out := map[uint32]int64{}
	var n uint32
	var v int64
	if _, err := pgx.ForEachRow(rows, []any{&n, &v}, func() error { out[n] = v; return nil }); err != nil {
		return nil, fmt.Errorf("count sealed values: %w", tidy(err))
	}
	return out, nil
}
