package features

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Polygons reads a Polygon or MultiPolygon as it is written, in the file's own
// system; heights are dropped, open rings closed, outer rings turned
// counter-clockwise and holes clockwise. Whether they cross is not asked.
func (g Geometry) Polygons() (orb.MultiPolygon, error) {
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
		return nil, fmt.Errorf("a Polygon or MultiPolygon is needed, this is “%s”", strings.Trim(quoted(g.Type), `"`))
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
