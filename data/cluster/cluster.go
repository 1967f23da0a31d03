package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Options change how a cluster runs; the zero value is for data that is to be
// kept.
type Options struct {
	// Ephemeral trades durability for speed (fsync off) and removes the folder
	// when the cluster stops, or when the process ends without stopping it.
	Ephemeral bool
	// BinDir is the folder of initdb and postgres; empty: found by itself.
	BinDir string
	// StartTimeout bounds the wait for the server's first answer, recovery
	// after a crash included; 0 stands for two minutes.
	StartTimeout time.Duration
	// Log is told what is done (made, started, joined, stopped); nil: nobody.
	Log *slog.Logger
}

// Cluster is a running PostgreSQL server. It is safe for concurrent use.
type Cluster struct {
	dir     string
	sockets string
	opts    Options
	version string // major

	stop   sync.Mutex
	users  *lock   // shared while the cluster is open; nil: closed
	server *server // nil: another process started it, or the cluster is closed
	reaper *reaper // of an ephemeral cluster
}

// ErrOtherVersion says that the data were made by another major version of
// PostgreSQL than is installed.
var ErrOtherVersion = errors.New("made by another major version of PostgreSQL")

// ErrNotInstalled says that PostgreSQL, PostGIS or a tool is missing.
var ErrNotInstalled = errors.New("not installed")

// Open returns the running cluster of a folder: it makes the cluster if the
// folder has none, starts it if nobody runs it, and joins it otherwise. It
// returns when the server answers queries. The caller calls Close.
func Open(ctx context.Context, dir string, opts Options) (*Cluster, error) {
	c, err := open(ctx, dir, opts)
	if err != nil {
		return nil, fmt.Errorf("open cluster: %w", err)
	}
	return c, nil
}

func open(ctx context.Context, dir string, opts Options) (_ *Cluster, err error) {
	if opts.StartTimeout == 0 {
		opts.StartTimeout = 2 * time.Minute
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	owner, err := serverOwner()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	if err := owner.canReach(dir); err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, opts: opts}

	// One process at a time starts, joins or leaves.
	start, err := takeLock(ctx, c.startLock(), syscall.LOCK_EX)
	if err != nil {
		return nil, fmt.Errorf("wait for another start: %w", err)
	}
	defer func() { err = errors.Join(err, start.release()) }()
	// From here on the watcher leaves the server alone. If it is stopping the
	// server just now, this waits for its end.
	waiting, cancel := context.WithTimeout(ctx, opts.StartTimeout)
	defer cancel()
	if c.users, err = takeLock(waiting, c.usersLock(), syscall.LOCK_SH); err != nil {
		return nil, fmt.Errorf("wait for the server to stop: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.users.release())
		}
	}()

	if err := owner.mkdir(c.data()); err != nil {
		return nil, err
	}
	if c.sockets, err = owner.socketFolder(dir); err != nil {
		return nil, err
	}
	made, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	bin, version, err := findPostgres(ctx, opts.BinDir, strings.TrimSpace(string(made)))
	if err != nil {
		return nil, err
	}
	c.version = version
	if made == nil {
		opts.Log.Info("making a private PostgreSQL cluster", "dir", dir, "version", version)
		if err := owner.initdb(ctx, bin, c.data(), opts.Ephemeral); err != nil {
			return nil, err
		}
	}
	if !opts.Ephemeral {
		// Before the server, so that no moment is without a watcher.
		if err := c.watch(ctx); err != nil {
			return nil, err
		}
	}
	running, err := c.join(ctx)
	if err != nil {
		return nil, err
	}
	if running {
		opts.Log.Info("using the private PostgreSQL that is running", "dir", dir)
		return c, nil
	}
	if err := c.clearStale(); err != nil {
		return nil, err
	}
	if c.server, err = owner.start(bin, c); err != nil {
		return nil, err
	}
	if err := c.awaitAnswer(ctx); err != nil {
		return nil, errors.Join(err, c.server.stop(context.WithoutCancel(ctx), syscall.SIGQUIT))
	}
	if opts.Ephemeral {
		if c.reaper, err = startReaper(context.WithoutCancel(ctx), dir, c.sockets, c.server.pid()); err != nil {
			return nil, errors.Join(err, c.server.stop(context.WithoutCancel(ctx), syscall.SIGQUIT))
		}
	}
	opts.Log.Info("private PostgreSQL started", "dir", dir, "version", version)
	return c, nil
}

// DSN returns a connection string for a database of the cluster, as the
// superuser, in the keyword form that libpq and pgx read.
func (c *Cluster) DSN(db string) string {
	return fmt.Sprintf("host=%s port=%d user=postgres dbname=%s sslmode=disable", quote(c.sockets), port, quote(db))
}

// quote writes a value of a keyword connection string.
func quote(s string) string {
	return `'` + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + `'`
}

// Started tells whether this Cluster started the server, rather than joined
// it; false once it is closed.
func (c *Cluster) Started() bool {
	c.stop.Lock()
	defer c.stop.Unlock()
	return c.server != nil
}

// Version returns the major version of the server.
func (c *Cluster) Version() string { return c.version }

// CreateDatabase makes a database if it is not there.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) (err error) {
	conn, err := pgx.Connect(ctx, c.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	if there {
		return nil
	}
	_, err = conn.Exec(ctx, `CREATE DATABASE `+pgx.Identifier{name}.Sanitize())
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42P04" || pg.Code == "23505") { // another process was first
		return nil
	}
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

