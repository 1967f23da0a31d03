package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/web"
	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

// screenBed is a demo district whose day is under way at half past two, served to
// people who sign in. The walk asks it for each step of the day.
type screenBed struct {
	t     *testing.T
	owner *data.Store
	svc   *service.Service
	day   planner.Date
	rest  http.Handler
}

// ServeHTTP answers /step, the walk's own: it does what is asked and tells what the
// database has to show then.
func (b *screenBed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/step" {
		b.rest.ServeHTTP(w, r)
		return
	}
	if err := b.step(r.Context(), r.URL.Query().Get("do")); err != nil {
		answer(w, http.StatusInternalServerError, map[string]string{"title": err.Error()})
		return
	}
	counts, err := dayCounts(r.Context(), b.owner, b.day)
	if err != nil {
		answer(w, http.StatusInternalServerError, map[string]string{"title": err.Error()})
		return
	}
	answer(w, http.StatusOK, counts)
}

func (b *screenBed) step(ctx context.Context, do string) error {
	switch do {
	case "look":
		return nil
	case "ladders":
		_, err := b.svc.RunLadders(ctx)
		return err
	case "visits": // of some who are late, and of one who is not due
		rows, err := b.owner.Pool().Query(ctx, `(SELECT resident FROM ladder WHERE due_by = $1 AND closed_at IS NULL ORDER BY id LIMIT 3)
			UNION ALL (SELECT id FROM resident r WHERE NOT EXISTS (SELECT FROM ladder l WHERE l.resident = r.id AND l.due_by = $1)
				AND NOT EXISTS (SELECT FROM plan_stop p WHERE p.resident = r.id AND p.day = $1) ORDER BY id LIMIT 1)`, b.day.Time())
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(ids) != 4 {
			return fmt.Errorf("%d residents: %w", len(ids), err)
		}
		var visits []data.Visit
		for _, id := range ids {
			visits = append(visits, data.Visit{Resident: id, Date: b.day, Done: true})
		}
		return b.owner.Write(ctx, func(tx *data.Tx) error { return tx.PutVisits(demoCode, visits) })
	default:
		return fmt.Errorf("what is %q?", do)
	}
}

// dayCounts says of each area what the database has of a day: due, done, late, covered, open cases.
func dayCounts(ctx context.Context, store *data.Store, day planner.Date) (map[string][]int, error) {
	rows, err := store.Pool().Query(ctx, `WITH who AS (
			SELECT r.id, COALESCE(r.micro_grid, r.grid) AS area, v.day IS NOT NULL OR COALESCE(l.closed_how, '') = 'visit' AS done,
				COALESCE(l.taken > 1, false) OR COALESCE(p.before, false) AS late, COALESCE(l.taken > 1 AND l.holder IS NOT NULL, false) AS covered
			FROM resident r
			LEFT JOIN ladder l ON l.resident = r.id AND l.due_by = $1
			LEFT JOIN (SELECT resident, bool_or(s.due_by < $1) AS before FROM plan_stop s JOIN plan ON plan.id = s.plan AND plan.is_current
				WHERE s.day = $1 AND s.task IS NULL GROUP BY resident) p ON p.resident = r.id
			LEFT JOIN (SELECT DISTINCT resident, day FROM visit WHERE day = $1 AND done) v ON v.resident = r.id
			WHERE l.id IS NOT NULL OR p.resident IS NOT NULL
		)
		SELECT a.code, ARRAY[count(*) FILTER (WHERE starts_with(w.area, a.code)), count(*) FILTER (WHERE starts_with(w.area, a.code) AND done),
				count(*) FILTER (WHERE starts_with(w.area, a.code) AND late AND NOT done), count(*) FILTER (WHERE starts_with(w.area, a.code) AND covered),
				(SELECT count(*) FROM incident i WHERE i.closed_at IS NULL AND starts_with(i.area, a.code))]::int[]
		FROM area a LEFT JOIN who w ON true WHERE a.level <= 3 GROUP BY a.code`, day.Time())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]int{}
	for rows.Next() {
		var code string
		var n []int
		if err := rows.Scan(&code, &n); err != nil {
			return nil, err
		}
		out[code] = n
	}
	return out, rows.Err()
}

