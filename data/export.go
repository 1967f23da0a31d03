package data

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Export is a file that left the house.
type Export struct {
	ID      string // x and 16 hexadecimal digits
	Account string
	At      time.Time
	Kind    string // the operation that made it, or the verb and the file
	Area    string // code; empty: of no area
	Purpose string
	Records int // single residents, tasks or rows of the audit that it tells of
	Until   time.Time
	Digest  []byte // SHA-256 of the file without its mark
}

// ExportUse is how much an account has taken.
type ExportUse struct{ Files, Records int }

// TakeExport writes down a file that is about to leave, in the transaction in which
// it is told. allow is asked first, with what its account has taken since some
// moment; nobody else takes one for that account meanwhile. An error of it is
// returned as it is.
func (d *Desk) TakeExport(ctx context.Context, district string, e Export, since time.Time, allow func(ExportUse) error) error {
	if _, err := d.tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, "export "+district+" "+e.Account); err != nil {
		return fmt.Errorf("take a file: %w", tidy(err))
	}
	used, err := d.ExportsSince(ctx, district, e.Account, since)
	if err != nil {
		return err
	}
	if err := allow(used); err != nil {
		return err
	}
	_, err = d.tx.Exec(ctx, `INSERT INTO export (district, id, account, at, kind, area, purpose, records, valid_until, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		district, e.ID, e.Account, e.At, e.Kind, e.Area, e.Purpose, e.Records, e.Until, e.Digest)
	if err != nil {
		return fmt.Errorf("take a file: %w", tidy(err))
	}
	return nil
}

// ExportsSince is how much an account has taken since some moment.
func (d *Desk) ExportsSince(ctx context.Context, district, account string, since time.Time) (use ExportUse, err error) {
	err = d.tx.QueryRow(ctx, `SELECT count(*)::int, COALESCE(sum(records), 0)::int FROM export WHERE district = $1 AND account = $2 AND at >= $3`, district, account, since).
		Scan(&use.Files, &use.Records)
	if err != nil {
		return use, fmt.Errorf("count files that were taken: %w", tidy(err))
	}
	return use, nil
}

// ExportFilter says which files are meant; a zero field, all.
type ExportFilter struct {
	ID      string
	Digest  []byte
	Account string
	Before  time.Time // taken before
	Limit   int       // how many at most; 0: all
}

// Exports returns files that left the house, the last first: of a desk, those that
// its session sees.
func (s *Reads) Exports(ctx context.Context, district string, f ExportFilter) ([]Export, error) {
	var before *time.Time
	var limit *int
	if !f.Before.IsZero() {
		before = &f.Before
	}
	if f.Limit > 0 {
		limit = &f.Limit
	}
	return collect(ctx, s, "exports", func(r pgx.Rows, v *Export) error {
		return r.Scan(&v.ID, &v.Account, &v.At, &v.Kind, &v.Area, &v.Purpose, &v.Records, &v.Until, &v.Digest)
	}, `SELECT id, account, at, kind, area, purpose, records, valid_until, digest FROM export
		WHERE district = $1 AND ($2 = '' OR id = $2) AND ($3 = '' OR account = $3) AND ($4::timestamptz IS NULL OR at < $4)
			AND ($5::bytea IS NULL OR digest = $5)
		ORDER BY at DESC, id LIMIT $6`, district, f.ID, f.Account, before, f.Digest, limit)
}

// SealExport makes the seal of the mark of a file from what it says: 32 bytes under
// a key of the district that is never changed.
func (s *Store) SealExport(ctx context.Context, district string, facts ...string) ([]byte, error) {
	tag, err := opened(ctx, &s.Reads, district, func(k *sealer) ([]byte, error) { return k.mark("export", facts...) })
	if err != nil {
		return nil, fmt.Errorf("seal a mark: %w", err)
	}
	return tag[len(tag)-32:], nil
}
