package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sanse/planner"
)

// Resident is somebody whom rules ask visits for.
type Resident struct {
	planner.Resident // its grades, kinds, days away and areas; its visits are not looked at
	// Since is the first day that is judged: that of enrolment, or on which the records
	// begin. A week or a month that began before it asks for nothing.
	Since planner.Date
	// Unknown says that there may have been visits before Since of which nobody knows:
	// who was not seen since is owed a visit once a window has closed, not at once.
	Unknown bool
	// Done are the days of counted visits, ascending, a day once: all since the week
	// and the month of the first day of the account began, and the last one before.
	Done []planner.Date
}

// Span says how an account is cut into periods.
type Span string

// The spans: calendar weeks, calendar months, or all days as one.
const (
	Weeks  Span = "week"
	Months Span = "month"
	Whole  Span = "whole"
)

// Input is what an account is made from.
type Input struct {
	Policies  []planner.Policy
	Residents []Resident
	// Areas are those that get rows of their own, by code, the first the one that the
	// account is of; the codes of areas begin with those of the areas they lie in.
	Areas    []string
	From, To planner.Date // both included
	// Today is the first day that is not over: windows up to the day before it are.
	Today planner.Date
	By    Span // empty: Months
}

// Tally is a row of the account. Required = InTime + Missed + Open.
type Tally struct {
	Residents int `json:"residents"` // at the end of the period
	Required  int `json:"required"`  // visits whose last day lies in the period
	InTime    int `json:"in_time"`   // of these, made by then
	Missed    int `json:"missed"`    // of these, not made, and the day is over
	Open      int `json:"open"`      // of these, not made yet, and the day is not over
	Done      int `json:"done"`      // visits of the period, asked for or not; a day once
	Owed      int `json:"owed"`      // residents never seen, or with a window that closed without a visit and nobody there since, at the end of the period or now
}

// Share is the part of the visits whose day is over that were made in time; nil where
// none is.
func (t *Tally) Share() *float64 {
	over := t.InTime + t.Missed
	if over == 0 {
		return nil
	}
	share := float64(t.InTime) / float64(over)
	return &share
}

// Row is a tally with one for each grade.
type Row struct {
	Tally
	Grades map[string]Tally `json:"grades"`
}

// Period is a run of days with its row.
type Period struct {
	First planner.Date `json:"first"` // cut to the days of the account
	Last  planner.Date `json:"last"`
	Row
}

// Account is what becomes of one area.
type Account struct {
	Area string `json:"area"`
	Row         // all days
	// Periods are ascending, and there for every period of the account.
	Periods []Period `json:"periods"`
}

// MaxDays is how many days an account holds at most.
const MaxDays = 400

// Cut returns the periods of the days from one to another.
func Cut(from, to planner.Date, by Span) ([]Period, error) {
	var out []Period
	for d := from; d <= to; {
		var next planner.Date
		switch by {
		case Weeks:
			next = d.WeekStart() + 7
		case Months, "":
			next = d.NextMonth()
		case Whole:
			next = to + 1
		default:
			return nil, fmt.Errorf("an account is by week, month or whole, not by %q", string(by))
		}
		out = append(out, Period{First: d, Last: min(next-1, to)})
		d = next
	}
	return out, nil
}

// Make makes the account of each area. Residents without a rule are in Residents
// alone. An error names a resident that cannot be, or days that are too many.
func Make(ctx context.Context, in Input) ([]Account, error) {
	if in.To < in.From {
		return nil, fmt.Errorf("make ledger: it ends on %s, before it begins on %s", in.To, in.From)
	}
	if n := int(in.To-in.From) + 1; n > MaxDays {
		return nil, fmt.Errorf("make ledger: %d days are more than %d", n, MaxDays)
	}
	periods, err := Cut(in.From, in.To, in.By)
	if err != nil {
		return nil, fmt.Errorf("make ledger: %w", err)
	}
	at := make(map[string]int, len(in.Areas))
	lengths := map[int]bool{}
	out := make([]Account, len(in.Areas))
	for i, code := range in.Areas {
		if _, twice := at[code]; twice {
			return nil, fmt.Errorf("make ledger: area %s is asked for twice", code)
		}
		at[code], lengths[len(code)] = i, true
		out[i] = Account{Area: code, Row: newRow(), Periods: slices.Clone(periods)}
		for k := range periods {
			out[i].Periods[k].Row = newRow()
		}
	}
	problem := &planner.Problem{Policies: in.Policies}
	for i := range in.Residents {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("make ledger: %w", err)
			}
		}
		r := &in.Residents[i]
		var rows []*Account
		for n := range lengths {
			code := ""
			switch {
			case n <= len(r.Grid):
				code = r.Grid[:n]
			case n <= len(r.MicroGrid):
				code = r.MicroGrid[:n]
			default:
				continue
			}
			if k, ok := at[code]; ok {
				rows = append(rows, &out[k])
			}
		}
		if len(rows) == 0 {
			continue
		}
		one, err := reckon(problem, r, &in, periods)
		if err != nil {
			return nil, fmt.Errorf("make ledger: resident %s: %w", r.ID, err)
		}
		for _, a := range rows {
			a.add(&one)
		}
	}
	return out, nil
}

func newRow() Row { return Row{Grades: map[string]Tally{}} }

func (a *Account) add(b *Account) {
	a.Row.add(&b.Row)
	for k := range a.Periods {
		a.Periods[k].Row.add(&b.Periods[k].Row)
	}
}

