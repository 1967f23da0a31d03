package hierarchy

// carefulRoom is what rows need whose sums may not fit into 32 bits.
type carefulRoom struct {
	up, part []wide // by node and by place
}

// wide is a cost and a length that cannot wrap.
type wide struct{ cost, length uint64 }

// unreachedWide is the cost where there is no way.
const unreachedWide = 1 << 63

func (w wide) less(o wide) bool {
	return w.cost < o.cost || w.cost == o.cost && w.length < o.length
}

// narrow clamps a sum to what a row can tell.
func narrow(v uint64) uint32 { return uint32(min(v, farthest)) }

// carefulRow is one row in 64 bits.
func (t *Table) carefulRow(source []Seed, cost, length []uint32) {
	x, p, r := t.x, &t.part, &t.careful
	if r.up == nil {
		r.up = make([]wide, x.nodes)
		for i := range r.up {
			r.up[i].cost = unreachedWide
		}
	}
	r.part = grow(r.part, p.places())
	for i := range r.part {
		r.part[i] = wide{cost: unreachedWide}
	}
	for _, s := range source {
		if !s.in(x) {
			continue
		}
		v, w := x.rank[s.Node], wide{uint64(s.Cost), uint64(s.Length)}
		if w.less(r.up[v]) {
			r.up[v] = w
			t.open.add(v)
		}
	}
	for {
		v, ok := t.open.take()
		if !ok {
			break
		}
		w := r.up[v]
		r.up[v] = wide{cost: unreachedWide}
		if place := t.local[v]; place != none {
			r.part[place] = w
		}
		for i := x.up.first[v]; i < x.up.first[v+1]; i++ {
			head, next := x.up.arcs[2*i], w
			next.cost += uint64(x.up.arcs[2*i+1])
			if x.lengths {
				next.length += uint64(x.up.length[i])
			}
			if next.less(r.up[head]) {
				r.up[head] = next
				t.open.add(head)
			}
		}
	}
	for place := range r.part {
		best := r.part[place]
		for i := p.first[place]; i < p.first[place+1]; i++ {
			next := r.part[p.head[i]/Lanes]
			if next.cost >= unreachedWide {
				continue
			}
			next.cost += uint64(p.weight[i])
			next.length += uint64(p.length[i])
			if next.less(best) {
				best = next
			}
		}
		r.part[place] = best
	}
	for i, found := range r.part[len(p.node):] {
		c, l := narrow(found.cost), narrow(found.length)
		if found.cost >= unreachedWide {
			c, l = Unreached, Unreached
		}
		cost[i] = c
		if length != nil {
			length[i] = l
		}
	}
}
