package data

import (
	"errors"
	"fmt"
	"strings"

	"sanse/data/seal"
)

// sealer seals and opens the personal columns of one district. It never changes
// and is safe for concurrent use.
type sealer struct {
	district string
	inUse    numbers
	suites   map[uint32]seal.Suite // by key number; 0: the key file's own
}

// numbers are those of the keys in use; 0: none.
type numbers struct{ seal, hash, mark uint32 }

// all tells whether there is a key for every use.
func (n numbers) all() bool { return n.seal != 0 && n.hash != 0 && n.mark != 0 }

func (n *numbers) set(use string, to uint32) {
	switch use {
	case useSeal:
		n.seal = to
	case useHash:
		n.hash = to
	case useMark:
		n.mark = to
	}
}

// errUnknownKey says that a value names a key that was not there when the
// district's were read.
var errUnknownKey = errors.New("sealed with a data key that is not known")

// suite returns the suite of a key; a nil sealer knows none.
func (k *sealer) suite(n uint32) (seal.Suite, bool) {
	if k == nil {
		return nil, false
	}
	s, ok := k.suites[n]
	return s, ok
}

// seal encrypts s for its place; nil stands for an empty string.
func (k *sealer) seal(s Sealed, table, column, id string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	suite, ok := k.suite(k.inUse.seal)
	if !ok {
		return nil, fmt.Errorf("seal %s.%s: %w", table, column, errUnknownKey)
	}
	b, err := seal.Value(k.inUse.seal, suite, []byte(s), seal.Place(table, column, k.district, id))
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", table, column, err)
	}
	return b, nil
}

// open decrypts what seal made for the same table, column and record.
func (k *sealer) open(b []byte, table, column, id string) (Sealed, error) {
	if b == nil {
		return "", nil
	}
	n, err := seal.KeyOf(b)
	if err != nil {
		return "", fmt.Errorf("open %s.%s of %s: %w", table, column, id, ErrWrongKey)
	}
	suite, ok := k.suite(n)
	if !ok {
		return "", fmt.Errorf("open %s.%s of %s: %w", table, column, id, errUnknownKey)
	}
	clear, err := seal.OpenValue(b, suite, seal.Place(table, column, k.district, id))
	if err != nil {
		return "", fmt.Errorf("open %s.%s of %s: %w", table, column, id, ErrWrongKey)
	}
	return Sealed(clear), nil
}

// hash returns the keyed hash of an ID number; nil for none. Spaces and the
// case of the check letter X do not matter.
func (k *sealer) hash(s Sealed) ([]byte, error) {
	return k.hashWith(k.inUse.hash, s)
}

func (k *sealer) hashWith(n uint32, s Sealed) ([]byte, error) {
	text := strings.ToUpper(strings.Join(strings.Fields(string(s)), ""))
	if text == "" {
		return nil, nil
	}
	suite, ok := k.suite(n)
	if !ok {
		return nil, fmt.Errorf("hash: %w", errUnknownKey)
	}
	return suite.MAC(append(seal.Place("resident", "id_hash", k.district, ""), text...))
}

// mark returns a keyed hash that stays the same for good, under a key of the
// district that is never changed. label keeps uses apart.
func (k *sealer) mark(label string, parts ...string) ([]byte, error) {
	suite, ok := k.suite(k.inUse.mark)
	if !ok {
		return nil, fmt.Errorf("mark: %w", errUnknownKey)
	}
	return suite.MAC(seal.Place(append([]string{"mark", label, k.district}, parts...)...))
}
