package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
)

// answer is what the API said.
type answer struct {
	status int
	header http.Header
	body   string
}

// client asks the API of a district that a demo left.
type client struct {
	t    *testing.T
	base string
	log  *strings.Builder
}

func serveDistrict(t *testing.T, d *district) *client {
	t.Helper()
	return serveBed(t, d.bed, text(readJSON(t, d.file("problem.json"))["district"]))
}

func serveBed(t *testing.T, b *bed, code string) *client {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{Home: home, DatabaseURL: b.dsn})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Serve(t.Context()); err != nil {
		t.Fatal(err)
	}
	viewer, err := a.Sit(t.Context(), code, service.Everyone(code))
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	server := httptest.NewServer(api.New(a.Service, code, api.Fixed(viewer), pages, slog.New(slog.NewTextHandler(&log, nil))))
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return &client{t, server.URL, &log}
}

func (c *client) ask(path string, change ...func(*http.Request)) answer {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.base+path, http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range change {
		f(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		c.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// get asks for JSON that must be there.
func (c *client) get(path string) object {
	c.t.Helper()
	a := c.ask(path)
	if a.status != http.StatusOK {
		c.t.Fatalf("GET %s: %d %s\n%s", path, a.status, clip(a.body), clip(c.log.String()))
	}
	if kind := a.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") && kind != "application/geo+json" {
		c.t.Errorf("GET %s is %s", path, kind)
	}
	if cache := a.header.Get("Cache-Control"); cache != "no-store" {
		c.t.Errorf("GET %s: a browser may keep it: %q", path, cache)
	}
	return parseJSON(c.t, a.body)
}

func (c *client) features(path string) []any {
	c.t.Helper()
	fc := c.get(path)
	if fc["type"] != "FeatureCollection" {
		c.t.Errorf("GET %s: type %v", path, fc["type"])
	}
	return list(fc["features"])
}

func properties(feature any) object { return feature.(object)["properties"].(object) }

func isBool(v any) bool { _, ok := v.(bool); return ok }

func TestTheAPIAnswersAsThePagesNeed(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	problem, plan, summary := readJSON(t, d.file("problem.json")), readJSON(t, d.file("plan.json")), readJSON(t, d.file("summary.json"))
	code := text(problem["district"])
	words := listOf(func(v any) bool {
		w, ok := v.(object)
		return ok && aName(w["key"]) && aName(w["zh"]) && aName(w["en"])
	})

	t.Run("the district", func(t *testing.T) {
		v := c.get("/v1/district")
		wantFields(t, "district", v, map[string]shape{
			"code": oneOf(code), "name": aName, "made_up": isBool, "note": aName, "attribution": aName, "time_zone": oneOf("Europe/Andorra"),
			"today": aDate, "data_version": aCount, "bounds": func(v any) bool { return len(list(v)) == 4 },
			"services": words, "grades": words, "kinds": words, "visitor_kinds": words, "tiers": words, "reasons": words, "plan": isObject, "summary": isObject,
		})
		if p := v["plan"].(object); p["start"] != "2026-12-01" || p["end"] != "2026-12-31" || whole(p["days"]) != 31 {
			t.Errorf("plan %v", p)
		}
		if !strings.Contains(text(v["attribution"]), "OpenStreetMap") {
			t.Errorf("attribution %v", v["attribution"])
		}
		for _, k := range []string{"visits_planned", "lapses", "owed_at_start", "owed_cleared_on"} {
			if fmt.Sprint(v["summary"].(object)[k]) != fmt.Sprint(summary[k]) {
				t.Errorf("%s: %v, summary.json has %v", k, v["summary"].(object)[k], summary[k])
			}
		}
	})

	t.Run("areas", func(t *testing.T) {
		total := 0
		for _, level := range []string{"district", "town", "community", "grid", "micro-grid"} {
			n := 0
			for _, a := range list(problem["areas"]) {
				if a.(object)["level"] == level {
					n++
				}
			}
			fs := c.features("/v1/areas?level=" + level)
			if len(fs) != n {
				t.Errorf("%d areas of level %s, want %d", len(fs), level, n)
			}
			for _, f := range fs {
				wantFields(t, "area", properties(f), map[string]shape{
					"code": aName, "name": aName, "level": oneOf(level), "parent": aText, "special": isBool, "residents": aCount, "households": aCount,
				})
				if level == "grid" {
					total += whole(properties(f)["residents"])
				}
			}
		}
		if n := len(list(problem["residents"])); total != n {
			t.Errorf("the grids hold %d residents, want %d", total, n)
		}
		for _, f := range c.features("/v1/areas?level=grid&parent=" + blockOf(problem)) {
			if !strings.HasPrefix(text(properties(f)["code"]), blockOf(problem)) {
				t.Errorf("%v lies in another community", properties(f)["code"])
			}
		}
		a := c.ask("/v1/areas/search?q=" + blockOf(problem))
		var found []object
		if err := json.Unmarshal([]byte(a.body), &found); err != nil || len(found) == 0 || found[0]["code"] != blockOf(problem) {
			t.Fatalf("search: %v %s", err, clip(a.body))
		}
		wantFields(t, "found area", found[0], map[string]shape{"name": aName, "level": oneOf("community"), "path": listOf(aName), "bounds": func(v any) bool { return len(list(v)) == 4 }})
	})

	row := map[string]shape{
		"residents": mapOf(aCount), "required": aCount, "done": aCount, "planned": aCount, "due": aCount, "late": aCount, "owed": aCount, "lapses": aCount, "on_time": orNull(aShare),
	}
	t.Run("the board", func(t *testing.T) {
		v := c.get("/v1/board?period=horizon")
		wantFields(t, "board", v, map[string]shape{
			"area": isObject, "path": listOf(isObject), "period": isObject, "totals": isObject, "children": listOf(isObject), "weeks": listOf(isObject), "coverage": mapOf(isObject),
		})
		wantFields(t, "totals", v["totals"], row)
		if got := v["totals"].(object)["lapses"]; got != summary["lapses"] {
			t.Errorf("%v lapses, summary.json has %v", got, summary["lapses"])
		}
		sum := 0
		for _, child := range list(v["children"]) {
			wantFields(t, "child", child, row)
			wantFields(t, "child", child, map[string]shape{"code": aName, "name": aName, "level": oneOf("town")})
			sum += whole(child.(object)["lapses"])
		}
		if sum != whole(summary["lapses"]) {
			t.Errorf("the towns have %d lapses together", sum)
		}
		for _, w := range list(v["weeks"]) {
			wantFields(t, "week", w, map[string]shape{"from": aDate, "to": aDate, "required": aCount, "planned": aCount, "done": aCount, "late": aCount, "by_grade": mapOf(isObject)})
		}
		for service, share := range v["coverage"].(object) {
			wantFields(t, service, share, map[string]shape{"people_share": orNull(aShare), "resident_share": orNull(aShare)})
		}
		for _, period := range []string{"day", "week", "month"} {
			v := c.get("/v1/board?period=" + period + "&from=2026-12-10&area=" + blockOf(problem))
			if p := v["period"].(object); text(p["from"]) > "2026-12-10" || text(p["to"]) < "2026-12-10" {
				t.Errorf("%s of 2026-12-10: %v", period, p)
			}
		}
	})

	t.Run("what is not planned", func(t *testing.T) {
		v := c.get("/v1/unplanned")
		if n := len(list(plan["unplanned"])); whole(v["total"]) != n || len(list(v["items"])) != n {
			t.Errorf("%v entries, the plan has %d", v["total"], n)
		}
		for _, u := range list(v["items"]) {
			wantFields(t, "unplanned", u, map[string]shape{"resident": aName, "grade": aName, "grid": aName, "due_by": aDate, "reason": oneOf(reasons...), "detail": aName, "owed": isBool})
		}
	})

	t.Run("the heatmap is true for who answers for the district, and hides small counts from others", func(t *testing.T) {
		for _, res := range []string{"6", "7", "8"} {
			for _, layer := range []string{"residents", "over60", "disabled", "blue", "load", "on_time"} {
				v := c.get("/v1/heatmap?res=" + res + "&layer=" + layer)
				sum := 0
				for _, f := range list(v["cells"].(object)["features"]) {
					p := properties(f)
					if p["hidden"] != false || whole(p["count"]) < 1 {
						t.Errorf("%s at %s: %v", layer, res, p)
					}
					sum += whole(p["count"])
				}
				if sum == 0 || sum != whole(v["total"]) || v["released"] != nil {
					t.Errorf("%s at %s: the cells have %d, in all %v (%v)", layer, res, sum, v["total"], v["released"])
				}
			}
			v := c.get("/v1/heatmap?as=public&res=" + res)
			for _, f := range list(v["cells"].(object)["features"]) {
				p := properties(f)
				if p["hidden"] == true && p["count"] != nil || p["hidden"] == false && whole(p["count"]) < 5 {
					t.Errorf("residents at %s for the public: %v", res, p)
				}
			}
			if v["released"] == nil || whole(v["k"]) != 5 {
				t.Errorf("what the public sees is not said to be released: %v, k %v", v["released"], v["k"])
			}
		}
	})

	t.Run("facilities and what they reach", func(t *testing.T) {
		fs := c.features("/v1/facilities")
		if len(fs) == 0 {
			t.Fatal("none")
		}
		circles := 0
		for i, f := range fs {
			p := properties(f)
			wantFields(t, "facility", p, map[string]shape{"id": aName, "name": aText, "service": aName, "capacity": aCount, "in_use": aCount, "status": oneOf("open", "idle", "planned")})
			if i >= 20 {
				continue
			}
			a := c.ask("/v1/facilities/" + url.PathEscape(text(p["id"])) + "/circle")
			switch a.status {
			case http.StatusOK:
				circles++
				wantFields(t, "circle", properties(parseJSON(t, a.body)), map[string]shape{"facility": aName, "minutes": aCount, "speed": aNumber, "people": aCount, "residents": aCount, "area_km2": aNumber})
			case http.StatusNotFound:
			default:
				t.Errorf("circle of %v: %d", p["id"], a.status)
			}
		}
		if circles == 0 {
			t.Error("no facility has a circle")
		}
		for _, f := range c.features("/v1/coverage?service=clinic") {
			wantFields(t, "cell", properties(f), map[string]shape{"cell": aName, "seconds": func(v any) bool { return aCount(v) && whole(v) <= 900 }})
		}
	})

	t.Run("a visitor's day is the plan's", func(t *testing.T) {
		it := list(plan["itineraries"])[0].(object)
		visitor, date := text(it["visitor"]), text(it["date"])
		v := c.get("/v1/visitors/" + visitor + "/day?date=" + date)
		wantFields(t, "day", v, map[string]shape{"visitor": isObject, "date": oneOf(date), "prev": orNull(aDate), "next": orNull(aDate), "itineraries": listOf(isObject), "leads": listOf(isObject)})
		wantFields(t, "visitor", v["visitor"], map[string]shape{"id": oneOf(visitor), "name": aName, "kind": aName, "tier": aName, "scope": listOf(aName), "mode": aName, "shifts": listOf(isObject)})
		got := list(v["itineraries"])[0].(object)
		wantFields(t, "itinerary", got, map[string]shape{"depart": aClock, "back": aClock, "return_seconds": aCount, "walk_seconds": aCount, "route": isObject, "stops": listOf(isObject)})
		stops := list(it["stops"])
		if len(list(got["stops"])) != len(stops) {
			t.Fatalf("%d stops, the plan has %d", len(list(got["stops"])), len(stops))
		}
		for i, s := range list(got["stops"]) {
			s := s.(object)
			wantFields(t, "stop", s, map[string]shape{
				"seq": aCount, "resident": aName, "name": aName, "grade": aName, "kinds": listOf(aName), "address": aName, "location": aPoint, "arrive": aClock, "leave": aClock,
				"minutes": aCount, "walk_seconds": aCount, "due_by": aDate, "owed": isBool, "why": oneOf("owed", "due_today", "due_soon", "on_the_way"),
			})
			for _, k := range []string{"resident", "arrive", "leave", "walk_seconds"} {
				if want := stops[i].(object)[k]; s[k] != want {
					t.Errorf("stop %d: %s is %v, the plan has %v", i+1, k, s[k], want)
				}
			}
		}
		vs := c.get("/v1/visitors?date=" + date)
		items := list(vs["items"])
		if whole(vs["total"]) != len(list(problem["visitors"])) || len(items) == 0 || whole(items[0].(object)["stops"]) == 0 {
			t.Errorf("%v visitors, the first %v", vs["total"], items[0])
		}
		one := list(c.get("/v1/visitors?q=" + strings.ToLower(visitor) + "&date=" + date)["items"])
		if len(one) != 1 || one[0].(object)["id"] != visitor {
			t.Errorf("search for %s: %v", visitor, one)
		}
		planned := 0
		for _, it := range list(plan["itineraries"]) {
			if it.(object)["date"] == date {
				planned++
			}
		}
		routes := c.features("/v1/routes?date=" + date)
		if len(routes) != planned {
			t.Errorf("%d routes, the plan has %d itineraries that day", len(routes), planned)
		}
		for _, f := range routes {
			wantFields(t, "route", properties(f), map[string]shape{"visitor": aName, "stops": aCount, "block": aName})
		}
	})
}

func blockOf(problem object) string {
	return text(list(problem["residents"])[0].(object)["grid"])[:12]
}

func TestTheAPITellsWhatIsWrongAsProblems(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	for path, status := range map[string]int{
		"/v1/board?area=999999":                         404,
		"/v1/unplanned?area=1":                          404,
		"/v1/areas?level=grid&parent=1":                 404,
		"/v1/areas?level=moon":                          422,
		"/v1/areas":                                     422,
		"/v1/board?from=yesterday":                      422,
		"/v1/board?period=century":                      422,
		"/v1/routes?date=2026-13-01":                    422,
		"/v1/routes?area=1":                             404,
		"/v1/visitors?date=x":                           422,
		"/v1/visitors/nobody/day":                       404,
		"/v1/visitors/V00001/day?date=2026-02-30":       422,
		"/v1/visitors/nobody/directions":                404,
		"/v1/visitors/V00001/directions?date=2026-2-30": 422,
		"/v1/visitors/V00001/directions?lang=fr":        422,
		"/v1/facilities/nothing/circle":                 404,
		"/v1/coverage?service=casino":                   422,
		"/v1/heatmap?res=15":                            422,
		"/v1/heatmap?layer=names":                       422,
		"/v1/tiles/23/0/0.mvt":                          422,
		"/v1/tiles/3/0/99.mvt":                          404,
		"/v1/tiles/3/0/1.png":                           422,
		"/v1/tiles/moon.json":                           404,
		"/v1/tiles/ground":                              422,
		"/v1/tiles/moon/latest/3/0/1.mvt":               404,
		"/v1/tiles/ground/yesterday/3/0/1.mvt":          422,
		"/v1/tiles/ground/latest/3/0/99.mvt":            404,
		"/v1/nothing":                                   404,
		"/v1/areas/search?q=" + strings.Repeat("x", 51): 422,
	} {
		a := c.ask(path)
		if a.status != status || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("GET %s: %d %s, want %d application/problem+json: %s", path, a.status, a.header.Get("Content-Type"), status, clip(a.body))
			continue
		}
		p := parseJSON(t, a.body)
		if whole(p["status"]) != status || !aName(p["title"]) || !aName(p["detail"]) {
			t.Errorf("GET %s: %s", path, a.body)
		}
	}
	for _, host := range []string{"evil.example", "evil.example:8080", "10.0.0.1", "localhost.evil.example"} {
		if a := c.ask("/v1/district", func(r *http.Request) { r.Host = host }); a.status != http.StatusMisdirectedRequest || strings.Contains(a.body, "data_version") {
			t.Errorf("host %s: %d %s", host, a.status, clip(a.body))
		}
	}
	for _, host := range []string{"localhost:1", "127.0.0.1", "[::1]:8080", "[::1]", "localhost"} {
		if a := c.ask("/v1/district", func(r *http.Request) { r.Host = host }); a.status != http.StatusOK {
			t.Errorf("host %s: %d", host, a.status)
		}
	}
	if a := c.ask("/v1/board", func(r *http.Request) { r.Method = http.MethodPost }); a.status != http.StatusMethodNotAllowed || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("POST: %d %s", a.status, a.header.Get("Content-Type"))
	}
	if c.log.Len() > 0 {
		t.Errorf("the log says: %s", clip(c.log.String()))
	}
}

