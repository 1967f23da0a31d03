// Package app wires the program together: the database (private or given), the
// store on it, the service on the store; and takes them down in reverse order.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/data/cluster"
)

// Config says where the records are.
type Config struct {
	Home        string // folder of the private cluster and the key; empty: cluster.DefaultDir
	DatabaseURL string // empty: the private cluster
	KeyFile     string // empty: key.json in Home
	Font        string // to print with; empty: one that the machine has
	Log         *slog.Logger
}

// App is the running program without its front ends.
type App struct {
	Store   *data.Store
	Service *service.Service

	cluster *cluster.Cluster
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
	keyFile := cfg.KeyFile
	if keyFile == "" {
		if err = os.MkdirAll(home, 0o711); err != nil {
			return nil, outside(err, "make the home folder")
		}
		keyFile = filepath.Join(home, "key.json")
	}
	keys, err := data.OpenKeys(keyFile)
	if err != nil {
		return nil, outside(err, "read the key")
	}
	if a.Store, err = data.Open(ctx, dsn, keys); err != nil {
		return nil, outside(err, "open the database")
	}
	if err = a.Store.Migrate(ctx); err != nil {
		return nil, outside(err, "bring the schema up to date")
	}
	a.Service = service.New(a.Store, service.Config{Now: time.Now, Log: cfg.Log, Font: cfg.Font})
	return a, nil
}

// Close takes everything down: what the service does in the background, the
// store, then this process's hold on the private cluster, which stops when the
// last one leaves.
func (a *App) Close() error {
	if a.Service != nil {
		a.Service.Close()
	}
	if a.Store != nil {
		a.Store.Close()
	}
	if a.cluster == nil {
		return nil
	}
	if err := a.cluster.Close(); err != nil {
		return outside(err, "stop the private database")
	}
	return nil
}

func outside(err error, doing string) error {
	return &service.Error{Code: service.CodeOutside, Message: fmt.Sprintf("could not %s", doing), Err: err}
}
