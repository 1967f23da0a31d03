// Package migrations holds the schema of the store as numbered SQL files, in
// the order in which they are applied. It leaves running them to data.
//
// A migration that has been released is never edited: a change is a new file.
package migrations

import "embed"

// Files are the migrations, named NNNNN_what.sql, in goose's format.
//
//go:embed *.sql
var Files embed.FS
