package demo

import (
	"fmt"
	"math"
	"sort"
	"strconv"

	"github.com/paulmach/orb"
)

// building is a footprint and who lives in it.
type building struct {
	id, name, kind, address string
	units, floors           int
	rings                   [][]spot // outer, then holes; without the closing spot
	more                    [][][]spot
	at                      vec
	point                   orb.Point
	where                   faceInfo
	place                   place
	area                    float64 // m² of footprint
	lived                   float64 // weight for people; 0: nobody lives here
	remote                  bool    // far from every street

	households, people, over60, over80, under18, disabled int
}

// plot is a face of the ground that is being built on.
type plot struct {
	face  int32
	where faceInfo
	ring  []vec
	edges []int32
	room  []float64 // by edge
	place place
	use   string
}

// free tells whether a box with centre c, half sides u and v and direction d
// stands clear of the plot's streets.
func (b *plot) free(c, d vec, u, v float64) bool {
	n := d.left()
	for _, k := range [8][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}, {0, -1}, {1, 0}, {0, 1}, {-1, 0}} {
		q := c.add(d.mul(u * k[0])).add(n.mul(v * k[1]))
		if !inside(b.ring, q) {
			return false
		}
		for i := range b.ring {
			if _, e := footOn(b.ring[i], b.ring[(i+1)%len(b.ring)], q); e < b.room[i] {
				return false
			}
		}
	}
	return true
}

// houses builds estates in the town and hamlets in the fields, each with its
// lanes, and then draws the streets.
func (g *generator) houses() error {
	g.net = newNetwork()
	p := newPaving(g.mesh, g.net)
	fresh := coin(newSource(g.opt.Seed, "estates"))
	lonely, lonelyAt := int32(-1), vec{}
	if g.opt.Tight {
		lonely, lonelyAt = g.widest()
	}
	for ci := range g.communities {
		if err := g.ctx.Err(); err != nil {
			return err
		}
		c := &g.communities[ci]
		for gi := range c.grids {
			gr := &c.grids[gi]
			for mi := range gr.micro {
				for _, f := range gr.micro[mi].faces {
					b := g.plotOf(f, c.place, gr.special)
					s := newSource(g.opt.Seed, "plot "+strconv.Itoa(int(f)))
					switch {
					case f == lonely:
						g.island(b, lonelyAt)
					case b.use == "park":
						g.park(p, b, s)
					case b.place == village && s.chance(.86):
						g.hamlets(p, b, s)
					default:
						name := fresh() + pick(s, estateTails)
						if b.use != "" {
							name = gr.name
						}
						g.estate(p, b, s, c.name+name)
					}
				}
			}
		}
	}
	return g.pave(p)
}

// widest returns the village plot with the most room around a point in it.
func (g *generator) widest() (int32, vec) {
	face, at, most := int32(-1), vec{}, 0.0
	for f, w := range g.faces {
		if w.community < 0 || g.communities[w.community].place != village {
			continue
		}
		_, ring := g.mesh.ring(int32(f))
		lo, hi := ringBounds(ring)
		const n = 12
		for i := 1; i < n; i++ {
			for j := 1; j < n; j++ {
				p := vec{lo.x + (hi.x-lo.x)*float64(i)/n, lo.y + (hi.y-lo.y)*float64(j)/n}
				d := math.Inf(1)
				for k := range ring {
					_, e := footOn(ring[k], ring[(k+1)%len(ring)], p)
					d = min(d, e)
				}
				if d > most && inside(ring, p) {
					face, at, most = int32(f), p, d
				}
			}
		}
	}
	return face, at
}

