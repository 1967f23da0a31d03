package osm

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// Errors of Read that somebody may branch on. An extract whose ways nobody may
// walk gives routing.ErrEmpty.
var (
	// ErrFormat means that the input is not OpenStreetMap data.
	ErrFormat = errors.New("not OpenStreetMap data (.osm.pbf, .osm, .osm.bz2, .osm.gz)")
	// ErrDamaged means that the input is cut short or broken.
	ErrDamaged = errors.New("damaged OpenStreetMap file")
)

// Part is a set of things that an extract holds.
type Part uint8

// The parts of an extract.
const (
	Streets    Part = 1 << iota // Extract.Graph
	Boundaries                  // administrative areas
	Buildings                   // footprints
	Places                      // facilities
	Waters                      // for drawing
	Everything = Streets | Boundaries | Buildings | Places | Waters
)

// Options of a reading; the zero value keeps everything.
type Options struct {
	// Only names the parts to keep; 0 stands for Everything.
	Only Part
	// Progress is called now and then with the bytes read so far and the size
	// of the file, 0 if unknown.
	Progress func(read, total int64)
	// Total is the size that Progress is told; ReadFile finds it by itself.
	Total int64
}

// Extract is what was read. Polygons are in lon-lat, rings closed, outer rings
// counter-clockwise, holes clockwise.
type Extract struct {
	Graph      *routing.Graph // nil if Streets were not asked for
	Boundaries []Boundary
	Buildings  []Building
	Places     []Place
	Waters     []Water
	// Bounds is the extent of the streets without strays: members that an
	// extract drags in from far outside do not widen it.
	Bounds orb.Bound
	Counts Counts
}

// Boundary is an administrative area. ID begins with w (way) or r (relation).
type Boundary struct {
	ID, Name   string
	AdminLevel int
	Polygon    orb.MultiPolygon
}

// Building is a footprint. Kind is the value of building=*; Levels is 0 where
// nobody mapped them.
type Building struct {
	ID, Kind, Name string
	Polygon        orb.MultiPolygon
	Levels         int
}

// Place is a facility or another point of interest: anything with one of the
// tags amenity, social_facility, healthcare, shop or leisure. Tags holds those,
// social_facility:for and capacity, no others. Point is the node, or the
// centroid of the area.
type Place struct {
	ID, Name string
	Tags     map[string]string
	Point    orb.Point
}

// Water is an area (a lake, a river's surface) or a line (a river, a canal, a
// coast); the other one is empty. Kind is the tag's value.
type Water struct {
	ID, Kind, Name string
	Area           orb.MultiPolygon
	Line           orb.LineString
}

// Counts says what was in the file and what was left out of it.
type Counts struct {
	Nodes, Ways, Relations int // read
	WalkableWays           int
	ClosedBarriers         int // nodes of streets that nobody may pass
	DuplicateIDs           int // of nodes, ways or relations; the last one counts
	BadNodes               int // without a position on earth; left out
	MissingNodes           int // named by a way of a street but not there; the way is broken off
	IncompleteBoundaries   int // administrative, with rings that do not close; left out
	IncompleteAreas        int // other areas, likewise
}

// ReadFile reads a file; its size is known to Progress.
func ReadFile(ctx context.Context, path string, o Options) (*Extract, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open extract: %w", err)
	}
	if info, err := f.Stat(); err == nil && o.Total == 0 {
		o.Total = info.Size()
	}
	x, err := Read(ctx, f, o)
	return x, errors.Join(err, f.Close())
}

// Read reads an extract; what it is, is told by its first bytes. Errors are
// ErrFormat, ErrDamaged, routing.ErrEmpty, those of the reader and the
// context's.
func Read(ctx context.Context, r io.Reader, o Options) (*Extract, error) {
	if o.Only == 0 {
		o.Only = Everything
	}
	c := newCollector(o.Only)
	counted := &countingReader{r: r, ctx: ctx, progress: o.Progress, total: o.Total}
	err := readAny(ctx, bufio.NewReaderSize(counted, 1<<18), c, 0)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("read extract after %d bytes: %w", counted.read, err)
	}
	if c.counts.Nodes+c.counts.Ways+c.counts.Relations == 0 {
		return nil, fmt.Errorf("read extract: it holds no element: %w", ErrFormat)
	}
	x, err := c.finish(ctx)
	if err != nil {
		return nil, fmt.Errorf("read extract: %w", err)
	}
	return x, nil
}

// countingReader tells how far a reading is and ends it with its context.
type countingReader struct {
	r           io.Reader
	ctx         context.Context
	read, total int64
	progress    func(read, total int64)
}

func (c *countingReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.read += int64(n)
	if c.progress != nil && n > 0 {
		c.progress(c.read, c.total)
	}
	return n, err
}

// readAny looks at the first bytes and unpacks at most two layers.
func readAny(ctx context.Context, r *bufio.Reader, c *collector, layers int) error {
	head, err := r.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case len(head) == 0:
		return fmt.Errorf("it is empty: %w", ErrFormat)
	case bytes.HasPrefix(head, []byte("BZh")) && layers < 2:
		return readAny(ctx, bufio.NewReaderSize(damaged{bzip2.NewReader(r)}, 1<<18), c, layers+1)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}) && layers < 2:
		z, err := gzip.NewReader(r)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return readAny(ctx, bufio.NewReaderSize(damaged{z}, 1<<18), c, layers+1)
	case len(head) >= 8 && head[0] == 0 && head[1] == 0 && head[4] == 0x0a:
		return readPBF(ctx, r, c)
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) > 0 && text[0] == '<' {
		return readXML(ctx, r, c)
	}
	return ErrFormat
}

// damaged marks the errors of an unpacker.
type damaged struct{ r io.Reader }

func (d damaged) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}
