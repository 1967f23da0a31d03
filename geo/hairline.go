package geo

import "github.com/paulmach/orb"

// Boundaries drawn apart, or rounded to seven decimals (a centimetre), differ by
// hairlines that hold nobody. A piece of ground counts if it is larger than
// SliverM2 and its mean width, twice the area by the perimeter, is more than
// SliverWidthM.
const (
	SliverM2     = 1.0  // square metres
	SliverWidthM = 0.05 // metres
)

// Hairline tells that ground is so little that it is let pass: no piece of it
// is larger than SliverM2 and wider than SliverWidthM.
func Hairline(mp orb.MultiPolygon) bool {
	for _, p := range mp {
		around := 0.0
		for _, ring := range p {
			around += Length(orb.LineString(ring))
		}
		m2 := AreaM2(orb.MultiPolygon{p})
		if m2 > SliverM2 && 2*m2 > SliverWidthM*around {
			return false
		}
	}
	return true
}
