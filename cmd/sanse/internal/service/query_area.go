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
	f, err := s.frame(ctx, district)
	if err != nil {
		return nil, err
	}
	if parent != "" {
		if _, err := f.area(parent); err != nil {
			return nil, err
		}
	}
	heads, err := s.headsOf(ctx, f, "", "")
	if err != nil {
		return nil, err
	}
	count, households := make(map[string]int), make(map[string]int)
	for i := range heads.residents {
		if up, ok := f.tree.Ancestor(heads.residents[i].Area, level); ok {
			count[up] += heads.residents[i].N
		}
	}
	for i := range heads.people {
		if up, ok := f.tree.Ancestor(heads.people[i].Area, level); ok {
			households[up] += heads.people[i].Households
		}
	}
	release, err := s.released(ctx, &f.boundaries, cmp.Or(parent, f.district.Code))
	if err != nil {
		return nil, err
	}
	viewer := viewerOf(ctx)
	fc := geojson.NewFeatureCollection()
	for _, code := range f.tree.Codes(level) {
		if !strings.HasPrefix(code, parent) {
			continue
		}
		a, _ := f.tree.Area(code)
		var residents any = count[code]
		if !viewer.AnswersFor(code) {
			residents = nil
			if n, ok := release.Residents(code); ok {
				residents = n
			}
		}
		feature := geojson.NewFeature(a.Boundary)
		feature.ID = a.Code
		feature.Properties = geojson.Properties{
			"code": a.Code, "name": a.Name, "level": a.Level.String(), "parent": a.Parent, "special": a.Special,
			"residents": residents, "households": households[code],
		}
		fc.Append(feature)
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
	frame, err := s.frame(ctx, district)
	if err != nil {
		return nil, err
	}
	text = strings.ToLower(strings.TrimSpace(text))
	found := []FoundArea{}
	if text == "" {
		return found, nil
	}
	for level := geo.LevelDistrict; level <= geo.LevelMicroGrid && len(found) < maxFound; level++ {
		for _, code := range frame.tree.Codes(level) {
			a, _ := frame.tree.Area(code)
			if !strings.HasPrefix(a.Code, text) && !strings.Contains(strings.ToLower(a.Name), text) {
				continue
			}
			f := FoundArea{Area: planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name}, Bounds: a.Boundary.Bound(), Path: []string{}}
			for _, up := range frame.path(f.Area) {
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
