package routing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
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
	pool      *sync.Pool
}

// net is the network that is searched: nodes with the arcs that leave them.
type net struct {
	first []uint32 // nodes+1
	arcs  []arc
	edge  []int32 // by arc: edge<<1, +1 against its line
}

type arc struct {
	head   int32
	weight uint32
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
	e.pool = &sync.Pool{New: func() any { return newScratch(e.nodes()) }}
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
}

// connect lists the arcs of the network.
func (e *Engine) connect() {
	n := &e.net
	n.first = make([]uint32, e.g.nodes+1)
	for node := range e.g.nodes {
		for _, half := range e.g.arcs[e.g.firstArc[node]:e.g.firstArc[node+1]] {
			edge := half >> 1
			weight, head := e.forward[edge], e.g.head[edge]
			if half&1 == 1 {
				weight, head = e.backward[edge], e.g.tail[edge]
			}
			if weight != shut {
				n.arcs = append(n.arcs, arc{head, weight})
				n.edge = append(n.edge, half)
			}
		}
		n.first[node+1] = uint32(len(n.arcs))
	}
}

func (e *Engine) nodes() int { return len(e.net.first) - 1 }

// Symmetric tells that every time is the same in both directions, so that one
// half of a table says it all.
func (e *Engine) Symmetric() bool { return e.symmetric }

// Graph returns the graph that the engine runs on.
func (e *Engine) Graph() *Graph { return e.g }

// Profile returns the profile that the engine runs with.
func (e *Engine) Profile() Profile { return e.profile }

// Prepared tells whether the engine has a contraction hierarchy.
func (e *Engine) Prepared() bool { return false }

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

// Prepare returns an engine with a contraction hierarchy. It gives the same
// answers, sooner.
func (e *Engine) Prepare(ctx context.Context, o PrepareOptions) (*Engine, error) {
	return nil, fmt.Errorf("prepare engine: %w", errors.ErrUnsupported)
}