func TestTheAPIIsDescribedInOpenAPI31(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	a := c.ask("/v1/openapi.json")
	v := parseJSON(t, a.body)
	if a.status != http.StatusOK || !strings.HasPrefix(text(v["openapi"]), "3.1.") {
		t.Fatalf("%d, version %v", a.status, v["openapi"])
	}
	paths := v["paths"].(object)
	for _, p := range []string{
		"/v1/district", "/v1/areas", "/v1/areas/search", "/v1/board", "/v1/unplanned", "/v1/heatmap", "/v1/facilities", "/v1/facilities/{id}/circle",
		"/v1/coverage", "/v1/reach", "/v1/unplaced", "/v1/residents/{id}/reach", "/v1/routes", "/v1/visitors", "/v1/visitors/{id}/day", "/v1/visitors/{id}/directions", "/v1/tiles/{z}/{x}/{y}",
		"/v1/ogc", "/v1/ogc/conformance", "/v1/ogc/api", "/v1/ogc/collections", "/v1/ogc/collections/{collection}", "/v1/ogc/collections/{collection}/queryables",
		"/v1/ogc/collections/{collection}/schema", "/v1/ogc/collections/{collection}/items", "/v1/ogc/collections/{collection}/items/{feature}",
		"/v1/tiles.json", "/v1/tiles/{set}", "/v1/tiles/{set}/{version}/{z}/{x}/{y}",
		"/v1/release", "/v1/shortages", "/v1/visitors/{id}/why", "/v1/drafts", "/v1/drafts/{id}", "/v1/drafts/{id}/areas", "/v1/drafts/{id}/check", "/v1/drafts/{id}/ground", "/v1/drafts/{id}/balance",
		"/v1/drafts/{id}/drawings/{job}", "/v1/siting/{job}",
		"/v1/drafts/{id}/effect", "/v1/drafts/{id}/effect.html", "/v1/drafts/{id}/effect.xlsx",
		"/v1/standards", "/v1/shortfall", "/v1/shortfall/behind", "/v1/shortfall/map", "/v1/shortfall/charts", "/v1/shortfall.pdf", "/v1/shortfall.xlsx", "/v1/reports",
		"/v1/needs", "/v1/needs/{id}/history", "/v1/needs/{id}/options", "/v1/providers", "/v1/supply", "/v1/supply/cells",
		"/v1/audit", "/v1/audit/unusual", "/v1/audit/verify", "/v1/audit/export", "/v1/audit/exports", "/v1/exports/terms", "/v1/residents/{id}/person", "/v1/residents/{id}/handovers", "/v1/handed",
		"/v1/sign-in", "/v1/session", "/v1/sessions", "/v1/oidc/{id}/callback", "/v1/accounts", "/v1/second-factors",
		"/v1/privacy", "/v1/privacy/requests/{id}/copy", "/v1/privacy/record", "/v1/privacy/record.pdf", "/v1/residents/{id}/consent",
		"/v1/messages", "/v1/messages/unread", "/v1/messages/choice", "/v1/push", "/v1/message-rules", "/v1/message-rules/undelivered",
		"/v1/exports/caps", "/v1/ladders", "/v1/ladder-rule", "/v1/cases", "/v1/cases/{id}", "/v1/grades/rules", "/v1/grades/suggestions", "/v1/grades", "/v1/residents/{id}/grades", "/v1/today", "/v1/today/options", "/v1/today/sheet.pdf", "/v1/today/slips.pdf", "/v1/today/walk.gpx", "/v1/today/calendar", "/v1/calendar/{secret}", "/v1/moves", "/v1/codes",
		"/v1/cases/{id}/helpers", "/v1/live", "/v1/indicators", "/v1/rate", "/v1/work-report", "/v1/work-report.pdf", "/v1/work-report.xlsx", "/v1/ledger", "/v1/ledger.xlsx", "/v1/ledger.csv",
		"/v1/notices", "/v1/publications", "/v1/history", "/v1/areas/{code}/history",
	} {
		get, ok := paths[p].(object)["get"].(object)
		if !ok || !aName(get["summary"]) || get["responses"].(object)["200"] == nil {
			t.Errorf("%s is not described: %v", p, get)
		}
	}
	edits := map[string][]string{
		"/v1/plans/replan": {"post"}, "/v1/drafts": {"post"}, "/v1/drafts/{id}": {"patch"}, "/v1/drafts/{id}/changes": {"post"},
		"/v1/drafts/{id}/publish": {"post"}, "/v1/publications": {"post"}, "/v1/drafts/{id}/edits": {"post"}, "/v1/drafts/{id}/locks": {"put"},
		"/v1/drafts/{id}/drawings": {"post"}, "/v1/coverage/try": {"post"}, "/v1/siting": {"post"},
		"/v1/break-glass": {"post"}, "/v1/residents/{id}/handovers": {"post"},
		"/v1/cases": {"post"}, "/v1/cases/{id}/steps": {"post"}, "/v1/cases/{id}/pass": {"post"}, "/v1/ladder-rule": {"put"}, "/v1/indicators": {"put"}, "/v1/ladders/{id}/close": {"post"},
		"/v1/messages/read": {"post"}, "/v1/messages/choice": {"put"}, "/v1/push": {"put"}, "/v1/message-rules": {"put"}, "/v1/message-rules/test": {},
		"/v1/grades": {"post"}, "/v1/grades/rules": {"put"}, "/v1/residents/{id}/facts/{code}": {"put"}, "/v1/residents/{id}/appeals": {"post"}, "/v1/residents/{id}/appeals/{n}": {"post"},
		"/v1/ticks": {"post"}, "/v1/ratings": {"post"}, "/v1/today/moves": {"post"}, "/v1/today/order": {"put"},
		"/v1/records": {"post"}, "/v1/door": {"post"}, "/v1/codes": {"post"}, "/v1/codes/{id}/retire": {"post"},
		"/v1/standards":               {"put"},
		"/v1/residents/{id}/requests": {"post"}, "/v1/residents/{id}/consent": {"put"}, "/v1/privacy/requests/{id}": {"post"}, "/v1/privacy/retention": {"put"}, "/v1/exports/caps/{role}": {"put"}, "/v1/second-factors/{role}": {"put"},
		"/v1/needs/match": {"post"}, "/v1/needs/{id}/match": {"put"},
		"/v1/session": {"post"}, "/v1/session/made-up": {"post"}, "/v1/session/password": {"post"}, "/v1/session/totp": {"post"},
		"/v1/session/totp/enrol": {"post"}, "/v1/session/totp/confirm": {"post"}, "/v1/session/pin": {"put", "post"}, "/v1/accounts": {"post"}, "/v1/accounts/{id}": {"patch"},
		"/v1/accounts/{id}/grants": {"post"}, "/v1/keys": {"post"},
		// These take nothing but the draft's version, or nothing.
		"/v1/accounts/{id}/secret": {},
		"/v1/drafts/{id}/undo":     {}, "/v1/drafts/{id}/redo": {}, "/v1/drafts/{id}/rebase": {}, "/v1/drafts/{id}/drawings/{job}/apply": {}, "/v1/reports": {},
	}
	for p, verbs := range edits {
		for _, verb := range verbs {
			if op, ok := paths[p].(object)[verb].(object); !ok || !aName(op["summary"]) || op["requestBody"] == nil {
				t.Errorf("%s %s is not described: %v", verb, p, op)
			}
		}
		if op, ok := paths[p].(object)["post"].(object); len(verbs) == 0 && (!ok || !aName(op["summary"])) {
			t.Errorf("post %s is not described: %v", p, op)
		}
	}
	if len(paths) != 178 {
		t.Errorf("%d paths are described; is one of them not tested here?", len(paths))
	}
}

