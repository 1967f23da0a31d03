package siting

import "container/heap"

// fill adds sites while any may come and brings something, the one that brings
// most first. What a site brings never grows as others come, so most are looked
// at once.
func (s *swapper) fill() {
	var h offers
	for j := range int32(s.x.sites()) {
		if s.where[j] == None {
			if gain := s.gain(j); gain > 0 {
				h = append(h, offer{gain, j})
			}
		}
	}
	heap.Init(&h)
	var waiting []offer // new sites beside idle ones that are not chosen
	for len(s.chosen) < s.x.choose && len(h) > 0 {
		o := h[0]
		if gain := s.gain(o.site); gain < o.gain {
			if gain == 0 {
				heap.Pop(&h)
				continue
			}
			h[0].gain = gain
			heap.Fix(&h, 0)
			continue
		}
		heap.Pop(&h)
		if !s.mayAdd(o.site, None) {
			waiting = append(waiting, o)
			continue
		}
		s.add(o.site)
		if s.x.idle[o.site] {
			for _, w := range waiting {
				heap.Push(&h, w)
			}
			waiting = waiting[:0]
		}
	}
}

// offer is what the coming of a site would bring when last looked at.
type offer struct {
	gain int64
	site int32
}

// offers is a heap with the largest gain on top, of equal ones the first site.
type offers []offer

func (h offers) Len() int { return len(h) }
func (h offers) Less(a, b int) bool {
	return h[a].gain > h[b].gain || h[a].gain == h[b].gain && h[a].site < h[b].site
}
func (h offers) Swap(a, b int) { h[a], h[b] = h[b], h[a] }
func (h *offers) Push(v any)   { *h = append(*h, v.(offer)) }
func (h *offers) Pop() any {
	o := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return o
}
