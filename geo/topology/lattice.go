package topology

import (
	"cmp"
	"math"
	"math/bits"

	"github.com/paulmach/orb"
)

// Coordinates are whole numbers of a billionth of a degree, 0.1 mm: fine
// enough to keep every coordinate of nine decimals as it was written (files
// carry six to eight), coarse enough that the test on which side of a line a
// point lies is exact in whole numbers.
const perDegree = 1e9

// pt is a point of the lattice: longitude, latitude.
type pt struct{ x, y int64 }

// at returns the point of the lattice nearest to p, which must be finite.
func at(p orb.Point) pt {
	return pt{int64(math.Round(p[0] * perDegree)), int64(math.Round(p[1] * perDegree))}
}

// lonLat is the inverse of at. The quotient of two whole numbers is rounded
// once, so it is the double that the decimal stands for.
func (p pt) lonLat() orb.Point {
	return orb.Point{float64(p.x) / perDegree, float64(p.y) / perDegree}
}

func (p pt) compare(q pt) int { return cmp.Or(cmp.Compare(p.x, q.x), cmp.Compare(p.y, q.y)) }

func (p pt) minus(q pt) pt { return pt{p.x - q.x, p.y - q.y} }
func (p pt) plus(q pt) pt  { return pt{p.x + q.x, p.y + q.y} }

// near is a distance below which products of two differences, and the
// difference of two such products, fit in 64 bits: 1.07°.
const near = 1 << 30

func isNear(v int64) bool { return -near < v && v < near }

// cross is the sign of the cross product of two vectors.
func cross(u, v pt) int {
	if isNear(u.x) && isNear(u.y) && isNear(v.x) && isNear(v.y) {
		return cmp.Compare(u.x*v.y, u.y*v.x)
	}
	return product(u.x, v.y).minus(product(u.y, v.x)).sign()
}

// dot is the sign of the scalar product of two vectors.
func dot(u, v pt) int {
	if isNear(u.x) && isNear(u.y) && isNear(v.x) && isNear(v.y) {
		return cmp.Compare(u.x*v.x, -u.y*v.y)
	}
	return product(u.x, v.x).plus(product(u.y, v.y)).sign()
}

// side tells on which side of the line from a to b the point p lies: 1 left,
// -1 right, 0 on it.
func side(a, b, p pt) int { return cross(b.minus(a), p.minus(a)) }

// wide is a signed number of 128 bits.
type wide struct {
	hi int64
	lo uint64
}

func product(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	// Mul64 took negative numbers for 2⁶⁴ more than they are.
	return wide{int64(hi) - (a>>63)&b - (b>>63)&a, lo}
}

func (w wide) plus(v wide) wide {
	lo, carry := bits.Add64(w.lo, v.lo, 0)
	return wide{w.hi + v.hi + int64(carry), lo}
}

func (w wide) minus(v wide) wide {
	lo, borrow := bits.Sub64(w.lo, v.lo, 0)
	return wide{w.hi - v.hi - int64(borrow), lo}
}

func (w wide) sign() int {
	switch {
	case w.hi < 0:
		return -1
	case w.hi == 0 && w.lo == 0:
		return 0
	}
	return 1
}

func (w wide) compare(v wide) int { return w.minus(v).sign() }

// twiceArea is twice the signed area of a ring, closed or not: positive
// counter-clockwise. It is exact.
func twiceArea(ring []pt) wide {
	var sum wide
	for i := 2; i < len(ring); i++ {
		u, v := ring[i-1].minus(ring[0]), ring[i].minus(ring[0])
		sum = sum.plus(product(u.x, v.y).minus(product(u.y, v.x)))
	}
	return sum
}

// winding tells how often a ring runs counter-clockwise around a point, which
// is given doubled, so that the middle of two points of the lattice can be
// asked for. The ring is closed by itself. The answer for a point on the ring
// means nothing.
func winding(ring []pt, doubled pt) int {
	n := 0
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		a, b = a.plus(a), b.plus(b)
		switch {
		case a.y <= doubled.y && b.y > doubled.y:
			if side(a, b, doubled) > 0 {
				n++
			}
		case a.y > doubled.y && b.y <= doubled.y:
			if side(a, b, doubled) < 0 {
				n--
			}
		}
	}
	return n
}

// byAngle orders directions counter-clockwise from east.
func byAngle(u, v pt) int {
	if c := cmp.Compare(half(u), half(v)); c != 0 {
		return c
	}
	return -cross(u, v)
}

func half(u pt) int {
	if u.y > 0 || u.y == 0 && u.x > 0 {
		return 0
	}
	return 1
}

// box is the smallest upright rectangle around points, its edges included.
type box struct{ min, max pt }

func boxOf(pts []pt) box {
	b := box{pts[0], pts[0]}
	for _, p := range pts[1:] {
		b = b.with(p)
	}
	return b
}

func (b box) with(p pt) box {
	return box{pt{min(b.min.x, p.x), min(b.min.y, p.y)}, pt{max(b.max.x, p.x), max(b.max.y, p.y)}}
}

func (b box) join(c box) box { return b.with(c.min).with(c.max) }

func (b box) meets(c box) bool {
	return b.min.x <= c.max.x && c.min.x <= b.max.x && b.min.y <= c.max.y && c.min.y <= b.max.y
}
