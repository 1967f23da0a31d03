package drawing

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/topology"
)

// Plot is a piece of ground that is given to one area or another as a whole.
type Plot struct {
	Area   int32     // of today, a place in Land.Areas
	Cells  []h3.Cell // the cells that it is made of parts of, ascending; none: it is a whole area
	Centre orb.Point // of gravity; in a bent plot it may lie outside
	pieces []int32   // of the topology of pieces
}

// Land is areas cut into plots, and which of these touch. It is immutable.
type Land struct {
	// Areas are those of today, by code, hairlines between them healed.
	Areas []topology.Area
	Plots []Plot
	// Graph is of the plots: lengths and areas are metres and square metres. No
	// neighbours are parted by a barrier: see Part.
	Graph districting.Graph

	pieces     *topology.Topology  // a face a piece, its number as the code
	plotOf     []int32             // by piece
	today      map[orb.Point]bool  // the vertices that the areas of today have
	cellM      float64             // metres of a cell's edge; 0: plots are whole areas
	resolution int                 // of the cells
	at         map[spot][]int32    // pieces
	areasIn    map[h3.Cell][]int32 // areas that have a part of a cell
	inside     map[h3.Cell]bool    // cells that lie in one area as a whole
	corner     map[orb.Point]bool  // the corners of cells, as the topology has them
}

// spot is a cell in an area.
type spot struct {
	area int32
	cell h3.Cell
}

// small is the share of a cell below which a plot is put to one beside it: what
// a border of today cuts off a cell is often too little to be drawn.
const small = 0.4

// Lay cuts areas, of one level, along the edges of the cells of a resolution.
// Areas that do not tile are a *topology.FaultError inside.
func Lay(areas []topology.Area, resolution int) (*Land, error) {
	l, err := newLand(areas)
	if err != nil {
		return nil, err
	}
	l.resolution = resolution
	mean, err := h3.HexagonAreaAvgM2(resolution)
	if err != nil {
		return nil, fmt.Errorf("lay cells over areas: %w", err)
	}
	if l.cellM, err = h3.HexagonEdgeLengthAvgM(resolution); err != nil {
		return nil, fmt.Errorf("lay cells over areas: %w", err)
	}
	pieces, err := l.cut(resolution)
	if err != nil {
		return nil, fmt.Errorf("lay cells over areas: %w", err)
	}
	if err := l.gather(pieces, small*mean); err != nil {
		return nil, fmt.Errorf("lay cells over areas: %w", err)
	}
	return l, nil
}

// Whole makes each area one plot. Areas that do not tile are a
// *topology.FaultError inside.
func Whole(areas []topology.Area) (*Land, error) {
	l, err := newLand(areas)
	if err != nil {
		return nil, err
	}
	pieces := make([]piece, len(l.Areas))
	for i, a := range l.Areas {
		pieces[i] = piece{area: int32(i), shape: a.Shape}
	}
	if err := l.gather(pieces, 0); err != nil {
		return nil, fmt.Errorf("take areas as they are: %w", err)
	}
	return l, nil
}

func newLand(areas []topology.Area) (*Land, error) {
	t, err := topology.Build(areas, topology.Options{FreeParents: true, FreeParts: true})
	if err != nil {
		return nil, fmt.Errorf("draw areas anew: %w", err)
	}
	l := &Land{Areas: t.Areas(), today: make(map[orb.Point]bool), corner: make(map[orb.Point]bool), at: make(map[spot][]int32), areasIn: make(map[h3.Cell][]int32), inside: make(map[h3.Cell]bool)}
	for _, a := range l.Areas {
		for _, poly := range a.Shape {
			for _, ring := range poly {
				for _, p := range ring {
					l.today[p] = true
				}
			}
		}
	}
	return l, nil
}

// piece is ground of one area in one cell, before it becomes a plot.
type piece struct {
	area  int32
	cell  h3.Cell // 0: the whole area
	shape orb.MultiPolygon
}

