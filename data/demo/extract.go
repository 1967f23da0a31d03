package demo

import (
	"fmt"
	"math"
	"path/filepath"
	"sort"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/routing"
	"sanse/routing/osm"
)

// extractCode is the code of a district built on an extract; none has it.
const extractCode = "990199"

// fromExtract builds a district on real ground: streets, boundaries, buildings
// and facilities as they are mapped, and below and on them what is invented.
func (g *generator) fromExtract() error {
	if err := g.stage("extract"); err != nil {
		return err
	}
	x, err := osm.ReadFile(g.ctx, g.opt.Extract, osm.Options{Only: osm.Streets | osm.Obstacles | osm.Boundaries | osm.Buildings | osm.Places})
	if err != nil {
		return err
	}
	if x.Graph == nil {
		return fmt.Errorf("read extract: %w", routing.ErrEmpty)
	}
	g.frame = newFrame(x.Bounds.Center())
	name := filepath.Base(g.opt.Extract)
	for _, ext := range []string{".bz2", ".gz", ".pbf", ".osm"} {
		name = strings.TrimSuffix(name, ext)
	}
	g.district = data.District{
		Code: extractCode, Name: name + "（人员虚构）", TimeZone: g.opt.TimeZone, MadeUp: true,
		Attribution: "© OpenStreetMap contributors",
	}
	return g.run([]step{
		{"ground", func() error { return g.realGround(x) }},
		{"people", func() error { return g.settle(x) }},
		{"residents", g.enrol},
		{"facilities", func() error { g.mappedFacilities(x); return nil }},
		{"visitors", g.staff},
	})
}

// outlined is an area of the extract that becomes a community.
type outlined struct {
	name  string
	shape orb.MultiPolygon
	rings [][]vec // banded for quick lookups
	bands *bands
	homes []int // indices into homes
}

// home is a place where people can live, before anything is divided.
type home struct {
	at    vec
	lived float64
	from  int // index into the extract's buildings, -1 along a street
}

// realGround finds the communities, the homes in them, and divides them.
func (g *generator) realGround(x *osm.Extract) error {
	walk := g.walkable(x)
	areas, level, err := g.realCommunities(x, walk)
	if err != nil {
		return err
	}
	real := fmt.Sprintf("街道、建筑和设施来自 OpenStreetMap（© OpenStreetMap contributors，ODbL），村社区为其 %d 级行政边界；网格、人口、关爱对象、走访力量和走访记录均为虚构。Streets, buildings, facilities and communities (admin level %d) are from OpenStreetMap; grids and all people are made up.", level, level)
	if n := len(areas); level > 0 && areas[n-1].name == restName {
		real += " 没有行政边界的部分合为一个社区。What lies outside the boundaries is one more community."
	}
	if level == 0 {
		real = "街道、建筑和设施来自 OpenStreetMap（© OpenStreetMap contributors，ODbL），区域为步行路网的外包络；网格、人口、关爱对象、走访力量和走访记录均为虚构。Streets, buildings and facilities are from OpenStreetMap, the one community is the hull of its streets; grids and all people are made up."
	}
	g.district.Note = real
	g.weld(areas)
	homes := g.homesIn(x, areas)
	s := newSource(g.opt.Seed, "ground")
	g.mesh = newMesh(g.frame)
	g.lines = []line{{kind: outlineLine}}
	g.towns = []town{{name: strings.TrimSuffix(g.district.Name, "（人员虚构）")}}
	if level > 0 {
		g.groupByBoundary(x, areas, level)
	}
	node := make(map[spot]int32)
	var rings [][]int32
	people := 0.0
	for i := range areas {
		a := &areas[i]
		c := community{name: a.name, town: g.townOf()}
		for _, poly := range a.shape {
			ring := g.slit(poly, node)
			if len(ring) < 3 {
				continue
			}
			c.faces = append(c.faces, int32(len(rings)))
			rings = append(rings, ring)
		}
		for _, h := range a.homes {
			c.people += int(math.Round(homes[h].lived))
			people += homes[h].lived
		}
		if len(c.faces) == 0 {
			return fmt.Errorf("community %q has no ground", a.name)
		}
		g.communities = append(g.communities, c)
	}
	if err := g.mesh.addFaces(rings, 0); err != nil {
		return err
	}
	weights, least := make([]float64, len(areas)), make([]int, len(areas))
	for i := range g.communities {
		c := &g.communities[i]
		for _, f := range c.faces {
			_, ring := g.mesh.ring(f)
			c.area += ringArea(ring)
			if f == c.faces[0] {
				c.centre = innerPoint(ring)
			}
		}
		switch d := float64(c.people) / max(c.area/1e6, .01); {
		case d > 3500:
			c.place = inTown
		case d > 600:
			c.place = suburb
		}
		weights[i] = math.Pow(float64(max(1, c.people)), .7)
		least[i] = 1
		if len(areas[i].homes) > 30 {
			least[i] = 2
		}
	}
	n := len(areas)
	if g.opt.Residents == 0 {
		g.opt.Residents = enrolled(people, n)
	}
	grids := min(40*n, max(3*n, int(people/1720)))
	grids = min(grids, max(2*n, g.opt.Residents/4))
	micros := min(6*grids, max(3*grids, int(people/295)))
	cut := &cutter{
		m: g.mesh, rng: s, river: -1,
		weight: func(vec) float64 { return 1 },
		urban:  func(vec) float64 { return .8 },
		bear:   func(vec) float64 { return 0 },
	}
	newLine := func(kind lineKind) func(int, vec) int32 {
		return func(k int, _ vec) int32 {
			g.lines = append(g.lines, line{kind: kind, parts: k})
			return int32(len(g.lines) - 1)
		}
	}
	cut.homesOf = func(community int) []vec {
		var out []vec
		for _, h := range areas[community].homes {
			out = append(out, homes[h].at)
		}
		return out
	}
	if err := g.subdivide(cut, weights, least, grids, max(micros, 2*grids), newLine); err != nil {
		return err
	}
	g.nameAreas(newSource(g.opt.Seed, "names"))
	g.mapped = homes
	return nil
}

