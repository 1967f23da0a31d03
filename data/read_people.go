package data

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"sanse/planner"
)

// Residents returns all residents by id, without what is sealed; see
// ResidentPersons.
func (s *Reads) Residents(ctx context.Context, district string) ([]Resident, error) {
	return collect(ctx, s, "residents", func(r pgx.Rows, v *Resident) error {
		var from, to []int32
		var needs []byte
		var prefer []string
		err := r.Scan(&v.ID, &v.Grade, &v.Location[0], &v.Location[1], &v.Building, &v.Unit, &v.Grid, &v.MicroGrid, &v.Declared,
			&v.Minutes, &v.Enrolled, &v.Kinds, &v.Team, &from, &to, &needs, &prefer)
		if err != nil {
			return err
		}
		for i := range from {
			v.Absent = append(v.Absent, planner.DateRange{From: planner.Date(from[i]), To: planner.Date(to[i])})
		}
		v.Needs, err = needsOf(needs, prefer)
		return err
	}, `SELECT r.id, r.grade, ST_X(r.location), ST_Y(r.location), COALESCE(r.building, ''), r.unit, r.grid, COALESCE(r.micro_grid, ''),
			COALESCE(r.declared, ''), COALESCE(r.minutes, 0), COALESCE(`+dayOf("r.enrolled")+`, 0), k.kinds, t.team, a.from_day, a.to_day, r.needs, w.prefer
		FROM resident r
		LEFT JOIN (SELECT district, resident, array_agg(kind ORDER BY n) AS kinds FROM resident_kind WHERE district = $1 GROUP BY 1, 2) k
			ON k.district = r.district AND k.resident = r.id
		LEFT JOIN (SELECT district, resident, array_agg(visitor ORDER BY n) AS team FROM team WHERE district = $1 GROUP BY 1, 2) t
			ON t.district = r.district AND t.resident = r.id
		LEFT JOIN (SELECT district, resident, array_agg(visitor ORDER BY n) AS prefer FROM resident_prefer WHERE district = $1 GROUP BY 1, 2) w
			ON w.district = r.district AND w.resident = r.id
		LEFT JOIN (SELECT district, resident, array_agg(`+dayOf("from_day")+` ORDER BY from_day) AS from_day,
				array_agg(`+dayOf("to_day")+` ORDER BY from_day) AS to_day FROM resident_absence WHERE district = $1 GROUP BY 1, 2) a
			ON a.district = r.district AND a.resident = r.id
		WHERE r.district = $1 ORDER BY r.id`, district)
}

// Visitors returns all visitors by id, those who have left among them, whom teams
// and past visits may name, without what is sealed; see
// VisitorPersons.
func (s *Reads) Visitors(ctx context.Context, district string) ([]Visitor, error) {
	return collect(ctx, s, "visitors", func(r pgx.Rows, v *Visitor) error {
		var tier int16
		var endX, endY *float64
		var weekdays, from, to, off []int32
		err := r.Scan(&v.ID, &v.Kind, &tier, &v.Mode, &v.Capacity, &v.Start[0], &v.Start[1], &endX, &endY,
			&v.Scope, &weekdays, &from, &to, &off, &v.Skills, &v.Left)
		if err != nil {
			return err
		}
		v.Tier = planner.Tier(tier)
		if v.Left != 0 {
			v.Scope, v.Shifts = []string{}, []planner.Shift{}
		}
		if len(v.Skills) == 0 {
			v.Skills = nil
		}
		if endX != nil && endY != nil {
			v.End = &orb.Point{*endX, *endY}
		}
		for i := range weekdays {
			v.Shifts = append(v.Shifts, planner.Shift{Weekday: int(weekdays[i]), From: planner.Clock(from[i]), To: planner.Clock(to[i])})
		}
		for _, d := range off {
			v.DaysOff = append(v.DaysOff, planner.Date(d))
		}
		return nil
	}, `SELECT v.id, v.kind, v.tier, v.mode, v.capacity, ST_X(v.start_at), ST_Y(v.start_at), ST_X(v.end_at), ST_Y(v.end_at),
			c.areas, s.weekdays, s.from_minutes, s.to_minutes, o.days, v.skills, COALESCE(`+dayOf("v.left_on")+`, 0)
		FROM visitor v
		LEFT JOIN (SELECT district, visitor, array_agg(area ORDER BY n) AS areas FROM visitor_scope WHERE district = $1 GROUP BY 1, 2) c
			ON c.district = v.district AND c.visitor = v.id
		LEFT JOIN (SELECT district, visitor, array_agg(weekday::int ORDER BY weekday, from_minute) AS weekdays,
				array_agg(from_minute::int ORDER BY weekday, from_minute) AS from_minutes,
				array_agg(to_minute::int ORDER BY weekday, from_minute) AS to_minutes
			FROM visitor_shift WHERE district = $1 GROUP BY 1, 2) s
			ON s.district = v.district AND s.visitor = v.id
		LEFT JOIN (SELECT district, visitor, array_agg(`+dayOf("day")+` ORDER BY day) AS days FROM visitor_day_off WHERE district = $1 GROUP BY 1, 2) o
			ON o.district = v.district AND o.visitor = v.id
		WHERE v.district = $1 ORDER BY v.id`, district)
}

