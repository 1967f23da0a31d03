package routing_test

import (
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// ground puts plans drawn in metres on the earth, near Andorra.
const (
	groundLon, groundLat = 1.5, 42.5
	eastMetre            = 1 / 82199.0 // degrees
	northMetre           = 1 / 111083.0
)

func ground(x, y float64) orb.Point {
	return orb.Point{groundLon + x*eastMetre, groundLat + y*northMetre}
}

// xy are metres east and north.
type xy [2]float64

func onGround(points []xy) []orb.Point {
	out := make([]orb.Point, len(points))
	for i, p := range points {
		out[i] = ground(p[0], p[1])
	}
	return out
}

// plan is a small world to be built: streets that meet where they have a point
// in common, and what lies between.
type plan struct {
	t testing.TB
	b *routing.Builder
	n map[xy]int32
}

func newPlan(t testing.TB) *plan {
	return &plan{t: t, b: routing.NewBuilder(), n: make(map[xy]int32)}
}

func (w *plan) node(p xy) int32 {
	n, ok := w.n[p]
	if !ok {
		n = w.b.AddNode(ground(p[0], p[1]))
		w.n[p] = n
	}
	return n
}

// street adds a street that everybody may use both ways.
func (w *plan) street(name string, points ...xy) {
	w.way(routing.EdgeAttr{Class: "residential", Name: name, Walk: routing.Both, Ride: routing.Both, Drive: routing.Both}, points...)
}

func (w *plan) way(a routing.EdgeAttr, points ...xy) {
	w.t.Helper()
	for i := 1; i < len(points); i++ {
		line := orb.LineString(onGround(points[i-1 : i+1]))
		if _, err := w.b.AddEdge(w.node(points[i-1]), w.node(points[i]), line, a); err != nil {
			w.t.Fatal(err)
		}
	}
}

// district adds a network of six kilometres far to the north of the plan, which
// reaches it by a street along y = 300.
func (w *plan) district(to xy) {
	w.street("district", to, xy{to[0], 3000}, xy{to[0], 6000})
}

func (w *plan) obstacle(k routing.ObstacleKind, points ...xy) {
	w.t.Helper()
	if err := w.b.AddObstacle(k, onGround(points)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *plan) building(outline []xy, entrances ...xy) {
	w.t.Helper()
	if err := w.b.AddFootprint(orb.Polygon{onGround(outline)}, onGround(entrances)); err != nil {
		w.t.Fatal(err)
	}
}

// box is a closed ring.
func box(x0, y0, x1, y1 float64) []xy {
	return []xy{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}
}

func (w *plan) build() *routing.Graph {
	w.t.Helper()
	g, err := w.b.Build()
	if err != nil {
		w.t.Fatal(err)
	}
	return g
}

func (w *plan) engine(p routing.Profile) *routing.Engine {
	w.t.Helper()
	e, err := routing.NewEngine(w.build(), p)
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}
