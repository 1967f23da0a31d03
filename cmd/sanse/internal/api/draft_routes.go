package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	ground "sanse/geo"
	"sanse/planner"
)

// maxChangeBytes is how large a change of a draft may be: all boundaries of a
// district of two thousand micro-grids have room.
const maxChangeBytes = 32 << 20

// edit registers an operation that changes something.
func edit[I, O any](api huma.API, method, id, path, summary string, f func(context.Context, *I) (*O, error)) {
	huma.Register(api, huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, MaxBodyBytes: maxChangeBytes,
		Errors: []int{
			http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity,
			http.StatusPreconditionRequired, http.StatusInternalServerError,
		},
	}, f)
}

func (s *Server) registerDrafts(api huma.API) {
	get(api, "drafts", "/v1/drafts", "Drafts of boundaries", s.getDrafts)
	get(api, "draft", "/v1/drafts/{id}", "A draft and its changes", s.getDraft)
	get(api, "draft-areas", "/v1/drafts/{id}/areas", "Outlines of a draft's areas (GeoJSON)", s.getDraftAreas)
	get(api, "draft-check", "/v1/drafts/{id}/check", "What stands between a draft and its publication", s.getDraftCheck)
	get(api, "publications", "/v1/publications", "Boundaries that were published", s.getPublications)
	get(api, "history", "/v1/history", "Which grid a resident, a building or a point was in, and when", s.getHistory)
	get(api, "area-history", "/v1/areas/{code}/history", "The versions of an area, and its lineage", s.getAreaHistory)
	edit(api, http.MethodPost, "begin-draft", "/v1/drafts", "A draft begun on the latest boundaries", s.postDraft)
	edit(api, http.MethodPatch, "describe-draft", "/v1/drafts/{id}", "A draft's name and note", s.patchDraft)
	edit(api, http.MethodDelete, "drop-draft", "/v1/drafts/{id}", "A draft given up", s.deleteDraft)
	edit(api, http.MethodPost, "change-draft", "/v1/drafts/{id}/changes", "A change made to a draft", s.postDraftChange)
	edit(api, http.MethodPost, "undo-draft", "/v1/drafts/{id}/undo", "The last change taken back", s.draftStep(s.service.UndoDraft))
	edit(api, http.MethodPost, "redo-draft", "/v1/drafts/{id}/redo", "The change that was undone last made again", s.draftStep(s.service.RedoDraft))
	edit(api, http.MethodPost, "rebase-draft", "/v1/drafts/{id}/rebase", "A draft carried over to the latest boundaries", s.draftStep(s.service.RebaseDraft))
	edit(api, http.MethodPost, "publish-draft", "/v1/drafts/{id}/publish", "A draft's boundaries made to hold from a day to come", s.postPublish)
	edit(api, http.MethodPost, "roll-back", "/v1/publications", "The boundaries of an earlier day made to hold again", s.postRollBack)
}

// tagged is an answer that says which version of a draft it is of.
type tagged[T any] struct {
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag"`
	Body         T
}

func taggedOf[T any](version int64, v T) *tagged[T] {
	return &tagged[T]{CacheControl: fresh, ETag: etag(version), Body: v}
}

// DraftPath names a draft. Only exported fields are read, embedded ones too.
type DraftPath struct {
	ID int64 `path:"id" minimum:"1"`
}

// DraftEditPath names a draft and the version that is edited.
type DraftEditPath struct {
	DraftPath
	IfMatch string `header:"If-Match" doc:"the ETag of the version that is edited; needed"`
}

func (s *Server) getDrafts(ctx context.Context, _ *struct{}) (*answer[DraftList], error) {
	list, err := s.service.Drafts(ctx, s.district)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	out := DraftList{Items: make([]Draft, len(list))}
	for i := range list {
		out.Items[i] = draftOf(list[i])
	}
	return answerOf(out), nil
}

func (s *Server) getDraft(ctx context.Context, in *DraftPath) (*tagged[DraftDetail], error) {
	d, changes, err := s.service.Draft(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	out := DraftDetail{Draft: draftOf(d), Changes: make([]DraftStep, len(changes))}
	for i := range changes {
		out.Changes[i] = stepOf(&changes[i])
	}
	return taggedOf(d.Version, out), nil
}

type draftAreasInput struct {
	DraftPath
	Level  string `query:"level" enum:"district,town,community,grid,micro-grid" doc:"empty: all"`
	Parent string `query:"parent" maxLength:"30" doc:"code of the area they lie in; empty: the district"`
}

// taggedDocument is a document of a version of a draft.
type taggedDocument struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag"`
	Body         []byte
}

