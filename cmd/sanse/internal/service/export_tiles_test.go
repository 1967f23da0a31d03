package service

import (
	"context"

	"sanse/geo/tiles"
)

// BuildTiles has a version of a set be made; what it returns waits for the end.
func (s *Service) BuildTiles(district, set, version string, build func(context.Context) (*tiles.Set, error)) (wait func() error) {
	b := s.buildTiles(tileSetKey{district, set}, version, build)
	return func() error {
		<-b.over
		return b.err
	}
}
