package service

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/planner/nearby"
	"sanse/routing"
)

// CaseHelpers are who could come to a case, the nearest first.
type CaseHelpers struct {
	At       time.Time
	Visitors []CaseHelper
	Bases    []CaseBase
	Off      bool // it lies off the streets: nobody can be told how far it is
}

// CaseHelper is a visitor who works on the day and has a way to it.
type CaseHelper struct {
	ID      string
	Name    string // empty: not told
	Phone   string
	Kind    string
	Tier    planner.Tier
	Mode    string // on foot, or as they travel; of departments by car
	Duty    nearby.Duty
	Seconds int
	Planned bool // from where the plan has them now, and not from where their day begins
	Busy    bool // at a door now
}

// CaseBase is a place from which somebody comes by car.
type CaseBase struct {
	Facility string
	Name     string
	Service  string
	Seconds  int
}

// How many helpers and bases are told, and for how many the way is looked for: the
// nearest as the crow flies.
const (
	maxHelpers   = 12
	maxBases     = 3
	helperMost   = 80
	ambulance    = "clinic" // the service whose places are where an ambulance comes from
	cadre        = "department_cadre"
	byCar        = "car"
	helperMetres = 2000 // from the nearest street
)

// CaseHelpers tells who is near a case and able to come now: visitors of its town, as
// their day has them by the plan where who asks sees days, else from where it begins,
// by the way along the streets; and from which places somebody comes by car.
// Who is not told where people live gets ways in full minutes.
func (s *Service) CaseHelpers(ctx context.Context, district, id string) (CaseHelpers, error) {
	out := CaseHelpers{At: s.now(), Visitors: []CaseHelper{}, Bases: []CaseBase{}}
	var c data.Case
	err := s.atDesk(ctx, func(d *data.Desk) (err error) {
		c, _, err = s.caseOf(ctx, d, district, id)
		return err
	})
	if err != nil {
		return out, err
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return out, err
	}
	zone, err := time.LoadLocation(v.snap.District.TimeZone)
	if err != nil {
		return out, invalid("there is no time zone %q", v.snap.District.TimeZone)
	}
	to, known := v.placeOfCase(&c)
	if !known {
		out.Off = true
		return out, s.record(ctx, v.snap.District.Code, read("case", c.Area, data.CaseIDs(c)...))
	}
	exact, err := s.toldWhere(ctx, v, &c)
	if err != nil {
		return out, err
	}
	if !exact {
		to = coarse(to)
	}
	streets, err := s.streets(ctx, v.snap.District.Code, v.today, v.snap.Version)
	if err != nil {
		return out, err
	}
	list := v.helpersOf(ctx, &c, to, momentAt(out.At, zone))
	if out.Off, err = streets.ways(ctx, list, to); err != nil {
		return out, err
	}
	out.Visitors = rankHelpers(list, exact)
	if out.Bases, err = s.basesOf(ctx, v, streets, to, exact); err != nil {
		return out, err
	}
	return out, s.nameHelpers(ctx, v.snap.District.Code, &c, out.Visitors)
}

// placeOfCase is where a case is: at a home, or about in the middle of its area.
func (v *view) placeOfCase(c *data.Case) (orb.Point, bool) {
	if r := v.residents[c.Resident]; r != nil {
		return r.Location, true
	}
	a, there := v.tree.Area(c.Area)
	if !there || len(a.Boundary) == 0 {
		return orb.Point{}, false
	}
	middle, _ := planar.CentroidArea(a.Boundary)
	return middle, true
}

// toldWhere tells whether who asks is told where exactly a case is: it is at nobody's
// home, or at one of which they are told the address.
func (s *Service) toldWhere(ctx context.Context, v *view, c *data.Case) (bool, error) {
	viewer, area := viewerOf(ctx), c.Area
	if r := v.residents[c.Resident]; r != nil {
		area = smallest(r.Grid, r.MicroGrid)
	}
	if c.Resident == "" || viewer.May(CapNames, area) {
		return true, nil
	}
	if !viewer.Handed(CapNames) { // it may be handed to them; whether this one is, is asked below
		return false, nil
	}
	return s.isHanded(ctx, v.snap.District.Code, c.Resident)
}

// helperAt is a visitor, and the place from which they come.
type helperAt struct {
	CaseHelper
	from orb.Point
}

// helpersOf are the visitors who go to some place of the case's town and of whom who
// asks sees the records there: the nearest as the crow flies, without their ways.
func (v *view) helpersOf(ctx context.Context, c *data.Case, to orb.Point, now planner.Moment) []helperAt {
	viewer := viewerOf(ctx)
	town, there := v.tree.Ancestor(c.Area, geo.LevelTown)
	if !there {
		town = v.district.Code
	}
	walks := make(map[string][]planner.Itinerary)
	for i := range v.planned.Itineraries {
		if it := &v.planned.Itineraries[i]; it.Date == now.Date {
			walks[it.Visitor] = append(walks[it.Visitor], *it)
		}
	}
	var out []helperAt
	for i := range v.problem.Visitors {
		w := &v.problem.Visitors[i]
		near := slices.ContainsFunc(w.Scope, func(code string) bool {
			return (strings.HasPrefix(code, town) || strings.HasPrefix(town, code)) && viewer.May(CapRecords, code)
		})
		duty := nearby.DutyAt(w, now)
		if !near || duty == nearby.Off {
			continue
		}
		h := helperAt{CaseHelper{ID: w.ID, Kind: w.Kind, Tier: w.Tier, Mode: w.Mode, Duty: duty}, w.Start}
		if w.Kind == cadre {
			h.Mode = byCar
		}
		if w.ID == viewer.Visitor || !slices.ContainsFunc(w.Scope, func(code string) bool { return !viewer.May(CapDays, code) }) {
			at := nearby.Where(w, walks[w.ID], now, v.placeOf)
			h.from, h.Planned, h.Busy = at.Point, at.Stop != nil, at.Busy
			if at.Stop != nil && !viewer.May(CapNames, v.areaOf(at.Stop)) {
				h.from = coarse(at.Point)
			}
		}
		out = append(out, h)
	}
	slices.SortStableFunc(out, func(a, b helperAt) int {
		return int(geo.Distance(a.from, to)) - int(geo.Distance(b.from, to))
	})
	return out[:min(len(out), helperMost)]
}

