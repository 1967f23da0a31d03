// Package datatest gives each test a store of its own on a real PostGIS: a
// clone of a template database that has been migrated once. It needs an
// installed PostgreSQL with PostGIS, or SANSE_TEST_DATABASE_URL with the right
// to create databases; without either the test fails, for there is no second,
// lesser store to test with.
//
// The private cluster behind it is started once for a test binary, with fsync
// off, and vanishes with the process.
package datatest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/data"
	"sanse/data/cluster"
)

// server is where clones are made.
type server struct {
	dsn      func(db string) string
	cluster  *cluster.Cluster // nil with SANSE_TEST_DATABASE_URL
	template string
	keys     *data.Keys

	clone sync.Mutex // a template can be copied by one at a time

	filled sync.Map // *filled by name: databases that Copy copies
}

// filled is a database that was filled once.
type filled struct {
	once sync.Once
	name string
	err  error
}

// shared starts the server on first use; a test binary has one.
var shared = sync.OnceValues(start)

// New returns an empty store with the current schema, closed and dropped when
// the test ends.
func New(t testing.TB) *data.Store {
	t.Helper()
	store, _ := NewDSN(t)
	return store
}

// NewDSN is New for a test that needs the connection string as well.
func NewDSN(t testing.TB) (*data.Store, string) {
	t.Helper()
	dsn := Clone(t)
	s, err := shared()
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	store, err := data.Open(t.Context(), dsn, s.keys)
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	t.Cleanup(store.Close)
	return store, dsn
}

// NewServing returns the owner's store of an empty database and a store that
// serves it as the three roles, under row-level security.
func NewServing(t testing.TB) (owner, serving *data.Store) {
	t.Helper()
	owner, dsn := NewDSN(t)
	return owner, Serve(t, dsn)
}

// Serve opens a database of Clone or NewDSN as the three roles that serve;
// closed when the test ends.
func Serve(t testing.TB, dsn string) *data.Store {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	as, err := data.DSNsFor(dsn)
	if err != nil {
		t.Fatal(err)
	}
	store, err := data.OpenServing(t.Context(), as, s.keys)
	if err != nil {
		t.Fatalf("open test database to serve: %v", err)
	}
	t.Cleanup(store.Close)
	return store
}

// As returns the connection string of a database of Clone or NewDSN as one of
// the roles that serve. With SANSE_TEST_DATABASE_URL that role must get in
// without a password, or by a .pgpass.
func As(t testing.TB, dsn, role string) string {
	t.Helper()
	all, err := data.DSNsFor(dsn)
	if err != nil {
		t.Fatal(err)
	}
	as, known := map[string]string{data.RoleEngine: all.Engine, data.RoleDesk: all.Desk, data.RoleGate: all.Gate}[role]
	if !known {
		t.Fatalf("no role %s serves", role)
	}
	return as
}

// Keys returns the keys with which every test database is sealed.
func Keys(t testing.TB) *data.Keys {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	return s.keys
}

// Clone returns the connection string of a new migrated database, dropped when
// the test ends.
func Clone(t testing.TB) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("test database (PostgreSQL with PostGIS must be installed, or SANSE_TEST_DATABASE_URL be set): %v", err)
	}
	name, err := s.copy(t.Context(), s.template)
	if err != nil {
		t.Fatalf("clone test database: %v", err)
	}
	t.Cleanup(func() { s.drop(t, name) })
	return s.dsn(name)
}

// Copy returns the connection string of a copy of a database that fill has filled,
// dropped when the test ends. Of one name it is filled once in a test binary: what
// several tests begin with, such as a demo district, is made once. fill must leave
// nobody connected but the store, which it is given.
func Copy(t testing.TB, name string, fill func(context.Context, *data.Store) error) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	v, _ := s.filled.LoadOrStore(name, new(filled))
	from := v.(*filled)
	from.once.Do(func() {
		from.err = errors.New("whoever filled it did not come to the end")
		if from.name, err = s.copy(t.Context(), s.template); err != nil {
			from.err = err
			return
		}
		from.err = s.fill(t.Context(), from.name, fill)
	})
	if from.err != nil {
		t.Fatalf("fill test database %s: %v", name, from.err)
	}
	made, err := s.copy(t.Context(), from.name)
	if err != nil {
		t.Fatalf("copy test database %s: %v", name, err)
	}
	t.Cleanup(func() { s.drop(t, made) })
	return s.dsn(made)
}

func (s *server) fill(ctx context.Context, name string, fill func(context.Context, *data.Store) error) error {
	store, err := data.Open(ctx, s.dsn(name), s.keys)
	if err != nil {
		return err
	}
	defer store.Close()
	return fill(ctx, store)
}

// copy returns the name of a new database that is as the one it is copied from.
func (s *server) copy(ctx context.Context, from string) (string, error) {
	name, err := s.newName("sanse_test")
	if err != nil {
		return "", err
	}
	s.clone.Lock()
	defer s.clone.Unlock()
	return name, s.exec(ctx, `CREATE DATABASE `+name+` TEMPLATE `+from+` STRATEGY file_copy`)
}

func (s *server) drop(t testing.TB, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.exec(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
		t.Errorf("drop test database: %v", err)
	}
}

func start() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	// Short, for the socket's path, and passable, for the user postgres.
	dir, err := os.MkdirTemp("", "sanse")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, err
	}
	s := &server{}
	if raw := os.Getenv("SANSE_TEST_DATABASE_URL"); raw != "" {
		u, err := url.Parse(raw)
		if err != nil || u.Scheme == "" {
			return nil, errors.New("SANSE_TEST_DATABASE_URL is not a URL such as postgres://user@host/db")
		}
		s.dsn = func(db string) string {
			v := *u
			v.Path = "/" + db
			return v.String()
		}
		if db := strings.TrimPrefix(u.Path, "/"); db != "" && db != "postgres" {
			admin := raw
			inner := s.dsn
			s.dsn = func(name string) string {
				if name == "postgres" {
					return admin
				}
				return inner(name)
			}
		}
	} else {
		if s.cluster, err = cluster.Open(ctx, dir, cluster.Options{Ephemeral: true}); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
		s.dsn = s.cluster.DSN
	}
	// The keys die with the cluster; of a database that stays, the template is
	// made anew by every test binary.
	keyPath := filepath.Join(dir, "key.json")
	if s.keys, err = data.OpenKeys(keyPath); err != nil {
		return nil, err
	}
	if s.cluster == nil {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	if s.template, err = s.newName("sanse_template"); err != nil {
		return nil, err
	}
	if err := s.exec(ctx, `CREATE DATABASE `+s.template); err != nil {
		return nil, fmt.Errorf("create template: %w", err)
	}
	store, err := data.Open(ctx, s.dsn(s.template), s.keys)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return s, store.Migrate(ctx)
}

// exec runs a statement on the server's database for such work.
func (s *server) exec(ctx context.Context, sql string) (err error) {
	conn, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

// newName returns a database name that is not in use, safe to write into SQL.
func (s *server) newName(prefix string) (string, error) {
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return prefix + "_" + hex.EncodeToString(b[:]), nil
}
