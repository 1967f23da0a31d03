package service

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/form"
	"sanse/planner/indicators"
	"sanse/reports"
	visitledger "sanse/reports/ledger"
)

// WorkQuery says of what a work report is wanted.
type WorkQuery struct {
	Area  string // code; empty: the district
	Month bool   // of a month, else of a week
	On    planner.Date
}

// WorkReport writes the report of the week or month that holds a day (0: today), from the
// records of an area, for who answers for it.
func (s *Service) WorkReport(ctx context.Context, district string, q WorkQuery) (reports.Work, error) {
	return s.work(ctx, district, q, CapNumbers)
}

func (s *Service) work(ctx context.Context, district string, q WorkQuery, need Capability) (reports.Work, error) {
	v, a, err := s.viewArea(ctx, district, q.Area)
	if err != nil {
		return reports.Work{}, err
	}
	if err := mustMay(ctx, need, a.Code); err != nil {
		return reports.Work{}, err
	}
	d := v.snap.District
	day := cmp.Or(q.On, v.today)
	w := reports.Work{
		About:  reports.About{District: d.Code, Name: a.Name, MadeUp: d.MadeUp, Note: d.Note, Attribution: d.Attribution, Today: v.today, Made: made(s.now(), d.TimeZone)},
		Labels: Labels(), Month: q.Month, Today: v.today, First: day.WeekStart(), Last: day.WeekStart() + 6,
	}
	if q.Month {
		w.First, w.Last = day.MonthStart(), day.NextMonth()-1
	}
	if w.First > v.today {
		return w, invalid("on: that week or month has not begun")
	}
	for _, up := range v.path(a) {
		if up.Code != a.Code {
			w.Path = append(w.Path, up.Name)
		}
	}
	in, err := s.ledgerInput(ctx, v, a.Code, w.First, w.Last, &w.Records) // what is to come is open
	if err != nil {
		return w, err
	}
	in.By, in.Areas = visitledger.Whole, []string{a.Code}
	accounts, err := visitledger.Make(ctx, in)
	if err != nil {
		return w, err
	}
	w.Account = accounts[0].Row
	for g := range w.Account.Grades {
		w.Grades = append(w.Grades, g)
	}
	reports.SortGrades(w.Grades)
	done, err := s.store.WorkDone(ctx, d.Code, a.Code, w.First, min(w.Last, v.today), d.TimeZone, s.now())
	if err != nil {
		return w, err
	}
	forms, err := s.store.Forms(ctx, d.Code)
	if err != nil {
		return w, err
	}
	w.Seen = done.Seen
	w.NotSeen, w.Found = inWords(done.NotSeen, notSeenWords(forms)), inWords(done.Answers, badWords(forms))
	w.Ladders = reports.WorkLadders{Stepped: done.Stepped, Covered: done.Covered, Lapsed: done.Lapsed, Closed: done.Reasoned}
	w.Cases = reports.WorkCases{
		Kinds: inWords(done.Opened, kindInWords), InTime: done.InTime, Late: done.Late, Minutes: done.Minutes, Closed: done.Closed, Open: done.Open, OverOpen: done.OverOpen,
	}
	for _, c := range done.Changes {
		w.Changes = append(w.Changes, reports.WorkChange{Was: c.More, Grade: c.Code, N: c.N})
	}
	w.Rating, w.Rated = indicators.Tally{Part: done.Ratings, Of: done.Rated}.Value(indicators.Satisfaction), done.Rated
	return w, nil
}

// inWords puts what was counted by code into words, and what has the same words
// together, most first; what has none is left out.
func inWords(list []data.WorkCount, words func(c data.WorkCount) (reports.Label, bool)) []reports.WorkCount {
	var out []reports.WorkCount
	for _, c := range list {
		label, ok := words(c)
		if !ok {
			continue
		}
		i := slices.IndexFunc(out, func(x reports.WorkCount) bool { return x.Label == label })
		if i < 0 {
			i, out = len(out), append(out, reports.WorkCount{Label: label})
		}
		out[i].N += c.N
	}
	slices.SortStableFunc(out, func(a, b reports.WorkCount) int { return cmp.Compare(b.N, a.N) })
	return out
}

func kindInWords(c data.WorkCount) (reports.Label, bool) {
	k, ok := caseKind(c.Code)
	if !ok {
		return reports.Label{Chinese: c.Code, English: c.Code}, true
	}
	return reports.Label{Chinese: k.ZH, English: k.EN}, true
}

// notSeenWords finds why nobody was seen in the forms there are.
func notSeenWords(forms []form.Form) func(data.WorkCount) (reports.Label, bool) {
	return func(c data.WorkCount) (reports.Label, bool) {
		for _, f := range append(slices.Clone(forms), *form.Reference()) {
			for _, r := range f.NotSeen {
				if r.Code == c.Code {
					return reports.Label{Chinese: r.ZH, English: r.EN}, true
				}
			}
		}
		return reports.Label{Chinese: c.Code, English: c.Code}, true
	}
}

// badWords finds the answers that somebody has to look into; false for all others.
func badWords(forms []form.Form) func(data.WorkCount) (reports.Label, bool) {
	return func(c data.WorkCount) (reports.Label, bool) {
		id, item, _ := strings.Cut(c.More, "/")
		f := form.ByID(forms, id)
		if f == nil {
			return reports.Label{}, false
		}
		for _, it := range f.Items {
			for _, a := range it.Answers {
				if it.ID == item && a.Code == c.Code && a.Bad {
					return reports.Label{Chinese: it.ZH + "：" + a.ZH, English: it.EN + ": " + a.EN}, true
				}
			}
		}
		return reports.Label{}, false
	}
}

// WorkPDF writes a work report as pages to print. ErrNoFont says that the machine has
// nothing to print with.
func (s *Service) WorkPDF(ctx context.Context, district string, q WorkQuery, english bool, w io.Writer) error {
	font, err := s.font()
	if err != nil {
		return err
	}
	in, err := s.work(ctx, district, q, CapExport)
	if err != nil {
		return err
	}
	return s.Leave(ctx, 0, w, func(w io.Writer, m reports.Marked) error {
		in.Marked = m
		return reports.WriteWorkPDF(w, in, font, english, s.now())
	})
}

// WorkWorkbook writes a work report as a workbook.
func (s *Service) WorkWorkbook(ctx context.Context, district string, q WorkQuery, w io.Writer) error {
	in, err := s.work(ctx, district, q, CapExport)
	if err != nil {
		return err
	}
	return s.Leave(ctx, 0, w, func(w io.Writer, m reports.Marked) error {
		in.Marked = m
		return reports.WriteWorkWorkbook(w, in)
	})
}
