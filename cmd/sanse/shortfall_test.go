package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"sanse/planner"
	"sanse/routing"
)

// trace is a district whose figures are repeated from what is stored: by one
// query each, and where streets are walked by a search of its own.
type trace struct {
	*testing.T
	c     *client
	conn  *pgx.Conn
	code  string
	opens time.Time // the day of which needs are asked
	spots walked    // of the population, weighted by what was asked for
	homes walked    // of the residents
}

// walked are places with their grids, and the walk from the nearest open place of
// a service to each; more than an hour is -1.
type walked struct {
	at    []orb.Point
	area  []string
	count map[string][]int // of each place: people of a column, or 1 for a resident of a kind
	walk  map[string][]int32
}

func number(v any) float64 { f, _ := v.(float64); return f }

func newTrace(t *testing.T, d *district) *trace {
	t.Helper()
	tr := &trace{T: t, c: serveDistrict(t, d), code: text(readJSON(t, d.file("problem.json"))["district"])}
	conn, err := pgx.Connect(t.Context(), d.bed.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	tr.conn = conn
	if tr.opens, err = time.Parse(time.DateOnly, text(tr.c.get("/v1/district")["today"])); err != nil {
		t.Fatal(err)
	}
	var graph []byte
	tr.one(`SELECT graph FROM street_version WHERE district = $1 ORDER BY version DESC LIMIT 1`, []any{tr.code}, &graph)
	net, err := routing.Load(graph)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := net.Engine(routing.Elderly())
	if err != nil {
		t.Fatal(err)
	}
	tr.spots = tr.places(engine, `SELECT ST_X(location), ST_Y(location), COALESCE(micro_grid, grid, ''), over60, disabled, 0 FROM population WHERE district = $1 ORDER BY spot`)
	tr.homes = tr.places(engine, `SELECT ST_X(location), ST_Y(location), COALESCE(micro_grid, grid, ''), 0, 0,
		(EXISTS (SELECT FROM resident_kind k WHERE k.district = r.district AND k.resident = r.id AND k.kind = 'child_in_difficulty'))::int
		FROM resident r WHERE district = $1 ORDER BY id`)
	return tr
}

func (tr *trace) one(sql string, args []any, to ...any) {
	tr.Helper()
	if err := tr.conn.QueryRow(tr.Context(), sql, args...).Scan(to...); err != nil {
		tr.Fatalf("%s: %v", sql, err)
	}
}

// places reads where people are and walks to them from all open places.
func (tr *trace) places(engine *routing.Engine, sql string) walked {
	tr.Helper()
	w := walked{count: map[string][]int{}, walk: map[string][]int32{}}
	rows, err := tr.conn.Query(tr.Context(), sql, tr.code)
	if err != nil {
		tr.Fatal(err)
	}
	for rows.Next() {
		var p orb.Point
		var area string
		var old, disabled, child int
		if err := rows.Scan(&p[0], &p[1], &area, &old, &disabled, &child); err != nil {
			tr.Fatal(err)
		}
		w.at, w.area = append(w.at, p), append(w.area, area)
		w.count["over60"] = append(w.count["over60"], old)
		w.count["disabled"] = append(w.count["disabled"], disabled)
		w.count["child"] = append(w.count["child"], child)
		w.count["one"] = append(w.count["one"], 1)
	}
	if err := rows.Err(); err != nil {
		tr.Fatal(err)
	}
	doors, _ := engine.SnapAll(w.at, 300)
	for _, service := range []string{"meals", "bathing", "clinic", "day_care", "rehabilitation", "children_home", "elder_care"} {
		rows, err := tr.conn.Query(tr.Context(), `SELECT ST_X(location), ST_Y(location) FROM facility
			WHERE district = $1 AND service = $2 AND status = 'open' AND hours IS DISTINCT FROM '[]'`, tr.code, service)
		if err != nil {
			tr.Fatal(err)
		}
		open, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (p orb.Point, err error) { return p, r.Scan(&p[0], &p[1]) })
		if err != nil {
			tr.Fatal(err)
		}
		from, _ := engine.SnapAll(open, 300)
		if w.walk[service], _, err = engine.Nearest(tr.Context(), from, doors, 3600); err != nil {
			tr.Fatal(err)
		}
	}
	return w
}

// near adds up who lives in an area, and who of them has one of the services
// within 15 minutes.
func (w *walked) near(area, who string, services ...string) (have, total int) {
	for i, n := range w.count[who] {
		if !strings.HasPrefix(w.area[i], area) {
			continue
		}
		total += n
		for _, s := range services {
			if w.walk[s][i] >= 0 && w.walk[s][i] <= 900 {
				have += n
				break
			}
		}
	}
	return have, total
}

// onTime adds up the boards of the 28 days before a day.
func (tr *trace) onTime(area, day, grade string) (have, total int) {
	today, err := planner.ParseDate(day)
	if err != nil {
		tr.Fatal(err)
	}
	for d := today - 28; d < today; d++ {
		row, ok := tr.c.get("/v1/board?period=day&area=" + area + "&from=" + d.String())["grades"].(object)[grade].(object)
		if !ok {
			continue
		}
		total += int(number(row["required"]))
		have += int(number(row["required"]) - number(row["late"]))
	}
	return have, total
}

// figures repeats what an area has of each standard of the reference set, and of
// what total.
func (tr *trace) figures(area, level, day string) map[string][2]int {
	out := map[string][2]int{}
	put := func(id string, have, total int) { out[id] = [2]int{have, total} }
	query := func(id, sql string, args ...any) {
		var have, total int
		tr.one(sql, append([]any{tr.code, area}, args...), &have, &total)
		put(id, have, total)
	}
	have, total := tr.spots.near(area, "over60", "meals")
	put("elders-meals", have, total)
	have, total = tr.spots.near(area, "over60", "day_care", "elder_care")
	put("elders-care", have, total)
	have, total = tr.spots.near(area, "disabled", "rehabilitation")
	put("disabled-rehabilitation", have, total)
	have, total = tr.homes.near(area, "child", "children_home")
	put("children-home", have, total)
	with := `SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM facility f WHERE f.district = a.district AND f.status = 'open' AND f.hours IS DISTINCT FROM '[]' AND f.service = ANY ($4) AND starts_with(f.grid, a.code))), count(*)
		FROM area a WHERE a.district = $1 AND starts_with(a.code, $2) AND a.level = $3`
	query("elder-centre", with, 2, []string{"elder_care"})
	query("station", with, 3, []string{"rehabilitation", "children_home"})
	query("social-worker", `SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM visitor k WHERE k.district = a.district AND 'social_work' = ANY (k.skills)
			AND (SELECT bool_and(starts_with(s.area, a.code)) FROM visitor_scope s WHERE s.district = k.district AND s.visitor = k.id))), count(*)
		FROM area a WHERE a.district = $1 AND starts_with(a.code, $2) AND a.level = 3`)
	query("grid-workers", `SELECT (SELECT count(*) FROM visitor v WHERE v.district = $1 AND v.kind = 'grid_worker'
			AND (SELECT count(DISTINCT weekday) FROM visitor_shift h WHERE h.district = v.district AND h.visitor = v.id) >= 5
			AND (SELECT bool_and(starts_with(s.area, $2)) FROM visitor_scope s WHERE s.district = v.district AND s.visitor = v.id)),
		(SELECT COALESCE(sum(households), 0) FROM population WHERE district = $1 AND starts_with(grid, $2))`)
	query("service-rooms", `SELECT (SELECT COALESCE(sum(area_m2), 0) FROM facility WHERE district = $1 AND status = 'open' AND hours IS DISTINCT FROM '[]' AND starts_with(grid, $2)),
		(SELECT COALESCE(sum(people), 0) FROM population WHERE district = $1 AND starts_with(grid, $2))`)
	query("idle", `SELECT COALESCE(sum(capacity) FILTER (WHERE status = 'idle' OR hours = '[]'), 0), COALESCE(sum(capacity), 0)
		FROM facility WHERE district = $1 AND status <> 'planned' AND starts_with(grid, $2)`)
	query("beds", `SELECT (SELECT COALESCE(sum(capacity), 0) FROM facility WHERE district = $1 AND service = 'elder_care' AND status = 'open' AND hours IS DISTINCT FROM '[]' AND starts_with(grid, $2)),
		(SELECT COALESCE(sum(over60), 0) FROM population WHERE district = $1 AND starts_with(grid, $2))`)
	for _, grade := range []string{"red", "yellow", "blue"} {
		have, total = tr.onTime(area, day, grade)
		put("on-time-"+grade, have, total)
	}
	if level == "community" { // of a community nobody asks for beds, nor for a centre
		delete(out, "elder-centre")
		delete(out, "beds")
	}
	return out
}

