package directions_test

import (
	"context"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/directions"
)

// at is a point so many metres east and north of the middle of a small world.
func at(east, north float64) orb.Point {
	const lon, lat = 104.30, 30.80
	return orb.Point{
		math.Round((lon+east/(111_195*math.Cos(lat*math.Pi/180)))*1e7) / 1e7,
		math.Round((lat+north/111_195)*1e7) / 1e7,
	}
}

// world is a small street map in the making; streets that touch at a point that
// both name are joined there.
type world struct {
	t     testing.TB
	b     *routing.Builder
	nodes map[orb.Point]int32
}

func newWorld(t testing.TB) *world {
	return &world{t: t, b: routing.NewBuilder(), nodes: map[orb.Point]int32{}}
}

func (w *world) node(p orb.Point) int32 {
	n, ok := w.nodes[p]
	if !ok {
		n = w.b.AddNode(p)
		w.nodes[p] = n
	}
	return n
}

// street adds an edge between each two points.
func (w *world) street(a routing.EdgeAttr, points ...orb.Point) {
	w.t.Helper()
	if a.Walk|a.Ride|a.Drive == 0 {
		a.Walk, a.Ride, a.Drive = routing.Both, routing.Both, routing.Both
	}
	for i := 1; i < len(points); i++ {
		if _, err := w.b.AddEdge(w.node(points[i-1]), w.node(points[i]), nil, a); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) engine(p routing.Profile) *routing.Engine {
	w.t.Helper()
	g, err := w.b.Build()
	if err != nil {
		w.t.Fatal(err)
	}
	e, err := routing.NewEngine(g, p)
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

func route(t testing.TB, e *routing.Engine, from, to orb.Point) routing.Path {
	t.Helper()
	snaps, errs := e.SnapAll([]orb.Point{from, to}, 500)
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	p, err := e.Route(context.Background(), snaps[0], snaps[1])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tell(t testing.TB, e *routing.Engine, from, to orb.Point) []directions.Step {
	t.Helper()
	steps, err := directions.NewGuide(e.Graph()).Steps(e, route(t, e, from, to), directions.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// named is a street of a class and name that everybody may use.
func named(class, name string) routing.EdgeAttr { return routing.EdgeAttr{Class: class, Name: name} }
