package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
)

// certBed is a pair of files with a certificate for localhost.
type certBed struct {
	t                 *testing.T
	certFile, keyFile string
	roots             *x509.CertPool
}

func newCertBed(t *testing.T) *certBed {
	dir := t.TempDir()
	return &certBed{t, filepath.Join(dir, "chain.pem"), filepath.Join(dir, "key.pem"), x509.NewCertPool()}
}

// issue writes a certificate of that number, as files that were changed then.
func (c *certBed) issue(number int64, changed time.Time) {
	c.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	whole := &x509.Certificate{
		SerialNumber: big.NewInt(number), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, whole, whole, &key.PublicKey, key)
	if err != nil {
		c.t.Fatal(err)
	}
	b, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		c.t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	c.roots.AppendCertsFromPEM(text)
	c.write(c.certFile, string(text), changed)
	c.write(c.keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: b})), changed)
}

func (c *certBed) write(file, text string, changed time.Time) {
	c.t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Chtimes(file, changed, changed); err != nil {
		c.t.Fatal(err)
	}
}

// serve answers on a listener of its own with TLS, by that clock, and returns its
// address.
func (c *certBed) serve(handler http.Handler, log *slog.Logger, now func() time.Time) string {
	c.t.Helper()
	bare, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	l, err := secured(bare, c.certFile, c.keyFile, log, now)
	if err != nil {
		c.t.Fatal(err)
	}
	server := newServer(handler, log)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	c.t.Cleanup(func() {
		if err := server.Close(); err != nil {
			c.t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			c.t.Error(err)
		}
	})
	return bare.Addr().String()
}

// number is that of the certificate that is served now.
func (c *certBed) number(addr string) int64 {
	c.t.Helper()
	conn, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: c.roots, ServerName: "localhost"})
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestACertificateThatIsRenewedIsServedWithoutARestart(t *testing.T) {
	c := newCertBed(t)
	first := time.Now().Add(-time.Hour)
	c.issue(1, first)
	var off atomic.Int64
	begin := time.Now()
	now := func() time.Time { return begin.Add(time.Duration(off.Load())) }
	var log strings.Builder
	addr := c.serve(http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, nil)), now)
	wants := func(when string, want int64) {
		t.Helper()
		if got := c.number(addr); got != want {
			t.Errorf("%s: certificate %d, want %d", when, got, want)
		}
	}
	wants("at first", 1)
	c.issue(2, first.Add(time.Minute))
	off.Store(int64(lookEvery - time.Second))
	wants("before anybody looks", 1)
	off.Store(int64(lookEvery))
	wants("renewed", 2)
	// Half of a pair is there for a moment: what is served stays.
	c.write(c.keyFile, "half a key", first.Add(2*time.Minute))
	off.Store(int64(2 * lookEvery))
	wants("while it is being renewed", 2)
	if !strings.Contains(log.String(), "cannot be read anew") || strings.Contains(log.String(), "half a key") {
		t.Errorf("the log: %s", log.String())
	}
	if err := os.Remove(c.certFile); err != nil {
		t.Fatal(err)
	}
	off.Store(int64(3 * lookEvery))
	wants("while it is gone", 2)
	c.issue(3, first.Add(3*time.Minute))
	off.Store(int64(4 * lookEvery))
	wants("whole again", 3)

	t.Run("what is older than TLS 1.2 is not spoken", func(t *testing.T) {
		conn, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: c.roots, ServerName: "localhost", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}) //nolint:gosec // which is the question
		if err == nil {
			t.Errorf("version %x", conn.ConnectionState().Version)
			conn.Close()
		}
	})
	t.Run("a server is not started without one", func(t *testing.T) {
		c.write(c.certFile, "no certificate", first)
		if l, err := secured(nil, c.certFile, c.keyFile, slog.New(slog.DiscardHandler), now); l != nil || service.CodeOf(err) != service.CodeInvalid {
			t.Errorf("%v", err)
		}
	})
}

func TestWhoeverComesByHTTPSIsKeptToIt(t *testing.T) {
	c := newCertBed(t)
	c.issue(1, time.Now())
	a, _ := makeHouse(t, "tls_house", false)
	hasher, err := auth.NewHasher(auth.Params{Time: 1, MemoryKiB: 64, Lanes: 1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	entry := auth.New(auth.Config{District: houseCode, Name: "Sanse", Store: a.Store.Gate(), Hasher: hasher})
	door := api.NewDoor(api.DoorConfig{Entry: entry, Secure: true, Hosts: []string{"localhost"}})
	log := slog.New(slog.DiscardHandler)
	addr := c.serve(api.New(a.Service, houseCode, door, http.NotFoundHandler(), log), log, time.Now)
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err := entry.AddAccount(t.Context(), auth.NewAccount{Login: "wang.wei"}, auth.Operator)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: c.roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://localhost:"+port+"/v1/session", strings.NewReader(`{"login":"wang.wei","password":"`+secret+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.ProtoMajor != 2 || !strings.HasPrefix(answer.Header.Get("Strict-Transport-Security"), "max-age=") {
		t.Errorf("%s %s, %q", answer.Proto, answer.Status, answer.Header.Get("Strict-Transport-Security"))
	}
	for _, cookie := range answer.Cookies() {
		if !cookie.Secure || !cookie.HttpOnly || !strings.HasPrefix(cookie.Name, "__Host-") || cookie.SameSite != http.SameSiteStrictMode {
			t.Errorf("the cookie %s may go elsewhere", cookie.Name)
		}
	}
	if len(answer.Cookies()) == 0 {
		t.Error("nobody is let in")
	}
	// By http the port answers with nothing that anybody could use.
	bare, err := http.Get("http://" + addr + "/v1/sign-in") //nolint:noctx // as somebody types it
	if err == nil {
		defer bare.Body.Close()
		if bare.StatusCode != http.StatusBadRequest {
			t.Errorf("in the clear: %s", bare.Status)
		}
	}
}
