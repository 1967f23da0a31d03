package demo

import (
	"fmt"
	"math"
	"sort"

	"github.com/paulmach/orb"
)

// The published figures of the reference district.
const (
	demoCommunities = 83
	demoGrids       = 358
	demoMicroGrids  = 2091
	demoPeople      = 616000
	demoHouseholds  = 237000
	demoOver60      = 128711
	demoDisabled    = 12731
	demoVisitors    = 5300
	demoSquareM     = 380e6
)

// place is the kind of a neighbourhood.
type place uint8

const (
	village place = iota
	suburb
	inTown
	oldEstate
	migrants
)

func (p place) String() string {
	return [...]string{"village", "suburb", "town", "old_estate", "migrants_quarter"}[p]
}

// line is a cut through the ground and what became of it.
type line struct {
	kind  lineKind
	parts int // how many communities, grids or micro-grids it set apart
	place place
	name  string
	class string // highway value
}

type lineKind uint8

const (
	outlineLine lineKind = iota
	riverLine
	communityLine
	gridLine
	microLine
)

type town struct {
	code, name string
	urban      bool // 街道, else 镇
}

type community struct {
	code, name string
	town       int
	place      place
	centre     vec
	area       float64 // m²
	people     int     // wanted
	grids      []grid
	faces      []int32 // the community itself, before it is divided
}

type grid struct {
	code, name string
	special    string // school, park, market, works; empty for a common grid
	micro      []micro
	centre     vec
}

type micro struct {
	code, name string
	faces      []int32
	people     int // set from the buildings
}

// faceInfo says where a face of the mesh lies; -1 before that is decided.
type faceInfo struct{ town, community, grid, micro int32 }

// centre is something that draws people.
type centre struct {
	at     vec
	radius float64 // m
	dense  float64 // communities a km² in its middle
}

// landscape is where the towns of the made-up district are.
type landscape struct {
	centres []centre // the first is the district's own town
	base    float64
	twist   float64
}

func newLandscape(s *source) *landscape {
	l := &landscape{base: 1.0 / 8.5, twist: s.between(-.25, .25)}
	l.centres = append(l.centres, centre{vec{s.between(-900, 900), s.between(-700, 700)}, 3300, 1.05})
	start := s.between(0, 2*math.Pi)
	for i := range 5 {
		angle := start + (float64(i)+s.between(-.2, .2))*2*math.Pi/5
		r := s.between(6200, 7400)
		l.centres = append(l.centres, centre{vec{r * 1.18 * math.Cos(angle), r * .84 * math.Sin(angle)}, s.between(800, 1150), .8})
	}
	return l
}

// density is the number of communities a square metre should hold.
func (l *landscape) density(p vec) float64 {
	d := l.base
	for i, c := range l.centres {
		r := p.dist(c.at) / c.radius
		k := c.dense / (1 + math.Pow(r, 7))
		if i == 0 {
			k += .42 / (1 + math.Pow(r/1.45, 9))
		}
		d += k
	}
	return d / 1e6
}

// urban is 1 where streets are straight and 0 where they wind.
func (l *landscape) urban(p vec) float64 {
	u := 0.0
	for i, c := range l.centres {
		r := p.dist(c.at) / c.radius
		if i == 0 {
			r /= 1.4
		}
		u = max(u, 1/(1+math.Pow(r, 8)))
	}
	return u
}

// bearing is the direction of the streets: each town has its own.
func (l *landscape) bearing(p vec) float64 {
	best, at := math.Inf(1), 0
	for i, c := range l.centres {
		if d := p.dist(c.at) / c.radius; d < best {
			best, at = d, i
		}
	}
	q := p.sub(l.centres[at].at).mul(1 / l.centres[at].radius)
	return l.twist + float64(at)*.37 + .16*math.Sin(q.x*.9) + .1*math.Sin(q.y*1.3+1)
}

