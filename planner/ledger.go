package planner

import (
	"cmp"
	"slices"
)

// Tally is a row of the ledger: what the rules ask of some residents, and
// what the plan makes of it.
type Tally struct {
	// Residents with a rule.
	Residents int `json:"residents"`
	// Required is the fewest visits of the horizon that would keep every rule
	// of the residents, given the visits made before.
	Required int `json:"required"`
	// Planned visits of the horizon.
	Planned int `json:"planned"`
	// Due is the number of visits that the windows closing in the horizon
	// need, Met those of them that were made before it or are planned, Done
	// those made before it. Windows of one resident that close on one day are
	// counted once, with the largest need. Due = Met + Lapses.
	Due  int `json:"due"`
	Met  int `json:"met"`
	Done int `json:"done"`
	// Lapses is Due less Met.
	Lapses int `json:"lapses"`
	// Owed is the number of residents in debt when the horizon begins,
	// OwedCleared of those whom the plan visits, OwedLate of those not
	// visited by the end of the days to catch up.
	Owed        int `json:"owed"`
	OwedCleared int `json:"owed_cleared"`
	OwedLate    int `json:"owed_late"`
	// OwedClearedOn is the day on which the last debt is cleared; nil if some
	// never is, or if there is none.
	OwedClearedOn *Date `json:"owed_cleared_on"`
	CareMinutes   int   `json:"care_minutes"` // planned, at the doors
}

// PeriodTally is a row by calendar week or month: windows by the day on
// which they close, planned visits by their own day.
type PeriodTally struct {
	First   Date `json:"first"` // of the period, cut to the horizon
	Last    Date `json:"last"`
	Planned int  `json:"planned"`
	Due     int  `json:"due"`
	Met     int  `json:"met"`
	Done    int  `json:"done"`
	Lapses  int  `json:"lapses"`
}

// NamedTally is a row by grade or area.
type NamedTally struct {
	Name string `json:"name"`
	Tally
}

// Ledger is the account of a plan.
type Ledger struct {
	Total  Tally         `json:"total"`
	Grades []NamedTally  `json:"grades"` // by grade, in order of name
	Areas  []NamedTally  `json:"areas"`  // by code: every area of the problem that a resident lives in, else the blocks
	Weeks  []PeriodTally `json:"weeks"`  // calendar weeks, ascending
	Months []PeriodTally `json:"months"` // calendar months, ascending
	// VisitorDays is the number of pairs of visitor and day with an
	// itinerary, WalkSeconds all travel, the ways back included.
	VisitorDays int `json:"visitor_days"`
	WalkSeconds int `json:"walk_seconds"`
}

func (a *Tally) add(b Tally) {
	a.Residents += b.Residents
	a.Required += b.Required
	a.Planned += b.Planned
	a.Due += b.Due
	a.Met += b.Met
	a.Done += b.Done
	a.Lapses += b.Lapses
	a.Owed += b.Owed
	a.OwedCleared += b.OwedCleared
	a.OwedLate += b.OwedLate
	a.CareMinutes += b.CareMinutes
	if b.OwedClearedOn != nil && (a.OwedClearedOn == nil || *b.OwedClearedOn > *a.OwedClearedOn) {
		a.OwedClearedOn = b.OwedClearedOn
	}
}

func (a *Tally) close() {
	if a.OwedCleared < a.Owed {
		a.OwedClearedOn = nil
	}
}

// visitDays returns the days of each resident's visits, ascending, a day once.
func (plan *Plan) visitDays() map[string][]Date {
	out := map[string][]Date{}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		for k := range it.Stops {
			id := it.Stops[k].Resident
			out[id] = append(out[id], it.Date)
		}
	}
	for id, d := range out {
		slices.Sort(d)
		out[id] = slices.Compact(d)
	}
	return out
}

type period struct {
	key  func(Date) Date
	next func(Date) Date
	rows map[Date]*PeriodTally
}

func (q *period) row(d Date, p *Problem) *PeriodTally {
	k := q.key(d)
	r := q.rows[k]
	if r == nil {
		r = &PeriodTally{First: max(k, p.Start), Last: min(q.next(k)-1, p.End())}
		q.rows[k] = r
	}
	return r
}

