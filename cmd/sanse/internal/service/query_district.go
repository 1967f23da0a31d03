package service

import (
	"context"
	"encoding/json"

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
	ReviewNumber string // that is printed on every map (审图号); empty: none is set
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
	f, err := s.frame(ctx, district)
	if err != nil {
		return DistrictView{}, err
	}
	d, ground, err := s.ground(ctx, f.district.Code)
	if err != nil {
		return DistrictView{}, err
	}
	s.buildGround(d.Code, ground) // its tiles are what a page asks for next
	out := DistrictView{
		Code: d.Code, Name: d.Name, MadeUp: d.MadeUp, Note: d.Note, Attribution: d.Attribution, ReviewNumber: d.ReviewNumber, TimeZone: d.TimeZone,
		Today: f.opensOn(), DataVersion: f.version, Ground: ground.version, Plan: f.plan, VisitorKinds: f.visitorKinds,
		Bounds: f.tree.District().Boundary.Bound(),
	}
	viewer := viewerOf(ctx)
	if out.Viewer = viewer.Areas; viewer.AnswersFor(d.Code) {
		out.Viewer = []string{d.Code}
	}
	release, err := s.released(ctx, &f.boundaries, d.Code)
	if err != nil {
		return DistrictView{}, err
	}
	if release != nil { // not even that there is somebody of a kind
		out.Grades, out.Kinds = release.words()
		return out, nil
	}
	heads, err := s.headsOf(ctx, f, d.Code, "")
	if err != nil {
		return DistrictView{}, err
	}
	out.Grades, out.Kinds = heads.grades, heads.kinds
	if f.plan != nil {
		out.Summary = f.plan.Summary
	}
	return out, nil
}