// enrolled is the default number of residents on an extract: one in 200
// people, as far as a community can be planned as one.
func enrolled(people float64, communities int) int {
	return max(60, min(demoRed+demoYellow+demoBlue, 150*communities, int(people/200)))
}

// walkable returns points along the main walking network.
func (g *generator) walkable(x *osm.Extract) []vec {
	var out []vec
	main := x.Graph.LargestComponent()
	x.Graph.EachEdge(func(e routing.Edge) bool {
		if x.Graph.Component(e.ID) == main {
			line := x.Graph.Line(e.ID)
			out = append(out, g.frame.plane(line[0]), g.frame.plane(line[len(line)/2]))
		}
		return true
	})
	return out
}

// realCommunities returns the areas of the deepest administrative level that
// tiles the ground: covers four fifths of the walking network, without
// overlaps. Where none does it returns the hull of the network, and level 0.
func (g *generator) realCommunities(x *osm.Extract, walk []vec) ([]outlined, int, error) {
	levels := make(map[int][]osm.Boundary)
	for _, b := range x.Boundaries {
		levels[b.AdminLevel] = append(levels[b.AdminLevel], b)
	}
	var order []int
	for l := range levels {
		order = append(order, l)
	}
	sort.Sort(sort.Reverse(sort.IntSlice(order)))
	for _, l := range order {
		areas := make([]outlined, 0, len(levels[l]))
		covered := 0
		sort.SliceStable(levels[l], func(i, j int) bool { return levels[l][i].ID < levels[l][j].ID })
		for _, b := range levels[l] {
			o := outlined{name: b.Name, shape: b.Polygon}
			o.prepare(g.frame)
			n := 0
			for _, p := range walk {
				if o.bands.inside(p) {
					n++
				}
			}
			// A neighbour that the extract only grazes is left out.
			if n > max(20, len(walk)/1000) {
				areas = append(areas, o)
				covered += n
			}
		}
		share := float64(covered) / float64(len(walk))
		if len(areas) == 0 || share < .25 || share > 1.02 || !disjoint(areas) {
			continue
		}
		for i := range areas {
			if areas[i].name == "" {
				areas[i].name = fmt.Sprintf("第%s社区", ordinal(i+1))
			}
		}
		if share >= .5 {
			return areas, l, nil
		}
		// Much of the ground has no boundary of its own: it is one more community.
		all, err := g.hull(walk)
		if err != nil {
			return nil, 0, err
		}
		rest := all
		for _, a := range areas {
			if rest, err = geo.Difference(rest, a.shape); err != nil {
				return nil, 0, fmt.Errorf("ground outside the boundaries: %w", err)
			}
		}
		o := outlined{name: restName, shape: rest}
		o.prepare(g.frame)
		return append(areas, o), l, nil
	}
	shape, err := g.hull(walk)
	if err != nil {
		return nil, 0, err
	}
	o := outlined{name: strings.TrimSuffix(g.district.Name, "（人员虚构）") + "社区", shape: shape}
	o.prepare(g.frame)
	return []outlined{o}, 0, nil
}

