package rtree_test

import (
	"math/rand/v2"
	"testing"

	"sanse/routing/rtree"
)

// town is a bent grid of n by n streets of n pieces each, about 100 units long.
func town(tb testing.TB, n int) *rtree.Tree {
	tb.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	at := func(i int) int32 { return int32(100*i + r.IntN(60)) }
	var coords []int32
	first := []uint32{0}
	for street := range n {
		for i := range n + 1 {
			coords = append(coords, at(i), at(street))
		}
		first = append(first, uint32(len(coords)/2))
		for i := range n + 1 {
			coords = append(coords, at(street), at(i))
		}
		first = append(first, uint32(len(coords)/2))
	}
	tree, err := rtree.Build(flat{coords, first})
	if err != nil {
		tb.Fatal(err)
	}
	return tree
}

func TestSearchingAllocatesNothing(t *testing.T) {
	tree := town(t, 60)
	var w rtree.Walk
	nearest := func() {
		w.Start(tree, 3000, 3000, 0.01, 0.011, 5)
		for {
			if _, ok := w.Next(); !ok {
				return
			}
		}
	}
	nearest()
	found := 0
	for name, f := range map[string]func(){
		"walk":      nearest,
		"crossings": func() { tree.Crossings(2500, 2500, 3500, 3500, func(rtree.Segment) bool { found++; return true }) },
		"search": func() {
			tree.Search(rtree.Box{MinX: 2500, MinY: 2500, MaxX: 3500, MaxY: 3500}, func(rtree.Segment) bool { found++; return true })
		},
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	if found == 0 {
		t.Error("nothing found")
	}
}

// The town of the benchmarks has about as many segments as the region of Porto.
const streets = 390

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		town(b, streets)
	}
}

func BenchmarkNearest(b *testing.B) {
	tree := town(b, streets)
	r := rand.New(rand.NewPCG(3, 4))
	var w rtree.Walk
	for b.Loop() {
		w.Start(tree, r.Float64()*100*streets, r.Float64()*100*streets, 0.01, 0.01, 500)
		if _, ok := w.Next(); !ok {
			b.Fatal("nothing near")
		}
	}
}

func BenchmarkCrossings(b *testing.B) {
	tree := town(b, streets)
	r := rand.New(rand.NewPCG(3, 4))
	n := 0
	for b.Loop() {
		x, y := r.Int32N(100*streets), r.Int32N(100*streets)
		tree.Crossings(x, y, x+r.Int32N(100), y+r.Int32N(100), func(rtree.Segment) bool { n++; return true })
	}
}