// needed repeats what a total needs by a target.
func needed(measure, unit string, target float64, total int) int {
	per := 100.0
	if _, err := fmt.Sscanf(strings.TrimPrefix(unit, "m²"), "/%g", &per); err != nil {
		per = 100
	}
	exact := target * float64(total) / per
	if measure == "idle" {
		return int(math.Floor(exact + 1e-9))
	}
	return int(math.Ceil(exact - 1e-9))
}

func TestEveryFigureOfTheShortfallIsRepeatedByAQuery(t *testing.T) {
	for name, of := range map[string]func() (*district, error){"of an extract": andorra, "made up": reference} {
		t.Run(name, func(t *testing.T) {
			if name == "made up" {
				isLong(t)
			}
			tr := newTrace(t, done(t, of))
			top := tr.c.get("/v1/shortfall")
			areas := []string{tr.code}
			for _, level := range []string{"town", "community"} {
				list := tr.c.features("/v1/areas?level=" + level)
				for _, k := range []int{0, len(list) / 2} {
					areas = append(areas, text(properties(list[k])["code"]))
				}
			}
			for _, area := range areas {
				tr.area(area, text(top["day"]))
			}
			for _, child := range list(top["children"]) {
				tr.child(child.(object))
			}
		})
	}
}

// area repeats the figures of one area.
func (tr *trace) area(area, day string) {
	v := tr.c.get("/v1/shortfall?area=" + area)
	level := text(v["area"].(object)["level"])
	want := tr.figures(area, level, day)
	for _, r := range list(v["rows"]) {
		row := r.(object)
		id := text(row["standard"])
		n, asked := want[id]
		delete(want, id)
		switch status := text(row["status"]); {
		case !asked:
			if status != "not_applicable" {
				tr.Errorf("%s of %s is %s", id, area, status)
			}
			continue
		case status == "not_applicable":
			if n[1] != 0 {
				tr.Errorf("%s of %s is not applicable, with %d", id, area, n[1])
			}
			continue
		case status == "no_data":
			if reason := text(row["reason"]); !strings.HasSuffix(reason, "_not_known") && reason != "nobody_counted" || n[0] != 0 {
				tr.Errorf("%s of %s: no data, %s, but %v", id, area, reason, n)
			}
			continue
		}
		have, need, total := int(number(row["have"])), int(number(row["need"])), int(number(row["total"]))
		if have != n[0] || total != n[1] {
			tr.Errorf("%s of %s: %d of %d, the query says %d of %d", id, area, have, total, n[0], n[1])
		}
		target := row["target"].(object)
		wantNeed := needed(text(row["measure"]), text(row["unit"]), number(target["value"]), total)
		short := max(0, wantNeed-have)
		if row["measure"] == "idle" {
			short = max(0, have-wantNeed)
		}
		if need != wantNeed || int(number(row["short"])) != short || (row["status"] == "short") != (short > 0) {
			tr.Errorf("%s of %s: need %d, short %v, %v; want need %d, short %d", id, area, need, row["short"], row["status"], wantNeed, short)
		}
		if row["measure"] == "reach" {
			tr.behind(id, area, total-have)
		}
	}
	if len(want) > 0 {
		tr.Errorf("%s lacks rows: %v", area, want)
	}
	tr.besides(v, area)
}

