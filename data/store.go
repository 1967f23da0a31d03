package data

import (
	"context"
	"errors"
	"fmt"

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
}

// Reads are the reads of a store, each on what is stored when it begins, or,
// inside View, all on one state. No read asks the database once a row.
type Reads struct {
	db   querier
	keys *Keys
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
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("open store: the connection string is not valid") // it may hold a password
	}
	cfg.AfterConnect = registerGeometry
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "sanse"
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{Reads: Reads{db: pool, keys: keys}, pool: pool}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open store: %w", err)
	}
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
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files, goose.WithSessionLocker(locker))
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
	proof, err := s.keys.seal(keyProof, "key_check", "proof", "", "")
	if err != nil {
		return fmt.Errorf("migrate store: %w", err)
	}
	if _, err := s.pool.Exec(ctx, `INSERT INTO key_check (proof) VALUES ($1) ON CONFLICT DO NOTHING`, proof); err != nil {
		return fmt.Errorf("migrate store: %w", tidy(err))
	}
	return s.checkKeys(ctx)
}

const keyProof Sealed = "sanse"

// checkKeys tells whether the database was sealed with the store's keys.
func (s *Store) checkKeys(ctx context.Context) error {
	var proof []byte
	err := s.pool.QueryRow(ctx, `SELECT proof FROM key_check`).Scan(&proof)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("check key: %w", tidy(err))
	}
	if clear, err := s.keys.open(proof, "key_check", "proof", "", ""); err != nil || clear != keyProof {
		return ErrWrongKey
	}
	return nil
}

// Close waits for what is under way and ends all connections.
func (s *Store) Close() { s.pool.Close() }

// Pool returns the pool of connections, for a job queue or a check that speaks
// SQL of its own. It stays the store's: do not close it.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }
