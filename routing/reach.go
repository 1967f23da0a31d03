package routing

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"
)

// Reach is what can be reached from a location within a number of seconds.
type Reach struct {
	// From is the location, the first of several that were merged.
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

// Lines returns the reached pieces as lines in lon-lat, in the order of Edges.
func (r Reach) Lines() orb.MultiLineString {
	out := make(orb.MultiLineString, 0, len(r.Edges))
	for _, e := range r.Edges {
		out = append(out, r.graph.Part(e.Edge, e.From, e.To))
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

// Reach returns everything that can be reached within some seconds. Seconds of
// 0 or fewer reach nothing, and so does a location without a street or too far
// from it.
func (e *Engine) Reach(ctx context.Context, from Snap, seconds int) (Reach, error) {
	s := e.take()
	defer e.give(s)
	out := []Reach{{Seconds: seconds}}
	if err := e.reach(ctx, s, []Snap{from}, out, nil); err != nil {
		return Reach{}, fmt.Errorf("reach: %w", err)
	}
	return out[0], nil
}