// hull is the convex hull of the walking network with a little room around it.
func (g *generator) hull(walk []vec) (orb.MultiPolygon, error) {
	hull := convexHull(walk)
	if len(hull) < 3 {
		return nil, fmt.Errorf("the walking network has no extent")
	}
	var c vec
	for _, p := range hull {
		c = c.add(p.mul(1 / float64(len(hull))))
	}
	ring := make(orb.Ring, 0, len(hull)+1)
	for _, p := range hull {
		// A little room around the outermost streets.
		ring = append(ring, g.frame.spot(p.add(p.sub(c).unit().mul(60))).point())
	}
	return orb.MultiPolygon{{append(ring, ring[0])}}, nil
}

// restName is the community of all that has no boundary of its own.
const restName = "其余街区（无行政边界）"

// disjoint tells whether areas share no ground worth speaking of.
func disjoint(areas []outlined) bool {
	for i := range areas {
		for j := i + 1; j < len(areas); j++ {
			if !areas[i].shape.Bound().Intersects(areas[j].shape.Bound()) {
				continue
			}
			common, err := geo.Intersection(areas[i].shape, areas[j].shape)
			if err != nil || geo.AreaM2(common) > 1 {
				return false // a shape that GEOS refuses does not tile either
			}
		}
	}
	return true
}

// onEdge is how near to an edge a vertex of a neighbour lies on it, in metres:
// what rounding to the lattice can do.
const onEdge = 0.02

// weld puts the vertices of every area into the edges of its neighbours on
// which they lie, so that what looks shared is shared.
func (g *generator) weld(areas []outlined) {
	const cell = 300.0
	key := func(p vec) [2]int { return [2]int{int(math.Floor(p.x / cell)), int(math.Floor(p.y / cell))} }
	index := make(map[[2]int][]spot)
	known := make(map[spot]bool)
	for _, a := range areas {
		for _, poly := range a.shape {
			for _, ring := range poly {
				for _, p := range ring {
					if s := spotOf(p); !known[s] {
						known[s] = true
						k := key(g.frame.at(s))
						index[k] = append(index[k], s)
					}
				}
			}
		}
	}
	type hit struct {
		t float64
		s spot
	}
	for i := range areas {
		shape := make(orb.MultiPolygon, 0, len(areas[i].shape))
		for _, poly := range areas[i].shape {
			var out orb.Polygon
			for _, ring := range poly {
				var r orb.Ring
				for k := 0; k+1 < len(ring); k++ {
					sa, sb := spotOf(ring[k]), spotOf(ring[k+1])
					a, b := g.frame.at(sa), g.frame.at(sb)
					r = append(r, sa.point())
					var hits []hit
					lo, hi := key(vec{min(a.x, b.x) - 1, min(a.y, b.y) - 1}), key(vec{max(a.x, b.x) + 1, max(a.y, b.y) + 1})
					for x := lo[0]; x <= hi[0]; x++ {
						for y := lo[1]; y <= hi[1]; y++ {
							for _, s := range index[[2]int{x, y}] {
								if s == sa || s == sb {
									continue
								}
								if t, d := footOn(a, b, g.frame.at(s)); d < onEdge && t > 0 && t < 1 {
									hits = append(hits, hit{t, s})
								}
							}
						}
					}
					sort.Slice(hits, func(i, j int) bool { return hits[i].t < hits[j].t })
					for _, h := range hits {
						r = append(r, h.s.point())
					}
				}
				if len(r) > 2 {
					out = append(out, append(r, r[0]))
				}
			}
			if len(out) > 0 {
				shape = append(shape, out)
			}
		}
		areas[i].shape = shape
	}
}

