package planner

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"sanse/planner/internal/english"
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
		f.add("the last day, %s from %s, is after %s", english.Count(p.Days, "day", "days"), p.Start, maxDate)
	}
	if p.CatchUpDays < 0 || p.CatchUpDays > maxDays {
		f.add("catch_up_days is %d, want 0 (for 7) to %d", p.CatchUpDays, maxDays)
	}
	if p.FairnessPercent > 100 {
		f.add("fairness_percent is %d, want at most 100 (0 stands for 3, below 0 for none)", p.FairnessPercent)
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
	known := make(map[string]string, len(p.Residents)+len(p.Tasks)+len(p.Visitors))
	p.validateResidents(&f, known)
	p.validateTasks(&f, known)
	p.validateVisitors(&f, known)
	p.validateTeams(&f, known)
	p.validateAreas(&f)
	p.validateMatrices(&f)
	p.validateSlow(&f)
	p.validateNow(&f)
	p.validateMade(&f, known)
	p.validateLocks(&f, known)
	return f.join()
}

// validateID enters the id of something among those known, by what it is.
func validateID(f *findings, known map[string]string, what, id string) {
	switch was := known[id]; was {
	case "":
	case what:
		f.add("%s %q is there twice", what, id)
	default:
		f.add("%s %q has the id of a %s", what, id, was)
	}
	known[id] = what
}

// validateAbsences refuses runs of days that end before they begin.
func validateAbsences(f *findings, what, id string, absent []DateRange) {
	for _, a := range absent {
		if a.To < a.From {
			f.add("%s %q: absence ends on %s, before it begins on %s", what, id, a.To, a.From)
		}
	}
}

// validateRules refuses more rules inside the horizon than a calendar holds.
func (p *Problem) validateRules(f *findings, what, id string, rules []Policy) {
	live := 0
	for k := range rules {
		if from, to := rules[k].bounds(); !rules[k].Pause && from <= p.End() && to >= p.Start {
			live++
		}
	}
	if live > maxRules {
		f.add("%s %q: %d rules hold inside the horizon, at most %d can", what, id, live, maxRules)
	}
}

func badPoint(q orb.Point) bool {
	return math.IsNaN(q[0]) || math.IsNaN(q[1]) || math.Abs(q[0]) > 180 || math.Abs(q[1]) > 90
}

func (p *Problem) validateResidents(f *findings, known map[string]string) {
	book := ruleBook{p: p, rules: map[string][]Policy{}}
	for i := range p.Residents {
		r := &p.Residents[i]
		if r.ID == "" {
			f.add("resident number %d has no id", i+1)
			continue
		}
		validateID(f, known, "resident", r.ID)
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
			f.add("resident %q: a visit takes %s, want 1 to 1440", r.ID, english.Count(r.Minutes, "minute", "minutes"))
		}
		r.Needs.validate(f, "resident", r.ID)
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
		validateAbsences(f, "resident", r.ID, r.Absent)
		for k, g := range r.Before {
			if k > 0 && g.To <= r.Before[k-1].To {
				f.add("resident %q: the grades before are not ascending", r.ID)
			}
		}
		rules, err := book.of(r)
		if err != nil {
			f.add("%w", err)
			continue
		}
		p.validateRules(f, "resident", r.ID, rules)
	}
}

func (p *Problem) validateVisitors(f *findings, known map[string]string) {
	for i := range p.Visitors {
		v := &p.Visitors[i]
		if v.ID == "" {
			f.add("visitor number %d has no id", i+1)
			continue
		}
		validateID(f, known, "visitor", v.ID)
		if was := known[v.ID+":end"]; was != "" {
			f.add("%s %q has the name that stands for where visitor %q ends", was, v.ID+":end", v.ID)
		}
		if v.Tier < TierMicroGrid || v.Tier > TierTaskForce {
			f.add("visitor %q has no tier (want micro-grid, grid, master-grid or task-force)", v.ID)
		}
		if badPoint(v.Start) || v.End != nil && badPoint(*v.End) {
			f.add("visitor %q: start or end is not [longitude, latitude] in degrees", v.ID)
		}
		if slices.Contains(v.Scope, "") {
			f.add("visitor %q has an empty area code in the scope", v.ID)
		}
		if slices.Contains(v.Skills, "") {
			f.add("visitor %q has an empty skill", v.ID)
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

// validateTeams wants the members of a team to be among the visitors: a name that
// is misspelt would put everybody else before the own team unseen.
func (p *Problem) validateTeams(f *findings, known map[string]string) {
	for i := range p.Residents {
		for _, v := range p.Residents[i].Team {
			if known[v] != "visitor" {
				f.add("resident %q: there is no visitor %q, who is in the team", p.Residents[i].ID, v)
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
	type table struct {
		block, mode string
		from        Date
	}
	seen := make(map[table]bool, len(p.Matrices))
	for i := range p.Matrices {
		m := &p.Matrices[i]
		name := fmt.Sprintf("matrix of block %q", m.Block)
		if m.Mode != "" {
			name += fmt.Sprintf(", mode %q", m.Mode)
		}
		if m.Block == "" {
			f.add("matrix number %d has no block", i+1)
		}
		if m.From != nil {
			name += fmt.Sprintf(", from %s", *m.From)
		}
		if m.From != nil && m.To != nil && *m.To < *m.From {
			f.add("%s: ends on %s, before it begins", name, *m.To)
		}
		key := table{m.Block, modeOf(m.Mode), m.from()}
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
			f.add("%s: %s for %s", name, english.Count(len(m.Seconds), "row", "rows"), english.Count(len(m.Locations), "location", "locations"))
			continue
		}
		for j, row := range m.Seconds {
			if len(row) != len(m.Locations) {
				f.add("%s: row %d has %s for %s", name, j+1, english.Count(len(row), "entry", "entries"), english.Count(len(m.Locations), "location", "locations"))
				continue
			}
			if row[j] != 0 {
				f.add("%s: from %q to itself takes %s, not 0", name, m.Locations[j], english.Count(row[j], "second", "seconds"))
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
