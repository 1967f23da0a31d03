package routing

import (
	"context"
	"fmt"
)

// Doors are places that many walks end at, sorted by the street they are on, so
// that what a search reaches is found without looking at every one of them. They
// belong to one engine, never change, and are safe for concurrent use.
type Doors struct {
	e      *Engine
	places []place
	first  []uint32 // by edge, edges+1, into order
	order  []int32
}

// Walk is the way to one of some doors, in whole seconds, rounded up.
type Walk struct {
	Door    int32
	Seconds int32
}

// NewDoors lays places out along the streets. Those without a street are never
// reached. The error is for places of another graph.
func (e *Engine) NewDoors(at []Snap) (*Doors, error) {
	places, err := e.places(at)
	if err != nil {
		return nil, fmt.Errorf("lay out doors: %w", err)
	}
	d := &Doors{e: e, places: places, first: make([]uint32, e.g.Edges()+1), order: sourcesByEdge(places)}
	for _, i := range d.order {
		d.first[places[i].edge+1]++
	}
	for edge := range e.g.Edges() {
		d.first[edge+1] += d.first[edge]
	}
	return d, nil
}

// Len is how many doors there are.
func (d *Doors) Len() int { return len(d.places) }

// on lists the doors of an edge, ascending.
func (d *Doors) on(edge int32) []int32 { return d.order[d.first[edge]:d.first[edge+1]] }

// Within returns the doors at most so many seconds from a location, as Table has
// the time to them, in no order that means anything but the same in every run. 0
// seconds or fewer reach nothing.
func (d *Doors) Within(ctx context.Context, from Snap, seconds int) ([]Walk, error) {
	e := d.e
	source, err := e.place(from)
	if err != nil {
		return nil, fmt.Errorf("doors within %d s: %w", seconds, err)
	}
	if !source.ok || seconds <= 0 {
		return nil, nil
	}
	limit := limitOf(seconds)
	s := e.take()
	defer e.give(s)
	s.nextStamp()
	s.seed(source, limit, -1)
	if err := e.search(ctx, s, limit, -1, labelInherit); err != nil {
		return nil, fmt.Errorf("doors within %d s: %w", seconds, err)
	}
	edges := &s.reach.edges
	edges.clearTo(e.g.Edges())
	edges.add(source.edge)
	for _, n := range s.touched {
		n = e.base(n)
		for _, half := range e.g.arcs[e.g.firstArc[n]:e.g.firstArc[n+1]] {
			edges.add(half >> 1)
		}
	}
	var out []Walk
	edges.each(func(edge int32) {
		for _, i := range d.on(edge) {
			over, _ := s.arriveBy(&d.places[i])
			if edge == source.edge {
				over = min(over, e.direct(source, d.places[i]))
			}
			if over <= uint64(limit) {
				out = append(out, Walk{i, wholeSeconds(over)})
			}
		}
	})
	return out, nil
}
