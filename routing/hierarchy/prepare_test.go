package hierarchy_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sanse/routing/hierarchy"
)

func TestTheIndexIsTheSameWhateverTheThreads(t *testing.T) {
	for name, g := range map[string]hierarchy.Graph{
		"streets both ways":     grid(40, 0, 3),
		"some one-way streets":  grid(40, 20, 4),
		"no node at all":        {First: []uint32{0}},
		"nodes without streets": {First: make([]uint32, 300)},
	} {
		t.Run(name, func(t *testing.T) {
			want := prepare(t, g).Arrays()
			for threads := 2; threads <= 4; threads++ {
				x, err := hierarchy.Prepare(context.Background(), g, hierarchy.Options{Threads: threads})
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, x.Arrays()); d != "" {
					t.Fatalf("%d threads give another index", threads)
				}
			}
		})
	}
}

func TestPreparationAndQuestionsAgreeWithDijkstraOnATown(t *testing.T) {
	for name, g := range map[string]hierarchy.Graph{
		"streets both ways":    grid(45, 0, 5),
		"some one-way streets": grid(45, 15, 6),
	} {
		t.Run(name, func(t *testing.T) {
			x := prepare(t, g)
			n := uint32(g.Nodes())
			var lots [][]hierarchy.Seed
			for i := range uint32(20) {
				lots = append(lots, []hierarchy.Seed{{Node: i * 977 % n, Cost: i}, {Node: i * 31 % n, Cost: 7000}})
			}
			first, seeds := places(lots)
			table, query := hierarchy.NewTable(x), hierarchy.NewQuery(x)
			table.SetTargets(first, seeds)
			costs := make([]uint32, 400)
			table.Rows(first, seeds, costs, nil)
			cost, label := make([]uint32, n), make([]uint32, n)
			for i, from := range lots {
				want := truth(g, from)
				hierarchy.NewSweep(x).Run(from, cost, label)
				for v := range want {
					if cost[v] != told(want[v]) {
						t.Fatalf("sweep from %d reaches node %d at %d, want %d", i, v, cost[v], told(want[v]))
					}
				}
				for j, to := range lots {
					w := min(want[to[0].Node]+uint64(to[0].Cost), want[to[1].Node]+uint64(to[1].Cost))
					if got := query.Cost(from, to); got != told(w) || costs[20*i+j] != got {
						t.Fatalf("%d → %d: query %d, table %d, want %d", i, j, got, costs[20*i+j], told(w))
					}
				}
			}
		})
	}
}

func TestAMalformedGraphIsRefused(t *testing.T) {
	fine := func() hierarchy.Graph {
		return hierarchy.Graph{First: []uint32{0, 1, 2}, Head: []uint32{1, 0}, Weight: []uint32{3, 4}, Length: []uint32{5, 6}}
	}
	for name, spoil := range map[string]func(g *hierarchy.Graph){
		"without First":              func(g *hierarchy.Graph) { g.First = nil },
		"First starts late":          func(g *hierarchy.Graph) { g.First[0] = 1 },
		"First ends early":           func(g *hierarchy.Graph) { g.First[2] = 1 },
		"First falls":                func(g *hierarchy.Graph) { g.First[1] = 3 },
		"an arc leads nowhere":       func(g *hierarchy.Graph) { g.Head[1] = 2 },
		"a weight is missing":        func(g *hierarchy.Graph) { g.Weight = g.Weight[:1] },
		"a length is missing":        func(g *hierarchy.Graph) { g.Length = g.Length[:1] },
		"more weights than arcs are": func(g *hierarchy.Graph) { g.Weight = append(g.Weight, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			g := fine()
			spoil(&g)
			if _, err := hierarchy.Prepare(context.Background(), g, hierarchy.Options{}); !errors.Is(err, hierarchy.ErrGraph) {
				t.Fatalf("error %v, want one that is ErrGraph", err)
			}
		})
	}
	if _, err := hierarchy.Prepare(context.Background(), fine(), hierarchy.Options{}); err != nil {
		t.Fatal(err)
	}
}

func TestPreparationStopsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	told := 0
	_, err := hierarchy.Prepare(ctx, grid(60, 0, 7), hierarchy.Options{Threads: 2, Progress: func(done, total int) {
		if told++; told == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want context.Canceled", err)
	}
	if told != 3 {
		t.Fatalf("%d rounds were begun, want 3", told)
	}
}

func TestProgressRisesToTheNumberOfNodes(t *testing.T) {
	last := -1
	_, err := hierarchy.Prepare(context.Background(), grid(30, 0, 7), hierarchy.Options{Progress: func(done, total int) {
		if done <= last || total != 900 {
			t.Fatalf("%d of %d after %d", done, total, last)
		}
		last = done
	}})
	if err != nil || last != 900 {
		t.Fatalf("progress ended at %d, error %v", last, err)
	}
}

func TestAnIndexSurvivesItsArrays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := prepare(t, drawGraph(t, rapid.Bool().Draw(t, "heavy")))
		y, err := hierarchy.FromArrays(x.Arrays())
		if err != nil {
			t.Fatalf("own arrays are refused: %v", err)
		}
		if d := cmp.Diff(x.Arrays(), y.Arrays()); d != "" {
			t.Fatalf("arrays differ: %s", d)
		}
		if x.Nodes() != y.Nodes() || x.Arcs() != y.Arcs() || x.Symmetric() != y.Symmetric() || x.Lengths() != y.Lengths() {
			t.Fatal("the heads differ")
		}
	})
}

func TestStreetsBothWaysKeepOneHalf(t *testing.T) {
	for _, c := range []struct {
		name   string
		oneWay int
		want   bool
	}{{"both ways", 0, true}, {"one-way", 10, false}} {
		x := prepare(t, grid(20, c.oneWay, 8))
		if x.Symmetric() != c.want || (len(x.Arrays()[8]) == 0) != c.want {
			t.Fatalf("%s: symmetric %v, %d entries downward", c.name, x.Symmetric(), len(x.Arrays()[8]))
		}
	}
}
