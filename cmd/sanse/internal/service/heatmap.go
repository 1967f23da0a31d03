package service

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

// hiddenBelow is the count under which outsiders are told nothing.
const hiddenBelow = 5

// HeatLayers are what a heatmap can count beside each grade and kind.
var HeatLayers = []string{"people", "over60", "under18", "residents", "disabled", "load", "on_time"}

// Heatmap is a map of counts by H3 cell. Features have the properties cell,
// count (null where hidden), hidden, and
//   - rolled_up: the feature is of several cells, whose number is cells, and its
//     count of them together, in the place of;
//   - partly: of a cell that is in a rolled up one as well, with what is not shown
//     by itself;
//   - share: of visits made in time, 0 to 1 (layer on_time, where count is the
//     number of windows that have closed).
type Heatmap struct {
	Resolution int
	Layer      string
	K          int
	Total      *int     // nil where it is hidden
	Release    *Release // that it is made from; nil for who answers for the area
	Cells      *geojson.FeatureCollection
}

// Heatmap counts people or visits by cell of resolution 6 to 8 in an area (empty:
// the district). Who answers for the area sees true counts, all others those of
// the release; people, over 60 and under 18 are the same for all.
func (s *Service) Heatmap(ctx context.Context, district, layer, area string, res int) (Heatmap, error) {
	out := Heatmap{Resolution: res, Layer: cmp.Or(layer, "residents"), K: hiddenBelow, Cells: geojson.NewFeatureCollection()}
	if res < coarsestPiece || res > finestPiece {
		return out, invalid("no heatmap: resolution %d is not one of %d to %d", res, coarsestPiece, finestPiece)
	}
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return out, err
	}
	if !slices.Contains(HeatLayers, out.Layer) {
		if err := s.mustTellOf(ctx, v, a.Code, out.Layer); err != nil {
			return out, err
		}
	}
	count, open, err := v.heat(out.Layer, a.Code)
	if err != nil {
		return out, fmt.Errorf("count by cell: %w", err)
	}
	if !open {
		if out.Release, err = s.released(ctx, v, a.Code); err != nil {
			return out, err
		}
	}
	switch {
	case out.Release == nil:
		err = out.exact(count)
	case out.Layer == "load":
		err = mustAnswerFor(ctx, a.Code)
	case out.Layer == "on_time":
		out.onTime(v.snap.Tree, a.Code)
	default:
		h := &heatOfRelease{out: &out, figure: out.Release.figureOf(out.Layer)}
		err = h.draw(a.Code)
	}
	return out, err
}

// mustTellOf refuses a layer that is no grade and no kind. That there is somebody
// of a kind is told like any number of them: whoever asks hears it of the people
// they answer for, and of all others from the release. For an area of others all
// words that are not in it are refused alike.
func (s *Service) mustTellOf(ctx context.Context, v *view, area, word string) error {
	viewer, district := viewerOf(ctx), v.snap.District.Code
	if viewer.AnswersFor(area) && slices.ContainsFunc(v.problem.Residents, func(r planner.Resident) bool {
		return (r.Grade == word || slices.Contains(r.Kinds, word)) && viewer.AnswersFor(cmp.Or(r.MicroGrid, r.Grid, district))
	}) {
		return nil
	}
	if !viewer.AnswersFor(district) {
		release, err := s.Release(ctx, district)
		if err != nil || release.tellsOf(word) {
			return err
		}
		if err := mustAnswerFor(ctx, area); err != nil {
			return err
		}
	}
	return invalid("%q is no layer: want one of %s, a grade or a kind", word, strings.Join(HeatLayers, ", "))
}

// heatPoint is a place with so many people or visits, and of those so many in
// time.
type heatPoint struct {
	cell        h3.Cell // of the finest resolution
	count, kept int
}

