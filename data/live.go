package data

import (
	"context"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// LiveSign tells one state of a district's day from any other: the data version, the
// visits and ladders of the day, and the open cases, in as few characters as can
// be had by one look at their indexes. The same sign means that nothing of these
// has changed.
func (s *Reads) LiveSign(ctx context.Context, district string, day planner.Date) (string, error) {
	var sign string
	err := one(ctx, s, "state of the day", `SELECT concat_ws(' ', d.data_version,
			(SELECT count(*) FROM visit WHERE district = $1 AND day = $2 AND done),
			(SELECT count(*) || ' ' || COALESCE(sum(hashtextextended(concat_ws('/', id, taken, closed_how, holder), 0)), 0) FROM ladder WHERE district = $1 AND due_by = $2),
			(SELECT count(*) || ' ' || COALESCE(sum(hashtextextended(concat_ws('/', id, n, deadline), 0)), 0) FROM incident WHERE district = $1 AND closed_at IS NULL))
		FROM district d WHERE d.code = $1`, []any{district, day.Time()}, &sign)
	return sign, err
}

// SeenOn returns the residents whom somebody saw on a day, each once, by opaque id.
func (s *Reads) SeenOn(ctx context.Context, district string, day planner.Date) ([]string, error) {
	return collect(ctx, s, "visits of the day", func(r pgx.Rows, v *string) error { return r.Scan(v) },
		`SELECT DISTINCT resident FROM visit WHERE district = $1 AND day = $2 AND done`, district, day.Time())
}
