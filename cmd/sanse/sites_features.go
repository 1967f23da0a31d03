package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sanse/geo/features"
)

// newSitesFeatures reads GeoJSON as a table: its columns are the properties, and
// lon and lat of the point, or of the centre of the ground; the column id is the
// property of that name or one like it, or the id of the feature.
func newSitesFeatures(in io.Reader) (*sitesTable, error) {
	r, err := features.NewReader(in)
	if err != nil {
		return nil, err
	}
	type row struct {
		line   int
		fields map[string]string
	}
	var rows []row
	names := map[string]bool{}
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read GeoJSON: %w", err)
		}
		if f.Bad != "" {
			return nil, fmt.Errorf("line %d: %s", f.Line, f.Bad)
		}
		if len(rows) == maxSitesRows {
			return nil, fmt.Errorf("line %d: at most %d features are taken", f.Line, maxSitesRows)
		}
		fields := map[string]string{}
		for name, v := range f.Properties {
			name = strings.ToLower(strings.TrimSpace(name))
			switch v := v.(type) {
			case nil:
			case string:
				fields[name] = v
			case json.Number:
				fields[name] = v.String()
			case bool:
				fields[name] = strconv.FormatBool(v)
			}
		}
		id := f.ID
		for _, n := range slices.Backward(sitesID) {
			if fields[n] != "" {
				id = fields[n]
			}
			delete(fields, n)
		}
		if id != "" {
			fields["id"] = id
		}
		at, err := centreOf(f.Geometry)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", f.Line, err)
		}
		for _, n := range slices.Concat(sitesLon, sitesLat, sitesX, sitesY) {
			delete(fields, n) // the geometry says where it lies
		}
		fields["lon"], fields["lat"] = strconv.FormatFloat(at[0], 'g', -1, 64), strconv.FormatFloat(at[1], 'g', -1, 64)
		for n := range fields {
			names[n] = true
		}
		rows = append(rows, row{f.Line, fields})
	}
	t := &sitesTable{header: slices.Sorted(maps.Keys(names))}
	if len(rows) == 0 {
		t.header = []string{"id", "lon", "lat"}
	}
	next := 0
	t.read = func() ([]string, int, error) {
		if next == len(rows) {
			return nil, 0, io.EOF
		}
		r := rows[next]
		next++
		out := make([]string, len(t.header))
		for i, n := range t.header {
			out[i] = r.fields[n]
		}
		return out, r.line, nil
	}
	return t, nil
}

// centreOf is the point of a feature, or the centre of its ground.
func centreOf(g features.Geometry) (orb.Point, error) {
	switch g.Type {
	case "":
		return orb.Point{}, errors.New("the feature has no geometry")
	case "Point":
		var numbers []float64
		if err := json.Unmarshal(g.Coordinates, &numbers); err != nil || len(numbers) < 2 {
			return orb.Point{}, errors.New("the coordinates of the point cannot be read")
		}
		return orb.Point{numbers[0], numbers[1]}, nil
	}
	ground, err := g.Polygons()
	if err != nil {
		return orb.Point{}, err
	}
	at, _ := planar.CentroidArea(ground)
	return at, nil
}
