package overlay_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/routing"
	"sanse/routing/overlay"
)

const block = 60 // metres between the streets of a drawn world

// drawn is a world of streets on a grid, straight ones from corner to corner.
type drawn struct {
	streets []street
	ends    [][4]float64 // metres
}

func drawWorld(t *rapid.T) drawn {
	var d drawn
	one := []routing.Ways{routing.Both, routing.Both, routing.Both, routing.Forward, routing.Backward}
	for x := range 4 {
		for y := range 4 {
			for _, to := range [][2]int{{x + 1, y}, {x, y + 1}} {
				if to[0] > 3 || to[1] > 3 || rapid.IntRange(0, 5).Draw(t, "missing") == 0 {
					continue
				}
				e := [4]float64{float64(x) * block, float64(y) * block, float64(to[0]) * block, float64(to[1]) * block}
				s := road(fmt.Sprint(len(d.streets)), e[:]...)
				s.attr.Drive = rapid.SampledFrom(one).Draw(t, "drive")
				d.streets = append(d.streets, s)
				d.ends = append(d.ends, e)
			}
		}
	}
	if len(d.streets) == 0 {
		t.Skip("no street")
	}
	return d
}

func drawModes(t *rapid.T) (any, overlay.Modes) {
	switch rapid.IntRange(0, 3).Draw(t, "modes") {
	case 0:
		return "walk", overlay.Walk
	case 1:
		return "ride,drive", overlay.Ride | overlay.Drive
	case 2:
		return "drive", overlay.Drive
	}
	return nil, overlay.AllModes
}

// without is a street's attributes for some; ok is false if nobody is left.
func without(a routing.EdgeAttr, m overlay.Modes) (routing.EdgeAttr, bool) {
	if m&overlay.Walk != 0 {
		a.Walk = routing.Neither
	}
	if m&overlay.Ride != 0 {
		a.Ride = routing.Neither
	}
	if m&overlay.Drive != 0 {
		a.Drive = routing.Neither
	}
	return a, a.Walk|a.Ride|a.Drive != routing.Neither
}

// stretchOf is a part of a street that keeps clear of its ends and its middle.
func stretchOf(t *rapid.T, e [4]float64) (from, to float64) {
	cuts := []float64{0.1, 0.2, 0.3, 0.7, 0.8, 0.9}
	i := rapid.IntRange(0, 4).Draw(t, "from")
	j := rapid.IntRange(i+1, 5).Draw(t, "to")
	return cuts[i], cuts[j]
}

func along(e [4]float64, f float64) (x, y float64) { return e[0] + f*(e[2]-e[0]), e[1] + f*(e[3]-e[1]) }

func part(e [4]float64, from, to float64) orb.LineString {
	ax, ay := along(e, from)
	bx, by := along(e, to)
	return line(ax, ay, bx, by)
}

// times between the corners of the grid, on foot and by car; a corner without a
// street has none.
func times(t fataler, g *routing.Graph) [][][]int32 {
	t.Helper()
	var corners []orb.Point
	for x := range 4 {
		for y := range 4 {
			corners = append(corners, at(float64(x)*block, float64(y)*block))
		}
	}
	var out [][][]int32
	for _, p := range []routing.Profile{routing.Foot(), routing.Car()} {
		e, err := routing.NewEngine(g, p)
		if err != nil {
			t.Fatal(err)
		}
		// Only exactly where they are: a street that ends elsewhere is no answer.
		snaps, _ := e.SnapAll(corners, 0.2)
		table, err := e.Table(context.Background(), snaps, snaps)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, table)
	}
	return out
}

// sameTimes compares to the second: where a street is cut rounding may differ.
func sameTimes(a, b [][][]int32) bool {
	for p := range a {
		for i := range a[p] {
			for j := range a[p][i] {
				if !near(int(b[p][i][j]), int(a[p][i][j]), 1) {
					return false
				}
			}
		}
	}
	return true
}

func TestClosingIsLikeAWorldWithoutTheStretch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawWorld(t)
		k := rapid.IntRange(0, len(d.streets)-1).Draw(t, "street")
		from, to := stretchOf(t, d.ends[k])
		value, modes := drawModes(t)
		g := world(t, d.streets...)
		closing := change("1", "close", part(d.ends[k], from, to), props{"modes": value})
		made, rep := apply(t, g, closing)
		s := d.streets[k]
		rest := append(append([]street(nil), d.streets[:k]...), d.streets[k+1:]...)
		rest = append(rest, street{part(d.ends[k], 0, from), s.attr}, street{part(d.ends[k], to, 1), s.attr})
		if attr, ok := without(s.attr, modes); ok {
			rest = append(rest, street{part(d.ends[k], from, to), attr})
		}
		if want := world(t, rest...); !sameTimes(times(t, want), times(t, made)) {
			t.Fatalf("%+v\nwant %v\n got %v", rep, times(t, want), times(t, made))
		}
		if m := rep.Outcomes[0].Metres; m < (to-from)*block-1.1 || m > (to-from)*block+1.1 {
			t.Fatalf("%v m of %v closed", m, (to-from)*block)
		}
		again, rep := apply(t, g, closing, change("2", "open", part(d.ends[k], from, to), nil))
		if !sameTimes(times(t, g), times(t, again)) {
			t.Fatalf("opened again: %+v\nwant %v\n got %v", rep, times(t, g), times(t, again))
		}
	})
}

func TestAGateIsLikeAStreetInTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawWorld(t)
		k := rapid.IntRange(0, len(d.streets)-1).Draw(t, "street")
		f, _ := stretchOf(t, d.ends[k])
		x, y := along(d.ends[k], f)
		g := world(t, d.streets...)
		gate := change("1", "gate", line(x, y), nil)
		made, rep := apply(t, g, gate)
		// Two streets that miss each other by a little.
		rest := append(append([]street(nil), d.streets[:k]...), d.streets[k+1:]...)
		attr := d.streets[k].attr
		rest = append(rest, street{part(d.ends[k], 0, f-0.001), attr}, street{part(d.ends[k], f, 1), attr})
		if want := world(t, rest...); !sameTimes(times(t, want), times(t, made)) {
			t.Fatalf("%+v", rep)
		}
		again, rep := apply(t, g, gate, change("2", "open", line(x, y), nil))
		if !sameTimes(times(t, g), times(t, again)) {
			t.Fatalf("opened again: %+v", rep)
		}
	})
}

func TestAnAddedWayIsLikeAWorldThatHasIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawWorld(t)
		// From the middle of one street to the middle of another.
		k := rapid.IntRange(0, len(d.streets)-1).Draw(t, "from")
		l := rapid.IntRange(0, len(d.streets)-1).Draw(t, "to")
		if k == l {
			t.Skip("one street")
		}
		ax, ay := along(d.ends[k], 0.5)
		bx, by := along(d.ends[l], 0.5)
		way := line(ax, ay, (ax+bx)/2+7, (ay+by)/2+7, bx, by)
		for _, s := range d.streets {
			if s.line.Bound().Pad(0.00002).Contains(way[1]) {
				t.Skip("its inner vertex is on a street")
			}
		}
		made, rep := apply(t, world(t, d.streets...), change("1", "add", way, nil))
		var rest []street
		for i, s := range d.streets {
			if i == k || i == l {
				rest = append(rest, street{part(d.ends[i], 0, 0.5), s.attr}, street{part(d.ends[i], 0.5, 1), s.attr})
			} else {
				rest = append(rest, s)
			}
		}
		rest = append(rest, street{way, routing.EdgeAttr{Class: "footway", Walk: routing.Both}})
		if want := world(t, rest...); !sameTimes(times(t, want), times(t, made)) {
			t.Fatalf("%+v\nwant %v\n got %v", rep, times(t, want), times(t, made))
		}
	})
}

// edges lists what a graph is, for comparing.
func edges(g *routing.Graph) []routing.Edge {
	var out []routing.Edge
	g.EachEdge(func(e routing.Edge) bool {
		out = append(out, e)
		return true
	})
	return out
}

func TestChangesThatDoNothingLeaveTheGraphAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := world(t, drawWorld(t).streets...)
		if made, _ := apply(t, g); made != g {
			t.Fatal("no changes, another graph")
		}
		before := edges(g)
		made, rep := apply(
			t, g, change("far", "close", line(5000, 5000), nil), change("off", "close", line(30, 30, 40, 40), nil),
			change("gate", "gate", line(30, 30), nil), change("open", "open", line(0, 5, 0, 50), nil), change("add", "add", line(25, 25, 30, 30), nil),
		)
		if rep.Done != 0 {
			t.Fatalf("%+v", rep)
		}
		if diff := cmp.Diff(before, edges(made)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestTheSameChangesGiveTheSameGraphAndLeaveTheOldOneAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawWorld(t)
		g := world(t, d.streets...)
		before := edges(g)
		var features []map[string]any
		metre := rapid.IntRange(-10, 190)
		for i := range rapid.IntRange(1, 8).Draw(t, "changes") {
			kind := rapid.SampledFrom([]string{"add", "close", "gate", "open"}).Draw(t, "kind")
			k := rapid.IntRange(0, len(d.streets)-1).Draw(t, "street")
			from, to := stretchOf(t, d.ends[k])
			where := part(d.ends[k], from, to)
			if kind == "gate" || kind != "add" && rapid.Bool().Draw(t, "point") {
				where = where[:1]
			}
			if kind == "add" {
				where = line(float64(metre.Draw(t, "x")), float64(metre.Draw(t, "y")), float64(metre.Draw(t, "x")), float64(metre.Draw(t, "y")))
				if where[0] == where[1] {
					where[1][0] += 0.001
				}
			}
			value, _ := drawModes(t)
			features = append(features, change(fmt.Sprint(i), kind, where, props{"modes": value}))
		}
		changes := file(t, features...).Changes()
		a, repA, errA := overlay.Apply(g, changes)
		b, repB, errB := overlay.Apply(g, changes)
		if (errA == nil) != (errB == nil) || cmp.Diff(repA, repB) != "" {
			t.Fatalf("%v %v\n%s", errA, errB, cmp.Diff(repA, repB))
		}
		if errA == nil && cmp.Diff(edges(a), edges(b)) != "" {
			t.Fatal(cmp.Diff(edges(a), edges(b)))
		}
		if diff := cmp.Diff(before, edges(g)); diff != "" {
			t.Fatal(diff)
		}
		for _, o := range repA.Outcomes {
			if !o.Done && len(o.Findings) == 0 {
				t.Fatalf("nothing done, nothing said: %+v", o)
			}
		}
	})
}
