package topology_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/topology"
)

func TestATilingComesBackVertexForVertex(t *testing.T) {
	areas, parents := honeycomb(12, 10, 7)
	for name, opt := range map[string]topology.Options{
		"alone":        {},
		"with parents": {Parents: parents},
	} {
		t.Run(name, func(t *testing.T) {
			top := mustBuild(t, areas, opt)
			if top.Len() != len(areas) {
				t.Fatalf("%d faces of %d areas", top.Len(), len(areas))
			}
			for _, a := range areas {
				got, ok := top.Shape(a.Code)
				if !ok || len(got) != 1 || len(got[0]) != 1 || !alike(got[0][0], a.Shape[0][0]) {
					t.Fatalf("%s was %v, is %v", a.Code, a.Shape, got)
				}
				if p, ok := top.Parent(a.Code); !ok || p != a.Parent {
					t.Fatalf("the parent of %s is %q, was %q", a.Code, p, a.Parent)
				}
			}
			again := mustBuild(t, top.Areas(), opt)
			if !reflect.DeepEqual(again.Areas(), top.Areas()) || !reflect.DeepEqual(again.Arcs(), top.Arcs()) {
				t.Fatal("built once more it is not the same")
			}
		})
	}
}

func TestEachBorderIsStoredOnceWithBothItsFaces(t *testing.T) {
	// West and east of one line, a yard inside east, and a hole in the yard's south.
	top := mustBuild(t, []topology.Area{
		area("1", rect(0, 0, 1000, 1000)),
		area("2", orb.MultiPolygon{{loop(1000, 0, 3000, 0, 3000, 1000, 1000, 1000), loop(2000, 400, 2000, 600, 2400, 600, 2400, 400)}}),
		area("3", rect(2000, 400, 2400, 600)),
	}, topology.Options{})
	sides := map[[2]string]int{}
	for _, a := range top.Arcs() {
		pair := []string{a.Left, a.Right}
		slices.Sort(pair)
		sides[[2]string(pair)]++
		if a.Fixed != (a.Left == "" || a.Right == "") {
			t.Errorf("arc %d between %q and %q: fixed %t", a.ID, a.Left, a.Right, a.Fixed)
		}
	}
	if want := map[[2]string]int{{"", "1"}: 1, {"", "2"}: 1, {"1", "2"}: 1, {"2", "3"}: 1}; !reflect.DeepEqual(sides, want) {
		t.Errorf("arcs between %v, want %v", sides, want)
	}
	f, ok := top.Face("2")
	if !ok || len(f.Polygons) != 1 || len(f.Polygons[0]) != 2 {
		t.Fatalf("face 2: %+v", f)
	}
	// Its rings, walked along arcs, are its polygon.
	for i, ring := range f.Polygons[0] {
		var pts orb.Ring
		for _, step := range ring {
			a, ok := top.Arc(step.Arc)
			if !ok {
				t.Fatalf("no arc %d", step.Arc)
			}
			line := slices.Clone(a.Points)
			left := a.Left
			if step.Backward {
				slices.Reverse(line)
				left = a.Right
			}
			if left != "2" {
				t.Errorf("arc %d is passed with %q on the left", step.Arc, left)
			}
			pts = append(pts, line[:len(line)-1]...)
		}
		shape, _ := top.Shape("2")
		if !alike(append(pts, pts[0]), shape[0][i]) {
			t.Errorf("ring %d along arcs is %v, of the shape %v", i, pts, shape[0][i])
		}
	}
}

func TestACornerOnASideBecomesAVertexOfBoth(t *testing.T) {
	areas := blocks(40, 3)
	top := mustBuild(t, areas, topology.Options{})
	var corners int
	for _, a := range areas {
		got, _ := top.Shape(a.Code)
		for _, p := range a.Shape[0][0] {
			if !slices.Contains(got[0][0], p) {
				t.Fatalf("%s has lost its corner %v", a.Code, p)
			}
		}
		if m2(got) != m2(a.Shape) && math.Abs(m2(got)-m2(a.Shape)) > 1e-6 {
			t.Errorf("%s has %g m², had %g", a.Code, m2(got), m2(a.Shape))
		}
		corners += len(got[0][0]) - len(a.Shape[0][0])
	}
	if corners == 0 {
		t.Fatal("no corner lay on a side: the test tests nothing")
	}
	tiles(t, top.Areas(), 0.000001)
}

