package data

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Sealed is personal text: a name, an ID number, a phone. In memory it is
// clear, but no fmt verb, logger or encoder shows it; Reveal does, and is to be
// called only where the reader's right to it has been established. The store
// encrypts it on the way in. The empty string means not known. It is no key for
// a map: encoding/json writes keys of string kind as they are.
type Sealed string

const sealedMask = "•••"

// Reveal returns the clear text. Whoever calls it answers for who reads it.
func (s Sealed) Reveal() string { return string(s) }

// String returns "•••", or "" where nothing is known.
func (s Sealed) String() string {
	if s == "" {
		return ""
	}
	return sealedMask
}

// GoString returns what String returns, in quotes.
func (s Sealed) GoString() string { return `"` + s.String() + `"` }

// Format writes the mask whatever the verb: fmt shows the operand of a wrong
// verb as it is, which must not happen here.
func (s Sealed) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'v' && f.Flag('#') || verb == 'q' {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text) // fmt.State keeps its own errors
}

// LogValue returns what String returns.
func (s Sealed) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON writes what String returns.
func (s Sealed) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalText writes what String returns.
func (s Sealed) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