// outline draws the border of the district: a wide, winding ring of the right
// area around the origin.
func (g *generator) outline(s *source) []spot {
	type wave struct{ k, a, phase float64 }
	var waves []wave
	for k := 2; k <= 64; k++ {
		a := .19 / math.Pow(float64(k), 1.12)
		waves = append(waves, wave{float64(k), a * s.between(.3, 1.2), s.between(0, 2*math.Pi)})
	}
	shape := func(scale float64) []vec {
		const n = 620
		ring := make([]vec, n)
		for i := range ring {
			phi := 2 * math.Pi * float64(i) / n
			r := 1.0
			for _, w := range waves {
				r += w.a * math.Sin(w.k*phi+w.phase)
			}
			ring[i] = vec{scale * 1.2 * r * math.Cos(phi), scale * .88 * r * math.Sin(phi)}
		}
		return ring
	}
	scale := math.Sqrt(demoSquareM / ringArea(shape(1)))
	var spots []spot
	for _, p := range shape(scale) {
		if q := g.frame.spot(p); len(spots) == 0 || q != spots[len(spots)-1] {
			spots = append(spots, q)
		}
	}
	return spots
}

// ground lays out the areas of the made-up district.
func (g *generator) ground() error {
	s := newSource(g.opt.Seed, "ground")
	g.frame = newFrame(orb.Point{104.3, 30.8})
	g.mesh = newMesh(g.frame)
	land := newLandscape(s)
	g.lines = []line{{kind: outlineLine}, {kind: riverLine, name: "示河"}}
	var ring []int32
	for _, p := range g.outline(s) {
		ring = append(ring, g.mesh.addNode(p))
	}
	if err := g.mesh.addFaces([][]int32{ring}, 0); err != nil {
		return err
	}
	cut := &cutter{m: g.mesh, rng: s, weight: land.density, urban: land.urban, bear: land.bearing, river: 1}

	// The river first: areas end at it, and streets cross it only where a
	// bridge is built.
	east, share, err := g.cutRiver(cut, land, s)
	if err != nil {
		return err
	}
	west := int(math.Round(share * demoCommunities))
	cuts := func(kind lineKind) func(int, vec) int32 {
		return func(k int, at vec) int32 {
			p := village
			if land.urban(at) > .5 {
				p = inTown
			}
			g.lines = append(g.lines, line{kind: kind, parts: k, place: p})
			return int32(len(g.lines) - 1)
		}
	}
	var parts []int32
	for _, side := range []struct {
		face int32
		k    int
	}{{0, west}, {east, demoCommunities - west}} {
		out, err := cut.divide(side.face, side.k, cuts(communityLine))
		if err != nil {
			return fmt.Errorf("communities: %w", err)
		}
		parts = append(parts, out...)
	}
	for _, face := range parts {
		_, ring := g.mesh.ring(face)
		c := community{centre: innerPoint(ring), area: ringArea(ring), faces: []int32{face}}
		c.place = g.placeOf(land, c)
		g.communities = append(g.communities, c)
	}
	g.markQuarters(land)
	g.groupTowns(land)
	weights := make([]float64, len(g.communities))
	for i, c := range g.communities {
		w := map[place]float64{inTown: 13200, suburb: 8200, village: 2300, oldEstate: 11000, migrants: 15000}[c.place]
		weights[i] = w * s.between(.85, 1.15)
	}
	people := apportion(demoPeople, weights, nil)
	for i := range g.communities {
		g.communities[i].people = people[i]
		weights[i] = math.Pow(float64(people[i]), .62)
	}
	least := make([]int, len(g.communities))
	for i := range least {
		least[i] = 2
	}
	if err := g.subdivide(cut, weights, least, demoGrids, demoMicroGrids, cuts); err != nil {
		return err
	}
	g.nameAreas(newSource(g.opt.Seed, "names"))
	g.markSpecial(newSource(g.opt.Seed, "special"))
	return nil
}

// cutRiver lays the river past the town, from border to border.
func (g *generator) cutRiver(cut *cutter, land *landscape, s *source) (int32, float64, error) {
	edges, ring := g.mesh.ring(0)
	pts, ws := cut.samples(ring)
	core := land.centres[0]
	for range 60 {
		angle := s.between(1.15, 2.0)
		d := heading(angle)
		off := d.left().dot(core.at) - core.radius*s.between(.62, .8)
		cands := cut.across(ring, pts, ws, 1, .5, d, off, 1, 0)
		if len(cands) != 1 {
			continue
		}
		c := cands[0]
		n := int(c.a.p.dist(c.b.p) / 75)
		side := c.b.p.sub(c.a.p).unit().left()
		p1, p2 := s.between(0, 6.28), s.between(0, 6.28)
		path := []vec{c.a.p}
		var spots []spot
		for i := 1; i <= n; i++ {
			t := float64(i) / float64(n+1)
			w := 640*math.Sin(2*math.Pi*t*2.6+p1) + 260*math.Sin(2*math.Pi*t*6.3+p2)
			q := g.frame.spot(c.a.p.towards(c.b.p, t).add(side.mul(w * min(1, 6*min(t, 1-t)))))
			spots = append(spots, q)
			path = append(path, g.frame.at(q))
		}
		path = append(path, c.b.p)
		if !cut.clear(edges, ring, c.a, c.b, path, false) {
			continue
		}
		other := cut.apply(edges, c, spots, 1)
		return other, cut.kept(0, pts, ws), nil
	}
	return 0, 0, fmt.Errorf("the river finds no way through")
}

func (g *generator) placeOf(land *landscape, c community) place {
	switch d := 1e6 / c.area; {
	case d > .52 && land.urban(c.centre) > .5:
		return inTown
	case d > .25:
		return suburb
	}
	return village
}

// markQuarters turns some communities of the town into old estates, near its
// middle, and into quarters of migrants, at its edge.
func (g *generator) markQuarters(land *landscape) {
	core := land.centres[0]
	mark := func(from place, to place, n int, far float64) {
		var idx []int
		for i, c := range g.communities {
			if c.place == from {
				idx = append(idx, i)
			}
		}
		key := func(i int) float64 { return math.Abs(g.communities[i].centre.dist(core.at) - far*core.radius) }
		sort.SliceStable(idx, func(a, b int) bool { return key(idx[a]) < key(idx[b]) })
		for _, i := range idx[:min(n, len(idx))] {
			g.communities[i].place = to
		}
	}
	mark(inTown, oldEstate, 3, .15)
	mark(inTown, migrants, 2, .95)
}

// neighbours returns, for every community, the length of the border that it
// shares with each other.
func (g *generator) neighbours(label []int32) map[[2]int32]float64 {
	out := make(map[[2]int32]float64)
	for e, h := range g.mesh.edges {
		t := g.mesh.edges[h.twin]
		if h.face < 0 || t.face < 0 || int(h.twin) < e {
			continue
		}
		a, b := label[h.face], label[t.face]
		if a == b {
			continue
		}
		k := 1.0
		if g.lines[h.line].kind == riverLine {
			k = .001 // towns do not like to lie across the river
		}
		d := k * g.mesh.pts[h.from].dist(g.mesh.pts[t.from])
		out[[2]int32{min(a, b), max(a, b)}] += d
	}
	return out
}

