package jobs

import (
	"context"
	"log/slog"
)

// quiet passes on what a log is told from warnings on: a queue that looks every few
// seconds has nothing to say otherwise.
type quiet struct{ slog.Handler }

// Enabled tells whether a level is loud enough.
func (q *quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}

// WithAttrs keeps it quiet.
func (q *quiet) WithAttrs(list []slog.Attr) slog.Handler { return &quiet{q.Handler.WithAttrs(list)} }

// WithGroup keeps it quiet.
func (q *quiet) WithGroup(name string) slog.Handler { return &quiet{q.Handler.WithGroup(name)} }