func (s *Server) getDraftAreas(ctx context.Context, in *draftAreasInput) (*taggedDocument, error) {
	d, areas, err := s.service.DraftAreas(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	fc := geojson.NewFeatureCollection()
	for i := range areas {
		a := &areas[i]
		if in.Level != "" && a.Level.String() != in.Level || !strings.HasPrefix(a.Code, in.Parent) {
			continue
		}
		f := geojson.NewFeature(a.Boundary)
		f.ID = a.Code
		f.Properties = geojson.Properties{"code": a.Code, "name": a.Name, "level": a.Level.String(), "parent": a.Parent, "special": a.Special}
		if a.Parts > 0 {
			f.Properties["parts"] = a.Parts
		}
		if len(a.Units) > 0 {
			f.Properties["units"] = ground.FormatUnits(a.Units)
		}
		fc.Append(f)
	}
	doc, err := geo(fc)
	if err != nil {
		return nil, err
	}
	return &taggedDocument{doc.ContentType, doc.CacheControl, etag(d.Version), doc.Body}, nil
}

func (s *Server) getDraftCheck(ctx context.Context, in *DraftPath) (*tagged[Check], error) {
	c, err := s.service.CheckDraft(ctx, s.district, in.ID)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return taggedOf(c.Draft.Version, Check{
		Version: c.Draft.Version, OK: c.OK(),
		Problems: orEmpty(c.Problems), Findings: findingsOf(c.Findings), Conflicts: orEmpty(c.Conflicts),
	}), nil
}

type postDraftInput struct{ Body DraftInput }

func (s *Server) postDraft(ctx context.Context, in *postDraftInput) (*tagged[Draft], error) {
	d, err := s.service.CreateDraft(ctx, s.district, in.Body.Name, in.Body.Note)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return taggedOf(d.Version, draftOf(d)), nil
}

type patchDraftInput struct {
	DraftEditPath
	Body DraftPatch
}

func (s *Server) patchDraft(ctx context.Context, in *patchDraftInput) (*tagged[Draft], error) {
	return s.draftStep(func(ctx context.Context, district string, id, version int64) (data.Draft, error) {
		return s.service.DescribeDraft(ctx, district, id, version, in.Body.Name, in.Body.Note)
	})(ctx, &in.DraftEditPath)
}

func (s *Server) deleteDraft(ctx context.Context, in *DraftEditPath) (*tagged[Draft], error) {
	return s.draftStep(s.service.DropDraft)(ctx, in)
}

// draftStep answers with the draft as an edit leaves it.
func (s *Server) draftStep(
	f func(ctx context.Context, district string, id, version int64) (data.Draft, error),
) func(context.Context, *DraftEditPath) (*tagged[Draft], error) {
	return func(ctx context.Context, in *DraftEditPath) (*tagged[Draft], error) {
		version, err := versionOf(in.IfMatch)
		if err != nil {
			return nil, err
		}
		d, err := f(ctx, s.district, in.ID, version)
		if err != nil {
			return nil, s.draftProblem(err)
		}
		return taggedOf(d.Version, draftOf(d)), nil
	}
}

type postChangeInput struct {
	DraftEditPath
	Body ChangeInput
}

func (s *Server) postDraftChange(ctx context.Context, in *postChangeInput) (*tagged[DraftMade], error) {
	version, err := versionOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	c := service.Change{Kind: data.DraftKind(in.Body.Kind), Community: in.Body.Community}
	for i := range in.Body.Areas {
		a := &in.Body.Areas[i]
		boundary, err := boundaryOf(a)
		if err != nil {
			return nil, s.draftProblem(err)
		}
		units, err := unitsOf(a)
		if err != nil {
			return nil, s.draftProblem(err)
		}
		c.Areas = append(c.Areas, service.ChangedArea{
			Code: a.Code, Parent: a.Parent, Name: a.Name, Special: a.Special, Parts: a.Parts, Units: units, Retired: a.Retired, Boundary: boundary,
		})
	}
	for _, l := range in.Body.Lineage {
		c.Lineage = append(c.Lineage, data.Lineage(l))
	}
	d, made, err := s.service.ChangeDraft(ctx, s.district, in.ID, version, c)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return taggedOf(d.Version, DraftMade{draftOf(d), stepOf(&made)}), nil
}

// unitsOf reads the units of a changed area; nil where they stay.
func unitsOf(a *ChangedArea) (*[]ground.Unit, error) {
	if a.Units == nil {
		return nil, nil //nolint:nilnil // documented: nil is as they are
	}
	units, err := ground.ParseUnits(*a.Units)
	if err != nil {
		e := &service.DraftError{Reason: service.DraftBadChange, Message: "areas: units: want a building, a colon and its units, such as B12:1-3"}
		return nil, &service.Error{Code: service.CodeInvalid, Message: e.Message, Err: e}
	}
	return &units, nil
}

// boundaryOf reads the boundary of a changed area; nil where there is none.
func boundaryOf(a *ChangedArea) (orb.MultiPolygon, error) {
	if len(a.Boundary) == 0 || string(a.Boundary) == "null" {
		return nil, nil
	}
	fail := func(why string) (orb.MultiPolygon, error) {
		e := &service.DraftError{Reason: service.DraftBadBoundary, Message: "areas: " + why}
		return nil, &service.Error{Code: service.CodeInvalid, Message: e.Message, Err: e}
	}
	g, err := geojson.UnmarshalGeometry(a.Boundary)
	if err != nil {
		return fail("the boundary is no GeoJSON geometry")
	}
	switch g := g.Coordinates.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}, nil
	case orb.MultiPolygon:
		return g, nil
	default:
		return fail(fmt.Sprintf("the boundary is a %s: want a Polygon or a MultiPolygon", g.GeoJSONType()))
	}
}

