package formats

import (
	"math"

	"sanse/planner/vrp"
)

// Point is a place in the plane of a benchmark.
type Point struct{ X, Y float64 }

// distance is the length of the straight line, unrounded as both benchmarks
// have it.
func distance(a, b Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

const (
	// finest is the scale of the integers that the solver works in: four
	// decimals, so that the error of a whole solution stays below the two
	// decimals of published costs.
	finest = 10_000
	// horizon is the latest time in a problem where nothing bounds it, and
	// longest the greatest scaled number: half of the 30 bits that vrp allows,
	// so that a sum of two fits.
	horizon = 1 << 29
	longest = 1 << 28
	// maxPlaces bounds the matrix: 10,000 places are 400 MB of it.
	maxPlaces = 10_000
)

// scaleFor returns the greatest power of ten up to finest by which greatest can
// be scaled, 0 where there is none.
func scaleFor(greatest float64) float64 {
	for s := float64(finest); s >= 1; s /= 10 {
		if greatest*s <= longest {
			return s
		}
	}
	return 0
}

// span bounds the distance of any two points from above.
func span(points []Point) float64 {
	lo, hi := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, p := range points {
		lo = Point{min(lo.X, p.X), min(lo.Y, p.Y)}
		hi = Point{max(hi.X, p.X), max(hi.Y, p.Y)}
	}
	if len(points) == 0 {
		return 0
	}
	return distance(lo, hi)
}

// straight is the profile of straight lines. Times that matter are rounded up,
// so that what holds in integers holds in floating point too (and the triangle
// inequality holds as before); mere costs are rounded to the nearest.
func straight(points []Point, scale float64, up bool) vrp.Profile {
	round := math.Round
	if up {
		round = ceil
	}
	n := len(points)
	all := make([]int32, n*n)
	rows := make([][]int32, n)
	for i := range rows {
		rows[i] = all[i*n : (i+1)*n : (i+1)*n]
		for j := range i {
			d := int32(round(distance(points[i], points[j]) * scale))
			rows[i][j], rows[j][i] = d, d
		}
	}
	return vrp.Profile{Time: rows}
}

// noise is what floating point may add to a number that is whole.
const noise = 1e-7

// ceil rounds up, floor rounds down, but for noise.
func ceil(v float64) float64  { return math.Ceil(v - noise) }
func floor(v float64) float64 { return math.Floor(v + noise) }
