package routing

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// Reach is what can be reached from a location within a number of seconds.
type Reach struct {
	From    Snap
	Seconds int
	// Edges are the pieces reached, by edge, then by fraction.
	Edges []ReachedEdge
	// Nodes are the nodes reached, ascending, and NodeSeconds the whole seconds
	// to them, rounded up.
	Nodes       []int32
	NodeSeconds []int32

	graph *Graph
}

// ReachedEdge is the part of an edge from one fraction to another, From <= To.
type ReachedEdge struct {
	Edge     int32
	From, To float64
}

// Lines returns the reached pieces as lines, in the order of Edges.
func (r Reach) Lines() orb.MultiLineString {
	out := make(orb.MultiLineString, 0, len(r.Edges))
	for _, e := range r.Edges {
		out = append(out, cutLine(r.graph.Line(e.Edge), e.From, e.To))
	}
	return out
}

// Metres returns the length of all reached pieces.
func (r Reach) Metres() float64 {
	sum := 0.0
	for _, e := range r.Edges {
		sum += float64(r.graph.mm[e.Edge]) / 1000 * (e.To - e.From)
	}
	return sum
}

// Reach returns everything that can be reached within some seconds. Seconds of 0 or fewer reach nothing, and so does a
// location without a street or too far from it.
func (e *Engine) Reach(ctx context.Context, from Snap, seconds int) (Reach, error) {
	src, err := e.place(from)
	if err != nil {
		return Reach{}, fmt.Errorf("reach: %w", err)
	}
	out := Reach{From: from, Seconds: seconds, graph: e.g}
	if seconds <= 0 || !src.ok {
		return out, nil
	}
	limit := limitOf(seconds)
	if src.off > uint64(limit) {
		return out, nil
	}
	s := e.take()
	defer e.give(s)
	s.nextStamp()
	s.seed(src, limit, -1)
	if err := e.search(ctx, s, limit, -1, labelInherit); err != nil {
		return Reach{}, fmt.Errorf("reach: %w", err)
	}
	out.Nodes = slices.Clone(s.touched)
	slices.Sort(out.Nodes)
	out.NodeSeconds = make([]int32, len(out.Nodes))
	for i, n := range out.Nodes {
		out.NodeSeconds[i] = wholeSeconds(uint64(s.dist[n]))
		for _, half := range e.g.arcs[e.g.firstArc[n]:e.g.firstArc[n+1]] {
			edge, against := half>>1, half&1 == 1
			if edge == src.edge {
				continue
			}
			front, back := e.reachedEnds(s, edge, limit)
			switch {
			case against && front >= 0:
				// written when its tail comes by
			case !against && front < 0:
				// written when its head comes by
			case front >= 0 && back >= 0 && front+back >= 1, front >= 1, back >= 1:
				out.Edges = append(out.Edges, ReachedEdge{edge, 0, 1})
			default:
				if front >= 0 {
					out.Edges = append(out.Edges, ReachedEdge{edge, 0, front})
				}
				if back >= 0 {
					out.Edges = append(out.Edges, ReachedEdge{edge, 1 - back, 1})
				}
			}
		}
	}
	out.Edges = append(out.Edges, e.reachedOwn(s, src, limit)...)
	slices.SortFunc(out.Edges, func(a, b ReachedEdge) int {
		if a.Edge != b.Edge {
			return int(a.Edge) - int(b.Edge)
		}
		if a.From < b.From {
			return -1
		}
		return 1
	})
	return out, nil
}

// reachedEnds returns how much of an edge is reached from its tail forward and
// from its head backward, as fractions; -1 where that end is not reached or
// the edge not used that way.
func (e *Engine) reachedEnds(s *scratch, edge int32, limit uint32) (front, back float64) {
	part := func(node int32, weight uint32) float64 {
		if weight == shut || s.dist[node] == unreached {
			return -1
		}
		if left := limit - s.dist[node]; left < weight {
			return float64(left) / float64(weight)
		}
		return 1
	}
	forward, backward := e.forward[edge], e.backward[edge]
	if forward == 0 || backward == 0 { // all of it is at both of its ends
		forward, backward = 0, 0
	}
	return part(e.g.tail[edge], forward), part(e.g.head[edge], backward)
}

// reachedOwn returns what is reached of the edge on which the search began,
// with overlapping pieces made one.
func (e *Engine) reachedOwn(s *scratch, src place, limit uint32) []ReachedEdge {
	left := limit - uint32(src.off)
	from, to := src.fraction, src.fraction
	if w := e.forward[src.edge]; w != shut {
		to = 1
		if left < w-along(src.fraction, w) {
			to = max(src.fraction, (float64(along(src.fraction, w))+float64(left))/float64(w))
		}
	}
	if w := e.backward[src.edge]; w != shut {
		from = 0
		if left < along(src.fraction, w) {
			from = min(src.fraction, (float64(along(src.fraction, w))-float64(left))/float64(w))
		}
	}
	pieces := []ReachedEdge{{src.edge, from, to}}
	front, back := e.reachedEnds(s, src.edge, limit)
	if front >= 0 {
		pieces = append(pieces, ReachedEdge{src.edge, 0, front})
	}
	if back >= 0 {
		pieces = append(pieces, ReachedEdge{src.edge, 1 - back, 1})
	}
	slices.SortFunc(pieces, func(a, b ReachedEdge) int {
		switch {
		case a.From < b.From:
			return -1
		case a.From > b.From:
			return 1
		}
		return 0
	})
	merged := pieces[:1]
	for _, p := range pieces[1:] {
		last := &merged[len(merged)-1]
		if p.From <= last.To {
			last.To = max(last.To, p.To)
		} else {
			merged = append(merged, p)
		}
	}
	return merged
}
