package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

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
	access   Access
	door     *Door // nil: nobody signs in here
	log      *slog.Logger
	ratings  *ratingLimits
}

// New returns the handler of everything under /v1/ for a district, and of the
// pages for every other path. The access tells whose a request is; with ?as= it can
// be somebody's who answers for less.
func New(s *service.Service, district string, access Access, pages http.Handler, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Sanse (三色)", "1")
	config.Info.Description = "Care visits of a district: who is seen by whom, when, on which way; and who lives within a walk of what."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/v1/openapi", "", ""
	config.Formats = formats()
	config.CreateHooks = nil // no $schema links in the bodies
	config.OnAddOperation = append(config.OnAddOperation, describeRule)
	srv := &Server{service: s, district: district, access: access, log: log, ratings: newRatingLimits()}
	srv.door, _ = access.(*Door)
	var operations huma.API
	fields := sync.OnceValue(func() map[string]bool { return fieldsOf(operations.OpenAPI()) })
	config.Transformers = append(config.Transformers, func(_ huma.Context, _ string, v any) (any, error) { return withoutValues(v, fields), nil })
	operations = humago.New(mux, config)
	operations.UseMiddleware(srv.seen())
	srv.register(operations)
	mux.HandleFunc("/v1/", srv.nowhere)
	mux.Handle("/", pages)
	// A page from elsewhere can have a browser send a request here: what changes
	// anything is taken from our own pages only, or from no browser.
	handler := http.NewCrossOriginProtection().Handler(gzhttp.GzipHandler(mux))
	lets := loopback.Names
	if srv.door != nil {
		handler, lets = srv.door.before(srv, handler), srv.door.lets
	}
	return srv.knownHost(lets, srv.onlyReadable(handler))
}

// knownHost refuses requests that name another host than this server's, and keeps
// what it answers from being read or guessed at by pages from elsewhere.
func (s *Server) knownHost(lets func(host string) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.secure(w, r.TLS)
		if !lets(r.Host) {
			s.refuse(w, http.StatusMisdirectedRequest, "this server does not answer to that name: without a certificate to localhost only")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// nowhere answers for what the API does not have.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.refuse(w, http.StatusMethodNotAllowed, "nothing can be changed at this address; /v1/openapi.json lists what there is")
		return
	}
	s.refuse(w, http.StatusNotFound, "there is nothing at this address; /v1/openapi.json lists what there is")
}

// refuse answers with a problem where no operation does.
func (s *Server) refuse(w http.ResponseWriter, status int, detail string) {
	s.refuseWith(w, huma.NewError(status, detail))
}

func (s *Server) refuseWith(w http.ResponseWriter, problem error) {
	status := http.StatusInternalServerError
	var h huma.HeadersError
	errors.As(problem, &h)
	var e huma.StatusError
	if errors.As(problem, &e) {
		status, problem = e.GetStatus(), e
	}
	if h != nil {
		for name, values := range h.GetHeaders() {
			w.Header()[name] = values
		}
	}
	b, err := json.Marshal(problem)
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
	if errors.Is(err, errForeign) {
		return newProblem(http.StatusForbidden, problemCSRF, errForeign.Error())
	}
	var most *service.CapError
	if errors.As(err, &most) {
		return capProblem(most)
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
	case service.CodeSignIn, service.CodeStage:
		return standing(err)
	default:
		if !errors.Is(err, context.Canceled) { // the client has gone
			s.log.Error("request failed", "error", err)
		}
		return huma.NewError(http.StatusInternalServerError, "something failed on the server; its log says what")
	}
	var e *service.Error
	if errors.As(err, &e) && status == http.StatusUnprocessableEntity {
		if why := service.ToldOf(e.Err); why != "" {
			return huma.NewError(status, e.Message, &huma.ErrorDetail{Message: why})
		}
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
