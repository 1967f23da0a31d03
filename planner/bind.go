package planner

import (
	"cmp"
	"fmt"
	"slices"

	"sanse/planner/internal/english"
)

// Binding says what keeps a block from meeting every window.
type Binding struct {
	Block    string         `json:"block"`
	Lapses   int            `json:"lapses"`
	Owed     int            `json:"owed"`      // debts not caught up in time
	Reason   Reason         `json:"reason"`    // the most frequent
	ByReason map[Reason]int `json:"by_reason"` // entries under unplanned
	// CareMinutes are what the missing visits would take at the doors.
	CareMinutes int `json:"care_minutes"`
	// ShiftMinutes are all working minutes, over the horizon, of the visitors
	// whose scope holds a resident of the block, UsedMinutes those of them
	// that itineraries take, in whatever block.
	ShiftMinutes int `json:"shift_minutes"`
	UsedMinutes  int `json:"used_minutes"`
	// Proven tells that plan.Shortages prove that no plan of the block, or of
	// several that share visitors, is without lapses; else those that are left
	// may be the search's.
	Proven bool `json:"proven"`
	// ShortMinutes and MendMinutes are those of the largest proof of the block.
	ShortMinutes int    `json:"short_minutes,omitempty"`
	MendMinutes  int    `json:"mend_minutes,omitempty"`
	Detail       string `json:"detail"`
}

// Bind sums up which constraint binds in each block with something under
// plan.Unplanned, ordered by block.
func Bind(p *Problem, plan *Plan) []Binding {
	out := []Binding{}
	if len(plan.Unplanned) == 0 {
		return out
	}
	e, err := newExplainer(p, plan)
	if err != nil {
		return out
	}
	rows := map[string]*Binding{}
	for i := range plan.Unplanned {
		u := &plan.Unplanned[i]
		n, ok := e.byID[jobID(u.Resident, u.Task)]
		if !ok {
			continue
		}
		j := &e.jobs[n]
		b := rows[j.block]
		if b == nil {
			b = &Binding{Block: j.block, ByReason: map[Reason]int{}}
			rows[j.block] = b
		}
		if u.Owed {
			b.Owed++
		} else {
			b.Lapses++
		}
		b.ByReason[u.Reason]++
		b.CareMinutes += j.minutes * j.needs.people()
	}
	for i := range plan.Shortages {
		s := &plan.Shortages[i]
		if b := rows[s.Block]; b != nil && s.Short > b.ShortMinutes {
			b.Proven, b.ShortMinutes, b.MendMinutes = true, s.Short, s.MendMinutes
		}
		if s.Block != "" {
			continue
		}
		for _, n := range s.Needs { // of several blocks
			if k, ok := e.byID[jobID(n.Resident, n.Task)]; ok {
				if b := rows[e.jobs[k].block]; b != nil {
					b.Proven = true
				}
			}
		}
	}
	used := map[int]int{}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		if v, ok := e.visitor[it.Visitor]; ok && len(it.Stops) > 0 {
			used[v] += int(it.Stops[len(it.Stops)-1].Leave-it.Depart) + (it.ReturnSeconds+59)/60
		}
	}
	who := map[string]map[int]bool{}
	for i := range e.jobs {
		j := &e.jobs[i]
		if rows[j.block] == nil {
			continue
		}
		if who[j.block] == nil {
			who[j.block] = map[int]bool{}
		}
		for _, v := range e.inScope(j) {
			who[j.block][v] = true
		}
	}
	work := map[int]int{}
	for code, b := range rows {
		for v := range who[code] {
			if _, ok := work[v]; !ok {
				for d := range p.Days {
					work[v] += workMinutes(&p.Visitors[v], p.Start+Date(d))
				}
			}
			b.ShiftMinutes += work[v]
			b.UsedMinutes += used[v]
		}
		for _, r := range Reasons() {
			if b.ByReason[r] > b.ByReason[b.Reason] {
				b.Reason = r
			}
		}
		b.Detail = fmt.Sprintf("%s, mostly: %s (%s); %s in scope with %s of shifts, %d of them used; the missing visits take %s at the doors",
			b.undone(), b.Reason.text(), b.Reason, english.Count(len(who[code]), "visitor", "visitors"),
			english.Count(b.ShiftMinutes, "minute", "minutes"), b.UsedMinutes, english.Count(b.CareMinutes, "minute", "minutes"))
		switch {
		case b.Proven && b.ShortMinutes > 0:
			b.Detail += fmt.Sprintf("; no plan is without lapses: %s short", english.Count(b.ShortMinutes, "minute", "minutes"))
		case b.Proven:
			b.Detail += "; no plan of it and of those that share its visitors is without lapses"
		default:
			b.Detail += "; no proof that every plan has lapses"
		}
		out = append(out, *b)
	}
	slices.SortFunc(out, func(a, b Binding) int { return cmp.Compare(a.Block, b.Block) })
	return out
}

// undone says in English how much is left out.
func (b *Binding) undone() string {
	lapses, debts := english.Count(b.Lapses, "lapse", "lapses"), english.Count(b.Owed, "debt", "debts")
	switch {
	case b.Owed == 0:
		return lapses
	case b.Lapses == 0:
		return debts
	}
	return lapses + " and " + debts
}
