package routing_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"sanse/routing"
)

// drawTurning draws a profile that minds turns.
func drawTurning(t *rapid.T) routing.Profile {
	car, bike := routing.Car(), routing.EBike()
	car.BusyClasses, car.LeftTurnSeconds, car.UTurnSeconds = []string{"primary"}, 12, 30
	bike.BusyClasses, bike.LeftTurnSeconds = []string{"primary"}, 7
	return rapid.SampledFrom([]routing.Profile{car, bike}).Draw(t, "profile")
}

func TestSumsMindTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawRuled(t).graph
		places, seconds := drawPlaces(t, g, 8), rapid.SampledFrom([]int{1, 20, 60, 150}).Draw(t, "seconds")
		for _, e := range bothEngines(t, g, drawTurning(t)) {
			checkSums(t, e, places, seconds, 1)
		}
	})
}

func TestTheNearestForAllMindTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawRuled(t).graph
		places, k := drawPlaces(t, g, 6), rapid.IntRange(1, 3).Draw(t, "k")
		seconds := rapid.SampledFrom([]int{0, 30, 100}).Draw(t, "seconds")
		for _, e := range bothEngines(t, g, drawTurning(t)) {
			checkNearestForAll(t, e, places, k, seconds)
		}
	})
}

func TestReachMindsTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawRuled(t).graph
		e := engineOf(t, g, drawTurning(t))
		from := drawPlaces(t, g, 1)
		seconds := rapid.IntRange(1, 200).Draw(t, "seconds")
		reach, err := e.Reach(context.Background(), from[0], seconds)
		if err != nil {
			t.Fatal(err)
		}
		var probes []routing.Snap
		for edge := range int32(g.Edges()) {
			for _, f := range []float64{0.02, 0.31, 0.5, 0.77, 0.98} {
				s, err := g.At(edge, f)
				if err != nil {
					t.Fatal(err)
				}
				probes = append(probes, s)
			}
		}
		for i, millis := range millisTable(t, e, from, probes)[0] {
			left := int64(seconds)*1000 - int64(millis)
			if left > -3 && left < 3 {
				continue // on the border, where a rounded millisecond decides
			}
			in := false
			for _, p := range reach.Edges {
				in = in || p.Edge == probes[i].Edge && p.From <= probes[i].Fraction && probes[i].Fraction <= p.To
			}
			if in != (left > 0) {
				t.Fatalf("edge %d at %v is %d ms away: reached %v within %d s; %v", probes[i].Edge, probes[i].Fraction, millis, in, seconds, reach.Edges)
			}
		}
	})
}
