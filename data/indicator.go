package data

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
	"sanse/planner/indicators"
)

// IndicatorSets returns what a district measures itself by, the first first.
func (s *Reads) IndicatorSets(ctx context.Context, district string) ([]indicators.Set, error) {
	return collect(ctx, s, "indicators", func(r pgx.Rows, v *indicators.Set) error {
		var text []byte
		if err := r.Scan(&text); err != nil {
			return err
		}
		return json.Unmarshal(text, v)
	}, `SELECT indicators FROM indicator_set WHERE district = $1 ORDER BY from_day`, district)
}

// PutIndicatorSet stores the indicators that hold from their month on, in the place of
// those of the same month. It goes into the audit.
func (tx *Tx) PutIndicatorSet(district, by string, set indicators.Set) error {
	text, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("store indicators: %w", err)
	}
	_, err = tx.tx.Exec(tx.ctx, `INSERT INTO indicator_set (district, from_day, indicators, set_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (district, from_day) DO UPDATE SET indicators = EXCLUDED.indicators, set_by = EXCLUDED.set_by, set_at = now()`,
		district, set.From.Time(), string(text), by)
	if err != nil {
		return fmt.Errorf("store indicators: %w", tidy(err))
	}
	return tx.Record(district, Event{Action: ActUpdate, Object: "indicator_set", IDs: []string{set.From.String()}})
}

// MeasuredIn is what was counted for a measure in an area of the lowest level there and
// a month.
type MeasuredIn struct {
	Measure indicators.Measure
	Area    string
	Month   planner.Date
	indicators.Tally
}

// Measured counts what records, ladders, cases and ratings of an area tell of the days
// from one to another, by month: of visits by the grid of their day, of all else by where
// it is now. Days are those of a time zone; what is not over at a time counts where it
// is answered already.
func (s *Reads) Measured(ctx context.Context, district, area string, from, to planner.Date, zone string, now time.Time) ([]MeasuredIn, error) {
	var out []MeasuredIn
	for _, q := range []struct {
		measure indicators.Measure
		sql     string
		args    []any
	}{
		{indicators.Reached, `SELECT v.grid, ` + dayOf("date_trunc('month', v.day)::date") + `, count(*) FILTER (WHERE v.result = 'seen')::int, count(*)::int FROM visit_record v
			WHERE v.district = $1 AND starts_with(v.grid, $2) AND v.day BETWEEN $3 AND $4 AND NOT EXISTS (SELECT FROM visit_record c WHERE c.district = v.district AND c.corrects = v.id)
			GROUP BY 1, 2`, nil},
		{indicators.Satisfaction, `SELECT q.grid, ` + dayOf("date_trunc('month', q.day)::date") + `, sum(q.rating)::int, count(*)::int
			FROM ` + ratedSQL + ` q GROUP BY 1, 2`, nil},
		// Event 0 is the reminder, 1 the first step.
		{indicators.Covered, `SELECT r.grid, ` + dayOf("date_trunc('month', l.due_by)::date") + `, count(*) FILTER (WHERE l.closed_how = 'visit')::int, count(*)::int
			FROM ladder l JOIN resident r ON r.district = l.district AND r.id = l.resident
			WHERE l.district = $1 AND starts_with(r.grid, $2) AND l.due_by BETWEEN $3 AND $4 AND l.taken > 1 AND l.closed_how IN ('visit', 'lapsed') GROUP BY 1, 2`, nil},
		{
			indicators.Answered, `SELECT i.area, ` + dayOf("date_trunc('month', i.opened_at AT TIME ZONE $5)::date") + `, count(*) FILTER (WHERE a.at <= f.deadline)::int, count(*)::int
			FROM incident i JOIN incident_step f ON f.district = i.district AND f.incident = i.id AND f.n = 1
			LEFT JOIN LATERAL (SELECT min(at) AS at FROM incident_step x WHERE x.district = i.district AND x.incident = i.id AND x.stage <> 'call') a ON true
			WHERE i.district = $1 AND starts_with(i.area, $2) AND (i.opened_at AT TIME ZONE $5)::date BETWEEN $3 AND $4 AND (a.at IS NOT NULL OR f.deadline < $6) GROUP BY 1, 2`,
			[]any{zone, now},
		},
	} {
		rows, err := collect(ctx, s, "what was measured", func(r pgx.Rows, v *MeasuredIn) error {
			v.Measure = q.measure
			return r.Scan(&v.Area, &v.Month, &v.Part, &v.Of)
		}, q.sql, append([]any{district, area, from.Time(), to.Time()}, q.args...)...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}
