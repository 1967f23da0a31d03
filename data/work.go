package data

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// WorkCount is how many there were of a sort, by code; More is the code of what it is
// part of, if it is part of something.
type WorkCount struct {
	Code, More string
	N          int
}

// WorkDone is what records, ladders, cases and changes of grade of an area tell of some
// days: counts, and nobody in particular.
type WorkDone struct {
	Seen     int
	NotSeen  []WorkCount // by reason
	Answers  []WorkCount // by answer; More is form and item, as form/item
	Stepped  int         // ladders that went to somebody else
	Covered  int         // of these, ended by a visit
	Lapsed   int         // of these, not
	Reasoned int         // ladders that ended for a reason that somebody gave
	Opened   []WorkCount // cases by kind
	InTime   int         // of these, answered by their first deadline
	Late     int         // of these, answered later, or over it and not answered
	Minutes  *int        // median to the answer
	Closed   int         // cases
	Open     int         // cases at the end of the last day, or now
	OverOpen int         // of these, over their deadline now
	Changes  []WorkCount // of grade: Code to, More from
	Ratings  int         // the sum
	Rated    int
}

// WorkDone counts what became of an area on the days from one to another, of the time zone
// of the district. Records and ratings are of the grid of their day, all else of where it
// is now.
func (s *Reads) WorkDone(ctx context.Context, district, area string, from, to planner.Date, zone string, now time.Time) (w WorkDone, err error) {
	const stands = ` FROM visit_record v WHERE v.district = $1 AND starts_with(v.grid, $2) AND v.day BETWEEN $3 AND $4
		AND NOT EXISTS (SELECT FROM visit_record c WHERE c.district = v.district AND c.corrects = v.id)`
	args := []any{district, area, from.Time(), to.Time()}
	counts := func(sql string, more ...any) (out []WorkCount) {
		if err == nil {
			out, err = collect(ctx, s, "work done", func(r pgx.Rows, v *WorkCount) error { return r.Scan(&v.Code, &v.More, &v.N) }, sql, append(args[:len(args):len(args)], more...)...)
		}
		return out
	}
	row := func(sql string, into []any, more ...any) {
		if err == nil {
			if err = s.db.QueryRow(ctx, sql, append(args[:len(args):len(args)], more...)...).Scan(into...); err != nil {
				err = fmt.Errorf("read work done: %w", err)
			}
		}
	}
	row(`SELECT count(*)::int`+stands+` AND v.result = 'seen'`, []any{&w.Seen})
	w.NotSeen = counts(`SELECT v.not_seen, '', count(*)::int` + stands + ` AND v.result = 'not_seen' GROUP BY 1 ORDER BY 3 DESC, 1`)
	w.Answers = counts(`SELECT a.value, x.form || '/' || a.key, count(*)::int FROM (SELECT v.form, v.answers` + stands + `) x, jsonb_each_text(x.answers) a GROUP BY 1, 2 ORDER BY 3 DESC, 2, 1`)
	row(`SELECT COALESCE(sum(q.rating), 0)::int, count(q.rating)::int FROM `+ratedSQL+` q`, []any{&w.Ratings, &w.Rated})
	row(`SELECT count(*) FILTER (WHERE went)::int, count(*) FILTER (WHERE went AND l.closed_how = 'visit')::int, count(*) FILTER (WHERE went AND l.closed_how = 'lapsed')::int,
			count(*) FILTER (WHERE l.closed_how NOT IN ('visit', 'lapsed'))::int
		FROM (SELECT district, resident, closed_how, taken > 1 AS went FROM ladder WHERE district = $1 AND due_by BETWEEN $3 AND $4) l JOIN resident r ON r.district = l.district AND r.id = l.resident WHERE starts_with(r.grid, $2)`,
		[]any{&w.Stepped, &w.Covered, &w.Lapsed, &w.Reasoned})
	w.Opened = counts(`SELECT kind, '', count(*)::int FROM incident WHERE district = $1 AND starts_with(area, $2) AND (opened_at AT TIME ZONE $5)::date BETWEEN $3 AND $4 GROUP BY 1 ORDER BY 3 DESC, 1`, zone)
	row(`SELECT count(*) FILTER (WHERE a.at <= f.deadline)::int, count(*) FILTER (WHERE a.at > f.deadline OR a.at IS NULL AND f.deadline < $6)::int,
			(percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.at - i.opened_at)) / 60)::int
		FROM incident i JOIN incident_step f ON f.district = i.district AND f.incident = i.id AND f.n = 1
		LEFT JOIN LATERAL (SELECT min(at) AS at FROM incident_step x WHERE x.district = i.district AND x.incident = i.id AND x.stage <> 'call') a ON true
		WHERE i.district = $1 AND starts_with(i.area, $2) AND (i.opened_at AT TIME ZONE $5)::date BETWEEN $3 AND $4`, []any{&w.InTime, &w.Late, &w.Minutes}, zone, now)
	row(`SELECT count(*) FILTER (WHERE (closed_at AT TIME ZONE $5)::date BETWEEN $3 AND $4)::int,
			count(*) FILTER (WHERE (opened_at AT TIME ZONE $5)::date <= $4 AND (closed_at IS NULL OR (closed_at AT TIME ZONE $5)::date > $4))::int,
			count(*) FILTER (WHERE (opened_at AT TIME ZONE $5)::date <= $4 AND closed_at IS NULL AND deadline < $6)::int
		FROM incident WHERE district = $1 AND starts_with(area, $2)`, []any{&w.Closed, &w.Open, &w.OverOpen}, zone, now)
	w.Changes = counts(`SELECT g.grade, g.was, count(*)::int FROM grade_change g JOIN resident r ON r.district = g.district AND r.id = g.resident
		WHERE g.district = $1 AND starts_with(r.grid, $2) AND g.day BETWEEN $3 AND $4 AND g.was <> g.grade GROUP BY 1, 2 ORDER BY 3 DESC, 2, 1`)
	return w, err
}
