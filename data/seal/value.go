package seal

import (
	"encoding/binary"
	"fmt"
)

// Forms of a sealed value, by its first byte.
const (
	// direct: sealed with the key file's own key, before there were data keys; the
	// byte is that of Tink's prefix.
	direct = 1
	// numbered: then comes the number of the data key in four bytes, most
	// significant first, then what the suite made.
	numbered = 2
)

// prefixSize is the length of what stands before the suite's bytes in a
// numbered value.
const prefixSize = 5

// Value seals clear with data key n, whose suite is given.
func Value(n uint32, suite Suite, clear, associated []byte) ([]byte, error) {
	b, err := suite.Seal(clear, associated)
	if err != nil {
		return nil, err
	}
	return append(Prefix(n), b...), nil
}

// Prefix is how all values begin that are sealed with data key n.
func Prefix(n uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{numbered}, n)
}

// KeyOf returns the number of the data key with which a value was sealed; 0
// stands for the key file's own key, from before there were data keys.
func KeyOf(value []byte) (uint32, error) {
	switch {
	case len(value) > prefixSize && value[0] == numbered:
		return binary.BigEndian.Uint32(value[1:]), nil
	case len(value) > prefixSize && value[0] == direct:
		return 0, nil
	}
	return 0, ErrOpen
}

// OpenValue opens a value with the suite of the key that KeyOf told.
func OpenValue(value []byte, suite Suite, associated []byte) ([]byte, error) {
	n, err := KeyOf(value)
	if err != nil {
		return nil, err
	}
	if n != 0 {
		value = value[prefixSize:]
	}
	return suite.Open(value, associated)
}

// Place is the associated data that bind a value to where it stands: table,
// column, district and record. Lengths go first, so that no two places read
// alike.
func Place(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = fmt.Appendf(b, "%d:%s", len(p), p)
	}
	return b
}
