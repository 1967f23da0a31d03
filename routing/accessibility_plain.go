package routing

import (
	"context"
	"math"

	"github.com/paulmach/orb"
)

// plainTask is how many vertices a goroutine answers between looks at what is
// left to do.
const plainTask = 256

// nobodyAsks is no position, and unlike any other.
var nobodyAsks = orb.Point{math.Inf(1), math.Inf(1)}

// leaveInner is how long it takes from a fraction of an edge to its ends, away
// where that is no way or too long: place's toTail and toHead.
func (e *Engine) leaveInner(edge int32, fraction float64) (toTail, toHead uint32) {
	forward, backward := e.forward[edge], e.backward[edge]
	toTail, toHead = away, away
	if forward != shut {
		fromTail := along(fraction, forward)
		if fromTail == 0 {
			toTail = 0
		}
		toHead = min(forward-fromTail, away)
	}
	if backward != shut {
		back := along(fraction, backward)
		if back == backward {
			toHead = 0
		}
		toTail = min(toTail, back)
	}
	return toTail, toHead
}

// twin is the node that a vertex is at as well as at a node, -1 for none: where
// VertexSnap puts it on an edge of no length that leads one way, which is one
// point, and whoever is there is at both of its ends.
func (e *Engine) twin(node int32) int32 {
	for _, half := range e.g.arcs[e.g.firstArc[node]:e.g.firstArc[node+1]] {
		forward, backward := e.forward[half>>1], e.backward[half>>1]
		switch {
		case forward == shut && backward == shut:
			continue
		case forward == 0 && backward == shut, forward == shut && backward == 0:
			return e.g.halfEnd(half)
		}
		return -1
	}
	return -1
}

// plainSums returns what answers one task of vertices, by a search from each.
func (e *Engine) plainSums(ctx context.Context, places []place, values []float64, limit uint32, out []float64) func(task int) error {
	s := newScratch(e.nodes())
	own := sourcesByEdge(places)
	first := make([]uint32, e.g.Edges()+1) // by edge, into own
	for _, i := range own {
		first[places[i].edge+1]++
	}
	for i := range e.g.Edges() {
		first[i+1] += first[i]
	}
	sum := func(from *place) (float64, error) {
		s.reset()
		s.nextStamp()
		s.seed(*from, limit, -1)
		if err := e.search(ctx, s, limit, -1, labelInherit); err != nil {
			return 0, err
		}
		edges := &s.reach.edges
		edges.clearTo(e.g.Edges())
		edges.add(from.edge)
		for _, n := range s.touched {
			n = e.base(n)
			for _, half := range e.g.arcs[e.g.firstArc[n]:e.g.firstArc[n+1]] {
				edges.add(half >> 1)
			}
		}
		total := 0.0
		edges.each(func(edge int32) {
			for _, i := range own[first[edge]:first[edge+1]] {
				over, _ := s.arrive(places[i])
				if min(over, e.direct(*from, places[i])) <= uint64(limit) {
					total += values[i]
				}
			}
		})
		return total, nil
	}
	return func(task int) error {
		for v := task * plainTask; v < min((task+1)*plainTask, len(out)); v++ {
			snap, err := e.VertexSnap(v)
			if err != nil { // no street here that the profile can use
				continue
			}
			from, err := e.place(snap)
			if err != nil {
				return err
			}
			if !from.ok {
				continue
			}
			from.asked = nobodyAsks
			if out[v], err = sum(&from); err != nil {
				return err
			}
		}
		return nil
	}
}
