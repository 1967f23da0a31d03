package tiles

import "math"

// tolerance is how far thinning may move a line, in units of the tile's grid: a
// quarter of a pixel of a map that draws tiles 512 pixels wide.
const tolerance = 2

// fullZoom is the zoom from which on every point is drawn.
const fullZoom = 16

// zoomOf returns the zoom from which on a point must be drawn whose absence
// would move the line by so much, in units of the world.
func zoomOf(distance float64) uint8 {
	if distance <= 0 {
		return fullZoom
	}
	// A unit of zoom z is 2^(20-z) of the world's.
	z := math.Ceil(20 - math.Log2(distance/tolerance))
	return uint8(min(max(z, 0), fullZoom))
}

// thin tells for each point of a line or an open ring from which zoom on it is
// drawn (Douglas and Peucker 1973, with every tolerance at once: a point is
// drawn no earlier than the one that divided its stretch).
func thin(dots []dot, keep []uint8, closed bool) {
	n := len(dots)
	if n < 3 {
		return // a line of two points has both
	}
	at := func(i int) dot { return dots[i%n] }
	type span struct {
		a, b int
		zoom uint8
	}
	todo := []span{{0, n - 1, 0}}
	if closed {
		// A ring is halved at the point that is farthest from its first.
		far, best := 0, -1.0
		for i, d := range dots {
			if l := math.Hypot(float64(d.x)-float64(dots[0].x), float64(d.y)-float64(dots[0].y)); l > best {
				far, best = i, l
			}
		}
		keep[far] = zoomOf(best) // a ring smaller than a dot is none
		todo = []span{{0, far, keep[far]}, {far, n, keep[far]}}
	}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		worst, k := -1.0, 0
		for i := s.a + 1; i < s.b; i++ {
			if d := apart(at(i), at(s.a), at(s.b)); d > worst {
				worst, k = d, i
			}
		}
		if k == 0 {
			continue
		}
		z := max(zoomOf(worst), s.zoom)
		keep[k] = z
		todo = append(todo, span{s.a, k, z}, span{k, s.b, z})
	}
}

// apart is the distance of p from the stretch from a to b.
func apart(p, a, b dot) float64 {
	px, py := float64(p.x)-float64(a.x), float64(p.y)-float64(a.y)
	dx, dy := float64(b.x)-float64(a.x), float64(b.y)-float64(a.y)
	if l := dx*dx + dy*dy; l > 0 {
		t := min(max((px*dx+py*dy)/l, 0), 1)
		px, py = px-t*dx, py-t*dy
	}
	return math.Hypot(px, py)
}
