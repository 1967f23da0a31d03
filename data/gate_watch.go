package data

import (
	"context"
	"fmt"
)

// Watch calls changed with the district of every account, grant or session that
// changes, in this process or another, until ctx ends or the connection is
// lost, which is an error: what is kept in memory is then to be thrown away
// before watching again. Ready is called once changes are heard. changed is
// called from one goroutine and keeps the next ones waiting.
func (g *Gate) Watch(ctx context.Context, ready func(), changed func(district string)) error {
	conn, err := g.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("watch seats: %w", tidy(err))
	}
	// A connection that listens does not go back to the pool.
	c := conn.Hijack()
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if _, err := c.Exec(ctx, `LISTEN sanse_seat`); err != nil {
		return fmt.Errorf("watch seats: %w", tidy(err))
	}
	ready()
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("watch seats: %w", err)
		}
		changed(n.Payload)
	}
}
