package seal

import "context"

// KEK is a key-encryption key: it wraps data keys and nothing else. A few short
// texts pass through it when a process starts, so it may be far away and slow.
type KEK interface {
	// Name tells which it is without telling anything of it: kept beside what it
	// wrapped, and shown by `sanse keys status`.
	Name() string
	// Wrap encrypts a key.
	Wrap(ctx context.Context, key []byte) ([]byte, error)
	// Unwrap is the reverse; what another KEK wrapped is ErrOpen where that can be
	// told.
	Unwrap(ctx context.Context, wrapped []byte) ([]byte, error)
}
