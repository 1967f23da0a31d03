package routing

import (
	"math"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// rulerDegrees is how far from its own latitude a ruler is used. Its error there
// is far below a millionth.
const rulerDegrees = 0.2

// ruler measures short lines near one latitude as metres does, without a sine
// for every piece: the scale of the ellipsoid and how it changes with latitude.
type ruler struct {
	lat          float64
	at           scale
	first, twice scale // derivatives by degrees of latitude
}

func rulerAt(lat float64) ruler {
	const (
		radian        = math.Pi / 180
		semiMajor     = geo.SemiMajorAxis
		eccentricity2 = geo.EccentricitySquared
	)
	sin, cos := math.Sincos(lat * radian)
	w2 := 1 - eccentricity2*sin*sin
	w := math.Sqrt(w2)
	// Radii of curvature in the prime vertical and in the meridian.
	across, along := semiMajor/w, semiMajor*(1-eccentricity2)/(w2*w)
	bend := 3 * along * eccentricity2 * sin * cos / w2 // of the latter, by radians
	bend2 := 3 * along * eccentricity2 * (cos*cos - sin*sin) / w2
	return ruler{
		lat:   lat,
		at:    scale{across * cos * radian, along * radian},
		first: scale{-along * sin * radian * radian, bend * radian * radian},
		twice: scale{-(along*cos + bend*sin) * radian * radian * radian, bend2 * radian * radian * radian},
	}
}

// metres is the distance of two lon-lat points.
func (r *ruler) metres(a, b orb.Point) float64 {
	d := (a[1]+b[1])/2 - r.lat
	if d > rulerDegrees || d < -rulerDegrees {
		return metres(a, b)
	}
	x := (a[0] - b[0]) * (r.at.x + d*(r.first.x+d/2*r.twice.x))
	y := (a[1] - b[1]) * (r.at.y + d*(r.first.y+d/2*r.twice.y))
	return math.Sqrt(x*x + y*y)
}
