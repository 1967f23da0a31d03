package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

func (s *Server) registerEdits(api huma.API) {
	get(api, "draft-ground", "/v1/drafts/{id}/ground", "A community of a draft: its areas, who is where, cells to paint with", s.getGround)
	get(api, "draft-balance", "/v1/drafts/{id}/balance", "What each area of a draft holds", s.getBalance)
	edit(api, http.MethodPost, "edit-draft", "/v1/drafts/{id}/edits", "An edit of a draft's boundaries", s.postEdit)
	edit(api, http.MethodPut, "lock-draft", "/v1/drafts/{id}/locks", "The areas of a draft that edits leave alone", s.putLocks)
}

type groundInput struct {
	DraftPath
	Area string `query:"area" required:"true" maxLength:"30" doc:"code of a community"`
}

func (s *Server) getGround(ctx context.Context, in *groundInput) (*tagged[Ground], error) {
	g, err := s.service.DraftGround(ctx, s.district, in.ID, in.Area)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	out, err := groundOf(&g)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return taggedOf(g.Draft.Version, out), nil
}

type postEditInput struct {
	DraftEditPath
	Body EditInput
}

func (s *Server) postEdit(ctx context.Context, in *postEditInput) (*tagged[Edited], error) {
	version, err := versionOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	asked, err := editOf(&in.Body)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	made, err := s.service.EditDraft(ctx, s.district, in.ID, version, asked)
	if err != nil {
		return nil, s.draftProblem(err)
	}
	return editedOf(&made), nil
}

func editedOf(made *service.Edited) *tagged[Edited] {
	return taggedOf(made.Draft.Version, Edited{
		DraftMade: DraftMade{draftOf(made.Draft), stepOf(&made.Change)},
		Areas:     areasOf(made.Areas, made.Locked), Gone: orEmpty(made.Gone()),
	})
}

type putLocksInput struct {
	DraftEditPath
	Body LocksInput
}

func (s *Server) putLocks(ctx context.Context, in *putLocksInput) (*tagged[Draft], error) {
	return s.draftStep(func(ctx context.Context, district string, id, version int64) (data.Draft, error) {
		return s.service.LockDraft(ctx, district, id, version, in.Body.Areas)
	})(ctx, &in.DraftEditPath)
}
