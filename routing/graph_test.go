package routing_test

import (
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// step is about 100 m at the equator, both ways.
const step = 0.0009

// town is a graph made from points in steps and pairs of them.
type town struct {
	points [][2]float64
	edges  [][2]int32
	attr   func(i int) routing.EdgeAttr // nil: a street walked both ways
}

func both(int) routing.EdgeAttr {
	return routing.EdgeAttr{Class: "residential", Walk: routing.Both}
}

// oneWayIf is the set of directions.
func oneWayIf(forward, backward bool) routing.Ways {
	w := routing.Neither
	if forward {
		w |= routing.Forward
	}
	if backward {
		w |= routing.Backward
	}
	return w
}

// failer is a test of either library.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// engineOf is an engine for a profile that is known to be right.
func engineOf(t failer, g *routing.Graph, p routing.Profile) *routing.Engine {
	t.Helper()
	e, err := routing.NewEngine(g, p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func at(x, y float64) orb.Point { return orb.Point{x * step, y * step} }

func (w town) build(t testing.TB) *routing.Graph {
	t.Helper()
	b := routing.NewBuilder()
	for _, p := range w.points {
		b.AddNode(at(p[0], p[1]))
	}
	attr := w.attr
	if attr == nil {
		attr = both
	}
	for i, e := range w.edges {
		if _, err := b.AddEdge(e[0], e[1], nil, attr(i)); err != nil {
			t.Fatal(err)
		}
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestChainsBecomeOneEdge(t *testing.T) {
	line := [][2]float64{{0, 0}, {1, 0}, {2, 0}, {3, 0}}
	oneWay := func(i int) routing.EdgeAttr {
		return routing.EdgeAttr{Class: "path", Walk: oneWayIf(i != 1, i == 1)}
	}
	for _, c := range []struct {
		name         string
		town         town
		nodes, edges int
	}{
		{"a straight street is one edge", town{points: line, edges: [][2]int32{{0, 1}, {1, 2}, {2, 3}}}, 2, 1},
		{"pieces drawn in any direction are one edge", town{points: line, edges: [][2]int32{{1, 0}, {1, 2}, {3, 2}}}, 2, 1},
		{"a change of name keeps its node", town{points: line, edges: [][2]int32{{0, 1}, {1, 2}, {2, 3}}, attr: func(i int) routing.EdgeAttr {
			return routing.EdgeAttr{Class: "path", Name: string(rune('a' + i/2)), Walk: routing.Both}
		}}, 3, 2},
		{"one-ways that follow each other are one edge", town{points: line, edges: [][2]int32{{0, 1}, {2, 1}, {2, 3}}, attr: oneWay}, 2, 1},
		{"one-ways that meet keep their nodes", town{points: line, edges: [][2]int32{{0, 1}, {1, 2}, {2, 3}}, attr: oneWay}, 4, 3},
		{"a ring without junction keeps one node", town{points: [][2]float64{{0, 0}, {1, 0}, {1, 1}}, edges: [][2]int32{{0, 1}, {1, 2}, {2, 0}}}, 1, 1},
		{"a ring with a tail keeps its junction", town{points: [][2]float64{{0, 0}, {1, 0}, {1, 1}, {-1, 0}}, edges: [][2]int32{{0, 1}, {1, 2}, {2, 0}, {0, 3}}}, 2, 2},
		{"parallel streets between two junctions stay two", town{points: [][2]float64{{-1, 0}, {0, 0}, {1, 0}, {2, 0}}, edges: [][2]int32{{0, 1}, {1, 2}, {1, 2}, {2, 3}}}, 4, 4},
		{"a node without streets is dropped", town{points: append(line, [2]float64{9, 9}), edges: [][2]int32{{0, 1}, {1, 2}, {2, 3}}}, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := c.town.build(t)
			if g.Nodes() != c.nodes || g.Edges() != c.edges {
				t.Errorf("%d nodes and %d edges, want %d and %d", g.Nodes(), g.Edges(), c.nodes, c.edges)
			}
		})
	}
}

func TestTheBuilderRefusesWhatMakesNoSense(t *testing.T) {
	for _, c := range []struct {
		name string
		add  func(b *routing.Builder) error
	}{
		{"a node that is not there", func(b *routing.Builder) error { _, err := b.AddEdge(0, 7, nil, both(0)); return err }},
		{"a line that ends elsewhere", func(b *routing.Builder) error {
			_, err := b.AddEdge(0, 1, orb.LineString{at(0, 0), at(5, 5)}, both(0))
			return err
		}},
		{"a position that is no number", func(b *routing.Builder) error {
			_, err := b.AddEdge(0, 1, orb.LineString{at(0, 0), {math.NaN(), 0}, at(1, 0)}, both(0))
			return err
		}},
		{"a street that nobody may walk", func(b *routing.Builder) error { _, err := b.AddEdge(0, 1, nil, routing.EdgeAttr{}); return err }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := routing.NewBuilder()
			b.AddNode(at(0, 0))
			b.AddNode(at(1, 0))
			if c.add(b) == nil {
				t.Error("no error")
			}
			if _, err := b.Build(); !errors.Is(err, routing.ErrEmpty) {
				t.Errorf("building nothing gives %v", err)
			}
		})
	}
}

func TestLengthsFollowTheEllipsoid(t *testing.T) {
	// Geodesics on WGS 84 by Vincenty's inverse formula.
	for _, c := range []struct {
		name   string
		a, b   orb.Point
		metres float64
	}{
		{"a hundredth of a degree east at 30.8° north", orb.Point{104.3, 30.8}, orb.Point{104.31, 30.8}, 957.0300},
		{"a hundredth of a degree north at 30.8° north", orb.Point{104.3, 30.8}, orb.Point{104.3, 30.81}, 1108.6612},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := routing.NewBuilder()
			if _, err := b.AddEdge(b.AddNode(c.a), b.AddNode(c.b), nil, both(0)); err != nil {
				t.Fatal(err)
			}
			g, err := b.Build()
			if err != nil {
				t.Fatal(err)
			}
			if got := g.Edge(0).Metres; math.Abs(got/c.metres-1) > 0.00001 {
				t.Errorf("%.3f m, want %.3f", got, c.metres)
			}
		})
	}
}

func TestSnapping(t *testing.T) {
	// A main street 20 steps long, a fragment of one step at y = 2, and a
	// hamlet with 60 steps of its own network at y = 6.
	w := town{
		points: [][2]float64{{0, 0}, {20, 0}, {5, 2}, {6, 2}, {0, 6}, {60, 6}, {0, -30}, {20, -30}, {20, -90}},
		edges:  [][2]int32{{0, 1}, {2, 3}, {4, 5}, {1, 7}, {7, 8}, {6, 7}},
	}
	g := w.build(t)
	engine := engineOf(t, g, routing.Foot())
	for _, c := range []struct {
		name  string
		p     orb.Point
		limit float64
		err   error
		y     float64 // of the street it should come to, in steps
	}{
		{"a point beside the main street comes to it", at(5, 0.5), 100, nil, 0},
		{"a point on a fragment comes to the main street when that is near enough", at(5.5, 1.9), 300, nil, 0},
		{"a point on a fragment stays when the main street is too far", at(5.5, 1.9), 50, nil, 2},
		{"a point in a real place of its own stays there", at(10, 5.8), 2000, nil, 6},
		{"a point between two streets is too far", at(5, 4), 50, routing.ErrTooFar, 0},
		{"a point off the map is outside", at(5, 60), 500, routing.ErrOutside, 0},
		{"swapped coordinates are outside", orb.Point{30.8, 104.3}, 500, routing.ErrPoint, 0},
		{"no number is no position", orb.Point{math.NaN(), 0}, 500, routing.ErrPoint, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := engine.Snap(c.p, c.limit)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if c.err != nil {
				if s.OK {
					t.Error("an error with a location")
				}
				return
			}
			if got := s.Point[1] / step; math.Abs(got-c.y) > 0.01 {
				t.Errorf("came to y = %.2f, want %v (component %d)", got, c.y, s.Component)
			}
			back, err := g.At(s.Edge, s.Fraction)
			if err != nil {
				t.Fatal(err)
			}
			if d := math.Hypot(back.Point[0]-s.Point[0], back.Point[1]-s.Point[1]); d > 1e-9 {
				t.Errorf("the fraction leads %v degrees away from the point", d)
			}
		})
	}
}
