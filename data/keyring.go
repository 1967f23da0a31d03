package data

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"github.com/jackc/pgx/v5"

	"sanse/data/seal"
)

// keyring holds the data keys of a store's districts as they were last read. It
// is safe for concurrent use; a key once unwrapped stays until the store closes.
type keyring struct {
	*Keys
	mu        sync.Mutex
	districts map[string]*sealer
}

func newKeyring(keys *Keys) *keyring { return &keyring{Keys: keys, districts: map[string]*sealer{}} }

// keyLock is the class of the advisory locks of a district's keys. Who seals
// holds it shared to the end of the transaction; who retires a key, or changes
// the one of the hashes, holds it alone, and so knows that nobody is about to
// write with the old one.
const (
	keyLock     = 0x5ea1
	keyMakeLock = keyLock + 1 // held by who makes the first keys of a district
)

// latest returns the keys of a district as they are now, for what cannot be read
// twice; see opened.
func (r *keyring) latest(ctx context.Context, db querier, district string) (*sealer, error) {
	now, err := keysInUse(ctx, db, district)
	if err != nil {
		return nil, err
	}
	k, err := r.known(ctx, db, district)
	if err == nil && k.inUse != now {
		k, err = r.read(ctx, db, district)
	}
	return k, err
}

// known returns the keys of a district as they are at hand, for reading.
func (r *keyring) known(ctx context.Context, db querier, district string) (*sealer, error) {
	r.mu.Lock()
	k := r.districts[district]
	r.mu.Unlock()
	if k != nil && k.inUse.all() {
		return k, nil
	}
	return r.read(ctx, db, district)
}

// read reads the keys of a district again and unwraps those that are new.
func (r *keyring) read(ctx context.Context, db querier, district string) (*sealer, error) {
	rows, err := db.Query(ctx, `SELECT n, use, suite, wrapped, retired_at IS NOT NULL FROM data_key WHERE district = $1 ORDER BY n`, district)
	if err != nil {
		return nil, fmt.Errorf("read data keys: %w", tidy(err))
	}
	type row struct {
		dataKey
		wrapped []byte
		retired bool
	}
	list, err := pgx.CollectRows(rows, func(c pgx.CollectableRow) (v row, err error) {
		v.district = district
		return v, c.Scan(&v.n, &v.use, &v.suite, &v.wrapped, &v.retired)
	})
	if err != nil {
		return nil, fmt.Errorf("read data keys: %w", tidy(err))
	}
	r.mu.Lock()
	before := r.districts[district]
	r.mu.Unlock()
	k := &sealer{district: district, suites: make(map[uint32]seal.Suite, len(list)+1)}
	// What was known stays known: this may be the state of a transaction that
	// began long ago, and numbers are never used again.
	if before != nil {
		maps.Copy(k.suites, before.suites)
	}
	for i := range list {
		v := &list[i]
		suite, ok := before.suite(v.n)
		if !ok {
			if err := r.unwrap(ctx, &v.dataKey, v.wrapped); err != nil {
				return nil, err
			}
			if suite, err = seal.New(v.suite, v.key); err != nil {
				return nil, fmt.Errorf("use data key %d: %w", v.n, err)
			}
		}
		k.suites[v.n] = suite
		if v.use == useFirst {
			k.suites[0] = suite
		}
		if !v.retired {
			k.inUse.set(v.use, v.n) // the highest comes last
		}
	}
	r.mu.Lock()
	r.districts[district] = k
	r.mu.Unlock()
	return k, nil
}

