package routing

import (
	"context"
	"math/bits"
	"slices"

	"sanse/routing/outline"
)

// reachRoom is what reaches and isochrones need besides a search.
type reachRoom struct {
	nodes, edges bitset
	sources      []place
	own          []int32 // sources by edge
	pieces       []ReachedEdge
	last         []ReachedEdge
	flat         []flatPoint
	segments     []outline.Segment
	surroundings surroundings
	drawer       outline.Drawer
}

// bitset is a set of small numbers.
type bitset []uint64

func (b *bitset) clearTo(n int) {
	words := (n + 63) / 64
	if cap(*b) < words {
		*b = make(bitset, words)
		return
	}
	*b = (*b)[:words]
	clear(*b)
}

func (b bitset) add(i int32) { b[i>>6] |= 1 << (i & 63) }

// each calls visit for the numbers in the set, ascending.
func (b bitset) each(visit func(i int32)) {
	for w, word := range b {
		for ; word != 0; word &= word - 1 {
			visit(int32(w<<6 + bits.TrailingZeros64(word)))
		}
	}
}

// reach fills reaches, whose Seconds are set and ascending, by one search from
// all locations. With a plane it writes the reached segments to the room, the
// band of each being the first reach that holds it.
func (e *Engine) reach(ctx context.Context, s *scratch, from []Snap, reaches []Reach, on *plane) error {
	room := &s.reach
	room.sources, room.segments = room.sources[:0], room.segments[:0]
	for _, snap := range from {
		p, err := e.place(snap)
		if err != nil {
			return err
		}
		room.sources = append(room.sources, p)
	}
	for k := range reaches {
		reaches[k].graph = e.g
		if len(from) > 0 {
			reaches[k].From = from[0]
		}
	}
	limit := uint32(0)
	for _, r := range reaches {
		if r.Seconds > 0 {
			limit = max(limit, limitOf(r.Seconds))
		}
	}
	if limit == 0 {
		return nil
	}
	s.reset()
	s.nextStamp()
	room.own = room.own[:0]
	for i, p := range room.sources {
		if p.ok && p.off <= uint64(limit) {
			room.own = append(room.own, int32(i))
			s.seed(p, limit, -1)
		}
	}
	slices.SortStableFunc(room.own, func(a, b int32) int { return int(room.sources[a].edge) - int(room.sources[b].edge) })
	if err := e.search(ctx, s, limit, -1, labelInherit); err != nil {
		return err
	}
	e.collectNodes(s, reaches)
	e.collectEdges(s, reaches, on)
	return nil
}

// collectNodes fills the nodes of the reaches and notes the edges at them.
func (e *Engine) collectNodes(s *scratch, reaches []Reach) {
	room := &s.reach
	room.nodes.clearTo(e.g.nodes)
	room.edges.clearTo(e.g.Edges())
	for _, n := range s.touched {
		n = e.base(n)
		room.nodes.add(n)
		for _, half := range e.g.arcs[e.g.firstArc[n]:e.g.firstArc[n+1]] {
			room.edges.add(half >> 1)
		}
	}
	for _, i := range room.own {
		room.edges.add(room.sources[i].edge)
	}
	for k := range reaches {
		r := &reaches[k]
		if r.Seconds <= 0 {
			continue
		}
		limit, count := limitOf(r.Seconds), 0
		for _, n := range s.touched {
			if s.dist[n] <= limit {
				count++
			}
		}
		r.Nodes, r.NodeSeconds = make([]int32, 0, count), make([]int32, 0, count)
		room.nodes.each(func(n int32) {
			if millis := e.millisAt(s, n); millis <= limit {
				r.Nodes = append(r.Nodes, n)
				r.NodeSeconds = append(r.NodeSeconds, wholeSeconds(uint64(millis)))
			}
		})
	}
}

// millisAt is the time to a node of the graph, over whatever copy of it.
func (e *Engine) millisAt(s *scratch, node int32) uint32 {
	best := s.dist[node]
	from, to := e.copies(node)
	for c := from; c < to; c++ {
		best = min(best, s.dist[c])
	}
	return best
}

// leaving is the time at which half an edge is entered at its beginning.
func (e *Engine) leaving(s *scratch, node, half int32) uint32 {
	best := s.dist[node]
	from, to := e.copies(node)
	for c := from; c < to; c++ {
		if s.dist[c] == unreached {
			continue
		}
		if i := e.arcOf(c, half); i >= 0 {
			turn := e.net.arcs[i].weight - e.weight(half)
			best = uint32(min(uint64(s.dist[c])+uint64(turn), uint64(best)))
		}
	}
	return best
}

// collectEdges fills the reached pieces of the reaches.
func (e *Engine) collectEdges(s *scratch, reaches []Reach, on *plane) {
	room := &s.reach
	for k := range reaches {
		reaches[k].Edges = make([]ReachedEdge, 0, len(reaches[k].Nodes)*2+len(room.own))
	}
	next := 0 // of own
	room.edges.each(func(edge int32) {
		first := next
		for next < len(room.own) && room.sources[room.own[next]].edge == edge {
			next++
		}
		room.last = room.last[:0]
		fromTail, fromHead := e.leaving(s, e.g.tail[edge], edge<<1), e.leaving(s, e.g.head[edge], edge<<1|1)
		for k := range reaches {
			r := &reaches[k]
			if r.Seconds <= 0 {
				continue
			}
			room.pieces = e.pieces(room.pieces[:0], edge, fromTail, fromHead, limitOf(r.Seconds))
			if next > first {
				room.pieces = e.ownPieces(room.pieces, room.sources, room.own[first:next], limitOf(r.Seconds))
			}
			r.Edges = append(r.Edges, room.pieces...)
			if on != nil && !slices.Equal(room.pieces, room.last) {
				for _, p := range room.pieces {
					e.g.flatten(room, on, p, k)
				}
				room.last = append(room.last[:0], room.pieces...)
			}
		}
	})
}

// pieces appends what is reached of an edge that is entered at its ends at those
// times, as one piece if that is all of it.
func (e *Engine) pieces(out []ReachedEdge, edge int32, fromTail, fromHead, limit uint32) []ReachedEdge {
	forward, backward := e.forward[edge], e.backward[edge]
	if forward == 0 || backward == 0 { // all of it is at both of its ends
		if min(fromTail, fromHead) <= limit {
			out = append(out, ReachedEdge{edge, 0, 1})
		}
		return out
	}
	part := func(entered, weight uint32) float64 {
		switch {
		case weight == shut || entered > limit:
			return -1
		case limit-entered < weight:
			return float64(limit-entered) / float64(weight)
		}
		return 1
	}
	front, back := part(fromTail, forward), part(fromHead, backward)
	if front >= 1 || back >= 1 || front >= 0 && back >= 0 && front+back >= 1 {
		return append(out, ReachedEdge{edge, 0, 1})
	}
	if front >= 0 {
		out = append(out, ReachedEdge{edge, 0, front})
	}
	if back >= 0 {
		out = append(out, ReachedEdge{edge, 1 - back, 1})
	}
	return out
}

// ownPieces adds what sources reach of the edge that they all lie on, and makes
// overlapping pieces one.
func (e *Engine) ownPieces(pieces []ReachedEdge, sources []place, own []int32, limit uint32) []ReachedEdge {
	for _, i := range own {
		src := &sources[i]
		if src.off > uint64(limit) {
			continue
		}
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
		pieces = append(pieces, ReachedEdge{src.edge, from, to})
	}
	if len(pieces) < 2 {
		return pieces
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
