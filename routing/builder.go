package routing

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// ErrEmpty is returned where a graph would have no edge at all.
var ErrEmpty = errors.New("no street that can be walked")

// EdgeAttr is what is known of a piece of street. Forward and Backward are the
// directions in which it may be walked, seen along its line; one at least must
// be set.
type EdgeAttr struct {
	Class, Name       string // the OpenStreetMap highway value, say; the street's name
	Forward, Backward bool
	Steps, Ridable    bool  // stairs; fit for riding a bike
	Way               int64 // where it comes from, for messages; 0 if made up
}

// Builder collects nodes and edges of a walking graph. It is for one goroutine.
type Builder struct {
	points []orb.Point
	edges  []builderEdge
}

type builderEdge struct {
	from, to int32
	line     orb.LineString
	attr     EdgeAttr
}

// NewBuilder returns an empty builder.
func NewBuilder() *Builder { return &Builder{} }

// AddNode adds a junction at a lon-lat point and returns its number, counted
// from 0. Whether the point makes sense is checked by the first edge that ends
// there.
func (b *Builder) AddNode(p orb.Point) int32 {
	b.points = append(b.points, p)
	return int32(len(b.points) - 1)
}

// AddEdge adds a piece of street between two nodes. The line runs from one to
// the other, both ends included; nil stands for the straight line. The builder
// keeps the line and the caller must not change it.
func (b *Builder) AddEdge(from, to int32, line orb.LineString, attr EdgeAttr) error {
	for _, n := range []int32{from, to} {
		if n < 0 || int(n) >= len(b.points) {
			return fmt.Errorf("add edge of way %d: node %d does not exist", attr.Way, n)
		}
	}
	if line == nil {
		line = orb.LineString{b.points[from], b.points[to]}
	}
	if len(line) < 2 || line[0] != b.points[from] || line[len(line)-1] != b.points[to] {
		return fmt.Errorf("add edge of way %d: its line does not run from node %d to node %d", attr.Way, from, to)
	}
	for _, p := range line {
		if !validPoint(p) {
			return fmt.Errorf("add edge of way %d: %v is no position in degrees of longitude and latitude", attr.Way, p)
		}
	}
	if !attr.Forward && !attr.Backward {
		return fmt.Errorf("add edge of way %d: it can be walked in no direction", attr.Way)
	}
	b.edges = append(b.edges, builderEdge{from, to, line, attr})
	return nil
}

// halfEdge is an edge seen from one of its ends.
type halfEdge struct {
	edge     int32
	reversed bool // walked from its to-node to its from-node
}

// Build makes the graph: nodes without an edge are dropped, and a node with two
// neighbours disappears into one edge when the street is the same on both sides
// (class, name, directions, steps, ridable). Parallel edges, loops and edges
// without length are kept; the last are walked both ways. With no edge it returns ErrEmpty.
func (b *Builder) Build() (*Graph, error) {
	if len(b.edges) == 0 {
		return nil, fmt.Errorf("build graph: %w", ErrEmpty)
	}
	if len(b.edges) > math.MaxInt32/4 {
		return nil, fmt.Errorf("build graph: %d edges are too many", len(b.edges))
	}
	c := b.newChains()
	g := &Graph{geomFirst: []int32{0}}
	nodes := make([]int32, len(b.points)) // graph's number + 1, 0 for none
	node := func(n int32) int32 {
		if nodes[n] == 0 {
			g.points = append(g.points, b.points[n])
			nodes[n] = int32(len(g.points))
		}
		return nodes[n] - 1
	}
	classes, names := newInterner(), newInterner()
	add := func(h halfEdge) error {
		from, to, line := c.follow(h)
		attr := b.edges[h.edge].attr
		mm := math.Round(lineMetres(line) * 1000)
		if mm >= math.MaxUint32 {
			return fmt.Errorf("build graph: way %d is %.0f km long", attr.Way, mm/1e6)
		}
		if len(g.geom)+len(line) > math.MaxInt32 {
			return errors.New("build graph: too many points")
		}
		g.tail = append(g.tail, node(from))
		g.head = append(g.head, node(to))
		g.mm = append(g.mm, uint32(mm))
		flags := flagsOf(attr, h.reversed)
		if mm == 0 {
			flags |= flagForward | flagBackward
		}
		g.flags = append(g.flags, flags)
		g.class = append(g.class, classes.id(attr.Class))
		g.name = append(g.name, names.id(attr.Name))
		g.way = append(g.way, attr.Way)
		g.geom = append(g.geom, line...)
		g.geomFirst = append(g.geomFirst, int32(len(g.geom)))
		return nil
	}
	for e := range b.edges {
		for _, h := range []halfEdge{{int32(e), false}, {int32(e), true}} {
			if !c.done[e] && !c.through[b.start(h)] {
				if err := add(h); err != nil {
					return nil, err
				}
			}
		}
	}
	for e := range b.edges { // rings with no junction: any node is as good
		if !c.done[e] {
			c.through[b.edges[e].from] = false
			if err := add(halfEdge{int32(e), false}); err != nil {
				return nil, err
			}
		}
	}
	g.classes, g.names = classes.words, names.words
	g.derive()
	return g, nil
}

