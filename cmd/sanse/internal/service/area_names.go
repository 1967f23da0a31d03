package service

import (
	"context"
)

// AreaNames are the names of areas by code; an area that there is not today has
// none.
func (s *Service) AreaNames(ctx context.Context, district string, codes ...string) (map[string]string, error) {
	out := map[string]string{}
	if len(codes) == 0 {
		return out, nil
	}
	f, err := s.frame(ctx, district)
	if err != nil {
		return nil, err
	}
	for _, c := range codes {
		if a, ok := f.tree.Area(c); ok {
			out[c] = a.Name
		}
	}
	return out, nil
}

// AreaPaths are the names of the areas from the town down to each of these, by code; an
// area that there is not today has none.
func (s *Service) AreaPaths(ctx context.Context, district string, codes ...string) (map[string][]string, error) {
	out := map[string][]string{}
	if len(codes) == 0 {
		return out, nil
	}
	f, err := s.frame(ctx, district)
	if err != nil {
		return nil, err
	}
	for _, c := range codes {
		if out[c] != nil {
			continue
		}
		a, err := f.area(c)
		if err != nil {
			continue // there is none of that code
		}
		for _, up := range f.path(a)[1:] {
			out[c] = append(out[c], up.Name)
		}
	}
	return out, nil
}
