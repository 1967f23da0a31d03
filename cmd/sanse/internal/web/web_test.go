package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sanse/cmd/sanse/internal/web"
)

const script = "assets/index-abc123.js"

// site is what Vite leaves in dist.
func site() fstest.MapFS {
	return fstest.MapFS{
		".gitkeep":    {},
		"index.html":  {Data: []byte("<!doctype html><title>三色</title>")},
		"today.html":  {Data: []byte("<!doctype html><title>今日走访</title>")},
		"rate.html":   {Data: []byte("<!doctype html><title>评价</title>")},
		"sw.js":       {Data: []byte("self")},
		"favicon.svg": {Data: []byte("<svg/>")},

		"manifest.webmanifest": {Data: []byte("{}")},
		script:                 {Data: bytes.Repeat([]byte("export const a = 1\n"), 200)},
	}
}

func handler(t *testing.T, dist fstest.MapFS) http.Handler {
	t.Helper()
	h, err := web.New(dist)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t *testing.T, h http.Handler, path string, headers ...string) *http.Response {
	t.Helper()
	return do(t, h, http.MethodGet, path, headers...)
}

func do(t *testing.T, h http.Handler, method, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPathsAnswerAsTheyShould(t *testing.T) {
	h := handler(t, site())
	for _, c := range []struct {
		name, method, path string
		status             int
		contentType, cache string
	}{
		{"the map", "GET", "/", 200, "text/html; charset=utf-8", "no-cache"},
		{"a visitor's day", "GET", "/day?visitor=v1&date=2026-12-01", 200, "text/html; charset=utf-8", "no-cache"},
		{"the board", "GET", "/board?area=510199", 200, "text/html; charset=utf-8", "no-cache"},
		{"the grids", "GET", "/grids", 200, "text/html; charset=utf-8", "no-cache"},
		{"the effect of a draft", "GET", "/grids/effect?draft=1", 200, "text/html; charset=utf-8", "no-cache"},
		{"the editor of grids", "GET", "/grids/edit?draft=1&area=510113001001", 200, "text/html; charset=utf-8", "no-cache"},
		{"a page asked for by its head", "HEAD", "/board", 200, "text/html; charset=utf-8", "no-cache"},
		{"a hashed asset may be kept for ever", "GET", "/" + script, 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"a file without a hash may not", "GET", "/favicon.svg", 200, "image/svg+xml", "no-cache"},
		{"the day on a phone", "GET", "/today?visitor=v1", 200, "text/html; charset=utf-8", "no-cache"},
		{"a door code", "GET", "/c", 200, "text/html; charset=utf-8", "no-cache"},
		{"a rating code", "GET", "/r", 200, "text/html; charset=utf-8", "no-cache"},
		{"the worker of the phone is asked for anew", "GET", "/sw.js", 200, "text/javascript; charset=utf-8", "no-cache"},
		{"what makes it an app", "GET", "/manifest.webmanifest", 200, "application/manifest+json", "no-cache"},
		{"today.html has no name of its own", "GET", "/today.html", 404, "text/plain; charset=utf-8", ""},
		{"index.html has one name only", "GET", "/index.html", 404, "text/plain; charset=utf-8", ""},
		{"files of the repository are not served", "GET", "/.gitkeep", 404, "text/plain; charset=utf-8", ""},
		{"an unknown path is not a page", "GET", "/days", 404, "text/plain; charset=utf-8", ""},
		{"the API is not here", "GET", "/v1/district", 404, "text/plain; charset=utf-8", ""},
		{"a path that climbs finds nothing", "GET", "/assets/../../web.go", 404, "text/plain; charset=utf-8", ""},
		{"pages take no posts", "POST", "/", 405, "text/plain; charset=utf-8", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := do(t, h, c.method, c.path)
			if r.StatusCode != c.status {
				t.Errorf("%s %s answers %d, want %d", c.method, c.path, r.StatusCode, c.status)
			}
			if got := r.Header.Get("Content-Type"); got != c.contentType {
				t.Errorf("content type %q, want %q", got, c.contentType)
			}
			if got := r.Header.Get("Cache-Control"); got != c.cache {
				t.Errorf("cache %q, want %q", got, c.cache)
			}
			if c.method == "HEAD" && body(t, r) != "" {
				t.Error("an answer to HEAD has a body")
			}
		})
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	full, empty := handler(t, site()), handler(t, fstest.MapFS{".gitkeep": {}})
	for name, r := range map[string]*http.Response{
		"a page":            get(t, full, "/"),
		"an asset":          get(t, full, "/"+script),
		"nothing":           get(t, full, "/none"),
		"a refused method":  do(t, full, "DELETE", "/"),
		"pages not built":   get(t, empty, "/"),
		"a page unmodified": get(t, full, "/", "If-None-Match", get(t, full, "/").Header.Get("ETag")),
	} {
		t.Run(name, func(t *testing.T) {
			csp := r.Header.Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'self'", "worker-src 'self'", "manifest-src 'self'", "img-src 'self' data: blob:", "object-src 'none'", "frame-ancestors 'none'"} {
				if !strings.Contains(csp, want) {
					t.Errorf("policy %q lacks %q", csp, want)
				}
			}
			for _, never := range []string{"unsafe", "http:", "https:", "*"} {
				if strings.Contains(csp, never) {
					t.Errorf("policy %q allows %q", csp, never)
				}
			}
			if r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("headers are %v", r.Header)
			}
		})
	}
}

