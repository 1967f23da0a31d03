package topology_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo/topology"
)

// arcBetween finds the arc between two faces that passes a point.
func arcBetween(t testing.TB, top *topology.Topology, one, two string, p orb.Point) (topology.Arc, int) {
	t.Helper()
	for _, a := range top.Arcs() {
		if (a.Left == one && a.Right == two) || (a.Left == two && a.Right == one) {
			if i := slices.Index(a.Points, p); i >= 0 {
				return a, i
			}
		}
	}
	t.Fatalf("no arc of %q and %q passes %v", one, two, p)
	return topology.Arc{}, 0
}

func shapeOf(t testing.TB, top *topology.Topology, code string) orb.MultiPolygon {
	t.Helper()
	mp, ok := top.Shape(code)
	if !ok {
		t.Fatalf("there is no %s", code)
	}
	return mp
}

func TestABorderThatIsMovedMovesForBoth(t *testing.T) {
	start := mustBuild(t, quarters(), topology.Options{})
	before := start.Areas()
	// The corner of all four.
	a, i := arcBetween(t, start, "sw", "se", micro(1000, 1000))
	top, change, err := start.MoveVertex(a.ID, i, micro(1200, 1100))
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]orb.MultiPolygon{
		"sw": polygon(0, 0, 1000, 0, 1200, 1100, 0, 1000),
		"ne": polygon(1200, 1100, 2000, 1000, 2000, 2000, 1000, 2000),
	} {
		if got := shapeOf(t, top, code); !alike(got[0][0], want[0][0]) {
			t.Errorf("%s is %v", code, got)
		}
	}
	tiles(t, top.Areas(), 1e-6)
	if got := top.Faces(change); !slices.Equal(got, []string{"ne", "nw", "se", "sw"}) {
		t.Errorf("touched: %v", got)
	}
	// A vertex put into one stretch, moved, and taken out again.
	a, i = arcBetween(t, top, "se", "sw", micro(1000, 0))
	if i == 0 {
		i = 1
	}
	bent, change, err := top.InsertVertex(a.ID, i, micro(900, 500))
	if err != nil {
		t.Fatal(err)
	}
	if got := bent.Faces(change); !slices.Equal(got, []string{"se", "sw"}) {
		t.Errorf("touched: %v", got)
	}
	if m2(shapeOf(t, bent, "sw")) >= m2(shapeOf(t, top, "sw")) || m2(shapeOf(t, bent, "se")) <= m2(shapeOf(t, top, "se")) {
		t.Error("the border did not move for both")
	}
	moved, _, err := bent.MoveVertex(a.ID, 1, micro(950, 600))
	if err != nil {
		t.Fatal(err)
	}
	straight, _, err := moved.DeleteVertex(a.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(straight.Areas(), top.Areas()) {
		t.Error("with the vertex taken out it is not what it was")
	}
	if !reflect.DeepEqual(start.Areas(), before) {
		t.Error("the first topology was changed")
	}
}

