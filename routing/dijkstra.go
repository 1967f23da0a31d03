package routing

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"
)

// Dijkstra is the plain engine: one search a source, stopped early. Times of 49
// days and more count as no way.
type Dijkstra struct {
	g         *Graph
	profile   Profile
	weights   []uint32 // by edge, in milliseconds; shut where the profile cannot go
	arcs      []arc    // by arc of the graph
	symmetric bool     // every usable edge can be walked both ways
	pool      sync.Pool
}

var _ Engine = (*Dijkstra)(nil)

type arc struct {
	head   int32
	weight uint32
}

// NewDijkstra returns an engine for a graph and a profile. A profile that
// Validate refuses gives an engine to which every edge is shut.
func NewDijkstra(g *Graph, p Profile) *Dijkstra {
	d := &Dijkstra{g: g, profile: p, weights: make([]uint32, g.Edges()), symmetric: true}
	valid := p.Validate() == nil
	for e := range d.weights {
		d.weights[e] = shut
		if valid {
			d.weights[e] = p.weight(g.mm[e], g.flags[e])
		}
		both := flagForward | flagBackward
		if d.weights[e] != shut && g.flags[e]&both != both {
			d.symmetric = false
		}
	}
	d.arcs = make([]arc, len(g.arcHead))
	for i := range d.arcs {
		d.arcs[i] = arc{g.arcHead[i], d.weights[g.arcEdge[i]>>1]}
	}
	d.pool.New = func() any { return newScratch(g.Nodes()) }
	return d
}

// Symmetric implements Engine.
func (d *Dijkstra) Symmetric() bool { return d.symmetric }

// Graph returns the graph that the engine runs on.
func (d *Dijkstra) Graph() *Graph { return d.g }

// Profile returns the profile that the engine runs with.
func (d *Dijkstra) Profile() Profile { return d.profile }

const unreached = math.MaxUint32

// scratch is the room of one search. Between searches dist is unreached
// everywhere.
type scratch struct {
	dist    []uint32 // by node, milliseconds
	label   []int32  // by node: the arc that led there, or the facility
	wanted  []uint32 // by node: the stamp of the search that waits for it
	stamp   uint32
	touched []int32
	heap    []uint64 // milliseconds<<32 | node, four children a node
}

func newScratch(nodes int) *scratch {
	s := &scratch{dist: make([]uint32, nodes), label: make([]int32, nodes), wanted: make([]uint32, nodes)}
	for i := range s.dist {
		s.dist[i] = unreached
	}
	return s
}

func (d *Dijkstra) take() *scratch {
	if s, ok := d.pool.Get().(*scratch); ok {
		return s
	}
	return newScratch(d.g.Nodes())
}

func (d *Dijkstra) give(s *scratch) {
	s.reset()
	d.pool.Put(s)
}

func (s *scratch) reset() {
	for _, n := range s.touched {
		s.dist[n] = unreached
	}
	s.touched, s.heap = s.touched[:0], s.heap[:0]
}

// nextStamp begins a new set of wanted nodes.
func (s *scratch) nextStamp() {
	s.stamp++
	if s.stamp == 0 {
		clear(s.wanted)
		s.stamp = 1
	}
}

func (s *scratch) relax(node int32, millis uint64, limit uint32, label int32) {
	if millis > uint64(limit) || uint32(millis) >= s.dist[node] {
		return
	}
	if s.dist[node] == unreached {
		s.touched = append(s.touched, node)
	}
	s.dist[node], s.label[node] = uint32(millis), label
	s.heap = append(s.heap, millis<<32|uint64(uint32(node)))
	i := len(s.heap) - 1
	for i > 0 {
		up := (i - 1) / 4
		if s.heap[up] <= s.heap[i] {
			break
		}
		s.heap[up], s.heap[i] = s.heap[i], s.heap[up]
		i = up
	}
}

func (s *scratch) pop() uint64 {
	top := s.heap[0]
	last := len(s.heap) - 1
	moved := s.heap[last]
	s.heap = s.heap[:last]
	i := 0
	for {
		child := 4*i + 1
		if child >= last {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, last); c++ {
			if s.heap[c] < s.heap[least] {
				least = c
			}
		}
		if moved <= s.heap[least] {
			break
		}
		s.heap[i] = s.heap[least]
		i = least
	}
	if last > 0 {
		s.heap[i] = moved
	}
	return top
}

