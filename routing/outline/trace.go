package outline

import (
	"math"
	"math/bits"
)

const (
	// clear is how far, in steps, crossings keep from grid points, so that
	// contours never touch one another.
	clearance = 0.06
	// tolerance is how far, in steps, a straightened contour may lie from the
	// contour. A contour keeps clearance/√2 from every grid point, which is more,
	// so that straightening leaves every grid point on its side.
	tolerance = 0.04
	// anchorEvery: where a contour crosses a grid line with a number that this
	// divides, the point stays, so that equal stretches of contours of two bands
	// are straightened alike.
	anchorEvery = 16
)

// vertex is where a contour crosses a grid line, in steps.
type vertex struct {
	x, y  float32
	fixed bool // must stay
}

// ring is a closed contour: points[first:end], with its area in square steps,
// negative for holes.
type ring struct {
	first, end int
	area       float64
	box        [4]float32 // min x, min y, max x, max y
}

func sqrt32(v float32) float32 { return float32(math.Sqrt(float64(v))) }

// contours traces the lines where the distance equals the buffer, inside on the
// left: outer rings run counter-clockwise, holes clockwise. The margin of the
// grid is outside, so every contour closes.
func (d *Drawer) contours(band int) {
	g := &d.grid
	field, level2 := d.bands[band], g.level*g.level
	d.rings, d.points = d.rings[:0], d.points[:0]
	clear(d.pending)
	for y, s := range g.spans {
		if s.last < s.first {
			continue
		}
		base := y*g.width + int(s.first)
		row := field[base : y*g.width+int(s.last)+2] // one more, which is outside
		in := false
		for x, v := range row {
			now := v < level2
			if in && !now {
				at := base + x - 1
				d.pending[at>>6] |= 1 << (at & 63)
			}
			in = now
		}
	}
	for w := range d.pending {
		for d.pending[w] != 0 {
			d.traceRing(band, w<<6+bits.TrailingZeros64(d.pending[w]))
		}
	}
}

// Directions of travel, counter-clockwise.
const (
	east = iota
	north
	west
	south
)

// traceRing follows the contour that goes north between the grid point start,
// which is inside, and the one to its right, until it comes back.
func (d *Drawer) traceRing(band, start int) {
	g := &d.grid
	field, level2, w := d.bands[band], g.level*g.level, g.width
	ahead := [4]int{1, w, -1, -w} // step in each direction
	d.trace = d.trace[:0]
	left, right, heading := start, start+1, north // left is inside, right is not
	pinned := false                               // by the cell before
	for {
		v := d.crossing(field, left, right, heading)
		if heading == north {
			d.pending[left>>6] &^= 1 << (left & 63)
		}
		farLeft, farRight := left+ahead[heading], right+ahead[heading]
		inLeft, inRight := field[farLeft] < level2, field[farRight] < level2
		saddle := !inLeft && inRight
		pin := saddle || len(d.bands) > 1 && d.contested(band, left, right, farLeft, farRight)
		v.fixed = v.fixed || pin || pinned
		d.trace = append(d.trace, v)
		pinned = pin
		if saddle {
			// Summed by diagonals, so that it is the same from whichever side.
			middle := (d.value(field[left]) + d.value(field[farRight])) + (d.value(field[right]) + d.value(field[farLeft]))
			inLeft, inRight = middle < 0, middle < 0
		}
		switch {
		case inRight: // turn right, around the point on the right
			left, heading = farRight, (heading+3)&3
		case inLeft:
			left, right = farLeft, farRight
		default:
			right, heading = farLeft, (heading+1)&3
		}
		if left == start && right == start+1 {
			break
		}
	}
	if pinned {
		d.trace[0].fixed = true
	}
	d.keep()
}

// contested tells whether the contour of another band passes through a cell and
// not in the same way.
func (d *Drawer) contested(band int, corners ...int) bool {
	level2 := d.grid.level * d.grid.level
	field := d.bands[band]
	for k, other := range d.bands {
		if k == band {
			continue
		}
		in, same := 0, true
		for _, c := range corners {
			if other[c] < level2 {
				in++
			}
			same = same && other[c] == field[c]
		}
		if in > 0 && in < len(corners) && !same {
			return true
		}
	}
	return false
}

// value is how far beyond the buffer a squared distance lies, in steps.
func (d *Drawer) value(d2 float32) float32 { return sqrt32(d2) - d.grid.level }

// crossing is where the contour crosses the grid line between two neighbours,
// the first inside and the second not. It moves outward when either distance
// falls, which is why bands nest.
func (d *Drawer) crossing(field []float32, in, out, heading int) vertex {
	a, b := d.value(field[in]), d.value(field[out])
	t := min(1-clearance, max(clearance, a/(a-b)))
	if !(a < 0) { // rounding of the root; the point itself is inside
		t = clearance
	}
	w := d.grid.width
	row := in / w
	x, y := float32(in-row*w), float32(row)
	column := in - row*w
	switch heading {
	case north:
		return vertex{x + t, y, (row+d.grid.low)&(anchorEvery-1) == 0}
	case south:
		return vertex{x - t, y, (row+d.grid.low)&(anchorEvery-1) == 0}
	case west:
		return vertex{x, y + t, (column+d.grid.left)&(anchorEvery-1) == 0}
	default:
		return vertex{x, y - t, (column+d.grid.left)&(anchorEvery-1) == 0}
	}
}

// keep straightens the traced ring and adds it to the rings.
func (d *Drawer) keep() {
	r := ring{first: len(d.points)}
	d.points = straighten(d.points, d.trace)
	r.end = len(d.points)
	points := d.points[r.first:]
	p := points[len(points)-1]
	r.box = [4]float32{p.x, p.y, p.x, p.y}
	ox, oy := p.x, p.y // from a point of its own: exact enough for small rings
	for _, q := range points {
		r.area += float64(p.x-ox)*float64(q.y-oy) - float64(q.x-ox)*float64(p.y-oy)
		r.box[0], r.box[1] = min(r.box[0], q.x), min(r.box[1], q.y)
		r.box[2], r.box[3] = max(r.box[2], q.x), max(r.box[3], q.y)
		p = q
	}
	r.area /= 2
	d.rings = append(d.rings, r)
}

// straighten appends the ring without points that a straight line between their
// neighbours passes within the tolerance. Points that are fixed stay; runs
// between them are treated by what they hold alone.
func straighten(out, trace []vertex) []vertex {
	n := len(trace)
	begin := 0
	for begin < n && !trace[begin].fixed {
		begin++
	}
	if begin == n {
		begin = 0 // a small ring; contours that are equal begin at the same point
	}
	first := len(out)
	out = append(out, trace[begin])
	var c cone
	c.reset(trace[begin].x, trace[begin].y, tolerance)
	last := trace[begin]
	for k := 1; k <= n; k++ {
		i := begin + k
		if i >= n {
			i -= n
		}
		v := trace[i]
		if k > 1 && (last.fixed || !c.sees(v.x, v.y)) {
			out = append(out, last)
			c.reset(last.x, last.y, tolerance)
		}
		c.pass(v.x, v.y)
		last = v
	}
	if len(out)-first < 3 { // all but straight: keep every point
		out = append(out[:first], trace...)
	}
	return out
}
