package planner

import (
	"cmp"
	"slices"
)

// Tally is a row of the ledger: what the rules ask of some residents, or of
// some tasks, and what the plan makes of it.
type Tally struct {
	// Residents with a rule; in the rows of tasks the number of tasks.
	Residents int `json:"residents"`
	// Required is the fewest visits of the horizon that would keep every rule,
	// given the visits made before.
	Required int `json:"required"`
	// Planned visits of the horizon, Made those of them that were made before
	// now. Where two come together it is one visit.
	Planned int `json:"planned"`
	Made    int `json:"made,omitempty"`
	// Due is the number of visits that the windows closing in the horizon
	// need, Met those of them that were made before it or are planned, Done
	// those made before it or before now. Windows of one resident that close on
	// one day are counted once, with the largest need. Due = Met + Lapses.
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
	// CareMinutes planned at the doors, of each visitor who comes.
	CareMinutes int `json:"care_minutes"`
}

// PeriodTally is a row by calendar week or month: windows by the day on
// which they close, planned visits by their own day.
type PeriodTally struct {
	First   Date `json:"first"` // of the period, cut to the horizon
	Last    Date `json:"last"`
	Planned int  `json:"planned"`
	Made    int  `json:"made,omitempty"`
	Due     int  `json:"due"`
	Met     int  `json:"met"`
	Done    int  `json:"done"`
	Lapses  int  `json:"lapses"`
}

// NamedTally is a row by grade, area or kind of task.
type NamedTally struct {
	Name string `json:"name"`
	Tally
}

// Load is what a plan asks of one visitor in one calendar week.
type Load struct {
	Visitor string `json:"visitor"`
	First   Date   `json:"first"` // of the week, cut to the horizon
	Days    int    `json:"days"`  // with an itinerary
	Stops   int    `json:"stops"`
	// CareMinutes are those at doors and places, of tasks too; WalkSeconds all
	// travel, the ways back included.
	CareMinutes int `json:"care_minutes"`
	WalkSeconds int `json:"walk_seconds"`
}

// Ledger is the account of a plan. Total, Grades, Areas, Weeks and Months are
// about the care visits of residents; tasks stand beside them.
type Ledger struct {
	Total  Tally         `json:"total"`
	Grades []NamedTally  `json:"grades"` // by grade, in order of name
	Areas  []NamedTally  `json:"areas"`  // by code: every area of the problem that a resident lives in, else the blocks
	Weeks  []PeriodTally `json:"weeks"`  // calendar weeks, ascending
	Months []PeriodTally `json:"months"` // calendar months, ascending
	Tasks  []NamedTally  `json:"tasks"`  // by kind, in order of name
	// Loads are by visitor, then week, without the weeks in which a visitor
	// does nothing.
	Loads []Load `json:"loads"`
	// VisitorDays is the number of pairs of visitor and day with an
	// itinerary, CareMinutes all minutes at doors and places, tasks among them,
	// WalkSeconds all travel, the ways back included.
	VisitorDays int `json:"visitor_days"`
	CareMinutes int `json:"care_minutes"`
	WalkSeconds int `json:"walk_seconds"`
}

