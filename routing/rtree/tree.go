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

// Tree is an index of straight segments.
type Tree struct {
	coords []int32  // x and y of each point in turn; the caller's
	items  []uint32 // line and first point of each segment in turn
	boxes  []int32  // min x, min y, max x, max y; the leaves first, the root last
	levels int
	first  [maxLevels + 1]int32 // first box of each level, and one past the root
}

// Segment names a piece of a line: from point Point of all points to the one
// after it.
type Segment struct {
	Line, Point uint32
}

// Box is a rectangle, its edges included.
type Box struct {
	MinX, MinY, MaxX, MaxY int32
}

// Build makes the tree of all segments of some lines. The coordinates are x and
// y in turn; line i has the points first[i] to first[i+1]-1, so first has one
// more than there are lines. A line of one point or none has no segments. The
// coordinates are kept and must not change afterwards. Errors: ErrArrays when
// the lines do not lie within the coordinates.
func Build[I ~int32 | ~uint32](coords []int32, first []I) (*Tree, error) {
	points := int64(len(coords) / 2)
	count := 0
	for i := 1; i < len(first); i++ {
		from, to := int64(first[i-1]), int64(first[i])
		if from < 0 || to < from || to > points {
			return nil, fmt.Errorf("build segment tree: line %d has points %d to %d of %d: %w", i-1, from, to, points, ErrArrays)
		}
		count += int(max(0, to-from-1))
	}
	if count > maxSegments {
		return nil, fmt.Errorf("build segment tree: %d segments are more than %d: %w", count, maxSegments, ErrArrays)
	}
	type keyed struct {
		key uint64
		Segment
	}
	all := make([]keyed, 0, count)
	for i := 1; i < len(first); i++ {
		for p := int64(first[i-1]); p+1 < int64(first[i]); p++ {
			c := coords[2*p : 2*p+4]
			key := hilbert(middle(c[0], c[2]), middle(c[1], c[3]))
			all = append(all, keyed{key, Segment{Line: uint32(i - 1), Point: uint32(p)}})
		}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		default:
			return int(a.Point) - int(b.Point)
		}
	})
	t := &Tree{coords: coords, items: make([]uint32, 0, 2*count)}
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
		s := t.segment(int32(i))
		t.grow(i, Box{min(s[0], s[2]), min(s[1], s[3]), max(s[0], s[2]), max(s[1], s[3])})
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

// Arrays are what a tree consists of besides the coordinates.
type Arrays struct {
	Items []uint32 // line and first point of each segment in turn
	Boxes []int32  // min x, min y, max x, max y of each box in turn
}

// Arrays returns the tree's own arrays, which must not be changed.
func (t *Tree) Arrays() Arrays { return Arrays{Items: t.items, Boxes: t.boxes} }

// FromArrays makes a tree in place of arrays that Arrays returned and the
// coordinates and number of lines it was built with. Errors: ErrArrays when
// lengths do not fit together or a segment lies outside the coordinates.
func FromArrays(coords []int32, lines int, a Arrays) (*Tree, error) {
	t := &Tree{coords: coords, items: a.Items, boxes: a.Boxes}
	if len(a.Items)%2 != 0 || len(a.Items)/2 > maxSegments {
		return nil, fmt.Errorf("read segment tree: %d items: %w", len(a.Items), ErrArrays)
	}
	t.layout(len(a.Items) / 2)
	if want := 4 * int(t.first[t.levels]); len(a.Boxes) != want {
		return nil, fmt.Errorf("read segment tree: %d box sides instead of %d: %w", len(a.Boxes), want, ErrArrays)
	}
	points := uint64(len(coords) / 2)
	for i := 0; i < len(a.Items); i += 2 {
		if uint64(a.Items[i]) >= uint64(lines) || uint64(a.Items[i+1])+1 >= points {
			return nil, fmt.Errorf("read segment tree: segment %d is of line %d at point %d: %w", i/2, a.Items[i], a.Items[i+1], ErrArrays)
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

// Ends returns the coordinates of a segment of this tree: x and y of its first
// point, x and y of its second.
func (t *Tree) Ends(s Segment) (ax, ay, bx, by int32) {
	c := t.coords[2*int(s.Point) : 2*int(s.Point)+4]
	return c[0], c[1], c[2], c[3]
}

// item returns segment i in the tree's order.
func (t *Tree) item(i int32) Segment {
	return Segment{Line: t.items[2*int(i)], Point: t.items[2*int(i)+1]}
}

// segment returns the coordinates of segment i in the tree's order.
func (t *Tree) segment(i int32) []int32 {
	p := 2 * int(t.items[2*int(i)+1])
	return t.coords[p : p+4 : p+4]
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
