package outline

const (
	// margin is how far inside the contour a segment must lie, in steps, to be
	// safe from straightening.
	margin = 0.05
	// forced is how far inside a grid point is put that must be inside, in steps.
	forced = 0.25
)

// secure makes the corners of those cells be inside in which the contour would
// leave out a part of the segment, because water or walls cut the buffer there.
func (d *Drawer) secure(band int, s *Segment) {
	g := &d.grid
	ax, ay := g.at(s.A)
	bx, by := g.at(s.B)
	dx, dy := bx-ax, by-ay
	// Walk from grid line to grid line (Amanatides, Woo 1987).
	x, y := int(ax), int(ay)
	lastX, lastY := int(bx), int(by)
	t := float32(0)
	for steps := abs(lastX-x) + abs(lastY-y); ; steps-- {
		next, alongX := float32(1), false
		if dx != 0 {
			line := x
			if dx > 0 {
				line++
			}
			if at := (float32(line) - ax) / dx; at < next && x != lastX {
				next, alongX = max(at, t), true
			}
		}
		if dy != 0 && y != lastY {
			line := y
			if dy > 0 {
				line++
			}
			if at := (float32(line) - ay) / dy; at < next || !alongX {
				next, alongX = max(min(at, 1), t), false
			}
		}
		d.secureCell(band, x, y, ax+t*dx, ay+t*dy, ax+next*dx, ay+next*dy)
		if steps <= 0 {
			return
		}
		t = next
		switch {
		case alongX && dx > 0:
			x++
		case alongX:
			x--
		case dy > 0:
			y++
		default:
			y--
		}
	}
}

// secureCell secures the piece from p to q of the cell whose low left corner is
// the grid point x, y.
func (d *Drawer) secureCell(band, x, y int, px, py, qx, qy float32) {
	g, field := &d.grid, d.bands[band]
	level2 := g.level * g.level
	// Counter-clockwise.
	low := y*g.width + x
	corners := [4]int{low, low + 1, low + 1 + g.width, low + g.width}
	in := 0
	for _, c := range corners {
		if field[c] < level2 {
			in++
		}
	}
	if in == 4 {
		return
	}
	if in > 0 && d.heldBy(field, corners, px, py, qx, qy) {
		return
	}
	inside := g.level - forced
	for _, c := range corners {
		if field[c] >= level2 {
			field[c] = inside * inside
		}
	}
}

// heldBy tells whether a piece of a cell lies well inside the contour there,
// which is one straight line unless the cell is a saddle.
func (d *Drawer) heldBy(field []float32, corners [4]int, px, py, qx, qy float32) bool {
	level2 := d.grid.level * d.grid.level
	// Walking round the cell counter-clockwise, the contour enters the cell where
	// inside turns outside and leaves it where outside turns inside.
	var from, to vertex
	entries := 0
	for k, c := range corners {
		next := corners[(k+1)&3]
		a, b := field[c] < level2, field[next] < level2
		switch {
		case a && !b: // the side from c to next; the heading that has c on its left
			entries++
			from = d.crossing(field, c, next, [4]int{north, west, south, east}[k])
		case !a && b:
			to = d.crossing(field, next, c, [4]int{south, east, north, west}[k])
		}
	}
	if entries != 1 {
		return false
	}
	// Inside is on the left of the way from `from` to `to`.
	dx, dy := to.x-from.x, to.y-from.y
	least := margin * sqrt32(dx*dx+dy*dy)
	left := func(x, y float32) bool { return dx*(y-from.y)-dy*(x-from.x) >= least }
	return left(px, py) && left(qx, qy)
}

func abs(i int) int {
	if i < 0 {
		return -i
	}
	return i
}
