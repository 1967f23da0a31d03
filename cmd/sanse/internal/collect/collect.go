package collect

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/audit"
	"sanse/data"
)

// Config is an operator's file. Paths in it are relative to it.
type Config struct {
	To        string `json:"to"`                   // https://host/path, or tls://host:port for syslog
	Format    string `json:"format,omitempty"`     // ocsf (also if empty) or cef
	Name      string `json:"name,omitempty"`       // of the collector, for the cursor; empty: its host
	CAFile    string `json:"ca_file,omitempty"`    // who vouches for it (PEM); empty: those whom the machine trusts
	CertFile  string `json:"cert_file,omitempty"`  // our certificate (PEM), if it asks for one
	KeyFile   string `json:"key_file,omitempty"`   // its private key
	TokenFile string `json:"token_file,omitempty"` // of HTTPS: sent as Authorization: Bearer
}

// Times after which a collector is given up for this time.
const (
	dialTimeout = 10 * time.Second
	sendTimeout = 30 * time.Second
)

// Collector takes rows of the audit.
type Collector struct {
	config Config
	at     *url.URL
	token  string
	tls    *tls.Config
	host   string // of this machine, for syslog
	write  func(io.Writer, string, *data.Event) error
}

// Open reads an operator's file. What is wrong with it is said by the name of the
// field, and nothing of what stands in it is repeated.
func Open(path string) (*Collector, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.New("the file of the collector cannot be read")
	}
	c := &Collector{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c.config); err != nil {
		return nil, errors.New("the file of the collector is not JSON, or has a field that there is not: want to, format, name, ca_file, cert_file, key_file, token_file")
	}
	if c.at, err = url.Parse(c.config.To); err != nil || c.at.Hostname() == "" || c.at.User != nil || c.at.Fragment != "" ||
		c.at.Scheme != "https" && (c.at.Scheme != "tls" || c.at.Port() == "" || strings.Trim(c.at.Path, "/") != "") {
		return nil, errors.New("to: want https://host/path, or tls://host:port for syslog over TLS")
	}
	switch cmp.Or(c.config.Format, "ocsf") {
	case "ocsf":
		c.write = audit.WriteOCSF
	case "cef":
		c.write = audit.WriteCEF
	default:
		return nil, errors.New("format: want ocsf or cef")
	}
	if c.host, err = os.Hostname(); err != nil || c.host == "" {
		c.host = "-"
	}
	return c, c.trust(filepath.Dir(path))
}

// trust reads the certificates and the token.
func (c *Collector) trust(folder string) error {
	read := func(field, path string, secret bool) ([]byte, error) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("%s: cannot be read", field)
		}
		if secret && info.Mode().Perm()&0o077 != 0 {
			return nil, fmt.Errorf("%s: others can read it: chmod 600", field)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s: cannot be read", field)
		}
		return b, nil
	}
	c.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.at.Hostname()}
	if c.config.CAFile != "" {
		b, err := read("ca_file", c.config.CAFile, false)
		if err != nil {
			return err
		}
		c.tls.RootCAs = x509.NewCertPool()
		if !c.tls.RootCAs.AppendCertsFromPEM(b) {
			return errors.New("ca_file: no certificate (PEM) is in it")
		}
	}
	if (c.config.CertFile == "") != (c.config.KeyFile == "") {
		return errors.New("cert_file and key_file belong together")
	}
	if c.config.CertFile != "" {
		cert, err := read("cert_file", c.config.CertFile, false)
		if err != nil {
			return err
		}
		key, err := read("key_file", c.config.KeyFile, true)
		if err != nil {
			return err
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return errors.New("cert_file and key_file are no pair")
		}
		c.tls.Certificates = []tls.Certificate{pair}
	}
	if c.config.TokenFile != "" {
		if c.at.Scheme != "https" {
			return errors.New("token_file: syslog knows no token; use cert_file")
		}
		b, err := read("token_file", c.config.TokenFile, true)
		if err != nil {
			return err
		}
		if c.token = strings.TrimSpace(string(b)); c.token == "" {
			return errors.New("token_file: it is empty")
		}
	}
	return nil
}

// Name is what the collector is called.
func (c *Collector) Name() string { return cmp.Or(c.config.Name, c.at.Host) }

// Send takes rows to the collector, in their order. Without an error the collector has
// them all: it answered 200 to 299, or, by syslog, read to the end and closed. With one
// it may have some of them.
func (c *Collector) Send(ctx context.Context, district string, events []data.Event) error {
	if len(events) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	lines := make([][]byte, len(events))
	for i := range events {
		var b bytes.Buffer
		if err := c.write(&b, district, &events[i]); err != nil {
			return err
		}
		lines[i] = bytes.TrimRight(b.Bytes(), "\n")
	}
	if c.at.Scheme == "tls" {
		return c.syslog(ctx, events, lines)
	}
	return c.post(ctx, fmt.Sprintf("%s-%d-%d", district, events[0].ID, events[len(events)-1].ID), lines)
}

func (c *Collector) post(ctx context.Context, key string, lines [][]byte) error {
	body := append(bytes.Join(lines, []byte("\n")), '\n')
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.at.String(), bytes.NewReader(body))
	if err != nil {
		return errors.New("the address of the collector cannot be asked")
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	if c.config.Format == "cef" {
		request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	request.Header.Set("Idempotency-Key", key)
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: c.tls, TLSHandshakeTimeout: dialTimeout, DisableKeepAlives: true, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(request)
	if err != nil {
		return unreached(ctx)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10) // what it says is not for us; the status is
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("the collector answered %d", answer.StatusCode)
	}
	return nil
}

// The priority of a message: log audit (13), and a warning (4) of what was refused or
// failed, else informational (6).
const (
	usualPriority   = 13*8 + 6
	warningPriority = 13*8 + 4
)

func (c *Collector) syslog(ctx context.Context, events []data.Event, lines [][]byte) (err error) {
	dialer := &tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTimeout}, Config: c.tls}
	conn, err := dialer.DialContext(ctx, "tcp", c.at.Host)
	if err != nil {
		return unreached(ctx)
	}
	defer conn.Close()
	if until, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(until) // a connection that takes none fails below
	}
	var all bytes.Buffer
	for i, line := range lines {
		priority := usualPriority
		if events[i].Outcome != data.OutcomeOK {
			priority = warningPriority
		}
		message := fmt.Appendf(nil, "<%d>1 %s %s sanse - audit - %s", priority, events[i].At.UTC().Format("2006-01-02T15:04:05.000000Z"), c.host, line)
		fmt.Fprintf(&all, "%d %s", len(message), message)
	}
	if _, err := conn.Write(all.Bytes()); err != nil {
		return unreached(ctx)
	}
	// A receiver that is told that nothing follows closes when it has read all (RFC 5425,
	// section 4.4): that is the one answer that syslog has.
	if closer, ok := conn.(*tls.Conn); !ok || closer.CloseWrite() != nil {
		return unreached(ctx)
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(conn, 4<<10)); err != nil {
		return errors.New("the collector did not close when all was sent: it may not have read it")
	}
	return nil
}

// unreached says that nobody was there, without the address, which errors of the
// network repeat.
func unreached(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return errors.New("the collector cannot be reached, or its certificate is not trusted")
}
