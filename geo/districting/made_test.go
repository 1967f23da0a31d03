package districting_test

import (
	"math/rand/v2"

	"sanse/geo/districting"
)

// lattice returns a graph of w × h units in rows, each beside those to its
// left, right, above and below, and with slanting ones if hexagons are wanted.
func lattice(w, h int, hexagons bool) districting.Graph {
	rows := make([][]int32, w*h)
	join := func(a, b int) {
		rows[a] = append(rows[a], int32(b))
		rows[b] = append(rows[b], int32(a))
	}
	for y := range h {
		for x := range w {
			u := y*w + x
			if x+1 < w {
				join(u, u+1)
			}
			if y+1 == h {
				continue
			}
			join(u, u+w)
			// Odd rows of hexagons lie half a unit to the right.
			if side := x - 1 + 2*(y%2); hexagons && side >= 0 && side < w {
				join(u, (y+1)*w+side)
			}
		}
	}
	return graph(rows)
}

// graph makes rows of neighbours into a graph.
func graph(rows [][]int32) districting.Graph {
	g := districting.Graph{First: []int32{0}}
	for _, row := range rows {
		for i := range row {
			for j := i; j > 0 && row[j] < row[j-1]; j-- {
				row[j], row[j-1] = row[j-1], row[j]
			}
		}
		g.To = append(g.To, row...)
		g.First = append(g.First, int32(len(g.To)))
	}
	return g
}

// bar puts a barrier between two neighbours.
func bar(g *districting.Graph, a, b int32) {
	if g.Barrier == nil {
		g.Barrier = make([]bool, len(g.To))
	}
	for _, e := range [][2]int32{{a, b}, {b, a}} {
		for i := g.First[e[0]]; i < g.First[e[0]+1]; i++ {
			if g.To[i] == e[1] {
				g.Barrier[i] = true
			}
		}
	}
}

// community is a hexagonal community of w × h cells, about 50 m wide, in k
// grids: households lie in estates, most cells hold few.
func community(w, h, k int, seed uint64) *districting.Problem {
	rng := rand.New(rand.NewPCG(seed, 1))
	p := &districting.Problem{Graph: lattice(w, h, true), Zones: []int{k}, Goal: districting.Compact}
	const side = 28.66 // metres, of a cell of H3 resolution 11
	n := w * h
	p.Border = make([]float64, len(p.To))
	for i := range p.Border {
		p.Border[i] = side
	}
	p.Area = make([]float64, n)
	p.Outer = make([]float64, n)
	households := make([]int64, n)
	for u := range n {
		p.Area[u] = 2.598 * side * side
		p.Outer[u] = float64(6-(p.First[u+1]-p.First[u])) * side
		households[u] = int64(rng.IntN(4))
	}
	for range n / 40 { // an estate: some cells side by side
		x, y := rng.IntN(w), rng.IntN(h)
		for range 6 {
			u := min(max(y+rng.IntN(3)-1, 0), h-1)*w + min(max(x+rng.IntN(3)-1, 0), w-1)
			households[u] += int64(5 + rng.IntN(15))
		}
	}
	p.Weights = []districting.Weight{{Name: "households", Of: households, Tolerance: 0.02}}
	return p
}
