package routing_test

import (
	"errors"
	"testing"

	"sanse/routing"
)

// However wide the limit, the first ring of 500 m, 2,000 m and the limit that
// has any street decides.
func TestAWideLimitTakesNobodyFarFromTheStreetsNearby(t *testing.T) {
	for _, c := range []struct {
		name   string
		build  func(w *plan)
		limit  float64
		street string
		behind bool
	}{
		{"a village's own streets before a network within the limit", func(w *plan) {
			w.street("village", xy{-300, 450}, xy{300, 450})
		}, 35_000, "village", false},
		{"a place cut off by water keeps the street across it", func(w *plan) {
			w.obstacle(routing.ObstacleWater, xy{-9000, 100}, xy{9000, 100})
			w.street("over the water", xy{-300, 200}, xy{300, 200})
		}, 35_000, "over the water", true},
		{"what is free within the ring still wins over what is nearer and barred", func(w *plan) {
			w.obstacle(routing.ObstacleWater, xy{-9000, 100}, xy{9000, 100})
			w.street("over the water", xy{-300, 200}, xy{300, 200})
			w.street("free", xy{-300, -480}, xy{300, -480})
		}, 35_000, "free", false},
		{"the second ring before the network", func(w *plan) {
			w.street("hamlet", xy{-300, 1900}, xy{300, 1900})
		}, 35_000, "hamlet", false},
		{"in one ring the network before a fragment", func(w *plan) {
			w.street("hamlet", xy{-300, 2050}, xy{300, 2050})
		}, 35_000, "network", false},
		{"a limit between the rings is a ring itself", func(w *plan) {
			w.street("hamlet", xy{-300, 900}, xy{300, 900})
		}, 1000, "hamlet", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newPlan(t)
			w.street("network", xy{-4000, -3000}, xy{4000, -3000})
			c.build(w)
			e := w.engine(routing.Foot())
			s, err := e.Snap(ground(0, 0), c.limit)
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Graph().Edge(s.Edge).Name; got != c.street || s.Blocked != c.behind {
				t.Errorf("goes to %s, %v m off, blocked: %v", got, s.Metres, s.Blocked)
			}
			if _, err := e.Snap(ground(0, 0), 50); !errors.Is(err, routing.ErrTooFar) {
				t.Errorf("within 50 m: %v", err)
			}
		})
	}
}
