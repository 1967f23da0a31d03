package routing_test

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/routing"
	"sanse/routing/osm"
)

// andorraFile is an extract that ships inside the module paulmach/osm.
func andorraFile(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	if err != nil {
		t.Fatalf("find the module paulmach/osm: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "testdata", "andorra-latest.osm.bz2")
}

func TestOnARealExtractAHierarchyFromAFileEqualsPlainSearch(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole country is read")
	}
	x, err := osm.ReadFile(context.Background(), andorraFile(t), osm.Options{Only: osm.Streets})
	if err != nil {
		t.Fatal(err)
	}
	g, ctx := x.Graph, context.Background()
	places := asked(t, g, int32(g.Edges()/60))
	plain := map[string]*routing.Engine{}
	var prepared []*routing.Engine
	for _, p := range builtInProfiles() {
		plain[p.Name] = engineOf(t, g, p)
		e, err := plain[p.Name].Prepare(ctx, routing.PrepareOptions{Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		prepared = append(prepared, e)
	}
	written, err := routing.NewNetwork(g, prepared...)
	if err != nil {
		t.Fatal(err)
	}
	data := bytesOf(t, written)
	t.Logf("%d nodes, %d edges, %d turn rules: a file of %d bytes for %d profiles", g.Nodes(), g.Edges(), g.Turns(), len(data), len(prepared))
	read, err := routing.Load(data)
	if err != nil {
		t.Fatal(err)
	}
	rows := func(e *routing.Engine) (out [][]uint32) {
		err := e.TableRows(ctx, places, places, routing.TableOptions{}, func(_ int, r routing.TableRow) error {
			out = append(out, slices.Clone(r.Millis))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, p := range read.Profiles() {
		e, err := read.Engine(p)
		if err != nil {
			t.Fatal(err)
		}
		want := rows(plain[p.Name])
		if d := cmp.Diff(want, rows(e)); d != "" {
			t.Errorf("%s: %s", p.Name, d)
		}
		q, ways := e.NewQuery(), 0
		var path routing.Path
		for i := range places {
			j := (i*17 + 5) % len(places)
			c, err := q.Cost(places[i], places[j])
			if err != nil || c != want[i][j] {
				t.Fatalf("%s: cost %d, want %d (%v)", p.Name, c, want[i][j], err)
			}
			switch err := q.Route(places[i], places[j], &path); {
			case c == routing.Unreached && errors.Is(err, routing.ErrNoWay):
			case err != nil || path.Millis != c:
				t.Fatalf("%s: a route of %d ms, want %d (%v)", p.Name, path.Millis, c, err)
			default:
				ways++
			}
		}
		if ways < len(places)/4 {
			t.Errorf("%s: only %d of %d places are joined", p.Name, ways, len(places))
		}
	}
}
