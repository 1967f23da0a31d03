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

// peopleLayers count the population, openLayers what everybody is told of it.
var (
	peopleLayers = []string{"people", "over60", "under18", "disabled"}
	openLayers   = []string{"people", "over60", "under18"}
)

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
	f, a, err := s.frameArea(ctx, district, area)
	if err != nil {
		return out, err
	}
	if !slices.Contains(HeatLayers, out.Layer) {
		if err := s.mustTellOf(ctx, f, a.Code, out.Layer); err != nil {
			return out, err
		}
	}
	if !slices.Contains(openLayers, out.Layer) {
		if out.Release, err = s.released(ctx, &f.boundaries, a.Code); err != nil {
			return out, err
		}
	}
	switch {
	case out.Release == nil:
		var points []heatPoint
		if points, err = s.heat(ctx, f, out.Layer, a.Code); err == nil {
			err = out.exact(points)
		}
	case out.Layer == "load":
		err = mustAnswerFor(ctx, a.Code)
	case out.Layer == "on_time":
		out.onTime(f.tree, a.Code)
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
func (s *Service) mustTellOf(ctx context.Context, f *frame, area, word string) error {
	viewer, district := viewerOf(ctx), f.district.Code
	if viewer.AnswersFor(area) {
		residents, err := s.residentsOf(ctx, f, area, word)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(residents, func(r data.ResidentCount) bool { return viewer.AnswersFor(cmp.Or(r.Area, district)) }) {
			return nil
		}
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
	return invalid("layer: %q is none: want one of %s, a grade or a kind", word, OwnList(HeatLayers))
}

// residentsOf counts who is of a grade or a kind of that name, for questions about
// an area; a name that is both is taken for the grade.
func (s *Service) residentsOf(ctx context.Context, f *frame, area, word string) ([]data.ResidentCount, error) {
	all, err := s.headsOf(ctx, f, area, "")
	if err != nil {
		return nil, err
	}
	switch {
	case slices.Contains(all.grades, word):
		var out []data.ResidentCount
		for _, r := range all.residents {
			if r.Grade == word {
				out = append(out, r)
			}
		}
		return out, nil
	case slices.Contains(all.kinds, word):
		of, err := s.headsOf(ctx, f, area, word)
		if err != nil {
			return nil, err
		}
		return of.residents, nil
	}
	return nil, nil
}

// heatPoint is a cell of the finest resolution with so many people or visits, and
// of those so many in time.
type heatPoint struct {
	cell        h3.Cell
	count, kept int
}

// heat returns what a layer counts in an area. A layer that is none of HeatLayers
// is a grade or else a kind.
func (s *Service) heat(ctx context.Context, f *frame, layer, area string) ([]heatPoint, error) {
	switch layer {
	case "load", "on_time":
		v, err := s.view(ctx, f.district.Code)
		if err != nil {
			return nil, err
		}
		return v.heat(layer, area)
	}
	all, err := s.headsOf(ctx, f, area, "")
	if err != nil {
		return nil, err
	}
	residents, people := all.residents, func(*data.PeopleCount) int { return 0 }
	switch layer {
	case "residents":
	case "people":
		people = func(p *data.PeopleCount) int { return p.People }
	case "over60":
		people = func(p *data.PeopleCount) int { return p.Over60 }
	case "under18":
		people = func(p *data.PeopleCount) int { return p.Under18 }
	case "disabled":
		people = func(p *data.PeopleCount) int { return p.Disabled }
	default:
		if residents, err = s.residentsOf(ctx, f, area, layer); err != nil {
			return nil, err
		}
	}
	var out []heatPoint
	if slices.Contains(peopleLayers, layer) {
		for i := range all.people {
			if p := &all.people[i]; f.within(p.Area, area) {
				out = append(out, heatPoint{cell: p.Cell, count: people(p)})
			}
		}
		return out, nil
	}
	for i := range residents {
		if r := &residents[i]; f.within(r.Area, area) {
			out = append(out, heatPoint{cell: r.Cell, count: r.N})
		}
	}
	return out, nil
}

// heat returns what a layer of visits counts in an area.
func (v *view) heat(layer, area string) ([]heatPoint, error) {
	_, homes, err := v.cellsOf()
	if err != nil {
		return nil, fmt.Errorf("count by cell: %w", err)
	}
	visits := make(map[string]int)
	accounts := make(map[string]reports.Account)
	if layer == "load" {
		for i := range v.planned.Itineraries {
			for k := range v.planned.Itineraries[i].Stops {
				visits[v.planned.Itineraries[i].Stops[k].Resident]++
			}
		}
	} else {
		accounts = v.board.Accounts(lately(v.today))
	}
	var out []heatPoint
	for i := range v.problem.Residents {
		r := &v.problem.Residents[i]
		if !v.within(cmp.Or(r.MicroGrid, r.Grid), area) {
			continue
		}
		a := accounts[r.ID]
		out = append(out, heatPoint{cell: homes[i], count: visits[r.ID] + a.Due, kept: a.Due - a.Late})
	}
	return out, nil
}

// lately is the month that is not over and the one before, up to today.
func lately(today planner.Date) reports.Period {
	return reports.Period{Kind: "days", From: (today.MonthStart() - 1).MonthStart(), To: today - 1}
}

// exact draws true counts.
func (h *Heatmap) exact(points []heatPoint) error {
	count, kept, total := make(map[h3.Cell]int), make(map[h3.Cell]int), 0
	for _, p := range points {
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
