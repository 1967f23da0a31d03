package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// job is what residents and tasks have in common: something to be done at one
// place, again and again, on days that rules ask for. The care visits of a
// resident are one job, each task is one. Jobs are read-only; rules, team and
// the like may be shared among them.
type job struct {
	id       string // of the resident or the task; both come from one set of ids
	resident int    // index in Problem.Residents of whose home it is; -1: a place of its own
	task     int    // index in Problem.Tasks; -1: the care visits of the resident

	rules   []Policy
	history []Date      // done before Start, ascending, each day once
	made    []Date      // done since Start (Problem.Made), ascending, each day once
	absent  []DateRange // its own and the resident's
	owed    bool        // in debt when the horizon begins

	block, grid, microGrid string
	place                  string // name of its row in the matrices
	minutes                int
	weight                 int64 // what a lapse counts
	needs                  *Needs
	team                   []string // of the resident, best first; nil without one
}

// care tells whether the job is the care visits of a resident.
func (j *job) care() bool { return j.task < 0 }

// jobID returns the id of the job that a Stop, Unplanned, Made or Lock names.
func jobID(resident, task string) string {
	if task != "" {
		return task
	}
	return resident
}

// names returns what a Stop or Unplanned of the job says in resident and task.
func (p *Problem) names(j *job) (resident, task string) {
	if j.resident >= 0 {
		resident = p.Residents[j.resident].ID
	}
	if j.task >= 0 {
		task = j.id
	}
	return resident, task
}

// jobs returns the care visits of every resident, in order, then the tasks, in
// order. An error names the first resident whom no rule matches (it wraps
// ErrNoPolicy) or the first task at the home of somebody unknown; such are left
// out.
func (p *Problem) jobs() ([]job, error) {
	out := make([]job, 0, len(p.Residents)+len(p.Tasks))
	var first error
	made := p.madeDays()
	book := ruleBook{p: p, rules: map[string][]Policy{}}
	for i := range p.Residents {
		r := &p.Residents[i]
		rules, err := book.of(r)
		if err != nil {
			first = cmp.Or(first, err)
			continue
		}
		out = append(out, p.careJob(i, rules, made[r.ID]))
	}
	if len(p.Tasks) == 0 {
		return out, first
	}
	home := make(map[string]int, len(p.Residents))
	for i := range p.Residents {
		home[p.Residents[i].ID] = i
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		r := -1
		if t.Resident != "" {
			var ok bool
			if r, ok = home[t.Resident]; !ok {
				first = cmp.Or(first, fmt.Errorf("task %q: there is no resident %q", t.ID, t.Resident))
				continue
			}
		}
		out = append(out, p.taskJob(i, r, made[t.ID]))
	}
	return out, first
}

// careJob returns the care visits of resident i.
func (p *Problem) careJob(i int, rules []Policy, made []Date) job {
	r := &p.Residents[i]
	j := job{
		id: r.ID, resident: i, task: -1, rules: rules, history: r.History(), made: made, absent: r.Absent,
		block: r.Block, grid: r.Grid, microGrid: r.MicroGrid, place: r.ID, minutes: r.Minutes,
		weight: ruleWeight(rules, p.Start, p.End()), needs: &r.Needs, team: r.Team,
	}
	j.owed = Owed(rules, j.history, r.Absent, p.Start)
	return j
}

// taskJob returns task i, done at the home of a resident or, if that is -1, at
// a place of its own.
func (p *Problem) taskJob(i, resident int, made []Date) job {
	t := &p.Tasks[i]
	j := job{
		id: t.ID, resident: resident, task: i, rules: t.Rules, history: slices.Clone(t.Done), made: made, absent: t.Absent,
		block: t.Block, grid: t.Grid, microGrid: t.MicroGrid, place: t.ID, minutes: t.Minutes,
		weight: int64(t.Weight), needs: &t.Needs,
	}
	slices.Sort(j.history)
	j.history = slices.Compact(j.history)
	if resident >= 0 {
		r := &p.Residents[resident]
		j.block, j.grid, j.microGrid, j.place, j.team = r.Block, r.Grid, r.MicroGrid, r.ID, r.Team
		if len(r.Absent) > 0 {
			j.absent = slices.Concat(r.Absent, t.Absent)
		}
	}
	if j.weight == 0 {
		j.weight = ruleWeight(t.Rules, p.Start, p.End())
	}
	// What was never done is not owed, but for a door whose days are over.
	for _, w := range Windows(t.Rules, j.history, j.absent, p.Start, p.Start) {
		j.owed = j.owed || w.State == WindowOwed && (len(j.history) > 0 || t.Rules[w.Rule].Once)
	}
	return j
}

