package routing

import "context"

// scratch is the room of one search. Between searches dist is unreached
// everywhere.
type scratch struct {
	dist    []uint32 // by node, milliseconds
	label   []int32  // by node: the arc that led there, or the facility
	wanted  []uint32 // by node: the stamp of the search that waits for it
	stamp   uint32
	touched []int32
	heap    minHeap // milliseconds<<32 | node
	reach   reachRoom
}

func newScratch(nodes int) *scratch {
	s := &scratch{dist: make([]uint32, nodes), label: make([]int32, nodes), wanted: make([]uint32, nodes)}
	for i := range s.dist {
		s.dist[i] = unreached
	}
	return s
}

func (e *Engine) take() *scratch {
	if s, ok := e.pool.Get().(*scratch); ok {
		return s
	}
	return newScratch(e.nodes())
}

func (e *Engine) give(s *scratch) {
	s.reset()
	e.pool.Put(s)
}

func (s *scratch) reset() {
	for _, n := range s.touched {
		s.dist[n] = unreached
	}
	s.touched, s.heap = s.touched[:0], s.heap[:0]
}

// nextStamp begins a new set of wanted nodes.
func (s *scratch) nextStamp() {
	s.stamp++
	if s.stamp == 0 {
		clear(s.wanted)
		s.stamp = 1
	}
}

func (s *scratch) relax(node int32, millis uint64, limit uint32, label int32) {
	if millis > uint64(limit) || uint32(millis) >= s.dist[node] {
		return
	}
	if s.dist[node] == unreached {
		s.touched = append(s.touched, node)
	}
	s.dist[node], s.label[node] = uint32(millis), label
	s.heap.push(millis<<32 | uint64(uint32(node)))
}

// What search writes into label: the arc that led to a node, or the label of
// the node before it.
type labels bool

const (
	labelArc     labels = false
	labelInherit labels = true
)

// checkEvery is how many nodes a search settles between looks at its context.
const checkEvery = 8192

// search runs until nothing is left within the limit, or until so many wanted
// nodes are settled (a negative number never stops it).
func (e *Engine) search(ctx context.Context, s *scratch, limit uint32, wanted int, keep labels) error {
	if wanted == 0 {
		return nil
	}
	for settled := 1; len(s.heap) > 0; settled++ {
		if settled%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		top := s.heap.pop()
		node, at := int32(uint32(top)), uint32(top>>32)
		if at != s.dist[node] {
			continue
		}
		if s.wanted[node] == s.stamp && wanted > 0 {
			if wanted--; wanted == 0 {
				return nil
			}
		}
		label := s.label[node]
		for i := e.net.first[node]; i < e.net.first[node+1]; i++ {
			a := e.net.arcs[i]
			if keep == labelArc {
				label = int32(i)
			}
			s.relax(a.head, uint64(at)+uint64(a.weight), limit, label)
		}
	}
	return nil
}

// wantOne is want for one place.
func (s *scratch) wantOne(p *place) int {
	s.nextStamp()
	count := 0
	for i := 0; ; i++ {
		x, ok := p.entry(i)
		if !ok {
			return count
		}
		if s.wanted[x.node] != s.stamp {
			s.wanted[x.node] = s.stamp
			count++
		}
	}
}
