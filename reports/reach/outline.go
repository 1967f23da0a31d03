package reach

import (
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/routing"
)

// Band is what is reached within some minutes.
type Band struct {
	Minutes int
	// Outline is the ground beside the streets reached, lon-lat: what nobody can
	// walk to, a lake or the far bank, is not in it. Bands of fewer minutes lie
	// within those of more.
	Outline orb.MultiPolygon
	AreaKM2 float64
}

// Outline draws what all facilities of a service that count reach together: one
// band for each number of minutes, in their order. Where nobody gives the service
// the bands are empty.
func (x *Index) Outline(ctx context.Context, service string, minutes []int) ([]Band, error) {
	var from []routing.Snap
	for _, f := range x.Serving(service) {
		from = append(from, x.snaps[f])
	}
	bands, err := x.bands(ctx, from, minutes)
	if err != nil {
		return nil, fmt.Errorf("outline of %s: %w", service, err)
	}
	return bands, nil
}

// Circle draws what one facility reaches: one band for each number of minutes,
// in their order. One that does not count reaches nothing.
func (x *Index) Circle(ctx context.Context, facility int, minutes []int) ([]Band, error) {
	if facility < 0 || facility >= len(x.facilities) {
		return nil, fmt.Errorf("circle of facility %d of %d: no such facility", facility, len(x.facilities))
	}
	var from []routing.Snap
	if x.Why(facility) == "" {
		from = []routing.Snap{x.snaps[facility]}
	}
	bands, err := x.bands(ctx, from, minutes)
	if err != nil {
		return nil, fmt.Errorf("circle of facility %d: %w", facility, err)
	}
	return bands, nil
}

func (x *Index) bands(ctx context.Context, from []routing.Snap, minutes []int) ([]Band, error) {
	seconds := make([]int, len(minutes))
	for i, m := range minutes {
		if m < 1 || m > math.MaxInt32/60 {
			return nil, fmt.Errorf("%d minutes: no such time to walk", m)
		}
		seconds[i] = m * 60
	}
	drawn, err := x.engine.Isochrones(ctx, from, seconds, routing.IsochroneOptions{Buffer: x.o.BufferMetres})
	if err != nil {
		return nil, err
	}
	out := make([]Band, len(minutes))
	for i := range drawn {
		out[i] = Band{Minutes: minutes[i], Outline: drawn[i].Polygon, AreaKM2: geo.AreaM2(drawn[i].Polygon) / 1e6}
	}
	return out, nil
}
