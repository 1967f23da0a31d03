package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Params are the costs of argon2id. The zero value is DefaultParams.
type Params struct {
	Time      uint32 // passes over the memory
	MemoryKiB uint32 // memory of one hash
	Lanes     uint8  // of the memory, filled side by side
}

// DefaultParams is the second recommended option of RFC 9106, section 4: three
// passes over 64 MiB in four lanes.
var DefaultParams = Params{Time: 3, MemoryKiB: 64 << 10, Lanes: 4} //nolint:gochecknoglobals // a constant that Go has no way to write

// Bounds of what a stored hash may ask for: who could write one must not be able
// to have this process eat the machine.
const (
	maxTime      = 16
	maxMemoryKiB = 512 << 10
	saltBytes    = 16
	keyBytes     = 32
	maxKeyBytes  = 64
)

// ErrBusy says that so many secrets are being checked that another must wait.
var ErrBusy = errors.New("too many sign-ins at once")

// Hasher makes and checks argon2id hashes, a few at a time: each takes the memory
// of its Params, so that a crowd at the door must not be let in all at once. It
// is safe for concurrent use.
type Hasher struct {
	params  Params
	slots   chan struct{} // one token a hash under way
	queue   chan struct{} // one token for each that runs or waits
	runs    atomic.Int64
	nothing string // a hash that no secret has
}

// NewHasher returns a hasher that makes new hashes at those costs, at most `at
// once` of them side by side (0: 2). Sixteen times as many may wait.
func NewHasher(p Params, atOnce int) (*Hasher, error) {
	if p == (Params{}) {
		p = DefaultParams
	}
	if atOnce < 1 {
		atOnce = 2
	}
	h := &Hasher{params: p, slots: make(chan struct{}, atOnce), queue: make(chan struct{}, 17*atOnce)}
	if err := check(p); err != nil {
		return nil, err
	}
	salt, key := make([]byte, saltBytes), make([]byte, keyBytes)
	for _, b := range [][]byte{salt, key} {
		if _, err := rand.Read(b); err != nil {
			return nil, fmt.Errorf("make a hash: %w", err)
		}
	}
	h.nothing = phc(p, salt, key)
	return h, nil
}

// Runs counts the hashes that were computed: the work that a sign-in costs, which
// is the same whether there is such an account or not.
func (h *Hasher) Runs() int64 { return h.runs.Load() }

// Hash returns the PHC string of a secret, with a salt of its own. The secret is
// brought to Unicode's form NFKC first, so that it does not matter which keyboard
// wrote it (NIST SP 800-63B, 5.1.1.2).
func (h *Hasher) Hash(ctx context.Context, secret string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	key, err := h.run(ctx, h.params, secret, salt, keyBytes)
	if err != nil {
		return "", err
	}
	return phc(h.params, salt, key), nil
}

// Verify tells whether a secret has that hash, and whether the hash was made at
// other costs than today's and should be made anew. An empty hash is nobody's: it
// costs the same and is never right. What cannot be read is an error after the
// same work.
func (h *Hasher) Verify(ctx context.Context, hash, secret string) (ok, old bool, err error) {
	nobody := hash == ""
	if nobody {
		hash = h.nothing
	}
	p, salt, want, unread := parsePHC(hash)
	if unread != nil {
		nobody = true
		if p, salt, want, err = parsePHC(h.nothing); err != nil {
			return false, false, err
		}
	}
	got, err := h.run(ctx, p, secret, salt, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(got, want) == 1
	return same && !nobody, p != h.params, unread
}

func (h *Hasher) run(ctx context.Context, p Params, secret string, salt []byte, length uint32) ([]byte, error) {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return nil, ErrBusy
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
	h.runs.Add(1)
	return argon2.IDKey([]byte(norm.NFKC.String(secret)), salt, p.Time, p.MemoryKiB, p.Lanes, length), nil
}

func check(p Params) error {
	if p.Time < 1 || p.Time > maxTime || p.Lanes < 1 || p.MemoryKiB < 8*uint32(p.Lanes) || p.MemoryKiB > maxMemoryKiB {
		return errors.New("the costs of this hash are out of bounds")
	}
	return nil
}

// phc writes a hash as the PHC string format has it.
func phc(p Params, salt, key []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.MemoryKiB, p.Time, p.Lanes, enc.EncodeToString(salt), enc.EncodeToString(key))
}

func parsePHC(s string) (p Params, salt, key []byte, err error) {
	bad := errors.New("this is not an argon2id hash")
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return p, nil, nil, bad
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return p, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Time, &p.Lanes); err != nil {
		return p, nil, nil, bad
	}
	if err := check(p); err != nil {
		return p, nil, nil, err
	}
	enc := base64.RawStdEncoding.Strict()
	if salt, err = enc.DecodeString(parts[4]); err != nil || len(salt) < 8 || len(salt) > maxKeyBytes {
		return p, nil, nil, bad
	}
	if key, err = enc.DecodeString(parts[5]); err != nil || len(key) < saltBytes || len(key) > maxKeyBytes {
		return p, nil, nil, bad
	}
	return p, salt, key, nil
}
