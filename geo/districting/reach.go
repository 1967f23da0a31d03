package districting

import "math/bits"

// Contiguity is kept by looking at the ring of a unit: if its neighbours in
// its zone hang together among themselves, the zone does so without it. Where
// the ring does not decide, all its ends are searched from, in turn, until
// they have met, one of them is cut off, or too much has been seen: then the
// move is not made.

// far is how many units a search sees at most in a large ground.
const far = 512

// reach has the room for searches.
type reach struct {
	mark  []uint64 // by unit: the search and the end that saw it
	stamp uint64
	queue [][]int32
	head  []int
	limit int
	join  forest
	over  []bool // by end: cut off, with all that has met it
	lost  []int32
	goes  []int32
	ends  int // of the last search
}

func newReach(g *ground) reach {
	limit := g.n
	if g.n > 2*window {
		limit = far
	}
	return reach{mark: make([]uint64, g.n), limit: limit}
}

// bond is what a ring says of a unit in its zone.
type bond uint8

const (
	loose bond = iota // the zone hangs together as before without it
	tight             // the ring does not decide
)

// ring looks at the neighbours of a unit in its zone: in are the bits of the
// slots that lead there and have no barrier.
func (s *state) ring(u int32, in uint32) bond {
	g := s.g
	e := g.first[u]
	if g.first[u+1]-e > width {
		return tight
	}
	if in&(in-1) == 0 {
		return loose
	}
	seen := in & -in
	for todo := seen; todo != 0; {
		i := bits.TrailingZeros32(todo)
		todo &= todo - 1
		found := g.near[e+int32(i)] & in &^ seen
		seen |= found
		todo |= found
	}
	if seen == in {
		return loose
	}
	return tight
}

// search finds what a zone loses with a unit: the units, beside it, that hang
// at the rest of the zone by it alone. Ends are searched from in turn, so that
// the largest part is not seen as a whole. It is not ok where too much would
// have to be seen.
func (s *state) search(u int32) (lost []int32, ok bool) {
	g, r := s.g, &s.reach
	ends := s.ends(u)
	r.ends = ends
	if ends <= 1 {
		return nil, true
	}
	base := r.stamp << 32
	r.lost = r.lost[:0]
	for left, seen := ends, 0; ; {
		for i := range int32(ends) {
			if r.head[i] == len(r.queue[i]) {
				if r.over[r.join.root(i)] || !s.spent(i, ends) {
					continue
				}
				s.lose(i, ends)
				if left--; left == 1 {
					return r.lost, true
				}
				continue
			}
			v := r.queue[i][r.head[i]]
			r.head[i]++
			if seen++; seen > r.limit {
				return nil, false
			}
			for e := g.first[v]; e < g.first[v+1]; e++ {
				x := g.to[e]
				if s.zone[x] != s.zone[u] || x == u || g.shut(e) {
					continue
				}
				if r.mark[x] < base {
					r.mark[x] = base | uint64(i)
					r.queue[i] = append(r.queue[i], x)
					continue
				}
				if a, b := r.join.root(i), r.join.root(int32(r.mark[x]-base)); a != b {
					r.join.unite(a, b)
					if left--; left == 1 {
						return r.lost, true
					}
				}
			}
		}
	}
}

// ends begins a search from each neighbour of a unit in its zone.
func (s *state) ends(u int32) int {
	g, r := s.g, &s.reach
	r.stamp++
	base := r.stamp << 32
	n := 0
	for e := g.first[u]; e < g.first[u+1]; e++ {
		v := g.to[e]
		if s.zone[v] != s.zone[u] || g.shut(e) || r.mark[v] >= base {
			continue
		}
		if n == len(r.queue) {
			r.queue = append(r.queue, nil)
			r.head = append(r.head, 0)
			r.over = append(r.over, false)
			r.join.up = append(r.join.up, 0)
		}
		r.queue[n] = append(r.queue[n][:0], v)
		r.head[n], r.over[n], r.join.up[n] = 0, false, int32(n)
		r.mark[v] = base | uint64(n)
		n++
	}
	return n
}

// spent tells whether all ends that have met an end have nowhere to go.
func (s *state) spent(i int32, ends int) bool {
	r := &s.reach
	for j := range int32(ends) {
		if r.head[j] < len(r.queue[j]) && r.join.root(j) == r.join.root(i) {
			return false
		}
	}
	return true
}

// lose notes what was seen from an end, and from those it has met, as lost.
func (s *state) lose(i int32, ends int) {
	r := &s.reach
	root := r.join.root(i)
	r.over[root] = true
	for j := range int32(ends) {
		if r.join.root(j) == root {
			r.lost = append(r.lost, r.queue[j]...)
		}
	}
}

// but returns what hangs at a unit, found from the ends of the last search,
// without the part that one of them is in.
func (s *state) but(u, end int32) []int32 {
	g, r := s.g, &s.reach
	base := r.stamp << 32
	r.goes = r.goes[:0]
	for i := range int32(r.ends) {
		if r.join.root(i) == r.join.root(end) {
			continue
		}
		for ; r.head[i] < len(r.queue[i]); r.head[i]++ {
			v := r.queue[i][r.head[i]]
			for e := g.first[v]; e < g.first[v+1]; e++ {
				if x := g.to[e]; s.zone[x] == s.zone[u] && x != u && r.mark[x] < base && !g.shut(e) {
					r.mark[x] = base | uint64(i)
					r.queue[i] = append(r.queue[i], x)
				}
			}
		}
		r.goes = append(r.goes, r.queue[i]...)
	}
	return r.goes
}
