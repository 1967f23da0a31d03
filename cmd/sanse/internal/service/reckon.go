package service

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strconv"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
	visitledger "sanse/reports/ledger"
)

// LedgerQuery says of what an account is wanted.
type LedgerQuery struct {
	Area     string           // code; empty: the district
	From, To planner.Date     // 0: the month before this one, and today
	By       visitledger.Span // empty: months
}

// LedgerView is the account of what was required, done and owed in an area and in those
// right below it.
type LedgerView struct {
	Area     planner.Area
	Path     []planner.Area
	Today    planner.Date
	From, To planner.Date
	By       visitledger.Span
	// Records is the first day of which a visit is known: before it nothing is judged. 0:
	// none is.
	Records planner.Date
	Grades  []string
	// Areas and Accounts go together: first the area itself, then those in it, by code.
	Areas    []planner.Area
	Accounts []visitledger.Account
	district data.District
}

// ledgerAhead is how many days ahead an account may reach.
const ledgerAhead = 31

// Ledger makes the account of an area for who answers for it: all others are told what
// has been released (docs/small-numbers.md), which has no number of visits.
func (s *Service) Ledger(ctx context.Context, district string, q LedgerQuery) (LedgerView, error) {
	v, a, err := s.viewArea(ctx, district, q.Area)
	if err != nil {
		return LedgerView{}, err
	}
	if err := mustMay(ctx, CapNumbers, a.Code); err != nil {
		return LedgerView{}, err
	}
	return s.visitLedger(ctx, v, a, q)
}

func (s *Service) visitLedger(ctx context.Context, v *view, a planner.Area, q LedgerQuery) (LedgerView, error) {
	out := LedgerView{Area: a, Path: v.path(a), Today: v.today, From: q.From, To: q.To, By: q.By, district: v.snap.District}
	if out.To == 0 {
		out.To = max(v.today, out.From)
	}
	if out.From == 0 {
		out.From = (out.To.MonthStart() - 1).MonthStart()
	}
	if out.By == "" {
		out.By = visitledger.Months
	}
	switch {
	case out.To < out.From:
		return out, invalid("to: %s is before %s, the first day", out.To, out.From)
	case int(out.To-out.From) >= visitledger.MaxDays:
		return out, invalid("from: an account holds %d days at most", visitledger.MaxDays)
	case out.To > v.today+ledgerAhead:
		return out, invalid("to: an account reaches to %s at most", v.today+ledgerAhead)
	case !slices.Contains([]visitledger.Span{visitledger.Weeks, visitledger.Months, visitledger.Whole}, out.By):
		return out, invalid("by: want week, month or whole")
	}
	in, err := s.ledgerInput(ctx, v, a.Code, out.From, out.To, &out.Records)
	if err != nil {
		return out, err
	}
	in.By = out.By
	out.Areas = []planner.Area{a}
	for _, b := range v.problem.Areas {
		if b.Parent == a.Code {
			out.Areas = append(out.Areas, b)
		}
	}
	for _, b := range out.Areas {
		in.Areas = append(in.Areas, b.Code)
	}
	if out.Accounts, err = visitledger.Make(ctx, in); err != nil {
		return out, err
	}
	for g := range out.Accounts[0].Grades {
		out.Grades = append(out.Grades, g)
	}
	reports.SortGrades(out.Grades)
	return out, nil
}

