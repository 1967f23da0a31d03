package webpush

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// lasts is how long a word of the server is good; a push service takes none that is
// good for more than a day (RFC 8292, section 2).
const lasts = 12 * time.Hour

// Key is what a server is known by to push services. It prints as dots; Secret
// writes it where that is meant.
type Key struct{ private *ecdsa.PrivateKey }

// NewKey makes a key. Browsers subscribe with it, so a new one ends all
// subscriptions.
func NewKey() (Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make a key for push services: %w", err)
	}
	return Key{private}, nil
}

// errKey says nothing of what was read.
var errKey = errors.New("it is no key for push services")

// ParseKey reads what Secret wrote.
func ParseKey(text string) (Key, error) {
	scalar, err := decode(text)
	if err != nil {
		return Key{}, errKey
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		return Key{}, errKey
	}
	return Key{private}, nil
}

// Secret writes the key, to be kept where nobody reads it: 32 bytes in base64url.
func (k Key) Secret() (string, error) {
	scalar, err := k.private.Bytes()
	if err != nil {
		return "", fmt.Errorf("write a key for push services: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(scalar), nil
}

// String hides the key from whatever prints it.
func (Key) String() string { return "•••" }

// Public is what browsers subscribe with (applicationServerKey): a point of P-256,
// not compressed, in base64url.
func (k Key) Public() (string, error) {
	point, err := k.private.PublicKey.Bytes()
	if err != nil {
		return "", fmt.Errorf("write a public key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(point), nil
}

// Authorization is the header of that name by which the push service of an endpoint
// knows the server; subject is a mailto: or https: address of whoever looks after it.
func (k Key) Authorization(endpoint, subject string, now time.Time) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return "", errEndpoint
	}
	claims, err := json.Marshal(struct {
		Audience string `json:"aud"`
		Expires  int64  `json:"exp"`
		Subject  string `json:"sub,omitempty"`
	}{u.Scheme + "://" + u.Host, now.Add(lasts).Unix(), subject})
	if err != nil {
		return "", fmt.Errorf("sign for a push service: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign for a push service: %w", err)
	}
	var signature [64]byte // RFC 7518, section 3.4
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	public, err := k.Public()
	if err != nil {
		return "", err
	}
	return "vapid t=" + signed + "." + encode(signature[:]) + ", k=" + public, nil
}
