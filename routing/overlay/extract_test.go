package overlay_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/routing"
	"sanse/routing/osm"
	"sanse/routing/overlay"
)

// andorra is a real network.
func andorra(t testing.TB) *routing.Graph {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	if err != nil {
		t.Fatalf("find the module paulmach/osm: %v", err)
	}
	x, err := osm.ReadFile(context.Background(), filepath.Join(strings.TrimSpace(string(out)), "testdata", "andorra-latest.osm.bz2"), osm.Options{Only: osm.Streets})
	if err != nil {
		t.Fatal(err)
	}
	return x.Graph
}

// sketch is the middle of a line, from a fifth to four fifths of it, as somebody
// draws it on a map: a metre or two beside.
func sketch(rnd *rand.Rand, l orb.LineString) orb.LineString {
	whole := geo.Length(l)
	var out orb.LineString
	run := 0.0
	for i := 1; i < len(l); i++ {
		d := geo.Distance(l[i-1], l[i])
		n := max(1, int(d/15))
		for k := range n {
			f := float64(k) / float64(n)
			if at := run + f*d; at >= 0.2*whole && at <= 0.8*whole {
				out = append(out, orb.Point{
					l[i-1][0] + f*(l[i][0]-l[i-1][0]) + (rnd.Float64()-0.5)*3e-5,
					l[i-1][1] + f*(l[i][1]-l[i-1][1]) + (rnd.Float64()-0.5)*3e-5,
				})
			}
		}
		run += d
	}
	return out
}

func TestSketchesOverARealNetworkFindTheirStreets(t *testing.T) {
	g := andorra(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	var closes, opens []map[string]any
	var lengths []float64
	taken := map[int32]bool{}
	for len(closes) < 150 {
		e := g.Edge(int32(rnd.IntN(g.Edges())))
		if taken[e.ID] || e.Walk == routing.Neither || e.Metres < 120 || e.Metres > 3000 {
			continue
		}
		l := sketch(rnd, e.Line)
		if len(l) < 2 {
			continue
		}
		taken[e.ID] = true
		id := fmt.Sprint(len(closes))
		closes = append(closes, change("c"+id, "close", l, nil))
		opens = append(opens, change("o"+id, "open", l, nil))
		lengths = append(lengths, geo.Length(l))
	}
	closed, rep := apply(t, g, closes...)
	wrong := 0
	for i, o := range rep.Outcomes {
		if !o.Done || math.Abs(o.Metres-lengths[i]) > 0.15*lengths[i]+15 {
			wrong++
			t.Logf("%s: %.0f m drawn, %d pieces of %.0f m, %v", o.ID, lengths[i], o.Edges, o.Metres, o.Findings)
		}
	}
	t.Logf("%d of %d sketches found their street; %d edges became %d", len(closes)-wrong, len(closes), g.Edges(), closed.Edges())
	if wrong > 1 {
		t.Errorf("%d of %d sketches did not", wrong, len(closes))
	}
	sum := func(g *routing.Graph) (m float64) {
		g.EachEdge(func(e routing.Edge) bool {
			if e.Walk != routing.Neither {
				m += e.Metres
			}
			return true
		})
		return m
	}
	lost, drawn := sum(g)-sum(closed), 0.0
	for _, o := range rep.Outcomes {
		drawn += o.Metres
	}
	if math.Abs(lost-drawn) > 0.001*drawn+5 {
		t.Errorf("%.0f m reported, %.0f m gone", drawn, lost)
	}
	opened, _ := apply(t, g, append(closes, opens...)...)
	if d := sum(g) - sum(opened); math.Abs(d) > 5 {
		t.Errorf("%.1f m are still shut", d)
	}
	var places []orb.Point
	for range 40 {
		places = append(places, g.Node(int32(rnd.IntN(g.Nodes()))))
	}
	table := func(g *routing.Graph) [][]int32 {
		e, err := routing.NewEngine(g, routing.Foot())
		if err != nil {
			t.Fatal(err)
		}
		snaps, _ := e.SnapAll(places, 5)
		rows, err := e.Table(context.Background(), snaps, snaps)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	want, got, without := table(g), table(opened), table(closed)
	longer := 0
	for i := range want {
		for j := range want[i] {
			if d := got[i][j] - want[i][j]; d < -2 || d > 2 {
				t.Fatalf("opened again: from %v to %v %d s, %d s before", places[i], places[j], got[i][j], want[i][j])
			}
			if without[i][j] < 0 && want[i][j] >= 0 || without[i][j] > want[i][j]+2 {
				longer++
			} else if want[i][j] >= 0 && without[i][j] < want[i][j]-2 {
				t.Fatalf("closed: from %v to %v %d s, %d s before", places[i], places[j], without[i][j], want[i][j])
			}
		}
	}
	if longer == 0 {
		t.Error("no way is longer with 150 streets closed")
	}
}

func BenchmarkApply(b *testing.B) {
	g := andorra(b)
	rnd := rand.New(rand.NewPCG(3, 4))
	var features []map[string]any
	for len(features) < 50 {
		if e := g.Edge(int32(rnd.IntN(g.Edges()))); e.Walk != routing.Neither && e.Metres > 120 && e.Metres < 3000 {
			features = append(features, change(fmt.Sprint(len(features)), "close", sketch(rnd, e.Line), nil))
		}
	}
	changes := file(b, features...).Changes()
	for b.Loop() {
		if _, _, err := overlay.Apply(g, changes); err != nil {
			b.Fatal(err)
		}
	}
}
