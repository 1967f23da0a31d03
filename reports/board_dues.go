package reports

import (
	"sanse/planner"
)

// account takes the resident's windows from planner.Windows: those of the plan
// with the visits made and planned, and those that closed before it with the
// visits made. What lies before the first visit known is not judged, nor is a
// window that began before the board does.
func (r *boardResident) account(p *planner.Problem, res *planner.Resident, from planner.Date) error {
	rules, err := planner.RulesFor(p, res)
	if err != nil {
		return err
	}
	binding := false
	for i := range rules {
		binding = binding || !rules[i].Pause
	}
	if !binding {
		return nil
	}
	before := r.visits[:r.before(p.Start)]
	r.owed = len(before) == 0
	for _, w := range planner.Windows(rules, r.visits, res.Absent, p.Start, p.End()) {
		if w.State == planner.WindowOwed {
			r.owed = true
			continue
		}
		if w.Need > 0 && w.Last <= p.End() {
			r.dues = append(r.dues, due{w.First, w.Last, w.Need})
		}
	}
	if len(before) > 0 {
		for _, w := range planner.Windows(rules, before, res.Absent, from, p.Start-1) {
			if rules[w.Rule].EveryDays > 0 && w.First <= before[0] {
				continue // when the visit before the first one known was made, nobody knows
			}
			if w.State != planner.WindowOwed && w.Need > 0 && !w.Cut && w.First >= from && w.Last < p.Start {
				r.dues = append(r.dues, due{w.First, w.Last, w.Need})
			}
		}
	}
	r.dues = mergeDues(r.dues)
	return nil
}

// before returns the number of visits before a day.
func (r *boardResident) before(d planner.Date) int {
	n := 0
	for n < len(r.visits) && r.visits[n] < d {
		n++
	}
	return n
}

// OwedAtStart is the number of residents owed a visit when the plan begins.
func (b *Board) OwedAtStart() int {
	n := 0
	for i := range b.residents {
		if b.residents[i].owed {
			n++
		}
	}
	return n
}

// OwedClearedOn returns the day on which the last of what is owed is made good,
// as done or planned; false if somebody owed has no visit, or nobody is owed.
func (b *Board) OwedClearedOn() (planner.Date, bool) {
	var last planner.Date
	found := false
	for i := range b.residents {
		r := &b.residents[i]
		if !r.owed {
			continue
		}
		n := r.before(b.start)
		if n == len(r.visits) || r.visits[n] > b.end {
			return 0, false
		}
		last, found = max(last, r.visits[n]), true
	}
	return last, found
}
