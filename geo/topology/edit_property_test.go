package topology_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/geo"
	"sanse/geo/topology"
)

// Whatever planners do: faces tile their parents, parents stay, and undoing all
// of it gives back what was there.
func TestRandomEditsKeepTheTilingAndCanBeUndone(t *testing.T) {
	areas, parents := honeycomb(12, 3, 11)
	t.Run("in fixed parents", func(t *testing.T) {
		editAtRandom(t, areas, topology.Options{Parents: parents})
	})
	t.Run("without parents, parts allowed", func(t *testing.T) {
		editAtRandom(t, areas, topology.Options{FreeParents: true, FreeParts: true})
	})
}

func editAtRandom(t *testing.T, areas []topology.Area, opt topology.Options) {
	start := mustBuild(t, areas, opt)
	parents := opt.Parents
	edits, refused := 0, map[topology.Reason]int{}
	rapid.Check(t, func(rt *rapid.T) {
		now := start
		type step struct {
			before *topology.Topology
			change topology.Change
		}
		var done []step
		fresh := 900
		for range rapid.IntRange(1, 40).Draw(rt, "edits") {
			next, change, what, err := randomEdit(rt, now, &fresh)
			if err != nil {
				var refusal *topology.EditError
				if !errors.As(err, &refusal) || refusal.Reason == "" || refusal.Message == "" {
					rt.Fatalf("%s: %v", what, err)
				}
				refused[refusal.Reason]++
				continue
			}
			edits++
			back, err := next.Apply(change.Inverse())
			if err != nil {
				rt.Fatalf("undo %s: %v", what, err)
			}
			same(rt, "undo "+what, back, now)
			again, err := back.Apply(change)
			if err != nil {
				rt.Fatalf("redo %s: %v", what, err)
			}
			same(rt, "redo "+what, again, next)
			sheet, err := topology.Survey(next.Areas(), topology.Options{Parents: parents})
			if err != nil {
				rt.Fatalf("after %s: %v", what, err)
			}
			for _, f := range sheet.Check() {
				if f.Kind != topology.Spike { // a planner may draw one
					rt.Fatalf("after %s: %s", what, f.Message)
				}
			}
			// Without the parents, off whose lines corners on them lie by a hair.
			built, err := topology.Build(next.Areas(), topology.Options{})
			if err != nil {
				rt.Fatalf("after %s: %v", what, err)
			}
			if !reflect.DeepEqual(built.Areas(), next.Areas()) {
				rt.Fatalf("after %s: built anew from its areas it has others", what)
			}
			if a, b := built.Neighbours(), next.Neighbours(); !reflect.DeepEqual(a.To, b.To) {
				rt.Fatalf("after %s: built anew from its areas it has other neighbours", what)
			}
			done = append(done, step{now, change})
			now = next
		}
		if parents != nil {
			tileTheirParents(rt, now, parents)
		}
		for i := len(done) - 1; i >= 0; i-- {
			var err error
			if now, err = now.Apply(done[i].change.Inverse()); err != nil {
				rt.Fatal(err)
			}
			same(rt, fmt.Sprintf("undo of edit %d", i+1), now, done[i].before)
		}
	})
	t.Logf("%d edits; refused: %v", edits, refused)
}

func same(t *rapid.T, what string, a, b *topology.Topology) {
	if !reflect.DeepEqual(a.Areas(), b.Areas()) || !reflect.DeepEqual(a.Arcs(), b.Arcs()) || !reflect.DeepEqual(a.Codes(), b.Codes()) {
		t.Fatalf("%s: not the same", what)
	}
	for _, code := range a.Codes() {
		f, _ := a.Face(code)
		if g, _ := b.Face(code); !reflect.DeepEqual(f, g) {
			t.Fatalf("%s: the rings of %s are not the same", what, code)
		}
	}
}

