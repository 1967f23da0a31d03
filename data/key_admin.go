package data

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/data/seal"
)

// KeyState is what is known of a data key without opening it.
type KeyState struct {
	N       uint32
	Use     string // seal, hash, mark or first: see table data_key
	Suite   string
	KEK     string // the key-encryption key that wrapped it
	Made    time.Time
	Retired time.Time // zero: it is not
	Values  int64     // sealed with it; of seal and first
	InUse   bool      // what is written now is written with it
}

// DataKeys lists the data keys of a district by number.
func (s *Store) DataKeys(ctx context.Context, district string) ([]KeyState, error) {
	used, err := valuesByKey(ctx, s.pool, district)
	if err != nil {
		return nil, err
	}
	now, err := keysInUse(ctx, s.pool, district)
	if err != nil {
		return nil, err
	}
	return collect(ctx, &s.Reads, "data keys", func(r pgx.Rows, v *KeyState) error {
		var retired *time.Time
		if err := r.Scan(&v.N, &v.Use, &v.Suite, &v.KEK, &v.Made, &retired); err != nil {
			return err
		}
		if retired != nil {
			v.Retired = *retired
		}
		switch v.Use {
		case useSeal:
			v.Values = used[v.N]
		case useFirst:
			v.Values = used[0]
		}
		v.InUse = v.N == now.seal || v.N == now.hash || v.N == now.mark
		return nil
	}, `SELECT n, use, suite, kek, made_at, retired_at FROM data_key WHERE district = $1 ORDER BY n`, district)
}

// RotateKey makes a new data key of a district, with which all is sealed that is
// written from the end of this transaction on. suite "" stands for that of the
// key before. What is sealed stays readable; Reseal moves it.
func (s *Store) RotateKey(ctx context.Context, district, suite string) (n uint32, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		k, err := tx.sealer(district)
		if err != nil {
			return err
		}
		if n, err = tx.newKey(k, useSeal, suite, k.inUse.seal); err != nil {
			return err
		}
		return tx.recordKey(district, "rotate", n)
	})
	if err != nil {
		return 0, fmt.Errorf("rotate data key: %w", err)
	}
	return n, nil
}

// ErrBusy says that there was no moment in which nobody wrote.
var ErrBusy = errors.New("others are writing all the time: try again")

// RotateHashKey makes a new key for the hashes of ID numbers and hashes all of
// them anew in one transaction, so that two records of one person are found at
// every moment. ErrBusy if others write all the time.
func (s *Store) RotateHashKey(ctx context.Context, district, suite string) (n uint32, err error) {
	got, err := s.alone(ctx, district, func(tx *Tx) error {
		k, err := tx.sealer(district)
		if err != nil {
			return err
		}
		if n, err = tx.newKey(k, useHash, suite, k.inUse.hash); err != nil {
			return err
		}
		if k, err = tx.keys.read(ctx, tx.tx, district); err != nil {
			return err
		}
		if err := tx.rehash(k, n); err != nil {
			return err
		}
		if _, err = tx.tx.Exec(ctx, `UPDATE data_key SET retired_at = now() WHERE district = $1 AND use = 'hash' AND n <> $2 AND retired_at IS NULL`, district, n); err != nil {
			return err
		}
		return tx.recordKey(district, "rotate hash", n)
	})
	if err == nil && !got {
		err = ErrBusy
	}
	if err != nil {
		return 0, fmt.Errorf("rotate hash key: %w", tidy(err))
	}
	return n, nil
}

// recordKey records what was done with a key.
func (tx *Tx) recordKey(district, what string, n uint32) error {
	return tx.Record(district, Event{Action: ActKey, Object: "data_key", Detail: map[string]string{"what": what, "n": strconv.FormatUint(uint64(n), 10)}})
}

// newKey makes a key for a use; suite "" stands for that of key before.
func (tx *Tx) newKey(k *sealer, use, suite string, before uint32) (uint32, error) {
	if suite == "" {
		old, ok := k.suite(before)
		if !ok {
			return 0, errUnknownKey
		}
		suite = old.Name()
	}
	key, err := seal.NewKey(suite)
	if err != nil {
		return 0, err
	}
	return tx.keys.put(tx.ctx, tx.tx, dataKey{district: k.district, use: use, suite: suite, key: key})
}

