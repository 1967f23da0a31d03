package overlay

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/rtree"
)

const units = 1e7

// piece is a stretch of street between two nodes.
type piece struct {
	edge     int32 // of the graph that it comes from; -1 for one that was added
	from, to int32
	line     orb.LineString
	attr     routing.EdgeAttr // as it is now
	before   routing.EdgeAttr // as it was before anything was shut
	gate     bool             // a gate: a piece without length
	moved    bool             // an end is at another node than in the graph
}

// streets are a graph while changes are made to it. Edges are looked at when
// they are needed: a city has hundreds of thousands, a change a handful.
type streets struct {
	graph  *routing.Graph
	tree   *rtree.Tree
	coords []int32  // of the graph's edges, x and y in turn
	first  []uint32 // by edge, into the points; one more than edges
	nodes  []orb.Point
	degree []int32            // by node: ends of pieces there
	parts  map[int32][]*piece // by edge, in the order of its line
	added  []*piece
	gates  []*piece // of all pieces, those that are gates
}

func newStreets(g *routing.Graph) (*streets, error) {
	s := &streets{graph: g, first: []uint32{0}, nodes: make([]orb.Point, g.Nodes()), degree: make([]int32, g.Nodes()), parts: map[int32][]*piece{}}
	for n := range s.nodes {
		s.nodes[n] = g.Node(int32(n))
	}
	g.EachEdge(func(e routing.Edge) bool {
		for _, p := range e.Line {
			s.coords = append(s.coords, int32(math.Round(p[0]*units)), int32(math.Round(p[1]*units)))
		}
		s.first = append(s.first, uint32(len(s.coords)/2))
		s.degree[e.Tail]++
		s.degree[e.Head]++
		return true
	})
	tree, err := rtree.Build(s)
	if err != nil {
		return nil, fmt.Errorf("index streets: %w", err)
	}
	s.tree = tree
	return s, nil
}

// Len, Points and Ends show the edges to the tree; see rtree.Lines.
func (s *streets) Len() int { return len(s.first) - 1 }

func (s *streets) Points(edge uint32) int { return int(s.first[edge+1] - s.first[edge]) }

func (s *streets) Ends(x rtree.Segment) (ax, ay, bx, by int32) {
	c := s.coords[2*(s.first[x.Line]+x.Point):]
	return c[0], c[1], c[2], c[3]
}

// of returns the pieces of an edge.
func (s *streets) of(edge int32) []*piece {
	parts, ok := s.parts[edge]
	if !ok {
		e := s.graph.Edge(edge)
		parts = []*piece{{edge: edge, from: e.Tail, to: e.Head, line: e.Line, attr: e.EdgeAttr, before: e.EdgeAttr}}
		s.parts[edge] = parts
	}
	return parts
}

// spot is a place on a piece.
type spot struct {
	piece  *piece
	along  float64 // metres from the start of its line
	at     orb.Point
	metres float64 // from where it was asked
}

// around returns the pieces with a point within some metres of a line or a
// point, in a fixed order.
func (s *streets) around(line orb.LineString, metres float64) []*piece {
	edges := map[int32]bool{}
	p := planeAt(line[0])
	grow := func(v, d float64) int32 { return int32(min(max(v*units+d*units, math.MinInt32), math.MaxInt32)) }
	for i := range line {
		a, b := line[max(0, i-1)], line[i]
		dx, dy := metres/p.x, metres/p.y
		box := rtree.Box{
			MinX: grow(min(a[0], b[0]), -dx), MinY: grow(min(a[1], b[1]), -dy),
			MaxX: grow(max(a[0], b[0]), dx), MaxY: grow(max(a[1], b[1]), dy),
		}
		s.tree.Search(box, func(x rtree.Segment) bool {
			edges[int32(x.Line)] = true
			return true
		})
	}
	var out []*piece
	for _, e := range slices.Sorted(maps.Keys(edges)) {
		out = append(out, s.of(e)...)
	}
	box := line.Bound()
	for _, x := range s.added {
		b := x.line.Bound()
		b.Min[0], b.Max[0] = b.Min[0]-metres/p.x, b.Max[0]+metres/p.x
		b.Min[1], b.Max[1] = b.Min[1]-metres/p.y, b.Max[1]+metres/p.y
		if b.Intersects(box) {
			out = append(out, x)
		}
	}
	return out
}

