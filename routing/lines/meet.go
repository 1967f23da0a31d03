package lines

import (
	"math"
	"slices"

	"sanse/routing/rtree"
)

// meetAtVertices unites lines that have a vertex in common.
func (n *network) meetAtVertices(c *Counts) {
	type vertex struct {
		place       uint64
		point, line uint32
	}
	all := make([]vertex, 0, len(n.coords)/2)
	for l := range n.roads {
		for v := n.first[l]; v < n.first[l+1]; v++ {
			place := uint64(uint32(n.coords[2*v]))<<32 | uint64(uint32(n.coords[2*v+1]))
			all = append(all, vertex{place, v, uint32(l)})
		}
	}
	slices.SortFunc(all, func(a, b vertex) int {
		switch {
		case a.place < b.place:
			return -1
		case a.place > b.place:
			return 1
		}
		return int(a.point) - int(b.point)
	})
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].place == all[from].place {
			to++
		}
		if to-from > 1 {
			c.SharedVertices++
			t := n.touchAt(int32(all[from].line), all[from].point)
			for _, v := range all[from+1 : to] {
				n.unite(t, n.touchAt(int32(v.line), v.point))
			}
		}
		from = to
	}
}

// meetWithinTolerance unites each end with the ends and lines near it.
func (n *network) meetWithinTolerance(c *Counts) {
	type place struct{ x, y int32 }
	asked := make(map[place]bool, len(n.roads))
	var passes []pass
	for end := int32(0); n.isEnd(end); end++ {
		t := n.touches[end]
		if asked[place{t.x, t.y}] {
			continue // another end at the very place has asked already
		}
		asked[place{t.x, t.y}] = true
		p := planeAt(t.y)
		passes = passes[:0]
		moved := false
		n.search(p.around(t.x, t.y, n.tol), func(s segment) bool {
			if n.nearEnds(p, end, s, &moved) {
				return true // the stretch behind an end that is united
			}
			if x, ok := n.passAt(p, t, s); ok {
				x.line = s.line
				passes = append(passes, x)
			}
			return true
		})
		// One place on each line that passes by, the nearest.
		slices.SortFunc(passes, pass.compare)
		for i, x := range passes {
			if i > 0 && passes[i-1].line == x.line {
				continue
			}
			var other int32
			if x.fraction == 0 || x.fraction == 1 {
				other = n.touchAt(x.line, x.vertex+uint32(x.fraction))
			} else {
				ax, ay, bx, by := n.ends(x.vertex)
				other = n.addTouch(x.line, float64(x.vertex-n.first[x.line])+x.fraction, between(ax, bx, x.fraction), between(ay, by, x.fraction))
			}
			moved = n.unite(end, other) || moved
		}
		if moved {
			c.MovedEnds++
		}
	}
}

// pass is a place of a line, not near its ends, that an end comes near to.
type pass struct {
	line     int32
	vertex   uint32
	fraction float64
	metres   float64
}

func (a pass) compare(b pass) int {
	switch {
	case a.line != b.line:
		return int(a.line) - int(b.line)
	case a.metres != b.metres:
		if a.metres < b.metres {
			return -1
		}
		return 1
	}
	return int(a.vertex) - int(b.vertex)
}

// passAt finds the place of a segment that is within the tolerance of a touch:
// a vertex if one is near enough, else the nearest point.
func (n *network) passAt(p plane, t touch, s segment) (pass, bool) {
	ax, ay, bx, by := n.ends(s.vertex)
	fraction, d := p.onto(t.x, t.y, ax, ay, bx, by)
	if d > n.tol {
		return pass{}, false
	}
	da, db := p.metres(t.x, t.y, ax, ay), p.metres(t.x, t.y, bx, by)
	switch {
	case da <= n.tol && da <= db:
		fraction, d = 0, da
	case db <= n.tol:
		fraction, d = 1, db
	}
	return pass{vertex: s.vertex, fraction: fraction, metres: d}, true
}

// nearEnds unites an end with those ends of the segment's line that are within
// the tolerance of it, and tells whether the segment is the stretch that leads
// to one of them.
func (n *network) nearEnds(p plane, end int32, s segment, moved *bool) bool {
	t := n.touches[end]
	l := s.line
	stretch := false
	for _, other := range [2]int32{2 * l, 2*l + 1} {
		o := n.touches[other]
		if p.metres(t.x, t.y, o.x, o.y) > n.tol {
			continue
		}
		*moved = n.unite(end, other) || *moved
		stretch = stretch || n.within(other, s.vertex, sameStretch*n.tol)
	}
	return stretch
}