// ledgerInput reads what an account of some days is made from: those who are enrolled
// now and live in an area, with all that is known of their visits.
func (s *Service) ledgerInput(ctx context.Context, v *view, area string, from, to planner.Date, records *planner.Date) (visitledger.Input, error) {
	d := v.snap.District.Code
	since := min(from.WeekStart(), from.MonthStart())
	var visits []data.Visit
	var last map[string]planner.Date
	var changes map[string][]data.GradeChange
	err := s.store.View(ctx, func(r *data.Reads) (err error) {
		if *records, err = r.FirstVisit(ctx, d); err != nil {
			return err
		}
		if visits, err = r.Visits(ctx, d, since, v.today); err != nil {
			return err
		}
		if last, err = r.LastVisits(ctx, d, since); err != nil {
			return err
		}
		list, err := r.GradeChanges(ctx, d, data.GradeFilter{})
		changes = byResident(list)
		return err
	})
	if err != nil {
		return visitledger.Input{}, err
	}
	done := make(map[string][]planner.Date)
	for id, day := range last {
		done[id] = []planner.Date{day}
	}
	for i := range visits {
		if x := &visits[i]; x.Done {
			done[x.Resident] = append(done[x.Resident], x.Date)
		}
	}
	in := visitledger.Input{Policies: v.snap.Policies, From: from, To: to, Today: v.today}
	for i := range v.snap.Residents {
		r := &v.snap.Residents[i]
		p := planner.Resident{ID: r.ID, Grade: r.Grade, Kinds: r.Kinds, Grid: r.Grid, MicroGrid: r.MicroGrid, Absent: r.Absent}
		if !p.In(area) {
			continue
		}
		begun := *records
		if begun == 0 {
			begun = v.today
		}
		p.Before = allGradesBefore(changes[r.ID], r.Grade, since)
		in.Residents = append(in.Residents, visitledger.Resident{Resident: p, Since: max(r.Enrolled, begun), Unknown: r.Enrolled < begun, Done: slices.Compact(done[r.ID])})
	}
	return in, nil
}

// LedgerWorkbook writes an account as a workbook.
func (s *Service) LedgerWorkbook(ctx context.Context, district string, q LedgerQuery, w io.Writer) error {
	l, err := s.ledgerFile(ctx, district, q)
	if err != nil {
		return err
	}
	return s.Leave(ctx, 0, w, func(w io.Writer, m reports.Marked) error {
		return reports.WriteLedgerWorkbook(w, reports.LedgerBook{
			About: reports.About{
				District: l.district.Code, Name: l.Area.Name, MadeUp: l.district.MadeUp, Note: l.district.Note, Attribution: l.district.Attribution,
				Today: l.Today, Made: made(s.now(), l.district.TimeZone),
			},
			Labels: Labels(), From: l.From, To: l.To, Records: l.Records, Grades: l.Grades, Areas: l.Areas, Accounts: l.Accounts, Marked: m,
		})
	})
}

// LedgerTable writes an account as CSV: a row for each area, period and grade, and one
// for all grades together, which has an empty grade.
func (s *Service) LedgerTable(ctx context.Context, district string, q LedgerQuery, w io.Writer) error {
	l, err := s.ledgerFile(ctx, district, q)
	if err != nil {
		return err
	}
	return s.leaveBare(ctx, w, func(w io.Writer) (int, error) { return 0, l.writeTable(w) })
}

// ledgerFile is an account for who may take it out of the house.
func (s *Service) ledgerFile(ctx context.Context, district string, q LedgerQuery) (LedgerView, error) {
	v, a, err := s.viewArea(ctx, district, q.Area)
	if err != nil {
		return LedgerView{}, err
	}
	if err := mustMay(ctx, CapExport, a.Code); err != nil {
		return LedgerView{}, err
	}
	return s.visitLedger(ctx, v, a, q)
}

func (l *LedgerView) writeTable(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"area", "level", "first", "last", "grade", "residents", "required", "in_time", "missed", "open", "done", "owed"}}
	add := func(a *planner.Area, p *visitledger.Period, grade string, t visitledger.Tally) {
		row := []string{a.Code, a.Level, p.First.String(), p.Last.String(), reports.SpreadsheetText(grade)}
		for _, n := range []int{t.Residents, t.Required, t.InTime, t.Missed, t.Open, t.Done, t.Owed} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	for i := range l.Accounts {
		for k := range l.Accounts[i].Periods {
			p := &l.Accounts[i].Periods[k]
			add(&l.Areas[i], p, "", p.Tally)
			for _, g := range l.Grades {
				if t, ok := p.Grades[g]; ok {
					add(&l.Areas[i], p, g, t)
				}
			}
		}
	}
	return out.WriteAll(rows)
}
