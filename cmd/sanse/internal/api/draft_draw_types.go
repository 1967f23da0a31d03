package api

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
)

// DrawingInput says what a community is to be divided into.
type DrawingInput struct {
	Area        string           `json:"area" minLength:"1" maxLength:"30" doc:"code of a community, or of a grid whose micro-grids are drawn"`
	Level       string           `json:"level" enum:"grid,micro-grid"`
	Zones       int              `json:"zones,omitempty" minimum:"0" maximum:"999" doc:"how many areas there are to be, those that stay included; left out: as many as the standard asks for"`
	Standard    *DrawingStandard `json:"standard,omitempty" doc:"left out: 300 households a grid, 50 to 120 a micro-grid"`
	Weights     []DrawingWeight  `json:"weights,omitempty" maxItems:"5" doc:"what is balanced, the most important first; left out: that of the standard within 5 %"`
	Barriers    bool             `json:"barriers,omitempty" doc:"no area crosses rivers, railways, motorways or walls, as far as the streets know them"`
	Stay        float64          `json:"stay,omitempty" minimum:"0" maximum:"1000" doc:"how dear it is to move: at 1, to move everything is as dear as the whole border of today's areas"`
	Seconds     float64          `json:"seconds" minimum:"1" maximum:"60" doc:"of the search"`
	Seed        uint64           `json:"seed,omitempty"`
	LockedCells []string         `json:"locked_cells,omitempty" maxItems:"10000" doc:"H3 ids of the resolution of the ground: they stay in the area in which they are"`
	WholeBlocks bool             `json:"whole_blocks,omitempty" doc:"grids are made of micro-grids as they are"`
}

// DrawingStandard is the district's own rule: so much of a weight to each area.
type DrawingStandard struct {
	Weight string `json:"weight" minLength:"1" maxLength:"50"`
	Target int64  `json:"target,omitempty" minimum:"0" doc:"an amount to come near to; left out: each area is bounded"`
	Least  int64  `json:"least,omitempty" minimum:"0"`
	Most   int64  `json:"most,omitempty" minimum:"0"`
}

// DrawingWeight is something that areas should have the same amount of.
type DrawingWeight struct {
	Name      string  `json:"name" minLength:"1" maxLength:"50" doc:"one of the weights of the ground"`
	Tolerance float64 `json:"tolerance" minimum:"0" maximum:"1" doc:"the share by which an area may be above or below its target"`
}

// Drawing is how far a search is, and the best that it has found.
type Drawing struct {
	Job      string          `json:"job"`
	State    string          `json:"state" enum:"running,done,stopped,failed"`
	Message  string          `json:"message,omitempty"`
	Progress DrawingProgress `json:"progress"`
	Result   *DrawingResult  `json:"result,omitempty" doc:"the best so far; left out: nothing yet"`
}

// DrawingProgress is how far a search is.
type DrawingProgress struct {
	Iterations int     `json:"iterations"`
	Excess     float64 `json:"excess" doc:"by how much areas break their bounds, as shares of their targets, summed; 0: all are kept"`
	Goal       float64 `json:"goal" doc:"metres of border between the areas, with what it costs to move"`
	Spent      float64 `json:"spent" doc:"share of the time that is over"`
}

// DrawingResult is the best that a search has found.
type DrawingResult struct {
	Areas   DrawnCollection `json:"areas"`
	Metrics DrawingMetrics  `json:"metrics"`
	Forbids []DrawingForbid `json:"forbids" doc:"what stands in the way, where the bounds are not kept at the end"`
}

// DrawnCollection is a GeoJSON FeatureCollection of areas that were drawn.
type DrawnCollection struct {
	Type     string         `json:"type" enum:"FeatureCollection"`
	Features []DrawnFeature `json:"features"`
}

// DrawnFeature is an area that was drawn, as GeoJSON.
type DrawnFeature struct {
	Type       string          `json:"type" enum:"Feature"`
	ID         string          `json:"id"`
	Properties DrawnProperties `json:"properties"`
	Geometry   MultiPolygon    `json:"geometry"`
}

// DrawnProperties are what is known of an area that was drawn.
type DrawnProperties struct {
	Code   string             `json:"code" doc:"of an area that goes on; of a new one + and a word"`
	Name   string             `json:"name" doc:"empty: a new area, called after its number once it has one"`
	Level  string             `json:"level"`
	Parent string             `json:"parent"`
	Values map[string]float64 `json:"values" doc:"by weight, all that the ground has"`
}

// DrawingMetrics measure a drawing.
type DrawingMetrics struct {
	Zones        int                `json:"zones" doc:"areas of the level that is drawn, without those left alone"`
	Worst        map[string]float64 `json:"worst" doc:"by weight balanced: the largest share off the target, above (+) or below (−)"`
	PolsbyPopper float64            `json:"polsby_popper" doc:"mean over areas"`
	Moved        float64            `json:"moved" doc:"of the first weight balanced: what lies in another area than before"`
	MovedBy      map[string]float64 `json:"moved_by" doc:"the same by weight"`
}

// DrawingForbid is why bounds cannot be kept, or are not.
type DrawingForbid struct {
	Kind    string     `json:"kind" enum:"unit,barrier,lock,sum,search"`
	Areas   []string   `json:"areas" doc:"codes of today in which it is"`
	Weight  string     `json:"weight,omitempty"`
	Short   float64    `json:"short,omitempty" doc:"the amount of the weight by which it fails at least"`
	At      *orb.Point `json:"at,omitempty" doc:"left out: all over"`
	Message string     `json:"message"`
}

func drawingOf(d *service.Drawing) Drawing {
	out := Drawing{
		Job: strconv.FormatInt(d.Job, 10), State: string(d.State), Message: d.Message,
		Progress: DrawingProgress{d.Iterations, shareOf(d.Excess), math.Round(d.Goal), shareOf(d.Spent)},
	}
	r := d.Result
	if r == nil {
		return out
	}
	out.Result = &DrawingResult{
		Areas:   DrawnCollection{Type: "FeatureCollection", Features: make([]DrawnFeature, len(r.Areas))},
		Metrics: DrawingMetrics{Zones: r.Zones, Worst: make(map[string]float64), PolsbyPopper: shareOf(r.PolsbyPopper), Moved: r.Moved[r.First], MovedBy: r.Moved},
		Forbids: make([]DrawingForbid, len(r.Forbids)),
	}
	for name, off := range r.Worst {
		out.Result.Metrics.Worst[name] = shareOf(off)
	}
	for i := range r.Areas {
		a := &r.Areas[i]
		out.Result.Areas.Features[i] = DrawnFeature{
			Type: "Feature", ID: a.Code, Geometry: multiPolygonOf(a.Boundary),
			Properties: DrawnProperties{a.Code, a.Name, a.Level.String(), a.Parent, a.Values},
		}
	}
	for i, f := range r.Forbids {
		out.Result.Forbids[i] = DrawingForbid{string(f.Kind), f.Areas, f.Weight, f.Short, f.At, f.Message}
	}
	return out
}

// shareOf keeps shares readable.
func shareOf(v float64) float64 {
	const digits = 1e4
	return math.Round(v*digits) / digits
}
