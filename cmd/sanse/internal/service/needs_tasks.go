package service

import (
	"reflect"
	"slices"
	"strings"

	"sanse/data"
	"sanse/planner"
)

// needTask begins the id of a task that follows from a need; the need's id ends it.
const needTask = "need-"

// usualMinutes is how long a service at home takes where its need does not say.
func usualMinutes(service string) int {
	switch service {
	case "cleaning":
		return 90
	case "bathing":
		return 60
	case "meals":
		return 30
	default:
		return 45
	}
}

// tasks are the tasks that must change for the planner to plan what needs are
// matched to once the rows hold: those of needs matched to a provider whose workers
// are planned here. A need that is a task already, of the same resident and
// service, has no second one. A task begins on the day after its match, so nobody
// owes what nobody knew of; one whose need is no more matched ends, and stays for
// what was done of it.
func (l *ledger) tasks(rows []data.NeedMatch) []data.Task {
	next := make(map[string]*data.NeedMatch, len(rows))
	for i := range rows {
		next[rows[i].Need] = &rows[i]
	}
	stored := make(map[string]*data.Task)
	given := make(map[[2]string]bool) // resident and service
	for i := range l.snap.Tasks {
		t := &l.snap.Tasks[i]
		if strings.HasPrefix(t.ID, needTask) && !slices.ContainsFunc(t.Rules, func(r planner.Policy) bool { return r.From == nil }) {
			stored[t.ID] = t
			continue
		}
		if t.Kind == "service" && t.Resident != "" {
			given[[2]string{t.Resident, t.What}] = true
			for _, s := range t.Needs.Skills {
				given[[2]string{t.Resident, s}] = true
			}
		}
	}
	var out []data.Task
	wanted := make(map[string]bool)
	for i := range l.needs {
		n := &l.needs[i]
		m := l.holds(n)
		if row := next[n.ID]; row != nil {
			m = row
		}
		if m == nil || m.Provider == "" || given[[2]string{n.Resident, n.Service}] {
			continue
		}
		p := &l.providers[l.provider[m.Provider]]
		if len(p.Workers) == 0 {
			continue // it plans its own
		}
		from := l.day + 1
		was := stored[needTask+n.ID]
		if was != nil && !ended(was, l.day) {
			from = begun(was)
		}
		t := data.Task{
			ID: needTask + n.ID, Kind: "service", What: n.Service, Resident: n.Resident, Minutes: n.Minutes, Rules: within(n.Rules, from, n.To),
			Needs: planner.Needs{Hours: n.Hours, Skills: []string{n.Service}, Prefer: slices.Clone(p.Workers)},
		}
		if t.Minutes == 0 {
			t.Minutes = usualMinutes(n.Service)
		}
		if len(t.Rules) == 0 {
			continue // it is over before it begins
		}
		wanted[t.ID] = true
		if was == nil || !reflect.DeepEqual(*was, t) {
			out = append(out, t)
		}
	}
	for id, t := range stored {
		if !wanted[id] && !ended(t, l.day) {
			out = append(out, end(*t, l.day))
		}
	}
	slices.SortFunc(out, func(a, b data.Task) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// within are rules that hold from a day to another, nil for good; those that hold
// at no time then are left out.
func within(rules []planner.Policy, from planner.Date, to *planner.Date) []planner.Policy {
	var out []planner.Policy
	for _, r := range rules {
		if first := from; r.From == nil || *r.From < first {
			r.From = &first
		}
		if to != nil && (r.To == nil || *to < *r.To) {
			last := *to
			r.To = &last
		}
		if r.To == nil || *r.From <= *r.To {
			out = append(out, r)
		}
	}
	return out
}

// begun is the first day of a task.
func begun(t *data.Task) planner.Date {
	first := *t.Rules[0].From
	for _, r := range t.Rules {
		first = min(first, *r.From)
	}
	return first
}

// ended tells whether a task asks for nothing after a day.
func ended(t *data.Task, day planner.Date) bool {
	for _, r := range t.Rules {
		if (r.To == nil || *r.To > day) && !slices.ContainsFunc(t.Absent, func(a planner.DateRange) bool {
			return a.From <= *r.From && r.To != nil && *r.To <= a.To
		}) {
			return false
		}
	}
	return true
}

// end is a task that asks for nothing after a day. One that was still to begin
// keeps its first day, on which it cannot be done.
func end(t data.Task, day planner.Date) data.Task {
	if rules := within(t.Rules, begun(&t), &day); len(rules) > 0 {
		t.Rules = rules
		return t
	}
	first := begun(&t)
	t.Rules = slices.Clone(t.Rules[:1])
	t.Rules[0].From, t.Rules[0].To = &first, &first
	t.Absent = []planner.DateRange{{From: first, To: first}}
	return t
}
