package imports

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"sanse/geo"
	"sanse/geo/features"
)

// declaredCRS reads the name in a "crs" member, such as
// urn:ogc:def:crs:EPSG::4490; empty for none.
func declaredCRS(name string) (geo.CRS, error) {
	if name == "" {
		return "", nil
	}
	if up := strings.ToUpper(name); strings.HasSuffix(up, ":CRS84") {
		return geo.WGS84, nil
	}
	crs, err := geo.ParseCRS(name)
	if err != nil {
		return "", fmt.Errorf("the crs member names %s, which is not known: declare the coordinate system with --crs", quote(shorten(name)))
	}
	return crs, nil
}

// isText tells that all of a feature's properties are UTF-8.
func isText(properties map[string]any) bool {
	for k, v := range properties {
		if s, ok := v.(string); ok && (!utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError)) || strings.ContainsRune(k, utf8.RuneError) {
			return false
		}
	}
	return true
}

// polygonsOf reads a Polygon or MultiPolygon; heights are dropped, open rings
// closed, outer rings turned counter-clockwise and holes clockwise.
func polygonsOf(g features.Geometry) (orb.MultiPolygon, error) {
	var polys [][][][]float64
	switch g.Type {
	case "Polygon":
		polys = make([][][][]float64, 1)
		if err := json.Unmarshal(g.Coordinates, &polys[0]); err != nil {
			return nil, errors.New("the coordinates cannot be read")
		}
	case "MultiPolygon":
		if err := json.Unmarshal(g.Coordinates, &polys); err != nil {
			return nil, errors.New("the coordinates cannot be read")
		}
	default:
		return nil, fmt.Errorf("a Polygon or MultiPolygon is needed, this is %s", quote(shorten(g.Type)))
	}
	var out orb.MultiPolygon
	for _, rings := range polys {
		if len(rings) == 0 {
			continue
		}
		poly := make(orb.Polygon, len(rings))
		for i, ring := range rings {
			r := make(orb.Ring, 0, len(ring)+1)
			for _, c := range ring {
				if len(c) < 2 {
					return nil, errors.New("a position has fewer than two coordinates")
				}
				r = append(r, orb.Point{c[0], c[1]})
			}
			if len(r) > 0 && r[0] != r[len(r)-1] {
				r = append(r, r[0])
			}
			if len(r) < 4 {
				return nil, errors.New("a ring has fewer than three corners")
			}
			want := orb.CCW
			if i > 0 {
				want = orb.CW
			}
			if o := r.Orientation(); o != 0 && o != want {
				slices.Reverse(r)
			}
			poly[i] = r
		}
		out = append(out, poly)
	}
	if len(out) == 0 {
		return nil, errors.New("the geometry is empty")
	}
	return out, nil
}
