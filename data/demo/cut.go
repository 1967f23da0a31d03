package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
)

// cutter splits faces of a mesh in two, again and again, along lines that look
// like roads: straight and square to the streets in a town, winding in the
// fields.
type cutter struct {
	m      *mesh
	rng    *source
	weight func(vec) float64 // what is shared out, a square metre
	urban  func(vec) float64 // 0 in the fields to 1 in the town
	bear   func(vec) float64 // the direction of the streets, radians
	river  int32             // the line that streets keep off, -1 if there is none
	homes  []vec             // if set, what is shared out: weight counts for little then
	// homesOf, if set, gives the homes of a community before it is divided.
	homesOf func(community int) []vec
}

// joint is where a cut meets the ring of a face: in edge i, at share t of its
// length; t = 0 is the node where the edge begins.
type joint struct {
	i int
	t float64
	p vec
}

type candidate struct {
	a, b  joint
	share float64 // of the weight, left of a→b
	score float64
}

// divide splits a face into k faces of about the same weight. newLine is
// called for every cut with the number of parts that it sets apart.
func (c *cutter) divide(face int32, k int, newLine func(k int, at vec) int32) ([]int32, error) {
	if k <= 1 {
		return []int32{face}, nil
	}
	other, share, err := c.split(face, float64(k/2)/float64(k), func(at vec) int32 { return newLine(k, at) })
	if err != nil {
		return nil, err
	}
	k1 := min(k-1, max(1, int(math.Round(float64(k)*share))))
	out, err := c.divide(face, k1, newLine)
	if err != nil {
		return nil, err
	}
	rest, err := c.divide(other, k-k1, newLine)
	return append(out, rest...), err
}

// split cuts a face so that about the given share of its weight stays, and
// returns the new face and the share that the old one kept.
func (c *cutter) split(face int32, want float64, line func(at vec) int32) (int32, float64, error) {
	edges, ring := c.m.ring(face)
	pts, ws := c.samples(ring)
	centre := innerPoint(ring)
	cands := c.candidates(ring, pts, ws, want, centre)
	for _, strict := range []bool{true, false} {
		for _, cand := range cands {
			cand.a, cand.b = c.settle(edges, ring, cand.a), c.settle(edges, ring, cand.b)
			if path, ok := c.path(edges, ring, cand, strict); ok {
				other := c.apply(edges, cand, path, line(centre))
				return other, c.kept(face, pts, ws), nil
			}
		}
	}
	// Any chord will do: from corner to corner, or to the middle of an edge.
	for _, cand := range c.chords(ring, pts, ws, want) {
		if path, ok := c.path(edges, ring, cand, false); ok {
			other := c.apply(edges, cand, path, line(centre))
			return other, c.kept(face, pts, ws), nil
		}
	}
	p := c.m.frame.spot(centre).point()
	return 0, 0, fmt.Errorf("split area near %.5f, %.5f: no line divides it", p[0], p[1])
}

func (c *cutter) apply(edges []int32, cand candidate, path []spot, line int32) int32 {
	// Split the later edge first: the earlier keeps its index either way.
	node := func(j joint) int32 {
		e := edges[j.i]
		if j.t == 0 {
			return e
		}
		c.m.splitEdge(e, c.m.frame.spot(j.p))
		return c.m.edges[e].next
	}
	hu := node(cand.a)
	hv := node(cand.b)
	inner := make([]int32, len(path))
	for i, s := range path {
		inner[i] = c.m.addNode(s)
	}
	return c.m.splitFace(hu, hv, inner, line)
}

func (c *cutter) kept(face int32, pts []vec, ws []float64) float64 {
	_, ring := c.m.ring(face)
	in, all := 0.0, 0.0
	for i, p := range pts {
		all += ws[i]
		if inside(ring, p) {
			in += ws[i]
		}
	}
	if all == 0 {
		return .5
	}
	return in / all
}

