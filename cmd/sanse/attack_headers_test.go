package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestEveryAnswerIsGuarded asks every operation that reads, as whoever may and as
// nobody, and looks at the headers alone.
func TestEveryAnswerIsGuarded(t *testing.T) {
	isLong(t)
	h := newHouse(t)
	always := map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
	}
	guarded := func(path string, a answer) {
		t.Helper()
		for name, want := range always {
			if got := a.header.Get(name); got != want {
				t.Errorf("GET %s (%d): %s is %q, want %q", path, a.status, name, got, want)
			}
		}
		policy := a.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.Contains(policy, "frame-ancestors '") || strings.Contains(policy, "script") {
			t.Errorf("GET %s (%d): the policy is %q", path, a.status, policy)
		}
		cache, kind := a.header.Get("Cache-Control"), a.header.Get("Content-Type")
		if tile := a.status == http.StatusOK && strings.Contains(path, "/tiles/"); cache != "no-store" && (!tile || !strings.HasPrefix(cache, "private, ")) {
			t.Errorf("GET %s (%d): a browser may keep it: %q", path, a.status, cache)
		}
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("GET %s (%d): pages from elsewhere may read it", path, a.status)
		}
		if kind == "" && len(a.body) > 0 {
			t.Errorf("GET %s (%d): nobody says what it is", path, a.status)
		}
		for _, file := range []string{"pdf", "spreadsheet", "octet-stream", "zip"} {
			// A printed page may be looked at in the browser; whatever else is a file is kept.
			saved := a.header.Get("Content-Disposition")
			if strings.Contains(kind, file) && (!strings.Contains(saved, `filename="sanse-`) || file != "pdf" && !strings.HasPrefix(saved, "attachment; ")) {
				t.Errorf("GET %s (%d): a file is kept as %q", path, a.status, saved)
			}
		}
	}
	answered := 0
	for _, op := range h.operations() {
		if op.method != http.MethodGet {
			continue
		}
		path := op.path
		if p, ok := probes[op.id]; ok {
			path = p.path
		}
		path = h.fill(path, h.mine.community(), h.mine)
		for _, who := range []string{"planner", "auditor", "administrator", "nobody", "public"} {
			a := h.send(http.MethodGet, path, "", false, who)
			guarded(path, a)
			if a.status == http.StatusOK {
				answered++
			}
		}
	}
	if answered < 100 {
		t.Errorf("only %d were answered: the headers of refusals alone were looked at", answered)
	}
	for _, path := range []string{"/v1/openapi.json", "/v1/none", "/v1/", "/none", "/v1/areas?level=%3Cscript%3E"} {
		guarded(path, h.ask(path))
	}
	guarded("another host", h.ask("/v1/district", func(r *http.Request) { r.Host = "evil.example" }))
	for _, path := range []string{"/v1/district", "/v1/none", "/v1/session"} {
		a := h.ask(path, func(r *http.Request) {
			r.Method = http.MethodTrace
			r.Header.Set("X-Marker", "echoed")
		})
		if a.status != http.StatusMethodNotAllowed || strings.Contains(a.body, "echoed") {
			t.Errorf("TRACE %s: %d %s", path, a.status, a.body)
		}
		guarded(path, a)
	}
}