func (r *Row) add(b *Row) {
	r.Tally.add(b.Tally)
	for g, t := range b.Grades {
		r.book(g, t)
	}
}

// book adds to the row of a grade alone.
func (r *Row) book(grade string, t Tally) {
	sum := r.Grades[grade]
	sum.add(t)
	r.Grades[grade] = sum
}

// both adds to the row and to that of a grade.
func (r *Row) both(grade string, t Tally) {
	r.Tally.add(t)
	r.book(grade, t)
}

func (t *Tally) add(b Tally) {
	t.Residents += b.Residents
	t.Required += b.Required
	t.InTime += b.InTime
	t.Missed += b.Missed
	t.Open += b.Open
	t.Done += b.Done
	t.Owed += b.Owed
}

// reckon makes the account of one resident.
func reckon(problem *planner.Problem, r *Resident, in *Input, periods []Period) (Account, error) {
	one := Account{Row: newRow(), Periods: slices.Clone(periods)}
	for k := range periods {
		one.Periods[k].Row = newRow()
	}
	// on adds to the period of a day and to all days.
	on := func(d planner.Date, grade string, t Tally) {
		k, ok := slices.BinarySearchFunc(periods, d, func(p Period, d planner.Date) int {
			switch {
			case p.Last < d:
				return -1
			case p.First > d:
				return 1
			}
			return 0
		})
		if ok {
			one.Periods[k].both(grade, t)
			one.both(grade, t)
		}
	}
	for _, d := range r.Done {
		on(d, gradeOn(&r.Resident, d), Tally{Done: 1})
	}
	rules, err := planner.RulesFor(problem, &r.Resident)
	if err != nil && !errors.Is(err, planner.ErrNoPolicy) {
		return one, err
	}
	for _, w := range windows(rules, r, in) {
		t := Tally{Required: w.Need, InTime: w.Need - w.Short()}
		if w.Last < in.Today {
			t.Missed = w.Short()
		} else {
			t.Open = w.Short()
		}
		on(w.Last, gradeOn(&r.Resident, w.Last), t)
	}
	// How things stand at the end of each period, and of all.
	for k := range periods {
		if t := stand(rules, r, periods[k].Last, in.Today); t.Residents > 0 {
			grade := gradeOn(&r.Resident, min(periods[k].Last, max(in.Today, r.Since)))
			one.Periods[k].both(grade, t)
			if k == len(periods)-1 {
				one.both(grade, t)
			}
		}
	}
	return one, nil
}

// windows are those that close on a day of the account, at most one for each last day:
// what several rules ask for by the same day is one visit, or as many as the largest
// asks for.
func windows(rules []planner.Policy, r *Resident, in *Input) []planner.Window {
	start := r.Since
	if n, _ := slices.BinarySearch(r.Done, in.From); n > 0 {
		start = max(start, min(r.Done[0]+1, in.From)) // an interval begins anew with each visit
	}
	// To the end of the week and of the month, so that no quota is cut.
	end := max(in.To.WeekStart()+6, in.To.NextMonth()-1)
	var out []planner.Window
	for _, w := range planner.Windows(rules, r.Done, r.Absent, start, end) {
		if w.Last < in.From || w.Last > in.To || w.Need == 0 || w.State == planner.WindowOwed || w.Cut || !r.judged(rules, &w) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Last == w.Last {
			last := &out[n-1]
			need, short := max(last.Need, w.Need), max(last.Short(), w.Short())
			last.Need, last.Met = need, need-short
			continue
		}
		out = append(out, w)
	}
	return out
}

// stand is how things stand with somebody when a day ends, or now if it has not.
func stand(rules []planner.Policy, r *Resident, day, today planner.Date) (t Tally) {
	if r.Since > day {
		return t
	}
	t.Residents = 1
	over := min(day, today-1)
	if len(rules) == 0 || over < r.Since {
		return t
	}
	n, seen := slices.BinarySearch(r.Done, min(day, today)) // who was seen today is not owed any more
	if seen {
		n++
	}
	if n == 0 {
		if planner.Owed(rules, nil, r.Absent, over+1) && (!r.Unknown || r.closed(rules, over)) {
			t.Owed = 1
		}
		return t
	}
	for _, w := range planner.Windows(rules, r.Done[:n], r.Absent, over+1, over+1) {
		if w.State == planner.WindowOwed && r.judged(rules, &w) && r.Done[n-1] <= w.Last {
			t.Owed = 1
			break
		}
	}
	return t
}

// closed tells whether a window of somebody never seen closed by a day.
func (r *Resident) closed(rules []planner.Policy, day planner.Date) bool {
	for _, w := range planner.Windows(rules, nil, r.Absent, r.Since, day) {
		if w.State == planner.WindowLapsed && !w.Cut && r.judged(rules, &w) {
			return true
		}
	}
	return false
}

// judged tells whether a window is one of those that count: a week or a month that
// began before the first day is none.
func (r *Resident) judged(rules []planner.Policy, w *planner.Window) bool {
	q := &rules[w.Rule]
	quota := q.PerWeek > 0 || q.PerMonth > 0
	return w.Last >= r.Since && (!quota || w.First >= r.Since)
}

// gradeOn is the grade of a resident on a day.
func gradeOn(r *planner.Resident, day planner.Date) string {
	for _, b := range r.Before {
		if day <= b.To {
			return b.Grade
		}
	}
	return r.Grade
}
