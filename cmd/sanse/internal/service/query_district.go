package service

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/planner"
)

// DistrictView is what a page needs to know of a district before anything else.
type DistrictView struct {
	Code         string
	Name         string
	MadeUp       bool
	Note         string
	Attribution  string
	TimeZone     string
	Today        planner.Date // the day on which the pages open: today, or the nearest day of the plan
	DataVersion  int64
	Ground       string // version of the ground, part of its tiles' addresses
	Bounds       orb.Bound
	Grades       []string // in use, the reference grades first
	Kinds        []string
	VisitorKinds []string
	Plan         *data.PlanRecord
	Summary      json.RawMessage // of the plan; nil without one, and for who does not answer for the district
	Viewer       []string        // codes of the areas that whoever asks answers for; empty: the public
}

// DistrictView describes a district.
func (s *Service) DistrictView(ctx context.Context, district string) (DistrictView, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return DistrictView{}, err
	}
	d, ground, err := s.ground(ctx, v.snap.District.Code)
	if err != nil {
		return DistrictView{}, err
	}
	s.buildGround(d.Code, ground) // its tiles are what a page asks for next
	out := DistrictView{
		Code: d.Code, Name: d.Name, MadeUp: d.MadeUp, Note: d.Note, Attribution: d.Attribution, TimeZone: d.TimeZone,
		Today: v.opensOn(), DataVersion: v.snap.Version, Ground: ground.version, Plan: v.plan, Grades: v.board.GradeNames(),
	}
	viewer := viewerOf(ctx)
	if out.Viewer = viewer.Areas; viewer.AnswersFor(d.Code) {
		out.Viewer = []string{d.Code}
	}
	kinds, visitorKinds := make(map[string]struct{}), make(map[string]struct{})
	for i := range v.problem.Residents {
		for _, k := range v.problem.Residents[i].Kinds {
			kinds[k] = struct{}{}
		}
	}
	for i := range v.problem.Visitors {
		visitorKinds[v.problem.Visitors[i].Kind] = struct{}{}
	}
	out.Kinds, out.VisitorKinds = slices.Sorted(maps.Keys(kinds)), slices.Sorted(maps.Keys(visitorKinds))
	out.Bounds = v.snap.Tree.District().Boundary.Bound()
	release, err := s.released(ctx, v, d.Code)
	switch {
	case err != nil:
		return DistrictView{}, err
	case release != nil: // not even that there is somebody of a kind
		out.Grades, out.Kinds = release.words()
	case v.plan != nil:
		out.Summary = v.plan.Summary
	}
	return out, nil
}
