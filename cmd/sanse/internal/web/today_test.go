package web_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/web"
)

// What hangs at the doors of the stand-in: a code at one home, a plate at two.
const (
	homeToken  = "bcdfghjkmnpqrstvwxz2345678"
	plateToken = "zxwvtsrqpnmkjhgfdcb8765432"
)

// phoneService stands in for the service behind the day on a phone: one visitor,
// three homes and a patrol point, and a line that fails as it is told to. It holds
// every record to its id, as the service does.
type phoneService struct {
	pages http.Handler

	mu     sync.Mutex
	line   string // "", "down", "lost" (stored, but the answer never arrives), "busy", "refuse"
	in     bool
	newer  bool
	posts  int
	stored map[string]string
	twice  int // the same id with other content
	moves  map[string]bool
	ticks  int
	orders int
	order  []string // of the doors, as it was chosen
}

func (p *phoneService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Path == "/line" { // the walk's own
		q := r.URL.Query()
		p.line, p.in, p.newer = q.Get("is"), q.Get("out") == "", q.Get("newer") != ""
		answer(w, http.StatusOK, map[string]any{"moves": len(p.moves), "ticks": p.ticks, "orders": p.orders, "posts": p.posts, "stored": len(p.stored), "twice": p.twice})
		return
	}
	if p.line == "down" {
		panic(http.ErrAbortHandler)
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /v1/sign-in":
		answer(w, http.StatusOK, map[string]any{"district": "510199", "name": "演示区", "made_up": true, "people": []map[string]string{{"id": "p1", "role": "worker"}}})
	case "POST /v1/session/made-up":
		p.in = true
		answer(w, http.StatusOK, p.holder())
	case "DELETE /v1/session":
		p.in = false
		w.Header().Set("Clear-Site-Data", `"cache"`)
		w.WriteHeader(http.StatusNoContent)
	case "GET /v1/session":
		if !p.in {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, http.StatusOK, p.holder())
	case "GET /v1/today", "POST /v1/door", "POST /v1/records", "GET /v1/today/options", "POST /v1/today/moves", "PUT /v1/today/order", "POST /v1/ticks",
		"GET /v1/today/calendar", "POST /v1/today/calendar":
		if !p.in {
			answer(w, http.StatusUnauthorized, map[string]string{"type": "/problems/sign-in"})
			return
		}
		switch r.URL.Path {
		case "/v1/today":
			answer(w, http.StatusOK, p.day())
		case "/v1/today/options", "/v1/today/moves", "/v1/today/order", "/v1/ticks", "/v1/today/calendar":
			p.change(w, r)
		case "/v1/door":
			answer(w, http.StatusNotFound, map[string]string{"title": "unknown"})
		default:
			p.records(w, r)
		}
	case "GET /sw.js":
		got := httptest.NewRecorder()
		r.Header.Del("Accept-Encoding")
		r.Header.Del("If-None-Match")
		p.pages.ServeHTTP(got, r)
		script := got.Body.String()
		if p.newer {
			script += "// another version"
		}
		w.Header().Set("Content-Type", got.Header().Get("Content-Type"))
		w.Header().Set("Cache-Control", got.Header().Get("Cache-Control"))
		if _, err := io.WriteString(w, script); err != nil {
			panic(http.ErrAbortHandler) // the browser has gone
		}
	default:
		p.pages.ServeHTTP(w, r)
	}
}

// day is the day in the order that was chosen.
func (p *phoneService) day() map[string]any {
	day := phoneDay()
	stops := day["stops"].([]any)
	at := func(s any) int {
		id, _ := s.(map[string]any)["resident"].(string)
		return slices.Index(p.order, cmp.Or(id, "t1"))
	}
	if p.order != nil {
		slices.SortStableFunc(stops, func(a, b any) int { return at(a) - at(b) })
		day["reordered"] = true
	}
	return day
}

// change answers what changes the day.
func (p *phoneService) change(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ID, Resident, Kind, Why string
		ToDay                   string `json:"to_day"`
		Doors                   []string
		Ticks                   []struct{ Task, Date string }
	}
	if r.Method != http.MethodGet && r.ContentLength > 0 {
		if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in); err != nil {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"title": err.Error()})
			return
		}
	}
	switch r.URL.Path {
	case "/v1/today/options":
		answer(w, http.StatusOK, map[string]any{
			"due_by": "2026-12-05", "days": []string{"2026-12-03", "2026-12-04"}, "ladder": "7",
			"colleagues": []any{map[string]any{"visitor": "v2", "name": "何试勤", "tier": "micro-grid", "walk_seconds": 300}, map[string]any{"visitor": "v3", "name": "吕试安", "tier": "grid", "walk_seconds": 0}},
			"reasons":    []any{map[string]string{"code": "asked", "zh": "对方要求改期", "en": "they asked"}, map[string]string{"code": "weather", "zh": "天气", "en": "weather"}},
		})
	case "/v1/today/moves":
		if in.ID == "" || in.Resident != "r2" || in.Kind != "postpone" || in.ToDay != "2026-12-03" || in.Why != "asked" {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"title": "not as it was chosen"})
			return
		}
		p.moves[in.ID] = true
		answer(w, http.StatusOK, map[string]string{"status": "stored"})
	case "/v1/today/order":
		if in.Why == "" {
			answer(w, http.StatusOK, map[string]any{"kept": false, "stops": []any{}, "breaks": []any{map[string]any{"code": "outside_hours", "door": "r3", "firm": false}}})
			return
		}
		p.orders++
		p.order = in.Doors
		answer(w, http.StatusOK, map[string]any{"kept": true, "stops": []any{}, "breaks": []any{}})
	case "/v1/today/calendar":
		if r.Method == http.MethodPost {
			answer(w, http.StatusOK, map[string]string{"path": "/v1/calendar/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})
			return
		}
		answer(w, http.StatusOK, map[string]any{"made_at": nil})
	default:
		p.ticks += len(in.Ticks)
		answer(w, http.StatusOK, map[string]any{"ticks": slices.Repeat([]string{"stored"}, len(in.Ticks))})
	}
}

