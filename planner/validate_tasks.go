package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/planner/internal/english"
)

// maxWeight bounds what a lapse of a task may count, so that the costs of all
// lapses of a problem stay far from the largest whole number.
const maxWeight = 1000

func (p *Problem) validateTasks(f *findings, known map[string]string) {
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if t.ID == "" {
			f.add("task number %d has no id", i+1)
			continue
		}
		if t.Resident != "" && known[t.Resident] != "resident" {
			f.add("task %q is done at the home of %q, who is not among the residents", t.ID, t.Resident)
		}
		validateID(f, known, "task", t.ID)
		if t.Kind == "" {
			f.add("task %q has no kind", t.ID)
		}
		t.validatePlace(f)
		if t.Minutes < 1 || t.Minutes > 1440 {
			f.add("task %q takes %s, want 1 to 1440", t.ID, english.Count(t.Minutes, "minute", "minutes"))
		}
		if t.Weight < 0 || t.Weight > maxWeight {
			f.add("task %q: weight is %d, want 0 to %d", t.ID, t.Weight, maxWeight)
		}
		t.Needs.validate(f, "task", t.ID)
		validateAbsences(f, "task", t.ID, t.Absent)
		for k, d := range t.Done {
			if d >= p.Start {
				f.add("task %q: done on %s, which is not before start %s", t.ID, d, p.Start)
			}
			if k > 0 && d < t.Done[k-1] {
				f.add("task %q: done is not ascending", t.ID)
			}
		}
		asks := false
		for k := range t.Rules {
			r := &t.Rules[k]
			asks = asks || !r.Pause
			if err := r.validate(fmt.Sprintf("task %q, rule %d", t.ID, k+1), true); err != nil {
				f.add("%w", err)
			}
		}
		if !asks {
			f.add("task %q has no rule that asks for it", t.ID)
		}
		p.validateRules(f, "task", t.ID, t.Rules)
	}
}

// validatePlace checks that the task has one place: a resident's home or its
// own.
func (t *Task) validatePlace(f *findings) {
	if t.Resident != "" {
		if t.Location != (orb.Point{}) || t.Grid != "" || t.MicroGrid != "" || t.Block != "" {
			f.add("task %q is done at the home of resident %q and must leave location, grid, micro_grid and block out", t.ID, t.Resident)
		}
		return
	}
	if t.Location == (orb.Point{}) {
		f.add("task %q names neither a resident nor a location", t.ID)
	}
	if badPoint(t.Location) {
		f.add("task %q: location is not [longitude, latitude] in degrees", t.ID)
	}
	if t.Grid == "" {
		f.add("task %q has no grid", t.ID)
	}
	if t.MicroGrid != "" && !strings.HasPrefix(t.MicroGrid, t.Grid) {
		f.add("task %q: micro-grid %q does not begin with grid %q", t.ID, t.MicroGrid, t.Grid)
	}
	if t.Block == "" {
		f.add("task %q has no block", t.ID)
	}
}

// validate checks what a visit asks for, of the resident or task named.
func (n *Needs) validate(f *findings, what, id string) {
	for k, h := range n.Hours {
		switch {
		case h.Weekday < 1 || h.Weekday > 7:
			f.add("%s %q: hours %d have weekday %d (want 1 for Monday to 7 for Sunday)", what, id, k+1, h.Weekday)
		case h.To < h.From:
			f.add("%s %q: hours %d end at %s, before they begin at %s", what, id, k+1, h.To, h.From)
		case h.From < 0 || h.To > 1440:
			f.add("%s %q: hours %d run from %s to %s", what, id, k+1, h.From, h.To)
		}
		for _, o := range n.Hours[:k] {
			if o.Weekday == h.Weekday && h.From <= o.To && o.From <= h.To {
				f.add("%s %q: two hours of weekday %d overlap", what, id, h.Weekday)
			}
		}
	}
	if n.People < 0 || n.People > 2 {
		f.add("%s %q: people is %d, want 0 (for 1) to 2", what, id, n.People)
	}
	for _, l := range [...]struct {
		name string
		list []string
	}{{"skills", n.Skills}, {"visitor_kinds", n.VisitorKinds}, {"prefer", n.Prefer}} {
		if slices.Contains(l.list, "") {
			f.add("%s %q has an empty entry in %s", what, id, l.name)
		}
	}
}
