package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/cmd/sanse/internal/ogc"
	"sanse/cmd/sanse/internal/service"
	"sanse/planner"
)

// How many features a page has where nobody says, and at most.
const (
	pageSize    = 100
	maxPageSize = 10_000
)

// itemParameters are those of every collection's items; the names of its
// queryables come beside them.
var itemParameters = []string{"limit", "offset", "bbox", "datetime", "filter", "filter-lang", "filter-crs", "properties"}

type ogcItemsInput struct {
	OGCRequest
	Collection string `path:"collection" maxLength:"40"`
	Limit      string `query:"limit" doc:"features in a page, 1 to 10000; 100 where nothing is said"`
	Offset     string `query:"offset" doc:"features before the page"`
	Box        string `query:"bbox" doc:"west,south,east,north in degrees"`
	Time       string `query:"datetime" doc:"a date or time, or two with a slash between; .. is open"`
	Filter     string `query:"filter" doc:"CQL2 Text"`
	Language   string `query:"filter-lang" doc:"cql2-text"`
	FilterCRS  string `query:"filter-crs" doc:"CRS84"`
	Properties string `query:"properties" doc:"names with commas between: only these are sent"`
}

// tableItem is a row as filters see it. The queryables are the columns, then the
// geometry.
type tableItem struct{ row *service.FeatureRow }

func (i tableItem) Value(k int) any     { return i.row.Values[k] }
func (i tableItem) Shape() orb.Geometry { return i.row.Shape }

func queryables(t *service.FeatureTable) []ogc.Queryable {
	types := map[service.ColumnType]ogc.Type{
		service.ColumnString: ogc.Text, service.ColumnInteger: ogc.Number, service.ColumnNumber: ogc.Number,
		service.ColumnBoolean: ogc.Boolean, service.ColumnDate: ogc.Date,
	}
	out := make([]ogc.Queryable, 0, len(t.Columns)+1)
	for _, c := range t.Columns {
		out = append(out, ogc.Queryable{Name: c.Name, Type: types[c.Type]})
	}
	return append(out, ogc.Queryable{Name: "geometry", Type: ogc.Geometry})
}

func (s *Server) ogcItems(ctx context.Context, in *ogcItemsInput) (*document, error) {
	zone, err := s.service.Zone(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	days, err := in.days(zone)
	if err != nil {
		return nil, err
	}
	t, err := s.service.FeatureTable(ctx, s.district, in.Collection, days)
	if err != nil {
		return nil, s.problem(err)
	}
	known := slices.Clone(itemParameters)
	for _, c := range t.Columns {
		known = append(known, c.Name)
	}
	if err := in.only(known...); err != nil {
		return nil, err
	}
	limit, offset, err := in.page()
	if err != nil {
		return nil, err
	}
	columns, err := in.columns(t)
	if err != nil {
		return nil, err
	}
	pass, err := in.filter(t, zone)
	if err != nil {
		return nil, err
	}
	matched := 0
	features := []json.RawMessage{}
	for i := range t.Rows {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, s.problem(ctx.Err()) // nobody waits for it any more
		}
		if !pass(tableItem{&t.Rows[i]}) {
			continue
		}
		if matched++; matched > offset && len(features) < limit {
			f, err := featureOf(t, &t.Rows[i], columns, nil)
			if err != nil {
				return nil, err
			}
			features = append(features, f)
		}
	}
	links := []ogcLink{
		{Href: in.pageAt(offset), Rel: "self", Type: typeGeoJSON},
		in.link("collection", typeJSON, t.Collection.Title, "/collections/"+in.Collection),
	}
	if offset+len(features) < matched {
		links = append(links, ogcLink{Href: in.pageAt(offset + limit), Rel: "next", Type: typeGeoJSON})
	}
	if offset > 0 {
		links = append(links, ogcLink{Href: in.pageAt(max(offset-limit, 0)), Rel: "prev", Type: typeGeoJSON})
	}
	return ogcDocument(typeGeoJSON, struct {
		Type           string            `json:"type"`
		NumberMatched  int               `json:"numberMatched"`
		NumberReturned int               `json:"numberReturned"`
		Links          []ogcLink         `json:"links"`
		Features       []json.RawMessage `json:"features"`
	}{"FeatureCollection", matched, len(features), links, features})
}

// pageAt is the address of this question with another offset.
func (in *ogcItemsInput) pageAt(offset int) string {
	q := maps.Clone(in.query)
	q.Del("offset")
	if offset > 0 {
		q.Set("offset", strconv.Itoa(offset))
	}
	href := in.base + "/collections/" + url.PathEscape(in.Collection) + "/items"
	if len(q) > 0 {
		href += "?" + q.Encode()
	}
	return href
}

func (in *ogcItemsInput) page() (limit, offset int, err error) {
	limit = pageSize
	if in.Limit != "" {
		if limit, err = whole("limit", in.Limit); err != nil {
			return 0, 0, err
		}
		if limit == 0 {
			return 0, 0, badRequest("limit: want 1 or more")
		}
		limit = min(limit, maxPageSize)
	}
	if in.Offset != "" {
		if offset, err = whole("offset", in.Offset); err != nil {
			return 0, 0, err
		}
	}
	return limit, offset, nil
}

