package api

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/service"
	ground "sanse/geo"
)

// EditInput is an edit of a draft's boundaries. docs/drafts.md says what each
// operation reads.
type EditInput struct {
	Op       string      `json:"op" enum:"vertex,border,paint,give,assign,split,merge,retire,rename,recode,mend"`
	At       *orb.Point  `json:"at,omitempty" doc:"vertex: where it is, as served"`
	To       any         `json:"to,omitempty" doc:"vertex: where it goes, [lon, lat]; else a code, or + and the word of a new area"`
	Level    string      `json:"level,omitempty" enum:"grid,micro-grid"`
	Old      []orb.Point `json:"old,omitempty" maxItems:"10000" doc:"border: its vertices from end to end, as served"`
	New      []orb.Point `json:"new,omitempty" maxItems:"10000" doc:"border: the same ends, and what is to be between"`
	Cells    []string    `json:"cells,omitempty" maxItems:"10000" doc:"paint: H3 ids of the resolution of the ground"`
	Polygon  *Polygon    `json:"polygon,omitempty"`
	Line     []orb.Point `json:"line,omitempty" maxItems:"10000" doc:"split: what lies left of it is new"`
	Area     string      `json:"area,omitempty" maxLength:"30" doc:"split, retire, rename, recode: a code"`
	Areas    []string    `json:"areas,omitempty" maxItems:"5000" doc:"assign, merge: codes"`
	As       string      `json:"as,omitempty" maxLength:"30" doc:"merge: the code that goes on"`
	Parent   string      `json:"parent,omitempty" maxLength:"30" doc:"of a new micro-grid; left out: the grid that gives most of its ground"`
	Name     string      `json:"name,omitempty" maxLength:"100" doc:"left out: called after its number, or as it is"`
	Special  *bool       `json:"special,omitempty" doc:"left out: no, or as it is"`
	Findings []string    `json:"findings,omitempty" maxItems:"5000" doc:"mend: keys of the check's findings; left out: all that can be mended"`
}

// Polygon is a GeoJSON Polygon.
type Polygon struct {
	Type        string        `json:"type" enum:"Polygon"`
	Coordinates [][]orb.Point `json:"coordinates" maxItems:"1000"`
}

// maxOutlinePoints bounds an outline that is drawn: the district waits while an
// edit is made.
const maxOutlinePoints = 10_000

// editOf reads an edit.
func editOf(in *EditInput) (service.Edit, error) {
	fail := func(reason service.DraftReason, why string) (service.Edit, error) {
		e := &service.DraftError{Reason: reason, Message: why}
		return service.Edit{}, &service.Error{Code: service.CodeInvalid, Message: why, Err: e}
	}
	out := service.Edit{
		Op: service.EditOp(in.Op), Area: in.Area, Areas: in.Areas, Into: in.As, Parent: in.Parent, Name: in.Name, Special: in.Special,
		Old: in.Old, New: in.New, Line: in.Line, Cells: in.Cells, Findings: in.Findings,
	}
	if in.Level != "" {
		var err error
		if out.Level, err = ground.ParseLevel(in.Level); err != nil {
			return fail(service.DraftBadChange, wantLevel)
		}
	}
	if in.At != nil {
		out.At = *in.At
	}
	if in.Polygon != nil {
		points := 0
		for _, r := range in.Polygon.Coordinates {
			if points += len(r); points > maxOutlinePoints {
				return fail(service.DraftBadBoundary, fmt.Sprintf("the outline has more than %d points", maxOutlinePoints))
			}
			out.Polygon = append(out.Polygon, orb.Ring(r))
		}
	}
	switch to := in.To.(type) {
	case nil:
	case string:
		out.Into = to
	case []any:
		x, okX := number(to, 0)
		y, okY := number(to, 1)
		if len(to) != 2 || !okX || !okY {
			return fail(service.DraftBadChange, "to: want [lon, lat], or a code")
		}
		out.To = orb.Point{x, y}
	default:
		return fail(service.DraftBadChange, "to: want [lon, lat], or a code")
	}
	switch {
	case out.Op == service.EditVertex && (in.At == nil || out.To == orb.Point{}):
		return fail(service.DraftBadChange, "vertex: want at and to, each [lon, lat]")
	case (out.Op == service.EditPaint || out.Op == service.EditGive || out.Op == service.EditAssign) && out.Into == "":
		return fail(service.DraftBadChange, in.Op+": want to, a code or + and a word")
	case out.Op == service.EditGive && len(out.Polygon) == 0:
		return fail(service.DraftBadChange, "give: want a polygon")
	}
	return out, nil
}

func number(list []any, i int) (float64, bool) {
	if i >= len(list) {
		return 0, false
	}
	x, ok := list[i].(float64)
	return x, ok && !math.IsNaN(x)
}

// Edited is a draft after an edit, with the change and all areas that it
// touched.
type Edited struct {
	DraftMade
	Areas AreaCollection `json:"areas" doc:"as they are now; of a border, the vertices are the same numbers for all its sides"`
	Gone  []string       `json:"gone" doc:"codes that ended"`
}

// AreaCollection is a GeoJSON FeatureCollection of areas.
type AreaCollection struct {
	Type     string        `json:"type" enum:"FeatureCollection"`
	Features []AreaFeature `json:"features"`
}

// AreaFeature is an area as GeoJSON.
type AreaFeature struct {
	Type       string         `json:"type" enum:"Feature"`
	ID         string         `json:"id"`
	Properties AreaProperties `json:"properties"`
	Geometry   MultiPolygon   `json:"geometry"`
}

// AreaProperties are what an editor needs to know of an area.
type AreaProperties struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Level   string `json:"level"`
	Parent  string `json:"parent"`
	Special bool   `json:"special"`
	Locked  bool   `json:"locked" doc:"by itself or with an area around it"`
	Parts   int    `json:"parts" doc:"pieces that it is in"`
}

func areasOf(areas []ground.Area, locked func(string) bool) AreaCollection {
	out := AreaCollection{Type: "FeatureCollection", Features: make([]AreaFeature, len(areas))}
	for i := range areas {
		a := &areas[i]
		out.Features[i] = AreaFeature{
			Type: "Feature", ID: a.Code, Geometry: multiPolygonOf(a.Boundary),
			Properties: AreaProperties{
				Code: a.Code, Name: a.Name, Level: a.Level.String(), Parent: a.Parent, Special: a.Special,
				Locked: locked(a.Code), Parts: len(a.Boundary),
			},
		}
	}
	return out
}

func multiPolygonOf(mp orb.MultiPolygon) MultiPolygon { return MultiPolygon{"MultiPolygon", mp} }

// LocksInput lists the areas that are locked from now on.
type LocksInput struct {
	Areas []string `json:"areas" maxItems:"5000" doc:"codes; all others are open"`
}
