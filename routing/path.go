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
// against its line.
type PathStep struct {
	Edge     int32
	From, To float64
	Millis   uint32
	Metres   float64
}

// Route returns the quickest way, or an error that is ErrNoWay.
func (e *Engine) Route(ctx context.Context, from, to Snap) (Path, error) {
	s := e.take()
	defer e.give(s)
	var path Path
	if err := e.route(ctx, s, from, to, &path); err != nil {
		return Path{}, err
	}
	return path, nil
}

func (e *Engine) route(ctx context.Context, s *scratch, from, to Snap, path *Path) error {
	src, err := e.place(from)
	if err != nil {
		return fmt.Errorf("route: %w", err)
	}
	dst, err := e.place(to)
	if err != nil {
		return fmt.Errorf("route: %w", err)
	}
	if !src.ok || !dst.ok || src.component != dst.component {
		return fmt.Errorf("route: %w", ErrNoWay)
	}
	s.reset()
	targets := [1]place{dst}
	wanted := s.want(src, targets[:])
	s.seed(src, unreached-1, -1)
	if err := e.search(ctx, s, unreached-1, wanted, labelArc); err != nil {
		return fmt.Errorf("route: %w", err)
	}
	millis, end := s.arrive(dst)
	straight := e.direct(src, dst)
	best := min(millis, straight)
	if best >= unreached {
		return fmt.Errorf("route: %w", ErrNoWay)
	}
	*path = Path{
		Millis: uint32(best), Seconds: int(wholeSeconds(best)), OffStart: from.Metres, OffEnd: to.Metres,
		Line: path.Line[:0], Steps: path.Steps[:0],
	}
	if src.edge == dst.edge && from.Asked == to.Asked {
		path.OffStart, path.OffEnd = 0, 0
		path.Line = append(path.Line, from.Asked, to.Asked)
		return nil
	}
	if straight <= millis {
		path.Steps = append(path.Steps, e.step(from.Edge, from.Fraction, to.Fraction))
	} else {
		e.trace(s, src, dst, end, path)
	}
	path.Line = append(path.Line, from.Asked)
	path.Metres = path.OffStart + path.OffEnd
	for _, step := range path.Steps {
		path.Metres += step.Metres
		path.Line = e.g.appendPiece(path.Line, step.Edge, step.From, step.To)
	}
	path.Line = appendPoint(path.Line, to.Asked)
	if len(path.Line) == 1 {
		path.Line = append(path.Line, to.Asked)
	}
	return nil
}

// step prices a piece of an edge.
func (e *Engine) step(edge int32, from, to float64) PathStep {
	weight := e.forward[edge]
	if from > to || weight == shut {
		weight = e.backward[edge]
	}
	a, b := along(from, weight), along(to, weight)
	return PathStep{
		Edge: edge, From: from, To: to, Millis: max(a, b) - min(a, b),
		Metres: float64(e.g.mm[edge]) / 1000 * math.Abs(to-from),
	}
}

// trace follows the labels back from the end over which a place is reached.
func (e *Engine) trace(s *scratch, src, dst place, end int32, path *Path) {
	overTail := dst.fromTail != shut && end == dst.tail
	if overTail && dst.fromHead != shut && dst.tail == dst.head { // a loop: the shorter side
		overTail = dst.fromTail <= dst.fromHead
	}
	if overTail {
		path.Steps = append(path.Steps, e.step(dst.edge, 0, dst.fraction))
	} else {
		path.Steps = append(path.Steps, e.step(dst.edge, 1, dst.fraction))
	}
	node := end
	for s.label[node] >= 0 {
		half := e.net.edge[s.label[node]]
		if half&1 == 0 {
			path.Steps = append(path.Steps, e.step(half>>1, 0, 1))
		} else {
			path.Steps = append(path.Steps, e.step(half>>1, 1, 0))
		}
		node = e.start(half)
	}
	if src.startsOverHead(node, s.dist[node]) {
		path.Steps = append(path.Steps, e.step(src.edge, src.fraction, 1))
	} else {
		path.Steps = append(path.Steps, e.step(src.edge, src.fraction, 0))
	}
	slices.Reverse(path.Steps)
}

// appendPiece appends the part of an edge's line from one fraction to another,
// leaving out points that repeat.
func (g *Graph) appendPiece(dst orb.LineString, edge int32, from, to float64) orb.LineString {
	piece := cutBetween(g.Line(edge), from, to)
	for _, p := range piece {
		dst = appendPoint(dst, p)
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

// cutBetween is cutLine that turns round when to < from.
func cutBetween(line []orb.Point, from, to float64) orb.LineString {
	if from <= to {
		return cutLine(line, from, to)
	}
	out := cutLine(line, to, from)
	slices.Reverse(out)
	return out
}
