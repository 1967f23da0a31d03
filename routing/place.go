package routing

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"sanse/routing/hierarchy"
)

// place is a Snap in the engine's own terms.
type place struct {
	ok               bool
	edge, tail, head int32
	// Milliseconds along the edge to its ends from here, and here from its
	// ends; shut where the edge cannot be used that way. At the very end of an
	// edge one is at the node, whatever the directions.
	toTail, toHead, fromTail, fromHead uint32
	// Where one gets to over the tail and over the head: a node of the network,
	// which may be a copy.
	overTail, overHead int32
	fraction           float64
	off                uint64 // milliseconds off the graph
	offMillimetres     uint32
	component          int32
	asked              orb.Point
	// entries are the further nodes over which one gets here, copies all.
	entries []entry
}

// entry is a node of the network from which a place is reached in so many
// milliseconds, over the head of its edge or its tail.
type entry struct {
	node   int32
	millis uint32
	head   bool
}

func (e *Engine) place(s Snap) (place, error) { return e.placeIn(s, nil) }

// placeIn is place with room for entries to be used again.
func (e *Engine) placeIn(s Snap, room []entry) (place, error) {
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
		offMillimetres: uint32(min(math.Round(s.Metres*1000), math.MaxUint32)), entries: room[:0],
	}
	p.overTail, p.overHead = p.tail, p.head
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
	if e.net.firstCopy != nil {
		e.enterCopies(&p)
	}
	return p, nil
}

// enterCopies finds over which copies of nodes a place is left and reached.
func (e *Engine) enterCopies(p *place) {
	if p.toHead != shut && p.toHead != 0 {
		p.overHead = e.net.arcs[e.arcOf(p.tail, p.edge<<1)].head
	}
	if p.toTail != shut && p.toTail != 0 {
		p.overTail = e.net.arcs[e.arcOf(p.head, p.edge<<1|1)].head
	}
	enter := func(node, half int32, whole, part uint32, head bool) {
		from, to := e.copies(node)
		for c := from; c < to; c++ {
			if part == 0 {
				p.entries = append(p.entries, entry{c, 0, head})
			} else if i := e.arcOf(c, half); i >= 0 { // its weight has the turn in it
				millis := min(uint64(e.net.arcs[i].weight-whole)+uint64(part), shut-1)
				p.entries = append(p.entries, entry{c, uint32(millis), head})
			}
		}
	}
	if p.fromTail != shut {
		enter(p.tail, p.edge<<1, e.forward[p.edge], p.fromTail, false)
	}
	if p.fromHead != shut {
		enter(p.head, p.edge<<1|1, e.backward[p.edge], p.fromHead, true)
	}
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

// along is how much of a weight lies before a fraction.
func along(fraction float64, weight uint32) uint32 {
	return uint32(math.Round(fraction * float64(weight)))
}

// entry is number i of the nodes over which a place is reached.
func (p *place) entry(i int) (entry, bool) {
	if p.fromTail != shut {
		if i == 0 {
			return entry{p.tail, p.fromTail, false}, true
		}
		i--
	}
	if p.fromHead != shut {
		if i == 0 {
			return entry{p.head, p.fromHead, true}, true
		}
		i--
	}
	if i < len(p.entries) {
		return p.entries[i], true
	}
	return entry{}, false
}

// seed starts a search at a place; label is put on both ends of its edge.
func (s *scratch) seed(p place, limit uint32, label int32) {
	if p.toHead != shut {
		s.relax(p.overHead, p.off+uint64(p.toHead), limit, label)
	}
	if p.toTail != shut {
		s.relax(p.overTail, p.off+uint64(p.toTail), limit, label)
	}
}

// exits are the seeds with which a search in a hierarchy begins, over the head
// first.
func (e *Engine) exits(p *place, to []hierarchy.Seed) []hierarchy.Seed {
	length := e.g.mm[p.edge]
	before := along(p.fraction, length)
	if p.toHead != shut {
		to = appendSeed(to, p, p.overHead, p.toHead, length-before)
	}
	if p.toTail != shut {
		to = appendSeed(to, p, p.overTail, p.toTail, before)
	}
	return to
}

// arrivals are the seeds with which it ends, one for each entry.
func (e *Engine) arrivals(p *place, to []hierarchy.Seed) []hierarchy.Seed {
	length := e.g.mm[p.edge]
	before := along(p.fraction, length)
	for i := 0; ; i++ {
		x, ok := p.entry(i)
		switch {
		case !ok:
			return to
		case x.head:
			to = appendSeed(to, p, x.node, x.millis, length-before)
		default:
			to = appendSeed(to, p, x.node, x.millis, before)
		}
	}
}

func appendSeed(to []hierarchy.Seed, p *place, node int32, millis, length uint32) []hierarchy.Seed {
	return append(to, hierarchy.Seed{
		Node: uint32(node), Cost: uint32(min(p.off+uint64(millis), hierarchy.Unreached)),
		Length: uint32(min(uint64(p.offMillimetres)+uint64(length), hierarchy.Unreached-1)),
	})
}

// never is more than any time.
const never = math.MaxUint64

// direct is the time between two places along the edge that they share.
func (e *Engine) direct(from, to place) uint64 {
	switch {
	case from.edge != to.edge || !from.ok || !to.ok:
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

// directMillimetres is the length of that way.
func (e *Engine) directMillimetres(from, to *place) uint32 {
	if from.asked == to.asked {
		return 0
	}
	a, b := along(from.fraction, e.g.mm[from.edge]), along(to.fraction, e.g.mm[to.edge])
	return uint32(min(uint64(max(a, b)-min(a, b))+uint64(from.offMillimetres)+uint64(to.offMillimetres), Unreached-1))
}

// arrive is the time to a place over the ends of its edge, and the node of the
// network that it is reached over; -1 for none.
func (s *scratch) arrive(p place) (millis uint64, over int32) {
	millis, x := s.arriveBy(&p)
	return millis, x.node
}

func (s *scratch) arriveBy(p *place) (millis uint64, over entry) {
	millis, over = never, entry{node: -1}
	for i := 0; ; i++ {
		x, ok := p.entry(i)
		if !ok {
			return millis, over
		}
		if d := s.dist[x.node]; d != unreached {
			if m := uint64(d) + uint64(x.millis) + p.off; m < millis {
				millis, over = m, x
			}
		}
	}
}

// wholeSeconds rounds up; never is -1.
func wholeSeconds(millis uint64) int32 {
	if millis >= tooLong {
		return -1
	}
	return int32((millis + 999) / 1000)
}

// tooLong is the first time that counts as no way; the sums of a hierarchy stop
// there.
const tooLong = hierarchy.Unreached - 1

// held is a time as a table says it.
func held(millis uint64) uint32 {
	if millis >= tooLong {
		return Unreached
	}
	return uint32(millis)
}

// want marks the nodes over which places are reached and returns how many there
// are.
func (s *scratch) want(from place, to []place) int {
	s.nextStamp()
	count := 0
	for k := range to {
		p := &to[k]
		if !p.ok || p.component != from.component {
			continue
		}
		for i := 0; ; i++ {
			x, ok := p.entry(i)
			if !ok {
				break
			}
			if s.wanted[x.node] != s.stamp {
				s.wanted[x.node] = s.stamp
				count++
			}
		}
	}
	return count
}

// limitOf turns seconds into milliseconds; 0 or fewer mean as far as it goes.
func limitOf(seconds int) uint32 {
	if seconds <= 0 || seconds >= tooLong/1000 {
		return tooLong - 1
	}
	return uint32(seconds) * 1000
}
