package tiles

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Tags of the protocol buffer (vector_tile.proto): the number of the field by 8
// and the type of what follows.
const (
	tagLayer      = 3<<3 | 2
	tagName       = 1<<3 | 2
	tagFeature    = 2<<3 | 2
	tagKey        = 3<<3 | 2
	tagValue      = 4<<3 | 2
	tagExtent     = 5 << 3
	tagVersion    = 15 << 3
	tagID         = 1 << 3
	tagTags       = 2<<3 | 2
	tagKind       = 3 << 3
	tagGeometry   = 4<<3 | 2
	tagString     = 1<<3 | 2
	tagDouble     = 3<<3 | 1
	tagInt        = 4 << 3
	tagBool       = 7 << 3
	layerVersion  = 2
	commandMove   = 1
	commandLine   = 2
	commandClose  = 7
	closeOnce     = 1<<3 | commandClose
	commandLength = 3
)

func number(b []byte, tag, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, tag), v)
}

func bytes(b []byte, tag uint64, v []byte) []byte {
	return append(binary.AppendUvarint(binary.AppendUvarint(b, tag), uint64(len(v))), v...)
}

// value writes a property's value.
func value(v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return bytes(nil, tagString, []byte(v)), nil
	case bool:
		n := uint64(0)
		if v {
			n = 1
		}
		return number(nil, tagBool, n), nil
	case int:
		return number(nil, tagInt, uint64(v)), nil
	case int64:
		return number(nil, tagInt, uint64(v)), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%v is no number", v)
		}
		return binary.LittleEndian.AppendUint64([]byte{tagDouble}, math.Float64bits(v)), nil
	default:
		return nil, fmt.Errorf("a value of type %T cannot be written", v)
	}
}

// layerWriter writes the features of a layer in one tile; keys and values are
// numbered as they come.
type layerWriter struct {
	layer        *layer
	keys, values map[uint32]uint32 // of the layer, in the tile
	keyOrder     []uint32
	valueOrder   []uint32
	scratch      []byte
}

func renumber(known map[uint32]uint32, order *[]uint32, n uint32) uint64 {
	m, ok := known[n]
	if !ok {
		m = uint32(len(*order))
		known[n] = m
		*order = append(*order, n)
	}
	return uint64(m)
}

// feature appends one feature; part is scratch space.
func (w *layerWriter) feature(body, part []byte, f *feature, tags, geometry []uint32) (grown, scratch []byte) {
	part = part[:0]
	if f.id != 0 {
		part = number(part, tagID, f.id)
	}
	if len(tags) > 0 {
		w.scratch = w.scratch[:0]
		for i := 0; i < len(tags); i += 2 {
			w.scratch = binary.AppendUvarint(w.scratch, renumber(w.keys, &w.keyOrder, tags[i]))
			w.scratch = binary.AppendUvarint(w.scratch, renumber(w.values, &w.valueOrder, tags[i+1]))
		}
		part = bytes(part, tagTags, w.scratch)
	}
	part = number(part, tagKind, uint64(f.kind))
	w.scratch = w.scratch[:0]
	for _, g := range geometry {
		w.scratch = binary.AppendUvarint(w.scratch, uint64(g))
	}
	part = bytes(part, tagGeometry, w.scratch)
	return bytes(body, tagFeature, part), part
}

// end appends the layer with its features to a tile; nothing if it has none.
func (w *layerWriter) end(out, body []byte) []byte {
	if len(body) == 0 {
		return out
	}
	head := number(nil, tagVersion, layerVersion)
	head = bytes(head, tagName, []byte(w.layer.name))
	var tail []byte
	for _, k := range w.keyOrder {
		tail = bytes(tail, tagKey, []byte(w.layer.keys[k]))
	}
	for _, v := range w.valueOrder {
		tail = bytes(tail, tagValue, w.layer.values[v])
	}
	tail = number(tail, tagExtent, Extent)
	out = number(out, tagLayer, uint64(len(head)+len(body)+len(tail)))
	return append(append(append(out, head...), body...), tail...)
}

// pen writes the commands of a geometry, each place as the step from the last.
type pen struct {
	data []uint32
	at   corner
}

func (p *pen) reset() { p.data, p.at = p.data[:0], corner{} }

func (p *pen) command(c uint32, n int) { p.data = append(p.data, uint32(n)<<commandLength|c) }

func (p *pen) to(c corner) {
	dx, dy := c.x-p.at.x, c.y-p.at.y
	p.data = append(p.data, uint32(dx<<1^dx>>31), uint32(dy<<1^dy>>31))
	p.at = c
}

func (p *pen) points(list []corner) {
	if len(list) == 0 {
		return
	}
	p.command(commandMove, len(list))
	for _, c := range list {
		p.to(c)
	}
}

func (p *pen) line(list []corner) {
	p.points(list[:1])
	p.command(commandLine, len(list)-1)
	for _, c := range list[1:] {
		p.to(c)
	}
}

func (p *pen) ring(list []corner) {
	p.line(list)
	p.data = append(p.data, closeOnce)
}
