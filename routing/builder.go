package routing

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// ErrEmpty is returned where a graph would have no edge at all.
var ErrEmpty = errors.New("no street that can be walked")

// Builder collects nodes, edges, turn rules and surroundings of a graph. It is
// for one goroutine.
type Builder struct {
	nodes []position
	edges []builderEdge
	lines []position // inner points of all edges
	turns []turn
	land  land
}

// builderEdge has the inner points lines[first:last] between its two nodes.
type builderEdge struct {
	from, to    int32
	first, last int
	attr        EdgeAttr
}

// NewBuilder returns an empty builder.
func NewBuilder() *Builder { return &Builder{} }

// AddNode adds a junction at a lon-lat point and returns its number, counted
// from 0. Whether the point makes sense is checked by the first edge that ends
// there.
func (b *Builder) AddNode(p orb.Point) int32 {
	b.nodes = append(b.nodes, positionOf(p))
	return int32(len(b.nodes) - 1)
}

// AddEdge adds a piece of street between two nodes and returns its number,
// which AddTurn knows. The line runs from one to the other, both ends included;
// nil stands for the straight line. Positions are kept to 1e-7 degrees.
func (b *Builder) AddEdge(from, to int32, line orb.LineString, a EdgeAttr) (edge int32, err error) {
	for _, n := range [2]int32{from, to} {
		if n < 0 || int(n) >= len(b.nodes) {
			return 0, fmt.Errorf("add edge of way %d: node %d does not exist", a.Way, n)
		}
		if !b.nodes[n].valid() {
			return 0, fmt.Errorf("add edge of way %d: node %d is at no position in degrees of longitude and latitude", a.Way, n)
		}
	}
	if line != nil && (len(line) < 2 || positionOf(line[0]) != b.nodes[from] || positionOf(line[len(line)-1]) != b.nodes[to]) {
		return 0, fmt.Errorf("add edge of way %d: its line does not run from node %d to node %d", a.Way, from, to)
	}
	if a.Walk|a.Ride|a.Drive == Neither || a.Walk|a.Ride|a.Drive > Both {
		return 0, fmt.Errorf("add edge of way %d: it can be used in no direction", a.Way)
	}
	if a.Wheels > WheelsNo || a.Surface > SurfaceSoft {
		return 0, fmt.Errorf("add edge of way %d: no such wheels or surface", a.Way)
	}
	first := len(b.lines)
	for i := 1; i+1 < len(line); i++ {
		p := positionOf(line[i])
		if p == nowhere {
			b.lines = b.lines[:first]
			return 0, fmt.Errorf("add edge of way %d: %v is no position in degrees of longitude and latitude", a.Way, line[i])
		}
		b.lines = append(b.lines, p)
	}
	b.edges = append(b.edges, builderEdge{from, to, first, len(b.lines), a})
	return int32(len(b.edges) - 1), nil
}

