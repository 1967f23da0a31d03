package reports

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
)

// GeoJSONInput is what coverage.geojson is made from.
type GeoJSONInput struct {
	About    About
	Labels   Labels
	Coverage *Coverage
	// Areas give the boundaries of the areas; those deeper than Deepest are
	// left out. The zero value stands for the grid.
	Areas   []geo.Area
	Deepest geo.Level
	Mark    Marked
}

// WriteCoverageGeoJSON writes the coverage as one GeoJSON FeatureCollection
// (RFC 7946: WGS 84, lon-lat, right-hand rings, a bbox), with members
// attribution, note, minutes, metres_per_second and unplaced beside the
// features. What a feature is says its property "feature":
//
//	circle   the service circle of one facility: facility, name, service,
//	         minutes, people, over60, residents, area_km2
//	service  the circles of one service made one, as the outline of its cells:
//	         service, facilities, cells, resident_share, people_share
//	area     an area: code, level, name, and for each service
//	         <service>_residents, <service>_reached, <service>_share,
//	         <service>_people_share; a share of nobody is null
//	cell     an H3 cell reached by some service: cell (index in hexadecimal),
//	         and <service>_seconds for each that reaches it
//
// One feature is written to a line. The file holds true numbers: it is for
// those who answer for the district.
func WriteCoverageGeoJSON(w io.Writer, in GeoJSONInput) error {
	if in.Coverage == nil {
		return fmt.Errorf("write coverage: none given")
	}
	if in.Deepest == 0 {
		in.Deepest = geo.LevelGrid
	}
	f := &featureWriter{w: bufio.NewWriterSize(w, 1<<16)}
	c := in.Coverage
	bound := coverageBound(&in)
	head := map[string]any{
		"district": in.About.District, "name": in.About.Name, "made_up": in.About.MadeUp, "note": in.About.Note,
		"attribution": in.About.Attribution, "minutes": c.Minutes, "metres_per_second": c.MetresPerSecond, "unplaced": len(c.Unplaced),
	}
	if in.Mark.Number != "" {
		head["taken"], head["sanse_mark"] = in.Mark.Line(false), in.Mark.Hidden
	}
	if in.About.Review != "" {
		head["review_number"] = in.About.Review
	}
	f.raw(`{"type":"FeatureCollection"`)
	if !bound.IsEmpty() {
		f.raw(`,"bbox":`)
		f.value([]float64{round7(bound.Min[0]), round7(bound.Min[1]), round7(bound.Max[0]), round7(bound.Max[1])})
	}
	for _, k := range slices.Sorted(maps.Keys(head)) {
		f.raw(`,`)
		f.value(k)
		f.raw(`:`)
		f.value(head[k])
	}
	f.raw(`,"features":[`)
	if err := writeFeatures(f, &in); err != nil {
		return fmt.Errorf("write coverage: %w", err)
	}
	f.raw("\n]}\n")
	if f.err == nil {
		f.err = f.w.Flush()
	}
	if f.err != nil {
		return fmt.Errorf("write coverage: %w", f.err)
	}
	return nil
}

