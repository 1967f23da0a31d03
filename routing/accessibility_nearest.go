package routing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrCount says that a number of facilities or threads makes no sense, or that
// lists which belong together differ in length.
var ErrCount = errors.New("a count that does not fit")

// found is a facility with the time from it: milliseconds<<32 | its index, so
// that the order of numbers is nearest first and, of equals, lowest index first.
type found uint64

const nothingFound = found(math.MaxUint64)

func foundAt(millis uint64, facility int32) found {
	return found(millis<<32 | uint64(uint32(facility)))
}

func (f found) millis() uint64  { return uint64(f >> 32) }
func (f found) facility() int32 { return int32(uint32(f)) }

func (f found) after(millis uint32) found { return f + found(millis)<<32 }

// NearestForAll returns, for every vertex of the graph, the whole seconds
// (rounded up) from the k facilities nearest to it and their indices, nearest
// first and of equals (to the millisecond) the lowest index first: row by row,
// k a vertex, -1 and -1 where there are fewer within so many seconds. 0 seconds
// or fewer set no bound. The times are those of Table from the facilities to
// VertexSnap. It fails with ErrCount for k under 1 or too much room.
func (e *Engine) NearestForAll(ctx context.Context, facilities []Snap, k, seconds int) (walk, facility []int32, err error) {
	if k < 1 || k > math.MaxInt32/max(1, e.g.Vertices(), e.nodes()) {
		return nil, nil, fmt.Errorf("nearest for all: %d a vertex: %w", k, ErrCount)
	}
	sources, err := e.places(facilities)
	if err != nil {
		return nil, nil, fmt.Errorf("nearest for all: %w", err)
	}
	limit := limitOf(seconds)
	spread := e.newSpread(k, limit)
	for i := range sources {
		spread.seed(&sources[i], int32(i))
	}
	if err := spread.run(ctx); err != nil {
		return nil, nil, fmt.Errorf("nearest for all: %w", err)
	}
	walk, facility = spread.vertices(sources, sourcesByEdge(sources))
	return walk, facility, nil
}

// vertices writes what a spread says of every vertex; own are its sources by
// edge.
func (s *spread) vertices(sources []place, own []int32) (walk, facility []int32) {
	e, k := s.e, s.k
	walk, facility = make([]int32, k*e.g.Vertices()), make([]int32, k*e.g.Vertices())
	rows := nearestRows{spread: s, walk: walk, facility: facility, list: make([]found, 0, 4*k)}
	for n := range int32(e.g.nodes) {
		rows.node(n)
	}
	var fractions []float64
	for edge := range int32(e.g.Edges()) {
		here := own
		for len(own) > 0 && sources[own[0]].edge == edge {
			own = own[1:]
		}
		here = here[:len(here)-len(own)]
		if e.g.lineFirst[edge] == e.g.lineFirst[edge+1] {
			continue
		}
		fractions = e.g.innerFractions(fractions[:0], edge)
		for i, f := range fractions {
			rows.inner(edge, e.g.nodes+int(e.g.lineFirst[edge])+i, f, sources, here)
		}
	}
	return walk, facility
}

// sourcesByEdge lists the places that have a street, by edge.
func sourcesByEdge(sources []place) []int32 {
	own := make([]int32, 0, len(sources))
	for i := range sources {
		if sources[i].ok {
			own = append(own, int32(i))
		}
	}
	slices.SortStableFunc(own, func(a, b int32) int { return int(sources[a].edge) - int(sources[b].edge) })
	return own
}

// innerFractions appends where the inner points of an edge lie on it, as
// VertexSnap has it.
func (g *Graph) innerFractions(out []float64, edge int32) []float64 {
	first, total := len(out), 0.0
	a := g.points[g.tail[edge]].point()
	r := rulerAt(a[1])
	for _, p := range g.inner(edge) {
		b := p.point()
		total += r.metres(a, b)
		out = append(out, total)
		a = b
	}
	total += r.metres(a, g.points[g.head[edge]].point())
	for i := first; i < len(out); i++ {
		out[i] = ratio(out[i], total)
	}
	return out
}

// spread is a search from all facilities at once that settles every node of
// the network k times, by different facilities.
type spread struct {
	e     *Engine
	k     int
	limit uint32
	count []int32 // by node: how often it is settled
	best  []found // by node, k each
	heap  []spreadItem
}

type spreadItem struct {
	found
	node int32
}

func (i spreadItem) before(j spreadItem) bool {
	return i.found < j.found || i.found == j.found && i.node < j.node
}

func (e *Engine) newSpread(k int, limit uint32) *spread {
	s := &spread{e: e, k: k, limit: limit, best: make([]found, k*e.nodes())}
	if k > 1 {
		s.count = make([]int32, e.nodes())
	}
	for i := range s.best {
		s.best[i] = nothingFound
	}
	return s
}

func (s *spread) seed(p *place, facility int32) {
	if !p.ok {
		return
	}
	if p.toHead != shut {
		s.push(p.overHead, p.off+uint64(p.toHead), facility)
	}
	if p.toTail != shut {
		s.push(p.overTail, p.off+uint64(p.toTail), facility)
	}
}