// secrets returns what of the made-up people must stay in the store: names, ID
// numbers, telephones and addresses.
func secrets(t *testing.T, d *district) []string {
	t.Helper()
	var all []string
	for _, name := range []string{"residents.csv", "visitors.csv"} {
		f, err := os.Open(filepath.Join(d.inputs, name))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		for i, column := range rows[0] {
			switch strings.TrimPrefix(column, "\ufeff") {
			case "name", "姓名", "id_number", "身份证号", "phone", "电话", "手机", "联系电话", "address", "地址", "住址":
				for _, r := range rows[1:] {
					if r[i] != "" {
						all = append(all, r[i])
					}
				}
			}
		}
	}
	if len(all) < 500 {
		t.Fatalf("only %d secrets were found in the input files", len(all))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestNobodyIsNamedButAtTheDoor(t *testing.T) {
	d := done(t, andorra)
	known := secrets(t, d)
	leaks := func(where, s string) {
		t.Helper()
		for _, secret := range known {
			if strings.Contains(s, secret) {
				t.Errorf("%s tells %q", where, secret)
				return
			}
		}
	}
	c := serveDistrict(t, d)
	plan := readJSON(t, d.file("plan.json"))
	it := list(plan["itineraries"])[0].(object)
	for _, path := range []string{
		"/v1/district", "/v1/routes?date=" + text(it["date"]), "/v1/unplanned", "/v1/visitors", "/v1/board", "/v1/heatmap", "/v1/facilities",
		"/v1/areas?level=micro-grid", "/v1/areas?level=grid", "/v1/coverage?service=clinic",
	} {
		leaks("GET "+path, c.ask(path).body)
	}
	for _, name := range []string{"problem.json", "plan.json", "summary.json", "coverage.geojson", "report.html"} {
		leaks(name, readText(t, d.file(name)))
	}
	leaks("the screen of the demo", d.out+d.err)
	for _, what := range []string{"problem", "plan", "itineraries", "unplanned", "areas", "facilities"} {
		leaks("export "+what, d.bed.sanse(t, "export", what).want(t, exitDone).out)
	}
	day := c.ask("/v1/visitors/" + text(it["visitor"]) + "/day?date=" + text(it["date"]))
	named := slices.ContainsFunc(known, func(s string) bool { return strings.Contains(day.body, s) })
	if !named {
		t.Error("the visitor's day does not say whose door it is")
	}
	if c.log.Len() > 0 {
		t.Errorf("the log says: %s", clip(c.log.String()))
	}
}

func TestTheDistrictSaysForWhomItsViewerAnswers(t *testing.T) {
	c := serveDistrict(t, done(t, andorra))
	code := text(c.get("/v1/district")["code"])
	town := text(properties(c.features("/v1/areas?level=town")[0])["code"])
	for as, want := range map[string]string{"": code, "&as=" + code: code, "&as=" + town: town, "&as=public": ""} {
		var got []string
		v, isList := c.get("/v1/district?" + as)["viewer"].([]any)
		for _, a := range v {
			got = append(got, text(a))
		}
		if !isList || strings.Join(got, " ") != want {
			t.Errorf("%q answers for %v, want %q", as, got, want)
		}
	}
}
