package planner

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// maxFindings bounds the findings that Validate spells out.
const maxFindings = 20

// maxDays bounds the horizon.
const maxDays = 400

// maxDate is the last day that a file can write.
var maxDate = NewDate(9999, time.December, 31)

type findings struct {
	errs []error
	more int
}

func (f *findings) add(format string, a ...any) {
	if len(f.errs) < maxFindings {
		f.errs = append(f.errs, fmt.Errorf(format, a...))
	} else {
		f.more++
	}
}

func (f *findings) join() error {
	if f.more > 0 {
		f.errs = append(f.errs, fmt.Errorf("and %d more", f.more))
	}
	return errors.Join(f.errs...)
}

// Validate returns what makes the problem unfit to be planned or checked, all
// findings joined, the first 20 spelled out; nil if there are none. What is
// merely odd is for Warnings.
func (p *Problem) Validate() error {
	var f findings
	if p.Start == 0 {
		f.add("start is missing")
	}
	if p.Days < 1 || p.Days > maxDays {
		f.add("days is %d, want 1 to %d", p.Days, maxDays)
	}
	if p.TimeZone == "" {
		f.add("time_zone is missing")
	} else if strings.TrimSpace(p.TimeZone) != p.TimeZone {
		f.add("time_zone %q has spaces around it", p.TimeZone)
	}
	if p.Days <= maxDays && p.End() > maxDate {
		f.add("the last day, %d days from %s, is after %s", p.Days, p.Start, maxDate)
	}
	if p.CatchUpDays < 0 || p.CatchUpDays > maxDays {
		f.add("catch_up_days is %d, want 0 (for 7) to %d", p.CatchUpDays, maxDays)
	}
	ids := map[string]bool{}
	for i := range p.Policies {
		q := &p.Policies[i]
		if err := q.Validate(); err != nil {
			f.add("%w", err)
		}
		if q.ID != "" && ids[q.ID] {
			f.add("policy %q is there twice", q.ID)
		}
		ids[q.ID] = true
	}
	people := make(map[string]string, len(p.Residents)+len(p.Visitors))
	p.validateResidents(&f, people)
	p.validateVisitors(&f, people)
	p.validateAreas(&f)
	p.validateMatrices(&f)
	return f.join()
}

func badPoint(q orb.Point) bool {
	return math.IsNaN(q[0]) || math.IsNaN(q[1]) || math.Abs(q[0]) > 180 || math.Abs(q[1]) > 90
}

func (p *Problem) validateResidents(f *findings, people map[string]string) {
	for i := range p.Residents {
		r := &p.Residents[i]
		if r.ID == "" {
			f.add("resident number %d has no id", i+1)
			continue
		}
		if people[r.ID] != "" {
			f.add("resident %q is there twice", r.ID)
		}
		people[r.ID] = "resident"
		if badPoint(r.Location) {
			f.add("resident %q: location is not [longitude, latitude] in degrees", r.ID)
		}
		if r.Grid == "" {
			f.add("resident %q has no grid", r.ID)
		}
		if r.MicroGrid != "" && !strings.HasPrefix(r.MicroGrid, r.Grid) {
			f.add("resident %q: micro-grid %q does not begin with grid %q", r.ID, r.MicroGrid, r.Grid)
		}
		if r.Block == "" {
			f.add("resident %q has no block", r.ID)
		}
		if r.Minutes < 1 || r.Minutes > 1440 {
			f.add("resident %q: a visit takes %d minutes, want 1 to 1440", r.ID, r.Minutes)
		}
		if r.LastVisit != nil && *r.LastVisit >= p.Start {
			f.add("resident %q: last_visit %s is not before start %s", r.ID, *r.LastVisit, p.Start)
		}
		for k, d := range r.Visits {
			if d >= p.Start {
				f.add("resident %q: visit %s is not before start %s", r.ID, d, p.Start)
			}
			if k > 0 && d < r.Visits[k-1] {
				f.add("resident %q: visits are not ascending", r.ID)
			}
		}
		if n := len(r.Visits); n > 0 && (r.LastVisit == nil || *r.LastVisit != r.Visits[n-1]) {
			f.add("resident %q: last_visit is not the last of visits", r.ID)
		}
		for _, a := range r.Absent {
			if a.To < a.From {
				f.add("resident %q: absence ends on %s, before it begins on %s", r.ID, a.To, a.From)
			}
		}
		rules, err := RulesFor(p, r)
		if err != nil {
			f.add("%w", err)
			continue
		}
		live := 0
		for k := range rules {
			if from, to := rules[k].bounds(); !rules[k].Pause && from <= p.End() && to >= p.Start {
				live++
			}
		}
		if live > maxRules {
			f.add("resident %q: %d rules hold inside the horizon, at most %d can", r.ID, live, maxRules)
		}
	}
}