// Build makes the graph: nodes without an edge are dropped, and a node with two
// neighbours disappears into one edge when the street is the same on both sides
// in everything but the halves, which add up, and the way, which is the first
// one's. Nodes that a turn rule names stay. Parallel edges, loops and edges
// without length are kept. With no edge it returns ErrEmpty.
func (b *Builder) Build() (*Graph, error) {
	if len(b.edges) == 0 {
		return nil, fmt.Errorf("build graph: %w", ErrEmpty)
	}
	if len(b.edges) > math.MaxInt32/4 || len(b.nodes)+len(b.lines) > math.MaxInt32/4 {
		return nil, fmt.Errorf("build graph: %d edges with %d points are too many", len(b.edges), len(b.nodes)+len(b.lines))
	}
	c := b.newChains()
	order := c.order()
	edges := len(order)
	g := &Graph{
		points: make([]position, 0, len(b.nodes)+len(b.lines)),
		tail:   make([]int32, 0, edges), head: make([]int32, 0, edges), mm: make([]uint32, 0, edges),
		kind: make([]uint32, 0, edges), name: make([]uint32, 0, edges), way: make([]int64, 0, edges),
		lineFirst: make([]uint32, 1, edges+1),
	}
	number := make([]int32, len(b.nodes)) // graph's number + 1, 0 for none
	place := func(n int32) {
		if number[n] == 0 {
			g.points = append(g.points, b.nodes[n])
			number[n] = int32(len(g.points))
		}
	}
	ends := make([][2]int32, edges)
	for i, h := range order {
		from, to := c.run(h, nil)
		place(from)
		place(to)
		ends[i] = [2]int32{number[from] - 1, number[to] - 1}
	}
	g.nodes = len(g.points)
	kinds, names := newKinds(), newInterner()
	became := make([]int32, len(b.edges)) // graph edge<<1, +1 where its line is turned
	for i, h := range order {
		attr := c.alongside(h)
		from := c.b.start(h)
		length, last := 0.0, b.nodes[from]
		step := func(p position) {
			length += metres(last.point(), p.point())
			last = p
		}
		c.run(h, func(h halfEdge, to int32) {
			became[h.edge] = int32(i)<<1 | flag(h.reversed)
			e := b.edges[h.edge]
			line := b.lines[e.first:e.last]
			for k := range line {
				p := line[k]
				if h.reversed {
					p = line[len(line)-1-k]
				}
				step(p)
				g.points = append(g.points, p)
			}
			step(b.nodes[to])
			if c.through[to] {
				g.points = append(g.points, b.nodes[to])
			}
		})
		mm := math.Round(length * 1000)
		if mm >= math.MaxUint32 {
			return nil, fmt.Errorf("build graph: way %d is %.0f km long", attr.Way, mm/1e6)
		}
		g.lineFirst = append(g.lineFirst, uint32(len(g.points)-g.nodes))
		g.tail, g.head = append(g.tail, ends[i][0]), append(g.head, ends[i][1])
		g.mm = append(g.mm, uint32(mm))
		g.name = append(g.name, uint32(names.id(attr.Name)))
		g.way = append(g.way, attr.Way)
		g.kind = append(g.kind, kinds.id(attr))
	}
	g.kinds = kinds.all
	var err error
	if g.names, err = newWords(names.words); err != nil {
		return nil, fmt.Errorf("build graph: %w", err)
	}
	g.turns = b.builtTurns(became)
	g.land = b.land.clone()
	g.derive()
	if g.index, err = newSegmentIndex(g); err != nil {
		return nil, fmt.Errorf("build graph: %w", err)
	}
	return g, nil
}

// Builder returns a builder that holds everything the graph holds; its edges
// and nodes have the graph's numbers.
func (g *Graph) Builder() *Builder {
	b := &Builder{
		nodes: append([]position(nil), g.points[:g.nodes]...),
		lines: append([]position(nil), g.points[g.nodes:]...),
		edges: make([]builderEdge, g.Edges()), land: g.land.clone(),
	}
	for e := range b.edges {
		attr := g.kinds[g.kind[e]]
		attr.Name, attr.Way = g.names.at(g.name[e]), g.way[e]
		b.edges[e] = builderEdge{g.tail[e], g.head[e], int(g.lineFirst[e]), int(g.lineFirst[e+1]), attr}
	}
	for _, t := range g.turns {
		t.halves = slices.Clone(t.halves)
		b.turns = append(b.turns, t)
	}
	return b
}

// flag is 1 for true.
func flag(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

// kinds numbers what edges are, apart from name and way.
type kinds struct {
	ids map[EdgeAttr]uint32
	all []EdgeAttr
}

func newKinds() *kinds { return &kinds{ids: map[EdgeAttr]uint32{}} }

func (k *kinds) id(a EdgeAttr) uint32 {
	a.Name, a.Way = "", 0
	id, ok := k.ids[a]
	if !ok {
		id = uint32(len(k.all))
		k.ids[a] = id
		k.all = append(k.all, a)
	}
	return id
}

// interner numbers words in the order in which they come.
type interner struct {
	ids   map[string]int32
	words []string
}

func newInterner() *interner { return &interner{ids: map[string]int32{}} }

func (n *interner) id(word string) int32 {
	id, ok := n.ids[word]
	if !ok {
		id = int32(len(n.words))
		n.ids[word] = id
		n.words = append(n.words, word)
	}
	return id
}