// behind adds up who stands behind a figure, over all pages of the list.
func (tr *trace) behind(id, area string, without int) {
	n, seen := 0, 0
	for {
		v := tr.c.get(fmt.Sprintf("/v1/shortfall/behind?standard=%s&area=%s&what=people&limit=1000&offset=%d", id, area, seen))
		items := list(v["items"])
		for _, b := range items {
			n += int(number(b.(object)["count"]))
		}
		if seen += len(items); seen >= int(number(v["total"])) {
			break
		}
		if len(items) == 0 {
			tr.Fatalf("%s of %s: a page is empty", id, area)
		}
	}
	if n != without {
		tr.Errorf("%s of %s: %d behind it, %d go without", id, area, n, without)
	}
}

// besides repeats what is not held against a standard.
func (tr *trace) besides(v object, area string) {
	var open, idle, planned, full, unused int
	tr.one(`SELECT count(*) FILTER (WHERE status = 'open'), count(*) FILTER (WHERE status = 'idle'), count(*) FILTER (WHERE status = 'planned'),
			count(*) FILTER (WHERE status = 'open' AND capacity > 0 AND in_use >= capacity), count(*) FILTER (WHERE status = 'open' AND capacity > 0 AND in_use * 10 < capacity)
		FROM facility WHERE district = $1 AND starts_with(grid, $2)`, []any{tr.code, area}, &open, &idle, &planned, &full, &unused)
	got := v["facilities"].(object)
	for name, n := range map[string]int{"open": open, "idle": idle, "planned": planned, "full": full, "unused": unused} {
		if int(number(got[name])) != n {
			tr.Errorf("%s: %v facilities are %s, the query says %d", area, got[name], name, n)
		}
	}
	for service, u := range v["uncovered"].(object)["by_service"].(object) {
		have, total := tr.homes.near(area, "one", service)
		if int(number(u.(object)["total"])) != total-have {
			tr.Errorf("%s: %v without %s, the walks say %d", area, u.(object)["total"], service, total-have)
		}
		sum := 0.0
		for _, n := range u.(object)["by_grade"].(object) {
			sum += number(n)
		}
		if int(sum) != total-have {
			tr.Errorf("%s: by grade %v are without %s, of %d", area, sum, service, total-have)
		}
	}
	for service, u := range v["unmatched"].(object)["by_service"].(object) {
		var n int
		tr.one(`SELECT count(*) FROM need n JOIN resident r ON r.district = n.district AND r.id = n.resident
			LEFT JOIN LATERAL (SELECT facility, provider FROM need_match m WHERE m.district = n.district AND m.need = n.id ORDER BY m.n DESC LIMIT 1) m ON true
			LEFT JOIN facility f ON f.district = n.district AND f.id = m.facility
			WHERE n.district = $1 AND starts_with(r.grid, $2) AND n.service = $3 AND n.from_day <= $4 AND COALESCE(n.to_day, 'infinity') >= $4
				AND (m.provider IS NULL AND m.facility IS NULL OR f.status <> 'open')`, []any{tr.code, area, service, tr.opens}, &n)
		sum := 0
		for _, k := range u.(object)["by_reason"].(object) {
			sum += int(number(k))
		}
		if int(number(u.(object)["total"])) != n || sum != n {
			tr.Errorf("%s: %v, the query says %d needs of %s are unmatched", area, u, n, service)
		}
	}
	for _, e := range list(v["expected"]) {
		var base, enrolled int
		switch kind := text(e.(object)["kind"]); kind {
		case "special-care":
			tr.one(`SELECT (SELECT COALESCE(sum(over60), 0) FROM population WHERE district = $1 AND starts_with(grid, $2)),
				(SELECT count(*) FROM resident WHERE district = $1 AND starts_with(grid, $2))`, []any{tr.code, area}, &base, &enrolled)
		case "disabled":
			tr.one(`SELECT COALESCE(sum(people), 0), COALESCE(sum(disabled), 0) FROM population WHERE district = $1 AND starts_with(grid, $2)`, []any{tr.code, area}, &base, &enrolled)
		default:
			tr.Errorf("%s are expected", kind)
		}
		rate := map[string]float64{"special-care": 2300. / 128711, "disabled": 12731. / 616000}[text(e.(object)["kind"])]
		if math.Abs(number(e.(object)["expected"])-rate*float64(base)) > 1e-6 || int(number(e.(object)["enrolled"])) != enrolled {
			tr.Errorf("%s: %v, the query says %g expected, %d enrolled", area, e, rate*float64(base), enrolled)
		}
	}
	people, enrolled := 0, 0
	for _, p := range list(v["places"]) {
		place := p.(object)
		var n, over60 int
		tr.one(`SELECT COALESCE(sum(people), 0), COALESCE(sum(over60), 0) FROM population WHERE district = $1 AND starts_with(grid, $2) AND place = $3`,
			[]any{tr.code, area, text(place["place"])}, &n, &over60)
		if int(number(place["population"])) != n || math.Abs(number(place["expected"])-2300./128711*float64(over60)) > 1e-6 {
			tr.Errorf("%s: %v, the query says %d people, %d over 60", area, place, n, over60)
		}
		people, enrolled = people+n, enrolled+int(number(place["enrolled"]))
	}
	var residents, complete int
	tr.one(`SELECT count(*), count(*) FILTER (WHERE (SELECT count(DISTINCT v.kind) FROM team t JOIN visitor v ON v.district = t.district AND v.id = t.visitor
			WHERE t.district = r.district AND t.resident = r.id) = 5) FROM resident r WHERE district = $1 AND starts_with(grid, $2)`, []any{tr.code, area}, &residents, &complete)
	team := v["team"].(object)
	if int(number(team["residents"])) != residents || int(number(team["complete"])) != complete || enrolled != residents {
		tr.Errorf("%s: team %v, %d enrolled by place; the query says %d of %d", area, team, enrolled, complete, residents)
	}
	for kind, n := range team["lacking"].(object) {
		var without int
		tr.one(`SELECT count(*) FROM resident r WHERE district = $1 AND starts_with(grid, $2) AND NOT EXISTS (SELECT FROM team t
			JOIN visitor v ON v.district = t.district AND v.id = t.visitor WHERE t.district = r.district AND t.resident = r.id AND v.kind = $3)`, []any{tr.code, area, kind}, &without)
		if int(number(n)) != without {
			tr.Errorf("%s: %v lack a %s, the query says %d", area, n, kind, without)
		}
	}
}