func (o *outlined) prepare(f frame) {
	for _, poly := range o.shape {
		for _, ring := range poly {
			r := make([]vec, 0, len(ring))
			for _, p := range ring[:max(0, len(ring)-1)] {
				r = append(r, f.plane(p))
			}
			if len(r) > 2 {
				o.rings = append(o.rings, r)
			}
		}
	}
	o.bands = newBands(o.rings)
}

// bands answers whether points lie in a polygon, looking only at the edges at
// their height.
type bands struct {
	lo, hi, step float64
	at           [][][2]vec
}

func newBands(rings [][]vec) *bands {
	b := &bands{lo: math.Inf(1), hi: math.Inf(-1)}
	edges := 0
	for _, r := range rings {
		edges += len(r)
		for _, p := range r {
			b.lo, b.hi = min(b.lo, p.y), max(b.hi, p.y)
		}
	}
	n := min(512, max(1, edges/4))
	b.step = max((b.hi-b.lo)/float64(n), 1e-6)
	b.at = make([][][2]vec, n+1)
	for _, r := range rings {
		for i, p := range r {
			q := r[(i+1)%len(r)]
			for k := b.band(min(p.y, q.y)); k <= b.band(max(p.y, q.y)); k++ {
				b.at[k] = append(b.at[k], [2]vec{p, q})
			}
		}
	}
	return b
}

func (b *bands) band(y float64) int {
	return max(0, min(len(b.at)-1, int((y-b.lo)/b.step)))
}

func (b *bands) inside(p vec) bool {
	if !(p.y >= b.lo && p.y <= b.hi) {
		return false
	}
	in := false
	for _, e := range b.at[b.band(p.y)] {
		u, v := e[0], e[1]
		if (u.y > p.y) != (v.y > p.y) && p.x < (v.x-u.x)*(p.y-u.y)/(v.y-u.y)+u.x {
			in = !in
		}
	}
	return in
}

// convexHull returns the hull of points, counter-clockwise (Andrew's monotone
// chain).
func convexHull(pts []vec) []vec {
	p := append([]vec(nil), pts...)
	sort.Slice(p, func(i, j int) bool { return p[i].x < p[j].x || p[i].x == p[j].x && p[i].y < p[j].y })
	half := func(next func(int) vec) []vec {
		var h []vec
		for i := range p {
			q := next(i)
			for len(h) > 1 && h[len(h)-1].sub(h[len(h)-2]).cross(q.sub(h[len(h)-2])) <= 0 {
				h = h[:len(h)-1]
			}
			h = append(h, q)
		}
		return h[:max(0, len(h)-1)]
	}
	lower := half(func(i int) vec { return p[i] })
	upper := half(func(i int) vec { return p[len(p)-1-i] })
	return append(lower, upper...)
}

// slit turns a polygon into one ring of nodes: each hole is joined to the rest
// by an edge that is walked both ways.
func (g *generator) slit(poly orb.Polygon, node map[spot]int32) []int32 {
	var out []int32
	for k, ring := range poly {
		var nodes []int32
		for _, p := range ring[:max(0, len(ring)-1)] {
			s := spotOf(p)
			n, ok := node[s]
			if !ok {
				n = g.mesh.addNode(s)
				node[s] = n
			}
			if len(nodes) == 0 || nodes[len(nodes)-1] != n {
				nodes = append(nodes, n)
			}
		}
		for len(nodes) > 1 && nodes[0] == nodes[len(nodes)-1] {
			nodes = nodes[:len(nodes)-1]
		}
		if len(nodes) < 3 {
			continue
		}
		if k == 0 {
			out = nodes
			continue
		}
		out = g.joinHole(out, nodes)
	}
	return out
}

// joinHole joins a hole to a ring at their nearest nodes that see each other.
func (g *generator) joinHole(ring, hole []int32) []int32 {
	pts := g.mesh.pts
	type pair struct {
		i, j int
		d    float64
	}
	var pairs []pair
	for j := range hole {
		best := pair{-1, j, math.Inf(1)}
		for i := range ring {
			if d := pts[ring[i]].dist(pts[hole[j]]); d < best.d {
				best.i, best.d = i, d
			}
		}
		pairs = append(pairs, best)
	}
	sort.SliceStable(pairs, func(a, b int) bool { return pairs[a].d < pairs[b].d })
	at := pairs[0]
	if ring[at.i] == hole[at.j] {
		// The hole touches the ring: pass through the common node.
		out := append([]int32(nil), ring[:at.i]...)
		out = append(out, hole[at.j:]...)
		out = append(out, hole[:at.j]...)
		return append(out, ring[at.i:]...)
	}
	out := append([]int32(nil), ring[:at.i+1]...)
	out = append(out, hole[at.j:]...)
	out = append(out, hole[:at.j+1]...)
	return append(out, ring[at.i:]...)
}

