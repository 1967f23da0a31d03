package geo_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/topology"
)

// check is what package topology finds in a tree.
func check(t testing.TB, tree *geo.Tree) []topology.Finding {
	t.Helper()
	found, err := topology.CheckTree(tree.Areas())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAHairlineHoldsNobody(t *testing.T) {
	for name, c := range map[string]struct {
		ground orb.MultiPolygon
		want   bool
	}{
		"nothing":                         {nil, true},
		"a square metre is little":        {square(104, 30, 104.00001, 30.000009), true},
		"two square metres are something": {square(104, 30, 104.00002, 30.000013), false},
		"five millimetres over 2 km":      {square(104, 30, 104.00000005, 30.02), true},
		"a decimetre over 2 km":           {square(104, 30, 104.000002, 30.02), false},
		"a thin piece beside a large one": {append(square(104, 30, 104.00000005, 30.02), square(105, 30, 105.001, 30.001)...), false},
		"many that are little one by one": {append(square(104, 30, 104.00001, 30.000009), square(105, 30, 105.00001, 30.000009)...), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := geo.Hairline(c.ground); got != c.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestBordersDrawnApartByAHairlineTile(t *testing.T) {
	// The border between the towns is off by half a centimetre over 2 km, as
	// coordinates of seven decimals may be: 11 m², but nobody lives there.
	const off = 5e-8
	tree := mustTree(t, []geo.Area{
		{Code: "510199", Level: geo.LevelDistrict, Boundary: square(104, 30, 104.04, 30.02)},
		{Code: "510199001", Level: geo.LevelTown, Parent: "510199", Boundary: square(104, 30, 104.02+off, 30.02)},
		{Code: "510199002", Level: geo.LevelTown, Parent: "510199", Boundary: square(104.02, 30, 104.04, 30.02)},
	})
	if f := check(t, tree); len(f) > 0 {
		t.Errorf("got %+v", f)
	}
}

func TestAWholeDistrictTiles(t *testing.T) {
	tree := mustTree(t, demoDistrict())
	for level, want := range map[geo.Level]int{geo.LevelTown: 7, geo.LevelCommunity: 83, geo.LevelGrid: 358, geo.LevelMicroGrid: 2091} {
		if got := len(tree.Codes(level)); got != want {
			t.Errorf("%d areas of level %v, want %d", got, level, want)
		}
	}
	if f := check(t, tree); len(f) > 0 {
		t.Errorf("got %d findings, first %+v", len(f), f[0])
	}
}

func TestEveryMovedVertexIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 10 {
		areas := district(8, 12, 10, 3, 9)
		k := 4 + r.IntN(len(areas)-4) // a community
		ring := areas[k].Boundary[0][0]
		v := 1 + r.IntN(len(ring)-2)
		ring[v][0] += 0.0003 // 28 m
		tree := mustTree(t, areas)
		found := false
		for _, f := range check(t, tree) {
			found = found || slices.Contains(f.Codes, areas[k].Code) || slices.Contains(f.Codes, areas[k].Parent)
		}
		if !found {
			t.Errorf("vertex %d of %s was moved and nothing found", v, areas[k].Code)
		}
	}
}

func BenchmarkCheckTree(b *testing.B) {
	tree := mustTree(b, demoDistrict())
	for b.Loop() {
		check(b, tree)
	}
}