// sealer returns the keys of a district for writing inside a transaction: those
// in use now. A district that has none gets its first.
func (r *keyring) sealer(ctx context.Context, tx execer, district string) (*sealer, error) {
	var locked string
	if err := tx.QueryRow(ctx, `SELECT pg_advisory_xact_lock_shared($1, hashtext($2))::text`, keyLock, district).Scan(&locked); err != nil {
		return nil, fmt.Errorf("look up data keys: %w", tidy(err))
	}
	now, err := keysInUse(ctx, tx, district)
	if err != nil {
		return nil, err
	}
	if !now.all() {
		if now, err = r.makeFirst(ctx, tx, district); err != nil {
			return nil, err
		}
	}
	k, err := r.known(ctx, tx, district)
	if err == nil && k.inUse != now {
		k, err = r.read(ctx, tx, district)
	}
	return k, err
}

// keysInUse reads which keys of a district are in use.
func keysInUse(ctx context.Context, db querier, district string) (numbers, error) {
	var n numbers
	err := db.QueryRow(ctx, `SELECT COALESCE(max(n) FILTER (WHERE use = 'seal'), 0), COALESCE(max(n) FILTER (WHERE use = 'hash'), 0),
			COALESCE(max(n) FILTER (WHERE use = 'mark'), 0) FROM data_key WHERE district = $1 AND retired_at IS NULL`, district).
		Scan(&n.seal, &n.hash, &n.mark)
	if err != nil {
		return n, fmt.Errorf("look up data keys: %w", tidy(err))
	}
	return n, nil
}

// makeFirst makes what keys a district lacks, one process at a time.
func (r *keyring) makeFirst(ctx context.Context, db execer, district string) (n numbers, err error) {
	err = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, keyMakeLock, district); err != nil {
			return fmt.Errorf("make data keys: %w", tidy(err))
		}
		n, err = r.makeMissing(ctx, tx, district)
		return err
	})
	return n, err
}

func (r *keyring) makeMissing(ctx context.Context, tx pgx.Tx, district string) (numbers, error) {
	n, err := keysInUse(ctx, tx, district)
	if err != nil {
		return n, err
	}
	for _, use := range []struct {
		name string
		n    *uint32
	}{{useSeal, &n.seal}, {useHash, &n.hash}, {useMark, &n.mark}} {
		if *use.n != 0 {
			continue
		}
		key, err := seal.NewKey(seal.AES)
		if err != nil {
			return n, fmt.Errorf("make data key: %w", err)
		}
		if *use.n, err = r.put(ctx, tx, dataKey{district: district, use: use.name, suite: seal.AES, key: key}); err != nil {
			return n, err
		}
	}
	return n, nil
}

// put wraps a data key and stores it under a number of its own.
func (r *keyring) put(ctx context.Context, tx querier, d dataKey) (uint32, error) {
	if err := tx.QueryRow(ctx, `SELECT nextval('data_key_n')`).Scan(&d.n); err != nil {
		return 0, fmt.Errorf("make data key: %w", tidy(err))
	}
	wrapped, err := r.wrap(ctx, &d)
	if err != nil {
		return 0, err
	}
	// Not under a KEK that has been changed for another meanwhile.
	var n uint32
	err = tx.QueryRow(ctx, `INSERT INTO data_key (district, n, use, suite, wrapped, kek)
		SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT kek FROM key_check) = $6 RETURNING n`,
		d.district, d.n, d.use, d.suite, wrapped, r.Name()).Scan(&n)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return 0, fmt.Errorf("make data key: %w", ErrWrongKey)
	case err != nil:
		return 0, fmt.Errorf("make data key: %w", tidy(err))
	}
	return n, nil
}

// opened runs f with the keys of a district, and once more with keys read anew
// if a value names one that was not there. f leaves no rows open.
func opened[T any](ctx context.Context, r *Reads, district string, f func(*sealer) (T, error)) (T, error) {
	k, err := r.keys.known(ctx, r.db, district)
	if err != nil {
		var none T
		return none, err
	}
	v, err := f(k)
	if errors.Is(err, errUnknownKey) {
		if k, err = r.keys.read(ctx, r.db, district); err == nil {
			v, err = f(k)
		}
	}
	if errors.Is(err, errUnknownKey) {
		err = ErrWrongKey
	}
	return v, err
}