// island puts one house in the middle of a plot, behind water and with no lane:
// whoever lives there is reached by nobody on foot.
func (g *generator) island(b *plot, at vec) {
	cm := g.communities[b.where.community]
	g.lonely = len(g.buildings)
	g.addBuilding(b, at, vec{1, 0}, 6, 5, "house", cm.name+"洲上1号", 1, 1, 120)
	g.buildings[g.lonely].remote = true
	var ring []int32
	for i := range 24 {
		r := 70 + 12*math.Sin(float64(i)*math.Pi/4)
		ring = append(ring, g.net.addNode(g.frame.spot(at.add(heading(float64(i)*math.Pi/12).mul(r)))))
	}
	g.net.addWay(append(ring, ring[0]), tag{"waterway", "stream"}, tag{"name", "绕洲河"})
}

func (g *generator) plotOf(face int32, at place, use string) *plot {
	b := &plot{face: face, where: g.faces[face], place: at, use: use}
	b.edges, b.ring = g.mesh.ring(face)
	for _, e := range b.edges {
		b.room = append(b.room, room[g.lines[g.mesh.edges[e].line].class])
	}
	return b
}

// addBuilding adds a rectangular footprint.
func (g *generator) addBuilding(b *plot, c, d vec, u, v float64, kind, name string, floors, units int, lived float64) {
	n := d.left()
	ring := make([]spot, 4)
	for i, k := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		ring[i] = g.frame.spot(c.add(d.mul(u * k[0])).add(n.mul(v * k[1])))
	}
	cm := g.communities[b.where.community]
	g.buildings = append(g.buildings, building{
		id: fmt.Sprintf("B%06d", len(g.buildings)+1), name: name, kind: kind,
		address: g.district.Name + g.towns[cm.town].name + name,
		units:   units, floors: floors, rings: [][]spot{ring},
		at: c, point: g.frame.spot(c).point(), where: b.where, place: b.place, area: 4 * u * v, lived: lived,
	})
}

// axis returns the direction along which rows are best laid in a plot: that of
// its streets, whichever of the two is nearer to east–west, so that homes face
// south.
func (b *plot) axis() vec {
	var sx, sy float64
	for i, a := range b.ring {
		d := b.ring[(i+1)%len(b.ring)].sub(a)
		t := 4 * math.Atan2(d.y, d.x)
		sx += d.length() * math.Cos(t)
		sy += d.length() * math.Sin(t)
	}
	d := heading(math.Atan2(sy, sx) / 4)
	if math.Abs(d.x) < math.Abs(d.y) {
		d = vec{d.y, -d.x}
	}
	if d.x < 0 {
		d = d.mul(-1)
	}
	return d
}

// reach returns how far one can go from p inside the ring towards d, and the
// edge that is met there with the share of its length.
func (b *plot) reach(p, d vec) (dist float64, edge int, t float64) {
	dist, edge = math.Inf(1), -1
	for i, a := range b.ring {
		q := b.ring[(i+1)%len(b.ring)]
		e := q.sub(a)
		den := d.cross(e)
		if den == 0 {
			continue
		}
		s := a.sub(p).cross(e) / den
		u := a.sub(p).cross(d) / den
		if s > 0 && u >= 0 && u <= 1 && s < dist {
			dist, edge, t = s, i, u
		}
	}
	return dist, edge, t
}

// pattern is how a neighbourhood is built: sizes in metres.
type pattern struct {
	row, gap      float64 // between rows; between houses of a row
	long, deep    float64 // a house
	floors        int
	kind          string
	lane          string
	laneEach      int // a lane after so many rows
	unitLength    float64
	gated         bool
	livedPerFloor float64
}

