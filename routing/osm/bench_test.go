package osm_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"sanse/routing"
	"sanse/routing/osm"
)

// benchExtract reads porto.osm.pbf beside the project, else Andorra.
func benchExtract(b *testing.B) *osm.Extract {
	b.Helper()
	for _, f := range sharedExtracts(b) {
		if filepath.Base(f) == "porto.osm.pbf" {
			return read(b, f, osm.Options{Only: osm.Streets | osm.Places})
		}
	}
	return read(b, moduleExtract(b, "andorra-latest.osm.bz2"), osm.Options{Only: osm.Streets | osm.Places})
}

// locations are places within the main component, the same in every run.
func locations(b *testing.B, x *osm.Extract, n int) []routing.Snap {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var out []routing.Snap
	for len(out) < n {
		s, err := x.Graph.At(int32(r.IntN(x.Graph.Edges())), r.Float64())
		if err != nil {
			b.Fatal(err)
		}
		if s.Component == x.Graph.LargestComponent() {
			out = append(out, s)
		}
	}
	return out
}

func BenchmarkRead(b *testing.B) {
	files := append(sharedExtracts(b), moduleExtract(b, "andorra-latest.osm.bz2"), moduleExtract(b, "delaware-latest.osm.pbf"))
	for _, f := range files {
		b.Run(filepath.Base(f), func(b *testing.B) {
			for b.Loop() {
				if _, err := osm.ReadFile(context.Background(), f, osm.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReadStreets reads what routing needs and nothing else.
func BenchmarkReadStreets(b *testing.B) {
	for _, f := range append(sharedExtracts(b), moduleExtract(b, "delaware-latest.osm.pbf")) {
		b.Run(filepath.Base(f), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := osm.ReadFile(context.Background(), f, osm.Options{Only: osm.Streets | osm.Obstacles}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTable100(b *testing.B) {
	x := benchExtract(b)
	places := locations(b, x, 100)
	engine := engineOf(b, x.Graph, routing.Foot())
	b.ResetTimer()
	for b.Loop() {
		if _, err := engine.Table(context.Background(), places, places); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReach15Minutes(b *testing.B) {
	x := benchExtract(b)
	places := locations(b, x, 64)
	engine := engineOf(b, x.Graph, routing.Elderly())
	ctx := context.Background()
	reach := func(b *testing.B, i int) routing.Reach {
		r, err := engine.Reach(ctx, places[i%len(places)], 900)
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	b.Run("edges", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			reach(b, i)
		}
	})
	b.Run("polygon", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := reach(b, i).Polygon(30); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cells", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := reach(b, i).Cells(10); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSnap(b *testing.B) {
	x := benchExtract(b)
	engine := engineOf(b, x.Graph, routing.Foot())
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		if _, err := engine.Snap(x.Places[i%len(x.Places)].Point, 1000); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNearest(b *testing.B) {
	x := benchExtract(b)
	engine := engineOf(b, x.Graph, routing.Elderly())
	places := locations(b, x, 2000)
	b.ResetTimer()
	for b.Loop() {
		if _, _, err := engine.Nearest(context.Background(), places[:20], places, 900); err != nil {
			b.Fatal(err)
		}
	}
}
