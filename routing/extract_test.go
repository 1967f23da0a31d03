package routing_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/routing"
	"sanse/routing/osm"
)

// andorraPath is an extract that ships inside the module paulmach/osm.
func andorraPath() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	if err != nil {
		return "", fmt.Errorf("find the module paulmach/osm: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "testdata", "andorra-latest.osm.bz2"), nil
}

func andorraFile(t testing.TB) string {
	t.Helper()
	path, err := andorraPath()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var andorraStreets = sync.OnceValues(func() (*osm.Extract, error) {
	path, err := andorraPath()
	if err != nil {
		return nil, err
	}
	return osm.ReadFile(context.Background(), path, osm.Options{Only: osm.Streets})
})

// andorra returns the streets of a country, read once for all tests.
func andorra(t testing.TB) *routing.Graph {
	t.Helper()
	x, err := andorraStreets()
	if err != nil {
		t.Fatal(err)
	}
	return x.Graph
}

func TestOnARealExtractAHierarchyFromAFileEqualsPlainSearch(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole country is read")
	}
	g, ctx := andorra(t), context.Background()
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
