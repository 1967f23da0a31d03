package overlay_test

import (
	"testing"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// TestTurnRulesHoldWhereStreetsAreCut forbids the left turn at a crossing and
// splits every street of it.
func TestTurnRulesHoldWhereStreetsAreCut(t *testing.T) {
	for _, c := range []struct {
		name     string
		features []map[string]any
		against  bool // the lines run the other way
	}{
		{"nothing done", nil, false},
		{"a path from the street before to the one behind", []map[string]any{change("1", "add", line(50, 0, 50, 50, 100, 50), nil)}, false},
		{"gates for nobody who drives", []map[string]any{change("1", "gate", line(80, 0), props{"modes": "walk"}), change("2", "gate", line(100, 20), props{"modes": "walk"})}, false},
		{"the street behind is closed farther on", []map[string]any{change("1", "close", line(100, 80, 100, 95), props{"modes": "walk"})}, false},
		{"a path between streets that are drawn the other way", []map[string]any{change("1", "add", line(50, 0, 50, 50, 100, 50), nil)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := routing.NewBuilder()
			attr := road("").attr
			nodes := make([]int32, 0, 4)
			for _, p := range line(0, 0, 100, 0, 100, 100, 200, 0) {
				nodes = append(nodes, b.AddNode(p))
			}
			edge := func(from, to int32) int32 {
				e, err := b.AddEdge(nodes[from], nodes[to], nil, attr)
				if err != nil {
					t.Fatal(err)
				}
				return e
			}
			ends := [2][2]int32{{0, 1}, {1, 2}}
			if c.against {
				ends = [2][2]int32{{1, 0}, {2, 1}}
			}
			from, to := edge(ends[0][0], ends[0][1]), edge(ends[1][0], ends[1][1])
			edge(1, 3)
			if err := b.AddTurn(routing.TurnRule{From: from, Via: nodes[1], To: to, Drive: true}); err != nil {
				t.Fatal(err)
			}
			g, err := b.Build()
			if err != nil {
				t.Fatal(err)
			}
			made, rep := apply(t, g, c.features...)
			if rep.Done != len(c.features) {
				t.Fatalf("%+v", rep)
			}
			// The turn itself would take some 20 s; round by the dead end, or not
			// at all, is more.
			before, after := seconds(t, g, routing.Car(), at(10, 0), at(100, 70)), seconds(t, made, routing.Car(), at(10, 0), at(100, 70))
			if !near(after, before, 1) {
				t.Errorf("before %d s, after %d s", before, after)
			}
			without := world(t, road("a", 0, 0, 100, 0), road("b", 100, 0, 100, 100), road("c", 100, 0, 200, 0))
			if free := seconds(t, without, routing.Car(), at(10, 0), at(100, 70)); near(after, free, 1) {
				t.Errorf("%d s is the time of the turn that is forbidden", after)
			}
			if made.Turns() != g.Turns() {
				t.Errorf("%d turn rules, %d before", made.Turns(), g.Turns())
			}
		})
	}
}

// TestWallsStandWhereStreetsAreChanged asks for the street of a home behind a
// wall: the path inside, though the street outside is nearer.
func TestWallsStandWhereStreetsAreChanged(t *testing.T) {
	b := routing.NewBuilder()
	outside := line(0, 0, 200, 0)
	inside := line(0, 40, 200, 40)
	node := map[orb.Point]int32{}
	for _, l := range []orb.LineString{outside, inside, line(200, 0, 200, 40)} {
		for _, p := range []orb.Point{l[0], l[1]} {
			if _, ok := node[p]; !ok {
				node[p] = b.AddNode(p)
			}
		}
		if _, err := b.AddEdge(node[l[0]], node[l[1]], l, road("").attr); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.AddObstacle(routing.ObstacleWall, line(-50, 5, 195, 5)); err != nil {
		t.Fatal(err)
	}
	g, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	made, rep := apply(t, g, change("1", "add", line(100, 0, 100, -50), nil), change("2", "close", line(20, 40, 40, 40), nil))
	if rep.Done != 2 {
		t.Fatalf("%+v", rep)
	}
	for name, x := range map[string]*routing.Graph{"before": g, "after": made} {
		e, err := routing.NewEngine(x, routing.Foot())
		if err != nil {
			t.Fatal(err)
		}
		s, err := e.Snap(at(100, 12), 100)
		if err != nil || s.Point[1] < at(0, 30)[1] {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
}
