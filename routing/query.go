package routing

import (
	"context"
	"fmt"

	"sanse/routing/hierarchy"
)

// Query is one goroutine's room for questions to an engine. Once it has grown
// to what is asked it allocates nothing.
type Query struct {
	e              *Engine
	s              *scratch         // of a plain engine
	h              *hierarchy.Query // of a prepared one
	src, dst       place
	from, to       []hierarchy.Seed
	arcs           []uint32
	table          *rower
	millis, length []uint32
}

// NewQuery returns a query of its own.
func (e *Engine) NewQuery() *Query {
	q := &Query{e: e}
	if e.index != nil {
		q.h = hierarchy.NewQuery(e.index)
	} else {
		q.s = newScratch(e.nodes())
	}
	return q
}

// places sets both ends and tells whether there may be a way.
func (q *Query) places(from, to Snap) (ok bool, err error) {
	if q.src, err = q.e.placeIn(from, q.src.entries); err != nil {
		return false, err
	}
	if q.dst, err = q.e.placeIn(to, q.dst.entries); err != nil {
		return false, err
	}
	return q.src.ok && q.dst.ok && q.src.component == q.dst.component, nil
}

// Cost returns the milliseconds of the quickest way, Unreached where there is
// none. The error is for locations of another graph.
func (q *Query) Cost(from, to Snap) (millis uint32, err error) {
	ok, err := q.places(from, to)
	if err != nil {
		return Unreached, fmt.Errorf("cost: %w", err)
	}
	if !ok {
		return Unreached, nil
	}
	straight := q.e.direct(q.src, q.dst)
	if straight == 0 {
		return 0, nil
	}
	if q.h != nil {
		q.from, q.to = q.e.exits(&q.src, q.from[:0]), q.e.arrivals(&q.dst, q.to[:0])
		return held(min(uint64(q.h.Cost(q.from, q.to)), straight)), nil
	}
	if err := q.search(context.Background(), labelInherit); err != nil {
		return Unreached, err
	}
	over, _ := q.s.arrive(q.dst)
	return held(min(over, straight)), nil
}

// search runs plainly from one end to the other.
func (q *Query) search(ctx context.Context, keep labels) error {
	q.s.reset()
	wanted := q.s.wantOne(&q.dst)
	q.s.seed(q.src, tooLong-1, -1)
	return q.e.search(ctx, q.s, tooLong-1, wanted, keep)
}

// Route writes the quickest way into a path, whose room it uses again. It
// returns ErrNoWay where there is none, and the path is then of no use.
func (q *Query) Route(from, to Snap, into *Path) error {
	return q.route(context.Background(), from, to, into)
}

// SetTargets sets what Row measures to.
func (q *Query) SetTargets(to []Snap, o TableOptions) error {
	targets, err := q.e.newTargets(to, o)
	if err != nil {
		return fmt.Errorf("set targets: %w", err)
	}
	q.table = q.e.newRower(targets)
	q.millis, q.length = make([]uint32, len(to)), nil
	if o.Metres {
		q.length = make([]uint32, len(to))
	}
	return nil
}

// Row measures from one location to every target that SetTargets set. The row is
// the query's own and holds until the next call. Asking for many rows at once,
// [Engine.TableRows] is quicker.
func (q *Query) Row(ctx context.Context, from Snap) (TableRow, error) {
	if q.table == nil {
		return TableRow{}, nil
	}
	var err error
	if q.src, err = q.e.placeIn(from, q.src.entries); err != nil {
		return TableRow{}, fmt.Errorf("row: %w", err)
	}
	if q.table.targets.o.OnStreet {
		q.src.off, q.src.offMillimetres = 0, 0
	}
	if err := q.table.row(ctx, &q.src, q.millis, q.length); err != nil {
		return TableRow{}, fmt.Errorf("row: %w", err)
	}
	return TableRow{Millis: q.millis, Millimetres: q.length}, nil
}