// What search writes into label: the arc that led to a node, or the label of
// the node before it.
type labels bool

const (
	labelArc     labels = false
	labelInherit labels = true
)

// checkEvery is how many nodes a search settles between looks at its context.
const checkEvery = 8192

// search runs until nothing is left within the limit, or until so many wanted
// nodes are settled (a negative number never stops it).
func (d *Dijkstra) search(ctx context.Context, s *scratch, limit uint32, wanted int, keep labels) error {
	if wanted == 0 {
		return nil
	}
	for settled := 1; len(s.heap) > 0; settled++ {
		if settled%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		top := s.pop()
		node, at := int32(uint32(top)), uint32(top>>32)
		if at != s.dist[node] {
			continue
		}
		if s.wanted[node] == s.stamp && wanted > 0 {
			if wanted--; wanted == 0 {
				return nil
			}
		}
		label := s.label[node]
		for i := d.g.firstOut[node]; i < d.g.firstOut[node+1]; i++ {
			a := d.arcs[i]
			if a.weight == shut {
				continue
			}
			if keep == labelArc {
				label = i
			}
			s.relax(a.head, uint64(at)+uint64(a.weight), limit, label)
		}
	}
	return nil
}

// place is a Snap in the engine's own terms.
type place struct {
	ok                bool
	edge, tail, head  int32
	weight, offset    uint32 // milliseconds of the edge, and to the place from its tail
	forward, backward bool
	fraction          float64
	off               uint64 // milliseconds off the graph
	component         int32
	asked             orb.Point
}

func (d *Dijkstra) place(s Snap) (place, error) {
	if !s.OK {
		return place{}, nil
	}
	if s.Edge < 0 || int(s.Edge) >= d.g.Edges() || !(s.Fraction >= 0 && s.Fraction <= 1) ||
		!(s.Metres >= 0) || math.IsInf(s.Metres, 0) {
		return place{}, fmt.Errorf("location %v: fraction %v of edge %d, %v m away, is not of this graph", s.Asked, s.Fraction, s.Edge, s.Metres)
	}
	w := d.weights[s.Edge]
	if w == shut {
		return place{}, nil
	}
	f := d.g.flags[s.Edge]
	return place{
		ok: true, edge: s.Edge, tail: d.g.tail[s.Edge], head: d.g.head[s.Edge],
		weight: w, offset: uint32(math.Round(s.Fraction * float64(w))),
		forward: f&flagForward != 0, backward: f&flagBackward != 0,
		fraction: s.Fraction, off: d.profile.walkMillis(s.Metres), component: d.g.Component(s.Edge), asked: s.Asked,
	}, nil
}

