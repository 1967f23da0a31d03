package osm

import (
	"context"
	"fmt"
	"strconv"

	"github.com/paulmach/orb"
)

// finish makes an extract of what was collected.
func (c *collector) finish(ctx context.Context) (*Extract, error) {
	c.sort()
	if err := c.swapped(); err != nil {
		return nil, err
	}
	x := &Extract{}
	if c.only&Streets != 0 {
		if err := c.streets(ctx, x); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, p := range c.places {
		x.addPlace("n"+strconv.FormatInt(c.nodes.ids[p.at], 10), p.tags, c.nodes.point(p.at))
	}
	if c.only&(Boundaries|Buildings|Places|Waters) != 0 {
		if err := c.areas(ctx, x); err != nil {
			return nil, err
		}
	}
	if c.only&Streets == 0 {
		x.Bounds = c.dataBounds()
	}
	x.Counts = c.counts
	return x, nil
}

// areas adds everything that has a surface, and the lines of waters.
func (c *collector) areas(ctx context.Context, x *Extract) error {
	for i, t := range c.ways.tags {
		if t != nil {
			c.area(x, int32(i), t)
		}
	}
	for i := range c.relations.all {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		c.multipolygon(x, &c.relations.all[i])
	}
	return nil
}

// swapped refuses a file whose header says where it lies when its nodes lie
// there only with longitude and latitude exchanged.
func (c *collector) swapped() error {
	if !c.hasBox {
		return nil
	}
	for i := range c.nodes.ids {
		if c.box.Contains(c.nodes.point(int32(i))) {
			return nil
		}
	}
	there := 0
	for i := range c.nodes.ids {
		if p := c.nodes.point(int32(i)); c.box.Contains(orb.Point{p[1], p[0]}) {
			there++
		}
	}
	if there > len(c.nodes.ids)/2 {
		return fmt.Errorf("%w: longitude and latitude are swapped: the nodes lie in the file's own bounds only when exchanged", ErrDamaged)
	}
	return nil
}
