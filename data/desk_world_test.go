package data_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sanse/data"
	"sanse/data/datatest"
)

// The district of the tests of who sees what: two towns, three communities, six
// grids, and two micro-grids in the first grid of each community.
const (
	deskDistrict   = "510177"
	deskTown       = deskDistrict + "001"
	deskTown2      = deskDistrict + "002"
	deskCommunity  = deskTown + "001"
	deskCommunity2 = deskTown + "002"
	deskCommunity3 = deskTown2 + "001"
	deskGrid       = deskCommunity + "001" // has micro-grids 01 and 02
	deskGrid2      = deskCommunity + "002"
	deskMicro      = deskGrid + "01"
)

// home is where somebody or something is.
type home struct{ grid, micro string }

// in tells whether it lies in an area: the code of an area begins with those of
// all that it lies in.
func (h home) in(area string) bool {
	return strings.HasPrefix(h.grid, area) || strings.HasPrefix(h.micro, area)
}

// deskWorld is what there is to be seen.
type deskWorld struct {
	owner     *data.Store
	serving   *data.Store
	gate      *data.Gate
	residents map[string]home
	places    map[string]home     // tasks with a place of their own
	tasks     map[string]string   // tasks at home → resident
	visitors  map[string][]string // → areas
	workers   map[string][]string // provider → visitors
	matched   map[string][]string // provider → residents whose need is matched to it today
	handed    map[string][]string // department → residents handed to it now
	accounts  int
}

// newDeskWorld stores the district, twice: all of it is in district 510178 as
// well, which nobody of the tests may ever see.
func newDeskWorld(t *testing.T) *deskWorld {
	t.Helper()
	w := &deskWorld{
		residents: map[string]home{}, places: map[string]home{}, tasks: map[string]string{},
		visitors: map[string][]string{"v-micro": {deskMicro}, "v-town": {deskTown}, "v-none": nil},
		workers:  map[string][]string{"pro1": {"v-none", "v-" + deskGrid2}, "pro2": {"v-micro"}},
	}
	w.owner, w.serving = datatest.NewServing(t)
	w.gate = w.serving.Gate()
	areas := []string{deskDistrict, deskTown, deskTown2, deskCommunity, deskCommunity2, deskCommunity3}
	for _, c := range []string{deskCommunity, deskCommunity2, deskCommunity3} {
		for _, n := range []string{"001", "002"} {
			g := c + n
			areas = append(areas, g)
			w.visitors["v-"+g] = []string{g}
			w.residents["r-"+g] = home{grid: g}
			w.places["p-"+g] = home{grid: g}
			if n == "001" {
				for _, m := range []string{g + "01", g + "02"} {
					areas = append(areas, m)
					w.residents["r-"+m] = home{g, m}
					w.places["p-"+m] = home{g, m}
				}
			}
		}
	}
	for id := range w.residents {
		w.tasks["t-"+id] = id
	}
	for _, d := range []string{deskDistrict, "510178"} {
		w.store(t, d, areas)
	}
	w.people(t)
	w.match(t)
	w.handOver(t)
	return w
}

// levels of areas by the length of their codes.
var levels = map[int]int{6: 1, 9: 2, 12: 3, 15: 4, 17: 5}

func (w *deskWorld) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := w.owner.Pool().Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
}

