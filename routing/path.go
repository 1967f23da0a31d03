package routing

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Path is a way from one location to another.
type Path struct {
	Millis  uint32
	Seconds int     // rounded up, as in a table
	Metres  float64 // with the straight walks at both ends
	// Line runs from location to location, lon-lat, over the streets between.
	Line orb.LineString
	// Steps are the pieces of edges used, in order.
	Steps []PathStep
	// OffStart and OffEnd are the metres between the locations and the street.
	OffStart, OffEnd float64
}

// PathStep is a piece of an edge, from one fraction to another; From > To is
// against its line. The time has in it what the turn into the edge costs.
type PathStep struct {
	Edge     int32
	From, To float64
	Millis   uint32
	Metres   float64
}

// Route returns the quickest way, or an error that is ErrNoWay.
func (e *Engine) Route(ctx context.Context, from, to Snap) (Path, error) {
	q, ok := e.queries.Get().(*Query)
	if !ok {
		q = e.NewQuery()
	}
	defer e.queries.Put(q)
	var path Path
	if err := q.route(ctx, from, to, &path); err != nil {
		return Path{}, err
	}
	return path, nil
}

func (q *Query) route(ctx context.Context, from, to Snap, path *Path) error {
	ok, err := q.places(from, to)
	if err != nil {
		return fmt.Errorf("route: %w", err)
	}
	if !ok {
		return fmt.Errorf("route: %w", ErrNoWay)
	}
	*path = Path{OffStart: from.Metres, OffEnd: to.Metres, Line: path.Line[:0], Steps: path.Steps[:0]}
	e, straight := q.e, q.e.direct(q.src, q.dst)
	if straight == 0 && from.Asked == to.Asked {
		path.OffStart, path.OffEnd = 0, 0
		path.Line = append(path.Line, from.Asked, to.Asked)
		return nil
	}
	millis, overHead, by, err := q.over(ctx)
	if err != nil {
		return fmt.Errorf("route: %w", err)
	}
	path.Millis = held(min(millis, straight))
	path.Seconds = int(secondsOf(path.Millis))
	switch {
	case path.Millis == Unreached:
		return fmt.Errorf("route: %w", ErrNoWay)
	case straight <= millis:
		path.add(e.g, from.Edge, from.Fraction, to.Fraction, uint32(straight-q.src.off-q.dst.off))
	default:
		q.assemble(path, overHead, by)
	}
	path.Metres = path.OffStart + path.OffEnd
	path.Line = append(path.Line, from.Asked)
	if from.Entrance {
		path.Line = appendPoint(path.Line, from.Via)
	}
	for _, step := range path.Steps {
		path.Metres += step.Metres
		path.Line = e.g.appendPiece(path.Line, step.Edge, step.From, step.To)
	}
	if to.Entrance {
		path.Line = appendPoint(path.Line, to.Via)
	}
	path.Line = appendPoint(path.Line, to.Asked)
	if len(path.Line) == 1 {
		path.Line = append(path.Line, to.Asked)
	}
	return nil
}

// over finds the quickest way that leaves the first edge over one of its ends
// and reaches the last over one of its ends. The arcs between are in q.arcs.
func (q *Query) over(ctx context.Context) (millis uint64, overHead bool, by entry, err error) {
	e := q.e
	q.arcs = q.arcs[:0]
	if q.h != nil {
		q.from, q.to = e.exits(&q.src, q.from[:0]), e.arrivals(&q.dst, q.to[:0])
		var cost uint32
		var exit, arrival int
		cost, _, exit, arrival, q.arcs = q.h.Path(q.from, q.to, q.arcs)
		if cost >= tooLong || exit < 0 || arrival < 0 {
			return never, false, entry{}, nil
		}
		by, _ = q.dst.entry(arrival)
		return uint64(cost), exit == 0 && q.src.toHead != shut, by, nil
	}
	if err := q.search(ctx, labelArc); err != nil {
		return never, false, entry{}, err
	}
	millis, by = q.s.arriveBy(&q.dst)
	if by.node < 0 {
		return never, false, by, nil
	}
	node := by.node
	for q.s.label[node] >= 0 {
		q.arcs = append(q.arcs, uint32(q.s.label[node]))
		node = e.arcTail(q.s.label[node])
	}
	slices.Reverse(q.arcs)
	return millis, q.src.leftOverHead(node, q.s.dist[node]), by, nil
}

