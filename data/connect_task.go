package data

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/planner"
)

// ConnectTask is a task as it was told to platforms last.
type ConnectTask struct {
	ID       string       `json:"id"`
	Seq      int64        `json:"seq"` // the number of that change
	Op       string       `json:"op"`  // added, changed, withdrawn
	Resident string       `json:"resident"`
	Task     string       `json:"task"` // of field work
	Visitor  string       `json:"visitor"`
	Area     string       `json:"area"`
	Areas    []string     `json:"areas"` // all in which it ever was
	Day      planner.Date `json:"-"`
	Place    int          `json:"place"`
	Arrive   int          `json:"arrive"`
	Minutes  int          `json:"minutes"`
	DueBy    planner.Date `json:"-"`
	Why      string       `json:"why"`
	First    time.Time    `json:"-"`
	Changed  time.Time    `json:"-"`
}

// LockFeed keeps others from changing tasks until the transaction ends, and returns
// the number of the last change.
func (tx *Tx) LockFeed(district string) (last int64, err error) {
	if _, err := tx.tx.Exec(tx.ctx, `INSERT INTO connect_feed (district) VALUES ($1) ON CONFLICT DO NOTHING`, district); err != nil {
		return 0, fmt.Errorf("lock tasks: %w", tidy(err))
	}
	if err := tx.tx.QueryRow(tx.ctx, `SELECT last FROM connect_feed WHERE district = $1 FOR UPDATE`, district).Scan(&last); err != nil {
		return 0, fmt.Errorf("lock tasks: %w", tidy(err))
	}
	return last, nil
}

const connectTaskColumns = `id, seq, op, COALESCE(resident, ''), COALESCE(task, ''), COALESCE(visitor, ''), area, areas, day - DATE '1970-01-01', place, arrive, minutes,
	due_by - DATE '1970-01-01', why, first_at, changed_at`

func scanConnectTask(r pgx.Rows, v *ConnectTask) error {
	return r.Scan(&v.ID, &v.Seq, &v.Op, &v.Resident, &v.Task, &v.Visitor, &v.Area, &v.Areas, &v.Day, &v.Place, &v.Arrive, &v.Minutes, &v.DueBy, &v.Why, &v.First, &v.Changed)
}

// ConnectTasksFrom returns the tasks that are for a day or later, or due then.
func (s *Reads) ConnectTasksFrom(ctx context.Context, district string, day planner.Date) ([]ConnectTask, error) {
	return collect(ctx, s, "tasks", scanConnectTask, `SELECT `+connectTaskColumns+` FROM connect_task WHERE district = $1 AND (day >= $2::date OR due_by >= $2::date) ORDER BY id`,
		district, day.Time())
}

// ConnectTasksBetween returns the tasks of an area for the days from one to another,
// both included, those that were withdrawn too.
func (s *Reads) ConnectTasksBetween(ctx context.Context, district, area string, from, to planner.Date) ([]ConnectTask, error) {
	return collect(ctx, s, "tasks", scanConnectTask, `SELECT `+connectTaskColumns+` FROM connect_task
		WHERE district = $1 AND day BETWEEN $2::date AND $3::date AND starts_with(area, $4) ORDER BY day, id`, district, from.Time(), to.Time(), area)
}

// LastChange returns the number of the last change to tasks; 0: there was none.
func (s *Reads) LastChange(ctx context.Context, district string) (int64, error) {
	list, err := collect(ctx, s, "changes", func(r pgx.Rows, n *int64) error { return r.Scan(n) }, `SELECT last FROM connect_feed WHERE district = $1`, district)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0], nil
}

// ConnectChanges returns the tasks that changed after a change, in the order of
// changes, and at most so many.
func (s *Reads) ConnectChanges(ctx context.Context, district string, after int64, limit int) ([]ConnectTask, error) {
	return collect(ctx, s, "tasks", scanConnectTask, `SELECT `+connectTaskColumns+` FROM connect_task WHERE district = $1 AND seq > $2 ORDER BY seq LIMIT $3`, district, after, limit)
}