func TestSplitsMergesAndGifts(t *testing.T) {
	parents := []topology.Area{{Code: "P", Shape: rect(0, 0, 2000, 2000)}}
	start := mustBuild(t, quarters(), topology.Options{Parents: parents})
	for name, c := range map[string]struct {
		edit func() (*topology.Topology, topology.Change, error)
		want map[string]orb.MultiPolygon // all that differs
		gone []string
	}{
		"a split leaves the right of the line its code": {
			func() (*topology.Topology, topology.Change, error) {
				return start.Split("sw", orb.LineString{micro(500, -100), micro(500, 1100)}, "new")
			},
			map[string]orb.MultiPolygon{"new": rect(0, 0, 500, 1000), "sw": rect(500, 0, 1000, 1000)},
			nil,
		},
		"a line may end on the border": {
			func() (*topology.Topology, topology.Change, error) {
				return start.Split("sw", orb.LineString{micro(500, 1000), micro(600, 500), micro(500, 0)}, "new")
			},
			map[string]orb.MultiPolygon{
				"sw":  polygon(0, 0, 500, 0, 600, 500, 500, 1000, 0, 1000),
				"new": polygon(500, 0, 1000, 0, 1000, 1000, 500, 1000, 600, 500),
			},
			nil,
		},
		"a line may end in a corner": {
			func() (*topology.Topology, topology.Change, error) {
				return start.Split("sw", orb.LineString{micro(0, 0), micro(1000, 1000)}, "new")
			},
			map[string]orb.MultiPolygon{"sw": polygon(0, 0, 1000, 0, 1000, 1000), "new": polygon(0, 0, 1000, 1000, 0, 1000)},
			nil,
		},
		"a closed line cuts out an island": {
			func() (*topology.Topology, topology.Change, error) {
				return start.Split("sw", orb.LineString{micro(200, 200), micro(400, 200), micro(400, 400), micro(200, 400), micro(200, 200)}, "new")
			},
			map[string]orb.MultiPolygon{
				"new": rect(200, 200, 400, 400),
				"sw":  {{loop(0, 0, 1000, 0, 1000, 1000, 0, 1000), loop(200, 200, 200, 400, 400, 400, 400, 200)}},
			},
			nil,
		},
		"merging takes the border away": {
			func() (*topology.Topology, topology.Change, error) { return start.Merge([]string{"sw", "se"}, "se") },
			map[string]orb.MultiPolygon{"se": polygon(0, 0, 1000, 0, 2000, 0, 2000, 1000, 1000, 1000, 0, 1000)},
			[]string{"sw"},
		},
		"merging all of them under a new code": {
			func() (*topology.Topology, topology.Change, error) {
				return start.Merge([]string{"sw", "se", "nw", "ne"}, "all")
			},
			map[string]orb.MultiPolygon{"all": polygon(0, 0, 1000, 0, 2000, 0, 2000, 1000, 2000, 2000, 1000, 2000, 0, 2000, 0, 1000)},
			[]string{"sw", "se", "nw", "ne"},
		},
		"a face retires into the neighbour of the longest border": {
			func() (*topology.Topology, topology.Change, error) { return start.Retire("sw") },
			map[string]orb.MultiPolygon{"se": rect(0, 0, 2000, 1000)}, // a degree is longer to the north
			[]string{"sw"},
		},
		"ground across a border is given": {
			func() (*topology.Topology, topology.Change, error) {
				return start.Give(rect(800, 200, 1100, 600)[0], "se")
			},
			map[string]orb.MultiPolygon{
				"sw": polygon(0, 0, 1000, 0, 1000, 200, 800, 200, 800, 600, 1000, 600, 1000, 1000, 0, 1000),
				"se": polygon(1000, 0, 2000, 0, 2000, 1000, 1000, 1000, 1000, 600, 800, 600, 800, 200, 1000, 200),
			},
			nil,
		},
		"what of it lies outside is left out, and clockwise is as good": {
			func() (*topology.Topology, topology.Change, error) {
				return start.Give(polygon(800, -300, 800, 500, 1100, 500, 1100, -300)[0], "se")
			},
			map[string]orb.MultiPolygon{
				"sw": polygon(0, 0, 800, 0, 800, 500, 1000, 500, 1000, 1000, 0, 1000),
				"se": polygon(800, 0, 2000, 0, 2000, 1000, 1000, 1000, 1000, 500, 800, 500),
			},
			nil,
		},
		"a face is given another code": {
			func() (*topology.Topology, topology.Change, error) { return start.Recode("sw", "a") },
			map[string]orb.MultiPolygon{"a": rect(0, 0, 1000, 1000)},
			[]string{"sw"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			top, change, err := c.edit()
			if err != nil {
				t.Fatal(err)
			}
			for code, want := range c.want {
				got := shapeOf(t, top, code)
				if len(got) != 1 || len(got[0]) != len(want[0]) {
					t.Fatalf("%s is %v", code, got)
				}
				for i := range want[0] {
					if !alike(slim(got[0][i]), slim(want[0][i])) {
						t.Errorf("ring %d of %s is %v, want %v", i, code, got[0][i], want[0][i])
					}
				}
				if p, _ := top.Parent(code); p != "P" {
					t.Errorf("the parent of %s is %q", code, p)
				}
			}
			for _, code := range c.gone {
				if _, ok := top.Shape(code); ok != (c.want[code] != nil) {
					t.Errorf("%s is still there", code)
				}
			}
			for _, code := range start.Codes() {
				if got, ok := top.Shape(code); ok && c.want[code] == nil {
					if was := shapeOf(t, start, code); !alike(slim(got[0][0]), slim(was[0][0])) {
						t.Errorf("%s has changed too: %v", code, got)
					}
				}
			}
			if !slices.IsSorted(top.Codes()) {
				t.Errorf("codes %v", top.Codes())
			}
			tiles(t, top.Areas(), 1e-6)
			if left := mustSurvey(t, top.Areas(), topology.Options{Parents: parents}).Check(); len(left) > 0 {
				t.Errorf("found %v", messages(left))
			}
			back, err := top.Apply(change.Inverse())
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(back.Areas(), start.Areas()) || !reflect.DeepEqual(back.Arcs(), start.Arcs()) {
				t.Error("undone it is not what it was")
			}
			for code := range c.want {
				if !slices.Contains(top.Faces(change), code) {
					t.Errorf("touched: %v, without %s", top.Faces(change), code)
				}
			}
		})
	}
}

