package routing

import (
	"context"
	"fmt"
)

// Field is the time from the nearest of some facilities to everywhere on the
// streets, found by one search. It never changes and is safe for concurrent use;
// it holds 8 bytes a node.
type Field struct {
	e       *Engine
	limit   uint32
	best    []found // by node of the network
	sources []place
	own     []int32 // sources by edge
}

// Field searches from all facilities at once. Farther than so many seconds is
// nowhere; 0 seconds or fewer set no bound. Facilities without a street reach
// nothing.
func (e *Engine) Field(ctx context.Context, facilities []Snap, seconds int) (*Field, error) {
	sources, err := e.places(facilities)
	if err != nil {
		return nil, fmt.Errorf("field: %w", err)
	}
	spread := e.newSpread(1, limitOf(seconds))
	for i := range sources {
		spread.seed(&sources[i], int32(i))
	}
	if err := spread.run(ctx); err != nil {
		return nil, fmt.Errorf("field: %w", err)
	}
	return &Field{e: e, limit: spread.limit, best: spread.best, sources: sources, own: sourcesByEdge(sources)}, nil
}

// Vertices returns, for every vertex of the graph, the whole seconds (rounded up)
// from the nearest facility and its index, -1 and -1 where none is within the
// field's bound: what NearestForAll says of one facility a vertex.
func (f *Field) Vertices() (walk, facility []int32) {
	return (&spread{e: f.e, k: 1, limit: f.limit, best: f.best}).vertices(f.sources, f.own)
}

// on lists the facilities on an edge.
func (f *Field) on(edge int32) []int32 {
	lo, hi := 0, len(f.own)
	for lo < hi {
		if m := (lo + hi) / 2; f.sources[f.own[m]].edge < edge {
			lo = m + 1
		} else {
			hi = m
		}
	}
	end := lo
	for end < len(f.own) && f.sources[f.own[end]].edge == edge {
		end++
	}
	return f.own[lo:end]
}

// Nearest writes, for every door, the whole seconds (rounded up) from the nearest
// facility and its index, -1 and -1 where none is within the field's bound: what
// Engine.Nearest says. Of several equally near, to the millisecond, it names the
// lowest. Doors of another engine are an error.
func (f *Field) Nearest(d *Doors) (walk, facility []int32, err error) {
	if d.e.g != f.e.g {
		return nil, nil, fmt.Errorf("nearest: the doors are of another graph")
	}
	walk, facility = make([]int32, d.Len()), make([]int32, d.Len())
	for i := range d.places {
		walk[i], facility[i] = -1, -1
	}
	for edge := range int32(f.e.g.Edges()) {
		doors := d.on(edge)
		if len(doors) == 0 {
			continue
		}
		own := f.on(edge)
		for _, i := range doors {
			if at := f.at(&d.places[i], own); at != nothingFound {
				walk[i], facility[i] = wholeSeconds(at.millis()), at.facility()
			}
		}
	}
	return walk, facility, nil
}

// at is what is nearest to a place; own are the facilities on its edge.
func (f *Field) at(p *place, own []int32) found {
	least := nothingFound
	for i := 0; ; i++ {
		x, ok := p.entry(i)
		if !ok {
			break
		}
		if b := f.best[x.node]; b != nothingFound {
			if m := b.millis() + uint64(x.millis) + p.off; m <= uint64(f.limit) {
				least = min(least, foundAt(m, b.facility()))
			}
		}
	}
	for _, i := range own {
		if m := f.e.direct(f.sources[i], *p); m <= uint64(f.limit) {
			least = min(least, foundAt(m, i))
		}
	}
	return least
}

// OnPart returns the whole seconds (rounded up) to the part of an edge from one
// fraction to another that is reached first, and the facility it is reached
// from; -1 and -1 where it is not reached within the field's bound.
func (f *Field) OnPart(edge int32, from, to float64) (seconds, facility int32) {
	e := f.e
	forward, backward := e.forward[edge], e.backward[edge]
	least := nothingFound
	take := func(millis uint64, facility int32) {
		if millis <= uint64(f.limit) {
			least = min(least, foundAt(millis, facility))
		}
	}
	after := func(at found, millis uint32) {
		if at != nothingFound {
			take(at.millis()+uint64(millis), at.facility())
		}
	}
	// As a place has it: at the very end of an edge one is at its node.
	atTail, atHead := from == 0, to == 1
	if forward != shut {
		atTail, atHead = atTail || along(from, forward) == 0, atHead || along(to, forward) == forward
		after(f.leaving(e.g.tail[edge], edge<<1), along(from, forward))
	}
	if backward != shut {
		atTail, atHead = atTail || along(from, backward) == 0, atHead || along(to, backward) == backward
		after(f.leaving(e.g.head[edge], edge<<1|1), backward-along(to, backward))
	}
	if atTail {
		after(f.node(e.g.tail[edge]), 0)
	}
	if atHead {
		after(f.node(e.g.head[edge]), 0)
	}
	for _, i := range f.on(edge) {
		p := &f.sources[i]
		if p.fraction >= from && p.fraction <= to {
			take(p.off, i)
			continue
		}
		if forward != shut && along(p.fraction, forward) <= along(to, forward) {
			take(p.off+uint64(max(along(from, forward), along(p.fraction, forward))-along(p.fraction, forward)), i)
		}
		if backward != shut && along(p.fraction, backward) >= along(from, backward) {
			take(p.off+uint64(along(p.fraction, backward)-min(along(to, backward), along(p.fraction, backward))), i)
		}
	}
	if least == nothingFound {
		return -1, -1
	}
	return wholeSeconds(least.millis()), least.facility()
}

// node is what a node of the graph has found, over whatever copy of it.
func (f *Field) node(n int32) found {
	least := f.best[n]
	from, to := f.e.copies(n)
	for c := from; c < to; c++ {
		least = min(least, f.best[c])
	}
	return least
}

// leaving is when half an edge is entered at its beginning, the turn into it
// taken.
func (f *Field) leaving(node, half int32) found {
	least := f.best[node]
	from, to := f.e.copies(node)
	for c := from; c < to; c++ {
		if f.best[c] == nothingFound {
			continue
		}
		if i := f.e.arcOf(c, half); i >= 0 {
			turn := uint64(f.e.net.arcs[i].weight - f.e.weight(half))
			if m := f.best[c].millis() + turn; m <= uint64(f.limit) {
				least = min(least, foundAt(m, f.best[c].facility()))
			}
		}
	}
	return least
}
