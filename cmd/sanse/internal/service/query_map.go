package service

import (
	"cmp"
	"context"

	"github.com/paulmach/orb/geojson"

	"sanse/data"
	"sanse/planner"
)

// Facilities returns the district's facilities as points.
func (s *Service) Facilities(ctx context.Context, district string) (*geojson.FeatureCollection, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	viewer := viewerOf(ctx)
	fc := geojson.NewFeatureCollection()
	for i := range v.snap.Facilities {
		p := &v.snap.Facilities[i]
		var inUse any // who comes says who needs care
		if viewer.AnswersFor(cmp.Or(p.Grid, v.snap.District.Code)) {
			inUse = p.InUse
		}
		f := geojson.NewFeature(p.Location)
		f.ID = p.ID
		f.Properties = geojson.Properties{
			"id": p.ID, "name": p.Name, "service": p.Service, "capacity": p.Capacity, "in_use": inUse, "status": p.Status, "address": p.Address,
			"area_m2": p.AreaM2, "staff": p.Staff, "hours": p.Hours, // null: not known; empty: closed all week
		}
		fc.Append(f)
	}
	return fc, nil
}

// Routes returns the ways of everybody who visits in an area on a day.
func (s *Service) Routes(ctx context.Context, district, area string, day planner.Date) (*geojson.FeatureCollection, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	fc := geojson.NewFeatureCollection()
	if v.plan == nil {
		return fc, nil
	}
	if day == 0 {
		day = v.opensOn()
	}
	filter := data.ItineraryFilter{From: day, To: day}
	if a.Parent != "" {
		filter.Area = a.Code
	}
	itineraries, err := s.store.PlanItineraries(ctx, v.snap.District.Code, v.plan.ID, filter)
	if err != nil {
		return nil, err
	}
	for i := range itineraries {
		it := &itineraries[i]
		if len(it.Route) == 0 {
			continue
		}
		f := geojson.NewFeature(it.Route)
		f.Properties = geojson.Properties{"visitor": it.Visitor, "stops": len(it.Stops), "block": it.Block, "depart": it.Depart.String()}
		fc.Append(f)
	}
	return fc, nil
}