// rehash hashes the ID numbers of a district with hash key n.
func (tx *Tx) rehash(k *sealer, n uint32) error {
	h := &hashedTable
	rows, err := tx.tx.Query(tx.ctx, `SELECT `+h.id+`, `+h.source+` FROM `+h.table+` WHERE district = $1 AND `+h.source+` IS NOT NULL`, k.district)
	if err != nil {
		return tidy(err)
	}
	var ids []string
	var hashes [][]byte
	var id string
	var b []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &b}, func() error {
		clear, err := k.open(b, h.as, h.source, id)
		if err != nil {
			return err
		}
		sum, err := k.hashWith(n, clear)
		if err != nil {
			return err
		}
		ids, hashes = append(ids, id), append(hashes, sum)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = tx.tx.Exec(tx.ctx, `UPDATE `+h.table+` SET `+h.column+` = u.hash FROM unnest($2::text[], $3::bytea[]) AS u (of_id, hash)
		WHERE district = $1 AND `+h.id+` = of_id`, k.district, ids, hashes)
	return err
}

// Rewrap has another key-encryption key wrap the data keys of all districts, in
// one transaction; nothing that is sealed changes. From then on the database
// opens with that one alone. A process that serves goes on with the keys it has
// and is to be started anew with the other before the next new key.
func (s *Store) Rewrap(ctx context.Context, to *Keys) (keys int, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		// Nobody makes a key meanwhile; who waits finds another KEK in charge.
		if _, err := tx.tx.Exec(ctx, `LOCK TABLE data_key, key_check IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return tidy(err)
		}
		rows, err := tx.tx.Query(ctx, `SELECT district, n, use, suite, wrapped FROM data_key ORDER BY n`)
		if err != nil {
			return tidy(err)
		}
		var list []dataKey
		var wrapped [][]byte
		for rows.Next() {
			var d dataKey
			var w []byte
			if err := rows.Scan(&d.district, &d.n, &d.use, &d.suite, &w); err != nil {
				rows.Close()
				return err
			}
			list, wrapped = append(list, d), append(wrapped, w)
		}
		if err := rows.Err(); err != nil {
			return tidy(err)
		}
		numbers := make([]int64, len(list))
		for i := range list {
			if err := s.keys.unwrap(ctx, &list[i], wrapped[i]); err != nil {
				return err
			}
			if wrapped[i], err = to.wrap(ctx, &list[i]); err != nil {
				return err
			}
			// What cannot be opened again must not replace what can.
			again := list[i]
			if err := to.unwrap(ctx, &again, wrapped[i]); err != nil {
				return err
			}
			numbers[i] = int64(list[i].n)
		}
		if _, err := tx.tx.Exec(ctx, `UPDATE data_key k SET wrapped = u.wrapped, kek = $3 FROM unnest($1::bigint[], $2::bytea[]) AS u (n, wrapped) WHERE k.n = u.n`,
			numbers, wrapped, to.Name()); err != nil {
			return tidy(err)
		}
		proof, err := to.prove(ctx)
		if err != nil {
			return err
		}
		if err := to.check(ctx, proof, to.Name()); err != nil {
			return err
		}
		if _, err := tx.tx.Exec(ctx, `UPDATE key_check SET proof = $1, kek = $2`, proof, to.Name()); err != nil {
			return tidy(err)
		}
		keys = len(list)
		return tx.recordRewrap(list, to.Name())
	})
	if err != nil {
		return 0, fmt.Errorf("rewrap data keys: %w", err)
	}
	return keys, nil
}

// recordRewrap records in every district that its keys are wrapped by another KEK.
func (tx *Tx) recordRewrap(list []dataKey, kek string) error {
	var districts []string
	for i := range list {
		districts = append(districts, list[i].district)
	}
	slices.Sort(districts)
	for _, d := range slices.Compact(districts) {
		if err := tx.Record(d, Event{Action: ActKey, Object: "data_key", Detail: map[string]string{"what": "rewrap", "kek": kek}}); err != nil {
			return err
		}
	}
	return nil
}
