package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

// FeatureTable is a collection of features for other people's tools: rows of one
// shape each with the same columns. It is not to be changed.
type FeatureTable struct {
	Collection FeatureCollection
	Columns    []FeatureColumn
	Rows       []FeatureRow // ascending by id
	Bounds     orb.Bound    // of the district
	// From is the first day of which there is anything; 0 where rows have no days,
	// or in an answer to FeatureTable.
	From planner.Date
	// Attribution names those whose data it is.
	Attribution string
}

// FeatureCollection describes a table without its rows.
type FeatureCollection struct {
	ID, Title, Description string
	Points                 bool // its shapes are points, not polygons
	Dated                  bool // rows hold from a day to a day

	level      geo.Level // of areas
	resolution int       // of cells
}

// ColumnType is the type of a column, in the words of JSON Schema; ColumnDate is
// a string of the form YYYY-MM-DD.
type ColumnType string

// The types.
const (
	ColumnString  ColumnType = "string"
	ColumnInteger ColumnType = "integer"
	ColumnBoolean ColumnType = "boolean"
	ColumnNumber  ColumnType = "number"
	ColumnDate    ColumnType = "date"
)

// FeatureColumn is a property that every feature of a table has or may have.
type FeatureColumn struct {
	Name  string
	Type  ColumnType
	Title string // Chinese / English
}

// FeatureRow is a feature.
type FeatureRow struct {
	ID    string
	Shape orb.Geometry // lon-lat
	// Values are in the order of the columns: a string, bool, int or float64; nil
	// for what is not known, or not for whoever asks.
	Values []any
	// From and To are the days on which it holds: To is the first on which it no
	// longer does, 0 for one that still does.
	From, To planner.Date
}

// FeatureDays asks for what holds on any of the days from From to To, both
// included; 0 is open.
type FeatureDays struct{ From, To planner.Date }

// facilitiesID is the collection of facilities.
const facilitiesID = "facilities"

// FeatureCollections lists the collections that there are.
func FeatureCollections() []FeatureCollection {
	var list []FeatureCollection
	for l, name := range map[geo.Level]string{
		geo.LevelDistrict: "区 / District", geo.LevelTown: "镇街 / Towns and streets", geo.LevelCommunity: "村社区 / Communities",
		geo.LevelGrid: "一般网格 / Grids", geo.LevelMicroGrid: "微网格 / Micro-grids",
	} {
		list = append(list, FeatureCollection{
			ID: "areas-" + l.String(), Title: name, level: l, Dated: true,
			Description: "Outlines with dated versions. Without datetime: those of the day for which the pages show the map.",
		})
	}
	slices.SortFunc(list, func(a, b FeatureCollection) int { return cmp.Compare(a.level, b.level) })
	for res := minPeopleResolution; res <= maxWalkResolution; res++ {
		c := FeatureCollection{ID: "cells-" + strconv.Itoa(res), resolution: res}
		if res <= maxPeopleResolution {
			c.Title = fmt.Sprintf("六边形 %d 级：人口 / H3 cells of resolution %d: people", res, res)
			c.Description = "People who live there, by age; those enrolled and those with a disability for those who answer for them only."
		} else {
			c.Title = fmt.Sprintf("六边形 %d 级：步行时间 / H3 cells of resolution %d: minutes on foot", res, res)
			c.Description = "Seconds on foot, at an older person's pace, from the nearest open facility of each service to the first street in the cell."
		}
		list = append(list, c)
	}
	return append(list, FeatureCollection{ID: facilitiesID, Title: "服务设施 / Service facilities", Points: true, Description: "Places that give a service, with their capacity."})
}

// Zone is the time zone of a district, in which its days begin and end.
func (s *Service) Zone(ctx context.Context, district string) (*time.Location, error) {
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(v.snap.District.TimeZone)
	if err != nil {
		return nil, invalid("there is no time zone %q", v.snap.District.TimeZone)
	}
	return zone, nil
}

