package rtree

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// fanout is how many children a box has: eight boxes fill two cache lines.
const fanout = 8

// maxSegments keeps every number of a segment and of a box within an int32.
const maxSegments = math.MaxInt32 / 2

// maxLevels is how deep the tree of maxSegments segments is.
const maxLevels = 11

// ErrArrays says that arrays do not make a tree.
var ErrArrays = errors.New("arrays do not make a segment tree")

// Lines are what a tree finds segments of: the caller's own, however it keeps
// them. They must not change while a tree stands on them, and may be asked by
// several goroutines at a time.
type Lines interface {
	// Len returns the number of lines.
	Len() int
	// Points returns the number of points of a line.
	Points(line uint32) int
	// Ends returns x and y of both ends of a segment: one with Line < Len() and
	// Point+1 < Points(Line).
	Ends(s Segment) (ax, ay, bx, by int32)
}

// Segment names a piece of a line, from its point number Point, counted from 0,
// to the next.
type Segment struct {
	Line, Point uint32
}

// Tree is an index of the segments of some lines.
type Tree struct {
	lines  Lines
	items  []uint32 // line and point of each segment in turn
	boxes  []int32  // min x, min y, max x, max y; the leaves first, the root last
	levels int
	first  [maxLevels + 1]int32 // first box of each level, and one past the root
}

// Box is a rectangle, its edges included.
type Box struct {
	MinX, MinY, MaxX, MaxY int32
}

// Build makes the tree of all segments of some lines. A line of one point or
// none has no segments. Errors: ErrArrays when there are over 2³⁰ segments.
func Build(lines Lines) (*Tree, error) {
	count := 0
	for i := range lines.Len() {
		if count += max(0, lines.Points(uint32(i))-1); count > maxSegments {
			return nil, fmt.Errorf("build segment tree: more than %d segments: %w", maxSegments, ErrArrays)
		}
	}
	type keyed struct {
		key uint64
		Segment
	}
	all := make([]keyed, 0, count)
	for i := range uint32(lines.Len()) {
		for p := range uint32(max(0, lines.Points(i)-1)) {
			s := Segment{Line: i, Point: p}
			ax, ay, bx, by := lines.Ends(s)
			all = append(all, keyed{hilbert(middle(ax, bx), middle(ay, by)), s})
		}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		case a.Line != b.Line:
			return int(a.Line) - int(b.Line)
		default:
			return int(a.Point) - int(b.Point)
		}
	})
	t := &Tree{lines: lines, items: make([]uint32, 0, 2*count)}
	t.layout(count)
	for _, s := range all {
		t.items = append(t.items, s.Line, s.Point)
	}
	t.fill()
	return t, nil
}

// layout finds where the levels lie for so many segments.
func (t *Tree) layout(segments int) {
	boxes := 0
	for n := segments; n > 0; {
		n = (n + fanout - 1) / fanout
		t.first[t.levels] = int32(boxes)
		boxes += n
		t.levels++
		if n == 1 {
			break
		}
	}
	t.first[t.levels] = int32(boxes)
}

// fill computes the boxes.
func (t *Tree) fill() {
	t.boxes = make([]int32, 0, 4*t.first[t.levels])
	for i := 0; i < t.Len(); i++ {
		ax, ay, bx, by := t.lines.Ends(t.item(int32(i)))
		t.grow(i, Box{min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)})
	}
	for level := 1; level < t.levels; level++ {
		for i := range t.first[level] - t.first[level-1] {
			t.grow(int(i), t.box(t.first[level-1]+i))
		}
	}
}

// grow adds child i of a level to the box it belongs to, the last one so far or
// a new one.
func (t *Tree) grow(i int, b Box) {
	if i%fanout == 0 {
		t.boxes = append(t.boxes, b.MinX, b.MinY, b.MaxX, b.MaxY)
		return
	}
	last := t.boxes[len(t.boxes)-4:]
	last[0], last[1] = min(last[0], b.MinX), min(last[1], b.MinY)
	last[2], last[3] = max(last[2], b.MaxX), max(last[3], b.MaxY)
}

// Arrays are what a tree consists of besides the lines.
type Arrays struct {
	Items []uint32 // line and point of each segment in turn
	Boxes []int32  // min x, min y, max x, max y of each box in turn
}

// Arrays returns the tree's own arrays, which must not be changed.
func (t *Tree) Arrays() Arrays { return Arrays{Items: t.items, Boxes: t.boxes} }

// FromArrays makes a tree in place of the arrays of one that was built over the
// same lines. Errors: ErrArrays when lengths do not fit together or the lines
// have no such segment.
func FromArrays(lines Lines, a Arrays) (*Tree, error) {
	t := &Tree{lines: lines, items: a.Items, boxes: a.Boxes}
	if len(a.Items)%2 != 0 || len(a.Items)/2 > maxSegments {
		return nil, fmt.Errorf("read segment tree: %d items: %w", len(a.Items), ErrArrays)
	}
	t.layout(len(a.Items) / 2)
	if want := 4 * int(t.first[t.levels]); len(a.Boxes) != want {
		return nil, fmt.Errorf("read segment tree: %d box sides instead of %d: %w", len(a.Boxes), want, ErrArrays)
	}
	count := uint64(lines.Len())
	for i := 0; i < len(a.Items); i += 2 {
		line, point := a.Items[i], a.Items[i+1]
		if uint64(line) >= count || int64(point)+1 >= int64(lines.Points(line)) {
			return nil, fmt.Errorf("read segment tree: segment %d is point %d of line %d: %w", i/2, point, line, ErrArrays)
		}
	}
	return t, nil
}

// Len returns the number of segments.
func (t *Tree) Len() int { return len(t.items) / 2 }

// Bounds returns the box around everything; of an empty tree one that holds
// nothing, its minimum above its maximum.
func (t *Tree) Bounds() Box {
	if t.levels == 0 {
		return Box{MinX: math.MaxInt32, MinY: math.MaxInt32, MaxX: math.MinInt32, MaxY: math.MinInt32}
	}
	return t.box(t.first[t.levels] - 1)
}

// item returns segment i in the tree's order.
func (t *Tree) item(i int32) Segment {
	return Segment{Line: t.items[2*int(i)], Point: t.items[2*int(i)+1]}
}

func (t *Tree) box(i int32) Box {
	b := t.boxes[4*int(i) : 4*int(i)+4]
	return Box{b[0], b[1], b[2], b[3]}
}

// children returns the range of boxes of the level below, or of segments for a
// leaf, that box i, counted over all levels, has below it.
func (t *Tree) children(level int, i int32) (from, to int32) {
	below := int32(t.Len())
	at := (i - t.first[level]) * fanout
	if level > 0 {
		below = t.first[level]
		at += t.first[level-1]
	}
	return at, min(at+fanout, below)
}
