package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	ground "sanse/geo"
)

func (s *Server) registerDrawings(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "draw-draft", Method: http.MethodPost, Path: "/v1/drafts/{id}/drawings",
		Summary: "A community of a draft drawn anew by a search", DefaultStatus: http.StatusAccepted, MaxBodyBytes: maxChangeBytes,
		Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.postDrawing)
	get(api, "drawing", "/v1/drafts/{id}/drawings/{job}", "How far a search is, and the best that it has found", s.getDrawing)
	huma.Register(api, huma.Operation{
		OperationID: "stop-drawing", Method: http.MethodDelete, Path: "/v1/drafts/{id}/drawings/{job}",
		Summary: "A search ended; what it has found is kept",
		Errors:  []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, s.deleteDrawing)
	edit(api, http.MethodPost, "apply-drawing", "/v1/drafts/{id}/drawings/{job}/apply", "What a search has found made a change of the draft", s.postApply)
}

type postDrawingInput struct {
	DraftPath
	Body DrawingInput
}

// DrawingBegun says where a drawing is to be asked for.
type DrawingBegun struct {
	Job string `json:"job"`
}

func (s *Server) postDrawing(ctx context.Context, in *postDrawingInput) (*answer[DrawingBegun], error) {
	asked, err := drawRequestOf(&in.Body)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	job, err := s.service.StartDrawing(ctx, s.district, in.ID, asked)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return answerOf(DrawingBegun{strconv.FormatInt(job, 10)}), nil
}

// DrawingPath names a drawing of a draft.
type DrawingPath struct {
	DraftPath
	Job int64 `path:"job" minimum:"1"`
}

func (s *Server) getDrawing(ctx context.Context, in *DrawingPath) (*answer[Drawing], error) {
	d, err := s.service.DrawingOf(ctx, s.district, in.ID, in.Job)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return answerOf(drawingOf(&d)), nil
}

func (s *Server) deleteDrawing(ctx context.Context, in *DrawingPath) (*answer[Drawing], error) {
	d, err := s.service.StopDrawing(ctx, s.district, in.ID, in.Job)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return answerOf(drawingOf(&d)), nil
}

type applyInput struct {
	DraftEditPath
	Job int64 `path:"job" minimum:"1"`
}

func (s *Server) postApply(ctx context.Context, in *applyInput) (*tagged[Edited], error) {
	version, err := versionOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	made, err := s.service.ApplyDrawing(ctx, s.district, in.ID, version, in.Job)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return editedOf(&made), nil
}

// drawRequestOf reads what is to be drawn.
func drawRequestOf(in *DrawingInput) (service.DrawRequest, error) {
	level, err := ground.ParseLevel(in.Level)
	if err != nil {
		e := &service.DraftError{Reason: service.DraftBadDrawing, Message: wantLevel}
		return service.DrawRequest{}, &service.Error{Code: service.CodeInvalid, Message: e.Message, Err: e}
	}
	out := service.DrawRequest{
		Area: in.Area, Level: level, Zones: in.Zones, Barriers: in.Barriers, Stay: in.Stay, LockedCells: in.LockedCells,
		WholeBlocks: in.WholeBlocks, Time: time.Duration(in.Seconds * float64(time.Second)), Seed: in.Seed,
	}
	if s := in.Standard; s != nil {
		out.Standard = &service.DrawStandard{Weight: s.Weight, Target: s.Target, Least: s.Least, Most: s.Most}
	}
	for _, w := range in.Weights {
		out.Weights = append(out.Weights, service.DrawWeight{Name: w.Name, Tolerance: w.Tolerance})
	}
	return out, nil
}
