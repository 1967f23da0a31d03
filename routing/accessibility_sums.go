package routing

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Sums returns, for every vertex of the graph, the sum of those values that are
// at most so many seconds away, on the way from the vertex to them: values[i] is
// at location at[i], whose straight walk off the street counts. Locations
// without a street count nowhere, and 0 seconds or fewer hold nothing. The sums
// are the same for any number of threads (0 is 1); they are added in another
// order than that of at, so the last digits of broken values may differ from a
// plain sum. It fails with ErrCount when at and values differ in length.
//
// Junctions near one another are answered together: on the streets around them,
// renumbered to fit a processor's cache, one bounded search from each; vertices
// within an edge follow from the searches of its two ends. A profile with turn
// rules or turn costs is searched from every vertex instead, which takes many
// times as long.
func (e *Engine) Sums(ctx context.Context, at []Snap, values []float64, seconds, threads int) ([]float64, error) {
	if len(at) != len(values) || threads < 0 {
		return nil, fmt.Errorf("sums: %d locations, %d values, %d threads: %w", len(at), len(values), threads, ErrCount)
	}
	places, err := e.places(at)
	if err != nil {
		return nil, fmt.Errorf("sums: %w", err)
	}
	out := make([]float64, e.g.Vertices())
	if seconds <= 0 {
		return out, nil
	}
	limit := limitOf(seconds)
	newWorker := func() func(i int) error { return e.plainSums(ctx, places, values, limit, out) }
	tasks := (len(out) + plainTask - 1) / plainTask
	if e.net.firstCopy == nil && limit < away {
		weighed := e.weighValues(places, values, limit)
		order := e.g.alongCurve()
		tasks = (len(order) + chunkNodes - 1) / chunkNodes
		newWorker = func() func(i int) error {
			c := newChunk(weighed, out)
			return func(i int) error {
				c.answer(order[i*chunkNodes : min((i+1)*chunkNodes, len(order))])
				return nil
			}
		}
	}
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range max(1, threads) {
		work := newWorker()
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= tasks {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := work(i); err != nil {
					return err
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("sums: %w", err)
	}
	return out, nil
}

// away is more than any limit that chunks work with; two of it still fit.
const away = 1 << 30

// weighed are the values where the streets have them.
type weighed struct {
	e     *Engine
	limit uint32

	// By node. A node that is reached in less than deep milliseconds counts for
	// total: all that lies at it, all of the edges that lead from it only, and
	// half of those that can be used from both ends, the other end counting for
	// the other half.
	deep  []uint32
	total []float64
	here  []float64 // what lies at the node itself

	awayFirst []uint32 // by node, into away: what lies at the node and off the street
	away      []offValue

	edgeFirst []uint32 // by edge, into onEdge
	onEdge    []edgeValue
	sum       []float64 // by edge
	from      []edgeEnds
}

// edgeEnds says from which ends of an edge the values on it are reached.
type edgeEnds uint8

const (
	fromOdd edgeEnds = iota // looked at one by one: its ends are never deep
	fromBoth
	fromTailOnly
	fromHeadOnly
)

type offValue struct {
	millis uint32
	value  float64
}

// edgeValue is a value within an edge: the milliseconds to it from the ends,
// away where there is no way from that end.
type edgeValue struct {
	fromTail, fromHead uint32
	fraction           float64
	off                uint32
	value              float64
}

// atTail tells whether a place is at the tail of its edge and no sooner reached
// over the head than the head itself is.
func (e *Engine) atTail(p *place) bool {
	return p.fromTail == 0 && (p.fromHead == shut || e.backward[p.edge] != shut && p.fromHead >= e.backward[p.edge])
}

func (e *Engine) atHead(p *place) bool {
	return p.fromHead == 0 && (p.fromTail == shut || e.forward[p.edge] != shut && p.fromTail >= e.forward[p.edge])
}

// weighValues sorts the values to nodes and edges.
func (e *Engine) weighValues(places []place, values []float64, limit uint32) *weighed {
	nodes, edges := e.g.nodes, e.g.Edges()
	w := &weighed{
		e: e, limit: limit,
		deep: make([]uint32, nodes), total: make([]float64, nodes), here: make([]float64, nodes),
		awayFirst: make([]uint32, nodes+1), edgeFirst: make([]uint32, edges+1), sum: make([]float64, edges), from: make([]edgeEnds, edges),
	}
	cost := make([]uint32, nodes) // by node: to the farthest value it answers for
	var off, within []int32
	spot := func(p *place) int32 {
		if e.atTail(p) {
			return p.tail
		}
		return p.head
	}
	for i := range places {
		p := &places[i]
		switch {
		case !p.ok || p.off > uint64(limit):
		case !e.atTail(p) && !e.atHead(p):
			within = append(within, int32(i))
		case p.off == 0:
			w.here[spot(p)] += values[i]
		default:
			off = append(off, int32(i))
		}
	}
	slices.SortStableFunc(off, func(a, b int32) int { return int(spot(&places[a])) - int(spot(&places[b])) })
	for _, i := range off {
		p := &places[i]
		n := spot(p)
		w.awayFirst[n+1]++
		w.away = append(w.away, offValue{uint32(p.off), values[i]})
		w.total[n] += values[i]
		cost[n] = max(cost[n], uint32(p.off))
	}
	for n := range nodes {
		w.awayFirst[n+1] += w.awayFirst[n]
		w.total[n] += w.here[n]
	}
	slices.SortStableFunc(within, func(a, b int32) int { return int(places[a].edge) - int(places[b].edge) })
	for _, i := range within {
		p := &places[i]
		v := edgeValue{away, away, p.fraction, uint32(p.off), values[i]}
		if p.fromTail != shut {
			v.fromTail = uint32(min(uint64(p.fromTail)+p.off, away))
		}
		if p.fromHead != shut {
			v.fromHead = uint32(min(uint64(p.fromHead)+p.off, away))
		}
		w.edgeFirst[p.edge+1]++
		w.onEdge = append(w.onEdge, v)
		w.sum[p.edge] += values[i]
	}
	for edge := range edges {
		w.edgeFirst[edge+1] += w.edgeFirst[edge]
		if w.edgeFirst[edge] < w.edgeFirst[edge+1] {
			w.share(int32(edge), cost)
		}
	}
	for n := range nodes {
		if cost[n] <= limit {
			w.deep[n] = limit - cost[n] + 1
		}
	}
	return w
}

// share gives the values of an edge to its ends.
func (w *weighed) share(edge int32, cost []uint32) {
	tail, head := w.e.g.tail[edge], w.e.g.head[edge]
	forward, backward := w.e.forward[edge], w.e.backward[edge]
	fromTail, fromHead := uint32(0), uint32(0)
	for _, v := range w.values(edge) {
		fromTail, fromHead = max(fromTail, v.fromTail), max(fromHead, v.fromHead)
	}
	switch {
	case fromTail < away && fromHead < away && forward != shut && backward != shut:
		cost[tail] = max(cost[tail], fromTail, min(forward, away))
		cost[head] = max(cost[head], fromHead, min(backward, away))
		w.total[tail] += w.sum[edge] / 2
		w.total[head] += w.sum[edge] / 2
		w.from[edge] = fromBoth
	case fromTail < away && w.onlyFrom(edge, false):
		cost[tail] = max(cost[tail], fromTail)
		w.total[tail] += w.sum[edge]
		w.from[edge] = fromTailOnly
	case fromHead < away && w.onlyFrom(edge, true):
		cost[head] = max(cost[head], fromHead)
		w.total[head] += w.sum[edge]
		w.from[edge] = fromHeadOnly
	default: // neither one way nor both: looked at one by one
		cost[tail], cost[head] = away, away
	}
}

func (w *weighed) values(edge int32) []edgeValue {
	return w.onEdge[w.edgeFirst[edge]:w.edgeFirst[edge+1]]
}

// onlyFrom tells whether the values of an edge can be reached from one of its
// ends only.
func (w *weighed) onlyFrom(edge int32, head bool) bool {
	for _, v := range w.values(edge) {
		if head && v.fromTail < away || !head && v.fromHead < away {
			return false
		}
	}
	return true
}

// alongCurve lists the nodes so that neighbours in the list are neighbours on
// the ground (Morton order).
func (g *Graph) alongCurve() []int32 {
	order, key := make([]int32, g.nodes), make([]uint64, g.nodes)
	for n := range order {
		order[n] = int32(n)
		p := g.points[n]
		key[n] = interleaved(uint32(p.lon)+1<<31)<<1 | interleaved(uint32(p.lat)+1<<31)
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case key[a] < key[b]:
			return -1
		case key[a] > key[b]:
			return 1
		}
		return int(a) - int(b)
	})
	return order
}

// interleaved spreads the bits of v to the even places.
func interleaved(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}
