package routing

import (
	"errors"
	"fmt"
	"math"

	"sanse/routing/rtree"
)

// The kinds of sections. New ones go to the end; a change of what one holds is a
// new version of the format.
const (
	sectionCounts uint32 = iota
	sectionPoints
	sectionTail
	sectionHead
	sectionMillimetres
	sectionKind
	sectionName
	sectionWay
	sectionLineFirst
	sectionKinds
	sectionClassFirst
	sectionClassBytes
	sectionNameFirst
	sectionNameBytes
	sectionTurns
	sectionLandNumbers // part: which of land.arrays
	sectionLandPoints  // part: likewise
	sectionIndexItems  // part: which tree
	sectionIndexBoxes  // part: likewise
	sectionProfile     // part: which engine; the table as JSON
	sectionHierarchy   // part: engine × hierarchyArrays + which array
)

// arrays are all of it, for a file.
func (l *land) arrays() (numbers []*[]uint32, points []*[]position) {
	return []*[]uint32{&l.obstacleKind, &l.obstacleFirst, &l.footprintFirst, &l.entranceFirst, &l.waterFirst, &l.ringFirst, &l.waterRingFirst},
		[]*[]position{&l.obstaclePoint, &l.entrance, &l.ringPoint, &l.waterPoint}
}

// sections are what a file holds of a graph.
func (g *Graph) sections() ([]section, error) {
	kinds, classes, err := packKinds(g.kinds)
	if err != nil {
		return nil, err
	}
	all := []section{
		{sectionCounts, 0, bytesOf([]uint32{uint32(g.nodes)})},
		{sectionPoints, 0, bytesOf(g.points)},
		{sectionTail, 0, bytesOf(g.tail)},
		{sectionHead, 0, bytesOf(g.head)},
		{sectionMillimetres, 0, bytesOf(g.mm)},
		{sectionKind, 0, bytesOf(g.kind)},
		{sectionName, 0, bytesOf(g.name)},
		{sectionWay, 0, bytesOf(g.way)},
		{sectionLineFirst, 0, bytesOf(g.lineFirst)},
		{sectionKinds, 0, bytesOf(kinds)},
		{sectionClassFirst, 0, bytesOf(classes.first)},
		{sectionClassBytes, 0, classes.bytes},
		{sectionNameFirst, 0, bytesOf(g.names.first)},
		{sectionNameBytes, 0, g.names.bytes},
		{sectionTurns, 0, bytesOf(packTurns(g.turns))},
	}
	numbers, points := g.land.arrays()
	for i, a := range numbers {
		all = append(all, section{sectionLandNumbers, uint32(i), bytesOf(*a)})
	}
	for i, a := range points {
		all = append(all, section{sectionLandPoints, uint32(i), bytesOf(*a)})
	}
	for i, a := range g.index.arrays() {
		all = append(all, section{sectionIndexItems, uint32(i), bytesOf(a.Items)}, section{sectionIndexBoxes, uint32(i), bytesOf(a.Boxes)})
	}
	return all, nil
}

// reader takes arrays out of sections and keeps the first error.
type reader struct {
	sections map[[2]uint32][]byte
	err      error
}

func take[T number](r *reader, kind, part uint32) []T {
	data, ok := r.sections[[2]uint32{kind, part}]
	if !ok && r.err == nil {
		r.err = fmt.Errorf("section %d.%d is missing", kind, part)
	}
	out, err := sliceOf[T](data)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("section %d.%d: %w", kind, part, err)
	}
	return out
}

// graphOf reads a graph in place and holds it to what Build would have made.
func graphOf(r *reader) (*Graph, error) {
	g := &Graph{
		points: take[position](r, sectionPoints, 0), tail: take[int32](r, sectionTail, 0), head: take[int32](r, sectionHead, 0),
		mm: take[uint32](r, sectionMillimetres, 0), kind: take[uint32](r, sectionKind, 0), name: take[uint32](r, sectionName, 0),
		way: take[int64](r, sectionWay, 0), lineFirst: take[uint32](r, sectionLineFirst, 0),
		names: words{take[uint32](r, sectionNameFirst, 0), take[byte](r, sectionNameBytes, 0)},
	}
	classes := words{take[uint32](r, sectionClassFirst, 0), take[byte](r, sectionClassBytes, 0)}
	counts, kinds, turns := take[uint32](r, sectionCounts, 0), take[uint32](r, sectionKinds, 0), take[uint32](r, sectionTurns, 0)
	numbers, points := g.land.arrays()
	for i, a := range numbers {
		*a = take[uint32](r, sectionLandNumbers, uint32(i))
	}
	for i, a := range points {
		*a = take[position](r, sectionLandPoints, uint32(i))
	}
	var trees indexArrays
	for i := range trees {
		trees[i] = rtree.Arrays{Items: take[uint32](r, sectionIndexItems, uint32(i)), Boxes: take[int32](r, sectionIndexBoxes, uint32(i))}
	}
	if r.err != nil {
		return nil, r.err
	}
	if len(counts) != 1 || counts[0] > math.MaxInt32 {
		return nil, errors.New("no count of nodes")
	}
	g.nodes = int(counts[0])
	var err error
	if g.kinds, err = unpackKinds(kinds, classes); err != nil {
		return nil, err
	}
	if err := g.check(); err != nil {
		return nil, err
	}
	if g.turns, err = unpackTurns(turns); err != nil {
		return nil, err
	}
	for _, t := range g.turns {
		if err := g.checkTurn(t); err != nil {
			return nil, err
		}
	}
	if err := g.land.check(); err != nil {
		return nil, err
	}
	g.derive()
	if g.index, err = segmentIndexFrom(g, trees); err != nil {
		return nil, err
	}
	return g, nil
}

