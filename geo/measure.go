package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The ellipsoid of WGS 84 (NGA.STND.0036), for whoever needs its curvature
// rather than lengths: the semi-major axis a in metres, and the square of the
// first eccentricity e² = f(2-f) of its flattening f.
const (
	SemiMajorAxis       = 6378137.0
	EccentricitySquared = flattening * (2 - flattening)

	flattening = 1 / 298.257223563
)

// DegreeMetres returns how many metres a degree of longitude (east) and of
// latitude (north) measure at a latitude in degrees, -90 to 90, from the radii
// of curvature in the prime vertical and in the meridian. At a pole, east is 0
// but for rounding: who divides by it stays off the poles.
func DegreeMetres(lat float64) (east, north float64) {
	sin, cos := math.Sincos(lat * math.Pi / 180)
	w2 := 1 - EccentricitySquared*sin*sin
	w := math.Sqrt(w2)
	return SemiMajorAxis / w * cos * math.Pi / 180, SemiMajorAxis * (1 - EccentricitySquared) / (w2 * w) * math.Pi / 180
}

// Distance returns the metres between two points given as lon-lat degrees, on
// the ellipsoid with the radii of curvature at the middle latitude (Gauss's
// mid-latitude formula). Below 100 km and 60° of latitude it is within 0.01 %
// of the geodesic; it is not meant for long distances.
func Distance(a, b orb.Point) float64 {
	east, north := DegreeMetres((a[1] + b[1]) / 2)
	return math.Hypot(turn(a, b)*east, (b[1]-a[1])*north)
}

// turn is the difference of longitude from a to b, the short way around.
func turn(a, b orb.Point) float64 {
	d := b[0] - a[0]
	switch {
	case d > 180:
		d -= 360
	case d < -180:
		d += 360
	}
	return d
}

// Bearing returns the direction from a to b in degrees clockwise from north,
// 0 to under 360, for the same distances as Distance. It is 0 if a equals b.
func Bearing(a, b orb.Point) float64 {
	east, north := DegreeMetres((a[1] + b[1]) / 2)
	d := math.Atan2(turn(a, b)*east, (b[1]-a[1])*north) * 180 / math.Pi
	if d < 0 {
		d += 360
	}
	if d >= 360 { // a hair west of north
		return 0
	}
	return d
}

// AreaM2 returns the square metres of mp on the ellipsoid, holes left out. The
// direction of rings does not matter. Edges are straight in lon-lat, as they
// are for membership and for GEOS, not geodesics; for edges up to a kilometre
// that is a difference of some hundred-thousandths.
func AreaM2(mp orb.MultiPolygon) float64 {
	var sum float64
	for _, poly := range mp {
		for i, ring := range poly {
			a := math.Abs(ringArea(ring))
			if i > 0 {
				a = -a
			}
			sum += a
		}
	}
	return sum
}

// Length returns the metres along ls.
func Length(ls orb.LineString) float64 {
	var sum float64
	for i := 1; i < len(ls); i++ {
		sum += Distance(ls[i-1], ls[i])
	}
	return sum
}

// ringArea is the signed area, positive counter-clockwise: the integral of q
// over the longitude, by Simpson's rule along each edge, seen from the first
// point so that nothing cancels.
func ringArea(r orb.Ring) float64 {
	if len(r) < 3 {
		return 0
	}
	q0 := authalicQ(r[0][1])
	var sum float64
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if a[0] == b[0] {
			continue
		}
		mean := (authalicQ(a[1]) + 4*authalicQ((a[1]+b[1])/2) + authalicQ(b[1])) / 6
		sum += (a[0] - b[0]) * (mean - q0)
	}
	return sum * math.Pi / 180 * SemiMajorAxis * SemiMajorAxis / 2
}

// authalicQ is Snyder's q (Map Projections, 3-12): its half times a² and an
// angle of longitude is the area between the equator and the latitude.
func authalicQ(lat float64) float64 {
	e := math.Sqrt(EccentricitySquared)
	sin := math.Sin(lat * math.Pi / 180)
	return (1 - EccentricitySquared) * (sin/(1-EccentricitySquared*sin*sin) + math.Atanh(e*sin)/e)
}