// samples returns some hundred points spread over the ring and the weight of
// each.
func (c *cutter) samples(ring []vec) ([]vec, []float64) {
	lo, hi := ringBounds(ring)
	area := math.Abs(ringArea(ring))
	n := 220.0
	if area > 2e7 {
		n = 1000
	}
	step := math.Sqrt(max(area, 1) / n)
	if (hi.x-lo.x)*(hi.y-lo.y)/(step*step) > 40*n {
		step = math.Sqrt((hi.x - lo.x) * (hi.y - lo.y) / (40 * n))
	}
	var pts []vec
	var ws []float64
	for y := lo.y + step/2; y < hi.y; y += step {
		for x := lo.x + step/2; x < hi.x; x += step {
			if p := (vec{x, y}); inside(ring, p) {
				pts = append(pts, p)
				ws = append(ws, c.weight(p))
			}
		}
	}
	if c.homes == nil {
		return pts, ws
	}
	// The ground itself counts a tenth as much as the homes on it.
	var in []vec
	for _, h := range c.homes {
		if h.x >= lo.x && h.x <= hi.x && h.y >= lo.y && h.y <= hi.y && inside(ring, h) {
			in = append(in, h)
		}
	}
	in = thin(in, 1200)
	for i := range ws {
		ws[i] = .1 * max(1, float64(len(in))) / float64(len(ws))
	}
	for _, h := range in {
		pts, ws = append(pts, h), append(ws, 1)
	}
	return pts, ws
}

// candidates returns lines across the ring that leave the wanted share on one
// side, best first.
func (c *cutter) candidates(ring, pts []vec, ws []float64, want float64, centre vec) []candidate {
	if len(pts) < 4 {
		return nil
	}
	urban, bear := c.urban(centre), c.bear(centre)
	type turn struct{ angle, cost float64 }
	var turns []turn
	for _, quarter := range []float64{0, math.Pi / 2} {
		for _, off := range []float64{0, -.05, .05} {
			turns = append(turns, turn{bear + quarter + off + c.rng.between(-.02, .02), math.Abs(off) * 2 * urban})
		}
	}
	phase := c.rng.between(0, math.Pi/10)
	for i := range 10 {
		turns = append(turns, turn{phase + float64(i)*math.Pi/10, .9 * urban})
	}
	all := 0.0
	for _, w := range ws {
		all += w
	}
	scale := math.Sqrt(math.Abs(ringArea(ring)))
	type keyed struct {
		at float64
		i  int
	}
	order := make([]keyed, len(pts))
	var out []candidate
	for _, t := range turns {
		d := heading(t.angle)
		n := d.left()
		for i, p := range pts {
			order[i] = keyed{n.dot(p), i}
		}
		slices.SortFunc(order, func(a, b keyed) int {
			if c := cmp.Compare(a.at, b.at); c != 0 {
				return c
			}
			return a.i - b.i
		})
		for _, share := range []float64{want, 1 - want} {
			sum, offset := 0.0, 0.0
			for k, o := range order {
				sum += ws[o.i]
				if sum >= share*all {
					offset = o.at
					if k+1 < len(order) {
						offset = (offset + order[k+1].at) / 2
					}
					break
				}
			}
			out = append(out, c.across(ring, pts, ws, all, want, d, offset, scale, t.cost)...)
			if want == .5 {
				break
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].score < out[j].score })
	return out
}

// across returns the chords that the line with normal d.left() and the given
// offset cuts out of the ring.
func (c *cutter) across(ring, pts []vec, ws []float64, all, want float64, d vec, offset, scale, cost float64) []candidate {
	n := d.left()
	var hits []joint
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sp, sq := n.dot(p)-offset, n.dot(q)-offset
		if (sp < 0) == (sq < 0) {
			continue
		}
		t := sp / (sp - sq)
		hits = append(hits, joint{i, t, p.towards(q, t)})
	}
	sort.SliceStable(hits, func(i, j int) bool { return d.dot(hits[i].p) < d.dot(hits[j].p) })
	var out []candidate
	tried := 0
	for k := 0; k+1 < len(hits); k += 2 {
		a, b := hits[k], hits[k+1]
		length := a.p.dist(b.p)
		if length < scale*.02 || tried > 4 {
			continue
		}
		tried++
		side := part(ring, a, b)
		rough := thin(side, 160)
		inA := 0.0
		var ma, mb moments
		for i, p := range pts {
			var in bool
			if len(hits) == 2 {
				in = n.dot(p)-offset < 0 == (n.dot(side[1])-offset < 0)
			} else {
				in = inside(rough, p)
			}
			if in {
				inA += ws[i]
				ma.add(p)
			} else {
				mb.add(p)
			}
		}
		share := inA / all
		off := min(math.Abs(share-want), math.Abs(share-(1-want)))
		score := length/scale + .35*(ma.stretch()+mb.stretch()) + 6*off + cost
		out = append(out, candidate{a: a, b: b, share: share, score: score})
	}
	return out
}