// tiles fails unless areas share no ground and their borders fit.
func tiles(t testing.TB, areas []topology.Area, tolerance float64) {
	t.Helper()
	var shapes []orb.MultiPolygon
	var sum float64
	for _, a := range areas {
		if err := geo.CheckValid(a.Shape); err != nil {
			t.Fatalf("%s: %v", a.Code, err)
		}
		shapes = append(shapes, a.Shape)
		sum += m2(a.Shape)
	}
	all, err := geo.Union(shapes...)
	if err != nil {
		t.Fatal(err)
	}
	if d := math.Abs(m2(all) - sum); d > tolerance*math.Max(1, sum/1e6) {
		t.Fatalf("the areas have %g m² together, their union %g: %g share or lack", sum, m2(all), d)
	}
}

func TestGroundThatTouchesInAPointIsNotJoinedThere(t *testing.T) {
	// A chequerboard: the two areas have two squares each, meeting in one corner.
	top := mustBuild(t, []topology.Area{
		{Code: "black", Parts: 2, Shape: append(rect(0, 0, 100, 100), rect(100, 100, 200, 200)...)},
		{Code: "white", Parts: 2, Shape: append(rect(100, 0, 200, 100), rect(0, 100, 100, 200)...)},
	}, topology.Options{})
	for _, code := range top.Codes() {
		mp, _ := top.Shape(code)
		if len(mp) != 2 || len(mp[0]) != 1 || len(mp[1]) != 1 || len(mp[0][0]) != 5 {
			t.Errorf("%s: %v", code, mp)
		}
	}
	// A hole that touches the ring around it stays a ring of its own.
	pinched := orb.MultiPolygon{{loop(0, 0, 300, 0, 300, 300, 0, 300), loop(0, 0, 100, 200, 200, 100)}}
	top = mustBuild(t, []topology.Area{area("1", pinched), area("2", polygon(0, 0, 200, 100, 100, 200))}, topology.Options{})
	mp, _ := top.Shape("1")
	if len(mp) != 1 || len(mp[0]) != 2 {
		t.Errorf("a touching hole became %v", mp)
	}
	tiles(t, top.Areas(), 1e-6)
}

func TestNeighboursMeasureBordersOnTheEllipsoid(t *testing.T) {
	// 1 and 2 side by side, 3 on top of both, 4 touching 3 in a corner only.
	top := mustBuild(t, []topology.Area{
		area("1", rect(0, 0, 1000, 1000)), area("2", rect(1000, 0, 2000, 1000)),
		area("3", rect(0, 1000, 2000, 2000)), area("4", rect(2000, 2000, 3000, 3000)),
	}, topology.Options{})
	n := top.Neighbours()
	if want := []string{"1", "2", "3", "4"}; !slices.Equal(n.Codes, want) {
		t.Fatalf("codes %v", n.Codes)
	}
	if want := []int32{0, 2, 4, 6, 6}; !slices.Equal(n.First, want) {
		t.Fatalf("rows %v, want %v", n.First, want)
	}
	if want := []int32{1, 2, 0, 2, 0, 1}; !slices.Equal(n.To, want) {
		t.Fatalf("neighbours %v, want %v", n.To, want)
	}
	side := geo.Distance(micro(1000, 0), micro(1000, 1000))
	level := geo.Distance(micro(0, 1000), micro(1000, 1000))
	for i, want := range []float64{side, level, side, level, level, level} {
		if math.Abs(n.BorderM[i]-want) > 1e-6 {
			t.Errorf("border %d measures %g m, want %g", i, n.BorderM[i], want)
		}
	}
	for i, a := range top.Areas() {
		var around float64
		for k := n.First[i]; k < n.First[i+1]; k++ {
			around += n.BorderM[k]
		}
		if whole := geo.Length(orb.LineString(a.Shape[0][0])); math.Abs(around+n.OuterM[i]-whole) > 1e-6 {
			t.Errorf("%s: %g m shared and %g m outer, but %g m around", a.Code, around, n.OuterM[i], whole)
		}
		if n.AreaM2[i] != m2(a.Shape) {
			t.Errorf("%s: %g m², want %g", a.Code, n.AreaM2[i], m2(a.Shape))
		}
	}
}

