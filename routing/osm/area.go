package osm

import (
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// area keeps a way for what its tags make of it.
func (c *collector) area(x *Extract, i int32, t tags) {
	kinds := c.kinds(t)
	kind := waterKind(t)
	if kinds == 0 && (kind == "" || c.only&Waters == 0) {
		return
	}
	id := "w" + strconv.FormatInt(c.ways.ids[i], 10)
	refs := c.references(i)
	closed := len(refs) >= 4 && refs[0] == refs[len(refs)-1]
	if kind != "" && c.only&Waters != 0 && (!closed || isWaterLine(kind)) {
		for _, line := range c.runs(refs) {
			x.Waters = append(x.Waters, Water{ID: id, Kind: kind, Name: t.get("name"), Line: line})
		}
	}
	if !closed || kinds == 0 {
		return
	}
	rings, ok := c.rings([][]int64{refs})
	if !ok {
		c.incomplete(kinds)
		return
	}
	c.keepArea(x, id, t, kinds, assemble(rings, nil))
}

// multipolygon keeps a relation likewise.
func (c *collector) multipolygon(x *Extract, r *relation) {
	kinds := c.kinds(r.tags)
	if kinds == 0 || r.tags.get("type") == "restriction" {
		return
	}
	outers, inners, ok := c.relationRings(r)
	if !ok {
		c.incomplete(kinds)
		return
	}
	c.keepArea(x, "r"+strconv.FormatInt(r.id, 10), r.tags, kinds, assemble(outers, inners))
}

// kinds says for which parts an area with these tags counts.
func (c *collector) kinds(t tags) Part {
	var p Part
	if t.get("boundary") == "administrative" && adminLevel(t) > 0 {
		p |= Boundaries
	}
	if b := t.get("building"); b != "" && b != "no" {
		p |= Buildings
	}
	if c.only&Places != 0 && isPlace(t) {
		p |= Places
	}
	if kind := waterKind(t); kind != "" && !isWaterLine(kind) {
		p |= Waters
	}
	return p & c.only
}

func (c *collector) incomplete(kinds Part) {
	if kinds&Boundaries != 0 {
		c.counts.IncompleteBoundaries++
	} else {
		c.counts.IncompleteAreas++
	}
}

func (c *collector) keepArea(x *Extract, id string, t tags, kinds Part, area orb.MultiPolygon) {
	name := t.get("name")
	if kinds&Boundaries != 0 {
		x.Boundaries = append(x.Boundaries, Boundary{ID: id, Name: name, AdminLevel: adminLevel(t), Polygon: area})
	}
	if kinds&Buildings != 0 {
		x.Buildings = append(x.Buildings, Building{ID: id, Kind: t.get("building"), Name: name, Polygon: area, Levels: levels(t)})
	}
	if kinds&Waters != 0 {
		x.Waters = append(x.Waters, Water{ID: id, Kind: waterKind(t), Name: name, Area: area})
	}
	if kinds&Places != 0 {
		if at, size := planar.CentroidArea(area); size > 0 {
			x.addPlace(id, t, at)
		} else {
			x.addPlace(id, t, area.Bound().Center())
		}
	}
}