// ways finds how long each takes to a place, -1 where there is no way. It tells whether
// that lies off the streets for all of them.
func (g *guided) ways(ctx context.Context, list []helperAt, to orb.Point) (off bool, err error) {
	byMode := make(map[string][]int)
	for i := range list {
		list[i].Seconds = -1
		byMode[list[i].Mode] = append(byMode[list[i].Mode], i)
	}
	reached := len(list) == 0
	for mode, which := range byMode {
		from := make([]orb.Point, len(which))
		for k, i := range which {
			from[k] = list[i].from
		}
		seconds, err := g.secondsTo(ctx, mode, from, to)
		if errors.Is(err, errOffStreets) {
			continue
		}
		if err != nil {
			return false, err
		}
		reached = true
		for k, i := range which {
			list[i].Seconds = int(seconds[k])
		}
	}
	return !reached, nil
}

// errOffStreets says that no street is near a place.
var errOffStreets = errors.New("no street is near")

// secondsTo are the seconds from places to one, by a mode; -1 where there is no way.
func (g *guided) secondsTo(ctx context.Context, mode string, from []orb.Point, to orb.Point) ([]int32, error) {
	profile, err := routing.ProfileByName(mode)
	if err != nil {
		return nil, err
	}
	engine, err := g.net.Engine(profile)
	if err != nil {
		return nil, err
	}
	end, err := engine.Snap(to, helperMetres)
	if err != nil {
		return nil, errOffStreets
	}
	begins, _ := engine.SnapAll(from, helperMetres) // one that is off the streets has no way
	table, err := engine.Table(ctx, begins, []routing.Snap{end})
	if err != nil {
		return nil, err
	}
	out := make([]int32, len(table))
	for i := range table {
		out[i] = table[i][0]
	}
	return out, nil
}

// rankHelpers are the first of them, in the order in which they are asked.
func rankHelpers(list []helperAt, exact bool) []CaseHelper {
	ranked := make([]nearby.Helper, len(list))
	at := make(map[string]int, len(list))
	for i := range list {
		ranked[i] = nearby.Helper{ID: list[i].ID, Duty: list[i].Duty, Seconds: list[i].Seconds}
		at[list[i].ID] = i
	}
	out := []CaseHelper{}
	for _, h := range nearby.Rank(ranked, maxHelpers) {
		one := list[at[h.ID]].CaseHelper
		if !exact || one.Planned {
			one.Seconds = coarseSeconds(one.Seconds) // from or to somebody's door
		}
		out = append(out, one)
	}
	return out
}

// basesOf are the places nearest by car from which an ambulance comes.
func (s *Service) basesOf(ctx context.Context, v *view, streets *guided, to orb.Point, exact bool) ([]CaseBase, error) {
	var bases []CaseBase
	var from []orb.Point
	for i := range v.facilities {
		f := &v.facilities[i]
		if f.Service == ambulance && f.Status == "open" {
			bases, from = append(bases, CaseBase{Facility: f.ID, Name: f.Name, Service: f.Service}), append(from, f.Location)
		}
	}
	seconds, err := streets.secondsTo(ctx, byCar, from, to)
	if errors.Is(err, errOffStreets) || len(from) == 0 {
		return []CaseBase{}, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range bases {
		if bases[i].Seconds = int(seconds[i]); !exact {
			bases[i].Seconds = coarseSeconds(bases[i].Seconds)
		}
	}
	bases = slices.DeleteFunc(bases, func(b CaseBase) bool { return b.Seconds < 0 })
	slices.SortStableFunc(bases, func(a, b CaseBase) int { return a.Seconds - b.Seconds })
	return bases[:min(len(bases), maxBases)], nil
}

// nameHelpers opens the names and telephones of helpers, as far as the desk shows them
// to who asks, and records the look.
func (s *Service) nameHelpers(ctx context.Context, district string, c *data.Case, list []CaseHelper) error {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return s.atDesk(ctx, func(d *data.Desk) error {
		if len(ids) > 0 {
			persons, err := d.VisitorPersons(ctx, district, ids)
			if err != nil {
				return err
			}
			for i := range list {
				p := persons[list[i].ID]
				list[i].Name, list[i].Phone = p.Name.Reveal(), p.Phone.Reveal()
			}
		}
		e := read("case", c.Area, append(data.CaseIDs(*c), ids...)...)
		e.Detail = map[string]string{"what": "helpers"}
		return s.recordAt(ctx, d, district, e)
	})
}