// store writes rows of everything in a district. Codes of areas are the same in
// both.
func (w *deskWorld) store(t *testing.T, d string, areas []string) {
	t.Helper()
	w.exec(t, `INSERT INTO district (code, name, time_zone, made_up) VALUES ($1, 'x', 'Asia/Shanghai', true)`, d)
	for _, a := range areas {
		var parent *string
		if n := map[int]int{9: 6, 12: 9, 15: 12, 17: 15}[len(a)]; n > 0 {
			p := a[:n]
			parent = &p
		}
		w.exec(t, `INSERT INTO area (district, code, level, parent) VALUES ($1, $2, $3, $4)`, d, a, levels[len(a)], parent)
	}
	const point = `ST_SetSRID(ST_MakePoint(104, 30), 4326)`
	w.exec(t, `INSERT INTO plan (district, id, start_day, days, seed, made_at, is_current, summary) VALUES ($1, 1, '2026-12-01', 1, 1, now(), true, '{}')`, d)
	for v, scope := range w.visitors {
		w.exec(t, `INSERT INTO visitor (district, id, kind, tier, mode, start_at) VALUES ($1, $2, 'grid_worker', 1, 'foot', `+point+`)`, d, v)
		for n, a := range scope {
			w.exec(t, `INSERT INTO visitor_scope (district, visitor, area, n, given_at) VALUES ($1, $2, $3, $4, '2020-01-01')`, d, v, a, n)
		}
		w.exec(t, `INSERT INTO visitor_shift (district, visitor, weekday, from_minute, to_minute) VALUES ($1, $2, 1, 0, 60)`, d, v)
		w.exec(t, `INSERT INTO visitor_day_off (district, visitor, day) VALUES ($1, $2, '2026-12-01')`, d, v)
		w.exec(t, `INSERT INTO plan_itinerary (district, plan, visitor, day, depart, block, return_seconds) VALUES ($1, 1, $2, '2026-12-01', 0, $3, 0)`, d, v, deskCommunity)
	}
	w.exec(t, `INSERT INTO ladder_rule (district, from_day, rule) VALUES ($1, '2026-01-01', '{}')`, d)
	w.exec(t, `INSERT INTO connector (district, id) VALUES ($1, 'p')`, d)
	w.exec(t, `INSERT INTO quality_sample (district, week, area, seed, size, records, drawn_at, drawn_by) VALUES ($1, '2026-11-02', $2, 1, 9, 9, now(), 'a0')`, d, deskGrid)
	for i, id := range sortedKeys(w.residents) {
		h := w.residents[id]
		w.exec(t, `INSERT INTO resident (district, id, grade, location, cell8, grid, micro_grid) VALUES ($1, $2, 'red', `+point+`, x'8840e02ee1fffff'::bigint, $3, NULLIF($4, ''))`, d, id, h.grid, h.micro)
		w.exec(t, `INSERT INTO resident_kind VALUES ($1, $2, 'lone_elder', 0)`, d, id)
		w.exec(t, `INSERT INTO resident_absence VALUES ($1, $2, '2026-12-01', '2026-12-02')`, d, id)
		w.exec(t, `INSERT INTO resident_prefer VALUES ($1, $2, 'v-none', 0)`, d, id)
		w.exec(t, `INSERT INTO team VALUES ($1, $2, 'v-none', 0)`, d, id)
		w.exec(t, `INSERT INTO visit (district, resident, day, done, grid) VALUES ($1, $2, '2026-11-01', true, $3)`, d, id, deskGrid)
		w.exec(t, `INSERT INTO visit_record (district, id, resident, grid, account, day, arrived, received, clock_skew, result, how, form, evidence, content)
			VALUES ($1, md5($2)::uuid, $2, $3, 'a0', '2026-11-02', '2026-11-02', '2026-11-02', 0, 'seen', 'hand', 'reference-1', 'hand', '')`, d, id, h.grid)
		w.exec(t, `INSERT INTO visit_record_text (district, record, text) VALUES ($1, md5($2)::uuid, decode(repeat('01', 40), 'hex'))`, d, id)
		w.exec(t, `INSERT INTO visit_flag (district, record, flag) VALUES ($1, md5($2)::uuid, 'far')`, d, id)
		w.exec(t, `INSERT INTO visit_flag_look (district, record, flag, n, by, verdict) VALUES ($1, md5($2)::uuid, 'far', 1, 'a0', 'fine')`, d, id)
		w.exec(t, `INSERT INTO quality_item (district, week, area, n, record) VALUES ($1, '2026-11-02', $3, $4::text::smallint + 1, md5($2)::uuid)`, d, id, deskGrid, fmt.Sprint(i))
		w.exec(t, `INSERT INTO quality_call (district, record, n, by, result) VALUES ($1, md5($2)::uuid, 1, 'a0', 'confirmed')`, d, id)
		w.exec(t, `INSERT INTO visit_rating (district, id, record, rating, said_by, first_at, at) VALUES ($1, 'g' || md5($2), md5($2)::uuid, 5, 'family', now(), now())`, d, id)
		w.exec(t, `INSERT INTO visit_rating_text (district, rating, words) VALUES ($1, 'g' || md5($2), decode(repeat('01', 40), 'hex'))`, d, id)
		w.exec(t, `INSERT INTO ladder (district, id, resident, first_day, due_by, rule_from, opened_at) VALUES ($1, $3, $2, '2026-12-01', '2026-12-02', '2026-01-01', now())`, d, id, i)
		w.exec(t, `INSERT INTO ladder_step (district, ladder, n, kind, due_at, taken_at) VALUES ($1, $2, 0, 'remind', now(), now())`, d, i)
		w.exec(t, `INSERT INTO resident_fact (district, resident, code, day, by) VALUES ($1, $2, 'discharged', '2026-11-30', 'a0')`, d, id)
		w.exec(t, `INSERT INTO grade_suggestion (district, resident, was, grade, lower, reasons, made_at) VALUES ($1, $2, 'red', 'blue', true, '[]', now())`, d, id)
		w.exec(t, `INSERT INTO grade_change (district, resident, n, day, was, grade, how, at, by) VALUES ($1, $2, 1, '2026-11-30', 'red', 'red', 'decision', now(), 'a0')`, d, id)
		w.exec(t, `INSERT INTO grade_appeal (district, resident, n, who, at, by) VALUES ($1, $2, 1, 'family', now(), 'a0')`, d, id)
		w.exec(t, `INSERT INTO incident (district, id, kind, source, resident, area, level, stage, n, opened_at, deadline)
			VALUES ($1, 'k' || left(md5($2), 16), 'general', 'found', $2, $3, 'grid', 'call', 1, now(), now())`, d, id, h.grid)
		w.exec(t, `INSERT INTO incident_step (district, incident, n, at, stage, level, deadline) VALUES ($1, 'k' || left(md5($2), 16), 1, now(), 'call', 'grid', now())`, d, id)
		w.exec(t, `INSERT INTO incident_text (district, incident, n, text) VALUES ($1, 'k' || left(md5($2), 16), 1, decode(repeat('01', 40), 'hex'))`, d, id)
		w.exec(t, `INSERT INTO connect_row (district, connector, kind, external, status, first_at, last_at, resident, area) VALUES ($1, 'p', 'visit', $2, 'stored', now(), now(), $2, $3)`, d, id, h.grid)
		w.exec(t, `INSERT INTO device (district, id, kind, resident) VALUES ($1, $2, 'wristband', $2)`, d, id)
		w.exec(t, `INSERT INTO device_event (district, device, event, kind, at, received, outcome) VALUES ($1, $2, '1', 'sos', now(), now(), 'opened')`, d, id)
		w.exec(t, `INSERT INTO need (district, id, resident, service, rules, place, from_day) VALUES ($1, 'n-' || $2, $2, 'meal', '[]', 'home', '2020-01-01'), ($1, 'o-' || $2, $2, 'bathing', '[]', 'home', '2020-01-01')`, d, id)
		w.exec(t, `INSERT INTO need_match (district, need, n, by_hand, from_day, made_at) VALUES ($1, 'n-' || $2, 1, false, '2020-01-01', now())`, d, id)
		w.exec(t, `INSERT INTO task (district, id, kind, resident, minutes, rules) VALUES ($1, 't-' || $2, 'service', $2, 10, '[]')`, d, id)
		w.exec(t, `INSERT INTO plan_stop (district, plan, visitor, day, depart, n, resident, arrive, leave, walk_seconds, due_by, owed)
			VALUES ($1, 1, 'v-town', '2026-12-01', 0, $3, $2, 1, 2, 0, '2026-12-01', false)`, d, id, i+1)
		w.exec(t, `INSERT INTO plan_unplanned (district, plan, n, resident, due_by, reason, detail, owed) VALUES ($1, 1, $3, $2, '2026-12-01', 'x', '', false)`, d, id, i+1)
	}
	for id, h := range w.places {
		w.exec(t, `INSERT INTO incident (district, id, kind, source, area, level, stage, n, opened_at, deadline)
			VALUES ($1, 'k' || left(md5($2), 16), 'general', 'found', COALESCE(NULLIF($4, ''), $3), 'grid', 'call', 1, now(), now())`, d, id, h.grid, h.micro)
		w.exec(t, `INSERT INTO connect_row (district, connector, kind, external, status, first_at, last_at, area) VALUES ($1, 'p', 'case', $2, 'stored', now(), now(), COALESCE(NULLIF($4, ''), $3))`, d, id, h.grid, h.micro)
		w.exec(t, `INSERT INTO device (district, id, kind, area) VALUES ($1, $2, 'smoke', COALESCE(NULLIF($4, ''), $3))`, d, id, h.grid, h.micro)
		w.exec(t, `INSERT INTO task (district, id, kind, location, grid, micro_grid, minutes, rules) VALUES ($1, $2, 'patrol', `+point+`, $3, NULLIF($4, ''), 10, '[]')`, d, id, h.grid, h.micro)
	}
	for i, id := range append(sortedKeys(w.tasks), sortedKeys(w.places)...) {
		w.exec(t, `INSERT INTO task_prefer VALUES ($1, $2, 'v-none', 0)`, d, id)
		w.exec(t, `INSERT INTO task_visit VALUES ($1, $2, '2026-11-01', true)`, d, id)
		w.exec(t, `INSERT INTO plan_stop (district, plan, visitor, day, depart, n, resident, task, arrive, leave, walk_seconds, due_by, owed)
			VALUES ($1, 1, 'v-town', '2026-12-01', 0, $3, NULLIF($4, ''), $2, 1, 2, 0, '2026-12-01', false)`, d, id, 100+i, w.tasks[id])
		w.exec(t, `INSERT INTO plan_unplanned (district, plan, n, resident, task, due_by, reason, detail, owed) VALUES ($1, 1, $3, NULLIF($4, ''), $2, '2026-12-01', 'x', '', false)`, d, id, 100+i, w.tasks[id])
	}
	for p, visitors := range w.workers {
		w.exec(t, `INSERT INTO provider (district, id, name, services) VALUES ($1, $2, 'x', '{meal}')`, d, p)
		for n, v := range visitors {
			w.exec(t, `INSERT INTO provider_worker VALUES ($1, $2, $3, $4)`, d, p, v, n)
		}
	}
}