// groupByBoundary makes towns of the next wider administrative areas, if every
// community lies in one of several.
func (g *generator) groupByBoundary(x *osm.Extract, areas []outlined, level int) {
	wider := make(map[int][]osm.Boundary)
	for _, b := range x.Boundaries {
		if b.AdminLevel < level {
			wider[b.AdminLevel] = append(wider[b.AdminLevel], b)
		}
	}
	for l := level - 1; l > 1; l-- {
		bs := wider[l]
		if len(bs) < 2 {
			continue
		}
		sort.SliceStable(bs, func(i, j int) bool { return bs[i].ID < bs[j].ID })
		var shapes []outlined
		for _, b := range bs {
			o := outlined{name: b.Name, shape: b.Polygon}
			o.prepare(g.frame)
			shapes = append(shapes, o)
		}
		of := make([]int, len(areas))
		used := make(map[int]int)
		var towns []town
		ok := true
		for i := range areas {
			p := innerPoint(areas[i].rings[0])
			of[i] = -1
			for k := range shapes {
				if shapes[k].bands.inside(p) {
					of[i] = k
					break
				}
			}
			ok = ok && of[i] >= 0
		}
		if !ok {
			continue
		}
		for i := range of {
			if _, known := used[of[i]]; !known {
				used[of[i]] = len(towns)
				towns = append(towns, town{name: shapes[of[i]].name})
			}
			of[i] = used[of[i]]
		}
		if len(towns) > 1 {
			g.towns, g.townBy = towns, of
			return
		}
	}
}

// townOf is the town of the next community.
func (g *generator) townOf() int {
	if g.townBy == nil {
		return 0
	}
	return g.townBy[len(g.communities)]
}

// livable gives the floors of a building that can be lived in, where nobody
// mapped them; a kind that is not here is not lived in.
var livable = map[string]float64{
	"yes": 2, "residential": 3, "apartments": 4, "house": 1.5, "detached": 1.5, "semidetached_house": 2,
	"terrace": 2, "dormitory": 4, "bungalow": 1, "farm": 1.5, "cabin": 1, "hut": 1, "static_caravan": 1, "semi": 2,
}

// peopleM2 is how many people live on a square metre of floor: about 40 m²
// each, stairs and shops included.
const peopleM2 = 1 / 40.0

// fewHomes is the number of buildings below which homes are laid along the
// streets instead.
const fewHomes = 150

// homesIn returns where people can live: the buildings that can be lived in,
// else places along the streets.
func (g *generator) homesIn(x *osm.Extract, areas []outlined) []home {
	var homes []home
	put := func(h home) {
		for i := range areas {
			if areas[i].bands.inside(h.at) {
				areas[i].homes = append(areas[i].homes, len(homes))
				homes = append(homes, h)
				return
			}
		}
	}
	for i, b := range x.Buildings {
		floors, ok := livable[b.Kind]
		if !ok || len(b.Polygon) == 0 || len(b.Polygon[0]) == 0 || len(b.Polygon[0][0]) < 4 {
			continue
		}
		if b.Levels > 0 {
			floors = float64(min(b.Levels, 60))
		}
		shape, ok := mend(b.Polygon)
		if !ok {
			continue
		}
		x.Buildings[i].Polygon = shape
		at, area := g.footprint(shape)
		if area < 20 || area > 20000 {
			continue
		}
		put(home{at: at, lived: area * floors * peopleM2, from: i})
	}
	if len(homes) >= fewHomes {
		return homes
	}
	for i := range areas {
		areas[i].homes = nil
	}
	homes = homes[:0]
	return g.alongStreets(x, put, &homes)
}

