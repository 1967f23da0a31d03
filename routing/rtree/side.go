package rtree

import "math/bits"

// Side tells on which side of the line from a to b the point c lies: 1 left, -1
// right, 0 on it. It is exact for all coordinates.
func Side(ax, ay, bx, by, cx, cy int32) int {
	const small = 1 << 31
	ux, uy := int64(bx)-int64(ax), int64(by)-int64(ay)
	vx, vy := int64(cx)-int64(ax), int64(cy)-int64(ay)
	if ux < small && ux > -small && uy < small && uy > -small && vx < small && vx > -small && vy < small && vy > -small {
		// Each product is below 2⁶², so the difference fits.
		d := ux*vy - uy*vx
		switch {
		case d > 0:
			return 1
		case d < 0:
			return -1
		default:
			return 0
		}
	}
	return compareProducts(ux, vy, uy, vx)
}

// compareProducts returns the sign of a·b − c·d for numbers below 2³² in size.
func compareProducts(a, b, c, d int64) int {
	n1, h1, l1 := product(a, b)
	n2, h2, l2 := product(c, d)
	if n1 != n2 {
		return (n1 - n2) / max(1, abs(n1-n2))
	}
	switch {
	case h1 > h2 || h1 == h2 && l1 > l2:
		return n1
	case h1 < h2 || h1 == h2 && l1 < l2:
		return -n1
	default:
		return 0
	}
}

// product returns the sign and the 128-bit size of a·b.
func product(a, b int64) (sign int, hi, lo uint64) {
	hi, lo = bits.Mul64(uint64(max(a, -a)), uint64(max(b, -b)))
	switch {
	case hi|lo == 0:
		return 0, 0, 0
	case (a < 0) != (b < 0):
		return -1, hi, lo
	default:
		return 1, hi, lo
	}
}

func abs(n int) int { return max(n, -n) }

// Meet tells whether the closed segments a–b and c–d have a point in common.
func Meet(ax, ay, bx, by, cx, cy, dx, dy int32) bool {
	if max(ax, bx) < min(cx, dx) || max(cx, dx) < min(ax, bx) || max(ay, by) < min(cy, dy) || max(cy, dy) < min(ay, by) {
		return false
	}
	// With boxes that overlap, segments meet unless one lies wholly on one side
	// of the other's line. Of segments on one line the boxes have decided.
	return Side(ax, ay, bx, by, cx, cy)*Side(ax, ay, bx, by, dx, dy) <= 0 &&
		Side(cx, cy, dx, dy, ax, ay)*Side(cx, cy, dx, dy, bx, by) <= 0
}
