package streetapi

import (
	"errors"
	"math"

	"github.com/paulmach/orb"
)

// Google's encoded polyline format, latitude before longitude, with five
// decimals (polyline) or six (polyline6).
const (
	polyline5 = 1e5
	polyline6 = 1e6
)

var errPolyline = errors.New("no encoded polyline")

// appendPolyline appends the code of a lon-lat line.
func appendPolyline(dst []byte, line orb.LineString, scale float64) []byte {
	var lat, lon int64
	for _, p := range line {
		y, x := int64(math.Round(p[1]*scale)), int64(math.Round(p[0]*scale))
		dst = appendPolylineNumber(dst, y-lat)
		dst = appendPolylineNumber(dst, x-lon)
		lat, lon = y, x
	}
	return dst
}

func appendPolylineNumber(dst []byte, n int64) []byte {
	u := uint64(n) << 1
	if n < 0 {
		u = ^u
	}
	for u >= 0x20 {
		dst = append(dst, byte(u&0x1f|0x20)+63)
		u >>= 5
	}
	return append(dst, byte(u)+63)
}

// decodePolyline reads a code into lon-lat points, at most so many: one more
// than that is as far as it reads.
func decodePolyline(code string, scale float64, most int) ([]orb.Point, error) {
	var points []orb.Point
	var lat, lon int64
	for len(code) > 0 && len(points) <= most {
		for _, sum := range []*int64{&lat, &lon} {
			n, rest, ok := cutPolylineNumber(code)
			if !ok {
				return nil, errPolyline
			}
			*sum += n
			code = rest
		}
		points = append(points, orb.Point{float64(lon) / scale, float64(lat) / scale})
	}
	return points, nil
}

// cutPolylineNumber reads the first number of a code. A whole turn in six
// decimals needs 29 bits, so seven characters are more than any position has.
func cutPolylineNumber(code string) (n int64, rest string, ok bool) {
	var u uint64
	for i := 0; i < len(code) && i < 7; i++ {
		c := code[i]
		if c < 63 || c > 127 {
			return 0, "", false
		}
		u |= uint64(c-63) & 0x1f << (5 * i)
		if c-63 < 0x20 {
			n = int64(u >> 1)
			if u&1 != 0 {
				n = ^n
			}
			return n, code[i+1:], true
		}
	}
	return 0, "", false
}