// slim leaves out vertices in the middle of straight lines along an axis.
func slim(r orb.Ring) orb.Ring {
	n := len(r) - 1
	var out orb.Ring
	for i := range n {
		a, b, c := r[(i+n-1)%n], r[i], r[(i+1)%n]
		if !(a[0] == b[0] && b[0] == c[0] || a[1] == b[1] && b[1] == c[1]) {
			out = append(out, b)
		}
	}
	return append(out, out[0])
}

func TestEditsThatWouldBreakTheTilingAreRefused(t *testing.T) {
	parents := []topology.Area{{Code: "P", Shape: rect(0, 0, 2000, 2000)}, {Code: "Q", Shape: rect(2000, 0, 3000, 2000)}}
	areas := append(quarters(), topology.Area{Code: "q", Parent: "Q", Shape: rect(2000, 0, 3000, 2000)})
	// An island near the border of sw and se.
	areas[1].Shape = orb.MultiPolygon{{loop(1000, 0, 2000, 0, 2000, 1000, 1000, 1000), loop(1100, 400, 1100, 500, 1200, 500, 1200, 400)}}
	areas = append(areas, area("island", rect(1100, 400, 1200, 500)))
	top := mustBuild(t, areas, topology.Options{Parents: parents})
	shared, at := arcBetween(t, top, "sw", "se", micro(1000, 0))
	outer, corner := arcBetween(t, top, "sw", "", micro(0, 0))
	between, _ := arcBetween(t, top, "q", "se", micro(2000, 0))
	shore, stone := arcBetween(t, top, "se", "island", micro(1200, 500))
	type result = func() (*topology.Topology, topology.Change, error)
	split := func(code, as string, line ...orb.Point) result {
		return func() (*topology.Topology, topology.Change, error) { return top.Split(code, line, as) }
	}
	give := func(mp orb.MultiPolygon, to string) result {
		return func() (*topology.Topology, topology.Change, error) { return top.Give(mp[0], to) }
	}
	for name, c := range map[string]struct {
		edit  result
		why   topology.Reason
		words string
	}{
		"the parent's corner": {func() (*topology.Topology, topology.Change, error) {
			return top.MoveVertex(outer.ID, corner, micro(-5, 0))
		}, topology.FixedBorder, "is fixed"},
		"a border on its end at the parent's": {func() (*topology.Topology, topology.Change, error) {
			return top.MoveVertex(shared.ID, at, micro(900, 0))
		}, topology.FixedBorder, "is fixed"},
		"a border between parents": {func() (*topology.Topology, topology.Change, error) {
			return top.InsertVertex(between.ID, 1, micro(1900, 500))
		}, topology.FixedBorder, "is fixed"},
		"a border across another": {func() (*topology.Topology, topology.Change, error) {
			return top.InsertVertex(shared.ID, 1, micro(500, 1500))
		}, topology.Crosses, "touch the border of"},
		"a border onto a vertex of another": {func() (*topology.Topology, topology.Change, error) {
			return top.InsertVertex(shared.ID, 1, micro(1100, 400))
		}, topology.Crosses, "island"},
		"a border across itself": {func() (*topology.Topology, topology.Change, error) {
			return top.Redraw(shared.ID, 1, 1, orb.LineString{micro(900, 600), micro(950, 300), micro(800, 500), micro(990, 500)})
		}, topology.Crosses, "itself"},
		"a border over an island": {func() (*topology.Topology, topology.Change, error) {
			line := orb.LineString{micro(1300, 100), micro(1300, 700)}
			if at > 0 {
				slices.Reverse(line)
			}
			return top.Redraw(shared.ID, 1, 1, line)
		}, topology.SweepsOver, "island"},
		"an island turned inside out": {func() (*topology.Topology, topology.Change, error) {
			return top.MoveVertex(shore.ID, stone, micro(1090, 390))
		}, topology.SweepsOver, "inside out"},
		"an island of which nothing is left": {func() (*topology.Topology, topology.Change, error) {
			return top.Redraw(shore.ID, 1, len(shore.Points)-1, nil)
		}, topology.SweepsOver, "nothing"},
		"a vertex to nowhere": {func() (*topology.Topology, topology.Change, error) {
			return top.InsertVertex(shared.ID, 1, orb.Point{math.NaN(), 30})
		}, topology.NoPlace, "degrees"},
		"an arc that is not there":   {func() (*topology.Topology, topology.Change, error) { return top.MoveVertex(999, 0, micro(0, 0)) }, topology.NoArc, "no arc 999"},
		"a vertex that is not there": {func() (*topology.Topology, topology.Change, error) { return top.MoveVertex(shared.ID, 9, micro(0, 0)) }, topology.NoArc, "no vertex 9"},
		"a node deleted":             {func() (*topology.Topology, topology.Change, error) { return top.DeleteVertex(shared.ID, 0) }, topology.NoArc, "cannot be redrawn"},

		"a split that begins inside":    {split("sw", "new", micro(500, 500), micro(500, 2000)), topology.NoCut, "border to border"},
		"a split beside the face":       {split("sw", "new", micro(-500, 500), micro(-500, 2000)), topology.NoCut, "border to border"},
		"a split along the border":      {split("sw", "new", micro(0, 0), micro(1000, 0)), topology.NoCut, "border to border"},
		"a split of one point":          {split("sw", "new", micro(0, 0), micro(0, 0)), topology.NoPlace, "two points"},
		"a split by no degrees":         {split("sw", "new", micro(0, 0), orb.Point{500, 0}), topology.NoPlace, "degrees"},
		"a split of nobody":             {split("xx", "new", micro(0, 0), micro(1000, 1000)), topology.NoFace, `"xx"`},
		"a split into a code in use":    {split("sw", "se", micro(0, 0), micro(1000, 1000)), topology.CodeTaken, "se"},
		"a split into no code":          {split("sw", "", micro(0, 0), micro(1000, 1000)), topology.CodeTaken, "code"},
		"a split into four":             {split("sw", "new", micro(300, -100), micro(300, 1100), micro(700, 1100), micro(700, -100)), topology.Parts, "2 parts"},
		"a split that crosses itself":   {split("sw", "new", micro(-100, 200), micro(800, 800), micro(800, 200), micro(-100, 800)), topology.Crosses, "itself"},
		"an outline without ground":     {give(polygon(0, 0, 100, 100, 200, 200), "sw"), topology.NoPlace, "no ground"},
		"an outline of nothing":         {func() (*topology.Topology, topology.Change, error) { return top.Give(nil, "sw") }, topology.NoPlace, "no ring"},
		"its own ground":                {give(rect(100, 100, 200, 200), "sw"), topology.NoCut, "its own"},
		"ground of another parent":      {give(rect(2100, 100, 2200, 200), "se"), topology.NoCut, "of another parent"},
		"ground away from the rest":     {give(rect(1400, 1400, 1500, 1500), "sw"), topology.Parts, "sw would be in 2 parts"},
		"ground that parts the giver":   {give(rect(1000, 200, 1050, 300), "nw"), topology.Parts, "parts"},
		"all the ground of a face":      {give(rect(1050, 350, 1250, 550), "se"), topology.WholeFace, "island"},
		"merging with another parent":   {func() (*topology.Topology, topology.Change, error) { return top.Merge([]string{"se", "q"}, "se") }, topology.Apart, "two parents"},
		"merging what does not touch":   {func() (*topology.Topology, topology.Change, error) { return top.Merge([]string{"sw", "ne"}, "sw") }, topology.Apart, "do not all touch"},
		"merging one with itself":       {func() (*topology.Topology, topology.Change, error) { return top.Merge([]string{"sw", "sw"}, "sw") }, topology.NoCut, "two faces"},
		"merging into a code in use":    {func() (*topology.Topology, topology.Change, error) { return top.Merge([]string{"sw", "se"}, "ne") }, topology.CodeTaken, "ne"},
		"retiring the last of a parent": {func() (*topology.Topology, topology.Change, error) { return top.Retire("q") }, topology.Apart, "no neighbour"},
		"a code in use":                 {func() (*topology.Topology, topology.Change, error) { return top.Recode("sw", "se") }, topology.CodeTaken, "se"},
	} {
		t.Run(name, func(t *testing.T) {
			before := top.Areas()
			got, _, err := c.edit()
			var refusal *topology.EditError
			if !errors.As(err, &refusal) || got != nil {
				t.Fatalf("got %v", err)
			}
			if refusal.Reason != c.why || !strings.Contains(refusal.Error(), c.words) {
				t.Errorf("refused as %s: %s", refusal.Reason, refusal.Message)
			}
			if !reflect.DeepEqual(top.Areas(), before) {
				t.Error("but something has changed")
			}
		})
	}
}

