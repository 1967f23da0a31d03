package api_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/service"
)

const district = "990101"

// handler serves without records: enough for what is refused before they are read.
func handler(v service.Viewer) http.Handler {
	return api.New(service.New(nil, service.Config{}), district, api.Fixed(v), http.NotFoundHandler(), slog.New(slog.DiscardHandler))
}

func ask(t *testing.T, h http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, http.NoBody)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func TestEveryOperationSaysForWhomItIs(t *testing.T) {
	w := ask(t, handler(service.Everyone(district)), http.MethodGet, "/v1/openapi.json")
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Audience    string `json:"x-audience"`
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || len(doc.Paths) == 0 {
		t.Fatalf("%d: %v", w.Code, err)
	}
	for path, operations := range doc.Paths {
		for method, op := range operations {
			if _, ok := api.RuleOf(op.OperationID); !ok {
				t.Errorf("%s %s (%s) is not in the table of rules", method, path, op.OperationID)
			}
			if op.Audience == "" {
				t.Errorf("%s %s does not tell its audience", method, path)
			}
		}
	}
}

// TestNoOperationTakesAFile holds to what is said of files (docs/security.md, 5): what
// is sent is JSON, and none of it is a file to be served again.
func TestNoOperationTakesAFile(t *testing.T) {
	w := ask(t, handler(service.Everyone(district)), http.MethodGet, "/v1/openapi.json")
	var doc struct {
		Paths map[string]map[string]struct {
			RequestBody struct {
				Content map[string]any
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatalf("%d: %v", w.Code, err)
	}
	bodies := 0
	for path, operations := range doc.Paths {
		for method, op := range operations {
			for kind := range op.RequestBody.Content {
				if bodies++; kind != "application/json" {
					t.Errorf("%s %s takes %s", method, path, kind)
				}
			}
		}
	}
	if bodies < 40 {
		t.Errorf("%d operations take a body", bodies)
	}
}

func TestWhoDoesNotAnswerForThePeopleIsRefusedBeforeAnythingIsRead(t *testing.T) {
	town := service.Everyone(district + "001")
	for name, c := range map[string]struct {
		viewer       service.Viewer
		method, path string
	}{
		"the public asks for a day":                   {service.Viewer{}, http.MethodGet, "/v1/visitors/V1/day"},
		"the public asks what is not planned":         {service.Viewer{}, http.MethodGet, "/v1/unplanned?area=" + district + "001"},
		"a town asks what the district lacks":         {town, http.MethodGet, "/v1/unplanned"},
		"a town asks for the ways in another":         {town, http.MethodGet, "/v1/routes?area=" + district + "002"},
		"a town asks for drafts":                      {town, http.MethodGet, "/v1/drafts"},
		"a town begins a draft":                       {town, http.MethodPost, "/v1/drafts"},
		"a town asks as another":                      {town, http.MethodGet, "/v1/board?as=" + district + "002"},
		"a town asks as the district":                 {town, http.MethodGet, "/v1/board?as=" + district},
		"the district asks as the public for drafts":  {service.Everyone(district), http.MethodGet, "/v1/drafts?as=public"},
		"the district asks as a town for the whole":   {service.Everyone(district), http.MethodGet, "/v1/shortages?as=" + district + "001"},
		"the public asks as somebody":                 {service.Viewer{}, http.MethodGet, "/v1/board?as=" + district + "001"},
		"two names do not make one that is let in":    {town, http.MethodGet, "/v1/unplanned?area=" + district + "002&area=" + district + "001"},
		"nor does the name of an area that is no one": {town, http.MethodGet, "/v1/unplanned?area="},
	} {
		w := ask(t, handler(c.viewer), c.method, c.path)
		if w.Code != http.StatusForbidden || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
