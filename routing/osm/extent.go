package osm

import (
	"slices"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// extent is the box of the streets that are walked, without strays: of the
// nodes that lie within the middle 95 % in each direction or half of its width
// beside it, held to the header's box where that has streets.
func (c *collector) extent(streets []street) orb.Bound {
	walked := func(visit func(node int32)) {
		for i := range streets {
			if streets[i].attr.Walk == routing.Neither {
				continue
			}
			for _, n := range streets[i].nodes {
				visit(n)
			}
		}
	}
	all := 0
	walked(func(int32) { all++ })
	every, k := all/extentSample+1, 0
	var lons, lats []int32
	walked(func(n int32) {
		if k%every == 0 {
			lons, lats = append(lons, c.nodes.lon[n]), append(lats, c.nodes.lat[n])
		}
		k++
	})
	minLon, maxLon := middle(lons)
	minLat, maxLat := middle(lats)
	wide := orb.Bound{Min: orb.Point{minLon, minLat}, Max: orb.Point{maxLon, maxLat}}
	if c.hasBox && wide.Intersects(c.box) {
		wide = orb.Bound{
			Min: orb.Point{max(wide.Min[0], c.box.Min[0]), max(wide.Min[1], c.box.Min[1])},
			Max: orb.Point{min(wide.Max[0], c.box.Max[0]), min(wide.Max[1], c.box.Max[1])},
		}
	}
	var out orb.Bound
	found := false
	walked(func(n int32) {
		p := c.nodes.point(n)
		switch {
		case !wide.Contains(p):
		case !found:
			out, found = orb.Bound{Min: p, Max: p}, true
		default:
			out = out.Extend(p)
		}
	})
	if !found {
		return wide
	}
	return out
}

// extentSample is how many nodes tell where the middle of them lies.
const extentSample = 1 << 14

// middle returns where the middle 95 % lie, in degrees, widened by half of
// that on either side. Of very many values it looks at some, evenly.
func middle(units []int32) (from, to float64) {
	every := len(units)/extentSample + 1
	some := make([]int32, 0, len(units)/every+1)
	for i := 0; i < len(units); i += every {
		some = append(some, units[i])
	}
	slices.Sort(some)
	last := len(some) - 1
	trim := min((last+39)/40, last/4)
	lo, hi := some[trim], some[last-trim]
	half := (float64(hi) - float64(lo)) / 2
	return (float64(lo) - half) / coordinateUnits, (float64(hi) + half) / coordinateUnits
}

// dataBounds is the header's box, or that of all nodes likewise.
func (c *collector) dataBounds() orb.Bound {
	if c.hasBox || len(c.nodes.ids) == 0 {
		return c.box
	}
	minLon, maxLon := middle(c.nodes.lon)
	minLat, maxLat := middle(c.nodes.lat)
	return orb.Bound{Min: orb.Point{minLon, minLat}, Max: orb.Point{maxLon, maxLat}}
}