func TestOptionsFreeParentsAndParts(t *testing.T) {
	top := mustBuild(t, quarters(), topology.Options{FreeParents: true, FreeParts: true})
	a, i := arcBetween(t, top, "sw", "", micro(0, 0))
	moved, _, err := top.MoveVertex(a.ID, i, micro(-100, -50))
	if err != nil {
		t.Fatal(err)
	}
	if got := shapeOf(t, moved, "sw"); !alike(got[0][0], polygon(-100, -50, 1000, 0, 1000, 1000, 0, 1000)[0][0]) {
		t.Errorf("sw is %v", got)
	}
	given, _, err := top.Give(rect(1400, 1400, 1500, 1500)[0], "sw")
	if err != nil {
		t.Fatal(err)
	}
	if got := shapeOf(t, given, "sw"); len(got) != 2 {
		t.Errorf("sw is %v", got)
	}
	tiles(t, given.Areas(), 1e-6)
}

func TestAChangeOfAnotherTopologyIsStale(t *testing.T) {
	top := mustBuild(t, quarters(), topology.Options{})
	a, i := arcBetween(t, top, "sw", "se", micro(1000, 1000))
	one, first, err := top.MoveVertex(a.ID, i, micro(1100, 1100))
	if err != nil {
		t.Fatal(err)
	}
	two, second, err := top.MoveVertex(a.ID, i, micro(900, 900))
	if err != nil {
		t.Fatal(err)
	}
	split, third, err := top.Split("sw", orb.LineString{micro(0, 0), micro(1000, 1000)}, "new")
	if err != nil {
		t.Fatal(err)
	}
	var refusal *topology.EditError
	for name, f := range map[string]func() (*topology.Topology, error){
		"the other's move undone": func() (*topology.Topology, error) { return one.Apply(second.Inverse()) },
		"a move made twice":       func() (*topology.Topology, error) { return one.Apply(first) },
		"a split of what moved":   func() (*topology.Topology, error) { return two.Apply(third) },
		"a move of what is split": func() (*topology.Topology, error) { return split.Apply(first) },
	} {
		if got, err := f(); got != nil || !errors.As(err, &refusal) || refusal.Reason != topology.Stale {
			t.Errorf("%s: %v", name, err)
		}
	}
	// But the same areas, built anew, take it.
	again := mustBuild(t, quarters(), topology.Options{})
	if got, err := again.Apply(third); err != nil || !reflect.DeepEqual(got.Areas(), split.Areas()) {
		t.Errorf("on the same areas: %v", err)
	}
	// Two codes for two faces do not become one by applying them one after the other.
	x, toX, err := top.Recode("sw", "x")
	if err != nil {
		t.Fatal(err)
	}
	y, _, err := top.Recode("se", "x")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := y.Apply(toX); got != nil || !errors.As(err, &refusal) || refusal.Reason != topology.CodeTaken {
		t.Errorf("a code given twice: %v", err)
	}
	if _, ok := x.Shape("x"); !ok {
		t.Error("x is not there")
	}
}

