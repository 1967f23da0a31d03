package osm

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// pbfDecoder decodes blocks, one after the other; it keeps its room.
type pbfDecoder struct {
	b             *batch
	raw           []byte
	zlib          io.ReadCloser
	words         [][]byte // the block's table of strings, in raw
	kept          []string // the same as strings of their own, once asked for
	keys          []int8   // by word: 1 if it is a key that is kept, -1 if not, 0 if not yet asked
	tagRoom       tags     // tags of several elements share an array
	granularity   int64    // nanodegrees a unit
	lonOff        int64    // nanodegrees
	latOff        int64
	ids           []int64
	lons, lats    []int64
	versions      []int64
	a, c          []int64
	key, keyValue []int64
}

// decode fills the job's batch.
func (d *pbfDecoder) decode(j *pbfJob) error {
	if j.kind != "OSMHeader" && j.kind != "OSMData" {
		return nil // the format says to skip what is unknown
	}
	d.b = &j.batch
	data, err := d.unpack(j.blob)
	if err != nil {
		return err
	}
	if j.kind == "OSMHeader" {
		return d.fileHeader(data)
	}
	if err := d.primitives(data); err != nil {
		return bad("data", err)
	}
	return nil
}

// unpack returns the content of a blob, valid until the next one.
func (d *pbfDecoder) unpack(m message) ([]byte, error) {
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

func (d *pbfDecoder) fileHeader(m message) error {
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
			d.b.header(box[1], box[4], box[2], box[3]) // left, bottom, right, top
		case 4:
			if s := string(f.data); s != "OsmSchema-V0.6" && s != "DenseNodes" {
				return fmt.Errorf("%w: it needs %q, which is not read here", ErrFormat, s)
			}
		}
	}
	return nil
}

// primitives reads one block of elements.
func (d *pbfDecoder) primitives(data message) error {
	d.words, d.granularity, d.lonOff, d.latOff = d.words[:0], 100, 0, 0
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
					d.words = append(d.words, s.data)
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
	d.kept = append(d.kept[:0], make([]string, len(d.words))...)
	d.keys = append(d.keys[:0], make([]int8, len(d.words))...)
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

// word returns one string of the block's table.
func (d *pbfDecoder) word(i int64) (string, error) {
	if i < 0 || i >= int64(len(d.words)) {
		return "", fmt.Errorf("word %d of %d", i, len(d.words))
	}
	if d.kept[i] == "" {
		d.kept[i] = string(d.words[i])
	}
	return d.kept[i], nil
}

// keeps tells whether a word is a key that anybody looks at.
func (d *pbfDecoder) keeps(i int64) (bool, error) {
	if i < 0 || i >= int64(len(d.words)) {
		return false, fmt.Errorf("word %d of %d", i, len(d.words))
	}
	if d.keys[i] == 0 {
		d.keys[i] = -1
		if keptKey(string(d.words[i])) {
			d.keys[i] = 1
		}
	}
	return d.keys[i] > 0, nil
}

// tag appends a tag to the room if its key is kept.
func (d *pbfDecoder) tag(key, value int64) error {
	if ok, err := d.keeps(key); err != nil {
		return err
	} else if !ok {
		if value < 0 || value >= int64(len(d.words)) {
			return fmt.Errorf("word %d of %d", value, len(d.words))
		}
		return nil
	}
	k, err := d.word(key)
	if err != nil {
		return err
	}
	v, err := d.word(value)
	if err != nil {
		return err
	}
	d.tagRoom = append(d.tagRoom, tag{k, v})
	return nil
}

// newTags begins an element's tags, which share an array with those before;
// they are d.tagRoom[from:].
func (d *pbfDecoder) newTags() (from int) {
	const tagsAtOnce, tagsOfMost = 1024, 24
	if cap(d.tagRoom)-len(d.tagRoom) < tagsOfMost {
		d.tagRoom = make(tags, 0, tagsAtOnce)
	}
	return len(d.tagRoom)
}

func (d *pbfDecoder) tagsFrom(from int) tags {
	to := len(d.tagRoom)
	if to == from {
		return nil
	}
	return d.tagRoom[from:to:to]
}

// elementTags reads d.key and d.keyValue.
func (d *pbfDecoder) elementTags() (from int, err error) {
	if len(d.key) != len(d.keyValue) {
		return 0, fmt.Errorf("%d keys with %d values", len(d.key), len(d.keyValue))
	}
	from = d.newTags()
	for i := range d.key {
		if err := d.tag(d.key[i], d.keyValue[i]); err != nil {
			return 0, err
		}
	}
	return from, nil
}
