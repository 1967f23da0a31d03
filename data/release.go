package data

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// ReleaseRecord is a release of counts to outsiders. Content is JSON of the
// program's own; it holds true counts and is for nobody else.
type ReleaseRecord struct {
	Day     planner.Date
	K       int
	MadeAt  time.Time
	Content []byte
}

// PutRelease stores the release of a day. There is one a day, and none is ever
// replaced: a second one is a TwiceError.
func (tx *Tx) PutRelease(district string, r ReleaseRecord) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO release (district, day, k, made_at, content) VALUES ($1, $2, $3, $4, $5::jsonb)`,
		district, r.Day.Time(), r.K, r.MadeAt, string(r.Content))
	if err != nil {
		return fmt.Errorf("store release of %s: %w", r.Day, tidy(err))
	}
	return nil
}

// Releases returns all releases of a district, the oldest first.
func (s *Reads) Releases(ctx context.Context, district string) ([]ReleaseRecord, error) {
	return collect(ctx, s, "releases", func(row pgx.Rows, r *ReleaseRecord) error {
		return row.Scan(&r.Day, &r.K, &r.MadeAt, &r.Content)
	}, `SELECT `+dayOf("day")+`, k, made_at, convert_to(content::text, 'UTF8') FROM release WHERE district = $1 ORDER BY release.day`, district)
}
