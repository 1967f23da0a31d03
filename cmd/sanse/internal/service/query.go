package service

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/reports"
)

// hiddenBelow is the count under which a heatmap says nothing.
const hiddenBelow = 5

// DistrictView is what a page needs to know of a district before anything else.
type DistrictView struct {
	Code         string
	Name         string
	MadeUp       bool
	Note         string
	Attribution  string
	TimeZone     string
	Today        planner.Date // the day on which the pages open: today, or the nearest day of the plan
	DataVersion  int64
	Bounds       orb.Bound
	Grades       []string // in use, the reference grades first
	Kinds        []string
	VisitorKinds []string
	Plan         *data.PlanRecord
	Summary      json.RawMessage // of the plan; nil without one
}

// DistrictView describes a district.
func (s *Service) DistrictView(ctx context.Context, district string) (DistrictView, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return DistrictView{}, err
	}
	d := v.snap.District
	out := DistrictView{
		Code: d.Code, Name: d.Name, MadeUp: d.MadeUp, Note: d.Note, Attribution: d.Attribution, TimeZone: d.TimeZone,
		Today: v.opensOn(), DataVersion: v.snap.Version, Plan: v.plan, Grades: v.board.GradeNames(),
	}
	kinds, visitorKinds := make(map[string]struct{}), make(map[string]struct{})
	for i := range v.problem.Residents {
		for _, k := range v.problem.Residents[i].Kinds {
			kinds[k] = struct{}{}
		}
	}
	for i := range v.problem.Visitors {
		visitorKinds[v.problem.Visitors[i].Kind] = struct{}{}
	}
	out.Kinds, out.VisitorKinds = slices.Sorted(maps.Keys(kinds)), slices.Sorted(maps.Keys(visitorKinds))
	out.Bounds = v.snap.Tree.District().Boundary.Bound()
	if v.plan != nil {
		out.Summary = v.plan.Summary
	}
	return out, nil
}

// Areas returns the areas of a level under a parent (empty: of all) with their
// outlines and the number of residents enrolled in each.
func (s *Service) Areas(ctx context.Context, district string, level geo.Level, parent string) (*geojson.FeatureCollection, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	if parent != "" {
		if _, err := v.area(parent); err != nil {
			return nil, err
		}
	}
	count := make(map[string]int)
	for i := range v.problem.Residents {
		r := &v.problem.Residents[i]
		code := cmp.Or(r.MicroGrid, r.Grid)
		if up, ok := v.snap.Tree.Ancestor(code, level); ok {
			count[up]++
		}
	}
	households := make(map[string]int)
	for i := range v.snap.Population {
		p := &v.snap.Population[i]
		if up, ok := v.snap.Tree.Ancestor(cmp.Or(p.MicroGrid, p.Grid), level); ok {
			households[up] += p.Households
		}
	}
	fc := geojson.NewFeatureCollection()
	for _, code := range v.snap.Tree.Codes(level) {
		if !strings.HasPrefix(code, parent) {
			continue
		}
		a, _ := v.snap.Tree.Area(code)
		f := geojson.NewFeature(a.Boundary)
		f.ID = a.Code
		f.Properties = geojson.Properties{
			"code": a.Code, "name": a.Name, "level": a.Level.String(), "parent": a.Parent, "special": a.Special,
			"residents": count[code], "households": households[code],
		}
		fc.Append(f)
	}
	return fc, nil
}

// FoundArea is an area that a search found.
type FoundArea struct {
	planner.Area
	Path   []string // names from the district down to the parent
	Bounds orb.Bound
}

// maxFound is how many areas a search returns at most.
const maxFound = 20