func writeFeatures(f *featureWriter, in *GeoJSONInput) error {
	c := in.Coverage
	areas := slices.Clone(in.Areas)
	slices.SortFunc(areas, func(a, b geo.Area) int { return cmp.Compare(a.Code, b.Code) })
	for i := range areas {
		a := &areas[i]
		if a.Level > in.Deepest || len(a.Boundary) == 0 {
			continue
		}
		p := geojson.Properties{"feature": "area", "code": a.Code, "level": a.Level.String(), "name": a.Name}
		if ac, ok := c.Area(a.Code); ok {
			for s, r := range ac.Services {
				p[s+"_residents"] = r.Residents.Total
				p[s+"_reached"] = r.Residents.Reached
				p[s+"_share"] = shareOrNil(r.Residents.Share())
				p[s+"_people_share"] = shareOrNil(r.People.Share())
			}
		}
		f.feature(a.Code, a.Boundary, p)
	}
	for _, sup := range c.Supply {
		cells := c.Cells[sup.Service]
		if len(cells) == 0 {
			continue
		}
		list := make([]h3.Cell, len(cells))
		for i, ct := range cells {
			list[i] = ct.Cell
		}
		shape, err := geo.Outline(list)
		if err != nil {
			return fmt.Errorf("outline service %s: %w", sup.Service, err)
		}
		r := c.District[sup.Service]
		f.feature("service-"+sup.Service, shape, geojson.Properties{
			"feature": "service", "service": sup.Service, "label_zh": in.Labels.Of(sup.Service).Chinese, "label_en": in.Labels.Of(sup.Service).English,
			"facilities": sup.Open, "cells": len(cells), "resident_share": shareOrNil(r.Residents.Share()), "people_share": shareOrNil(r.People.Share()), "minutes": c.Minutes,
		})
	}
	for i := range c.Circles {
		k := &c.Circles[i]
		if len(k.Polygon) == 0 {
			continue
		}
		f.feature("circle-"+k.Facility, k.Polygon, geojson.Properties{
			"feature": "circle", "facility": k.Facility, "name": k.Name, "service": k.Service, "minutes": c.Minutes,
			"people": k.People, "over60": k.Over60, "residents": k.Residents, "area_km2": math.Round(k.AreaKM2*1e4) / 1e4,
		})
	}
	seconds := map[h3.Cell]geojson.Properties{}
	for _, sup := range c.Supply {
		for _, ct := range c.Cells[sup.Service] {
			p := seconds[ct.Cell]
			if p == nil {
				p = geojson.Properties{"feature": "cell", "cell": ct.Cell.String()}
				seconds[ct.Cell] = p
			}
			p[sup.Service+"_seconds"] = ct.Seconds
		}
	}
	for _, cell := range slices.Sorted(maps.Keys(seconds)) {
		shape, err := geo.CellBoundary(cell)
		if err != nil {
			return fmt.Errorf("draw cell %s: %w", cell, err)
		}
		f.feature(cell.String(), shape, seconds[cell])
	}
	return f.err
}

func coverageBound(in *GeoJSONInput) orb.Bound {
	b := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	add := func(mp orb.MultiPolygon) {
		for _, p := range mp {
			if len(p) > 0 {
				for _, q := range p[0] {
					b = b.Extend(q)
				}
			}
		}
	}
	for i := range in.Areas {
		if in.Areas[i].Level <= in.Deepest {
			add(in.Areas[i].Boundary)
		}
	}
	for i := range in.Coverage.Circles {
		add(in.Coverage.Circles[i].Polygon)
	}
	for _, cells := range in.Coverage.Cells {
		for _, ct := range cells {
			if p, err := geo.CellBoundary(ct.Cell); err == nil {
				add(orb.MultiPolygon{p})
			}
		}
	}
	return b
}

func shareOrNil(v float64) any {
	if v < 0 {
		return nil
	}
	return math.Round(v*1e4) / 1e4
}

// round7 keeps a degree to a centimetre.
func round7(v float64) float64 { return math.Round(v*1e7) / 1e7 }

func rounded(g orb.Geometry) orb.Geometry {
	ring := func(r orb.Ring) orb.Ring {
		out := make(orb.Ring, len(r))
		for i, p := range r {
			out[i] = orb.Point{round7(p[0]), round7(p[1])}
		}
		return out
	}
	polygon := func(p orb.Polygon) orb.Polygon {
		out := make(orb.Polygon, len(p))
		for i, r := range p {
			out[i] = ring(r)
		}
		return out
	}
	switch g := g.(type) {
	case orb.Polygon:
		return polygon(g)
	case orb.MultiPolygon:
		if len(g) == 1 {
			return polygon(g[0])
		}
		out := make(orb.MultiPolygon, len(g))
		for i, p := range g {
			out[i] = polygon(p)
		}
		return out
	}
	return g
}

// featureWriter writes features one a line and keeps the first error.
type featureWriter struct {
	w   *bufio.Writer
	n   int
	err error
}

func (f *featureWriter) raw(s string) {
	if f.err == nil {
		_, f.err = f.w.WriteString(s)
	}
}

func (f *featureWriter) value(v any) {
	b, err := json.Marshal(v)
	if f.err == nil {
		f.err = err
	}
	f.raw(string(b))
}

func (f *featureWriter) feature(id string, g orb.Geometry, p geojson.Properties) {
	if f.n > 0 {
		f.raw(",")
	}
	f.n++
	f.raw("\n")
	feature := geojson.NewFeature(rounded(g))
	if id != "" {
		feature.ID = id
	}
	feature.Properties = p
	f.value(feature)
}
