package routing

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

const (
	// stepsPerBuffer is how many grid steps a buffer has; the outline is off by
	// less than a tenth of a step along straight streets.
	stepsPerBuffer = 4
	// maxGridCells bounds the memory of an outline (4 bytes a cell); a reach
	// too wide for its buffer is drawn with a coarser grid.
	maxGridCells = 4 << 20
	// holeFactor: holes smaller than holeFactor·buffer² are filled.
	holeFactor = 6
)

// Polygon returns the service circle: everything within so many metres of a
// reached street, as polygons in lon-lat, rings closed, outer rings
// counter-clockwise and holes clockwise. Holes smaller than 6 times the square
// of the buffer (a courtyard) are filled; lakes and river banks that the
// streets do not cross stay out. A reach of nothing gives no polygon.
//
// The outline is the contour of the distance to the reached streets on a grid
// of a quarter of the buffer (marching squares; Maple 2003). All outlines from
// one location share the grid, so they nest: what more seconds leave out of
// what fewer hold is no wider than a metre.
func (r Reach) Polygon(bufferMetres float64) (orb.MultiPolygon, error) {
	if !(bufferMetres > 0) || math.IsInf(bufferMetres, 0) {
		return nil, fmt.Errorf("outline reach: a buffer of %v m is none", bufferMetres)
	}
	if len(r.Edges) == 0 {
		return nil, nil
	}
	f := newField(r.Lines(), r.From.Point, bufferMetres)
	return polygonize(f.contours(), holeFactor*bufferMetres*bufferMetres, f), nil
}

// field holds the distance to the nearest line at the points of a square grid,
// in steps, on the plane that touches the ellipsoid at an anchor, which is a
// grid point.
type field struct {
	origin        orb.Point
	scale         scale
	step          float64 // metres
	width, height int
	level         float32 // the buffer, in steps
	distance      []float32
}

func newField(lines orb.MultiLineString, anchor orb.Point, buffer float64) *field {
	bound := lines.Bound()
	f := &field{scale: scaleAt(anchor[1]), step: buffer / stepsPerBuffer}
	for {
		margin := buffer + 2*f.step
		// Steps from the anchor to the corners.
		left := math.Floor(((bound.Min[0]-anchor[0])*f.scale.x - margin) / f.step)
		low := math.Floor(((bound.Min[1]-anchor[1])*f.scale.y - margin) / f.step)
		right := math.Ceil(((bound.Max[0]-anchor[0])*f.scale.x + margin) / f.step)
		high := math.Ceil(((bound.Max[1]-anchor[1])*f.scale.y + margin) / f.step)
		if (right-left+1)*(high-low+1) <= maxGridCells {
			f.width, f.height = int(right-left)+1, int(high-low)+1
			f.origin = orb.Point{anchor[0] + left*f.step/f.scale.x, anchor[1] + low*f.step/f.scale.y}
			break
		}
		f.step *= 2
	}
	f.level = float32(buffer / f.step)
	far := f.level + 2
	f.distance = make([]float32, f.width*f.height)
	for i := range f.distance {
		f.distance[i] = far * far
	}
	for _, line := range lines {
		for k := 1; k < len(line); k++ {
			f.draw(line[k-1], line[k], far)
		}
	}
	for i, d2 := range f.distance {
		d := float32(math.Sqrt(float64(d2))) - f.level
		if d > -1e-3 && d < 1e-3 { // keeps corners off grid points, so rings never touch
			d = 1e-3
		}
		f.distance[i] = d
	}
	return f
}

// grid turns lon-lat into grid coordinates.
func (f *field) grid(p orb.Point) (x, y float32) {
	return float32((p[0] - f.origin[0]) * f.scale.x / f.step), float32((p[1] - f.origin[1]) * f.scale.y / f.step)
}

// draw lowers the squared distance of the grid points around a segment.
func (f *field) draw(a, b orb.Point, far float32) {
	ax, ay := f.grid(a)
	bx, by := f.grid(b)
	dx, dy := bx-ax, by-ay
	l2 := dx*dx + dy*dy
	inverse := float32(0)
	if l2 > 0 {
		inverse = 1 / l2
	}
	y0, y1 := max(0, int(min(ay, by)-far)), min(f.height-1, int(max(ay, by)+far)+1)
	x0, x1 := max(0, int(min(ax, bx)-far)), min(f.width-1, int(max(ax, bx)+far)+1)
	for y := y0; y <= y1; y++ {
		py := float32(y) - ay
		row := f.distance[y*f.width : (y+1)*f.width]
		for x := x0; x <= x1; x++ {
			px := float32(x) - ax
			t := min(1, max(0, (px*dx+py*dy)*inverse))
			ex, ey := px-t*dx, py-t*dy
			if d2 := ex*ex + ey*ey; d2 < row[x] {
				row[x] = d2
			}
		}
	}
}

// ring is a closed contour in grid coordinates with its signed area.
type ring struct {
	points [][2]float32
	area   float64
}

