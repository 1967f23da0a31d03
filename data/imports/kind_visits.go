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
	v := data.Visit{Resident: r.need("resident"), Visitor: r.get("visitor")}
	env := r.job.env
	if env.Residents != nil && v.Resident != "" {
		if _, ok := env.Residents[v.Resident]; !ok {
			r.refuse("resident", "no such resident is stored: import residents first, or correct the id")
		}
	}
	if env.Visitors != nil && v.Visitor != "" {
		if _, ok := env.Visitors[v.Visitor]; !ok {
			r.refuse("visitor", "no such visitor is stored: leave the cell empty for somebody who is no longer listed")
		}
	}
	if word := r.need("date"); word != "" {
		d, err := parseDate(word, r.job.since1904)
		switch {
		case err != nil:
			r.refuse("date", err.Error())
		case env.Today != 0 && d > env.Today:
			r.refuse("date", "the date lies in the future: only visits of the past are imported")
		}
		v.Date = d
	}
	if word := r.need("result"); word != "" {
		key, ok := visitResults.find(word)
		if !ok {
			r.refuse("result", "not a result: want one of "+visitResults.all)
		}
		v.Done = key == "done"
	}
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