func BenchmarkEdit(b *testing.B) {
	areas, parents := honeycomb(42, 50, 7)
	top := mustBuild(b, areas, topology.Options{Parents: parents})
	var inner topology.Arc
	for _, a := range top.Arcs()[len(top.Arcs())/2:] {
		if !a.Fixed {
			inner = a
			break
		}
	}
	shape := shapeOf(b, top, inner.Left)
	c := shape.Bound().Center()
	far := orb.LineString{{c[0] - 0.01, c[1]}, c, {c[0] + 0.01, c[1] + 0.0001}}
	polygon := shape.Bound().Pad(-0.0002).ToPolygon()
	for i := range polygon[0] {
		polygon[0][i][0] += 0.0004
		polygon[0][i][1] += 0.0002
	}
	p := inner.Points[0]
	for name, f := range map[string]func() error{
		"move a node": func() error {
			_, _, err := top.MoveVertex(inner.ID, 0, orb.Point{p[0] + 1e-5, p[1] + 1e-5})
			return err
		},
		"insert vertex": func() error {
			_, _, err := top.InsertVertex(inner.ID, 1, orb.Point{(inner.Points[0][0] + inner.Points[1][0]) / 2, (inner.Points[0][1]+inner.Points[1][1])/2 + 1e-6})
			return err
		},
		"split":  func() error { _, _, err := top.Split(inner.Left, far, "new"); return err },
		"give":   func() error { _, _, err := top.Give(polygon, inner.Left); return err },
		"merge":  func() error { _, _, err := top.Merge([]string{inner.Left, inner.Right}, inner.Left); return err },
		"recode": func() error { _, _, err := top.Recode(inner.Left, "new"); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