// SearchAreas finds areas by a part of their name, in any case, or the beginning
// of their code, outer levels first.
func (s *Service) SearchAreas(ctx context.Context, district, text string) ([]FoundArea, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	text = strings.ToLower(strings.TrimSpace(text))
	found := []FoundArea{}
	if text == "" {
		return found, nil
	}
	for level := geo.LevelDistrict; level <= geo.LevelMicroGrid && len(found) < maxFound; level++ {
		for _, code := range v.snap.Tree.Codes(level) {
			a, _ := v.snap.Tree.Area(code)
			if !strings.HasPrefix(a.Code, text) && !strings.Contains(strings.ToLower(a.Name), text) {
				continue
			}
			f := FoundArea{Area: planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name}, Bounds: a.Boundary.Bound(), Path: []string{}}
			for _, up := range v.path(f.Area) {
				if up.Code != a.Code {
					f.Path = append(f.Path, up.Name)
				}
			}
			found = append(found, f)
			if len(found) == maxFound {
				break
			}
		}
	}
	return found, nil
}

// BoardView is the account of one area and of those right below it.
type BoardView struct {
	Area     planner.Area
	Path     []planner.Area
	Period   reports.Period
	Totals   reports.Row
	Grades   map[string]reports.Row
	Children []reports.AreaRow
	Weeks    []reports.PeriodRow
	Coverage []data.AreaCoverage
}

// Board returns the account of an area in the day, week or month that holds a
// day (0: the day on which the pages open), or in the plan's whole horizon.
func (s *Service) Board(ctx context.Context, district, area, period string, day planner.Date) (BoardView, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return BoardView{}, err
	}
	if day == 0 {
		day = v.opensOn()
	}
	var p reports.Period
	switch period {
	case "day":
		p = reports.Day(day)
	case "week":
		p = reports.Week(day)
	case "", "month":
		p = reports.Month(day)
	case "horizon":
		p = v.board.Horizon()
	default:
		return BoardView{}, invalid("%q is no period: want day, week, month or horizon", period)
	}
	return BoardView{
		Area: a, Path: v.path(a), Period: p, Totals: v.board.Row(a.Code, p), Grades: v.board.Grades(a.Code, p),
		Children: v.board.Children(a.Code, p), Weeks: v.board.Weeks(a.Code), Coverage: v.coverage[a.Code],
	}, nil
}

// Unplanned returns what the plan does not make in an area, and why.
func (s *Service) Unplanned(ctx context.Context, district, area string) ([]reports.UnplannedRow, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, err
	}
	return v.board.Unplanned(a.Code), nil
}

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

