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
	"runtime"

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
	// Obstacles is what lies between the streets, in Extract.Graph: walls, waters,
	// buildings with their entrances, motorways, railways. It goes with Streets.
	Obstacles
	Everything = Streets | Boundaries | Buildings | Places | Waters | Obstacles
)

// Options of a reading; the zero value keeps everything.
type Options struct {
	// Only names the parts to keep; 0 stands for Everything.
	Only Part
	// Progress is called now and then with the bytes read so far and the size
	// of the file, 0 if unknown.
	Progress func(read, total int64)
	// Threads is how many goroutines decode blocks of PBF; 0 stands for as many
	// as the program may use, up to four. The result is the same.
	Threads int
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
	ClosedBarriers         int // nodes of streets where nobody may walk on
	PartBarriers           int // nodes of streets that stop bikes or cars only
	DuplicateIDs           int // of nodes, ways or relations of one file; the last one counts
	Overlaps               int // of elements that several files hold
	BadNodes               int // without a position on earth; left out
	MissingNodes           int // named by a way of a street but not there; the way is broken off
	IncompleteBoundaries   int // administrative, with rings that do not close; left out
	IncompleteAreas        int // other areas, likewise
	PlazaLines             int // straight ways across pedestrian areas
	Turns, IgnoredTurns    int // turn restrictions: rules obeyed; relations not understood or not whole
	Conditional            int // ways and relations with rules for some hours only, which are not obeyed
	Obstacles              int // lines
	Footprints, Waters     int // polygons among the obstacles
}

// ReadFile reads a file; its size is known to Progress.
func ReadFile(ctx context.Context, path string, o Options) (*Extract, error) {
	return ReadFiles(ctx, []string{path}, o)
}

// ReadFiles reads several extracts into one. What more than one of them hold
// counts once: of two versions of an element the later one, of the same version
// the one that has more of it. The order of the files changes nothing. Progress
// is told the bytes of all of them.
func ReadFiles(ctx context.Context, paths []string, o Options) (*Extract, error) {
	if len(paths) == 0 {
		return nil, fmt.Errorf("read extracts: no file: %w", ErrFormat)
	}
	if o.Total == 0 {
		for _, p := range paths {
			if info, err := os.Stat(p); err == nil {
				o.Total += info.Size()
			}
		}
	}
	c := newCollector(o.parts(), len(paths))
	done := int64(0)
	for _, p := range paths {
		read, err := c.readFile(ctx, p, o, done)
		if err != nil {
			return nil, err
		}
		done += read
	}
	x, err := c.finish(ctx)
	if err != nil {
		return nil, fmt.Errorf("read extract: %w", err)
	}
	return x, nil
}

func (c *collector) readFile(ctx context.Context, path string, o Options, done int64) (read int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("open extract: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return c.read(ctx, f, o, done)
}

// Read reads an extract; what it is, is told by its first bytes. Errors are
// ErrFormat, ErrDamaged, routing.ErrEmpty, those of the reader and the
// context's.
func Read(ctx context.Context, r io.Reader, o Options) (*Extract, error) {
	c := newCollector(o.parts(), 1)
	if _, err := c.read(ctx, r, o, 0); err != nil {
		return nil, err
	}
	x, err := c.finish(ctx)
	if err != nil {
		return nil, fmt.Errorf("read extract: %w", err)
	}
	return x, nil
}

func (o *Options) parts() Part {
	switch {
	case o.Only == 0:
		return Everything
	case o.Only&Obstacles != 0:
		return o.Only | Streets
	}
	return o.Only
}

// maxThreads is where more goroutines no longer help: one puts together what
// the others decode.
const maxThreads = 4

func (o *Options) threads() int {
	if o.Threads > 0 {
		return o.Threads
	}
	return min(runtime.GOMAXPROCS(0), maxThreads)
}

// read takes in one file and returns its length.
func (c *collector) read(ctx context.Context, r io.Reader, o Options, done int64) (int64, error) {
	counted := &countingReader{r: r, ctx: ctx, progress: o.Progress, read: done, total: o.Total}
	before := c.counts.Nodes + c.counts.Ways + c.counts.Relations
	c.begin()
	err := readAny(ctx, bufio.NewReaderSize(counted, 1<<18), c, o.threads(), 0)
	read := counted.read - done
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return read, fmt.Errorf("read extract after %d bytes: %w", read, err)
	}
	if c.counts.Nodes+c.counts.Ways+c.counts.Relations == before {
		return read, fmt.Errorf("read extract: it holds no element: %w", ErrFormat)
	}
	return read, nil
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
func readAny(ctx context.Context, r *bufio.Reader, c *collector, threads, layers int) error {
	head, err := r.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case len(head) == 0:
		return fmt.Errorf("it is empty: %w", ErrFormat)
	case bytes.HasPrefix(head, []byte("BZh")) && layers < 2:
		return readAny(ctx, bufio.NewReaderSize(damaged{bzip2.NewReader(r)}, 1<<18), c, threads, layers+1)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}) && layers < 2:
		z, err := gzip.NewReader(r)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return readAny(ctx, bufio.NewReaderSize(damaged{z}, 1<<18), c, threads, layers+1)
	case len(head) >= 8 && head[0] == 0 && head[1] == 0 && head[4] == 0x0a:
		return readPBF(ctx, r, c, threads)
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
