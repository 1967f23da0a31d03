package data_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"sanse/data"
	"sanse/data/cluster"
)

// A private server, a store on it, and one record there and back.
func Example() {
	if err := example(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 示范区（虚构） Asia/Shanghai
	// •••
}

func example(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "ex")
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	server, err := cluster.Open(ctx, dir, cluster.Options{Ephemeral: true}) // false keeps the data
	if err != nil {
		return err
	}
	defer func() {
		if e := server.Close(); err == nil {
			err = e
		}
	}()
	keys, err := data.OpenKeys(filepath.Join(dir, "key.json"))
	if err != nil {
		return err
	}
	store, err := data.Open(ctx, server.DSN("postgres"), keys)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Migrate(ctx); err != nil {
		return err
	}
	err = store.Write(ctx, func(tx *data.Tx) error {
		return tx.PutDistrict(data.District{Code: "510199", Name: "示范区（虚构）", TimeZone: "Asia/Shanghai", MadeUp: true})
	})
	if err != nil {
		return err
	}
	d, err := store.District(ctx, "510199")
	if err != nil {
		return err
	}
	fmt.Println(d.Name, d.TimeZone)
	fmt.Println(data.Sealed("a name")) // never shown by accident
	return nil
}
