package service

import (
	"cmp"
	"context"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/geo"
	"sanse/planner"
)

// Areas returns the areas of a level under a parent (empty: of all) with their
// outlines and the number of residents enrolled in each, null where it is hidden.
func (s *Service) Areas(ctx context.Context, district string, level geo.Level, parent string) (*geojson.FeatureCollection, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	if parent != "" {
		if _, err := v.area(parent); err != nil {
			return nil, err
		}
	}
	count := make(map[string]int)
	for i := range v.problem.Residents {
		r := &v.problem.Residents[i]
		code := cmp.Or(r.MicroGrid, r.Grid)
		if up, ok := v.snap.Tree.Ancestor(code, level); ok {
			count[up]++
		}
	}
	households := make(map[string]int)
	for i := range v.snap.Population {
		p := &v.snap.Population[i]
		if up, ok := v.snap.Tree.Ancestor(cmp.Or(p.MicroGrid, p.Grid), level); ok {
			households[up] += p.Households
		}
	}
	release, err := s.released(ctx, v, cmp.Or(parent, v.snap.District.Code))
	if err != nil {
		return nil, err
	}
	viewer := viewerOf(ctx)
	fc := geojson.NewFeatureCollection()
	for _, code := range v.snap.Tree.Codes(level) {
		if !strings.HasPrefix(code, parent) {
			continue
		}
		a, _ := v.snap.Tree.Area(code)
		var residents any = count[code]
		if !viewer.AnswersFor(code) {
			residents = nil
			if n, ok := release.Residents(code); ok {
				residents = n
			}
		}
		f := geojson.NewFeature(a.Boundary)
		f.ID = a.Code
		f.Properties = geojson.Properties{
			"code": a.Code, "name": a.Name, "level": a.Level.String(), "parent": a.Parent, "special": a.Special,
			"residents": residents, "households": households[code],
		}
		fc.Append(f)
	}
	return fc, nil
}

// FoundArea is an area that a search found.
type FoundArea struct {
	planner.Area
	Path   []string // names from the district down to the parent
	Bounds orb.Bound
}

// maxFound is how many areas a search returns at most.
const maxFound = 20

// SearchAreas finds areas by a part of their name, in any case, or the beginning
// of their code, outer levels first.
func (s *Service) SearchAreas(ctx context.Context, district, text string) ([]FoundArea, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	text = strings.ToLower(strings.TrimSpace(text))
	found := []FoundArea{}
	if text == "" {
		return found, nil
	}
	for level := geo.LevelDistrict; level <= geo.LevelMicroGrid && len(found) < maxFound; level++ {
		for _, code := range v.snap.Tree.Codes(level) {
			a, _ := v.snap.Tree.Area(code)
			if !strings.HasPrefix(a.Code, text) && !strings.Contains(strings.ToLower(a.Name), text) {
				continue
			}
			f := FoundArea{Area: planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name}, Bounds: a.Boundary.Bound(), Path: []string{}}
			for _, up := range v.path(f.Area) {
				if up.Code != a.Code {
					f.Path = append(f.Path, up.Name)
				}
			}
			found = append(found, f)
			if len(found) == maxFound {
				break
			}
		}
	}
	return found, nil
}
