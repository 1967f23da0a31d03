package outline

import "slices"

// water keeps what a drawing knows of water: by grid point how far it lies
// behind the shore, in steps, between -1 (land) and 1.
type water struct {
	depth []float32
	cross []crossingX
	low   int // rows that have any water or shore
	high  int
}

type crossingX struct {
	row int32
	x   float32
}

// fill reads the water polygons.
func (w *water) fill(g *grid, polygons [][]Line) {
	w.depth = sized(w.depth, g.width*g.height)
	fill(w.depth, 1) // distance to the shore first
	w.low, w.high = g.height, -1
	for _, edges := range polygons {
		w.cross = w.cross[:0]
		for i := range edges {
			w.edge(g, &edges[i])
		}
		w.flood(g)
	}
	for y := w.low; y <= w.high; y++ {
		row := w.depth[y*g.width : (y+1)*g.width]
		for x, v := range row {
			if v > 2 { // marked by flood
				row[x] = v - wet
			} else {
				row[x] = -v
			}
		}
	}
}

// wet is added to the shore distance of points in water while reading.
const wet = 4

// edge lowers the shore distance of the points around an edge and notes where
// it crosses the grid's rows.
func (w *water) edge(g *grid, l *Line) {
	ax, ay := g.at(l.A)
	bx, by := g.at(l.B)
	if ay > by {
		ax, ay, bx, by = bx, by, ax, ay
	}
	if by < 0 || ay > float32(g.height-1) {
		return
	}
	y0, y1 := max(0, int(ay)), min(g.height-1, int(by)+1)
	for y := y0; y <= y1; y++ {
		if py := float32(y); (ay <= py) != (by <= py) {
			w.cross = append(w.cross, crossingX{int32(y), ax + (bx-ax)*(py-ay)/(by-ay)})
		}
	}
	w.low, w.high = min(w.low, y0), max(w.high, y1)
	if max(ax, bx) < 0 || min(ax, bx) > float32(g.width-1) {
		return
	}
	dx, dy := bx-ax, by-ay
	inverse := float32(0)
	if l2 := dx*dx + dy*dy; l2 > 0 {
		inverse = 1 / l2
	}
	for y := max(0, int(ay)-1); y <= min(g.height-1, int(by)+2); y++ {
		py := float32(y) - ay
		// The part of the edge within a step of the row.
		from, to := min(ax, bx), max(ax, bx)
		if dy > 1 {
			at, beside := ax+dx*(py-1)/dy, ax+dx*(py+1)/dy
			from, to = max(from, min(at, beside)), min(to, max(at, beside))
		}
		x0, x1 := max(0, int(max(from, 0))-1), min(g.width-1, int(max(to, -2)+2)-0)
		w.low, w.high = min(w.low, y), max(w.high, y)
		for x := x0; x <= x1; x++ {
			px := float32(x) - ax
			t := min(1, max(0, (px*dx+py*dy)*inverse))
			ex, ey := px-t*dx, py-t*dy
			at := &w.depth[y*g.width+x]
			old := *at
			if old > 2 {
				old -= wet
			}
			if d2 := ex*ex + ey*ey; d2 < old*old {
				*at += sqrt32(d2) - old
			}
		}
	}
}

// flood marks the points inside the polygon whose crossings are noted.
func (w *water) flood(g *grid) {
	slices.SortFunc(w.cross, func(a, b crossingX) int {
		switch {
		case a.row != b.row:
			return int(a.row) - int(b.row)
		case a.x < b.x:
			return -1
		case a.x > b.x:
			return 1
		}
		return 0
	})
	for i := 0; i+1 < len(w.cross); i += 2 {
		a, b := w.cross[i], w.cross[i+1]
		first, last := 0, min(g.width-1, int(max(b.x, -1)+1)-1)
		if a.x > 0 {
			first = int(a.x) + 1
		}
		if b.x < 0 || a.x > float32(g.width) {
			continue
		}
		for x := first; x <= last; x++ {
			if at := &w.depth[int(a.row)*g.width+x]; *at <= 2 {
				*at += wet
			}
		}
	}
}

// leaveOut keeps a band's field out of the water up to the shore.
func (w *water) leaveOut(g *grid, field []float32) {
	for i := max(0, w.low) * g.width; i < (w.high+1)*g.width; i++ {
		if depth := w.depth[i]; depth > -1 {
			least := g.level + depth
			field[i] = max(field[i], least*least)
		}
	}
}
