package routing

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// fanout is how many children a box of the segment index has.
const fanout = 8

// segmentIndex is a packed tree of boxes over the straight segments of all
// edges, in the order of a Hilbert curve; strays far outside cost nothing.
type segmentIndex struct {
	segments []segment
	levels   [][]orb.Bound // levels[0] boxes fanout segments each; the last holds one box
}

// segment is a piece of an edge's line from its point number point to the next.
type segment struct{ edge, point int32 }

// segment returns both ends of a segment.
func (g *Graph) segment(s segment) (a, b orb.Point) {
	return g.linePoint(s.edge, int(s.point)).point(), g.linePoint(s.edge, int(s.point)+1).point()
}

func newSegmentIndex(g *Graph) *segmentIndex {
	type keyed struct {
		key uint64
		segment
	}
	all := make([]keyed, 0, len(g.points)-g.nodes+len(g.tail))
	for e := range g.tail {
		for p := range g.linePoints(int32(e)) - 1 {
			s := segment{int32(e), int32(p)}
			from, to := g.segment(s)
			mid := between(from, to, 0.5)
			x := uint32((mid[0] + 180) / 360 * math.MaxUint32)
			y := uint32((mid[1] + 90) / 180 * math.MaxUint32)
			all = append(all, keyed{hilbert(x, y), s})
		}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		case a.edge != b.edge:
			return int(a.edge) - int(b.edge)
		default:
			return int(a.point) - int(b.point)
		}
	})
	x := &segmentIndex{segments: make([]segment, len(all))}
	boxes := make([]orb.Bound, 0, (len(all)+fanout-1)/fanout)
	for i, s := range all {
		x.segments[i] = s.segment
		from, to := g.segment(s.segment)
		box := orb.Bound{Min: from, Max: from}.Extend(to)
		boxes = appendBox(boxes, i, box)
	}
	x.levels = append(x.levels, boxes)
	for len(boxes) > 1 {
		var up []orb.Bound
		for i, box := range boxes {
			up = appendBox(up, i, box)
		}
		boxes = up
		x.levels = append(x.levels, boxes)
	}
	return x
}

func appendBox(boxes []orb.Bound, child int, box orb.Bound) []orb.Bound {
	if child%fanout == 0 {
		return append(boxes, box)
	}
	last := len(boxes) - 1
	boxes[last] = boxes[last].Union(box)
	return boxes
}

// hilbert returns the place of a cell of a 2³² × 2³² square along the curve.
func hilbert(x, y uint32) uint64 {
	var d uint64
	for s := uint32(1) << 31; s > 0; s >>= 1 {
		var rx, ry uint64
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d = d<<2 | (3*rx ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return d
}

// queued is a box (or, at level -1, a segment) with the square of its distance.
type queued struct {
	d2    float64
	level int32
	item  int32
}

// near calls visit with segments in the order of their distance from p, in
// metres squared on the plane that touches the ellipsoid there, until visit
// returns false or the next one is farther than max metres.
func (x *segmentIndex) near(g *Graph, p orb.Point, maxMetres float64, visit func(s segment, t, d2 float64) bool) {
	sc := scaleAt(p[1])
	limit := maxMetres * maxMetres
	var room [64]queued
	queue := room[:0]
	push := func(q queued) {
		if !(q.d2 <= limit) {
			return
		}
		queue = append(queue, q)
		i := len(queue) - 1
		for i > 0 && queue[(i-1)/2].d2 > queue[i].d2 {
			queue[i], queue[(i-1)/2] = queue[(i-1)/2], queue[i]
			i = (i - 1) / 2
		}
	}
	pop := func() queued {
		top := queue[0]
		last := len(queue) - 1
		queue[0] = queue[last]
		queue = queue[:last]
		for i := 0; ; {
			c := 2*i + 1
			if c >= last {
				return top
			}
			if c+1 < last && queue[c+1].d2 < queue[c].d2 {
				c++
			}
			if queue[i].d2 <= queue[c].d2 {
				return top
			}
			queue[i], queue[c] = queue[c], queue[i]
			i = c
		}
	}
	top := len(x.levels) - 1
	push(queued{sc.box(p, x.levels[top][0]), int32(top), 0})
	for len(queue) > 0 {
		q := pop()
		if q.level < 0 {
			s := x.segments[q.item]
			from, to := g.segment(s)
			t, d2 := sc.project(p, from, to)
			if !visit(s, t, d2) {
				return
			}
			continue
		}
		first := int(q.item) * fanout
		if q.level == 0 {
			for i := first; i < min(first+fanout, len(x.segments)); i++ {
				s := x.segments[i]
				from, to := g.segment(s)
				_, d2 := sc.project(p, from, to)
				push(queued{d2, -1, int32(i)})
			}
			continue
		}
		below := x.levels[q.level-1]
		for i := first; i < min(first+fanout, len(below)); i++ {
			push(queued{sc.box(p, below[i]), q.level - 1, int32(i)})
		}
	}
}

// box is the square of the distance in metres from p to a box.
func (s scale) box(p orb.Point, b orb.Bound) float64 {
	dx := max(b.Min[0]-p[0], 0, p[0]-b.Max[0]) * s.x
	dy := max(b.Min[1]-p[1], 0, p[1]-b.Max[1]) * s.y
	return dx*dx + dy*dy
}

// project returns where on the segment from a to b the point nearest to p
// lies, as a fraction, and the square of the distance in metres.
func (s scale) project(p, a, b orb.Point) (t, d2 float64) {
	bx, by := (b[0]-a[0])*s.x, (b[1]-a[1])*s.y
	px, py := (p[0]-a[0])*s.x, (p[1]-a[1])*s.y
	if l2 := bx*bx + by*by; l2 > 0 {
		t = min(1, max(0, (px*bx+py*by)/l2))
	}
	dx, dy := px-t*bx, py-t*by
	return t, dx*dx + dy*dy
}