// mend rounds a mapped footprint as the file will hold it and repairs what then
// crosses itself. ok is false where nothing sound is left of it.
func mend(shape orb.MultiPolygon) (mended orb.MultiPolygon, ok bool) {
	mended = rounded(shape)
	if geo.CheckValid(mended) == nil {
		return mended, true
	}
	repaired, err := geo.MakeValid(mended)
	if err != nil {
		return nil, false // an unclosed ring: not a footprint
	}
	mended = rounded(repaired)
	return mended, len(mended) > 0 && geo.CheckValid(mended) == nil
}

// rounded returns the shape with its points on the grid of spots.
func rounded(shape orb.MultiPolygon) orb.MultiPolygon {
	out := shape.Clone()
	for _, polygon := range out {
		for _, ring := range polygon {
			for i, p := range ring {
				ring[i] = spotOf(p).point()
			}
		}
	}
	return out
}

// alongStreets lays homes along the streets that people live on, some 25 m
// apart on both sides, fewer where the extract is large.
func (g *generator) alongStreets(x *osm.Extract, put func(home), homes *[]home) []home {
	lived := map[string]float64{
		"residential": 1, "living_street": 1, "unclassified": .5, "tertiary": .6, "secondary": .35,
		"service": .3, "pedestrian": .8, "primary": .25, "road": .3,
	}
	main := x.Graph.LargestComponent()
	total := 0.0
	each := func(visit func(weight float64, pts []vec)) {
		seen := make(map[[2]spot]bool)
		x.Graph.EachEdge(func(e routing.Edge) bool {
			w := lived[e.Class]
			if w == 0 || x.Graph.Component(e.ID) != main {
				return true
			}
			line := x.Graph.Line(e.ID)
			// Every street once, whichever way it is told.
			a, b := spotOf(line[0]), spotOf(line[len(line)-1])
			if seen[[2]spot{b, a}] || seen[[2]spot{a, b}] {
				return true
			}
			seen[[2]spot{a, b}] = true
			pts := make([]vec, len(line))
			for i, p := range line {
				pts[i] = g.frame.plane(p)
			}
			visit(w, pts)
			return true
		})
	}
	each(func(w float64, pts []vec) {
		for i := 1; i < len(pts); i++ {
			total += w * pts[i].dist(pts[i-1])
		}
	})
	gap := max(25, total/30000)
	s := newSource(g.opt.Seed, "along streets")
	next := gap / 2
	each(func(w float64, pts []vec) {
		for i := 1; i < len(pts); i++ {
			length := pts[i].dist(pts[i-1])
			at := 0.0
			for length > 0 && (length-at)*w >= next {
				at += next / w
				side := pts[i].sub(pts[i-1]).unit().left().mul(8 * float64(1-2*s.intn(2)))
				put(home{at: pts[i-1].towards(pts[i], min(1, at/length)).add(side), lived: s.between(4, 20), from: -1})
				next = gap
			}
			next -= (length - at) * w
		}
	})
	return *homes
}

func (g *generator) footprint(mp orb.MultiPolygon) (at vec, area float64) {
	best := 0.0
	for _, poly := range mp {
		if len(poly) == 0 || len(poly[0]) < 4 {
			continue
		}
		r := make([]vec, 0, len(poly[0]))
		for _, p := range poly[0][:len(poly[0])-1] {
			r = append(r, g.frame.plane(p))
		}
		a := math.Abs(ringArea(r))
		area += a
		if a > best {
			best, at = a, innerPoint(r)
		}
	}
	return at, area
}

// nearStreet is how far from a street, in metres, a working day may begin.
const nearStreet = 120

