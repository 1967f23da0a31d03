package reach

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"sanse/geo"
	"sanse/routing"
)

// facilityWays are the walks from one facility to all demand within some
// seconds, found when first asked for; the widest search is kept.
type facilityWays struct {
	mu      sync.Mutex
	seconds int
	walks   []routing.Walk // ascending by door
}

// within returns the walks of at least so many seconds, maybe more.
func (w *facilityWays) within(ctx context.Context, doors *routing.Doors, from routing.Snap, seconds int) ([]routing.Walk, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seconds >= seconds {
		return w.walks, nil
	}
	walks, err := doors.Within(ctx, from, seconds)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(walks, func(a, b routing.Walk) int { return cmp.Compare(a.Door, b.Door) })
	w.seconds, w.walks = seconds, walks
	return walks, nil
}

// From returns the demand within so many seconds of a facility, ascending, with
// the walk to each. A facility that does not count, or seconds of 0 or fewer,
// reach nothing.
func (x *Index) From(ctx context.Context, facility, seconds int) (demand, cost []int32, err error) {
	if facility < 0 || facility >= len(x.facilities) {
		return nil, nil, fmt.Errorf("walk from facility %d of %d: no such facility", facility, len(x.facilities))
	}
	if x.Why(facility) != "" || seconds <= 0 {
		return nil, nil, nil
	}
	walks, err := x.ways[facility].within(ctx, x.doors, x.snaps[facility], seconds)
	if err != nil {
		return nil, nil, fmt.Errorf("walk from facility %d: %w", facility, err)
	}
	for _, w := range walks {
		if int(w.Seconds) <= seconds {
			demand, cost = append(demand, w.Door), append(cost, w.Seconds)
		}
	}
	return demand, cost, nil
}

// Ways returns every facility of a service within so many seconds of each place
// of demand, with the walk: those of demand i are at first[i] up to, not
// including, first[i+1], nearest first and of equals the first facility first.
// The searches, one a facility, are made when first asked for and kept. Seconds
// of 0 or fewer reach nothing.
func (x *Index) Ways(ctx context.Context, service string, seconds int) (first []int, facility, cost []int32, err error) {
	serving := x.Serving(service)
	walks := make([][]routing.Walk, len(serving))
	if seconds > 0 {
		group, gctx := errgroup.WithContext(ctx)
		group.SetLimit(x.o.Threads)
		for k, f := range serving {
			group.Go(func() (err error) {
				walks[k], err = x.ways[f].within(gctx, x.doors, x.snaps[f], seconds)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, nil, nil, fmt.Errorf("ways to %s: %w", service, err)
		}
	}
	first = make([]int, len(x.lost)+1)
	for _, list := range walks {
		for _, w := range list {
			if int(w.Seconds) <= seconds {
				first[w.Door+1]++
			}
		}
	}
	for i := range x.lost {
		first[i+1] += first[i]
	}
	next := slices.Clone(first)
	all := make([]routing.Walk, first[len(x.lost)]) // the facility in place of the door
	for k, list := range walks {
		for _, w := range list {
			if int(w.Seconds) <= seconds {
				all[next[w.Door]] = routing.Walk{Door: serving[k], Seconds: w.Seconds}
				next[w.Door]++
			}
		}
	}
	for i := range x.lost {
		nearestFirst(all[first[i]:first[i+1]])
	}
	facility, cost = make([]int32, len(all)), make([]int32, len(all))
	for i, w := range all {
		facility[i], cost[i] = w.Door, w.Seconds
	}
	return first, facility, cost, nil
}

// To returns the facilities of a service within so many seconds of one place of
// demand, nearest first and of equals the first facility first, with the walk:
// its row of Ways, with no more searches than it takes.
func (x *Index) To(ctx context.Context, demand int, service string, seconds int) (facility, cost []int32, err error) {
	if demand < 0 || demand >= len(x.lost) {
		return nil, nil, fmt.Errorf("walk to demand %d of %d: no such place", demand, len(x.lost))
	}
	if x.lost[demand] != "" || seconds <= 0 {
		return nil, nil, nil
	}
	far := math.Inf(1)
	if p := x.engine.Profile(); p.DriveKmPerHour == nil {
		far = max(p.MetresPerSecond, p.RideMetresPerSecond) * float64(seconds) * 1.01 // the sphere is not the ellipsoid
	}
	var found []routing.Walk
	for _, f := range x.Serving(service) {
		if geo.Distance(x.demand[demand], x.facilities[f].Location) > far {
			continue
		}
		walks, err := x.ways[f].within(ctx, x.doors, x.snaps[f], seconds)
		if err != nil {
			return nil, nil, fmt.Errorf("walk to demand %d: %w", demand, err)
		}
		k, ok := slices.BinarySearchFunc(walks, int32(demand), func(w routing.Walk, d int32) int { return cmp.Compare(w.Door, d) })
		if ok && int(walks[k].Seconds) <= seconds {
			found = append(found, routing.Walk{Door: f, Seconds: walks[k].Seconds})
		}
	}
	nearestFirst(found)
	for _, w := range found {
		facility, cost = append(facility, w.Door), append(cost, w.Seconds)
	}
	return facility, cost, nil
}

// nearestFirst puts walks from facilities in order.
func nearestFirst(walks []routing.Walk) {
	slices.SortFunc(walks, func(a, b routing.Walk) int {
		return cmp.Or(cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(a.Door, b.Door))
	})
}
