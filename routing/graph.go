package routing

import (
	"sync"

	"github.com/paulmach/orb"
)

// Graph is the streets in flat arrays, after RoutingKit. It never changes and
// may be used by any number of goroutines.
type Graph struct {
	nodes int // the first points are the nodes
	// points are the nodes, then the inner points of every edge in turn, as
	// each edge has them from tail to head.
	points []position

	// By edge.
	tail, head []int32
	mm         []uint32 // length in millimetres
	kind       []uint32 // into kinds
	name       []uint32 // into names
	way        []int64
	lineFirst  []uint32 // edges+1; inner points are points[nodes+lineFirst[e]:nodes+lineFirst[e+1]]

	kinds []EdgeAttr // without name and way
	names words
	turns []turn
	land  land

	// Derived from the above. Node n has the arcs firstArc[n] to firstArc[n+1],
	// one for each end of an edge that lies there.
	firstArc   []uint32
	arcs       []int32 // edge<<1, +1 where it is left from its head
	component  []int32 // by node
	components []Component
	bound      orb.Bound
	index      *segmentIndex
	boxes      func() *groundBoxes // made when first asked for
}

// Component is a part of the graph whose nodes hang together, directions and
// profiles disregarded.
type Component struct {
	Nodes, Edges int
	Metres       float64
}

// derive fills what follows from the edges, but for the index.
func (g *Graph) derive() {
	g.firstArc = make([]uint32, g.nodes+1)
	for e := range g.tail {
		g.firstArc[g.tail[e]+1]++
		g.firstArc[g.head[e]+1]++
	}
	for i := range g.nodes {
		g.firstArc[i+1] += g.firstArc[i]
	}
	g.arcs = make([]int32, 2*len(g.tail))
	next := append([]uint32(nil), g.firstArc[:g.nodes]...)
	for e := range g.tail {
		g.arcs[next[g.tail[e]]] = int32(e) << 1
		next[g.tail[e]]++
		g.arcs[next[g.head[e]]] = int32(e)<<1 | 1
		next[g.head[e]]++
	}
	g.boxes = sync.OnceValue(g.land.boxes)
	g.deriveComponents()
	low, high := g.points[0], g.points[0]
	for _, p := range g.points {
		low = position{min(low.lon, p.lon), min(low.lat, p.lat)}
		high = position{max(high.lon, p.lon), max(high.lat, p.lat)}
	}
	g.bound = orb.Bound{Min: low.point(), Max: high.point()}
}

// deriveComponents numbers the components, the longest network first, so that
// the largest is number 0.
func (g *Graph) deriveComponents() {
	root := make([]int32, g.nodes)
	for i := range root {
		root[i] = int32(i)
	}
	find := func(i int32) int32 {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for e := range g.tail {
		a, b := find(g.tail[e]), find(g.head[e])
		if a < b {
			root[b] = a
		} else {
			root[a] = b
		}
	}
	number := make([]int32, g.nodes) // of a root; in order of its first node
	var found []Component
	for i := range root {
		r := find(int32(i))
		if r == int32(i) {
			number[r] = int32(len(found))
			found = append(found, Component{})
		}
		found[number[r]].Nodes++
	}
	for e := range g.tail {
		c := &found[number[find(g.tail[e])]]
		c.Edges++
		c.Metres += float64(g.mm[e]) / 1000
	}
	rank, order := sortComponents(found)
	g.components = order
	g.component = make([]int32, g.nodes)
	for i := range root {
		g.component[i] = rank[number[find(int32(i))]]
	}
}

// Nodes returns the number of nodes: junctions, ends, and one node of each ring
// that has neither.
func (g *Graph) Nodes() int { return g.nodes }

// Edges returns the number of edges; they are numbered from 0.
func (g *Graph) Edges() int { return len(g.tail) }

// Ends returns the nodes at which an edge begins and ends.
func (g *Graph) Ends(edge int32) (tail, head int32) { return g.tail[edge], g.head[edge] }

// Node returns the lon-lat position of a node.
func (g *Graph) Node(n int32) orb.Point { return g.points[n].point() }

// Vertices returns the number of points of all lines, each counted once: the
// nodes come first, then the inner points edge by edge. Built from
// OpenStreetMap, each is one of its nodes.
func (g *Graph) Vertices() int { return len(g.points) }

// Vertex returns the lon-lat position of a vertex.
func (g *Graph) Vertex(i int) orb.Point { return g.points[i].point() }

// Bounds returns the box around every point of every edge, in lon-lat degrees.
func (g *Graph) Bounds() orb.Bound { return g.bound }

// Components returns the parts of the graph, the longest network first.
func (g *Graph) Components() []Component { return append([]Component(nil), g.components...) }

// LargestComponent returns the number of the component with the longest
// network, which is what almost everybody lives on.
func (g *Graph) LargestComponent() int32 { return 0 }

// Component returns the component of an edge.
func (g *Graph) Component(edge int32) int32 { return g.component[g.tail[edge]] }

// Line returns an edge's geometry, lon-lat, from tail to head.
func (g *Graph) Line(edge int32) orb.LineString {
	return g.AppendLine(make(orb.LineString, 0, g.linePoints(edge)), edge)
}

// AppendLine appends an edge's geometry, from tail to head, and returns the
// longer line.
func (g *Graph) AppendLine(dst orb.LineString, edge int32) orb.LineString {
	dst = append(dst, g.points[g.tail[edge]].point())
	for _, p := range g.inner(edge) {
		dst = append(dst, p.point())
	}
	return append(dst, g.points[g.head[edge]].point())
}

// inner is the points of an edge's line between its ends.
func (g *Graph) inner(edge int32) []position {
	n := uint32(g.nodes)
	return g.points[n+g.lineFirst[edge] : n+g.lineFirst[edge+1]]
}

// linePoints is the number of points of an edge's line.
func (g *Graph) linePoints(edge int32) int { return int(g.lineFirst[edge+1]-g.lineFirst[edge]) + 2 }

// linePoint is point k of an edge's line, 0 at its tail.
func (g *Graph) linePoint(edge int32, k int) position {
	switch inner := g.inner(edge); {
	case k == 0:
		return g.points[g.tail[edge]]
	case k > len(inner):
		return g.points[g.head[edge]]
	default:
		return inner[k-1]
	}
}

// EachEdge calls visit for every edge in order until it returns false.
func (g *Graph) EachEdge(visit func(Edge) bool) {
	for e := range g.tail {
		if !visit(g.Edge(int32(e))) {
			return
		}
	}
}

// Edge returns what is known of one edge.
func (g *Graph) Edge(e int32) Edge {
	a := g.kinds[g.kind[e]]
	a.Name, a.Way = g.names.at(g.name[e]), g.way[e]
	return Edge{
		ID: e, Tail: g.tail[e], Head: g.head[e], EdgeAttr: a,
		Metres: float64(g.mm[e]) / 1000, Component: g.Component(e), Line: g.Line(e),
	}
}
