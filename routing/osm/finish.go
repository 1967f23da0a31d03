package osm

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// finish makes an extract of what was collected.
func (c *collector) finish(ctx context.Context) (*Extract, error) {
	c.counts.DuplicateIDs = c.nodes.sort() + c.ways.sort() + c.sortRelations()
	x := &Extract{}
	if c.only&Streets != 0 {
		if err := c.streets(ctx, x); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, id := range c.placeID {
		if i := c.nodes.find(id); i >= 0 {
			x.addPlace("n"+strconv.FormatInt(id, 10), c.places[id], c.nodes.point(i))
		}
	}
	for i, t := range c.ways.tags {
		if t != nil {
			c.area(x, i, t)
		}
	}
	for i := range c.rels {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		c.multipolygon(x, &c.rels[i])
	}
	if c.only&Streets == 0 {
		x.Bounds = c.dataBounds()
	}
	x.Counts = c.counts
	return x, nil
}

func (c *collector) sortRelations() int {
	ids := make([]int64, len(c.rels))
	for i := range c.rels {
		ids[i] = c.rels[i].id
	}
	order, dropped := sortIDs(ids)
	if order == nil {
		return 0
	}
	sorted := make([]relationRecord, len(order))
	for to, from := range order {
		sorted[to] = c.rels[from]
	}
	c.rels = sorted
	return dropped
}

// area keeps a way for what its tags make of it.
func (c *collector) area(x *Extract, i int, t tags) {
	id := "w" + strconv.FormatInt(c.ways.ids[i], 10)
	refs := c.ways.nodes(i)
	closed := len(refs) >= 4 && refs[0] == refs[len(refs)-1]
	if kind := waterKind(t); kind != "" && c.only&Waters != 0 && (!closed || isWaterLine(kind)) {
		for _, line := range c.runs(refs) {
			x.Waters = append(x.Waters, Water{ID: id, Kind: kind, Name: t.get("name"), Line: line})
		}
	}
	if !closed {
		return
	}
	kinds := c.kinds(t)
	if kinds == 0 {
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
func (c *collector) multipolygon(x *Extract, r *relationRecord) {
	kinds := c.kinds(r.tags)
	if kinds == 0 {
		return
	}
	var outer, inner [][]int64
	for _, m := range r.members {
		if !m.way {
			continue
		}
		switch m.role {
		case "outer", "", "inner":
		default:
			continue
		}
		i := c.ways.find(m.ref)
		if i < 0 {
			c.incomplete(kinds)
			return
		}
		if m.role == "inner" {
			inner = append(inner, c.ways.nodes(i))
		} else {
			outer = append(outer, c.ways.nodes(i))
		}
	}
	outers, ok := c.rings(outer)
	inners, okInner := c.rings(inner)
	if !ok || !okInner || len(outers) == 0 {
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
	if isPlace(t) {
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

// placeTags are what make a place, and what is kept of it besides.
func placeTags() (main, kept []string) {
	main = []string{"amenity", "social_facility", "healthcare", "shop", "leisure"}
	return main, append(main, "social_facility:for", "capacity")
}

func isPlace(t tags) bool {
	main, _ := placeTags()
	for _, k := range main {
		if v := t.get(k); v != "" && v != "no" {
			return true
		}
	}
	return false
}

func (x *Extract) addPlace(id string, t tags, at orb.Point) {
	_, keys := placeTags()
	p := Place{ID: id, Name: t.get("name"), Tags: map[string]string{}, Point: at}
	for _, k := range keys {
		if v := t.get(k); v != "" {
			p.Tags[k] = v
		}
	}
	x.Places = append(x.Places, p)
}

func adminLevel(t tags) int {
	n, err := strconv.Atoi(t.get("admin_level"))
	if err != nil || n < 1 || n > 12 {
		return 0 // a boundary of no known level is none
	}
	return n
}

// levels reads building:levels, also 3.5 and 3;4, as whole levels; 0 unknown.
func levels(t tags) int {
	s, _, _ := strings.Cut(t.get("building:levels"), ";")
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(f >= 1 && f <= 200) {
		return 0
	}
	return int(f)
}

// waterKind names the water that tags make, empty if none.
func waterKind(t tags) string {
	switch n := t.get("natural"); n {
	case "water", "bay", "coastline":
		return n
	}
	switch w := t.get("waterway"); w {
	case "riverbank", "dock", "river", "stream", "canal", "drain":
		return w
	}
	switch l := t.get("landuse"); l {
	case "reservoir", "basin":
		return l
	}
	return ""
}

func isWaterLine(kind string) bool {
	switch kind {
	case "coastline", "river", "stream", "canal", "drain":
		return true
	}
	return false
}

// runs turns references into lines, broken where a node is missing.
func (c *collector) runs(refs []int64) []orb.LineString {
	var out []orb.LineString
	var run orb.LineString
	for _, id := range refs {
		i := c.nodes.find(id)
		if i < 0 {
			if len(run) > 1 {
				out = append(out, run)
			}
			run = nil
			continue
		}
		run = append(run, c.nodes.point(i))
	}
	if len(run) > 1 {
		out = append(out, run)
	}
	return out
}

// rings joins ways end to end into closed rings; ok is false if some do not
// close or a node is missing.
func (c *collector) rings(ways [][]int64) (rings []orb.Ring, ok bool) {
	used := make([]bool, len(ways))
	ends := map[int64][]int{}
	for i, w := range ways {
		if len(w) < 2 {
			return nil, false
		}
		if w[0] != w[len(w)-1] {
			ends[w[0]] = append(ends[w[0]], i)
			ends[w[len(w)-1]] = append(ends[w[len(w)-1]], i)
		}
	}
	for i, w := range ways {
		if used[i] {
			continue
		}
		used[i] = true
		ids := slices.Clone(w)
		for ids[0] != ids[len(ids)-1] {
			next := -1
			for _, k := range ends[ids[len(ids)-1]] {
				if !used[k] {
					next = k
					break
				}
			}
			if next < 0 {
				return nil, false
			}
			used[next] = true
			more := slices.Clone(ways[next])
			if more[0] != ids[len(ids)-1] {
				slices.Reverse(more)
			}
			ids = append(ids, more[1:]...)
		}
		r := make(orb.Ring, 0, len(ids))
		for _, id := range ids {
			n := c.nodes.find(id)
			if n < 0 {
				return nil, false
			}
			p := c.nodes.point(n)
			if k := len(r); k == 0 || r[k-1] != p {
				r = append(r, p)
			}
		}
		if len(r) < 4 || planar.Area(r) == 0 {
			return nil, false
		}
		rings = append(rings, r)
	}
	return rings, true
}

// assemble turns the rings round and puts every hole into the smallest outer
// ring around it; a hole in none is dropped.
func assemble(outers, inners []orb.Ring) orb.MultiPolygon {
	out := make(orb.MultiPolygon, len(outers))
	sizes := make([]float64, len(outers))
	for i, r := range outers {
		if r.Orientation() != orb.CCW {
			r.Reverse()
		}
		out[i] = orb.Polygon{r}
		sizes[i] = planar.Area(r)
	}
	for _, r := range inners {
		if r.Orientation() != orb.CW {
			r.Reverse()
		}
		best := -1
		for i, o := range outers {
			if planar.RingContains(o, r[0]) && (best < 0 || sizes[i] < sizes[best]) {
				best = i
			}
		}
		if best >= 0 {
			out[best] = append(out[best], r)
		}
	}
	return out
}
