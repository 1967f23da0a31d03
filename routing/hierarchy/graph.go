package hierarchy

import (
	"errors"
	"fmt"
	"math"
)

// Unreached is the cost where there is no way. As an arc's weight it says that
// nothing goes along the arc.
const Unreached = math.MaxUint32

// farthest is the cost of a way that is too long to tell.
const farthest = Unreached - 1

// maxArcs bounds the arcs of a graph and of each half of an index, so that a
// bit is left to mark shortcuts; maxNodes the nodes, so that the lanes of a
// table can be numbered.
const (
	maxNodes = 1 << 28
	maxArcs  = 1 << 30
)

// ErrGraph is wrapped by every refusal of a malformed graph.
var ErrGraph = errors.New("malformed graph")

// Graph is a directed graph in flat arrays. Node n has the arcs First[n] up to,
// not including, First[n+1]; Head and Weight are by arc. Loops, parallel arcs,
// arcs of weight 0 and several components are all welcome.
type Graph struct {
	// First has an entry more than there are nodes.
	First []uint32
	// Head is where each arc leads.
	Head []uint32
	// Weight is what each arc costs; Unreached shuts it.
	Weight []uint32
	// Length is a second measure, carried along the cheapest way; nil leaves it
	// out.
	Length []uint32
}

// Nodes returns the number of nodes.
func (g Graph) Nodes() int { return max(len(g.First)-1, 0) }

// Arcs returns the number of arcs.
func (g Graph) Arcs() int { return len(g.Head) }

// Validate tells what is wrong with the arrays, as an error that wraps
// [ErrGraph], or nil.
func (g Graph) Validate() error {
	n, m := g.Nodes(), g.Arcs()
	switch {
	case len(g.First) == 0:
		return fmt.Errorf("%w: First is empty, want one entry more than nodes", ErrGraph)
	case n > maxNodes || m > maxArcs:
		return fmt.Errorf("%w: %d nodes and %d arcs, at most %d and %d", ErrGraph, n, m, maxNodes, maxArcs)
	case len(g.Weight) != m:
		return fmt.Errorf("%w: %d weights for %d arcs", ErrGraph, len(g.Weight), m)
	case g.Length != nil && len(g.Length) != m:
		return fmt.Errorf("%w: %d lengths for %d arcs", ErrGraph, len(g.Length), m)
	case g.First[0] != 0 || int(g.First[n]) != m:
		return fmt.Errorf("%w: First runs from %d to %d, want 0 to %d", ErrGraph, g.First[0], g.First[n], m)
	}
	for v := range n {
		if g.First[v] > g.First[v+1] {
			return fmt.Errorf("%w: First falls after node %d", ErrGraph, v)
		}
	}
	for a, h := range g.Head {
		if int(h) >= n {
			return fmt.Errorf("%w: arc %d leads to node %d of %d", ErrGraph, a, h, n)
		}
	}
	return nil
}

// Seed is where a search begins or ends: a node of the graph and what it costs
// to come from the place there, or from there to the place. A place on an edge
// is a seed or two. A seed whose node the graph does not have is passed over.
type Seed struct{ Node, Cost, Length uint32 }

// in tells whether a search can begin or end at the seed.
func (s Seed) in(x *Index) bool { return int(s.Node) < x.nodes && s.Cost != Unreached }

// addReached sums two costs of which neither is Unreached; a sum that is too
// large to tell is farthest.
func addReached(a, b uint32) uint32 {
	return uint32(min(uint64(a)+uint64(b), farthest))
}
