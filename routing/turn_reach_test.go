package routing_test

import (
	"context"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/routing"
)

// What is searched from one place to all holds to turns as tables do.
func TestReachesAndNearestHoldToTurns(t *testing.T) {
	car := routing.Car()
	car.DriveKmPerHour["footway"] = 5
	bike := routing.EBike()
	bike.BusyClasses, bike.LeftTurnSeconds, bike.UTurnSeconds = []string{"primary"}, 12, 20
	profiles := []routing.Profile{car, bike}
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		w := drawRuled(t)
		g := w.graph
		p := profiles[rapid.IntRange(0, 1).Draw(t, "profile")]
		e := engineOf(t, g, p)
		draw := func(name string, n int) (out []routing.Snap) {
			for range n {
				s, err := g.At(rapid.Int32Range(0, int32(g.Edges())-1).Draw(t, name), rapid.SampledFrom([]float64{0, 1, 0.5, 0.25, 0.9}).Draw(t, name))
				if err != nil {
					t.Fatal(err)
				}
				s.Asked = orb.Point{float64(len(out)), float64(len(name))}
				out = append(out, s)
			}
			return out
		}
		facilities, targets := draw("facility", 3), draw("target", 4)
		bound := rapid.SampledFrom([]int{0, 30, 120, 300}).Draw(t, "seconds")
		walk, which, err := e.Nearest(ctx, facilities, targets, bound)
		if err != nil {
			t.Fatal(err)
		}
		table, err := e.Table(ctx, facilities, targets)
		if err != nil {
			t.Fatal(err)
		}
		for j := range targets {
			best := int32(-1)
			for i := range facilities {
				if s := table[i][j]; s >= 0 && (best < 0 || s < best) && (bound == 0 || int(s) <= bound) {
					best = s
				}
			}
			if walk[j] != best || best >= 0 && table[which[j]][j] != best {
				t.Fatalf("target %d: %d s from %d, want %d", j, walk[j], which[j], best)
			}
		}
		// Every place in the middle of an edge is reached if its time is within
		// the bound, but for those on its border.
		seconds := max(bound, 20)
		reach, err := e.Reach(ctx, facilities[0], seconds)
		if err != nil {
			t.Fatal(err)
		}
		var probes []routing.Snap
		for edge := range int32(g.Edges()) {
			for _, f := range []float64{0.13, 0.37, 0.61, 0.83} {
				s, err := g.At(edge, f)
				if err != nil {
					t.Fatal(err)
				}
				s.Asked = orb.Point{60, 60}
				probes = append(probes, s)
			}
		}
		err = e.TableRows(ctx, facilities[:1], probes, routing.TableOptions{}, func(_ int, r routing.TableRow) error {
			for k, s := range probes {
				in := false
				for _, x := range reach.Edges {
					in = in || x.Edge == s.Edge && x.From <= s.Fraction && s.Fraction <= x.To
				}
				left := int64(seconds)*1000 - int64(r.Millis[k])
				if left > -3 && left < 3 {
					continue
				}
				if want := r.Millis[k] != routing.Unreached && left > 0; in != want {
					t.Fatalf("edge %d at %v is %d ms away: reached %v within %d s: %+v", s.Edge, s.Fraction, r.Millis[k], in, seconds, reach.Edges)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
