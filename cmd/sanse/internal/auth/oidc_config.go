package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sanse/data"
)

// ProviderConfig is what has to be known of a house that signs people in.
type ProviderConfig struct {
	ID       string `json:"id"`        // in addresses: letters, digits, dashes
	Name     string `json:"name"`      // on the button
	Issuer   string `json:"issuer"`    // https://…, as its own description says
	ClientID string `json:"client_id"` // by which it knows us
	// ClientSecretFile holds the secret that goes with it, one line, for its owner
	// alone; a path that is not whole begins at the folder of the configuration.
	ClientSecretFile string   `json:"client_secret_file,omitempty"`
	Scopes           []string `json:"scopes,omitempty"` // besides openid
	// Match says by which claim an account that an administrator made is found at
	// the first sign-in: email (one that was verified) or preferred_username.
	// Empty: only accounts that are tied to the issuer and the subject already.
	Match string `json:"match,omitempty"`
	// SecondFactor lists values of amr (RFC 8176), one of which stands for a second
	// factor: then it is asked of everybody there, and not again here.
	SecondFactor []string `json:"second_factor,omitempty"`

	secret data.Sealed
}

func (c *ProviderConfig) scopes() []string { return append([]string{"openid"}, c.Scopes...) }

// OIDCConfig is the file of serve --oidc.
type OIDCConfig struct {
	// PublicURL is the address under which browsers know this server; providers
	// send them back there.
	PublicURL string           `json:"public_url"`
	Providers []ProviderConfig `json:"providers"`
}

var providerID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`) //nolint:gochecknoglobals // never changed

// ReadOIDC reads the configuration of the houses that sign people in. Addresses
// must be https, but for this machine's own.
func ReadOIDC(path string) (OIDCConfig, error) {
	var c OIDCConfig
	b, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("read who signs in for us: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("read who signs in for us: %s: %w", filepath.Base(path), err)
	}
	if err := secure("public_url", c.PublicURL, true); err != nil {
		return c, err
	}
	seen := map[string]bool{}
	for i := range c.Providers {
		p := &c.Providers[i]
		switch {
		case !providerID.MatchString(p.ID) || seen[p.ID]:
			return c, fmt.Errorf("provider %d: id %q: want small letters, digits and dashes, each once", i+1, p.ID)
		case p.ClientID == "" || p.Name == "":
			return c, fmt.Errorf("provider %s: name and client_id are needed", p.ID)
		case p.Match != "" && p.Match != "email" && p.Match != "preferred_username":
			return c, fmt.Errorf("provider %s: match %q: want email or preferred_username", p.ID, p.Match)
		}
		seen[p.ID] = true
		if err := secure("provider "+p.ID+": issuer", p.Issuer, false); err != nil {
			return c, err
		}
		if p.ClientSecretFile == "" {
			continue
		}
		file := p.ClientSecretFile
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(path), file)
		}
		if p.secret, err = readSecret(file); err != nil {
			return c, fmt.Errorf("provider %s: %w", p.ID, err)
		}
	}
	return c, nil
}

// readSecret reads one line from a file that its owner alone can read.
func readSecret(file string) (data.Sealed, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("read the secret: others can read %s (mode %04o): chmod 600 it", filepath.Base(file), info.Mode().Perm())
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read the secret: %w", err)
	}
	secret := strings.TrimSpace(string(b))
	if secret == "" {
		return "", fmt.Errorf("read the secret: %s is empty", filepath.Base(file))
	}
	return data.Sealed(secret), nil
}

// secure refuses an address that is not https and not this machine's.
func secure(what, address string, bare bool) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%s %q: want an address like https://example.org", what, address)
	case bare && strings.Trim(u.Path, "/") != "":
		return fmt.Errorf("%s %q: want an address without a path", what, address)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"):
		return nil
	}
	return fmt.Errorf("%s %q: it must be https", what, address)
}

// bounded refuses answers that are longer than any honest one.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	next := b.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &boundedBody{resp.Body, maxAnswer}
	return resp, nil
}

type boundedBody struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the answer is too long")
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