// near returns the places of pieces within some metres of a point, one a piece,
// the nearest first.
func (s *streets) near(q orb.Point, metres float64, usable func(*piece) bool) []spot {
	p := planeAt(q)
	var out []spot
	for _, x := range s.around(orb.LineString{q}, metres) {
		if x.gate || !usable(x) {
			continue
		}
		if along, at, d := p.nearest(q, x.line); d <= metres {
			out = append(out, spot{x, along, at, d})
		}
	}
	slices.SortStableFunc(out, func(a, b spot) int {
		switch {
		case a.metres < b.metres:
			return -1
		case a.metres > b.metres:
			return 1
		}
		return 0
	})
	return out
}

func (s *streets) addNode(p orb.Point) int32 {
	s.nodes = append(s.nodes, onGrid(p))
	s.degree = append(s.degree, 0)
	return int32(len(s.nodes) - 1)
}

// addPiece adds a way that is not on any edge of the graph.
func (s *streets) addPiece(from, to int32, line orb.LineString, attr routing.EdgeAttr) *piece {
	x := &piece{edge: -1, from: from, to: to, line: line, attr: attr, before: attr}
	s.added = append(s.added, x)
	s.degree[from]++
	s.degree[to]++
	return x
}

// splice puts pieces in the place of one.
func (s *streets) splice(x *piece, with ...*piece) {
	if x.edge < 0 {
		at := slices.Index(s.added, x)
		s.added = slices.Replace(s.added, at, at+1, with...)
		return
	}
	at := slices.Index(s.parts[x.edge], x)
	s.parts[x.edge] = slices.Replace(s.parts[x.edge], at, at+1, with...)
}

// split makes two pieces of one and returns them and the node between. Halves
// of crossings and the like go to the longer one: where on the piece they were
// nobody knows.
func (s *streets) split(x *piece, along float64) (head, tail *piece, node int32) {
	p := planeAt(x.line[0])
	a, b := *x, *x
	a.line, b.line = p.split(x.line, along)
	node = s.addNode(b.line[0])
	s.degree[node] = 2
	a.to, b.from = node, node
	short := &a
	if 2*along > p.length(x.line) {
		short = &b
	}
	for _, attr := range []*routing.EdgeAttr{&short.attr, &short.before} {
		attr.Signals, attr.Crossings, attr.Gates, attr.Lifts = 0, 0, 0, 0
	}
	s.splice(x, &a, &b)
	return &a, &b, node
}

// nodeAt returns the node at a place on a piece. Where an end of the piece is
// within joinMetres it is that, else the piece is split.
func (s *streets) nodeAt(x spot) int32 {
	toEnd := planeAt(x.piece.line[0]).length(x.piece.line) - x.along
	switch {
	case x.along <= joinMetres && x.along <= toEnd:
		return x.piece.from
	case toEnd <= joinMetres:
		return x.piece.to
	}
	_, _, node := s.split(x.piece, x.along)
	return node
}

// cutOut makes a stretch of a piece a piece of its own, and returns it and what
// is left before it, nil for nothing. What would be left at an end and is no
// longer than joinMetres belongs to the stretch.
func (s *streets) cutOut(x *piece, from, to float64) (stretch, before *piece) {
	if whole := planeAt(x.line[0]).length(x.line); to < whole-joinMetres {
		x, _, _ = s.split(x, to)
	}
	if from > joinMetres {
		before, x, _ = s.split(x, from)
	}
	return x, before
}
