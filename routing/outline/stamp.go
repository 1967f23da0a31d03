package outline

// looseness is how far, in steps, a straightened run of segments may lie from
// them when it is stamped; level − √2 leaves room for it.
const looseness = 0.06

// stampAll lowers the distances of every band around its segments.
func (d *Drawer) stampAll(segments []Segment) {
	for i := 0; i < len(segments); {
		first := i
		s := &segments[i]
		ax, ay := d.grid.at(s.A)
		end := *s
		var c cone
		c.reset(ax, ay, looseness)
		bx, by := d.grid.at(s.B)
		c.pass(bx, by)
		for i++; i < len(segments); i++ {
			next := &segments[i]
			if next.Band != s.Band || next.A != end.B {
				break
			}
			nx, ny := d.grid.at(next.B)
			if !c.sees(nx, ny) {
				break
			}
			c.pass(nx, ny)
			end, bx, by = *next, nx, ny
		}
		field := d.bands[s.Band]
		if len(d.walls.around(wall{ax, ay, bx, by}, d.grid.far+looseness)) == 0 {
			d.grid.stamp(field, ax, ay, bx, by)
			continue
		}
		for k := first; k < i; k++ { // walls stand close: as the street runs
			ax, ay := d.grid.at(segments[k].A)
			bx, by := d.grid.at(segments[k].B)
			piece := wall{ax, ay, bx, by}
			d.grid.stampSeen(field, piece, d.walls.around(piece, d.grid.far))
		}
	}
}

// lower lowers a field to another.
func (g *grid) lower(field, to []float32) {
	for y, s := range g.spans {
		if s.last < s.first {
			continue
		}
		first, last := y*g.width+int(s.first), y*g.width+int(s.last)
		row := field[first : last+1]
		for i, v := range to[first : last+1] {
			if v < row[i] {
				row[i] = v
			}
		}
	}
}

// stamp lowers the squared distances of the grid points around a segment.
func (g *grid) stamp(field []float32, ax, ay, bx, by float32) {
	if ay > by {
		ax, ay, bx, by = bx, by, ax, ay
	}
	dx, dy := bx-ax, by-ay
	l2 := dx*dx + dy*dy
	inverse := float32(0)
	if l2 > 0 {
		inverse = 1 / l2
	}
	far := g.far
	xlow, xhigh := ax-far, bx+far
	if dx < 0 {
		xlow, xhigh = bx-far, ax+far
	}
	// Rows of a slanted segment end where its strip does.
	var slope, half float32
	slanted := dy > 1 && l2 > 4
	if slanted {
		slope = dx / dy
		half = far * sqrt32(l2) / dy
	}
	for y, last := int(ay-far)+1, int(by+far); y <= last; y++ {
		py := float32(y) - ay
		from, to := xlow, xhigh
		if slanted {
			middle := ax + py*slope
			from, to = max(from, middle-half), min(to, middle+half)
		}
		x0, x1 := int(from)+1, int(to)
		if x1 < x0 {
			continue
		}
		g.spans[y].cover(x0, x1)
		row := field[y*g.width+x0 : y*g.width+x1+1]
		px := float32(x0) - ax
		along := (px*dx + py*dy) * inverse
		slide := dx * inverse
		for i := range row {
			var ex, ey float32
			switch {
			case along <= 0:
				ex, ey = px, py
			case along >= 1:
				ex, ey = px-dx, py-dy
			default:
				ex, ey = px-along*dx, py-along*dy
			}
			if d2 := ex*ex + ey*ey; d2 < row[i] {
				row[i] = d2
			}
			px++
			along += slide
		}
	}
}

// cone is the set of directions in which a straight line from a point passes
// within eps of every point met so far (Zhao, Saalfeld 1997).
type cone struct {
	x, y, eps float32
	rx, ry    float32 // right and left limit
	lx, ly    float32
	open      bool // no limit yet
	distance2 float32
}

func (c *cone) reset(x, y, eps float32) { *c = cone{x: x, y: y, eps: eps, open: true} }

// sees tells whether the straight line to a point stays near all points passed,
// and leads farther than all of them.
func (c *cone) sees(x, y float32) bool {
	dx, dy := x-c.x, y-c.y
	if d2 := dx*dx + dy*dy; d2 <= c.distance2 {
		return false
	}
	return c.open || c.rx*dy-c.ry*dx >= 0 && dx*c.ly-dy*c.lx >= 0
}

// pass narrows the cone by a point.
func (c *cone) pass(x, y float32) {
	dx, dy := x-c.x, y-c.y
	d2 := dx*dx + dy*dy
	c.distance2 = max(c.distance2, d2)
	e2 := c.eps * c.eps
	if d2 <= e2 {
		return
	}
	// Tangents from the apex to the circle of eps around the point.
	long := sqrt32(d2 - e2)
	rx, ry := dx*long+dy*c.eps, dy*long-dx*c.eps
	lx, ly := dx*long-dy*c.eps, dy*long+dx*c.eps
	if c.open {
		c.rx, c.ry, c.lx, c.ly, c.open = rx, ry, lx, ly, false
		return
	}
	if c.rx*ry-c.ry*rx > 0 {
		c.rx, c.ry = rx, ry
	}
	if lx*c.ly-ly*c.lx > 0 {
		c.lx, c.ly = lx, ly
	}
}
