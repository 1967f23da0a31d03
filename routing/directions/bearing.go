package directions

import (
	"math"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// lookMetres is how far along a street its direction is taken: near enough to
// be that of the corner, far enough not to be that of a kerb.
const lookMetres = 12

// wrap brings an angle to 0 up to, not including, 360.
func wrap(deg float64) float64 {
	deg = math.Mod(deg, 360)
	if deg < 0 {
		deg += 360
	}
	if deg >= 360 {
		return 0
	}
	return deg
}

// turnAngle is how far one turns from one direction to another: 0 straight on,
// to the right positive, -180 to 180.
func turnAngle(before, after float64) float64 {
	a := wrap(after - before)
	if a > 180 {
		a -= 360
	}
	return a
}

// whole rounds a direction to 0 to 359.
func whole(deg float64) int { return int(math.Round(deg)) % 360 }

// leaving is the direction in which a line is entered at its beginning; false
// when it has no length.
func leaving(line orb.LineString) (float64, bool) {
	return heading(len(line), func(i int) orb.Point { return line[i] })
}

// arriving is the direction in which a line is left at its end.
func arriving(line orb.LineString) (float64, bool) {
	deg, ok := heading(len(line), func(i int) orb.Point { return line[len(line)-1-i] })
	return wrap(deg + 180), ok
}

// heading is the direction from the first point to the one lookMetres along.
func heading(n int, at func(int) orb.Point) (float64, bool) {
	if n == 0 {
		return 0, false
	}
	left := float64(lookMetres)
	to := at(0)
	for i := 1; i < n; i++ {
		piece := geo.Distance(at(i-1), at(i))
		if piece >= left {
			to = along(at(i-1), at(i), left/piece)
			break
		}
		to = at(i)
		left -= piece
	}
	if geo.Distance(at(0), to) < 0.01 {
		return 0, false
	}
	return geo.Bearing(at(0), to), true
}

func along(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t}
}
