package topology

import (
	"slices"
)

// plane is the ground as segments divide it. Each segment e is two half-edges,
// 2e from its first point to its second and 2e+1 back, with a cell on the left
// of each. Cell 0 is all that lies around.
type plane struct {
	pts   []pt
	from  []int32 // by half-edge, a number of pts
	next  []int32 // by half-edge: the next along the same cell
	cycle []int32 // by half-edge
	first []int32 // by cycle: one of its half-edges
	cell  []int32 // by cycle
	cells int
}

func (p *plane) to(h int32) int32       { return p.from[h^1] }
func (p *plane) left(h int32) int32     { return p.cell[p.cycle[h]] }
func (p *plane) ends(h int32) (a, b pt) { return p.pts[p.from[h]], p.pts[p.to(h)] }

// newPlane divides the ground by segments that meet in common end points only,
// each listed once. None may dangle; one that has the same cell on both sides
// must join two that do not.
func newPlane(segs []seg) *plane {
	p := &plane{from: make([]int32, 2*len(segs))}
	number := make(map[pt]int32, len(segs))
	of := func(v pt) int32 {
		k, ok := number[v]
		if !ok {
			k = int32(len(p.pts))
			number[v] = k
			p.pts = append(p.pts, v)
		}
		return k
	}
	for e, s := range segs {
		p.from[2*e], p.from[2*e+1] = of(s.a), of(s.b)
	}
	p.link()
	p.trace()
	return p
}

// link finds for each half-edge the next along its cell: at its end, the first
// one clockwise from the way back.
func (p *plane) link() {
	start := make([]int32, len(p.pts)+1)
	for _, v := range p.from {
		start[v+1]++
	}
	for v := range p.pts {
		start[v+1] += start[v]
	}
	out := make([]int32, len(p.from))
	fill := slices.Clone(start)
	for h, v := range p.from {
		out[fill[v]] = int32(h)
		fill[v]++
	}
	p.next = make([]int32, len(p.from))
	for v := range p.pts {
		star := out[start[v]:start[v+1]]
		if len(star) > 2 {
			slices.SortFunc(star, func(g, h int32) int {
				return byAngle(p.pts[p.to(g)].minus(p.pts[v]), p.pts[p.to(h)].minus(p.pts[v]))
			})
		}
		for i, h := range star {
			p.next[h^1] = star[(i+len(star)-1)%len(star)]
		}
	}
}

// trace walks every cycle of half-edges. Those that run counter-clockwise bound
// a cell from outside; of the others there is one for each connected piece of
// the drawing, which bounds from inside the cell that the piece lies in.
func (p *plane) trace() {
	p.cycle = make([]int32, len(p.next))
	for h := range p.cycle {
		p.cycle[h] = -1
	}
	p.cells = 1
	var inner []int32
	for h := range int32(len(p.next)) {
		if p.cycle[h] >= 0 {
			continue
		}
		c := int32(len(p.first))
		p.first = append(p.first, h)
		for g := h; p.cycle[g] < 0; g = p.next[g] {
			p.cycle[g] = c
		}
		if twiceArea(p.ring(c)).sign() > 0 {
			p.cell = append(p.cell, int32(p.cells))
			p.cells++
		} else {
			p.cell = append(p.cell, 0)
			inner = append(inner, c)
		}
	}
	if len(inner) > 1 {
		p.nest(inner)
	}
}

// ring returns the points of a cycle.
func (p *plane) ring(c int32) []pt {
	var ring []pt
	h := p.first[c]
	for {
		ring = append(ring, p.pts[p.from[h]])
		if h = p.next[h]; h == p.first[c] {
			return ring
		}
	}
}

// nest puts each piece of the drawing into the smallest cell around it.
func (p *plane) nest(inner []int32) {
	piece := p.pieces()
	type outer struct {
		ring  []pt
		box   box
		area  wide
		cell  int32
		piece int32
	}
	var outers []outer
	for c, cell := range p.cell {
		if cell > 0 {
			ring := p.ring(int32(c))
			outers = append(outers, outer{ring, boxOf(ring), twiceArea(ring), cell, piece[p.from[p.first[c]]]})
		}
	}
	for _, c := range inner {
		v := p.from[p.first[c]]
		here := p.pts[v]
		best := -1
		for i, o := range outers {
			if o.piece != piece[v] && o.box.meets(box{here, here}) && winding(o.ring, here.plus(here)) != 0 &&
				(best < 0 || o.area.compare(outers[best].area) < 0) {
				best = i
			}
		}
		if best >= 0 {
			p.cell[c] = outers[best].cell
		}
	}
}

// pieces numbers the connected pieces of the drawing, by point.
func (p *plane) pieces() []int32 {
	root := make([]int32, len(p.pts))
	for v := range root {
		root[v] = int32(v)
	}
	find := func(v int32) int32 {
		for root[v] != v {
			root[v] = root[root[v]]
			v = root[v]
		}
		return v
	}
	for h := 0; h < len(p.from); h += 2 {
		a, b := find(p.from[h]), find(p.from[h+1])
		root[max(a, b)] = min(a, b)
	}
	for v := range root {
		root[v] = find(int32(v))
	}
	return root
}

// byCell lists the half-edges along each cell: those of cell c are
// list[start[c]:start[c+1]].
func (p *plane) byCell() (start, list []int32) {
	start = make([]int32, p.cells+1)
	for h := range p.from {
		start[p.left(int32(h))+1]++
	}
	for c := range p.cells {
		start[c+1] += start[c]
	}
	list = make([]int32, len(p.from))
	fill := slices.Clone(start)
	for h := range int32(len(p.from)) {
		c := p.left(h)
		list[fill[c]] = h
		fill[c]++
	}
	return start, list
}