// part returns the part of the ring from a on to b.
func part(ring []vec, a, b joint) []vec {
	out := []vec{a.p}
	for i := (a.i + 1) % len(ring); ; i = (i + 1) % len(ring) {
		out = append(out, ring[i])
		if i == b.i {
			break
		}
	}
	return append(out, b.p)
}

// thin leaves out points of a ring, evenly, down to about n.
func thin(ring []vec, n int) []vec {
	if len(ring) <= n {
		return ring
	}
	out := make([]vec, n)
	for i := range out {
		out[i] = ring[i*len(ring)/n]
	}
	return out
}

// moments measures how long a cloud of points is for its width.
type moments struct{ n, x, y, xx, yy, xy float64 }

func (m *moments) add(p vec) {
	m.n++
	m.x += p.x
	m.y += p.y
	m.xx += p.x * p.x
	m.yy += p.y * p.y
	m.xy += p.x * p.y
}

// stretch is 1 for a round cloud and length over width for a long one, at most 6.
func (m *moments) stretch() float64 {
	if m.n < 3 {
		return 6
	}
	xx := m.xx/m.n - m.x/m.n*m.x/m.n
	yy := m.yy/m.n - m.y/m.n*m.y/m.n
	xy := m.xy/m.n - m.x/m.n*m.y/m.n
	mid, r := (xx+yy)/2, math.Hypot((xx-yy)/2, xy)
	if mid-r <= 0 {
		return 6
	}
	return min(6, math.Sqrt((mid+r)/(mid-r)))
}

// settle moves a joint to a junction or a node nearby, so that streets cross
// rather than miss each other by a few metres.
func (c *cutter) settle(edges []int32, ring []vec, j joint) joint {
	n := len(ring)
	scale := math.Sqrt(math.Abs(ringArea(ring)))
	reach := min(70, scale*.12)
	near := min(14, scale*.05)
	best, bestD := j, math.Inf(1)
	try := func(i int) {
		d := ring[i].dist(j.p)
		node := c.m.edges[edges[i]].from
		if d > reach || c.m.deg[node] < 3 && d > near || c.twice(edges, node) {
			return
		}
		if c.touchesRiver(edges, i) && c.m.deg[node] > 4 {
			return
		}
		if d < bestD {
			best, bestD = joint{i, 0, ring[i]}, d
		}
	}
	for k, i := 0, j.i; k < n/2 && k < 12; k, i = k+1, (i+n-1)%n {
		try(i)
	}
	for k, i := 0, (j.i+1)%n; k < n/2 && k < 12; k, i = k+1, (i+1)%n {
		try(i)
	}
	return best
}

func (c *cutter) twice(edges []int32, node int32) bool {
	k := 0
	for _, e := range edges {
		if c.m.edges[e].from == node {
			k++
		}
	}
	return k > 1
}

func (c *cutter) touchesRiver(edges []int32, i int) bool {
	return c.river >= 0 && (c.m.edges[edges[i]].line == c.river || c.m.edges[edges[(i+len(edges)-1)%len(edges)]].line == c.river)
}

// path draws the cut, as winding as fits, and says whether it stays inside and
// clear of the ring. It returns the nodes between its ends.
func (c *cutter) path(edges []int32, ring []vec, cand candidate, strict bool) ([]spot, bool) {
	a, b := cand.a, cand.b
	n := len(ring)
	length := a.p.dist(b.p)
	if length < 1 || a.t == 0 && b.t == 0 && (a.i == b.i || (a.i+1)%n == b.i || (b.i+1)%n == a.i) || a.i == b.i {
		return nil, false
	}
	// An edge and its own end are too close to be joined.
	if a.t == 0 && (b.i == a.i || (b.i+1)%n == a.i) || b.t == 0 && (a.i == b.i || (a.i+1)%n == b.i) {
		return nil, false
	}
	if strict && (c.nearRiverEnd(edges, ring, a) || c.nearRiverEnd(edges, ring, b)) {
		return nil, false
	}
	urban := c.urban(a.p.towards(b.p, .5))
	amp := (.012 + .06*(1-urban)) * min(length, 2500)
	step := 90 + 70*(1-urban)
	if length > 6000 {
		step *= 1.4
	}
	k := int(length / step)
	side := b.p.sub(a.p).unit().left()
	p1, p2, p3 := c.rng.between(0, 2*math.Pi), c.rng.between(0, 2*math.Pi), c.rng.between(0, 2*math.Pi)
	waves := max(1, length/1800)
	for try := range 4 {
		scale := amp * []float64{1, .5, .2, 0}[try]
		pts := []vec{a.p}
		var spots []spot
		for i := 1; i <= k; i++ {
			t := float64(i) / float64(k+1)
			w := math.Sin(2*math.Pi*t*waves*.5+p1) + .5*math.Sin(2*math.Pi*t*waves*1.3+p2) + .25*math.Sin(2*math.Pi*t*waves*2.9+p3)
			taper := min(1, 4*min(t, 1-t))
			s := c.m.frame.spot(a.p.towards(b.p, t).add(side.mul(scale * w * .6 * taper)))
			spots = append(spots, s)
			pts = append(pts, c.m.frame.at(s))
		}
		pts = append(pts, b.p)
		if c.clear(edges, ring, a, b, pts, strict) {
			return spots, true
		}
	}
	return nil, false
}