func TestOnlyTheDayOnAPhoneMayAskTheDevice(t *testing.T) {
	h := handler(t, site())
	const none, own = "camera=(), microphone=(), geolocation=(), payment=()", "camera=(self), microphone=(self), geolocation=(self), payment=()"
	for path, want := range map[string]string{"/today": own, "/c": own, "/r": none, "/": none, "/day": none, "/sw.js": none, "/" + script: none, "/none": none} {
		if got := get(t, h, path).Header.Get("Permissions-Policy"); got != want {
			t.Errorf("%s may ask for %q, want %q", path, got, want)
		}
	}
	if body(t, get(t, h, "/c")) != body(t, get(t, h, "/today")) {
		t.Error("whoever scans a code is told something else than whoever opens the day")
	}
}

// shellLimit is how large the app on the phone may be as it is sent, in bytes.
const shellLimit = 200 << 10

func TestTheAppOnAPhoneIsWholeAndSmall(t *testing.T) {
	h, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	worker := get(t, h, "/sw.js")
	if worker.StatusCode == http.StatusNotFound {
		t.Skip("nobody ran make web")
	}
	text := strings.TrimPrefix(body(t, worker), "const SANSE_SHELL=")
	var shell struct {
		Version string   `json:"version"`
		Files   []string `json:"files"`
	}
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&shell); err != nil {
		t.Fatalf("the worker does not say what the app is made of: %v", err)
	}
	total, scripts := 0, 0
	for _, f := range shell.Files {
		r := get(t, h, f, "Accept-Encoding", "gzip")
		b := body(t, r)
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s of the app: %d", f, r.StatusCode)
		}
		if strings.HasSuffix(f, ".js") {
			scripts++
		}
		if strings.Contains(f, "canvas") || strings.Contains(f, "maplibre") {
			t.Errorf("%s: the app draws no map", f)
		}
		total += len(b)
	}
	t.Logf("the app is %d files, %d bytes sent", len(shell.Files), total)
	if total > shellLimit {
		t.Errorf("the app is %d bytes sent, more than %d", total, shellLimit)
	}
	if shell.Version == "" || scripts == 0 || shell.Files[0] != "/today" {
		t.Errorf("the app is %+v", shell)
	}
	for _, part := range strings.Split(body(t, get(t, h, "/today")), `"`) {
		if strings.HasPrefix(part, "/") && !slices.Contains(shell.Files, part) {
			t.Errorf("today.html names %s, which the phone does not keep", part)
		}
	}
}

