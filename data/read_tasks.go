package data

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// Tasks returns all tasks by id, without what is sealed; see TaskAddresses.
func (s *Reads) Tasks(ctx context.Context, district string) ([]Task, error) {
	return collect(ctx, s, "tasks", func(r pgx.Rows, v *Task) error {
		var rules, absent, needs []byte
		var x, y *float64
		var prefer []string
		err := r.Scan(&v.ID, &v.Kind, &v.What, &v.Resident, &x, &y, &v.Grid, &v.MicroGrid, &v.Minutes, &rules, &absent, &v.Weight, &needs, &prefer)
		if err != nil {
			return err
		}
		if x != nil && y != nil {
			v.Location[0], v.Location[1] = *x, *y
		}
		if err := json.Unmarshal(rules, &v.Rules); err != nil {
			return fmt.Errorf("rules of task %s: %w", v.ID, err)
		}
		if absent != nil {
			if err := json.Unmarshal(absent, &v.Absent); err != nil {
				return fmt.Errorf("absent days of task %s: %w", v.ID, err)
			}
		}
		v.Needs, err = needsOf(needs, prefer)
		return err
	}, `SELECT t.id, t.kind, t.what, COALESCE(t.resident, ''), ST_X(t.location), ST_Y(t.location), COALESCE(t.grid, ''), COALESCE(t.micro_grid, ''),
			t.minutes, t.rules, t.absent, t.weight, t.needs, w.prefer
		FROM task t
		LEFT JOIN (SELECT district, task, array_agg(visitor ORDER BY n) AS prefer FROM task_prefer WHERE district = $1 GROUP BY 1, 2) w
			ON w.district = t.district AND w.task = t.id
		WHERE t.district = $1 ORDER BY t.id`, district)
}

// TaskVisits returns the tasks of the past from one day to another, both
// included, by day and task.
func (s *Reads) TaskVisits(ctx context.Context, district string, from, to planner.Date) ([]TaskVisit, error) {
	return collect(ctx, s, "task visits", func(r pgx.Rows, v *TaskVisit) error {
		return r.Scan(&v.Task, &v.Visitor, &v.Date, &v.Done)
	}, `SELECT task, COALESCE(visitor, ''), `+dayOf("day")+`, done FROM task_visit
		WHERE district = $1 AND day BETWEEN $2 AND $3 ORDER BY day, task, done`, district, from.Time(), to.Time())
}

// LastTaskVisits returns the day on which each task was last done before a day;
// those never done are left out.
func (s *Reads) LastTaskVisits(ctx context.Context, district string, before planner.Date) (map[string]planner.Date, error) {
	type row struct {
		task string
		day  planner.Date
	}
	rows, err := collect(ctx, s, "last task visits", func(r pgx.Rows, v *row) error { return r.Scan(&v.task, &v.day) },
		`SELECT task, `+dayOf("max(day)")+` FROM task_visit WHERE district = $1 AND done AND day < $2 GROUP BY task`, district, before.Time())
	if err != nil {
		return nil, err
	}
	out := make(map[string]planner.Date, len(rows))
	for _, r := range rows {
		out[r.task] = r.day
	}
	return out, nil
}

// TasksDoneOn returns which of these tasks were done on a day.
func (s *Reads) TasksDoneOn(ctx context.Context, district string, tasks []string, day planner.Date) (map[string]bool, error) {
	list, err := collect(ctx, s, "tasks done", func(r pgx.Rows, v *string) error { return r.Scan(v) },
		`SELECT task FROM task_visit WHERE district = $1 AND task = ANY ($2) AND day = $3 AND done`, district, orEmpty(tasks), day.Time())
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(list))
	for _, id := range list {
		out[id] = true
	}
	return out, nil
}
