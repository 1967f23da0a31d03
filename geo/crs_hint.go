package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// LooksProjected tells that p, declared as degrees, is beyond ±180/±90 and
// looks like metres of a Gauss–Krüger or Web Mercator projection over China.
// The hint names the EPSG codes that it may be: where the easting carries a
// zone number the CGCS2000 zone, else the range of codes of which the central
// meridian picks one. Either order of easting and northing is recognised.
func LooksProjected(p orb.Point) (hint string, ok bool) {
	if !finite(p) || math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 {
		return "", false
	}
	if hint, ok := projectedHint(p[0], p[1]); ok {
		return hint, true
	}
	if hint, ok := projectedHint(p[1], p[0]); ok {
		return hint + "; northing and easting are swapped: put the easting first", true
	}
	return "", false
}

func projectedHint(east, north float64) (string, bool) {
	// Northings of China from the southern islands to the northern border.
	gk := north > 300e3 && north < 6.1e6
	zone := int(math.Floor(east / 1e6))
	offset := east - float64(zone)*1e6 // easting without the zone number
	var guesses []string
	// A zone is 3° or 6° wide: at most 167 km or 334 km on either side of the
	// false easting of 500 km, with some overlap for whole districts.
	switch {
	case gk && zone >= 25 && zone <= 45 && math.Abs(offset-500e3) < 250e3:
		guesses = append(guesses, fmt.Sprintf("3-degree Gauss–Krüger zone %d of CGCS2000, EPSG:%d (central meridian %d°E)", zone, 4513+zone-25, 3*zone))
	case gk && zone >= 13 && zone <= 23 && math.Abs(offset-500e3) < 400e3:
		guesses = append(guesses, fmt.Sprintf("6-degree Gauss–Krüger zone %d of CGCS2000, EPSG:%d (central meridian %d°E)", zone, 4491+zone-13, 6*zone-3))
	case gk && zone == 0 && math.Abs(offset-500e3) < 400e3:
		guesses = append(guesses, "Gauss–Krüger of CGCS2000 without a zone number, EPSG:4534 to 4554 (3-degree, central meridian 75°E to 135°E) or EPSG:4502 to 4512 (6-degree)")
	}
	if east > 8.1e6 && east < 15.1e6 && north > 300e3 && north < 7.2e6 {
		guesses = append(guesses, "Web Mercator, EPSG:3857")
	}
	switch len(guesses) {
	case 0:
		return "", false
	case 1:
		return "looks like metres: " + guesses[0], true
	}
	return "looks like metres: " + guesses[0] + ", or " + guesses[1], true
}

// GaussKruger returns the EPSG code of the 3-degree Gauss–Krüger zone of
// CGCS2000, without a zone number in the easting, that holds a place of that
// longitude: what a district in China is most likely to keep. It is false
// outside 73.5..136.5°E.
func GaussKruger(lon float64) (CRS, bool) {
	zone := int(math.Round(lon / 3))
	if math.IsNaN(lon) || zone < 25 || zone > 45 {
		return "", false
	}
	return CRS(fmt.Sprintf("EPSG:%d", 4534+zone-25)), true
}

// LooksSwapped tells that p looks like a place in China written latitude
// first: x in 15..56 and y in 73..136.
func LooksSwapped(p orb.Point) (hint string, ok bool) {
	if p[0] < 15 || p[0] > 56 || p[1] < 73 || p[1] > 136 || !finite(p) {
		return "", false
	}
	return fmt.Sprintf("longitude and latitude look swapped: the longitude is probably %g, the latitude %g", p[1], p[0]), true
}
