package osm

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// street is a run of nodes that can be walked one after the other.
type street struct {
	attr  routing.EdgeAttr
	nodes []int32 // places in the node store, at least two
}

// streets builds the graph and the extent.
func (c *collector) streets(ctx context.Context, x *Extract) error {
	streets := c.walkable()
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(streets) == 0 {
		return routing.ErrEmpty
	}
	// A node becomes a junction where streets meet or end, and where a barrier
	// stands, which cuts the street in two ends that do not meet.
	uses := make([]uint8, len(c.nodes.ids))
	use := func(n int32) {
		if uses[n] < 2 {
			uses[n]++
		}
	}
	for _, s := range streets {
		for _, n := range s.nodes {
			use(n)
		}
		use(s.nodes[0])
		use(s.nodes[len(s.nodes)-1])
	}
	const closed = 3
	for id, shut := range c.closed {
		if n := c.nodes.find(id); shut && n >= 0 && uses[n] > 0 {
			uses[n] = closed
			c.counts.ClosedBarriers++
		}
	}
	b := routing.NewBuilder()
	vertices := make(map[int32]int32)
	vertex := func(n int32) int32 {
		if uses[n] == closed {
			return b.AddNode(c.nodes.point(n))
		}
		v, ok := vertices[n]
		if !ok {
			v = b.AddNode(c.nodes.point(n))
			vertices[n] = v
		}
		return v
	}
	for k, s := range streets {
		if k%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		from := vertex(s.nodes[0])
		line := orb.LineString{c.nodes.point(s.nodes[0])}
		for i, n := range s.nodes[1:] {
			line = append(line, c.nodes.point(n))
			if uses[n] < 2 {
				continue
			}
			to := vertex(n)
			if _, err := b.AddEdge(from, to, line, s.attr); err != nil {
				return fmt.Errorf("build streets: %w", err)
			}
			if i+2 < len(s.nodes) {
				from = to
				if uses[n] == closed {
					from = vertex(n)
				}
				line = orb.LineString{c.nodes.point(n)}
			}
		}
	}
	g, err := b.Build()
	if err != nil {
		return err
	}
	x.Graph = g
	x.Bounds = c.extent(streets)
	return nil
}

// walkable lists the streets: ways with a class that may be walked, and the
// outer rings of pedestrian areas that are relations (the inner ones, round
// flower beds and houses, hang together with nothing).
func (c *collector) walkable() []street {
	var out []street
	for i, t := range c.ways.tags {
		if a, ok := walkway(t); ok {
			out = c.addStreet(out, i, a)
		}
	}
	fromRelations := map[int]bool{}
	for _, r := range c.rels {
		a, ok := walkway(r.tags)
		if !ok {
			continue
		}
		a.Walk = routing.Both
		for _, m := range r.members {
			i := -1
			if m.way && (m.role == "outer" || m.role == "") {
				i = c.ways.find(m.ref)
			}
			if i < 0 || fromRelations[i] {
				continue
			}
			if _, own := walkway(c.ways.tags[i]); own {
				continue // it is a street by itself
			}
			fromRelations[i] = true
			out = c.addStreet(out, i, a)
		}
	}
	return out
}

// addStreet appends a way, in pieces if nodes are missing.
func (c *collector) addStreet(out []street, way int, a routing.EdgeAttr) []street {
	a.Way = c.ways.ids[way]
	c.counts.WalkableWays++
	var run []int32
	flush := func() {
		if len(run) > 1 {
			out = append(out, street{a, run})
		}
		run = nil
	}
	for _, id := range c.ways.nodes(way) {
		n := c.nodes.find(id)
		if n < 0 {
			c.counts.MissingNodes++
			flush()
			continue
		}
		if k := len(run); k == 0 || run[k-1] != n {
			run = append(run, n)
		}
	}
	flush()
	return out
}

// extent is the box of the streets without strays: of the nodes that lie
// within the middle 95 % in each direction or half of its width beside it, held to the header's box where that has streets.
func (c *collector) extent(streets []street) orb.Bound {
	var lons, lats []int32
	var points []int32
	for _, s := range streets {
		for _, n := range s.nodes {
			lons = append(lons, c.nodes.lon[n])
			lats = append(lats, c.nodes.lat[n])
			points = append(points, n)
		}
	}
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
	for _, n := range points {
		p := c.nodes.point(n)
		if !wide.Contains(p) {
			continue
		}
		if !found {
			out, found = orb.Bound{Min: p, Max: p}, true
		}
		out = out.Extend(p)
	}
	if !found {
		return wide
	}
	return out
}

// middle returns where the middle 95 % lie, in degrees, widened by half of
// that on either side. It sorts its argument.
func middle(units []int32) (from, to float64) {
	slices.Sort(units)
	last := len(units) - 1
	trim := min((last+39)/40, last/4)
	lo, hi := units[trim], units[last-trim]
	half := (float64(hi) - float64(lo)) / 2
	return (float64(lo) - half) / coordinateUnits, (float64(hi) + half) / coordinateUnits
}

// dataBounds is the header's box, or that of all nodes likewise.
func (c *collector) dataBounds() orb.Bound {
	if c.hasBox || len(c.nodes.ids) == 0 {
		return c.box
	}
	minLon, maxLon := middle(slices.Clone(c.nodes.lon))
	minLat, maxLat := middle(slices.Clone(c.nodes.lat))
	return orb.Bound{Min: orb.Point{minLon, minLat}, Max: orb.Point{maxLon, maxLat}}
}