// check holds the arrays of edges to each other.
func (g *Graph) check() error {
	edges := len(g.tail)
	if g.nodes <= 0 || g.nodes > len(g.points) || len(g.points) > math.MaxInt32 || edges == 0 || edges > math.MaxInt32/4 ||
		len(g.head) != edges || len(g.mm) != edges || len(g.kind) != edges || len(g.name) != edges || len(g.way) != edges || len(g.lineFirst) != edges+1 {
		return errors.New("arrays do not fit each other")
	}
	if err := checkPositions(g.points); err != nil {
		return err
	}
	if err := checkLists(g.lineFirst, len(g.points)-g.nodes, 0); err != nil {
		return err
	}
	if err := g.names.check(); err != nil {
		return err
	}
	nodes, kinds, names := uint32(g.nodes), uint32(len(g.kinds)), uint32(g.names.len())
	for e := range g.tail {
		if uint32(g.tail[e]) >= nodes || uint32(g.head[e]) >= nodes || g.kind[e] >= kinds || g.name[e] >= names {
			return fmt.Errorf("edge %d without its nodes or its words", e)
		}
	}
	return nil
}

func checkPositions(points []position) error {
	for _, p := range points {
		if !p.valid() {
			return fmt.Errorf("a point at %d, %d", p.lon, p.lat)
		}
	}
	return nil
}

func (l *land) check() error {
	_, points := l.arrays()
	for _, p := range points {
		if err := checkPositions(*p); err != nil {
			return err
		}
	}
	for _, k := range l.obstacleKind {
		if k > uint32(ObstacleRailway) {
			return fmt.Errorf("an obstacle of kind %d", k)
		}
	}
	if len(l.obstacleKind) != lists(l.obstacleFirst) || lists(l.entranceFirst) != lists(l.footprintFirst) {
		return errors.New("obstacles or entrances do not fit")
	}
	return errors.Join(
		checkLists(l.obstacleFirst, len(l.obstaclePoint), 2),
		checkLists(l.ringFirst, len(l.ringPoint), 4),
		checkLists(l.waterRingFirst, len(l.waterPoint), 4),
		checkLists(l.footprintFirst, lists(l.ringFirst), 1),
		checkLists(l.waterFirst, lists(l.waterRingFirst), 1),
		checkLists(l.entranceFirst, len(l.entrance), 0),
	)
}

// A kind is packed into kindWords words.
const kindWords = 4

func packKinds(kinds []EdgeAttr) (packed []uint32, classes words, err error) {
	names := newInterner()
	for _, a := range kinds {
		flags := uint32(a.Walk) | uint32(a.Ride)<<2 | uint32(a.Drive)<<4 | uint32(flag(a.Steps))<<6 | uint32(flag(a.Roundabout))<<7 |
			uint32(a.Wheels)<<8 | uint32(a.Surface)<<10
		packed = append(packed, uint32(names.id(a.Class)), flags, uint32(uint8(a.Incline))|uint32(a.KmPerHour)<<8,
			uint32(a.Signals)|uint32(a.Crossings)<<8|uint32(a.Gates)<<16|uint32(a.Lifts)<<24)
	}
	classes, err = newWords(names.words)
	return packed, classes, err
}

func unpackKinds(packed []uint32, classes words) ([]EdgeAttr, error) {
	if err := classes.check(); err != nil {
		return nil, err
	}
	if len(packed)%kindWords != 0 {
		return nil, errOdd
	}
	words := classes.all()
	out := make([]EdgeAttr, len(packed)/kindWords)
	for i := range out {
		p := packed[i*kindWords : (i+1)*kindWords]
		if int(p[0]) >= len(words) || p[1]>>12 != 0 || p[1]&(1<<6-1) == 0 || p[2]>>16 != 0 {
			return nil, fmt.Errorf("a kind of street %x", p)
		}
		out[i] = EdgeAttr{
			Class: words[p[0]], Walk: Ways(p[1]) & Both, Ride: Ways(p[1]>>2) & Both, Drive: Ways(p[1]>>4) & Both,
			Steps: p[1]&(1<<6) != 0, Roundabout: p[1]&(1<<7) != 0, Wheels: Wheels(p[1] >> 8 & 3), Surface: Surface(p[1] >> 10 & 3),
			Incline: int8(uint8(p[2])), KmPerHour: uint8(p[2] >> 8),
			Signals: uint8(p[3]), Crossings: uint8(p[3] >> 8), Gates: uint8(p[3] >> 16), Lifts: uint8(p[3] >> 24),
		}
	}
	return out, nil
}

// Bits of a packed turn rule.
const (
	turnOnly = 1 << iota
	turnRide
	turnDrive
	turnBits = iota
)

// packTurns writes each rule as one word of bits and number of halves, and the
// halves.
func packTurns(turns []turn) []uint32 {
	var out []uint32
	for _, t := range turns {
		out = append(out, uint32(len(t.halves))<<turnBits|uint32(flag(t.only)*turnOnly|flag(t.ride)*turnRide|flag(t.drive)*turnDrive))
		for _, h := range t.halves {
			out = append(out, uint32(h))
		}
	}
	return out
}

func unpackTurns(packed []uint32) ([]turn, error) {
	var out []turn
	for len(packed) > 0 {
		head := packed[0]
		n := int(head >> turnBits)
		if n >= len(packed) {
			return nil, errors.New("a turn rule ends early")
		}
		t := turn{make([]int32, n), head&turnOnly != 0, head&turnRide != 0, head&turnDrive != 0}
		for i := range t.halves {
			t.halves[i] = int32(packed[1+i])
		}
		out, packed = append(out, t), packed[1+n:]
	}
	return out, nil
}
