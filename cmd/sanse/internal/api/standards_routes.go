package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	ground "sanse/geo"
	"sanse/reports/shortfall"
)

func (s *Server) registerStandards(api huma.API) {
	get(api, "standards", "/v1/standards", "What a district is to have: its standards, with target, year and source", s.getStandards)
	edit(api, http.MethodPut, "put-standards", "/v1/standards", "The district's own standards in place of those before", s.putStandards)
	edit(api, http.MethodDelete, "reset-standards", "/v1/standards", "The reference set in place of the district's own", s.deleteStandards)
	get(api, "shortfall", "/v1/shortfall", "How an area stands against the standards", s.getShortfall)
	get(api, "shortfall-behind", "/v1/shortfall/behind", "The people, facilities or areas behind a figure", s.getShortfallBehind)
	get(api, "shortfall-map", "/v1/shortfall/map", "The areas of a level with how they stand against a standard (GeoJSON)", s.getShortfallMap)
	get(api, "reports", "/v1/reports", "Reports of the shortfall that were taken", s.getReports)
	huma.Register(api, huma.Operation{
		OperationID: "take-report", Method: http.MethodPost, Path: "/v1/reports", DefaultStatus: http.StatusCreated,
		Summary: "What all standards come to in all areas, kept for later reports to look back at",
		Errors:  []int{http.StatusNotFound, http.StatusInternalServerError},
	}, s.postReport)
}

// standardsProblem is problem, with the fields that a set is refused for.
func (s *Server) standardsProblem(err error) error {
	if service.CodeOf(err) == service.CodeChanged {
		return huma.NewError(http.StatusPreconditionFailed, service.MessageOf(err))
	}
	var wrong *shortfall.InvalidError
	if !errors.As(err, &wrong) {
		return s.problem(err)
	}
	details := make([]error, len(wrong.Faults))
	for i, f := range wrong.Faults {
		details[i] = &huma.ErrorDetail{Location: "body." + f.Where, Message: f.Reason, Value: f.Value}
	}
	return huma.NewError(http.StatusUnprocessableEntity, "the standards make no sense", details...)
}

func standardsOf(v service.StandardsView) *tagged[Standards] {
	return taggedOf(int64(v.Version), Standards{
		Items: orEmpty(v.Set.Standards), Rates: orEmpty(v.Set.Rates), Reference: v.Reference, Version: v.Version,
	})
}

func (s *Server) getStandards(ctx context.Context, _ *struct{}) (*tagged[Standards], error) {
	v, err := s.service.Standards(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return standardsOf(v), nil
}

type putStandardsInput struct {
	IfMatch string `header:"If-Match" doc:"the ETag of the standards that are replaced; needed"`
	Body    StandardsInput
}

func (s *Server) putStandards(ctx context.Context, in *putStandardsInput) (*tagged[Standards], error) {
	version, err := standardsVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	set := &shortfall.Set{Standards: in.Body.Items}
	if in.Body.Rates != nil {
		set.Rates = *in.Body.Rates
	} else {
		now, err := s.service.Standards(ctx, s.district)
		if err != nil {
			return nil, s.problem(err)
		}
		set.Rates = now.Set.Rates
	}
	v, err := s.service.PutStandards(ctx, s.district, version, set)
	if err != nil {
		return nil, s.standardsProblem(err)
	}
	return standardsOf(v), nil
}

type deleteStandardsInput struct {
	IfMatch string `header:"If-Match" doc:"the ETag of the standards that are given up; needed"`
}

func (s *Server) deleteStandards(ctx context.Context, in *deleteStandardsInput) (*tagged[Standards], error) {
	version, err := standardsVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	v, err := s.service.PutStandards(ctx, s.district, version, nil)
	if err != nil {
		return nil, s.standardsProblem(err)
	}
	return standardsOf(v), nil
}

// standardsVersion reads If-Match; a tag that was never given is one that has
// gone.
func standardsVersion(match string) (int, error) {
	v, err := versionOf(match)
	if err != nil {
		return 0, huma.NewError(http.StatusPreconditionRequired, "name the version that you replace: If-Match with the ETag of the standards")
	}
	if v == noVersion {
		return -1, nil
	}
	return int(v), nil
}

type shortfallInput struct {
	Area   string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	Report int    `query:"report" minimum:"0" doc:"the report that the trend looks back at; 0: the last one of a day before today"`
}

func (s *Server) getShortfall(ctx context.Context, in *shortfallInput) (*answer[Shortfall], error) {
	v, err := s.service.Shortfall(ctx, s.district, in.Area, in.Report)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(shortfallOf(&v)), nil
}

type behindInput struct {
	Standard string `query:"standard" required:"true" maxLength:"64"`
	Area     string `query:"area" maxLength:"30" doc:"code; empty: the district"`
	What     string `query:"what" enum:"people,facilities,areas" default:"people"`
	Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Offset   int    `query:"offset" minimum:"0"`
}

func (s *Server) getShortfallBehind(ctx context.Context, in *behindInput) (*answer[BehindList], error) {
	total, list, err := s.service.BehindShortfall(ctx, s.district, in.Standard, in.Area, in.What, in.Limit, in.Offset)
	if err != nil {
		return nil, s.problem(err)
	}
	out := BehindList{Total: total, Items: make([]Behind, len(list))}
	for i := range list {
		b := &list[i]
		out.Items[i] = Behind{Kind: b.Kind, ID: b.ID, Name: b.Name, Location: b.Location, Area: b.Area, Count: b.Count, Note: b.Note}
		if b.Seconds >= 0 {
			out.Items[i].Seconds = &b.Seconds
		}
	}
	return answerOf(out), nil
}

type shortfallMapInput struct {
	Standard string `query:"standard" required:"true" maxLength:"64" doc:"id of a standard, or of a rate: then the enrolled against the expected"`
	Level    string `query:"level" enum:"district,town,community,grid,micro-grid" default:"community"`
	Report   int    `query:"report" minimum:"0" doc:"the report whose figures are shown, which has none of rates; 0: as they are now"`
}

func (s *Server) getShortfallMap(ctx context.Context, in *shortfallMapInput) (*document, error) {
	level, err := ground.ParseLevel(in.Level)
	if err != nil {
		return nil, huma.NewError(http.StatusUnprocessableEntity, wantLevel)
	}
	fc, err := s.service.ShortfallMap(ctx, s.district, in.Standard, level, in.Report)
	if err != nil {
		return nil, s.problem(err)
	}
	return geo(fc)
}

func (s *Server) getReports(ctx context.Context, _ *struct{}) (*answer[[]Report], error) {
	runs, err := s.service.Reports(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := make([]Report, len(runs))
	for i := range runs {
		out[i] = reportOf(&runs[i])
	}
	return answerOf(out), nil
}

func (s *Server) postReport(ctx context.Context, _ *struct{}) (*answer[Report], error) {
	run, err := s.service.TakeReport(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(reportOf(&run)), nil
}