// madeDays returns the days of Problem.Made by job, ascending, each once.
func (p *Problem) madeDays() map[string][]Date {
	if len(p.Made) == 0 {
		return nil
	}
	out := make(map[string][]Date, len(p.Made))
	for i := range p.Made {
		m := &p.Made[i]
		id := jobID(m.Resident, m.Task)
		out[id] = append(out[id], m.Date)
	}
	for id, days := range out {
		slices.Sort(days)
		out[id] = slices.Compact(days)
	}
	return out
}

// ruleBook finds the rules of residents, once for all of one grade, with those before
// it, and kinds.
type ruleBook struct {
	p     *Problem
	rules map[string][]Policy
	key   []byte
}

func (b *ruleBook) of(r *Resident) ([]Policy, error) {
	k := append(b.key[:0], r.Grade...)
	for _, kind := range r.Kinds {
		k = append(append(k, 0), kind...)
	}
	for _, g := range r.Before {
		k = append(strconv.AppendInt(append(k, 0, 0), int64(g.To), 10), g.Grade...)
	}
	b.key = k
	if rules, ok := b.rules[string(k)]; ok {
		return rules, nil
	}
	rules, err := RulesFor(b.p, r)
	if err != nil {
		return nil, err
	}
	b.rules[string(k)] = rules
	return rules, nil
}

// in tells whether the place lies in the area of that code.
func (j *job) in(area string) bool {
	return strings.HasPrefix(j.grid, area) || j.microGrid != "" && strings.HasPrefix(j.microGrid, area)
}

// inScope tells whether the visitor's scope holds the place, and how long the
// narrowest code is that does.
func (j *job) inScope(v *Visitor) (length int, ok bool) {
	for _, a := range v.Scope {
		if j.in(a) {
			length, ok = max(length, len(a)), true
		}
	}
	return length, ok
}

// able tells whether the visitor is of a kind that may come and has all skills
// that are needed.
func (j *job) able(v *Visitor) bool { return j.needs.metBy(v) }

// metBy tells whether the visitor is of a kind that may come and has all
// skills that are needed.
func (n *Needs) metBy(v *Visitor) bool {
	if len(n.VisitorKinds) > 0 && !slices.Contains(n.VisitorKinds, v.Kind) {
		return false
	}
	for _, s := range n.Skills {
		if !slices.Contains(v.Skills, s) {
			return false
		}
	}
	return true
}

// people is the number of visitors who must be there together.
func (n *Needs) people() int { return max(1, n.People) }

// may tells whether the visitor may do the job at all, and the steps away from
// those who should: 0 for whom Needs.Prefer names, 0 for the resident's team (1
// where Prefer names somebody), else 2 for the same grid, 4 for the community, 6
// for wider scopes, 1 more for the last two tiers.
func (j *job) may(v *Visitor) (pref int32, ok bool) {
	length, ok := j.inScope(v)
	if !ok || !j.able(v) {
		return 0, false
	}
	switch {
	case slices.Contains(j.needs.Prefer, v.ID):
		return 0, true
	case slices.Contains(j.team, v.ID):
		return int32(min(1, len(j.needs.Prefer))), true
	}
	return scopePreference(length, v.Tier), true
}

func scopePreference(length int, tier Tier) int32 {
	pref := int32(6)
	switch {
	case length >= 15:
		pref = 2
	case length >= 12:
		pref = 4
	}
	if tier >= TierMasterGrid {
		pref++
	}
	return pref
}
