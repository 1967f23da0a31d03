package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/reports/ledger"
)

func (s *Server) registerLedger(api huma.API) {
	get(api, "ledger", "/v1/ledger", "What was required, done and owed in an area, by period and grade, and in those right below it", s.getLedger)
	get(api, "ledger-workbook", "/v1/ledger.xlsx", "The same as a workbook", s.getLedgerWorkbook, http.StatusForbidden)
	get(api, "ledger-table", "/v1/ledger.csv", "The same as CSV: a row for each area, period and grade", s.getLedgerTable, http.StatusForbidden)
}

// LedgerTally is a row of the ledger.
type LedgerTally struct {
	Residents int      `json:"residents" doc:"at the end of the period"`
	Required  int      `json:"required" doc:"visits whose last day lies in the period: in_time + missed + open"`
	InTime    int      `json:"in_time" doc:"of these, made within their window"`
	Missed    int      `json:"missed" doc:"of these, not made, and the window is over"`
	Open      int      `json:"open" doc:"of these, not made yet, and the window is not over"`
	Done      int      `json:"done" doc:"visits in which somebody was seen, a day once, asked for or not"`
	Owed      int      `json:"owed" doc:"residents with a window that closed without a visit and nobody there since, or never seen"`
	OnTime    *float64 `json:"on_time" doc:"in_time / (in_time + missed); null: no window is over"`
}

func ledgerTally(t *ledger.Tally) LedgerTally {
	return LedgerTally{t.Residents, t.Required, t.InTime, t.Missed, t.Open, t.Done, t.Owed, t.Share()}
}

// LedgerRow is a row with one for each grade.
type LedgerRow struct {
	LedgerTally
	Grades map[string]LedgerTally `json:"grades"`
}

func ledgerRow(r *ledger.Row) LedgerRow {
	out := LedgerRow{LedgerTally: ledgerTally(&r.Tally), Grades: make(map[string]LedgerTally, len(r.Grades))}
	for g, t := range r.Grades {
		out.Grades[g] = ledgerTally(&t)
	}
	return out
}

// LedgerPeriod is the row of a period.
type LedgerPeriod struct {
	First string `json:"first" format:"date" doc:"cut to the days that were asked for"`
	Last  string `json:"last" format:"date"`
	LedgerRow
}

// LedgerArea is the account of an area: all days, and period by period.
type LedgerArea struct {
	Area
	LedgerRow
	Periods []LedgerPeriod `json:"periods"`
}

// Ledger is the account of an area and of those right below it.
type Ledger struct {
	From    string       `json:"from" format:"date"`
	To      string       `json:"to" format:"date"`
	By      string       `json:"by" enum:"week,month,whole"`
	Today   string       `json:"today" format:"date" doc:"windows that end before it are over"`
	Records *string      `json:"records" format:"date" doc:"since when visits are known: nothing before is judged; null: none is"`
	Path    []Area       `json:"path" doc:"from the district down to the area"`
	Grades  []string     `json:"grades"`
	Area    LedgerArea   `json:"area"`
	Areas   []LedgerArea `json:"areas" doc:"those right below it, by code"`
}

type ledgerInput struct {
	Area string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	From string `query:"from" doc:"a day; empty: the first of the month before that of to"`
	To   string `query:"to" doc:"a day; empty: today. 400 days at most, 31 ahead at most"`
	By   string `query:"by" enum:"week,month,whole" default:"month"`
}

func (in *ledgerInput) query() (q service.LedgerQuery, err error) {
	q = service.LedgerQuery{Area: in.Area, By: ledger.Span(in.By)}
	if q.From, err = dayNamed("from", in.From); err != nil {
		return q, err
	}
	q.To, err = dayNamed("to", in.To)
	return q, err
}

func (s *Server) getLedger(ctx context.Context, in *ledgerInput) (*answer[Ledger], error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	l, err := s.service.Ledger(ctx, s.district, q)
	if err != nil {
		return nil, s.problem(err)
	}
	out := Ledger{From: l.From.String(), To: l.To.String(), By: string(l.By), Today: l.Today.String(), Path: []Area{}, Grades: append([]string{}, l.Grades...), Areas: []LedgerArea{}}
	if l.Records != 0 {
		day := l.Records.String()
		out.Records = &day
	}
	for _, a := range l.Path {
		out.Path = append(out.Path, areaOf(a))
	}
	for i := range l.Accounts {
		a := &l.Accounts[i]
		row := LedgerArea{Area: areaOf(l.Areas[i]), LedgerRow: ledgerRow(&a.Row), Periods: []LedgerPeriod{}}
		for k := range a.Periods {
			p := &a.Periods[k]
			row.Periods = append(row.Periods, LedgerPeriod{p.First.String(), p.Last.String(), ledgerRow(&p.Row)})
		}
		if i == 0 {
			out.Area = row
		} else {
			out.Areas = append(out.Areas, row)
		}
	}
	return answerOf(out), nil
}

func (s *Server) getLedgerWorkbook(ctx context.Context, in *ledgerInput) (*attached, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.service.LedgerWorkbook(ctx, s.district, q, &b); err != nil {
		return nil, s.problem(err)
	}
	return s.reckoned("ledger", in.Area, "attachment", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes()), nil
}

func (s *Server) getLedgerTable(ctx context.Context, in *ledgerInput) (*attached, error) {
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.service.LedgerTable(ctx, s.district, q, &b); err != nil {
		return nil, s.problem(err)
	}
	return s.reckoned("ledger", in.Area, "attachment", "csv", "text/csv; charset=utf-8", b.Bytes()), nil
}

// reckoned names a file by the code of its area, which the service has found by now.
func (s *Server) reckoned(what, area, how, ending, contentType string, b []byte) *attached {
	if area == "" {
		area = s.district
	}
	return &attached{
		ContentType: contentType, CacheControl: fresh, Body: b,
		Disposition: fmt.Sprintf(`%s; filename="sanse-%s-%s.%s"`, how, what, area, ending),
		Policy:      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
	}
}
