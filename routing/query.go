package routing

import (
	"context"
	"fmt"
	"math"
)

// Query is one goroutine's room for questions to an engine. Once it has grown
// to what is asked it allocates nothing.
type Query struct {
	e       *Engine
	s       *scratch
	targets []place
	options TableOptions
	row     TableRow
	length  []uint32 // by node, millimetres
}

// NewQuery returns a query of its own.
func (e *Engine) NewQuery() *Query { return &Query{e: e, s: newScratch(e.nodes())} }

// Cost returns the milliseconds of the quickest way, Unreached where there is
// none. The error is for locations of another graph.
func (q *Query) Cost(from, to Snap) (millis uint32, err error) {
	src, err := q.e.place(from)
	if err != nil {
		return Unreached, fmt.Errorf("cost: %w", err)
	}
	dst, err := q.e.place(to)
	if err != nil {
		return Unreached, fmt.Errorf("cost: %w", err)
	}
	if !src.ok || !dst.ok || src.component != dst.component {
		return Unreached, nil
	}
	q.s.reset()
	targets := [1]place{dst}
	wanted := q.s.want(src, targets[:])
	q.s.seed(src, unreached-1, -1)
	if err := q.e.search(context.Background(), q.s, unreached-1, wanted, labelInherit); err != nil {
		return Unreached, err
	}
	over, _ := q.s.arrive(dst)
	return uint32(min(min(over, q.e.direct(src, dst)), unreached)), nil
}

// Route writes the quickest way into a path, whose room it uses again. It
// returns ErrNoWay where there is none.
func (q *Query) Route(from, to Snap, into *Path) error {
	return q.e.route(context.Background(), q.s, from, to, into)
}

// SetTargets sets what Row measures to.
func (q *Query) SetTargets(to []Snap, o TableOptions) error {
	targets, err := q.e.places(to)
	if err != nil {
		return err
	}
	if o.OnStreet {
		for i := range targets {
			targets[i].off = 0
		}
	}
	q.targets, q.options = targets, o
	q.row = TableRow{Millis: make([]uint32, len(to))}
	if o.Metres {
		q.row.Millimetres = make([]uint32, len(to))
	}
	return nil
}

// Row measures from one location to every target. The row is the query's own
// and holds until the next call.
func (q *Query) Row(ctx context.Context, from Snap) (TableRow, error) {
	for i := range q.row.Millis {
		q.row.Millis[i] = Unreached
	}
	for i := range q.row.Millimetres {
		q.row.Millimetres[i] = Unreached
	}
	src, err := q.e.place(from)
	if err != nil {
		return TableRow{}, err
	}
	if !src.ok {
		return q.row, nil
	}
	if q.options.OnStreet {
		src.off = 0
	}
	e, s := q.e, q.s
	s.reset()
	wanted := s.want(src, q.targets)
	s.seed(src, unreached-1, -1)
	if err := e.search(ctx, s, unreached-1, wanted, labelArc); err != nil {
		return TableRow{}, err
	}
	for j, dst := range q.targets {
		if !dst.ok || dst.component != src.component {
			continue
		}
		over, end := s.arrive(dst)
		straight := e.direct(src, dst)
		q.row.Millis[j] = uint32(min(min(over, straight), unreached))
		if !q.options.Metres || q.row.Millis[j] == Unreached {
			continue
		}
		q.row.Millimetres[j] = q.millimetres(src, dst, over, straight, end)
	}
	return q.row, nil
}

// millimetres follows the labels back from the end over which a place is
// reached.
func (q *Query) millimetres(src, dst place, over, straight uint64, end int32) uint32 {
	e := q.e
	if src.edge == dst.edge && src.asked == dst.asked {
		return 0
	}
	part := func(edge int32, fraction float64) float64 { return float64(e.g.mm[edge]) * fraction }
	sum := 0.0
	if !q.options.OnStreet {
		sum = e.offMillimetres(src) + e.offMillimetres(dst)
	}
	if straight <= over {
		return uint32(math.Round(sum + part(src.edge, math.Abs(dst.fraction-src.fraction))))
	}
	if end == dst.tail && (dst.head != dst.tail || dst.fromTail <= dst.fromHead) {
		sum += part(dst.edge, dst.fraction)
	} else {
		sum += part(dst.edge, 1-dst.fraction)
	}
	node := end
	for q.s.label[node] >= 0 {
		half := e.net.edge[q.s.label[node]]
		sum += float64(e.g.mm[half>>1])
		node = e.start(half)
	}
	if src.startsOverHead(node, q.s.dist[node]) {
		sum += part(src.edge, 1-src.fraction)
	} else {
		sum += part(src.edge, src.fraction)
	}
	return uint32(min(math.Round(sum), Unreached-1))
}

func (e *Engine) offMillimetres(p place) float64 {
	return float64(p.off) * e.profile.MetresPerSecond
}

// start is the node from which half an edge leaves.
func (e *Engine) start(half int32) int32 {
	if half&1 == 1 {
		return e.g.head[half>>1]
	}
	return e.g.tail[half>>1]
}

// startsOverHead tells over which end of its edge a search began that reached
// node in so many milliseconds.
func (p place) startsOverHead(node int32, millis uint32) bool {
	return p.toHead != shut && node == p.head && uint64(millis) == p.off+uint64(p.toHead)
}
