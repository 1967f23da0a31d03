package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed all:dist
var built embed.FS

// notBuilt is what the pages' paths answer while dist holds no index.html.
const notBuilt = "页面尚未构建，请运行 make web\npages are not built: make web\n"

// pages are the paths that each document serves; index.html routes by itself.
// today.html is the day on a phone, small enough to be kept there whole; a door
// code opens it too. rate.html is for whoever was visited: small, and in the words of
// older browsers.
var pages = map[string][]string{
	"index.html": {
		"/", "/coverage", "/day", "/board", "/grids", "/grids/effect", "/grids/edit", "/shortfall", "/shortfall/standards", "/needs",
		"/sign-in", "/me", "/accounts", "/audit", "/privacy", "/handed", "/grades", "/screen", "/cases", "/records", "/form", "/ledger", "/connect",
	},
	todayHTML:   {"/today", "/c"},
	"rate.html": {"/r"},
}

const todayHTML = "today.html"

// contentTypes by file extension. Fixed here, because the mime package reads
// tables of the machine it runs on, and nosniff makes a wrong one fatal.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".map":  "application/json",
	".mjs":  "text/javascript; charset=utf-8",
	".png":  "image/png",
	".svg":  "image/svg+xml",

	".webmanifest": "application/manifest+json",
}

// policy is the Content-Security-Policy of every answer. MapLibre decodes tiles
// in a worker that is a file of its own and draws its control icons from data
// URLs; neither it nor ECharts, whose tooltips the pages draw on the canvas,
// needs an inline style or script.
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; " +
	"img-src 'self' data: blob:; worker-src 'self'; connect-src 'self'; font-src 'self'; " +
	"manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// What a page may ask of the device: nothing, but the day on a phone the camera
// for a door code, the microphone for what was found, and once the place at a door.
const (
	permissions      = "camera=(), microphone=(), geolocation=(), payment=()"
	permissionsToday = "camera=(self), microphone=(self), geolocation=(self), payment=()"
)

// Handler serves the pages that are embedded in the program.
func Handler() (http.Handler, error) {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		return nil, fmt.Errorf("open embedded pages: %w", err)
	}
	return New(dist)
}

// New serves the pages that Vite built into dist: each document under the paths of
// its pages, the other files under their own names. Files under assets/ carry
// a hash in their name and may be kept for ever; all others are asked for anew
// and compared by ETag. Every file is read once, here; text is compressed when
// it is first asked for.
func New(dist fs.FS) (http.Handler, error) {
	h := &handler{files: map[string]*file{}}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return nil
		}
		body, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		f := newFile(name, body)
		paths, ok := pages[name]
		if !ok {
			h.files["/"+name] = f
			return nil
		}
		for _, p := range paths {
			h.files[p] = f
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	return h, nil
}

// handler answers from memory and is never changed once it is made.
type handler struct {
	files map[string]*file // by URL path
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Security-Policy", policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Permissions-Policy", permissions)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		head.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if f, ok := h.files[r.URL.Path]; ok {
		f.serve(w, r)
		return
	}
	if isPage(r.URL.Path) {
		head.Set("Cache-Control", "no-store")
		http.Error(w, notBuilt, http.StatusServiceUnavailable)
		return
	}
	http.NotFound(w, r)
}

func isPage(p string) bool {
	for _, paths := range pages {
		if slices.Contains(paths, p) {
			return true
		}
	}
	return false
}

// file is one built file, ready to send.
type file struct {
	contentType string
	cache       string
	permissions string
	etag        string
	body        []byte
	// gzipped returns the compressed body, nil where that is no shorter.
	gzipped func() []byte
}

func newFile(name string, body []byte) *file {
	sum := sha256.Sum256(body)
	f := &file{
		contentType: contentTypes[path.Ext(name)],
		cache:       "no-cache",
		permissions: permissions,
		etag:        hex.EncodeToString(sum[:12]),
		body:        body,
		gzipped:     func() []byte { return nil },
	}
	if f.contentType == "" {
		f.contentType = "application/octet-stream"
	}
	if name == todayHTML {
		f.permissions = permissionsToday
	}
	if strings.HasPrefix(name, "assets/") {
		f.cache = "public, max-age=31536000, immutable"
	}
	if strings.HasPrefix(f.contentType, "text/") || path.Ext(name) == ".svg" || strings.HasSuffix(f.contentType, "json") {
		f.gzipped = sync.OnceValue(func() []byte { return compress(body) })
	}
	return f
}

// compress returns body as gzip, nil where that saves nothing.
func compress(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil {
		return nil // a bytes.Buffer takes all; the plain body is right anyway
	}
	if err := z.Close(); err != nil || b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Type", f.contentType)
	head.Set("Permissions-Policy", f.permissions)
	head.Set("Cache-Control", f.cache)
	head.Set("Vary", "Accept-Encoding")
	body, etag := f.body, f.etag
	// A range of a compressed file is of no use to anyone: those who ask for
	// one get it of the plain file.
	if acceptsGzip(r) && r.Header.Get("Range") == "" {
		if z := f.gzipped(); z != nil {
			body, etag = z, f.etag+"-gzip"
			head.Set("Content-Encoding", "gzip")
		}
	}
	head.Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip tells whether the client names gzip and does not refuse it with
// q=0 (RFC 9110, 12.5.3).
func acceptsGzip(r *http.Request) bool {
	for _, v := range r.Header.Values("Accept-Encoding") {
		for _, part := range strings.Split(v, ",") {
			coding, param, _ := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
				continue
			}
			q := strings.ReplaceAll(strings.TrimSpace(param), " ", "")
			return strings.TrimRight(q, "0.") != "q="
		}
	}
	return false
}
