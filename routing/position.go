package routing

import (
	"math"

	"github.com/paulmach/orb"
)

// position is a point on OpenStreetMap's own grid: longitude and latitude in
// units of 1e-7 degrees, about a centimetre.
type position struct{ lon, lat int32 }

const positionUnits = 1e7

// nowhere is what a point off the earth becomes.
var nowhere = position{math.MaxInt32, math.MaxInt32}

func positionOf(p orb.Point) position {
	if !validPoint(p) {
		return nowhere
	}
	return position{int32(math.Round(p[0] * positionUnits)), int32(math.Round(p[1] * positionUnits))}
}

func (p position) point() orb.Point {
	return orb.Point{float64(p.lon) / positionUnits, float64(p.lat) / positionUnits}
}

func (p position) valid() bool {
	return p.lon >= -180*positionUnits && p.lon <= 180*positionUnits && p.lat >= -90*positionUnits && p.lat <= 90*positionUnits
}
