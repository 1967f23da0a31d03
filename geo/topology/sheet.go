package topology

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// Area is one area of a level, with its faults if it has any.
type Area struct {
	Code   string
	Parent string // the parent's code; empty if parents play no part
	// Parts is the number of parts it is declared to have; 0 stands for 1.
	Parts int
	// Shape is in WGS 84, lon-lat degrees, rings closed, in any direction.
	Shape orb.MultiPolygon
}

// Options are what Survey and Build are told; the zero value is the default.
type Options struct {
	// Parents are the areas of the level above, in which those of this level
	// lie. None: nothing is asked about gaps that are not enclosed, nor about
	// ground outside a parent.
	Parents []Area
	// SliverM is the mean width in metres, twice the area by the perimeter,
	// below which a gap or an overlap is called a sliver; 0 stands for 1.
	SliverM float64
	// FreeParents lets edits move the borders between parents and the outer one,
	// and vertices on them.
	FreeParents bool
	// FreeParts lets edits leave a face in more parts than it had.
	FreeParts bool
}

// Level takes the areas of one level out of a list, and those of the level
// above as their parents (none for districts), for Survey and Build, with the
// parts that they are declared to have.
func Level(areas []geo.Area, level geo.Level) (of, parents []Area) {
	for _, a := range areas {
		b := Area{Code: a.Code, Parent: a.Parent, Parts: a.Parts, Shape: a.Boundary}
		switch a.Level {
		case level:
			of = append(of, b)
		case level - 1:
			parents = append(parents, b)
		}
	}
	return of, parents
}

// Sheet is areas laid over each other as they are drawn, faults and all: the
// ground divided into cells, each of which lies in the same areas all over. It
// is immutable and safe for concurrent use.
type Sheet struct {
	opt     Options
	areas   []Area // by code
	parents []Area // by code
	spikes  []spike
	*plane
	start   []int32 // by cell: its half-edges are list[start[c]:start[c+1]]
	list    []int32
	lengths []float64 // metres, by segment
	m2      []float64 // by cell
	in      [][]int32 // by cell: the areas it lies in, ascending
	under   [][]int32 // by cell: the parents it lies in, ascending
	knotted [][]int32 // by cell: areas whose line runs around it other than once
	spiked  [][]int32 // by cell: spikes
}

// Survey lays areas, of one level, and their parents over each other. Vertices
// are one where their coordinates are, rounded to a billionth of a degree (0.1
// mm); a vertex that lies on the border of another area becomes a vertex of
// it; where borders cross both get one. It refuses shapes that cannot be read,
// with a *geo.AreaError for each (Index in areas, and then in Parents): no
// polygon, rings unclosed or too short, coordinates that are no degrees,
// outlines without any ground. What else is wrong is for Check.
func Survey(areas []Area, opt Options) (*Sheet, error) {
	return survey(areas, opt, true)
}

// survey is Survey; without spikes nothing is cut along their bases.
func survey(areas []Area, opt Options, spikes bool) (*Sheet, error) {
	if math.IsNaN(opt.SliverM) || opt.SliverM < 0 || math.IsInf(opt.SliverM, 1) {
		return nil, fmt.Errorf("survey areas: a sliver's width of %g m is no width", opt.SliverM)
	}
	opt.SliverM = cmp.Or(opt.SliverM, 1)
	s := &Sheet{opt: opt, areas: slices.Clone(areas), parents: slices.Clone(opt.Parents)}
	s.opt.Parents = nil
	var errs []error
	check := func(list []Area, before int) {
		for i, a := range list {
			if err := readable(a); err != nil {
				errs = append(errs, &geo.AreaError{Index: before + i, Code: a.Code, Err: err})
			}
		}
	}
	check(s.areas, 0)
	check(s.parents, len(s.areas))
	if len(errs) > 0 {
		return nil, fmt.Errorf("survey areas: %w", errors.Join(errs...))
	}
	byCode := func(a, b Area) int { return cmp.Compare(a.Code, b.Code) }
	slices.SortStableFunc(s.areas, byCode)
	slices.SortStableFunc(s.parents, byCode)
	if err := s.lay(spikes); err != nil {
		return nil, fmt.Errorf("survey areas: %w", err)
	}
	return s, nil
}

func readable(a Area) error {
	if a.Code == "" {
		return errors.New("no code")
	}
	if err := geo.CheckRings(a.Shape); err != nil {
		return fmt.Errorf("boundary: %w", err)
	}
	for _, poly := range a.Shape {
		if len(outline(poly[0])) > 2 {
			return nil
		}
	}
	return errors.New("boundary: no ground, all points lie on a line")
}

// outline returns a ring on the lattice, unclosed, points that repeat left out;
// nothing where less than a triangle is left.
func outline(r orb.Ring) []pt {
	pts := make([]pt, 0, len(r))
	for _, p := range r {
		if q := at(p); len(pts) == 0 || pts[len(pts)-1] != q {
			pts = append(pts, q)
		}
	}
	for len(pts) > 1 && pts[0] == pts[len(pts)-1] {
		pts = pts[:len(pts)-1]
	}
	for _, p := range pts {
		if len(pts) > 2 && side(pts[0], pts[1], p) != 0 {
			return pts
		}
	}
	return nil
}

