package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The published form of GCJ-02 works on the Krasovsky 1940 ellipsoid and holds
// inside a box around China; outside it the datum is WGS 84.
const (
	krasovskyA  = 6378245.0
	krasovskyE2 = 0.006693421622965823

	chinaWest, chinaEast   = 72.004, 137.8347
	chinaSouth, chinaNorth = 0.8293, 55.8271
)

func inChinaBox(p orb.Point) bool {
	return p[0] >= chinaWest && p[0] <= chinaEast && p[1] >= chinaSouth && p[1] <= chinaNorth
}

// gcj02FromWGS84 shifts a point by 100 to 700 m. The caller has made sure that
// it lies in the box.
func gcj02FromWGS84(p orb.Point) orb.Point {
	x, y := p[0]-105, p[1]-35
	wave := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 +
		(150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 +
		(160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	sin, cos := math.Sincos(p[1] * math.Pi / 180)
	w2 := 1 - krasovskyE2*sin*sin
	w := math.Sqrt(w2)
	return orb.Point{
		p[0] + east*180/(krasovskyA/w*cos*math.Pi),
		p[1] + north*180/(krasovskyA*(1-krasovskyE2)/(w2*w)*math.Pi),
	}
}

// bd09FromWGS84 shifts a point to GCJ-02 and turns it once more.
func bd09FromWGS84(p orb.Point) orb.Point {
	const k = math.Pi * 3000 / 180
	g := gcj02FromWGS84(p)
	r := math.Hypot(g[0], g[1]) + 0.00002*math.Sin(g[1]*k)
	sin, cos := math.Sincos(math.Atan2(g[1], g[0]) + 0.000003*math.Cos(g[0]*k))
	return orb.Point{r*cos + 0.0065, r*sin + 0.006}
}

// wgs84From inverts shift by fixed-point iteration. The shift changes by less
// than 3 % of the way walked, so that each round gains a digit and a half. A
// point whose origin lies outside the box was never shifted.
func wgs84From(q orb.Point, shift func(orb.Point) orb.Point) orb.Point {
	const margin = 0.05 // degrees, more than any shift
	if q[0] < chinaWest-margin || q[0] > chinaEast+margin || q[1] < chinaSouth-margin || q[1] > chinaNorth+margin {
		return q
	}
	p := q
	for range 30 {
		s := shift(p)
		dx, dy := q[0]-s[0], q[1]-s[1]
		p[0] += dx
		p[1] += dy
		if math.Abs(dx) < 1e-12 && math.Abs(dy) < 1e-12 {
			break
		}
	}
	if !inChinaBox(p) {
		return q
	}
	return p
}
