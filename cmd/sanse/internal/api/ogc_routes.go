package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/service"
)

// OGC API – Features (OGC 17-069r4, Part 1: Core) with filters (19-079r2, Part
// 3) and CQL2 Text (21-065r2). What is declared in conformance is what is kept
// to. Everything is WGS 84, longitude first.

// ogcRoot is where the landing page is.
const ogcRoot = "/v1/ogc"

// Media types of what is sent.
const (
	typeJSON    = "application/json"
	typeSchema  = "application/schema+json"
	typeOpenAPI = "application/vnd.oai.openapi+json;version=3.0"
)

const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// conformsTo lists the requirements that are met.
var conformsTo = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
	"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
	"http://www.opengis.net/spec/cql2/1.0/conf/property-property",
}

func (s *Server) registerOGC(api huma.API) {
	for _, op := range []struct {
		id, path, summary string
		answer            func(context.Context, *ogcInput) (*document, error)
	}{
		{"ogc", "", "OGC API – Features: landing page", s.ogcLanding},
		{"ogc-conformance", "/conformance", "OGC API – Features: what is kept to", s.ogcConformance},
		{"ogc-api", "/api", "OGC API – Features: its description in OpenAPI 3.0", s.ogcAPI},
		{"ogc-collections", "/collections", "OGC API – Features: areas by level, cells by resolution, facilities", s.ogcCollections},
	} {
		get(api, op.id, ogcRoot+op.path, op.summary, op.answer)
	}
	for _, op := range []struct {
		id, path, summary string
		answer            func(context.Context, *ogcCollectionInput) (*document, error)
	}{
		{"ogc-collection", "", "OGC API – Features: a collection", s.ogcCollection},
		{"ogc-queryables", "/queryables", "OGC API – Features: what a filter on a collection may name", s.ogcQueryables},
		{"ogc-schema", "/schema", "OGC API – Features: a feature of a collection in JSON Schema", s.ogcSchema},
	} {
		get(api, op.id, ogcRoot+"/collections/{collection}"+op.path, op.summary, op.answer)
	}
	get(api, "ogc-items", ogcRoot+"/collections/{collection}/items", "OGC API – Features: features of a collection, page by page (GeoJSON)", s.ogcItems)
	get(api, "ogc-item", ogcRoot+"/collections/{collection}/items/{feature}", "OGC API – Features: a feature (GeoJSON)", s.ogcItem)
}

// OGCRequest is what an address says beside its path.
type OGCRequest struct {
	base  string // of this API: scheme, host and ogcRoot
	path  string // below base
	query url.Values
}

// Resolve takes the address apart.
func (r *OGCRequest) Resolve(ctx huma.Context) []error {
	var o origin
	o.Resolve(ctx)
	u := ctx.URL()
	r.base, r.path, r.query = o.base+ogcRoot, strings.TrimPrefix(u.Path, ogcRoot), u.Query()
	return nil
}

// only refuses parameters that are not known: a typing error must not pass for
// an answer.
func (r *OGCRequest) only(known ...string) error {
	for name, values := range r.query {
		switch {
		case name == "as":
		case name == "f" && (values[0] == "json" || values[0] == "geojson"):
		case name == "f":
			return badRequest("f: there is no such format: want json")
		case !slices.Contains(known, name):
			return badRequest("a parameter is not known; there are %s", service.OwnList(append(known, "f", "as")))
		case len(values) > 1:
			return badRequest("the parameter %q is given %d times", service.Own(name), len(values))
		}
	}
	return nil
}

// link writes an absolute address below the root; who asks is kept, so that
// what follows a link sees the same.
func (r *OGCRequest) link(rel, kind, title, path string) ogcLink {
	href := r.base + path
	if as := r.query.Get("as"); as != "" {
		href += "?" + url.Values{"as": {as}}.Encode()
	}
	return ogcLink{Href: href, Rel: rel, Type: kind, Title: title}
}

func badRequest(format string, args ...any) error {
	return huma.NewError(http.StatusBadRequest, service.Tell(format, args...))
}

type ogcInput struct{ OGCRequest }

type ogcCollectionInput struct {
	OGCRequest
	Collection string `path:"collection" maxLength:"40"`
}

type ogcLink struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
}

// ogcDocument answers with JSON of some kind.
func ogcDocument(kind string, v any) (*document, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", kind, err)
	}
	return &document{ContentType: kind, CacheControl: fresh, Body: b}, nil
}

