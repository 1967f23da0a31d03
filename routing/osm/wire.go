package osm

import (
	"encoding/binary"
	"errors"
	"math"
)

var errWire = errors.New("broken protocol buffer")

// message is a protocol buffer yet to be read.
type message []byte

// wireField is one field: a number for wire type 0, else bytes.
type wireField struct {
	number uint64
	packed bool // has data
	value  uint64
	data   []byte
}

func (m *message) varint() (uint64, error) {
	v, n := binary.Uvarint(*m)
	if n <= 0 {
		return 0, errWire
	}
	*m = (*m)[n:]
	return v, nil
}

func (m *message) next() (wireField, error) {
	key, err := m.varint()
	if err != nil {
		return wireField{}, err
	}
	f := wireField{number: key >> 3}
	var size uint64
	switch key & 7 {
	case 0:
		f.value, err = m.varint()
		return f, err
	case 1:
		size = 8
	case 5:
		size = 4
	case 2:
		f.packed = true
		if size, err = m.varint(); err != nil {
			return wireField{}, err
		}
	default:
		return wireField{}, errWire
	}
	if size > uint64(len(*m)) || size > math.MaxInt32 {
		return wireField{}, errWire
	}
	f.data = (*m)[:size:size]
	*m = (*m)[size:]
	return f, nil
}

func zigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

// varints appends a repeated field, packed or not.
func (f wireField) varints(to []int64) ([]int64, error) {
	if !f.packed {
		return append(to, int64(f.value)), nil
	}
	for m := message(f.data); len(m) > 0; {
		v, err := m.varint()
		if err != nil {
			return to, err
		}
		to = append(to, int64(v))
	}
	return to, nil
}

// deltas appends a repeated field of signed differences, summed up.
func (f wireField) deltas(to []int64) ([]int64, error) {
	from := len(to)
	to, err := f.varints(to)
	if err != nil {
		return to, err
	}
	sum := int64(0)
	if from > 0 {
		sum = to[from-1]
	}
	for i := from; i < len(to); i++ {
		sum += zigzag(uint64(to[i]))
		to[i] = sum
	}
	return to, nil
}

// checkVarints refuses packed numbers of which one is broken.
func checkVarints(m message) error {
	for len(m) > 0 {
		if m[0] < 0x80 {
			m = m[1:]
		} else if _, err := m.varint(); err != nil {
			return err
		}
	}
	return nil
}
