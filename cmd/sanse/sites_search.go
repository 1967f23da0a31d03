package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"sanse/reports/siting"
)

// search chooses sites within the time.
func (cmd *sitesCmd) search(ctx context.Context, s streams, p *siting.Problem) (*siting.Solution, error) {
	show := &searching{out: s.err, json: cmd.JSON, start: time.Now()}
	o := siting.Options{Seed: cmd.Seed, Iterations: cmd.Iterations, Threads: cmd.Threads}
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	most := cmd.Time
	if cmd.Iterations > 0 {
		most = 0
	}
	o.Budget = &sitesTime{most: most, start: show.start, ctx: ctx}
	o.Progress = func(g siting.Progress) {
		tellSites(show, sitesReport{Iterations: g.Iterations, Objective: g.Objective, Bound: g.Bound})
	}
	solution, err := siting.Solve(context.WithoutCancel(ctx), p, o) // what is found by then is not lost
	if err != nil {
		return nil, err
	}
	show.elapsed()
	tellInterrupted(ctx, s.err)
	tellSites(show, sitesReport{Iterations: solution.Iterations, Objective: solution.Objective, Bound: solution.Bound, Sites: len(solution.Chosen), last: true})
	return solution, nil
}

// sitesTime ends a search by time, if there is a bound of it, and when it is
// interrupted.
type sitesTime struct {
	most  time.Duration
	start time.Time
	ctx   context.Context //nolint:containedctx // asked through siting.Budget, which knows none
}

// Spent implements siting.Budget.
func (b *sitesTime) Spent(int) float64 {
	if b.ctx.Err() != nil {
		return 1
	}
	if b.most == 0 {
		return 0
	}
	return float64(time.Since(b.start)) / float64(b.most)
}

// sitesReport is one report of a search for sites.
type sitesReport struct {
	Seconds    float64 `json:"seconds"`
	Iterations int     `json:"iterations"`
	Objective  int64   `json:"objective"`
	Bound      int64   `json:"bound"`
	Sites      int     `json:"sites,omitempty"`
	last       bool
}

func tellSites(show *searching, r sitesReport) {
	seconds, due := show.due(r.last)
	if !due {
		return
	}
	r.Seconds = seconds
	text := fmt.Sprintf("sanse: %6.1f s  objective %d  bound %d  %d iterations", r.Seconds, r.Objective, r.Bound, r.Iterations)
	if r.last {
		text += "  " + count(r.Sites, "site", "sites") + "  checked"
	}
	show.put(r, text)
}
