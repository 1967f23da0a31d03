package service

import (
	"cmp"
	"context"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/data"
	"sanse/planner"
)

// Facilities returns the district's facilities as points.
func (s *Service) Facilities(ctx context.Context, district string) (*geojson.FeatureCollection, error) {
	f, err := s.frame(ctx, district)
	if err != nil {
		return nil, err
	}
	viewer := viewerOf(ctx)
	fc := geojson.NewFeatureCollection()
	for i := range f.facilities {
		p := &f.facilities[i]
		var inUse any // who comes says who needs care
		if viewer.AnswersFor(cmp.Or(p.Grid, f.district.Code)) {
			inUse = p.InUse
		}
		feature := geojson.NewFeature(p.Location)
		feature.ID = p.ID
		feature.Properties = geojson.Properties{
			"id": p.ID, "name": p.Name, "service": p.Service, "capacity": p.Capacity, "in_use": inUse, "status": p.Status, "address": p.Address,
			"area_m2": p.AreaM2, "staff": p.Staff, "hours": p.Hours, // null: not known; empty: closed all week
		}
		fc.Append(feature)
	}
	return fc, nil
}

// areaOf is where a stop is: the finest area of the records, the district where
// they say none.
func (v *view) areaOf(st *planner.Stop) string {
	if r := v.residents[st.Resident]; r != nil {
		return cmp.Or(r.MicroGrid, r.Grid, v.snap.District.Code)
	}
	if t := v.tasks[st.Task]; t != nil {
		return cmp.Or(t.MicroGrid, t.Grid, v.snap.District.Code)
	}
	return v.snap.District.Code
}

// routeFor is the way of a walk as who asks is told of it: from door to door where
// they are told where all the doors are.
func (v *view) routeFor(ctx context.Context, it *data.ItineraryRecord) orb.MultiLineString {
	if v.mayAll(ctx, CapNames, it) {
		return it.Route
	}
	return coarseLines(it.Route)
}

// mayAll tells whether who asks has a capability at all stops of a walk.
func (v *view) mayAll(ctx context.Context, c Capability, it *data.ItineraryRecord) bool {
	viewer := viewerOf(ctx)
	return !slices.ContainsFunc(it.Stops, func(st planner.Stop) bool { return !viewer.May(c, v.areaOf(&st)) })
}

// Routes returns the ways on a day of those who visit in an area, as far as who
// asks sees all whom they visit: of everybody, or, for who sees no days but their
// own, that one's. Who is told no names is told them from cell to cell.
func (s *Service) Routes(ctx context.Context, district, area string, day planner.Date) (*geojson.FeatureCollection, error) {
	f, a, err := s.frameArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	if err := mustMay(ctx, CapRecords, a.Code); err != nil {
		return nil, err
	}
	viewer := viewerOf(ctx)
	needs := CapDays
	if viewer.Visitor != "" && !viewer.May(CapDays, a.Code) {
		needs = CapRecords
	}
	fc := geojson.NewFeatureCollection()
	if f.plan == nil {
		return fc, nil
	}
	var v *view // for who is told all of everybody it does not matter where the doors are
	if !viewer.May(CapDays, f.district.Code) || !viewer.May(CapNames, f.district.Code) {
		if v, err = s.view(ctx, f.district.Code); err != nil {
			return nil, err
		}
	}
	if day == 0 {
		day = f.opensOn()
	}
	filter := data.ItineraryFilter{From: day, To: day}
	if a.Parent != "" {
		filter.Area = a.Code
	}
	itineraries, err := s.store.PlanItineraries(ctx, f.district.Code, f.plan.ID, filter)
	if err != nil {
		return nil, err
	}
	var told []string
	for i := range itineraries {
		it := &itineraries[i]
		if len(it.Route) == 0 {
			continue
		}
		route := it.Route
		if v != nil {
			if !v.mayAll(ctx, needs, it) || needs == CapRecords && it.Visitor != viewer.Visitor {
				continue
			}
			route = v.routeFor(ctx, it)
		}
		way := geojson.NewFeature(route)
		way.Properties = geojson.Properties{"visitor": it.Visitor, "stops": len(it.Stops), "block": it.Block, "depart": it.Depart.String()}
		fc.Append(way)
		told = append(told, it.Visitor)
	}
	if err := s.record(ctx, f.district.Code, read("route", a.Code, told...)); err != nil {
		return nil, err
	}
	return fc, nil
}