// tileTheirParents asks those who know nothing of arcs: GEOS, geo's tree, and sums.
func tileTheirParents(t *rapid.T, top *topology.Topology, parents []topology.Area) {
	var shapes []orb.MultiPolygon
	of := map[string]float64{}
	for _, a := range top.Areas() {
		of[a.Parent] += m2(a.Shape)
	}
	for _, p := range parents {
		shapes = append(shapes, p.Shape)
		// A line that ends on the parent's border bends it by up to 0.1 mm.
		if d := math.Abs(of[p.Code] - m2(p.Shape)); d > 0.2 {
			t.Fatalf("the faces of %s have %g m² more or less than it", p.Code, d)
		}
	}
	whole, err := geo.Union(shapes...)
	if err != nil {
		t.Fatal(err)
	}
	list := []geo.Area{
		{Code: "510199", Level: geo.LevelDistrict, Boundary: whole},
		{Code: "510199001", Level: geo.LevelTown, Parent: "510199", Boundary: whole},
	}
	for _, p := range parents {
		list = append(list, geo.Area{Code: p.Code, Level: geo.LevelCommunity, Parent: "510199001", Boundary: p.Shape})
	}
	for _, a := range top.Areas() {
		list = append(list, geo.Area{Code: a.Code, Level: geo.LevelGrid, Parent: a.Parent, Boundary: a.Shape})
	}
	tree, err := geo.NewTree(list)
	if err != nil {
		t.Fatal(err)
	}
	// With the sums above: what covers its parent and is no larger overlaps nowhere.
	for _, p := range parents {
		var faces []orb.MultiPolygon
		for _, code := range tree.Children(p.Code) {
			a, _ := tree.Area(code)
			faces = append(faces, a.Boundary)
		}
		covered, err := geo.Union(faces...)
		if err != nil {
			t.Fatal(err)
		}
		bare, err := geo.Difference(p.Shape, covered)
		if err != nil || !geo.Hairline(bare) {
			t.Fatalf("the faces of %s leave %v out: %v", p.Code, bare, err)
		}
	}
	for range 50 {
		p := orb.Point{
			rapid.Float64Range(whole.Bound().Min[0], whole.Bound().Max[0]).Draw(t, "x"),
			rapid.Float64Range(whole.Bound().Min[1], whole.Bound().Max[1]).Draw(t, "y"),
		}
		in := 0
		for _, a := range top.Areas() {
			if contains(a.Shape, p) {
				in++
			}
		}
		want := 0
		if contains(whole, p) {
			want = 1
		}
		if in != want {
			t.Fatalf("%v lies in %d faces", p, in)
		}
	}
}

// contains counts crossings of a ray to the west.
func contains(mp orb.MultiPolygon, p orb.Point) bool {
	in := false
	for _, poly := range mp {
		for _, r := range poly {
			for i := 1; i < len(r); i++ {
				a, b := r[i-1], r[i]
				if (a[1] > p[1]) != (b[1] > p[1]) && p[0] > a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
					in = !in
				}
			}
		}
	}
	return in
}

