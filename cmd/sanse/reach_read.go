package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
	"github.com/uber/h3-go/v4"

	"sanse/data/imports"
	"sanse/reports/reach"
)

// reachTable is a file of facilities or of demand: CSV with a header, or GeoJSON,
// whose properties are the columns.
type reachTable struct {
	header []string // lower case
	rows   [][]string
	lines  []int
	bad    faults
}

// Columns, under the names that people give them.
var (
	reachCell    = sitesColumn{"cell", "h3", "h3_index", "hexagon", "六边形"}
	reachID      = sitesColumn{"id", "code", "编号", "序号", "代码"}
	reachPeople  = sitesColumn{"people", "population", "weight", "persons", "人数", "人口", "权重"}
	reachService = sitesColumn{"service", "type", "kind", "服务", "服务类型", "类型"}
	reachHours   = sitesColumn{"hours", "opening_hours", "营业时间", "开放时间", "服务时间"}
)

// facilityStates are the states of a facility, as files name them, and whether
// one in it counts.
var facilityStates = map[string]bool{
	"": true, "open": true, "kept": true, "开放": true, "在用": true, "运行": true, "运营": true, "正常": true, "营业": true, "现有": true, "保留": true, "stays": true,
	"idle": false, "closed": false, "闲置": false, "停用": false, "停业": false,
	"planned": false, "new": false, "candidate": false, "新建": false, "候选": false, "规划": false, "规划中": false, "在建": false, "拟建": false,
}

func readReachTable(in io.Reader) (*reachTable, error) {
	text, err := readText8(in)
	if err != nil {
		return nil, err
	}
	t := &reachTable{}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		err = t.readGeoJSON(text)
	} else {
		err = t.readCSV(text)
	}
	switch {
	case err != nil:
		return nil, err
	case len(t.rows) == 0:
		return nil, errors.New("there is nothing in it: want a row for each place")
	case len(t.rows) > maxSitesRows:
		return nil, fmt.Errorf("%d rows: at most %d are taken", len(t.rows), maxSitesRows)
	}
	return t, nil
}

func (t *reachTable) readCSV(text []byte) error {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = delimiterOf(text), -1
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty: its first line names the columns")
	}
	for err == nil {
		var row []string
		if t.header == nil {
			for _, h := range header {
				t.header = append(t.header, strings.ToLower(strings.TrimSpace(h)))
			}
		}
		if row, err = r.Read(); err == nil && !isBlank(row) {
			line, _ := r.FieldPos(0)
			t.rows, t.lines = append(t.rows, row), append(t.lines, line)
		}
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("read table: %w", err)
	}
	return nil
}

// readGeoJSON makes rows of features: a point is where it is, any other shape
// where its centre of gravity is.
func (t *reachTable) readGeoJSON(text []byte) error {
	t.bad.unit = "feature"
	fc, err := geojson.UnmarshalFeatureCollection(text)
	if err != nil {
		return fmt.Errorf("not GeoJSON with a collection of features: %w", err)
	}
	names := map[string]bool{}
	for _, f := range fc.Features {
		for key := range f.Properties {
			names[strings.ToLower(strings.TrimSpace(key))] = true
		}
	}
	for _, own := range slices.Concat(sitesLon, sitesLat) { // the shape says where it is
		delete(names, own)
	}
	hasID := false
	for _, id := range reachID {
		hasID = hasID || names[id]
	}
	t.header = append([]string{"lon", "lat"}, slices.Sorted(maps.Keys(names))...)
	if !hasID {
		t.header = append(t.header, "id")
	}
	for i, f := range fc.Features {
		row := make([]string, len(t.header))
		if f.Geometry != nil {
			at, _ := planar.CentroidArea(f.Geometry)
			row[0], row[1] = strconv.FormatFloat(at[0], 'f', -1, 64), strconv.FormatFloat(at[1], 'f', -1, 64)
		}
		for key, v := range f.Properties {
			if k := slices.Index(t.header, strings.ToLower(strings.TrimSpace(key))); k >= 0 {
				row[k] = plainText(v)
			}
		}
		if !hasID && f.ID != nil {
			row[len(row)-1] = plainText(f.ID)
		}
		t.rows, t.lines = append(t.rows, row), append(t.lines, i+1)
	}
	return nil
}

// plainText writes a value of JSON as a table has it.
func plainText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// column finds a column; −1 if there is none.
func (t *reachTable) column(names sitesColumn) int {
	for _, name := range names { // the first of the names goes before the others
		if i := slices.Index(t.header, name); i >= 0 {
			return i
		}
	}
	return -1
}

func (t *reachTable) cell(row, column int) string {
	if column < 0 || column >= len(t.rows[row]) {
		return ""
	}
	return strings.TrimSpace(t.rows[row][column])
}

func (t *reachTable) refuse(row, column int, why string) {
	t.bad.add(t.lines[row], "column "+t.header[column], t.cell(row, column), why)
}

// reachPlaces are places of demand or facilities.
type reachPlaces struct {
	unit  string // what rows are called in messages
	ids   []string
	at    []orb.Point
	lines []int
}

