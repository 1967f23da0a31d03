package data

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/klauspost/compress/zstd"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"sanse/planner"
)

const planColumns = `id, (start_day - DATE '1970-01-01'), days, seed, made_at, is_current, summary, cost, shortages,
	COALESCE(replaces, 0), changes, moved`

func scanPlan(r pgx.Row, p *PlanRecord) error {
	var seed int64
	var summary, cost, shortages, changes, moved []byte
	err := r.Scan(&p.ID, &p.Start, &p.Days, &seed, &p.MadeAt, &p.Current, &summary, &cost, &shortages, &p.Replaces, &changes, &moved)
	if err != nil {
		return err
	}
	p.Seed, p.Summary, p.Changes, p.Moved = uint64(seed), summary, changes, moved
	if cost != nil {
		if err := json.Unmarshal(cost, &p.Cost); err != nil {
			return fmt.Errorf("cost of plan %d: %w", p.ID, err)
		}
	}
	if shortages != nil {
		if err := json.Unmarshal(shortages, &p.Shortages); err != nil {
			return fmt.Errorf("shortages of plan %d: %w", p.ID, err)
		}
	}
	return nil
}

// PlanProblem returns what a plan was made from, as it was then, in the
// canonical JSON of problem.json; ErrNotFound for a plan that was stored before
// problems were kept.
func (s *Reads) PlanProblem(ctx context.Context, district string, plan int64) ([]byte, error) {
	what := fmt.Sprintf("problem of plan %d of district %s", plan, district)
	var packed []byte
	if err := one(ctx, s, what, `SELECT problem FROM plan_problem WHERE district = $1 AND plan = $2`, []any{district, plan}, &packed); err != nil {
		return nil, err
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer z.Close()
	text, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", what, err)
	}
	return text, nil
}

// CurrentPlan returns the plan in force; ErrNotFound if there is none.
func (s *Reads) CurrentPlan(ctx context.Context, district string) (PlanRecord, error) {
	what := "current plan of district " + district
	found, err := collect(ctx, s, what, func(r pgx.Rows, p *PlanRecord) error { return scanPlan(r, p) },
		`SELECT `+planColumns+` FROM plan WHERE district = $1 AND is_current`, district)
	if err != nil {
		return PlanRecord{}, err
	}
	if len(found) == 0 {
		return PlanRecord{}, fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	return found[0], nil
}

// Plans returns all plans, latest first.
func (s *Reads) Plans(ctx context.Context, district string) ([]PlanRecord, error) {
	return collect(ctx, s, "plans", func(r pgx.Rows, p *PlanRecord) error { return scanPlan(r, p) },
		`SELECT `+planColumns+` FROM plan WHERE district = $1 ORDER BY id DESC`, district)
}

// CountItineraries counts the itineraries of a plan from a day on.
func (s *Reads) CountItineraries(ctx context.Context, district string, plan int64, from planner.Date) (n int, err error) {
	err = one(ctx, s, "itineraries", `SELECT count(*) FROM plan_itinerary WHERE district = $1 AND plan = $2 AND day >= $3`,
		[]any{district, plan, from.Time()}, &n)
	return n, err
}

// PlanItineraries returns the itineraries of a plan that the filter chooses,
// whole, by day, visitor and departure.
func (s *Reads) PlanItineraries(ctx context.Context, district string, plan int64, f ItineraryFilter) ([]ItineraryRecord, error) {
	where := `i.district = $1 AND i.plan = $2`
	args := []any{district, plan}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(` AND `+condition, len(args))
	}
	if f.From != 0 {
		add(`i.day >= $%d`, f.From.Time())
	}
	if f.To != 0 {
		add(`i.day <= $%d`, f.To.Time())
	}
	if len(f.Visitors) > 0 {
		add(`i.visitor = ANY ($%d)`, f.Visitors)
	}
	if f.Area != "" {
		add(`EXISTS (SELECT FROM plan_stop x
			LEFT JOIN resident r ON r.district = x.district AND r.id = x.resident
			LEFT JOIN task t ON t.district = x.district AND t.id = x.task
			WHERE x.district = i.district AND x.plan = i.plan AND x.visitor = i.visitor AND x.day = i.day AND x.depart = i.depart
				AND (starts_with(r.grid, $%[1]d) OR starts_with(r.micro_grid, $%[1]d) OR starts_with(t.grid, $%[1]d) OR starts_with(t.micro_grid, $%[1]d)))`, f.Area)
	}
	route := `i.route`
	if f.NoRoutes {
		route = `NULL::geometry`
	}
	return collect(ctx, s, "itineraries", func(r pgx.Rows, v *ItineraryRecord) error {
		var residents, tasks []string
		var arrive, leave, walk, due []int32
		var owed []bool
		var line orb.MultiLineString
		err := r.Scan(&v.Visitor, &v.Date, &v.Depart, &v.Block, &v.ReturnSeconds, ewkb.Scanner(&line),
			&residents, &arrive, &leave, &walk, &due, &owed, &tasks)
		if err != nil {
			return err
		}
		v.Route = line
		for i, id := range residents {
			v.Stops = append(v.Stops, planner.Stop{
				Resident: id, Task: tasks[i], Arrive: planner.Clock(arrive[i]), Leave: planner.Clock(leave[i]),
				WalkSeconds: int(walk[i]), DueBy: planner.Date(due[i]), Owed: owed[i],
			})
		}
		return nil
	}, `SELECT i.visitor, `+dayOf("i.day")+`, i.depart, i.block, i.return_seconds, `+route+`,
			s.resident, s.arrive, s.leave, s.walk_seconds, s.due_by, s.owed, s.task
		FROM plan_itinerary i
		LEFT JOIN LATERAL (SELECT array_agg(COALESCE(resident, '') ORDER BY n) AS resident, array_agg(COALESCE(task, '') ORDER BY n) AS task, array_agg(arrive::int ORDER BY n) AS arrive,
				array_agg(leave::int ORDER BY n) AS leave, array_agg(walk_seconds ORDER BY n) AS walk_seconds,
				array_agg(`+dayOf("due_by")+` ORDER BY n) AS due_by, array_agg(owed ORDER BY n) AS owed
			FROM plan_stop p WHERE p.district = i.district AND p.plan = i.plan AND p.visitor = i.visitor AND p.day = i.day AND p.depart = i.depart) s ON true
		WHERE `+where+` ORDER BY i.day, i.visitor, i.depart`, args...)
}