func (b *Builder) start(h halfEdge) int32 {
	if h.reversed {
		return b.edges[h.edge].to
	}
	return b.edges[h.edge].from
}

func (b *Builder) end(h halfEdge) int32 { return b.start(halfEdge{h.edge, !h.reversed}) }

// chains finds the runs of edges that become one.
type chains struct {
	b       *Builder
	through []bool        // by node: disappears
	ends    [][2]halfEdge // by node: the first two half-edges that leave it
	done    []bool        // by edge
}

func (b *Builder) newChains() *chains {
	c := &chains{
		b: b, through: make([]bool, len(b.points)),
		ends: make([][2]halfEdge, len(b.points)), done: make([]bool, len(b.edges)),
	}
	degree := make([]int32, len(b.points))
	for e := range b.edges {
		for _, h := range []halfEdge{{int32(e), false}, {int32(e), true}} {
			n := b.start(h)
			if degree[n] < 2 {
				c.ends[n][degree[n]] = h
			}
			degree[n]++
		}
	}
	for n := range b.points {
		if degree[n] == 2 && c.ends[n][0].edge != c.ends[n][1].edge {
			in, out := c.ends[n][0], c.ends[n][1]
			in.reversed = !in.reversed
			c.through[n] = b.sameStreet(in, out)
		}
	}
	return c
}

// sameStreet tells whether two edges, walked one after the other, are alike.
func (b *Builder) sameStreet(in, out halfEdge) bool {
	a, z := b.edges[in.edge].attr, b.edges[out.edge].attr
	return a.Class == z.Class && a.Name == z.Name && flagsOf(a, in.reversed) == flagsOf(z, out.reversed)
}

// follow walks from a half-edge to the next node that stays, marks what it
// passes as done and returns both end nodes and the whole line.
func (c *chains) follow(h halfEdge) (from, to int32, line orb.LineString) {
	from = c.b.start(h)
	for {
		c.done[h.edge] = true
		line = appendLine(line, c.b.edges[h.edge].line, h.reversed)
		to = c.b.end(h)
		if !c.through[to] {
			return from, to, line
		}
		next := c.ends[to][0]
		if next.edge == h.edge {
			next = c.ends[to][1]
		}
		h = next
	}
}

// appendLine puts a piece behind a line, leaving out the point they share.
func appendLine(line, piece orb.LineString, reversed bool) orb.LineString {
	skip := 0
	if len(line) > 0 {
		skip = 1
	}
	for i := skip; i < len(piece); i++ {
		p := piece[i]
		if reversed {
			p = piece[len(piece)-1-i]
		}
		line = append(line, p)
	}
	return line
}

func flagsOf(a EdgeAttr, reversed bool) edgeFlags {
	var f edgeFlags
	forward, backward := a.Forward, a.Backward
	if reversed {
		forward, backward = backward, forward
	}
	for _, x := range []struct {
		set  bool
		flag edgeFlags
	}{{forward, flagForward}, {backward, flagBackward}, {a.Steps, flagSteps}, {a.Ridable, flagRidable}} {
		if x.set {
			f |= x.flag
		}
	}
	return f
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
