package routing_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// snapWorld is a real extract and places in it.
type snapWorld struct {
	engine *routing.Engine
	places []orb.Point
}

// snapAndorra has places all over a country.
func snapAndorra(tb testing.TB) snapWorld {
	tb.Helper()
	g := andorra(tb)
	w := snapWorld{engine: engineOf(tb, g, routing.Foot())}
	r := rand.New(rand.NewPCG(5, 6))
	for len(w.places) < 1000 {
		p := g.Vertex(r.IntN(g.Vertices()))
		w.places = append(w.places, orb.Point{p[0] + (r.Float64()-0.5)*200*eastMetre, p[1] + (r.Float64()-0.5)*200*northMetre})
	}
	return w
}

// snapPorto has the places that the peers were measured with.
func snapPorto(tb testing.TB) snapWorld {
	tb.Helper()
	g, places := porto(tb)
	return snapWorld{engine: engineOf(tb, g, routing.Foot()), places: places}
}

func BenchmarkSnap(b *testing.B) {
	for name, world := range map[string]func(testing.TB) snapWorld{"andorra": snapAndorra, "porto": snapPorto} {
		b.Run(name, func(b *testing.B) {
			w := world(b)
			runtime.GC() // what reading left behind is not to be timed
			i, found := 0, 0
			for b.Loop() {
				s, err := w.engine.Snap(w.places[i%len(w.places)], 500)
				if err == nil && s.OK {
					found++
				}
				i++
			}
			b.ReportMetric(float64(found)/float64(i), "found/op")
		})
	}
}

func TestSnappingAllocatesNothing(t *testing.T) {
	w := newPlan(t)
	w.street("street", xy{-300, 0}, xy{0, 0}, xy{300, 0})
	w.street("path", xy{0, 0}, xy{0, 100}, xy{50, 100})
	w.obstacle(routing.ObstacleWall, xy{-300, 20}, xy{300, 20})
	w.building(box(10, 30, 40, 60), xy{20, 60}, xy{10, 40})
	e := w.engine(routing.Foot())
	p := ground(30, 50)
	if s, err := e.Snap(p, 500); err != nil || !s.Entrance {
		t.Fatalf("%+v, %v", s, err)
	}
	// The least of many: a sync.Pool now and then loses what it was given, under
	// the race detector on purpose.
	least := math.Inf(1)
	for range 100 {
		least = min(least, testing.AllocsPerRun(1, func() {
			if _, err := e.Snap(p, 500); err != nil {
				t.Error(err)
			}
		}))
	}
	if least != 0 {
		t.Errorf("%v allocations", least)
	}
}