// child holds the rows of a child against its own page.
func (tr *trace) child(c object) {
	code := text(c["area"].(object)["code"])
	own := map[string]object{}
	for _, r := range list(tr.c.get("/v1/shortfall?area=" + code)["rows"]) {
		own[text(r.(object)["standard"])] = r.(object)
	}
	for _, r := range list(c["rows"]) {
		row := r.(object)
		for _, field := range []string{"have", "need", "short", "share", "value", "status"} {
			if want := own[text(row["standard"])][field]; want != row[field] {
				tr.Errorf("%s %s of %s: %v, on its own page %v", row["standard"], field, code, row[field], want)
			}
		}
	}
}

func TestTheShortfallIsRefusedWhatItDoesNotHave(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	for path, want := range map[string]int{
		"/v1/shortfall?area=nowhere":                             http.StatusNotFound,
		"/v1/shortfall?report=999":                               http.StatusNotFound,
		"/v1/shortfall?report=-1":                                http.StatusUnprocessableEntity,
		"/v1/shortfall/behind?standard=none":                     http.StatusNotFound,
		"/v1/shortfall/behind":                                   http.StatusUnprocessableEntity,
		"/v1/shortfall/behind?standard=beds&what=ghosts":         http.StatusUnprocessableEntity,
		"/v1/shortfall/behind?standard=beds&as=public":           http.StatusForbidden,
		"/v1/shortfall/behind?standard=beds&area=nowhere":        http.StatusNotFound,
		"/v1/shortfall/map?standard=none":                        http.StatusNotFound,
		"/v1/shortfall/map?standard=beds&level=street":           http.StatusUnprocessableEntity,
		"/v1/shortfall/map?standard=special-care&level=grid":     http.StatusOK,
		"/v1/shortfall/map?standard=elders-meals&level=building": http.StatusUnprocessableEntity,
	} {
		if a := c.ask(path); a.status != want {
			t.Errorf("GET %s: %d, want %d: %s", path, a.status, want, clip(a.body))
		}
	}
}