// assemble writes the steps of such a way.
func (q *Query) assemble(path *Path, overHead bool, by entry) {
	e, src, dst := q.e, &q.src, &q.dst
	switch { // whoever is at an end already goes over nothing
	case overHead && src.toHead == 0:
		path.add(e.g, src.edge, 1, 1, 0)
	case overHead:
		path.add(e.g, src.edge, src.fraction, 1, src.toHead)
	case src.toTail == 0:
		path.add(e.g, src.edge, 0, 0, 0)
	default:
		path.add(e.g, src.edge, src.fraction, 0, src.toTail)
	}
	for _, a := range q.arcs {
		half := e.net.edge[a]
		if half&1 == 0 {
			path.add(e.g, half>>1, 0, 1, e.net.arcs[a].weight)
		} else {
			path.add(e.g, half>>1, 1, 0, e.net.arcs[a].weight)
		}
	}
	switch {
	case by.head && by.millis == 0:
		path.add(e.g, dst.edge, 1, 1, 0)
	case by.head:
		path.add(e.g, dst.edge, 1, dst.fraction, by.millis)
	case by.millis == 0:
		path.add(e.g, dst.edge, 0, 0, 0)
	default:
		path.add(e.g, dst.edge, 0, dst.fraction, by.millis)
	}
	// Pieces of nothing at the ends say nothing, unless there is nothing else.
	if n := len(path.Steps); n > 1 && path.Steps[n-1].From == path.Steps[n-1].To {
		path.Steps = path.Steps[:n-1]
	}
	if len(path.Steps) > 1 && path.Steps[0].From == path.Steps[0].To {
		path.Steps = path.Steps[:copy(path.Steps, path.Steps[1:])]
	}
}

func (p *Path) add(g *Graph, edge int32, from, to float64, millis uint32) {
	p.Steps = append(p.Steps, PathStep{
		Edge: edge, From: from, To: to, Millis: millis, Metres: float64(g.mm[edge]) / 1000 * math.Abs(to-from),
	})
}

// Part returns the part of an edge's geometry, lon-lat, between two fractions of
// its length, 0 to 1; against the line when from > to. It has two points at
// least, which are the same when from == to.
func (g *Graph) Part(edge int32, from, to float64) orb.LineString {
	line := g.appendPiece(make(orb.LineString, 0, g.linePoints(edge)), edge, from, to)
	if len(line) == 1 {
		line = append(line, line[0])
	}
	return line
}

// appendPiece appends the part of an edge's line from one fraction to another,
// leaving out points that repeat.
func (g *Graph) appendPiece(dst orb.LineString, edge int32, from, to float64) orb.LineString {
	switch {
	case from == 0 && to == 1:
		dst = appendPoint(dst, g.points[g.tail[edge]].point())
		for _, p := range g.inner(edge) {
			dst = appendPoint(dst, p.point())
		}
		return appendPoint(dst, g.points[g.head[edge]].point())
	case from == 1 && to == 0:
		dst = appendPoint(dst, g.points[g.head[edge]].point())
		inner := g.inner(edge)
		for k := len(inner) - 1; k >= 0; k-- {
			dst = appendPoint(dst, inner[k].point())
		}
		return appendPoint(dst, g.points[g.tail[edge]].point())
	}
	n := g.linePoints(edge)
	point := func(k int) orb.Point {
		if from > to {
			k = n - 1 - k
		}
		return g.linePoint(edge, k).point()
	}
	start, end := from, to
	if from > to {
		start, end = 1-from, 1-to
	}
	total := 0.0
	for k := 1; k < n; k++ {
		total += metres(point(k-1), point(k))
	}
	start, end = start*total, end*total
	run, begun := 0.0, false
	for k := 1; k < n; k++ {
		a, b := point(k-1), point(k)
		d := metres(a, b)
		next := run + d
		if !begun && (next >= start || k == n-1) {
			dst, begun = appendPoint(dst, between(a, b, ratio(start-run, d))), true
		}
		if begun {
			if next >= end || k == n-1 {
				return appendPoint(dst, between(a, b, ratio(end-run, d)))
			}
			dst = appendPoint(dst, b)
		}
		run = next
	}
	return dst
}

// appendPoint appends a point unless it is there already.
func appendPoint(line orb.LineString, p orb.Point) orb.LineString {
	if n := len(line); n > 0 && line[n-1] == p {
		return line
	}
	return append(line, p)
}