func (a *Tally) add(b Tally) {
	a.Residents += b.Residents
	a.Required += b.Required
	a.Planned += b.Planned
	a.Made += b.Made
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

// visitDays returns the days of each job's visits, ascending, a day once, by
// the id of the resident or task.
func (p *Plan) visitDays() map[string][]Date {
	out := map[string][]Date{}
	for i := range p.Itineraries {
		it := &p.Itineraries[i]
		for k := range it.Stops {
			id := jobID(it.Stops[k].Resident, it.Stops[k].Task)
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
// problem should be valid and the plan have passed Check; residents without
// rules are left out.
func Account(p *Problem, plan *Plan) Ledger {
	l := Ledger{Loads: weekLoads(p, plan)}
	weeks := period{Date.WeekStart, func(d Date) Date { return d + 7 }, map[Date]*PeriodTally{}}
	months := period{Date.MonthStart, Date.NextMonth, map[Date]*PeriodTally{}}
	for d := p.Start; d <= p.End(); d++ {
		weeks.row(d, p)
		months.row(d, p)
	}
	visits := plan.visitDays()
	grades, areas, kinds := map[string]*Tally{}, map[string]*Tally{}, map[string]*Tally{}
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
	jobs, _ := p.jobs() // what the error is about is left out
	for i := range jobs {
		j := &jobs[i]
		if !j.care() {
			to(kinds, p.Tasks[j.task].Kind, j.account(p, visits[j.id], nil))
			continue
		}
		a := j.account(p, visits[j.id], []*period{&weeks, &months})
		l.Total.add(a)
		to(grades, p.Residents[j.resident].Grade, a)
		if len(codes) == 0 {
			to(areas, j.block, a)
		}
		for n := 1; n <= len(j.grid); n++ {
			if codes[j.grid[:n]] {
				to(areas, j.grid[:n], a)
			}
		}
		for n := len(j.grid) + 1; n <= len(j.microGrid); n++ {
			if codes[j.microGrid[:n]] {
				to(areas, j.microGrid[:n], a)
			}
		}
	}
	l.Total.close()
	l.Grades, l.Areas, l.Tasks = namedAccounts(grades), namedAccounts(areas), namedAccounts(kinds)
	l.Weeks, l.Months = weeks.sorted(), months.sorted()
	for i := range l.Loads {
		l.VisitorDays += l.Loads[i].Days
		l.CareMinutes += l.Loads[i].CareMinutes
		l.WalkSeconds += l.Loads[i].WalkSeconds
	}
	return l
}

// weekLoads adds up the itineraries by visitor and week.
func weekLoads(p *Problem, plan *Plan) []Load {
	type week struct {
		visitor string
		monday  Date
	}
	rows := map[week]*Load{}
	days := make(map[visitorDay]bool, len(plan.Itineraries))
	for i := range plan.Itineraries {
		it := &plan.Itineraries[i]
		k := week{it.Visitor, it.Date.WeekStart()}
		l := rows[k]
		if l == nil {
			l = &Load{Visitor: it.Visitor, First: max(k.monday, p.Start)}
			rows[k] = l
		}
		if on := (visitorDay{it.Visitor, it.Date}); !days[on] {
			days[on] = true
			l.Days++
		}
		l.Stops += len(it.Stops)
		l.WalkSeconds += it.ReturnSeconds
		for q := range it.Stops {
			l.WalkSeconds += it.Stops[q].WalkSeconds
			l.CareMinutes += int(it.Stops[q].Leave - it.Stops[q].Arrive)
		}
	}
	out := make([]Load, 0, len(rows))
	for _, l := range rows {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b Load) int {
		return cmp.Or(cmp.Compare(a.Visitor, b.Visitor), cmp.Compare(a.First, b.First))
	})
	return out
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

// account counts one job with its visits of the horizon, ascending, and adds
// it to the rows of the periods.
func (j *job) account(p *Problem, days []Date, periods []*period) Tally {
	a := Tally{
		Residents: 1, Required: len(j.idealDays(p)), Planned: len(days), Made: len(j.made),
		CareMinutes: len(days) * j.minutes * j.needs.people(),
	}
	if j.owed {
		a.Owed = 1
		if len(days) > 0 {
			d := days[0]
			a.OwedCleared, a.OwedClearedOn = 1, &d
		}
		if len(days) == 0 || days[0] > p.CatchUpBy() {
			a.OwedLate = 1
		}
	}
	for _, q := range periods {
		for _, d := range days {
			q.row(d, p).Planned++
		}
		for _, d := range j.made {
			q.row(d, p).Made++
		}
	}
	past := slices.Concat(j.history, j.made)
	ws := Windows(j.rules, slices.Concat(j.history, days), j.absent, p.Start, p.End())
	for i := 0; i < len(ws); {
		last := ws[i].Last
		need, short, done := 0, 0, 0
		for ; i < len(ws) && ws[i].Last == last; i++ {
			w := &ws[i]
			if w.State == WindowOwed || w.State == WindowOpen || last > p.End() {
				continue
			}
			need, short = max(need, w.Need), max(short, w.Short())
			done = max(done, min(w.Need, visitsIn(past, w.First, w.Last)))
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