// people seals a name for everybody and everything, as an import does.
func (w *deskWorld) people(t *testing.T) {
	t.Helper()
	for _, d := range []string{deskDistrict, "510178"} {
		residents, err := w.owner.Residents(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		visitors, err := w.owner.Visitors(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		tasks, err := w.owner.Tasks(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		for i := range residents {
			of := func(what string) data.Sealed { return data.Sealed(what + " of " + residents[i].ID) }
			residents[i].Person = data.Person{Name: of("name"), IDNumber: of("number"), Phone: of("phone"), Address: of("address"), Note: of("note")}
		}
		for i := range visitors {
			visitors[i].Name = data.Sealed("name of " + visitors[i].ID)
		}
		for i := range tasks {
			tasks[i].Address = data.Sealed("address of " + tasks[i].ID)
		}
		if err := w.owner.Write(t.Context(), func(tx *data.Tx) error {
			if err := tx.PutVisitors(d, visitors); err != nil {
				return err
			}
			if err := tx.PutResidents(d, residents); err != nil {
				return err
			}
			return tx.PutTasks(d, tasks)
		}); err != nil {
			t.Fatal(err)
		}
	}
	w.exec(t, `UPDATE visitor_scope SET given_at = '2020-01-01'`)
}

// match gives needs to provider pro1 in all the ways in which they hold today or
// do not.
func (w *deskWorld) match(t *testing.T) {
	t.Helper()
	ids := sortedKeys(w.residents)
	slices.Reverse(ids)
	w.matched = map[string][]string{}
	for i, m := range []struct {
		then, now string // providers, the later one from the day of from
		from      string
		ended     bool
		holds     string // whose it is today
	}{
		{then: "pro1", holds: "pro1"},
		{then: "pro1", now: "pro2", from: "2021-01-01", holds: "pro2"},
		{then: "pro1", now: "pro2", from: "2999-01-01", holds: "pro1"},
		{now: "pro1", from: "2999-01-01"},
		{then: "pro1", now: "nobody", from: "2021-01-01"},
		{then: "pro1", ended: true},
	} {
		need, n := "n-"+ids[i], 1
		put := func(provider, from string) {
			if provider == "" {
				return
			}
			n++
			w.exec(t, `INSERT INTO need_match (district, need, n, by_hand, provider, from_day, made_at)
				VALUES ($1, $2, $3, false, NULLIF($4, 'nobody'), $5::text::date, now())`, deskDistrict, need, n, provider, from)
		}
		put(m.then, "2020-01-01")
		put(m.now, m.from)
		if m.ended {
			w.exec(t, `UPDATE need SET to_day = '2021-01-01' WHERE district = $1 AND id = $2`, deskDistrict, need)
		}
		if m.holds != "" {
			w.matched[m.holds] = append(w.matched[m.holds], ids[i])
		}
	}
}

// handOver hands residents to departments, now, before and to come.
func (w *deskWorld) handOver(t *testing.T) {
	t.Helper()
	w.account(t, "ops", "")
	w.handed = map[string][]string{"health": {"r-" + deskGrid2, "r-" + deskCommunity3 + "002"}, "police": {"r-" + deskMicro}}
	now := time.Now()
	for body, ids := range w.handed {
		for _, id := range ids {
			w.give(t, data.Handover{Resident: id, Body: body, From: now.Add(-time.Hour), To: now.Add(time.Hour)})
		}
	}
	w.give(t, data.Handover{Resident: "r-" + deskGrid, Body: "health", From: now.Add(-2 * time.Hour), To: now.Add(-time.Hour)})
	w.give(t, data.Handover{Resident: "r-" + deskGrid, Body: "health", From: now.Add(time.Hour), To: now.Add(2 * time.Hour)})
}

func (w *deskWorld) give(t *testing.T, h data.Handover) {
	t.Helper()
	if h.Kind == "" {
		h.Kind = data.HandoverCase
	}
	if h.GivenBy = "ops"; h.Kind == data.HandoverBreakGlass {
		h.GivenBy = h.Account
	}
	if _, err := w.gate.HandOver(t.Context(), deskDistrict, h); err != nil {
		t.Fatal(err)
	}
}

// account makes an account and returns its id.
func (w *deskWorld) account(t *testing.T, login, visitor string) string {
	t.Helper()
	w.accounts++
	id := accountID(w.accounts)
	if err := w.gate.PutAccount(t.Context(), deskDistrict, data.Account{ID: id, Login: fmt.Sprintf("%s-%d", login, w.accounts), Visitor: visitor}); err != nil {
		t.Fatal(err)
	}
	return id
}

// keys lists what a query at the desk shows of the district of the tests.
func keysAt(ctx context.Context, s *data.Store, token data.Token, sql string) (out []string, err error) {
	conn, err := data.DeskPool(s).Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := tx.Exec(ctx, `SELECT set_config('sanse.session', $1, true)`, token.Reveal()); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	slices.Sort(out)
	return slices.Compact(out), rows.Err()
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
