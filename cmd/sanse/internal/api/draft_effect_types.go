package api

import (
	"github.com/paulmach/orb/geojson"

	ground "sanse/geo"
	"sanse/reports"
)

// Effect is what publishing a draft would do, with what a map needs beside the
// figures.
type Effect struct {
	*reports.Effect
	Before      *geojson.FeatureCollection `json:"before" doc:"grids and micro-grids of the communities touched, as they are; change: created, retired, reshaped, renamed, people, or empty"`
	After       *geojson.FeatureCollection `json:"after" doc:"the same as they would be"`
	MovedPlaces *geojson.FeatureCollection `json:"moved_places" doc:"where residents live who move: grade, from, to, count; no ids"`
}

func effectOf(e *reports.Effect) Effect {
	change := make(map[string]string)
	for i := range e.Areas {
		change[e.Areas[i].Code] = "people"
	}
	// Of one that is reshaped and renamed the map shows the shape.
	for _, of := range []struct {
		word  string
		codes []string
	}{{"renamed", e.Changes.Renamed}, {"reshaped", e.Changes.Reshaped}, {"created", e.Changes.Created}, {"retired", e.Changes.Retired}} {
		for _, code := range of.codes {
			change[code] = of.word
		}
	}
	features := func(areas []ground.Area) *geojson.FeatureCollection {
		fc := geojson.NewFeatureCollection()
		for i := range areas {
			a := &areas[i]
			if a.Level < ground.LevelGrid {
				continue
			}
			f := geojson.NewFeature(a.Boundary)
			f.ID = a.Code
			f.Properties = geojson.Properties{
				"code": a.Code, "name": a.Name, "level": a.Level.String(), "parent": a.Parent, "special": a.Special, "change": change[a.Code],
			}
			fc.Append(f)
		}
		return fc
	}
	out := Effect{Effect: e, Before: features(e.Before), After: features(e.After), MovedPlaces: geojson.NewFeatureCollection()}
	for i := range e.Places {
		p := &e.Places[i]
		f := geojson.NewFeature(p.At)
		f.Properties = geojson.Properties{"grade": p.Grade, "from": p.From, "to": p.To, "count": p.Count}
		out.MovedPlaces.Append(f)
	}
	return out
}