func randomEdit(t *rapid.T, top *topology.Topology, fresh *int) (*topology.Topology, topology.Change, string, error) {
	codes, arcs := top.Codes(), top.Arcs()
	code := func() string { return rapid.SampledFrom(codes).Draw(t, "code") }
	bound := orb.Bound{Min: orb.Point{103.999, 30.499}, Max: orb.Point{104.016, 30.504}}
	// Mostly arcs that may be moved.
	arc := func() topology.Arc {
		var free []topology.Arc
		for _, a := range arcs {
			if !a.Fixed {
				free = append(free, a)
			}
		}
		if len(free) == 0 || rapid.IntRange(0, 9).Draw(t, "any arc") == 0 {
			free = arcs
		}
		return rapid.SampledFrom(free).Draw(t, "arc")
	}
	// Points lie anywhere, or on a vertex, or in the middle of an edge, or a little beside.
	point := func() orb.Point {
		a := rapid.SampledFrom(arcs).Draw(t, "at arc")
		i := rapid.IntRange(1, len(a.Points)-1).Draw(t, "at vertex")
		p, q := a.Points[i], a.Points[i-1]
		switch rapid.IntRange(0, 4).Draw(t, "where") {
		case 0:
			return p
		case 1:
			return orb.Point{(p[0] + q[0]) / 2, (p[1] + q[1]) / 2}
		case 2:
			by := rapid.Float64Range(-0.0003, 0.0003)
			return orb.Point{p[0] + by.Draw(t, "dx"), p[1] + by.Draw(t, "dy")}
		case 3:
			by := rapid.Float64Range(-0.000000005, 0.000000005)
			return orb.Point{p[0] + by.Draw(t, "dx"), p[1] + by.Draw(t, "dy")}
		}
		return orb.Point{
			rapid.Float64Range(bound.Min[0], bound.Max[0]).Draw(t, "x"),
			rapid.Float64Range(bound.Min[1], bound.Max[1]).Draw(t, "y"),
		}
	}
	newCode := func(like string) string {
		*fresh++
		parent, _ := top.Parent(like)
		return parent + fmt.Sprintf("%03d", *fresh)
	}
	switch rapid.IntRange(0, 12).Draw(t, "edit") {
	case 10:
		return redrawAlong(t, top, point)
	case 11:
		p := point()
		var ring orb.Ring
		for range rapid.IntRange(3, 6).Draw(t, "corners") {
			by := rapid.Float64Range(-0.0008, 0.0008)
			ring = append(ring, orb.Point{p[0] + by.Draw(t, "dx"), p[1] + by.Draw(t, "dy")})
		}
		of := []string{code(), code()}
		var pieces []string
		next, c, err := top.Carve(orb.Polygon{append(ring, ring[0])}, of, func(code string, _ int) string {
			pieces = append(pieces, newCode(code))
			return pieces[len(pieces)-1]
		})
		for _, code := range pieces {
			if err == nil && !slices.Contains(next.Codes(), code) {
				t.Fatalf("there is no %s that was carved", code)
			}
		}
		return next, c, fmt.Sprintf("carving %v out of %v", ring, of), err
	case 12:
		of := []string{code(), code(), code()}
		var line orb.LineString
		for range rapid.IntRange(2, 4).Draw(t, "points") {
			line = append(line, point())
		}
		next, c, left, err := top.SplitAll(of, line, newCode)
		for _, code := range left {
			if err == nil && !slices.Contains(next.Codes(), code) {
				t.Fatalf("there is no %s left of the line", code)
			}
		}
		return next, c, fmt.Sprintf("splitting %v along %v", of, line), err
	case 0, 1:
		a := arc()
		i := rapid.IntRange(0, len(a.Points)-1).Draw(t, "vertex")
		by := rapid.Float64Range(-0.0004, 0.0004)
		to := orb.Point{a.Points[i][0] + by.Draw(t, "dx"), a.Points[i][1] + by.Draw(t, "dy")}
		next, c, err := top.MoveVertex(a.ID, i, to)
		return next, c, fmt.Sprintf("moving vertex %d of arc %d to %v", i, a.ID, to), err
	case 2:
		a := arc()
		i := rapid.IntRange(1, len(a.Points)-1).Draw(t, "vertex")
		p := point()
		next, c, err := top.InsertVertex(a.ID, i, p)
		return next, c, fmt.Sprintf("inserting %v before vertex %d of arc %d", p, i, a.ID), err
	case 3:
		a := arc()
		i := rapid.IntRange(0, len(a.Points)-1).Draw(t, "vertex")
		next, c, err := top.DeleteVertex(a.ID, i)
		return next, c, fmt.Sprintf("deleting vertex %d of arc %d", i, a.ID), err
	case 4, 5:
		of := code()
		var line orb.LineString
		shape, _ := top.Shape(of)
		ring := shape[0][0]
		for range rapid.IntRange(2, 3).Draw(t, "points") {
			// From the border to the border, or a little beyond.
			i := rapid.IntRange(1, len(ring)-1).Draw(t, "on edge")
			along := rapid.Float64Range(-0.1, 1.1).Draw(t, "along")
			line = append(line, orb.Point{
				ring[i-1][0] + along*(ring[i][0]-ring[i-1][0]), ring[i-1][1] + along*(ring[i][1]-ring[i-1][1]),
			})
		}
		if rapid.IntRange(0, 3).Draw(t, "elsewhere") == 0 {
			line[0] = point()
		}
		as := newCode(of)
		next, c, err := top.Split(of, line, as)
		return next, c, fmt.Sprintf("splitting %s along %v", of, line), err
	case 6, 7:
		to := code()
		p := point()
		var ring orb.Ring
		for range rapid.IntRange(3, 6).Draw(t, "corners") {
			by := rapid.Float64Range(-0.0008, 0.0008)
			ring = append(ring, orb.Point{p[0] + by.Draw(t, "dx"), p[1] + by.Draw(t, "dy")})
		}
		if rapid.Bool().Draw(t, "at a vertex") {
			ring[0] = p
		}
		next, c, err := top.Give(orb.Polygon{append(ring, ring[0])}, to)
		return next, c, fmt.Sprintf("giving %v to %s", ring, to), err
	case 8:
		of := code()
		if rapid.Bool().Draw(t, "retire") {
			next, c, err := top.Retire(of)
			return next, c, "retiring " + of, err
		}
		list := []string{of, code()}
		as := list[0]
		if rapid.Bool().Draw(t, "new code") {
			as = newCode(of)
		}
		next, c, err := top.Merge(list, as)
		return next, c, fmt.Sprintf("merging %s as %s", strings.Join(list, " and "), as), err
	}
	of := code()
	as := newCode(of)
	next, c, err := top.Recode(of, as)
	return next, c, fmt.Sprintf("naming %s %s", of, as), err
}

// redrawAlong redraws a stretch of border that may lead over several arcs,
// found by its coordinates in the outline of a face.
func redrawAlong(t *rapid.T, top *topology.Topology, point func() orb.Point) (*topology.Topology, topology.Change, string, error) {
	shape, _ := top.Shape(rapid.SampledFrom(top.Codes()).Draw(t, "code"))
	ring := shape[0][0]
	ring = append(slices.Clone(ring), ring[1:]...)
	from := rapid.IntRange(0, len(shape[0][0])-2).Draw(t, "from")
	old := slices.Clone(orb.LineString(ring[from : from+rapid.IntRange(2, 4).Draw(t, "vertices")]))
	if rapid.Bool().Draw(t, "the other way") {
		slices.Reverse(old)
	}
	by := slices.Clone(old)
	if rapid.Bool().Draw(t, "in place of one") {
		by = slices.Delete(by, 1, len(by)-1)
	}
	by = slices.Insert(by, 1, point())
	next, c, err := top.RedrawAlong(old, by)
	return next, c, fmt.Sprintf("redrawing %v as %v", old, by), err
}
