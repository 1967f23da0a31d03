package outline

import (
	"slices"

	"github.com/paulmach/orb"
)

// polygonize puts the holes into the outer rings around them. Holes smaller than
// minHole square metres are filled, with what lies inside them.
func (d *Drawer) polygonize(minHole float64) orb.MultiPolygon {
	limit := minHole / (d.grid.step * d.grid.step)
	slices.SortStableFunc(d.rings, func(a, b ring) int {
		switch { // largest outer ring first, holes behind, smallest first
		case a.area > b.area:
			return -1
		case a.area < b.area:
			return 1
		}
		return 0
	})
	outers := d.rings
	for i, r := range d.rings {
		if r.area < 0 {
			outers = d.rings[:i]
			break
		}
	}
	holes := d.rings[len(outers):]
	total, kept := 0, holes[:0]
	for _, h := range holes {
		if -h.area >= limit {
			kept = append(kept, h)
			total += h.end - h.first + 1
			continue
		}
		for i := range outers {
			if outers[i].area < -h.area && d.holds(&h, &outers[i]) {
				outers[i].end = outers[i].first // filled over
			}
		}
	}
	count := 0
	for i := range outers {
		if n := outers[i].end - outers[i].first; n > 0 {
			total += n + 1
			count++
		}
	}
	out := make(orb.MultiPolygon, 0, count)
	number := make([]int, len(outers))
	room := make([]orb.Point, 0, total)
	for i := range outers {
		number[i] = -1
		if outers[i].end > outers[i].first {
			number[i] = len(out)
			var r orb.Ring
			r, room = d.metres(room, &outers[i])
			out = append(out, orb.Polygon{r})
		}
	}
	for k := len(kept) - 1; k >= 0; k-- { // largest first
		h := &kept[k]
		only, several := -1, false
		for i := range outers {
			if number[i] >= 0 && outers[i].area > -h.area && covers(&outers[i], h) {
				several = several || only >= 0
				only = i // the smallest whose box is around it
			}
		}
		for i := only; several && i >= 0; i-- {
			if number[i] >= 0 && d.holds(&outers[i], h) {
				only = i
				break
			}
		}
		if only >= 0 {
			var r orb.Ring
			r, room = d.metres(room, h)
			out[number[only]] = append(out[number[only]], r)
		}
	}
	return out
}

func covers(outer, inner *ring) bool {
	return outer.box[0] < inner.box[0] && outer.box[1] < inner.box[1] && outer.box[2] > inner.box[2] && outer.box[3] > inner.box[3]
}

// holds tells whether a ring lies inside another; rings do not cross, so one
// point tells.
func (d *Drawer) holds(outer, inner *ring) bool {
	if inner.end == inner.first || !covers(outer, inner) {
		return false
	}
	p, in := d.points[inner.first], false
	points := d.points[outer.first:outer.end]
	a := points[len(points)-1]
	for _, b := range points {
		if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
			in = !in
		}
		a = b
	}
	return in
}

// metres appends a ring, closed, to room.
func (d *Drawer) metres(room []orb.Point, r *ring) (orb.Ring, []orb.Point) {
	first := len(room)
	for _, p := range d.points[r.first:r.end] {
		room = append(room, orb.Point{
			(float64(d.grid.left) + float64(p.x)) * d.grid.step,
			(float64(d.grid.low) + float64(p.y)) * d.grid.step,
		})
	}
	room = append(room, room[first])
	return orb.Ring(room[first:len(room):len(room)]), room
}
