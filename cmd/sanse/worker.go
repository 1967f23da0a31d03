package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/jobs"
)

type workerCmd struct{}

func (*workerCmd) Help() string {
	return `Does what happens by itself at a time, beside sanse serve, which does it too: ladders go on (docs/ladder.md),
what they move is entered in the plan, and people are told (docs/messages.md). Any number of workers, on any number of machines, share the work of one
database; when one dies the others go on.

  sanse worker                              until it is interrupted
  DATABASE_URL=… sanse worker               on another machine`
}

func (*workerCmd) Run(ctx context.Context, c *cli, s streams) error {
	return c.withApp(ctx, s, func(a *app.App) (err error) {
		if err := a.Serve(ctx); err != nil {
			return err
		}
		stop, err := work(ctx, a, slog.New(slog.NewTextHandler(s.err, nil)))
		if err != nil {
			return err
		}
		fmt.Fprintln(s.out, "sanse: working — stop with Ctrl-C")
		a.KeepDatabase(ctx)
		<-ctx.Done()
		return stop()
	})
}

// work begins to work jobs on a program that serves; stop lets those under way end.
func work(ctx context.Context, a *app.App, log *slog.Logger) (stop func() error, err error) {
	r, err := jobs.Start(ctx, jobs.Config{Pool: a.Store.Pool(), Work: a.Service, Log: log})
	if err != nil {
		return nil, err
	}
	return func() error {
		err := r.Stop(context.WithoutCancel(ctx))
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}, nil
}
