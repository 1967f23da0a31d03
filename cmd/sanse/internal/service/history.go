package service

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// Where names a place: one of a resident, a building and a point.
type Where struct {
	Resident string
	Building string
	Point    *orb.Point // WGS 84 lon-lat
}

// Spell is a run of days on which a place lies in the same areas.
type Spell struct {
	From planner.Date
	To   planner.Date   // the last day; 0: for as long as is known
	Path []planner.Area // from the district down to the deepest area that holds the place; empty: in none
}

// History tells in which areas a place, as it is recorded today, lay on every
// day that there are boundaries for, the first day first.
func (s *Service) History(ctx context.Context, district string, where Where) (spells []Spell, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	if where.Resident != "" {
		if err := mustMay(ctx, CapRecords, d.Code); err != nil {
			return nil, err
		}
	}
	var versions []data.AreaVersion
	var at home
	looked := &Snapshot{District: d}
	err = s.store.View(ctx, func(r *data.Reads) error {
		if looked.Version, err = r.DataVersion(ctx, d.Code); err != nil {
			return err
		}
		if at, err = locate(ctx, r, d.Code, where); err != nil {
			return err
		}
		versions, err = r.AreaVersionsNear(ctx, d.Code, at.point, at.building)
		return err
	})
	if err != nil {
		return nil, err
	}
	if where.Resident != "" {
		if err := s.shown(ctx, looked, []string{where.Resident}, read("resident", d.Code)); err != nil {
			return nil, err
		}
	}
	var days []planner.Date
	for i := range versions {
		days = append(days, versions[i].ValidFrom)
		if versions[i].ValidTo > 0 {
			days = append(days, versions[i].ValidTo)
		}
	}
	slices.Sort(days)
	for _, day := range slices.Compact(days) {
		path, err := pathOn(versions, at, day)
		if err != nil {
			return nil, invalidCause(tellingly(err), "the boundaries of %s", day)
		}
		if last := len(spells) - 1; last >= 0 {
			if slices.Equal(spells[last].Path, path) {
				continue
			}
			spells[last].To = day - 1
		}
		spells = append(spells, Spell{From: day, Path: path})
	}
	return spells, nil
}

// GridOn tells in which areas a place, as it is recorded today, lay on a day:
// its path is empty where there were none.
func (s *Service) GridOn(ctx context.Context, district string, where Where, day planner.Date) (Spell, error) {
	spells, err := s.History(ctx, district, where)
	if err != nil {
		return Spell{}, err
	}
	for _, sp := range spells {
		if sp.From <= day && (sp.To == 0 || day <= sp.To) {
			return sp, nil
		}
	}
	return Spell{From: day, To: day}, nil
}

// locate finds a place, by the rule of membership: an address beats a point.
func locate(ctx context.Context, r *data.Reads, district string, where Where) (h home, err error) {
	if where.Point != nil && where.Resident == "" && where.Building == "" {
		p := *where.Point
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return h, invalid("the point is not in degrees: want longitude, latitude")
		}
		return home{point: p}, nil
	}
	if (where.Resident == "") == (where.Building == "") || where.Point != nil {
		return h, invalid("want one of a resident, a building and a point")
	}
	buildings, err := readBuildings(ctx, r, district)
	if err != nil {
		return h, err
	}
	if where.Building != "" {
		p, ok := buildings[where.Building]
		if !ok {
			return h, notFound("there is no building %q", where.Building)
		}
		return home{point: p}, nil
	}
	residents, err := r.Residents(ctx, district)
	if err != nil {
		return h, err
	}
	for i := range residents {
		if residents[i].ID == where.Resident {
			return homeOf(&residents[i], buildings), nil
		}
	}
	return h, notFound("there is no resident %q", where.Resident)
}

// pathOn returns the areas of a day that hold a home, given all versions near
// it, from the district down.
func pathOn(versions []data.AreaVersion, at home, day planner.Date) ([]planner.Area, error) {
	var areas []geo.Area
	there := map[string]bool{"": true}
	for i := range versions { // by code, so parents come first
		v := &versions[i]
		if v.ValidFrom <= day && (v.ValidTo == 0 || day < v.ValidTo) && there[v.Parent] {
			there[v.Code] = true
			areas = append(areas, v.Area.Area)
		}
	}
	if len(areas) == 0 {
		return nil, nil
	}
	tree, err := geo.NewTree(areas)
	if err != nil {
		return nil, err
	}
	var path []planner.Area
	for level := geo.LevelDistrict; level <= geo.LevelMicroGrid; level++ {
		code, ok := tree.LocateUnit(at.point, at.building, at.unit, level)
		if !ok {
			break
		}
		a, _ := tree.Area(code)
		path = append(path, planner.Area{Code: a.Code, Level: a.Level.String(), Parent: a.Parent, Name: a.Name})
	}
	return path, nil
}

// AreaHistory is what has become of an area.
type AreaHistory struct {
	Versions []data.AreaVersion
	From     []data.AreaLineage // where it came from
	To       []data.AreaLineage // what it became, or gave ground to
}

// AreaHistory returns all versions of an area, those to come included, and its
// lineage.
func (s *Service) AreaHistory(ctx context.Context, district, code string) (out AreaHistory, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return out, err
	}
	err = s.store.View(ctx, func(r *data.Reads) error {
		if out.Versions, err = r.AreaVersions(ctx, d.Code, code); err != nil {
			return err
		}
		if len(out.Versions) == 0 {
			return notFound("there is no area %q and never was", code)
		}
		last, err := r.LastBoundaryDay(ctx, d.Code)
		if err != nil {
			return err
		}
		lineage, err := r.AreaLineage(ctx, d.Code, last)
		for _, l := range lineage {
			if l.From == code {
				out.To = append(out.To, l)
			}
			if l.To == code {
				out.From = append(out.From, l)
			}
		}
		return err
	})
	return out, err
}
