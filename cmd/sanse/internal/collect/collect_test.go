package collect_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/collect"
	"sanse/data"
)

const district = "990101"

var rows = []data.Event{
	{ID: 7, At: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), Account: "a0000000000000001", Action: data.ActRead, Object: "resident", IDs: []string{"R1"}, N: 1, Outcome: data.OutcomeOK},
	{ID: 9, At: time.Date(2026, 11, 22, 8, 0, 1, 0, time.UTC), Account: "a0000000000000001", Action: data.ActRead, Object: "resident", Reason: "身体不适", Outcome: data.OutcomeRefused},
}

// file writes an operator's file beside the certificate of a server.
func file(t *testing.T, cert []byte, fields map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"collector.json": text, "token": []byte("not-to-be-told\n"),
		"ca.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "collector.json")
}

func TestRowsArriveByHTTPSOrAreNotTaken(t *testing.T) {
	status, seen := http.StatusOK, []string{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		seen = append(seen, r.Header.Get("Idempotency-Key")+" "+r.Header.Get("Authorization")+" "+string(b))
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	c, err := collect.Open(file(t, server.Certificate().Raw, map[string]string{"to": server.URL + "/in", "ca_file": "ca.pem", "token_file": "token", "name": "siem"}))
	if err != nil || c.Name() != "siem" {
		t.Fatal(c, err)
	}
	if err := c.Send(t.Context(), district, rows); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || !strings.HasPrefix(seen[0], "990101-7-9 Bearer not-to-be-told {") || strings.Count(seen[0], "\n") != 2 || strings.Contains(seen[0], "身体不适") {
		t.Errorf("what arrived: %q", seen)
	}
	for _, status = range []int{http.StatusServiceUnavailable, http.StatusFound, http.StatusUnauthorized} {
		if err := c.Send(t.Context(), district, rows); err == nil || !strings.Contains(err.Error(), strconv.Itoa(status)) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d requests of four: somebody was followed", len(seen))
	}
	t.Run("and not where the certificate is another's", func(t *testing.T) {
		stranger, err := collect.Open(file(t, server.Certificate().Raw, map[string]string{"to": server.URL}))
		if err != nil {
			t.Fatal(err)
		}
		if err := stranger.Send(t.Context(), district, rows); err == nil || strings.Contains(err.Error(), server.Listener.Addr().String()) {
			t.Errorf("%v", err)
		}
		if len(seen) != 4 {
			t.Error("it arrived all the same")
		}
	})
}

// syslog is a receiver that reads frames until nothing follows; one that is rude
// hangs up after the first.
func syslog(t *testing.T, rude bool) (addr string, cert []byte, got chan []string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil) // for its certificate
	server.StartTLS()
	pair := server.TLS.Certificates[0]
	cert = server.Certificate().Raw
	server.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	got = make(chan []string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if c, ok := conn.(*tls.Conn); !ok || c.Handshake() != nil {
			return
		}
		if rude {
			if raw, ok := conn.(*tls.Conn).NetConn().(*net.TCPConn); ok {
				_ = raw.SetLinger(0)
				_ = raw.Close()
			}
			got <- nil
			return
		}
		var frames []string
		r := bufio.NewReader(conn)
		for {
			length, err := r.ReadString(' ')
			if err != nil {
				break
			}
			n, err := strconv.Atoi(strings.TrimSpace(length))
			if err != nil {
				break
			}
			frame := make([]byte, n)
			if _, err := io.ReadFull(r, frame); err != nil {
				break
			}
			frames = append(frames, string(frame))
		}
		got <- frames
	}()
	return listener.Addr().String(), cert, got
}

func TestRowsArriveBySyslogOrAreNotTaken(t *testing.T) {
	addr, cert, got := syslog(t, false)
	c, err := collect.Open(file(t, cert, map[string]string{"to": "tls://" + addr, "format": "cef", "ca_file": "ca.pem"}))
	if err != nil || c.Name() != addr {
		t.Fatal(c, err)
	}
	if err := c.Send(t.Context(), district, rows); err != nil {
		t.Fatal(err)
	}
	frames := <-got
	if len(frames) != 2 || !strings.HasPrefix(frames[0], "<110>1 2026-11-22T08:00:00.000000Z ") || !strings.HasPrefix(frames[1], "<108>1 ") ||
		!strings.Contains(frames[0], " sanse - audit - CEF:0|") || strings.Contains(frames[1], "身体不适") || strings.HasSuffix(frames[1], "\n") {
		t.Errorf("what arrived: %q", frames)
	}
	addr, cert, got = syslog(t, true)
	if c, err = collect.Open(file(t, cert, map[string]string{"to": "tls://" + addr, "ca_file": "ca.pem"})); err != nil {
		t.Fatal(err)
	}
	if err := c.Send(t.Context(), district, rows); err == nil {
		t.Error("a collector that hung up has taken all")
	}
	<-got
}

func TestAFileOfACollectorThatCannotBeIsRefusedByTheNameOfTheField(t *testing.T) {
	for field, fields := range map[string]map[string]string{
		"to: ":                    {"to": "http://collector/in"},
		"to: want":                {"to": "tls://collector"},
		"to: want https":          {"to": "https://a:b@collector/in"},
		"format":                  {"to": "https://collector/in", "format": "syslog"},
		"a field that there is":   {"to": "https://collector/in", "tokn_file": "token"},
		"ca_file":                 {"to": "https://collector/in", "ca_file": "token"},
		"belong together":         {"to": "https://collector/in", "cert_file": "ca.pem"},
		"are no pair":             {"to": "https://collector/in", "cert_file": "ca.pem", "key_file": "token"},
		"token_file: cannot":      {"to": "https://collector/in", "token_file": "nothing"},
		"token_file: syslog know": {"to": "tls://collector:6514", "token_file": "token"},
	} {
		if _, err := collect.Open(file(t, nil, fields)); err == nil || !strings.Contains(err.Error(), field) || strings.Contains(err.Error(), "collector/in") {
			t.Errorf("%v: %v", fields, err)
		}
	}
	path := file(t, nil, map[string]string{"to": "https://collector/in", "token_file": "token"})
	if err := os.Chmod(filepath.Join(filepath.Dir(path), "token"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := collect.Open(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a token that others can read: %v", err)
	}
}
