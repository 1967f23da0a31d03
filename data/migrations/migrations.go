// Package migrations holds the schema of the store: numbered SQL files, and in Go
// what SQL cannot do, in the order in which they are applied. It leaves running
// them to data.
//
// A migration that has been released is never edited: a change is a new one.
package migrations

import (
	"database/sql"
	"embed"

	"github.com/pressly/goose/v3"
)

// files are the migrations in SQL, named NNNNN_what.sql, in goose's format.
//
//go:embed *.sql
var files embed.FS

// New returns all migrations, ready to be applied to a PostgreSQL database.
func New(db *sql.DB, options ...goose.ProviderOption) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectPostgres, db, files, append(options, goose.WithGoMigrations(cells()))...)
}