// cut cuts the areas along the edges of cells.
func (l *Land) cut(resolution int) ([]piece, error) {
	var out []piece
	for i, a := range l.Areas {
		whole, err := geo.CoverInside(a.Shape, resolution)
		if err != nil {
			return nil, fmt.Errorf("area %s: %w", a.Code, err)
		}
		cells, err := geo.CoverOverlapping(a.Shape, resolution)
		if err != nil {
			return nil, fmt.Errorf("area %s: %w", a.Code, err)
		}
		for _, c := range cells {
			shape, err := geo.CellBoundary(c)
			if err != nil {
				return nil, err
			}
			for _, p := range shape[0] {
				l.corner[onLattice(p)] = true
			}
			if _, inside := slices.BinarySearch(whole, c); inside {
				l.inside[c] = true
				out = append(out, piece{int32(i), c, orb.MultiPolygon{shape}})
				continue
			}
			parts, err := geo.Intersection(orb.MultiPolygon{shape}, a.Shape)
			if err != nil {
				return nil, fmt.Errorf("area %s, cell %s: %w", a.Code, c, err)
			}
			for _, p := range parts {
				if !tooThin(p) {
					out = append(out, piece{int32(i), c, orb.MultiPolygon{p}})
				}
			}
		}
	}
	return out, nil
}

// onLattice is a point as package topology has it.
func onLattice(p orb.Point) orb.Point {
	const units = 1e9
	return orb.Point{math.Round(p[0]*units) / units, math.Round(p[1]*units) / units}
}

// leastWidthM is the mean width that a piece has at least, in metres: less may be
// nothing after rounding, and goes to a neighbour as a hairline.
const leastWidthM = 1e-3

// tooThin tells that a polygon is a hairline.
func tooThin(p orb.Polygon) bool {
	around := 0.0
	for _, ring := range p {
		around += geo.Length(orb.LineString(ring))
	}
	return 2*geo.AreaM2(orb.MultiPolygon{p}) < leastWidthM*around
}

// gather makes plots of the pieces, the small ones put to one beside them.
func (l *Land) gather(pieces []piece, least float64) error {
	areas := make([]topology.Area, len(pieces))
	for i, p := range pieces {
		areas[i] = topology.Area{Code: pieceCode(int32(i)), Parent: l.Areas[p.area].Parent, Parts: len(p.shape), Shape: p.shape}
	}
	var err error
	if l.pieces, err = topology.Build(areas, topology.Options{FreeParents: true, FreeParts: true}); err != nil {
		return err
	}
	near := l.pieces.Neighbours()
	if len(near.Codes) != len(pieces) {
		return fmt.Errorf("%d of %d pieces have no ground", len(pieces)-len(near.Codes), len(pieces))
	}
	j := newJoiner(pieces, near)
	j.joinSmall(least)
	l.number(pieces, j)
	return nil
}

func pieceCode(i int32) string { return fmt.Sprintf("%08d", i) }

// number numbers the plots, in the order of their first pieces.
func (l *Land) number(pieces []piece, j *joiner) {
	l.plotOf = make([]int32, len(pieces))
	plot := make(map[int32]int32)
	g := &l.Graph
	for i, p := range pieces {
		root := j.root(int32(i))
		k, known := plot[root]
		if !known {
			k = int32(len(l.Plots))
			plot[root] = k
			l.Plots = append(l.Plots, Plot{Area: p.area})
			g.Area, g.Outer = append(g.Area, j.m2[root]), append(g.Outer, j.outer[root])
		}
		l.plotOf[i] = k
		x := &l.Plots[k]
		x.pieces = append(x.pieces, int32(i))
		if p.cell != 0 && !slices.Contains(x.Cells, p.cell) {
			x.Cells = append(x.Cells, p.cell)
		}
		if l.at[spot{p.area, p.cell}] == nil {
			l.areasIn[p.cell] = append(l.areasIn[p.cell], p.area)
		}
		l.at[spot{p.area, p.cell}] = append(l.at[spot{p.area, p.cell}], int32(i))
	}
	g.First = make([]int32, 1, len(l.Plots)+1)
	for k := range l.Plots {
		x := &l.Plots[k]
		slices.Sort(x.Cells)
		x.Centre = middle(pieces, x.pieces)
		type link struct {
			to     int32
			border float64
		}
		var links []link
		for other, m := range j.border[j.root(x.pieces[0])] {
			links = append(links, link{plot[other], m})
		}
		slices.SortFunc(links, func(a, b link) int { return cmp.Compare(a.to, b.to) })
		for _, n := range links {
			g.To, g.Border = append(g.To, n.to), append(g.Border, n.border)
		}
		g.First = append(g.First, int32(len(g.To)))
	}
}

// middle is the centre of gravity of some pieces.
func middle(pieces []piece, of []int32) orb.Point {
	var at orb.Point
	total := 0.0
	for _, i := range of {
		c, m := planar.CentroidArea(pieces[i].shape)
		at[0], at[1], total = at[0]+m*c[0], at[1]+m*c[1], total+m
	}
	if total == 0 {
		return pieces[of[0]].shape.Bound().Center()
	}
	return orb.Point{at[0] / total, at[1] / total}
}
