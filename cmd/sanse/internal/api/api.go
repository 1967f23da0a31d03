package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/klauspost/compress/gzhttp"

	"sanse/cmd/sanse/internal/loopback"
	"sanse/cmd/sanse/internal/service"
)

// Server answers for one district.
type Server struct {
	service  *service.Service
	district string
	viewer   service.Viewer // who looks, where a request does not ask for less
	log      *slog.Logger
}

// New returns the handler of everything under /v1/ for a district, and of the
// pages for every other path. Requests are the viewer's, who answers for all of
// the district or less; with ?as= they can be somebody's who answers for less.
func New(s *service.Service, district string, viewer service.Viewer, pages http.Handler, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Sanse (三色)", "1")
	config.Info.Description = "Care visits of a district: who is seen by whom, when, on which way; and who lives within a walk of what."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/v1/openapi", "", ""
	config.CreateHooks = nil // no $schema links in the bodies
	config.OnAddOperation = append(config.OnAddOperation, describeViewer)
	srv := &Server{service: s, district: district, viewer: viewer, log: log}
	operations := humago.New(mux, config)
	operations.UseMiddleware(srv.seen(operations))
	srv.register(operations)
	mux.HandleFunc("/v1/", srv.nowhere)
	mux.Handle("/", pages)
	// A page from elsewhere can have a browser send a request here: what changes
	// anything is taken from our own pages only, or from no browser.
	return srv.loopbackOnly(http.NewCrossOriginProtection().Handler(gzhttp.GzipHandler(mux)))
}

// loopbackOnly refuses requests that name another host than this machine, and
// keeps what it answers from being read or guessed at by pages from elsewhere.
func (s *Server) loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		if !loopback.Names(r.Host) {
			s.refuse(w, http.StatusMisdirectedRequest, "this server answers to localhost only")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// nowhere answers for what the API does not have.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.refuse(w, http.StatusMethodNotAllowed, "this API is for reading")
		return
	}
	s.refuse(w, http.StatusNotFound, "there is nothing at this address; /v1/openapi.json lists what there is")
}

// refuse answers with a problem where no operation does.
func (s *Server) refuse(w http.ResponseWriter, status int, detail string) {
	b, err := json.Marshal(huma.NewError(status, detail))
	if err != nil {
		s.log.Error("write problem", "error", err)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", fresh)
	w.WriteHeader(status)
	if _, err := w.Write(b); err != nil {
		s.log.Debug("write problem", "error", err) // the client has gone
	}
}

// problem turns an error of the service into what the client may read. What
// went wrong outside goes to the log, not to the client.
func (s *Server) problem(err error) error {
	if err == nil {
		return nil
	}
	var status int
	switch service.CodeOf(err) {
	case service.CodeInvalid:
		status = http.StatusUnprocessableEntity
	case service.CodeNotFound:
		status = http.StatusNotFound
	case service.CodeNo:
		status = http.StatusConflict
	case service.CodeForbidden:
		status = http.StatusForbidden
	default:
		if !errors.Is(err, context.Canceled) { // the client has gone
			s.log.Error("request failed", "error", err)
		}
		return huma.NewError(http.StatusInternalServerError, "something failed on the server; its log says what")
	}
	var e *service.Error
	if errors.As(err, &e) && e.Err != nil && status == http.StatusUnprocessableEntity {
		return huma.NewError(status, e.Message, e.Err)
	}
	return huma.NewError(status, service.MessageOf(err))
}

// document is an answer that is sent as it is.
type document struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

const (
	typeGeoJSON = "application/geo+json"
	typeTile    = "application/vnd.mapbox-vector-tile"
	// fresh lets the browser keep nothing: what people are owed changes.
	fresh = "no-store"
	// forever is for addresses that carry the version of the data.
	forever = "private, max-age=31536000, immutable"
)

// geo answers with GeoJSON.
func geo(v any) (*document, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write GeoJSON: %w", err)
	}
	return &document{ContentType: typeGeoJSON, CacheControl: fresh, Body: b}, nil
}