// FeatureTable returns a collection as whoever asks may see it. The days count
// for collections that are dated; nil is the day for which the pages show the
// map.
func (s *Service) FeatureTable(ctx context.Context, district, collection string, days *FeatureDays) (*FeatureTable, error) {
	all := FeatureCollections()
	i := slices.IndexFunc(all, func(c FeatureCollection) bool { return c.ID == collection })
	if i < 0 {
		return nil, notFound("there is no collection %q", collection)
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	k := tableKey{district: v.snap.District.Code, collection: collection, viewer: strings.Join(viewerOf(ctx).Areas, ",")}
	if !viewerOf(ctx).AnswersFor(k.district) {
		release, err := s.Release(ctx, k.district)
		if err != nil {
			return nil, err
		}
		k.release = release.Day
	}
	if days == nil {
		if t := s.tables.get(k, v.snap.Version, v.today); t != nil {
			return t, nil
		}
	}
	t := &FeatureTable{Collection: all[i], Bounds: v.snap.Tree.District().Boundary.Bound(), Attribution: v.snap.District.Attribution}
	switch c := all[i]; {
	case c.level != 0:
		err = s.areaRows(ctx, v, t, days)
	case c.resolution > maxPeopleResolution:
		err = s.walkRows(ctx, v, t)
	case c.resolution != 0:
		err = s.peopleRows(ctx, v, t)
	default:
		facilityRows(ctx, v, t)
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(t.Rows, func(a, b FeatureRow) int { return strings.Compare(a.ID, b.ID) })
	if days == nil {
		s.tables.put(k, v.snap.Version, v.today, t)
	}
	return t, nil
}

// tableKey tells the tables of one state of the data apart.
type tableKey struct {
	district, collection, viewer string
	release                      planner.Date // that outsiders are answered from
}

// maxTables is how many tables are kept, so that the pages of one collection are
// cut from one table.
const maxTables = 24

// featureTables keeps the tables that were asked for last.
type featureTables struct {
	mu   sync.Mutex
	kept []keptTable // the last asked for at the end
}

type keptTable struct {
	key     tableKey
	version int64
	today   planner.Date
	table   *FeatureTable
}

func (t *featureTables) get(k tableKey, version int64, today planner.Date) *FeatureTable {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.kept, func(o keptTable) bool { return o.key == k })
	if i < 0 || t.kept[i].version != version || t.kept[i].today != today {
		return nil
	}
	found := t.kept[i]
	t.kept = append(slices.Delete(t.kept, i, i+1), found)
	return found.table
}

func (t *featureTables) put(k tableKey, version int64, today planner.Date, table *FeatureTable) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = slices.DeleteFunc(t.kept, func(o keptTable) bool { return o.key == k })
	t.kept = append(t.kept, keptTable{k, version, today, table})
	if len(t.kept) > maxTables {
		t.kept = slices.Delete(t.kept, 0, 1)
	}
}

// FeatureExtent is a table without columns and rows: what it is and where.
func (s *Service) FeatureExtent(ctx context.Context, district, collection string) (*FeatureTable, error) {
	all := FeatureCollections()
	i := slices.IndexFunc(all, func(c FeatureCollection) bool { return c.ID == collection })
	if i < 0 {
		return nil, notFound("there is no collection %q", collection)
	}
	d, stamp, err := s.ground(ctx, district)
	if err != nil {
		return nil, err
	}
	t := &FeatureTable{Collection: all[i], Attribution: d.Attribution}
	if t.Bounds, err = s.bounds(ctx, d.Code, stamp.day); err != nil || !all[i].Dated {
		return t, err
	}
	t.From, err = s.store.FirstBoundaryDay(ctx, d.Code)
	return t, err
}

