package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

func (s *Server) registerExports(api huma.API) {
	get(api, "export-terms", "/v1/exports/terms", "What whoever asks may take out of the house today, and how long it is good", s.getExportTerms)
	get(api, "exports", "/v1/audit/exports", "Files that left the house, the last first: whose each is, what for, until when", s.getExports)
	huma.Register(api, huma.Operation{
		OperationID: "put-review-number", Method: http.MethodPut, Path: "/v1/district/review-number", Summary: "The number under which the district's maps were reviewed (审图号)",
		Errors: []int{http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.putReviewNumber)
	get(api, "export-caps", "/v1/exports/caps", "How much each role takes out of the house", s.getExportCaps)
	for _, op := range []huma.Operation{
		{OperationID: "put-export-cap", Method: http.MethodPut, Summary: "A role takes so much from now on: no more than the program allows"},
		{OperationID: "drop-export-cap", Method: http.MethodDelete, Summary: "A role takes what the program allows again"},
	} {
		op.Path, op.Errors = "/v1/exports/caps/{role}", []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError}
		if op.Method == http.MethodPut {
			huma.Register(api, op, s.putExportCap)
		} else {
			huma.Register(api, op, s.dropExportCap)
		}
	}
}

// ExportCaps are how much each role takes.
type ExportCaps struct {
	Items []ExportCap `json:"items"`
}

// ExportCap is how much a role takes, and the most that the program allows it.
type ExportCap struct {
	Role        string `json:"role"`
	Files       int    `json:"files" doc:"a day"`
	Records     int    `json:"records" doc:"single records a file"`
	Day         int    `json:"records_a_day"`
	MostFiles   int    `json:"most_files"`
	MostRecords int    `json:"most_records"`
	MostDay     int    `json:"most_records_a_day"`
	Set         bool   `json:"set" doc:"the district has decided; otherwise it is what the program allows"`
	Basis       string `json:"basis"`
}

// ExportCapBody is how much a role is to take.
type ExportCapBody struct {
	Files   int    `json:"files" minimum:"0" doc:"a day; 0: those that everybody gets alone"`
	Records int    `json:"records" minimum:"0" doc:"single records a file"`
	Day     int    `json:"records_a_day" minimum:"0"`
	Basis   string `json:"basis" minLength:"1" maxLength:"2000" doc:"why; at most 500 characters"`
}

// RolePath names a role.
type RolePath struct {
	Role string `path:"role" maxLength:"40"`
}

func (s *Server) getExportCaps(ctx context.Context, _ *struct{}) (*answer[ExportCaps], error) {
	list, err := s.service.ExportCaps(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := ExportCaps{Items: make([]ExportCap, len(list))}
	for i, c := range list {
		out.Items[i] = ExportCap{string(c.Role), c.Files, c.Records, c.Day, c.Most.Files, c.Most.Records, c.Most.Day, c.Set, c.Basis}
	}
	return answerOf(out), nil
}

func (s *Server) putExportCap(ctx context.Context, in *struct {
	RolePath
	Body ExportCapBody
},
) (*answer[ExportCaps], error) {
	c := service.Cap{Files: in.Body.Files, Records: in.Body.Records, Day: in.Body.Day}
	if err := s.service.SetExportCap(ctx, s.district, data.Role(in.Role), c, in.Body.Basis); err != nil {
		return nil, s.problem(err)
	}
	return s.getExportCaps(ctx, nil)
}

func (s *Server) dropExportCap(ctx context.Context, in *RolePath) (*answer[ExportCaps], error) {
	if err := s.service.DropExportCap(ctx, s.district, data.Role(in.Role)); err != nil {
		return nil, s.problem(err)
	}
	return s.getExportCaps(ctx, nil)
}

// ExportTerms says what somebody may take.
type ExportTerms struct {
	Bounded     bool            `json:"bounded" doc:"false: there are no bounds, which is so for the operator alone"`
	Files       int             `json:"files" doc:"a day; 0: files that everybody gets alone"`
	FilesUsed   int             `json:"files_used"`
	Records     int             `json:"records" doc:"single records that a file may tell of"`
	Day         int             `json:"records_a_day"`
	RecordsUsed int             `json:"records_used"`
	Purposes    []ExportPurpose `json:"purposes"`
}

// ExportPurpose is what a file may be for.
type ExportPurpose struct {
	Code  string `json:"code"`
	Days  int    `json:"days" doc:"that a file is good after the day on which it is taken"`
	Until string `json:"until" format:"date" doc:"the last day of one that is taken today"`
}

func (s *Server) getExportTerms(ctx context.Context, _ *struct{}) (*answer[ExportTerms], error) {
	t, err := s.service.ExportTerms(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := ExportTerms{
		Bounded: t.Bounded, Files: t.Files, FilesUsed: t.Used.Files, Records: t.Records, Day: t.Day, RecordsUsed: t.Used.Records, Purposes: []ExportPurpose{},
	}
	for _, p := range t.Purposes {
		out.Purposes = append(out.Purposes, ExportPurpose{p.Code, p.Days, p.Last})
	}
	return answerOf(out), nil
}

// ExportList is files that left the house, the last first.
type ExportList struct {
	Items []ExportRow `json:"items"`
	Next  *string     `json:"next" doc:"what to name as before for the next ones; null: there are no more"`
}

// ExportRow is a file that left the house.
type ExportRow struct {
	Number  string `json:"number" doc:"stands on every page of the file"`
	At      string `json:"at" format:"date-time"`
	Account string `json:"account"`
	Login   string `json:"login"`
	Kind    string `json:"kind" doc:"the operation that made it, or the verb and the file"`
	Area    string `json:"area"`
	Purpose string `json:"purpose"`
	Records int    `json:"records" doc:"single records that it tells of"`
	Until   string `json:"valid_until" format:"date" doc:"the last day on which it is good"`
	Over    bool   `json:"over" doc:"it is not good any more"`
	Digest  string `json:"digest" doc:"SHA-256 of the file without its mark, in hexadecimal"`
}

type exportsInput struct {
	Number  string `query:"number" maxLength:"40" doc:"of a copy that was found"`
	Account string `query:"account" maxLength:"100"`
	Before  string `query:"before" doc:"a date or a time"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

func (s *Server) getExports(ctx context.Context, in *exportsInput) (*answer[ExportList], error) {
	before, err := s.instant(ctx, "before", in.Before, 0)
	if err != nil {
		return nil, err
	}
	rows, err := s.service.Exports(ctx, s.district, data.ExportFilter{ID: in.Number, Account: in.Account, Before: before, Limit: in.Limit})
	if err != nil {
		return nil, s.problem(err)
	}
	out := ExportList{Items: make([]ExportRow, len(rows))}
	for i, e := range rows {
		out.Items[i] = ExportRow{
			Number: e.ID, At: e.At.Format(time.RFC3339Nano), Account: e.Account, Login: e.Login, Kind: e.Kind, Area: e.Area, Purpose: e.Purpose,
			Records: e.Records, Until: e.Last, Over: e.Over, Digest: hex.EncodeToString(e.Digest),
		}
	}
	if len(rows) == in.Limit {
		next := rows[len(rows)-1].At.Format(time.RFC3339Nano)
		out.Next = &next
	}
	return answerOf(out), nil
}

// ReviewNumber is the number under which maps were reviewed.
type ReviewNumber struct {
	Number string `json:"review_number" maxLength:"60" doc:"such as GS(2026)1234号; empty takes it away"`
}

func (s *Server) putReviewNumber(ctx context.Context, in *struct{ Body ReviewNumber }) (*answer[ReviewNumber], error) {
	number, err := s.service.SetReviewNumber(ctx, s.district, in.Body.Number)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(ReviewNumber{number}), nil
}
