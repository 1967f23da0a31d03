package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
)

// evil are texts that do harm where they are taken for anything but text.
var evil = []string{
	`<img src=x onerror=alert(1)>`, `"><script>alert(1)</script>`, `'; DROP TABLE resident; --`, `' OR '1'='1`, `\'; SELECT pg_sleep(60); --`,
	`=1+1`, `@SUM(A1)`, `{{7*7}}${7*7}`, `../../../../etc/passwd`, "a\r\nSet-Cookie: sanse=x", "line\n{\"level\":\"ERROR\"}", "\x1b[2Jgone", "\u202etxt.exe", "a\x00b", "%00", strings.Repeat("长", 5000),
}

// said are texts that no refusal says again, as they stand in fields of all kinds: a
// name, a list, a number as long as an ID number.
var said = []string{"王标记九零零一", "zzmark9002,zzmark9003", "zz mark 9004", "510113199001019005"}

// repeats tells what of a text that was sent an answer says again.
func repeats(sent string, answer ...string) string {
	for _, part := range strings.FieldsFunc(sent, func(r rune) bool { return r == ',' || r == '\n' || r == '"' }) {
		if utf8.RuneCountInString(part) <= 5 {
			continue
		}
		for _, form := range append(written(part), part, url.PathEscape(part)) {
			if slices.ContainsFunc(answer, func(text string) bool { return strings.Contains(text, form) }) {
				return form
			}
		}
	}
	return ""
}

// TestNoTableOfTheCommandLineHoldsAFormula writes the tables that hold what others have
// given, with a formula in each of its texts.
func TestNoTableOfTheCommandLineHoldsAFormula(t *testing.T) {
	const formula = "=HYPERLINK(A1)"
	var need service.Need
	need.ID, need.Resident, need.Frequency, need.Place, need.Kind, need.Grade, need.Reason = formula, formula, formula, formula, formula, formula, formula
	need.Match = &service.NeedMatch{}
	need.Match.Facility, need.Match.Provider = formula, formula
	task := service.ConnectTask{Resident: formula, ResidentNumber: formula, Job: formula, What: formula, Visitor: formula, VisitorNumber: formula}
	for name, write := range map[string]func(io.Writer) error{
		"needs": func(w io.Writer) error { return writeNeeds(w, []service.Need{need}) },
		"tasks": func(w io.Writer) error { return writeTasks(w, []service.ConnectTask{task}, true) },
	} {
		var b strings.Builder
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil || len(rows) != 2 || !slices.Contains(rows[1], "'"+formula) || slices.Contains(rows[1], formula) {
			t.Errorf("%s: %v %v", name, rows, err)
		}
	}
}