func (d *Dijkstra) places(snaps []Snap) ([]place, error) {
	out := make([]place, len(snaps))
	for i, s := range snaps {
		p, err := d.place(s)
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}

// overTail and overHead tell whether a place is reached from an end of its
// edge: where the direction allows it, and at the very end in any case.
func (p place) overTail() bool { return p.forward || p.offset == 0 }
func (p place) overHead() bool { return p.backward || p.offset == p.weight }

// seed starts a search at a place; label is put on both ends of its edge.
func (s *scratch) seed(p place, limit uint32, label int32) {
	if p.forward || p.offset == p.weight {
		s.relax(p.head, p.off+uint64(p.weight-p.offset), limit, label)
	}
	if p.backward || p.offset == 0 {
		s.relax(p.tail, p.off+uint64(p.offset), limit, label)
	}
}

// never is more than any time.
const never = math.MaxUint64

// direct is the time between two places along the edge that they share.
func direct(from, to place) uint64 {
	switch {
	case from.edge != to.edge:
		return never
	case from.asked == to.asked:
		return 0
	case from.forward && to.offset >= from.offset:
		return from.off + uint64(to.offset-from.offset) + to.off
	case from.backward && to.offset <= from.offset:
		return from.off + uint64(from.offset-to.offset) + to.off
	}
	return never
}

// arrive is the time to a place over the ends of its edge, and the end.
func (s *scratch) arrive(p place) (millis uint64, over int32) {
	millis, over = never, -1
	if p.overTail() && s.dist[p.tail] != unreached {
		millis, over = uint64(s.dist[p.tail])+uint64(p.offset)+p.off, p.tail
	}
	if p.overHead() && s.dist[p.head] != unreached {
		if m := uint64(s.dist[p.head]) + uint64(p.weight-p.offset) + p.off; m < millis {
			millis, over = m, p.head
		}
	}
	return millis, over
}

// wholeSeconds rounds up; never is -1.
func wholeSeconds(millis uint64) int32 {
	if millis >= unreached {
		return -1
	}
	return int32((millis + 999) / 1000)
}

// want marks the ends of the edges over which places are reached and returns
// how many there are.
func (s *scratch) want(from place, to []place) int {
	s.nextStamp()
	count := 0
	mark := func(n int32) {
		if s.wanted[n] != s.stamp {
			s.wanted[n] = s.stamp
			count++
		}
	}
	for _, p := range to {
		if !p.ok || p.component != from.component {
			continue
		}
		if p.overTail() {
			mark(p.tail)
		}
		if p.overHead() {
			mark(p.head)
		}
	}
	return count
}

// Table implements Engine. Where every street can be walked both ways and from
// and to are the same locations, only one half is searched.
func (d *Dijkstra) Table(ctx context.Context, from, to []Snap) ([][]int32, error) {
	sources, err := d.places(from)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	targets, err := d.places(to)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	half := d.symmetric && slices.Equal(from, to)
	cells := make([]int32, len(from)*len(to))
	for i := range cells {
		cells[i] = -1
	}
	table := make([][]int32, len(from))
	for i := range table {
		table[i] = cells[i*len(to) : (i+1)*len(to) : (i+1)*len(to)]
	}
	s := d.take()
	defer d.give(s)
	for i, src := range sources {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("table: %w", err)
		}
		if !src.ok {
			continue
		}
		first := 0
		if half {
			first = i
		}
		s.reset()
		wanted := s.want(src, targets[first:])
		s.seed(src, unreached-1, -1)
		if err := d.search(ctx, s, unreached-1, wanted, labelInherit); err != nil {
			return nil, fmt.Errorf("table: %w", err)
		}
		for j := first; j < len(targets); j++ {
			if !targets[j].ok || targets[j].component != src.component {
				continue
			}
			over, _ := s.arrive(targets[j])
			table[i][j] = wholeSeconds(min(direct(src, targets[j]), over))
			if half {
				table[j][i] = table[i][j]
			}
		}
	}
	return table, nil
}

// Route implements Engine.
func (d *Dijkstra) Route(ctx context.Context, from, to Snap) (Path, error) {
	places, err := d.places([]Snap{from, to})
	if err != nil {
		return Path{}, fmt.Errorf("route: %w", err)
	}
	src, dst := places[0], places[1]
	if !src.ok || !dst.ok || src.component != dst.component {
		return Path{}, fmt.Errorf("route: %w", ErrNoWay)
	}
	s := d.take()
	defer d.give(s)
	wanted := s.want(src, places[1:])
	s.seed(src, unreached-1, -1)
	if err := d.search(ctx, s, unreached-1, wanted, labelArc); err != nil {
		return Path{}, fmt.Errorf("route: %w", err)
	}
	millis, end := s.arrive(dst)
	straight := direct(src, dst)
	best := min(millis, straight)
	if wholeSeconds(best) < 0 {
		return Path{}, fmt.Errorf("route: %w", ErrNoWay)
	}
	path := Path{Seconds: int(wholeSeconds(best))}
	switch {
	case from.Asked == to.Asked && straight == 0:
		path.Line = orb.LineString{from.Asked, to.Asked}
		return path, nil
	case straight <= millis:
		path.Edges = []int32{from.Edge}
		path.Line = join(path.Line, cutBetween(d.g.line(from.Edge), from.Fraction, to.Fraction))
	default:
		path.Edges, path.Line = d.trace(s, from, to, src, dst, end)
	}
	path.Line = append(join(orb.LineString{from.Asked}, path.Line), to.Asked)
	if n := len(path.Line); n > 2 && path.Line[n-2] == to.Asked {
		path.Line = path.Line[:n-1]
	}
	path.Metres = lineMetres(path.Line)
	return path, nil
}