func TestWhatIsNoShapeIsRefusedByNumber(t *testing.T) {
	good := area("1", rect(0, 0, 100, 100))
	nan := rect(100, 0, 200, 100)
	nan[0][0][2][1] = math.NaN()
	open := rect(100, 0, 200, 100)
	open[0][0] = open[0][0][:4]
	for name, c := range map[string]struct {
		bad   topology.Area
		words string
	}{
		"no polygon":             {area("2", nil), "no polygon"},
		"a polygon without ring": {area("2", orb.MultiPolygon{{}}), "no ring"},
		"a ring that is open":    {area("2", open), "not closed"},
		"a ring of two points":   {area("2", orb.MultiPolygon{{{micro(0, 0), micro(1, 1), micro(0, 0)}}}), "at least 4"},
		"not a number":           {area("2", nan), "not a number"},
		"no degrees":             {area("2", orb.MultiPolygon{{{{104, 30}, {204, 30}, {204, 31}, {104, 30}}}}), "204"},
		"all on one line":        {area("2", polygon(0, 0, 100, 100, 200, 200)), "no ground"},
		"smaller than 0.1 mm":    {area("2", orb.MultiPolygon{{{{104, 30}, {104 + 1e-11, 30}, {104, 30 + 1e-11}, {104, 30}}}}), "no ground"},
		"no code":                {area("", rect(100, 0, 200, 100)), "no code"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := topology.Build([]topology.Area{good, c.bad}, topology.Options{})
			var bad *geo.AreaError
			if !errors.As(err, &bad) {
				t.Fatalf("got %v", err)
			}
			if bad.Index != 1 || bad.Code != c.bad.Code || !strings.Contains(err.Error(), c.words) {
				t.Errorf("area %d %q: %v", bad.Index, bad.Code, err)
			}
			_, err = topology.Build([]topology.Area{good}, topology.Options{Parents: []topology.Area{c.bad}})
			if !errors.As(err, &bad) || bad.Index != 1 {
				t.Errorf("as a parent: %v", err)
			}
		})
	}
	for _, width := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := topology.Build([]topology.Area{good}, topology.Options{SliverM: width}); err == nil {
			t.Errorf("a sliver of %g m was taken", width)
		}
	}
}

func TestGroundInTwoAreasIsNoTopology(t *testing.T) {
	_, err := topology.Build([]topology.Area{area("1", rect(0, 0, 1000, 1000)), area("2", rect(900, 0, 2000, 1000))}, topology.Options{})
	var fault *topology.FaultError
	if !errors.As(err, &fault) || len(fault.Findings) != 1 || fault.Findings[0].Kind != topology.Overlap {
		t.Fatalf("got %v", err)
	}
}

func TestBordersDrawnApartByAHairFit(t *testing.T) {
	// A slanted border with a corner of a third area on it, rounded off the line.
	top := mustBuild(t, []topology.Area{
		area("1", polygon(0, 0, 1000, 0, 1333, 2000, 0, 2000)),
		area("2", polygon(1000, 0, 3000, 0, 3000, 700, 1117, 700)),
		area("3", polygon(1117, 700, 3000, 700, 3000, 2000, 1333, 2000)),
	}, topology.Options{})
	tiles(t, top.Areas(), 1e-6)
	n := top.Neighbours()
	if want := []int32{1, 2, 0, 2, 0, 1}; !slices.Equal(n.To, want) {
		t.Errorf("neighbours %v, want %v", n.To, want)
	}
	one, _ := top.Shape("1")
	if !slices.Contains(one[0][0], micro(1117, 700)) {
		t.Errorf("area 1 does not pass the corner on its side: %v", one)
	}
}

func TestAnEmptyListIsAnEmptyTopology(t *testing.T) {
	top := mustBuild(t, nil, topology.Options{})
	if top.Len() != 0 || len(top.Areas()) != 0 || len(top.Neighbours().To) != 0 {
		t.Errorf("%d faces", top.Len())
	}
	if _, ok := top.Shape("1"); ok {
		t.Error("a face of nowhere")
	}
	if _, ok := top.Arc(0); ok {
		t.Error("an arc of nowhere")
	}
}

func BenchmarkBuild(b *testing.B) {
	areas, parents := honeycomb(42, 50, 7)
	b.Logf("%d areas", len(areas))
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			mustBuild(b, areas, topology.Options{Parents: parents})
		}
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if got := mustSurvey(b, areas, topology.Options{Parents: parents}).Check(); len(got) > 0 {
				b.Fatal(got[0].Message)
			}
		}
	})
	b.Run("neighbours", func(b *testing.B) {
		top := mustBuild(b, areas, topology.Options{Parents: parents})
		for b.Loop() {
			top.Neighbours()
		}
	})
}