// nearRiverEnd tells whether a joint lies on a street so close to the river
// that no junction fits between it and the bank.
func (c *cutter) nearRiverEnd(edges []int32, ring []vec, j joint) bool {
	if c.river < 0 || c.m.edges[edges[j.i]].line == c.river || j.t == 0 && c.touchesRiver(edges, j.i) {
		return false
	}
	for i := range ring {
		if c.m.edges[edges[i]].line != c.river {
			continue
		}
		if _, d := footOn(ring[i], ring[(i+1)%len(ring)], j.p); d < 95 {
			return true
		}
	}
	return false
}

func (c *cutter) clear(edges []int32, ring []vec, a, b joint, pts []vec, strict bool) bool {
	n := len(ring)
	touches := func(j joint, i int) bool {
		return i == j.i || j.t == 0 && (i+1)%n == j.i
	}
	last := len(pts) - 2
	for s := 0; s <= last; s++ {
		for i := range ring {
			if s == 0 && touches(a, i) || s == last && touches(b, i) {
				continue
			}
			if meets(pts[s], pts[s+1], ring[i], ring[(i+1)%n]) {
				return false
			}
		}
	}
	if !inside(ring, pts[0].towards(pts[1], .5)) || !inside(ring, pts[last].towards(pts[last+1], .5)) {
		return false
	}
	if !inside(ring, pts[0].towards(pts[1], .02)) || !inside(ring, pts[last+1].towards(pts[last], .02)) {
		return false
	}
	keep, slope := 25.0, .35
	if !strict {
		keep, slope = 2, .05
	}
	check := func(p vec) bool {
		s := min(p.dist(a.p), p.dist(b.p))
		for i := range ring {
			_, d := footOn(ring[i], ring[(i+1)%n], p)
			if d < min(keep, slope*s) {
				return false
			}
			if strict && c.river >= 0 && c.m.edges[edges[i]].line == c.river && d < min(110, .7*s) {
				return false
			}
		}
		return true
	}
	for s := 0; s <= last; s++ {
		for _, t := range []float64{.15, .4, .7, 1} {
			if s == last && t == 1 {
				continue
			}
			if !check(pts[s].towards(pts[s+1], t)) {
				return false
			}
		}
	}
	return true
}

// chords returns straight cuts between corners and edge middles, best balanced
// first: the last resort for awkward shapes.
func (c *cutter) chords(ring, pts []vec, ws []float64, want float64) []candidate {
	n := len(ring)
	stride := max(1, n/60)
	var ends []joint
	for i := 0; i < n; i += stride {
		ends = append(ends, joint{i, 0, ring[i]}, joint{i, .5, ring[i].towards(ring[(i+1)%n], .5)})
	}
	whole := math.Abs(ringArea(ring))
	var out []candidate
	for x := range ends {
		for y := x + 1; y < len(ends); y++ {
			share := math.Abs(ringArea(part(ring, ends[x], ends[y]))) / max(whole, 1e-9)
			if share <= .01 || share >= .99 {
				continue
			}
			off := min(math.Abs(share-want), math.Abs(share-(1-want)))
			out = append(out, candidate{a: ends[x], b: ends[y], share: share, score: off + .2*ends[x].p.dist(ends[y].p)/math.Sqrt(whole)})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].score < out[j].score })
	return out
}
