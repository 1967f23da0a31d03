package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// TestWithoutTheDatabaseNothingIsToldAndAfterwardsAllIsAsBefore takes the database
// away while somebody asks, and gives it back.
func TestWithoutTheDatabaseNothingIsToldAndAfterwardsAllIsAsBefore(t *testing.T) {
	const name = "door_failing"
	h := openHouse(t, name, nil)
	h.add("wang.wei", grant(data.RoleOfficial, houseCode))
	b := h.browser()
	b.signIn("wang.wei", password)
	b.must(http.MethodGet, someone, nil)
	shared, err := sharedCluster()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), shared.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	run := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	run(`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS false`)
	run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + name + `'`)
	inside := regexp.MustCompile(`(?i)pgx|postgres|sql|database "|socket|/tmp|\.go:|goroutine|` + name)
	for _, path := range []string{someone, "/v1/board", "/v1/accounts", "/v1/session"} {
		for range 2 {
			a := b.send(http.MethodGet, path, nil)
			if a.status/100 != 5 && a.status != http.StatusForbidden && path != "/v1/session" || a.header.Get("Content-Type") != "application/problem+json" && a.status != http.StatusOK {
				t.Errorf("%s without the database: %d %s", path, a.status, clip(a.body))
			}
			if inside.MatchString(a.body) {
				t.Errorf("%s tells what is inside: %s", path, a.body)
			}
		}
	}
	if p := b.refused(http.StatusInternalServerError, http.MethodPost, "/v1/session", object{"login": "wang.wei", "password": password}); inside.MatchString(text(p["detail"])) {
		t.Errorf("signing in tells what is inside: %v", p)
	}
	if !inside.MatchString(h.log.String()) || strings.Contains(h.log.String(), password) {
		t.Errorf("the log does not say what failed, or more than that: %s", clip(h.log.String()))
	}
	run(`ALTER DATABASE ` + name + ` ALLOW_CONNECTIONS true`)
	if a := b.send(http.MethodGet, someone, nil); a.status != http.StatusOK {
		t.Errorf("the database is there again: %d %s", a.status, clip(a.body))
	}
}

// TestABodyTakesTheFieldsThatItMayAndNoOther walks the schemas of all bodies: what
// is not named there is refused, so that nobody sets what is not theirs to set.
func TestABodyTakesTheFieldsThatItMayAndNoOther(t *testing.T) {
	server := httptest.NewServer(api.New(service.New(nil, service.Config{}), "990101", api.Fixed(service.Viewer{}), http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
	defer server.Close()
	c := &client{t: t, base: server.URL}
	doc := parseJSON(t, c.ask("/v1/openapi.json").body)
	schemas := doc["components"].(object)["schemas"].(object)
	// Bodies in which names are what somebody gives: changes of the corrected fields
	// of a resident, and GeoJSON, of which the rest is not read.
	free := map[string]bool{}
	bodies := 0
	var walk func(where string, schema object, seen map[string]bool)
	walk = func(where string, schema object, seen map[string]bool) {
		if ref := text(schema["$ref"]); ref != "" {
			name := strings.TrimPrefix(ref, "#/components/schemas/")
			if !seen[name] {
				seen[name] = true
				walk(where+" "+name, schemas[name].(object), seen)
			}
			return
		}
		if properties, ok := schema["properties"].(object); ok {
			if schema["additionalProperties"] != false && !free[where] {
				t.Errorf("%s takes other fields", where)
			}
			for name, p := range properties {
				walk(where+"."+name, p.(object), seen)
			}
		}
		if items, ok := schema["items"].(object); ok {
			walk(where+"[]", items, seen)
		}
	}
	paths := doc["paths"].(object)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for method, op := range paths[path].(object) {
			body, ok := op.(object)["requestBody"].(object)
			if !ok {
				continue
			}
			for _, content := range body["content"].(object) {
				if schema, ok := content.(object)["schema"].(object); ok {
					bodies++
					walk(strings.ToUpper(method)+" "+path, schema, map[string]bool{})
				}
			}
		}
	}
	if bodies < 30 {
		t.Errorf("only %d bodies", bodies)
	}
}

// TestWhatIsCheckedOfABodyIsWhatIsRead names a field of each body twice, and in other
// letters: Go reads both into the one field, the check of the schema saw one of them.
func TestWhatIsCheckedOfABodyIsWhatIsRead(t *testing.T) {
	server := httptest.NewServer(api.New(service.New(nil, service.Config{}), "990101", api.Fixed(service.Everyone("990101")), http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
	defer server.Close()
	c := &client{t: t, base: server.URL}
	doc := described(c)
	readByHand := []string{"put-records", "connect-visits", "connect-cases", "put-device-events"}
	tried := 0
	for _, op := range c.operations() {
		schema := bodySchema(doc, op)
		if schema == nil || op.audience == "signed_in" || slices.Contains(readByHand, op.id) {
			continue
		}
		properties, _ := schema["properties"].(object)
		for name := range properties {
			tried++
			bodies := map[string]string{
				fmt.Sprintf(`{%q: null, %q: null}`, name, name):                  "two fields of one name",
				fmt.Sprintf(`{%q: null, %q: null}`, name, strings.ToUpper(name)): "unexpected property",
			}
			if strings.Contains(name, "s") { // the long s is one to who reads
				bodies[fmt.Sprintf(`{%q: null}`, strings.Replace(name, "s", "ſ", 1))] = "unexpected property"
			}
			for body, want := range bodies {
				a := c.ask(strings.NewReplacer("{id}", "1", "{n}", "1", "{job}", "1").Replace(op.path), func(r *http.Request) {
					r.Method, r.Body, r.ContentLength = op.method, io.NopCloser(strings.NewReader(body)), int64(len(body))
					r.Header.Set("Content-Type", "application/json")
					r.Header.Set("If-Match", `"1"`)
				})
				if a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest || !strings.Contains(a.body, want) {
					t.Errorf("%s %s takes %s: %d %s", op.method, op.path, body, a.status, briefly(a.body))
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d fields", tried)
	}
}

// TestAnAccountIsNotMadeWithWhatIsNotAsked sends what the database holds of an
// account and nobody may set.
func TestAnAccountIsNotMadeWithWhatIsNotAsked(t *testing.T) {
	h := openHouse(t, "door_fields", nil)
	b := h.browser()
	h.add("wang.wei", grant(data.RoleOfficial, houseCode))
	b.signIn("wang.wei", password)
	for _, field := range []string{"id", "password_hash", "totp_on", "failures", "must_change", "roles", "district", "created_at", "__proto__"} {
		body, err := json.Marshal(map[string]any{"old": password, "new": "another three lanterns", field: true})
		if err != nil {
			t.Fatal(err)
		}
		b.refused(http.StatusUnprocessableEntity, http.MethodPost, "/v1/session/password", json.RawMessage(body))
	}
	if _, err := h.app.Store.Gate().AccountByLogin(t.Context(), houseCode, "wang.wei"); err != nil {
		t.Fatal(err)
	}
	h.off = time.Minute
	h.browser().signIn("wang.wei", password) // it is as it was
}
