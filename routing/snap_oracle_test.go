package routing_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sanse/routing"
	"sanse/routing/rtree"
)

// judge is the slow truth of snapping: it tries every segment of every edge
// against every line that may lie between.
type judge struct {
	edges     []routing.Edge
	worth     []int // by edge: 0 the largest component, 1 another of 5 km, 2 a fragment
	walls     []orb.LineString
	rivers    []orb.LineString
	waters    []orb.Polygon
	buildings []footprint
}

type footprint struct {
	outline   orb.Ring
	entrances []orb.Point
}

// verdict is a candidate: how it is barred (0 not, 1 by walls, 2 for good), what
// its component is worth, and what it costs.
type verdict struct {
	how, worth   int
	cost, metres float64
}

// judgeEdges fills in what the components are worth.
func (j *judge) judgeEdges(g *routing.Graph) {
	root := make([]int, g.Nodes())
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			i = root[i]
		}
		return i
	}
	g.EachEdge(func(e routing.Edge) bool {
		j.edges = append(j.edges, e)
		root[find(int(e.Tail))] = find(int(e.Head))
		return true
	})
	long := make(map[int]float64)
	most := 0.0
	for _, e := range j.edges {
		long[find(int(e.Tail))] += e.Metres
		most = max(most, long[find(int(e.Tail))])
	}
	for _, e := range j.edges {
		switch m := long[find(int(e.Tail))]; {
		case m == most:
			j.worth = append(j.worth, 0)
		case m >= 5000:
			j.worth = append(j.worth, 1)
		default:
			j.worth = append(j.worth, 2)
		}
	}
}

func grid(p orb.Point) (x, y int32) {
	return int32(math.Round(p[0] * 1e7)), int32(math.Round(p[1] * 1e7))
}

func crosses(a, b orb.Point, line []orb.Point) bool {
	ax, ay := grid(a)
	bx, by := grid(b)
	for i := 1; i < len(line); i++ {
		cx, cy := grid(line[i-1])
		dx, dy := grid(line[i])
		if rtree.Meet(ax, ay, bx, by, cx, cy, dx, dy) {
			return true
		}
	}
	return false
}

// holds is for boxes.
func holds(r orb.Ring, p orb.Point) bool {
	x, y := grid(p)
	x0, y0 := grid(r.Bound().Min)
	x1, y1 := grid(r.Bound().Max)
	return x0 <= x && x <= x1 && y0 <= y && y <= y1
}

// all lists every candidate for a place within a limit.
func (j *judge) all(p orb.Point, limit float64) []verdict {
	var out []verdict
	var own []int
	doors := 0
	for i, b := range j.buildings {
		if holds(b.outline, p) {
			own = append(own, i)
			doors += len(b.entrances)
		}
	}
	try := func(from orb.Point, base float64, door bool) {
		for i, e := range j.edges {
			for k := 1; k < len(e.Line); k++ {
				a, b := e.Line[k-1], e.Line[k]
				t := nearestOn(a, b, from)
				v := j.look(from, blend(a, b, t), base, own, doors > 0, door)
				v.worth = j.worth[i]
				if v.metres > limit {
					continue
				}
				out = append(out, v)
				if v.how == 0 && v.cost == v.metres {
					continue
				}
				for _, end := range []orb.Point{a, b} {
					v := j.look(from, end, base, own, doors > 0, door)
					v.worth = j.worth[i]
					if v.metres <= limit {
						out = append(out, v)
					}
				}
			}
		}
	}
	for _, i := range own {
		for _, d := range j.buildings[i].entrances {
			try(d, metresApart(p, d), true)
		}
	}
	try(p, 0, false)
	return out
}

