package routing

import (
	"context"
	"fmt"
	"slices"
)

// Reach implements Engine. Seconds of 0 or fewer reach nothing, and so does a
// location without a street or too far from it.
func (d *Dijkstra) Reach(ctx context.Context, from Snap, seconds int) (Reach, error) {
	src, err := d.place(from)
	if err != nil {
		return Reach{}, fmt.Errorf("reach: %w", err)
	}
	out := Reach{From: from, Seconds: seconds, graph: d.g}
	if seconds <= 0 || !src.ok {
		return out, nil
	}
	limit := limitOf(seconds)
	if src.off > uint64(limit) {
		return out, nil
	}
	s := d.take()
	defer d.give(s)
	s.nextStamp()
	s.seed(src, limit, -1)
	if err := d.search(ctx, s, limit, -1, labelInherit); err != nil {
		return Reach{}, fmt.Errorf("reach: %w", err)
	}
	out.Nodes = slices.Clone(s.touched)
	slices.Sort(out.Nodes)
	out.NodeSeconds = make([]int32, len(out.Nodes))
	for i, n := range out.Nodes {
		out.NodeSeconds[i] = wholeSeconds(uint64(s.dist[n]))
		for a := d.g.firstOut[n]; a < d.g.firstOut[n+1]; a++ {
			e, against := d.g.arcEdge[a]>>1, d.g.arcEdge[a]&1 == 1
			if e == src.edge || d.weights[e] == shut {
				continue
			}
			front, back := d.reachedEnds(s, e, limit)
			switch {
			case against && front >= 0:
				// written when its tail comes by
			case front+back >= 1:
				out.Edges = append(out.Edges, ReachedEdge{e, 0, 1})
			default:
				if front >= 0 {
					out.Edges = append(out.Edges, ReachedEdge{e, 0, front})
				}
				if back >= 0 {
					out.Edges = append(out.Edges, ReachedEdge{e, 1 - back, 1})
				}
			}
		}
	}
	out.Edges = append(out.Edges, d.reachedOwn(s, src, limit)...)
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
// the edge not walked that way.
func (d *Dijkstra) reachedEnds(s *scratch, e int32, limit uint32) (front, back float64) {
	part := func(node int32, flag edgeFlags) float64 {
		if d.g.flags[e]&flag == 0 || s.dist[node] == unreached {
			return -1
		}
		if left := limit - s.dist[node]; left < d.weights[e] {
			return float64(left) / float64(d.weights[e])
		}
		return 1
	}
	return part(d.g.tail[e], flagForward), part(d.g.head[e], flagBackward)
}

// reachedOwn returns what is reached of the edge on which the search began,
// with overlapping pieces made one.
func (d *Dijkstra) reachedOwn(s *scratch, src place, limit uint32) []ReachedEdge {
	left := limit - uint32(src.off)
	from, to := src.offset, src.offset
	if src.forward {
		to += min(left, src.weight-src.offset)
	}
	if src.backward {
		from -= min(left, src.offset)
	}
	w := max(float64(src.weight), 1)
	pieces := []ReachedEdge{{src.edge, min(src.fraction, float64(from)/w), max(src.fraction, float64(to)/w)}}
	if src.weight == 0 {
		pieces[0] = ReachedEdge{src.edge, 0, 1}
	}
	front, back := d.reachedEnds(s, src.edge, limit)
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