// PutConnectTasks stores changes to tasks, whose numbers follow each other.
func (tx *Tx) PutConnectTasks(district string, tasks []ConnectTask, at time.Time) error {
	if len(tasks) == 0 {
		return nil
	}
	type row struct {
		ConnectTask
		DayText string `json:"day"`
		DueText string `json:"due_by"`
	}
	rows := make([]row, len(tasks))
	last := int64(0)
	for i := range tasks {
		rows[i] = row{tasks[i], tasks[i].Day.String(), tasks[i].DueBy.String()}
		last = max(last, tasks[i].Seq)
	}
	b, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("store tasks: %w", err)
	}
	_, err = tx.tx.Exec(tx.ctx, `INSERT INTO connect_task AS c (district, id, seq, op, resident, task, visitor, area, areas, day, place, arrive, minutes, due_by, why, first_at, changed_at)
		SELECT $1, id, seq, op, NULLIF(resident, ''), NULLIF(task, ''), NULLIF(visitor, ''), area, ARRAY[area], day, place, arrive, minutes, due_by, why, $3, $3
		FROM json_to_recordset($2::json) AS t (id text, seq bigint, op text, resident text, task text, visitor text, area text, day date, place smallint, arrive smallint,
			minutes smallint, due_by date, why text)
		ON CONFLICT (district, id) DO UPDATE SET seq = EXCLUDED.seq, op = EXCLUDED.op, visitor = EXCLUDED.visitor, area = EXCLUDED.area,
			areas = CASE WHEN EXCLUDED.area = ANY (c.areas) THEN c.areas ELSE c.areas || EXCLUDED.area END, day = EXCLUDED.day, place = EXCLUDED.place,
			arrive = EXCLUDED.arrive, minutes = EXCLUDED.minutes, due_by = EXCLUDED.due_by, why = EXCLUDED.why, changed_at = EXCLUDED.changed_at`, district, string(b), at)
	if err == nil {
		_, err = tx.tx.Exec(tx.ctx, `UPDATE connect_feed SET last = GREATEST(last, $2) WHERE district = $1`, district, last)
	}
	if err != nil {
		return fmt.Errorf("store tasks: %w", tidy(err))
	}
	return nil
}

// AskedConnector notes that a platform asks for its tasks, and up to which change it
// has what was told.
func (tx *Tx) AskedConnector(district, connector string, seq int64, at time.Time) error {
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE connector SET acked = GREATEST(acked, $3), asked_at = $4 WHERE district = $1 AND id = $2`, district, connector, seq, at); err != nil {
		return fmt.Errorf("note what a platform has: %w", tidy(err))
	}
	return nil
}

// AckConnector notes up to which change a platform has what was told.
func (tx *Tx) AckConnector(district, connector string, seq int64) error {
	if _, err := tx.tx.Exec(tx.ctx, `UPDATE connector SET acked = $3 WHERE district = $1 AND id = $2 AND acked < $3`, district, connector, seq); err != nil {
		return fmt.Errorf("note what a platform has: %w", tidy(err))
	}
	return nil
}

// ExternalNumbers returns the numbers under which a platform knows these residents or
// visitors, as far as it does.
func (s *Reads) ExternalNumbers(ctx context.Context, district, connector, kind string, ids []string) (map[string]string, error) {
	list, err := collect(ctx, s, "numbers", func(r pgx.Rows, v *[2]string) error { return r.Scan(&v[0], &v[1]) },
		`SELECT COALESCE(resident, visitor), external FROM external_id WHERE district = $1 AND connector = $2 AND kind = $3 AND COALESCE(resident, visitor) = ANY ($4)`,
		district, connector, kind, orEmpty(ids))
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(list))
	for _, v := range list {
		out[v[0]] = v[1]
	}
	return out, nil
}
