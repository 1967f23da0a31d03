package overlay_test

import (
	"strings"
	"testing"

	"sanse/routing"
)

func TestALineIsFollowedOnlyOverStreetsThatStayBesideIt(t *testing.T) {
	g := world(t, road("bulge", 0, 0, 20, 0, 25, 14, 30, 0, 100, 0))
	_, rep := apply(t, g, change("1", "close", line(0, 0, 100, 0), nil))
	if o := rep.Outcomes[0]; o.Done || !strings.Contains(strings.Join(o.Findings, ""), "do not lead") {
		t.Errorf("%+v", o)
	}
}

func TestAStretchThatEndsAtAJunctionLeavesTheOtherStreetsAlone(t *testing.T) {
	g := world(t, road("a", 0, 0, 100, 0), road("b", 100, 0, 200, 0), road("c", 100, 0, 100, 100))
	made, rep := apply(t, g, change("1", "close", line(100, 0, 50, 0), nil))
	if o := rep.Outcomes[0]; o.Edges != 1 || o.Metres < 49 || o.Metres > 51 {
		t.Errorf("%+v", o)
	}
	if got := seconds(t, made, routing.Foot(), at(200, 0), at(100, 100)); !near(got, walk(200), 1) {
		t.Errorf("%d s round the corner", got)
	}
}

func TestAWayThatBeginsAtACornerMakesNoCrumbs(t *testing.T) {
	for _, from := range [][2]float64{{0.2, 0.1}, {0.2, 99.9}, {399.8, 0.1}, {399.9, 99.8}} {
		made, rep := apply(t, square(t), change("1", "add", line(from[0], from[1], 200, 50), nil))
		if !rep.Outcomes[0].Done {
			t.Fatalf("%+v", rep)
		}
		made.EachEdge(func(e routing.Edge) bool {
			if e.Metres < 1 {
				t.Errorf("from %v: an edge of %.3f m", from, e.Metres)
			}
			return true
		})
	}
}

func TestAGateAtTheEndOfAStreetShutsIt(t *testing.T) {
	g := world(t, road("a", 0, 0, 100, 0), road("b", 100, 0, 200, 0))
	for _, features := range [][]map[string]any{
		{change("1", "gate", line(100, 0), nil)},
		{change("1", "gate", line(100, 0), props{"modes": "drive"}), change("2", "gate", line(100, 0), props{"modes": "walk"})},
	} {
		made, rep := apply(t, g, features...)
		if got := seconds(t, made, routing.Foot(), at(0, 0), at(200, 0)); got != -1 {
			t.Errorf("%d s through the gate, %+v", got, rep)
		}
	}
}

func TestWhatCostsTimeOnAStreetIsCountedOnceWhenItIsCut(t *testing.T) {
	s := road("lights", 0, 0, 200, 0)
	s.attr.Signals, s.attr.Crossings, s.attr.Gates, s.attr.Lifts = 2, 3, 1, 1
	made, _ := apply(t, world(t, s), change("1", "add", line(60, 0, 60, 50), props{"alone": true}), change("2", "gate", line(150, 0), props{"modes": "drive"}))
	var signals, crossings, gates, lifts int
	made.EachEdge(func(e routing.Edge) bool {
		signals, crossings, gates, lifts = signals+int(e.Signals), crossings+int(e.Crossings), gates+int(e.Gates), lifts+int(e.Lifts)
		return true
	})
	if signals != 2 || crossings != 3 || gates != 1 || lifts != 1 {
		t.Errorf("%d, %d, %d, %d halves", signals, crossings, gates, lifts)
	}
}
