package imports

import (
	"context"
	"fmt"

	"sanse/data"
	"sanse/planner"
)

type visitKey struct {
	resident string
	date     planner.Date
	done     bool
}

func importVisits(ctx context.Context, j *job, s Sink) error {
	seen := map[visitKey]int{}
	check := func(r *row) data.Visit { return checkVisit(r, seen) }
	put := func(vs []data.Visit) error { return s.PutVisits(j.district, vs) }
	return runTable(ctx, j, s, check, put, nil)
}

func checkVisit(r *row, seen map[visitKey]int) data.Visit {
	v := data.Visit{Resident: r.need("resident")}
	if known := r.job.env.Residents; known != nil && v.Resident != "" {
		if _, ok := known[v.Resident]; !ok {
			r.refuse("resident", "no such resident is stored: import residents first, or correct the id")
		}
	}
	v.Visitor, v.Date, v.Done = readOutcome(r)
	if !r.bad {
		key := visitKey{v.Resident, v.Date, v.Done}
		if first, ok := seen[key]; ok {
			r.refuse("resident", fmt.Sprintf("given twice: line %d has the same resident, date and result", first))
		} else {
			seen[key] = r.line
		}
	}
	return v
}
