package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/reports"
)

func (s *Server) registerEffects(api huma.API) {
	effect(api, "draft-effect", "/v1/drafts/{id}/effect", "What publishing a draft for a day would do: who moves, loads before and after, the plan made again", s.getEffect)
	effect(api, "draft-effect-page", "/v1/drafts/{id}/effect.html", "The same as a page to print and sign", s.getEffectPage)
	effect(api, "draft-effect-workbook", "/v1/drafts/{id}/effect.xlsx", "The same as a workbook", s.getEffectWorkbook)
}

// effect registers a reading operation that the state of a draft can refuse.
func effect[I, O any](api huma.API, id, path, summary string, f func(context.Context, *I) (*O, error)) {
	huma.Register(api, huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary,
		Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError},
	}, f)
}

// EffectPath is what the effect of a draft is asked with.
type EffectPath struct {
	DraftPath
	From  string `query:"from" doc:"the day from which the draft is taken to hold; empty: the first for which it could be published"`
	Days  int    `query:"days" minimum:"1" maximum:"366" default:"28" doc:"of the plans that are compared"`
	Whole bool   `query:"whole" doc:"every community is planned both ways, not only those that the draft touches"`
}

// EffectFilePath is what its files are asked with.
type EffectFilePath struct {
	EffectPath
	Lang string `query:"lang" enum:"zh,en" default:"zh" doc:"of the page; workbooks are in both"`
}

func (s *Server) effect(ctx context.Context, in *EffectPath) (*reports.Effect, error) {
	from, err := day(in.From)
	if err != nil {
		return nil, err
	}
	e, err := s.service.DraftEffect(ctx, s.district, in.ID, service.DraftEffectOptions{From: from, Days: in.Days, Whole: in.Whole})
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return e, nil
}

func (s *Server) getEffect(ctx context.Context, in *EffectPath) (*tagged[Effect], error) {
	e, err := s.effect(ctx, in)
	if err != nil {
		return nil, err
	}
	return taggedOf(e.Draft.Version, effectOf(e)), nil
}

// attached is a document with a name under which it can be kept.
type attached struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag"`
	Disposition  string `header:"Content-Disposition"`
	// Policy lets a page that is shown on our own address run and fetch nothing.
	Policy string `header:"Content-Security-Policy"`
	Body   []byte
}

func (s *Server) getEffectPage(ctx context.Context, in *EffectFilePath) (*attached, error) {
	return s.effectFile(ctx, in, "inline", "html", "text/html; charset=utf-8", reports.WriteEffectHTML)
}

func (s *Server) getEffectWorkbook(ctx context.Context, in *EffectFilePath) (*attached, error) {
	return s.effectFile(ctx, in, "attachment", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", reports.WriteEffectWorkbook)
}

func (s *Server) effectFile(ctx context.Context, in *EffectFilePath, how, ending, contentType string, write func(io.Writer, reports.EffectInput) error) (*attached, error) {
	e, err := s.effect(ctx, &in.EffectPath)
	if err != nil {
		return nil, err
	}
	d, err := s.service.District(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	var out bytes.Buffer
	err = s.service.Leave(ctx, e.Records(), &out, func(w io.Writer, m reports.Marked) error {
		return write(w, reports.EffectInput{
			Effect: e, Labels: service.Labels(), English: in.Lang == "en", Attribution: d.Attribution, Note: d.Note, Review: d.ReviewNumber, Mark: m,
		})
	})
	if err != nil {
		return nil, s.problem(err)
	}
	return &attached{
		ContentType: contentType, CacheControl: fresh, ETag: etag(e.Draft.Version), Body: out.Bytes(),
		// Numbers only: what a planner calls a draft is nobody's file name.
		Disposition: fmt.Sprintf(`%s; filename="sanse-effect-%s-draft%d-v%d-%s.%s"`, how, e.District, e.Draft.ID, e.Draft.Version, e.From, ending),
		Policy:      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
	}, nil
}
