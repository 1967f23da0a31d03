package lines

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/routing"
	"sanse/routing/rtree"
)

// units are how many of the steps in which positions are kept make a degree.
const units = 1e7

// sameStretch is how many tolerances along a line two places may be apart and
// still be one, when they are one place on the ground.
const sameStretch = 4

// source says where in the file a line comes from.
type source struct {
	feature, line int32
	id            string
}

// network finds out where lines meet and cuts them there.
type network struct {
	tol    float64
	cross  bool
	coords []int32  // x, y of every vertex of every line
	first  []uint32 // by line, into the vertices; one more than lines
	roads  []road
	from   []source
	tree   *rtree.Tree

	// A touch is a place on a line where it may meet others. Touches 2i and
	// 2i+1 are the ends of line i; those of one group are one place.
	touches []touch
	parent  []int32
	inner   map[uint32]int32 // vertex → its touch, for those inside a line
}

// touch is a place on a line: at counts vertices from its first, the fraction
// says how far on the way to the next.
type touch struct {
	line int32
	at   float64
	x, y int32
}

func newNetwork(o Options) *network {
	return &network{tol: o.Tolerance, cross: o.Cross, first: []uint32{0}, inner: map[uint32]int32{}}
}

func (n *network) lines() int { return len(n.roads) }

// Len, Points and Ends show the lines to the tree; see rtree.Lines.
func (n *network) Len() int { return len(n.roads) }

func (n *network) Points(line uint32) int { return int(n.first[line+1] - n.first[line]) }

func (n *network) Ends(s rtree.Segment) (ax, ay, bx, by int32) {
	return n.ends(n.first[s.Line] + s.Point)
}

// ends returns the vertex and the one behind it.
func (n *network) ends(vertex uint32) (ax, ay, bx, by int32) {
	c := n.coords[2*vertex : 2*vertex+4]
	return c[0], c[1], c[2], c[3]
}

// segment is a piece of a line from a vertex, of all lines', to the next.
type segment struct {
	line   int32
	vertex uint32
}

// search visits the segments that meet a box.
func (n *network) search(b rtree.Box, visit func(segment) bool) {
	n.tree.Search(b, func(s rtree.Segment) bool {
		return visit(segment{int32(s.Line), n.first[s.Line] + s.Point})
	})
}

// line returns the coordinates of a line.
func (n *network) line(l int32) []int32 { return n.coords[2*n.first[l] : 2*n.first[l+1]] }

func (n *network) add(coords []int32, r road, s source) {
	n.coords = append(n.coords, coords...)
	n.first = append(n.first, uint32(len(n.coords)/2))
	n.roads = append(n.roads, r)
	n.from = append(n.from, s)
}

// build cuts the lines where they meet and makes the graph.
func (n *network) build(res *Result) error {
	if len(n.coords)/2 > math.MaxInt32/4 {
		return fmt.Errorf("%d points are too many", len(n.coords)/2)
	}
	tree, err := rtree.Build(n)
	if err != nil {
		return err
	}
	n.tree = tree
	for l := range n.roads {
		last := n.first[l+1] - 1
		for _, v := range [2]uint32{n.first[l], last} {
			n.addTouch(int32(l), float64(v-n.first[l]), n.coords[2*v], n.coords[2*v+1])
		}
	}
	n.meetAtVertices(&res.Counts)
	n.meetWithinTolerance(&res.Counts)
	if err := n.meetAtCrossings(&res.Counts); err != nil {
		return err
	}
	b := routing.NewBuilder()
	places := n.places(&res.Counts)
	pieces, err := n.cut(b, places, &res.Counts)
	if err != nil {
		return err
	}
	n.gaps(places, pieces, res)
	res.Graph, err = b.Build()
	return err
}

func (n *network) addTouch(line int32, at float64, x, y int32) int32 {
	n.touches = append(n.touches, touch{line, at, x, y})
	n.parent = append(n.parent, int32(len(n.parent)))
	return int32(len(n.touches) - 1)
}

// touchAt returns the touch at a vertex of a line.
func (n *network) touchAt(line int32, vertex uint32) int32 {
	switch vertex {
	case n.first[line]:
		return 2 * line
	case n.first[line+1] - 1:
		return 2*line + 1
	}
	t, ok := n.inner[vertex]
	if !ok {
		t = n.addTouch(line, float64(vertex-n.first[line]), n.coords[2*vertex], n.coords[2*vertex+1])
		n.inner[vertex] = t
	}
	return t
}

func (n *network) isEnd(t int32) bool { return int(t) < 2*len(n.roads) }

func (n *network) find(t int32) int32 {
	for n.parent[t] != t {
		n.parent[t] = n.parent[n.parent[t]]
		t = n.parent[t]
	}
	return t
}

// unite makes two touches one place and tells whether they were two.
func (n *network) unite(a, b int32) bool {
	a, b = n.find(a), n.find(b)
	if a == b {
		return false
	}
	n.parent[max(a, b)] = min(a, b)
	return true
}

// plane measures metres near one latitude.
type plane struct{ x, y float64 } // metres a unit

func planeAt(y int32) plane {
	// Not at a pole itself, where a degree of longitude has no length to divide by.
	east, north := geo.DegreeMetres(min(max(float64(y)/units, -89.99), 89.99))
	return plane{east / units, north / units}
}

func (p plane) metres(ax, ay, bx, by int32) float64 {
	return math.Hypot((float64(ax)-float64(bx))*p.x, (float64(ay)-float64(by))*p.y)
}

// around is the box within some metres of a place.
func (p plane) around(x, y int32, metres float64) rtree.Box {
	low := func(v int32, d float64) int32 { return int32(max(float64(v)-d-1, math.MinInt32)) }
	high := func(v int32, d float64) int32 { return int32(min(float64(v)+d+1, math.MaxInt32)) }
	dx, dy := metres/p.x, metres/p.y
	return rtree.Box{MinX: low(x, dx), MinY: low(y, dy), MaxX: high(x, dx), MaxY: high(y, dy)}
}

// onto returns the fraction of segment a–b nearest to (x, y) and its distance.
func (p plane) onto(x, y, ax, ay, bx, by int32) (fraction, metres float64) {
	ux, uy := (float64(bx)-float64(ax))*p.x, (float64(by)-float64(ay))*p.y
	vx, vy := (float64(x)-float64(ax))*p.x, (float64(y)-float64(ay))*p.y
	if d := ux*ux + uy*uy; d > 0 {
		fraction = min(1, max(0, (ux*vx+uy*vy)/d))
	}
	return fraction, math.Hypot(vx-fraction*ux, vy-fraction*uy)
}

func between(a, b int32, fraction float64) int32 {
	return int32(math.Round(float64(a) + fraction*(float64(b)-float64(a))))
}

func pointOf(x, y int32) orb.Point { return orb.Point{float64(x) / units, float64(y) / units} }

// length is how many metres of a line lie between two places on it.
func (n *network) length(l int32, from, to float64) float64 {
	sum := 0.0
	c := n.line(l)
	at := func(v float64) (int32, int32) {
		i := int(v)
		if f := v - float64(i); f > 0 {
			return between(c[2*i], c[2*i+2], f), between(c[2*i+1], c[2*i+3], f)
		}
		return c[2*i], c[2*i+1]
	}
	x, y := at(from)
	p := planeAt(y)
	for v := math.Floor(from) + 1; v < to; v++ {
		u, w := at(v)
		sum += p.metres(x, y, u, w)
		x, y = u, w
	}
	u, w := at(to)
	return sum + p.metres(x, y, u, w)
}

var errTangle = errors.New("the lines cross one another more often than streets do")
