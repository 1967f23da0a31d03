package api_test

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
)

func TestAServerBehindAProxyIsAskedThroughItAlone(t *testing.T) {
	door := api.NewDoor(api.DoorConfig{
		Entry: auth.New(auth.Config{District: district}), Secure: true, Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")},
	})
	h := api.New(service.New(nil, service.Config{}), district, door, http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	for name, c := range map[string]struct {
		from string
		tls  bool
		want int
	}{
		"the proxy":                  {from: "10.0.0.1:4000", want: http.StatusNoContent},
		"this machine":               {from: "127.0.0.1:4000", want: http.StatusNoContent},
		"this machine, by IPv6":      {from: "[::1]:4000", want: http.StatusNoContent},
		"a neighbour of the proxy":   {from: "10.0.0.2:4000", want: http.StatusForbidden},
		"anybody":                    {from: "192.0.2.1:4000", want: http.StatusForbidden},
		"who cannot be told":         {from: "@", want: http.StatusForbidden},
		"anybody with a TLS of ours": {from: "192.0.2.1:4000", tls: true, want: http.StatusNoContent},
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://sanse.example/v1/session", http.NoBody)
		req.RemoteAddr = c.from
		req.Header.Set("X-Forwarded-For", "10.0.0.1")
		if c.tls {
			req.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != c.want {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, c.want)
		}
	}
}

func TestWhatIsRefusedIsNotSentBack(t *testing.T) {
	for _, c := range []struct{ method, path, body, where string }{
		{http.MethodPost, "/v1/drafts", `{"name":"x","more":"王伟"}`, "body.more"},
		{http.MethodPost, "/v1/drafts", `{"name":{"of":"王伟"}}`, "body.name"},
		{http.MethodPost, "/v1/needs/match", `{"area":["王伟"]}`, "body.area"},
		{http.MethodGet, "/v1/drafts/%E7%8E%8B%E4%BC%9F", "", "path."},
	} {
		req := httptest.NewRequestWithContext(t.Context(), c.method, "http://localhost"+c.path, strings.NewReader(c.body))
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler(service.Everyone(district)).ServeHTTP(w, req)
		if w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "王伟") || !strings.Contains(w.Body.String(), c.where) {
			t.Errorf("%s %s: %d %s", c.path, c.body, w.Code, w.Body)
		}
	}
}
