package routing_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"sanse/routing"
	"sanse/routing/osm"
)

// BenchmarkScale shows how everything grows with the streets: from a small
// country to all extracts at hand, merged.
func BenchmarkScale(b *testing.B) {
	andorra := andorraFile(b)
	delaware := filepath.Join(filepath.Dir(andorra), "delaware-latest.osm.pbf")
	sets := []struct {
		name  string
		paths []string
	}{{"Andorra", []string{andorra}}, {"Delaware", []string{delaware}}}
	region := sharedFile(b, "porto_region.osm.pbf")
	all := []string{andorra, delaware, region}
	for _, name := range []string{"monaco.osm.pbf", "porto.osm.pbf", "nanjing_xinjiekou.osm"} {
		all = append(all, sharedFile(b, name))
	}
	sets = append(sets, struct {
		name  string
		paths []string
	}{"Porto region", []string{region}}, struct {
		name  string
		paths []string
	}{"all merged", all})
	for _, set := range sets {
		b.Run(set.name, func(b *testing.B) { benchmarkScale(b, set.paths) })
	}
}

func benchmarkScale(b *testing.B, paths []string) {
	ctx := context.Background()
	var g *routing.Graph
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			x, err := osm.ReadFiles(ctx, paths, osm.Options{Only: osm.Streets})
			if err != nil {
				b.Fatal(err)
			}
			g = x.Graph
		}
		b.ReportMetric(float64(g.Vertices()), "points")
		b.ReportMetric(float64(g.Nodes()), "nodes")
	})
	plain := engineOf(b, g, routing.Foot())
	var e *routing.Engine
	b.Run("prepare", func(b *testing.B) {
		for b.Loop() {
			var err error
			if e, err = plain.Prepare(ctx, routing.PrepareOptions{Threads: 2}); err != nil {
				b.Fatal(err)
			}
		}
	})
	net, err := routing.NewNetwork(e.Graph(), e)
	if err != nil {
		b.Fatal(err)
	}
	var packed bytes.Buffer
	if _, err := net.WriteTo(&packed); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "x.graph")
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			n, err := routing.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			if err := n.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(packed.Len())/1e6, "MB")
	})
	random := rand.New(rand.NewPCG(1, 2))
	var places []routing.Snap
	for len(places) < 1000 {
		s, err := e.VertexSnap(random.IntN(g.Nodes()))
		if err != nil {
			continue // for cars only
		}
		if s.Component == 0 {
			places = append(places, s)
		}
	}
	b.Run("cost", func(b *testing.B) {
		q := e.NewQuery()
		for i := 0; b.Loop(); i++ {
			if _, err := q.Cost(places[i%1000], places[(i*7+500)%1000]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("table 1000", func(b *testing.B) {
		for b.Loop() {
			if err := e.TableRows(ctx, places, places, routing.TableOptions{}, func(int, routing.TableRow) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}