// trace follows the labels back from a node to the source and returns the edges
// walked with the line from street point to street point.
func (d *Dijkstra) trace(s *scratch, from, to Snap, src, dst place, end int32) ([]int32, orb.LineString) {
	var walked []int32 // arcs, last first
	node := end
	for s.label[node] >= 0 {
		a := s.label[node]
		walked = append(walked, d.g.arcEdge[a])
		e := d.g.arcEdge[a] >> 1
		if d.g.arcEdge[a]&1 == 0 {
			node = d.g.tail[e]
		} else {
			node = d.g.head[e]
		}
	}
	// The search began over an end of the first edge: the head where the time
	// there says so, else the tail.
	edges := []int32{from.Edge}
	var line orb.LineString
	first := d.g.line(from.Edge)
	viaHead := (src.forward || src.offset == src.weight) && node == src.head && uint64(s.dist[node]) == src.off+uint64(src.weight-src.offset)
	if viaHead {
		line = cutBetween(first, from.Fraction, 1)
	} else {
		line = cutBetween(first, from.Fraction, 0)
	}
	for i := len(walked) - 1; i >= 0; i-- {
		e := walked[i] >> 1
		edges = append(edges, e)
		if walked[i]&1 == 0 {
			line = join(line, cutBetween(d.g.line(e), 0, 1))
		} else {
			line = join(line, cutBetween(d.g.line(e), 1, 0))
		}
	}
	edges = append(edges, to.Edge)
	last := d.g.line(to.Edge)
	viaTail := dst.overTail() && end == dst.tail
	if viaTail && dst.overHead() && dst.tail == dst.head { // a loop: the shorter side
		viaTail = dst.offset <= dst.weight-dst.offset
	}
	if viaTail {
		line = join(line, cutBetween(last, 0, to.Fraction))
	} else {
		line = join(line, cutBetween(last, 1, to.Fraction))
	}
	return edges, line
}

// cutBetween is cutLine that turns round when to < from.
func cutBetween(line []orb.Point, from, to float64) orb.LineString {
	if from <= to {
		return cutLine(line, from, to)
	}
	out := cutLine(line, to, from)
	slices.Reverse(out)
	return out
}

// join puts one line behind another, leaving out points that repeat.
func join(line, more orb.LineString) orb.LineString {
	for _, p := range more {
		if n := len(line); n == 0 || line[n-1] != p {
			line = append(line, p)
		}
	}
	return line
}

// Nearest implements Engine by one search from all facilities at once.
func (d *Dijkstra) Nearest(ctx context.Context, facilities, targets []Snap, seconds int) (walk, facility []int32, err error) {
	sources, err := d.places(facilities)
	if err != nil {
		return nil, nil, fmt.Errorf("nearest: %w", err)
	}
	goals, err := d.places(targets)
	if err != nil {
		return nil, nil, fmt.Errorf("nearest: %w", err)
	}
	limit := limitOf(seconds)
	s := d.take()
	defer d.give(s)
	s.nextStamp()
	onEdge := map[int32][]int32{}
	for i, p := range sources {
		if !p.ok {
			continue
		}
		s.seed(p, limit, int32(i))
		onEdge[p.edge] = append(onEdge[p.edge], int32(i))
	}
	if err := d.search(ctx, s, limit, -1, labelInherit); err != nil {
		return nil, nil, fmt.Errorf("nearest: %w", err)
	}
	walk, facility = make([]int32, len(targets)), make([]int32, len(targets))
	for i, p := range goals {
		walk[i], facility[i] = -1, -1
		if !p.ok {
			continue
		}
		best, over := s.arrive(p)
		label := int32(-1)
		if over >= 0 {
			label = s.label[over]
		}
		for _, f := range onEdge[p.edge] {
			if m := direct(sources[f], p); m < best {
				best, label = m, f
			}
		}
		if best <= uint64(limit) {
			walk[i], facility[i] = wholeSeconds(best), label
		}
	}
	return walk, facility, nil
}

// limitOf turns seconds into milliseconds; 0 or fewer mean as far as it goes.
func limitOf(seconds int) uint32 {
	if seconds <= 0 || seconds >= unreached/1000 {
		return unreached - 1
	}
	return uint32(seconds) * 1000
}
