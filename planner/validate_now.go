package planner

import (
	"cmp"
	"fmt"
	"slices"

	"sanse/planner/internal/english"
)

func (p *Problem) validateSlow(f *findings) {
	for i := range p.Slow {
		s := &p.Slow[i]
		if s.To < s.From {
			f.add("slow number %d ends on %s, before it begins on %s", i+1, s.To, s.From)
		}
		if s.Percent < 100 || s.Percent > 1000 {
			f.add("slow number %d: percent is %d, want 100 to 1000", i+1, s.Percent)
		}
	}
}

func (p *Problem) validateNow(f *findings) {
	if p.Now == nil {
		return
	}
	if p.Now.Date < p.Start || p.Now.Date > p.End() {
		f.add("now is on %s, outside the horizon from %s to %s", p.Now.Date, p.Start, p.End())
	}
	if p.Now.Clock < 0 || p.Now.Clock > 1440 {
		f.add("now is at %s, which is no time of a day", p.Now.Clock)
	}
}

// validateJob checks that an entry names one resident or task there is.
func validateJob(f *findings, known map[string]string, label, resident, task string) {
	switch {
	case (resident == "") == (task == ""):
		f.add("%s must name a resident or a task, one of them", label)
	case resident != "" && known[resident] != "resident":
		f.add("%s: there is no such resident", label)
	case task != "" && known[task] != "task":
		f.add("%s: there is no such task", label)
	}
}

func entryLabel(what, resident, task string) string {
	if task != "" {
		return fmt.Sprintf("%s of task %q", what, task)
	}
	return fmt.Sprintf("%s of resident %q", what, resident)
}

func (m *Made) label() string { return entryLabel("made visit", m.Resident, m.Task) }

func (l *Lock) label() string { return entryLabel("lock", l.Resident, l.Task) }

func (p *Problem) validateMade(f *findings, known map[string]string) {
	if len(p.Made) > 0 && p.Now == nil {
		f.add("made has %s, but there is no now", english.Count(len(p.Made), "visit", "visits"))
		return
	}
	last := map[visitorDay]*Made{}
	for i := range p.Made {
		m := &p.Made[i]
		validateJob(f, known, m.label(), m.Resident, m.Task)
		if known[m.Visitor] != "visitor" {
			f.add("%s: there is no visitor %q", m.label(), m.Visitor)
		}
		switch {
		case m.Arrive < 0 || m.Leave > 1440 || m.Leave < m.Arrive:
			f.add("%s: runs from %s to %s", m.label(), m.Arrive, m.Leave)
		case m.Date < p.Start || m.Date > p.Now.Date || m.Date == p.Now.Date && m.Leave > p.Now.Clock:
			f.add("%s: %s, %s is not between start %s and now (%s, %s)", m.label(), m.Date, m.Leave, p.Start, p.Now.Date, p.Now.Clock)
		}
		key := visitorDay{m.Visitor, m.Date}
		if b := last[key]; b != nil && m.Arrive < b.Leave {
			f.add("%s: visitor %q arrives on %s at %s, before leaving the visit before at %s (write them in order of time)", m.label(), m.Visitor, m.Date, m.Arrive, b.Leave)
		}
		last[key] = m
	}
}

func (p *Problem) validateLocks(f *findings, known map[string]string) {
	for i := range p.Locks {
		l := &p.Locks[i]
		validateJob(f, known, l.label(), l.Resident, l.Task)
		if l.Visitor != "" && known[l.Visitor] != "visitor" {
			f.add("%s: there is no visitor %q", l.label(), l.Visitor)
		}
		if l.Date < p.Start || l.Date > p.End() {
			f.add("%s: %s is outside the horizon from %s to %s", l.label(), l.Date, p.Start, p.End())
		}
		if l.By < 0 || l.By > 1440 {
			f.add("%s: by %s, which is no time of a day", l.label(), l.By)
		}
	}
	// Sorted so that the locks of one visit stand beside each other.
	locks := slices.Clone(p.Locks)
	slices.SortStableFunc(locks, func(a, b Lock) int {
		return cmp.Or(cmp.Compare(jobID(a.Resident, a.Task), jobID(b.Resident, b.Task)), cmp.Compare(a.Date, b.Date))
	})
	people := map[string]int{}
	for i := range p.Residents {
		people[p.Residents[i].ID] = p.Residents[i].people()
	}
	for i := range p.Tasks {
		people[p.Tasks[i].ID] = p.Tasks[i].people()
	}
	for i := 0; i < len(locks); {
		l := &locks[i]
		id := jobID(l.Resident, l.Task)
		var who []string
		for ; i < len(locks) && jobID(locks[i].Resident, locks[i].Task) == id && locks[i].Date == l.Date; i++ {
			if v := locks[i].Visitor; v != "" && !slices.Contains(who, v) {
				who = append(who, v)
			}
		}
		if n := people[id]; n > 0 && len(who) > n {
			f.add("%s: on %s %d visitors are named (%q), but %d can come", l.label(), l.Date, len(who), who, n)
		}
	}
}
