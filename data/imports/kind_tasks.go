package imports

import (
	"context"
	"fmt"
	"strings"

	"sanse/data"
	"sanse/planner"
)

func importTasks(ctx context.Context, j *job, s Sink) error {
	seen := ids{}
	check := func(r *row) data.Task { return checkTask(r, seen) }
	put := func(ts []data.Task) error { return s.PutTasks(j.district, ts) }
	return runTable(ctx, j, s, check, put, j.judgeAtEnd)
}

func checkTask(r *row, seen ids) data.Task {
	t := data.Task{Address: data.Sealed(r.get("address"))}
	if t.ID = r.need("id"); t.ID != "" {
		checkTaskID(r, t.ID, seen)
	}
	if t.Kind = r.need("kind"); t.Kind != "" {
		if key, ok := taskKinds.find(t.Kind); ok {
			t.Kind = key
		} else {
			r.warn("the kind is none of " + taskKinds.all + ": it is kept as it is")
		}
		if len(t.Kind) > 64 {
			r.refuse("kind", "a kind's name is at most 64 bytes long")
		}
	}
	if t.What = r.get("what"); t.What != "" {
		if key, ok := skills.find(t.What); ok {
			t.What = key
		}
		if len(t.What) > 200 {
			r.refuse("what", "what is done is said in at most 200 bytes")
		}
	}
	if r.need("minutes") != "" {
		if t.Minutes = r.count("minutes", 480, "分钟", "分", "min", "minutes"); t.Minutes == 0 && !r.bad {
			r.refuse("minutes", "a task takes at least a minute")
		}
	}
	if v := r.need("rule"); v != "" {
		rules, err := parseRules(v, r.job.since1904)
		if err != nil {
			r.refuse("rule", err.Error())
		}
		t.Rules = rules
	}
	t.Needs = readNeeds(r)
	t.Absent = readAbsent(r)
	t.Weight = r.count("weight", 1000)
	checkTaskPlace(r, &t)
	return t
}

// checkTaskID tells ids that a plan could take for something else's.
func checkTaskID(r *row, id string, seen ids) {
	_, resident := r.job.env.Residents[id]
	_, visitor := r.job.env.Visitors[id]
	switch err := checkID(id); {
	case err != nil:
		r.refuse("id", err.Error())
	case strings.HasSuffix(id, ":end"):
		r.refuse("id", "an id does not end in “:end”: travel matrices use it")
	case strings.HasPrefix(id, "need-"):
		r.refuse("id", "ids that begin with “need-” are of tasks that follow from needs")
	case resident:
		r.refuse("id", "a resident has this id: a task needs one of its own")
	case visitor:
		r.refuse("id", "a visitor has this id: a task needs one of its own")
	default:
		seen.take(r, "id", id)
	}
}

// checkTaskPlace finds where the task is done: at a resident's home, or at a
// point of its own, whose grid is decided as for residents.
func checkTaskPlace(r *row, t *data.Task) {
	j := r.job
	if t.Resident = r.get("resident"); t.Resident != "" {
		if known := j.env.Residents; known != nil {
			if _, ok := known[t.Resident]; !ok {
				r.refuse("resident", "no such resident is stored: import residents first, or correct the id")
			}
		}
		if r.get("lon") != "" || r.get("lat") != "" {
			r.warn("a task at a resident's home is where the resident lives: its own point is left out")
		}
		return
	}
	before := r.refusals
	raw, at, ok := r.point()
	if !ok {
		if r.refusals == before {
			r.refuse("lon", "no place: name a resident, or give lon and lat")
		}
		return
	}
	see := sighting{at: raw}
	if v := strings.ReplaceAll(r.get("grid"), " ", ""); v != "" {
		if _, ok := j.area(v); !ok {
			r.warn("the grid's code is not one of the district's: the point decides")
		} else {
			see.declared = v
		}
	}
	j.place.note(see)
	grid, micro, why := j.place.locate(at)
	if why != "" {
		r.refuse("lon", why)
		return
	}
	t.Location, t.Grid, t.MicroGrid = at, grid, micro
	if see.declared != "" && !strings.HasPrefix(grid, see.declared) && !strings.HasPrefix(micro, see.declared) {
		r.warn("the point lies in another grid than the one that is declared: the point decides")
	}
}

func importTaskVisits(ctx context.Context, j *job, s Sink) error {
	seen := map[visitKey]int{}
	check := func(r *row) data.TaskVisit { return checkTaskVisit(r, seen) }
	put := func(vs []data.TaskVisit) error { return s.PutTaskVisits(j.district, vs) }
	return runTable(ctx, j, s, check, put, nil)
}

func checkTaskVisit(r *row, seen map[visitKey]int) data.TaskVisit {
	v := data.TaskVisit{Task: r.need("task")}
	if known := r.job.env.Tasks; known != nil && v.Task != "" {
		if _, ok := known[v.Task]; !ok {
			r.refuse("task", "no such task is stored: import tasks first, or correct the id")
		}
	}
	v.Visitor, v.Date, v.Done = readOutcome(r)
	if !r.bad {
		key := visitKey{v.Task, v.Date, v.Done}
		if first, ok := seen[key]; ok {
			r.refuse("task", fmt.Sprintf("given twice: line %d has the same task, date and result", first))
		} else {
			seen[key] = r.line
		}
	}
	return v
}

// readOutcome reads who did something of the past, when, and whether it was done.
func readOutcome(r *row) (visitor string, date planner.Date, done bool) {
	env := r.job.env
	visitor = r.get("visitor")
	if env.Visitors != nil && visitor != "" {
		if _, ok := env.Visitors[visitor]; !ok {
			r.refuse("visitor", "no such visitor is stored: leave the cell empty for somebody who is no longer listed")
		}
	}
	if word := r.need("date"); word != "" {
		d, err := parseDate(word, r.job.since1904)
		switch {
		case err != nil:
			r.refuse("date", err.Error())
		case env.Today != 0 && d > env.Today:
			r.refuse("date", "the date lies in the future: only what is past is imported")
		}
		date = d
	}
	if word := r.need("result"); word != "" {
		key, ok := visitResults.find(word)
		if !ok {
			r.refuse("result", "not a result: want one of "+visitResults.all)
		}
		done = key == "done"
	}
	return visitor, date, done
}
