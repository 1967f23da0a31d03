package service

import (
	"context"
	"fmt"
	"strings"

	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

// hiddenBelow is the count under which a heatmap says nothing.
const hiddenBelow = 5

// heatLayers are the people that a heatmap can count.
var heatLayers = []string{"residents", "over60", "disabled"}

// Heatmap counts people by H3 cell and hides small counts in a way that maps of
// several resolutions cannot undo.
func (s *Service) Heatmap(ctx context.Context, district, layer string, res int) (*geojson.FeatureCollection, reports.Heat, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, reports.Heat{}, err
	}
	var points []reports.HeatPoint
	switch layer {
	case "", "residents":
		for i := range v.problem.Residents {
			points = append(points, reports.HeatPoint{Location: v.problem.Residents[i].Location, Weight: 1})
		}
	case "over60", "disabled":
		for i := range v.snap.Population {
			p := &v.snap.Population[i]
			n := p.Over60
			if layer == "disabled" {
				n = p.Disabled
			}
			points = append(points, reports.HeatPoint{Location: p.Location, Weight: n})
		}
	default:
		return nil, reports.Heat{}, invalid("%q is no layer: want one of %s", layer, strings.Join(heatLayers, ", "))
	}
	heat, err := reports.Heatmap(points, res, hiddenBelow)
	if err != nil {
		return nil, heat, invalidCause(err, "no heatmap")
	}
	fc := geojson.NewFeatureCollection()
	for _, c := range heat.Cells {
		props := geojson.Properties{"hidden": c.Hidden, "count": nil}
		if !c.Hidden {
			props["count"] = c.Count
		}
		if err := appendCell(fc, c.Cell, props); err != nil {
			return nil, heat, err
		}
	}
	return fc, heat, nil
}

func appendCell(fc *geojson.FeatureCollection, cell h3.Cell, props geojson.Properties) error {
	outline, err := geo.CellBoundary(cell)
	if err != nil {
		return fmt.Errorf("outline of cell %s: %w", cell, err)
	}
	f := geojson.NewFeature(outline)
	f.ID = cell.String()
	props["cell"] = cell.String()
	f.Properties = props
	fc.Append(f)
	return nil
}

// Facilities returns the district's facilities as points.
func (s *Service) Facilities(ctx context.Context, district string) (*geojson.FeatureCollection, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	fc := geojson.NewFeatureCollection()
	for i := range v.snap.Facilities {
		p := &v.snap.Facilities[i]
		f := geojson.NewFeature(p.Location)
		f.ID = p.ID
		f.Properties = geojson.Properties{
			"id": p.ID, "name": p.Name, "service": p.Service, "capacity": p.Capacity, "in_use": p.InUse, "status": p.Status, "address": p.Address,
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
