package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// TestTLSIsTheNewerTwoWithGoodCiphersAlone offers a server whatever was ever in use,
// one by one.
func TestTLSIsTheNewerTwoWithGoodCiphersAlone(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048) // with which every old cipher can be used
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, b []byte) string {
		return writeText(t, filepath.Join(dir, name), string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b})))
	}
	certFile, keyFile := write("cert.pem", "CERTIFICATE", cert), write("key.pem", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := secured(inner, certFile, keyFile, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).HandshakeContext(t.Context())
			_ = conn.Close()
		}
	}()
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		<-done
	}()
	offer := func(version uint16, suites ...uint16) (state tls.ConnectionState, err error) {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM([]byte(readText(t, certFile)))
		dialer := tls.Dialer{Config: &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: version, MaxVersion: version, CipherSuites: suites}}
		conn, err := dialer.DialContext(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			return state, err
		}
		state = conn.(*tls.Conn).ConnectionState()
		if _, err := io.ReadAll(conn); err != nil && !errors.Is(err, io.EOF) {
			t.Logf("the server leaves: %v", err)
		}
		return state, conn.Close()
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		if state, err := offer(version); err != nil || state.Version != version {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if _, err := offer(version); err == nil {
			t.Errorf("%s is taken", tls.VersionName(version))
		}
	}
	for _, suite := range tls.InsecureCipherSuites() {
		if _, err := offer(tls.VersionTLS12, suite.ID); err == nil {
			t.Errorf("%s is taken", suite.Name)
		}
	}
	if _, err := offer(tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256); err != nil {
		t.Errorf("what is good is not taken: %v", err)
	}
}