// heat returns what a layer counts in an area, and whether it is for everybody. A
// layer that is none of HeatLayers is a grade or else a kind.
func (v *view) heat(layer, area string) (points func() []heatPoint, open bool, err error) {
	spots, homes, err := v.cellsOf()
	if err != nil {
		return nil, false, err
	}
	people := func(of func(*data.Population) int) func() []heatPoint {
		return func() (out []heatPoint) {
			for i := range v.snap.Population {
				p := &v.snap.Population[i]
				if strings.HasPrefix(cmp.Or(p.MicroGrid, p.Grid, v.snap.District.Code), area) {
					out = append(out, heatPoint{cell: spots[i], count: of(p)})
				}
			}
			return out
		}
	}
	residents := func(of func(*planner.Resident) (count, kept int)) func() []heatPoint {
		return func() (out []heatPoint) {
			for i := range v.problem.Residents {
				r := &v.problem.Residents[i]
				if strings.HasPrefix(cmp.Or(r.MicroGrid, r.Grid, v.snap.District.Code), area) {
					p := heatPoint{cell: homes[i]}
					p.count, p.kept = of(r)
					out = append(out, p)
				}
			}
			return out
		}
	}
	one := func(is bool) (int, int) {
		if is {
			return 1, 0
		}
		return 0, 0
	}
	switch layer {
	case "people":
		return people(func(p *data.Population) int { return p.People }), true, nil
	case "over60":
		return people(func(p *data.Population) int { return p.Over60 }), true, nil
	case "under18":
		return people(func(p *data.Population) int { return p.Under18 }), true, nil
	case "disabled":
		return people(func(p *data.Population) int { return p.Disabled }), false, nil
	case "residents":
		return residents(func(*planner.Resident) (int, int) { return 1, 0 }), false, nil
	case "load":
		visits := make(map[string]int)
		if v.planned != nil {
			for i := range v.planned.Itineraries {
				for k := range v.planned.Itineraries[i].Stops {
					visits[v.planned.Itineraries[i].Stops[k].Resident]++
				}
			}
		}
		return residents(func(r *planner.Resident) (int, int) { return visits[r.ID], 0 }), false, nil
	case "on_time":
		return residents(v.board.Punctual(lately(v.today))), false, nil
	}
	if slices.Contains(v.board.GradeNames(), layer) {
		return residents(func(r *planner.Resident) (int, int) { return one(r.Grade == layer) }), false, nil
	}
	return residents(func(r *planner.Resident) (int, int) { return one(slices.Contains(r.Kinds, layer)) }), false, nil
}

// lately is the month that is not over and the one before, up to today.
func lately(today planner.Date) reports.Period {
	return reports.Period{Kind: "days", From: (today.MonthStart() - 1).MonthStart(), To: today - 1}
}

// exact draws true counts.
func (h *Heatmap) exact(points func() []heatPoint) error {
	count, kept, total := make(map[h3.Cell]int), make(map[h3.Cell]int), 0
	for _, p := range points() {
		count[p.cell] += p.count
		kept[p.cell] += p.kept
		total += p.count
	}
	if h.Resolution < finestPiece { // cells hold their children only nearly
		fine, fineKept := count, kept
		count, kept = make(map[h3.Cell]int), make(map[h3.Cell]int)
		for c, n := range fine {
			up, err := c.Parent(h.Resolution)
			if err != nil {
				return fmt.Errorf("count by cell: %w", err)
			}
			count[up] += n
			kept[up] += fineKept[c]
		}
	}
	h.Total = &total
	for _, c := range slices.Sorted(maps.Keys(count)) {
		if count[c] == 0 {
			continue
		}
		props := geojson.Properties{"count": count[c], "hidden": false, "rolled_up": false}
		if h.Layer == "on_time" {
			props["share"] = float64(kept[c]) / float64(count[c])
		}
		if err := appendCell(h.Cells, c, props); err != nil {
			return err
		}
	}
	return nil
}

// onTime draws the communities of whose visits outsiders are told.
func (h *Heatmap) onTime(tree *geo.Tree, area string) {
	for _, code := range tree.Codes(geo.LevelCommunity) {
		share := h.Release.OnTime(code)
		if !strings.HasPrefix(code, area) || share == nil {
			continue
		}
		a, _ := tree.Area(code)
		f := geojson.NewFeature(a.Boundary)
		f.ID = code
		f.Properties = geojson.Properties{"cell": "", "of": code, "count": nil, "hidden": false, "rolled_up": true, "share": *share}
		h.Cells.Append(f)
	}
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
