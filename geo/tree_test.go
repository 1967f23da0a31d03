package geo_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/geo"
)

func mustTree(t testing.TB, areas []geo.Area) *geo.Tree {
	t.Helper()
	tree, err := geo.NewTree(areas)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// twoTowns is a district of two towns, the west one with two communities.
func twoTowns() []geo.Area {
	return []geo.Area{
		{Code: "510199", Level: geo.LevelDistrict, Boundary: square(104, 30, 106, 31)},
		{Code: "510199001", Level: geo.LevelTown, Parent: "510199", Boundary: square(104, 30, 105, 31)},
		{Code: "510199002", Level: geo.LevelTown, Parent: "510199", Boundary: square(105, 30, 106, 31)},
		{Code: "510199001001", Level: geo.LevelCommunity, Parent: "510199001", Boundary: square(104, 30, 104.5, 31)},
		{Code: "510199001002", Level: geo.LevelCommunity, Parent: "510199001", Boundary: square(104.5, 30, 105, 31)},
	}
}

func TestNewTreeNamesWhatIsWrong(t *testing.T) {
	with := func(a geo.Area) []geo.Area { return append(twoTowns(), a) }
	bad := func(mp orb.MultiPolygon) []geo.Area {
		areas := twoTowns()
		areas[2].Boundary = mp
		return areas
	}
	nan := math.NaN()
	for name, c := range map[string]struct {
		areas []geo.Area
		code  string
		want  string
	}{
		"a code of letters":                   {with(geo.Area{Code: "51019900A", Level: geo.LevelTown, Parent: "510199", Boundary: square(0, 0, 1, 1)}), "51019900A", "9 digits"},
		"a code too short for its level":      {with(geo.Area{Code: "51019903", Level: geo.LevelTown, Parent: "510199", Boundary: square(0, 0, 1, 1)}), "51019903", "9 digits"},
		"an unknown level":                    {with(geo.Area{Code: "510199003", Level: 9, Parent: "510199", Boundary: square(0, 0, 1, 1)}), "510199003", "level 9"},
		"a parent that the code denies":       {with(geo.Area{Code: "510199003", Level: geo.LevelTown, Parent: "510198", Boundary: square(0, 0, 1, 1)}), "510199003", `the code says "510199"`},
		"a parent that is missing":            {with(geo.Area{Code: "510199003001", Level: geo.LevelCommunity, Parent: "510199003", Boundary: square(0, 0, 1, 1)}), "510199003001", `town "510199003" is missing`},
		"an area listed twice":                {with(twoTowns()[1]), "510199001", "listed twice"},
		"a community in two towns":            {with(geo.Area{Code: "510199001001", Level: geo.LevelCommunity, Parent: "510199002", Boundary: square(0, 0, 1, 1)}), "510199001001", "lies in exactly one town"},
		"two districts":                       {with(geo.Area{Code: "510198", Level: geo.LevelDistrict, Boundary: square(0, 0, 1, 1)}), "510198", "second district"},
		"a district with a parent":            {with(geo.Area{Code: "510198", Level: geo.LevelDistrict, Parent: "510100", Boundary: square(0, 0, 1, 1)}), "510198", "no parent"},
		"no boundary":                         {bad(nil), "510199002", "no polygon"},
		"a polygon without a ring":            {bad(orb.MultiPolygon{{}}), "510199002", "no ring"},
		"a ring that crosses itself":          {bad(orb.MultiPolygon{{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}}), "510199002", "Self-intersection"},
		"a ring that is not closed":           {bad(orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}), "510199002", "not closed"},
		"a ring of three points":              {bad(orb.MultiPolygon{{{{0, 0}, {1, 0}, {0, 0}}}}), "510199002", "at least 4"},
		"a ring that encloses nothing":        {bad(orb.MultiPolygon{{{{0, 0}, {1, 0}, {2, 0}, {0, 0}}}}), "510199002", "boundary:"},
		"a coordinate that is not a number":   {bad(orb.MultiPolygon{{{{0, 0}, {nan, 0}, {1, 1}, {0, 0}}}}), "510199002", "not a number"},
		"Gauss–Krüger metres":                 {bad(square(35500000, 3400000, 35501000, 3401000)), "510199002", "EPSG:4523"},
		"latitude written first":              {bad(square(30, 104, 31, 105)), "510199002", "swapped"},
		"a hole outside its polygon":          {bad(orb.MultiPolygon{{square(0, 0, 1, 1)[0][0], square(4, 4, 5, 5)[0][0]}}), "510199002", "Hole"},
		"polygons of one area that overlap":   {bad(orb.MultiPolygon{square(0, 0, 2, 2)[0], square(1, 1, 3, 3)[0]}), "510199002", "Self-intersection"},
		"a repeated point on an unclosed end": {bad(orb.MultiPolygon{{{{0, 0}, {0, 0}, {0, 0}, {0, 0}}}}), "510199002", "boundary:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := geo.NewTree(c.areas)
			var area *geo.AreaError
			if !errors.As(err, &area) {
				t.Fatalf("got %v, want an AreaError", err)
			}
			if area.Code != c.code || !strings.Contains(area.Error(), c.want) {
				t.Errorf("got %q, want %q of area %s", area, c.want, c.code)
			}
			if c.areas[area.Index].Code != c.code {
				t.Errorf("index %d is of %s", area.Index, c.areas[area.Index].Code)
			}
		})
	}
	t.Run("no district", func(t *testing.T) {
		if _, err := geo.NewTree(nil); err == nil || !strings.Contains(err.Error(), "no district") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("every wrong area at once", func(t *testing.T) {
		areas := twoTowns()
		areas[1].Boundary, areas[2].Parent = nil, "1"
		_, err := geo.NewTree(areas)
		if err == nil || !strings.Contains(err.Error(), "510199001") || !strings.Contains(err.Error(), "510199002") {
			t.Errorf("got %v", err)
		}
	})
}

func TestTreeKnowsItsFamily(t *testing.T) {
	tree := mustTree(t, twoTowns())
	if got := tree.District().Code; got != "510199" {
		t.Errorf("district %s", got)
	}
	if tree.Deepest() != geo.LevelCommunity || tree.Len() != 5 {
		t.Errorf("deepest %v, %d areas", tree.Deepest(), tree.Len())
	}
	for _, c := range []struct{ got, want any }{
		{tree.Children("510199"), []string{"510199001", "510199002"}},
		{tree.Children("510199001"), []string{"510199001001", "510199001002"}},
		{len(tree.Children("510199002")), 0},
		{len(tree.Children("?")), 0},
		{tree.Codes(geo.LevelCommunity), []string{"510199001001", "510199001002"}},
		{len(tree.Codes(geo.LevelGrid)), 0},
		{len(tree.Codes(77)), 0},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Error(d)
		}
	}
	for _, c := range []struct {
		code  string
		level geo.Level
		want  string
		ok    bool
	}{
		{"510199001002", geo.LevelDistrict, "510199", true},
		{"510199001002", geo.LevelCommunity, "510199001002", true},
		{"510199001", geo.LevelCommunity, "", false},
		{"510199001002", 0, "", false},
		{"999", geo.LevelDistrict, "", false},
	} {
		if got, ok := tree.Ancestor(c.code, c.level); got != c.want || ok != c.ok {
			t.Errorf("Ancestor(%s, %v) = %q, %v", c.code, c.level, got, ok)
		}
	}
}