// A page that is routed to and not served is found by whoever loads it anew.
func TestEveryPageThatIsRoutedToIsServed(t *testing.T) {
	b, err := os.ReadFile("src/route.ts")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(b), "const paths: Record<Page, string> = {")
	table, _, ok2 := strings.Cut(table, "}")
	paths := regexp.MustCompile(`'(/[^']*)'`).FindAllStringSubmatch(table, -1)
	if !ok || !ok2 || len(paths) < 10 {
		t.Fatalf("%d paths are found in the routes", len(paths))
	}
	h := handler(t, site())
	for _, m := range paths {
		if r := get(t, h, m[1]); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", m[1], r.StatusCode)
		}
	}
}

func TestPagesThatAreNotBuiltSaySo(t *testing.T) {
	h := handler(t, fstest.MapFS{".gitkeep": {}})
	for _, path := range []string{"/", "/day", "/board", "/today", "/c", "/r"} {
		r := get(t, h, path)
		if r.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s answers %d", path, r.StatusCode)
		}
		if b := body(t, r); !strings.Contains(b, "pages are not built: make web") {
			t.Errorf("%s says %q", path, b)
		}
	}
	if r := get(t, h, "/assets/x.js"); r.StatusCode != http.StatusNotFound {
		t.Errorf("an asset answers %d", r.StatusCode)
	}
}

func TestTextIsCompressedForThoseWhoTakeIt(t *testing.T) {
	h := handler(t, site())
	plain := body(t, get(t, h, "/"+script))
	for _, c := range []struct {
		name, accept, ranges string
		gzip                 bool
	}{
		{"a browser", "gzip, deflate, br", "", true},
		{"one that weighs", "br;q=1.0, gzip;q=0.5", "", true},
		{"one that refuses", "gzip;q=0", "", false},
		{"one that refuses at length", "gzip; q=0.00", "", false},
		{"one that says nothing", "", "", false},
		{"one that wants a part", "gzip", "bytes=0-5", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := get(t, h, "/"+script, "Accept-Encoding", c.accept, "Range", c.ranges)
			if got := r.Header.Get("Content-Encoding") == "gzip"; got != c.gzip {
				t.Fatalf("compressed: %v, want %v", got, c.gzip)
			}
			if r.Header.Get("Vary") != "Accept-Encoding" {
				t.Error("caches are not told that the answer varies")
			}
			if !c.gzip {
				return
			}
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			if string(b) != plain {
				t.Error("the compressed file unpacks to something else")
			}
		})
	}
}

func TestAPageThatHasNotChangedIsNotSentAgain(t *testing.T) {
	h := handler(t, site())
	for _, accept := range []string{"", "gzip"} {
		first := get(t, h, "/"+script, "Accept-Encoding", accept)
		again := get(t, h, "/"+script, "Accept-Encoding", accept, "If-None-Match", first.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("asked again with %q: %d", accept, again.StatusCode)
		}
	}
}

func TestTheEmbeddedPagesServe(t *testing.T) {
	h, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	r := get(t, h, "/board")
	switch b := body(t, r); r.StatusCode {
	case http.StatusServiceUnavailable: // nobody ran make web
	case http.StatusOK:
		if strings.Contains(b, "<script>") || strings.Contains(b, "<style") || strings.Contains(b, " style=") {
			t.Error("index.html has inline script or style, which the policy forbids")
		}
		for _, part := range strings.Split(b, `"`) {
			if strings.HasPrefix(part, "/assets/") && get(t, h, part).StatusCode != http.StatusOK {
				t.Errorf("index.html names %s, which is not there", part)
			}
			if strings.HasPrefix(part, "http") || strings.HasPrefix(part, "//") {
				t.Errorf("index.html asks another host for %s", part)
			}
		}
	default:
		t.Errorf("the board answers %d", r.StatusCode)
	}
}
