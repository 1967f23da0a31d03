package tiles

import "math"

// spot is a point in units of a tile's grid, x to the right and y downward,
// before it is rounded.
type spot struct{ x, y float64 }

// The box that tiles are clipped by.
const (
	low  = -Margin
	high = Extent + Margin
)

func inside(s spot) bool { return s.x >= low && s.x <= high && s.y >= low && s.y <= high }

// clipRing cuts an open ring by the box (Sutherland and Hodgman 1974). Where it
// leaves the box and comes back, the border of the box is drawn, which lies in
// the margin that no map shows. spare is overwritten; both are given back grown.
func clipRing(in, spare []spot) (out, scratch []spot) {
	for side := range 4 {
		spare = spare[:0]
		for i, b := range in {
			a := in[(i+len(in)-1)%len(in)]
			da, db := beyond(a, side), beyond(b, side)
			if (da > 0) != (db > 0) {
				t := da / (da - db)
				c := spot{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)}
				switch side { // exactly on the side
				case 0:
					c.x = low
				case 1:
					c.x = high
				case 2:
					c.y = low
				default:
					c.y = high
				}
				spare = append(spare, c)
			}
			if db <= 0 {
				spare = append(spare, b)
			}
		}
		in, spare = spare, in
	}
	return in, spare
}

// beyond is how far a point lies beyond a side of the box.
func beyond(s spot, side int) float64 {
	switch side {
	case 0:
		return low - s.x
	case 1:
		return s.x - high
	case 2:
		return low - s.y
	default:
		return s.y - high
	}
}

// clipLine calls emit with the pieces of a line that lie in the box (Liang and
// Barsky 1984, stretch by stretch); the piece is good until emit returns.
func clipLine(line, piece []spot, emit func([]spot)) []spot {
	piece = piece[:0]
	flush := func() {
		if len(piece) > 1 {
			emit(piece)
		}
		piece = piece[:0]
	}
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		t0, t1, ok := within(a, b)
		if !ok {
			flush()
			continue
		}
		if t0 > 0 {
			flush()
		}
		if len(piece) == 0 {
			piece = append(piece, spot{a.x + t0*(b.x-a.x), a.y + t0*(b.y-a.y)})
		}
		if t1 < 1 {
			piece = append(piece, spot{a.x + t1*(b.x-a.x), a.y + t1*(b.y-a.y)})
			flush()
		} else {
			piece = append(piece, b)
		}
	}
	flush()
	return piece
}

// within returns the part of the stretch from a to b that lies in the box, as
// shares of its length.
func within(a, b spot) (t0, t1 float64, ok bool) {
	t1 = 1
	for side := range 4 {
		da, db := beyond(a, side), beyond(b, side)
		switch {
		case da <= 0 && db <= 0:
		case da > 0 && db > 0:
			return 0, 0, false
		case da > 0:
			t0 = math.Max(t0, da/(da-db))
		default:
			t1 = math.Min(t1, da/(da-db))
		}
	}
	return t0, t1, t0 <= t1
}
