package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/streetapi"
)

// writeOSRM asks the HTTP handler, so that both say the same.
func (cmd *streetsRouteCmd) writeOSRM(ctx context.Context, st *streets, from, to orb.Point, s streams) error {
	query := url.Values{"steps": {"true"}, "overview": {"full"}, "geometries": {"geojson"}, "language": {cmd.Lang}}
	path := fmt.Sprintf("/route/v1/%s/%s;%s?%s", url.PathEscape(cmd.Profile), lonLat(from), lonLat(to), query.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask for the way: %w", err)
	}
	return writeResult(cmd.Out, s.out, func(w io.Writer) error {
		answer := &answerWriter{w: w, header: make(http.Header)}
		streetapi.New(st.net, streetapi.Options{Profiles: st.profiles(), Radius: cmd.Limit}).ServeHTTP(answer, req)
		if answer.err == nil && answer.status >= http.StatusBadRequest {
			return badInput(nil, "the route service answers with status %d", answer.status)
		}
		return answer.err
	})
}

// answerWriter lets a handler write straight into a file.
type answerWriter struct {
	w      io.Writer
	header http.Header
	status int
	err    error
}

func (a *answerWriter) Header() http.Header { return a.header }

func (a *answerWriter) WriteHeader(status int) { a.status = status }

func (a *answerWriter) Write(p []byte) (int, error) {
	n, err := a.w.Write(p)
	a.err = errors.Join(a.err, err)
	return n, err
}
