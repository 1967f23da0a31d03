package hierarchy

import (
	"errors"
	"fmt"
	"math"
)

// ErrIndex is wrapped by [FromArrays] where the arrays are no index.
var ErrIndex = errors.New("no contraction hierarchy")

// shortcutBit marks the first child of an arc that is a shortcut.
const shortcutBit = 1 << 31

// Index is a contraction hierarchy: immutable, and safe for concurrent use.
type Index struct {
	nodes, arcs        int // of the graph
	symmetric, lengths bool
	// steep bounds the cost and long the length of every cheapest way, without
	// seeds, and steep every weight; they may be too large.
	steep, long uint64
	rank        []uint32 // by node of the graph: its number here
	node        []uint32 // by number here: the node of the graph
	up, down    half     // the same where the graph is symmetric
}

// half is the arcs of one direction in flat arrays, each kept at the end that
// matters less: of up, those that leave it; of down, those that reach it.
type half struct {
	first  []uint32
	arcs   []uint32 // pairs: the end that matters more, the weight
	child  []uint32 // pairs: of a shortcut its first half in down (with shortcutBit) and its second in up; else the graph's arc here and, where symmetric, back
	length []uint32 // nil without lengths
}

// Nodes returns the number of nodes of the graph.
func (x *Index) Nodes() int { return x.nodes }

// Arcs returns the number of arcs of the graph.
func (x *Index) Arcs() int { return x.arcs }

// Symmetric tells whether every way costs, and is, the same in both directions.
func (x *Index) Symmetric() bool { return x.symmetric }

// Lengths tells whether the graph had lengths.
func (x *Index) Lengths() bool { return x.lengths }

// The head of the arrays of an index.
const (
	headVersion = iota
	headNodes
	headArcs
	headFlags
	headSteep
	headLong
	headSize
)

const (
	version       = 1
	flagSymmetric = 1
	flagLengths   = 2
)

// Arrays returns what the index is made of, in place, for a file: they must not
// be changed. There are always eleven, of which some may be empty.
func (x *Index) Arrays() [][]uint32 {
	flags := uint32(0)
	if x.symmetric {
		flags |= flagSymmetric
	}
	if x.lengths {
		flags |= flagLengths
	}
	clamp := func(v uint64) uint32 { return uint32(min(v, math.MaxUint32)) }
	head := []uint32{version, uint32(x.nodes), uint32(x.arcs), flags, clamp(x.steep), clamp(x.long)}
	all := [][]uint32{head, x.rank, x.node, x.up.first, x.up.arcs, x.up.child, x.up.length}
	if x.symmetric {
		return append(all, nil, nil, nil, nil)
	}
	return append(all, x.down.first, x.down.arcs, x.down.child, x.down.length)
}

// FromArrays makes an index of arrays that [Index.Arrays] gave. It uses them in
// place: they must not change while the index is in use. It reads all of them
// once, and refuses with an error that wraps [ErrIndex] whatever could make a
// question panic or run without end; that the answers are right is for the
// caller's checksum to vouch for.
func FromArrays(arrays [][]uint32) (*Index, error) {
	if len(arrays) != 11 || len(arrays[0]) != headSize {
		return nil, fmt.Errorf("%w: %d arrays, want 11 with a head of %d", ErrIndex, len(arrays), headSize)
	}
	head := arrays[0]
	if head[headVersion] != version {
		return nil, fmt.Errorf("%w: version %d, want %d", ErrIndex, head[headVersion], version)
	}
	x := &Index{
		nodes: int(head[headNodes]), arcs: int(head[headArcs]),
		symmetric: head[headFlags]&flagSymmetric != 0, lengths: head[headFlags]&flagLengths != 0,
		steep: uint64(head[headSteep]), long: uint64(head[headLong]),
		rank: arrays[1], node: arrays[2],
		up: half{first: arrays[3], arcs: arrays[4], child: arrays[5], length: arrays[6]},
	}
	x.down = x.up
	if !x.symmetric {
		x.down = half{first: arrays[7], arcs: arrays[8], child: arrays[9], length: arrays[10]}
	}
	if err := x.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIndex, err)
	}
	return x, nil
}

