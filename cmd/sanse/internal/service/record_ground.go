package service

import (
	"context"
	"fmt"
	"time"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/planner/evidence"
)

// recordGround is what all records of a district are held against.
type recordGround struct {
	district string
	zone     *time.Location
	rule     evidence.Rule
	days     map[planner.Date]treeKey // as they were when it was read
}

// recordGround reads it.
func (s *Service) recordGround(ctx context.Context, code string) (*recordGround, error) {
	d, err := s.District(ctx, code)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil {
		return nil, invalid("there is no time zone %q", d.TimeZone)
	}
	return &recordGround{district: d.Code, zone: zone, rule: evidence.Reference(), days: map[planner.Date]treeKey{}}, nil
}

// treeKey names the boundaries of a day: many days have the same.
type treeKey struct {
	district string
	version  int64        // of the ground
	since    planner.Date // the last day on which they changed
}

// maxTrees is how many boundaries are kept: those of today, and some of the past
// for records that come late.
const maxTrees = 4

// gridOn is where a home lies by the boundaries of a day. A home that they do not
// hold, or of a day before there were any, is where its record says.
func (s *Service) gridOn(ctx context.Context, ground *recordGround, h *data.RecordHome, day planner.Date) (grid, micro string, err error) {
	k, read := ground.days[day]
	if !read {
		version, since, err := s.store.GroundVersion(ctx, ground.district, day)
		if err != nil {
			return "", "", err
		}
		k = treeKey{ground.district, version, since}
		ground.days[day] = k
	}
	stale := func(o treeKey) bool { return o.district == k.district && o.version != k.version }
	tree, err := s.trees.get(ctx, k, stale, func() (*geo.Tree, error) {
		areas, err := s.store.Areas(ctx, ground.district, day)
		if err != nil || len(areas) == 0 {
			return nil, err
		}
		tree, err := treeOf(areas)
		if err != nil {
			return nil, fmt.Errorf("the areas of %s: %w", day, err)
		}
		return tree, nil
	})
	if err != nil || tree == nil {
		return h.Grid, h.Micro, err
	}
	at := home{point: h.Location, building: h.Building, unit: h.Unit}
	if h.Address != nil {
		at.point = *h.Address
	}
	if grid, micro = at.in(tree); grid == "" {
		return h.Grid, h.Micro, nil
	}
	return grid, micro, nil
}
