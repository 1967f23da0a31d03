package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// DraftProblem is a problem (RFC 9457) about a draft or a publication.
type DraftProblem struct {
	huma.ErrorModel
	Reason    string      `json:"reason" doc:"a code to branch on; docs/drafts.md lists them"`
	At        *orb.Point  `json:"at,omitempty" doc:"where, lon-lat"`
	Areas     []string    `json:"areas,omitempty" doc:"codes concerned"`
	Version   int64       `json:"version,omitempty" doc:"that the draft has now"`
	Meanwhile []DraftEdit `json:"meanwhile,omitempty" doc:"what was done since the version that was named"`
	Findings  []Finding   `json:"findings,omitempty" doc:"what is wrong among the areas"`
}

// DraftEdit tells what made a version of a draft.
type DraftEdit struct {
	Version int64    `json:"version"`
	Verb    string   `json:"verb" doc:"the kind of a change, or describe, undo, redo, rebase, drop, publish"`
	Areas   []string `json:"areas" doc:"codes"`
	At      string   `json:"at" format:"date-time"`
}

func editsOf(list []data.DraftEdit) []DraftEdit {
	out := make([]DraftEdit, len(list))
	for i, e := range list {
		out[i] = DraftEdit{e.Version, e.Verb, e.Areas, e.At.Format(time.RFC3339)}
	}
	return out
}

// draftProblem is problem, with what a client needs to go on.
func (s *Server) draftProblem(err error) error {
	var e *service.DraftError
	if !errors.As(err, &e) {
		return s.problem(err)
	}
	status := http.StatusUnprocessableEntity
	switch service.CodeOf(err) {
	case service.CodeNo:
		status = http.StatusConflict
	case service.CodeChanged:
		status = http.StatusPreconditionFailed
	}
	p := &DraftProblem{
		ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: e.Message},
		Reason:     string(e.Reason), At: e.At, Areas: e.Areas, Version: e.Version, Meanwhile: editsOf(e.Meanwhile), Findings: findingsOf(e.Findings),
	}
	if e.Reason == service.DraftChanged {
		return huma.ErrorWithHeaders(p, http.Header{"Etag": {etag(e.Version)}})
	}
	return p
}

// etag is the entity tag of a version of a draft.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// noVersion is no version of any draft: whoever names it is told what there is.
const noVersion = 0

// versionOf reads If-Match: the version that an edit is made on. Without one an
// edit could overwrite what its maker has never seen.
func versionOf(match string) (int64, error) {
	if match = strings.TrimSpace(match); match == "" {
		status := http.StatusPreconditionRequired
		return 0, &DraftProblem{
			ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: "name the version that you edit: If-Match with the ETag of the draft"},
			Reason:     "version_missing",
		}
	}
	text, ok := strings.CutPrefix(match, `"`)
	text, too := strings.CutSuffix(text, `"`)
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !ok || !too || v < 1 {
		return noVersion, nil //nolint:nilerr // a tag that we never gave matches nothing
	}
	return v, nil
}
