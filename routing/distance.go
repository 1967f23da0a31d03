package routing

import (
	"math"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// scale is how many metres a degree of longitude and of latitude measure near
// one latitude.
type scale struct{ x, y float64 }

// scaleAt returns the scale of the ellipsoid at a latitude in degrees.
func scaleAt(lat float64) scale {
	east, north := geo.DegreeMetres(lat)
	return scale{east, north}
}

// metres is the distance of two lon-lat points by the mid-latitude formula:
// within 0.001 % of the geodesic for anything as short as a street.
func metres(a, b orb.Point) float64 {
	return scaleAt((a[1]+b[1])/2).metres(a, b)
}

func lineMetres(line []orb.Point) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		sum += metres(line[i-1], line[i])
	}
	return sum
}

// validPoint tells whether p is a finite lon-lat position.
func validPoint(p orb.Point) bool {
	return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 // false for NaN
}

func between(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// cutLine returns the part of a line between two fractions of its length,
// 0 <= from <= to <= 1, with at least two points.
func cutLine(line []orb.Point, from, to float64) orb.LineString {
	if from <= 0 && to >= 1 {
		return append(orb.LineString(nil), line...)
	}
	total := lineMetres(line)
	start, end := from*total, to*total
	var out orb.LineString
	run := 0.0
	for i := 1; i < len(line); i++ {
		d := metres(line[i-1], line[i])
		next := run + d
		if len(out) == 0 && (next >= start || i == len(line)-1) {
			out = append(out, between(line[i-1], line[i], ratio(start-run, d)))
		}
		if len(out) > 0 {
			if next >= end || i == len(line)-1 {
				return append(out, between(line[i-1], line[i], ratio(end-run, d)))
			}
			out = append(out, line[i])
		}
		run = next
	}
	return out
}

// ratio is part/whole held to [0, 1]; 0 of nothing is 0.
func ratio(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, max(0, part/whole))
}
