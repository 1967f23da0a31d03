package reach

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// At returns the index at a moment of the week (nil: at any hour): what is closed
// then does not count. It equals what New makes with Options.At, and shares the
// streets, the doors and the walks of this one; the price is a search for every
// service of which others are open then than now. It fails for what is no moment,
// and with the context's error.
func (x *Index) At(ctx context.Context, at *Moment) (*Index, error) {
	y := *x
	if y.o.At = nil; at != nil {
		if err := at.Validate(); err != nil {
			return nil, fmt.Errorf("reach at an hour: %w", err)
		}
		moment := *at
		y.o.At = &moment
	}
	y.services = maps.Clone(x.services)
	for name, r := range x.services {
		if !slices.Equal(r.serving, y.counting(name)) {
			y.services[name] = nil
		}
	}
	if err := y.measure(ctx); err != nil {
		return nil, fmt.Errorf("reach at an hour: %w", err)
	}
	return &y, nil
}

// counting are the facilities of a service that count, ascending.
func (x *Index) counting(service string) []int32 {
	var out []int32
	for i := range x.facilities {
		if x.facilities[i].Service == service && x.Why(i) == "" {
			out = append(out, int32(i))
		}
	}
	return out
}