// Unplanned returns what a plan leaves unplanned, in the order of the plan, of
// what lies in the area of that code; an empty code is the whole district.
func (s *Reads) Unplanned(ctx context.Context, district string, plan int64, area string) ([]planner.Unplanned, error) {
	return collect(ctx, s, "unplanned visits", func(r pgx.Rows, u *planner.Unplanned) error {
		var mends []byte
		err := r.Scan(&u.Resident, &u.DueBy, &u.Reason, &u.Detail, &u.Owed, &u.Visitor, &u.Date, &u.MinutesShort, &u.Task, &mends)
		if err != nil || mends == nil {
			return err
		}
		if err := json.Unmarshal(mends, &u.Mends); err != nil {
			return fmt.Errorf("mends: %w", err)
		}
		return nil
	}, `SELECT COALESCE(u.resident, ''), `+dayOf("u.due_by")+`, u.reason, u.detail, u.owed, COALESCE(u.visitor, ''), `+dayOf("u.day")+`, u.minutes_short,
			COALESCE(u.task, ''), u.mends
		FROM plan_unplanned u
		LEFT JOIN resident r ON r.district = u.district AND r.id = u.resident
		LEFT JOIN task t ON t.district = u.district AND t.id = u.task
		WHERE u.district = $1 AND u.plan = $2
			AND (starts_with(r.grid, $3) OR starts_with(r.micro_grid, $3) OR starts_with(t.grid, $3) OR starts_with(t.micro_grid, $3)) ORDER BY u.n`, district, plan, area)
}

// CurrentCoverage returns the latest computation of coverage; ErrNotFound if
// there is none.
func (s *Reads) CurrentCoverage(ctx context.Context, district string) (CoverageRun, error) {
	var c CoverageRun
	err := one(ctx, s, "coverage of district "+district,
		`SELECT id, `+dayOf("day")+`, minutes, metres_per_second, street_version, made_at FROM coverage_run
		WHERE district = $1 ORDER BY id DESC LIMIT 1`, []any{district},
		&c.ID, &c.Date, &c.Minutes, &c.MetresPerSecond, &c.StreetVersion, &c.MadeAt)
	return c, err
}

// latestRun is the SQL for the number of the coverage run in use.
const latestRun = `(SELECT max(id) FROM coverage_run WHERE district = $1)`

// CoverageAreas returns the coverage of every area by every service, latest
// run, by area and service.
func (s *Reads) CoverageAreas(ctx context.Context, district string) ([]AreaCoverage, error) {
	return collect(ctx, s, "coverage of areas", func(r pgx.Rows, a *AreaCoverage) error {
		return r.Scan(&a.Area, &a.Service, &a.People, &a.PeopleCovered, &a.Over60, &a.Over60Covered, &a.Residents, &a.ResidentsCovered)
	}, `SELECT area, service, people, people_covered, over60, over60_covered, residents, residents_covered FROM coverage_area
		WHERE district = $1 AND run = `+latestRun+` ORDER BY area, service`, district)
}