func (p *phoneService) records(w http.ResponseWriter, r *http.Request) {
	p.posts++
	var in struct {
		Sent    time.Time         `json:"sent"`
		Records []json.RawMessage `json:"records"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in); err != nil || in.Sent.IsZero() {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"title": fmt.Sprint(err)})
		return
	}
	if p.line == "busy" {
		answer(w, http.StatusServiceUnavailable, map[string]string{"title": "busy"})
		return
	}
	out := []map[string]string{}
	for _, raw := range in.Records {
		var one struct{ ID string }
		if err := json.Unmarshal(raw, &one); err != nil {
			out = append(out, map[string]string{"status": "refused", "code": "invalid"})
			continue
		}
		status, code := "stored", ""
		switch was, had := p.stored[one.ID]; {
		case p.line == "refuse":
			status, code = "refused", "not_yours"
		case had && was == string(raw):
			status = "same"
		case had:
			p.twice++
			status, code = "refused", "conflict"
		default:
			p.stored[one.ID] = string(raw)
		}
		out = append(out, map[string]string{"id": one.ID, "status": status, "code": code})
	}
	if p.line == "lost" {
		panic(http.ErrAbortHandler)
	}
	answer(w, http.StatusOK, map[string]any{"records": out})
}

func (p *phoneService) holder() map[string]any {
	return map[string]any{"account": "a1", "name": "周试行", "stage": "full", "visitor": "v1", "roles": []any{map[string]string{"role": "worker"}}, "may": []string{"days", "visit"}, "csrf": "c1"}
}

// phoneDay is the day of the visitor v1, whatever day it is.
func phoneDay() map[string]any {
	code := func(token string) []string {
		sum := sha256.Sum256([]byte(token))
		return []string{base64.RawURLEncoding.EncodeToString(sum[:])}
	}
	now := time.Now()
	date := now.In(time.FixedZone("", 8*3600)).Format("2006-01-02")
	stop := func(n int, why, name string, codes []string) map[string]any {
		return map[string]any{
			"key": fmt.Sprintf("s%d", n), "resident": fmt.Sprintf("r%d", n), "arrive": fmt.Sprintf("09:%d0", n), "minutes": 20, "walk_seconds": 300,
			"due_by": date, "why": why, "name": name, "phone": "13800000000", "address": fmt.Sprintf("试行路 %d 号", n), "note": "敲门", "codes": codes,
		}
	}
	item := func(id, group string) map[string]any {
		return map[string]any{"id": id, "group": group, "zh": "怎么样？" + id, "en": "How is it? " + id, "answers": []map[string]any{
			{"code": "fine", "zh": "正常", "en": "In order"}, {"code": "off", "zh": "有问题", "en": "Not in order", "bad": true},
		}}
	}
	reason := func(codes ...string) []map[string]string {
		out := []map[string]string{}
		for _, c := range codes {
			out = append(out, map[string]string{"code": c, "zh": "原因" + c, "en": "Reason " + c})
		}
		return out
	}
	return map[string]any{
		"date": date, "now": now, "zone": "Asia/Shanghai", "visitor": "v1", "visitor_name": "周试行", "closes_at": now,
		"stops": []any{
			stop(1, "overdue", "刘试玉", code(homeToken)), stop(2, "due_today", "陈试国", code(plateToken)), stop(3, "planned", "王试英", code(plateToken)),
			map[string]any{"key": "s4", "task": "t1", "service": "巡查点", "arrive": "10:30", "minutes": 5, "walk_seconds": 60, "why": "planned"},
		},
		"form":    map[string]any{"id": "f1", "items": []any{item("gas", "check"), item("health", "ask"), item("meals", "ask"), item("passage", "clear")}},
		"reasons": map[string]any{"no_code": reason("torn", "none"), "not_seen": reason("nobody", "away"), "postpone": reason("asked")},
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		panic(http.ErrAbortHandler) // the browser has gone
	}
}

func TestADayOnAPhoneLosesNothingAndSendsEachOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	pages, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	service := &phoneService{pages: pages, stored: map[string]string{}, moves: map[string]bool{}}
	server := httptest.NewServer(service)
	t.Cleanup(server.Close)
	walk(t, "today.test.mjs", server.URL, homeToken, plateToken)

	service.mu.Lock()
	defer service.mu.Unlock()
	if service.twice > 0 {
		t.Errorf("%d records came with other content than before", service.twice)
	}
	seen := map[string]int{}
	for id, raw := range service.stored {
		var r struct {
			Resident, Result, How, Token, Left string
			Answers                            map[string]string
		}
		if err := json.Unmarshal([]byte(raw), &r); err != nil {
			t.Fatal(err)
		}
		seen[r.Resident+" "+r.Result]++
		if r.Left == "" || r.How == "code" && r.Token == "" || r.Result == "seen" && len(r.Answers) != 4 {
			t.Errorf("record %s is not whole: %s", id, raw)
		}
	}
	// Two walks, one a width, and one on the phone that reads codes and hears.
	for what, n := range map[string]int{"r1 seen": 5, "r2 seen": 2, "r3 not_seen": 2} {
		if seen[what] != n {
			t.Errorf("%s: %d records, want %d; all: %v", what, seen[what], n, seen)
		}
	}
	if len(service.stored) != 9 {
		t.Errorf("%d records are stored, want 9: %v", len(service.stored), seen)
	}
}
