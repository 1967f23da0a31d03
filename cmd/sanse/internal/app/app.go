// Package app wires the program together: the database (private or given), the
// store on it, the service on the store; and takes them down in reverse order.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"sanse/cmd/sanse/internal/outward"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/cluster"
)

// Config says where the records are.
type Config struct {
	Home        string // folder of the private cluster and the key; empty: cluster.DefaultDir
	DatabaseURL string // of the owner of the tables; empty: the private cluster
	// Serving are the connection strings of the roles that serve; an empty one is
	// the owner's with that role, without a password.
	Serving    data.DSNs
	KeyFile    string // empty: key.json in Home
	KeyCommand string // keeps the key in place of a file; see seal.Command
	Font       string // to print with; empty: one that the machine has
	Log        *slog.Logger
	// PrivateHooks lets messages go to addresses of the house's own network, where a
	// district has its gateway; see package outward.
	PrivateHooks bool
}

// App is the running program without its front ends.
type App struct {
	Store   *data.Store
	Service *service.Service

	cluster *cluster.Cluster
	keys    *data.Keys
	serving data.DSNs
	config  service.Config
	sat     []func(context.Context) error // end the sessions that Sit opened

	// For what only the owner of the database may; see RunLife.
	home  string
	owner string // connection string
	log   *slog.Logger
}

// database is the name of Sanse's database in the private cluster.
const database = "sanse"

// Open starts the private cluster where no database is given, opens the store
// and brings its schema up to date.
func Open(ctx context.Context, cfg Config) (_ *App, err error) {
	a := &App{}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	home := cfg.Home
	if home == "" {
		if home, err = cluster.DefaultDir(); err != nil {
			return nil, outside(err, "find the home folder")
		}
	}
	dsn := cfg.DatabaseURL
	if dsn == "" {
		if a.cluster, err = cluster.Open(ctx, home, cluster.Options{}); err != nil {
			return nil, outside(err, "start the private database")
		}
		if err = a.cluster.CreateDatabase(ctx, database); err != nil {
			return nil, outside(err, "make the database")
		}
		dsn = a.cluster.DSN(database)
	}
	if a.keys, err = openKeys(cfg, home); err != nil {
		return nil, outside(err, "read the key")
	}
	if a.serving, err = data.DSNsFor(dsn); err != nil {
		return nil, outside(err, "open the database")
	}
	a.serving = data.DSNs{
		Engine: cmp.Or(cfg.Serving.Engine, a.serving.Engine),
		Desk:   cmp.Or(cfg.Serving.Desk, a.serving.Desk),
		Gate:   cmp.Or(cfg.Serving.Gate, a.serving.Gate),
	}
	a.home, a.owner, a.log = home, dsn, cfg.Log
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.Store, err = data.Open(ctx, dsn, a.keys); err != nil {
		return nil, outside(err, "open the database")
	}
	if err = a.Store.Migrate(ctx); err != nil {
		return nil, outside(err, "bring the schema up to date")
	}
	a.config = service.Config{Now: time.Now, Log: cfg.Log, Font: cfg.Font, Outward: outward.New(outward.Options{Private: cfg.PrivateHooks})}
	a.Service = service.New(a.Store, a.config)
	return a, nil
}

// openKeys opens what wraps the data keys: a program if one is named, else a file.
func openKeys(cfg Config, home string) (*data.Keys, error) {
	if cfg.KeyCommand != "" {
		if cfg.KeyFile != "" {
			return nil, errors.New("a key file and a key command are named: which is it?")
		}
		return data.OpenKeyCommand(cfg.KeyCommand)
	}
	keyFile := cfg.KeyFile
	if keyFile == "" {
		if err := os.MkdirAll(home, 0o711); err != nil {
			return nil, fmt.Errorf("make the home folder: %w", err)
		}
		keyFile = filepath.Join(home, "key.json")
	}
	return data.OpenKeys(keyFile)
}

// Serve gives up the rights of the owner: from here on the store and the service
// work as the roles that serve, which own nothing and are under row-level
// security. What was taken of them before is not to be used any more.
func (a *App) Serve(ctx context.Context) error {
	store, err := data.OpenServing(ctx, a.serving, a.keys)
	if err != nil {
		return &service.Error{Code: service.CodeOutside, Err: err, Message: "could not open the database to serve: it wants the roles " +
			data.RoleEngine + ", " + data.RoleDesk + " and " + data.RoleGate + " to get in (SANSE_ENGINE_URL, SANSE_DESK_URL, SANSE_GATE_URL; docs/trust.md)"}
	}
	a.Service.Close()
	a.Store.Close()
	a.Store, a.Service = store, service.New(store, a.config)
	return nil
}

// KeepDatabase starts the private database again whenever it was killed, until the
// context ends; a database that was given is somebody else's to keep.
func (a *App) KeepDatabase(ctx context.Context) {
	if a.cluster != nil {
		a.cluster.Keep(ctx)
	}
}

// Close takes everything down: what the service does in the background, the
// store, then this process's hold on the private cluster, which stops when the
// last one leaves.
func (a *App) Close() error {
	var err error
	if a.Service != nil {
		a.Service.Close()
	}
	for _, leave := range a.sat {
		err = errors.Join(err, leave(context.Background()))
	}
	if a.Store != nil {
		a.Store.Close()
	}
	if a.cluster == nil {
		return err
	}
	if e := a.cluster.Close(); e != nil {
		err = errors.Join(err, outside(e, "stop the private database"))
	}
	return err
}

func outside(err error, doing string) error {
	return &service.Error{Code: service.CodeOutside, Message: fmt.Sprintf("could not %s", doing), Err: err}
}
