package routing

import (
	"context"
	"errors"

	"github.com/paulmach/orb"
)

// ErrNoWay is returned by Route when there is no way between two locations.
var ErrNoWay = errors.New("no way on foot")

// Engine answers questions of walking time on one graph for one profile. It is
// immutable and safe for concurrent use; one call uses one goroutine, so whoever
// wants more runs several calls. Every time includes the straight walk from the
// location to its street at both ends, except that two locations at the very
// same point are 0 apart.
type Engine interface {
	// Symmetric tells that every time is the same in both directions, so that
	// one half of a table says it all.
	Symmetric() bool
	// Table returns the whole seconds, rounded up, from every from to every to,
	// -1 where there is no way or a location has no street: one row a from.
	Table(ctx context.Context, from, to []Snap) ([][]int32, error)
	// Route returns the quickest way, or an error that is ErrNoWay.
	Route(ctx context.Context, from, to Snap) (Path, error)
	// Reach returns everything that can be reached within some seconds.
	Reach(ctx context.Context, from Snap, seconds int) (Reach, error)
	// Nearest returns, for every target, the whole seconds (rounded up) from
	// the facility nearest to it and that facility's index; -1 and -1 where
	// none is within so many seconds. 0 seconds or fewer set no bound. Of
	// several equally near it names one, the same in every run.
	Nearest(ctx context.Context, facilities, targets []Snap, seconds int) (walk, facility []int32, err error)
}

// Path is a way from one location to another.
type Path struct {
	Seconds int     // rounded up, as in a table
	Metres  float64 // along the line
	// Line runs from location to location, lon-lat, over the streets between.
	Line orb.LineString
	// Edges are those walked, in order; the first and the last may be partial.
	Edges []int32
}

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
		out = append(out, cutLine(r.graph.line(e.Edge), e.From, e.To))
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
