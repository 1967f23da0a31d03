package reach

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// Vertices returns, by service, the walk from the nearest facility to every
// vertex of the streets (every point of every line, as routing.Graph numbers
// them): NoneNear where none is within the bound. It reads off what New has
// found, one service a thread.
func (x *Index) Vertices(ctx context.Context) (map[string][]int32, error) {
	found := make([][]int32, len(x.names))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(x.o.Threads)
	for k, name := range x.names {
		group.Go(func() error {
			found[k], _ = x.services[name].field.Vertices()
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("read off the streets: %w", err)
	}
	out := make(map[string][]int32, len(found))
	for k, name := range x.names {
		out[name] = found[k]
	}
	return out, nil
}
