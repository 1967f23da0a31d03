package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/districting"
	"sanse/geo/features"
)

// The names of an area's properties.
var (
	areaNames   = aliases{"id", "code", "zone", "编号", "代码", "网格代码", "微网格代码"}
	parentNames = aliases{"community", "parent", "community_code", "村社区", "社区", "村社区代码", "社区代码"}
)

// ReadShapes reads GeoJSON of polygons, each with the property id (or code, or
// zone; else the feature's own id), community (or parent; may be missing) and
// the weights asked for. Shapes must be valid each by itself; how they lie to
// each other is not asked, and Graph is left empty: see ReadAreas.
func ReadShapes(r io.Reader, weights ...string) (*Units, error) {
	if err := checkNames(weights); err != nil {
		return nil, err
	}
	in, err := features.NewReader(r)
	if err != nil {
		return nil, err
	}
	var (
		u     = &Units{}
		bad   Faults
		codes []string
		seen  = map[string]int{}
	)
	for _, name := range weights {
		u.Weights = append(u.Weights, districting.Weight{Name: name})
	}
	for {
		f, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		shape, id := shapeOf(f, &bad)
		if shape != nil {
			if err := geo.CheckValid(shape); err != nil {
				bad.add(f.Line, "geometry", f.Geometry.Type, "of area %q: %v", short(id), err)
			}
		}
		if first, twice := seen[id]; id != "" && twice {
			bad.add(f.Line, "id", id, "is on line %d already", first)
		}
		seen[id] = f.Line
		code, _ := property(f, parentNames)
		for i := range u.Weights {
			u.Weights[i].Of = append(u.Weights[i].Of, weightOf(f, u.Weights[i].Name, &bad))
		}
		u.IDs = append(u.IDs, id)
		u.Shapes = append(u.Shapes, shape)
		codes = append(codes, code)
	}
	if err := foreignCRS(in.CRS()); err != nil {
		return nil, err
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if len(u.IDs) == 0 {
		return nil, errors.New("there is no area in the file")
	}
	u.setParents(codes)
	return u, nil
}

// shapeOf reads the ground, valid or not, and the id of a feature.
func shapeOf(f features.Feature, bad *Faults) (orb.MultiPolygon, string) {
	if f.Bad != "" {
		bad.add(f.Line, "", "", "%s", f.Bad)
		return nil, ""
	}
	id, ok := property(f, areaNames)
	if !ok {
		id = f.ID
	}
	if id == "" {
		bad.add(f.Line, "id", "", "is missing: an area has a property id, code or zone, or an id of its own")
	}
	shape, err := f.Geometry.Polygons()
	if err != nil {
		bad.add(f.Line, "geometry", f.Geometry.Type, "%v", err)
		return nil, id
	}
	for _, poly := range shape {
		for _, ring := range poly {
			for _, p := range ring {
				if hint, ok := geo.LooksProjected(p); ok {
					bad.add(f.Line, "geometry", f.Geometry.Type, "is not in degrees: %s", hint)
					return nil, id
				}
			}
		}
	}
	return shape, id
}

// property is the text of the first of the names that a feature has.
func property(f features.Feature, names aliases) (string, bool) {
	for _, name := range names {
		switch v := f.Properties[name].(type) {
		case string:
			return v, v != ""
		case json.Number:
			return v.String(), true
		}
	}
	return "", false
}

func weightOf(f features.Feature, name string, bad *Faults) int64 {
	if f.Bad != "" {
		return 0
	}
	text := ""
	if v := f.Properties[name]; v != nil {
		text = fmt.Sprint(v)
	}
	v, why := parseWeight(text)
	if why != "" {
		bad.add(f.Line, name, text, "%s", why)
	}
	return v
}
