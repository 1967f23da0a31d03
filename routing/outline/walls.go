package outline

// wallBlock is the side of the square blocks in which walls are looked up, in
// steps.
const wallBlock = 8

// walls finds the walls near a segment.
type walls struct {
	lines         []wall
	width, height int     // blocks
	first         []int32 // by block, into entry
	entry         []int32
	near          []wall
	stamp         []int32 // by wall: the look-up that has it already
	turn          int32
}

type wall struct{ ax, ay, bx, by float32 } // in steps

// fill sorts the walls into blocks; those outside the grid are left out.
func (w *walls) fill(g *grid, lines []Line) {
	w.lines = w.lines[:0]
	for i := range lines {
		ax, ay := g.at(lines[i].A)
		bx, by := g.at(lines[i].B)
		if max(ax, bx) >= 0 && max(ay, by) >= 0 && min(ax, bx) < float32(g.width) && min(ay, by) < float32(g.height) {
			w.lines = append(w.lines, wall{ax, ay, bx, by})
		}
	}
	w.width, w.height = g.width/wallBlock+1, g.height/wallBlock+1
	w.first = sized(w.first, w.width*w.height+1)
	clear(w.first)
	w.stamp = sized(w.stamp, len(w.lines))
	clear(w.stamp)
	w.turn = 0
	if len(w.lines) == 0 {
		return
	}
	for i := range w.lines {
		w.each(&w.lines[i], func(block int) { w.first[block+1]++ })
	}
	for b := 1; b < len(w.first); b++ {
		w.first[b] += w.first[b-1]
	}
	w.entry = sized(w.entry, int(w.first[len(w.first)-1]))
	for i := len(w.lines) - 1; i >= 0; i-- {
		w.each(&w.lines[i], func(block int) {
			w.first[block+1]--
			w.entry[w.first[block+1]] = int32(i)
		})
	}
	// first[b+1] is now where block b begins; move it back by one.
	copy(w.first, w.first[1:])
	w.first[len(w.first)-1] = int32(len(w.entry))
}

// each calls visit for the blocks that a wall's box touches.
func (w *walls) each(l *wall, visit func(block int)) {
	x0, x1 := w.block(min(l.ax, l.bx), w.width), w.block(max(l.ax, l.bx), w.width)
	y0, y1 := w.block(min(l.ay, l.by), w.height), w.block(max(l.ay, l.by), w.height)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			visit(y*w.width + x)
		}
	}
}

func (w *walls) block(v float32, n int) int { return min(n-1, max(0, int(v)/wallBlock)) }

// around returns the walls whose box comes within far of a segment's box. They
// are valid until the next call.
func (w *walls) around(s wall, far float32) []wall {
	if len(w.lines) == 0 {
		return nil
	}
	w.turn++
	w.near = w.near[:0]
	minX, maxX := min(s.ax, s.bx)-far, max(s.ax, s.bx)+far
	minY, maxY := min(s.ay, s.by)-far, max(s.ay, s.by)+far
	for y := w.block(minY, w.height); y <= w.block(maxY, w.height); y++ {
		for x := w.block(minX, w.width); x <= w.block(maxX, w.width); x++ {
			b := y*w.width + x
			for _, i := range w.entry[w.first[b]:w.first[b+1]] {
				l := w.lines[i]
				if w.stamp[i] != w.turn && max(l.ax, l.bx) >= minX && min(l.ax, l.bx) <= maxX &&
					max(l.ay, l.by) >= minY && min(l.ay, l.by) <= maxY {
					w.stamp[i] = w.turn
					w.near = append(w.near, l)
				}
			}
		}
	}
	return w.near
}

// hides tells whether the wall crosses the straight line from p to q.
func (l *wall) hides(px, py, qx, qy float32) bool {
	side := func(ax, ay, bx, by, x, y float32) float32 { return (bx-ax)*(y-ay) - (by-ay)*(x-ax) }
	p, q := side(l.ax, l.ay, l.bx, l.by, px, py), side(l.ax, l.ay, l.bx, l.by, qx, qy)
	if (p < 0) == (q < 0) {
		return false
	}
	a, b := side(px, py, qx, qy, l.ax, l.ay), side(px, py, qx, qy, l.bx, l.by)
	return a*b <= 0 // an end that is just touched hides: walls hang together
}

// stampSeen is stamp for grid points that see the nearest point of the segment.
func (g *grid) stampSeen(field []float32, s wall, near []wall) {
	dx, dy := s.bx-s.ax, s.by-s.ay
	inverse := float32(0)
	if l2 := dx*dx + dy*dy; l2 > 0 {
		inverse = 1 / l2
	}
	far2 := g.far * g.far
	for y, last := int(min(s.ay, s.by)-g.far)+1, int(max(s.ay, s.by)+g.far); y <= last; y++ {
		py := float32(y) - s.ay
		begin, end := int(min(s.ax, s.bx)-g.far)+1, int(max(s.ax, s.bx)+g.far)
		g.spans[y].cover(begin, end)
		for x := begin; x <= end; x++ {
			px := float32(x) - s.ax
			t := min(1, max(0, (px*dx+py*dy)*inverse))
			ex, ey := px-t*dx, py-t*dy
			d2, at := ex*ex+ey*ey, &field[y*g.width+x]
			if d2 >= *at || d2 >= far2 {
				continue
			}
			hidden := false
			for i := range near {
				if near[i].hides(s.ax+t*dx, s.ay+t*dy, float32(x), float32(y)) {
					hidden = true
					break
				}
			}
			if !hidden {
				*at = d2
			}
		}
	}
}
