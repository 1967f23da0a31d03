package osm

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Limits of the format (wiki.openstreetmap.org/wiki/PBF_Format).
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
	maxBlock      = 64 << 20
)

var errWire = errors.New("broken protocol buffer")

// readPBF reads blocks until the file ends between two of them.
func readPBF(ctx context.Context, r io.Reader, c *collector) error {
	d := &pbfReader{c: c}
	for block := 0; ; block++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := d.block(r)
		if errors.Is(err, io.EOF) && !errors.Is(err, ErrDamaged) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("block %d: %w", block, err)
		}
	}
}

type pbfReader struct {
	c             *collector
	blob, raw     []byte
	zlib          io.ReadCloser
	strings       []string
	granularity   int64 // nanodegrees a unit
	lonOff        int64 // nanodegrees
	latOff        int64
	ids           []int64
	lons, lats    []int64
	a, b          []int64
	keys, keyVals []int64
}

func bad(what string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: cut short in the %s", ErrDamaged, what)
	}
	return fmt.Errorf("%w: %s: %w", ErrDamaged, what, err)
}

// block reads one block; a clean end of the file is io.EOF.
func (d *pbfReader) block(r io.Reader) error {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, ErrDamaged) || !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		return bad("size of a block", err)
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxBlobHeader {
		return fmt.Errorf("%w: a block header of %d bytes", ErrDamaged, n)
	}
	kind, length, err := d.blobHeader(r, int(n))
	if err != nil {
		return err
	}
	if err := d.read(r, length, "block"); err != nil {
		return err
	}
	if kind != "OSMHeader" && kind != "OSMData" {
		return nil // the format says to skip what is unknown
	}
	data, err := d.unpack(d.blob)
	if err != nil {
		return err
	}
	if kind == "OSMHeader" {
		return d.fileHeader(data)
	}
	if err := d.primitives(data); err != nil {
		return bad("data", err)
	}
	return nil
}

func (d *pbfReader) read(r io.Reader, n int, what string) error {
	if cap(d.blob) < n {
		d.blob = make([]byte, n)
	}
	d.blob = d.blob[:n]
	if _, err := io.ReadFull(r, d.blob); err != nil {
		if errors.Is(err, ErrDamaged) {
			return err
		}
		return bad(what, err)
	}
	return nil
}

func (d *pbfReader) blobHeader(r io.Reader, n int) (kind string, length int, err error) {
	if err := d.read(r, n, "header of a block"); err != nil {
		return "", 0, err
	}
	length = -1
	m := message(d.blob)
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return "", 0, bad("header of a block", err)
		}
		switch f.number {
		case 1:
			kind = string(f.data)
		case 3:
			if f.value > maxBlob {
				return "", 0, fmt.Errorf("%w: a block of %d bytes", ErrDamaged, f.value)
			}
			length = int(f.value)
		}
	}
	if length < 0 {
		return "", 0, fmt.Errorf("%w: a block without a size", ErrDamaged)
	}
	return kind, length, nil
}

// unpack returns the content of a blob, valid until the next one.
func (d *pbfReader) unpack(m message) ([]byte, error) {
	var packed []byte
	var size uint64
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return nil, bad("block", err)
		}
		switch f.number {
		case 1:
			return f.data, nil
		case 2:
			size = f.value
		case 3:
			packed = f.data
		case 4, 5, 6, 7:
			return nil, fmt.Errorf("%w: packed in a way other than zlib", ErrFormat)
		}
	}
	if size > maxBlock {
		return nil, fmt.Errorf("%w: a block of %d bytes", ErrDamaged, size)
	}
	if packed == nil {
		return nil, fmt.Errorf("%w: a block without content", ErrDamaged)
	}
	if d.zlib == nil {
		z, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, bad("packed block", err)
		}
		d.zlib = z
	} else if reset, ok := d.zlib.(zlib.Resetter); ok {
		if err := reset.Reset(bytes.NewReader(packed), nil); err != nil {
			return nil, bad("packed block", err)
		}
	}
	if cap(d.raw) < int(size) {
		d.raw = make([]byte, size)
	}
	d.raw = d.raw[:size]
	if _, err := io.ReadFull(d.zlib, d.raw); err != nil {
		return nil, bad("packed block", err)
	}
	var more [1]byte // reaches the checksum
	if n, err := d.zlib.Read(more[:]); n != 0 || !errors.Is(err, io.EOF) {
		if err == nil || errors.Is(err, io.EOF) {
			err = errors.New("longer than it says")
		}
		return nil, bad("packed block", err)
	}
	return d.raw, nil
}

func (d *pbfReader) fileHeader(m message) error {
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return bad("file header", err)
		}
		switch f.number {
		case 1:
			var box [5]float64
			for b := message(f.data); len(b) > 0; {
				g, err := b.next()
				if err != nil {
					return bad("bounds", err)
				}
				if g.number >= 1 && g.number <= 4 {
					box[g.number] = float64(zigzag(g.value)) / 1e9
				}
			}
			d.c.header(box[1], box[4], box[2], box[3]) // left, bottom, right, top
		case 4:
			if s := string(f.data); s != "OsmSchema-V0.6" && s != "DenseNodes" {
				return fmt.Errorf("%w: it needs %q, which is not read here", ErrFormat, s)
			}
		}
	}
	return nil
}

