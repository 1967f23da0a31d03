package api

import (
	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
)

// Finding is a place where areas do not tile.
type Finding struct {
	Key       string        `json:"key" doc:"names the finding as long as kind, codes and place are the same"`
	Kind      string        `json:"kind" enum:"overlap,overlap-sliver,gap,hole,gap-sliver,outside-parent,undeclared-part,self-crossing,duplicate-code,spike,unit-twice,unit-elsewhere,address-elsewhere"`
	Codes     []string      `json:"codes" doc:"of a gap the area in which it is; of ground outside a parent the area, then its parent"`
	Blocks    bool          `json:"blocks" doc:"the draft is not published with it"`
	AreaM2    float64       `json:"area_m2"`
	WidthM    float64       `json:"width_m" doc:"mean width in metres"`
	At        orb.Point     `json:"at" doc:"a point in the largest piece of it"`
	Message   string        `json:"message" doc:"one sentence in English"`
	Place     *MultiPolygon `json:"place,omitempty" doc:"the ground in question"`
	Building  string        `json:"building,omitempty" doc:"of units: the building's id"`
	Units     []string      `json:"units,omitempty" doc:"there: names of the units"`
	Residents int           `json:"residents,omitempty" doc:"of an address and a point at odds: how many"`
	Mends     []BorderMend  `json:"mends" doc:"ways to mend it, the best first; none: it takes a decision"`
}

// BorderMend is a way to mend a finding.
type BorderMend struct {
	Kind string `json:"kind" enum:"snap-to-neighbour,give-to-longest-border,cut-from,drop,count-once,unite,drop-units"`
	To   string `json:"to" doc:"the code of the area that has the ground afterwards; empty: none"`
}

// MultiPolygon is a GeoJSON geometry, WGS 84.
type MultiPolygon struct {
	Type        string           `json:"type" enum:"MultiPolygon"`
	Coordinates orb.MultiPolygon `json:"coordinates"`
}

func findingsOf(list []service.DraftFinding) []Finding {
	out := make([]Finding, len(list))
	for i := range list {
		f := &list[i]
		out[i] = Finding{
			Key: f.Key, Kind: string(f.Kind), Codes: orEmpty(f.Codes), Blocks: f.Blocks(), AreaM2: f.AreaM2, WidthM: f.WidthM, At: f.At,
			Message: f.Message, Mends: make([]BorderMend, len(f.Mends)), Building: f.Building, Units: f.Units, Residents: f.Residents,
		}
		if len(f.Place) > 0 {
			out[i].Place = &MultiPolygon{Type: "MultiPolygon", Coordinates: f.Place}
		}
		for k, m := range f.Mends {
			out[i].Mends[k] = BorderMend{string(m.Kind), m.To}
		}
	}
	return out
}