func patternOf(at place, use string, s *source) pattern {
	switch use {
	case "school":
		return pattern{48, 14, 46, 14, 4, "school", "service", 2, 46, true, 0}
	case "market":
		return pattern{34, 8, 40, 18, 2, "retail", "living_street", 1, 40, false, 0}
	case "works":
		return pattern{62, 14, 64, 34, 1, "industrial", "service", 1, 64, true, 0}
	}
	switch at {
	case oldEstate:
		return pattern{27, 7, s.between(30, 44), 11, 6, "apartments", "service", 1, 15, s.chance(.5), 1}
	case migrants:
		return pattern{23, 2.5, 17, 13, s.intn(3) + 3, "residential", "living_street", 1, 12, false, 2.1}
	case suburb:
		if s.chance(.12) {
			return pattern{60, 14, 58, 32, 1, "industrial", "service", 1, 58, true, 0}
		}
		return pattern{s.between(52, 62), 16, s.between(44, 60), 14, pick(s, []int{6, 6, 8, 11}), "apartments", "service", 1, 17, true, 1}
	case village:
		// Homes built together for farmers.
		return pattern{27, 6, s.between(30, 40), 11, 3, "residential", "service", 1, 10, false, .8}
	}
	if s.chance(.35) {
		return pattern{58, 20, s.between(28, 34), 17, pick(s, []int{18, 24, 28, 32}), "apartments", "service", 1, 17, true, 1}
	}
	return pattern{s.between(36, 42), 10, s.between(38, 56), 13, pick(s, []int{6, 6, 7, 7, 11}), "apartments", "service", 1, 17, true, 1}
}

// estate builds rows of houses around lanes that hang on a spine from gate to
// gate.
func (g *generator) estate(p *paving, b *plot, s *source, name string) {
	pat := patternOf(b.place, b.use, s)
	d := b.axis()
	n := d.left()
	mid := innerPoint(b.ring)
	down, e0, t0 := b.reach(mid, n.mul(-1))
	up, e1, t1 := b.reach(mid, n)
	if e0 < 0 || e1 < 0 {
		return
	}
	if b.place == village {
		// A village's new homes are one cluster, not the whole plot.
		down, up = min(down, 80), min(up, 80)
	}
	// The spine, from south to north, with the places of its lanes.
	type stop struct {
		at   float64
		node int32
	}
	var spine []stop
	lo, hi := -down+b.room[e0]+4, up-b.room[e1]-4
	rows := int((hi - lo) / pat.row)
	if rows < 1 {
		rows = 1
	}
	step := (hi - lo) / float64(rows)
	houseNo := 0
	const half = 5.0 // free on each side of the spine
	for r := range rows {
		v := lo + (float64(r)+.5)*step - .12*step
		c := mid.add(n.mul(v))
		east, _, _ := b.reach(c, d)
		west, _, _ := b.reach(c, d.mul(-1))
		if math.IsInf(east, 1) || math.IsInf(west, 1) {
			continue
		}
		if b.place == village {
			east, west = min(east, 120), min(west, 120)
		}
		built := 0.0
		reachE, reachW := 0.0, 0.0
		for _, dir := range []float64{1, -1} {
			limit := east
			if dir < 0 {
				limit = west
			}
			for u := half; u+pat.long < limit; {
				long := pat.long * s.between(.85, 1.1)
				at := c.add(d.mul(dir * (u + long/2)))
				if s.chance(.94) && b.free(at, d, long/2, pat.deep/2) {
					houseNo++
					floors := pat.floors
					if s.chance(.2) {
						floors = max(1, floors-1)
					}
					units := max(1, int(math.Round(long/pat.unitLength)))
					lived := pat.livedPerFloor * float64(floors) * long * pat.deep
					g.addBuilding(b, at, d, long/2, pat.deep/2, pat.kind, fmt.Sprintf("%s%d栋", name, houseNo), floors, units, lived)
					built++
					if dir > 0 {
						reachE = max(reachE, u+long/2)
					} else {
						reachW = max(reachW, u+long/2)
					}
				}
				u += long + pat.gap
			}
		}
		if built == 0 {
			continue
		}
		// The lane runs along the north side of the row.
		lv := v + pat.deep/2 + min(7, (step-pat.deep)/2)
		at := mid.add(n.mul(lv))
		le, _, _ := b.reach(at, d)
		lw, _, _ := b.reach(at, d.mul(-1))
		east, west = min(le-7, reachE), min(lw-7, reachW)
		if lv >= up-4 || lv <= -down+4 || !inside(b.ring, at) {
			continue
		}
		x := g.net.addNode(g.frame.spot(at))
		lane := []int32{}
		if west > 6 {
			lane = append(lane, g.net.addNode(g.frame.spot(at.add(d.mul(-west)))))
		}
		lane = append(lane, x)
		if east > 6 {
			lane = append(lane, g.net.addNode(g.frame.spot(at.add(d.mul(east)))))
		}
		g.net.addWay(lane, streetTags(pat.lane, "")...)
		spine = append(spine, stop{lv, x})
	}
	if len(spine) == 0 {
		return
	}
	sort.SliceStable(spine, func(i, j int) bool { return spine[i].at < spine[j].at })
	nodes := make([]int32, len(spine))
	for i, st := range spine {
		nodes[i] = st.node
	}
	open := 0
	gate := func(e int, t, dist, sign float64) []int32 {
		if g.lines[g.mesh.edges[b.edges[e]].line].kind == riverLine {
			return nil
		}
		if b.place == village && dist > 80 && open > 0 {
			return nil
		}
		moor := p.moor(b.edges[e], t)
		if !pat.gated {
			open++
			return []int32{moor}
		}
		tags := []tag{{"barrier", "gate"}}
		if open > 0 && s.chance(.4) {
			tags = append(tags, tag{"access", "no"}, tag{"foot", "no"}, tag{"locked", "yes"})
		} else {
			tags = append(tags, tag{"foot", "yes"})
			open++
		}
		return []int32{moor, g.net.addNode(g.frame.spot(mid.add(n.mul(sign*(dist-min(8, dist/4))))), tags...)}
	}
	realDown, _, _ := b.reach(mid, n.mul(-1))
	realUp, _, _ := b.reach(mid, n)
	south := gate(e0, t0, realDown, -1)
	north := gate(e1, t1, realUp, 1)
	all := append(append([]int32(nil), south...), nodes...)
	for i := len(north) - 1; i >= 0; i-- {
		all = append(all, north[i])
	}
	if open == 0 {
		// Both ends are on the river: go out by the nearest street.
		all = append(all, g.wayOut(p, b, nodes[len(nodes)-1])...)
	}
	g.net.addWay(all, streetTags(pat.lane, "")...)
}