func (s *spread) push(node int32, millis uint64, facility int32) {
	if millis > uint64(s.limit) {
		return
	}
	f := foundAt(millis, facility)
	if s.k == 1 { // the best so far stands there before it is settled
		if f >= s.best[node] {
			return
		}
		s.best[node] = f
	} else if s.closed(node, facility) {
		return
	}
	item := spreadItem{f, node}
	s.heap = append(s.heap, item)
	i := len(s.heap) - 1
	for i > 0 {
		up := (i - 1) / 4
		if !item.before(s.heap[up]) {
			break
		}
		s.heap[i] = s.heap[up]
		i = up
	}
	s.heap[i] = item
}

// closed tells whether a node has no use for a facility any more.
func (s *spread) closed(node, facility int32) bool {
	n := s.count[node]
	if int(n) == s.k {
		return true
	}
	for _, f := range s.best[int(node)*s.k : int(node)*s.k+int(n)] {
		if f.facility() == facility {
			return true
		}
	}
	return false
}

func (s *spread) pop() spreadItem {
	top, last := s.heap[0], len(s.heap)-1
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
			if s.heap[c].before(s.heap[least]) {
				least = c
			}
		}
		if !s.heap[least].before(moved) {
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

func (s *spread) run(ctx context.Context) error {
	net := &s.e.net
	for popped := 1; len(s.heap) > 0; popped++ {
		if popped%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		top := s.pop()
		facility := top.facility()
		if s.k == 1 {
			if s.best[top.node] != top.found {
				continue
			}
		} else {
			if s.closed(top.node, facility) {
				continue
			}
			s.best[int(top.node)*s.k+int(s.count[top.node])] = top.found
			s.count[top.node]++
		}
		millis := top.millis()
		for _, a := range net.arcs[net.first[top.node]:net.first[top.node+1]] {
			s.push(a.head, millis+uint64(a.weight), facility)
		}
	}
	return nil
}

// at is what a node of the network has found.
func (s *spread) at(node int32) []found { return s.best[int(node)*s.k : (int(node)+1)*s.k] }

// nearestRows writes the answer of a spread.
type nearestRows struct {
	*spread
	walk, facility []int32
	list           []found
}

// add offers what a node has found, so many milliseconds further on.
func (r *nearestRows) add(node int32, millis uint32) {
	for _, f := range r.at(node) {
		if f == nothingFound || f.millis()+uint64(millis) > uint64(r.limit) {
			return
		}
		r.list = append(r.list, f.after(millis))
	}
}

// write writes the row of a vertex from the list.
func (r *nearestRows) write(vertex int) {
	row := vertex * r.k
	if r.k == 1 {
		r.walk[row], r.facility[row] = -1, -1
		if len(r.list) > 0 {
			best := slices.Min(r.list)
			r.walk[row], r.facility[row] = wholeSeconds(best.millis()), best.facility()
		}
		return
	}
	slices.Sort(r.list)
	n := 0
	for _, f := range r.list {
		if n == r.k {
			break
		}
		if !slices.Contains(r.facility[row:row+n], f.facility()) {
			r.walk[row+n], r.facility[row+n] = wholeSeconds(f.millis()), f.facility()
			n++
		}
	}
	for ; n < r.k; n++ {
		r.walk[row+n], r.facility[row+n] = -1, -1
	}
}

func (r *nearestRows) node(n int32) {
	r.list = r.list[:0]
	for _, at := range [2]int32{n, r.e.twin(n)} {
		if at < 0 {
			continue
		}
		r.add(at, 0)
		from, to := r.e.copies(at)
		for c := from; c < to; c++ {
			r.add(c, 0)
		}
	}
	r.write(int(n))
}

// inner writes the row of an inner vertex of an edge, on which some of the
// facilities lie.
func (r *nearestRows) inner(edge int32, vertex int, fraction float64, sources []place, own []int32) {
	e := r.e
	r.list = r.list[:0]
	fromTail, fromHead := e.enterInner(edge, fraction)
	if fromTail != shut {
		r.add(e.g.tail[edge], fromTail)
	}
	if fromHead != shut {
		r.add(e.g.head[edge], fromHead)
	}
	if len(own) > 0 || e.net.firstCopy != nil {
		p, err := e.place(Snap{Asked: e.g.points[vertex].point(), Edge: edge, Fraction: fraction, OK: true})
		if err == nil && p.ok { // it is an edge of this graph; shut ones are not ok
			for _, x := range p.entries {
				r.add(x.node, x.millis)
			}
			for _, i := range own {
				if m := e.direct(sources[i], p); m <= uint64(r.limit) {
					r.list = append(r.list, foundAt(m, i))
				}
			}
		}
	}
	r.write(vertex)
}

// enterInner is how long it takes to get from the ends of an edge to a fraction
// of it, shut where that is no way: place's fromTail and fromHead.
func (e *Engine) enterInner(edge int32, fraction float64) (fromTail, fromHead uint32) {
	forward, backward := e.forward[edge], e.backward[edge]
	fromTail, fromHead = shut, shut
	if forward != shut {
		fromTail = along(fraction, forward)
		if fromTail == forward {
			fromHead = 0
		}
	}
	if backward != shut {
		toTail := along(fraction, backward)
		if toTail == 0 {
			fromTail = 0
		}
		fromHead = min(fromHead, backward-toTail)
	}
	return fromTail, fromHead
}