func (q *period) sorted() []PeriodTally {
	out := make([]PeriodTally, 0, len(q.rows))
	for _, r := range q.rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b PeriodTally) int { return int(a.First - b.First) })
	return out
}

// Account counts what the rules require of a plan and what it does. The
// plan should have passed Check.
func Account(p *Problem, plan *Plan) Ledger {
	l := Ledger{}
	weeks := period{Date.WeekStart, func(d Date) Date { return d + 7 }, map[Date]*PeriodTally{}}
	months := period{Date.MonthStart, Date.NextMonth, map[Date]*PeriodTally{}}
	for d := p.Start; d <= p.End(); d++ {
		weeks.row(d, p)
		months.row(d, p)
	}
	visits := plan.visitDays()
	grades, areas := map[string]*Tally{}, map[string]*Tally{}
	to := func(m map[string]*Tally, name string, a Tally) {
		if m[name] == nil {
			m[name] = &Tally{}
		}
		m[name].add(a)
	}
	codes := make(map[string]bool, len(p.Areas))
	for i := range p.Areas {
		codes[p.Areas[i].Code] = true
	}
	for i := range p.Residents {
		r := &p.Residents[i]
		rules, err := RulesFor(p, r)
		if err != nil {
			continue
		}
		days := visits[r.ID]
		a := residentAccount(p, r, rules, days, []*period{&weeks, &months})
		l.Total.add(a)
		to(grades, r.Grade, a)
		if len(codes) == 0 {
			to(areas, r.Block, a)
		}
		for n := 1; n <= len(r.Grid); n++ {
			if codes[r.Grid[:n]] {
				to(areas, r.Grid[:n], a)
			}
		}
		for n := len(r.Grid) + 1; n <= len(r.MicroGrid); n++ {
			if codes[r.MicroGrid[:n]] {
				to(areas, r.MicroGrid[:n], a)
			}
		}
	}
	l.Total.close()
	l.Grades, l.Areas = namedAccounts(grades), namedAccounts(areas)
	l.Weeks, l.Months = weeks.sorted(), months.sorted()
	seen := map[visitorDay]bool{}
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		seen[visitorDay{it.Visitor, it.Date}] = true
		l.WalkSeconds += it.ReturnSeconds
		for k := range it.Stops {
			l.WalkSeconds += it.Stops[k].WalkSeconds
		}
	}
	l.VisitorDays = len(seen)
	return l
}

func namedAccounts(m map[string]*Tally) []NamedTally {
	out := make([]NamedTally, 0, len(m))
	for name, a := range m {
		a.close()
		out = append(out, NamedTally{name, *a})
	}
	slices.SortFunc(out, func(a, b NamedTally) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func residentAccount(p *Problem, r *Resident, rules []Policy, days []Date, periods []*period) Tally {
	h := r.History()
	a := Tally{Residents: 1, Required: len(idealDays(p, r, rules)), Planned: len(days), CareMinutes: len(days) * r.Minutes}
	if Owed(rules, h, r.Absent, p.Start) {
		a.Owed = 1
		if len(days) > 0 {
			d := days[0]
			a.OwedCleared, a.OwedClearedOn = 1, &d
		}
		if len(days) == 0 || days[0] > p.CatchUpBy() {
			a.OwedLate = 1
		}
	}
	for _, d := range days {
		for _, q := range periods {
			q.row(d, p).Planned++
		}
	}
	ws := Windows(rules, append(slices.Clone(h), days...), r.Absent, p.Start, p.End())
	for i := 0; i < len(ws); {
		last := ws[i].Last
		need, short, done := 0, 0, 0
		for ; i < len(ws) && ws[i].Last == last; i++ {
			w := &ws[i]
			if w.State == WindowOwed || w.State == WindowOpen || last > p.End() {
				continue
			}
			need, short = max(need, w.Need), max(short, w.Short())
			done = max(done, min(w.Need, visitsIn(h, w.First, p.Start-1)))
		}
		if need == 0 {
			continue
		}
		met := need - short
		done = min(done, met)
		a.Due, a.Met, a.Done, a.Lapses = a.Due+need, a.Met+met, a.Done+done, a.Lapses+short
		for _, q := range periods {
			row := q.row(last, p)
			row.Due, row.Met, row.Done, row.Lapses = row.Due+need, row.Met+met, row.Done+done, row.Lapses+short
		}
	}
	return a
}
