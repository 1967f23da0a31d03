package seal

import (
	"errors"
	"fmt"
	"strings"
)

// Suite is a cipher and a keyed hash under one key. Another pair of algorithms is
// another Suite; nothing outside this package knows which it has.
type Suite interface {
	// Name is the name under which New finds it.
	Name() string
	// Seal encrypts and authenticates clear and authenticates associated with it.
	// The same text seals differently each time.
	Seal(clear, associated []byte) ([]byte, error)
	// Open is the reverse; a value that was changed, or sealed with another key or
	// other associated data, is an error.
	Open(sealed, associated []byte) ([]byte, error)
	// MAC is the keyed hash of a message, the same each time.
	MAC(message []byte) ([]byte, error)
}

// Names of the suites.
const (
	AES = "aes" // AES-256-GCM (NIST SP 800-38D) and HMAC-SHA-256, by Tink
	SM  = "sm"  // SM4-GCM (GB/T 32907, RFC 8998) and HMAC-SM3 (GB/T 32905, GB/T 15852.2)
)

// Names lists the suites, the usual one first.
func Names() []string { return []string{AES, SM} }

// ErrOpen says that a value cannot be opened: it was changed, moved or sealed
// with another key.
var ErrOpen = errors.New("the value was not sealed here with this key")

// NewKey makes a key for the suite of that name, in the form that New reads and
// a KEK wraps.
func NewKey(suite string) ([]byte, error) {
	switch suite {
	case AES:
		return newAESKey()
	case SM:
		return newSMKey()
	}
	return nil, unknownSuite(suite)
}

// New returns the suite of that name under a key that NewKey made.
func New(suite string, key []byte) (Suite, error) {
	switch suite {
	case AES:
		return newAES(key)
	case SM:
		return newSM(key)
	}
	return nil, unknownSuite(suite)
}

func unknownSuite(name string) error {
	return fmt.Errorf("there is no suite %q: want one of %s", name, strings.Join(Names(), ", "))
}