func TestTheScreenShowsTheDayAsItIsStoredAtEachStep(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	zone := time.FixedZone("CST", 8*3600)
	today := time.Now().In(zone)
	began := time.Now()
	noon := time.Date(today.Year(), today.Month(), today.Day(), 14, 30, 0, 0, zone)
	// A clock that goes on, from half past two of today.
	now := func() time.Time { return noon.Add(time.Since(began)) }
	owner, serving := datatest.NewServing(t)
	maker := service.New(owner, service.Config{Now: now})
	t.Cleanup(maker.Close)
	if _, err := maker.Demo(t.Context(), service.DemoOptions{Seed: 1, Tight: true, Days: 3, UnderWay: true}); err != nil {
		t.Fatal(err)
	}
	recordedAsIfAllAlong(t, owner, now())
	svc := service.New(serving, service.Config{Now: now, LiveEvery: 100 * time.Millisecond})
	t.Cleanup(svc.Close)
	if err := svc.MakeAccounts(t.Context(), demoCode); err != nil {
		t.Fatal(err)
	}
	hasher, err := auth.NewHasher(auth.Params{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	entry := auth.New(auth.Config{District: demoCode, Name: "三色", Store: serving.Gate(), Hasher: hasher, Record: serving.Record, OneClick: true})
	pages, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	b := &screenBed{t: t, owner: owner, svc: svc, day: planner.DateOf(noon)}
	b.rest = api.New(svc, demoCode, api.NewDoor(api.DoorConfig{Entry: entry}), pages, slog.New(slog.DiscardHandler))
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	t.Cleanup(svc.EndLive) // before the server waits for what is open
	walk(t, "screen.test.mjs", server.URL)
	var closed, rules int
	if err := owner.Pool().QueryRow(t.Context(), `SELECT (SELECT count(*) FROM incident_step WHERE stage = 'closed' AND by IS NOT NULL), (SELECT count(*) FROM ladder_rule)`).Scan(&closed, &rules); err != nil {
		t.Fatal(err)
	}
	if closed != 1 || rules != 2 {
		t.Errorf("%d cases were closed through the pages and %d ladder rules are there, want 1 and 2", closed, rules)
	}
	var set, form string
	if err := owner.Pool().QueryRow(t.Context(), `SELECT (SELECT string_agg(concat_ws(' ', from_day, indicators->'indicators'->0->>'zh', indicators->'indicators'->0->>'target'), ',') FROM indicator_set),
		(SELECT string_agg(concat_ws(' ', from_day, form->'items'->0->>'zh'), ',') FROM visit_form WHERE from_day > $1)`, b.day.Time()).Scan(&set, &form); err != nil {
		t.Fatal(err)
	}
	if want := b.day.MonthStart().String() + " 走访按时 0.935"; set != want {
		t.Errorf("the indicators that were set are %q, want %q", set, want)
	}
	if want := (b.day + 1).String() + " 近来身体可好"; form != want {
		t.Errorf("the form to come is %q, want %q", form, want)
	}
}

// recordedAsIfAllAlong fails unless a demo's visits have records, those alone, and
// there is something for whoever reviews and for whoever decides on grades.
func recordedAsIfAllAlong(t *testing.T, store *data.Store, now time.Time) {
	t.Helper()
	for _, test := range []struct {
		what, sql string
		want      func(n int) bool
	}{
		{"records", `SELECT count(*) FROM visit_record`, func(n int) bool { return n > 3000 }},
		{"records of no visit", `SELECT count(*) FROM visit_record r WHERE NOT EXISTS (SELECT FROM visit v
			WHERE v.district = r.district AND v.resident = r.resident AND v.day = r.day AND v.done = (r.result = 'seen') AND v.visitor = r.visitor)`, func(n int) bool { return n == 0 }},
		{"visits that were not there", `SELECT count(*) FROM visit WHERE record IS NOT NULL`, func(n int) bool { return n == 0 }},
		{"records of a time to come", `SELECT count(*) FROM visit_record WHERE GREATEST(arrived, left_at, received) > '` + now.Format(time.RFC3339) + `'`, func(n int) bool { return n == 0 }},
		{"records that nobody judged", `SELECT count(*) FROM visit_record WHERE NOT judged`, func(n int) bool { return n == 0 }},
		{"flags to look at", `SELECT count(*) FROM visit_flag WHERE verdict IS NULL`, func(n int) bool { return n > 0 }},
		{"flags that were looked at", `SELECT count(*) FROM visit_flag WHERE verdict IS NOT NULL`, func(n int) bool { return n > 0 }},
		{"visits in the sample of last week", `SELECT count(*) FROM quality_item`, func(n int) bool { return n == 20 }},
		{"calls", `SELECT count(*) FROM quality_call`, func(n int) bool { return n > 0 && n < 20 }},
		{"ratings by code", `SELECT count(*) FROM visit_rating`, func(n int) bool { return n > 100 && n < 2000 }},
		{"ratings of a time to come, or of before the visit", `SELECT count(*) FROM visit_rating g JOIN visit_record v ON v.district = g.district AND v.id = g.record
			WHERE g.at > '` + now.Format(time.RFC3339) + `' OR g.at < v.left_at`, func(n int) bool { return n == 0 }},
		{"grades suggested", `SELECT count(*) FROM grade_suggestion WHERE closed_at IS NULL`, func(n int) bool { return n > 3 && n < 200 }},
	} {
		var n int
		if err := store.Pool().QueryRow(t.Context(), test.sql).Scan(&n); err != nil {
			t.Fatalf("%s: %v", test.what, err)
		}
		if !test.want(n) {
			t.Errorf("a demo has %d %s", n, test.what)
		}
	}
}
