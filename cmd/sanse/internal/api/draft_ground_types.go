package api

import (
	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	ground "sanse/geo"
)

// Ground is a community of a draft, ready to be edited.
type Ground struct {
	Version  int64                       `json:"version" doc:"of the draft"`
	Area     GroundArea                  `json:"area"`
	Areas    AreaCollection              `json:"areas" doc:"grids and micro-grids; of a border, the vertices are the same numbers for all its sides"`
	Weights  []string                    `json:"weights" doc:"households, people, residents by grade, minutes of care a week"`
	Places   GroundPlaces                `json:"places"`
	Cells    GroundCells                 `json:"cells"`
	Barriers BarrierCollection           `json:"barriers" doc:"what is not crossed, where it is known"`
	Standard map[string]map[string]Range `json:"standard" doc:"by level and weight: the reference rule"`
}

// GroundArea is the community.
type GroundArea struct {
	Code    string       `json:"code"`
	Name    string       `json:"name"`
	Level   string       `json:"level"`
	Bounds  [4]float64   `json:"bounds" doc:"west, south, east, north"`
	Outline MultiPolygon `json:"outline"`
}

// GroundPlaces is where people are, by place: lists of one length.
type GroundPlaces struct {
	At     []float64            `json:"at" doc:"lon, lat, lon, lat, …"`
	Values map[string][]float64 `json:"values" doc:"by weight"`
	In     []int                `json:"in" doc:"index in areas of the finest area that holds the place"`
	Fixed  []bool               `json:"fixed" doc:"an address has decided that: no border moves the place to another micro-grid of the grid"`
}

// GroundCells are the H3 cells that the community is painted with.
type GroundCells struct {
	Resolution int         `json:"resolution"`
	IDs        []string    `json:"ids"`
	Rings      [][]float64 `json:"rings" doc:"outlines: lon, lat, lon, lat, …"`
}

// BarrierCollection is a GeoJSON FeatureCollection of barriers.
type BarrierCollection struct {
	Type     string           `json:"type" enum:"FeatureCollection"`
	Features []BarrierFeature `json:"features"`
}

// BarrierFeature is a barrier as GeoJSON.
type BarrierFeature struct {
	Type       string            `json:"type" enum:"Feature"`
	Properties map[string]string `json:"properties" doc:"kind"`
	Geometry   LineString        `json:"geometry"`
}

// LineString is a GeoJSON LineString.
type LineString struct {
	Type        string      `json:"type" enum:"LineString"`
	Coordinates []orb.Point `json:"coordinates"`
}

// Range is how much of a weight an area is to have; 0: nothing is said.
type Range struct {
	Least  float64 `json:"least,omitempty"`
	Target float64 `json:"target,omitempty"`
	Most   float64 `json:"most,omitempty"`
}

func groundOf(g *service.Ground) (Ground, error) {
	out := Ground{
		Version: g.Draft.Version, Weights: g.Weights, Areas: areasOf(g.Areas, g.Locked),
		Area: GroundArea{
			Code: g.Community.Code, Name: g.Community.Name, Level: g.Community.Level.String(),
			Bounds: boundsOf(g.Community.Boundary.Bound()), Outline: multiPolygonOf(g.Community.Boundary),
		},
		Places:   GroundPlaces{At: make([]float64, 0, 2*len(g.Places)), Values: make(map[string][]float64, len(g.Weights)), In: make([]int, len(g.Places)), Fixed: make([]bool, len(g.Places))},
		Cells:    GroundCells{Resolution: g.CellResolution, IDs: make([]string, len(g.Cells)), Rings: make([][]float64, len(g.Cells))},
		Barriers: BarrierCollection{Type: "FeatureCollection", Features: []BarrierFeature{}},
		Standard: map[string]map[string]Range{
			ground.LevelMicroGrid.String(): {service.WeightHouseholds: {Least: service.MicroGridLeast, Most: service.MicroGridMost}},
			ground.LevelGrid.String():      {service.WeightHouseholds: {Target: service.GridTarget}},
		},
	}
	for _, b := range g.Barriers {
		out.Barriers.Features = append(out.Barriers.Features, BarrierFeature{
			Type: "Feature", Properties: map[string]string{"kind": b.Kind.String()}, Geometry: LineString{"LineString", b.Line},
		})
	}
	for k, name := range g.Weights {
		values := make([]float64, len(g.Places))
		for i := range g.Places {
			values[i] = g.Places[i].Values[k]
		}
		out.Places.Values[name] = values
	}
	for i := range g.Places {
		p := &g.Places[i]
		out.Places.At = append(out.Places.At, p.At[0], p.At[1])
		out.Places.In[i], out.Places.Fixed[i] = p.Area, p.Fixed
	}
	for i, c := range g.Cells {
		poly, err := ground.CellBoundary(c)
		if err != nil {
			return out, err
		}
		ring := make([]float64, 0, 2*len(poly[0]))
		for _, p := range poly[0] {
			ring = append(ring, p[0], p[1])
		}
		out.Cells.IDs[i], out.Cells.Rings[i] = c.String(), ring
	}
	return out, nil
}
