package osm

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// lowWall is the height in metres below which a wall stops nobody.
const lowWall = 0.6

// obstacleOf tells which kind of line, that nobody walks across, a way is.
func obstacleOf(t tags) (routing.ObstacleKind, bool) {
	if offTheGround(t) {
		return 0, false
	}
	switch t.get("barrier") {
	case "wall", "fence", "city_wall", "retaining_wall", "hedge", "wire_fence":
		if h, ok := metres(t.get("height")); ok && h < lowWall {
			return 0, false
		}
		return routing.ObstacleWall, true
	}
	switch t.get("waterway") {
	case "river", "canal":
		return routing.ObstacleWater, t.get("intermittent") != "yes"
	}
	if t.get("natural") == "coastline" {
		return routing.ObstacleWater, true
	}
	switch t.get("railway") {
	case "rail", "light_rail", "subway", "narrow_gauge", "monorail":
		return routing.ObstacleRailway, true
	}
	switch t.get("highway") {
	case "motorway", "motorway_link", "trunk", "trunk_link":
		if a, ok := streetOf(t, false); ok && a.Walk == routing.Neither {
			return routing.ObstacleMotorway, true
		}
	}
	return 0, false
}

// offTheGround tells whether a thing lies above or below where people are.
func offTheGround(t tags) bool {
	if l := t.get("layer"); l != "" && l != "0" {
		return true
	}
	no := func(v string) bool { return v == "" || v == "no" }
	return !no(t.get("bridge")) || !no(t.get("tunnel")) || !no(t.get("covered")) && t.get("building") == ""
}

// isOpenWater tells whether an area is water that nobody walks on.
func isOpenWater(t tags) bool {
	kind := waterKind(t)
	return kind != "" && kind != "bay" && !isWaterLine(kind) && t.get("intermittent") != "yes" && !offTheGround(t)
}

// isFootprint tells whether an area is a building with walls.
func isFootprint(t tags) bool {
	switch t.get("building") {
	case "", "no", "roof", "carport", "collapsed", "ruins", "construction", "proposed":
		return false
	}
	return !offTheGround(t)
}

// obstacles gives the builder what lies between the streets.
func (c *collector) obstacles(ctx context.Context, b *routing.Builder) error {
	doors := map[orb.Point]bool{}
	for n, m := range c.nodes.marks {
		if m&isEntrance != 0 {
			doors[c.nodes.point(int32(n))] = true
		}
	}
	area := func(t tags, p orb.MultiPolygon) error {
		for _, polygon := range p {
			if isOpenWater(t) {
				if err := b.AddWater(polygon); err != nil {
					return err
				}
				c.counts.Waters++
			}
			if isFootprint(t) {
				if err := b.AddFootprint(polygon, entrances(polygon, doors)); err != nil {
					return err
				}
				c.counts.Footprints++
			}
		}
		return nil
	}
	for i, t := range c.ways.tags {
		if t == nil {
			continue
		}
		if i%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if kind, ok := obstacleOf(t); ok {
			for _, line := range c.runs(c.references(int32(i))) {
				if err := b.AddObstacle(kind, line); err != nil {
					return fmt.Errorf("way %d: %w", c.ways.ids[i], err)
				}
				c.counts.Obstacles++
			}
		}
		if !isOpenWater(t) && !isFootprint(t) {
			continue
		}
		refs := slices.Clone(c.references(int32(i)))
		if len(refs) < 4 || refs[0] != refs[len(refs)-1] {
			continue
		}
		if rings, ok := c.rings([][]int64{refs}); ok {
			if err := area(t, assemble(rings, nil)); err != nil {
				return fmt.Errorf("way %d: %w", c.ways.ids[i], err)
			}
		}
	}
	for i := range c.relations.all {
		r := &c.relations.all[i]
		if r.tags.get("type") != "multipolygon" || !isOpenWater(r.tags) && !isFootprint(r.tags) {
			continue
		}
		if outers, inners, ok := c.relationRings(r); ok {
			if err := area(r.tags, assemble(outers, inners)); err != nil {
				return fmt.Errorf("relation %d: %w", r.id, err)
			}
			continue
		}
		if err := c.brokenWater(b, r); err != nil {
			return err
		}
	}
	return nil
}

// entrances lists the doors on a building's rings.
func entrances(p orb.Polygon, doors map[orb.Point]bool) []orb.Point {
	var out []orb.Point
	for _, r := range p {
		for _, at := range r[:len(r)-1] {
			if doors[at] {
				out = append(out, at)
			}
		}
	}
	return out
}

// brokenWater gives the builder the banks that are there of a water whose rings
// do not close, as they do not at the edge of an extract.
func (c *collector) brokenWater(b *routing.Builder, r *relation) error {
	if !isOpenWater(r.tags) {
		return nil
	}
	for _, m := range r.members {
		if m.kind != wayMember {
			continue
		}
		way := c.ways.find(m.ref)
		if way < 0 {
			continue
		}
		for _, line := range c.runs(c.references(way)) {
			if err := b.AddObstacle(routing.ObstacleWater, line); err != nil {
				return fmt.Errorf("relation %d: %w", r.id, err)
			}
			c.counts.Obstacles++
		}
	}
	return nil
}
