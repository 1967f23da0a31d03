package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// maxSitingBytes bounds what is asked for: 5,000 candidates have room.
const maxSitingBytes = 2 << 20

func (s *Server) registerSiting(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "begin-siting", Method: http.MethodPost, Path: "/v1/siting",
		Summary: "Where to build next: a search begun", DefaultStatus: http.StatusAccepted, MaxBodyBytes: maxSitingBytes,
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.postSiting)
	get(api, "siting", "/v1/siting/{job}", "How far a search for sites is, and the best that it has found", s.getSiting)
	huma.Register(api, huma.Operation{
		OperationID: "stop-siting", Method: http.MethodDelete, Path: "/v1/siting/{job}",
		Summary: "A search for sites ended; what it has found is kept",
		Errors:  []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.deleteSiting)
}

type postSitingInput struct {
	Body SitingInput
}

func (s *Server) postSiting(ctx context.Context, in *postSitingInput) (*answer[SitingBegun], error) {
	asked, err := siteRequestOf(&in.Body)
	if err != nil {
		return nil, err
	}
	job, err := s.service.StartSiting(ctx, s.district, asked)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(SitingBegun{strconv.FormatInt(job, 10), "running"}), nil
}

type sitingPath struct {
	Job int64 `path:"job" minimum:"1"`
}

func (s *Server) getSiting(ctx context.Context, in *sitingPath) (*answer[Siting], error) {
	v, err := s.service.SitingOf(ctx, s.district, in.Job)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(sitingOf(&v)), nil
}

func (s *Server) deleteSiting(ctx context.Context, in *sitingPath) (*answer[Siting], error) {
	v, err := s.service.StopSiting(ctx, s.district, in.Job)
	if err != nil {
		return nil, s.problem(err)
	}
	return answerOf(sitingOf(&v)), nil
}