func (p *Problem) validateVisitors(f *findings, people map[string]string) {
	for i := range p.Visitors {
		v := &p.Visitors[i]
		if v.ID == "" {
			f.add("visitor number %d has no id", i+1)
			continue
		}
		switch people[v.ID] {
		case "visitor":
			f.add("visitor %q is there twice", v.ID)
		case "resident":
			f.add("visitor %q has the id of a resident", v.ID)
		}
		people[v.ID] = "visitor"
		if v.Tier < TierMicroGrid || v.Tier > TierTaskForce {
			f.add("visitor %q has no tier (want micro-grid, grid, master-grid or task-force)", v.ID)
		}
		if badPoint(v.Start) || v.End != nil && badPoint(*v.End) {
			f.add("visitor %q: start or end is not [longitude, latitude] in degrees", v.ID)
		}
		if slices.Contains(v.Scope, "") {
			f.add("visitor %q has an empty area code in the scope", v.ID)
		}
		if v.Capacity < 0 {
			f.add("visitor %q: capacity is %d, want 0 (no bound) or more", v.ID, v.Capacity)
		}
		for k, s := range v.Shifts {
			switch {
			case s.Weekday < 1 || s.Weekday > 7:
				f.add("visitor %q: shift %d has weekday %d (want 1 for Monday to 7 for Sunday)", v.ID, k+1, s.Weekday)
			case s.From < 0 || s.To > 1440 || s.To <= s.From:
				f.add("visitor %q: shift %d runs from %s to %s", v.ID, k+1, s.From, s.To)
			}
			for _, o := range v.Shifts[:k] {
				if o.Weekday == s.Weekday && s.From < o.To && o.From < s.To {
					f.add("visitor %q: two shifts of weekday %d overlap", v.ID, s.Weekday)
				}
			}
		}
	}
}

func (p *Problem) validateAreas(f *findings) {
	codes := make(map[string]bool, len(p.Areas))
	for i := range p.Areas {
		a := &p.Areas[i]
		if a.Code == "" {
			f.add("area number %d has no code", i+1)
		} else if codes[a.Code] {
			f.add("area %q is there twice", a.Code)
		}
		codes[a.Code] = true
		if !strings.HasPrefix(a.Code, a.Parent) || a.Code != "" && a.Code == a.Parent {
			f.add("area %q: its code does not begin with that of its parent %q", a.Code, a.Parent)
		}
	}
}

func (p *Problem) validateMatrices(f *findings) {
	seen := make(map[[2]string]bool, len(p.Matrices))
	for i := range p.Matrices {
		m := &p.Matrices[i]
		name := fmt.Sprintf("matrix of block %q", m.Block)
		if m.Mode != "" {
			name += fmt.Sprintf(", mode %q", m.Mode)
		}
		if m.Block == "" {
			f.add("matrix number %d has no block", i+1)
		}
		key := [2]string{m.Block, modeOf(m.Mode)}
		if seen[key] {
			f.add("%s is there twice", name)
		}
		seen[key] = true
		locs := make(map[string]bool, len(m.Locations))
		for _, l := range m.Locations {
			if locs[l] {
				f.add("%s: location %q is there twice", name, l)
			}
			locs[l] = true
		}
		if len(m.Seconds) != len(m.Locations) {
			f.add("%s: %d rows for %d locations", name, len(m.Seconds), len(m.Locations))
			continue
		}
		for j, row := range m.Seconds {
			if len(row) != len(m.Locations) {
				f.add("%s: row %d has %d entries for %d locations", name, j+1, len(row), len(m.Locations))
				continue
			}
			if row[j] != 0 {
				f.add("%s: from %q to itself takes %d seconds, not 0", name, m.Locations[j], row[j])
			}
			for k, v := range row {
				if v < -1 {
					f.add("%s: from %q to %q takes %d seconds (only -1, no way, may be negative)", name, m.Locations[j], m.Locations[k], v)
				}
			}
		}
	}
}

// modeOf returns the mode with the default, and other words for it, written as
// foot.
func modeOf(mode string) string {
	switch mode {
	case "", "walk", "walking", "步行":
		return "foot"
	default:
		return mode
	}
}

// Warnings returns what is odd in a valid problem, a sentence each: a policy
// that matches nobody, a visitor who can visit nobody, a resident without
// travel times.
func (p *Problem) Warnings() []string {
	var out []string
	for i := range p.Policies {
		q := &p.Policies[i]
		hit := false
		for k := range p.Residents {
			if hit = q.Matches(&p.Residents[k]); hit {
				break
			}
		}
		if !hit {
			out = append(out, q.Label()+" matches no resident")
		}
	}
	for i := range p.Visitors {
		v := &p.Visitors[i]
		if len(v.Shifts) == 0 {
			out = append(out, fmt.Sprintf("visitor %q has no shift", v.ID))
		}
		if len(v.Scope) == 0 {
			out = append(out, fmt.Sprintf("visitor %q has no scope and may visit nobody", v.ID))
		}
	}
	in := map[[2]string]bool{}
	for i := range p.Matrices {
		for _, l := range p.Matrices[i].Locations {
			in[[2]string{p.Matrices[i].Block, l}] = true
		}
	}
	for i := range p.Residents {
		if r := &p.Residents[i]; !in[[2]string{r.Block, r.ID}] {
			out = append(out, fmt.Sprintf("resident %q is in no matrix of block %q", r.ID, r.Block))
		}
	}
	if _, err := time.LoadLocation(p.TimeZone); err != nil {
		out = append(out, fmt.Sprintf("time_zone %q is not known here", p.TimeZone))
	}
	return out
}
