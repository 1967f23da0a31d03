package data

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// ConnectVisits returns the visits that a platform told of, of the days from one to
// another, both included.
func (s *Reads) ConnectVisits(ctx context.Context, district, connector string, from, to planner.Date) ([]ConnectRow, error) {
	return collect(ctx, s, "rows of a platform", scanConnectRow, `SELECT `+connectRowColumns+` FROM connect_row
		WHERE district = $1 AND connector = $2 AND kind = 'visit' AND status = 'stored' AND day BETWEEN $3::date AND $4::date ORDER BY day, external`,
		district, connector, from.Time(), to.Time())
}

// ConnectCaseRow is a case that a platform told of, or one of ours that it does not know.
type ConnectCaseRow struct {
	External string // empty: it does not know it
	Incident string // ours; empty: it is no longer kept
	Area     string
	Theirs   string // stage
	Ours     string
}

// ConnectCases returns the cases that a platform told of in a time, and those of ours
// that were opened in it, not lapses, of which it knows nothing.
func (s *Reads) ConnectCases(ctx context.Context, district, connector string, from, to time.Time) ([]ConnectCaseRow, error) {
	return collect(ctx, s, "cases", func(r pgx.Rows, v *ConnectCaseRow) error {
		return r.Scan(&v.External, &v.Incident, &v.Area, &v.Theirs, &v.Ours)
	},
		`SELECT c.external, COALESCE(i.id, ''), COALESCE(i.area, c.area, ''), COALESCE(c.stage, ''), COALESCE(i.stage, '')
		FROM connect_row c LEFT JOIN incident i ON i.district = c.district AND i.id = c.incident
		WHERE c.district = $1 AND c.connector = $2 AND c.kind = 'case' AND c.status = 'stored' AND c.last_at >= $3 AND c.last_at < $4
		UNION ALL
		SELECT '', i.id, i.area, '', i.stage FROM incident i
		WHERE i.district = $1 AND i.opened_at >= $3 AND i.opened_at < $4 AND i.source <> 'missed'
			AND NOT EXISTS (SELECT FROM connect_row c WHERE c.district = $1 AND c.connector = $2 AND c.incident = i.id)
		ORDER BY 1, 2`, district, connector, from, to)
}
