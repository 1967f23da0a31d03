package rtree

// middle is the point halfway between two coordinates, counted from the
// smallest int32.
func middle(a, b int32) uint32 {
	return uint32((int64(a)+int64(b))>>1) ^ 1<<31
}

// hilbert returns the place of a cell of a 2³² × 2³² square along the curve.
// The whole square is covered, not the box of the data, so that a stray point
// far outside does not make the curve coarse where everything lies.
func hilbert(x, y uint32) uint64 {
	var d uint64
	for s := uint32(1) << 31; s > 0; s >>= 1 {
		var rx, ry uint64
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d = d<<2 | (3*rx ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return d
}