func (t *reachTable) places() (*reachPlaces, error) {
	p := &reachPlaces{unit: "line", at: make([]orb.Point, len(t.rows)), ids: make([]string, len(t.rows)), lines: t.lines}
	if t.bad.unit != "" {
		p.unit = t.bad.unit
	}
	id, lon, lat, cell := t.column(reachID), t.column(sitesLon), t.column(sitesLat), t.column(reachCell)
	if cell < 0 && (lon < 0 || lat < 0) {
		return nil, fmt.Errorf("where are they? want the columns lon and lat (经度, 纬度), or cell for H3 cells; found %q", shorten(strings.Join(t.header, ",")))
	}
	for i := range t.rows {
		switch {
		case t.cell(i, id) != "":
			p.ids[i] = t.cell(i, id)
		case t.cell(i, cell) != "":
			p.ids[i] = t.cell(i, cell)
		default:
			p.ids[i] = strconv.Itoa(i + 1)
		}
		if lon >= 0 && lat >= 0 {
			p.at[i] = t.point(i, lon, lat)
			continue
		}
		c := h3.Cell(h3.IndexFromString(t.cell(i, cell)))
		at, err := c.LatLng()
		if err != nil || !c.IsValid() {
			t.refuse(i, cell, "is no H3 cell")
			continue
		}
		p.at[i] = orb.Point{at.Lng, at.Lat}
	}
	return p, nil
}

func (t *reachTable) point(row, lon, lat int) orb.Point {
	var at orb.Point
	for axis, column := range [2]int{lon, lat} {
		v, why := parseDegrees(t.cell(row, column))
		if why != "" {
			t.refuse(row, column, why)
			return at
		}
		at[axis] = v
	}
	if why := notOnEarth(at); why != "" {
		t.bad.add(t.lines[row], "lon,lat", t.cell(row, lon)+","+t.cell(row, lat), why)
	}
	return at
}

// reachDemand is who is to be reached.
type reachDemand struct {
	reachPlaces
	people []float64
	total  float64
}

func readReachDemand(in io.Reader) (*reachDemand, error) {
	t, err := readReachTable(in)
	if err != nil {
		return nil, err
	}
	p, err := t.places()
	if err != nil {
		return nil, err
	}
	d := &reachDemand{reachPlaces: *p, people: make([]float64, len(t.rows))}
	column := t.column(reachPeople)
	for i := range t.rows {
		d.people[i] = 1
		if column < 0 {
			continue
		}
		v, why := parseDegrees(t.cell(i, column))
		switch {
		case why != "":
			t.refuse(i, column, why)
		case v < 0 || v > maxWeight:
			t.refuse(i, column, fmt.Sprintf("want 0 to %d people", maxWeight))
		}
		d.people[i] = v
	}
	if err := t.bad.err(); err != nil {
		return nil, err
	}
	for _, n := range d.people {
		d.total += n
	}
	return d, nil
}

// reachFacilities are what is to be reached.
type reachFacilities struct {
	reachPlaces
	all []reach.Facility // without ids: one house may be here more than once
}

// readReachFacilities reads facilities; those of other services than named are
// left out, and where the file has no services all give the first one named.
func readReachFacilities(in io.Reader, services []string) (*reachFacilities, error) {
	t, err := readReachTable(in)
	if err != nil {
		return nil, err
	}
	p, err := t.places()
	if err != nil {
		return nil, err
	}
	f := &reachFacilities{reachPlaces: reachPlaces{unit: p.unit}}
	service, status, hours := t.column(reachService), t.column(sitesStatus), t.column(reachHours)
	for i := range t.rows {
		one := reach.Facility{Location: p.at[i], Service: t.cell(i, service)}
		if one.Service == "" {
			if one.Service = "service"; len(services) > 0 {
				one.Service = services[0]
			}
		}
		open, known := facilityStates[strings.ToLower(t.cell(i, status))]
		if !known {
			t.refuse(i, status, "is no state: want open, idle or planned (开放, 闲置, 规划)")
		}
		one.Open = open
		week, err := imports.ParseHours(t.cell(i, hours))
		if err != nil {
			t.refuse(i, hours, err.Error())
		}
		if week != nil {
			one.Hours = make(reach.Hours, len(week))
			for k, s := range week {
				one.Hours[k] = reach.Span{Weekday: s.Weekday, From: int(s.From), To: int(s.To)}
			}
		}
		if len(services) > 0 && !slices.Contains(services, one.Service) {
			continue
		}
		f.all, f.ids, f.at, f.lines = append(f.all, one), append(f.ids, p.ids[i]), append(f.at, p.at[i]), append(f.lines, p.lines[i])
	}
	if err := t.bad.err(); err != nil {
		return nil, err
	}
	if len(f.all) == 0 {
		return nil, fmt.Errorf("no facility gives %s", strings.Join(services, " or "))
	}
	return f, nil
}

// rounded writes a number of people without the noise of adding up.
func rounded(v float64) float64 { return math.Round(v*1000) / 1000 }