// lay cuts all outlines at their crossings and finds the cells.
func (s *Sheet) lay(spikes bool) error {
	var runs []run
	ring := func(pts []pt, who int32) {
		for i, p := range pts {
			runs = append(runs, newRun(p, pts[(i+1)%len(pts)], who))
		}
	}
	trace := func(a Area, who int32, spiky bool) {
		for _, poly := range a.Shape {
			for i, r := range poly {
				pts := outline(r)
				// Outer rings counter-clockwise, holes clockwise, whatever was drawn.
				if (twiceArea(pts).sign() < 0) == (i == 0) {
					slices.Reverse(pts)
				}
				ring(pts, who)
				if spiky {
					s.findSpikes(pts, who)
				}
			}
		}
	}
	for i, a := range s.areas {
		trace(a, int32(i), spikes)
	}
	for i, a := range s.parents {
		trace(a, int32(len(s.areas)+i), false)
	}
	for i, k := range s.spikes {
		if k.flat() {
			continue
		}
		ring(k.ring[:], int32(len(s.areas)+len(s.parents)+i))
	}
	runs, err := node(runs)
	if err != nil {
		return err
	}
	segs, start, net := sum(runs)
	s.plane = newPlane(segs)
	s.measure()
	s.cover(start, net)
	return nil
}

// along returns the half-edges that have a cell on their left.
func (s *Sheet) along(c int32) []int32 { return s.list[s.start[c]:s.start[c+1]] }

// share is how often the line of who passes a segment from its first point to
// its second, less how often it passes back.
type share struct{ who, w int32 }

// sum adds up sorted runs by segment; those where nothing is left are dropped:
// a way out and back bounds no ground.
func sum(runs []run) (segs []seg, start []int32, net []share) {
	for i := 0; i < len(runs); {
		from := len(net)
		s := runs[i].seg
		for i < len(runs) && runs[i].seg == s {
			who, w := runs[i].who, int32(0)
			for ; i < len(runs) && runs[i].seg == s && runs[i].who == who; i++ {
				w += runs[i].w
			}
			if w != 0 {
				net = append(net, share{who, w})
			}
		}
		if len(net) > from {
			segs = append(segs, s)
			start = append(start, int32(from))
		}
	}
	return segs, append(start, int32(len(net))), net
}

// measure finds the metres of segments and the square metres of cells.
func (s *Sheet) measure() {
	s.lengths = make([]float64, len(s.from)/2)
	for e := range s.lengths {
		a, b := s.ends(int32(2 * e))
		s.lengths[e] = geo.Distance(a.lonLat(), b.lonLat())
	}
	s.m2 = make([]float64, s.cells)
	for c := range int32(len(s.first)) {
		ring := s.ring(c)
		m2 := ringM2(ring)
		if twiceArea(ring).sign() < 0 {
			m2 = -m2
		}
		s.m2[s.cell[c]] += m2
	}
}

func ringM2(ring []pt) float64 {
	return geo.AreaM2(orb.MultiPolygon{{ringOf(append(ring, ring[0]))}})
}

// cover finds in which areas each cell lies, from the outside inward: whoever
// passes a segment forward has the cell on its left once more than the one on
// its right.
func (s *Sheet) cover(first []int32, net []share) {
	around := make([][]share, s.cells)
	known := make([]bool, s.cells)
	known[0] = true
	s.start, s.list = s.byCell()
	for queue := []int32{0}; len(queue) > 0; queue = queue[1:] {
		c := queue[0]
		for _, h := range s.along(c) {
			d := s.left(h ^ 1)
			if known[d] {
				continue
			}
			known[d] = true
			// From the left of h to its right: what passes h forward is left behind.
			w := int32(-1)
			if h&1 == 1 {
				w = 1
			}
			around[d] = add(around[c], net[first[h/2]:first[h/2+1]], w)
			queue = append(queue, d)
		}
	}
	s.in, s.under = make([][]int32, s.cells), make([][]int32, s.cells)
	s.knotted, s.spiked = make([][]int32, s.cells), make([][]int32, s.cells)
	areas, parents := int32(len(s.areas)), int32(len(s.parents))
	for c, list := range around {
		for _, x := range list {
			switch {
			case x.who < areas:
				s.in[c] = append(s.in[c], x.who)
				if x.w != 1 {
					s.knotted[c] = append(s.knotted[c], x.who)
				}
			case x.who < areas+parents:
				s.under[c] = append(s.under[c], x.who-areas)
			default:
				s.spiked[c] = append(s.spiked[c], x.who-areas-parents)
			}
		}
	}
}

// add returns a + w·b, both sorted by who; what comes to nothing is left out.
func add(a, b []share, w int32) []share {
	out := make([]share, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].who < b[0].who:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0].who < a[0].who:
			out, b = append(out, share{b[0].who, w * b[0].w}), b[1:]
		default:
			if sum := a[0].w + w*b[0].w; sum != 0 {
				out = append(out, share{a[0].who, sum})
			}
			a, b = a[1:], b[1:]
		}
	}
	return out
}
