package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"sanse/data/migrations"
)

// Store keeps the records of districts in PostgreSQL with PostGIS. It is safe
// for concurrent use. All reads are set-based; none asks the database once a
// row.
type Store struct {
	Reads
	pool *pgxpool.Pool
	desk *pgxpool.Pool // of an owner's store these two are pool
	gate *pgxpool.Pool
	// serving: the pools are of roles that own nothing and are under row-level
	// security; see OpenServing.
	serving bool

	linkClock func() time.Time // of links of the audit; nil: the machine's
}

// Reads are the reads of a store, each on what is stored when it begins, or,
// inside View, all on one state. No read asks the database once a row.
type Reads struct {
	db   querier
	keys *keyring
}

// querier is a pool of connections or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// View runs f on one state of the store: whatever is written meanwhile, all
// reads of f see the same. f is for one goroutine.
func (s *Store) View(ctx context.Context, f func(*Reads) error) (err error) {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer func() {
		if e := tx.Rollback(context.WithoutCancel(ctx)); e != nil && !errors.Is(e, pgx.ErrTxClosed) {
			err = errors.Join(err, fmt.Errorf("end reading: %w", e))
		}
	}()
	return f(&Reads{db: tx, keys: s.keys})
}

// Open connects to the database of that connection string and makes sure that
// it answers and that keys are the ones it was sealed with (ErrWrongKey if
// not). It does not touch the schema; see Migrate. The caller closes the store.
func Open(ctx context.Context, dsn string, keys *Keys) (*Store, error) {
	pool, err := openPool(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{Reads: Reads{db: pool, keys: newKeyring(keys)}, pool: pool, desk: pool, gate: pool}
	var there bool
	if err := pool.QueryRow(ctx, `SELECT to_regclass('key_check') IS NOT NULL`).Scan(&there); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open store: %w", err)
	}
	if there {
		if err := s.checkKeys(ctx); err != nil {
			pool.Close()
			return nil, fmt.Errorf("open store: %w", err)
		}
	}
	return s, nil
}

// openPool connects, and makes sure that the database answers.
func openPool(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the connection string is not valid") // it may hold a password
	}
	cfg.AfterConnect = registerGeometry
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "sanse"
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// registerGeometry lets geometry travel as EWKB bytes; before the extension
// exists there is nothing to register.
func registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	var oid *uint32
	if err := conn.QueryRow(ctx, `SELECT to_regtype('geometry')::oid`).Scan(&oid); err != nil {
		return fmt.Errorf("look up type geometry: %w", err)
	}
	if oid != nil {
		conn.TypeMap().RegisterType(&pgtype.Type{Name: "geometry", OID: *oid, Codec: pgtype.ByteaCodec{}})
	}
	return nil
}

// Migrate brings the schema up to date, whoever else is doing so at the same
// time, and ties the database to the store's keys if it is new.
func (s *Store) Migrate(ctx context.Context) (err error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	p, err := migrations.New(db, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	applied, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate store (PostGIS and btree_gist are needed; on Debian: apt-get install postgresql-postgis): %w", err)
	}
	if len(applied) > 0 {
		s.pool.Reset() // connections made before the extension do not know geometry
	}
	if err := s.tieKeys(ctx); err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	if err := s.sealReasons(ctx); err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	if err := s.noTables(ctx); err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	if err := s.migrateQueue(ctx); err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	return nil
}

// noTables takes the right to make temporary tables from all but the owner and the
// engine, which copies by them: a table that a slipped-in statement leaves on a
// connection would stand in front of the real one. It is a right in the database,
// which a clone does not inherit, and not in the schema. Whoever does not own the
// database is left to its owner (docs/trust.md).
func (s *Store) noTables(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `DO $$
	BEGIN
		IF has_database_privilege('sanse_desk', current_database(), 'TEMPORARY') THEN
			EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
			EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO sanse_engine, %I', current_database(), current_user);
		END IF;
	EXCEPTION
		WHEN insufficient_privilege THEN
			RAISE WARNING 'temporary tables stay allowed: the owner of the database has to revoke them';
		WHEN OTHERS THEN
			IF SQLERRM NOT LIKE '%concurrently updated%' THEN -- another process does it at this moment
				RAISE;
			END IF;
	END $$`)
	return tidy(err)
}

// Close waits for what is under way and ends all connections.
func (s *Store) Close() {
	for _, pool := range [...]*pgxpool.Pool{s.pool, s.desk, s.gate} {
		if pool != nil {
			pool.Close() // closing one twice is nothing
		}
	}
}

// Pool returns the pool of connections, for a job queue or a check that speaks
// SQL of its own. It stays the store's: do not close it.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }
