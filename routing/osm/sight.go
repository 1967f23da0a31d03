package osm

import (
	"cmp"
	"math"
	"slices"

	"sanse/geo"
)

// Limits that keep a plaza from becoming a thicket.
const (
	// maxSightPoints is how many points of a plaza are tried each with each;
	// beyond, each is tried with its nearest only.
	maxSightPoints = 60
	nearestSights  = 16
	// maxRingNodes is how many nodes the rings of a plaza may have.
	maxRingNodes = 4000
	// maxPlazaUnits is the widest plaza, in units of coordinates (0.2°): products
	// of its coordinates fit 64 bits.
	maxPlazaUnits = 2_000_000
)

// sightPoint is a node of a ring to or past which people walk straight.
type sightPoint struct {
	node         int32
	x, y         int64 // units
	prevX, prevY int64 // the nodes before and after it in its ring
	nextX, nextY int64
	entry        bool // else it is a corner, where the ring turns into the area
}

// sightLine is a straight way between two sight points.
type sightLine struct {
	a, b   int32
	length float64 // units of latitude
}

// side is one edge of a ring.
type side struct{ ax, ay, bx, by int64 }

// sightLines returns the pairs of nodes between which one walks straight across
// a plaza: between entries (nodes shared with other streets, and doors) and the
// corners that stand in the way, wherever the straight line lies inside and does
// not cross a ring. It is the reduced visibility graph (de Berg et al.,
// Computational Geometry, ch. 15), thinned out to what a spanner needs.
func (n *network) sightLines(p *plaza) [][2]int32 {
	rings := slices.Concat(p.outer, p.inner)
	if !n.c.sane(rings) {
		return nil
	}
	points := n.sightPoints(rings, len(p.outer), n.own(p))
	entries := 0
	for i := range points {
		if points[i].entry {
			entries++
		}
	}
	if entries < 2 {
		return nil
	}
	sides := n.c.sides(rings)
	east, north := geo.DegreeMetres(float64(n.c.nodes.lat[rings[0][0]]) / coordinateUnits)
	scale := east / north
	length := func(a, b int32) float64 {
		return math.Hypot(float64(points[a].x-points[b].x)*scale, float64(points[a].y-points[b].y))
	}
	var seen []sightLine
	for a := range int32(len(points)) {
		for _, b := range rivals(a, int32(len(points)), length) {
			if points[a].tangent(&points[b]) && points[b].tangent(&points[a]) && inSight(&points[a], &points[b], sides) {
				seen = append(seen, sightLine{min(a, b), max(a, b), length(a, b)})
			}
		}
	}
	s := newSpanner(len(points))
	for _, r := range rings {
		n.c.followRing(r, points, scale, s.add)
	}
	var out [][2]int32
	for _, l := range s.worth(seen) {
		out = append(out, [2]int32{points[l.a].node, points[l.b].node})
	}
	return out
}

// rivals lists the points with which a point is tried.
func rivals(a, points int32, length func(a, b int32) float64) []int32 {
	var out []int32
	few := points <= maxSightPoints
	for b := range points {
		if b > a || b < a && !few { // of few, the others were tried from there
			out = append(out, b)
		}
	}
	if !few {
		slices.SortFunc(out, func(i, k int32) int {
			return cmp.Or(cmp.Compare(length(a, i), length(a, k)), cmp.Compare(i, k))
		})
		out = out[:nearestSights]
	}
	return out
}

// sane refuses rings that are too large for what follows.
func (c *collector) sane(rings [][]int32) bool {
	nodes := 0
	first := rings[0][0]
	for _, r := range rings {
		nodes += len(r)
		for _, p := range r {
			if abs(int64(c.nodes.lon[p])-int64(c.nodes.lon[first])) > maxPlazaUnits || abs(int64(c.nodes.lat[p])-int64(c.nodes.lat[first])) > maxPlazaUnits {
				return false
			}
		}
	}
	return nodes <= maxRingNodes
}

func abs(v int64) int64 { return max(v, -v) }

// own counts by node how many of a plaza's own members come there.
func (n *network) own(p *plaza) map[int32]uint8 {
	out := map[int32]uint8{}
	for _, m := range p.members {
		for _, node := range n.streets[m].onceEach() {
			out[node]++
		}
	}
	return out
}