// Stop leaves the cluster. The last to leave shuts the server down cleanly
// (fast: open transactions are rolled back) and waits for its end; if ctx ends
// first, the server is made to end at once and recovers when it starts again.
// While others have the cluster open, the server is left running. A server
// that had ended by itself is an error. Stopping twice is none.
//
// An ephemeral cluster ends with whoever started it, used or not.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stop.Lock()
	defer c.stop.Unlock()
	if c.users == nil {
		return nil
	}
	var err error
	if c.reaper != nil {
		err = c.throwAway(ctx)
	} else {
		err = c.leave(ctx)
	}
	err = errors.Join(err, c.users.release())
	c.users, c.server, c.reaper = nil, nil, nil
	if err != nil {
		return fmt.Errorf("stop cluster: %w", err)
	}
	return nil
}

// throwAway ends an ephemeral cluster and removes its folder.
func (c *Cluster) throwAway(ctx context.Context) error {
	err := c.server.stop(ctx, syscall.SIGQUIT) // immediate: the data are thrown away
	err = errors.Join(err, c.removeSockets(), c.reaper.finish())
	if err == nil {
		c.opts.Log.Info("private PostgreSQL stopped", "dir", c.dir)
	}
	return err
}

// removeSockets leaves nothing behind in a folder shared with others.
func (c *Cluster) removeSockets() error {
	if !c.socketsElsewhere() {
		return nil
	}
	if err := os.Remove(c.sockets); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Close leaves the cluster as Stop does, waiting half a minute at most.
func (c *Cluster) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return c.Stop(ctx)
}

// port names the socket file; nothing listens on the network.
const port = 5432

func (c *Cluster) data() string      { return filepath.Join(c.dir, "pg") }
func (c *Cluster) pidFile() string   { return filepath.Join(c.data(), "postmaster.pid") }
func (c *Cluster) startLock() string { return filepath.Join(c.dir, "cluster.lock") }
func (c *Cluster) usersLock() string { return filepath.Join(c.dir, "users.lock") }
func (c *Cluster) watchLock() string { return filepath.Join(c.dir, "watch.lock") }

// socketsElsewhere tells whether the sockets lie in a folder for all.
func (c *Cluster) socketsElsewhere() bool { return filepath.Dir(c.sockets) != c.dir }

// logPath is where the server writes what it has to say.
func (c *Cluster) logPath() string { return filepath.Join(c.dir, "postgres.log") }

// errAway says that no server answers on the socket.
var errAway = errors.New("no server answers")

// ask connects and tells which folder the server works on. While a server
// starts or shuts down, the error is a PgError of class 57.
func (c *Cluster) ask(ctx context.Context) (data string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := os.Stat(filepath.Join(c.sockets, fmt.Sprintf(".s.PGSQL.%d", port))); err != nil {
		return "", errAway
	}
	conn, err := pgx.Connect(ctx, c.DSN("postgres"))
	if err != nil {
		var pg *pgconn.PgError
		if errors.As(err, &pg) {
			return "", pg
		}
		return "", errors.Join(errAway, err)
	}
	err = conn.QueryRow(ctx, `SHOW data_directory`).Scan(&data)
	return data, errors.Join(err, conn.Close(ctx))
}

// join tells whether a server runs on the cluster's data and answers. One that
// is about to start or to end is waited for.
func (c *Cluster) join(ctx context.Context) (bool, error) {
	deadline := time.Now().Add(c.opts.StartTimeout)
	for {
		data, err := c.ask(ctx)
		if err == nil {
			if !sameFile(data, c.data()) {
				return false, fmt.Errorf("the server on the socket in %s works on another folder", c.sockets)
			}
			return true, nil
		}
		if !errors.Is(err, errAway) && !isBusy(err) {
			return false, err
		}
		if errors.Is(err, errAway) && len(processesOn(c.data())) == 0 {
			return false, nil
		}
		if time.Now().After(deadline) {
			return false, fmt.Errorf("a server works on %s but does not answer: %w", c.data(), err)
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return false, err
		}
	}
}

// clearStale removes the lock file of a server that was killed. Nothing works
// on the data any more (join has waited for that), so a process that has its
// number by now is another one, at which the server itself would balk.
func (c *Cluster) clearStale() error {
	for _, path := range []string{
		c.pidFile(),
		filepath.Join(c.sockets, fmt.Sprintf(".s.PGSQL.%d", port)),
		filepath.Join(c.sockets, fmt.Sprintf(".s.PGSQL.%d.lock", port)),
	} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove stale lock: %w", err)
		}
	}
	return nil
}

// awaitAnswer waits until the server answers a query: a socket that accepts
// can still answer that the server is starting up.
func (c *Cluster) awaitAnswer(ctx context.Context) error {
	deadline := time.Now().Add(c.opts.StartTimeout)
	for {
		_, err := c.ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-c.server.ended:
			return fmt.Errorf("the server ended while starting: %s", c.lastWords())
		default:
		}
		if !errors.Is(err, errAway) && !isBusy(err) {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the server did not answer within %s: %s", c.opts.StartTimeout, c.lastWords())
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
}

// isBusy tells whether the server answers that it is starting up or shutting
// down.
func isBusy(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && strings.HasPrefix(pg.Code, "57P")
}

// lastWords returns the end of the server's log.
func (c *Cluster) lastWords() string {
	b, err := os.ReadFile(c.logPath())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " / ")
}

// pause waits, or ends early with the context's error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
