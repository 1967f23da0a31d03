package data

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Token is the secret that a session's holder shows: whoever has it is taken
// for them. In memory it is clear, but no fmt verb, logger or encoder shows it.
// The database keeps its digest only. It is no key for a map, as Sealed is none.
type Token string

// Reveal returns the token itself, for the cookie it is sent in and for the
// transaction that is opened with it.
func (t Token) Reveal() string { return string(t) }

// Hash returns the SHA-256 of the token, by which its session is found.
func (t Token) Hash() []byte {
	sum := sha256.Sum256([]byte(t))
	return sum[:]
}

// String returns "•••", or "" for none.
func (t Token) String() string { return Sealed(t).String() }

// GoString returns what String returns, in quotes.
func (t Token) GoString() string { return Sealed(t).GoString() }

// Format writes the mask whatever the verb.
func (t Token) Format(f fmt.State, verb rune) {
	text := t.String()
	if verb == 'v' && f.Flag('#') || verb == 'q' {
		text = t.GoString()
	}
	_, _ = io.WriteString(f, text) // fmt.State keeps its own errors
}

// LogValue returns what String returns.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalJSON writes what String returns.
func (t Token) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// MarshalText writes what String returns.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
