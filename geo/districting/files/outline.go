package files

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/uber/h3-go/v4"

	"sanse/geo"
	"sanse/geo/districting"
)

// Outlines returns the shape of each zone, by number: the union of its cells or
// areas, in units of 10⁻⁷ degrees, so that neighbours have the same vertices.
// A zone without a unit is empty.
func Outlines(u *Units, zone []int32, zones int) ([]orb.MultiPolygon, error) {
	if u.Cells == nil && u.Shapes == nil {
		return nil, fmt.Errorf("a dual graph has no shapes, so there are no outlines")
	}
	cells := make([][]h3.Cell, zones)
	shapes := make([][]orb.MultiPolygon, zones)
	for i, z := range zone {
		if z < 0 || int(z) >= zones {
			return nil, fmt.Errorf("draw outlines: unit %s is in zone %d of %d", u.IDs[i], z, zones)
		}
		if u.Cells != nil {
			cells[z] = append(cells[z], u.Cells[i])
		} else {
			shapes[z] = append(shapes[z], u.Shapes[i])
		}
	}
	out := make([]orb.MultiPolygon, zones)
	for z := range out {
		var err error
		if u.Cells != nil {
			out[z], err = geo.Outline(cells[z])
		} else {
			out[z], err = geo.Union(shapes[z]...)
		}
		if err != nil {
			return nil, fmt.Errorf("draw outline of zone %d: %w", z+1, err)
		}
		round(out[z])
	}
	return out, nil
}

func round(mp orb.MultiPolygon) {
	const units = 1e7
	for _, poly := range mp {
		for _, ring := range poly {
			for i, p := range ring {
				ring[i] = orb.Point{math.Round(p[0]*units) / units, math.Round(p[1]*units) / units}
			}
		}
	}
}

// WriteOutlines writes GeoJSON, a feature a zone, with the properties zone (its
// name), community, units, parts, polsby_popper, and for each weight its sum
// under the weight's name and the share off its target under that name and
// "_off". A weight with a name of one of the others has "weight_" before it.
func WriteOutlines(w io.Writer, u *Units, zone []int32, names []string, m districting.Metrics) error {
	if len(names) != len(m.Zones) {
		return fmt.Errorf("write outlines: %d names for %d zones", len(names), len(m.Zones))
	}
	shapes, err := Outlines(u, zone, len(names))
	if err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	begin := `{"type": "FeatureCollection", "features": [`
	for z, shape := range shapes {
		if len(shape) == 0 {
			continue // a grid without ground has no outline
		}
		text, err := json.Marshal(outlineFeature(u, shape, names[z], m.Zones[z]))
		if err != nil {
			return fmt.Errorf("write outlines: %w", err)
		}
		fmt.Fprintf(b, "%s\n%s", begin, text)
		begin = ","
	}
	if begin != "," {
		fmt.Fprint(b, begin)
	}
	fmt.Fprint(b, "\n]}\n")
	if err := b.Flush(); err != nil { // holds the first error of those before
		return fmt.Errorf("write outlines: %w", err)
	}
	return nil
}

func outlineFeature(u *Units, shape orb.MultiPolygon, name string, m districting.ZoneMetrics) *geojson.Feature {
	var g orb.Geometry = shape
	if len(shape) == 1 {
		g = shape[0]
	}
	f := geojson.NewFeature(g)
	f.Properties = geojson.Properties{"zone": name, "units": m.Units, "parts": m.Parts}
	if code := u.Communities[m.Parent]; code != "" {
		f.Properties["community"] = code
	}
	if m.PolsbyPopper > 0 {
		f.Properties["polsby_popper"] = rounded(m.PolsbyPopper)
	}
	for i, weight := range u.Weights {
		key := weight.Name
		if _, ours := f.Properties[key]; ours || key == "polsby_popper" || key == "community" {
			key = "weight_" + key
		}
		f.Properties[key] = m.Sums[i]
		if i < len(m.Off) {
			f.Properties[key+"_off"] = rounded(m.Off[i])
		}
	}
	return f
}

// rounded keeps shares readable; a share of nothing is 0, for JSON knows no
// infinity.
func rounded(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return math.Round(v*1e6) / 1e6
}
