package hierarchy

// heap is a queue of nodes by cost with four children a place; a node may be in
// it more than once.
type heap struct{ items []uint64 }

func (h *heap) reset() { h.items = h.items[:0] }

func (h *heap) push(cost, node uint32) {
	item := uint64(cost)<<32 | uint64(node)
	h.items = append(h.items, item)
	items := h.items
	i := len(items) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if items[parent] <= item {
			break
		}
		items[i] = items[parent]
		i = parent
	}
	items[i] = item
}

func (h *heap) pop() (cost, node uint32, ok bool) {
	items := h.items
	if len(items) == 0 {
		return 0, 0, false
	}
	top := items[0]
	last := len(items) - 1
	item := items[last]
	items = items[:last]
	h.items = items
	i := 0
	for {
		child := 4*i + 1
		if child >= len(items) {
			break
		}
		best := child
		for k := child + 1; k < min(child+4, len(items)); k++ {
			if items[k] < items[best] {
				best = k
			}
		}
		if items[best] >= item {
			break
		}
		items[i] = items[best]
		i = best
	}
	if len(items) > 0 {
		items[i] = item
	}
	return uint32(top >> 32), uint32(top), true
}
