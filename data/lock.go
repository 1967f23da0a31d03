package data

import (
	"context"
	"fmt"
)

// Lock waits until nobody else, in any process on the same database, holds the
// lock of that name, and takes it. release gives it back; so does the end of
// the connection, if the process is killed.
func (s *Store) Lock(ctx context.Context, name string) (release func() error, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, tidy(err))
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtextextended($1, 0))`, name); err != nil {
		conn.Release()
		return nil, fmt.Errorf("lock %s: %w", name, tidy(err))
	}
	return func() error {
		defer conn.Release()
		if _, err := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtextextended($1, 0))`, name); err != nil {
			return fmt.Errorf("unlock %s: %w", name, tidy(err))
		}
		return nil
	}, nil
}