func TestLocateDecidesBordersOneWay(t *testing.T) {
	tree := mustTree(t, twoTowns())
	for name, c := range map[string]struct {
		p     orb.Point
		level geo.Level
		want  string
	}{
		"inside":                                      {orb.Point{104.2, 30.2}, geo.LevelCommunity, "510199001001"},
		"on a shared border":                          {orb.Point{104.5, 30.2}, geo.LevelCommunity, "510199001002"},
		"on the border of two towns, town":            {orb.Point{105, 30.2}, geo.LevelTown, "510199002"},
		"a shared border's foot on the outer one":     {orb.Point{105, 30}, geo.LevelTown, "510199001"},
		"the same, one level down":                    {orb.Point{105, 30}, geo.LevelCommunity, "510199001002"},
		"a town without communities on the border":    {orb.Point{106, 31}, geo.LevelCommunity, ""},
		"on the border of two towns, community":       {orb.Point{105, 30.2}, geo.LevelCommunity, ""},
		"where the shared border meets the outer one": {orb.Point{104.5, 31}, geo.LevelCommunity, "510199001001"},
		"the outer corner of two towns":               {orb.Point{105, 31}, geo.LevelTown, "510199001"},
		"an outer corner":                             {orb.Point{106, 31}, geo.LevelTown, "510199002"},
		"on the outer border":                         {orb.Point{106, 30.5}, geo.LevelDistrict, "510199"},
		"just outside":                                {orb.Point{math.Nextafter(106, 107), 30.5}, geo.LevelDistrict, ""},
		"not a number":                                {orb.Point{math.NaN(), 30.5}, geo.LevelDistrict, ""},
		"infinite":                                    {orb.Point{math.Inf(1), 30.5}, geo.LevelDistrict, ""},
		"a level deeper than the tree":                {orb.Point{104.2, 30.2}, geo.LevelMicroGrid, ""},
		"a level that does not exist":                 {orb.Point{104.2, 30.2}, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := tree.Locate(c.p, c.level)
			if got != c.want || ok != (c.want != "") {
				t.Errorf("got %q, %v, want %q", got, ok, c.want)
			}
		})
	}
}

