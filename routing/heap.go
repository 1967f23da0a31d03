package routing

// minHeap is a heap with the least number on top, four children a parent.
type minHeap []uint64

func (h *minHeap) push(v uint64) {
	*h = append(*h, v)
	heap := *h
	i := len(heap) - 1
	for i > 0 {
		up := (i - 1) / 4
		if heap[up] <= v {
			break
		}
		heap[i] = heap[up]
		i = up
	}
	heap[i] = v
}

// pop takes the least number off a heap that is not empty.
func (h *minHeap) pop() uint64 {
	heap := *h
	top, last := heap[0], len(heap)-1
	moved := heap[last]
	*h = (*h)[:last]
	heap = heap[:last]
	i := 0
	for {
		child := 4*i + 1
		if child >= last {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, last); c++ {
			if heap[c] < heap[least] {
				least = c
			}
		}
		if moved <= heap[least] {
			break
		}
		heap[i] = heap[least]
		i = least
	}
	if last > 0 {
		heap[i] = moved
	}
	return top
}
