package web_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

func TestThePagesShowWhatIsStored(t *testing.T) {
	svc, store, url := served(t, short)
	expect := filepath.Join(t.TempDir(), "expect.json")
	b, err := json.Marshal(expectations(t, svc, store))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(expect, b, 0o600); err != nil {
		t.Fatal(err)
	}
	walk(t, "browser.test.mjs", url, expect)
}

// expectations takes from the database what the pages have to show.
func expectations(t *testing.T, svc *service.Service, store *data.Store) map[string]any {
	t.Helper()
	ctx := service.WithViewer(t.Context(), service.Everyone(""))
	scan := func(into any, sql string, args ...any) {
		t.Helper()
		if err := store.Pool().QueryRow(ctx, sql, args...).Scan(into); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	var required, planned, owed, lapses, taskLapses, grids int
	scan(&required, `SELECT (summary->>'visits_required')::int FROM plan WHERE is_current`)
	scan(&owed, `SELECT (summary->>'owed_at_start')::int FROM plan WHERE is_current`)
	scan(&planned, `SELECT count(*) FROM plan_stop JOIN plan ON plan.district = plan_stop.district AND plan.id = plan_stop.plan WHERE is_current AND task IS NULL`)
	scan(&lapses, `SELECT count(*) FROM plan_unplanned WHERE NOT owed AND task IS NULL`)
	scan(&taskLapses, `SELECT count(*) FROM plan_unplanned WHERE NOT owed AND task IS NOT NULL`)
	scan(&grids, `SELECT count(*) FROM area WHERE level = 4`)
	if planned == 0 || lapses == 0 || taskLapses == 0 || owed == 0 {
		t.Fatalf("the district has %d visits planned, %d lapses of visits, %d of tasks and %d owed: nothing to show", planned, lapses, taskLapses, owed)
	}
	facility, people := plainFacility(t, svc, store)

	day := map[string]any{}
	var visitor, date string
	scan(&visitor, `SELECT visitor FROM plan_stop WHERE day = '2026-12-01' GROUP BY visitor ORDER BY count(*) DESC, visitor LIMIT 1`)
	scan(&date, `SELECT DATE '2026-12-01'::text`)
	day["visitor"], day["date"] = visitor, date
	day["stops"] = stops(t, store, visitor)

	v, err := svc.Board(ctx, "", "", "horizon", 0)
	if err != nil {
		t.Fatal(err)
	}
	children := []map[string]any{}
	for _, c := range v.Children {
		var n int
		scan(&n, `SELECT count(*) FROM plan_stop s JOIN resident r ON r.district = s.district AND r.id = s.resident WHERE task IS NULL AND starts_with(r.grid, $1)`, c.Code)
		children = append(children, map[string]any{"code": c.Code, "required": c.Required, "planned": n, "late": c.Late})
	}
	// A walk with a service on it, and what the district lacks.
	task := map[string]any{}
	var server, served, id string
	scan(&server, `SELECT visitor FROM plan_stop WHERE task IS NOT NULL AND day > '2026-12-02' ORDER BY day, visitor, depart LIMIT 1`)
	scan(&served, `SELECT min(day)::text FROM plan_stop WHERE task IS NOT NULL AND day > '2026-12-02' AND visitor = $1`, server)
	scan(&id, `SELECT task FROM plan_stop WHERE visitor = $1 AND day = $2::date AND task IS NOT NULL ORDER BY depart, n LIMIT 1`, server, served)
	task["visitor"], task["date"], task["id"] = server, served, id
	var services, shortages, mends int
	scan(&services, `SELECT count(DISTINCT (task, day)) FROM plan_stop WHERE task IS NOT NULL`)
	scan(&shortages, `SELECT jsonb_array_length(COALESCE(shortages, '[]')) FROM plan WHERE is_current`)
	scan(&mends, `SELECT count(*) FROM plan_unplanned WHERE mends IS NOT NULL`)
	task["planned"], task["shortages"], task["mends"] = services, shortages, mends
	if services == 0 || shortages == 0 || mends == 0 {
		t.Fatalf("the district has %d services planned, %d proofs of shortage and %d visits that something would free: nothing to show", services, shortages, mends)
	}
	return map[string]any{
		"task":     task,
		"sentence": map[string]int{"required": required, "planned": planned, "owed": owed, "lapses": lapses, "tasks": taskLapses},
		"areas":    map[string]int{"grid": grids},
		"facility": map[string]any{"id": facility, "people": people},
		"day":      day,
		"board":    map[string]any{"area": v.Area.Code, "period": "horizon", "children": children, "past": lastMonth(t, svc)},
	}
}

// lastMonth is the month before the plan, in which visits were missed.
func lastMonth(t *testing.T, svc *service.Service) map[string]any {
	t.Helper()
	const from = "2026-11-01"
	day, err := planner.ParseDate(from)
	if err != nil {
		t.Fatal(err)
	}
	v, err := svc.Board(service.WithViewer(t.Context(), service.Everyone("")), "", "", "month", day)
	if err != nil {
		t.Fatal(err)
	}
	if v.Totals.Late == 0 {
		t.Fatal("nothing was late last month: nothing to show")
	}
	return map[string]any{"period": "month", "from": from, "required": v.Totals.Required, "late": v.Totals.Late}
}

// stops lists the doors of a visitor on the first day, in order.
func stops(t *testing.T, store *data.Store, visitor string) []map[string]string {
	t.Helper()
	rows, err := store.Pool().Query(t.Context(), `SELECT COALESCE(resident, ''), to_char(make_interval(mins => arrive), 'HH24:MI') FROM plan_stop
		WHERE day = '2026-12-01' AND visitor = $1 ORDER BY depart, n`, visitor)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := []map[string]string{}
	for rows.Next() {
		var resident, arrive string
		if err := rows.Scan(&resident, &arrive); err != nil {
			t.Fatal(err)
		}
		out = append(out, map[string]string{"resident": resident, "arrive": arrive})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// plainFacility is the facility with the most people in its circle of those that
// no other hides, so that a click finds it.
func plainFacility(t *testing.T, svc *service.Service, store *data.Store) (id string, people int) {
	t.Helper()
	rows, err := store.Pool().Query(t.Context(), `SELECT id FROM facility f WHERE status = 'open'
		AND NOT EXISTS (SELECT FROM facility o WHERE o.district = f.district AND o.id <> f.id AND ST_DWithin(o.location::geography, f.location::geography, 250))
		ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range alone {
		circle, err := svc.Circle(service.WithViewer(t.Context(), service.Everyone("")), "", f, service.ReachQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := circle[0].Properties["people"].(int); ok && n > people {
			id, people = f, n
		}
	}
	return id, people
}
