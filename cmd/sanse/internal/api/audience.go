package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
)

// Audience says who may ask for an operation.
type Audience string

// The audiences.
const (
	// Open: nothing about people in need of care: outlines, facilities, streets.
	Open Audience = "open"
	// Released: those who answer for the area get true numbers, all others get
	// functions of the release (docs/small-numbers.md). The operation sees to it.
	Released Audience = "released"
	// DutyArea: only those who answer for the area that the query names, or for
	// the district where it names none.
	DutyArea Audience = "duty_area"
	// DutyRecord: only those who answer for the people of the record that the
	// path or the body names. The operation sees to it; the public is refused
	// before it is asked.
	DutyRecord Audience = "duty_record"
	// Duty: only those who answer for the district.
	Duty Audience = "duty"
)

// audiences holds every operation. One that is missing is for those who answer
// for the district, and fails a test.
var audiences = map[string]Audience{
	"district": Released, "areas": Released, "search-areas": Open, "board": Released, "heatmap": Released, "release": Released,
	"unplanned": DutyArea, "shortages": DutyArea, "routes": DutyArea, "visitors": DutyArea,
	"day": DutyRecord, "why": DutyRecord, "directions": DutyRecord,
	"facilities": Released, "notices": Released,
	"ogc": Open, "ogc-conformance": Open, "ogc-api": Open, "ogc-collections": Open, "ogc-collection": Open, "ogc-queryables": Open, "ogc-schema": Open,
	"ogc-items": Released, "ogc-item": Released,
	"tile-sets": Open, "tile-json": Released, "tile": Released, "ground-tile": Open,
	"replan": Duty,
	// Sites are looked for among the people of an area, who are counted exactly.
	"begin-siting": DutyRecord, "siting": DutyRecord, "stop-siting": DutyRecord,

	// Who reaches what: cells of the ground are nobody's; counts of people are
	// shown to all, those of residents and of disabled people to those who answer
	// for them.
	"coverage": Open, "circle": Released, "reach": Released, "try-coverage": Released, "unplaced": Released, "resident-reach": DutyRecord,
	// Of people in need the shortfall tells those alone who answer for them.
	"standards": Open, "put-standards": Duty, "reset-standards": Duty,
	"shortfall": Released, "shortfall-map": Released, "shortfall-charts": Released, "shortfall-page": Released, "shortfall-workbook": Released, "shortfall-behind": DutyArea, "reports": Open, "take-report": Duty,

	"needs": DutyArea, "match-needs": DutyRecord, "set-need-match": DutyRecord, "need-history": DutyRecord, "need-options": DutyRecord,
	"providers": Open, "supply": Released, "supply-cells": Released,

	// Boundaries are drawn by those who plan for the district.
	"drafts": Duty, "draft": Duty, "draft-areas": Duty, "draft-check": Duty, "publications": Duty, "history": Duty, "area-history": Duty,
	"begin-draft": Duty, "describe-draft": Duty, "drop-draft": Duty, "change-draft": Duty, "undo-draft": Duty, "redo-draft": Duty,
	"rebase-draft": Duty, "publish-draft": Duty, "roll-back": Duty,
	"draft-effect": Duty, "draft-effect-page": Duty, "draft-effect-workbook": Duty,
	"draft-ground": Duty, "draft-balance": Duty, "edit-draft": Duty, "lock-draft": Duty,
	"draw-draft": Duty, "drawing": Duty, "stop-drawing": Duty, "apply-drawing": Duty,
}

// AudienceOf tells who may ask for an operation, and whether that was said.
func AudienceOf(operation string) (Audience, bool) {
	a, ok := audiences[operation]
	if !ok {
		a = Duty
	}
	return a, ok
}

// seen gives every request its viewer, and turns away whom an operation is not
// for.
func (s *Server) seen(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		viewer := s.viewer
		if as := ctx.Query("as"); as != "" {
			var err error
			if viewer, err = viewer.Narrow(as); err != nil {
				s.forbid(api, ctx, service.MessageOf(err))
				return
			}
		}
		allowed := viewer.AnswersFor(s.district)
		switch audience, _ := AudienceOf(ctx.Operation().OperationID); audience {
		case Open, Released:
			allowed = true
		case DutyRecord:
			allowed = !viewer.Public()
		case DutyArea:
			area := ctx.Query("area")
			allowed = allowed || area != "" && viewer.AnswersFor(area)
		default:
		}
		if !allowed {
			s.forbid(api, ctx, "only those who answer for the people it tells of may see this")
			return
		}
		next(huma.WithContext(ctx, service.WithViewer(ctx.Context(), viewer)))
	}
}

func (s *Server) forbid(api huma.API, ctx huma.Context, detail string) {
	ctx.SetHeader("Cache-Control", fresh)
	if err := huma.WriteErr(api, ctx, http.StatusForbidden, detail); err != nil {
		s.log.Debug("write problem", "error", err) // the client has gone
	}
}

// describeViewer adds to the description of an operation what is the same for all.
func describeViewer(_ *huma.OpenAPI, op *huma.Operation) {
	audience, _ := AudienceOf(op.OperationID)
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: "as", In: "query", Schema: &huma.Schema{Type: huma.TypeString},
		Description: "see it as those do who answer for this area only, or as the public does; it can only narrow what the server was started for",
	})
	if op.Extensions == nil {
		op.Extensions = map[string]any{}
	}
	op.Extensions["x-audience"] = string(audience)
}