// tellTale is a log of many writers that is read at the end.
type tellTale struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *tellTale) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// TestATextIsATextWhateverIsInIt puts evil texts into every text that an operation
// takes, one at a time with all else as it should be: what comes back is an answer,
// of a kind that no browser runs, and nothing behind it has changed its mind. What is
// refused is not said again, in the answer or in the log.
func TestATextIsATextWhateverIsInIt(t *testing.T) {
	h := openHouse(t, "texts", nil)
	var log tellTale
	logger := slog.New(slog.NewTextHandler(&log, nil))
	inside := httptest.NewServer(api.New(h.app.Service, houseCode, api.Fixed(service.Everyone(houseCode)), http.NotFoundHandler(), logger))
	t.Cleanup(inside.Close)
	door := httptest.NewServer(api.New(h.app.Service, houseCode, api.NewDoor(api.DoorConfig{Entry: h.entry}), http.NotFoundHandler(), logger))
	t.Cleanup(door.Close)
	admin := h.seated()

	asked, taken := 0, 0
	try := func(method, path, body, what string, form string) {
		t.Helper()
		asked++
		base := inside.URL
		if form == "entry" || form == "accounts" {
			base = door.URL
		}
		c := &client{t, base, h.log}
		a := c.ask(path, func(r *http.Request) {
			r.Method = method
			if body != "" {
				r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
				r.Header.Set("Content-Type", "application/json")
			}
			if form == "accounts" {
				admin(r)
			}
		})
		if a.status < 300 {
			taken++
		}
		if a.status >= 400 {
			if again := repeats(what, append(slices.Concat(slices.Collect(maps.Values(a.header))...), a.body)...); again != "" {
				t.Errorf("%s %s: %d says %q again: %s", method, clip(path), a.status, again, clip(a.body))
			}
		}
		kind := a.header.Get("Content-Type")
		page := strings.HasPrefix(kind, "text/html")
		if a.status >= 500 && a.status != http.StatusServiceUnavailable || a.header.Get("Set-Cookie") == "sanse=x" || a.header.Get("X-Content-Type-Options") != "nosniff" ||
			page && (strings.Contains(a.body, "<img src=x") || strings.Contains(a.body, "<script>alert")) {
			t.Errorf("%s %s: %q in %s: %d %s", method, clip(path), clip(what), form, a.status, clip(a.body))
		}
	}
	c := &client{t, inside.URL, h.log}
	doc := described(c)
	for _, op := range c.operations() {
		if op.id == "sign-out" || op.id == "end-sessions" {
			continue
		}
		form := op.audience
		if strings.HasPrefix(op.path, "/v1/accounts") || op.path == "/v1/keys" {
			form = "accounts"
		}
		for _, text := range append(slices.Clone(evil), said...) {
			hidden := slices.Contains(said, text)
			// In the address: each text in the path, and each parameter of the query.
			plain := strings.NewReplacer("{", "", "}", "").Replace(op.path)
			if strings.Contains(op.path, "{") && (op.method == http.MethodGet || hidden) {
				parts := strings.Split(op.path, "/")
				for i, p := range parts {
					if strings.HasPrefix(p, "{") {
						parts[i] = url.PathEscape(text)
					}
				}
				try(op.method, strings.Join(parts, "/"), "", text, form)
			}
			for _, p := range op.parameters {
				p := p.(object)
				if p["in"] == "query" && (hidden || resolved(doc, p["schema"].(object))["type"] != "integer" && op.method == http.MethodGet) {
					try(op.method, plain+"?"+url.Values{fmt.Sprint(p["name"]): {text}}.Encode(), "", text, form)
				}
			}
			schema := bodySchema(doc, op)
			if hidden && schema != nil { // for the name of a field, and for all of the body
				try(op.method, strings.NewReplacer("{id}", "1", "{n}", "1").Replace(plain), `{`+strconv.Quote(text)+`: `+strconv.Quote(text)+`}`, text, form)
				try(op.method, strings.NewReplacer("{id}", "1", "{n}", "1").Replace(plain), `{"name": `+text, text, form)
			}
			for leaf := 0; schema != nil; leaf++ {
				n := leaf
				value := sample(doc, schema, text, &n, 0)
				if n >= 0 {
					break // there are no more texts in it
				}
				b, err := json.Marshal(value)
				if err != nil {
					t.Fatal(err)
				}
				try(op.method, strings.NewReplacer("{id}", "1", "{n}", "1").Replace(plain), string(b), text, form)
			}
		}
	}
	// Records are refused one by one, inside an answer.
	for _, field := range []string{"resident", "stop", "arrived", "left", "how", "token", "no_code", "result", "not_seen", "form", "answers", "text", "corrects", "at", "nothing_of_this_name"} {
		for _, text := range said {
			record := object{"id": "00000000-0000-4000-8000-000000000001", "resident": "R1", "arrived": "2026-01-01T08:00:00+08:00", "how": "none", "result": "seen"}
			record[field] = text
			b, err := json.Marshal(object{"sent": "2026-01-01T00:00:00Z", "records": []any{record}})
			if err != nil {
				t.Fatal(err)
			}
			a := c.ask("/v1/records", func(r *http.Request) {
				r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader(string(b))), int64(len(b))
				r.Header.Set("Content-Type", "application/json")
			})
			if again := repeats(text, a.body); again != "" {
				t.Errorf("a record with %q as %s: %d %s", text, field, a.status, clip(a.body))
			}
		}
	}
	if asked < 2000 || taken < 50 {
		t.Errorf("%d questions, of which %d were taken: most of it was not tried", asked, taken)
	}
	// Nothing of it was done but said.
	if d := c.get("/v1/district"); d["name"] != "清河区" {
		t.Errorf("the district is %v", d["name"])
	}
	for _, text := range said {
		if again := repeats(text, log.text.String()); again != "" {
			t.Errorf("the log says %q", again)
		}
	}
	for line := range strings.Lines(log.text.String()) {
		if !strings.HasPrefix(line, "time=") || strings.ContainsFunc(strings.TrimSuffix(line, "\n"), unicode.IsControl) {
			t.Errorf("the log says %q", clip(line))
		}
	}
}

// seated is somebody who is signed in as the administrator.
func (h *doorBed) seated() func(*http.Request) {
	h.t.Helper()
	b := h.browser()
	h.seatedIn(b)
	token := b.cookie("sanse")
	return func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "sanse", Value: token})
		r.Header.Set("X-Sanse-CSRF", b.csrf)
	}
}

// seatedIn signs the first administrator in, in a browser.
func (h *doorBed) seatedIn(b *browser) {
	h.t.Helper()
	first, secret, err := h.entry.FirstAdministrator(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	b.signIn(first, secret)
	b.must(http.MethodPost, "/v1/session/password", object{"old": secret, "new": password})
	e := b.must(http.MethodPost, "/v1/session/totp/enrol", nil)
	code, err := auth.CodeAt(text(e["secret"]), auth.StepOf(time.Now()))
	if err != nil {
		h.t.Fatal(err)
	}
	b.must(http.MethodPost, "/v1/session/totp/confirm", object{"code": code})
}

// sample is a value as a schema wants it, with the text in its leaf-th free text:
// leaf is counted down, and negative once the text was put in.
func sample(doc, schema object, text string, leaf *int, depth int) any {
	schema = resolved(doc, schema)
	kind, ok := schema["type"].(string)
	if kinds, several := schema["type"].([]any); !ok && several {
		for _, k := range kinds {
			if k != "null" {
				kind = fmt.Sprint(k)
			}
		}
	}
	if among, ok := schema["enum"].([]any); ok {
		return among[0]
	}
	switch kind {
	case "string":
		plain := map[any]string{"date": "2026-12-01", "date-time": "2026-12-01T08:00:00Z"}[schema["format"]]
		if plain == "" {
			if plain = "plain text"; *leaf == 0 {
				*leaf = -1
				return text
			}
			if *leaf > 0 {
				*leaf--
			}
		}
		return plain
	case "integer", "number":
		return max(1, number(schema["minimum"]))
	case "boolean":
		return true
	case "array":
		if items, ok := schema["items"].(object); ok && depth < 6 {
			return []any{sample(doc, items, text, leaf, depth+1)}
		}
		return []any{}
	}
	out := object{}
	properties, _ := schema["properties"].(object)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if depth < 6 {
			out[name] = sample(doc, properties[name].(object), text, leaf, depth+1)
		}
	}
	return out
}
