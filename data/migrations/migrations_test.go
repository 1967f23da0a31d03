package migrations_test

import (
	"database/sql"
	"slices"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // never asked: the provider wants a driver

	"sanse/data/migrations"
)

// A database that is past a number never gets a migration of that number: it
// refuses to begin. So a new one comes at the end, and a number that was left out
// is never filled.
func TestANewMigrationComesAtTheEnd(t *testing.T) {
	db, err := sql.Open("pgx", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all, err := migrations.New(db)
	if err != nil {
		t.Fatal(err)
	}
	var there, missing []int64
	for _, s := range all.ListSources() {
		there = append(there, s.Version)
	}
	for n := int64(1); n < there[len(there)-1]; n++ {
		if !slices.Contains(there, n) {
			missing = append(missing, n)
		}
	}
	if want := []int64{19}; !slices.Equal(missing, want) {
		t.Errorf("numbers %v are left out, want %v", missing, want)
	}
}
