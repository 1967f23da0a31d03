package routing_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"sanse/routing"
)

// A junction or an inner point of a line is a place like any other: the vertex
// lies where the snap says.
func TestEveryVertexIsOnItsEdge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newPlan(t)
		for range rapid.IntRange(1, 8).Draw(rt, "streets") {
			coord := rapid.IntRange(-3, 3)
			line := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) xy {
				return xy{100 * float64(coord.Draw(rt, "x")), 100 * float64(coord.Draw(rt, "y"))}
			}), 2, 6).Draw(rt, "street")
			a := routing.EdgeAttr{Class: "path", Walk: routing.Both}
			if rapid.Bool().Draw(rt, "for cars") {
				a.Class, a.Drive = "residential", routing.Both
			}
			w.way(a, line...)
		}
		g := w.build()
		car := engineOf(rt, g, routing.Car())
		for i := range g.Vertices() {
			s, err := g.VertexSnap(i)
			if err != nil {
				rt.Fatal(err)
			}
			at, err := g.At(s.Edge, s.Fraction)
			if err != nil {
				rt.Fatal(err)
			}
			if !s.OK || s.Point != g.Vertex(i) || s.Asked != s.Point || metresApart(at.Point, s.Point) > 0.01 || s.Component != g.Component(s.Edge) {
				rt.Fatalf("vertex %d at %v: %+v, which is %v", i, g.Vertex(i), s, at.Point)
			}
			driven, err := car.VertexSnap(i)
			if err != nil && !errors.Is(err, routing.ErrTooFar) {
				rt.Fatal(err)
			}
			touched := false // by an edge for cars
			g.EachEdge(func(e routing.Edge) bool {
				for _, p := range e.Line {
					touched = touched || p == g.Vertex(i) && e.Drive != routing.Neither
				}
				return true
			})
			if touched && i < g.Nodes() && err != nil {
				rt.Fatalf("vertex %d of a street for cars: %v", i, err)
			}
			if err == nil && (g.Edge(driven.Edge).Drive == routing.Neither || driven.Point != s.Point) {
				rt.Fatalf("vertex %d by car: %+v", i, driven)
			}
		}
		for _, i := range []int{-1, g.Vertices()} {
			if _, err := g.VertexSnap(i); err == nil {
				rt.Fatalf("there is a vertex %d", i)
			}
		}
	})
}

// What lies between comes out of a file as it went in, and many may ask at once.
func TestAGraphFromItsFileSnapsAlike(t *testing.T) {
	w := newPlan(t)
	w.street("street", xy{-300, 0}, xy{0, 0}, xy{300, 0})
	w.street("path", xy{0, 0}, xy{0, 100}, xy{50, 100})
	w.obstacle(routing.ObstacleWall, xy{-300, 20}, xy{300, 20})
	w.building(box(10, 30, 40, 60), xy{20, 60}, xy{10, 40})
	w.building(box(60, 30, 90, 60))
	if err := w.b.AddWater(orb.Polygon{onGround(box(100, 30, 200, 90)), onGround(box(120, 40, 140, 60))}); err != nil {
		t.Fatal(err)
	}
	built := w.build()
	network, err := routing.NewNetwork(built)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := network.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := routing.Load(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var places []orb.Point
	for x := -300.0; x <= 300; x += 15 {
		for y := -45.0; y <= 120; y += 15 {
			places = append(places, ground(x, y))
		}
	}
	was, wasErrs := engineOf(t, built, routing.Foot()).SnapAll(places, 150)
	e := engineOf(t, loaded.Graph(), routing.Foot())
	blocked, doors := 0, 0
	for _, s := range was {
		if s.Blocked {
			blocked++
		}
		if s.Entrance {
			doors++
		}
	}
	if blocked == 0 || doors == 0 {
		t.Fatalf("%d blocked and %d through doors: this tests nothing", blocked, doors)
	}
	var group errgroup.Group
	for range 4 {
		group.Go(func() error {
			is, isErrs := e.SnapAll(places, 150)
			for i := range places {
				if is[i] != was[i] || (isErrs[i] == nil) != (wasErrs[i] == nil) {
					return fmt.Errorf("place %d: %+v, and from the file %+v: %w", i, was[i], is[i], errors.Join(wasErrs[i], isErrs[i]))
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

// Components are what one can go round in, checked by trying every pair.
func TestComponentsAreStronglyConnected(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newPlan(t)
		nodes := rapid.IntRange(2, 9).Draw(rt, "nodes")
		for range rapid.IntRange(1, 14).Draw(rt, "streets") {
			from, to := rapid.IntRange(0, nodes-1).Draw(rt, "from"), rapid.IntRange(0, nodes-1).Draw(rt, "to")
			a := routing.EdgeAttr{Class: "residential", Walk: routing.Both}
			a.Drive = rapid.SampledFrom([]routing.Ways{routing.Both, routing.Forward, routing.Backward, routing.Neither}).Draw(rt, "drive")
			angle := func(n int) xy {
				return xy{500 * math.Cos(float64(n)), 500 * math.Sin(float64(n))}
			}
			w.way(a, angle(from), angle(to))
		}
		g := w.build()
		e := engineOf(rt, g, routing.Car())
		reach := make([][]bool, g.Nodes())
		for i := range reach {
			reach[i] = make([]bool, g.Nodes())
			reach[i][i] = true
		}
		g.EachEdge(func(edge routing.Edge) bool {
			f, b := e.EdgeMillis(edge.ID)
			reach[edge.Tail][edge.Head] = reach[edge.Tail][edge.Head] || f != routing.Unreached
			reach[edge.Head][edge.Tail] = reach[edge.Head][edge.Tail] || b != routing.Unreached
			return true
		})
		for k := range reach {
			for i := range reach {
				for j := range reach {
					reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
				}
			}
		}
		strong := func(a, b int32) bool { return reach[a][b] && reach[b][a] }
		parts := e.Components()
		edges := 0
		for i, p := range parts {
			edges += p.Edges
			if i > 0 && p.Metres > parts[i-1].Metres {
				rt.Fatalf("not the longest first: %+v", parts)
			}
		}
		usable, loose := 0, 0
		classes := map[int32]bool{} // the first node of each part with an edge inside
		g.EachEdge(func(edge routing.Edge) bool {
			f, b := e.EdgeMillis(edge.ID)
			if f == routing.Unreached && b == routing.Unreached {
				return true
			}
			usable++
			if !strong(edge.Tail, edge.Head) {
				loose++
				return true
			}
			for n := int32(0); ; n++ {
				if strong(n, edge.Tail) {
					classes[n] = true
					return true
				}
			}
		})
		// Whoever can go round between two places is in one component, and only
		// they are.
		for a := range g.Nodes() {
			for b := range g.Nodes() {
				s, errS := e.VertexSnap(a)
				u, errU := e.VertexSnap(b)
				if errS != nil || errU != nil {
					continue // no street for cars
				}
				one, other := g.Edge(s.Edge), g.Edge(u.Edge)
				same := strong(one.Tail, one.Head) && strong(one.Tail, other.Tail) && strong(other.Tail, other.Head) || s.Edge == u.Edge
				if same != (s.Component == u.Component) || int(s.Component) >= len(parts) {
					rt.Fatalf("edge %d is of component %d, edge %d of %d; that they are of one is %v", s.Edge, s.Component, u.Edge, u.Component, same)
				}
			}
		}
		if edges != usable || len(parts) != loose+len(classes) {
			rt.Fatalf("%+v of %d edges, where %d can be used, %d of them lead away, and %d parts hang together", parts, edges, usable, loose, len(classes))
		}
	})
}
