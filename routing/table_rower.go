package routing

import (
	"context"
	"slices"

	"sanse/routing/hierarchy"
)

// targets is where the rows of a table lead; all goroutines share it.
type targets struct {
	o      TableOptions
	places []place
	onEdge []target // by edge, then by number

	// For a hierarchy: target i has the seeds first[i] up to first[i+1].
	first []uint32
	seeds []hierarchy.Seed
}

type target struct{ edge, number int32 }

func (e *Engine) newTargets(to []Snap, o TableOptions) (*targets, error) {
	places, err := e.places(to)
	if err != nil {
		return nil, err
	}
	t := &targets{o: o, places: places, onEdge: make([]target, 0, len(to))}
	for i := range places {
		p := &places[i]
		if o.OnStreet {
			p.off, p.offMillimetres = 0, 0
		}
		if p.ok {
			t.onEdge = append(t.onEdge, target{p.edge, int32(i)})
		}
	}
	slices.SortFunc(t.onEdge, func(a, b target) int {
		if a.edge != b.edge {
			return int(a.edge) - int(b.edge)
		}
		return int(a.number) - int(b.number)
	})
	if e.index == nil {
		return t, nil
	}
	t.first = make([]uint32, 1, len(to)+1)
	t.seeds = make([]hierarchy.Seed, 0, 2*len(to))
	for i := range places {
		if places[i].ok {
			t.seeds = e.arrivals(&places[i], t.seeds)
		}
		t.first = append(t.first, uint32(len(t.seeds)))
	}
	return t, nil
}

// on lists the targets on an edge.
func (t *targets) on(edge int32) []target {
	from, _ := slices.BinarySearchFunc(t.onEdge, edge, func(x target, edge int32) int { return int(x.edge) - int(edge) })
	to := from
	for to < len(t.onEdge) && t.onEdge[to].edge == edge {
		to++
	}
	return t.onEdge[from:to]
}

// rower is one goroutine's room for rows.
type rower struct {
	e       *Engine
	targets *targets
	s       *scratch
	h       *hierarchy.Table
	first   []uint32
	seeds   []hierarchy.Seed
}

// newRower makes a rower for some targets, or takes one that letRower gave back.
func (e *Engine) newRower(t *targets) *rower {
	r, ok := e.rowers.Get().(*rower)
	if !ok {
		r = &rower{e: e}
		if e.index == nil {
			r.s = newScratch(e.nodes())
		} else {
			r.h = hierarchy.NewTable(e.index)
		}
	}
	r.targets = t
	if r.h != nil {
		r.h.SetTargets(t.first, t.seeds)
	}
	return r
}

func (e *Engine) letRower(r *rower) {
	r.targets = nil
	e.rowers.Put(r)
}

// row writes the way from one place to every target; length may be nil.
func (r *rower) row(ctx context.Context, from *place, millis, length []uint32) error {
	if r.h == nil {
		return r.plainRow(ctx, from, 0, millis, length)
	}
	r.seeds = r.seeds[:0]
	if from.ok {
		r.seeds = r.e.exits(from, r.seeds)
	}
	r.h.Row(r.seeds, millis, length)
	r.mend(from, millis, length)
	return nil
}

// rows writes several rows, one behind the other.
func (r *rower) rows(ctx context.Context, from []place, millis, length []uint32) error {
	n := len(r.targets.places)
	if r.h == nil {
		for i := range from {
			var l []uint32
			if length != nil {
				l = length[i*n : (i+1)*n]
			}
			if err := r.plainRow(ctx, &from[i], 0, millis[i*n:(i+1)*n], l); err != nil {
				return err
			}
		}
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.first, r.seeds = append(r.first[:0], 0), r.seeds[:0]
	for i := range from {
		if from[i].ok {
			r.seeds = r.e.exits(&from[i], r.seeds)
		}
		r.first = append(r.first, uint32(len(r.seeds)))
	}
	r.h.Rows(r.first, r.seeds, millis, length)
	for i := range from {
		var l []uint32
		if length != nil {
			l = length[i*n : (i+1)*n]
		}
		r.mend(&from[i], millis[i*n:(i+1)*n], l)
	}
	return nil
}

// mend puts in what a hierarchy does not know: ways along one edge, and times
// that are too long.
func (r *rower) mend(from *place, millis, length []uint32) {
	for i, m := range millis {
		if m >= tooLong {
			millis[i] = Unreached
			if length != nil {
				length[i] = Unreached
			}
		}
	}
	if !from.ok {
		return
	}
	for _, t := range r.targets.on(from.edge) {
		to := &r.targets.places[t.number]
		straight := r.e.direct(*from, *to)
		if straight > uint64(millis[t.number]) || straight >= tooLong {
			continue
		}
		millis[t.number] = uint32(straight)
		if length != nil {
			length[t.number] = r.e.directMillimetres(from, to)
		}
	}
}

// plainRow searches from one place to the targets from number first on.
func (r *rower) plainRow(ctx context.Context, from *place, first int, millis, length []uint32) error {
	for i := first; i < len(millis); i++ {
		millis[i] = Unreached
	}
	for i := range length {
		length[i] = Unreached
	}
	if err := ctx.Err(); err != nil || !from.ok {
		return err
	}
	e, s := r.e, r.s
	s.reset()
	to := r.targets.places[first:]
	wanted := s.want(*from, to)
	s.seed(*from, tooLong-1, -1)
	keep := labelInherit
	if length != nil {
		keep = labelArc
	}
	if err := e.search(ctx, s, tooLong-1, wanted, keep); err != nil {
		return err
	}
	for j := range to {
		p := &to[j]
		if !p.ok || p.component != from.component {
			continue
		}
		over, by := s.arriveBy(p)
		millis[first+j] = held(over)
		if length != nil && over < tooLong {
			length[first+j] = r.plainLength(from, p, by)
		}
	}
	for _, t := range r.targets.on(from.edge) {
		if int(t.number) < first {
			continue
		}
		p := &r.targets.places[t.number]
		if straight := e.direct(*from, *p); straight <= uint64(millis[t.number]) && straight < tooLong {
			millis[t.number] = uint32(straight)
			if length != nil {
				length[t.number] = e.directMillimetres(from, p)
			}
		}
	}
	return nil
}

// plainLength follows the labels back and sums up the lengths as a hierarchy
// does.
func (r *rower) plainLength(from, to *place, by entry) uint32 {
	e := r.e
	part := func(p *place, head bool) uint64 {
		length := e.g.mm[p.edge]
		before := along(p.fraction, length)
		if head {
			before = length - before
		}
		return uint64(before) + uint64(p.offMillimetres)
	}
	sum := part(to, by.head)
	node := by.node
	for r.s.label[node] >= 0 {
		a := r.s.label[node]
		sum += uint64(e.g.mm[e.net.edge[a]>>1])
		node = e.arcTail(a)
	}
	sum += part(from, from.leftOverHead(node, r.s.dist[node]))
	return uint32(min(sum, Unreached-1))
}

// leftOverHead tells over which end of its edge a place was left by a search
// that began at a node in so many milliseconds.
func (p *place) leftOverHead(node int32, millis uint32) bool {
	return p.toHead != shut && node == p.overHead && uint64(millis) == p.off+uint64(p.toHead)
}