func TestAPointInAHoleBelongsToTheIslandWithin(t *testing.T) {
	outer, hole := square(104, 30, 106, 32)[0][0], square(104.5, 30.5, 105, 31)
	tree := mustTree(t, []geo.Area{
		{Code: "510199", Level: geo.LevelDistrict, Boundary: orb.MultiPolygon{{outer}}},
		{Code: "510199001", Level: geo.LevelTown, Parent: "510199", Boundary: orb.MultiPolygon{{outer, hole[0][0]}}},
		{Code: "510199002", Level: geo.LevelTown, Parent: "510199", Boundary: hole},
	})
	for p, want := range map[orb.Point]string{
		{104.7, 30.7}: "510199002", {104.2, 30.7}: "510199001",
		{104.5, 30.7}: "510199002", {105, 30.7}: "510199001", {104.7, 31}: "510199001", {104.7, 30.5}: "510199002",
	} {
		if got, _ := tree.Locate(p, geo.LevelTown); got != want {
			t.Errorf("%v in %q, want %q", p, got, want)
		}
	}
}

func TestAVertexRoundedOffTheNeighboursEdgeStillHasAGrid(t *testing.T) {
	// The towns meet along a slanted edge that only the east town cuts at v,
	// and v, rounded, lies beside that edge.
	v := orb.Point{104.1 + 0.1/3, 30 + 1.0/3}
	tree := mustTree(t, []geo.Area{
		{Code: "510199", Level: geo.LevelDistrict, Boundary: square(104, 30, 105, 31)},
		{Code: "510199001", Level: geo.LevelTown, Parent: "510199", Boundary: orb.MultiPolygon{{{{104, 30}, {104.1, 30}, {104.2, 31}, {104, 31}, {104, 30}}}}},
		{Code: "510199002", Level: geo.LevelTown, Parent: "510199", Boundary: orb.MultiPolygon{{{{104.1, 30}, {105, 30}, {105, 31}, {104.2, 31}, v, {104.1, 30}}}}},
	})
	if code, ok := tree.Locate(v, geo.LevelTown); !ok {
		t.Errorf("got %q, %v", code, ok)
	}
	if f := check(t, tree); len(f) > 0 {
		t.Errorf("a hairline was found: %+v", f)
	}
}

