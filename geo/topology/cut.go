package topology

import "slices"

// The line that cuts is nobody's arc.
const cutter int32 = -1

// cutting is the ground of some faces divided by a line, in cells each of
// which belongs to one face.
type cutting struct {
	t     *Topology
	among map[int32]bool // slots of the faces that are cut
	old   []int32        // slots of all arcs around them, ascending
	segs  []seg
	arcs  []int32 // by segment: the arc it is part of, or none
	ways  []int32 // by segment: how often that arc passes it from a to b, less from b to a
	cuts  []int32 // by segment: the same for the line
	*plane
	label []int32 // by cell: its face, or none
}

// cut lays lines into the ground of faces. What of a line lies elsewhere, or
// leads nowhere, does no harm.
func (t *Topology) cut(faces []int32, lines [][]pt) (*cutting, error) {
	c := &cutting{t: t, among: make(map[int32]bool)}
	for _, slot := range faces {
		c.among[slot] = true
		for _, r := range t.faces[slot].refs() {
			c.old = append(c.old, r.slot())
		}
	}
	slices.Sort(c.old)
	c.old = slices.Compact(c.old)
	var runs []run
	for _, slot := range c.old {
		pts := t.arcs[slot].pts
		for i := 1; i < len(pts); i++ {
			runs = append(runs, newRun(pts[i-1], pts[i], slot))
		}
	}
	for _, l := range lines {
		for i := 1; i < len(l); i++ {
			runs = append(runs, newRun(l[i-1], l[i], cutter))
		}
	}
	runs, err := node(runs)
	if err != nil {
		return nil, refuse(TooTight, nil, "%v", err)
	}
	if err := c.take(runs); err != nil {
		return nil, err
	}
	c.prune()
	c.plane = newPlane(c.segs)
	return c, c.name()
}

// take sorts out whose each segment is.
func (c *cutting) take(runs []run) error {
	for i := 0; i < len(runs); {
		s := runs[i].seg
		whose, way, cut := none, int32(0), int32(0)
		for ; i < len(runs) && runs[i].seg == s; i++ {
			switch r := runs[i]; {
			case r.who == cutter:
				cut += r.w
			case whose != none:
				// Two arcs bent onto each other, or one onto itself.
				return refuse(TooTight, &s.a, "borders lie too near to each other to be cut here")
			default:
				whose, way = r.who, r.w
			}
		}
		c.segs = append(c.segs, s)
		c.arcs = append(c.arcs, whose)
		c.ways = append(c.ways, way)
		c.cuts = append(c.cuts, cut)
	}
	return nil
}

// prune takes away the loose ends of the line, and what of it cancels out.
func (c *cutting) prune() {
	at := make(map[pt][]int32, len(c.segs))
	gone := make([]bool, len(c.segs))
	degree := make(map[pt]int, len(c.segs))
	for e, s := range c.segs {
		for _, p := range [2]pt{s.a, s.b} {
			at[p] = append(at[p], int32(e))
			degree[p]++
		}
	}
	var loose []pt
	drop := func(e int32) {
		gone[e] = true
		for _, p := range [2]pt{c.segs[e].a, c.segs[e].b} {
			degree[p]--
			if degree[p] == 1 {
				loose = append(loose, p)
			}
		}
	}
	for e := range c.segs {
		if c.arcs[e] == none && (degree[c.segs[e].a] == 1 || degree[c.segs[e].b] == 1) && !gone[e] {
			drop(int32(e))
		}
	}
	for len(loose) > 0 {
		p := loose[len(loose)-1]
		loose = loose[:len(loose)-1]
		for _, e := range at[p] {
			if !gone[e] && c.arcs[e] == none && degree[p] == 1 {
				drop(e)
			}
		}
	}
	n := 0
	for e := range c.segs {
		if !gone[e] {
			c.segs[n], c.arcs[n], c.ways[n], c.cuts[n] = c.segs[e], c.arcs[e], c.ways[e], c.cuts[e]
			n++
		}
	}
	c.segs, c.arcs, c.ways, c.cuts = c.segs[:n], c.arcs[:n], c.ways[:n], c.cuts[:n]
}

// sides returns the faces left and right of half-edge h, which is part of an
// arc.
func (c *cutting) sides(h int32) (left, right int32) {
	a := c.t.arcs[c.arcs[h/2]]
	if (c.ways[h/2] > 0) == (h&1 == 0) {
		return a.left, a.right
	}
	return a.right, a.left
}

// name finds which face each cell belongs to: what the arcs around it say, and
// where there are only cuts around it, what the cell beyond says.
func (c *cutting) name() error {
	const unknown = -2
	c.label = make([]int32, c.cells)
	for i := range c.label {
		c.label[i] = unknown
	}
	for h := range int32(len(c.from)) {
		if c.arcs[h/2] == none {
			continue
		}
		left, _ := c.sides(h)
		cell := c.plane.left(h)
		if c.label[cell] != unknown && c.label[cell] != left {
			// Around the faces that are cut lie others, of which not all arcs are here.
			if c.among[c.label[cell]] || c.among[left] {
				p := c.pts[c.from[h]]
				return refuse(TooTight, &p, "borders lie too near to each other to be cut here")
			}
			continue
		}
		c.label[cell] = left
	}
	for again := true; again; {
		again = false
		for h := range int32(len(c.from)) {
			here, beyond := c.plane.left(h), c.plane.left(h^1)
			if c.arcs[h/2] == none && c.label[here] == unknown && c.label[beyond] != unknown {
				c.label[here], again = c.label[beyond], true
			}
		}
	}
	for i := range c.label {
		if c.label[i] == unknown {
			c.label[i] = none
		}
	}
	return nil
}

// inside tells of each cell whether the line runs around it.
func (c *cutting) inside() []bool {
	turns := make([]int32, c.cells)
	known := make([]bool, c.cells)
	known[0] = true
	start, list := c.byCell()
	for queue := []int32{0}; len(queue) > 0; queue = queue[1:] {
		for _, h := range list[start[queue[0]]:start[queue[0]+1]] {
			d := c.plane.left(h ^ 1)
			if known[d] {
				continue
			}
			known[d] = true
			w := c.cuts[h/2]
			if h&1 == 0 {
				w = -w
			}
			turns[d] = turns[queue[0]] + w
			queue = append(queue, d)
		}
	}
	out := make([]bool, c.cells)
	for i, n := range turns {
		out[i] = n != 0
	}
	return out
}
