package streetapi

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// appendTenths appends a number of thousandths (milliseconds, millimetres) as
// whole units with at most one decimal, the precision that OSRM gives.
func appendTenths(dst []byte, thousandths uint64) []byte {
	tenths := (thousandths + 50) / 100
	dst = strconv.AppendUint(dst, tenths/10, 10)
	if d := tenths % 10; d != 0 {
		dst = append(dst, '.', '0'+byte(d))
	}
	return dst
}

// tenth rounds to one decimal.
func tenth(v float64) float64 { return math.Round(v*10) / 10 }

// position is a point as JSON: longitude, latitude, six decimals.
func position(p orb.Point) [2]float64 {
	return [2]float64{math.Round(p[0]*1e6) / 1e6, math.Round(p[1]*1e6) / 1e6}
}

func positions(line orb.LineString) [][2]float64 {
	out := make([][2]float64, len(line))
	for i, p := range line {
		out[i] = position(p)
	}
	return out
}