// wayOut joins a node inside a plot to the nearest street around it.
func (g *generator) wayOut(p *paving, b *plot, from int32) []int32 {
	at := g.frame.at(g.net.spots[from])
	best, bestT, bestD := -1, 0.0, math.Inf(1)
	for i, a := range b.ring {
		if g.lines[g.mesh.edges[b.edges[i]].line].kind == riverLine {
			continue
		}
		if t, d := footOn(a, b.ring[(i+1)%len(b.ring)], at); d < bestD {
			best, bestT, bestD = i, t, d
		}
	}
	if best < 0 {
		return nil
	}
	return []int32{p.moor(b.edges[best], min(.97, max(.03, bestT)))}
}

// hamlets scatters small groups of farmhouses over a plot, each along a lane
// from the nearest road.
func (g *generator) hamlets(p *paving, b *plot, s *source) {
	area := ringArea(b.ring)
	count := 2 + int(area/150000)
	lo, hi := ringBounds(b.ring)
	var taken []vec
	cm := g.communities[b.where.community]
	houseNo := 0
	for tries := 0; len(taken) < count && tries < count*12; tries++ {
		c := vec{s.between(lo.x, hi.x), s.between(lo.y, hi.y)}
		if !inside(b.ring, c) {
			continue
		}
		edge, share, dist := -1, 0.0, math.Inf(1)
		for i, a := range b.ring {
			if g.lines[g.mesh.edges[b.edges[i]].line].kind == riverLine {
				continue
			}
			if t, d := footOn(a, b.ring[(i+1)%len(b.ring)], c); d < dist {
				edge, share, dist = i, t, d
			}
		}
		if edge < 0 || dist < 45 || dist > 420 {
			continue
		}
		crowded := false
		for _, t := range taken {
			crowded = crowded || t.dist(c) < 130
		}
		if crowded {
			continue
		}
		foot := b.ring[edge].towards(b.ring[(edge+1)%len(b.ring)], share)
		d := c.sub(foot).unit()
		// The hamlet's own lane, across the one that leads to it.
		turn := heading(math.Atan2(d.y, d.x) + math.Pi/2 + s.between(-.35, .35))
		arm := s.between(28, 60)
		ends := [2]vec{c.add(turn.mul(arm)), c.sub(turn.mul(arm))}
		ok := true
		for _, e := range ends {
			ok = ok && inside(b.ring, e)
			for i, a := range b.ring {
				_, k := footOn(a, b.ring[(i+1)%len(b.ring)], e)
				ok = ok && k > b.room[i]+6
			}
		}
		for _, t := range taken {
			// A lane may not run through another hamlet.
			_, k := footOn(foot, c, t)
			ok = ok && k > 75
		}
		if !ok {
			continue
		}
		taken = append(taken, c)
		moor := p.moor(b.edges[edge], share)
		bend := foot.towards(c, .55).add(d.left().mul(s.between(-.08, .08) * dist))
		x := g.net.addNode(g.frame.spot(c))
		way := []int32{moor, x}
		if dist > 90 && inside(b.ring, bend) {
			way = []int32{moor, g.net.addNode(g.frame.spot(bend)), x}
		}
		g.net.addWay(way, streetTags(pick(s, []string{"track", "service", "unclassified", "path"}), "")...)
		g.net.addWay([]int32{g.net.addNode(g.frame.spot(ends[0])), x, g.net.addNode(g.frame.spot(ends[1]))}, streetTags("service", "")...)
		name := fmt.Sprintf("%s%d组", cm.name, int(b.where.micro)+1)
		for _, side := range []float64{1, -1} {
			for u := -arm; u <= arm; u += s.between(15, 21) {
				if math.Abs(u) < 9 || s.chance(.14) {
					continue
				}
				at := c.add(turn.mul(u)).add(turn.left().mul(side * s.between(11, 14)))
				half, deep := s.between(5, 6.8), s.between(4, 5.4)
				if !b.free(at, turn, half, deep) {
					continue
				}
				// The lane from the road passes on one side.
				if _, k := footOn(foot, c, at); k < 12 {
					continue
				}
				if len(way) == 3 {
					if _, k := footOn(bend, c, at); k < 12 {
						continue
					}
				}
				houseNo++
				floors := pick(s, []int{1, 2, 2, 2, 3})
				g.addBuilding(b, at, turn, half, deep, "house", fmt.Sprintf("%s%d号", name, houseNo), floors, 1, float64(floors)*4*half*deep)
			}
		}
	}
}

// park lays two paths through a green.
func (g *generator) park(p *paving, b *plot, s *source) {
	mid := innerPoint(b.ring)
	x := g.net.addNode(g.frame.spot(mid))
	for range 2 {
		d := heading(s.between(0, math.Pi))
		var way []int32
		for _, sign := range []float64{-1, 1} {
			dist, e, t := b.reach(mid, d.mul(sign))
			if e >= 0 && g.lines[g.mesh.edges[b.edges[e]].line].kind != riverLine {
				bend := g.net.addNode(g.frame.spot(mid.add(d.mul(sign * dist / 2)).add(d.left().mul(dist * .08))))
				m := p.moor(b.edges[e], t)
				if sign < 0 {
					way = append(way, m, bend, x)
				} else {
					if len(way) == 0 {
						way = append(way, x)
					}
					way = append(way, bend, m)
				}
			}
		}
		g.net.addWay(way, streetTags("footway", "")...)
	}
	green := make([]int32, 0, len(b.ring)+1)
	for i, q := range b.ring {
		at := q.towards(mid, min(.4, (b.room[i]+4)/max(q.dist(mid), 1)))
		green = append(green, g.net.addNode(g.frame.spot(at)))
	}
	g.net.addWay(append(green, green[0]), tag{"leisure", "park"}, tag{"name", g.communities[b.where.community].name + "公园"})
}
