package routing

import (
	"fmt"
	"slices"
)

// ReplaceEdges puts edges in the place of others, all added before: with[e] are
// those that stand for edge e along its line, from its first node or the one in
// its place; -1 stands for a stretch that is shut, and no edges at all, or
// nothing but -1, take e away. Turn rules follow: over the piece that meets
// their node, or over all pieces of an edge on the way; a rule whose way is shut
// goes. Edges are numbered anew, in their order.
func (b *Builder) ReplaceEdges(with map[int32][]int32) error {
	gone := make([]bool, len(b.edges))
	for e, pieces := range with {
		for _, n := range append([]int32{e}, pieces...) {
			if n != -1 && (n < 0 || int(n) >= len(b.edges)) || e < 0 {
				return fmt.Errorf("replace edge %d: edge %d does not exist", e, n)
			}
		}
		for i, n := range pieces {
			if _, too := with[n]; too {
				return fmt.Errorf("replace edge %d: its piece %d is replaced itself", e, n)
			}
			if i > 0 && n >= 0 && pieces[i-1] >= 0 && b.edges[pieces[i-1]].to != b.edges[n].from {
				return fmt.Errorf("replace edge %d: pieces %d and %d do not follow each other", e, pieces[i-1], n)
			}
		}
		gone[e] = true
	}
	turns := b.turns[:0]
	for _, t := range b.turns {
		if halves, ok := replaceHalves(t.halves, with); ok {
			t.halves = halves
			turns = append(turns, t)
		}
	}
	b.turns = turns
	number := make([]int32, len(b.edges))
	kept := b.edges[:0]
	for e := range gone {
		number[e] = int32(len(kept))
		if !gone[e] {
			kept = append(kept, b.edges[e])
		}
	}
	b.edges = kept
	for i := range b.turns {
		for k, h := range b.turns[i].halves {
			b.turns[i].halves[k] = number[h>>1]<<1 | h&1
		}
	}
	return nil
}

// replaceHalves says a rule's halves in the pieces of its edges; false where
// its way is shut.
func replaceHalves(halves []int32, with map[int32][]int32) ([]int32, bool) {
	var out []int32
	for i, h := range halves {
		pieces, ok := with[h>>1]
		if !ok {
			out = append(out, h)
			continue
		}
		pieces = slices.Clone(pieces)
		if h&1 == 1 {
			slices.Reverse(pieces)
		}
		switch {
		case len(pieces) == 0:
		case i == 0: // the piece that leads to the node
			pieces = pieces[len(pieces)-1:]
		case i == len(halves)-1: // the one that leaves it
			pieces = pieces[:1]
		}
		if len(pieces) == 0 || slices.Contains(pieces, -1) {
			return nil, false
		}
		for _, n := range pieces {
			out = append(out, n<<1|h&1)
		}
	}
	return out, true
}
