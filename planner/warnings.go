package planner

import (
	"fmt"
	"time"
)

// Warnings returns what is odd in a valid problem, a sentence each: a policy
// that matches nobody, a visitor who can visit nobody, a mode of travel without times, a resident or task
// without travel times, a skill or kind that nobody has, a preferred visitor who
// does not exist, a lock that cannot be kept and binds nobody.
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
	out = append(out, p.warnModes()...)
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
	out = append(out, p.warnTasks(in)...)
	out = append(out, p.warnNeeds()...)
	out = append(out, p.warnLocks()...)
	if _, err := time.LoadLocation(p.TimeZone); err != nil {
		out = append(out, fmt.Sprintf("time_zone %q is not known here", p.TimeZone))
	}
	return out
}

// warnModes names the modes of travel that no matrix has times for, each once:
// who goes so can go nowhere. Where there are no matrices at all, every
// resident is named already.
func (p *Problem) warnModes() []string {
	if len(p.Matrices) == 0 {
		return nil
	}
	known := map[string]bool{}
	for i := range p.Matrices {
		known[modeOf(p.Matrices[i].Mode)] = true
	}
	var out []string
	for i := range p.Visitors {
		if v := &p.Visitors[i]; !known[modeOf(v.Mode)] {
			known[modeOf(v.Mode)] = true
			out = append(out, fmt.Sprintf("visitor %q goes by %q, for which no matrix has times", v.ID, v.Mode))
		}
	}
	return out
}

// warnTasks names the tasks that no matrix of their block holds.
func (p *Problem) warnTasks(in map[[2]string]bool) []string {
	var out []string
	for i := range p.Tasks {
		if t := &p.Tasks[i]; t.Resident == "" && !in[[2]string{t.Block, t.ID}] {
			out = append(out, fmt.Sprintf("task %q is in no matrix of block %q", t.ID, t.Block))
		}
	}
	return out
}

// warnNeeds names what residents and tasks ask for and no visitor is or has,
// each once.
func (p *Problem) warnNeeds() []string {
	has := map[[2]string]bool{}
	for i := range p.Visitors {
		v := &p.Visitors[i]
		has[[2]string{"visitor", v.ID}], has[[2]string{"kind", v.Kind}] = true, true
		for _, s := range v.Skills {
			has[[2]string{"skill", s}] = true
		}
	}
	var out []string
	look := func(what, id string, n *Needs) {
		for _, ask := range [...]struct {
			list      []string
			key, text string
		}{
			{n.Skills, "skill", "%s %q needs the skill %q, which no visitor has"},
			{n.VisitorKinds, "kind", "%s %q asks for visitors of kind %q, of which there are none"},
			{n.Prefer, "visitor", "%s %q prefers visitor %q, who does not exist"},
		} {
			for _, name := range ask.list {
				if key := [2]string{ask.key, name}; !has[key] {
					has[key] = true
					out = append(out, fmt.Sprintf(ask.text, what, id, name))
				}
			}
		}
	}
	for i := range p.Residents {
		look("resident", p.Residents[i].ID, &p.Residents[i].Needs)
	}
	for i := range p.Tasks {
		look("task", p.Tasks[i].ID, &p.Tasks[i].Needs)
	}
	return out
}

// warnLocks names the locks that cannot be kept.
func (p *Problem) warnLocks() []string {
	if len(p.Locks) == 0 {
		return nil
	}
	jobs, err := p.jobs()
	if err != nil {
		return nil // Validate says so
	}
	byID := make(map[string]*job, len(jobs))
	for i := range jobs {
		byID[jobs[i].id] = &jobs[i]
	}
	var out []string
	for i := range p.Locks {
		l := &p.Locks[i]
		j := byID[jobID(l.Resident, l.Task)]
		if j == nil {
			continue
		}
		switch _, binds, why := p.lockAs(l, j); {
		case !binds:
			out = append(out, fmt.Sprintf("%s on %s binds nobody: %s", l.label(), l.Date, why))
		case why != "":
			out = append(out, fmt.Sprintf("%s on %s binds without its hour: %s", l.label(), l.Date, why))
		}
	}
	return out
}
