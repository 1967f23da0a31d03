package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sanse/geo/districting"
)

// search draws with each seed and keeps the best.
func (cmd *gridsDrawCmd) search(ctx context.Context, s streams, p *districting.Problem) (*districting.Drawing, error) {
	show := &searching{out: s.err, json: cmd.JSON, start: time.Now()}
	work := ctx
	if cmd.Time > 0 {
		work = context.WithoutCancel(ctx) // what is found by then is not lost
	}
	var best *districting.Drawing
	iterations := 0
	for i := range cmd.Seeds {
		if i > 0 && ctx.Err() != nil {
			break
		}
		o := districting.Options{Seed: cmd.Seed + uint64(i), Iterations: cmd.Iterations, Threads: cmd.threads()}
		if cmd.Time > 0 {
			o.Budget = &drawTime{cmd: cmd, start: time.Now(), ctx: ctx}
		}
		if p.Today != nil && !slices.Contains(p.Today, districting.None) {
			o.From = p.Today
		}
		last := 0
		o.Progress = func(g districting.Progress) {
			last = g.Iterations
			cmd.tell(show, drawReport{Seed: o.Seed, Iterations: iterations + g.Iterations, Excess: g.Best.Excess, Goal: g.Best.Goal, Stay: g.Best.Stay, Spent: g.Spent})
		}
		d, err := districting.Solve(work, p, o)
		if err != nil {
			return nil, err
		}
		iterations += last
		if best == nil || betterDrawing(d.Cost, best.Cost) {
			best = d
		}
	}
	show.elapsed()
	tellInterrupted(ctx, s.err)
	cmd.tell(show, drawReport{
		Seed: cmd.Seed, Iterations: iterations, Excess: best.Cost.Excess, Goal: best.Cost.Goal, Stay: best.Cost.Stay, Spent: 1,
		Zones: len(best.Metrics.Zones), last: true,
	})
	return best, nil
}

// betterDrawing tells whether a is better than b, in the order of
// districting.Cost.
func betterDrawing(a, b districting.Cost) bool {
	if a.Excess != b.Excess {
		return a.Excess < b.Excess
	}
	return a.Goal+a.Stay < b.Goal+b.Stay
}

// drawTime ends a search by time and when it is interrupted.
type drawTime struct {
	cmd   *gridsDrawCmd
	start time.Time
	ctx   context.Context //nolint:containedctx // asked through districting.Budget, which knows none
}

// Spent implements districting.Budget.
func (b *drawTime) Spent(int, districting.Cost) float64 {
	if b.ctx.Err() != nil {
		return 1
	}
	return float64(time.Since(b.start)) / float64(b.cmd.Time)
}

// drawReport is one report of a search for grids.
type drawReport struct {
	Seconds    float64 `json:"seconds"`
	Seed       uint64  `json:"seed"`
	Iterations int     `json:"iterations"`
	Excess     float64 `json:"excess"` // by which bounds are broken, as shares of the targets
	Goal       float64 `json:"goal"`   // cut edges, or metres of border
	Stay       float64 `json:"stay"`
	Spent      float64 `json:"spent"`
	Zones      int     `json:"zones,omitempty"`
	last       bool
}

func (cmd *gridsDrawCmd) tell(show *searching, r drawReport) {
	seconds, due := show.due(r.last)
	if !due {
		return
	}
	r.Seconds = seconds
	text := fmt.Sprintf("sanse: %6.1f s  goal %.0f", r.Seconds, r.Goal)
	if r.Stay > 0 {
		text += fmt.Sprintf("  moved %.0f", r.Stay)
	}
	if r.Excess > 0 {
		text += fmt.Sprintf("  beyond bounds by %.2f %%", 100*r.Excess)
	}
	text += fmt.Sprintf("  %d iterations", r.Iterations)
	if r.last {
		text += "  " + count(r.Zones, "grid", "grids") + "  checked"
	}
	show.put(r, text)
}
