package outline

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// ErrOptions says that Options or a segment's band make no sense.
var ErrOptions = errors.New("outline options do not fit")

// ErrPoint says that a coordinate is not a number or out of all bounds.
var ErrPoint = errors.New("outline of a point that is nowhere")

const (
	// stepsPerBuffer is how many grid steps the buffer has unless Options.Step
	// says otherwise. All corners of a cell that a segment passes through are
	// nearer than √2 steps, hence inside.
	stepsPerBuffer = 2
	// maxGridPoints bounds the room of a drawing (4 bytes a point and band).
	maxGridPoints = 4 << 20
	maxBands      = 64
	// farthest bounds the coordinates; a plane in metres is no larger.
	farthest = 1e8
)

// Line is a straight piece on a plane in metres, x and y.
type Line struct{ A, B orb.Point }

// Segment is a line that is reached from a band on. Segments that follow one
// another along a street are drawn faster when each begins where the one before
// it ended.
type Segment struct {
	Line
	Band int
}

// Ground is what the outline minds around the segments. All of it may be empty.
type Ground struct {
	// Water has the edges of one water polygon in each entry: its rings in any
	// order and direction, even-odd.
	Water [][]Line
	// Walls are lines that the buffer does not pass: what lies behind one as
	// seen from the nearest point of a segment is not counted to that segment.
	Walls []Line
}

// Options say how to draw. Buffer is needed, the rest has defaults.
type Options struct {
	Bands   int     // number of bands, to 64; 0 is 1
	Buffer  float64 // metres around the segments
	MinHole float64 // square metres; smaller holes are filled
	// Step is the grid's in metres; 0 is half of the buffer. Where that makes
	// more than 4 million points or is more than half of the buffer, step and
	// buffer grow together until it fits.
	Step float64
}

// Drawer draws outlines and keeps its room between drawings. The zero value is
// ready. It must not be used by two goroutines at once.
type Drawer struct {
	grid    grid
	kept    [][]float32
	bands   [][]float32 // by band: squared distances in steps, by grid point; the first of kept
	water   water
	walls   walls
	pending []uint64 // by grid point: the contour upward through the edge to the right is not traced yet
	trace   []vertex
	rings   []ring
	points  []vertex // of rings
}

// grid is the part of the endless grid that one drawing covers.
type grid struct {
	step          float64 // metres
	left, low     int     // number of the first column and row from the origin
	width, height int
	level         float32 // the buffer in steps
	far           float32 // level + 1: the distance that stands for everything farther
	spans         []span  // by row
}

// span is the part of a row that segments are near to; last < first for none.
type span struct{ first, last int32 }

func (s *span) cover(first, last int) {
	s.first, s.last = min(s.first, int32(first)), max(s.last, int32(last))
}

// Draw returns the polygons of every band in the plane's metres. No segments in
// a band and those before it give no polygons. It fails with ErrOptions or
// ErrPoint.
func (d *Drawer) Draw(segments []Segment, ground Ground, o Options) ([]orb.MultiPolygon, error) {
	if o.Bands == 0 {
		o.Bands = 1
	}
	if !(o.Buffer > 0) || o.Buffer > farthest || o.Bands < 0 || o.Bands > maxBands || o.Step < 0 || math.IsNaN(o.Step) || math.IsNaN(o.MinHole) {
		return nil, fmt.Errorf("draw outline: buffer %v m, step %v m, %d bands: %w", o.Buffer, o.Step, o.Bands, ErrOptions)
	}
	out := make([]orb.MultiPolygon, o.Bands)
	if len(segments) == 0 {
		return out, nil
	}
	bound := orb.Bound{Min: segments[0].A, Max: segments[0].A}
	for i := range segments {
		s := &segments[i]
		if s.Band < 0 || s.Band >= o.Bands {
			return nil, fmt.Errorf("draw outline: band %d of %d: %w", s.Band, o.Bands, ErrOptions)
		}
		bound = stretch(stretch(bound, s.A), s.B)
		// A sum of coordinates that are not numbers is none either.
		if sum := math.Abs(s.A[0]) + math.Abs(s.A[1]) + math.Abs(s.B[0]) + math.Abs(s.B[1]); !(sum <= farthest) {
			return nil, fmt.Errorf("draw outline: segment %d: %w", i, ErrPoint)
		}
	}
	spans := d.grid.spans
	d.grid = newGrid(bound, o)
	d.grid.spans = sized(spans, d.grid.height)
	d.room(o.Bands)
	d.walls.fill(&d.grid, ground.Walls)
	d.stampAll(segments)
	if len(ground.Water) > 0 {
		d.water.fill(&d.grid, ground.Water)
		for _, field := range d.bands {
			d.water.leaveOut(&d.grid, field)
		}
	}
	minded := len(ground.Water) > 0 || len(d.walls.lines) > 0
	for k := range d.bands {
		if k > 0 {
			d.grid.lower(d.bands[k], d.bands[k-1])
		}
		for i := range segments {
			if minded && segments[i].Band == k {
				d.secure(k, &segments[i])
			}
		}
	}
	for k := range d.bands {
		d.contours(k)
		out[k] = d.polygonize(o.MinHole)
	}
	return out, nil
}

// Buffer returns the buffer that the last drawing used, in metres; it is larger
// than asked where the grid had to be coarser.
func (d *Drawer) Buffer() float64 { return float64(d.grid.level) * d.grid.step }

func stretch(b orb.Bound, p orb.Point) orb.Bound {
	if p[0] < b.Min[0] {
		b.Min[0] = p[0]
	}
	if p[0] > b.Max[0] {
		b.Max[0] = p[0]
	}
	if p[1] < b.Min[1] {
		b.Min[1] = p[1]
	}
	if p[1] > b.Max[1] {
		b.Max[1] = p[1]
	}
	return b
}

func newGrid(bound orb.Bound, o Options) grid {
	step := o.Step
	if step == 0 || step > o.Buffer/stepsPerBuffer {
		step = o.Buffer / stepsPerBuffer
	}
	for {
		buffer := max(o.Buffer, stepsPerBuffer*step)
		margin := buffer + 2*step
		left, low := math.Floor((bound.Min[0]-margin)/step), math.Floor((bound.Min[1]-margin)/step)
		width := math.Ceil((bound.Max[0]+margin)/step) - left + 1
		height := math.Ceil((bound.Max[1]+margin)/step) - low + 1
		if width*height <= maxGridPoints {
			level := float32(buffer / step)
			return grid{step, int(left), int(low), int(width), int(height), level, level + 1, nil}
		}
		step *= 2
	}
}

// at turns metres into steps from the grid's first point.
func (g *grid) at(p orb.Point) (x, y float32) {
	return float32(p[0]/g.step - float64(g.left)), float32(p[1]/g.step - float64(g.low))
}

// room makes room for the grid's points in every band, all of them far.
func (d *Drawer) room(bands int) {
	n := d.grid.width * d.grid.height
	for len(d.kept) < bands {
		d.kept = append(d.kept, nil)
	}
	d.bands = d.kept[:bands]
	far2 := d.grid.far * d.grid.far
	for k := range d.bands {
		d.bands[k] = sized(d.bands[k], n)
		fill(d.bands[k], far2)
	}
	for y := range d.grid.spans {
		d.grid.spans[y] = span{first: math.MaxInt32, last: -1}
	}
	d.pending = sized(d.pending, (n+63)/64+1)
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

func fill(s []float32, v float32) {
	if len(s) == 0 {
		return
	}
	s[0] = v
	for n := 1; n < len(s); n *= 2 {
		copy(s[n:], s[:n])
	}
}
