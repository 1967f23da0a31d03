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

// validPoint tells whether p is a finite lon-lat position.
func validPoint(p orb.Point) bool {
	return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 // false for NaN
}

func between(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// ratio is part/whole held to [0, 1]; 0 of nothing is 0.
func ratio(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, max(0, part/whole))
}
