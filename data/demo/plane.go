package demo

import (
	"math"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// vec is a place in metres, x to the east and y to the north of a frame's
// origin.
type vec struct{ x, y float64 }

func (a vec) add(b vec) vec                { return vec{a.x + b.x, a.y + b.y} }
func (a vec) sub(b vec) vec                { return vec{a.x - b.x, a.y - b.y} }
func (a vec) mul(k float64) vec            { return vec{a.x * k, a.y * k} }
func (a vec) dot(b vec) float64            { return a.x*b.x + a.y*b.y }
func (a vec) cross(b vec) float64          { return a.x*b.y - a.y*b.x }
func (a vec) length() float64              { return math.Hypot(a.x, a.y) }
func (a vec) dist(b vec) float64           { return math.Hypot(a.x-b.x, a.y-b.y) }
func (a vec) left() vec                    { return vec{-a.y, a.x} }
func (a vec) towards(b vec, t float64) vec { return vec{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }

// unit returns the direction of a; the zero vector stays zero.
func (a vec) unit() vec {
	l := a.length()
	if l == 0 {
		return vec{}
	}
	return a.mul(1 / l)
}

func heading(angle float64) vec { return vec{math.Cos(angle), math.Sin(angle)} }

// spot is a place on the lattice of 1e-7 degrees, the precision that
// OpenStreetMap and every file here keeps: lon and lat in units of 1e-7 degree.
// All that is shared between areas or streets is rounded to it once.
type spot struct{ lon, lat int32 }

func (s spot) point() orb.Point { return orb.Point{float64(s.lon) / 1e7, float64(s.lat) / 1e7} }

func spotOf(p orb.Point) spot {
	return spot{int32(math.Round(p[0] * 1e7)), int32(math.Round(p[1] * 1e7))}
}

// frame maps a neighbourhood to a plane in metres, with the lengths of a degree
// at the origin's latitude; good to a few parts in a thousand over
// tens of kilometres, which is all that drawing needs.
type frame struct {
	lon, lat float64 // origin, degrees
	kx, ky   float64 // metres a degree
}

func newFrame(origin orb.Point) frame {
	east, north := geo.DegreeMetres(origin[1])
	return frame{lon: origin[0], lat: origin[1], kx: east, ky: north}
}

func (f frame) plane(p orb.Point) vec { return vec{(p[0] - f.lon) * f.kx, (p[1] - f.lat) * f.ky} }

func (f frame) spot(v vec) spot {
	return spotOf(orb.Point{f.lon + v.x/f.kx, f.lat + v.y/f.ky})
}

func (f frame) at(s spot) vec { return f.plane(s.point()) }

// ringArea returns the area of a ring given without its closing point,
// positive if counter-clockwise.
func ringArea(r []vec) float64 {
	a := 0.0
	for i, p := range r {
		q := r[(i+1)%len(r)]
		a += p.cross(q)
	}
	return a / 2
}

func ringCentre(r []vec) vec {
	var c vec
	a := 0.0
	o := r[0]
	for i := range r {
		p, q := r[i].sub(o), r[(i+1)%len(r)].sub(o)
		k := p.cross(q)
		a += k
		c = c.add(p.add(q).mul(k))
	}
	if a == 0 {
		return o
	}
	return o.add(c.mul(1 / (3 * a)))
}

func ringBounds(r []vec) (lo, hi vec) {
	lo, hi = r[0], r[0]
	for _, p := range r {
		lo = vec{min(lo.x, p.x), min(lo.y, p.y)}
		hi = vec{max(hi.x, p.x), max(hi.y, p.y)}
	}
	return lo, hi
}

// inside tells whether p lies in the ring, by the even–odd rule, so that an
// edge walked both ways counts for nothing.
func inside(r []vec, p vec) bool {
	in := false
	j := len(r) - 1
	for i := range r {
		a, b := r[i], r[j]
		if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
			in = !in
		}
		j = i
	}
	return in
}

// footOn returns the share of the way from a to b at which the segment is
// nearest to p, and the distance there.
func footOn(a, b, p vec) (t, d float64) {
	ab := b.sub(a)
	l2 := ab.dot(ab)
	if l2 > 0 {
		t = max(0, min(1, p.sub(a).dot(ab)/l2))
	}
	return t, p.dist(a.towards(b, t))
}

// meets tells whether the segments ab and cd have a point in common.
func meets(a, b, c, d vec) bool {
	if max(a.x, b.x) < min(c.x, d.x) || max(c.x, d.x) < min(a.x, b.x) ||
		max(a.y, b.y) < min(c.y, d.y) || max(c.y, d.y) < min(a.y, b.y) {
		return false
	}
	ab, cd := b.sub(a), d.sub(c)
	s1, s2 := ab.cross(c.sub(a)), ab.cross(d.sub(a))
	s3, s4 := cd.cross(a.sub(c)), cd.cross(b.sub(c))
	return (s1 <= 0 && s2 >= 0 || s1 >= 0 && s2 <= 0) && (s3 <= 0 && s4 >= 0 || s3 >= 0 && s4 <= 0)
}

// innerPoint returns a point well inside the ring: its centre, or the best of a
// lattice where the centre lies outside.
func innerPoint(r []vec) vec {
	c := ringCentre(r)
	if inside(r, c) {
		return c
	}
	lo, hi := ringBounds(r)
	best, bestD := r[0], -1.0
	const n = 24
	for i := 1; i < n; i++ {
		for j := 1; j < n; j++ {
			p := vec{lo.x + (hi.x-lo.x)*float64(i)/n, lo.y + (hi.y-lo.y)*float64(j)/n}
			if !inside(r, p) {
				continue
			}
			d := math.Inf(1)
			for k := range r {
				_, e := footOn(r[k], r[(k+1)%len(r)], p)
				d = min(d, e)
			}
			if d > bestD {
				best, bestD = p, d
			}
		}
	}
	return best
}
