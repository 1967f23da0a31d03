package connect

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"sanse/planner"
)

// Op is what became of a task since it was told last.
type Op string

// The operations.
const (
	Added     Op = "added"
	Changed   Op = "changed"
	Withdrawn Op = "withdrawn"
)

// Task is a visit, or other field work, as it is told to a platform: what is to be
// done where, on which day, by whom. Its id stays the same as long as it is the same
// visit, whoever is to make it and when.
type Task struct {
	ID       string
	Op       Op
	Resident string // empty: field work at no home
	Job      string // the task of field work; empty: a care visit
	Visitor  string // empty: nobody is found for it
	Area     string // where it is: a micro-grid or a grid
	Day      planner.Date
	Place    int // in the walk of that day, from 1; 0: in none
	Arrive   int // minutes since midnight; 0: not planned
	Minutes  int // that it takes
	DueBy    planner.Date
	Why      string // planned, owed, covering (by a ladder), unplanned
}

// group is what tasks have in common that could be the same visit.
type group struct {
	resident, job string
	due           planner.Date
}

func (t *Task) group() group { return group{t.Resident, t.Job, t.DueBy} }

// Diff says what of the tasks is new, has changed or is withdrawn. Stored are those
// that were told before, withdrawn ones too; wanted have no ids. Done tells of a task
// of a day that is over whether the visit was made: then it stays as it is, and so it
// does if nothing takes its place.
//
// What is wanted of somebody until the same day is what was told of them before: of
// the same day if there is such, otherwise in the order of days. So a replan moves
// tasks, and does not make new ones, and a visit that was not made goes on under its
// id when it is planned again.
func Diff(stored, wanted []Task, today planner.Date, done func(Task) bool) (out []Task) {
	groups, order := map[group]*told{}, []group(nil)
	see := func(g group) *told {
		if groups[g] == nil {
			groups[g] = &told{group: g}
			order = append(order, g)
		}
		return groups[g]
	}
	for _, t := range stored {
		of := see(t.group())
		of.ever++
		switch {
		case t.Op == Withdrawn:
			of.gone = append(of.gone, t)
		case t.Day >= today:
			of.live = append(of.live, t)
		case !done(t):
			of.missed = append(of.missed, t)
		}
	}
	for _, t := range wanted {
		if t.Day >= today {
			of := see(t.group())
			of.want = append(of.want, t)
		}
	}
	for _, g := range order {
		out = append(out, groups[g].diff()...)
	}
	return out
}

// told are the tasks of a group: those to come, those that were missed, those that
// were withdrawn, and those that are wanted now; ever is how many there were.
type told struct {
	group
	live, missed, gone, want []Task
	ever                     int
}

func (g *told) diff() (out []Task) {
	for _, list := range [][]Task{g.live, g.missed, g.gone, g.want} {
		slices.SortFunc(list, func(a, b Task) int {
			return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Arrive, b.Arrive), cmp.Compare(a.Visitor, b.Visitor), cmp.Compare(a.ID, b.ID))
		})
	}
	change := func(t, was Task) {
		t.ID, t.Op = was.ID, was.Op
		if t != was {
			t.Op = Changed
			out = append(out, t)
		}
	}
	var rest []Task
	for _, t := range g.want {
		at := slices.IndexFunc(g.live, func(l Task) bool { return l.Day == t.Day })
		if at < 0 {
			rest = append(rest, t)
			continue
		}
		change(t, g.live[at])
		g.live = slices.Delete(g.live, at, at+1)
	}
	// As many of those that were missed, the last ones, as there is more wanted.
	more := min(max(len(rest)-len(g.live), 0), len(g.missed))
	g.live = append(slices.Clone(g.missed[len(g.missed)-more:]), g.live...)
	for i, t := range rest {
		switch {
		case i < len(g.live):
			change(t, g.live[i])
			continue
		case i-len(g.live) < len(g.gone):
			t.ID = g.gone[i-len(g.live)].ID
		default:
			t.ID = taskID(g.group, g.ever)
			g.ever++
		}
		t.Op = Added
		out = append(out, t)
	}
	for _, t := range g.live[min(len(rest), len(g.live)):] {
		t.Op = Withdrawn
		out = append(out, t)
	}
	return out
}

// taskID is the id of the nth task of a group that was ever told.
func taskID(g group, n int) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%q %q %s %d", g.resident, g.job, g.due, n))
	return "t" + hex.EncodeToString(h[:8])
}
