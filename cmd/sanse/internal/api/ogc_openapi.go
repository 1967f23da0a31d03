package api

import (
	"context"

	"sanse/cmd/sanse/internal/service"
)

// ogcAPI describes the API in OpenAPI 3.0, with the parameters of each
// collection by name, as clients like to have it. (All of /v1 is described in
// 3.1 at /v1/openapi.json.)
func (s *Server) ogcAPI(ctx context.Context, in *ogcInput) (*document, error) {
	if err := in.only(); err != nil {
		return nil, err
	}
	d, err := s.service.District(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	parameter := func(name, text string, schema map[string]any) map[string]any {
		p := map[string]any{"name": name, "in": "query", "required": false, "description": text, "schema": schema}
		if schema["type"] == "array" {
			p["style"], p["explode"] = "form", false
		}
		return p
	}
	text := map[string]any{"type": "string"}
	operation := func(id, summary, kind string, parameters ...any) map[string]any {
		if parameters == nil {
			parameters = []any{}
		}
		problem := map[string]any{"application/problem+json": map[string]any{"schema": map[string]any{"type": "object"}}}
		return map[string]any{"get": map[string]any{
			"operationId": id, "summary": summary, "parameters": parameters, "tags": []string{"OGC API – Features"},
			"responses": map[string]any{
				"200": map[string]any{"description": summary, "content": map[string]any{kind: map[string]any{"schema": map[string]any{"type": "object"}}}},
				"400": map[string]any{"description": "The address cannot be read.", "content": problem},
				"404": map[string]any{"description": "There is no such thing.", "content": problem},
			},
		}}
	}
	paths := map[string]any{
		"/":            operation("getLandingPage", "Landing page", typeJSON),
		"/conformance": operation("getConformance", "What is kept to", typeJSON),
		"/api":         operation("getAPI", "This description", typeOpenAPI),
		"/collections": operation("getCollections", "The collections", typeJSON),
	}
	for _, c := range service.FeatureCollections() {
		t, err := s.service.FeatureTable(ctx, s.district, c.ID, nil)
		if err != nil {
			return nil, s.problem(err)
		}
		path := "/collections/" + c.ID
		parameters := []any{
			parameter("limit", "How many features a page has at most.", map[string]any{"type": "integer", "minimum": 1, "maximum": maxPageSize, "default": pageSize}),
			parameter("offset", "How many features come before the page.", map[string]any{"type": "integer", "minimum": 0, "default": 0}),
			parameter("bbox", "Features that meet this box: west,south,east,north in degrees.", map[string]any{
				"type": "array", "minItems": 4, "maxItems": 6, "items": map[string]any{"type": "number"},
			}),
			parameter("datetime", "Features that hold at a time, or in a span of time.", text),
			parameter("filter", "CQL2 Text over the queryables.", text),
			parameter("filter-lang", "The language of the filter.", map[string]any{"type": "string", "enum": []string{"cql2-text"}, "default": "cql2-text"}),
			parameter("filter-crs", "The system of the coordinates in the filter.", map[string]any{"type": "string", "enum": []string{crs84}, "default": crs84}),
			parameter("properties", "Only these properties are sent.", map[string]any{"type": "array", "items": text}),
		}
		for _, column := range t.Columns {
			parameters = append(parameters, parameter(column.Name, "Features with this value: "+column.Title, columnSchema(column)))
		}
		paths[path] = operation("describe-"+c.ID, c.Title, typeJSON)
		paths[path+"/schema"] = operation("schema-"+c.ID, "A feature in JSON Schema: "+c.Title, typeSchema)
		paths[path+"/queryables"] = operation("queryables-"+c.ID, "What a filter may name: "+c.Title, typeSchema)
		paths[path+"/items"] = operation("items-"+c.ID, c.Title, typeGeoJSON, parameters...)
		paths[path+"/items/{featureId}"] = operation("item-"+c.ID, "One of: "+c.Title, typeGeoJSON, map[string]any{
			"name": "featureId", "in": "path", "required": true, "schema": text,
		})
	}
	return ogcDocument(typeOpenAPI, map[string]any{
		"openapi": "3.0.3",
		"info":    map[string]any{"title": d.Name, "version": "1.0.0", "description": "OGC API – Features of Sanse (三色)"},
		"servers": []any{map[string]any{"url": in.base}},
		"paths":   paths,
	})
}