// groupTowns joins communities into two streets around the middle of the town
// and five towns around theirs, growing each from its seed.
func (g *generator) groupTowns(land *landscape) {
	n := len(g.communities)
	label := make([]int32, len(g.mesh.first))
	for i, c := range g.communities {
		for _, f := range c.faces {
			label[f] = int32(i)
		}
	}
	borders := g.neighbours(label)
	seeds := make([]vec, 0, 7)
	core := land.centres[0]
	axis := heading(land.twist).mul(core.radius * .45)
	seeds = append(seeds, core.at.sub(axis), core.at.add(axis))
	for _, c := range land.centres[1:] {
		seeds = append(seeds, c.at)
	}
	g.towns = make([]town, len(seeds))
	size := make([]int, len(seeds))
	const limit = 13
	for i := range g.communities {
		g.communities[i].town = -1
	}
	for t, at := range seeds {
		g.towns[t].urban = t < 2
		best, bestD := -1, math.Inf(1)
		for i, c := range g.communities {
			if d := c.centre.dist(at); c.town < 0 && d < bestD {
				best, bestD = i, d
			}
		}
		g.communities[best].town = t
		size[t] = 1
	}
	for done := len(seeds); done < n; done++ {
		bestI, bestT, bestD := -1, -1, math.Inf(1)
		for pair, shared := range borders {
			for _, way := range [2][2]int32{{pair[0], pair[1]}, {pair[1], pair[0]}} {
				from, to := &g.communities[way[0]], &g.communities[way[1]]
				if from.town < 0 || to.town >= 0 || shared < 20 {
					continue
				}
				t := from.town
				scale := 1.0
				if t < 2 {
					scale = .42 // the streets stay small
				}
				d := to.centre.dist(seeds[t])/scale + 550*float64(size[t]) + 3000*max(0, float64(size[t]-limit))
				// A map has no order; ties and rounding must not show.
				if d < bestD || d == bestD && (int(way[1]) < bestI || int(way[1]) == bestI && t < bestT) {
					bestI, bestT, bestD = int(way[1]), t, d
				}
			}
		}
		if bestI < 0 {
			// Only the river parts it from the rest.
			for i, c := range g.communities {
				if c.town < 0 {
					bestI = i
					break
				}
			}
			for t, at := range seeds {
				if d := g.communities[bestI].centre.dist(at); d < bestD {
					bestT, bestD = t, d
				}
			}
		}
		g.communities[bestI].town = bestT
		size[bestT]++
	}
}

// subdivide cuts every community into grids and these into micro-grids: so
// many in all, by the weights of the communities, each community at least its
// least number of grids.
func (g *generator) subdivide(cut *cutter, weights []float64, least []int, grids, micros int, cuts func(lineKind) func(int, vec) int32) error {
	counts := apportionFrom(grids, weights, least)
	var gridWeights []float64
	var gridLeast []int
	for i, k := range counts {
		for range k {
			gridWeights = append(gridWeights, math.Sqrt(float64(max(1, g.communities[i].people))/float64(k)))
			gridLeast = append(gridLeast, 2)
		}
	}
	microCounts := apportionFrom(micros, gridWeights, gridLeast)
	cut.weight = func(vec) float64 { return 1 }
	next := 0
	for i := range g.communities {
		c := &g.communities[i]
		if cut.homesOf != nil {
			cut.homes = cut.homesOf(i)
		}
		groups, err := g.splitParts(cut, c.faces, counts[i], cuts(gridLine))
		if err != nil {
			return fmt.Errorf("grids of community %d: %w", i, err)
		}
		for _, faces := range groups {
			_, ring := g.mesh.ring(faces[0])
			gr := grid{centre: innerPoint(ring)}
			cells, err := g.splitParts(cut, faces, microCounts[next], cuts(microLine))
			if err != nil {
				return fmt.Errorf("micro-grids of community %d: %w", i, err)
			}
			next++
			for _, f := range cells {
				gr.micro = append(gr.micro, micro{faces: f})
			}
			c.grids = append(c.grids, gr)
		}
	}
	g.sortAreas()
	g.indexFaces()
	return nil
}

// splitParts divides faces that belong together into k groups: the parts share
// the cuts by their area, and the small ones stay with the nearest other.
func (g *generator) splitParts(cut *cutter, faces []int32, k int, newLine func(int, vec) int32) ([][]int32, error) {
	type part struct {
		face  int32
		area  float64
		at    vec
		parts int
	}
	parts := make([]part, len(faces))
	all := 0.0
	for i, f := range faces {
		_, ring := g.mesh.ring(f)
		parts[i] = part{face: f, area: ringArea(ring), at: innerPoint(ring)}
		all += parts[i].area
	}
	sort.SliceStable(parts, func(i, j int) bool { return parts[i].area > parts[j].area })
	left := k
	for i := range parts {
		if n := int(parts[i].area / all * float64(k)); n > 0 {
			parts[i].parts = min(n, left)
			left -= parts[i].parts
		}
	}
	parts[0].parts += left
	var out [][]int32
	var at []vec
	for _, p := range parts {
		if p.parts == 0 {
			best, bestD := 0, math.Inf(1)
			for i := range out {
				if d := at[i].dist(p.at); d < bestD {
					best, bestD = i, d
				}
			}
			out[best] = append(out[best], p.face)
			continue
		}
		pieces, err := cut.divide(p.face, p.parts, newLine)
		if err != nil {
			return nil, err
		}
		for _, f := range pieces {
			_, ring := g.mesh.ring(f)
			out = append(out, []int32{f})
			at = append(at, innerPoint(ring))
		}
	}
	return out, nil
}

