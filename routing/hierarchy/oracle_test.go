package hierarchy_test

import (
	"context"
	"math/rand/v2"

	"pgregory.net/rapid"

	"sanse/routing/hierarchy"
)

const unreached = hierarchy.Unreached

// arc is one arc of a graph under test.
type arc struct{ from, to, weight, length uint32 }

// graph lays arcs out; the arcs' numbers are those of the layout.
func graph(n int, arcs []arc) hierarchy.Graph {
	g := hierarchy.Graph{First: make([]uint32, n+1), Length: []uint32{}}
	for v := range uint32(n) {
		for _, a := range arcs {
			if a.from == v {
				g.Head = append(g.Head, a.to)
				g.Weight = append(g.Weight, a.weight)
				g.Length = append(g.Length, a.length)
			}
		}
		g.First[v+1] = uint32(len(g.Head))
	}
	return g
}

// truth is the least cost from the seeds to every node, by plain relaxation
// until nothing changes (Bellman and Ford), in 64 bits.
func truth(g hierarchy.Graph, seeds []hierarchy.Seed) []uint64 {
	const never = 1 << 62
	cost := make([]uint64, g.Nodes())
	for i := range cost {
		cost[i] = never
	}
	for _, s := range seeds {
		if s.Cost != unreached {
			cost[s.Node] = min(cost[s.Node], uint64(s.Cost))
		}
	}
	for changed := true; changed; {
		changed = false
		for v := range g.Nodes() {
			for a := g.First[v]; a < g.First[v+1]; a++ {
				if cost[v] == never || g.Weight[a] == unreached {
					continue
				}
				if next := cost[v] + uint64(g.Weight[a]); next < cost[g.Head[a]] {
					cost[g.Head[a]] = next
					changed = true
				}
			}
		}
	}
	return cost
}

// told is what a truth looks like to those who ask.
func told(c uint64) uint32 {
	if c >= 1<<62 {
		return unreached
	}
	return uint32(min(c, unreached-1))
}

// between is the least cost between two lots of seeds.
func between(g hierarchy.Graph, from, to []hierarchy.Seed) uint32 {
	cost, best := truth(g, from), uint64(1<<62)
	for _, s := range to {
		if s.Cost != unreached && cost[s.Node] < 1<<62 {
			best = min(best, cost[s.Node]+uint64(s.Cost))
		}
	}
	return told(best)
}

// drawGraph draws small graphs with loops, parallel arcs, weights of 0, shut
// arcs and several components; half of them run both ways alike.
func drawGraph(t *rapid.T, heavy bool) hierarchy.Graph {
	n := rapid.IntRange(1, 24).Draw(t, "nodes")
	m := rapid.IntRange(0, 3*n).Draw(t, "arcs")
	both := rapid.Bool().Draw(t, "both ways")
	node := rapid.Uint32Range(0, uint32(n-1))
	weight := rapid.OneOf(rapid.Uint32Range(0, 3), rapid.Uint32Range(0, 1000), rapid.Just(uint32(unreached)))
	if heavy {
		weight = rapid.OneOf(weight, rapid.Uint32Range(1<<30, unreached-1), rapid.Uint32Range(unreached-5, unreached))
	}
	var arcs []arc
	for range m {
		a := arc{node.Draw(t, "from"), node.Draw(t, "to"), weight.Draw(t, "weight"), rapid.Uint32Range(0, 9).Draw(t, "length")}
		arcs = append(arcs, a)
		if both {
			arcs = append(arcs, arc{a.to, a.from, a.weight, a.length})
		}
	}
	return graph(n, arcs)
}

// drawSeeds draws a place: no seed, one, or some.
func drawSeeds(t *rapid.T, n int, heavy bool, name string) []hierarchy.Seed {
	cost := rapid.Uint32Range(0, 50)
	if heavy {
		cost = rapid.OneOf(cost, rapid.Uint32Range(unreached-100, unreached))
	}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) hierarchy.Seed {
		return hierarchy.Seed{
			Node: rapid.Uint32Range(0, uint32(n-1)).Draw(t, "node"), Cost: cost.Draw(t, "cost"),
			Length: rapid.Uint32Range(0, 5).Draw(t, "length"),
		}
	}), 0, 4).Draw(t, name)
}

// places lays lots of seeds out.
func places(lots [][]hierarchy.Seed) (first []uint32, seeds []hierarchy.Seed) {
	first = []uint32{0}
	for _, lot := range lots {
		seeds = append(seeds, lot...)
		first = append(first, uint32(len(seeds)))
	}
	return first, seeds
}

func prepare(t interface {
	Helper()
	Fatalf(string, ...any)
}, g hierarchy.Graph,
) *hierarchy.Index {
	t.Helper()
	x, err := hierarchy.Prepare(context.Background(), g, hierarchy.Options{Threads: 1})
	if err != nil {
		t.Fatalf("prepare: %v", err)
	}
	return x
}

// grid is a town of side × side corners with streets both ways, some of them
// missing; oneWay is how many of a hundred have a way of their own back.
func grid(side, oneWay int, seed uint64) hierarchy.Graph {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([][]arc, side*side)
	join := func(a, b int) {
		if r.IntN(100) < 8 {
			return
		}
		w := uint32(20000 + r.IntN(80000))
		l := uint32(float64(w) * (0.9 + 0.2*r.Float64()))
		back := w
		if r.IntN(100) < oneWay {
			back = w + 1 + uint32(r.IntN(50000))
		}
		out[a] = append(out[a], arc{uint32(a), uint32(b), w, l})
		out[b] = append(out[b], arc{uint32(b), uint32(a), back, l})
	}
	for y := range side {
		for x := range side {
			if x+1 < side {
				join(y*side+x, y*side+x+1)
			}
			if y+1 < side {
				join(y*side+x, y*side+side+x)
			}
		}
	}
	g := hierarchy.Graph{First: make([]uint32, side*side+1)}
	for v, arcs := range out {
		for _, a := range arcs {
			g.Head, g.Weight, g.Length = append(g.Head, a.to), append(g.Weight, a.weight), append(g.Length, a.length)
		}
		g.First[v+1] = uint32(len(g.Head))
	}
	return g
}