// Circle returns the service circle of a facility.
func (s *Service) Circle(ctx context.Context, district, facility string) (*geojson.Feature, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	var run data.CoverageRun
	var c data.ServiceCircle
	err = s.store.View(ctx, func(r *data.Reads) (err error) {
		if run, err = r.CurrentCoverage(ctx, d.Code); errors.Is(err, data.ErrNotFound) {
			return notFound("the coverage of district %s has not been computed yet", d.Code)
		} else if err != nil {
			return err
		}
		if c, err = r.ServiceCircle(ctx, d.Code, facility); errors.Is(err, data.ErrNotFound) {
			return notFound("facility %q has no service circle: it is not open, or no street is near", facility)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	f := geojson.NewFeature(c.Boundary)
	f.Properties = geojson.Properties{
		"facility": facility, "minutes": run.Minutes, "speed": run.MetresPerSecond, "date": run.Date.String(),
		"people": c.People, "residents": c.Residents, "area_km2": c.AreaKm2,
	}
	return f, nil
}

// CoverageCells returns the cells from which a service can be reached, with the
// seconds of the walk.
func (s *Service) CoverageCells(ctx context.Context, district, service string) (*geojson.FeatureCollection, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(data.Services, func(t data.Term) bool { return t.Key == service }) {
		return nil, invalid("%q is no service", service)
	}
	cells, err := s.store.CoverageCells(ctx, d.Code, service)
	if err != nil {
		return nil, err
	}
	fc := geojson.NewFeatureCollection()
	for _, c := range cells {
		if err := appendCell(fc, h3.Cell(c.Cell), geojson.Properties{"seconds": c.Seconds}); err != nil {
			return nil, err
		}
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

// VisitorRow is a visitor with their day in a few figures.
type VisitorRow struct {
	ID     string
	Kind   string
	Tier   planner.Tier
	Scope  []string
	Stops  int
	Depart *planner.Clock // nil: no visit that day
	Back   *planner.Clock
}

// maxVisitors is how many visitors a list holds at most.
const maxVisitors = 200

// Visitors lists those who may visit in an area, the ones with visits on the
// day first, and says how many there are in all.
func (s *Service) Visitors(ctx context.Context, district, area, text string, day planner.Date) ([]VisitorRow, int, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return nil, 0, err
	}
	if day == 0 {
		day = v.opensOn()
	}
	rows := v.visitorRows(day, func(w *planner.Visitor) bool {
		return (text == "" || strings.Contains(strings.ToLower(w.ID), strings.ToLower(text))) &&
			slices.ContainsFunc(w.Scope, func(c string) bool { return strings.HasPrefix(c, a.Code) || strings.HasPrefix(a.Code, c) })
	})
	return rows[:min(len(rows), maxVisitors)], len(rows), nil
}

// visitorRows lists visitors, those with the most stops on the day first.
func (v *view) visitorRows(day planner.Date, want func(*planner.Visitor) bool) []VisitorRow {
	type span struct {
		stops        int
		depart, back planner.Clock
	}
	busy := make(map[string]span)
	for i := range v.planned.Itineraries {
		it := &v.planned.Itineraries[i]
		if it.Date != day {
			continue
		}
		b, seen := busy[it.Visitor]
		if !seen || it.Depart < b.depart {
			b.depart = it.Depart
		}
		b.back = max(b.back, back(it))
		b.stops += len(it.Stops)
		busy[it.Visitor] = b
	}
	rows := []VisitorRow{}
	for i := range v.problem.Visitors {
		w := &v.problem.Visitors[i]
		if !want(w) {
			continue
		}
		row := VisitorRow{ID: w.ID, Kind: w.Kind, Tier: w.Tier, Scope: w.Scope}
		if b, ok := busy[w.ID]; ok {
			row.Stops, row.Depart, row.Back = b.stops, &b.depart, &b.back
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b VisitorRow) int { return cmp.Or(cmp.Compare(b.Stops, a.Stops), cmp.Compare(a.ID, b.ID)) })
	return rows
}

// back is the minute in which a walk ends.
func back(it *planner.Itinerary) planner.Clock {
	last := it.Stops[len(it.Stops)-1].Leave
	return last + planner.Clock((it.ReturnSeconds+59)/60)
}

// DayView is a visitor's day.
type DayView struct {
	Visitor     planner.Visitor
	Name        string
	Shifts      []planner.Shift // of the day
	Date        planner.Date
	Previous    *planner.Date // the nearest days with visits
	Next        *planner.Date
	Itineraries []DayItinerary
	// Leads are the visitors of the grid or community that this one leads.
	Leads []VisitorRow
	// LeadNames are the names of Leads by id.
	LeadNames map[string]string
}

// DayItinerary is one walk of a day.
type DayItinerary struct {
	planner.Itinerary
	Back        planner.Clock
	WalkSeconds int
	Route       orb.MultiLineString
	Doors       []Door
}

// Door is a stop with what the visitor has to know of it.
type Door struct {
	planner.Stop
	Name     string
	Address  string
	Grade    string
	Kinds    []string
	Location orb.Point
	Minutes  int
	Why      string // due_today, due_soon, owed, spread
}

// Day returns the day of a visitor, with the names and addresses that they
// need at the door.
func (s *Service) Day(ctx context.Context, district, visitor string, day planner.Date) (DayView, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return DayView{}, err
	}
	w := v.visitors[visitor]
	if w == nil {
		return DayView{}, notFound("there is no visitor %q", visitor)
	}
	if day == 0 {
		day = v.opensOn()
	}
	out := DayView{Visitor: *w, Date: day, LeadNames: map[string]string{}}
	for _, sh := range w.Shifts {
		if sh.Weekday == day.Weekday() && !slices.Contains(w.DaysOff, day) {
			out.Shifts = append(out.Shifts, sh)
		}
	}
	for i := range v.planned.Itineraries {
		it := &v.planned.Itineraries[i]
		if it.Visitor != visitor {
			continue
		}
		if d := it.Date; d < day && (out.Previous == nil || d > *out.Previous) {
			out.Previous = &d
		} else if d > day && (out.Next == nil || d < *out.Next) {
			out.Next = &d
		}
	}
	if v.plan != nil {
		itineraries, err := s.store.PlanItineraries(ctx, v.snap.District.Code, v.plan.ID, data.ItineraryFilter{From: day, To: day, Visitors: []string{visitor}})
		if err != nil {
			return out, err
		}
		if err := s.doors(ctx, v, itineraries, &out); err != nil {
			return out, err
		}
	}
	out.Leads = v.leads(w, day)
	ids := []string{visitor}
	for _, l := range out.Leads {
		ids = append(ids, l.ID)
	}
	persons, err := s.store.VisitorPersons(ctx, v.snap.District.Code, ids)
	if err != nil {
		return out, err
	}
	out.Name = persons[visitor].Name.Reveal()
	for _, l := range out.Leads {
		out.LeadNames[l.ID] = persons[l.ID].Name.Reveal()
	}
	return out, nil
}

// leads lists the visitors whose days a leader sees: those of their grid for a
// grid leader, of their community for a master-grid leader.
func (v *view) leads(w *planner.Visitor, day planner.Date) []VisitorRow {
	if w.Tier != planner.TierGrid && w.Tier != planner.TierMasterGrid {
		return []VisitorRow{}
	}
	rows := v.visitorRows(day, func(o *planner.Visitor) bool {
		return o.ID != w.ID && o.Tier < w.Tier && slices.ContainsFunc(o.Scope, func(c string) bool {
			return slices.ContainsFunc(w.Scope, func(mine string) bool { return strings.HasPrefix(c, mine) })
		})
	})
	return rows[:min(len(rows), maxVisitors)]
}

// doors fills in the walks of a day.
func (s *Service) doors(ctx context.Context, v *view, itineraries []data.ItineraryRecord, out *DayView) error {
	var ids []string
	for i := range itineraries {
		for _, st := range itineraries[i].Stops {
			ids = append(ids, st.Resident)
		}
	}
	persons, err := s.store.ResidentPersons(ctx, v.snap.District.Code, ids)
	if err != nil {
		return err
	}
	for i := range itineraries {
		it := &itineraries[i]
		d := DayItinerary{Itinerary: it.Itinerary, Back: back(&it.Itinerary), WalkSeconds: it.ReturnSeconds, Route: it.Route}
		for _, st := range it.Stops {
			d.WalkSeconds += st.WalkSeconds
			door := Door{Stop: st, Name: persons[st.Resident].Name.Reveal(), Address: persons[st.Resident].Address.Reveal(), Why: why(st, it.Date)}
			if r := v.residents[st.Resident]; r != nil {
				door.Grade, door.Kinds, door.Location, door.Minutes = r.Grade, r.Kinds, r.Location, r.Minutes
			}
			d.Doors = append(d.Doors, door)
		}
		out.Itineraries = append(out.Itineraries, d)
	}
	return nil
}

// why says in a word why a visit is on that day.
func why(st planner.Stop, day planner.Date) string {
	switch {
	case st.Owed:
		return "owed"
	case st.DueBy == day:
		return "due_today"
	case st.DueBy <= day+2:
		return "due_soon"
	default:
		return "on_the_way"
	}
}

// Tile returns a vector tile of the district's ground, empty where there is
// nothing, and the version of the data that it shows.
func (s *Service) Tile(ctx context.Context, district string, z, x, y int) ([]byte, int64, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, 0, err
	}
	tile, err := s.store.Tile(ctx, v.snap.District.Code, z, x, y, v.snap.Date)
	if errors.Is(err, data.ErrNotFound) {
		return nil, 0, notFound("there is no tile %d/%d/%d", z, x, y)
	}
	return tile, v.snap.Version, err
}

// made formats an instant in the district's time zone for people.
func made(at time.Time, timeZone string) string {
	if loc, err := time.LoadLocation(timeZone); err == nil {
		at = at.In(loc)
	}
	return at.Format("2006-01-02 15:04")
}
