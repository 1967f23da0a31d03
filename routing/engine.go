package routing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"sanse/routing/hierarchy"
)

// ErrNoWay is returned where there is no way between two locations.
var ErrNoWay = errors.New("no way on foot")

// Unreached is the milliseconds of what cannot be reached. Times of 49 days and
// more count as such.
const Unreached = math.MaxUint32

const unreached = Unreached

// Engine answers questions of travelling time on one graph for one profile: by
// plain search, or, once prepared, by a contraction hierarchy; the answers are
// the same. It is immutable and safe for concurrent use. Every time includes the
// straight walk from the location to its street at both ends, except that two
// locations at the very same point are 0 apart.
type Engine struct {
	g         *Graph
	profile   Profile
	forward   []uint32 // by edge: milliseconds along its line; shut where the profile cannot go
	backward  []uint32
	net       net
	symmetric bool
	snapper   *snapper
	pool      *sync.Pool // of *scratch
	queries   *sync.Pool // of *Query
	rowers    *sync.Pool // of *rower
	index     *hierarchy.Index
}

// NewEngine returns an engine that searches plainly. A profile that Validate
// refuses is an error.
func NewEngine(g *Graph, p Profile) (*Engine, error) {
	if g == nil || g.Edges() == 0 {
		return nil, fmt.Errorf("make engine: %w", ErrEmpty)
	}
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("make engine: %w", err)
	}
	e := &Engine{g: g, profile: p}
	e.weigh()
	e.snapper = newSnapper(g, e.forward, e.backward)
	e.connect()
	e.pool, e.queries, e.rowers = &sync.Pool{}, &sync.Pool{}, &sync.Pool{}
	return e, nil
}

// weigh prices every edge.
func (e *Engine) weigh() {
	e.forward, e.backward = make([]uint32, e.g.Edges()), make([]uint32, e.g.Edges())
	paces := make([][2]pace, len(e.g.kinds))
	for k := range paces {
		paces[k] = [2]pace{e.profile.paceOf(&e.g.kinds[k], false), e.profile.paceOf(&e.g.kinds[k], true)}
	}
	e.symmetric = true
	for i, k := range e.g.kind {
		e.forward[i], e.backward[i] = paces[k][0].millis(e.g.mm[i]), paces[k][1].millis(e.g.mm[i])
		e.symmetric = e.symmetric && e.forward[i] == e.backward[i]
	}
	if e.symmetric {
		e.backward = e.forward
	}
}

// Symmetric tells that every time is the same in both directions, so that one
// half of a table says it all.
func (e *Engine) Symmetric() bool { return e.symmetric }

// Graph returns the graph that the engine runs on.
func (e *Engine) Graph() *Graph { return e.g }

// Profile returns the profile that the engine runs with.
func (e *Engine) Profile() Profile { return e.profile }

// Prepared tells whether the engine has a contraction hierarchy.
func (e *Engine) Prepared() bool { return e.index != nil }

// EdgeMillis returns the milliseconds that an edge takes along its line and
// against it, Unreached where it is shut or does not exist.
func (e *Engine) EdgeMillis(edge int32) (forward, backward uint32) {
	if edge < 0 || int(edge) >= len(e.forward) {
		return Unreached, Unreached
	}
	return e.forward[edge], e.backward[edge]
}

// PrepareOptions says how to prepare.
type PrepareOptions struct {
	Threads  int                   // 0 is 1
	Progress func(done, total int) // nil: nobody looks
}

// Prepare returns an engine with a contraction hierarchy (Geisberger, Sanders,
// Schultes, Delling 2008) for the same graph and profile. It gives the same
// answers, sooner; of ways that take the same time it may choose another. The
// same graph and profile give the same hierarchy whatever the threads. It ends
// early with the context's error.
func (e *Engine) Prepare(ctx context.Context, o PrepareOptions) (*Engine, error) {
	index, err := hierarchy.Prepare(ctx, e.bare(), hierarchy.Options{Threads: max(1, o.Threads), Progress: o.Progress})
	if err != nil {
		return nil, fmt.Errorf("prepare engine: %w", err)
	}
	return e.with(index), nil
}

// with is the engine with a hierarchy.
func (e *Engine) with(index *hierarchy.Index) *Engine {
	prepared := *e
	prepared.index, prepared.queries, prepared.rowers = index, &sync.Pool{}, &sync.Pool{}
	return &prepared
}

// bare is the network as a hierarchy sees it.
func (e *Engine) bare() hierarchy.Graph {
	g := hierarchy.Graph{
		First: e.net.first, Head: make([]uint32, len(e.net.arcs)), Weight: make([]uint32, len(e.net.arcs)), Length: make([]uint32, len(e.net.arcs)),
	}
	for i, a := range e.net.arcs {
		g.Head[i], g.Weight[i], g.Length[i] = uint32(a.head), a.weight, e.g.mm[e.net.edge[i]>>1]
	}
	return g
}