// settle moves people into the homes.
func (g *generator) settle(x *osm.Extract) error {
	at := g.locator()
	walk, err := routing.NewEngine(x.Graph, routing.Foot())
	if err != nil {
		return fmt.Errorf("walk the extract's streets: %w", err)
	}
	var weights []float64
	people := 0.0
	for i, h := range g.mapped {
		f := at(h.at)
		if f < 0 {
			continue
		}
		w := g.faces[f]
		c := g.communities[w.community]
		b := building{
			id: fmt.Sprintf("B%06d", i+1), kind: "", units: 1, floors: 1,
			at: h.at, point: g.frame.spot(h.at).point(), where: w, place: c.place, lived: h.lived,
			address: c.name, remote: true,
		}
		if snap, err := walk.Snap(b.point, nearStreet); err == nil {
			b.remote = snap.Component != 0
		}
		if h.from >= 0 {
			src := x.Buildings[h.from]
			b.id, b.kind, b.name, b.floors = "B"+src.ID, src.Kind, src.Name, max(1, src.Levels)
			for k, poly := range src.Polygon {
				var rings [][]spot
				for _, ring := range poly {
					var r []spot
					for _, p := range ring[:max(0, len(ring)-1)] {
						r = append(r, spotOf(p))
					}
					rings = append(rings, r)
				}
				if k == 0 {
					b.rings = rings
				} else {
					b.more = append(b.more, rings)
				}
			}
			if b.name != "" {
				b.address += b.name
			}
		}
		g.buildings = append(g.buildings, b)
		weights = append(weights, h.lived)
		people += h.lived
	}
	n := int(math.Round(people))
	if n < 1 {
		return fmt.Errorf("no building and no street where people could live")
	}
	g.fill(newSource(g.opt.Seed, "people"), weights, n, int(math.Round(people/2.6)), n*209/1000, n*207/10000)
	return nil
}

// locator returns a function that finds the face in which a point lies, -1 if
// none.
func (g *generator) locator() func(vec) int32 {
	type box struct {
		lo, hi vec
		ring   []vec
	}
	boxes := make([]box, len(g.mesh.first))
	const cell = 400.0
	index := make(map[[2]int][]int32)
	key := func(v float64) int { return int(math.Floor(v / cell)) }
	for f := range boxes {
		_, ring := g.mesh.ring(int32(f))
		lo, hi := ringBounds(ring)
		boxes[f] = box{lo, hi, ring}
		for i := key(lo.x); i <= key(hi.x); i++ {
			for j := key(lo.y); j <= key(hi.y); j++ {
				index[[2]int{i, j}] = append(index[[2]int{i, j}], int32(f))
			}
		}
	}
	return func(p vec) int32 {
		for _, f := range index[[2]int{key(p.x), key(p.y)}] {
			b := &boxes[f]
			if p.x >= b.lo.x && p.x <= b.hi.x && p.y >= b.lo.y && p.y <= b.hi.y && inside(b.ring, p) {
				return f
			}
		}
		return -1
	}
}

// serviceOf tells what a mapped place gives; empty if nothing that counts here.
func serviceOf(tags map[string]string) string {
	switch tags["social_facility"] {
	case "food_bank", "soup_kitchen", "dairy_kitchen":
		return "meals"
	case "day_care", "nursing_home", "assisted_living", "group_home", "ambulatory_care", "outreach":
		if f := tags["social_facility:for"]; strings.Contains(f, "child") || strings.Contains(f, "orphan") || strings.Contains(f, "juvenile") {
			return "children_home"
		}
		return "day_care"
	}
	switch tags["healthcare"] {
	case "rehabilitation", "physiotherapist", "occupational_therapist", "speech_therapist":
		return "rehabilitation"
	case "clinic", "doctor", "hospital", "centre":
		return "clinic"
	}
	switch tags["amenity"] {
	case "clinic", "doctors", "hospital":
		return "clinic"
	case "nursing_home", "social_facility":
		return "day_care"
	case "community_centre", "social_centre", "canteen", "food_court":
		return "meals"
	case "public_bath":
		return "bathing"
	case "kindergarten", "childcare":
		return "children_home"
	}
	return ""
}

// mappedFacilities takes the facilities from the map; how many they serve is
// not known there, unless capacity is tagged.
func (g *generator) mappedFacilities(x *osm.Extract) {
	at := g.locator()
	chinese := make(map[string]string)
	for _, t := range data.Services {
		chinese[t.Key] = t.Chinese
	}
	for _, p := range x.Places {
		service := serviceOf(p.Tags)
		if service == "" || at(g.frame.plane(p.Point)) < 0 {
			continue
		}
		f := data.Facility{
			ID: "F" + p.ID, Name: strings.Join(strings.Fields(p.Name), " "), Service: service, Status: "open", Location: p.Point,
		}
		if f.Name == "" {
			f.Name = chinese[service]
		}
		var n int
		if _, err := fmt.Sscanf(p.Tags["capacity"], "%d", &n); err == nil && n > 0 && n < 100000 {
			f.Capacity = n
		}
		g.facilities = append(g.facilities, f)
	}
}
