package lines_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/lines"
	"sanse/routing/osm"
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

// TestARealNetworkWrittenAsLinesGivesItsTimes writes every edge as a feature and
// reads them back. Streets that a closed barrier keeps apart meet then, so that
// a few ways are shorter; none is longer.
func TestARealNetworkWrittenAsLinesGivesItsTimes(t *testing.T) {
	whole := andorra(t)
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	yes := map[bool]string{true: "yes", false: "no"}
	plain := routing.NewBuilder() // the network with what the columns say, and no more
	for n := range whole.Nodes() {
		plain.AddNode(whole.Node(int32(n)))
	}
	whole.EachEdge(func(e routing.Edge) bool {
		if e.Walk == routing.Neither {
			return true
		}
		if _, err := plain.AddEdge(e.Tail, e.Head, e.Line, routing.EdgeAttr{Class: e.Class, Name: e.Name, Walk: routing.Both, Steps: e.Steps}); err != nil {
			t.Fatal(err)
		}
		p := props{"highway": e.Class, "name": e.Name, "foot": "yes", "car": "no", "bicycle": "no", "steps": yes[e.Steps]}
		if e.Metres == 0 {
			return true // both its ends are one place: there is nothing to draw
		}
		raw, err := json.Marshal(feature(p, "LineString", e.Line))
		if err != nil {
			t.Fatal(err)
		}
		if b.Len() > 60 {
			b.WriteByte(',')
		}
		b.Write(raw)
		return true
	})
	g, err := plain.Build()
	if err != nil {
		t.Fatal(err)
	}
	b.WriteString("]}")
	res, err := lines.Read(strings.NewReader(b.String()), lines.Options{Tolerance: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d edges → %d: %+v, %q", g.Edges(), res.Graph.Edges(), res.Counts, res.Hints)
	if res.Counts.Refused > 0 {
		t.Fatalf("refused: %v", res.Refused[0])
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var places []orb.Point
	for range 120 {
		places = append(places, g.Node(int32(rnd.IntN(g.Nodes()))))
	}
	table := func(g *routing.Graph) [][]int32 {
		e, err := routing.NewEngine(g, routing.Foot())
		if err != nil {
			t.Fatal(err)
		}
		snaps, _ := e.SnapAll(places, 0.5)
		rows, err := e.Table(context.Background(), snaps, snaps)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	want, got := table(g), table(res.Graph)
	same, ways := 0, 0
	for i := range want {
		for j := range want[i] {
			if want[i][j] < 0 {
				continue
			}
			ways++
			if d := got[i][j] - want[i][j]; got[i][j] < 0 || d > 1 {
				t.Fatalf("from %v to %v takes %d s, %d s in the network", places[i], places[j], got[i][j], want[i][j])
			} else if d >= -1 {
				same++
			}
		}
	}
	t.Logf("%d of %d times are the same", same, ways)
	if ways < 5000 || float64(same) < 0.95*float64(ways) {
		t.Errorf("%d of %d times are the same", same, ways)
	}
}
