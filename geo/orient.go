package geo

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// side tells on which side of the line from a to b the point p lies: 1 left,
// -1 right, 0 on it. The answer is exact: where the rounding error of doubles
// could turn the sign (Shewchuk, Adaptive Precision Floating-Point Arithmetic
// and Fast Robust Geometric Predicates, 1997, bound A) the determinant is
// worked out without rounding.
func side(a, b, p orb.Point) int {
	switch {
	case a[0] == b[0]: // an upright edge: each factor's sign is exact
		return sign(a[0]-p[0]) * sign(b[1]-a[1])
	case a[1] == b[1]:
		return sign(p[1]-a[1]) * sign(b[0]-a[0])
	}
	const bound = (3 + 16*0x1p-53) * 0x1p-53
	left := (a[0] - p[0]) * (b[1] - p[1])
	right := (a[1] - p[1]) * (b[0] - p[0])
	det := left - right
	// The smallest normal number is added for products that underflow.
	if math.Abs(det) > bound*(math.Abs(left)+math.Abs(right))+0x1p-1020 {
		return sign(det)
	}
	return exactSide(a, b, p)
}

// exactSide is side in arithmetic wide enough for any doubles: a difference
// takes 2,098 bits, a product 4,196, the determinant one more.
func exactSide(a, b, p orb.Point) int {
	num := func(v float64) *big.Float { return new(big.Float).SetPrec(4200).SetFloat64(v) }
	diff := func(x, y float64) *big.Float { return num(x).Sub(num(x), num(y)) }
	left := diff(a[0], p[0])
	left.Mul(left, diff(b[1], p[1]))
	right := diff(a[1], p[1])
	right.Mul(right, diff(b[0], p[0]))
	return left.Cmp(right)
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// Meet tells whether the straight line in lon-lat from a to b has a point in
// common with that from c to d, ends included. The answer is exact.
func Meet(a, b, c, d orb.Point) bool {
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	return side(a, b, c)*side(a, b, d) <= 0 && side(c, d, a)*side(c, d, b) <= 0
}
