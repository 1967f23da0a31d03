package overlay

import (
	"cmp"
	"container/heap"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// How a drawn line is matched to streets.
const (
	anchorMetres  = 60.0 // between places of the line that are matched one by one
	sampleMetres  = 4.0  // between places of a street whose distance to the line is looked at
	maxCandidates = 8    // streets a place of the line may be on
	// A match much longer or shorter than the line is none.
	maxLonger, maxShorter, maxSlack = 1.4, 0.7, 25.0
	maxAnchors                      = 500
)

// follow finds the stretches of streets that a line runs along: the way between
// its ends over streets that stay within nearMetres of it, which strays least.
// Several ways, such as the two sides of a street, are several changes.
func (s *streets) follow(line orb.LineString, usable func(*piece) bool) ([]followed, error) {
	p := planeAt(line[0])
	whole := p.length(line)
	steps := max(2, int(math.Ceil(whole/anchorMetres)))
	if steps > maxAnchors {
		return nil, fmt.Errorf("its line of %.0f km is too long to be one change", whole/1000)
	}
	f := s.newCorridor(line, usable)
	var layers [][]state
	for i := range steps + 1 {
		q := p.at(line, whole*float64(i)/float64(steps))
		spots := s.near(q, nearMetres, usable)
		if len(spots) == 0 {
			return nil, fmt.Errorf("%.0f m along its line there is no such street within %.0f m", whole*float64(i)/float64(steps), nearMetres)
		}
		layer := make([]state, 0, maxCandidates)
		for _, x := range spots[:min(len(spots), maxCandidates)] {
			layer = append(layer, state{spot: x, cost: math.Inf(1), from: -1})
		}
		if i == 0 {
			for k := range layer {
				layer[k].cost = layer[k].spot.metres
			}
		} else {
			f.advance(layers[i-1], layer, 3*whole/float64(steps)+maxSlack)
		}
		layers = append(layers, layer)
	}
	best := 0
	end := layers[steps]
	for k := range end {
		if end[k].cost < end[best].cost {
			best = k
		}
	}
	if math.IsInf(end[best].cost, 1) {
		return nil, fmt.Errorf("the streets within %.0f m of its line do not lead from its one end to its other", nearMetres)
	}
	var walked []step
	for i, k := steps, best; i > 0; i-- {
		walked = append(walked, layers[i][k].steps...)
		k = layers[i][k].from
	}
	spans, length := merge(walked)
	if length > maxLonger*whole+maxSlack || length < maxShorter*whole-maxSlack {
		return nil, fmt.Errorf("the streets within %.0f m of its line are %.0f m long, the line %.0f m", nearMetres, length, whole)
	}
	if len(spans) == 0 {
		return nil, fmt.Errorf("its line of %.1f m is too short to follow a street", whole)
	}
	return spans, nil
}

// state is a place of the line matched to a place on a street, with the best
// way to it.
type state struct {
	spot  spot
	cost  float64
	from  int    // in the layer before
	steps []step // from there, in no order
}

// step is a stretch of a piece that was gone along, in either direction.
type step struct {
	piece *piece
	span
}

// merge joins the stretches of each piece that overlap or touch, drops those
// that only graze it, and adds up the lengths.
func merge(all []step) (out []followed, length float64) {
	at := map[*piece]int{}
	for _, x := range all {
		i, ok := at[x.piece]
		if !ok {
			i = len(out)
			at[x.piece] = i
			out = append(out, followed{piece: x.piece})
		}
		out[i].spans = append(out[i].spans, span{min(x.from, x.to), max(x.from, x.to)})
	}
	for i := range out {
		f := &out[i]
		slices.SortFunc(f.spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		joined := f.spans[:1]
		for _, x := range f.spans[1:] {
			if last := &joined[len(joined)-1]; x.from <= last.to+joinMetres {
				last.to = max(last.to, x.to)
			} else {
				joined = append(joined, x)
			}
		}
		f.spans = slices.DeleteFunc(joined, func(x span) bool { return x.to-x.from <= joinMetres })
		for _, x := range f.spans {
			length += x.to - x.from
		}
	}
	return slices.DeleteFunc(out, func(f followed) bool { return len(f.spans) == 0 }), length
}

// corridor is the streets along a line.
type corridor struct {
	line  orb.LineString
	plane plane
	links map[int32][]link // by node

	samples map[*piece]*sampled
}

// link is a whole piece that stays within the corridor.
type link struct {
	piece *piece
	cost  float64
}

func (s *streets) newCorridor(line orb.LineString, usable func(*piece) bool) *corridor {
	f := &corridor{line: line, plane: planeAt(line[0]), links: map[int32][]link{}, samples: map[*piece]*sampled{}}
	for _, x := range s.around(line, nearMetres) {
		if x.gate {
			f.link(x, 0)
			continue
		}
		if !usable(x) {
			continue
		}
		if cost, ok := f.stray(x, 0, f.sample(x).whole); ok {
			f.link(x, cost)
		}
	}
	return f
}

func (f *corridor) link(x *piece, cost float64) {
	f.links[x.from] = append(f.links[x.from], link{x, cost})
	if x.to != x.from {
		f.links[x.to] = append(f.links[x.to], link{x, cost})
	}
}

// sampled are places of a piece, step metres apart, with their distances to the
// line summed up: far[i] of the first i are outside the corridor.
type sampled struct {
	whole, step float64
	sum         []float64
	far         []int
}

func (f *corridor) sample(x *piece) *sampled {
	if s, ok := f.samples[x]; ok {
		return s
	}
	whole := f.plane.length(x.line)
	places := f.plane.dense(x.line, sampleMetres)
	s := &sampled{whole: whole, step: whole / float64(len(places)-1), sum: make([]float64, 1, len(places)+1), far: make([]int, 1, len(places)+1)}
	for i, q := range places {
		_, _, d := f.plane.nearest(q, f.line)
		far := s.far[i]
		if d > nearMetres {
			far++
		}
		s.far, s.sum = append(s.far, far), append(s.sum, s.sum[i]+d)
	}
	f.samples[x] = s
	return s
}

// stray is the length of a stretch, made dearer by its distance to the line: at
// one metre on average it counts twice. It is false where it leaves the corridor.
func (f *corridor) stray(x *piece, from, to float64) (cost float64, ok bool) {
	if from > to {
		from, to = to, from
	}
	s := f.sample(x)
	if s.step == 0 {
		return 0, true
	}
	last := len(s.sum) - 1
	i, j := int(math.Ceil(from/s.step)), int(to/s.step)+1 // the samples i to j-1 are inside
	if j <= i {                                           // none is: the nearest one speaks for it
		i = int(math.Round((from + to) / 2 / s.step))
		j = i + 1
	}
	i, j = min(i, last-1), min(j, last)
	if s.far[j] > s.far[i] && j-i > 1 {
		return 0, false
	}
	return (to - from) * (1 + (s.sum[j]-s.sum[i])/float64(j-i)), true
}

// reached is a node on the way from a place, in a heap.
type reached struct {
	node int32
	cost float64
}

type queue []reached

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].cost < q[j].cost || q[i].cost == q[j].cost && q[i].node < q[j].node
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(reached)) }
func (q *queue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// advance finds the best way from every state of a layer to every one of the
// next, no dearer than some metres times the dearest stray.
func (f *corridor) advance(before, after []state, metres float64) {
	for i, a := range before {
		if math.IsInf(a.cost, 1) {
			continue
		}
		cost, by := f.search(a.spot, metres*(1+nearMetres))
		for k := range after {
			b := &after[k]
			try := func(c float64, steps func() []step) {
				if c += a.cost + b.spot.metres; c < b.cost {
					b.cost, b.from, b.steps = c, i, steps()
				}
			}
			if a.spot.piece == b.spot.piece {
				if c, ok := f.stray(a.spot.piece, a.spot.along, b.spot.along); ok {
					try(c, func() []step { return []step{{a.spot.piece, span{a.spot.along, b.spot.along}}} })
				}
			}
			whole := f.sample(b.spot.piece).whole
			for _, way := range []struct {
				node  int32
				along float64
			}{{b.spot.piece.from, 0}, {b.spot.piece.to, whole}} {
				c, ok := cost[way.node]
				if !ok {
					continue
				}
				if last, ok := f.stray(b.spot.piece, way.along, b.spot.along); ok {
					try(c+last, func() []step {
						return append(f.trace(a.spot, way.node, by), step{b.spot.piece, span{way.along, b.spot.along}})
					})
				}
			}
		}
	}
}

// search is Dijkstra's from a place on a piece. by says over which piece each
// node was reached, nil for the first ones.
func (f *corridor) search(from spot, most float64) (cost map[int32]float64, by map[int32]*piece) {
	cost, by = map[int32]float64{}, map[int32]*piece{}
	q := &queue{}
	put := func(n int32, c float64, over *piece) {
		if old, ok := cost[n]; (!ok || c < old) && c <= most {
			cost[n], by[n] = c, over
			heap.Push(q, reached{n, c})
		}
	}
	whole := f.sample(from.piece).whole
	if c, ok := f.stray(from.piece, from.along, 0); ok {
		put(from.piece.from, c, nil)
	}
	if c, ok := f.stray(from.piece, from.along, whole); ok {
		put(from.piece.to, c, nil)
	}
	for q.Len() > 0 {
		x, ok := heap.Pop(q).(reached)
		if !ok || x.cost > cost[x.node] {
			continue
		}
		for _, l := range f.links[x.node] {
			put(l.piece.other(x.node), x.cost+l.cost, l.piece)
		}
	}
	return cost, by
}

func (x *piece) other(node int32) int32 {
	if node == x.from {
		return x.to
	}
	return x.from
}

// trace lists the stretches from a place to a node, backwards.
func (f *corridor) trace(from spot, node int32, by map[int32]*piece) []step {
	var out []step
	for by[node] != nil {
		x := by[node]
		out = append(out, step{x, span{0, f.sample(x).whole}})
		node = x.other(node)
	}
	along := 0.0
	if node == from.piece.to && (node != from.piece.from || 2*from.along > f.sample(from.piece).whole) {
		along = f.sample(from.piece).whole
	}
	return append(out, step{from.piece, span{from.along, along}})
}
