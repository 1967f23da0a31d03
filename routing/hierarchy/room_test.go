package hierarchy_test

import (
	"testing"

	"sanse/routing/hierarchy"
)

func TestAskingAllocatesNothingOnceThereIsRoom(t *testing.T) {
	for name, g := range map[string]hierarchy.Graph{"both ways": grid(30, 0, 2), "one-way": grid(30, 20, 2)} {
		x := prepare(t, g)
		n := x.Nodes()
		query, table, sweep := hierarchy.NewQuery(x), hierarchy.NewTable(x), hierarchy.NewSweep(x)
		first, seeds := places([][]hierarchy.Seed{{{Node: 5}, {Node: 6, Cost: 9}}, {{Node: 700}}, {{Node: 44}, {Node: 45}}, {}})
		path := make([]uint32, 0, n)
		costs, lengths := make([]uint32, 16), make([]uint32, 16)
		cost, label := make([]uint32, n), make([]uint32, n)
		twice := make([]uint32, 2*n)
		ask := map[string]func(){
			"cost":              func() { query.Cost(seeds[:2], seeds[2:3]) },
			"path":              func() { query.Path(seeds[:2], seeds[2:3], path) },
			"targets":           func() { table.SetTargets(first, seeds) },
			"row":               func() { table.Row(seeds[:2], costs, nil) },
			"rows":              func() { table.Rows(first, seeds, costs, nil) },
			"rows with lengths": func() { table.Rows(first, seeds, costs, lengths) },
			"sweep":             func() { sweep.Run(seeds, cost, label) },
			"nearest":           func() { sweep.Nearest(seeds, nil, 2, twice, twice) },
		}
		for _, what := range []string{"cost", "path", "targets", "row", "rows", "rows with lengths", "sweep", "nearest"} {
			if got := testing.AllocsPerRun(20, ask[what]); got != 0 {
				t.Errorf("%s, %s: %v allocations", name, what, got)
			}
		}
	}
}

func TestOddPlacesAreUnreachedAndHarmNothing(t *testing.T) {
	x := prepare(t, grid(10, 0, 2))
	table := hierarchy.NewTable(x)
	beyond := []hierarchy.Seed{{Node: 100}, {Node: unreached}}
	cost := []uint32{1, 2, 3}
	table.Row(beyond, cost, nil)
	if cost[0] != 1 {
		t.Fatal("a table without targets wrote something")
	}
	seeds := []hierarchy.Seed{{Node: 3}, {Node: 100}}
	table.SetTargets([]uint32{0, 9, 1, 2}, seeds)
	table.Row(seeds, cost, nil)
	if cost[0] != 0 || cost[1] != unreached || cost[2] != unreached {
		t.Fatalf("costs %v", cost)
	}
	table.Row(seeds, cost[:2], nil)
	query := hierarchy.NewQuery(x)
	if got := query.Cost(beyond, seeds); got != unreached {
		t.Fatalf("from beyond the graph: %d", got)
	}
	if got := query.Cost(seeds, seeds); got != 0 {
		t.Fatalf("from a place to itself: %d", got)
	}
	short := []uint32{9}
	hierarchy.NewSweep(x).Run(beyond, short, short)
	if short[0] != unreached {
		t.Fatalf("sweep from beyond the graph: %d", short[0])
	}
}
