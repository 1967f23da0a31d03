package service

import (
	"context"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"sanse/planner"
	"sanse/routing"
)

// barriersIn returns what a network knows of lines that nobody walks across,
// each cut off at the box. Road lines and networks built before obstacles were
// read know of none.
func barriersIn(g *routing.Graph, box orb.Bound) []GroundBarrier {
	var out []GroundBarrier
	g.EachObstacle(func(k routing.ObstacleKind, line orb.LineString) bool {
		if line.Bound().Intersects(box) {
			for _, part := range clip.LineString(box, line) {
				out = append(out, GroundBarrier{k, part})
			}
		}
		return true
	})
	return out
}

// graphOn returns the district's streets on a day; nil where it has none.
func (s *Service) graphOn(ctx context.Context, district string, on planner.Date) (*routing.Graph, error) {
	version, err := s.store.DataVersion(ctx, district)
	if err != nil {
		return nil, err
	}
	streets, err := s.streets(ctx, district, on, version)
	switch {
	case CodeOf(err) == CodeNotFound:
		return nil, nil //nolint:nilnil // a district without streets can be drawn all the same
	case err != nil:
		return nil, err
	}
	return streets.net.Graph(), nil
}
