package routing

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/paulmach/orb"
)

// Errors of UnmarshalBinary: bytes of something else, of another version of
// this format, or damaged (cut short, or changed on the way).
var (
	ErrForeign = errors.New("not a street graph")
	ErrVersion = errors.New("a street graph of another version")
	ErrDamaged = errors.New("damaged street graph")
)

const (
	fileMagic   = "SANSEWLK"
	fileVersion = 1
	headerBytes = len(fileMagic) + 4 + 8 + 4 // magic, version, length, checksum
)

// MarshalBinary writes the graph as little-endian arrays behind a header of
// magic word, version, length and CRC-32C. The same graph gives the same bytes.
func (g *Graph) MarshalBinary() ([]byte, error) {
	var body bytes.Buffer
	put := func(values any) error { return binary.Write(&body, binary.LittleEndian, values) }
	counts := []uint32{
		uint32(len(g.points)), uint32(len(g.tail)), uint32(len(g.geom)),
		uint32(len(g.classes)), uint32(len(g.names)),
	}
	for _, values := range []any{counts, g.points, g.tail, g.head, g.mm, g.flags, g.class, g.name, g.way, g.geomFirst, g.geom} {
		if err := put(values); err != nil {
			return nil, fmt.Errorf("write graph: %w", err)
		}
	}
	for _, words := range [][]string{g.classes, g.names} {
		for _, w := range words {
			if err := put(uint32(len(w))); err != nil {
				return nil, fmt.Errorf("write graph: %w", err)
			}
			body.WriteString(w)
		}
	}
	out := make([]byte, 0, headerBytes+body.Len())
	out = append(out, fileMagic...)
	out = binary.LittleEndian.AppendUint32(out, fileVersion)
	out = binary.LittleEndian.AppendUint64(out, uint64(body.Len()))
	out = binary.LittleEndian.AppendUint32(out, checksum(body.Bytes()))
	return append(out, body.Bytes()...), nil
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// UnmarshalBinary reads what MarshalBinary wrote and derives the rest. Its
// errors are ErrForeign, ErrVersion or ErrDamaged; the graph is then unchanged.
// It must not run beside any other use of the graph.
func (g *Graph) UnmarshalBinary(data []byte) error {
	if len(data) < len(fileMagic) || string(data[:len(fileMagic)]) != fileMagic {
		return fmt.Errorf("read graph: %w", ErrForeign)
	}
	if len(data) < headerBytes {
		return fmt.Errorf("read graph: %w: %d bytes are less than its header", ErrDamaged, len(data))
	}
	h := data[len(fileMagic):]
	if v := binary.LittleEndian.Uint32(h); v != fileVersion {
		return fmt.Errorf("read graph: %w: %d, want %d; build it again", ErrVersion, v, fileVersion)
	}
	body := data[headerBytes:]
	if want := binary.LittleEndian.Uint64(h[4:]); uint64(len(body)) != want {
		return fmt.Errorf("read graph: %w: %d bytes where %d were written", ErrDamaged, len(body), want)
	}
	if checksum(body) != binary.LittleEndian.Uint32(h[12:]) {
		return fmt.Errorf("read graph: %w: checksum differs", ErrDamaged)
	}
	read, err := parseBody(body)
	if err != nil {
		return fmt.Errorf("read graph: %w: %w", ErrDamaged, err)
	}
	read.derive()
	*g = *read
	return nil
}

var errShort = errors.New("ends early")

func parseBody(body []byte) (*Graph, error) {
	const fixed = 5 * 4
	if len(body) < fixed {
		return nil, errShort
	}
	var n [5]int
	for i := range n {
		n[i] = int(binary.LittleEndian.Uint32(body[4*i:]))
	}
	nodes, edges, points := n[0], n[1], n[2]
	// 16 bytes a node; 4+4+4+1+4+4+8 and an offset of 4 an edge; 16 a point.
	need := uint64(fixed) + 16*uint64(nodes) + 33*uint64(edges) + 4 + 16*uint64(points) + 4*uint64(n[3]) + 4*uint64(n[4])
	if need > uint64(len(body)) || edges == 0 || edges > math.MaxInt32/4 || points > math.MaxInt32 || nodes > math.MaxInt32 {
		return nil, errShort
	}
	g := &Graph{
		points: make([]orb.Point, nodes), geom: make([]orb.Point, points),
		tail: make([]int32, edges), head: make([]int32, edges), mm: make([]uint32, edges),
		flags: make([]edgeFlags, edges), class: make([]int32, edges), name: make([]int32, edges),
		way: make([]int64, edges), geomFirst: make([]int32, edges+1),
	}
	at := fixed
	for _, values := range []any{g.points, g.tail, g.head, g.mm, g.flags, g.class, g.name, g.way, g.geomFirst, g.geom} {
		used, err := binary.Decode(body[at:], binary.LittleEndian, values)
		if err != nil {
			return nil, err
		}
		at += used
	}
	for i, words := range []*[]string{&g.classes, &g.names} {
		for range n[3+i] {
			if len(body)-at < 4 {
				return nil, errShort
			}
			l := int(binary.LittleEndian.Uint32(body[at:]))
			at += 4
			if len(body)-at < l {
				return nil, errShort
			}
			*words = append(*words, string(body[at:at+l]))
			at += l
		}
	}
	if at != len(body) {
		return nil, errors.New("goes on after its end")
	}
	return g, g.check()
}

// check holds what was read to what Build would have made.
func (g *Graph) check() error {
	for _, p := range g.points {
		if !validPoint(p) {
			return fmt.Errorf("node at %v", p)
		}
	}
	for _, p := range g.geom {
		if !validPoint(p) {
			return fmt.Errorf("line through %v", p)
		}
	}
	if g.geomFirst[0] != 0 || int(g.geomFirst[len(g.tail)]) != len(g.geom) {
		return errors.New("lines do not fit edges")
	}
	in := func(i int32, n int) bool { return i >= 0 && int(i) < n }
	for e := range g.tail {
		f := g.flags[e]
		switch {
		case !in(g.tail[e], len(g.points)) || !in(g.head[e], len(g.points)):
			return fmt.Errorf("edge %d without its nodes", e)
		case !in(g.class[e], len(g.classes)) || !in(g.name[e], len(g.names)):
			return fmt.Errorf("edge %d without its words", e)
		case f&^flagsKnown != 0 || f&(flagForward|flagBackward) == 0:
			return fmt.Errorf("edge %d with flags %#x", e, f)
		case g.geomFirst[e+1]-g.geomFirst[e] < 2 || g.geomFirst[e] < 0 || int(g.geomFirst[e+1]) > len(g.geom):
			return fmt.Errorf("edge %d without its line", e)
		}
	}
	return nil
}