// areaRows fills in areas: those of the view, or all versions of some days. Only
// those of the view have counts.
func (s *Service) areaRows(ctx context.Context, v *view, t *FeatureTable, days *FeatureDays) error {
	t.Columns = []FeatureColumn{
		{"code", ColumnString, "代码 / Code"},
		{"name", ColumnString, "名称 / Name"},
		{"level", ColumnString, "层级 / Level"},
		{"parent", ColumnString, "上级代码 / Code of the area it lies in"},
		{"special", ColumnBoolean, "专属网格 / A grid of another kind"},
		{"valid_from", ColumnDate, "启用日 / First day"},
		{"valid_to", ColumnDate, "停用日 / First day on which it no longer holds"},
		{"households", ColumnInteger, "户数 / Households"},
		{"people", ColumnInteger, "人口 / People"},
		{"over60", ColumnInteger, "60岁以上 / People over 60"},
		{"residents", ColumnInteger, "关爱对象 / Residents to be visited"},
	}
	code := v.snap.District.Code
	versions, err := s.store.AreaVersionsOf(ctx, code, t.Collection.level)
	if err != nil {
		return err
	}
	counts := v.countPeople(t.Collection.level)
	release, err := s.released(ctx, &v.boundaries, code) // one for all rows
	if err != nil {
		return err
	}
	viewer := viewerOf(ctx)
	for i := range versions {
		a := &versions[i]
		current := a.ValidFrom <= v.snap.Date && (a.ValidTo == 0 || a.ValidTo > v.snap.Date)
		if days == nil && !current || days != nil && (days.To != 0 && a.ValidFrom > days.To || a.ValidTo != 0 && days.From != 0 && a.ValidTo <= days.From) {
			continue
		}
		r := FeatureRow{ID: a.Code, Shape: a.Boundary, From: a.ValidFrom, To: a.ValidTo}
		r.Values = []any{a.Code, a.Name, a.Level.String(), orNull(a.Parent), a.Special, a.ValidFrom.String(), nil, nil, nil, nil, nil}
		if a.ValidTo != 0 {
			r.Values[6] = a.ValidTo.String()
		}
		if current {
			n := counts[a.Code]
			r.Values[7], r.Values[8], r.Values[9], r.Values[10] = n.households, n.people, n.over60, n.residents
			if release != nil && !viewer.AnswersFor(a.Code) {
				r.Values[10] = nil
				if n, ok := release.Residents(a.Code); ok {
					r.Values[10] = n
				}
			}
		} else {
			r.ID += "@" + a.ValidFrom.String()
		}
		t.Rows = append(t.Rows, r)
	}
	return nil
}

// peopleCount counts who lives in an area or a cell.
type peopleCount struct {
	households, people, over60, over80, under18, disabled, residents int
	grades                                                           map[string]int
}

func (n *peopleCount) add(p *data.Population) {
	n.households += p.Households
	n.people += p.People
	n.over60 += p.Over60
	n.over80 += p.Over80
	n.under18 += p.Under18
	n.disabled += p.Disabled
}

func (n *peopleCount) enrol(grade string) {
	n.residents++
	if n.grades == nil {
		n.grades = make(map[string]int)
	}
	n.grades[grade]++
}

// countPeople counts who lives in each area of a level.
func (v *view) countPeople(level geo.Level) map[string]*peopleCount {
	out := make(map[string]*peopleCount)
	for _, code := range v.snap.Tree.Codes(level) {
		out[code] = &peopleCount{}
	}
	for i := range v.snap.Population {
		p := &v.snap.Population[i]
		if up, ok := v.snap.Tree.Ancestor(cmp.Or(p.MicroGrid, p.Grid), level); ok {
			out[up].add(p)
		}
	}
	for i := range v.problem.Residents {
		r := &v.problem.Residents[i]
		if up, ok := v.snap.Tree.Ancestor(cmp.Or(r.MicroGrid, r.Grid), level); ok {
			out[up].enrol(r.Grade)
		}
	}
	return out
}

func facilityRows(ctx context.Context, v *view, t *FeatureTable) {
	t.Columns = []FeatureColumn{
		{"id", ColumnString, "编号 / Number"},
		{"name", ColumnString, "名称 / Name"},
		{"service", ColumnString, "服务 / Service: meals, bathing, clinic, …"},
		{"status", ColumnString, "状态：在用、闲置、规划 / open, idle or planned"},
		{"capacity", ColumnInteger, "容量 / Capacity"},
		{"in_use", ColumnInteger, "在用数 / In use"},
		{"area_m2", ColumnInteger, "面积（平方米） / Square metres"},
		{"staff", ColumnInteger, "人员 / Staff"},
		{"address", ColumnString, "地址 / Address"},
		{"grid", ColumnString, "所在网格 / Code of its grid"},
	}
	viewer := viewerOf(ctx)
	for i := range v.snap.Facilities {
		p := &v.snap.Facilities[i]
		var inUse any // who comes says who needs care
		if viewer.AnswersFor(cmp.Or(p.Grid, v.snap.District.Code)) {
			inUse = p.InUse
		}
		t.Rows = append(t.Rows, FeatureRow{ID: p.ID, Shape: p.Location, Values: []any{
			p.ID, p.Name, p.Service, p.Status, orNull(p.Capacity), inUse, orNull(p.AreaM2), orNull(p.Staff), orNull(p.Address), orNull(p.Grid),
		}})
	}
}

// orNull is nil for what is not known.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}