// position tells, in fractions and by another road than the package (the
// winding number), whether p is inside (1), outside (-1) or on the border (0).
func position(mp orb.MultiPolygon, p orb.Point) int {
	winding := 0
	for _, poly := range mp {
		for _, r := range poly {
			for i := 1; i < len(r); i++ {
				a, b := r[i-1], r[i]
				s := fractionSide(a, b, p)
				if s == 0 && min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) && min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1]) {
					return 0
				}
				if a[1] <= p[1] && b[1] > p[1] && s > 0 {
					winding++
				}
				if a[1] > p[1] && b[1] <= p[1] && s < 0 {
					winding--
				}
			}
		}
	}
	if winding != 0 {
		return 1
	}
	return -1
}

func fractionSide(a, b, p orb.Point) int {
	q := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	sub := func(x, y float64) *big.Rat { return new(big.Rat).Sub(q(x), q(y)) }
	l := new(big.Rat).Mul(sub(a[0], p[0]), sub(b[1], p[1]))
	r := new(big.Rat).Mul(sub(a[1], p[1]), sub(b[0], p[0]))
	return l.Cmp(r)
}

func TestSideAgreesWithFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		near := func(label string) float64 {
			v := rapid.SampledFrom([]float64{0, 104.3, 30.8, 1e-300, -180, 5e-324}).Draw(t, label)
			for range rapid.IntRange(0, 3).Draw(t, label+" ulps") {
				v = math.Nextafter(v, 1000)
			}
			return v
		}
		point := func(label string) orb.Point { return orb.Point{near(label + " x"), near(label + " y")} }
		a, b := point("a"), point("b")
		p := point("p")
		if rapid.Bool().Draw(t, "on the line") {
			s := rapid.Float64Range(0, 1).Draw(t, "s")
			p = orb.Point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])}
		}
		if got, want := geo.Side(a, b, p), fractionSide(a, b, p); got != want {
			t.Fatalf("Side(%v, %v, %v) = %d, want %d", a, b, p, got, want)
		}
		if geo.Side(a, b, p) != -geo.Side(b, a, p) {
			t.Fatalf("Side(%v, %v, %v) depends on the direction", a, b, p)
		}
	})
}

// TestEveryPointOfATilingHasOneArea gives the same tiles two sets of codes, in
// opposite order. If a point were in two tiles, or in none and only touching,
// the smallest code would pick different tiles: so the same tile twice means
// exactly one.
func TestEveryPointOfATilingHasOneArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		tiles := rapid.IntRange(2, 40).Draw(t, "tiles")
		areas := district(seed, rapid.IntRange(2, 9).Draw(t, "nx"), rapid.IntRange(2, 9).Draw(t, "ny"), tiles)
		back := make([]geo.Area, len(areas))
		for i, a := range areas {
			if i > 0 {
				a.Code = fmt.Sprintf("510199%03d", len(areas)-i)
				a.Boundary = a.Boundary.Clone()
				a.Boundary[0][0].Reverse()
			}
			back[i] = a
		}
		one, err := geo.NewTree(areas)
		if err != nil {
			t.Fatal(err)
		}
		two, err := geo.NewTree(back)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 1))
		b := areas[0].Boundary.Bound()
		var points []orb.Point
		for range 30 {
			points = append(points, orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])})
		}
		for _, a := range areas[1:] {
			ring := a.Boundary[0][0]
			k := r.IntN(len(ring) - 1)
			middle := orb.Point{(ring[k][0] + ring[k+1][0]) / 2, (ring[k][1] + ring[k+1][1]) / 2}
			points = append(points, ring[k], middle, orb.Point{math.Nextafter(ring[k][0], 0), ring[k][1]},
				orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), ring[k][1]}) // level with a vertex
		}
		for _, p := range points {
			code, ok := one.Locate(p, geo.LevelTown)
			other, ok2 := two.Locate(p, geo.LevelTown)
			outer := position(areas[0].Boundary, p)
			if ok != (outer >= 0) || ok2 != ok {
				t.Fatalf("%v: found %v and %v, but lies at %d of the district", p, ok, ok2, outer)
			}
			if !ok {
				continue
			}
			a, _ := one.Area(code)
			if position(a.Boundary, p) < 0 {
				t.Fatalf("%v put into %s, which does not hold it", p, code)
			}
			if outer > 0 {
				c, _ := two.Area(other)
				if !orb.Equal(a.Boundary.Bound(), c.Boundary.Bound()) {
					t.Fatalf("%v lies in %s and in what was %s", p, code, other)
				}
			} else if want := smallestTouching(areas[1:], p); code != want {
				t.Fatalf("%v on the outer border is in %s, want %s", p, code, want)
			}
		}
	})
}

