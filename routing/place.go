package routing

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// place is a Snap in the engine's own terms.
type place struct {
	ok               bool
	edge, tail, head int32
	// Milliseconds along the edge to its ends from here, and here from its
	// ends; shut where the edge cannot be used that way. At the very end of an
	// edge one is at the node, whatever the directions.
	toTail, toHead, fromTail, fromHead uint32
	fraction                           float64
	off                                uint64 // milliseconds off the graph
	component                          int32
	asked                              orb.Point
}

func (e *Engine) place(s Snap) (place, error) {
	if !s.OK {
		return place{}, nil
	}
	if s.Edge < 0 || int(s.Edge) >= e.g.Edges() || !(s.Fraction >= 0 && s.Fraction <= 1) ||
		!(s.Metres >= 0) || math.IsInf(s.Metres, 0) {
		return place{}, fmt.Errorf("location %v: fraction %v of edge %d, %v m away, is not of this graph", s.Asked, s.Fraction, s.Edge, s.Metres)
	}
	forward, backward := e.forward[s.Edge], e.backward[s.Edge]
	if forward == shut && backward == shut {
		return place{}, nil
	}
	p := place{
		ok: true, edge: s.Edge, tail: e.g.tail[s.Edge], head: e.g.head[s.Edge],
		toTail: shut, toHead: shut, fromTail: shut, fromHead: shut,
		fraction: s.Fraction, off: e.profile.walkMillis(s.Metres), component: e.g.Component(s.Edge), asked: s.Asked,
	}
	if forward != shut {
		p.fromTail = along(s.Fraction, forward)
		p.toHead = forward - p.fromTail
	}
	if backward != shut {
		p.toTail = along(s.Fraction, backward)
		p.fromHead = backward - p.toTail
	}
	if p.fromTail == 0 || p.toTail == 0 {
		p.fromTail, p.toTail = 0, 0
	}
	if p.fromHead == 0 || p.toHead == 0 {
		p.fromHead, p.toHead = 0, 0
	}
	return p, nil
}

func (e *Engine) places(snaps []Snap) ([]place, error) {
	out := make([]place, len(snaps))
	for i, s := range snaps {
		p, err := e.place(s)
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}

// seed starts a search at a place; label is put on both ends of its edge.
func (s *scratch) seed(p place, limit uint32, label int32) {
	if p.toHead != shut {
		s.relax(p.head, p.off+uint64(p.toHead), limit, label)
	}
	if p.toTail != shut {
		s.relax(p.tail, p.off+uint64(p.toTail), limit, label)
	}
}

// never is more than any time.
const never = math.MaxUint64

// direct is the time between two places along the edge that they share.
func (e *Engine) direct(from, to place) uint64 {
	switch {
	case from.edge != to.edge:
		return never
	case from.asked == to.asked:
		return 0
	}
	best := uint64(never)
	if w := e.forward[from.edge]; w != shut {
		if a, b := along(from.fraction, w), along(to.fraction, w); a <= b {
			best = uint64(b - a)
		}
	}
	if w := e.backward[from.edge]; w != shut {
		if a, b := along(from.fraction, w), along(to.fraction, w); a >= b {
			best = min(best, uint64(a-b))
		}
	}
	if best == never {
		return never
	}
	return from.off + best + to.off
}

// along is how much of a weight lies before a fraction.
func along(fraction float64, weight uint32) uint32 {
	return uint32(math.Round(fraction * float64(weight)))
}

// arrive is the time to a place over the ends of its edge, and the end.
func (s *scratch) arrive(p place) (millis uint64, over int32) {
	millis, over = never, -1
	if p.fromTail != shut && s.dist[p.tail] != unreached {
		millis, over = uint64(s.dist[p.tail])+uint64(p.fromTail)+p.off, p.tail
	}
	if p.fromHead != shut && s.dist[p.head] != unreached {
		if m := uint64(s.dist[p.head]) + uint64(p.fromHead) + p.off; m < millis {
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
		if p.fromTail != shut {
			mark(p.tail)
		}
		if p.fromHead != shut {
			mark(p.head)
		}
	}
	return count
}

// limitOf turns seconds into milliseconds; 0 or fewer mean as far as it goes.
func limitOf(seconds int) uint32 {
	if seconds <= 0 || seconds >= unreached/1000 {
		return unreached - 1
	}
	return uint32(seconds) * 1000
}
