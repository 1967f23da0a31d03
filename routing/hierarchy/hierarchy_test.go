package hierarchy_test

import (
	order "cmp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/routing/hierarchy"
)

func TestEveryQuestionIsAnsweredAsByPlainRelaxation(t *testing.T) {
	for _, heavy := range []bool{false, true} {
		name := "with costs of everyday"
		if heavy {
			name = "with costs near the end of 32 bits"
		}
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { checkAll(t, heavy) })
		})
	}
}

// checkAll draws a graph and places and asks for all there is.
func checkAll(t *rapid.T, heavy bool) {
	g := drawGraph(t, heavy)
	x := prepare(t, g)
	n := g.Nodes()
	query, table, sweep := hierarchy.NewQuery(x), hierarchy.NewTable(x), hierarchy.NewSweep(x)

	var from, to [][]hierarchy.Seed
	for range rapid.IntRange(1, 11).Draw(t, "sources") {
		from = append(from, drawSeeds(t, n, heavy, "from"))
	}
	for range rapid.IntRange(1, 5).Draw(t, "targets") {
		to = append(to, drawSeeds(t, n, heavy, "to"))
	}
	fromFirst, fromSeeds := places(from)
	table.SetTargets(places(to))
	costs, lengths := make([]uint32, len(from)*len(to)), make([]uint32, len(from)*len(to))
	plain := make([]uint32, len(costs))
	table.Rows(fromFirst, fromSeeds, plain, nil)
	table.Rows(fromFirst, fromSeeds, costs, lengths)
	if d := cmp.Diff(plain, costs); d != "" {
		t.Fatalf("costs without and with lengths: %s", d)
	}
	for i := range from {
		row := make([]uint32, len(to))
		table.Row(from[i], row, nil)
		if d := cmp.Diff(costs[i*len(to):(i+1)*len(to)], row); d != "" {
			t.Fatalf("row %d alone: %s", i, d)
		}
		for j := range to {
			want := between(g, from[i], to[j])
			if got := costs[i*len(to)+j]; got != want {
				t.Fatalf("table %d → %d costs %d, want %d", i, j, got, want)
			}
			if got := query.Cost(from[i], to[j]); got != want {
				t.Fatalf("query %d → %d costs %d, want %d", i, j, got, want)
			}
			length := checkPath(t, g, query, from[i], to[j], want)
			if got := lengths[i*len(to)+j]; want != unreached && want < unreached-1 && !lengthExists(g, from[i], to[j], want, got) {
				t.Fatalf("table %d → %d has length %d (the path %d): no way of cost %d has", i, j, got, length, want)
			}
		}
		cost, label := make([]uint32, n), make([]uint32, n)
		sweep.Run(from[i], cost, label)
		checkSweep(t, g, from[i], cost, label)
	}
}

// checkPath asks for the path and walks it; it returns the length.
func checkPath(t *rapid.T, g hierarchy.Graph, q *hierarchy.Query, from, to []hierarchy.Seed, want uint32) uint32 {
	before := []uint32{7}
	cost, length, a, b, arcs := q.Path(from, to, before)
	if cost != want || arcs[0] != 7 {
		t.Fatalf("path costs %d, want %d", cost, want)
	}
	if want == unreached {
		if a != -1 || b != -1 || len(arcs) != 1 || length != unreached {
			t.Fatalf("no way, but %d, %d, %d, %v", length, a, b, arcs)
		}
		return length
	}
	at := from[a].Node
	sum, metres := uint64(from[a].Cost), uint64(from[a].Length)
	for _, arc := range arcs[1:] {
		if arc < g.First[at] || arc >= g.First[at+1] {
			t.Fatalf("arc %d does not leave node %d", arc, at)
		}
		sum += uint64(g.Weight[arc])
		metres += uint64(g.Length[arc])
		at = g.Head[arc]
	}
	if at != to[b].Node {
		t.Fatalf("the path ends at %d, want %d", at, to[b].Node)
	}
	sum += uint64(to[b].Cost)
	metres += uint64(to[b].Length)
	if told(sum) != want || told(metres) != length {
		t.Fatalf("the path's arcs cost %d and are %d long, want %d and %d", sum, metres, want, length)
	}
	return length
}