// sightPoints lists the entries and corners, one of each node. The first rings
// are the outer ones; own is what comes to a node without leading anywhere else.
func (n *network) sightPoints(rings [][]int32, outers int, own map[int32]uint8) []sightPoint {
	c := n.c
	var out []sightPoint
	at := map[int32]int{}
	for k, r := range rings {
		r = r[:len(r)-1]
		sense := c.sense(r)
		if k >= outers {
			sense = -sense
		}
		for i, p := range r {
			before, after := r[(i+len(r)-1)%len(r)], r[(i+1)%len(r)]
			s := sightPoint{
				node: p, x: int64(c.nodes.lon[p]), y: int64(c.nodes.lat[p]),
				prevX: int64(c.nodes.lon[before]), prevY: int64(c.nodes.lat[before]),
				nextX: int64(c.nodes.lon[after]), nextY: int64(c.nodes.lat[after]),
				entry: n.uses[p] > own[p] || c.nodes.marks[p]&isEntrance != 0,
			}
			// The area lies to the left of an outer ring that runs counter-clockwise;
			// it has a corner where the ring turns right.
			corner := sign(cross(s.x-s.prevX, s.y-s.prevY, s.nextX-s.x, s.nextY-s.y)) == -sense
			if !corner && !s.entry {
				continue
			}
			if have, ok := at[p]; ok { // rings that touch; lines may go either way
				out[have].entry = true
				continue
			}
			at[p] = len(out)
			out = append(out, s)
		}
	}
	return out
}

// sense is 1 for a ring that runs counter-clockwise, -1 for the other kind.
func (c *collector) sense(ring []int32) int {
	double := int64(0)
	x0, y0 := int64(c.nodes.lon[ring[0]]), int64(c.nodes.lat[ring[0]])
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		double += cross(int64(c.nodes.lon[p])-x0, int64(c.nodes.lat[p])-y0, int64(c.nodes.lon[q])-x0, int64(c.nodes.lat[q])-y0)
	}
	if double < 0 {
		return -1
	}
	return 1
}

func (c *collector) sides(rings [][]int32) []side {
	var out []side
	for _, r := range rings {
		for i := 1; i < len(r); i++ {
			a, b := r[i-1], r[i]
			out = append(out, side{int64(c.nodes.lon[a]), int64(c.nodes.lat[a]), int64(c.nodes.lon[b]), int64(c.nodes.lat[b])})
		}
	}
	return out
}

func cross(ax, ay, bx, by int64) int64 { return ax*by - ay*bx }

func sign(v int64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// tangent tells whether somebody who comes from another point walks past a
// corner rather than into it: no way bends at a corner otherwise.
func (s *sightPoint) tangent(from *sightPoint) bool {
	if s.entry {
		return true
	}
	dx, dy := s.x-from.x, s.y-from.y
	return sign(cross(dx, dy, s.prevX-s.x, s.prevY-s.y))*sign(cross(dx, dy, s.nextX-s.x, s.nextY-s.y)) >= 0
}

// inSight tells whether the straight line between two points of rings lies
// within the area: it crosses no side, passes no node (another line ends there)
// and its middle is inside. All of it is exact.
func inSight(a, b *sightPoint, sides []side) bool {
	dx, dy := b.x-a.x, b.y-a.y
	inside := false
	mx, my := a.x+b.x, a.y+b.y // twice the middle
	for i := range sides {
		s := &sides[i]
		if (2*s.ay > my) != (2*s.by > my) { // a ray to the east
			turn := cross(s.bx-s.ax, s.by-s.ay, mx-2*s.ax, my-2*s.ay)
			if (turn > 0) == (s.by > s.ay) {
				inside = !inside
			}
		}
		startsHere := s.ax == a.x && s.ay == a.y || s.ax == b.x && s.ay == b.y
		endsHere := s.bx == a.x && s.by == a.y || s.bx == b.x && s.by == b.y
		switch {
		case startsHere && endsHere:
			return false // the ring's own side, which is a street already
		case startsHere || endsHere:
			far := [2]int64{s.bx, s.by}
			if endsHere {
				far = [2]int64{s.ax, s.ay}
			}
			if onBetween(a, dx, dy, far[0], far[1]) {
				return false
			}
			continue
		}
		p, q := sign(cross(dx, dy, s.ax-a.x, s.ay-a.y)), sign(cross(dx, dy, s.bx-a.x, s.by-a.y))
		if p*q > 0 {
			continue
		}
		u, v := sign(cross(s.bx-s.ax, s.by-s.ay, a.x-s.ax, a.y-s.ay)), sign(cross(s.bx-s.ax, s.by-s.ay, b.x-s.ax, b.y-s.ay))
		if p*q < 0 && u*v < 0 || p == 0 && onBetween(a, dx, dy, s.ax, s.ay) || q == 0 && onBetween(a, dx, dy, s.bx, s.by) || p*q < 0 && u*v == 0 {
			return false
		}
	}
	return inside
}

// onBetween tells whether a point lies on the open line from a by (dx, dy).
func onBetween(a *sightPoint, dx, dy, x, y int64) bool {
	px, py := x-a.x, y-a.y
	if cross(dx, dy, px, py) != 0 {
		return false
	}
	along := px*dx + py*dy
	return along > 0 && along < dx*dx+dy*dy
}
