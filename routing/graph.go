package routing

import (
	"github.com/paulmach/orb"
)

type edgeFlags uint8

const (
	flagForward edgeFlags = 1 << iota
	flagBackward
	flagSteps
	flagRidable
	flagsKnown = flagForward | flagBackward | flagSteps | flagRidable
)

// Graph is a walking graph in flat arrays, after RoutingKit. It never changes
// and may be used by any number of goroutines.
type Graph struct {
	points []orb.Point // by node

	// By edge.
	tail, head []int32
	mm         []uint32 // length in millimetres
	flags      []edgeFlags
	class      []int32 // into classes
	name       []int32 // into names
	way        []int64
	geomFirst  []int32 // edges+1; edge e has geom[geomFirst[e]:geomFirst[e+1]]

	geom           []orb.Point
	classes, names []string

	// Derived from the above. An arc is an edge in one direction in which it
	// may be walked; node n has the arcs firstOut[n] to firstOut[n+1].
	firstOut   []int32
	arcHead    []int32
	arcEdge    []int32 // edge<<1, +1 when walked against its line
	component  []int32 // by node
	components []Component
	bound      orb.Bound
	index      *segmentIndex
}

// Component is a part of the graph whose nodes hang together, directions
// disregarded.
type Component struct {
	Nodes, Edges int
	Metres       float64
}

// Edge is one piece of street as EachEdge shows it. The line is the graph's own
// and must not be changed.
type Edge struct {
	ID                int32
	Tail, Head        int32 // nodes
	Class, Name       string
	Way               int64
	Forward, Backward bool
	Steps, Ridable    bool
	Metres            float64
	Component         int32
	Line              orb.LineString
}

// derive fills what follows from the edges.
func (g *Graph) derive() {
	n := len(g.points)
	g.firstOut = make([]int32, n+1)
	for e := range g.tail {
		if g.flags[e]&flagForward != 0 {
			g.firstOut[g.tail[e]+1]++
		}
		if g.flags[e]&flagBackward != 0 {
			g.firstOut[g.head[e]+1]++
		}
	}
	for i := range n {
		g.firstOut[i+1] += g.firstOut[i]
	}
	arcs := g.firstOut[n]
	g.arcHead, g.arcEdge = make([]int32, arcs), make([]int32, arcs)
	next := append([]int32(nil), g.firstOut[:n]...)
	put := func(from, to, arc int32) {
		g.arcHead[next[from]], g.arcEdge[next[from]] = to, arc
		next[from]++
	}
	for e := range g.tail {
		if g.flags[e]&flagForward != 0 {
			put(g.tail[e], g.head[e], int32(e)<<1)
		}
		if g.flags[e]&flagBackward != 0 {
			put(g.head[e], g.tail[e], int32(e)<<1|1)
		}
	}
	g.deriveComponents()
	g.bound = orb.Bound{Min: g.geom[0], Max: g.geom[0]}
	for _, p := range g.geom {
		g.bound = g.bound.Extend(p)
	}
	g.index = newSegmentIndex(g)
}

// deriveComponents numbers the components, the longest network first, so that
// the largest is number 0.
func (g *Graph) deriveComponents() {
	root := make([]int32, len(g.points))
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
	number := make([]int32, len(g.points)) // of a root; in order of its first node
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
	g.component = make([]int32, len(g.points))
	for i := range root {
		g.component[i] = rank[number[find(int32(i))]]
	}
}

// Nodes returns the number of nodes: junctions, ends, and one node of each ring
// that has neither.
func (g *Graph) Nodes() int { return len(g.points) }

// Edges returns the number of edges; they are numbered from 0.
func (g *Graph) Edges() int { return len(g.tail) }

// Node returns the lon-lat position of a node.
func (g *Graph) Node(n int32) orb.Point { return g.points[n] }

// Bounds returns the box around every point of every edge, in lon-lat degrees.
func (g *Graph) Bounds() orb.Bound { return g.bound }

// Components returns the parts of the graph, the longest network first.
func (g *Graph) Components() []Component { return append([]Component(nil), g.components...) }

// LargestComponent returns the number of the component with the longest
// network, which is what almost everybody lives on.
func (g *Graph) LargestComponent() int32 { return 0 }

// Component returns the component of an edge.
func (g *Graph) Component(edge int32) int32 { return g.component[g.tail[edge]] }

// Line returns a copy of an edge's geometry, from tail to head.
func (g *Graph) Line(edge int32) orb.LineString {
	return append(orb.LineString(nil), g.line(edge)...)
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
	f := g.flags[e]
	return Edge{
		ID: e, Tail: g.tail[e], Head: g.head[e], Class: g.classes[g.class[e]], Name: g.names[g.name[e]], Way: g.way[e],
		Forward: f&flagForward != 0, Backward: f&flagBackward != 0,
		Steps: f&flagSteps != 0, Ridable: f&flagRidable != 0,
		Metres: float64(g.mm[e]) / 1000, Component: g.Component(e), Line: orb.LineString(g.line(e)),
	}
}

func (g *Graph) line(e int32) []orb.Point {
	return g.geom[g.geomFirst[e]:g.geomFirst[e+1]:g.geomFirst[e+1]]
}
