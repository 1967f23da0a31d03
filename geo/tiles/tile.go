package tiles

import (
	"math"
	"slices"
)

// Tile returns the tile of zoom z, column x and row y (XYZ numbering, rows from
// the north); empty if there is nothing in it, or no such tile.
func (s *Set) Tile(z, x, y int) []byte {
	if z < 0 || z > MaxZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return nil
	}
	var out []byte
	c := cutter{zoom: z, scale: Extent * math.Exp2(float64(z)) / world}
	width := world / math.Exp2(float64(z))
	c.x, c.y = float64(x)*width, float64(y)*width
	for i := range s.layers {
		out = c.layer(out, &s.layers[i])
	}
	return out
}

// cutter makes one tile. Its slices are reused from feature to feature.
type cutter struct {
	zoom  int
	x, y  float64 // the tile's corner, in units of the world
	scale float64 // units of the tile by units of the world

	ids        []int32
	line       []spot
	spare      []spot
	pen        pen
	body, part []byte
	rings      [][]corner
	corners    []corner
}

// layer appends what a layer has in the tile.
func (c *cutter) layer(out []byte, l *layer) []byte {
	margin := Margin / c.scale
	lo := [2]float64{c.x - margin, c.y - margin}
	hi := [2]float64{c.x + Extent/c.scale + margin, c.y + Extent/c.scale + margin}
	c.ids = c.ids[:0]
	for _, t := range l.trees {
		if t.from <= c.zoom {
			t.boxes.Search(lo, hi, func(_, _ [2]float64, i int32) bool {
				if int(l.features[i].to) >= c.zoom {
					c.ids = append(c.ids, i)
				}
				return true
			})
		}
	}
	slices.Sort(c.ids)
	w := layerWriter{layer: l, keys: map[uint32]uint32{}, values: map[uint32]uint32{}}
	c.body = c.body[:0]
	for _, i := range c.ids {
		f, next := &l.features[i], &l.features[i+1]
		c.pen.reset()
		switch f.kind {
		case kindPoint:
			c.points(l, f)
		case kindLine:
			c.lines(l, f, next.ring)
		default:
			c.polygons(l, f, next.ring)
		}
		if len(c.pen.data) > 0 {
			c.body, c.part = w.feature(c.body, c.part, f, l.tags[f.tag:next.tag], c.pen.data)
		}
	}
	return w.end(out, c.body)
}

// place brings the points of a ring that are drawn at this zoom into the tile,
// and tells whether all of them lie in the box.
func (c *cutter) place(l *layer, r int32) (all bool) {
	c.line = c.line[:0]
	all = true
	for i := l.rings[r].dot; i < l.rings[r+1].dot; i++ {
		if int(l.keep[i]) <= c.zoom {
			s := spot{(float64(l.dots[i].x) - c.x) * c.scale, (float64(l.dots[i].y) - c.y) * c.scale}
			all = all && inside(s)
			c.line = append(c.line, s)
		}
	}
	return all
}

// points draws those points that lie in the tile itself, so that each is in one
// tile.
func (c *cutter) points(l *layer, f *feature) {
	c.place(l, f.ring)
	c.corners = c.corners[:0]
	for _, s := range c.line {
		if s.x >= 0 && s.x < Extent && s.y >= 0 && s.y < Extent {
			c.corners = append(c.corners, corner{int32(s.x), int32(s.y)})
		}
	}
	c.pen.points(c.corners)
}

func (c *cutter) lines(l *layer, f *feature, end int32) {
	draw := func(piece []spot) {
		c.corners = c.corners[:0]
		for _, s := range piece {
			if p := rounded(s); len(c.corners) == 0 || c.corners[len(c.corners)-1] != p {
				c.corners = append(c.corners, p)
			}
		}
		if len(c.corners) > 1 {
			c.pen.line(c.corners)
		}
	}
	for r := f.ring; r < end; r++ {
		if c.place(l, r) {
			draw(c.line)
		} else {
			c.spare = clipLine(c.line, c.spare, draw)
		}
	}
}

func (c *cutter) polygons(l *layer, f *feature, end int32) {
	for r := f.ring; r < end; {
		// One polygon: an outer ring and the holes that follow it.
		c.rings = c.rings[:0]
		area, drawn := int64(0), true
		for first := true; r < end && (first || !l.rings[r].outer); first, r = false, r+1 {
			if !drawn {
				continue
			}
			corners := c.ring(l, r)
			a := areaOf(corners)
			switch {
			case a == 0 && first:
				drawn = false
				continue
			case a == 0:
				continue
			}
			if (a > 0) != first {
				slices.Reverse(corners)
			}
			c.rings = append(c.rings, corners)
			if a < 0 {
				a = -a
			}
			if first {
				area = a
			} else {
				area -= a
			}
		}
		// A tile that lies in a hole is the hole and nothing else.
		if !drawn || area <= 0 {
			continue
		}
		for _, corners := range c.rings {
			c.pen.ring(corners)
		}
	}
}

// ring returns a ring clipped and rounded, open, without points that come twice
// or go out and back; less than three are none.
func (c *cutter) ring(l *layer, r int32) []corner {
	if !c.place(l, r) {
		c.line, c.spare = clipRing(c.line, c.spare)
	}
	out := make([]corner, 0, len(c.line))
	for _, s := range c.line {
		p := rounded(s)
		for n := len(out); n > 0 && out[n-1] == p; n = len(out) {
			out = out[:n-1]
		}
		if n := len(out); n > 1 && out[n-2] == p {
			out = out[:n-1] // a spike
			continue
		}
		out = append(out, p)
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	if len(out) < 3 {
		return nil
	}
	return out
}

// corner is a point of a tile's grid.
type corner struct{ x, y int32 }

func rounded(s spot) corner { return corner{int32(math.Round(s.x)), int32(math.Round(s.y))} }

// areaOf is twice the area of an open ring: positive if it runs clockwise on the
// screen, as outer rings do.
func areaOf(ring []corner) int64 {
	var sum int64
	for i, b := range ring {
		a := ring[(i+len(ring)-1)%len(ring)]
		sum += int64(a.x)*int64(b.y) - int64(b.x)*int64(a.y)
	}
	return sum
}