// indexFaces notes for every face where it lies.
func (g *generator) indexFaces() {
	g.faces = make([]faceInfo, len(g.mesh.first))
	for i := range g.faces {
		g.faces[i] = faceInfo{-1, -1, -1, -1}
	}
	for ci, c := range g.communities {
		for gi, gr := range c.grids {
			for mi, mc := range gr.micro {
				for _, f := range mc.faces {
					g.faces[f] = faceInfo{int32(c.town), int32(ci), int32(gi), int32(mi)}
				}
			}
		}
	}
}

// sortAreas orders the areas of each level from north-west to south-east, as
// codes are given out.
func (g *generator) sortAreas() {
	key := func(p vec) float64 { return p.x - 1.6*p.y }
	sort.SliceStable(g.communities, func(i, j int) bool {
		a, b := g.communities[i], g.communities[j]
		return a.town < b.town || a.town == b.town && key(a.centre) < key(b.centre)
	})
	for _, c := range g.communities {
		sort.SliceStable(c.grids, func(i, j int) bool { return key(c.grids[i].centre) < key(c.grids[j].centre) })
		for _, gr := range c.grids {
			at := func(m micro) float64 {
				_, ring := g.mesh.ring(m.faces[0])
				return key(innerPoint(ring))
			}
			sort.SliceStable(gr.micro, func(i, j int) bool { return at(gr.micro[i]) < at(gr.micro[j]) })
		}
	}
}

// apportion shares total out by weight to whole numbers (largest remainder),
// none above its cap if caps are given. The caps must leave room.
func apportion(total int, weights []float64, caps []int) []int {
	out := make([]int, len(weights))
	open := make([]int, len(weights))
	for i := range open {
		open[i] = i
	}
	for total > 0 && len(open) > 0 {
		sum := 0.0
		for _, i := range open {
			sum += weights[i]
		}
		if sum <= 0 {
			break
		}
		type rest struct {
			i int
			r float64
		}
		var rests []rest
		given := 0
		for _, i := range open {
			x := float64(total) * weights[i] / sum
			n := int(x)
			if caps != nil {
				n = min(n, caps[i]-out[i])
			}
			given += n
			rests = append(rests, rest{i, x - float64(int(x))})
			out[i] += n
		}
		sort.SliceStable(rests, func(a, b int) bool { return rests[a].r > rests[b].r })
		for _, r := range rests {
			if given == total {
				break
			}
			if weights[r.i] > 0 && (caps == nil || out[r.i] < caps[r.i]) {
				out[r.i]++
				given++
			}
		}
		if given == 0 {
			break
		}
		total -= given
		var still []int
		for _, i := range open {
			if weights[i] > 0 && (caps == nil || out[i] < caps[i]) {
				still = append(still, i)
			}
		}
		open = still
	}
	return out
}

// apportionFrom shares total out by weight, each at least its least.
func apportionFrom(total int, weights []float64, least []int) []int {
	out := append([]int(nil), least...)
	given := 0
	for _, n := range least {
		given += n
	}
	for ; given < total; given++ {
		best, bestR := 0, -1.0
		for i, w := range weights {
			if r := w / (float64(out[i]) + .5); r > bestR {
				best, bestR = i, r
			}
		}
		out[best]++
	}
	return out
}
