package api

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/reports"
)

func (s *Server) registerWork(api huma.API) {
	get(api, "work-report", "/v1/work-report", "The work report of an area for a week or a month, in plain sentences: it writes itself from the records", s.getWork)
	get(api, "work-report-page", "/v1/work-report.pdf", "The same to print", s.getWorkPage, http.StatusForbidden, http.StatusServiceUnavailable)
	get(api, "work-report-workbook", "/v1/work-report.xlsx", "The same as a workbook", s.getWorkWorkbook, http.StatusForbidden, http.StatusServiceUnavailable)
}

// WorkReport is the work report of an area.
type WorkReport struct {
	Area     string        `json:"area"`
	First    string        `json:"first" format:"date"`
	Last     string        `json:"last" format:"date"`
	Today    string        `json:"today" format:"date" doc:"what is after it is not in the report yet"`
	Title    Words         `json:"title"`
	Under    Words         `json:"under" doc:"where and when"`
	Sections []WorkSection `json:"sections"`
	Visits   LedgerRow     `json:"visits"`
}

// Words is a sentence in both languages.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

func wordsIn(l reports.Label) Words { return Words{l.Chinese, l.English} }

// WorkSection is a part of a work report.
type WorkSection struct {
	Title Words   `json:"title"`
	Lines []Words `json:"lines"`
}

type workInput struct {
	Area string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	By   string `query:"by" enum:"week,month" default:"month"`
	On   string `query:"on" doc:"a day of the week or month; empty: today"`
}

type workPageInput struct {
	Area     string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	By       string `query:"by" enum:"week,month" default:"month"`
	On       string `query:"on" doc:"a day of the week or month; empty: today"`
	Language string `query:"lang" enum:"zh,en" default:"zh"`
}

func workQuery(area, by, on string) (service.WorkQuery, error) {
	day, err := dayNamed("on", on)
	return service.WorkQuery{Area: area, Month: by == "month", On: day}, err
}

func (s *Server) getWork(ctx context.Context, in *workInput) (*answer[WorkReport], error) {
	q, err := workQuery(in.Area, in.By, in.On)
	if err != nil {
		return nil, err
	}
	w, err := s.service.WorkReport(ctx, s.district, q)
	if err != nil {
		return nil, s.problem(err)
	}
	out := WorkReport{Area: in.Area, First: w.First.String(), Last: w.Last.String(), Today: w.Today.String(), Title: wordsIn(w.Title()), Under: wordsIn(w.Under()), Visits: ledgerRow(&w.Account)}
	if out.Area == "" {
		out.Area = s.district
	}
	for _, part := range w.Sections() {
		section := WorkSection{Title: wordsIn(part.Title), Lines: []Words{}}
		for _, line := range part.Lines {
			section.Lines = append(section.Lines, wordsIn(line))
		}
		out.Sections = append(out.Sections, section)
	}
	return answerOf(out), nil
}

func (s *Server) getWorkPage(ctx context.Context, in *workPageInput) (*attached, error) {
	q, err := workQuery(in.Area, in.By, in.On)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = s.service.WorkPDF(ctx, s.district, q, in.Language == "en", &b)
	if errors.Is(err, service.ErrNoFont) {
		return nil, huma.NewError(http.StatusServiceUnavailable, service.MessageOf(err))
	}
	if err != nil {
		return nil, s.problem(err)
	}
	return s.reckoned("work-report", in.Area, "inline", "pdf", "application/pdf", b.Bytes()), nil
}

func (s *Server) getWorkWorkbook(ctx context.Context, in *workInput) (*attached, error) {
	q, err := workQuery(in.Area, in.By, in.On)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.service.WorkWorkbook(ctx, s.district, q, &b); err != nil {
		return nil, s.problem(err)
	}
	return s.reckoned("work-report", in.Area, "attachment", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes()), nil
}