// Policies returns all visit rules by id.
func (s *Reads) Policies(ctx context.Context, district string) ([]Policy, error) {
	return collect(ctx, s, "policies", func(r pgx.Rows, p *Policy) error {
		var patterns []byte
		err := r.Scan(&p.ID, &p.Grade, &p.Kind, &p.EveryDays, &p.PerWeek, &p.PerMonth, &patterns, &p.Pause, &p.From, &p.To, &p.Once)
		if err != nil {
			return err
		}
		if patterns != nil {
			if err := json.Unmarshal(patterns, &p.Patterns); err != nil {
				return fmt.Errorf("patterns of policy %s: %w", p.ID, err)
			}
		}
		return nil
	}, `SELECT id, COALESCE(grade, ''), COALESCE(kind, ''), COALESCE(every_days, 0), COALESCE(per_week, 0), COALESCE(per_month, 0),
			patterns, pause, `+dayOf("from_day")+`, `+dayOf("to_day")+`, once FROM policy WHERE district = $1 ORDER BY id`, district)
}

// Visits returns the visits from one day to another, both included, by day and
// resident.
func (s *Reads) Visits(ctx context.Context, district string, from, to planner.Date) ([]Visit, error) {
	return collect(ctx, s, "visits", func(r pgx.Rows, v *Visit) error {
		return r.Scan(&v.Resident, &v.Visitor, &v.Date, &v.Done, &v.Grid)
	}, `SELECT resident, COALESCE(visitor, ''), `+dayOf("day")+`, done, grid FROM visit
		WHERE district = $1 AND day BETWEEN $2 AND $3 ORDER BY day, resident, done`, district, from.Time(), to.Time())
}

// LastVisits returns the day of the last visit done before a day, by resident;
// those never seen are left out.
func (s *Reads) LastVisits(ctx context.Context, district string, before planner.Date) (map[string]planner.Date, error) {
	type row struct {
		resident string
		day      planner.Date
	}
	rows, err := collect(ctx, s, "last visits", func(r pgx.Rows, v *row) error { return r.Scan(&v.resident, &v.day) },
		`SELECT resident, `+dayOf("max(day)")+` FROM visit WHERE district = $1 AND done AND day < $2 GROUP BY resident`, district, before.Time())
	if err != nil {
		return nil, err
	}
	out := make(map[string]planner.Date, len(rows))
	for _, r := range rows {
		out[r.resident] = r.day
	}
	return out, nil
}

// FirstVisit returns the day of the first visit that is known, done or missed; 0 where
// there is none.
func (s *Reads) FirstVisit(ctx context.Context, district string) (day planner.Date, err error) {
	err = s.db.QueryRow(ctx, `SELECT COALESCE((SELECT `+dayOf("day")+` FROM visit WHERE district = $1 ORDER BY day LIMIT 1), 0)`, district).Scan(&day)
	if err != nil {
		return 0, fmt.Errorf("read the first visit of district %s: %w", district, err)
	}
	return day, nil
}

// VisitorKinds returns the kinds of visitor that there are, in order.
func (s *Reads) VisitorKinds(ctx context.Context, district string) ([]string, error) {
	return collect(ctx, s, "kinds of visitors", func(r pgx.Rows, v *string) error { return r.Scan(v) },
		`SELECT kind FROM visitor WHERE district = $1 GROUP BY kind ORDER BY kind COLLATE "C"`, district)
}