func TestThePublicIsToldNothingOfPeopleInNeed(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	v := c.get("/v1/shortfall?as=public")
	for _, gone := range []string{"uncovered", "unmatched", "expected", "places", "team", "visitor_minutes"} {
		if v[gone] != nil {
			t.Errorf("the public is told %s", gone)
		}
	}
	secret := map[string]bool{"disabled-rehabilitation": true, "children-home": true, "on-time-red": true, "on-time-yellow": true, "on-time-blue": true}
	check := func(row object, where string) {
		if hidden := row["have"] == nil && row["reason"] == "hidden" && row["status"] == "no_data" && row["trend"] == nil; secret[text(row["standard"])] && !hidden {
			t.Errorf("%s: the public is told of %s: %v", where, row["standard"], row)
		} else if !secret[text(row["standard"])] && row["reason"] == "hidden" {
			t.Errorf("%s: %s is hidden", where, row["standard"])
		}
	}
	for _, r := range list(v["rows"]) {
		check(r.(object), "rows")
	}
	for _, child := range list(v["children"]) {
		for _, r := range list(child.(object)["rows"]) {
			check(r.(object), "children")
		}
	}
	for _, standard := range []string{"children-home", "special-care", "disabled"} {
		for _, f := range c.features("/v1/shortfall/map?as=public&level=town&standard=" + standard) {
			if p := properties(f); p["have"] != nil || p["status"] != "no_data" {
				t.Errorf("the map tells the public of %s: %v", standard, p)
			}
		}
	}
}

func TestAReportLeavesTheShortfallInFiles(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	out := filepath.Join(t.TempDir(), "out")
	d.bed.sanse(t, "report", "--out", out).want(t, exitDone)
	v := readJSON(t, filepath.Join(out, "shortfall.json"))
	f, err := os.Open(filepath.Join(out, "shortfall.csv"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := csv.NewReader(f).ReadAll()
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	cells := map[string][]string{} // of the district
	for _, row := range table[1:] {
		if len(row) != len(table[0]) {
			t.Fatalf("%d cells under %d headers", len(row), len(table[0]))
		}
		if row[0] == text(v["district"]) && row[3] == "" {
			cells[row[4]] = row
		}
	}
	asked := 0
	for i, a := range list(v["areas"]) {
		area := a.(object)
		if i > 3 {
			break
		}
		page := c.get("/v1/shortfall?area=" + text(area["code"]))
		for j, r := range list(area["rows"]) {
			row, want := r.(object), list(page["rows"])[j].(object)
			delete(want, "trend")
			if a, b := fmt.Sprint(row), fmt.Sprint(want); a != b {
				t.Errorf("%s: the file has\n%s\nthe page\n%s", area["code"], a, b)
			}
			if row["status"] == "not_applicable" || i > 0 {
				continue
			}
			asked++
			line := cells[text(row["standard"])]
			if line == nil {
				t.Errorf("the table lacks %s", row["standard"])
			} else if row["have"] != nil && (line[6] != fmt.Sprint(row["have"]) || line[7] != fmt.Sprint(row["need"]) || line[8] != fmt.Sprint(row["short"])) {
				t.Errorf("the table has %v, the file %v", line, row)
			}
		}
		for _, part := range []string{"uncovered", "unmatched", "expected", "places", "team", "facilities", "visitor_minutes"} {
			want := page[part]
			if part == "uncovered" || part == "unmatched" {
				want = want.(object)["by_service"]
			}
			if a, b := fmt.Sprint(area[part]), fmt.Sprint(want); a != b {
				t.Errorf("%s, %s: the file has\n%s\nthe page\n%s", area["code"], part, a, b)
			}
		}
	}
	if asked < 10 {
		t.Errorf("%d standards are asked of the district", asked)
	}
}
