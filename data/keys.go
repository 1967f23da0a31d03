package data

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"sanse/data/seal"
)

// Keys are the key-encryption key (KEK) of a store: it wraps the data keys with
// which personal columns are sealed, and seals nothing itself. They are safe for
// concurrent use.
type Keys struct {
	kek seal.KEK
	// The key file's own key, with which databases were sealed before there were
	// data keys; nil where the KEK is a program's.
	own    seal.Suite
	ownKey []byte
}

// OpenKeys reads the key file at path, and makes one that only its owner can
// read (mode 0600) if there is none; the folder must exist. Two processes that
// make it at once end up with the same one. A file that others can read is
// refused.
func OpenKeys(path string) (*Keys, error) {
	f, err := seal.OpenFile(path)
	if err != nil {
		return nil, err
	}
	own, err := seal.New(seal.AES, f.Own())
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	return &Keys{kek: f, own: own, ownKey: f.Own()}, nil
}

// OpenKeyCommand takes a program that keeps the key, with its arguments; see
// seal.Command. It is not run yet.
func OpenKeyCommand(line string) (*Keys, error) {
	c, err := seal.NewCommand(line, 0)
	if err != nil {
		return nil, err
	}
	return &Keys{kek: c}, nil
}

// Name tells which key it is, and nothing of the key.
func (k *Keys) Name() string { return k.kek.Name() }

const keyProof = "sanse"

// prove returns what only these keys open. That of a key file is what it always
// was, so that it opens databases from before there were data keys.
func (k *Keys) prove(ctx context.Context) ([]byte, error) {
	if k.own != nil {
		return k.own.Seal([]byte(keyProof), seal.Place("key_check", "proof", "", ""))
	}
	return k.kek.Wrap(ctx, []byte(keyProof))
}

// check tells whether a proof is of these keys: ErrWrongKey if not. kek is the
// name of the keys that made it, where it is known.
func (k *Keys) check(ctx context.Context, proof []byte, kek string) error {
	if k.own != nil {
		clear, err := k.own.Open(proof, seal.Place("key_check", "proof", "", ""))
		if err != nil || string(clear) != keyProof {
			return ErrWrongKey
		}
		return nil
	}
	if kek == "" || bytes.HasPrefix([]byte(kek), []byte("file ")) {
		return ErrWrongKey // no program need be asked
	}
	clear, err := k.kek.Unwrap(ctx, proof)
	if err != nil {
		return fmt.Errorf("check key: %w", err)
	}
	if string(clear) != keyProof {
		return ErrWrongKey
	}
	return nil
}

// dataKey is a row of table data_key with its key in the clear.
type dataKey struct {
	district string
	n        uint32
	use      string
	suite    string
	key      []byte
}

// Uses of a data key; see the table.
const (
	useSeal  = "seal"
	useHash  = "hash"
	useMark  = "mark"
	useFirst = "first"
)

// frame is what a KEK encrypts of a data key: where it belongs, then the key, so
// that no row can be passed off as another, whatever the KEK binds itself.
func (d *dataKey) frame() []byte {
	place := seal.Place("data_key", d.district, strconv.FormatUint(uint64(d.n), 10), d.use, d.suite)
	b := binary.BigEndian.AppendUint32(nil, uint32(len(place)))
	return append(append(b, place...), d.key...)
}

// wrap encrypts a data key.
func (k *Keys) wrap(ctx context.Context, d *dataKey) ([]byte, error) {
	b, err := k.kek.Wrap(ctx, d.frame())
	if err != nil {
		return nil, fmt.Errorf("wrap data key %d: %w", d.n, err)
	}
	return b, nil
}

// unwrap fills in the key; ErrWrongKey if it was wrapped by another KEK or for
// another place.
func (k *Keys) unwrap(ctx context.Context, d *dataKey, wrapped []byte) error {
	b, err := k.kek.Unwrap(ctx, wrapped)
	if errors.Is(err, seal.ErrOpen) {
		err = ErrWrongKey
	}
	if err != nil {
		return fmt.Errorf("unwrap data key %d: %w", d.n, err)
	}
	d.key = nil
	place, ok := bytes.CutPrefix(b, d.frame())
	if !ok {
		return fmt.Errorf("unwrap data key %d: %w", d.n, ErrWrongKey)
	}
	d.key = place
	return nil
}