func smallestTouching(areas []geo.Area, p orb.Point) string {
	for _, a := range areas { // by code
		if position(a.Boundary, p) == 0 {
			return a.Code
		}
	}
	return ""
}

func TestLevelsAgree(t *testing.T) {
	areas := district(3, 40, 30, 3, 12, 40, 160)
	tree := mustTree(t, areas)
	var points []orb.Point
	for _, a := range areas {
		ring := a.Boundary[0][0]
		for k := 1; k < len(ring); k++ {
			points = append(points, ring[k], orb.Point{(ring[k][0] + ring[k-1][0]) / 2, (ring[k][1] + ring[k-1][1]) / 2})
		}
	}
	for _, p := range points {
		deepest, ok := tree.Locate(p, geo.LevelMicroGrid)
		if !ok {
			t.Fatalf("%v is in no micro-grid", p)
		}
		for l := geo.LevelDistrict; l < geo.LevelMicroGrid; l++ {
			if code, ok := tree.Locate(p, l); !ok || !strings.HasPrefix(deepest, code) {
				t.Fatalf("%v: %s at level %v, but %s below", p, code, l, deepest)
			}
		}
	}
}

func TestLocateIsSafeForConcurrentUse(t *testing.T) {
	areas := district(5, 20, 20, 4, 20)
	tree := mustTree(t, areas)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(g)))
			for range 2000 {
				p := orb.Point{104 + r.Float64()*0.04, 30.5 + r.Float64()*0.04}
				town, ok := tree.Locate(p, geo.LevelTown)
				community, ok2 := tree.Locate(p, geo.LevelCommunity)
				if ok != ok2 || !strings.HasPrefix(community, town) {
					t.Errorf("%v: %q, %q", p, town, community)
				}
			}
		})
	}
	wg.Wait()
}

func TestOutsideIsMeasuredInMetres(t *testing.T) {
	tree := mustTree(t, twoTowns())
	if d := tree.Outside(orb.Point{104.1, 30.1}); d != 0 {
		t.Errorf("inside: %g m", d)
	}
	p := orb.Point{104.4, 31.01}
	if d, want := tree.Outside(p), geo.Distance(p, orb.Point{104.4, 31}); math.Abs(d-want) > 1 {
		t.Errorf("north of it: %g m, want %g", d, want)
	}
}

func BenchmarkLocate(b *testing.B) {
	tree := mustTree(b, demoDistrict())
	bound := tree.District().Boundary.Bound()
	r := rand.New(rand.NewPCG(1, 2))
	points := make([]orb.Point, 1<<16)
	for i := range points {
		points[i] = orb.Point{bound.Min[0] + r.Float64()*(bound.Max[0]-bound.Min[0]), bound.Min[1] + r.Float64()*(bound.Max[1]-bound.Min[1])}
	}
	b.ResetTimer()
	for i := range b.N {
		tree.Locate(points[i%len(points)], geo.LevelMicroGrid)
	}
}

func BenchmarkNewTree(b *testing.B) {
	areas := demoDistrict()
	for b.Loop() {
		mustTree(b, areas)
	}
}