type publishInput struct {
	DraftEditPath
	Body PublishInput
}

func (s *Server) postPublish(ctx context.Context, in *publishInput) (*answer[Published], error) {
	version, err := versionOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	on, err := day(in.Body.Effective)
	if err != nil {
		return nil, err
	}
	p, err := s.service.Publish(ctx, s.district, in.ID, version, on)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return answerOf(publishedOf(&p)), nil
}

type rollBackInput struct{ Body RollBackInput }

func (s *Server) postRollBack(ctx context.Context, in *rollBackInput) (*answer[Published], error) {
	to, err := day(in.Body.BackTo)
	if err != nil {
		return nil, err
	}
	on, err := day(in.Body.Effective)
	if err != nil {
		return nil, err
	}
	p, err := s.service.RollBack(ctx, s.district, to, on)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return answerOf(publishedOf(&p)), nil
}

func (s *Server) getPublications(ctx context.Context, _ *struct{}) (*answer[PublicationList], error) {
	list, err := s.service.Publications(ctx, s.district)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	out := PublicationList{Items: make([]Publication, len(list))}
	for i := range list {
		out.Items[i] = publicationOf(&list[i])
	}
	return answerOf(out), nil
}

type historyInput struct {
	Resident string    `query:"resident" maxLength:"100" doc:"id"`
	Building string    `query:"building" maxLength:"100" doc:"id"`
	Point    []float64 `query:"point" maxItems:"2" doc:"longitude,latitude, WGS 84"`
	On       string    `query:"on" doc:"a day; empty: all days"`
}

func (s *Server) getHistory(ctx context.Context, in *historyInput) (*answer[History], error) {
	on, err := day(in.On)
	if err != nil {
		return nil, err
	}
	where := service.Where{Resident: in.Resident, Building: in.Building}
	switch len(in.Point) {
	case 0:
	case 2:
		where.Point = &orb.Point{in.Point[0], in.Point[1]}
	default:
		return nil, huma.NewError(http.StatusUnprocessableEntity, "point: want longitude,latitude")
	}
	var spells []service.Spell
	if on != 0 {
		spells = make([]service.Spell, 1)
		spells[0], err = s.service.GridOn(ctx, s.district, where, on)
	} else {
		spells, err = s.service.History(ctx, s.district, where)
	}
	if err != nil {
		return nil, s.draftProblem(err)
	}
	out := History{Spells: make([]Spell, len(spells))}
	for i, sp := range spells {
		out.Spells[i] = Spell{From: sp.From.String(), To: lastDay(sp.To), Path: []Area{}}
		for _, a := range sp.Path {
			out.Spells[i].Path = append(out.Spells[i].Path, areaOf(a))
		}
	}
	return answerOf(out), nil
}

type areaHistoryInput struct {
	Code string `path:"code" maxLength:"30"`
}

func (s *Server) getAreaHistory(ctx context.Context, in *areaHistoryInput) (*answer[AreaHistory], error) {
	h, err := s.service.AreaHistory(ctx, s.district, in.Code)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	out := AreaHistory{Versions: make([]AreaVersion, len(h.Versions)), From: areaLineageOf(h.From), To: areaLineageOf(h.To)}
	for i := range h.Versions {
		v := &h.Versions[i]
		out.Versions[i] = AreaVersion{From: v.ValidFrom.String(), Name: v.Name, M2: ground.AreaM2(v.Boundary)}
		if v.ValidTo != 0 {
			out.Versions[i].To = lastDay(v.ValidTo - planner.Date(1))
		}
	}
	return answerOf(out), nil
}
