package hierarchy_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"sanse/routing"
	"sanse/routing/hierarchy"
	"sanse/routing/osm"
)

// town is a graph to measure on.
type town struct {
	name  string
	graph func(b *testing.B) hierarchy.Graph
}

// towns are a grid of 90,000 corners, a hard case, and the streets of the Porto
// region as an adult on foot walks them, which lie beside the project or not.
func towns() []town {
	return []town{
		{"grid", func(*testing.B) hierarchy.Graph { return grid(300, 0, 1) }},
		{"porto", porto},
	}
}

func porto(b *testing.B) hierarchy.Graph {
	root := os.Getenv("SANSE_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(root, "streets", "porto_region.osm.pbf")
	if _, err := os.Stat(path); err != nil {
		b.Skip("no extract beside the project: set SANSE_SHARED to where streets/ is")
	}
	x, err := osm.ReadFile(context.Background(), path, osm.Options{})
	if err != nil {
		b.Fatal(err)
	}
	out := make([][]arc, x.Graph.Nodes())
	x.Graph.EachEdge(func(e routing.Edge) bool {
		mm := math.Round(e.Metres * 1000)
		millis := math.Round(mm / 1.3)
		if e.Steps {
			millis = math.Round(mm / 1.3 * 1.5)
		}
		out[e.Tail] = append(out[e.Tail], arc{uint32(e.Tail), uint32(e.Head), uint32(millis), uint32(mm)})
		out[e.Head] = append(out[e.Head], arc{uint32(e.Head), uint32(e.Tail), uint32(millis), uint32(mm)})
		return true
	})
	g := hierarchy.Graph{First: []uint32{0}}
	for _, arcs := range out {
		for _, a := range arcs {
			g.Head, g.Weight, g.Length = append(g.Head, a.to), append(g.Weight, a.weight), append(g.Length, a.length)
		}
		g.First = append(g.First, uint32(len(g.Head)))
	}
	return g
}

// anywhere draws n places of two seeds each, as on an edge.
func anywhere(g hierarchy.Graph, n int) (first []uint32, seeds []hierarchy.Seed) {
	r := rand.New(rand.NewPCG(7, 7))
	first = []uint32{0}
	for len(first) <= n {
		v := r.Uint32N(uint32(g.Nodes()))
		if g.First[v] == g.First[v+1] {
			continue
		}
		a := g.First[v]
		along := uint32(float64(g.Weight[a]) * r.Float64())
		seeds = append(seeds, hierarchy.Seed{Node: v, Cost: along}, hierarchy.Seed{Node: g.Head[a], Cost: g.Weight[a] - along})
		first = append(first, uint32(len(seeds)))
	}
	return first, seeds
}

func prepared(b *testing.B, t town) (hierarchy.Graph, *hierarchy.Index) {
	g := t.graph(b)
	x, err := hierarchy.Prepare(context.Background(), g, hierarchy.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return g, x
}

func BenchmarkPrepare(b *testing.B) {
	for _, t := range towns() {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/threads=%d", t.name, threads), func(b *testing.B) {
				g := t.graph(b)
				var x *hierarchy.Index
				for b.Loop() {
					var err error
					if x, err = hierarchy.Prepare(context.Background(), g, hierarchy.Options{Threads: threads}); err != nil {
						b.Fatal(err)
					}
				}
				size := 0
				for _, a := range x.Arrays() {
					size += 4 * len(a)
				}
				b.ReportMetric(float64(size)/1e6, "MB/index")
			})
		}
	}
}

func BenchmarkFromArrays(b *testing.B) {
	for _, t := range towns() {
		b.Run(t.name, func(b *testing.B) {
			_, x := prepared(b, t)
			arrays := x.Arrays()
			for b.Loop() {
				if _, err := hierarchy.FromArrays(arrays); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkQuery(b *testing.B) {
	for _, t := range towns() {
		b.Run(t.name, func(b *testing.B) {
			g, x := prepared(b, t)
			first, seeds := anywhere(g, 1000)
			place := func(i int) []hierarchy.Seed { i %= 1000; return seeds[first[i]:first[i+1]] }
			q := hierarchy.NewQuery(x)
			b.Run("cost", func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					q.Cost(place(i), place(7*i+13))
				}
			})
			b.Run("path", func(b *testing.B) {
				var arcs []uint32
				for i := 0; b.Loop(); i++ {
					_, _, _, _, arcs = q.Path(place(i), place(7*i+13), arcs[:0])
				}
			})
		})
	}
}

func BenchmarkTable(b *testing.B) {
	for _, t := range towns() {
		b.Run(t.name, func(b *testing.B) {
			g, x := prepared(b, t)
			table := hierarchy.NewTable(x)
			for _, n := range []int{10, 100, 1000, 10000} {
				first, seeds := anywhere(g, n)
				cost, length := make([]uint32, 64*n), make([]uint32, 64*n)
				for _, with := range []string{"cost", "length"} {
					b.Run(fmt.Sprintf("%s/%dx%d", with, n, n), func(b *testing.B) {
						l := length
						if with == "cost" {
							l = nil
						}
						for b.Loop() {
							table.SetTargets(first, seeds)
							for i := 0; i < n; i += 64 {
								table.Rows(first[i:min(i+64, n)+1], seeds, cost, l)
							}
						}
					})
				}
			}
		})
	}
}

func BenchmarkSweep(b *testing.B) {
	for _, t := range towns() {
		b.Run(t.name, func(b *testing.B) {
			g, x := prepared(b, t)
			_, seeds := anywhere(g, 100)
			s := hierarchy.NewSweep(x)
			cost, label := make([]uint32, 3*x.Nodes()), make([]uint32, 3*x.Nodes())
			b.Run("one", func(b *testing.B) {
				for b.Loop() {
					s.Run(seeds[:2], cost, nil)
				}
			})
			b.Run("nearest of 200", func(b *testing.B) {
				for b.Loop() {
					s.Run(seeds, cost, label)
				}
			})
			b.Run("nearest 3 of 200", func(b *testing.B) {
				for b.Loop() {
					s.Nearest(seeds, nil, 3, cost, label)
				}
			})
		})
	}
}
