package routing

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"hash/crc32"
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
	fileVersion = 2
	headerBytes = len(fileMagic) + 4 + 8 + 4 // magic, version, length, checksum
)

// graphBody is what a file holds of a graph.
type graphBody struct {
	Nodes      int
	Points     []int32 // longitude, latitude
	Tail, Head []int32
	MM         []uint32
	Kind, Name []uint32
	Way        []int64
	LineFirst  []uint32
	Kinds      []EdgeAttr
	Names      []string
	Land       [][]uint32
	LandPoints [][]int32
}

func pairs(points []position) []int32 {
	out := make([]int32, 0, 2*len(points))
	for _, p := range points {
		out = append(out, p.lon, p.lat)
	}
	return out
}

func unpair(pairs []int32) []position {
	out := make([]position, len(pairs)/2)
	for i := range out {
		out[i] = position{pairs[2*i], pairs[2*i+1]}
	}
	return out
}

func (l *land) arrays() (firsts []*[]uint32, points []*[]position) {
	return []*[]uint32{&l.obstacleKind, &l.obstacleFirst, &l.footprintFirst, &l.entranceFirst, &l.waterFirst, &l.ringFirst, &l.waterRingFirst},
		[]*[]position{&l.obstaclePoint, &l.entrance, &l.ringPoint, &l.waterPoint}
}

// MarshalBinary writes the graph behind a header of magic word, version, length
// and CRC-32C. The same graph gives the same bytes.
func (g *Graph) MarshalBinary() ([]byte, error) {
	b := graphBody{
		Nodes: g.nodes, Points: pairs(g.points), Tail: g.tail, Head: g.head, MM: g.mm, Kind: g.kind, Name: g.name, Way: g.way,
		LineFirst: g.lineFirst, Kinds: g.kinds, Names: g.names,
	}
	firsts, points := g.land.arrays()
	for _, f := range firsts {
		b.Land = append(b.Land, *f)
	}
	for _, p := range points {
		b.LandPoints = append(b.LandPoints, pairs(*p))
	}
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(b); err != nil {
		return nil, fmt.Errorf("write graph: %w", err)
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
	if err := read.derive(); err != nil {
		return fmt.Errorf("read graph: %w: %w", ErrDamaged, err)
	}
	*g = *read
	return nil
}

func parseBody(body []byte) (*Graph, error) {
	var b graphBody
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(&b); err != nil {
		return nil, err
	}
	g := &Graph{
		nodes: b.Nodes, points: unpair(b.Points), tail: b.Tail, head: b.Head, mm: b.MM, kind: b.Kind, name: b.Name, way: b.Way,
		lineFirst: b.LineFirst, kinds: b.Kinds, names: b.Names,
	}
	firsts, points := g.land.arrays()
	if len(b.Land) != len(firsts) || len(b.LandPoints) != len(points) {
		return nil, errors.New("arrays are missing")
	}
	for i, f := range firsts {
		*f = b.Land[i]
	}
	for i, p := range points {
		*p = unpair(b.LandPoints[i])
	}
	return g, g.check()
}

// check holds what was read to what Build would have made.
func (g *Graph) check() error {
	edges := len(g.tail)
	if g.nodes <= 0 || g.nodes > len(g.points) || edges == 0 || len(g.head) != edges || len(g.mm) != edges ||
		len(g.kind) != edges || len(g.name) != edges || len(g.way) != edges || len(g.lineFirst) != edges+1 {
		return errors.New("arrays do not fit each other")
	}
	for _, p := range g.points {
		if !p.valid() {
			return fmt.Errorf("a point at %d, %d", p.lon, p.lat)
		}
	}
	if g.lineFirst[0] != 0 || int(g.lineFirst[edges]) != len(g.points)-g.nodes {
		return errors.New("lines do not fit edges")
	}
	in := func(i int32, n int) bool { return i >= 0 && int(i) < n }
	for e := range g.tail {
		switch {
		case !in(g.tail[e], g.nodes) || !in(g.head[e], g.nodes):
			return fmt.Errorf("edge %d without its nodes", e)
		case int(g.kind[e]) >= len(g.kinds) || int(g.name[e]) >= len(g.names):
			return fmt.Errorf("edge %d without its words", e)
		case g.lineFirst[e+1] < g.lineFirst[e] || int(g.lineFirst[e+1]) > len(g.points)-g.nodes:
			return fmt.Errorf("edge %d without its line", e)
		}
	}
	return nil
}