// lengthExists tells whether some way of exactly that cost has that length, by
// search over pairs of cost and length; lengths and costs are small.
func lengthExists(g hierarchy.Graph, from, to []hierarchy.Seed, cost, length uint32) bool {
	type state struct {
		node         uint32
		cost, length uint64
	}
	seen := map[state]bool{}
	var open []state
	visit := func(s state) {
		if s.cost <= uint64(cost) && s.length <= uint64(length) && !seen[s] {
			seen[s] = true
			open = append(open, s)
		}
	}
	least := truth(g, from)
	for _, s := range from {
		visit(state{s.Node, uint64(s.Cost), uint64(s.Length)})
	}
	for len(open) > 0 {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		if s.cost != least[s.node] {
			continue
		}
		for _, seed := range to {
			if seed.Node == s.node && s.cost+uint64(seed.Cost) == uint64(cost) && s.length+uint64(seed.Length) == uint64(length) {
				return true
			}
		}
		for a := g.First[s.node]; a < g.First[s.node+1]; a++ {
			if g.Weight[a] != unreached {
				visit(state{g.Head[a], s.cost + uint64(g.Weight[a]), s.length + uint64(g.Length[a])})
			}
		}
	}
	return false
}

func checkSweep(t *rapid.T, g hierarchy.Graph, seeds []hierarchy.Seed, cost, label []uint32) {
	want := truth(g, seeds)
	nearest := make([]uint32, len(want))
	for v := range nearest {
		nearest[v] = unreached
	}
	for i := len(seeds) - 1; i >= 0; i-- {
		for v, c := range truth(g, seeds[i:i+1]) {
			if c == want[v] && c < 1<<62 {
				nearest[v] = uint32(i)
			}
		}
	}
	for v := range want {
		if cost[v] != told(want[v]) {
			t.Fatalf("sweep reaches node %d at %d, want %d", v, cost[v], told(want[v]))
		}
		if want[v] < unreached-1 && label[v] != nearest[v] || want[v] >= 1<<62 && label[v] != unreached {
			t.Fatalf("sweep says seed %d for node %d, want %d", label[v], v, nearest[v])
		}
	}
}

func TestTheNearestFacilitiesOfEveryNodeAreThoseOfOneSweepEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		heavy := rapid.Bool().Draw(t, "heavy")
		g := drawGraph(t, heavy)
		n := g.Nodes()
		x := prepare(t, g)
		sweep := hierarchy.NewSweep(x)
		k := rapid.IntRange(1, 4).Draw(t, "k")
		var seeds []hierarchy.Seed
		var group []uint32
		type found struct {
			cost  uint64
			group uint32
		}
		all := make([][]found, n)
		for f := range uint32(rapid.IntRange(0, 6).Draw(t, "facilities")) {
			at := drawSeeds(t, n, false, "facility")
			for range at {
				group = append(group, f)
			}
			seeds = append(seeds, at...)
			for v, c := range truth(g, at) {
				if told(c) != unreached {
					all[v] = append(all[v], found{c, f})
				}
			}
		}
		cost, label := make([]uint32, n*k), make([]uint32, n*k)
		sweep.Nearest(seeds, group, k, cost, label)
		for v := range all {
			slices.SortStableFunc(all[v], func(a, b found) int { return order.Compare(a.cost, b.cost) })
			for i := range k {
				wantCost, wantGroup := uint32(unreached), uint32(unreached)
				if i < len(all[v]) {
					wantCost, wantGroup = told(all[v][i].cost), all[v][i].group
				}
				if got := cost[v*k+i]; got != wantCost {
					t.Fatalf("node %d, place %d of %d: cost %d, want %d", v, i, k, got, wantCost)
				}
				if got := label[v*k+i]; wantCost != unreached-1 && got != wantGroup {
					t.Fatalf("node %d, place %d of %d: facility %d, want %d", v, i, k, got, wantGroup)
				}
			}
		}
	})
}