func (s *Server) ogcLanding(ctx context.Context, in *ogcInput) (*document, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	d, err := s.service.District(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	return ogcDocument(typeJSON, map[string]any{
		"title": d.Name, "description": "区域、六边形与服务设施 / Areas, cells and service facilities. " + d.Note, "attribution": d.Attribution,
		"links": []ogcLink{
			in.link("self", typeJSON, "this page", ""),
			in.link("service-desc", typeOpenAPI, "the API in OpenAPI 3.0", "/api"),
			in.link("conformance", typeJSON, "what is kept to", "/conformance"),
			in.link("data", typeJSON, "the collections", "/collections"),
		},
	})
}

func (s *Server) ogcConformance(_ context.Context, in *ogcInput) (*document, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	return ogcDocument(typeJSON, map[string]any{"conformsTo": conformsTo})
}

func (s *Server) ogcCollections(ctx context.Context, in *ogcInput) (*document, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	list := []any{}
	for _, c := range service.FeatureCollections() {
		described, err := s.describeCollection(ctx, &in.OGCRequest, c.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, described)
	}
	return ogcDocument(typeJSON, map[string]any{
		"links": []ogcLink{in.link("self", typeJSON, "", "/collections"), in.link("root", typeJSON, "landing page", "")}, "collections": list,
	})
}

func (s *Server) ogcCollection(ctx context.Context, in *ogcCollectionInput) (*document, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	c, err := s.describeCollection(ctx, &in.OGCRequest, in.Collection)
	if err != nil {
		return nil, err
	}
	return ogcDocument(typeJSON, c)
}

func (s *Server) describeCollection(ctx context.Context, r *OGCRequest, id string) (map[string]any, error) {
	about, err := s.service.FeatureExtent(ctx, s.district, id)
	if err != nil {
		return nil, s.problem(err)
	}
	extent := map[string]any{"spatial": map[string]any{"bbox": [][4]float64{boundsOf(about.Bounds)}, "crs": crs84}}
	if about.From != 0 {
		extent["temporal"] = map[string]any{
			"interval": [][2]any{{about.From.Time().Format("2006-01-02T15:04:05Z"), nil}}, "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
		}
	}
	c, path := about.Collection, "/collections/"+id
	out := map[string]any{
		"id": c.ID, "title": c.Title, "description": c.Description, "itemType": "feature", "extent": extent, "crs": []string{crs84},
		"links": []ogcLink{
			r.link("self", typeJSON, "", path),
			r.link("items", typeGeoJSON, c.Title, path+"/items"),
			r.link("http://www.opengis.net/def/rel/ogc/1.0/queryables", typeSchema, "what a filter may name", path+"/queryables"),
			r.link("describedBy", typeSchema, "a feature in JSON Schema", path+"/schema"),
			r.link("root", typeJSON, "landing page", ""),
		},
	}
	if about.Attribution != "" {
		out["attribution"] = about.Attribution
	}
	return out, nil
}

func (s *Server) ogcQueryables(ctx context.Context, in *ogcCollectionInput) (*document, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	t, err := s.service.FeatureTable(ctx, s.district, in.Collection, nil)
	if err != nil {
		return nil, s.problem(err)
	}
	properties := map[string]any{"geometry": map[string]any{"title": "位置 / Geometry", "x-ogc-role": "primary-geometry", "format": geometryFormat(t.Collection.Points)}}
	for _, c := range t.Columns {
		properties[c.Name] = columnSchema(c)
	}
	return ogcDocument(typeSchema, map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": in.base + "/collections/" + in.Collection + "/queryables",
		"type": "object", "title": t.Collection.Title, "description": t.Collection.Description, "properties": properties, "additionalProperties": false,
	})
}

// ogcSchema describes a feature, so that clients need not guess types from the
// first few.
func (s *Server) ogcSchema(ctx context.Context, in *ogcCollectionInput) (*document, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	t, err := s.service.FeatureTable(ctx, s.district, in.Collection, nil)
	if err != nil {
		return nil, s.problem(err)
	}
	properties := map[string]any{}
	for _, c := range t.Columns {
		properties[c.Name] = columnSchema(c)
	}
	geometry := "https://geojson.org/schema/MultiPolygon.json"
	switch {
	case t.Collection.Points:
		geometry = "https://geojson.org/schema/Point.json"
	case !t.Collection.Dated:
		geometry = "https://geojson.org/schema/Polygon.json"
	}
	return ogcDocument(typeSchema, map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": in.base + "/collections/" + in.Collection + "/schema",
		"type": "object", "title": t.Collection.Title, "required": []string{"type", "geometry", "properties"},
		"properties": map[string]any{
			"type": map[string]any{"type": "string", "enum": []string{"Feature"}}, "id": map[string]any{"type": "string"},
			"geometry": map[string]any{"$ref": geometry}, "properties": map[string]any{"type": "object", "properties": properties},
		},
	})
}

func geometryFormat(points bool) string {
	if points {
		return "geometry-point"
	}
	return "geometry-polygon-or-multipolygon"
}

// columnSchema describes a column in JSON Schema.
func columnSchema(c service.FeatureColumn) map[string]any {
	s := map[string]any{"title": c.Title, "type": string(c.Type)}
	if c.Type == service.ColumnDate {
		s["type"], s["format"] = "string", "date"
	}
	return s
}

// whole reads a number that must not be negative.
func whole(name, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, badRequest("%s: want a whole number", service.Own(name))
	}
	return n, nil
}
