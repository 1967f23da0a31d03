package routing_test

import (
	"context"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/osm"
)

// snapWorld is a real extract and places in it.
type snapWorld struct {
	engine *routing.Engine
	places []orb.Point
}

// snapAndorra reads the extract that ships inside the module paulmach/osm, with
// what lies between its streets; its places are all over the country.
func snapAndorra(tb testing.TB) snapWorld {
	tb.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	if err != nil {
		tb.Fatalf("find the module paulmach/osm: %v", err)
	}
	x, err := osm.ReadFile(context.Background(), filepath.Join(strings.TrimSpace(string(out)), "testdata", "andorra-latest.osm.bz2"), osm.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	w := snapWorld{engine: engineOf(tb, x.Graph, routing.Foot())}
	r := rand.New(rand.NewPCG(5, 6))
	for len(w.places) < 1000 {
		p := x.Graph.Vertex(r.IntN(x.Graph.Vertices()))
		w.places = append(w.places, orb.Point{p[0] + (r.Float64()-0.5)*200*eastMetre, p[1] + (r.Float64()-0.5)*200*northMetre})
	}
	return w
}

// snapPorto reads the region of Porto and the points beside it.
func snapPorto(tb testing.TB) snapWorld {
	tb.Helper()
	root := os.Getenv("SANSE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	path := filepath.Join(root, "streets", "porto_region.osm.pbf")
	if _, err := os.Stat(path); err != nil {
		tb.Skip("no porto_region.osm.pbf beside the project: set SANSE_SHARED to where streets/ is")
	}
	x, err := osm.ReadFile(context.Background(), path, osm.Options{Only: osm.Streets})
	if err != nil {
		tb.Fatal(err)
	}
	f, err := os.Open(filepath.Join(root, "streets", "porto_region_1000_points.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	w := snapWorld{engine: engineOf(tb, x.Graph, routing.Foot())}
	for _, row := range rows[1:] {
		lon, errLon := strconv.ParseFloat(row[1], 64)
		lat, errLat := strconv.ParseFloat(row[2], 64)
		if errLon != nil || errLat != nil {
			tb.Fatal(errLon, errLat)
		}
		w.places = append(w.places, orb.Point{lon, lat})
	}
	return w
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