// days reads datetime, in days of the district's time zone; nil if it is not given.
func (in *ogcItemsInput) days(zone *time.Location) (*service.FeatureDays, error) {
	if !in.query.Has("datetime") {
		return nil, nil
	}
	span, err := ogc.ParseTime(in.Time, zone)
	if err != nil {
		return nil, badRequest("datetime: %s", service.Own(err.Error()))
	}
	var days service.FeatureDays
	for _, end := range []struct {
		t   time.Time
		day *planner.Date
	}{{span.From, &days.From}, {span.To, &days.To}} {
		if !end.t.IsZero() {
			*end.day = planner.DateOf(end.t)
		}
	}
	return &days, nil
}

// columns reads properties: which columns are sent.
func (in *ogcItemsInput) columns(t *service.FeatureTable) ([]int, error) {
	var out []int
	if !in.query.Has("properties") {
		for i := range t.Columns {
			out = append(out, i)
		}
		return out, nil
	}
	for name := range strings.SplitSeq(in.Properties, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		i := slices.IndexFunc(t.Columns, func(c service.FeatureColumn) bool { return c.Name == name })
		if i < 0 {
			return nil, badRequest("properties: one of them is not there")
		}
		out = append(out, i)
	}
	return out, nil
}

// filter reads bbox, filter and the parameters that name a property.
func (in *ogcItemsInput) filter(t *service.FeatureTable, zone *time.Location) (func(ogc.Item) bool, error) {
	if in.Language != "" && in.Language != "cql2-text" {
		return nil, badRequest("filter-lang: want cql2-text")
	}
	if in.FilterCRS != "" && in.FilterCRS != crs84 {
		return nil, badRequest("filter-crs: want %s", service.Own(crs84))
	}
	all := queryables(t)
	f, err := ogc.Parse(in.Filter, all, zone)
	if err != nil {
		return nil, badRequest("filter: %s", service.Own(err.Error()))
	}
	filters := []*ogc.Filter{f}
	for _, q := range all {
		if !in.query.Has(q.Name) || q.Type == ogc.Geometry {
			continue
		}
		f, err := ogc.Equal(all, q.Name, in.query.Get(q.Name))
		if err != nil {
			return nil, badRequest("%s: %s", service.Own(q.Name), service.Own(err.Error()))
		}
		filters = append(filters, f)
	}
	var box *ogc.Box
	if in.query.Has("bbox") {
		if box, err = boxOf(in.Box); err != nil {
			return nil, err
		}
	}
	return func(i ogc.Item) bool {
		if box != nil && !box.Meets(i.Shape()) {
			return false
		}
		for _, f := range filters {
			if !f.Match(i) {
				return false
			}
		}
		return true
	}, nil
}

func boxOf(text string) (*ogc.Box, error) {
	var numbers []float64
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return nil, badRequest("bbox: want numbers with commas between them")
		}
		numbers = append(numbers, v)
	}
	b, err := ogc.NewBox(numbers)
	if err != nil {
		return nil, badRequest("bbox: %s", service.Own(err.Error()))
	}
	return &b, nil
}

// featureOf writes a feature with its properties in the order of the columns.
func featureOf(t *service.FeatureTable, r *service.FeatureRow, columns []int, links []ogcLink) (json.RawMessage, error) {
	var properties strings.Builder
	for n, i := range columns {
		if n > 0 {
			properties.WriteByte(',')
		}
		value, err := json.Marshal(r.Values[i])
		if err != nil {
			return nil, fmt.Errorf("write feature %s: %w", r.ID, err)
		}
		properties.WriteString(strconv.Quote(t.Columns[i].Name) + ":" + string(value))
	}
	b, err := json.Marshal(struct {
		Type       string            `json:"type"`
		ID         string            `json:"id"`
		Geometry   *geojson.Geometry `json:"geometry"`
		Properties json.RawMessage   `json:"properties"`
		Links      []ogcLink         `json:"links,omitempty"`
	}{"Feature", r.ID, geojson.NewGeometry(r.Shape), json.RawMessage("{" + properties.String() + "}"), links})
	if err != nil {
		return nil, fmt.Errorf("write feature %s: %w", r.ID, err)
	}
	return b, nil
}

type ogcItemInput struct {
	OGCRequest
	Collection string `path:"collection" maxLength:"40"`
	Feature    string `path:"feature" maxLength:"100"`
}

func (s *Server) ogcItem(ctx context.Context, in *ogcItemInput) (*document, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	var days *service.FeatureDays
	if strings.Contains(in.Feature, "@") {
		days = &service.FeatureDays{} // a version of another day
	}
	t, err := s.service.FeatureTable(ctx, s.district, in.Collection, days)
	if err != nil {
		return nil, s.problem(err)
	}
	i := slices.IndexFunc(t.Rows, func(r service.FeatureRow) bool { return r.ID == in.Feature })
	if i < 0 {
		return nil, huma.NewError(http.StatusNotFound, "there is no such feature in this collection")
	}
	columns, err := (&ogcItemsInput{}).columns(t)
	if err != nil {
		return nil, err
	}
	path := "/collections/" + in.Collection
	b, err := featureOf(t, &t.Rows[i], columns, []ogcLink{
		in.link("self", typeGeoJSON, "", path+"/items/"+url.PathEscape(in.Feature)), in.link("collection", typeJSON, t.Collection.Title, path),
	})
	if err != nil {
		return nil, err
	}
	return &document{ContentType: typeGeoJSON, CacheControl: fresh, Body: b}, nil
}