// within tells whether a segment, by its first vertex, begins within some
// metres along its line from an end of the line.
func (n *network) within(end int32, point uint32, metres float64) bool {
	t := n.touches[end]
	first, last := n.first[t.line], n.first[t.line+1]-1
	p := planeAt(t.y)
	sum := 0.0
	if end%2 == 0 {
		for v := first; v < point && sum <= metres; v++ {
			sum += p.metres(n.coords[2*v], n.coords[2*v+1], n.coords[2*v+2], n.coords[2*v+3])
		}
	} else {
		for v := last; v > point+1 && sum <= metres; v-- {
			sum += p.metres(n.coords[2*v], n.coords[2*v+1], n.coords[2*v-2], n.coords[2*v-1])
		}
	}
	return sum <= metres
}

// meetAtCrossings counts where lines on the ground cross or touch without a
// vertex in common, and unites them there if that is asked for.
func (n *network) meetAtCrossings(c *Counts) error {
	most := 100_000 + 20*len(n.roads)
	for l := range n.roads {
		if n.roads[l].level != 0 {
			continue
		}
		for v := n.first[l]; v+1 < n.first[l+1]; v++ {
			s := segment{int32(l), v}
			ax, ay, bx, by := n.ends(s.vertex)
			box := rtree.Box{MinX: min(ax, bx), MinY: min(ay, by), MaxX: max(ax, bx), MaxY: max(ay, by)}
			n.search(box, func(o segment) bool {
				if o.vertex > s.vertex && n.roads[o.line].level == 0 && n.crossing(s, o) {
					c.Crossings++
				}
				return c.Crossings <= most
			})
			if c.Crossings > most {
				if n.cross {
					return errTangle
				}
				return nil
			}
		}
	}
	return nil
}

// crossing tells whether two segments cross, or one has a vertex inside the
// other, away from the ends of their lines, and unites them if asked to.
func (n *network) crossing(s, o segment) bool {
	ax, ay, bx, by := n.ends(s.vertex)
	cx, cy, dx, dy := n.ends(o.vertex)
	a, b := side(cx, cy, dx, dy, ax, ay), side(cx, cy, dx, dy, bx, by)
	d, e := side(ax, ay, bx, by, cx, cy), side(ax, ay, bx, by, dx, dy)
	// A vertex exactly on the other line counts for the segment that it ends.
	sEnd := b == 0 && d*e < 0
	oEnd := e == 0 && a*b < 0
	proper := a*b < 0 && d*e < 0
	if !proper && !sEnd && !oEnd {
		return false
	}
	var t, u float64
	switch {
	case sEnd:
		t, u = 1, d/(d-e)
	case oEnd:
		t, u = a/(a-b), 1
	default:
		t, u = a/(a-b), d/(d-e)
	}
	x, y := between(ax, bx, t), between(ay, by, t)
	p := planeAt(y)
	for _, l := range [2]int32{s.line, o.line} {
		for _, end := range [2]int32{2 * l, 2*l + 1} {
			if q := n.touches[end]; p.metres(x, y, q.x, q.y) <= n.tol {
				return false // an end as near as that has met the other line already
			}
		}
	}
	if n.cross {
		n.unite(n.touchOn(s, t, x, y), n.touchOn(o, u, x, y))
	}
	return true
}

func (n *network) touchOn(s segment, fraction float64, x, y int32) int32 {
	if fraction == 1 {
		return n.touchAt(s.line, s.vertex+1)
	}
	return n.addTouch(s.line, float64(s.vertex-n.first[s.line])+fraction, x, y)
}

// side is positive where (x, y) lies left of a–b, 0 on it. It is exact for
// segments shorter than nine degrees.
func side(ax, ay, bx, by, x, y int32) float64 {
	return (float64(bx)-float64(ax))*(float64(y)-float64(ay)) - (float64(by)-float64(ay))*(float64(x)-float64(ax))
}

// straight tells whether two directions are within 30 degrees of opposite.
func straight(ax, ay, bx, by float64) bool {
	return ax*bx+ay*by < -math.Cos(30*math.Pi/180)*math.Hypot(ax, ay)*math.Hypot(bx, by)
}
