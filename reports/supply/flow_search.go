package supply

import "math"

// unmet is the distance of a node that a search has not come to.
const unmet = math.MaxInt64

// search finds the node with room that is the shortest path away from a demand, by
// the algorithm of Dijkstra with the prices as potentials, and returns it; from
// tells the path. What it has passed on the way gets dearer, by so much that the
// path costs nothing more than its prices.
func (f *flow) search(d int) int {
	for _, k := range f.met {
		f.far[k] = unmet
	}
	f.met, f.queue = f.met[:0], f.queue[:0]
	w := &f.p.Ways
	f.meet(f.nowhere, f.penal[f.p.class(d)], None)
	for e := w.First[d]; e < w.First[d+1]; e++ {
		j := w.Facility[e]
		f.meet(int(j), int64(w.Cost[e])+f.price[j], None)
	}
	for {
		n := f.take()
		j := int(n.k)
		if n.far > f.far[j] {
			continue // found again on a shorter path
		}
		if j == f.nowhere || f.room[j] > 0 {
			for _, k := range f.met {
				if f.far[k] < n.far {
					f.price[k] += n.far - f.far[k]
				}
			}
			return j
		}
		a := &f.full[j]
		for slot, k := range a.node {
			if m := f.least(j, int32(slot)); m != nil {
				f.meet(int(k), n.far+m.loss+f.price[k]-f.price[j], n.k)
			}
		}
	}
}

// meet notes a path to a node if it is the shortest so far.
func (f *flow) meet(k int, far int64, from int32) {
	if far >= f.far[k] {
		return
	}
	if f.far[k] == unmet {
		f.met = append(f.met, int32(k))
	}
	f.far[k], f.from[k] = far, from
	f.put(node{far, int32(k)})
}

// node is one that a search has come to.
type node struct {
	far int64
	k   int32
}

func (f *flow) put(n node) {
	f.queue = append(f.queue, n)
	up(f.queue, func(a, b node) bool { return a.far < b.far })
}

func (f *flow) take() node {
	first := f.queue[0]
	last := len(f.queue) - 1
	f.queue[0] = f.queue[last]
	f.queue = f.queue[:last]
	down(f.queue, func(a, b node) bool { return a.far < b.far })
	return first
}

// moves is a heap of those at one facility who may go to another node, the one who
// loses least first. Who has left the facility is dropped when met.
type moves []move

// move takes somebody from one way to another.
type move struct {
	loss     int64
	from, to int // ways; to is None for nowhere
}

func (m *moves) push(x move) {
	*m = append(*m, x)
	up(*m, func(a, b move) bool { return a.loss < b.loss })
}

func (m *moves) pop() {
	last := len(*m) - 1
	(*m)[0] = (*m)[last]
	*m = (*m)[:last]
	down(*m, func(a, b move) bool { return a.loss < b.loss })
}

// up moves the last of a heap to where it belongs.
func up[T any](heap []T, less func(a, b T) bool) {
	for i := len(heap) - 1; i > 0; {
		above := (i - 1) / 2
		if !less(heap[i], heap[above]) {
			return
		}
		heap[i], heap[above] = heap[above], heap[i]
		i = above
	}
}

// down moves the first of a heap to where it belongs.
func down[T any](heap []T, less func(a, b T) bool) {
	for i := 0; ; {
		below := 2*i + 1
		if below >= len(heap) {
			return
		}
		if below+1 < len(heap) && less(heap[below+1], heap[below]) {
			below++
		}
		if !less(heap[below], heap[i]) {
			return
		}
		heap[i], heap[below] = heap[below], heap[i]
		i = below
	}
}
