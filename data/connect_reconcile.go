package data

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// ConnectVisits returns the visits that a platform told of, of the days from one to
// another, both included: those in an area, and those of some residents wherever they
// were.
func (s *Reads) ConnectVisits(ctx context.Context, district, connector, area string, residents []string, from, to planner.Date) ([]ConnectRow, error) {
	return collect(ctx, s, "rows of a platform", scanConnectRow, `SELECT `+connectRowColumns+` FROM connect_row
		WHERE district = $1 AND connector = $2 AND kind = 'visit' AND status = 'stored' AND day BETWEEN $3::date AND $4::date
			AND (starts_with(area, $5) OR resident = ANY ($6)) ORDER BY day, external`,
		district, connector, from.Time(), to.Time(), area, orEmpty(residents))
}

// SeenDay is a day on which a resident was seen.
type SeenDay struct {
	Resident string
	Day      planner.Date
}

// SeenBetween returns the days from one to another, both included, on which these
// residents were seen, whoever told of it.
func (s *Reads) SeenBetween(ctx context.Context, district string, residents []string, from, to planner.Date) ([]SeenDay, error) {
	return collect(ctx, s, "visits", func(r pgx.Rows, v *SeenDay) error { return r.Scan(&v.Resident, &v.Day) },
		`SELECT resident, `+dayOf("day")+` FROM visit WHERE district = $1 AND resident = ANY ($2) AND day BETWEEN $3::date AND $4::date AND done`,
		district, orEmpty(residents), from.Time(), to.Time())
}

// ConnectCaseRow is a case that a platform told of, or one of ours that it does not know.
type ConnectCaseRow struct {
	External string // empty: it does not know it
	Incident string // ours; empty: it is no longer kept
	Area     string
	Theirs   string // stage
	Ours     string
}

// ConnectCases returns the cases in an area that a platform told of in a time, and those
// of ours that were opened in it, not lapses, of which it knows nothing.
func (s *Reads) ConnectCases(ctx context.Context, district, connector, area string, from, to time.Time) ([]ConnectCaseRow, error) {
	return collect(ctx, s, "cases", func(r pgx.Rows, v *ConnectCaseRow) error {
		return r.Scan(&v.External, &v.Incident, &v.Area, &v.Theirs, &v.Ours)
	},
		`SELECT c.external, COALESCE(i.id, ''), COALESCE(i.area, c.area, ''), COALESCE(c.stage, ''), COALESCE(i.stage, '')
		FROM connect_row c LEFT JOIN incident i ON i.district = c.district AND i.id = c.incident
		WHERE c.district = $1 AND c.connector = $2 AND c.kind = 'case' AND c.status = 'stored' AND c.last_at >= $3 AND c.last_at < $4
			AND starts_with(COALESCE(i.area, c.area, ''), $5)
		UNION ALL
		SELECT '', i.id, i.area, '', i.stage FROM incident i
		WHERE i.district = $1 AND i.opened_at >= $3 AND i.opened_at < $4 AND i.source <> 'missed' AND starts_with(i.area, $5)
			AND NOT EXISTS (SELECT FROM connect_row c WHERE c.district = $1 AND c.connector = $2 AND c.incident = i.id)
		ORDER BY 1, 2`, district, connector, from, to, area)
}

// Mail is how what is sent to a platform, and what it sends, goes.
type Mail struct {
	Connector string
	Asked     time.Time // when it last asked for tasks; zero: never
	Sent      time.Time // when a delivery last arrived; zero: never
	Waiting   int       // deliveries
	Tries     int       // of the first of them
	Code      string    // what its last try came to; empty: it was not tried yet
	Next      time.Time // when it is tried
	Dead      int
	Came      time.Time // when it last told of something; zero: never
}

// ConnectMail returns it of all platforms of a district, by id.
func (s *Reads) ConnectMail(ctx context.Context, district string) ([]Mail, error) {
	return collect(ctx, s, "platforms", func(r pgx.Rows, v *Mail) error {
		var asked, sent, next, came *time.Time
		err := r.Scan(&v.Connector, &asked, &sent, &v.Waiting, &v.Tries, &v.Code, &next, &v.Dead, &came)
		v.Asked, v.Sent, v.Next, v.Came = timeOf(asked), timeOf(sent), timeOf(next), timeOf(came)
		return err
	}, `SELECT c.id, c.asked_at, d.sent, COALESCE(d.waiting, 0), COALESCE(f.tries, 0), COALESCE(f.code, ''), f.next_at, COALESCE(d.dead, 0),
			(SELECT max(last_at) FROM connect_row r WHERE r.district = c.district AND r.connector = c.id)
		FROM connector c
		LEFT JOIN LATERAL (SELECT max(done_at) FILTER (WHERE state = 'taken') AS sent, count(*) FILTER (WHERE state = 'waiting')::int AS waiting,
				count(*) FILTER (WHERE state = 'dead')::int AS dead
			FROM connect_delivery d WHERE d.district = c.district AND d.connector = c.id) d ON true
		LEFT JOIN LATERAL (SELECT tries, code, next_at FROM connect_delivery d WHERE d.district = c.district AND d.connector = c.id AND state = 'waiting' ORDER BY n LIMIT 1) f ON true
		WHERE c.district = $1 ORDER BY c.id`, district)
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