// contours traces the lines where the distance equals the buffer, inside on
// the left: outer rings run counter-clockwise, holes clockwise. The margin of
// the grid is always outside, so every contour closes.
func (f *field) contours() []ring {
	// A contour crosses grid edges; the edge from (x,y) to the right is 2i, the
	// one upward 2i+1. next leads from crossing to crossing.
	next := map[int32]int32{}
	var order []int32
	link := func(a, b int32) {
		next[a] = b
		order = append(order, a)
	}
	for y := 0; y+1 < f.height; y++ {
		for x := 0; x+1 < f.width; x++ {
			i := y*f.width + x
			v := [4]float32{f.distance[i], f.distance[i+1], f.distance[i+f.width+1], f.distance[i+f.width]}
			code := 0
			for k, d := range v {
				if d < 0 {
					code |= 1 << k
				}
			}
			if code == 0 || code == 15 {
				continue
			}
			bottom, right := int32(2*i), int32(2*(i+1)+1)
			top, left := int32(2*(i+f.width)), int32(2*i+1)
			switch code {
			case 1:
				link(bottom, left)
			case 2:
				link(right, bottom)
			case 3:
				link(right, left)
			case 4:
				link(top, right)
			case 6:
				link(top, bottom)
			case 7:
				link(top, left)
			case 8:
				link(left, top)
			case 9:
				link(bottom, top)
			case 11:
				link(right, top)
			case 12:
				link(left, right)
			case 13:
				link(bottom, right)
			case 14:
				link(left, bottom)
			default: // 5 and 10: a saddle, decided by the middle
				joined := v[0]+v[1]+v[2]+v[3] < 0
				if (code == 5) == joined {
					if code == 5 {
						link(bottom, right)
						link(top, left)
					} else {
						link(right, bottom)
						link(left, top)
					}
				} else if code == 5 {
					link(bottom, left)
					link(top, right)
				} else {
					link(right, top)
					link(left, bottom)
				}
			}
		}
	}
	var rings []ring
	for _, start := range order {
		if _, ok := next[start]; !ok {
			continue
		}
		var r ring
		for at := start; ; {
			r.points = append(r.points, f.crossing(at))
			to, ok := next[at]
			if !ok {
				break
			}
			delete(next, at)
			at = to
			if at == start {
				break
			}
		}
		r.points = straighten(r.points)
		if len(r.points) >= 3 {
			r.area = signedArea(r.points)
			rings = append(rings, r)
		}
	}
	return rings
}

// crossing is where the contour crosses a grid edge.
func (f *field) crossing(edge int32) [2]float32 {
	i := int(edge / 2)
	x, y := float32(i%f.width), float32(i/f.width)
	j := i + 1
	if edge%2 == 1 {
		j = i + f.width
	}
	t := f.distance[i] / (f.distance[i] - f.distance[j])
	if edge%2 == 1 {
		return [2]float32{x, y + t}
	}
	return [2]float32{x + t, y}
}

// straighten drops points that lie within a twentieth of a step of the line
// between their neighbours that stay; the ring keeps its first point.
func straighten(points [][2]float32) [][2]float32 {
	if len(points) < 4 {
		return points
	}
	out := points[:1:1]
	last := 0
	for i := 1; i < len(points); i++ {
		next := points[(i+1)%len(points)]
		keep := i-last >= 16
		for k := last + 1; k <= i && !keep; k++ {
			keep = offLine(points[k], points[last], next) > 0.05
		}
		if keep {
			out = append(out, points[i])
			last = i
		}
	}
	return out
}

func offLine(p, a, b [2]float32) float32 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	px, py := p[0]-a[0], p[1]-a[1]
	l := float32(math.Hypot(float64(dx), float64(dy)))
	if l == 0 {
		return float32(math.Hypot(float64(px), float64(py)))
	}
	return max(px*dy-py*dx, py*dx-px*dy) / l
}

func signedArea(points [][2]float32) float64 {
	sum := 0.0
	for i, p := range points {
		q := points[(i+1)%len(points)]
		sum += float64(p[0])*float64(q[1]) - float64(q[0])*float64(p[1])
	}
	return sum / 2
}

// polygonize puts holes into the outer rings around them, dropping small ones.
func polygonize(rings []ring, minHole float64, f *field) orb.MultiPolygon {
	outers := make([]ring, 0, len(rings))
	for _, r := range rings {
		if r.area > 0 {
			outers = append(outers, r)
		}
	}
	slices.SortStableFunc(outers, func(a, b ring) int {
		switch {
		case a.area > b.area:
			return -1
		case a.area < b.area:
			return 1
		}
		return 0
	})
	out := make(orb.MultiPolygon, len(outers))
	for i, r := range outers {
		out[i] = orb.Polygon{f.lonLat(r)}
	}
	for _, r := range rings {
		if r.area >= 0 || -r.area*f.step*f.step < minHole {
			continue
		}
		for i := len(outers) - 1; i >= 0; i-- { // the smallest around it
			if -r.area < outers[i].area && inside(r.points[0], outers[i].points) {
				out[i] = append(out[i], f.lonLat(r))
				break
			}
		}
	}
	return out
}

func (f *field) lonLat(r ring) orb.Ring {
	out := make(orb.Ring, 0, len(r.points)+1)
	for _, p := range r.points {
		out = append(out, orb.Point{
			f.origin[0] + float64(p[0])*f.step/f.scale.x,
			f.origin[1] + float64(p[1])*f.step/f.scale.y,
		})
	}
	return append(out, out[0])
}

// inside is the even-odd rule.
func inside(p [2]float32, ring [][2]float32) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	return in
}