func blend(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

func nearestOn(a, b, p orb.Point) float64 {
	ux, uy := (b[0]-a[0])/eastMetre, (b[1]-a[1])/northMetre
	px, py := (p[0]-a[0])/eastMetre, (p[1]-a[1])/northMetre
	if l := ux*ux + uy*uy; l > 0 {
		return min(1, max(0, (px*ux+py*uy)/l))
	}
	return 0
}

// look judges one straight way.
func (j *judge) look(from, to orb.Point, base float64, own []int, doors, door bool) verdict {
	d := metresApart(from, to)
	v := verdict{metres: base + d, cost: base + d}
	if d <= 0.6 {
		return v
	}
	a, b := blend(from, to, 0.3/d), blend(from, to, 1-0.3/d)
	for _, w := range j.walls {
		if crosses(a, b, w) {
			v.how = max(v.how, 1)
		}
	}
	for _, r := range j.rivers {
		if crosses(a, b, r) {
			v.how = 2
		}
	}
	for _, w := range j.waters {
		if crosses(a, b, w[0]) && !holds(w[0], from) {
			v.how = 2
		}
	}
	for i, f := range j.buildings {
		if !crosses(a, b, f.outline) {
			continue
		}
		mine := false
		for _, o := range own {
			mine = mine || o == i
		}
		switch {
		case mine && !doors:
		case mine && !door:
			v.how = 2
		default:
			v.cost += 30
		}
	}
	return v
}

// choose applies the rules in the order in which Engine.Snap documents them.
func choose(all []verdict) (verdict, bool) {
	least := func(how, worth int) (verdict, bool) {
		best, ok := verdict{cost: math.Inf(1)}, false
		for _, v := range all {
			if v.how == how && v.worth == worth && v.cost < best.cost {
				best, ok = v, true
			}
		}
		return best, ok
	}
	network := func(how int) (verdict, bool) {
		best, ok := least(how, 0)
		if other, found := least(how, 1); found && (!ok || best.cost > other.cost+100) {
			best, ok = other, true
		}
		return best, ok
	}
	open, ok := network(0)
	gated, behind := network(1)
	switch {
	case ok && (!behind || open.cost <= gated.cost+200):
		return open, true
	case behind:
		return gated, true
	}
	for _, best := range []func() (verdict, bool){
		func() (verdict, bool) { return least(0, 2) },
		func() (verdict, bool) { return least(1, 2) },
		func() (verdict, bool) { return network(2) },
		func() (verdict, bool) { return least(2, 2) },
	} {
		if v, ok := best(); ok {
			return v, true
		}
	}
	return verdict{}, false
}

// agrees tells whether a snap is the right one for a place or for one a few
// centimetres away: whether a way just touches something is a matter of rounding.
func (j *judge) agrees(p xy, limit float64, s routing.Snap, err error) (tried verdict, ok bool) {
	for i, near := range []xy{{0, 0}, {3, 1}, {-1, 3}, {-3, -1}, {1, -3}} {
		want, found := choose(j.all(ground(p[0]+near[0]/100, p[1]+near[1]/100), limit))
		if i == 0 {
			tried = want
		}
		if found == (err == nil) && (!found || s.Blocked == (want.how > 0) && math.Abs(s.Metres-want.metres) < 0.05) {
			return tried, true
		}
	}
	return tried, false
}

func TestSnappingEqualsTryingEverything(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newPlan(t)
		var j judge
		coord := rapid.Custom(func(rt *rapid.T) float64 { return float64(rapid.IntRange(-15000, 15000).Draw(rt, "cm")) / 100 })
		place := rapid.Custom(func(rt *rapid.T) xy { return xy{coord.Draw(rt, "x"), coord.Draw(rt, "y")} })
		w.street("district", xy{0, 200}, xy{0, 3000}, xy{0, 7000})
		if rapid.Bool().Draw(rt, "another network") {
			w.street("other", place.Draw(rt, "from"), xy{3000, -3000}, xy{6000, -3000})
		}
		for range rapid.IntRange(1, 6).Draw(rt, "streets") {
			line := rapid.SliceOfN(place, 2, 4).Draw(rt, "street")
			if rapid.Bool().Draw(rt, "joined") {
				line = append(line, xy{0, 200})
			}
			w.street("street", line...)
		}
		for range rapid.IntRange(0, 4).Draw(rt, "walls") {
			line := rapid.SliceOfN(place, 2, 4).Draw(rt, "wall")
			if rapid.IntRange(0, 3).Draw(rt, "kind") == 0 {
				w.obstacle(routing.ObstacleRailway, line...)
				j.rivers = append(j.rivers, onGround(line))
			} else {
				w.obstacle(routing.ObstacleWall, line...)
				j.walls = append(j.walls, onGround(line))
			}
		}
		aBox := func(name string) []xy {
			p := place.Draw(rt, name)
			return box(p[0], p[1], p[0]+float64(rapid.IntRange(500, 6000).Draw(rt, "width"))/100, p[1]+float64(rapid.IntRange(500, 6000).Draw(rt, "height"))/100)
		}
		if rapid.IntRange(0, 2).Draw(rt, "water") == 0 {
			b := aBox("water")
			p := orb.Polygon{onGround(b)}
			if err := w.b.AddWater(p); err != nil {
				rt.Fatal(err)
			}
			j.waters = append(j.waters, p)
		}
		for range rapid.IntRange(0, 4).Draw(rt, "buildings") {
			b := aBox("building")
			f := footprint{outline: onGround(b)}
			var doors []xy
			for range rapid.IntRange(0, 2).Draw(rt, "doors") {
				side, along := rapid.IntRange(0, 3).Draw(rt, "side"), rapid.Float64Range(0.1, 0.9).Draw(rt, "along")
				d := xy{b[side][0] + along*(b[side+1][0]-b[side][0]), b[side][1] + along*(b[side+1][1]-b[side][1])}
				// A metre out of the wall: on it, which side it is on is a
				// matter of rounding.
				centre := xy{(b[0][0] + b[2][0]) / 2, (b[0][1] + b[2][1]) / 2}
				d[0] += math.Copysign(1, d[0]-centre[0])
				d[1] += math.Copysign(1, d[1]-centre[1])
				doors = append(doors, d)
				x, y := grid(ground(d[0], d[1]))
				f.entrances = append(f.entrances, orb.Point{float64(x) / 1e7, float64(y) / 1e7})
			}
			w.building(b, doors...)
			j.buildings = append(j.buildings, f)
		}
		g := w.build()
		j.judgeEdges(g)
		e := engineOf(rt, g, routing.Foot())
		limit := rapid.SampledFrom([]float64{20, 60, 200, 400}).Draw(rt, "limit")
		for range 5 {
			p := place.Draw(rt, "place")
			at := ground(p[0], p[1])
			s, err := e.Snap(at, limit)
			if tried, ok := j.agrees(p, limit, s, err); !ok {
				rt.Fatalf("%v within %v m: %+v, %v, where the truth is %+v", p, limit, s, err, tried)
			}
		}
	})
}