// check tells what in the arrays could lead astray.
func (x *Index) check() error {
	if x.nodes > maxNodes || x.arcs > maxArcs {
		return fmt.Errorf("%d nodes and %d arcs, at most %d and %d", x.nodes, x.arcs, maxNodes, maxArcs)
	}
	if len(x.rank) != x.nodes || len(x.node) != x.nodes {
		return fmt.Errorf("%d and %d numbers for %d nodes", len(x.rank), len(x.node), x.nodes)
	}
	for v, r := range x.rank {
		if int(r) >= x.nodes || x.node[r] != uint32(v) {
			return fmt.Errorf("node %d has no number of its own", v)
		}
	}
	if err := x.checkHalf(&x.up); err != nil {
		return fmt.Errorf("upward: %w", err)
	}
	if !x.symmetric {
		if err := x.checkHalf(&x.down); err != nil {
			return fmt.Errorf("downward: %w", err)
		}
	}
	return x.checkChildren()
}

// checkHalf makes sure that every arc leads to a node that matters more.
func (x *Index) checkHalf(h *half) error {
	if len(h.first) != x.nodes+1 || h.first[0] != 0 {
		return fmt.Errorf("%d starts for %d nodes", len(h.first), x.nodes)
	}
	m := int(h.first[x.nodes])
	if m > maxArcs || len(h.arcs) != 2*m || len(h.child) != 2*m || x.lengths && len(h.length) != m || !x.lengths && len(h.length) != 0 {
		return fmt.Errorf("%d, %d and %d entries for %d arcs", len(h.arcs), len(h.child), len(h.length), m)
	}
	for v := range x.nodes {
		if h.first[v] > h.first[v+1] || int(h.first[v+1]) > m {
			return fmt.Errorf("the arcs of %d end before they start", v)
		}
		for i := h.first[v]; i < h.first[v+1]; i++ {
			if int(h.arcs[2*i]) >= v {
				return fmt.Errorf("arc %d from %d to %d leads down", i, v, h.arcs[2*i])
			}
			if h.arcs[2*i+1] == Unreached {
				return fmt.Errorf("arc %d is shut", i)
			}
		}
	}
	return nil
}

// checkChildren makes sure that unpacking a shortcut ends, and soon: its
// children lie at a node that matters less, and it stands for no more arcs than
// a way without needless loops has.
func (x *Index) checkChildren() error {
	most := uint32(4*x.nodes + 64)
	up := make([]uint32, len(x.up.child)/2)
	down := up
	if !x.symmetric {
		down = make([]uint32, len(x.down.child)/2)
	}
	part := func(h *half, hops []uint32, v int) error {
		for i := h.first[v]; i < h.first[v+1]; i++ {
			a, b := h.child[2*i], h.child[2*i+1]
			if a&shortcutBit == 0 {
				if int(a) >= x.arcs || int(b) >= x.arcs {
					return fmt.Errorf("arc %d is made of arcs %d and %d of %d", i, a, b, x.arcs)
				}
				hops[i] = 1
				continue
			}
			a &^= shortcutBit
			if a < x.down.first[v+1] || int(a) >= len(down) || b < x.up.first[v+1] || int(b) >= len(up) {
				return fmt.Errorf("arc %d is made of arcs %d and %d that do not lie below it", i, a, b)
			}
			if hops[i] = down[a] + up[b]; hops[i] > most {
				return fmt.Errorf("arc %d stands for %d arcs of the graph", i, hops[i])
			}
		}
		return nil
	}
	for v := x.nodes - 1; v >= 0; v-- {
		if err := part(&x.up, up, v); err != nil {
			return err
		}
		if !x.symmetric {
			if err := part(&x.down, down, v); err != nil {
				return err
			}
		}
	}
	return nil
}