// primitives reads one block of elements.
func (d *pbfReader) primitives(data message) error {
	d.strings, d.granularity, d.lonOff, d.latOff = d.strings[:0], 100, 0, 0
	var groups []message
	for len(data) > 0 {
		f, err := data.next()
		if err != nil {
			return err
		}
		switch f.number {
		case 1:
			for table := message(f.data); len(table) > 0; {
				s, err := table.next()
				if err != nil {
					return err
				}
				if s.number == 1 {
					d.strings = append(d.strings, string(s.data))
				}
			}
		case 2:
			groups = append(groups, f.data)
		case 17:
			d.granularity = int64(f.value)
		case 19:
			d.latOff = int64(f.value)
		case 20:
			d.lonOff = int64(f.value)
		}
	}
	for _, g := range groups {
		for len(g) > 0 {
			f, err := g.next()
			if err != nil {
				return err
			}
			switch f.number {
			case 1:
				err = d.node(f.data)
			case 2:
				err = d.dense(f.data)
			case 3:
				err = d.way(f.data)
			case 4:
				err = d.relation(f.data)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *pbfReader) degrees(off, units int64) float64 {
	return float64(off+d.granularity*units) / 1e9
}

func (d *pbfReader) node(m message) error {
	var id, lat, lon int64
	d.keys, d.keyVals = d.keys[:0], d.keyVals[:0]
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		switch f.number {
		case 1:
			id = zigzag(f.value)
		case 2:
			d.keys, err = f.varints(d.keys)
		case 3:
			d.keyVals, err = f.varints(d.keyVals)
		case 8:
			lat = zigzag(f.value)
		case 9:
			lon = zigzag(f.value)
		}
		if err != nil {
			return err
		}
	}
	t, err := d.tags()
	if err != nil {
		return err
	}
	d.c.node(id, d.degrees(d.lonOff, lon), d.degrees(d.latOff, lat), t)
	return nil
}

func (d *pbfReader) dense(m message) error {
	d.ids, d.lats, d.lons, d.a = d.ids[:0], d.lats[:0], d.lons[:0], d.a[:0]
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		switch f.number {
		case 1:
			d.ids, err = f.deltas(d.ids)
		case 8:
			d.lats, err = f.deltas(d.lats)
		case 9:
			d.lons, err = f.deltas(d.lons)
		case 10:
			d.a, err = f.varints(d.a)
		}
		if err != nil {
			return err
		}
	}
	if len(d.lats) != len(d.ids) || len(d.lons) != len(d.ids) {
		return fmt.Errorf("%d nodes with %d latitudes and %d longitudes", len(d.ids), len(d.lats), len(d.lons))
	}
	words := d.a
	for i, id := range d.ids {
		var t tags
		for len(words) > 0 && words[0] != 0 {
			if len(words) < 2 {
				return errWire
			}
			if err := d.tag(&t, words[0], words[1]); err != nil {
				return err
			}
			words = words[2:]
		}
		if len(words) > 0 {
			words = words[1:]
		}
		d.c.node(id, d.degrees(d.lonOff, d.lons[i]), d.degrees(d.latOff, d.lats[i]), t)
	}
	return nil
}

func (d *pbfReader) way(m message) error {
	var id int64
	d.keys, d.keyVals, d.a = d.keys[:0], d.keyVals[:0], d.a[:0]
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		switch f.number {
		case 1:
			id = int64(f.value)
		case 2:
			d.keys, err = f.varints(d.keys)
		case 3:
			d.keyVals, err = f.varints(d.keyVals)
		case 8:
			d.a, err = f.deltas(d.a)
		}
		if err != nil {
			return err
		}
	}
	t, err := d.tags()
	if err != nil {
		return err
	}
	d.c.way(id, d.a, t)
	return nil
}

func (d *pbfReader) relation(m message) error {
	var id int64
	d.keys, d.keyVals, d.a, d.b, d.ids = d.keys[:0], d.keyVals[:0], d.a[:0], d.b[:0], d.ids[:0]
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		switch f.number {
		case 1:
			id = int64(f.value)
		case 2:
			d.keys, err = f.varints(d.keys)
		case 3:
			d.keyVals, err = f.varints(d.keyVals)
		case 8:
			d.a, err = f.varints(d.a) // roles
		case 9:
			d.ids, err = f.deltas(d.ids)
		case 10:
			d.b, err = f.varints(d.b) // types
		}
		if err != nil {
			return err
		}
	}
	if len(d.a) != len(d.ids) || len(d.b) != len(d.ids) {
		return fmt.Errorf("relation %d: %d members with %d roles and %d types", id, len(d.ids), len(d.a), len(d.b))
	}
	t, err := d.tags()
	if err != nil {
		return err
	}
	members := make([]member, len(d.ids))
	for i := range members {
		role, err := d.word(d.a[i])
		if err != nil {
			return err
		}
		members[i] = member{way: d.b[i] == 1, ref: d.ids[i], role: role}
	}
	d.c.relation(id, members, t)
	return nil
}

func (d *pbfReader) word(i int64) (string, error) {
	if i < 0 || i >= int64(len(d.strings)) {
		return "", fmt.Errorf("word %d of %d", i, len(d.strings))
	}
	return d.strings[i], nil
}

func (d *pbfReader) tag(t *tags, key, value int64) error {
	k, err := d.word(key)
	if err != nil {
		return err
	}
	v, err := d.word(value)
	if err != nil {
		return err
	}
	*t = append(*t, tag{k, v})
	return nil
}

func (d *pbfReader) tags() (tags, error) {
	if len(d.keys) != len(d.keyVals) {
		return nil, fmt.Errorf("%d keys with %d values", len(d.keys), len(d.keyVals))
	}
	if len(d.keys) == 0 {
		return nil, nil
	}
	t := make(tags, 0, len(d.keys))
	for i := range d.keys {
		if err := d.tag(&t, d.keys[i], d.keyVals[i]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

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
