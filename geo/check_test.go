package geo_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
)

func TestCheckFindsWhatDoesNotTile(t *testing.T) {
	district := geo.Area{Code: "510199", Level: geo.LevelDistrict, Boundary: square(104, 30, 104.04, 30.02)}
	west := geo.Area{Code: "510199001", Level: geo.LevelTown, Parent: "510199", Boundary: square(104, 30, 104.02, 30.02)}
	east := geo.Area{Code: "510199002", Level: geo.LevelTown, Parent: "510199", Boundary: square(104.02, 30, 104.04, 30.02)}
	redraw := func(a geo.Area, mp orb.MultiPolygon) geo.Area { a.Boundary = mp; return a }
	community := func(code string, mp orb.MultiPolygon) geo.Area {
		return geo.Area{Code: code, Level: geo.LevelCommunity, Parent: code[:9], Boundary: mp}
	}
	for name, c := range map[string]struct {
		areas []geo.Area
		kind  geo.FindingKind
		codes []string
		place orb.MultiPolygon // the ground in question
		words string
	}{
		"two towns that share ground": {
			[]geo.Area{district, redraw(west, square(104, 30, 104.021, 30.02)), east},
			geo.FindingOverlap,
			[]string{"510199001", "510199002"},
			square(104.02, 30, 104.021, 30.02), "share",
		},
		"ground in no town": {
			[]geo.Area{district, redraw(west, square(104, 30, 104.019, 30.02)), east},
			geo.FindingGap,
			[]string{"510199"},
			square(104.019, 30, 104.02, 30.02), "none of its 2",
		},
		"a town outside the district": {
			[]geo.Area{district, west, redraw(east, square(104.02, 30, 104.05, 30.02))},
			geo.FindingOutside,
			[]string{"510199002", "510199"},
			square(104.04, 30, 104.05, 30.02), "outside its district",
		},
		"a community in two towns": {
			[]geo.Area{district, west, east, community("510199001001", square(104, 30, 104.025, 30.02))},
			geo.FindingOutside,
			[]string{"510199001001", "510199001", "510199002"},
			square(104.02, 30, 104.025, 30.02), "lies in exactly one town",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustTree(t, c.areas).Check()
			if len(got) != 1 {
				t.Fatalf("got %d findings: %+v", len(got), got)
			}
			f := got[0]
			if f.Kind != c.kind || !slices.Equal(f.Codes, c.codes) || !strings.Contains(f.Message, c.words) {
				t.Errorf("got %+v", f)
			}
			if want := geo.AreaM2(c.place); math.Abs(f.AreaM2-want) > 1e-6*want {
				t.Errorf("%g m², want %g", f.AreaM2, want)
			}
			if position(c.place, f.At) < 0 {
				t.Errorf("%v is not in %v", f.At, c.place)
			}
		})
	}
}

func TestCheckLetsHairlinesPass(t *testing.T) {
	// The border between the towns is off by half a centimetre over 2 km, as
	// coordinates of seven decimals may be: 11 m², but nobody lives there.
	const off = 5e-8
	tree := mustTree(t, []geo.Area{
		{Code: "510199", Level: geo.LevelDistrict, Boundary: square(104, 30, 104.04, 30.02)},
		{Code: "510199001", Level: geo.LevelTown, Parent: "510199", Boundary: square(104, 30, 104.02+off, 30.02)},
		{Code: "510199002", Level: geo.LevelTown, Parent: "510199", Boundary: square(104.02, 30, 104.04, 30.02)},
	})
	if f := tree.Check(); len(f) > 0 {
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
	if f := tree.Check(); len(f) > 0 {
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
		for _, f := range tree.Check() {
			found = found || slices.Contains(f.Codes, areas[k].Code) || slices.Contains(f.Codes, areas[k].Parent)
		}
		if !found {
			t.Errorf("vertex %d of %s was moved and nothing found", v, areas[k].Code)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	tree := mustTree(b, demoDistrict())
	for b.Loop() {
		tree.Check()
	}
}
